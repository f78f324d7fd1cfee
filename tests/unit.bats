# shellcheck shell=bats
# The parts that need no network and no clock, by the programs in tests/unit.
load common

# The built programs: `make check` says which, else all that were built.
programs() {
    local file
    if [ -n "${UNITS-}" ]; then
        # shellcheck disable=SC2086 # a list
        printf '%s\n' $UNITS
        return
    fi
    for file in "$TOP"/build/test_*; do
        [ ! -x "$file" ] || printf '%s\n' "$file"
    done
}

# passes NAME: test_NAME was built, made checks, and all of them held.
passes() {
    local program
    program=$(programs | grep "/test_$1\$") ||
        { echo "test_$1 is not built: make build/test_$1" && return 1; }
    run powerless "$program"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "${lines[-1]}" =~ ^[1-9][0-9]*\ checks,\ 0\ failed$ ]]
}

@test "unit: the packet, its eras, and every rung of the ladder" {
    passes proto
}

@test "unit: who agrees, on what, and when that is settled" {
    passes select
}

@test "unit: every branch between a verdict and the clock" {
    passes decide
}

@test "unit: what became of the clock between two readings" {
    passes now
}

@test "unit: at which moments an address is asked" {
    passes turns
}

@test "unit: when --wait looks names up again" {
    passes vigil
}

@test "unit: what the sandbox forbids, tried from inside" {
    confines || skip 'this build confines nothing'
    if emulated; then skip 'an emulator is no kernel'; fi
    passes sandbox
}

@test "unit: what the child tells, and every lie that its parent must refuse" {
    passes message
}

@test "unit: hostile replies have the fault they name, and a flipped bit does no harm" {
    cd "$TOP" # where the list of them is
    passes hostile
}

@test "unit: durations, numbers, dates and addresses" {
    passes num
}

@test "unit: ranges, and when they alert" {
    passes range
}

@test "unit: which state an offset is to a monitoring plugin" {
    passes nagios
}

@test "unit: the scales of a chart, and pictures of what selection saw" {
    passes chart
}

@test "unit: letters, and bytes that are none" {
    passes letters
}

@test "unit: no program of tests/unit is forgotten here" {
    local source name
    for source in "$TOP"/tests/unit/test_*.c; do
        name=${source##*/test_}
        grep -qx "    passes ${name%.c}" "$BATS_TEST_FILENAME" ||
            { echo "${source##*/} has no @test" && return 1; }
    done
}
