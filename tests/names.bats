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
    json '.elapsed < 0.9'
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
