# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What is asked of the kernel, and what never is.  Here the shim stands before
# the kernel and behind it the right to set the clock is gone.
load common

setup() { fake_clock; }

# Text of a number of seconds with nine decimals to whole nanoseconds, which jq,
# being made of doubles, would round.
nano() { # TEXT
    [[ $1 =~ ^(-?)([0-9]+)\.([0-9]{9})$ ]]
    echo "$((${BASH_REMATCH[1]}10#${BASH_REMATCH[2]}${BASH_REMATCH[3]}))"
}

# The offset that the action tells, in nanoseconds.
action_offset() {
    [[ $output =~ \"action\":\{[^}]*\"offset\":([-0-9.]+) ]]
    nano "${BASH_REMATCH[1]}"
}

nothing_set() { [ -z "$(clock_log)" ]; }

# The portable pair reads, adds and sets: right to the time that takes.
portable_stepped() {
    local off
    [ "$(clock_log | sed -n 1p)" = 'adjtime 0 000000' ] # no slew goes on
    [[ $(clock_log | sed 1d) =~ ^clock_settime\ 0\ ([0-9]+)\.([0-9]{9})$ ]]
    off=$((${BASH_REMATCH[1]} * 1000000000 + 10#${BASH_REMATCH[2]}))
    off=$((off - $(date +%s%N) - $(action_offset)))
    [ "$off" -le 0 ] && [ "$off" -gt -20000000000 ]
}

portable_slewed() {
    local us
    [[ $(clock_log) =~ ^adjtime\ (-?[0-9]+)\ (-?)0*([0-9]+)$ ]]
    us=$((${BASH_REMATCH[1]} * 1000000 + ${BASH_REMATCH[2]}${BASH_REMATCH[3]}))
    us=$((us * 1000 - $(action_offset)))
    [ "${us#-}" -lt 1000 ]
}

# That the clock was stepped once, by what was told.
stepped() {
    local seconds nanos
    on_linux || { portable_stepped; return; }
    [ "$(clock_log | wc -l)" -eq 1 ]
    [[ $(clock_log) =~ ^adjtimex\ modes=0x211c\ time=(-?[0-9]+)\.([0-9]{9})\  ]]
    seconds=${BASH_REMATCH[1]}
    nanos=$((10#${BASH_REMATCH[2]}))
    [ $((seconds * 1000000000 + nanos)) -eq "$(action_offset)" ]
}

# That earlier slews were ended by a step of nothing, then it was slewed once, by
# what was told to the nearest microsecond, and the kernel was told how wrong it
# may be.
slewed() {
    local off=$(($(action_offset) + 0)) us
    on_linux || { portable_slewed; return; }
    [ "$(clock_log | wc -l)" -eq 3 ]
    [[ $(clock_log | sed -n 1p) == 'adjtimex modes=0x100 time=0.000000000 '* ]]
    [[ $(clock_log | sed -n 3p) == 'adjtimex modes=0x1c '* ]]
    [[ $(clock_log | sed -n 2p) =~ ^adjtimex\ modes=0x8001\ [^$'\n']*\ offset=(-?[0-9]+)\  ]]
    us=${BASH_REMATCH[1]}
    [ $((us * 1000 - off)) -ge -500 ]
    [ $((us * 1000 - off)) -le 500 ]
}

# The action and the verdict tell one offset, of about so many seconds; the
# action's is the later one.
about() { # SECONDS
    json ".status == \"ok\" and (.action.offset - .offset | fabs) < 0.00005
        and (.offset - ($1) | fabs) <= .bound and .action.dry_run == false"
}

# ---- step ----

@test "clock: a step forward is one call that adds the offset" {
    serve 127.0.0.1,offset=1.5
    ask 0 -S "127.0.0.1:$PORT"
    json '.action.kind == "step" and .action.reason == ""'
    about 1.5
    stepped
}

@test "clock: a step back has nanoseconds from 0 to 999999999 all the same" {
    serve 127.0.0.1,offset=-0.25
    ask 0 --step "127.0.0.1:$PORT"
    json '.action.kind == "step"'
    about -0.25
    stepped
    ! on_linux || [[ $(clock_log) == *' time=-1.'* ]]
}

@test "clock: a step back over whole seconds too" {
    serve 127.0.0.1,offset=-7.125
    ask 0 -S "127.0.0.1:$PORT"
    about -7.125
    stepped
    ! on_linux || [[ $(clock_log) == *' time=-8.'* ]]
}

@test "clock: a step over decades is right to the nanosecond" {
    serve 127.0.0.1,offset=631152000.25
    ask 0 -S "127.0.0.1:$PORT"
    json '.action.kind == "step" and (.action.offset - 631152000.25 | fabs) < 1'
    stepped
}

@test "clock: a step says so in words" {
    serve 127.0.0.1,offset=7 127.0.0.2,offset=-7
    run -0 --separate-stderr ntpsync -S "127.0.0.1:$PORT"
    [[ ${lines[3]} == 'stepped forward 7.'*' s' || ${lines[3]} == 'stepped forward 6.'*' s' ]]
    run -0 --separate-stderr ntpsync -S "127.0.0.2:$PORT"
    [[ ${lines[3]} == 'stepped back '*' s' ]]
}

@test "clock: several servers are one step, by what they agree on" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=-5
    ask 0 -S "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    about 1.5
    stepped
}

# ---- slew ----

@test "clock: a slew forward is one adjtime in microseconds" {
    serve 127.0.0.1,offset=0.25
    ask 0 -s "127.0.0.1:$PORT"
    json '.action.kind == "slew"'
    about 0.25
    slewed
}

@test "clock: a slew back is one adjtime in microseconds" {
    serve 127.0.0.1,offset=-1.5
    ask 0 --slew "127.0.0.1:$PORT"
    json '.action.kind == "slew"'
    about -1.5
    slewed
}

@test "clock: a slew says so in words" {
    serve 127.0.0.1,offset=7 127.0.0.2,offset=-7
    run -0 --separate-stderr ntpsync -s "127.0.0.1:$PORT"
    [[ ${lines[3]} == 'slewing forward '*' s, which takes 3.9 h' ]]
    run -0 --separate-stderr ntpsync -s "127.0.0.2:$PORT"
    [[ ${lines[3]} == 'slewing back '*' s, which takes 3.9 h' ]]
}

@test "clock: a slew of almost 1000 s is made" {
    serve 127.0.0.1,offset=998
    ask 0 -s "127.0.0.1:$PORT"
    slewed
}

@test "clock: a slew of more than 1000 s is refused and points to -S" {
    serve 127.0.0.1,offset=1002
    ask 5 -s "127.0.0.1:$PORT"
    json '.status == "refused" and .action.kind == "refused"
        and (.action.reason | contains("-S")) and .action.offset == 0
        and (.offset - 1002 | fabs) <= .bound'
    nothing_set
    run -5 --separate-stderr ntpsync -s "127.0.0.1:$PORT"
    [[ ${lines[3]} == 'refused: '*'-S'* ]]
    ask 5 -s --force "127.0.0.1:$PORT"
    nothing_set
    ask 5 --set --step-over 1h "127.0.0.1:$PORT"
    nothing_set
}

# ---- set ----

@test "clock: --set slews below --step-over and steps from it, at both signs" {
    local set
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=-0.25 \
        127.0.0.3,offset=1.5 127.0.0.4,offset=-1.5
    for set in --set '-s -S' '-S -s'; do
        # shellcheck disable=SC2086 # two options
        ask 0 $set "127.0.0.1:$PORT"
        about 0.25
        slewed
        # shellcheck disable=SC2086
        ask 0 $set "127.0.0.2:$PORT"
        about -0.25
        slewed
        # shellcheck disable=SC2086
        ask 0 $set "127.0.0.3:$PORT"
        about 1.5
        stepped
        # shellcheck disable=SC2086
        ask 0 $set "127.0.0.4:$PORT"
        about -1.5
        stepped
    done
}

@test "clock: --step-over moves the threshold, at both signs" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=-0.25 \
        127.0.0.3,offset=1.5 127.0.0.4,offset=-1.5
    ask 0 --set --step-over 100ms "127.0.0.1:$PORT"
    stepped
    ask 0 --set --step-over 100ms "127.0.0.2:$PORT"
    stepped
    ask 0 --set --step-over 10s "127.0.0.3:$PORT"
    slewed
    ask 0 --set --step-over 10s "127.0.0.4:$PORT"
    slewed
}

@test "clock: --step-over without a right to step changes nothing" {
    serve 127.0.0.1,offset=0.25
    ask 0 -s --step-over 100ms "127.0.0.1:$PORT"
    slewed
    ask 0 --step-over 100ms "127.0.0.1:$PORT"
    json '.action.kind == "none"'
    nothing_set
}

# ---- what touches nothing ----

@test "clock: measuring touches nothing" {
    serve 127.0.0.1,offset=1.5
    ask 0 "127.0.0.1:$PORT"
    json '.action == {"kind": "none", "dry_run": false, "offset": 0, "reason": "",
        "takes": null, "took": null, "pending": null, "synchronised": null}'
    nothing_set
    ask 0 -q --force --step-over 1ms "127.0.0.1:$PORT"
    nothing_set
}

@test "clock: -n says what would be done and touches nothing" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=-0.25
    ask 0 -n -S "127.0.0.1:$PORT"
    json '.action.kind == "step" and .action.dry_run
        and .action.offset == .offset and .status == "ok"'
    nothing_set
    ask 0 --dry-run --set "127.0.0.2:$PORT"
    json '.action.kind == "slew" and .action.dry_run'
    nothing_set
    run -0 --separate-stderr ntpsync -n -S "127.0.0.1:$PORT"
    [[ ${lines[3]} == 'would step forward '*' s' ]]
    run -0 --separate-stderr ntpsync -n -s "127.0.0.2:$PORT"
    [[ ${lines[3]} =~ ^'would slew back '([0-9.]+)' ms, which takes '([0-9.]+)' min'$ ]]
    # At 500 ppm, to the end of a second; 0.1 min are 6 s.
    awk "BEGIN { late = ${BASH_REMATCH[2]} * 60 - ${BASH_REMATCH[1]} * 2
        exit !(late > -3.1 && late < 5.1) }"
    nothing_set
}

@test "clock: -n exits as the real run would" {
    serve 127.0.0.1,offset=1002 127.0.0.2,leap=3 127.0.0.3 \
        127.0.0.4,time=1000000000
    ask 5 -n -s "127.0.0.1:$PORT"
    json '.action.kind == "refused" and .action.dry_run'
    ask 5 -n -S "127.0.0.4:$PORT"
    ask 1 -n -S "127.0.0.2:$PORT"
    ask 3 -n -S "127.0.0.1:$PORT" "127.0.0.3:$PORT"
    nothing_set
}

@test "clock: -n does not notice that the kernel would refuse" {
    serve 127.0.0.1,offset=1.5
    fake_clock any:0:1
    ask 0 -n -S "127.0.0.1:$PORT"
    nothing_set
}

@test "clock: no answer sets nothing" {
    serve 127.0.0.1,leap=3,offset=1.5
    ask 1 -S "127.0.0.1:$PORT"
    json '.action.kind == "none"'
    nothing_set
    ask 1 --set --force "127.0.0.1:$PORT"
    nothing_set
}

@test "clock: no majority sets nothing" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=7
    ask 3 -S "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '.action.kind == "none"'
    nothing_set
    ask 3 --set --force "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    nothing_set
}

@test "clock: fewer than --min-sources set nothing" {
    serve 127.0.0.1,offset=1.5
    ask 3 -S --min-sources 2 "127.0.0.1:$PORT"
    nothing_set
}

@test "clock: a bad option beside -S sets nothing" {
    serve 127.0.0.1,offset=1.5
    ask 2 -S -p 9 "127.0.0.1:$PORT"
    nothing_set
}

# ---- the kernel says no ----

# That the kernel's refusal is told: exit 4, with its REASON.
fails() { # KIND REASON OPTION
    serve 127.0.0.1,offset=1.5
    ask 4 "$3" "127.0.0.1:$PORT"
    json ".status == \"failed\" and .action.kind == \"failed\"
        and .action.dry_run == false
        and (.offset - 1.5 | fabs) <= .bound and .sources[0].status == \"best\""
    [ "$(json '.action.reason | ascii_downcase')" = "could not $1 the clock: $2" ]
    if [ "$1" = step ] && on_linux; then # both ways were tried
        [ "$(clock_log | wc -l)" -eq 2 ]
        [[ $(clock_log) == adjtimex*clock_settime* ]]
    else
        [ "$(clock_log | wc -l)" -eq 1 ]
    fi
    run --separate-stderr ntpsync "$3" --quiet "127.0.0.1:$PORT"
    echo "exit $status: $output"
    [ "$status" -eq 4 ]
    [[ ${lines[3],,} == "could not $1 the clock: $2" ]]
    stop_servers
}

@test "clock: refused by the kernel is exit 4 with the reason" {
    fake_clock any:0:1
    fails step 'operation not permitted' -S
    fails slew 'operation not permitted' -s
    fails step 'operation not permitted' --set
}

@test "clock: an offset the kernel cannot use is exit 4 with the reason" {
    fake_clock any:0:22
    fails step 'invalid argument' -S
    fails slew 'invalid argument' -s
}


# ---- the floor and the horizon ----

@test "clock: a time before the build is never set, not even with --force" {
    local option
    serve 127.0.0.1,time=1000000000
    for option in -S -s --set '-S --force' '--set --force' '-s --force'; do
        # shellcheck disable=SC2086 # two options
        ask 5 $option "127.0.0.1:$PORT"
        json '.status == "refused" and .action.kind == "refused"
            and .action.reason != "" and .action.offset == 0'
        json '.offset < -700000000 and (.time | startswith("2001-09-09T01:4"))'
        nothing_set
    done
    run -5 --separate-stderr ntpsync -S --force "127.0.0.1:$PORT"
    echo "$output"
    [[ ${lines[3]} == 'refused: '*2001-09-09* ]]
    nothing_set
}

@test "clock: 1970 is not set" {
    serve 127.0.0.1,time=86400
    ask 5 -S --force "127.0.0.1:$PORT"
    nothing_set
}

@test "clock: a time 30 years past the build is set with --force only" {
    serve 127.0.0.1,time=4102444800
    ask 5 -S "127.0.0.1:$PORT"
    json '.status == "refused" and (.action.reason | contains("--force"))
        and (.time | startswith("2100-01-01T00:0"))'
    nothing_set
    ask 5 --set "127.0.0.1:$PORT"
    nothing_set
    ask 5 -n -S "127.0.0.1:$PORT"
    ask 0 -S --force "127.0.0.1:$PORT"
    json '.status == "ok" and .action.kind == "step" and .offset > 1000000000'
    stepped
    ask 0 --set --force "127.0.0.1:$PORT"
    stepped
}

@test "clock: 2105 can be set with --force, right to the nanosecond" {
    serve 127.0.0.1,time=4291660800.25
    ask 0 -S --force "127.0.0.1:$PORT"
    stepped
}

@test "clock: measuring reports what lies beyond floor and horizon freely" {
    serve 127.0.0.1,time=1000000000 127.0.0.2,time=4102444800
    ask 0 "127.0.0.1:$PORT"
    json '.status == "ok" and .action.reason == ""'
    ask 0 -q "127.0.0.2:$PORT"
    json '.status == "ok"'
}

# ---- the static binary, which no library can stand before ----

# static ARG...: runs ntpsync.static with its system calls that set the clock
# answered by strace instead of the kernel, as ANSWER says, and listed in CALLS.
static() {
    local calls=clock_settime,clock_adjtime,adjtimex,settimeofday
    room "${WALL[@]}" strace -f -qq -o "$CALLS" -e signal=none -e "trace=$calls" \
        -e "inject=$calls:${ANSWER:-retval=0}" "$TOP/ntpsync.static" "$@"
}

has_static() {
    [ -x "$TOP/ntpsync.static" ] || missing 'no ntpsync.static: make static'
    can_trace
    CALLS=$BATS_TEST_TMPDIR/calls
}

# What only reads, and the question whether one may (ADJ_TICK, tick 0), do not
# count.
setting() { grep -v 'modes=0[,}]\|modes=ADJ_OFFSET_SS_READ, \|modes=ADJ_TICK, ' "$CALLS"; }

# The kernel that strace plays says yes to everything and does nothing at all.
@test "clock: the static binary is not fooled by a kernel that only says yes" {
    has_static
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=0.25
    run --separate-stderr static -j -S "127.0.0.1:$PORT"
    cat "$CALLS"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 4 ]
    json '(.offset - 1.5 | fabs) <= .bound
        and (.action.reason | test("^the clock moved by [-+]0\\.000000 s instead of \\+1\\."))'
    setting | grep -q clock_settime
    run --separate-stderr static -j -s "127.0.0.2:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 4 ]
    json '.action.reason | contains("could not be told how right it is")'
    [ "$(setting | grep -c ADJ_OFFSET_SINGLESHOT)" -eq 1 ]
}

@test "clock: the static binary touches nothing when it measures" {
    has_static
    serve 127.0.0.1,offset=1.5
    run --separate-stderr static -j "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 0 ]
    run -1 setting
    run -1 grep ADJ_TICK "$CALLS"
    run --separate-stderr static -j -n -S "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    run -1 setting
    run -1 grep ADJ_TICK "$CALLS"
}

@test "clock: the static binary measures where a filter forbids even to read adjtimex" {
    has_static
    local ANSWER
    serve 127.0.0.1,offset=1.5
    for ANSWER in error=EPERM error=ENOSYS; do
        run --separate-stderr static -j "127.0.0.1:$PORT"
        echo "exit $status: $output $stderr"
        [ "$status" -eq 0 ]
        json '(.offset - 1.5 | fabs) <= .bound'
        run --separate-stderr static -j -S "127.0.0.1:$PORT"
        [ "$status" -eq 4 ]
        json '.action.reason | startswith("could not set the clock: ")'
    done
    [ "$(requests)" -eq 2 ]
}
