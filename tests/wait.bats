# shellcheck shell=bats
# shellcheck disable=SC2154,SC2153 # bats and serve set these
# --wait: what is late must not give anybody more say than he would have had.
load common

# ask_names STATUS LOOKUPS ARG...: names resolve as lookups.c says.
ask_names() {
    local wanted=$1
    run --separate-stderr powerless env LOOKUPS="$2" \
        LD_PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so" "$NTPSYNC" -j "${@:3}"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
}

# nN.test is not known for 2 s, and then slowly.
late_name() { echo "n$1.test/4=5 n$1.test/4@2=150:127.0.0.$1"; }

# The one who is an hour off is there at once, the three others are not.
outvoted() {
    json '.status == "ok" and .offset < 1
        and ([.sources[] | select(.offset > 1) | .status] == ["outvoted"])
        and ([.sources[] | select(.status == "best" or .status == "agrees")] | length) == 3'
}

@test "wait: where all first packets are lost, the nearest does not decide alone" {
    serve 127.0.0.{1,2,3},drop=1,delay=40 127.0.0.4,drop=1,offset=3600
    ask 0 -w 30s 127.0.0.{1,2,3,4}:"$PORT"
    outvoted
    json '.elapsed >= 4 and ([.sources[].sent] == [2, 2, 2, 2])'
}

@test "wait: who answers at once does not decide while others may yet answer" {
    serve 127.0.0.{1,2,3},drop=1,delay=40 127.0.0.4,offset=3600
    ask 0 -w 30s 127.0.0.{1,2,3,4}:"$PORT"
    outvoted
}

@test "wait: nor does who has a name that is known at once" {
    serve 127.0.0.{1,2,3},delay=40 127.0.0.4,offset=3600
    ask_names 0 "$(late_name 1) $(late_name 2) $(late_name 3) n4.test/4=5:127.0.0.4" \
        -w 30s n{1,2,3,4}.test:"$PORT"
    outvoted
}

@test "wait: after the time of an attempt those decide who have answered" {
    serve 127.0.0.1 127.0.0.2,drop=all
    ask 0 -w 30s -t 2s 127.0.0.1:"$PORT" 127.0.0.2:"$PORT"
    json '.elapsed >= 2 and .elapsed < 10'
    json '[.sources[].status] == ["best", "no-reply"]'
    json '[.sources[].sent] == [1, 1]'
}

@test "wait: a majority of all does not wait for the rest" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,drop=all
    swift ask 0 -w 30s 127.0.0.{1,2,3}:"$PORT"
    json '[.sources[].status] | .[2] == "not-awaited"'
}

# nN.test leads to the portal for 2 s.
moving_name() { echo "n$1.test/4=5:127.0.0.9 n$1.test/4@2=5:127.0.0.$1"; }

@test "wait: a portal that gives one address to all names, and then the truth" {
    serve 127.0.0.{1,2,3} 127.0.0.9,drop=all
    ask_names 0 "$(moving_name 1) $(moving_name 2) $(moving_name 3)" \
        -w 30s -t 2s --min-sources 2 n{1,2,3}.test:"$PORT"
    json '[.sources[] | select(.offset != null) | .server] | unique | length >= 2'
}

@test "wait: a pool that moves keeps its votes" {
    serve 127.0.0.1 127.0.0.2 127.0.0.{8,9},drop=all
    ask_names 0 'p.test/4=5:127.0.0.8+127.0.0.9 p.test/4@2=5:127.0.0.1+127.0.0.2' \
        -w 30s -t 2s --min-sources 2 p.test:"$PORT",pool
    json '[.sources[] | select(.status == "best" or .status == "agrees") | .address]
        | sort == ["127.0.0.1", "127.0.0.2"]'
}

@test "wait: a name server that lied with as many addresses as we take may still tell the truth" {
    local lie
    lie=$(printf '+127.1.0.%d' {1..70})
    serve 127.0.0.1
    ask_names 0 "a.test/4=5:${lie:1} a.test/4@2=5:127.0.0.1" -w 40s -4 "a.test:$PORT"
    json '[.sources[] | select(.status == "best") | .address] == ["127.0.0.1"]'
}

# As those over TCP do if the name server takes them and says nothing.
@test "wait: lookups that never come back are not the last ones" {
    serve 127.0.0.1
    ask_names 0 'a.test/4=900000:127.0.0.1 a.test/4@8=5:127.0.0.1' -w 90s -4 "a.test:$PORT"
}

@test "wait: a slow name server costs no votes, and delays no family" {
    local four='a.test/4=1500:127.0.0.1+127.0.0.2+127.0.0.3+127.0.0.4'
    serve 127.0.0.{1,2,3,4}
    ask_names 0 "$four" -w 30s --min-sources 4 "a.test:$PORT"
    json '[.sources[] | select(.status == "best" or .status == "agrees")] | length == 4'
    within 1.9 ask_names 0 'a.test/6=1200:2001:db8::1 a.test/4=1500:127.0.0.1' \
        -w 30s "a.test:$PORT"
    json '[.sources[] | select(.status == "best") | .address] == ["127.0.0.1"]'
}

@test "wait: who waits keeps nobody from correcting the clock" {
    fake_clock
    serve 127.0.0.1,offset=1.5 127.0.0.2,drop=all
    # shellcheck disable=SC2016 # for the inner shell
    run room "${WALL[@]}" env LD_PRELOAD="$PRELOAD" sh -c '
        "$1" -S -w 60s "127.0.0.2:$2" & sleep 1
        "$1" -S "127.0.0.1:$2"
        status=$?
        kill $!
        exit $status' sh "$NTPSYNC" "$PORT"
    echo "exit $status: $output"
    [ "$status" -eq 0 ]
    [[ $output == *'stepped forward 1.50 s'* ]]
}

@test "wait: a daemon that has started meanwhile is not overlooked: exit 5" {
    on_linux || skip 'not known there'
    fake_clock
    serve 127.0.0.1,offset=1.5,drop=1
    cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/chronyd"
    # shellcheck disable=SC2016 # for the inner shell
    run room sh -c '
        (sleep 1; exec "$1" 60) 3>&- & shift
        "$@"' sh "$BATS_TEST_TMPDIR/chronyd" "${WALL[@]}" \
        env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -S -w 30s "127.0.0.1:$PORT"
    echo "exit $status: $output"
    [ "$status" -eq 5 ]
    [[ ${lines[-1]} == refused:*chronyd* ]]
    [ -z "$(clock_log)" ]
}

@test "wait: on a terminal it shows how long it has waited" {
    local out=$BATS_TEST_TMPDIR/typescript
    serve 127.0.0.1,drop=all
    powerless env SHELL=/bin/sh script -qec \
        "env LD_PRELOAD='$PRELOAD' '$NTPSYNC' -w 2s 127.0.0.1:$PORT" "$out" \
        >/dev/null </dev/null || :
    cat -v "$out"
    [ "$(grep -c '^ntpsync: waiting for a server' "$out")" -eq 1 ]
    grep -q $'\rwaiting for a server: [0-9.]* m\\?s of 2.0 s' "$out"
}
