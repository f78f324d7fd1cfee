#!/usr/bin/env bash
# Every system call of every kind of run fails, once, with all it can fail with
# (make check-faults).
#
#   tests/faults.sh                    all of it: a table, and what went wrong
#   tests/faults.sh -s N               every so many, N cases in all
#   tests/faults.sh RUN:CALL:NTH:ERROR...   these, with what they printed
#
# Each kind of run is recorded first, from main() on; what it calls makes the
# cases.  Whatever fails, the program must end by itself and in time, with a
# status that the manual knows for that, a whole report that is true or none,
# the clock as it says, and no file or descriptor left behind.
#
# NTPSYNC names the program, JOBS how many are tried at once (2), SLACK how many
# seconds a busy machine may lose (8).
set -u
cd "$(dirname "$0")/.." || exit 1
bats_require_minimum_version() { :; } # what a suite would have
# shellcheck disable=SC2034 # common.bash uses it
BATS_TEST_DIRNAME=$PWD/tests
# shellcheck source=common.bash
. tests/common.bash
# shellcheck source=faults.bash
. tests/faults.bash
HELPERS=$TOP/build/tests
SLACK=${SLACK:-8}

die() {
    echo "faults: $*" >&2
    exit 2
}

# ---- a room: everything of it is below $DIR ----

furnish() { # DIR
    mkdir -p "$1"/{etc/ntp.d,run/systemd,folder}
    [ ! -d /etc/alternatives ] || cp -a /etc/alternatives "$1/etc" # awk
    echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
    echo 'nameserver 127.0.0.53' >"$1/etc/resolv.conf" # nobody is there
    printf '%s\n' "$A a.test" "$B b.test" "$A localhost" >"$1/etc/hosts"
    printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$1/etc/passwd"
    printf '%s\n' root:x:0: nogroup:x:65534: >"$1/etc/group"
    echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
    printf '# servers\n%s\n%s\n' "$A" "$B" >"$1/etc/list"
    printf 'server %s iburst\nincludefile /etc/ntp.d/more.conf\n' "$A" >"$1/etc/ntp.conf"
    echo "server $B" >"$1/etc/ntp.d/more.conf"
}

# in_room DIR ARG...: this script again, with a network, processes, an /etc and
# a /run of its own, and no power over the clock.
in_room() {
    local user='' dir
    dir=$(readlink -f "$1")
    may_set_clock || user=-r
    furnish "$dir"
    # shellcheck disable=SC2016 # for the inner shell
    FAULTS_ROOM=$dir unshare $user -mpnf --mount-proc sh -c '
        mount -n --bind "$1/etc" /etc && mount -n --bind "$1/run" /run &&
            ip link set lo up && shift && exec "$@"' sh "$dir" \
        "${WALL[@]}" bash "$TOP/tests/faults.sh" "${@:2}"
}

open_room() {
    DIR=$FAULTS_ROOM
    export FAKECLOCK_LOG=$DIR/clock
    mkfifo "$DIR/port"
    setpriv --pdeathsig KILL "$HELPERS/ntpserver" -p 123 "$A,offset=1.5" \
        "$B,offset=1.5" >"$DIR/port" &
    read -r _ <"$DIR/port"
}

# ---- numbers and names ----

# NUMBER_OF[openat] and NUMBER_OF[EPERM], NAME_OF[257]: as the compiler has them.
declare -A NUMBER_OF NAME_OF
read_numbers() {
    local word value name
    while read -r _ word value _; do
        name=${word#__NR_}
        case $word$value in
        __NR_*[0-9] | E[A-Z0-9]*[0-9]) NUMBER_OF[$name]=$value ;;
        EWOULDBLOCK*) NUMBER_OF[$name]=EAGAIN ;;
        esac
        case $word$value in
        __NR_*[0-9]) NAME_OF[$value]=$name ;;
        __NR_*__NR3264_*) SAME[$value]=$name ;;
        esac
    done
    for word in "${!SAME[@]}"; do # where numbers depend on the word's size
        value=${NUMBER_OF[$word]-}
        [ -z "$value" ] ||
            NUMBER_OF[${SAME[$word]}]=$value NAME_OF[$value]=${SAME[$word]}
    done
    NUMBER_OF[EWOULDBLOCK]=${NUMBER_OF[EAGAIN]}
}
declare -A SAME
# The compiler is asked once, where all of /etc is.
ask_compiler() {
    printf '#include <errno.h>\n#include <sys/syscall.h>\n' |
        "${CC:-cc}" -E -dM - | grep -e ' __NR_' -e ' E[A-Z0-9]* '
}

# ---- one run ----

# try RUN [OPTION...]: the run, with options of tests/helpers/faults.c; what
# there was is in $DIR/log, and the seconds it took in TOOK.
try() {
    local from=${EPOCHREALTIME/./}
    describe "$1" || die "$1: there is no such run"
    rm -f "$DIR"/folder/* "$DIR/log"
    [ "$PLACE" != file ] || echo old >"$DIR/folder/report"
    : >"$FAKECLOCK_LOG"
    "$HELPERS/faults" -o "$DIR/log" -t $((SLACK + 4)) \
        -p "$PRELOAD:$HELPERS/faults_begin.so" "${@:2}" \
        "$NTPSYNC" "${ARGS[@]}" >"$DIR/out" 2>"$DIR/err" </dev/null ||
        die "$1: cannot be tried: $(<"$DIR/err")"
    TOOK=$(((${EPOCHREALTIME/./} - from) / 1000000))
}

# case_of RUN:CALL:NTH:ERROR: tries that; false when there was no such call.
case_of() {
    local error
    IFS=: read -r RUN CALL NTH error <<<"$1"
    error=${NUMBER_OF[$error]-$error}
    if [[ $CALL == clock/* ]]; then
        FAKECLOCK_FAIL=${CALL#*/}:$NTH:$error try "$RUN"
        [ "$(grep -c "^${CALL#*/} " "$FAKECLOCK_LOG")" -ge "$NTH" ]
    else
        try "$RUN" -c "${NUMBER_OF[$CALL]-$CALL}" -n "$NTH" -e "$error"
        grep -q '^struck' "$DIR/log"
    fi
}

# judge CASE: says what is wrong with what there was, a line each.
judge() {
    local status='' open=0 report='' word number signal='' left=''
    while read -r word number; do
        case $word in
        exit) status=$number ;;
        signal) signal=$number ;;
        open) open=$number ;;
        left) left=yes ;;
        esac
    done <"$DIR/log"
    if [ -z "$status" ]; then
        echo "did not end by itself: ${signal:+signal }${signal:-hang}"
        return
    fi
    [ -z "$left" ] || echo 'left a process behind'
    [ "$TOOK" -lt $((SLACK + 2)) ] || echo "took $TOOK s"
    [ "$open" -le $((OPEN[$RUN] + SPARE)) ] ||
        echo "$((open - OPEN[$RUN])) descriptors more than else at its end"
    case $PLACE in
    out) report=$(<"$DIR/out") ;;
    file) report=$(cat "$DIR/folder/report" 2>&1) ;;
    esac
    [ "$PLACE" = out ] || [ ! -s "$DIR/out" ] || [ "$status" -ne 0 ] ||
        echo 'printed something'
    if [ "$PLACE" = file ] && [ "$(echo "$DIR"/folder/*)" != "$DIR/folder/report" ]; then
        echo "left $(cd "$DIR/folder" && echo ./*)"
    fi
    judge_status "$status" "$report"
    judge_clock "$status" "$report"
}

judge_status() { # STATUS REPORT
    local told
    case $1 in
    0 | 1 | 3) ;;
    4 | 5) [ "$CLOCK" = sets ] || echo "exit $1 without being asked to set" ;;
    2) [ "$FILES" = yes ] || echo 'exit 2, which is for what the user wrote' ;;
    70) ;;
    *) echo "exit $1, which is none" ;;
    esac
    case $1 in
    2 | 70)
        [ -s "$DIR/err" ] || [ "$CALL" = write ] || echo "exit $1 without a word"
        [ "$PLACE" != file ] || [ "$2" = old ] || echo 'the old report is gone'
        return
        ;;
    esac
    [ "$PLACE" != none ] || return
    if [ "$FORM" = text ]; then
        [[ $2 =~ $'\n'(local clock is |no server gave |no majority: )[^$'\n']*$ ]] ||
            echo 'the report is not whole'
        return
    fi
    case $1 in
    0) told=ok ;; 1) told=no-answer ;; 3) told=no-majority ;;
    4) told=failed ;; *) told=refused ;;
    esac
    if [[ ! $2 =~ ^\{\"schema\":1,[^$'\n']*\]\}$ ]]; then
        echo 'the report is not whole'
    elif [[ $2 != *",\"status\":\"$told\",\"offset\":"* ]]; then
        echo "exit $1 and the report disagree"
    fi
    printf '%s\t%s\n' "$RUN:$CALL:$NTH" "$2" >>"$DIR/reports"
}

judge_clock() { # STATUS REPORT
    local was_moved=no told=no
    if [[ $CALL == clock/* ]]; then
        ! moved "${CALL#*/}" "$NTH" || was_moved=yes
    else
        ! moved - 0 || was_moved=yes
    fi
    [ "$CLOCK" = sets ] || [ "$was_moved" = no ] || echo 'the clock was set'
    [ "$CLOCK" = sets ] || return
    [ "$1" -ne 0 ] || [ "$was_moved" = yes ] || echo 'exit 0, and the clock not set'
    [ "$1" -ne 70 ] || return
    [[ $2 == *'"dry_run":false,"offset":0.000000000,'* ]] || told=yes
    [ "$told" = "$was_moved" ] ||
        echo "the clock was moved: $was_moved; the report says: $told"
}

# ---- the work of a room ----

# Where every run stands: its calls, as cases; how many descriptors it ends with.
record() {
    local run call n error
    open_room
    read_numbers <"$DIR/numbers"
    [ ! -s "$DIR/wanted" ] || mapfile -t RUNS < <(sed 's/:.*//' "$DIR/wanted" | sort -u)
    for run in "${RUNS[@]}"; do
        CALL=none NTH=0 RUN=$run
        try "$run"
        OPEN[$run]=$(sed -n 's/^open //p' "$DIR/log")
        echo "$run ${OPEN[$run]}" >>"$DIR/open"
        judge >"$DIR/faults"
        [ ! -s "$DIR/faults" ] ||
            die "$run: $(<"$DIR/faults"): $(cat "$DIR/out" "$DIR/err" | cut -c1-300)"
        {
            sed -n 's/^call //p' "$DIR/log"
            sed 's| .*||; s|^|clock/|' "$FAKECLOCK_LOG"
        } | while read -r call; do
            echo "${NAME_OF[$call]-$call}"
        done | awk -v run="$run" '{ print run, $1, ++n[$1] }' |
            while read -r run call n; do
                for error in $(errors "$call"); do
                    echo "$run:$call:$n:$error"
                done
            done
    done >"$DIR/cases"
}
declare -A OPEN

# Tries what is in $DIR/cases; $DIR/tried has a line for each: the case, yes or
# missed, and what was wrong with it.
work() {
    local what found
    open_room
    read_numbers <"$DIR/numbers"
    while read -r what found; do OPEN[$what]=$found; done <"$DIR/open"
    while read -r what; do
        found=yes
        case_of "$what" || case_of "$what" || found=missed
        judge >"$DIR/faults"
        if grep -q '^took' "$DIR/faults"; then # was it the machine?
            case_of "$what" && judge >"$DIR/faults"
        fi
        printf '%s %s %s\n' "$what" "$found" "$(paste -sd ';' "$DIR/faults")"
        [ -z "${SHOW-}" ] || show "$what" "$found" >&3
    done <"$DIR/cases" 3>&1 >"$DIR/tried"
    judge_reports >"$DIR/untrue"
}

show() {
    echo "== $1: struck: $2; $(grep -v '^call' "$DIR/log" | paste -sd ' ')"
    printf '%s\n' "${NTPSYNC##*/} ${ARGS[*]}"
    head -n 20 "$DIR/out" "$DIR/err" "$FAKECLOCK_LOG" "$DIR"/folder/* 2>/dev/null |
        cut -c1-1000
    sed 's/^/WRONG: /' "$DIR/faults"
}

# What is no JSON, or does not contain the truth.
judge_reports() {
    [ ! -e "$DIR/reports" ] || jq -rR '
        split("\t") as [$case, $text] |
        (try ($text | fromjson) catch null) as $r |
        if $r == null then "\($case) the report is no JSON"
        elif $r.status == "ok" and
            (($r.offset - 1.5) | fabs) > $r.bound + 0.001
        then "\($case) \($r.offset) is not 1.5"
        else empty end' "$DIR/reports"
}

# ---- all of it ----

# Of so many lines, N evenly.
some() { awk -v n="$1" '{ l[NR] = $0 } END { for (i = 0; i < n && i < NR; i++)
    print l[int(i * NR / (n < NR ? n : NR)) + 1] }'; }

tell() {
    awk '
        { split($1, at, ":"); run = at[1]; cases[run]++; all++
          if (!((run, at[2]) in calls)) { calls[run, at[2]]; ncalls[run]++ }
          if (!(at[2] in every)) { every[at[2]]; nevery++ }
          if (!((run, at[4]) in errors)) { errors[run, at[4]]; nerrors[run]++ }
          if (!(at[4] in each)) { each[at[4]]; neach++ }
          if ($2 == "missed") { missed[run]++; misses++ }
          if (NF > 2) { wrong[run]++; wrongs++ }
          if (!(run in order)) { order[run]; name[++n] = run } }
        END { form = "%-10s %6s %7s %6s %7s %6s\n"
            printf form, "run", "calls", "errors", "cases", "missed", "wrong"
            for (i = 1; i <= n; i++)
                printf form, name[i], ncalls[name[i]], nerrors[name[i]],
                    cases[name[i]], missed[name[i]] + 0, wrong[name[i]] + 0
            printf form, "all", nevery, neach, all, misses + 0, wrongs + 0 }' "$1"
    awk 'NF > 2 { what = $1; $1 = $2 = ""; print "\n" what ":" $0
        print "    tests/faults.sh " what }' "$1"
}

all() {
    local tmp i pids=() jobs=${JOBS:-2} wrong=0
    tmp=$(mktemp -d) || exit 2
    # shellcheck disable=SC2064 # now
    trap "rm -rf '$tmp'" EXIT
    mkdir "$tmp/record"
    ask_compiler >"$tmp/record/numbers" || die 'no C compiler to ask for numbers'
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$tmp/record/wanted"
    in_room "$tmp/record" --record || die 'could not be recorded'
    cp "$tmp/record/cases" "$tmp/cases"
    [ -z "${SOME-}" ] || some "$SOME" <"$tmp/record/cases" >"$tmp/cases"
    [ $# -eq 0 ] || cp "$tmp/record/wanted" "$tmp/cases"
    for ((i = 0; i < jobs; i++)); do
        mkdir "$tmp/$i"
        awk -v i="$i" -v n="$jobs" 'NR % n == i' "$tmp/cases" >"$tmp/$i/cases"
        cp "$tmp"/record/{open,numbers} "$tmp/$i"
        SHOW=${1-} in_room "$tmp/$i" --work &
        pids+=("$!")
    done
    for i in "${pids[@]}"; do wait "$i" || die 'a room was closed early'; done
    cat "$tmp"/[0-9]*/tried | sort -t: -k1,1 -k2,2 -k3,3n >"$tmp/tried"
    [ "$(wc -l <"$tmp/tried")" -eq "$(wc -l <"$tmp/cases")" ] || die 'some were not tried'
    tell "$tmp/tried"
    cat "$tmp"/[0-9]*/untrue
    wrong=$(awk 'NF > 2' "$tmp/tried" | wc -l)
    wrong=$((wrong + $(cat "$tmp"/[0-9]*/untrue | wc -l)))
    # A call that comes or not, as it happens, is missed now and then.
    [ "$(grep -c ' missed' "$tmp/tried")" -le $(($(wc -l <"$tmp/tried") / 10)) ] ||
        die 'too many calls were not made again'
    [ "$wrong" -eq 0 ]
}

case ${1-} in
--record) record ;;
--work) work ;;
-s) SOME=${2:?} all ;;
-*) die "usage: tests/faults.sh [-s N | RUN:CALL:NTH:ERROR...]" ;;
*) all "$@" ;;
esac
