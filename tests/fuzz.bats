# shellcheck shell=bats
# The fuzzers of tests/fuzz, given their seeds and nothing else; `make fuzz-run`
# lets libFuzzer go on from there.
load common

# fuzzer NAME: the program as built: `make check` says where, else build/.
fuzzer() {
    local program
    # shellcheck disable=SC2086 # a list
    for program in ${FUZZERS-$TOP/build/fuzz_$1}; do
        [[ $program != */fuzz_$1 || ! -x $program ]] || { echo "$program" && return; }
    done
    echo "fuzz_$1 is not built: make fuzzers"
    return 1
}

# seeds NAME FOLDER...: all of them were tried, and what must hold did.
seeds() {
    local program files
    [ -n "${FUZZERS-x}" ] || missing 'the judges need integers of 128 bits'
    program=$(fuzzer "$1") || { echo "$program" && return 1; }
    mapfile -t files < <(find "$TOP/tests/fuzz/seeds/$1" "${@:2}" -type f)
    [ "${#files[@]}" -gt 0 ]
    run powerless "$program" "${files[@]}"
    tail -n 2 <<< "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "${#files[@]} inputs" ]
}

@test "fuzz: seeds of packets: what is believed has all that a reply must have" {
    seeds packet
}

@test "fuzz: seeds of extension fields: lawful ones pass and no others" {
    seeds fields
}

@test "fuzz: seeds of server words: what is no host is never asked" {
    seeds word
}

@test "fuzz: seeds of list files" {
    seeds list
}

@test "fuzz: seeds of configurations: a network never replaces authenticated servers" {
    "$TOP/tests/fuzz/worlds.sh" "$BATS_TEST_TMPDIR/worlds"
    seeds config "$BATS_TEST_TMPDIR/worlds"
}

@test "fuzz: seeds of durations, numbers and dates" {
    seeds num
}

@test "fuzz: seeds of ranges: to the nanosecond, and of signed values the same" {
    seeds range
}

@test "fuzz: seeds of reports that are replaced: a time is carried over, or nothing" {
    seeds carry
}

@test "fuzz: seeds of addresses" {
    seeds addr
}

@test "fuzz: seeds of measurements: the largest set of votes, found another way" {
    seeds select
}

@test "fuzz: seeds of messages: what is believed of a child can be told and done" {
    seeds message
}

@test "fuzz: seeds of decisions: nothing is corrected that somebody rules out" {
    seeds decide
}

@test "fuzz: seeds of charts: every line fits, and nothing commands a terminal" {
    seeds chart
}

@test "fuzz: no seed at all, or one that cannot be read, is no pass" {
    local program
    program=$(fuzzer word)
    run "$program"
    [ "$status" -eq 1 ]
    run "$program" "$BATS_TEST_TMPDIR/not-there"
    [ "$status" -eq 2 ]
}

@test "fuzz: the readers of configurations see no file of this machine" {
    local program log=$BATS_TEST_TMPDIR/log
    [[ $NTPSYNC != *.asan ]] || skip "the sanitizers open files of their own"
    [[ $NTPSYNC != *.cov ]] || skip 'what is counted goes to files'
    command -v strace >/dev/null || missing "strace is not installed"
    program=$(fuzzer config)
    powerless strace -qq -e trace=open,openat,stat,lstat,newfstatat -o "$log" \
        "$program" "$TOP"/tests/fuzz/seeds/config/* >/dev/null
    grep -q '"/proc/self/fd/[0-9]*"' "$log"
    run grep -v -e '"/proc/self/fd/[0-9]*"' -e '"/"' -e '""' -e '"/dev/null' \
        -e '"/dev/zero"' -e "\"$TOP/tests/fuzz/seeds/" -e '/lib[a-z0-9_.-]*\.so' \
        -e '"/etc/ld\.so\.' "$log"
    echo "$output"
    [ -z "$output" ]
}

@test "fuzz: no fuzzer is forgotten here, and each has seeds" {
    local source name
    for source in "$TOP"/tests/fuzz/fuzz_*.c; do
        name=${source##*/fuzz_}
        name=${name%.c}
        grep -q "^    seeds $name\( \|\$\)" "$BATS_TEST_FILENAME" ||
            { echo "${source##*/} has no @test" && return 1; }
        [ -d "$TOP/tests/fuzz/seeds/$name" ] ||
            { echo "${source##*/} has no seeds" && return 1; }
    done
}
