#!/bin/sh
# Early in a boot the kernel changes from one clock source to the next, which
# clears what it was told about the clock: the error, and a slew that is under
# way.  Here it changes when the script says so; the kernel clears the same.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 5

change() { # TO
    echo "$1" >/sys/devices/system/clocksource/clocksource0/current_clocksource
    usleep 100000
}

away -10
ask -S
before=$(guest kernel)
change acpi_pm
measure
say "after a step: $before"
say "and a change: $(guest kernel)"
check 'step, then a change: the clock is right' "abs($LEFT) < 0.05" "$LEFT s"
ask -S
check 'the next run: exit 0' "$STATUS == 0"
check_kernel 'the next run' 0

# The change comes in the middle of a slew that somebody waits for.
away -0.004
(
    sleep 4
    change hpet
) &
ask -s --finish -p 5 -i 10ms
wait
say "slew cut off: exit $STATUS after $(since) s, $(action kind): $(action reason)"
say "kernel: $(guest kernel)"
measure
say "left: $LEFT s"
check 'slew cut off: not called done' "$STATUS == 4" "exit $STATUS"
