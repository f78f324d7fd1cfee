#!/bin/sh
# A boot at which ntpsync is there before the network is, and the network before
# the name server: it waits for both, and then sets the clock at once.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
# shellcheck source=tests/vm/net.sh
. /vm/net.sh
plan 11

echo 'nameserver 127.0.0.1' >/etc/resolv.conf
dns() {
    LD_LIBRARY_PATH=/lib dnsmasq --conf-file=/dev/null --no-resolv --no-hosts \
        --user=root --group=root --pid-file=/run/dnsmasq.pid --local=/test/ \
        --host-record="time.test,$HOST"
}
check 'there is no network' \
    "$(ip addr show | grep -c 'inet ') == 0 && $(ip route | wc -l) == 0"
check 'the RTC is wrong' "$(date -u +%Y) == $YEAR" "$(date -u)"
(
    sleep 3
    network
    guest mono >/tmp/network
    sleep 2
    guest mono >/tmp/begun
    dns # returns when it answers
    guest mono >/tmp/dns
) &
SERVER=time.test:$PORT
ask -S --wait 60s
END=$(guest mono)
wait
SERVER=$HOST:$PORT
measure

after() { awk "BEGIN { print ($END - $(some "$(cat "/tmp/$1")")) / 1e9 }"; }
often() { grep -cx "ntpsync: waiting for $1" /tmp/stderr; }
say "said: $ERR"
check 'exit 0' "$STATUS == 0"
check 'a step' "\"$(action kind)\" == \"step\"" "$(action offset) s"
check 'not before there was a name server' "$(after begun) > 0" "$(after begun) s"
check 'soon after that' "$(after dns) < 5" \
    "$(after dns) s; $(after network) s after the network"
check 'the clock is right within the bound' \
    "abs($LEFT) <= $(top bound) + $DELAY / 2" \
    "$LEFT s left, bound $(top bound) s"
check_kernel "after it" 0
check 'it said once that it waits for a network' "$(often 'a network') == 1"
check 'it said once that it waits for DNS' "$(often DNS) == 1"
