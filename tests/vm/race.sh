#!/bin/sh
# Another program sets the clock, 100 s wrong, at some moment of a run that
# found it 10 s wrong.  Whichever of the two is the last one wins; what must
# never be seen is the correction that was measured before, made after.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 4
tries=100

disturbed() { # COMMAND OF guest...: "running=1 exit=0 took_us=120000"
    rm -f /tmp/report
    guest "$@" ntpsync -S -p 2 -i 100ms -t 2s --quiet -O /tmp/report "$SERVER" \
        2>>/tmp/said
    [ ! -e /tmp/report ] || tail -n 1 /tmp/report >>/tmp/said
}
word() { echo "$2" | sed "s/.*$1=\([0-9]*\).*/\1/"; }

# One that is killed long after its end says how long it takes.
for _ in 1 2 3 4 5; do
    away -10
    word took_us "$(disturbed kill 5000000)"
done >/tmp/took
took=$(sort -n /tmp/took | head -n 1)
say "an undisturbed run takes $took us"

right=0 theirs=0 wrong=0 within=0 odd=0
status0=0 status4=0 status5=0
for i in $(seq $tries); do
    away -10
    # Every second try is in the last moments, where a mistake would be made.
    if [ $((i % 2)) -eq 0 ]; then
        at=$(random $((took + took / 10)))
    else
        at=$((took - 12000 + $(random 15000)))
    fi
    end=$(disturbed race "$at" "$ANCHOR" -100)
    measure 2
    within=$((within + $(word running "$end")))
    case $(word exit "$end") in
    0) status0=$((status0 + 1)) ;;
    4) status4=$((status4 + 1)) ;;
    5) status5=$((status5 + 1)) ;;
    *) odd=$((odd + 1)) && say "try $i, at $at us: $end" ;;
    esac
    if holds "abs($LEFT) < 0.05"; then
        right=$((right + 1))
    elif holds "abs($LEFT - 100) < 0.05"; then
        theirs=$((theirs + 1))
    else
        wrong=$((wrong + 1))
        say "try $i, at $at us: $end: $LEFT s left"
    fi
done
sort /tmp/said | uniq -c | sort -rn | head -n 6 | while read -r line; do
    say "$line"
done
say "$right right, $theirs the other program's, $wrong neither"
say "exit 0: $status0, 4: $status4, 5: $status5, other: $odd; within: $within"
check 'no stale correction is made' "$wrong == 0" "$wrong of $tries"
check 'each run exits 0, 4 or 5' "$odd == 0"
check 'the other program came within the run' "$within >= $tries / 3" "$within"
check 'the clock was set right, and left to the other one' \
    "$right > 0 && $theirs > 0" "$right, $theirs"
