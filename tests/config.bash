# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets these
# A system of the test's own: its /etc, its /run and what systemd reads below
# /usr, no process but the test's and no network but loopback, so that nothing of
# the machine is read and nobody is asked.
#
#   load common
#   load peers
#   load config
#   teardown() { peer_stop_all; }
#
#   system
#   put /etc/chrony.conf <<<'server ntp1.test'
#   look 1                              ntpsync -j -v there ends with exit 1
#
# Nobody answers, unless the test began with `answering`; then every address of
# documentation does, and every name that `names` has made known.

# system [FOLDER]: begins one, with the /etc, /run and /usr of FOLDER.
system() {
    local dir
    ROOT=$BATS_TEST_TMPDIR/system
    NAMES=0
    rm -rf "$ROOT"
    for dir in etc/default run usr/lib/systemd usr/local/lib; do
        mkdir -p "$ROOT/$dir"
    done
    for dir in etc run usr; do
        [ $# -eq 0 ] || [ ! -d "$1/$dir" ] || cp -r "$1/$dir" "$ROOT/"
    done
    [ -d /usr/lib/systemd ] || missing 'no /usr/lib/systemd to put another over' || return
    echo 'multi on' >"$ROOT/etc/host.conf"
    echo 'hosts: files' >"$ROOT/etc/nsswitch.conf"
    printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$ROOT/etc/passwd"
    printf '%s\n' root:x:0: nogroup:x:65534: >"$ROOT/etc/group"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$ROOT/etc/hosts"
    in_system true || missing 'no namespaces: unshare -mpn'
}

put() { # PATH: its text is standard input
    mkdir -p "$ROOT${1%/*}" && cat >"$ROOT$1"
}

# in_system COMMAND...: with the configuration of the test's system.  POWER is
# set for what ought to look like a machine where the clock may be set.
in_system() {
    local how=(unshare -mpf)
    if [ -n "${POWER-}" ]; then
        may_set_clock || how+=(-r)
    elif [ "$(id -u)" -ne 0 ]; then
        how+=(-r)
    fi
    [ -n "${PEER_ROOM[*]}" ] || how+=(-n)
    # shellcheck disable=SC2016 # for the inner shell
    "${PEER_ROOM[@]}" "${how[@]}" --mount-proc sh -c '
        cd "$1" || exit
        for dir in etc run usr/lib/systemd usr/local/lib; do
            mount -n --bind "$dir" "/$dir" || exit
        done
        cd / && shift && "$@"' sh "$ROOT" "$@"
}

# beside NAMES COMMAND...: the same, while programs of these names run there,
# with the right to set the clock if POWER says so.
beside() {
    local name wall=("${WALL[@]}")
    for name in $1; do
        cp "$(type -P sleep)" "$ROOT/run/$name"
    done
    [ -z "${POWER-}" ] || wall=()
    # shellcheck disable=SC2016 # for the inner shell
    in_system sh -c '
        for name in $1; do
            $2 "/run/$name" 100 3>&- &
            while case $(cat /proc/$!/comm) in sh | setpriv) ;; *) false ;; esac; do :; done
        done
        shift 2 && "$@"' sh "$1" "${wall[*]}" "${@:2}"
}

# look STATUS ARG...: a run that must end so, beside what $BESIDE names; shown
# when the test fails.
look() {
    local wanted=$1 where=(in_system)
    shift
    [ -z "${BESIDE-}" ] || where=(beside "$BESIDE")
    run --separate-stderr "${where[@]}" "${WALL[@]}" \
        env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -j -v --all "$@"
    echo "exit $status: $output"
    echo "$stderr"
    [ "$status" -eq "$wanted" ]
}

# answering: a network where chronyd answers from every address.
answering() {
    peer_need chrony
    peer_room
    local net
    for net in 10.0.0.0/8 169.254.0.0/16 192.0.2.0/24 2001:db8::/32; do
        "${PEER_ROOM[@]}" ip route add local "$net" dev lo ||
            missing "no route to $net: no IPv6?"
    done
    chronyd_start 0.0.0.0 123
    chronyd_start :: 123
}

# names NAME COUNT FAMILY...: gets so many addresses of each family.
names() {
    local name=$1 count=$2 family i
    NAMES=$((NAMES + 1))
    for family in "${@:3}"; do
        for ((i = 1; i <= count; i++)); do
            case $family in
            4) echo "127.1.$NAMES.$i $name" ;;
            6) echo "2001:db8:f:$NAMES::$i $name" ;;
            esac
        done
    done >>"$ROOT/etc/hosts"
}

# sources: a line for each server that was asked: name, port, how many of its
# addresses, of which families, NTP versions, and what its answers were for.
sources() {
    keep_report "$output"
    jq -r '
        [.sources[] | . + {
            use: (if .status | IN("best", "agrees", "outvoted", "spare")
                then "used" else .status end),
            family: (if .address | contains(":") then "6" else "4" end)}]
        | group_by([.server, .port])[]
        | "\(.[0].server) \(.[0].port) \(length) \(map(.family) | unique | add) v\(
            map(.version // 0 | tostring) | unique | join("+")) \(
            map(.use) | unique | join("+"))"' <<<"$output" | sort
}

# ---- the corpus: tests/config/NAME is a system, and NAME/want what comes of it
#
#   from FILE[, FILE...]        the files that named the servers that are used
#   server NAME [WORD...]       is asked; a WORD is port=N, pool, pool=N, ipv4,
#                               ipv6, version=N, noselect, key, nts
#   note FILE[:LINE] [WORD]     is said under -v
#   bad FILE:LINE [WORD]        the same; with --config it ends the run
#   exit N                      not 0
#   config FILE                 --config FILE comes to the same, whatever the
#                               name of the file
#   only-config                 nothing is found without --config

# wanted WANT: the lines that `sources` ought to print.
wanted() {
    local what name words word port pool families version use
    while read -r what name words; do
        [ "$what" = server ] || continue
        port=123 pool='' families=46 version=v4 use=used
        [[ $name != *:* ]] || families=6
        [[ ! $name =~ ^[0-9.]+$ ]] || families=4
        for word in $words; do
            case $word in
            port=*) port=${word#*=} version=v0 use=unreachable ;;
            pool) pool=4 ;;
            pool=*) pool=${word#*=} ;;
            ipv[46]) families=${word#ipv} ;;
            version=*) version=v${word#*=} ;;
            noselect) use=noselect ;;
            key | nts) [ "$use" = unreachable ] || use=unauthenticated ;;
            *) echo "$1: unknown word: $word" ;;
            esac
        done
        [ "$pool" != 1 ] || families=4 # see known_to
        echo "$name $port ${pool:-${#families}} $families $version $use"
    done <"$1" | sort
}

# known_to WANT: its servers have addresses, and more than are to be asked; but
# of what does not answer, all would be.
known_to() {
    local name words known=' '
    while read -r name words; do
        [[ $known != *" $name "* ]] || continue
        known+="$name "
        if grep -q "^server $name .*port=" "$1"; then
            names "$name" 1 4 6
        elif [[ " $words " == *' pool=1 '* ]]; then
            names "$name" 3 4
        else
            names "$name" 9 4 6
        fi
    done < <(all_of server "$1")
}

# all_of KEY WANT: what the lines that begin with KEY say.
all_of() { sed -n "s/^$1 //p" "$2"; }

# came_of WANT: that the last run read what is wanted.
came_of() {
    diff <(wanted "$1") <(sources)
    diff <(all_of from "$1" | tr -d ' ' | tr , '\n' | sort) \
        <(json .servers_from | sed 's/, /\n/g' | sort)
}

# said_of KEY WANT: that standard error has what these lines name.
said_of() {
    local where word
    while read -r where word; do
        grep -F "$where: " <<<"$stderr" | grep -F -- "$word" ||
            { echo "nothing is said of $where $word" && return 1; }
    done < <(all_of "$1" "$2")
}
