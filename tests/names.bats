# shellcheck shell=bats
# Name servers that do not answer: the deadline holds, and nobody else waits.
load common

# In a room with a network of its own, a name server of our own that is silent,
# and NTP servers on 127.0.0.2 and up; runs the commands of its standard input.
in_the_dark() {
    local room=$BATS_TEST_TMPDIR/room
    [ "$(id -u)" -eq 0 ] || unshare -rmn true 2>/dev/null ||
        missing "no private mount and network namespaces here"
    mkdir -p "$room"
    echo 'nameserver 127.0.0.1' > "$room/resolv.conf"
    echo 'hosts: files dns' > "$room/nsswitch.conf"
    {
        declare -p PRELOAD NTPSYNC
        declare -f powerless ntpsync
        cat <<END
ip link set lo up
mount -n --bind $room/resolv.conf /etc/resolv.conf
mount -n --bind $room/nsswitch.conf /etc/nsswitch.conf
mkfifo $room/dns $room/ntp
$TOP/build/tests/ntpserver -p 53 127.0.0.1,drop=all > $room/dns 3>&- &
$TOP/build/tests/ntpserver -p 123 127.0.0.2 127.0.0.3 127.0.0.4 > $room/ntp 3>&- &
read -r _ < $room/dns
read -r _ < $room/ntp
END
        cat
    } > "$room/script"
    run --separate-stderr unshare $([ "$(id -u)" -eq 0 ] || echo -r) -mn \
        bash -e "$room/script"
    echo "exit $status: $output $stderr"
}

@test "names: a name server that never answers: exit 1 at the deadline" {
    in_the_dark <<< 'ntpsync -t 300ms -j time.example.net'
    [ "$status" -eq 1 ]
    json '.status == "no-answer" and .elapsed >= 0.3 and .elapsed < 2'
    json '.sources | length == 1'
    json '.sources[0] | .status == "unresolved" and .address == ""
        and .sent == 0 and .reason == "no answer from the name server"'
}

@test "names: it does not hold up a majority of the others" {
    in_the_dark <<< 'ntpsync -t 30s -j a.example.net 127.0.0.2 127.0.0.3'
    [ "$status" -eq 0 ]
    json '.elapsed < 20'
    json '.sources[0].status == "not-awaited"'
    json '[.sources[1, 2].status] | sort == ["agrees", "best"]'
}

@test "names: where it could still decide it is waited for, but not for long" {
    in_the_dark <<< 'ntpsync -t 30s -j a.example.net 127.0.0.2'
    [ "$status" -eq 0 ]
    json '.elapsed >= 1 and .elapsed < 10'
    json '.sources[0].status == "unresolved"'
    json '.sources[1].status == "best"'
}

@test "names: many that never resolve leave the deadline alone" {
    in_the_dark <<'END'
words=()
for i in {1..100}; do words+=("server$i.example.net"); done
ntpsync -t 500ms -j "${words[@]}"
END
    [ "$status" -eq 1 ]
    json '.elapsed < 3 and (.sources | length) == 100'
    json 'all(.sources[]; .status == "unresolved")'
}

@test "names: with --all one that never resolves is waited for" {
    in_the_dark <<< 'ntpsync -t 1500ms --all -j a.example.net 127.0.0.2 127.0.0.3'
    [ "$status" -eq 0 ]
    json '.elapsed >= 1.5'
    json '.sources[0].status == "unresolved"'
}

# ---- names that resolve late, or in one family only ----

# ask STATUS LOOKUPS ARG...: a run with -j, where names resolve as LOOKUPS says.
ask() {
    local wanted=$1 lookups=$2
    shift 2
    run --separate-stderr powerless env LOOKUPS="$lookups" \
        LD_PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so" \
        "$NTPSYNC" -j "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
}

@test "names: a family whose lookup hangs keeps nobody waiting" {
    local a='a.test/4=0:127.0.0.1 a.test/6=60000'
    serve 127.0.0.1 127.0.0.2 127.0.0.3
    swift ask 0 "$a" -t 30s "a.test:$PORT"
    json '.status == "ok" and .sources[0].status == "best"'
    swift ask 0 "$a" -t 30s "a.test:$PORT" "127.0.0.2:$PORT"
    swift ask 0 "$a" -t 30s "a.test:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '[.sources[].status] | sort == ["agrees", "agrees", "best"]'
}

@test "names: one that resolves late still counts" {
    serve 127.0.0.1,offset=7 127.0.0.2 127.0.0.3,offset=7
    ask 0 'a.test/4=700:127.0.0.1' -t 30s "a.test:$PORT" "127.0.0.2:$PORT" \
        "127.0.0.3:$PORT"
    json '[.sources[].status] | .[1] == "outvoted" and (sort | .[:2] == ["agrees", "best"])'
}

@test "names: a late one whose first address is silent has its next one asked" {
    serve 127.0.0.1 127.0.0.3,drop=all
    ask 0 'a.test/4=1300:127.0.0.3+127.0.0.1' -t 30s \
        "a.test:$PORT" "127.0.0.3:1,noselect"
    json '.status == "ok" and .elapsed < 20'
    json '[.sources[] | select(.server == "a.test") | .status] == ["no-reply", "best"]'
}

@test "names: a further address is not asked while the first may still answer" {
    serve 127.0.0.2,delay=500 127.0.0.3
    ask 0 'a.test/4=700:127.0.0.2+127.0.0.3 a.test/6=60000' -t 30s \
        "a.test:$PORT" "127.0.0.1:1"
    json '[.sources[] | select(.status == "best") | .address] == ["127.0.0.2"]'
    [ "$(requests_to 127.0.0.3)" -eq 0 ]
}

@test "names: a slow name server does not leave the first reply alone" {
    serve 127.0.0.1,delay=30 127.0.0.2,delay=30 127.0.0.3,offset=500
    ask 0 'a.test/4=1300:127.0.0.1 b.test/4=1300:127.0.0.2 c.test/4=1310:127.0.0.3' \
        -t 30s "a.test:$PORT" "b.test:$PORT" "c.test:$PORT"
    json '[.sources[].status] | .[2] == "outvoted" and (.[:2] | sort) == ["agrees", "best"]'
}

@test "names: a pool has no more votes than max, however often it is replaced" {
    local pool='p.test/4=0:127.0.1.1+127.0.1.2+127.0.1.3+127.0.1.4+127.0.1.5'
    serve 127.0.1.{1,2,3,4,5},drop=1,offset=500 127.0.0.1,drop=1 127.0.0.2,drop=1 \
        127.0.0.3,drop=1
    ask 0 "$pool" --all -t 8s -i 2s "p.test:$PORT,pool,max=2" \
        "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '(.offset | fabs) <= .bound'
}

@test "names: 70,000 that do not exist end at the deadline at the latest" {
    local list=$BATS_TEST_TMPDIR/list
    seq -f 'host%g.test' 70000 > "$list"
    run timeout 60 env LD_PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so" \
        "$NTPSYNC" -t 10s -O /dev/null --file "$list"
    [ "$status" -eq 1 ]
}
