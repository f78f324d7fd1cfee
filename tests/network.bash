# shellcheck shell=bash
# shellcheck disable=SC2034 # the suites use what is set here
# A network to be taken away and given back: two network namespaces with a wire
# between them.  One is the site, where the servers are; the other one is the
# client's, where ntpsync runs with a resolv.conf and a /run of its own.
#
#   load common; load peers; load network
#   setup() { network_make; }           or skip; under CI=true: or fail
#   teardown() { stop_servers && peer_stop_all; }
#
#   192.0.2.1, 2001:db8::1          the client's eth0, once it is `online`
#   192.0.2.254, 2001:db8::fe       the site's: the name server, and the way on
#   198.51.100.x                    the site, all of them
#   2001:db8:1::x                   the site, from 1 to 4
#   203.0.113.x, 2001:db8:dead::x   nobody: what goes there is lost, unsaid
#
# Everything of it belongs to a process, so nothing is left when peer_stop_all
# has ended those.  While it is open all daemons start in the site.

SITE=() CLIENT=() CLIENT_NET=() ASKING=

network_make() {
    local client
    peer_need chrony dnsmasq-base nftables && peer_room || return
    SITE=("${PEER_ROOM[@]}")
    peer_room || return
    client=$PEER_PID
    CLIENT_NET=("${PEER_ROOM[@]}")
    PEER_ROOM=("${SITE[@]}")
    NET=$(peer_dir network) && mkdir -p "$NET/run" || return
    echo 'nameserver 192.0.2.254' >"$NET/resolv.conf"
    echo 'hosts: files dns' >"$NET/nsswitch.conf"
    # Every link of the chain execs the next, so that $! is the command itself.
    # resolv.conf may be a link into the /run that is no longer seen.
    # shellcheck disable=SC2016 # the inner shell expands
    CLIENT=("${CLIENT_NET[@]}" unshare --mount sh -c '
        mount -n --bind "$1/run" /run &&
            file=$(readlink -m /etc/resolv.conf) && mkdir -p "${file%/*}" &&
            { [ -e "$file" ] || : >"$file"; } &&
            mount -n --bind "$1/resolv.conf" "$file" &&
            mount -n --bind "$1/nsswitch.conf" /etc/nsswitch.conf &&
            shift && exec "$@"' sh "$NET")
    # shellcheck disable=SC2016 # the inner shell expands
    "${SITE[@]}" sh -ec '
        ip link add eth0 type veth peer name eth0 netns "$1"
        ip link set eth0 addrgenmode none
        ip link set eth0 up
        ip address add 192.0.2.254/24 dev eth0
        ip address add 2001:db8::fe/64 dev eth0 nodad
        ip address add fe80::fe/64 dev eth0 nodad
        ip route add local 198.51.100.0/24 dev lo
        for i in 1 2 3 4; do
            ip address add "2001:db8:1::$i/128" dev lo nodad
        done' sh "$client" &&
        "${CLIENT_NET[@]}" ip link set eth0 addrgenmode none ||
        missing 'no pair of virtual network devices to be had here' || return
    network_count || missing 'no nftables in this kernel'
}

nft_in() { # NETWORK...: reads commands
    "$@" env "$(peer_env nftables)" \
        "$TOP/build/peers/nftables/usr/sbin/nft" -f -
}

# Each request that reaches the site is counted, by the address it is for; what
# a firewall does to it comes after that.
network_count() {
    nft_in "${SITE[@]}" <<'END'
table inet count {
    set count4 { type ipv4_addr; size 65535; flags dynamic; }
    set count6 { type ipv6_addr; size 65535; flags dynamic; }
    chain arrived {
        type filter hook prerouting priority raw
        iifname eth0 udp dport 123 update @count4 { ip daddr counter }
        iifname eth0 udp dport 123 update @count6 { ip6 daddr counter }
    }
}
END
}

# ADDRESS and the number of requests that came for it, a line each.
network_counted() {
    nft_in "${SITE[@]}" <<<'list table inet count' | tr ',{' '\n\n' |
        sed -n 's/ *\([0-9a-f.:]*\) counter packets \([0-9]*\).*/\1 \2/p'
}
asked() { network_counted | awk -v to="$1" '$1 == to { n = $2 } END { print n + 0 }'; }
asked_all() { network_counted | awk '{ n += $2 } END { print n + 0 }'; }

# firewall [RULE...]: what becomes of packets that come to the site; each call
# replaces the one before.  leaving is the same for those that leave the client.
firewall() { network_wall input "${SITE[*]}" "$@"; }
leaving() { network_wall output "${CLIENT_NET[*]}" "$@"; }
network_wall() { # HOOK NETWORK [RULE...]
    local hook=$1 net=$2
    shift 2
    # shellcheck disable=SC2086 # words
    {
        printf '%s\n' 'table inet wall' 'delete table inet wall' \
            'table inet wall {' 'chain wall {' \
            "type filter hook $hook priority filter" "$@" '}' '}'
    } | nft_in $net
}

# The client's part of a network, bit by bit or as a whole.
client_ip() { "${CLIENT_NET[@]}" ip "$@"; }
addressed() {
    client_ip address add 192.0.2.1/24 dev eth0
    [ -n "${NO_IPV6-}" ] || client_ip address add 2001:db8::1/64 dev eth0 nodad
}
routed() {
    client_ip route add default via 192.0.2.254
    [ -n "${NO_IPV6-}" ] || client_ip route add default via 2001:db8::fe
}
online() {
    client_ip link set eth0 up
    addressed
    routed
}
offline() {
    client_ip address flush dev eth0
    client_ip link set eth0 down
}
no_ipv6() {
    NO_IPV6=yes
    "${CLIENT_NET[@]}" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
}

# chronyd at all addresses of the site, port 123; -4: at those of IPv4.
time_start() {
    chronyd_start 0.0.0.0 123 'clientloglimit 10000000' || return
    [ "${1-}" = -4 ] || chronyd_start :: 123 'clientloglimit 10000000'
}

# hosts LINE...: what the name server knows, from now on, as in /etc/hosts.
# Names in .test it does not know do not exist; to those in .slow it finds no
# answer, and gives none.
hosts() {
    printf '%s\n' "$@" >"$NET/hosts"
    [ -z "${DNS_PID-}" ] || kill -s HUP "$DNS_PID"
}
dns_start() { # LINE...
    mkfifo "$NET/nobody"
    hosts "$@"
    "${SITE[@]}" "$TOP/build/tests/ntpserver" -p 5353 127.0.0.53,drop=all \
        >"$NET/nobody" 3>&- &
    SERVER_PIDS+=("$!")
    read -r _ <"$NET/nobody"
    peer_spawn "$NET/dnsmasq.log" env "$(peer_env dnsmasq-base)" \
        "$TOP/build/peers/dnsmasq-base/usr/sbin/dnsmasq" --keep-in-foreground \
        --conf-file=/dev/null --pid-file= --user=root --group=root \
        --log-facility=- --log-queries --no-resolv --no-hosts \
        --local=/test/ --server=/slow/127.0.0.53#5353 \
        --addn-hosts="$NET/hosts" --local-ttl=0 --dns-forward-max=10000
    DNS_PID=$PEER_PID
    until "${SITE[@]}" grep -q ':0035 ' /proc/net/udp; do
        peer_alive "$DNS_PID" || { cat "$NET/dnsmasq.log" >&2 && return 1; }
        sleep 0.01
    done
}

# lying SPEC...: the suite's own server, see `serve`, on the client's loopback,
# port 123.  MOMENTS holds when each request came, in seconds, and for whom.
lying() {
    local out=$NET/lying
    MOMENTS=$NET/moments
    mkfifo "$out" "$out.log"
    while read -r address _; do
        echo "$EPOCHREALTIME $address"
    done <"$out.log" >"$MOMENTS" 3>&- &
    SERVER_PIDS+=("$!")
    "${CLIENT_NET[@]}" "$TOP/build/tests/ntpserver" -p 123 -l "$out.log" "$@" \
        >"$out" 3>&- &
    SERVER_PIDS+=("$!")
    read -r _ <"$out"
}

# gaps ADDRESS: the seconds between its requests.
gaps() {
    awk -v to="$1" '$2 == to { if (n++) print $1 - last; last = $1 }' "$MOMENTS"
}
came() { awk -v to="$1" '$2 == to { n++ } END { print n + 0 }' "$MOMENTS"; }

ntpsync() {
    "${CLIENT[@]}" "${WALL[@]}" env LD_PRELOAD="$PRELOAD" "$NTPSYNC" "$@"
}

# begin ARG...: the same with -j in the background, as process ASKING.  Shells
# start such with SIGINT ignored.
begin() {
    setpriv --pdeathsig KILL -- "${CLIENT[@]}" "${WALL[@]}" \
        env --default-signal=INT LD_PRELOAD="$PRELOAD" "$NTPSYNC" -j "$@" \
        </dev/null >"$NET/out" 2>"$NET/err" 3>&- 4>&- &
    ASKING=$!
    echo "$ASKING $(peer_born "$ASKING")" >>"$(peer_dir)/pids"
}

# ended [STATUS]: waits for its end; then output, stderr and status are its own,
# as after `run`, and AFTER is how long it took to report, in ms: it tells the
# time, and that is this machine's.
ended() {
    local from=${EPOCHREALTIME/./} end=$((SECONDS + 90)) to
    while peer_alive "$ASKING"; do
        [ "$SECONDS" -lt "$end" ] || { echo "it goes on and on" && return 1; }
        sleep 0.01
    done
    to=${EPOCHREALTIME/./}
    status=0
    wait "$ASKING" || status=$?
    output=$(<"$NET/out") stderr=$(<"$NET/err")
    [ "$status" -ne 0 ] || to=$(date -d "$(json .time)" +%s%6N)
    AFTER=$(((to - from) / 1000))
    echo "exit $status after $AFTER ms: $output $stderr"
    [ $# -eq 0 ] || [ "$status" -eq "$1" ]
}

# Until it says LINE, in the background; until it says what it waits for.
until_said() { until_true grep -qxF "ntpsync: $1" "$NET/err"; }
until_waiting() { until_true grep -q '^ntpsync: waiting for ' "$NET/err"; }

# until_true COMMAND...: as eventually, but leaves the processor to others.
until_true() {
    local end=$((SECONDS + 30))
    until "$@"; do [ "$SECONDS" -lt "$end" ] && sleep 0.02 || return 1; done
}

# How often LINE was said.
said() { grep -cxF "ntpsync: $1" <<<"$stderr" || :; }
