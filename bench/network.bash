#!/usr/bin/env bash
# What networks cost: rows for the table of bench/run.sh, on stdout, of
# ntpsync in a network of tests/network.bash.  It needs root for that, and says
# so in the rows.  Times are from outside: a process from its beginning, or from
# the event it waited for, to its end.
set -u
cd "$(dirname "$0")/.." || exit 1
TOP=$PWD
NTPSYNC=${NTPSYNC:-./ntpsync}
[[ $NTPSYNC == /* ]] || NTPSYNC=$TOP/$NTPSYNC
export LC_ALL=C

rows=(
    'address and route there -> clock set|<= 150 ms'
    'DNS answers -> clock set, refused before|<= 1.2 s'
    'DNS answers -> clock set, silent before|-'
    'beyond -t 100ms, DNS silent, p99 of 200|<= 20 ms'
    '1,000 addresses|<= 80 ms'
    '10,000 addresses|<= 11x'
    'memory for each of 1,000|<= 1 KB'
    'memory for each of 10,000|<= 1 KB'
    'IPv6 dead, over IPv4 alone|<= 60 ms'
)

die() {
    echo "bench: $*" >&2
    exit 1
}

# row N TIME MET [FLOOR]: what it is and the reach are in the table above.
row() {
    printf '%s\t%s\t%s\t-\t%s\t%s\n' \
        "${rows[$1]%|*}" "${4:--}" "$2" "${rows[$1]#*|}" "$3"
}

missing() { # WHY
    local i
    for i in "${!rows[@]}"; do row "$i" - "skipped: $1"; done
    exit 0
}

# As in tests/common.bash, which wants bats.
WALL=(setpriv --bounding-set=-sys_time --inh-caps=-sys_time)
SERVER_PIDS=()
stop_servers() { [ ${#SERVER_PIDS[@]} -eq 0 ] || kill "${SERVER_PIDS[@]}" 2>/dev/null; }

# shellcheck source=tests/peers.bash
. "$TOP/tests/peers.bash"
# shellcheck source=tests/network.bash
. "$TOP/tests/network.bash"

# Of numbers, one a line: the smallest that PERCENT of them reach.
percentile() { # PERCENT
    sort -g | awk -v p="$1" '{ v[NR] = $1 } END { print v[int((NR * p + 99) / 100)] }'
}
reached() { awk -v x="$1" -v max="$2" 'BEGIN { print (x <= max ? "yes" : "NO") }'; }
form() { awk -v form="$1" -v x="$2" 'BEGIN { printf form, x }'; }
calc() { awk "BEGIN { printf \"%.1f\", $1 }"; }

# Until it says so, and up to 5 s on: who waits may be at any moment of it.
said_and_later() { # LINE
    until grep -qxF "ntpsync: $1" "$NET/err"; do
        peer_alive "$ASKING" || die "it ended: $(cat "$NET/err" "$NET/out")"
        sleep 0.02
    done
    sleep "$(form '%.3f' "$((RANDOM % 5000))e-3")"
}

# The milliseconds from here to the end of what `begin` began.
until_end() { # COMMAND...: the event
    local from=${EPOCHREALTIME/./}
    "$@"
    wait "$ASKING" || die "$(cat "$NET/err" "$NET/out")"
    echo "$(((${EPOCHREALTIME/./} - from) / 10))e-2" >>"$NET/times"
}

late_network() {
    local i
    : >"$NET/times"
    for i in {1..11}; do
        offline
        begin -S --force --wait 60s 198.51.100.1
        said_and_later 'waiting for a network'
        client_ip link set eth0 up
        until_end online
    done
    i=$(percentile 50 <"$NET/times")
    row 0 "$(form '%.0f ms' "$i"), at most $(form '%.0f' "$(percentile 100 <"$NET/times")")" \
        "$(reached "$i" 150)"
}

late_dns() { # ROW RULE [LIMIT]
    local i
    : >"$NET/times"
    for i in {1..11}; do
        firewall "udp dport 53 $2"
        begin -S --force --wait 60s a.test
        said_and_later 'waiting for DNS'
        until_end firewall
    done
    i=$(percentile 50 <"$NET/times")
    row "$1" "$(form '%.0f ms' "$i"), at most $(form '%.0f' "$(percentile 100 <"$NET/times")")" \
        "$([ $# -lt 3 ] && echo - || reached "$i" "$3")"
}

# Beside it sleep(1), which has nothing to do but to end in time: machines hold
# up whom they like.
silent_dns() {
    local p99 least
    # shellcheck disable=SC2016 # the inner shell expands
    "${CLIENT[@]}" bash -c '
        beyond() {
            local from=${EPOCHREALTIME/./}
            "$@"
            echo "$(((${EPOCHREALTIME/./} - from - 100000) / 10))e-2"
        }
        for i in {1..200}; do
            beyond "$1" -t 100ms -O /dev/null a.slow
            beyond sleep 0.1 >&2
        done' bash "$NTPSYNC" >"$NET/times" 2>"$NET/least"
    p99=$(percentile 99 <"$NET/times")
    least=$(percentile 99 <"$NET/least")
    row 3 "$(form '%.1f ms' "$p99"), median $(form '%.1f' "$(percentile 50 <"$NET/times")")" \
        "$(reached "$p99" 20)" \
        "$(form '%.1f ms' "$least"), median $(form '%.1f' "$(percentile 50 <"$NET/least")")"
}

# runner ARG...: median of wall time in ms, and peak memory in KiB, for each
# command a line.
runner() {
    "${CLIENT[@]}" "$TOP/build/bench/runner" "$@" >"$NET/table" ||
        die "the measurement failed: $(tail -c 300 "$NET/table")"
    awk -F '\t' 'NR > 1 { print $1, $7 }' "$NET/table"
}

# Those of 127.0.0.0/8, all in one process; the server is one of the client's own.
many_addresses() {
    local n kb1 ms3 kb3 ms4 kb4 each3 each4
    PEER_ROOM=("${CLIENT_NET[@]}")
    chronyd_start 0.0.0.0 1123 'clientloglimit 100000000' || die 'no chronyd'
    PEER_ROOM=("${SITE[@]}")
    for n in 1 1000 10000; do
        seq "$n" | awk '{ print "127.1." int($1 / 250) "." $1 % 250 + 1 ":1123" }' \
            >"$NET/list.$n"
    done
    "${CLIENT[@]}" "$NTPSYNC" -j --all -t 30s --file "$NET/list.10000" \
        >"$NET/out" || die 'no majority of 10,000 addresses'
    n=$(grep -o '"status":"\(best\|agrees\)"' "$NET/out" | wc -l)
    [ "$n" -eq 10000 ] || echo "bench: of 10,000 addresses only $n answered" >&2
    {
        read -r _ kb1
        read -r ms3 kb3
        read -r ms4 kb4
    } < <(runner -m -n 20 -- "$NTPSYNC" --all -O /dev/null --file "$NET/list.1" \
        -- "$NTPSYNC" --all -O /dev/null --file "$NET/list.1000" \
        -- "$NTPSYNC" --all -O /dev/null --file "$NET/list.10000")
    row 4 "$(calc "$ms3") ms" "$(reached "$ms3" 80)"
    row 5 "$(calc "$ms4") ms, $(calc "$ms4 / $ms3")x" \
        "$(reached "$(calc "$ms4 / $ms3")" 11)"
    each3=$(calc "($kb3 - $kb1) * 1024 / 999")
    each4=$(calc "($kb4 - $kb1) * 1024 / 9999")
    row 6 "$each3 bytes" "$(reached "$each3" 1000)"
    row 7 "$each4 bytes" "$(reached "$each4" 1000)"
}

dead_family() {
    local both alone
    firewall 'ip6 daddr 2001:db8:1::/64 drop'
    {
        read -r alone _
        read -r both _
    } < <(runner -n 50 -- "$NTPSYNC" -4 a.test -- "$NTPSYNC" a.test)
    firewall
    both=$(calc "$both - $alone")
    row 8 "$both ms more" "$(reached "$both" 60)"
}

finish() {
    stop_servers
    peer_stop_all
    rm -rf "$PEER_DIR"
}

make -s build/tests/ntpserver build/tests/fakeclock.so build/bench/runner &&
    sh tests/peers.sh chrony dnsmasq-base nftables || die 'something is missing'
PEER_DIR=$(mktemp -d) || die 'no folder to work in'
trap finish EXIT
trap 'exit 130' HUP INT TERM
network_make || exit
# What is refused is to be refused every time: after a few such errors Linux
# sends one a second, and in between the name server would be a silent one.
"${SITE[@]}" sh -c 'echo 0 | tee /proc/sys/net/ipv4/icmp_ratelimit \
    >/proc/sys/net/ipv6/icmp/ratelimit' || die 'cannot refuse at will'
FAKECLOCK_LOG=$NET/clock PRELOAD=$TOP/build/tests/fakeclock.so
export FAKECLOCK_LOG
online
time_start || die 'no chronyd'
dns_start '198.51.100.1 a.test' '2001:db8:1::1 a.test' || die 'no dnsmasq'
only=${1-}
for part in late_network 'late_dns 1 reject 1200' 'late_dns 2 drop' silent_dns \
    many_addresses dead_family; do
    [[ $part != *"$only"* ]] || $part
done
