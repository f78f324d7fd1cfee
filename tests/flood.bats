# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Who floods our port with over 10,000 packets a second keeps the true reply
# from nobody: it is found among them, at a bounded cost.
load common

# flood MS: a server that floods for so long and then answers; sets FLOODED to
# its port.
flood() {
    FLOOD=$BATS_TEST_TMPDIR/flood.$RANDOM
    mkfifo "$FLOOD"
    "$TOP/build/tests/flood" 20000 "$1" >"$FLOOD" 3>&- &
    SERVER_PIDS+=("$!")
    exec 7<"$FLOOD"
    read -r FLOODED <&7
    [ -n "$FLOODED" ]
}

# flooding COMMAND...: until that saw over 10,000 packets a second; a busy
# machine may try again.  POURED is how many there were before its answer.
flooding() {
    local rate
    for _ in {1..10}; do
        "$@"
        POURED=0 rate=1000000
        for _ in $(seq "$(json "[.sources[] | select(.port == $FLOODED)][0].sent")"); do
            read -r n r <&7
            POURED=$((POURED + n))
            [ "$rate" -lt "$r" ] || rate=$r
        done
        echo "$POURED packets, $rate a second"
        [ "$rate" -lt 10000 ] || return 0
    done
    return 1
}

# thrifty SECONDS ARG...: ntpsync, with so much of the processor and 64 MB.
thrifty() {
    local seconds=$1
    shift
    if [[ $NTPSYNC == *.asan ]]; then # it needs much more of both
        ntpsync "$@"
    else
        (ulimit -t "$seconds" -v 65536 && ntpsync "$@")
    fi
}

# frugal STATUS SECONDS ARG...: as ask.
frugal() {
    local wanted=$1
    run --separate-stderr thrifty "$2" -j "${@:3}"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
}

# Where the receive buffer was full when the true reply came it is asked again.
found() {
    json ".status == \"ok\" and (.offset | fabs) <= .bound and .bound < 0.5"
    json "[.sources[] | select(.port == $FLOODED)][0]
        | .received == 1 and .rejected > 1000 and .rejected <= $POURED
            and .delay >= 0 and (.status == \"best\" or .status == \"agrees\")"
}

@test "flood: the true reply is found, though it comes 300 ms after the first of them" {
    flood 300
    flooding frugal 0 1 -t 20s -i 1s "127.0.0.1:$FLOODED"
    found
    json '.elapsed >= 0.3'
}

@test "flood: three seconds of it cost less than two of the processor, and no memory" {
    flood 3000
    flooding frugal 0 2 -t 40s -i 10s "127.0.0.1:$FLOODED"
    found
    [ "$POURED" -gt 30000 ]
}

@test "flood: one without end is over at the deadline" {
    flood 60000
    frugal 1 1 -t 1s "127.0.0.1:$FLOODED"
    json '.elapsed >= 1 and .elapsed < 20 and .sources[0].rejected > 1000
        and .sources[0].received == 0 and .sources[0].status == "invalid"
        and .sources[0].reason == "replies answer another request"'
}

@test "flood: the other servers are heard meanwhile" {
    flood 60000
    serve 127.0.0.2,offset=0.25 127.0.0.3,offset=0.25,delay=100
    frugal 0 1 --min-sources 2 -t 20s "127.0.0.1:$FLOODED" "127.0.0.2:$PORT" \
        "127.0.0.3:$PORT"
    json '(.offset - 0.25 | fabs) <= .bound and .elapsed < 15
        and (.sources[1:] | all(.received == 1))'
}
