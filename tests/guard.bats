# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What keeps a correction from being begun: no right to set the clock, another
# ntpsync at it, a time daemon that takes care of it.
load common

# A room begins with sh, which hands on no functions of bash.
setup() {
    fake_clock
    EVENTUALLY=$(declare -f eventually)
    export EVENTUALLY
}

nothing_set() { [ -z "$(clock_log)" ]; }
unprobed() { [ ! -s "$FAKECLOCK_LOG" ] || ! grep -q '^probe' "$FAKECLOCK_LOG"; }
linux_only() { on_linux || skip 'not known there'; }

# ---- the right ----

@test "guard: without the right to set the clock nobody is asked: exit 4" {
    linux_only
    local option
    [ $((0x$(powerless sed -n 's/^CapEff:\t//p' /proc/self/status) >> 25 & 1)) -eq 0 ]
    serve 127.0.0.1,offset=0.001
    for option in -S -s --set; do
        run --separate-stderr powerless "$NTPSYNC" "$option" "127.0.0.1:$PORT"
        echo "exit $status: $output $stderr"
        [ "$status" -eq 4 ]
        [ "$output" = 'could not set the clock: CAP_SYS_TIME is missing; run as root, or give that capability to the container' ]
        [ -z "$stderr" ]
        run --separate-stderr powerless "$NTPSYNC" -j "$option" "127.0.0.1:$PORT"
        [ "$status" -eq 4 ]
        json '.status == "failed" and .action.kind == "failed" and .sources == []
            and .offset == null and .bound == null and .jitter == null
            and .time == null and .stratum == null and .leap == null'
        run -4 --separate-stderr powerless "$NTPSYNC" --quiet "$option" "127.0.0.1:$PORT"
        [ -n "$output" ]
    done
    [ "$(requests)" -eq 0 ]
}

@test "guard: without that right, measuring and dry runs work" {
    serve 127.0.0.1,offset=0.001
    run -0 --separate-stderr powerless "$NTPSYNC" "127.0.0.1:$PORT"
    run -0 --separate-stderr powerless "$NTPSYNC" -n -S "127.0.0.1:$PORT"
    export FAKECLOCK_FAIL=read:0:1 # as Docker's filter has it
    ask 0 "127.0.0.1:$PORT"
    FAKECLOCK_FAIL=probe:0:1 ask 0 -n --set "127.0.0.1:$PORT"
    unprobed
}

@test "guard: the right is asked for by trying, before the first packet" {
    linux_only
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_FAIL=probe:1:38 ask 4 -S "127.0.0.1:$PORT"
    json '.action.reason == "could not set the clock: Function not implemented"'
    nothing_set
    [ "$(requests)" -eq 0 ]
}

@test "guard: with the capability, and forbidden all the same, a filter is named" {
    linux_only
    serve 127.0.0.1,offset=1.5
    # in a user namespace the capability is there, and worth nothing
    run --separate-stderr room "${WALL[@]}" unshare -r "$NTPSYNC" -S "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 4 ]
    [[ $output == 'could not set the clock: the kernel forbids adjtimex although CAP_SYS_TIME is held'*seccomp* ]]
    [ "$(requests)" -eq 0 ]
}

# ---- one at a time ----

# hold SECONDS: somebody else has the lock, and says so in the file.
hold() {
    echo 4711 >"$RUN/ntpsync.lock"
    coproc HOLD { exec flock -x "$RUN/ntpsync.lock" sh -c 'echo held; read x'; }
    read -r <&"${HOLD[0]}"
}

@test "guard: while another run corrects the clock, one waits 10 s: exit 5, and names it" {
    serve 127.0.0.1,offset=1.5
    hold
    local start=$SECONDS
    ask 5 -S "127.0.0.1:$PORT"
    [ $((SECONDS - start)) -ge 9 ]
    json '.status == "refused" and .action.kind == "refused" and .sources == []
        and .action.reason == "another ntpsync (pid 4711) is correcting the clock and was not done within 10 s"'
    nothing_set
    [ "$(requests)" -eq 0 ]
}

@test "guard: the wait for another run is none of the measurement's time" {
    local err=$BATS_TEST_TMPDIR/err
    serve 127.0.0.1,offset=1.5
    hold
    ntpsync -v -j -S -t 500ms "127.0.0.1:$PORT" >"$BATS_TEST_TMPDIR/out" 2>"$err" 3>&- &
    local pid=$!
    eventually grep -q 'waiting for another ntpsync (pid 4711)' "$err"
    read -r -t 1 <&"${HOLD[0]}" || : # longer than -t
    [ "$(requests)" -eq 0 ]
    echo >&"${HOLD[1]}"
    wait "$pid"
    output=$(<"$BATS_TEST_TMPDIR/out")
    json '.action.kind == "step"'
    [ "$(requests)" -eq 1 ]
}

@test "guard: measuring and dry runs wait for nobody" {
    serve 127.0.0.1,offset=1.5
    hold
    ask 0 "127.0.0.1:$PORT"
    ask 0 -n -S "127.0.0.1:$PORT"
}

@test "guard: the lock names its holder, is nobody else's to open, and cannot be stale" {
    serve 127.0.0.1,offset=1.5
    echo 'no number at all, and rather long for a pid' >"$RUN/ntpsync.lock"
    ask 0 -S "127.0.0.1:$PORT"
    [[ $(<"$RUN/ntpsync.lock") =~ ^[0-9]+$ ]]
    rm "$RUN/ntpsync.lock"
    (umask 0 && ask 0 -S "127.0.0.1:$PORT")
    [ "$(stat -c %a "$RUN/ntpsync.lock")" = 600 ]
}

@test "guard: where there can be no lock, it goes on without" {
    serve 127.0.0.1,offset=1.5
    mkdir "$RUN/ntpsync.lock"
    ask 0 -v -S "127.0.0.1:$PORT"
    [[ $stderr == *'/run/ntpsync.lock: Is a directory: going on without a lock'* ]]
    rmdir "$RUN/ntpsync.lock"
    echo precious >"$BATS_TEST_TMPDIR/other"
    ln -s "$BATS_TEST_TMPDIR/other" "$RUN/ntpsync.lock"
    ask 0 -S "127.0.0.1:$PORT"
    [ "$(<"$BATS_TEST_TMPDIR/other")" = precious ]
}

@test "guard: runs at the same time come one after the other" {
    local i calls
    serve 127.0.0.1,offset=1.5,delay=0.02
    for i in {1..8}; do
        ntpsync -S "127.0.0.1:$PORT" >/dev/null 3>&- &
        pids[i]=$!
    done
    for i in {1..8}; do wait "${pids[i]}"; done
    [ "$(requests)" -eq 8 ]
    on_linux || return 0
    # with the lock each reads twice, asks, reads twice, steps, and reads twice
    calls=$(sed -n 's/^read.*/r/p; s/^adjtimex.*/S/p' "$FAKECLOCK_LOG" | tr -d '\n')
    echo "$calls"
    [ "$calls" = "$(printf 'rrrrSrr%.0s' {1..8})" ]
}

@test "guard: the lock is let go of before the report is written" {
    serve 127.0.0.1,offset=1.5
    mkfifo "$BATS_TEST_TMPDIR/slow"
    ntpsync -S -O "$BATS_TEST_TMPDIR/slow" "127.0.0.1:$PORT" 3>&- &
    local pid=$!
    eventually grep -q '^read' "$FAKECLOCK_LOG" # it has the lock, or had it
    eventually flock -n "$RUN/ntpsync.lock" true
    ask 0 -S "127.0.0.1:$PORT"
    cat "$BATS_TEST_TMPDIR/slow" >/dev/null
    wait "$pid"
}

# ---- other daemons ----

# next_to COMMAND... -- ARG...: runs ntpsync -j ARG... in a room where COMMAND 100
# (the daemon itself) runs a process that is called $NAME15.
next_to() {
    local daemon=()
    while [ "$1" != -- ]; do
        daemon+=("$1")
        shift
    done
    shift
    : >"$FAKECLOCK_LOG"
    # shellcheck disable=SC2016 # for the inner shell
    run --separate-stderr room bash -c '
        eval "$EVENTUALLY"
        "${@:2:$1}" 100 3>&- & daemon=$!
        seen() { grep -qsx "$NAME15" /proc/[0-9]*/comm; }
        eventually seen || exit 99
        shift $(($1 + 1))
        "$@"
        status=$?
        echo "daemon $daemon" >&2
        kill "$daemon" 2>/dev/null
        exit $status' \
        room ${#daemon[@]} "${daemon[@]}" \
        "${WALL[@]}" env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -j "$@"
    echo "exit $status: $output $stderr"
}

# beside NAME [COMMAND...] -- ARG...: next to a program of that name.
beside() {
    local name=$1 wrapper=()
    shift
    while [ "$1" != -- ]; do
        wrapper+=("$1")
        shift
    done
    cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/$name"
    next_to "${wrapper[@]}" "$BATS_TEST_TMPDIR/$name" "$@"
}

@test "guard: a time daemon with the right to set the clock is named: exit 5" {
    linux_only
    local name called pid
    serve 127.0.0.1,offset=1.5
    while read -r name called; do
        NAME15=${name:0:15}
        export NAME15
        beside "$name" -- -S "127.0.0.1:$PORT"
        [ "$status" -eq 5 ]
        pid=${stderr##*daemon }
        json ".status == \"refused\" and .action.kind == \"refused\"
            and (.action.reason | startswith(\"$called (pid $pid) takes care of this clock: \"))
            and (.action.reason | endswith(\"stop it first, or use --force\"))
            and (.offset - 1.5 | fabs) <= .bound"
        nothing_set
    done <<-END
	chronyd chronyd
	ntpd ntpd
	systemd-timesyncd systemd-timesyncd
	openntpd OpenNTPD
	ntp-daemon ntpd-rs
	ptp4l ptp4l
	phc2sys phc2sys
	END
    export NAME15=chronyd
    beside chronyd -- -S "127.0.0.1:$PORT"
    json '.action.reason | contains("chronyc makestep")'
    beside chronyd -- -n -s "127.0.0.1:$PORT"
    [ "$status" -eq 5 ]
}

@test "guard: --force corrects beside a daemon, and measuring minds none" {
    serve 127.0.0.1,offset=1.5
    export NAME15=chronyd
    beside chronyd -- -S --force "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    json '.action.kind == "step"'
    beside chronyd -- "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
}

@test "guard: a daemon without that right, a namesake or a contained one do not count" {
    linux_only
    serve 127.0.0.1,offset=1.5
    export NAME15=chronyd
    beside chronyd "${WALL[@]}" -- -S "127.0.0.1:$PORT" # as chronyd -x in a container
    [ "$status" -eq 0 ]
    NAME15=chronyd2 beside chronyd2 -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    beside chronyd unshare -pf -- -S "127.0.0.1:$PORT" # in another PID namespace
    [ "$status" -eq 0 ]
}

@test "guard: nobody can pass for a daemon who has no right to set the clock" {
    linux_only
    serve 127.0.0.1,offset=1.5
    # its capabilities are of its own user namespace
    NAME15=chronyd beside chronyd unshare -r -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    if may_set_clock; then
        chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
        NAME15=chronyd beside chronyd setpriv --reuid 101 --regid 101 --clear-groups \
            unshare -r -- -S --wait 5s "127.0.0.1:$PORT"
        [ "$status" -eq 0 ]
    fi
    # a program of root's, by another name
    mkdir "$BATS_TEST_TMPDIR/link"
    ln -s "$(type -P sleep)" "$BATS_TEST_TMPDIR/link/chronyd"
    NAME15=chronyd next_to "$BATS_TEST_TMPDIR/link/chronyd" -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
}

@test "guard: nor where what runs there may not be looked at" {
    linux_only
    may_set_clock || skip 'only root can be two others'
    serve 127.0.0.1,offset=1.5
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
    local unit=(setpriv --reuid 65432 --regid 65432 --clear-groups
        --bounding-set=-all --inh-caps=-all) # as contrib's
    local other=(setpriv --reuid 101 --regid 101 --clear-groups)
    local WALL=("${unit[@]}")
    export NAME15=chronyd
    beside chronyd "${other[@]}" unshare -r -- -S -n "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    beside chronyd -- -S -n "127.0.0.1:$PORT" # one that does is seen
    [ "$status" -eq 5 ]
    # a setuid program of such a name, before it is anybody's
    mkdir "$BATS_TEST_TMPDIR/bin"
    install -m 4755 "$(type -P sleep)" "$BATS_TEST_TMPDIR/bin/ntpd"
    # shellcheck disable=SC2016 # for the inner shell
    WALL=(sh -c 'grep -qx "Uid:.101.0.0.0" /proc/[0-9]*/status || exit 98; exec "$@"' sh
        "${unit[@]}")
    NAME15=ntpd next_to "${other[@]}" "$BATS_TEST_TMPDIR/bin/ntpd" -- -S -n "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
}

@test "guard: a daemon started by a link of another daemon's name is one" {
    linux_only
    serve 127.0.0.1,offset=1.5
    mkdir "$BATS_TEST_TMPDIR/real"
    cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/real/ntpd"
    ln -s real/ntpd "$BATS_TEST_TMPDIR/openntpd" # as Debian's
    NAME15=openntpd next_to "$BATS_TEST_TMPDIR/openntpd" -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 5 ]
    json '.action.reason | startswith("OpenNTPD (pid ")'
}

# An ending process has its name and its powers still, and no program any more.
@test "guard: a daemon that is ending does not count, whenever that shows" {
    linux_only
    [[ $NTPSYNC != *.asan ]] || skip 'the sanitizers mind strace'
    can_trace
    local when
    serve 127.0.0.1,offset=1.5
    cat >"$BATS_TEST_TMPDIR/traced" <<-END
	#!/bin/sh
	exe=\$(grep -lsx chronyd /proc/[0-9]*/comm | sed s/comm/exe/)
	exec strace -f -qq -o "$BATS_TEST_TMPDIR/looks" -P "\$exe" -e trace=?readlink,readlinkat \\
	    -e "inject=?readlink,readlinkat:error=ENOENT:when=\$WHEN" "$NTPSYNC" "\$@"
	END
    chmod +x "$BATS_TEST_TMPDIR/traced"
    export WHEN NAME15=chronyd
    for when in 1 2 3; do # there are but two looks
        WHEN=$when NTPSYNC=$BATS_TEST_TMPDIR/traced beside chronyd -- -S "127.0.0.1:$PORT"
        cat "$BATS_TEST_TMPDIR/looks"
        if [ "$when" -lt 3 ]; then
            [ "$(grep -c ENOENT "$BATS_TEST_TMPDIR/looks")" -eq 1 ]
            [ "$status" -eq 0 ]
        else
            [ "$status" -eq 5 ]
        fi
    done
}

@test "guard: a daemon of a thousand groups is a daemon" {
    linux_only
    may_set_clock || skip 'only root has so many'
    serve 127.0.0.1,offset=1.5
    NAME15=chronyd beside chronyd setpriv --groups "$(seq -s, 10000 11000)" -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 5 ]
}

@test "guard: where /proc hides the processes of others, root sees the daemon" {
    linux_only
    may_set_clock || skip 'only root sees them'
    local hidden
    serve 127.0.0.1,offset=1.5
    hidden='mount -t proc -o hidepid=2,gid=4242 proc /proc &&
        exec setpriv --reuid 101 --regid 101 --clear-groups \
            --inh-caps=+sys_time --ambient-caps=+sys_time "$0" "$@"'
    chmod 755 "$BATS_TEST_TMPDIR"
    NAME15=chronyd beside chronyd sh -c "$hidden" -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 5 ]
    NAME15=chronyd beside chronyd sh -c "$hidden" -- -S --wait 5s "127.0.0.1:$PORT"
    [ "$status" -eq 5 ]
    nothing_set
}

@test "guard: a daemon does not turn no answer into a refusal" {
    serve 127.0.0.1,leap=3
    export NAME15=chronyd
    beside chronyd -- -S "127.0.0.1:$PORT"
    [ "$status" -eq 1 ]
}

# ---- limits ----

@test "guard: --limit refuses a larger correction, either way and by any means" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=-1.5 127.0.0.3,offset=0.25
    local option
    for option in -S -s --set; do
        ask 5 $option --limit 1s "127.0.0.1:$PORT"
        json '.action.reason | startswith("a correction of 1.5") and endswith(" s is more than --limit 1.00 s allows")'
        nothing_set
        ask 5 $option --limit 1s "127.0.0.2:$PORT"
        nothing_set
        ask 0 $option --limit 2s "127.0.0.1:$PORT"
        ask 0 $option --limit 1s "127.0.0.3:$PORT"
    done
    ask 5 -n -S --limit 1s --force "127.0.0.1:$PORT"
    ask 2 --limit 1s "127.0.0.1:$PORT" # there is nothing to limit
    ask 2 --limit-back 0 "127.0.0.1:$PORT"
    [[ $stderr == *'--limit and --limit-back go with -s, -S or --set'* ]]
}

@test "guard: --limit-back refuses larger steps back, 0 all of them" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=-1.5
    ask 5 -S --limit-back 1s "127.0.0.2:$PORT"
    json '.action.reason | startswith("a step back by 1.5") and endswith(" s is more than --limit-back 1.00 s allows")'
    nothing_set
    ask 5 -S --limit-back 0 "127.0.0.2:$PORT"
    json '.action.reason | endswith(" s is more than --limit-back 0 allows")'
    nothing_set
    ask 0 -S --limit-back 2s "127.0.0.2:$PORT"
    ask 0 -S --limit-back 0 "127.0.0.1:$PORT"
    ask 0 -s --limit-back 0 "127.0.0.2:$PORT"
    json '.action.kind == "slew"'
}

@test "guard: with --set --limit-back turns a step back into a slew, where that can be" {
    serve 127.0.0.1,offset=-1.5 127.0.0.2,offset=-1002
    ask 0 --set --limit-back 1s "127.0.0.1:$PORT"
    json '.action.kind == "slew"'
    ask 5 --set --limit-back 1s "127.0.0.2:$PORT"
    nothing_set
}

@test "guard: limits that are no durations are exit 2" {
    local bad
    for bad in -1 1x '' ' 1' 200y; do
        ask 2 -S --limit "$bad" 127.0.0.1
        [[ $stderr == *'--limit'* ]]
        ask 2 -S --limit-back "$bad" 127.0.0.1
        [[ $stderr == *'--limit-back'* ]]
    done
    ask 2 -S --limit 0 127.0.0.1
}
