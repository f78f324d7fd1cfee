# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Time bombs: what liars would have the clock set to, alone, together, under
# many addresses, behind wide bounds, or with forged errors; it is not.
load common

setup() { fake_clock; }

nothing_set() { [ -z "$(clock_log)" ]; }

# refused STATUS SENTENCE WORDS: whoever asks a lone server that behaves so ends
# with STATUS, the last line being SENTENCE, and the clock untouched.
refused() {
    local option
    serve "127.0.0.1,$3"
    for option in -S -s --set '-S -n'; do
        : >"$FAKECLOCK_LOG"
        # shellcheck disable=SC2086 # two options
        run --separate-stderr ntpsync $option -t "${LIMIT:-20s}" "127.0.0.1:$PORT"
        echo "exit $status: $output $stderr"
        [ "$status" -eq "$1" ]
        # shellcheck disable=SC2053 # a pattern
        [[ ${lines[-1]} == $2 ]]
        nothing_set
    done
    stop_servers
}

@test "bombs: a lone server that says 2100 is refused, and says how it could be forced" {
    refused 5 'refused: *2100-01-01*--force*' time=4102444800
}

@test "bombs: a lone server that says 1970 is refused, and nothing forces it" {
    refused 5 'refused: *1970-01-0[12]*' time=1
    serve 127.0.0.1,time=1
    ask 5 --set --force "127.0.0.1:$PORT"
    nothing_set
}

@test "bombs: a lone server that says nothing but zeros is no answer" {
    refused 1 'no server gave a usable answer' zero=all
    LIMIT=500ms refused 1 'no server gave a usable answer' blank
}

@test "bombs: a lone server that turns us away sets nothing, whatever time it tells" {
    local code
    for code in RATE DENY XBAD; do
        refused 1 'no server gave a usable answer' "kiss=$code,offset=1000"
    done
    refused 1 'no server gave a usable answer' leap=3,offset=1000
}

@test "bombs: --force opens none of these doors" {
    serve 127.0.0.1,zero=all,offset=9 127.0.0.2,kiss=DENY,offset=9 \
        127.0.0.3,leap=3,offset=9 127.0.0.4,stratum=16,offset=9 \
        127.0.0.5,rootdisp=2,offset=9
    ask 1 -S --force "127.0.0."{1..5}":$PORT"
    json '.action.kind == "none" and .offset == null'
    nothing_set
}

# set_to SECONDS: by so many the clock was stepped.
set_to() { # SECONDS
    json ".action.kind == \"step\" and (.offset - $1 | fabs) <= .bound
        and (.action.offset - $1 | fabs) < 0.5"
    [ "$(clock_log | grep -c .)" -ge 1 ]
}

@test "bombs: two liars of five that are of one mind, first and surest, are outvoted" {
    serve 127.0.0.1,offset=1000 127.0.0.2,offset=1000 \
        127.0.0.3,offset=2,delay=300,rootdisp=0.05 \
        127.0.0.4,offset=2,delay=300,rootdisp=0.1 \
        127.0.0.5,offset=2,delay=300,rootdisp=0.2
    ask 0 -S "127.0.0."{1..5}":$PORT"
    set_to 2
    json '[.sources[].status] | .[:2] == ["outvoted", "outvoted"]
        and (.[2:] | sort) == ["agrees", "agrees", "best"]'
}

@test "bombs: three liars of five that disagree leave no majority, and nothing is set" {
    serve 127.0.0.1,offset=1000 127.0.0.2,offset=2000 127.0.0.3,offset=3000 \
        127.0.0.4,offset=2 127.0.0.5,offset=2
    ask 3 -S --force "127.0.0."{1..5}":$PORT"
    json '.action.kind == "none"'
    nothing_set
}

# one_name STATUS ARG...: as ask, where liar.test has four addresses.
one_name() {
    local wanted=$1 preload=$PRELOAD
    shift
    : >"$FAKECLOCK_LOG"
    local -x LOOKUPS='liar.test/4=0:127.0.1.1+127.0.1.2+127.0.1.3+127.0.1.4'
    local PRELOAD="$preload:$TOP/build/tests/lookups.so"
    ask "$wanted" "$@"
}

@test "bombs: a liar behind four addresses of one name has one vote, to the last of them" {
    local name=liar.test words
    serve 127.0.1.1,kiss=DENY 127.0.1.2,leap=3 127.0.1.{3,4},offset=1000 \
        127.0.0.{1,2},offset=2,delay=300
    words=("$name:$PORT" "127.0.0.1:$PORT" "127.0.0.2:$PORT")
    one_name 0 -S --all -t 3s -i 1s "${words[@]}"
    set_to 2
    json '[.sources[] | select(.status == "outvoted")] | length == 1
        and .[0].server == "liar.test"'
    one_name 3 -S --all -t 3s -i 1s "${words[@]:0:2}"
    nothing_set
}

@test "bombs: whoever claims a bound over 1.5 s has no vote, be they many" {
    serve 127.0.0.{1..4},offset=1000,rootdisp=1.6 127.0.0.5,offset=2
    ask 0 -S --all "127.0.0."{1..5}":$PORT"
    set_to 2
    json '[.sources[].status] == ["too-far", "too-far", "too-far", "too-far", "best"]
        and .bound < 0.5'
    ask 1 -S --force "127.0.0."{1..4}":$PORT"
    nothing_set
}

@test "bombs: nor do they help to --min-sources" {
    serve 127.0.0.{1,2},offset=2,rootdisp=1.6 127.0.0.3,offset=2
    ask 3 -S --min-sources 2 "127.0.0."{1..3}":$PORT"
    nothing_set
}

# The time told stays inside the narrow one's interval, at its edge at worst.
@test "bombs: a wide bound that agrees with all widens nothing" {
    serve 127.0.0.1,offset=2 127.0.0.2,offset=3,rootdisp=1.3
    ask 0 -S "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    set_to 2
    json '.sources[0].status == "best" and .sources[1].status == "agrees"
        and .bound <= 2 * .sources[0].bound + 0.000001'
}

# A true one, a liar a second off, and one that claims too little to tell them
# apart: each of the two has him on its side, so neither wins.
@test "bombs: a wide bound that agrees with both sides makes neither a majority" {
    serve 127.0.0.1,offset=2 127.0.0.2,offset=3 127.0.0.3,offset=2.5,rootdisp=1.3
    ask 3 -S --force --all "127.0.0."{1..3}":$PORT"
    json '.status == "no-majority"'
    nothing_set
}

# With one on his side only, the time is that of the narrow one.
@test "bombs: a majority through one of wide bound tells the narrow one's time" {
    serve 127.0.0.1,offset=2 127.0.0.2,offset=1000 \
        127.0.0.3,offset=1,rootdisp=1.3
    ask 0 -S --all "127.0.0."{1..3}":$PORT"
    set_to 2
    json '.bound <= 2 * .sources[0].bound + 0.000001
        and .sources[1].status == "outvoted"'
}

# ---- forged ICMP ----

# forged MS ADDRESS...: servers that answer so late, after an error that says
# their port is unreachable; sets FORGED to their port.
forged() {
    local out=$BATS_TEST_TMPDIR/forged.$RANDOM
    [ "$(id -u)" -eq 0 ] || missing 'not root: no raw socket to forge ICMP with'
    mkfifo "$out"
    "$TOP/build/tests/unreachable" "$@" >"$out" 3>&- &
    SERVER_PIDS+=("$!")
    read -r FORGED <"$out"
    [ -n "$FORGED" ]
}

# soon COMMAND...: a busy machine may try again, the grace being 50 ms.
soon() {
    for _ in {1..5}; do
        "$@" && return 0
    done
    return 1
}

@test "bombs: a forged ICMP error does not keep the true reply out" {
    forged 0 127.0.0.1
    soon ask 0 "127.0.0.1:$FORGED"
    json '(.offset | fabs) <= .bound and .sources[0].received == 1'
}

@test "bombs: nor under --wait one that comes long after it" {
    forged 300 127.0.0.1
    ask 0 -w 60s "127.0.0.1:$FORGED"
    json '(.offset | fabs) <= .bound and .elapsed >= 0.3
        and .sources[0].received == 1 and .sources[0].reason == ""'
}

@test "bombs: under --wait forged ICMP errors leave no liar alone with the votes" {
    forged 300 127.0.0.1 127.0.0.2
    serve 127.0.0.3,offset=1000
    ask 0 -S -w 60s "127.0.0.1:$FORGED" "127.0.0.2:$FORGED" "127.0.0.3:$PORT"
    json '(.offset | fabs) <= .bound and .sources[2].status == "outvoted"'
}
