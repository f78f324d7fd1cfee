#!/bin/sh
# The machine sleeps in the middle of a run.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 4

away -100
ntpsync -S -p 3 -i 1s -v "$SERVER" >/tmp/out 2>&1 &
pid=$!
usleep 1500000
guest alarm $(($(guest rtc) + 4))
mono=$(guest mono) rtc=$(guest rtc)
echo mem >/sys/power/state || say 'cannot suspend'
mono=$((($(guest mono) - mono) / 1000000000)) rtc=$(($(guest rtc) - rtc))
check 'it slept' "$rtc >= $mono + 2" "$rtc s by the RTC, $mono s of them awake"
wait $pid
status=$?
while read -r line; do
    say "$line"
done </tmp/out
check 'suspended: the run noticed' "$(grep -c 'measuring again' /tmp/out) == 1"
measure
check 'suspended: the clock is right or untouched' \
    "abs($LEFT) < 0.01 || abs($LEFT - 100) < 2" "exit $status, $LEFT s left"
ask -S
measure
check 'after it: the clock is right' "abs($LEFT) < 0.05" "$LEFT s left"
