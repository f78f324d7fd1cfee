# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# System calls that fail, by tests/faults.sh; all of them are tried by `make
# check-faults`, here some.
load common

setup() {
    if [ ! -x "$TOP/build/tests/faults" ]; then
        missing 'build/tests/faults is not built'
    fi
    unshare "$([ "$(id -u)" -eq 0 ] && echo -m || echo -r)" -mpnf true ||
        missing 'no namespaces: unshare -mpn'
    export NTPSYNC
    REAL=$NTPSYNC
}

# faults STATUS ARG...: ends so.
faults() {
    run "$TOP/tests/faults.sh" "${@:2}"
    echo "$output"
    [ "$status" -eq "$1" ]
}

@test "faults: whatever call fails, a run ends with a whole report or none" {
    faults 0 -s 60
    [[ $output =~ all\ +[0-9]+\ +[0-9]+\ +60\  ]]
}

# It was waited for, for ever, in a read() of what had not been written.
@test "faults: a wake-up of the resolver that is lost is not waited for" {
    faults 0 names:write:{1,2,3}:EIO
}

# ---- that these checks can fail ----

# instead BODY: such a shell script takes the place of the program; $REAL is the
# program, $ROOM the room, and $TRYING is set when calls are made to fail.
instead() {
    [[ $NTPSYNC != *.asan ]] || skip 'a script cannot have the sanitizers before it'
    NTPSYNC=$BATS_TEST_TMPDIR/stub
    # shellcheck disable=SC2016 # for the script
    printf '%s\n' '#!/bin/sh' "REAL=$REAL" 'ROOM=$FAULTS_ROOM TRYING=' \
        '[ ! -e "$ROOM/tried" ] || TRYING=yes' "$1" >"$NTPSYNC"
    chmod +x "$NTPSYNC"
}

# finds TEXT CASE...: it is said to be wrong.
finds() {
    run "$TOP/tests/faults.sh" "${@:2}"
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *"$1"* ]]
}

# shellcheck disable=SC2016 # for the script
@test "faults: it would be found that a run crashes, hangs or leaves a process" {
    instead 'kill -SEGV $$'
    finds 'signal 11' json:close:1:EIO
    instead 'kill -STOP $$'
    SLACK=1 finds 'hang' json:close:1:EIO
    instead '{ sleep 100; } >/dev/null 2>&1 & "$REAL" "$@"'
    finds 'left a process behind' json:close:1:EIO
}

# shellcheck disable=SC2016
@test "faults: it would be found that a status is wrong" {
    instead '"$REAL" "$@"; exit 9'
    finds 'exit 9, which is none' json:close:1:EIO
    instead '"$REAL" "$@"; exit 4'
    finds 'exit 4 without being asked to set' json:close:1:EIO
    instead '"$REAL" "$@"; exit 2'
    finds 'exit 2, which is for what the user wrote' json:close:1:EIO
    instead '"$REAL" "$@"; exit 70'
    finds 'exit 70 without a word' json:close:1:EIO
    instead '"$REAL" "$@"; exit 1'
    finds 'exit 1 and the report disagree' json:close:1:EIO
}

# shellcheck disable=SC2016
@test "faults: it would be found that a report is cut, untrue or lost" {
    instead '"$REAL" "$@" | head -c 100'
    finds 'the report is not whole' json:close:1:EIO
    instead '"$REAL" "$@" | sed "s/\"bound\":0.0/\"bound\":00.0/"'
    finds 'the report is no JSON' json:close:1:EIO
    instead '"$REAL" "$@" | sed "s/1[.][45][0-9]*,/7.5,/"'
    finds 'is not 1.5' json:close:1:EIO
    instead '"$REAL" "$@" && case $* in *-O*) : >"$ROOM/folder/report.x" ;; esac'
    finds 'left ./report ./report.x' output:close:1:EIO
    instead 'case $* in *-O*) : >"$ROOM/folder/report"; echo no >&2; exit 70 ;; esac
        "$REAL" "$@"'
    finds 'the old report is gone' output:close:1:EIO
}

# shellcheck disable=SC2016
@test "faults: it would be found that the report and the clock disagree" {
    instead 'echo clock_settime 0 1.000000000 >>"$FAKECLOCK_LOG"; "$REAL" "$@"'
    finds 'the clock was set' json:close:1:EIO
    instead 'case $* in *-S) set -- -t 1s -j 127.0.0.1 ;; esac; "$REAL" "$@"'
    finds 'exit 0, and the clock not set' step:close:1:EIO
    instead '"$REAL" "$@" | sed "/kind.:.step/s/\(_run.:false,.offset.:\)1[^,]*/\10.000000000/"'
    finds 'the clock was moved: yes; the report says: no' step:close:1:EIO
    instead '"$REAL" "$@"; status=$?; [ -z "$TRYING" ] || : >"$FAKECLOCK_LOG"; exit $status'
    finds 'the clock was moved: no; the report says: yes' step:clock/probe:1:EPERM step:clock/adjtimex:2:EPERM
}

# shellcheck disable=SC2016
@test "faults: it would be found that a descriptor is left open" {
    instead '[ -z "$TRYING" ] || exec 9</dev/null; exec "$REAL" "$@"'
    finds '1 descriptors more' json:getrandom:1:EIO
}
