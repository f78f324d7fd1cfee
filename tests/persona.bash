# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets these
# ntpsync by the names of other programs.
#
#   load common; load persona
#   setup() { persona_names; }
#
#   as 0 ntpdate -q "127.0.0.1:$PORT"   a run that must end so; then
#   out REGEX...                        these are its lines on stdout, all of them,
#   err REGEX...                        and these those on stderr

persona_names() {
    NAMES=$BATS_TEST_TMPDIR/names
    mkdir -p "$NAMES"
    ln -sf "$NTPSYNC" "$NAMES/ntpdate"
    ln -sf "$NTPSYNC" "$NAMES/sntp"
}

as() { # STATUS NAME ARG...
    local wanted=$1 NTPSYNC=$NAMES/$2
    shift 2
    [ -z "${RUN-}" ] || : >"$FAKECLOCK_LOG"
    run --separate-stderr ntpsync "$@"
    printf 'exit %s\n%q\n%q\n' "$status" "$output" "$stderr"
    [ -z "${RUN-}" ] || echo "clock: $(clock_log)"
    [ "$status" -eq "$wanted" ]
}

out() { lines_are "$output" "$@"; }
err() { lines_are "$stderr" "$@"; }
lines_are() { # TEXT REGEX...
    local text=$1 said=() i
    shift
    [ -z "$text" ] || mapfile -t said <<<"$text"
    [ "${#said[@]}" -eq $# ] || { echo "not $# lines: $text" && return 1; }
    for ((i = 0; i < $#; i++)); do
        [[ ${said[i]} =~ ^${*:i+1:1}$ ]] ||
            { echo "${said[i]} is not ${*:i+1:1}" && return 1; }
    done
}

# As far off as a busy machine makes it.
near() { # NUMBER WANTED [HOW FAR]
    awk -v a="$1" -v b="$2" -v d="${3-.15}" 'BEGIN { exit !(a - b < d && b - a < d) }'
}

# The number behind the last "offset", of which is told.
offset_told() { sed -n 's/.* offset \([-+0-9.]*\).*/\1/p' <<<"$output" | tail -n 1; }

# What was done to the clock, of whom else asks nothing: "step" or "slew" and by
# how many seconds, or nothing.
moves() {
    clock_log | awk -v now="$EPOCHREALTIME" -v OFMT=%.9f '
        function value(key) {
            match($0, key "=[^ ]*")
            return substr($0, RSTART + length(key) + 1, RLENGTH - length(key) - 1)
        }
        / modes=0x211c / {
            t = value("time") # floored seconds, and nanoseconds from 0 on
            print "step", int(t) + substr(t, index(t, ".")) + 0
        }
        / modes=0x8001 / { print "slew", value("offset") / 1000000 }
        /^clock_settime / { print "step", $3 - now }
        /^adjtime / && ($2 != 0 || $3 != 0) { print "slew", $2 + $3 / 1000000 }'
}
moved() { # HOW SECONDS; or nothing, if it was left alone
    local did how by
    did=$(moves)
    [ $# -gt 0 ] || { [ -z "$did" ]; return; }
    read -r how by <<<"$did"
    [ "$(wc -l <<<"$did")" -eq 1 ] && [ "$how" = "$1" ] && near "$by" "$2" ||
        { echo "did: $did" && return 1; }
}

# That it was moved by what ntpdate told, and not by half as much again.  Of a step
# by clock_settime() it is only known about when it was.
as_told() {
    local how by
    read -r how by < <(moves)
    on_linux || [ "$how" = slew ] || { near "$by" "$(offset_told)" .5; return; }
    near "$by" "$(offset_told)" 0.000002
}

# A /dev with nothing in it but what is said here, so that a syslogd can open
# /dev/log in it: for a shell in a mount namespace of its own; $DEV is a folder.
# shellcheck disable=SC2034 # for the suites
OWN_DEV='
    mount -n -t tmpfs -o mode=755 tmpfs "$DEV" &&
        for file in null zero full random urandom tty; do
            : >"$DEV/$file" && mount -n --bind "/dev/$file" "$DEV/$file" || exit
        done &&
        mount -n --rbind "$DEV" /dev || exit'

# beside_syslogd STATUS PROGRAM ARG...: a run that must end so beside a syslogd,
# in whose file, $LOGGED, are then the lines that came of it.  Needs peers.bash.
beside_syslogd() {
    local wanted=$1 end="the end is $RANDOM$RANDOM"
    shift
    peer_need busybox-static
    LOGGED=$BATS_TEST_TMPDIR/syslog
    rm -f "$LOGGED"
    mkdir -p "$BATS_TEST_TMPDIR/dev"
    : >"$FAKECLOCK_LOG"
    # shellcheck disable=SC2016 # for the inner shell
    run --separate-stderr room env DEV="$BATS_TEST_TMPDIR/dev" END="$end" \
        LOGGED="$LOGGED" BUSYBOX="$TOP/build/peers/busybox-static/bin/busybox" \
        bash -c "$OWN_DEV"'
        "$BUSYBOX" syslogd -n -O "$LOGGED" 3>&- 4>&- &
        until [ -S /dev/log ]; do :; done
        "$@"
        status=$?
        "$BUSYBOX" logger "$END"
        until grep -q "$END" "$LOGGED"; do sleep 0.01; done
        kill "$!"
        exit "$status"' bash \
        "${WALL[@]}" env LD_PRELOAD="$PRELOAD" "$@"
    echo "exit $status: $output $stderr $(cat "$LOGGED")"
    sed -i '/syslogd started/d; /syslogd exiting/d' "$LOGGED"
    grep -v "$end" "$LOGGED" >"$LOGGED.1" || :
    mv "$LOGGED.1" "$LOGGED"
    [ "$status" -eq "$wanted" ]
}
