# What every suite loads: where things are, the wall around the clock, servers.

bats_require_minimum_version 1.5.0
TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
NTPSYNC=${NTPSYNC:-$TOP/ntpsync}
export LC_ALL=C

# jq 1.6 takes 70 ms to start, gojq 3, and there are a thousand filters.
if type -P gojq > /dev/null; then
    jq() { command gojq "$@"; }
fi

# missing WHY: a check that cannot be made here.  Under CI that is a failure.
missing() {
    if [ "${CI-}" = true ]; then
        echo "under CI this must not be missing: $1" >&2
        return 1
    fi
    skip "$1"
}

# Whoever runs the tests, what is tested has no power over the real clock: the
# shim answers first, and behind it the capability is gone.
WALL=(setpriv --bounding-set=-sys_time --inh-caps=-sys_time)
powerless() {
    if [ "$(id -u)" -eq 0 ]; then
        "${WALL[@]}" "$@"
    else
        "$@"
    fi
}

# Which of the pairs of files was built: `make PORTABLE=yes` says portable.
on_linux() { [ "${SYSTEM-linux}" = linux ]; }
confines() { [ "${SANDBOX-linux}" = linux ]; }

can_trace() {
    type -P strace >/dev/null || missing 'no strace'
    strace -qq -o /dev/null true || missing 'strace may not trace here'
}

# Whether ntpsync runs on an emulated machine, of which tests/machines.sh says so:
# its emulator knows no stamps of the kernel's.
emulated() { [ -n "${EMULATED-}" ]; }

may_set_clock() { [ $((0x$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> 25 & 1)) -eq 1 ]; }

# room COMMAND...: where no process is seen but those of the test, and /run is
# $RUN, so that locks, marks and daemons of the machine play no part.
# A root who may not set the clock becomes one who may, in name only.
room() {
    local user=
    may_set_clock || user=-r
    # shellcheck disable=SC2016 # for the inner shell
    unshare $user -mpf --mount-proc sh -c 'mount --bind "$0" /run; "$@"' "$RUN" "$@"
}

# fake_clock [CALL:NTH:ERRNO]: calls that set the clock are logged and set an
# imagined one; the NTH CALL (0: every one; CALL any: whichever sets) fails with
# ERRNO.  From here on ntpsync runs in a room of the test's own.
fake_clock() {
    export FAKECLOCK_LOG=$BATS_TEST_TMPDIR/clock
    : > "$FAKECLOCK_LOG"
    unset FAKECLOCK_FAIL FAKECLOCK_STATE FAKECLOCK_DISTURB
    [ $# -eq 0 ] || export FAKECLOCK_FAIL=$1
    RUN=$BATS_TEST_TMPDIR/run
    mkdir -p "$RUN"
    room true || missing 'no namespaces: unshare -mp'
}
clock_log() { grep -v '^probe\|^read' "$FAKECLOCK_LOG" || :; }

# The sanitizers' library must come before any other that is preloaded.
preload() {
    [[ $NTPSYNC != *.asan ]] ||
        ldd "$NTPSYNC" | sed -n 's/.*libasan[^ ]* => \([^ ]*\).*/\1 /p'
    echo "$TOP/build/tests/fakeclock.so"
}
PRELOAD=$(preload | tr -d '\n')

ntpsync() {
    if [ -n "${RUN-}" ]; then
        room "${WALL[@]}" env LD_PRELOAD="$PRELOAD" "$NTPSYNC" "$@"
    else
        powerless env LD_PRELOAD="$PRELOAD" "$NTPSYNC" "$@"
    fi
}

# serve SPEC...: starts the suite's own server and sets PORT; each SPEC is
# ADDRESS[,WORD...], see ntpserver's usage.  REQUESTS holds what it received.
serve() {
    local out=$BATS_TEST_TMPDIR/serve.$RANDOM
    REQUESTS=$out.log
    mkfifo "$out"
    "$TOP/build/tests/ntpserver" -l "$REQUESTS" "$@" > "$out" 3>&- &
    SERVER_PID=$!
    SERVER_PIDS+=("$SERVER_PID")
    read -r PORT < "$out"
    [ -n "$PORT" ]
}

stop_servers() {
    local pid
    for pid in "${SERVER_PIDS[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" || :
    done
    SERVER_PIDS=()
}
SERVER_PIDS=()
teardown() { stop_servers; }

# keep_report TEXT: for tests/setup_suite.bash, which holds every report in JSON
# against its schema when all is over.  A file for each test, so that tests which
# run at once do not write into each other's lines.
keep_report() {
    [ "$1" != "${REPORT_KEPT-}" ] || return 0
    REPORT_KEPT=$1
    printf '%s\t%s\n' "$BATS_TEST_DESCRIPTION" "$1" \
        >> "$BATS_SUITE_TMPDIR/reports.$BATS_SUITE_TEST_NUMBER"
}

# json FILTER: what jq makes of $output; fails when that is null or false.
json() {
    keep_report "$output"
    jq -er "$1" <<< "$output"
}

# ask STATUS ARG...: a run with -j that must end so; shown when the test fails.
ask() {
    local wanted=$1
    shift
    [ -z "${RUN-}" ] || : > "$FAKECLOCK_LOG"
    run --separate-stderr ntpsync -j "$@"
    echo "exit $status: $output $stderr"
    [ -z "${RUN-}" ] || echo "clock: $(clock_log)"
    [ "$status" -eq "$wanted" ]
    [ -z "$output" ] || keep_report "$output"
}

# eventually COMMAND...: until it succeeds; a test that waits in vain has failed.
eventually() {
    local end=$((SECONDS + 30))
    until "$@"; do [ "$SECONDS" -lt "$end" ] || return 1; done
}

# within SECONDS COMMAND...: in less than these; a busy machine may try again.
within() {
    for _ in {1..5}; do
        "${@:2}"
        ! json ".elapsed < $1" || return 0
    done
    return 1
}
swift() { within 1 "$@"; }

# How many requests there were, and how many of them came to ADDRESS.
requests() { wc -l <"$REQUESTS"; }
requests_to() { awk -v to="$1" '$1 == to { n++ } END { print n + 0 }' "$REQUESTS"; }
