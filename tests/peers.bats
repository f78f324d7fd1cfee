# shellcheck shell=bats
# ntpsync and the time daemons people run, from Debian's packages.
load common
load peers

teardown() { stop_servers && peer_stop_all; }

has_ipv6() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
}

# That SERVER answers, says that it knows no time, and is not believed.
is_unsynchronised() { # SERVER
    run -1 --separate-stderr powerless "${PEER_ROOM[@]}" "$NTPSYNC" -j "$1"
    keep_report "$output"
    jq -e '.status == "no-answer" and .offset == null
        and (.sources | length) == 1
        and (.sources[0] | .status == "unsynchronised" and .received >= 1)' \
        <<<"$output" >/dev/null || { echo "$output" && return 1; }
}

@test "peers: chronyd is measured over IPv4" {
    peer_need chrony
    port=$(peer_port)
    chronyd_start 127.0.0.1 "$port"
    peer_measured "127.0.0.1:$port"
}

@test "peers: chronyd is measured over IPv6" {
    peer_need chrony
    has_ipv6
    port=$(peer_port)
    chronyd_start ::1 "$port"
    peer_measured "[::1]:$port"
}

@test "peers: ntpd is measured over IPv4" {
    peer_need ntpsec
    peer_room
    ntpd_start
    peer_measured 127.0.0.1
}

@test "peers: ntpd is measured over IPv6" {
    peer_need ntpsec
    has_ipv6
    peer_room
    ntpd_start
    peer_measured ::1
}

@test "peers: a chronyd that is not synchronised is exit 1 and named so" {
    peer_need chrony
    port=$(peer_port)
    chronyd_start -u 127.0.0.1 "$port"
    is_unsynchronised "127.0.0.1:$port"
}

@test "peers: an ntpd that is not synchronised is exit 1 and named so" {
    peer_need ntpsec
    peer_room
    ntpd_start -u
    is_unsynchronised 127.0.0.1
}

@test "peers: an OpenNTPD that has just come up is exit 1 and unsynchronised" {
    peer_need openntpd chrony
    peer_room
    chronyd_start 127.0.0.2 123
    openntpd_start 'server 127.0.0.2'
    is_unsynchronised 127.0.0.1
}

@test "peers: two chronyd outvote a liar and do not wait for a dead address" {
    peer_need chrony
    port=$(peer_port)
    chronyd_start 127.0.0.11 "$port"
    chronyd_start 127.0.0.12 "$port"
    serve 127.0.0.13,offset=0.25

    # shellcheck disable=SC2153 # serve has set PORT
    run -0 --separate-stderr powerless "$NTPSYNC" -j \
        "127.0.0.14:$port" "127.0.0.13:$PORT" \
        "127.0.0.12:$port" "127.0.0.11:$port"
    echo "$output"
    keep_report "$output"
    jq -e '(.sources | map({key: .address, value: .}) | from_entries) as $at
        | .status == "ok" and (.offset | fabs) <= .bound and .elapsed < 1
        and (.sources | length) == 4
        and ([$at["127.0.0.11"].status, $at["127.0.0.12"].status] | sort)
            == ["agrees", "best"]
        and $at["127.0.0.13"].status == "outvoted"
        and ($at["127.0.0.13"] | (.offset - 0.25 | fabs) <= .bound)
        and ($at["127.0.0.14"] | .received == 0
            and (.status | IN("not-awaited", "no-reply", "unreachable")))' \
        <<<"$output" >/dev/null
}
