#!/bin/sh
# A clock that a daemon steers is left to it.
# shellcheck source=tests/vm/lib.sh
. /vm/lib.sh
plan 10

# Plays a daemon: its name, its program's name and its power are the real ones.
daemon() { # NAME [nocap]: PID
    cp /bin/guest "/tmp/$1"
    "/tmp/$1" idle ${2-} &
    PID=$!
    until grep -q "^Name:.*$1" "/proc/$PID/status"; do
        usleep 1000
    done
}
gone() {
    kill "$PID"
    wait "$PID" 2>/dev/null
}
names() { # WORD: whether the reason has it, as an answer to check
    case "$(action reason) $ERR" in *"$1"*) echo 1 ;; *) echo 0 ;; esac
}

daemon chronyd
away -10
ask -S
measure
check 'chronyd: exit 5' "$STATUS == 5"
check 'chronyd: is named' "$(names chronyd) == 1" "$(action reason)"
check 'chronyd: its pid is named' "$(names "$PID") == 1" "$PID"
check 'chronyd: the clock is left alone' "abs($LEFT - 10) < 0.05" "$LEFT s"
ask -q
check 'chronyd: measuring goes on' "$STATUS == 0"
ask -S --force
measure
check 'chronyd, --force: exit 0' "$STATUS == 0"
check 'chronyd, --force: the clock is right' "abs($LEFT) < 0.05" "$LEFT s left"
gone

daemon chronyd nocap
away -10
ask -S
measure
check 'chronyd without the right to set: exit 0' "$STATUS == 0"
check 'chronyd without the right to set: the clock is right' \
    "abs($LEFT) < 0.05" "$LEFT s left"
gone

daemon harmless
away -10
ask -S
check 'another program with the right to set: exit 0' "$STATUS == 0"
gone
