# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Networks that are not there yet, name servers that lie, firewalls, and the
# manners of one who waits for all of that.
load common
load peers
load network

setup() { network_make; }
teardown() { stop_servers && peer_stop_all; }

# What should come at once may take a busy machine a while; what would come only
# with the next of the longer waits is later than this.
soon() { [ "$AFTER" -lt 3500 ]; }

once() { [ "$(said "$1")" -eq 1 ]; }
never() { [ "$(said "$1")" -eq 0 ]; }

were_asked() {
    local address
    for address; do [ "$(asked "$address")" -gt 0 ] || return; done
}

# ---- a network that comes late ----

@test "network: without --wait an unreachable one is exit 1 at once" {
    swift ask 1 192.0.2.254 2001:db8::fe
    json '[.sources[].status] == ["unreachable", "unreachable"]'
    json '.sources[0].reason == "network is unreachable" and .sources[0].received == 0'
    [ -z "$stderr" ]
}

@test "network: --wait: a link that comes up, with address and route" {
    time_start
    begin --wait 30s 198.51.100.1
    until_said 'waiting for a network'
    online
    ended 0
    soon
    once 'waiting for a network'
    never 'waiting for DNS'
    json '.status == "ok" and .sources[0].status == "best"'
    [ "$(asked 198.51.100.1)" -eq 1 ]
}

# The kernel keeps a packet for a neighbour who does not answer, and gives it up
# after 3 s.
@test "network: --wait: a cable that is plugged in, soon or late" {
    local late
    time_start -4
    for late in 0 4; do
        "${SITE[@]}" ip link set eth0 down
        online
        begin --wait 30s 192.0.2.254
        until_waiting
        SECONDS=0
        while [ "$SECONDS" -lt "$late" ]; do sleep 0.1; done
        "${SITE[@]}" ip link set eth0 up
        ended 0
        soon
        offline
    done
}

@test "network: --wait: an address that comes late" {
    time_start
    client_ip link set eth0 up
    begin --wait 30s 192.0.2.254
    until_said 'waiting for a network'
    addressed
    ended 0
    soon
    once 'waiting for a network'
}

@test "network: --wait: an IPv6 address that is still being checked for" {
    time_start
    client_ip link set eth0 up
    begin --wait 30s 2001:db8::fe
    until_said 'waiting for a network'
    client_ip address add 2001:db8::1/64 dev eth0 # which takes the kernel 1 to 2 s
    ended 0
    [ "$AFTER" -lt 6000 ]
    once 'waiting for a network'
}

@test "network: --wait: a route that comes late" {
    local server
    time_start
    for server in 198.51.100.1 2001:db8:1::1; do
        client_ip link set eth0 up
        addressed
        begin --wait 30s $server
        until_said 'waiting for a network'
        routed
        ended 0
        soon
        offline
    done
}

@test "network: --wait: a route that refuses first" {
    local kind
    time_start
    for kind in unreachable prohibit blackhole; do
        online
        client_ip route add $kind 198.51.100.0/24
        begin --wait 30s 198.51.100.1
        until_waiting
        client_ip route del 198.51.100.0/24
        ended 0
        soon
        offline
    done
}

@test "network: --wait: one that takes as long as ten seconds" {
    time_start
    begin --wait 60s 198.51.100.1
    until_said 'waiting for a network'
    SECONDS=0
    while [ "$SECONDS" -lt 10 ]; do # something happens, and helps nobody
        client_ip link set eth0 up
        sleep 0.2
        client_ip link set eth0 down
    done
    online
    ended 0
    soon
    once 'waiting for a network'
    json '.sources[0].sent == 1'
}

@test "network: --wait: an address to send from that comes late" {
    time_start -4
    begin --wait 30s --bind 192.0.2.1 192.0.2.254
    until_said 'waiting for a network'
    online
    ended 0
    soon
}

# Through a device to which it is bound the kernel sends without any address.
@test "network: --wait: a device to send through that gets its address late" {
    on_linux || skip 'binds to no device'
    time_start -4
    begin --wait 30s --bind eth0 192.0.2.254
    until_said 'waiting for a network'
    client_ip link set eth0 up
    addressed
    ended 0
    soon
}

@test "network: --wait: it takes next to no processor time" {
    TIMEFORMAT='%U %S'
    { time ask 1 --wait 4s 192.0.2.254 a.test >&2; } 2> >(tail -n 1 >"$NET/time")
    until_true test -s "$NET/time"
    cat "$NET/time"
    awk '{ exit !($1 + $2 < 1) }' "$NET/time"
}

@test "network: --wait: where all is well nothing is said, and nothing waited for" {
    time_start
    dns_start '198.51.100.1 a.test'
    online
    swift ask 0 --wait 30s a.test 198.51.100.2
    [ -z "$stderr" ]
    ask 0 --wait 30s -v 198.51.100.2
    [[ $stderr != *waiting* ]]
}

@test "network: --wait: --quiet says nothing" {
    dns_start '203.0.113.1 a.test'
    online
    run --separate-stderr ntpsync --quiet --wait 2s a.test b.test x.slow 192.0.2.254
    [ "$status" -eq 1 ]
    [ -n "$output" ] # the report of a failure
    [ -z "$stderr" ]
}

@test "network: --wait: the clock is set once, when there is a server" {
    export FAKECLOCK_LOG=$NET/clock
    : >"$FAKECLOCK_LOG"
    time_start
    begin --wait 30s -S --force 198.51.100.1
    until_said 'waiting for a network'
    [ -z "$(clock_log)" ]
    online
    ended 0
    json '.action.kind == "step"'
    clock_log
    [ "$(clock_log | grep -c '^adjtimex modes=0x21\|^clock_settime')" -eq 1 ]
}

# ---- the end of it ----

# keeps STATUS SENTENCE ARG...: to the 3 s it was given.
keeps() {
    local wanted=$1 sentence=$2
    shift 2
    ask "$wanted" --wait 3s "$@"
    json '.elapsed >= 2.95 and .elapsed < 5'
    once "$sentence"
}

@test "network: --wait keeps to its time where there is no network" {
    keeps 1 'waiting for a network' 192.0.2.254
    json '.status == "no-answer" and .sources[0].status == "unreachable"'
}

@test "network: --wait keeps to its time where no name server answers" {
    online
    dns_start
    keeps 1 'waiting for DNS' a.slow
    json '.status == "no-answer" and .sources[0].status == "unresolved"'
}

@test "network: --wait keeps to its time where the name does not exist" {
    online
    dns_start
    keeps 1 'waiting for DNS' a.test
    json '.status == "no-answer" and .sources[0].status == "unresolved"'
}

@test "network: --wait keeps to its time where no server answers" {
    online
    keeps 1 'waiting for a server' 203.0.113.1
    json '.status == "no-answer" and .sources[0].status == "no-reply"'
}

@test "network: --wait keeps to its time where servers are not synchronised" {
    lying 127.0.0.1,leap=3 127.0.0.2,stratum=0
    keeps 1 'waiting for a server' 127.0.0.1 127.0.0.2
    json '.status == "no-answer"'
}

@test "network: --wait keeps to its time where servers do not agree" {
    lying 127.0.0.1 127.0.0.2,offset=5
    keeps 3 'waiting for a server' 127.0.0.1 127.0.0.2
    json '.status == "no-majority"'
}

@test "network: --wait keeps to its time where a server is too far from the time" {
    lying 127.0.0.1,rootdisp=3
    keeps 1 'waiting for a server' 127.0.0.1
    json '.status == "no-answer" and .sources[0].status == "too-far"'
}

@test "network: --wait keeps to its time where there are too few servers" {
    lying 127.0.0.1 127.0.0.2,drop=all
    keeps 3 'waiting for a server' --min-sources 2 127.0.0.1 127.0.0.2
    json '.status == "no-majority"'
}

@test "network: --wait 100ms is over at once" {
    swift ask 1 --wait 100ms 192.0.2.254
    json '.elapsed >= 0.095'
}

@test "network: --wait ends by SIGTERM, whatever it waits for" {
    local server
    dns_start
    begin --wait 60s 192.0.2.254
    until_said 'waiting for a network'
    kill -s TERM "$ASKING"
    ended
    [ "$AFTER" -lt 2000 ]
    [ "$status" -ne 0 ]
    online
    for server in a.slow 203.0.113.1; do
        begin --wait 60s $server
        until_waiting
        kill -s TERM "$ASKING"
        ended
        [ "$AFTER" -lt 2000 ]
        [ "$status" -ne 0 ]
    done
}

@test "network: --wait ends by SIGINT too" {
    online
    begin --wait 60s 203.0.113.1
    until_said 'waiting for a server'
    kill -s INT "$ASKING"
    ended
    [ "$AFTER" -lt 2000 ]
    [ "$status" -ne 0 ]
}

# ---- a name server that comes late, lies, or is silent ----

@test "network: --wait: a name server that comes late" {
    time_start
    online
    begin --wait 30s a.test
    until_said 'waiting for DNS'
    dns_start '198.51.100.1 a.test'
    ended 0
    soon
    once 'waiting for DNS'
    never 'waiting for a network'
}

@test "network: --wait: a network, and a name server after that" {
    time_start
    begin --wait 30s a.test
    until_said 'waiting for a network'
    online
    until_said 'waiting for DNS'
    dns_start '198.51.100.1 a.test'
    ended 0
    soon
    once 'waiting for a network'
    once 'waiting for DNS'
}

@test "network: --wait: a name server that is silent at first" {
    time_start
    online
    dns_start '198.51.100.1 a.test'
    firewall 'udp dport 53 drop'
    begin --wait 60s a.test
    until_said 'waiting for DNS'
    SECONDS=0
    while [ "$SECONDS" -lt 4 ]; do sleep 0.1; done # many lookups hang
    firewall
    ended 0
    [ "$AFTER" -lt 6000 ]
    once 'waiting for DNS'
}

# Each change asks for the name afresh, and each of these lookups hangs for 5 s.
@test "network: --wait: a burst of changes leaves lookups for later" {
    local i
    time_start -4
    online
    dns_start '198.51.100.1 a.test'
    firewall 'udp dport 53 drop'
    begin --wait 60s a.test
    for i in {1..8}; do
        client_ip address add "192.0.2.$((100 + i))/24" dev eth0
        sleep 0.03
    done
    until_said 'waiting for DNS'
    firewall
    ended 0
    soon
}

@test "network: --wait: a name that does not exist yet" {
    time_start
    online
    dns_start
    begin --wait 30s a.test
    until_said 'waiting for DNS'
    hosts '198.51.100.1 a.test'
    ended 0
    soon
}

@test "network: --wait: a name that is refused at first" {
    time_start
    online
    dns_start # which knows nobody to ask about this one
    begin --wait 30s ntp.example.net
    until_said 'waiting for DNS'
    hosts '198.51.100.1 ntp.example.net'
    ended 0
    soon
}

@test "network: --wait: a name server that is only told of later" {
    time_start
    online
    dns_start '198.51.100.1 a.test'
    : >"$NET/resolv.conf"
    begin --wait 30s a.test
    until_said 'waiting for DNS'
    echo 'nameserver 192.0.2.254' >"$NET/resolv.conf"
    ended 0
    soon
}

@test "network: --wait: the first of two name servers is dead" {
    time_start
    online
    dns_start '198.51.100.1 a.test'
    printf 'nameserver %s\n' 203.0.113.53 192.0.2.254 >"$NET/resolv.conf"
    begin --wait 30s a.test # 5 s are the C library's
    ended 0
    json '.elapsed < 10'
}

@test "network: --wait: a name that is first given an address where nobody is" {
    time_start
    online
    dns_start '203.0.113.1 a.test'
    begin --wait 30s a.test
    until_said 'waiting for a server'
    hosts '198.51.100.1 a.test'
    ended 0
    [ "$AFTER" -lt 6000 ]
    once 'waiting for a server'
    [[ "$stderr" != *'a server'*'waiting for DNS'* ]]
    json '[.sources[] | select(.status == "best") | .address] == ["198.51.100.1"]'
}

@test "network: --wait: a name that moves while its old address is refused" {
    time_start
    online
    dns_start '198.51.100.1 a.test' '198.51.100.2 b.test'
    firewall 'ip daddr 198.51.100.1 udp dport 123 reject'
    begin --wait 30s --min-sources 2 a.test b.test
    until_said 'waiting for a server'
    hosts '198.51.100.3 a.test' '198.51.100.2 b.test'
    ended 0
    [ "$AFTER" -lt 6000 ]
}

@test "network: names that hang do not keep another one from being asked" {
    time_start
    online
    dns_start '198.51.100.1 a.test'
    ask 0 -t 30s {1..10}.a.slow a.test
    json '.elapsed < 10 and .sources[10].status == "best"'
    json 'all(.sources[:10][]; .status == "unresolved")'
}

@test "network: --wait: eighty lookups that hang do not keep another one from it" {
    time_start
    online
    dns_start '198.51.100.1 a.test'
    begin --wait 60s {1..40}.a.slow a.test
    ended 0
    json '.elapsed < 20 and .sources[40].status == "best"'
}

@test "network: --wait: a name that resolves late still counts" {
    time_start
    online
    dns_start '198.51.100.2 b.test'
    begin --wait 30s --min-sources 2 a.test b.test
    until_said 'waiting for DNS'
    hosts '198.51.100.1 a.test' '198.51.100.2 b.test'
    ended 0
    soon
    json '[.sources[].status] | sort == ["agrees", "best"]'
    [ "$(asked 198.51.100.1)" -eq 1 ]
}

# ---- names with many addresses, or with some that lead nowhere ----

@test "network: of a name with fifty addresses four are asked, one among others" {
    local many=(198.51.100.{101..150} 2001:db8:1::{1..4})
    time_start
    online
    dns_start "${many[@]/%/ many.test}" '198.51.100.1 one.test'
    ask 0 --all -t 5s many.test
    json '(.sources | length) == 4 and all(.sources[]; .status | IN("best", "agrees"))'
    network_counted
    [ "$(asked_all)" -eq 4 ]
    ask 0 --all -t 5s many.test one.test
    [ "$(asked 198.51.100.1)" -eq 1 ]
    [ "$(asked_all)" -eq 7 ] # one of each family
}

@test "network: a name with IPv6 only, where there is none" {
    no_ipv6
    online
    time_start -4
    dns_start '2001:db8:1::1 six.test' '198.51.100.1 four.test'
    swift ask 1 -t 30s six.test
    swift ask 0 -t 30s six.test four.test
    json '.sources[1].status == "best"'
    ask 1 --wait 2s six.test
    json '.elapsed >= 1.95'
}

@test "network: a family that leads nowhere does not delay the other one" {
    time_start
    online
    dns_start '198.51.100.1 a.test' '2001:db8:1::1 a.test'
    firewall 'ip6 daddr 2001:db8:1::/64 drop'
    swift ask 0 -t 30s a.test
    json '[.sources[] | select(.status == "best") | .address] == ["198.51.100.1"]'
    swift ask 0 -t 30s --wait 30s a.test 198.51.100.2 198.51.100.3
    firewall 'ip daddr 198.51.100.0/24 drop'
    swift ask 0 -t 30s a.test
    json '[.sources[] | select(.status == "best") | .address] == ["2001:db8:1::1"]'
}

@test "network: an address of a link, with its device and a port" {
    online
    client_ip address add fe80::1/64 dev eth0 nodad
    chronyd_start :: 1123
    chronyd_start :: 123
    ask 0 '[fe80::fe%eth0]:1123'
    json '.sources[0] | .address == "fe80::fe%eth0" and .port == 1123'
    ask 0 'fe80::fe%eth0'
    json '.sources[0] | .address == "fe80::fe%eth0" and .port == 123'
}

@test "network: --wait: an address of a link that comes late" {
    chronyd_start :: 123
    begin --wait 30s 'fe80::fe%eth0'
    until_said 'waiting for a network'
    client_ip link set eth0 up
    client_ip address add fe80::1/64 dev eth0 nodad
    ended 0
    soon
}

@test "network: a thousand names in one run" {
    local i lines=()
    "${SITE[@]}" ip route add local 198.18.0.0/16 dev lo
    time_start -4
    online
    for i in {1..1000}; do
        lines+=("198.18.$((i / 250)).$((i % 250 + 1)) n$i.test")
    done
    dns_start "${lines[@]}"
    printf '%s\n' "${lines[@]#* }" >"$NET/names"
    begin --all -t 60s --file "$NET/names"
    ended 0
    json '(.sources | length) == 1000'
    json 'all(.sources[]; .status | IN("best", "agrees"))'
    [ "$(asked_all)" -eq 1000 ]
}

# ---- firewalls ----

@test "network: a firewall that drops is silence to the deadline" {
    time_start
    online
    firewall 'udp dport 123 drop'
    ask 1 -t 1s 198.51.100.1 2001:db8:1::1
    json '.elapsed >= 1 and all(.sources[]; .status == "no-reply" and .sent == 1)'
}

@test "network: a firewall that rejects is exit 1 soon, with its reason" {
    local kind kinds='admin-prohibited port-unreachable'
    # of the others only Linux tells
    ! on_linux || kinds+=' host-unreachable no-route'
    time_start
    online
    for kind in $kinds; do
        firewall "udp dport 123 reject with icmpx $kind"
        swift ask 1 -t 30s 198.51.100.1 2001:db8:1::1
        json 'all(.sources[]; .status == "unreachable" and .reason != "")'
    done
}

@test "network: a firewall on the way out is exit 1 at once, with its reason" {
    time_start
    online
    leaving 'udp dport 123 drop'
    swift ask 1 -t 30s 198.51.100.1 2001:db8:1::1
    json 'all(.sources[]; .status == "unreachable" and .reason == "operation not permitted")'
    [ "$(asked_all)" -eq 0 ]
}

@test "network: --wait: a firewall that is opened, whatever it did" {
    local rule
    time_start
    online
    for rule in drop reject 'reject with icmpx admin-prohibited'; do
        firewall "udp dport 123 $rule"
        begin --wait 30s 198.51.100.1
        until_said 'waiting for a server'
        firewall
        ended 0
        [ "$AFTER" -lt 10000 ]
    done
}

@test "network: --wait: a firewall on the way out that is opened" {
    time_start
    online
    leaving 'udp dport 123 drop'
    begin --wait 30s 198.51.100.1
    until_waiting
    leaving
    ended 0
    soon
}

@test "network: --wait: a server that is synchronised only later" {
    local pid
    online
    chronyd_start -u 198.51.100.1 123
    pid=$PEER_PID
    begin --wait 60s 198.51.100.1
    until_said 'waiting for a server'
    peer_stop "$pid"
    chronyd_start 198.51.100.1 123
    ended 0
    once 'waiting for a server'
    [ "$(asked 198.51.100.1)" -le 5 ]
}

# ---- manners ----

@test "network: --wait: one who is silent is asked after 4, 8 and 16 s, one who says RATE or DENY is not" {
    online
    dns_start '127.0.0.1 a.test' '127.0.0.1 b.test' '127.0.0.6 c.test'
    lying 127.0.0.1,drop=all 127.0.0.2,drop=all 127.0.0.3,kiss=RATE \
        127.0.0.4,kiss=DENY 127.0.0.5,kiss=RSTR 127.0.0.6,kiss=RATE \
        127.0.0.7,leap=3 127.0.0.8,kiss=DENY,drop=1
    ask 1 --wait 30s a.test b.test c.test 127.0.0.{1,2,3,4,5,7,8}
    cat "$MOMENTS"
    json '.elapsed >= 29.9'
    for silent in 127.0.0.1 127.0.0.2; do
        [ "$(came $silent)" -eq 4 ]
        gaps $silent | awk '{ due = 2 ^ (NR + 1); bad += $1 < due - 0.3 || $1 > due + 3 }
            END { exit bad > 0 }'
    done
    for kissed in 127.0.0.{3,4,5,6}; do
        [ "$(came $kissed)" -eq 1 ]
    done
    [ "$(came 127.0.0.8)" -eq 2 ]
    [ "$(came 127.0.0.7)" -ge 2 ]
    gaps 127.0.0.7 | awk '{ bad += $1 < 2 } END { exit bad > 0 }'
}

@test "network: two names for one address are one request" {
    time_start
    online
    dns_start '198.51.100.1 a.test' '198.51.100.1 b.test' '2001:db8:1::1 b.test'
    ask 0 --all -t 5s a.test b.test 198.51.100.1
    [ "$(asked 198.51.100.1)" -eq 1 ]
    ask 0 --all -t 5s --wait 20s a.test b.test 198.51.100.1
    [ "$(asked 198.51.100.1)" -eq 2 ]
    [ "$(asked_all)" -le 4 ]
}

@test "network: --wait: whatever happens to the network, who is silent is left alone" {
    online
    dns_start '203.0.113.1 a.test'
    begin --wait 4s a.test 203.0.113.2
    until_true were_asked 203.0.113.1 203.0.113.2
    for i in {1..40}; do
        client_ip address add "192.0.2.$((100 + i))/24" dev eth0
        client_ip route add "10.0.$i.0/24" via 192.0.2.254
    done
    ended 1
    [ "$(asked 203.0.113.1)" -le 2 ]
    [ "$(asked 203.0.113.2)" -le 2 ]
    echo "$(grep -c query "$NET/dnsmasq.log") queries"
}

@test "network: --wait: who has answered is not asked again while others are waited for" {
    time_start
    online
    begin --wait 6s --min-sources 2 198.51.100.1 203.0.113.1
    ended 3
    [ "$(asked 203.0.113.1)" -eq 2 ]
    [ "$(asked 198.51.100.1)" -le 3 ]
}
