#!/bin/sh
# Many runs at once correct the clock once; a run that is killed has corrected
# it or has not, and is in nobody's way after that.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 7

away -3600
mkdir /tmp/crowd
for i in $(seq 20); do
    (
        ntpsync -S --quiet -t 8s "$SERVER" >"/tmp/crowd/$i" 2>&1
        echo $? >"/tmp/crowd/$i.status"
    ) &
done
wait
measure
say "exit statuses: $(sort -n /tmp/crowd/*.status | uniq -c | tr '\n' ';')"
cat /tmp/crowd/? /tmp/crowd/?? | sort | uniq -c | while read -r line; do
    say "$line"
done
check '20 at once: the clock is right' "abs($LEFT) < 0.05" "$LEFT s left"
check '20 at once: each exits 0 or 5' \
    "$(cat /tmp/crowd/*.status | grep -c '^[05]$') == 20"
check '20 at once: none comes between another' \
    "$(cat /tmp/crowd/? /tmp/crowd/?? | grep -c 'somebody else') == 0"
check '20 at once: one at least exits 0' \
    "$(cat /tmp/crowd/*.status | grep -c '^0$') > 0"

for _ in 1 2 3 4 5; do
    away -100
    guest kill 5000000 ntpsync -S --quiet "$SERVER" | sed 's/.*took_us=//'
done >/tmp/took
took=$(sort -n /tmp/took | head -n 1)
say "an undisturbed run takes $took us"
right=0 untouched=0 wrong=0
for _ in $(seq 50); do
    away -100
    at=$(random $((took + took / 5)))
    end=$(guest kill "$at" ntpsync -S --quiet "$SERVER")
    measure 2
    if holds "abs($LEFT) < 0.05"; then
        right=$((right + 1))
    elif holds "abs($LEFT - 100) < 0.05"; then
        untouched=$((untouched + 1))
    else
        wrong=$((wrong + 1))
        say "killed at $at us: $end: $LEFT s left"
    fi
done
say "killed: $right right, $untouched untouched, $wrong neither"
check 'killed: the clock is right or untouched' "$wrong == 0" "$wrong of 50"
check 'killed: both were seen' "$right > 0 && $untouched > 0"
ask -S
check 'killed: the next run is not held up' "$STATUS == 0 && $(since) < 2" \
    "$(since) s"
