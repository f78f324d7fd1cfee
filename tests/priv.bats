# shellcheck shell=bats
# Least power: who talks to the network holds none, and who holds power believes
# nothing that cannot be.  What the sandbox forbids is tried in unit.bats.
load common

# status_of PID FIELD: a line of /proc/PID/status.
status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '\t ' ' '; }

# silent: a server that never answers, so that a run can be looked at.
silent() {
    confines || skip 'this build confines nothing'
    fake_clock
    serve 127.0.0.1,drop=1000
}

# begins ARG...: a run in the background that waits for a silent server; PARENT
# and CHILD are its processes (the same one where it does not fork).
begins() {
    local user=
    may_set_clock || user=-r
    # Not a room, whose processes have other numbers; only its /run.
    # shellcheck disable=SC2016 # for the inner shell
    unshare $user -m sh -c 'mount --bind "$0" /run; exec "$@"' "$RUN" "${WALL[@]}" \
        env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -t 20s "$@" "127.0.0.1:$PORT" \
        > "$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    PARENT=$!
    RUNNING+=("$PARENT")
    eventually asked
    CHILD=$(pgrep -P "$PARENT" || echo "$PARENT")
}
asked() { [ "$(requests)" -gt 0 ]; }
RUNNING=()

teardown() {
    local pid
    for pid in "${RUNNING[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" || :
    done
    stop_servers
}

need_root() { [ "$(id -u)" -eq 0 ] || skip 'not root'; }

# filtered PID: nor may it make every system call.
filtered() { [ "$(status_of "$1" Seccomp)" = 2 ]; }

# confined PID: it holds nothing, and cannot get anything.
confined() {
    local field
    for field in CapInh CapPrm CapEff CapAmb; do
        [ "$(status_of "$1" $field)" = 0000000000000000 ] ||
            { echo "$field: $(status_of "$1" $field)" && return 1; }
    done
    [ "$(status_of "$1" NoNewPrivs)" = 1 ] || return 1
}

least=$(for name in ntpsync nobody; do
    awk -F: -v name=$name '$1 == name { print $3, $4 }' /etc/passwd
done | head -n 1)
least=${least:-65534 65534}

# is_least PID: it is the least of users, in all ways, and of no other group.
is_least() {
    local uid=${least% *} gid=${least#* }
    [ "$(status_of "$1" Uid)" = "$uid $uid $uid $uid" ] || return 1
    [ "$(status_of "$1" Gid)" = "$gid $gid $gid $gid" ] || return 1
    [ -z "$(status_of "$1" Groups | tr -d ' ')" ] || return 1
}

@test "priv: a run that only measures does not fork, and has given up all it had" {
    silent
    begins
    [ "$CHILD" = "$PARENT" ]
    confined "$PARENT"
}

@test "priv: root measures as the least of users" {
    need_root
    silent
    begins
    is_least "$PARENT"
}

@test "priv: a run that is to set the clock asks from a child that has nothing" {
    silent
    begins -S --force
    [ "$CHILD" != "$PARENT" ]
    confined "$CHILD"
    filtered "$CHILD"
    [ "$(find "/proc/$CHILD/fd" -lname 'socket:*' 2>/dev/null | wc -l)" -le 1 ]
    [ "$(sed -n 's/^Max file size *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p' "/proc/$CHILD/limits")" = '0 0' ]
    [ "$(sed -n 's/^Max core file size *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p' "/proc/$CHILD/limits")" = '0 0' ]
}

@test "priv: its parent stays who it is, keeps the clock, and has no socket" {
    need_root
    silent
    begins -S --force
    is_least "$CHILD"
    [ "$(status_of "$PARENT" Uid)" = '0 0 0 0' ]
    # All but CAP_KILL (5) and CAP_SYS_TIME (25), which is behind the wall here.
    [ $((0x$(status_of "$PARENT" CapPrm) & ~(1 << 5 | 1 << 25))) -eq 0 ]
    [ "$(status_of "$PARENT" CapEff)" = "$(status_of "$PARENT" CapPrm)" ]
    [ "$(status_of "$PARENT" NoNewPrivs)" = 1 ]
    run find "/proc/$PARENT/fd" -lname 'socket:*'
    [ -z "$output" ]
}

@test "priv: only its parent can see the standard streams and the lock" {
    need_root
    silent
    begins -S --force
    find "/proc/$PARENT/fd" -lname '*/ntpsync.lock' | grep -q .
    run find "/proc/$CHILD/fd" -lname '*/ntpsync.lock'
    [ -z "$output" ]
    run find "/proc/$CHILD/fd" -lname "$BATS_TEST_TMPDIR/out"
    [ -z "$output" ]
}

@test "priv: the child ends with its parent, however that ends" {
    silent
    begins -S --force
    kill -KILL "$PARENT"
    wait "$PARENT" || :
    eventually gone "$CHILD"
}
gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

@test "priv: who holds nothing measures where nothing may be given up" {
    confines || skip 'this build confines nothing'
    [[ $NTPSYNC != *.asan ]] || skip 'the sanitizers mind strace'
    can_trace
    serve 127.0.0.1
    run -0 setpriv --bounding-set=-all strace -f -qq -o /dev/null \
        -e inject=capset:error=EPERM "$NTPSYNC" "127.0.0.1:$PORT"
}

@test "priv: -O asks from a child too, and its parent keeps nothing" {
    need_root
    silent
    begins -O "$BATS_TEST_TMPDIR/report"
    [ "$CHILD" != "$PARENT" ]
    confined "$CHILD"
    filtered "$CHILD"
    [ $((0x$(status_of "$PARENT" CapPrm) & ~(1 << 5))) -eq 0 ]
}

@test "priv: -O into somebody else's folder works as before" {
    need_root
    mkdir -m 0755 "$BATS_TEST_TMPDIR/theirs"
    chown 65533 "$BATS_TEST_TMPDIR/theirs"
    serve 127.0.0.1
    run ntpsync -j -O "$BATS_TEST_TMPDIR/theirs/report" "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    grep -q '"status":"ok"' "$BATS_TEST_TMPDIR/theirs/report"
    # Root's folder, on a way that others have closed: the clock was set, and
    # the report could not be written.
    mkdir "$BATS_TEST_TMPDIR/theirs/ours"
    chmod 0700 "$BATS_TEST_TMPDIR/theirs"
    run ntpsync -j -O "$BATS_TEST_TMPDIR/theirs/ours/report" "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
}

@test "priv: -O there follows no link to a device, and waits for no pipe" {
    need_root
    mkdir -m 0755 "$BATS_TEST_TMPDIR/theirs"
    ln -s /dev/full "$BATS_TEST_TMPDIR/theirs/link"
    mkfifo "$BATS_TEST_TMPDIR/theirs/pipe"
    chown -h 65533 "$BATS_TEST_TMPDIR"/theirs{,/*}
    serve 127.0.0.1
    for name in link pipe; do
        run timeout 10 bash -c '"$@"' - "${WALL[@]}" "$NTPSYNC" -j \
            -O "$BATS_TEST_TMPDIR/theirs/$name" "127.0.0.1:$PORT"
        [ "$status" -eq 0 ]
        [ ! -L "$BATS_TEST_TMPDIR/theirs/$name" ]
        grep -q '"status":"ok"' "$BATS_TEST_TMPDIR/theirs/$name"
    done
}

@test "priv: -O where all may write goes to a pipe of our own, and to no other" {
    local room=$BATS_TEST_TMPDIR/room
    mkdir -m 1777 "$room"
    mkfifo "$room/ours"
    serve 127.0.0.1
    cat "$room/ours" > "$BATS_TEST_TMPDIR/heard" 3>&- &
    RUNNING+=($!)
    run -0 ntpsync -j -O "$room/ours" "127.0.0.1:$PORT"
    [ -p "$room/ours" ]
    wait "${RUNNING[-1]}"
    grep -q '"status":"ok"' "$BATS_TEST_TMPDIR/heard"
    need_root
    mkfifo "$room/theirs"
    chown 65533 "$room/theirs"
    run -0 timeout 10 "${WALL[@]}" "$NTPSYNC" -j -O "$room/theirs" "127.0.0.1:$PORT"
    [ -f "$room/theirs" ]
}

@test "priv: --user names whom root becomes" {
    need_root
    silent
    begins --user daemon
    [ "$(status_of "$PARENT" Uid)" = "$(awk -F: '$1 == "daemon" { print $3, $3, $3, $3 }' /etc/passwd)" ]
}

@test "priv: --user root, or somebody unknown, is exit 2" {
    run ntpsync --user root 127.0.0.1
    [ "$status" -eq 2 ]
    [[ "$output" == *'--user: "root" is root;'* ]]
    run ntpsync --user nobody-knows 127.0.0.1
    [ "$status" -eq 2 ]
    [[ "$output" == *'--user: /etc/passwd has no "nobody-knows"'* ]]
}

# users LINE...: runs what comes behind -- with these users alone.
users() {
    while [ "$1" != -- ]; do printf '%s' "$1"; shift; done > "$BATS_TEST_TMPDIR/passwd"
    shift
    # shellcheck disable=SC2016 # for the inner shell
    run unshare -m sh -c 'mount --bind "$0" /etc/passwd; exec "$@"' \
        "$BATS_TEST_TMPDIR/passwd" "${WALL[@]}" "$NTPSYNC" "$@"
}

@test "priv: a last line without an end names somebody, the rest of a long one nobody" {
    need_root
    serve 127.0.0.1
    users $'root:x:0:0::/:\n' 'last:x:777:777::/:' -- --user last "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    users "$(printf 'long:x:1:1:%01012d' 0)" $'ghost:x:4242:4242::/:\n' -- --user ghost 127.0.0.1
    [ "$status" -eq 2 ]
}

@test "priv: a user who is not there, or no list of them, is named with the reason" {
    need_root
    users $'root:x:0:0::/:\n' -- --user 65534 127.0.0.1
    [ "$status" -eq 2 ]
    [[ "$output" == *'--user: /etc/passwd has no "65534"; name a user of that file'* ]]
    mkdir "$BATS_TEST_TMPDIR/empty"
    # shellcheck disable=SC2016 # for the inner shell
    run -2 unshare -m sh -c 'mount --bind "$0" /etc; exec "$@"' \
        "$BATS_TEST_TMPDIR/empty" "${WALL[@]}" "$NTPSYNC" --user nobody 127.0.0.1
    [[ "$output" == *'--user: /etc/passwd: No such file or directory'* ]]
}

@test "priv: -v says whom root becomes, and what an older kernel lacks" {
    need_root
    confines || skip 'this build confines nothing'
    [[ $NTPSYNC != *.asan ]] || skip 'the sanitizers mind strace'
    can_trace
    serve 127.0.0.1
    run -0 --separate-stderr "${WALL[@]}" strace -f -qq -o /dev/null \
        -e inject=landlock_create_ruleset:retval=2:when=1 "$NTPSYNC" -v "127.0.0.1:$PORT"
    echo "$stderr"
    [[ "$stderr" == *"measuring as user ${least% *}"* ]]
    [ "$(grep -c "this kernel's Landlock does not keep this process from" <<<"$stderr")" -eq 4 ]
    [[ "$stderr" == *'from truncating files'*'from connecting over TCP'* ]]
}

# By number it would take minutes where there may be a thousand million of them.
@test "priv: where close_range is unknown, a child closes what is open" {
    confines || skip 'this build confines nothing'
    [[ $NTPSYNC != *.asan ]] || skip 'the sanitizers mind strace'
    can_trace
    serve 127.0.0.1
    local calls=$BATS_TEST_TMPDIR/calls
    run -0 "${WALL[@]}" strace -f -qq -o "$calls" -e trace=close,close_range \
        -e inject=close_range:error=EPERM "$NTPSYNC" -O "$BATS_TEST_TMPDIR/out" \
        "127.0.0.1:$PORT" 19</dev/null
    cat "$calls"
    grep -q 'close_range.*INJECTED' "$calls"
    grep -q 'close(19) *= 0' "$calls"
    [ "$(grep -c 'close(' "$calls")" -lt 50 ]
}

@test "priv: nobody measures in root's group" {
    need_root
    serve 127.0.0.1
    users $'sync:x:5:0::/:\n' -- --user sync 127.0.0.1
    [ "$status" -eq 2 ]
    [[ "$output" == *'--user: "sync" is of root'* ]]
    users $'ntpsync:x:900:0::/:\n' -- "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
}

@test "priv: names are still found inside, without a privilege" {
    serve 127.0.0.1
    ask 0 "localhost:$PORT"
    fake_clock
    ask 0 -S "localhost:$PORT"
}

@test "priv: -v and -d reach the terminal from the child" {
    fake_clock
    serve 127.0.0.1,offset=2
    ask 0 -S -d "127.0.0.1:$PORT"
    [[ "$stderr" == *'sent to 127.0.0.1'* ]]
    [[ "$stderr" == *'from 127.0.0.1'* ]]
}

# ---- a child that was taken over ----

# betrayed HOW STATUS: -S with such a child ends so.
betrayed() {
    : > "$FAKECLOCK_LOG"
    export TRAITOR=$1
    PRELOAD="$PRELOAD $TOP/build/tests/traitor.so" run --separate-stderr ntpsync \
        -S -t 2s "127.0.0.1:$PORT"
    unset TRAITOR
    echo "$1: exit $status: $output $stderr"
    [ "$status" -eq "$2" ]
}
untouched() { [ -z "$(clock_log)" ]; }

fall() {
    fake_clock
    serve 127.0.0.1,offset=2
}

@test "priv: a child that tells what cannot be is not believed at all" {
    fall
    # The magic, the number of sources, of votes, the flag, a family.
    for how in byte:0:0 byte:7:9 byte:11:0 byte:11:3 byte:12:2 byte:21:77 cut:0 cut:1 cut:100 \
        more:1 zero:300; do
        betrayed "$how" 70
        untouched
        [ -z "$output" ]
        if [ "$how" = cut:0 ]; then
            [[ "$stderr" == *'the measuring process ended and told nothing'* ]]
        else
            [[ "$stderr" == *'the measuring process tells what cannot be: '* ]]
        fi
    done
}

# Its clocks, then and now: real (at 117), raw, boot (141); by about a second.
@test "priv: a sample of a clock that was set since, or slept, is not used" {
    fall
    for how in flip:120 flip:136 flip:144; do
        betrayed "$how" 5
        untouched
        [[ "$output" == *'somebody'*'set the clock'* ]]
    done
}

# Who votes is the parent's to say: byte 46 tells it of the first source.
@test "priv: nor is one that gives a vote to a server that has none" {
    fake_clock
    serve 127.0.0.1,offset=2
    echo "server 127.0.0.1 port $PORT nts" >"$BATS_TEST_TMPDIR/chrony.conf"
    export TRAITOR=byte:46:0
    for server in "127.0.0.1:$PORT,noselect" "--config=$BATS_TEST_TMPDIR/chrony.conf"; do
        PRELOAD="$PRELOAD $TOP/build/tests/traitor.so" run --separate-stderr ntpsync -S "$server"
        echo "exit $status: $output $stderr"
        [ "$status" -eq 70 ]
        [[ "$stderr" == *'what cannot be: a vote of a server that has none'* ]]
        untouched
    done
}

@test "priv: nor one that tells more than there can be" {
    fall
    betrayed more:100000000 70
    untouched
    [[ "$stderr" == *'tells more than there can be'* ]]
}

@test "priv: one that crashes is told of" {
    fall
    betrayed crash 70
    untouched
    [[ "$stderr" == *'the measuring process was ended by signal 4 '* ]]
}

# The parent had taken every SIGKILL for its own, and ended without a word.
@test "priv: one that is killed by another is told of" {
    silent
    begins -S --force
    kill -KILL "$CHILD"
    wait "$PARENT" || :
    eventually gone "$PARENT"
    grep -q 'the measuring process ended and told nothing: was it killed?' "$BATS_TEST_TMPDIR/out"
}

# Without CAP_KILL root cannot end another user's process; it waited for ever.
@test "priv: one that hangs and cannot be ended is not waited for" {
    need_root
    fall
    WALL=(setpriv --bounding-set=-sys_time,-kill --inh-caps=-sys_time,-kill)
    betrayed hang 70
    untouched
    [[ "$stderr" == *'the measuring process was not done in time'* ]]
}

@test "priv: one that hangs is ended half a second beyond the deadline" {
    fall
    for how in hang flood; do
        betrayed "$how" 70
        untouched
        [[ "$stderr" == *'the measuring process was not done in time'* ]]
        [ "${#stderr}" -lt 1500000 ]
    done
    [[ "$stderr" == *'tells too much: the rest of it is left out'* ]]
}

@test "priv: one that ends its message and stays is not waited for" {
    fall
    betrayed leave 70
    untouched
}

# Such a one outlived the run, and had the log to talk to its parent by for ever.
@test "priv: one can have no child of its own" {
    confines || skip 'this build confines nothing'
    fall
    betrayed breed 0
    [[ "$stderr" != *bred* ]]
}

@test "priv: what a child has to say reaches a terminal only as letters" {
    fall
    betrayed talk 0
    [ "$(printf %s "$stderr" | tr -d '[:print:]\n' | wc -c)" -eq 0 ]
    [[ "$stderr" == *'?]0;owned??'* ]]
}

@test "priv: an honest child beside all this is believed" {
    fall
    betrayed none 0
    [ -n "$(clock_log)" ]
}

@test "priv: a long look at all processes costs neither the answer nor a stranger" {
    need_root
    confines || skip 'this build confines nothing'
    local calls=$BATS_TEST_TMPDIR/calls
    can_trace
    serve 127.0.0.1
    run strace -qq -o "$calls" -e trace=getdents64,kill \
        -e inject=getdents64:delay_enter=1750000:when=1 \
        "${WALL[@]}" env --ignore-signal=CHLD \
        "$NTPSYNC" -s -n -t 1s "127.0.0.1:$PORT"
    echo "$output"
    cat "$calls"
    [ "$status" -eq 0 ]
    grep -q 'getdents64.*DELAYED' "$calls"
    # The child has long ended, and its number is nobody else's.
    grep -q 'kill([0-9]*, SIGKILL) *= 0' "$calls"
}

@test "priv: names of a list are found where it is a link" {
    need_root
    serve 127.0.0.1
    local room=$BATS_TEST_TMPDIR
    mkdir "$room/etc" "$room/far"
    cp /etc/nsswitch.conf /etc/passwd "$room/etc"
    echo '127.0.0.1 timehost' >"$room/far/hosts"
    ln -s "$room/far/hosts" "$room/etc/hosts"
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$room"
    # shellcheck disable=SC2016 # for the inner shell
    run -0 unshare -m sh -c 'mount --bind "$0/etc" /etc && exec "$@"' \
        "$room" "${WALL[@]}" "$NTPSYNC" "timehost:$PORT"
}

@test "priv: where resolv.conf is a link to, a new one is read too" {
    need_root
    confines || skip 'this build confines nothing'
    can_trace
    local room=$BATS_TEST_TMPDIR end=$((SECONDS + 60)) tracer
    mkdir "$room/etc" "$room/far"
    cp /etc/hosts /etc/nsswitch.conf /etc/passwd "$room/etc"
    ln -s "$room/far/resolv.conf" "$room/etc/resolv.conf"
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$room"
    # shellcheck disable=SC2016 # for the inner shell
    unshare -mn sh -c 'mount --bind "$0/etc" /etc && ip link set lo up &&
        exec strace -f -qq -o "$0/calls" -e trace=%file,connect "$@"' \
        "$room" "${WALL[@]}" "$NTPSYNC" --wait 60s nobody.example 3>&- &
    tracer=$!
    until grep -q 'resolv.conf.*ENOENT' "$room/calls"; do
        [ "$SECONDS" -lt "$end" ] || return
        sleep 0.1
    done 2>/dev/null
    echo 'nameserver 127.0.0.9' >"$room/far/resolv.conf"
    until grep -q '"127.0.0.9"' "$room/calls"; do
        [ "$SECONDS" -lt "$end" ] || break
        sleep 0.1
    done
    kill "$(awk 'NR == 1 { print $1 }' "$room/calls")"
    wait "$tracer" || :
    grep resolv.conf "$room/calls"
    grep '"127.0.0.9"' "$room/calls"
}
