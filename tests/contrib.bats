# shellcheck shell=bats
# shellcheck disable=SC2154,SC2016 # bats sets these; for inner shells
# The files of contrib/, just as they are.
load common
load peers

CONTRIB=$TOP/contrib
SERVICE=$CONTRIB/systemd/ntpsync.service
TIMER=$CONTRIB/systemd/ntpsync.timer
TMP=$BATS_TEST_TMPDIR
SOMEBODY=61234 # a number that systemd might give to the unit's user

teardown() { stop_servers && peer_stop_all; }

# A machine to install things on: /usr/local/bin with ntpsync, and /etc, are the
# test's own, /run is too, and the clock is imagined.
new_machine() {
    [ "$(id -u)" -eq 0 ] || missing 'not root: no machine of our own'
    fake_clock
    export FAKECLOCK_LOG=/run/clock # for other users too
    chmod 755 "$RUN" && install -m 666 /dev/null "$RUN/clock"
    mkdir "$TMP/bin" "$TMP/etc" "$TMP/etc/default"
    cp -L /etc/passwd /etc/group /etc/ld.so.cache "$TMP/etc"
    echo '127.0.0.1 localhost' >"$TMP/etc/hosts"
    printf '%s\n' 'hosts: files dns' 'passwd: files' >"$TMP/etc/nsswitch.conf"
    cp "$TOP/build/tests/fakeclock.so" "$TMP/bin/"
    cp "$NTPSYNC" "$TMP/bin/ntpsync.real"
    SHIM=${PRELOAD/%"$TOP/build/tests/"fakeclock.so//usr/local/bin/fakeclock.so}
    printf '%s\n' '#!/bin/sh' \
        "LD_PRELOAD='$SHIM' exec /usr/local/bin/ntpsync.real \"\$@\"" \
        >"$TMP/bin/ntpsync"
    chmod 755 "$TMP/bin/ntpsync"
}

# Runs COMMAND on it.
there() { # COMMAND...
    room sh -ec '
        mount --bind "$1/bin" /usr/local/bin
        mount --bind "$1/etc" /etc
        shift
        exec "$@"' sh "$TMP" "${WALL[@]}" \
        env PATH="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" "$@"
}

# How often the clock was stepped.
steps() { grep -cE 'modes=0x211c|^clock_settime' "$RUN/clock" || :; }
stepped() { [ "$(steps)" -gt 0 ]; }

# ---- systemd ----

# Debian's systemd-analyze, which sees its own units only.
analyze() {
    local peer=$TOP/build/peers/systemd libs dir
    libs=$(peer_env systemd)
    for dir in "$peer"/usr/lib/*-linux-gnu*/systemd; do
        [ ! -d "$dir" ] || libs+=:$dir
    done
    env "$libs" SYSTEMD_UNIT_PATH="$peer/lib/systemd/system:$peer/usr/lib/systemd/system" \
        "$peer/usr/bin/systemd-analyze" "$@"
}

# The values of a unit's KEY, one a line; a + stands for root, and no sandbox.
value() { # KEY [FILE]
    sed -e ':more' -e '/\\$/{N;s/\\\n *//;b more' -e '}' "${2-$SERVICE}" |
        sed -n "s/^$1=+\{0,1\}//p"
}

micros() { # TIMESPAN
    analyze timespan "$1" | sed -n 's/^ *.s: //p'
}

@test "contrib: systemd-analyze verify has nothing to say about the units" {
    peer_need systemd
    new_machine
    cp "$SERVICE" "$TIMER" "$TMP/etc"
    local analyze
    analyze=$(declare -f analyze peer_env)
    for unit in ntpsync.service ntpsync.timer; do
        run there bash -c "TOP=\$1; $analyze; analyze verify --man=no \"\$2\"" \
            bash "$TOP" "/etc/$unit"
        echo "$unit: $output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
    echo 'RestrictEverything=yes' >>"$TMP/etc/ntpsync.service" # it would say so
    run there bash -c "TOP=\$1; $analyze; analyze verify --man=no \"\$2\"" \
        bash "$TOP" /etc/ntpsync.service
    [ -n "$output" ]
}

@test "contrib: systemd-analyze security finds an exposure of 2.0 at most" {
    peer_need systemd
    run analyze security --offline=true --no-pager --threshold=20 "$SERVICE"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *'exposure level for ntpsync.service: '* ]]
}

@test "contrib: the unit takes away neither the clock nor the sight of daemons" {
    [ "$(value CapabilityBoundingSet)" = CAP_SYS_TIME ]
    [ "$(value AmbientCapabilities)" = CAP_SYS_TIME ]
    run ! grep -E '^(ProtectClock|PrivateUsers|PrivatePIDs|ProtectProc|PrivateNetwork)=' "$SERVICE"
}

@test "contrib: the timer comes again long before the kernel forgets" {
    peer_need systemd
    local wait every late
    wait=$(value ExecStart | sed -n 's/.* --wait \([0-9]*[smh]\).*/\1/p')
    wait=$(micros "$wait")
    every=$(micros "$(value OnUnitActiveSec "$TIMER")")
    late=$(micros "$(value RandomizedDelaySec "$TIMER")")
    # What is waited for a lock, and some, comes on top of --wait.
    [ "$(micros "$(value TimeoutStartSec)")" -gt $((wait + 30000000)) ]
    # Two runs may fail: 8.9 hours are 32,000 s.
    [ $((3 * (every + late + wait))) -lt 32000000000 ]
    run ! grep -q '^RemainAfterExit' "$SERVICE"
    run ! grep -q '^OnCalendar' "$TIMER"
}

@test "contrib: the unit waits until whom it stops has gone" {
    value Conflicts >"$TMP/stopped"
    [ -s "$TMP/stopped" ]
    # Or the guard still finds it, and refuses.
    run -1 grep -vxFf <(value After) "$TMP/stopped"
}

# The calls that the unit lets through, groups taken apart.
allowed() {
    analyze syscall-filter --no-pager >"$TMP/groups"
    awk '
        function put(name, yes,    i, n, parts) {
            if (name !~ /^@/) { allowed[name] = yes; return }
            n = split(members[name], parts, " ")
            for (i = 1; i <= n; i++) put(parts[i], yes)
        }
        FNR == NR && /^@/ { group = $1; next }
        FNR == NR && /^ +[^# ]/ { members[group] = members[group] " " $1; next }
        FNR == NR { next }
        sub(/^SystemCallFilter=/, "") {
            yes = !sub(/^~/, "")
            for (i = 1; i <= NF; i++) put($i, yes)
        }
        END {
            put("@default", 1) # always
            for (name in allowed) if (allowed[name]) print name
        }' "$TMP/groups" "$SERVICE" | sort
}

# What the kernel is asked for in a run of the unit, in a network where a name
# server is silent, and in one that may not set the clock: its calls come
# through to the kernel.
trace() {
    can_trace
    [[ $NTPSYNC != *.asan && $NTPSYNC != *.cov ]] ||
        skip 'this build makes calls of its own'
    echo 'nameserver 127.0.0.1' >"$TMP/etc/resolv.conf"
    mkdir -p "$RUN/systemd"
    run there unshare --net bash -ec '
        ip link set lo up
        mkfifo /run/dns /run/ntp
        "$1" -p 53 127.0.0.1,drop=all >/run/dns 3>&- &
        dns=$!
        "$1" -p 123 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 >/run/ntp 3>&- &
        ntp=$!
        read -r _ </run/dns
        read -r _ </run/ntp
        shim=$2
        set -- $3
        shift
        strace -f -qq -s 200 -E LD_PRELOAD="$shim" -o /run/set ntpsync.real "$@"
        strace -f -qq -s 200 -o /run/may-not ntpsync.real "$@" || [ $? -eq 4 ]
        kill $dns $ntp' \
        bash "$TOP/build/tests/ntpserver" "$SHIM" \
        "$(value ExecStart | sed 's/ *\$OPTIONS//') 127.0.0.2 localhost time.example.net"
    echo "exit $status: $output"
    [ "$status" -eq 0 ]
    stepped
    cat "$RUN/set" "$RUN/may-not" >"$TMP/trace"
}

@test "contrib: every system call of a run passes the unit's filter" {
    peer_need systemd
    new_machine
    trace
    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$TMP/trace" | sort -u >"$TMP/calls"
    [ "$(wc -l <"$TMP/calls")" -gt 30 ]
    grep -qxE 'clock_adjtime|adjtimex' "$TMP/calls"
    allowed >"$TMP/allowed"
    run comm -23 "$TMP/calls" "$TMP/allowed"
    echo "not allowed: $output"
    [ -z "$output" ]
    # What the shim has kept from the kernel; and what nobody needs.
    printf '%s\n' adjtimex clock_adjtime clock_settime settimeofday |
        comm -23 - "$TMP/allowed" | cmp - /dev/null
    printf '%s\n' chown init_module mount ptrace reboot |
        comm -12 - "$TMP/allowed" | cmp - /dev/null
}

@test "contrib: a run opens no socket and writes no file that the unit forbids" {
    new_machine
    trace
    sed -nE 's/^[0-9]+ +socket\(([A-Z0-9_]+),.*/\1/p' "$TMP/trace" | sort -u >"$TMP/families"
    grep -qx AF_INET "$TMP/families"
    run comm -23 "$TMP/families" <(value RestrictAddressFamilies | tr ' ' '\n' | sort)
    echo "not allowed: $output"
    [ -z "$output" ]
    run ! grep -E 'PROT_WRITE\|PROT_EXEC' "$TMP/trace"
    # The mark is made in the unit's own folder.
    [ "$(value BindPaths)" = "/run/$(value RuntimeDirectory):/run/systemd/timesync" ]
    sed -nE 's/^[0-9]+ +open(at)?\((AT_FDCWD, )?"([^"]+)", [A-Z_|]*O_(RDWR|WRONLY|CREAT).*/\3/p' \
        "$TMP/trace" | sort -u |
        grep -vxF -e "$FAKECLOCK_LOG" -e /run/systemd/timesync/synchronized >"$TMP/written"
    cat "$TMP/written"
    [ "$(cat "$TMP/written")" = "$(value ReadWritePaths | sed 's/^-//')" ]
}

@test "contrib: the unit's own command sets the clock, by whom OPTIONS names" {
    new_machine
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5
    echo "OPTIONS=\"--min-sources 2 127.0.0.1:$PORT 127.0.0.2:$PORT\"" >"$TMP/etc/default/ntpsync"
    run there setpriv --reuid="$SOMEBODY" --regid="$SOMEBODY" --clear-groups \
        sh -c ". /etc/default/ntpsync; $(value ExecStart)"
    echo "exit $status: $output"
    [ "$status" -eq 0 ]
    [[ $output == *'stepped forward 1.'* ]]
    [ "$(steps)" -eq 1 ]
}

@test "contrib: the unit's user has everybody's lock, and only while it runs" {
    new_machine
    serve 127.0.0.1,drop=all
    run there bash -c '
        eval "$2"
        held() { grep -q . /run/ntpsync.lock && ! flock -n /run/ntpsync.lock true; }
        as() { setpriv --reuid="$1" --regid="$1" --clear-groups "${@:2}"; }
        who() { stat -c "$1: %u:%g %a, inode %i" /run/ntpsync.lock; }
        umask "$3"
        install -m 600 /dev/null /run/ntpsync.lock
        exec 9</run/ntpsync.lock # so that the inode is not used again
        who before
        install -d -o "$1" -g "$1" /run/ntpsync # RuntimeDirectory=
        eval "$4"
        who during
        as $(($1 + 1)) flock -n /run/ntpsync.lock true && echo stranger
        as "$1" ntpsync -S -t 3s "$6" &
        eventually held && echo held
        wait
        eval "$5"
        who after
        as "$1" flock -n /run/ntpsync.lock true && echo late' \
        bash "$SOMEBODY" "$(declare -f eventually)" "$(value UMask)" \
        "$(value ExecStartPre)" "$(value ExecStopPost)" "127.0.0.1:$PORT"
    echo "$output"
    inode=$(sed -n 's/^before: 0:0 600, inode //p' <<<"$output")
    [ -n "$inode" ]
    grep -qx "during: $SOMEBODY:$SOMEBODY 600, inode $inode" <<<"$output"
    grep -qx "after: 0:0 600, inode $inode" <<<"$output"
    grep -qx held <<<"$output"
    run ! grep -xE 'stranger|late' <<<"$output"
}

# A run of the unit, as far as the mark goes: what the kernel is asked for stands
# in systemd's way of doing it.  WITH are words of ntpsync's.
marked() { # WITH...
    run there bash -ec '
        user=$1 mask=$2 start=$3 post=$4 from=${5%%:*} to=${5#*:}
        OPTIONS=${*:6}
        umask "$mask"
        (umask 022 && mkdir -p "$to")
        install -d -m 755 -o "$user" -g "$user" "$from"
        install -m 600 -o "$user" -g "$user" /dev/null /run/ntpsync.lock
        as=(setpriv --reuid="$user" --regid="$user" --clear-groups)
        # Each command has a namespace with the folders of BindPaths=, also
        # the one with the +.
        bound=(unshare -m sh -c "mount --bind \"\$0\" \"\$1\"; shift; exec \"\$@\"" "$from" "$to")
        "${bound[@]}" "${as[@]}" sh -c "OPTIONS=\$1; exec $start" sh "$OPTIONS"
        "${bound[@]}" sh -c "eval \"\$1\"" sh "$post"
        rm -r "$from"' \
        bash "$SOMEBODY" "$(value UMask)" "$(value ExecStart)" \
        "$(value ExecStartPost)" "$(value BindPaths)" "$@"
    echo "exit $status: $output"
    [ "$status" -eq 0 ]
}
MARK=systemd/timesync/synchronized

@test "contrib: the unit's mark is there after a step, and follows no link" {
    new_machine
    serve 127.0.0.1,offset=1.5
    mkdir -m 755 "$RUN/systemd" "$RUN/folder"
    echo precious >"$RUN/file"
    marked "127.0.0.1:$PORT"
    [ "$(stat -c '%u:%g %a %F' "$RUN/systemd/timesync")" = '0:0 755 directory' ]
    [ "$(stat -c '%u:%g %F' "$RUN/$MARK")" = '0:0 regular empty file' ]
    for goal in /run/nowhere /run/file /run/folder /dev/null; do
        ln -sfT "$goal" "$RUN/$MARK"
        marked "127.0.0.1:$PORT"
        [ "$(stat -c '%u:%g %F' "$RUN/$MARK")" = '0:0 regular empty file' ]
    done
    [ ! -e "$RUN/nowhere" ]
    [ "$(cat "$RUN/file")" = precious ]
    [ -z "$(ls -A "$RUN/folder")" ]
    [ -c /dev/null ]
}

@test "contrib: the unit makes no mark where ntpsync would make none" {
    new_machine
    serve 127.0.0.1,offset=20
    mkdir -m 755 "$RUN/systemd"
    marked -n "127.0.0.1:$PORT"
    [[ $output == *'would step'* ]]
    [ ! -e "$RUN/$MARK" ]
    marked --step-over 1h "127.0.0.1:$PORT"
    [[ $output == *slew* ]]
    [ ! -e "$RUN/$MARK" ]
    marked "127.0.0.1:$PORT"
    [ -e "$RUN/$MARK" ]
}

# ---- BusyBox ----

BUSYBOX=$TOP/build/peers/busybox-static/bin/busybox
BOOT=$CONTRIB/busybox/ntpsync

settings() { # LINE...
    printf '%s\n' "$@" >"$TMP/etc/default/ntpsync"
}

@test "contrib: shellcheck has nothing to say about the boot script" {
    type -P shellcheck >/dev/null || missing 'no shellcheck'
    [ -x "$BOOT" ]
    run shellcheck -s sh -S warning "$BOOT"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "contrib: the boot script sets the clock before it returns" {
    peer_need busybox-static
    new_machine
    serve 127.0.0.1,offset=1.5
    settings "OPTIONS='-t 30s 127.0.0.1:$PORT'"
    run -0 there "$BUSYBOX" sh "$BOOT" start
    [ "$output" = 'Setting the clock: OK' ]
    [ "$(steps)" -eq 1 ]
    run -0 there "$BUSYBOX" sh "$BOOT" stop
    [ -z "$output" ]
    run -1 there "$BUSYBOX" sh "$BOOT"
    [[ $output == 'usage: '* ]]
}

@test "contrib: the boot script goes on in the background where no server answers yet" {
    peer_need busybox-static
    new_machine
    serve 127.0.0.1,offset=1.5,drop=2
    settings WAIT=1s "OPTIONS=127.0.0.1:$PORT"
    run -0 there bash -c '
        eval "$3"
        "$1" sh "$2" start </dev/null || exit
        grep -qE "modes=0x211c|^clock_settime" /run/clock && echo "too early"
        stepped() { grep -qE "modes=0x211c|^clock_settime" /run/clock; }
        eventually stepped' bash "$BUSYBOX" "$BOOT" "$(declare -f eventually)"
    echo "$output"
    [ "$output" = 'Setting the clock: not yet, goes on in the background' ]
}

@test "contrib: the boot script's stop ends what goes on in the background" {
    peer_need busybox-static
    new_machine
    serve 127.0.0.1,drop=all
    settings WAIT=1s "OPTIONS=127.0.0.1:$PORT"
    run -0 there bash -c '
        eval "$3"
        boot() { "$busybox" sh "$script" "$@" </dev/null; }
        busybox=$1 script=$2
        waits() {
            read -r pid 2>/dev/null </run/ntpsync.pid &&
                tr "\\0" " " 2>/dev/null <"/proc/$pid/cmdline" | grep -q -- "--wait 1d"
        }
        boot stop || echo "nothing to stop, and exit $?"
        boot start
        eventually waits && first=$pid
        boot restart
        eventually [ ! -e "/proc/$first" ]
        eventually waits && second=$pid
        boot stop
        eventually [ ! -e "/proc/$second" ] && echo ended

        # A number that has become somebody else'"'"'s.
        sleep 1000 3>&- &
        echo $! >/run/ntpsync.pid
        boot stop
        kill $! && echo spared' bash "$BUSYBOX" "$BOOT" "$(declare -f eventually)"
    echo "$output"
    started='Setting the clock: not yet, goes on in the background'
    [ "$output" = "$started"$'\n'"$started"$'\nended\nspared' ]
}

@test "contrib: the boot script tells what no waiting will mend" {
    peer_need busybox-static
    new_machine
    settings 'OPTIONS="--bogus 127.0.0.1"'
    run -2 --separate-stderr there "$BUSYBOX" sh "$BOOT" start
    [ "$output" = 'Setting the clock: FAIL' ]
    [[ $stderr == *bogus* ]]
}

# ---- cron ----

# The lines of the crontab that are jobs.
jobs() { grep -vE '^[[:space:]]*(#|$)|^[A-Za-z_]+ *=' "$CONTRIB/cron/ntpsync"; }

@test "contrib: the cron job comes at odd minutes, as root" {
    [ "$(jobs | wc -l)" -eq 1 ]
    [[ $(jobs) =~ ^([0-9,]+)' * * * * root /usr/local/bin/ntpsync '[^%]*$ ]]
    IFS=, read -ra minutes <<<"${BASH_REMATCH[1]}"
    [ ${#minutes[@]} -eq 3 ]
    for minute in "${minutes[@]}"; do
        [ $((minute % 2)) -eq 1 ]
        [ $((minute % 5)) -ne 0 ]
    done
    [ -z "$(tail -c 1 "$CONTRIB/cron/ntpsync" | tr -d '\n')" ] # or cron ignores it
}

@test "contrib: the cron job sets the clock, and is silent when all is well" {
    new_machine
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5
    printf '127.0.0.%s\n' "1:$PORT # one" "2:$PORT" >"$TMP/etc/ntpsync.servers"
    # Not a word is changed but how long it may sleep.
    job=$(jobs | sed 's/^\([^ ]* \)\{5\}root //')
    [[ $job == *' --splay '*m\ * ]]
    job=$(sed 's/--splay [0-9]*m /--splay 10ms /' <<<"$job")
    run -0 there sh -c "$job"
    [ -z "$output" ]
    [ "$(steps)" -eq 1 ]
    stop_servers
    run there sh -c "$job -t 1s"
    [ "$status" -eq 1 ]
    [[ $output == *'no server gave a usable answer'* ]]
}

# ---- the recipes of the README and of the manual ----

@test "contrib: the README and the manual show the cron job that is here" {
    local job
    job=$(jobs)
    [ -n "$job" ]
    [ "$(grep -cxF "    $job" "$TOP/README.md")" -eq 1 ]
    [ "$(grep -cxF "$job" "$TOP/ntpsync.1")" -eq 1 ]
}

@test "contrib: the README's command for the boot sets the clock, as written" {
    new_machine
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=900
    printf '127.0.0.%s\n' "1:$PORT" "2:$PORT" "3:$PORT" >"$TMP/etc/ntpsync.servers"
    local boot
    boot=$(sed -n '/^### At boot/,/^### /s/^    \(.*ntpsync .*--wait.*\)/\1/p' "$TOP/README.md")
    echo "$boot"
    grep -qxF ".Dl ${boot#/usr/local/bin/}" "$TOP/ntpsync.1"
    run -0 --separate-stderr there sh -c "$boot"
    echo "$output $stderr"
    [ "$(steps)" -eq 1 ]
    [[ ${lines[-1]} == 'stepped forward 1.50 s'* ]]
    [ -z "$stderr" ]
    stop_servers
    run there sh -c "${boot/--wait 2m/--wait 1s}"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'no server gave a usable answer'* ]]
    [ "$(steps)" -eq 1 ]
}

# ---- a site's own server ----

has_ipv6() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
}

# A network that is the examples' site, and some strangers.
site() {
    has_ipv6
    peer_room
    "${PEER_ROOM[@]}" sh -ec '
        for address in 192.0.2.1/24 192.0.2.7/24 198.51.100.1/24 \
            198.51.100.7/24 2001:db8::1/64 2001:db8::7/64 fd00::7/64; do
            ip addr add "$address" dev lo
        done'
}

# from CLIENT SERVER STATUS: asks the site's server, from an address.
from() {
    run --separate-stderr powerless "${PEER_ROOM[@]}" \
        "$NTPSYNC" -j -t 2s -I "$1" "$2"
    echo "$1 asks $2: exit $status: $output $stderr"
    [ "$status" -eq "$3" ]
}

silence() { json '[.sources[] | .received] == [0]'; }

@test "contrib: chrony with the site's file answers the site, and nobody else" {
    peer_need chrony
    site
    local as
    as=$(id -un)
    peer_spawn "$TMP/chronyd.log" unshare --mount sh -ec '
        mount -n -t tmpfs -o mode=755 tmpfs /run
        mount -n -t tmpfs -o mode=755 tmpfs /var/lib
        mkdir /var/lib/chrony
        exec env "$@"' sh "$(peer_env chrony)" \
        "$TOP/build/peers/chrony/usr/sbin/chronyd" \
        -x -d -U -u "$as" -f "$CONTRIB/lan-server/chrony.conf"
    peer_await "$TMP/chronyd.log" 10 0 192.0.2.1 123

    # Those above are away, so the site has the server's own time.
    from 192.0.2.7 192.0.2.1 0
    json '.status == "ok" and .sources[0].stratum == 10
        and (.offset | fabs) <= .bound'
    from 2001:db8::7 2001:db8::1 0
    json '.sources[0].stratum == 10'
    from 198.51.100.7 192.0.2.1 1
    silence
    from 198.51.100.7 198.51.100.1 1
    silence
    from fd00::7 2001:db8::1 1
    silence
}

@test "contrib: OpenNTPD with the site's file answers at the site's addresses only" {
    peer_need openntpd
    site
    local user
    mkdir "$TMP/chroot"
    for user in ntpd openntpd _ntp; do # by Debian's release
        echo "$user:x:65533:65533::$TMP/chroot:/usr/sbin/nologin"
    done | cat - /etc/passwd >"$TMP/passwd"
    peer_spawn "$TMP/ntpd.log" unshare --mount sh -ec '
        mount -n --bind "$1" /etc/passwd
        mount -n -t tmpfs -o mode=755 tmpfs /run
        mount -n -t tmpfs -o mode=755 tmpfs /var/lib
        mkdir -p /run/openntpd /var/lib/openntpd/db /var/lib/openntpd/run
        shift
        exec env "$@"' sh "$TMP/passwd" "$(peer_env openntpd)" \
        "$TOP/build/peers/openntpd/usr/sbin/ntpd" \
        -d -v -f "$CONTRIB/lan-server/ntpd.conf"
    peer_await "$TMP/ntpd.log" 10 3 192.0.2.1 123

    # It knows no time yet, but it answers.
    from 192.0.2.7 192.0.2.1 1
    json '.sources[0] | .status == "unsynchronised" and .received == 1'
    from 2001:db8::7 2001:db8::1 1
    json '.sources[0] | .status == "unsynchronised" and .received == 1'
    from 198.51.100.7 198.51.100.1 1
    silence
    from fd00::7 fd00::7 1
    silence
}

# ---- README ----

@test "contrib: the README's commands do what they say" {
    new_machine
    mkdir -p "$TMP"/etc/{systemd/system,cron.d,init.d,chrony,openntpd,nagios4/conf.d,icinga2/conf.d,prometheus}
    sed -n 's/^    \(\(install\|printf\|echo\) .*\)/\1/p' "$CONTRIB/README.md" >"$TMP/commands"
    [ "$(wc -l <"$TMP/commands")" -ge 8 ]
    run ! grep -vE '[ >]/etc/[^ ]*$' "$TMP/commands" # no other folder is ours
    run -0 there sh -exc 'cd "$1" && . "$2"' sh "$CONTRIB" "$TMP/commands"
    [ "$(wc -l <"$TMP/etc/ntpsync.servers")" -eq 4 ]
    for pair in systemd/system/ntpsync.service:systemd/ntpsync.service \
        systemd/system/ntpsync.timer:systemd/ntpsync.timer \
        cron.d/ntpsync:cron/ntpsync init.d/S50ntpsync:busybox/ntpsync \
        nagios4/conf.d/ntpsync.cfg:nagios/ntpsync.cfg \
        icinga2/conf.d/ntpsync.conf:nagios/icinga2.conf \
        chrony/chrony.conf:lan-server/chrony.conf \
        openntpd/ntpd.conf:lan-server/ntpd.conf \
        prometheus/ntpsync.rules.yml:prometheus/ntpsync.rules.yml; do
        cmp "$TMP/etc/${pair%%:*}" "$CONTRIB/${pair#*:}"
    done
    [ -x "$TMP/etc/init.d/S50ntpsync" ]
    ( . "$TMP/etc/default/ntpsync" && [ "$OPTIONS" = '--min-sources 2 --file /etc/ntpsync.servers' ] )

    # BusyBox's crontab has no column for the user.
    command=$(sed -n 's/^    \(sed .*\) | crontab -$/\1/p' "$CONTRIB/README.md")
    [ "$(cd "$CONTRIB" && sh -c "$command")" = "$(jobs | sed 's/ root / /')" ]
}

@test "contrib: the README leads to every file, and to none that is not there" {
    local file
    while read -r file; do
        [ -e "$CONTRIB/$file" ] || { echo "$file" && return 1; }
    done < <(grep -oE '\]\([a-z/-]+\)' "$CONTRIB/README.md" | tr -d ']()')
    while read -r file; do
        grep -qF -e "$file" -e "(${file%%/*})" "$CONTRIB/README.md" || { echo "$file" && return 1; }
    done < <(cd "$CONTRIB" && find . -type f ! -name README.md | sed 's|^\./||')
}
