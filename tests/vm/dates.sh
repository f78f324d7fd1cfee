#!/bin/sh
# A boot with a wrong RTC: whatever the year is said to be, one run sets the
# clock, and the kernel, the RTC and systemd know that it is right.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 22

# The moment at which this machine was started is the RTC's, so its year is too.
check 'the RTC is wrong' "$(date -u +%Y) == $YEAR" "$(date -u)"
mkdir -p /run/systemd/timesync
measure
check 'the clock is years off' "abs($LEFT) > 86400 * 365" "$LEFT s"

# What time-sync.target waits for, itself: systemd-time-wait-sync.
await() {
    LD_LIBRARY_PATH=/lib systemd-time-wait-sync 2>/dev/null &
    waiter=$!
    usleep 500000
}
waits() { kill -0 $waiter 2>/dev/null && echo 1 || echo 0; }
reached() { # NAME
    for _ in $(seq 30); do
        [ "$(waits)" -eq 1 ] || break
        usleep 100000
    done
    wait $waiter
    check "$1: systemd-time-wait-sync ends" "$? == 0 && $(waits) == 0"
}

await
check 'systemd-time-wait-sync waits' "$(waits) == 1"
ask -S
reached step
measure
check 'step: exit 0' "$STATUS == 0" "$ERR"
check 'step: reported as one' "\"$(action kind)\" == \"step\"" \
    "$(action offset) s"
check_kernel step 0
check 'step: the clock is right within the bound' \
    "abs($LEFT) <= $(top bound) + $DELAY / 2" \
    "$LEFT s left, bound $(top bound) s"
check 'step: systemd is told' "$(
    [ -e /run/systemd/timesync/synchronized ]
    echo $?
) == 0"

# Off again by less than the threshold, while the kernel sets the RTC.
guest step -0.002
rm /run/systemd/timesync/synchronized
await
check 'systemd-time-wait-sync waits again' "$(waits) == 1"
ask --set -p 5 -i 10ms
reached slew
check 'slew: exit 0' "$STATUS == 0" "$ERR"
check 'slew: reported as one' "\"$(action kind)\" == \"slew\"" \
    "$(action offset) s"
check_kernel slew "$(action offset)"

for _ in $(seq 40); do
    rtc=$(guest rtc)
    off=$((rtc - $(date -u +%s)))
    ! holds "abs($off) <= 1" || break
    usleep 500000
done
check 'the RTC follows' "abs($off) <= 1" "$off s off after $(since) s"

# A slew of so much that nobody shall rely on the clock before it is over.
guest step -3
rm /run/systemd/timesync/synchronized
await
ask -s
check 'larger slew: exit 0' "$STATUS == 0" "$ERR"
check 'larger slew: the kernel does not call the clock synchronised' \
    "$(kernel unsync) == 1 && $(kernel maxerror_us) >= 15999999" "$(guest kernel)"
check 'larger slew: systemd-time-wait-sync goes on waiting' "$(waits) == 1"
ask -S
reached 'step after it'
check 'step after it: what was to go is told' \
    "abs($(action pending) - $(action offset)) < 0.01" \
    "$(action pending) s to go, stepped $(action offset) s"
