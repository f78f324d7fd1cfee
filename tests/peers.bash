# shellcheck shell=bash
# Real time daemons for the tests: Debian's, unpacked by tests/peers.sh, on
# loopback, without power over the clock.
#
#   load common                         missing, powerless
#   load peers
#   teardown() { peer_stop_all; }
#
#   peer_need chrony                    or skip; under CI=true: or fail
#   port=$(peer_port)
#   chronyd_start ::1 "$port"
#   powerless "$NTPSYNC" -j "[::1]:$port"
#
# ntpd and OpenNTPD serve port 123 and nothing else, so they need a network of
# their own; what peer_room has opened, "${PEER_ROOM[@]}" enters:
#
#   peer_room                           or skip; under CI=true: or fail
#   ntpd_start
#   powerless "${PEER_ROOM[@]}" "$NTPSYNC" -j 127.0.0.1
#
# While a room is open all daemons start in it.  The *_start functions return
# when the daemon answers as it should; PEER_PID is its process.  They are not
# for `run` or $(...): a daemon ends with the shell that started it.  All they
# write is in peer_dir.

PEER_ROOM=()
PEER_PID=

peer_dir() { # [NAME]: the folder for what the daemons write, made when missing
    local dir=${PEER_DIR:-${BATS_TEST_TMPDIR:-${BATS_FILE_TMPDIR:?}}/peers}${1:+/$1}
    mkdir -p "$dir" && printf '%s\n' "$dir"
}

peer_need() { # NAME...
    local name
    for name; do
        [ -e "$TOP/build/peers/$name/.stamp" ] ||
            missing "no build/peers/$name: run sh tests/peers.sh $name" ||
            return
    done
}

# A UDP port that nothing on this machine uses, out of the range that the
# kernel hands out by itself.  Daemons would share a port and never say so.
peer_port() {
    local port hex
    while :; do
        port=$((20000 + RANDOM % 10000))
        printf -v hex ':%04X ' "$port"
        cat /proc/net/udp /proc/net/udp6 2>/dev/null | grep -qF "$hex" || break
    done
    echo "$port"
}

# Runs CMD in the background, in the room if one is open, powerless, recorded
# for peer_stop_all, its output in LOG.  Every link of the chain execs the
# next, so that PEER_PID is CMD itself.
peer_spawn() { # LOG CMD [ARG...]
    local log=$1 setpriv=(setpriv)
    shift
    [ -n "${PEER_OUTLIVES-}" ] || setpriv+=(--pdeathsig TERM)
    [ "$(id -u)" -ne 0 ] ||
        setpriv+=(--bounding-set=-sys_time --inh-caps=-sys_time)
    "${setpriv[@]}" -- "${PEER_ROOM[@]}" "$@" \
        </dev/null >"$log" 2>&1 3>&- 4>&- &
    PEER_PID=$!
    echo "$PEER_PID $(peer_born "$PEER_PID")" >>"$(peer_dir)/pids"
}

# When a process started, in ticks since boot: its number can come back.
# Fails when it is gone, or a zombie that nobody has waited for.
peer_born() { # PID
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
    read -ra stat <<<"${stat##*) }"
    [ "${stat[0]}" != Z ] && echo "${stat[19]}"
}

peer_alive() { # PID
    peer_born "$1" >/dev/null
}

# The environment of an unpacked program, as arguments to env.
peer_env() { # NAME
    local dir libs=
    for dir in "$TOP/build/peers/$1"/usr/lib/*-linux-gnu* \
        "$TOP/build/peers/$1"/lib/*-linux-gnu*; do
        [ ! -d "$dir" ] || libs+=:$dir
    done
    printf 'LD_LIBRARY_PATH=%s\n' "${libs#:}"
}

# One request: prints the leap bits and the stratum of the answer.  Shares
# nothing with what is tested.
peer_ask() { # ADDR PORT
    # shellcheck disable=SC2016 # the inner shell expands
    "${PEER_ROOM[@]}" bash -c '
        printf -v zeros %47s ""
        exec 9<>"/dev/udp/$1/$2" || exit
        printf "\x23${zeros// /\\0}" >&9
        set -- $(timeout 0.5 dd bs=1024 count=1 status=none <&9 | od -An -tu1 -N2)
        [ $# -eq 2 ] && echo "$(($1 >> 6)) $2"' peer_ask "$@" 2>/dev/null
}

# Waits until PEER_PID's answer has that leap (3: not synchronised), at most
# SECONDS.
peer_await() { # LOG SECONDS LEAP ADDR PORT
    local log=$1 soon=$((SECONDS + 3)) end=$((SECONDS + $2)) leap=$3
    local answer='no answer' pause=0.05
    shift 3
    while peer_alive "$PEER_PID" && [ "$SECONDS" -le "$end" ]; do
        answer=$(peer_ask "$@") || answer='no answer'
        [ "${answer% *}" != "$leap" ] || return 0
        [ "$SECONDS" -lt "$soon" ] || pause=0.5
        sleep "$pause"
    done
    {
        echo "$*: not ready (leap and stratum: $answer); ${log##*/} says:"
        cat "$log"
    } >&2
    return 1
}

# chronyd, at once a server of stratum 1 with this machine's time; -u: an
# unsynchronised one.  LINEs go to its configuration.  One for each address
# and port, as many as you like.
chronyd_start() { # [-u] ADDR PORT [LINE...]
    local leap=0 source='local stratum 1' family=-4 dir as
    [ "$1" != -u ] || { leap=3 source='' && shift; }
    local addr=$1 port=$2
    shift 2
    case $addr in *:*) family=-6 ;; esac
    dir=$(peer_dir "chronyd-$addr-$port") && rm -f "$dir/pid" || return
    printf '%s\n' "port $port" "bindaddress $addr" 'allow all' 'cmdport 0' \
        'bindcmdaddress /' "pidfile $dir/pid" "$source" "$@" >"$dir/conf"
    # -U: do not insist on being root.  Without a family it would bind the
    # other one's wildcard too.
    as=$(id -un) || return
    peer_spawn "$dir/log" env "$(peer_env chrony)" \
        "$TOP/build/peers/chrony/usr/sbin/chronyd" \
        -x -d -U -u "$as" "$family" -f "$dir/conf"
    peer_await "$dir/log" 10 "$leap" "$addr" "$port"
}

# A network of its own for this test's daemons: loopback only, any port.
# Gone with the last process in it.
peer_room() {
    local dir pid
    [ "$(id -u)" -eq 0 ] ||
        missing 'not root: no network namespace to run port 123 in' || return
    dir=$(peer_dir room) && rm -f "$dir/open" || return
    PEER_ROOM=()
    # shellcheck disable=SC2016 # the inner shell expands
    peer_spawn "$dir/log" unshare --net sh -c \
        'ip link set lo up && : >"$1" && exec sleep infinity' sh "$dir/open"
    pid=$PEER_PID
    while [ ! -e "$dir/open" ]; do
        peer_alive "$pid" || {
            cat "$dir/log" >&2
            missing 'no network namespace to be had here'
            return
        }
        sleep 0.01
    done
    PEER_ROOM=(nsenter --net="/proc/$pid/ns/net" --)
}

# ntpsec's ntpd at 127.0.0.1 and ::1, port 123, stratum 3; -u: one that never
# is synchronised.
ntpd_start() { # [-u] [LINE...]
    local leap=0 source='tos orphan 3 orphanwait 0' dir
    [ "${1-}" != -u ] || { leap=3 source='disable ntp' && shift; }
    dir=$(peer_dir ntpd) || return
    # A LOCAL clock would take longer and starts with a root dispersion of
    # seconds.  Unless told otherwise ntpd is silent to who asks often.
    printf '%s\n' "$source" 'restrict 127.0.0.0 mask 255.0.0.0' \
        'restrict ::1' "$@" >"$dir/conf"
    peer_spawn "$dir/log" env "$(peer_env ntpsec)" \
        "$TOP/build/peers/ntpsec/usr/sbin/ntpd" -n -c "$dir/conf"
    peer_await "$dir/log" 30 "$leap" 127.0.0.1 123
}

# OpenNTPD at 127.0.0.1 and ::1, port 123, as it comes up: not synchronised.
# It wants a user and fixed paths, and gets them in mounts of its own.
# OPENNTPD_PRELOAD is a library to load into it.
openntpd_start() { # LINE... (server 127.0.0.2)
    local dir user
    dir=$(peer_dir openntpd) || return
    mkdir -p "$dir/chroot" && chmod 755 "$dir/chroot" || return
    for user in ntpd openntpd _ntp; do # by Debian's release
        echo "$user:x:65533:65533::$dir/chroot:/usr/sbin/nologin"
    done | cat - /etc/passwd >"$dir/passwd"
    printf '%s\n' 'listen on 127.0.0.1' 'listen on ::1' "$@" >"$dir/conf"
    # shellcheck disable=SC2016 # the inner shell expands
    peer_spawn "$dir/log" unshare --mount sh -c '
        mount -n --bind "$1/passwd" /etc/passwd &&
            mount -n -t tmpfs -o mode=755 tmpfs /var/lib &&
            mkdir -p /var/lib/openntpd/db /var/lib/openntpd/run &&
            shift && exec env "$@"' sh "$dir" "$(peer_env openntpd)" \
        ${OPENNTPD_PRELOAD:+LD_PRELOAD="$OPENNTPD_PRELOAD"} \
        "$TOP/build/peers/openntpd/usr/sbin/ntpd" -d -v -f "$dir/conf"
    peer_await "$dir/log" 10 3 127.0.0.1 123
}

# That ntpsync finds this one SERVER, whose clock is the one it runs on, right
# within its own bound and by the kernel's timestamps (the portable build has
# them for replies only); and within a millisecond, for which a busy machine
# may try again.
peer_measured() { # SERVER
    local json tx=kernel
    [ "${SYSTEM-linux}" = linux ] || tx=user
    for _ in 1 2 3; do
        json=$(powerless "${PEER_ROOM[@]}" "$NTPSYNC" -j "$1") ||
            { echo "$1: exit $?: $json" >&2 && return 1; }
        keep_report "$json"
        jq -e --arg tx "$tx" '.status == "ok" and (.offset | fabs) <= .bound
            and (.sources | length) == 1
            and (.sources[0] | .status == "best"
                and .tx_timestamp == $tx and .rx_timestamp == "kernel")' \
            <<<"$json" >/dev/null || break
        ! jq -e '(.offset | fabs) < 0.001' <<<"$json" >/dev/null || return 0
    done
    echo "$1: $json" >&2
    return 1
}

# Ends one of them and waits until it is gone.
peer_stop() { # PID
    local tries
    for tries in TERM TERM KILL; do
        kill -s "$tries" "$1" 2>/dev/null || return 0
        for _ in {1..100}; do
            peer_alive "$1" || return 0
            sleep 0.02
        done
    done
}

# Ends all, the last first, and so the room last.
peer_stop_all() {
    local dir pid born
    dir=$(peer_dir) || return
    [ -e "$dir/pids" ] || return 0
    while read -r pid born; do
        [ "$(peer_born "$pid")" != "$born" ] || peer_stop "$pid"
    done < <(tac "$dir/pids")
    rm -f "$dir/pids"
    PEER_ROOM=()
}
