#!/bin/sh
# The machine sleeps in the middle of a run.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 2

away -100
ntpsync -S -p 3 -i 1s -v "$SERVER" >/tmp/out 2>&1 &
pid=$!
usleep 1500000
guest alarm $(($(guest rtc) + 4))
up=$(cut -d' ' -f1 /proc/uptime)
echo mem >/sys/power/state || say 'cannot suspend'
say "up for $up s before, $(cut -d' ' -f1 /proc/uptime) s after"
wait $pid
status=$?
while read -r line; do
    say "$line"
done </tmp/out
measure
check 'suspended: the clock is right or untouched' \
    "abs($LEFT) < 0.01 || abs($LEFT - 100) < 2" "exit $status, $LEFT s left"
ask -S
measure
check 'after it: the clock is right' "abs($LEFT) < 0.05" "$LEFT s left"
