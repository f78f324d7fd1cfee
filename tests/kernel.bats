# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What the kernel and the system are told of the clock, what the kernel refuses,
# and what others do to the clock meanwhile.  The shim is the kernel here.
load common

setup() { fake_clock; }

# told STATUS ARG...: the same as text; the last line is in $said.
told() {
    local wanted=$1
    shift
    run --separate-stderr ntpsync "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
    said=${lines[-1]}
}

nothing_set() { [ -z "$(clock_log)" ]; }

# call N: the Nth call that set something; call N KEY: the value it had there.
call() {
    if [ $# -eq 1 ]; then
        clock_log | sed -n "$1p"
    else
        clock_log | sed -n "$1s/.* $2=\([^ ]*\).*/\1/p"
    fi
}

# up_to_us FILTER: seconds that the report tells as whole microseconds, rounded
# up; jq's doubles hold a microsecond exactly enough below 10^9 s.
up_to_us() { json "($1) * 1000000000 | round | . / 1000 | ceil"; }

linux_only() { on_linux || skip 'such a kernel is told nothing'; }

MARK=systemd/timesync/synchronized

# ---- what is claimed ----

@test "kernel: a step says in the same call that the clock is synchronised, and how well" {
    linux_only
    serve 127.0.0.1,offset=1.5,rootdelay=0.02,rootdisp=0.01
    export FAKECLOCK_STATE='status=0x2051 maxerror=16000000'
    ask 0 -S "127.0.0.1:$PORT"
    [ "$(clock_log | wc -l)" -eq 1 ]
    [ "$(call 1 status)" = 0x2011 ] # all bits but STA_UNSYNC as they were
    [ "$(call 1 maxerror)" -eq "$(up_to_us .bound)" ]
    [ "$(call 1 esterror)" -eq "$(up_to_us .bound)" ]
    [ "$(call 1 maxerror)" -gt 19900 ]
    json '.action.synchronised == true'
}

@test "kernel: with several samples the expected error is their jitter" {
    linux_only
    serve 127.0.0.1,offset=1.5,rootdisp=0.01
    ask 0 -S -p 3 -i 1ms "127.0.0.1:$PORT"
    [ "$(call 1 esterror)" -eq "$(up_to_us .jitter)" ]
    [ "$(call 1 maxerror)" -eq "$(up_to_us .bound)" ]
}

@test "kernel: a slew claims what is still to go and the bound, no less" {
    linux_only
    local off
    for off in 0.25 -0.25; do
        serve "127.0.0.1,offset=$off"
        ask 0 -s "127.0.0.1:$PORT"
        [ "$(call 3 status)" = 0 ]
        [ $(($(call 3 maxerror) - $(up_to_us '(.action.offset | fabs) + .bound'))) -le 1 ]
        [ "$(call 3 maxerror)" -ge "$(up_to_us '.action.offset | fabs')" ]
        json '.action.synchronised == true and .action.takes > 499 and .action.takes < 502'
        stop_servers
    done
}

@test "kernel: a slew of as much as would be stepped leaves the clock unsynchronised" {
    linux_only
    mkdir -p "$RUN/systemd"
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=17
    ask 0 -s "127.0.0.1:$PORT"
    [ "$(call 3 status)" = 0x40 ]
    [ "$(call 3 maxerror)" -eq 16000000 ] # what it was, not less
    [ ! -e "$RUN/$MARK" ]
    FAKECLOCK_STATE='status=0 maxerror=100' ask 0 -s "127.0.0.1:$PORT"
    [ "$(call 3 status)" = 0 ]
    [ "$(call 3 maxerror)" -ge 1499900 ] # it was told too little before
    [ "$(call 3 maxerror)" -le 1510000 ]
    ask 0 -s --step-over 20s "127.0.0.2:$PORT"
    [ "$(call 3 status)" = 0x40 ] # an error of 16 s is none to rely on
    [ "$(call 3 maxerror)" -eq 16000000 ]
}

# nearly: a server so near that a slew has nothing to do, sooner or later.
nearly() {
    local off=0 i
    for i in {1..60}; do
        serve "127.0.0.1,offset=$off"
        ask 0 "$@" "127.0.0.1:$PORT" >&2
        json '.action.kind == "none"' && return
        off=$(json "$off - .offset")
        off=$(printf %.7f "$off")
        stop_servers
    done
    return 1
}

@test "kernel: with nothing to do it is told all the same that the clock is right" {
    mkdir -p "$RUN/systemd"
    nearly -s
    json '.action.reason == "less than 1 us: nothing to do" and .status == "ok"'
    [ -e "$RUN/$MARK" ]
    linux_only
    [ "$(clock_log | wc -l)" -eq 3 ]
    [[ $(call 1) == 'adjtimex modes=0x100 time=0.000000000 '* ]]
    [[ $(call 2) == 'adjtimex modes=0x8001 '* ]]
    [ "$(call 2 offset)" -eq 0 ]
    [[ $(call 3) == 'adjtimex modes=0x1c '* ]]
    [ "$(call 3 status)" = 0 ]
    json '.action.synchronised == true and .action.pending == 0 and .action.offset == 0'
    stop_servers
    export FAKECLOCK_STATE='status=0x2000 pending=4000 loop=3000000'
    nearly -s # and what an earlier slew would do is not to be done any more
    json '.action.pending > 0.006 and .action.pending < 0.007'
    unset FAKECLOCK_STATE
    stop_servers
    FAKECLOCK_FAIL=adjtimex:3:5
    export FAKECLOCK_FAIL
    serve 127.0.0.1
    for _ in {1..60}; do
        run --separate-stderr ntpsync -s "127.0.0.1:$PORT"
        [[ ${lines[-1]} != 'the clock is right, but the kernel could not be told how right it is: Input/output error' ]] || break
    done
    [ "$status" -eq 4 ]
    [[ ${lines[-1]} == 'the clock is right, but the kernel could not be told how right it is: Input/output error' ]]
}

@test "kernel: what is smaller than its error is corrected, and said to be within it" {
    serve 127.0.0.1,offset=0.01,rootdisp=0.02
    told 0 -S "127.0.0.1:$PORT"
    [[ $said =~ ^'stepped forward 10'.*' ms, within the error'$ || $said =~ ^'stepped forward 9'.*' ms, within the error'$ ]]
    told 0 -s "127.0.0.1:$PORT"
    [[ $said == 'slewing forward '*' ms, which takes '*' s, within the error' ]]
}

# ---- systemd ----

@test "kernel: where there is systemd, its file says that the clock is right" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=0.25
    ask 0 -S "127.0.0.1:$PORT"
    [ ! -e "$RUN/systemd" ]
    mkdir "$RUN/systemd"
    ask 0 -S "127.0.0.1:$PORT"
    [ -f "$RUN/$MARK" ]
    touch -d 2001-01-01 "$RUN/$MARK"
    ask 0 -s "127.0.0.2:$PORT"
    [ -n "$(find "$RUN/$MARK" -newermt 2002-01-01)" ]
}

@test "kernel: what does not make the clock right makes no such file" {
    mkdir "$RUN/systemd"
    serve 127.0.0.1,offset=1.5 127.0.0.2,leap=3 127.0.0.3,time=1000000000
    ask 0 "127.0.0.1:$PORT"
    ask 0 -n -S "127.0.0.1:$PORT"
    ask 1 -S "127.0.0.2:$PORT"
    ask 5 -S "127.0.0.3:$PORT"
    FAKECLOCK_FAIL=any:0:1 ask 4 -S "127.0.0.1:$PORT"
    [ ! -e "$RUN/systemd/timesync" ]
}

@test "kernel: a link in the place of systemd's file is not followed" {
    mkdir -p "$RUN/systemd/timesync"
    echo precious >"$BATS_TEST_TMPDIR/other"
    touch -d 2001-01-01 "$BATS_TEST_TMPDIR/other"
    ln -s "$BATS_TEST_TMPDIR/other" "$RUN/$MARK"
    serve 127.0.0.1,offset=1.5
    ask 0 -v -S "127.0.0.1:$PORT"
    [[ $stderr == *"/run/$MARK: "*': systemd will not know'* ]]
    [ -z "$(find "$BATS_TEST_TMPDIR/other" -newermt 2002-01-01)" ]
}

# ---- what was there before ----

@test "kernel: an earlier slew ends with a step, and what it had to go is told" {
    serve 127.0.0.1,offset=1.5
    export FAKECLOCK_STATE='status=0x2000 pending=90000 loop=-7000000'
    on_linux || FAKECLOCK_STATE='pending=83000'
    ask 0 -S "127.0.0.1:$PORT"
    json '.action.pending > 0.080 and .action.pending <= 0.083'
    told 0 -S "127.0.0.1:$PORT"
    [[ $said == 'stepped forward '*' s; an earlier slew had still 8'*' ms to go' ]]
    FAKECLOCK_STATE=''
    ask 0 -S "127.0.0.1:$PORT"
    json '.action.pending == 0'
    told 0 -S "127.0.0.1:$PORT"
    [[ $said != *earlier* ]]
}

@test "kernel: what a daemon left in the loop is taken out before a slew" {
    linux_only
    serve 127.0.0.1,offset=0.25
    FAKECLOCK_STATE='status=0x2041 loop=5000000' ask 0 -s "127.0.0.1:$PORT"
    [[ $(call 1) == 'adjtimex modes=0x100 time=0.000000000 '* ]]
    [[ $(call 2) == 'adjtimex modes=0x8001 '* ]]
    [ "$(call 3 status)" = 0x2001 ] # as it was, but synchronised
    json '(.action.pending - 0.005 | fabs) < 0.000001'
    FAKECLOCK_STATE='status=0x41 loop=5000' ask 0 -s "127.0.0.1:$PORT"
    json '(.action.pending - 0.005 | fabs) < 0.000001'
    # how kernels before 6.13 tell minus 5 ms in microseconds
    FAKECLOCK_STATE="status=0x41 loop=$(((2 ** 32 - 5000000) / 1000))" ask 0 -s "127.0.0.1:$PORT"
    json '(.action.pending + 0.005 | fabs) < 0.000002'
}

@test "kernel: what the clock was slewed since it was measured is not done twice" {
    linux_only
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=read:4:real:0.000015 ask 0 -S "127.0.0.1:$PORT"
    json '(.action.offset - .offset + 0.000015 | fabs) < 0.000004'
    FAKECLOCK_DISTURB=read:4:real:-0.000015 ask 0 -S "127.0.0.1:$PORT"
    json '(.action.offset - .offset - 0.000015 | fabs) < 0.000004'
}

@test "kernel: a rate that it corrects for good is taken for no slew" {
    linux_only
    # the shim's clock does not run by its freq, so minus 400 ppm shows as a
    # slew of 400 ppm: 400 us in the second between the samples
    serve 127.0.0.1,rootdisp=0.001
    FAKECLOCK_STATE='status=0 freq=-26214400' ask 0 -p 2 -i 1s "127.0.0.1:$PORT"
    json '.jitter > 0.000200'
    FAKECLOCK_STATE='status=0' ask 0 -p 2 -i 1s "127.0.0.1:$PORT"
    json '.jitter < 0.000200'
}

# ---- what it forgets ----

@test "kernel: a state that was reset meanwhile is told" {
    linux_only
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=read:5:status:1 told 0 -S "127.0.0.1:$PORT"
    [[ $said == 'stepped forward '*'; but the kernel has forgotten that it is right, as it does early in boot: run ntpsync again' ]]
    FAKECLOCK_DISTURB=read:5:status:1 ask 0 -S "127.0.0.1:$PORT"
    json '.action.synchronised == false and .action.kind == "step"'
}

# ---- what it refuses, at every point ----

declare -A words=([1]='Operation not permitted' [22]='Invalid argument'
    [38]='Function not implemented' [95]='Operation not supported' [5]='Input/output error')

# fails FAULT WORDS ARG...: with every errno the run is exit 4 and says so.
fails() {
    local fault=$1 wanted=$2 error
    shift 2
    for error in "${!words[@]}"; do
        FAKECLOCK_FAIL=$fault:$error told 4 "$@" "127.0.0.1:$PORT"
        [ "$said" = "$wanted: ${words[$error]}" ]
        FAKECLOCK_FAIL=$fault:$error ask 4 "$@" "127.0.0.1:$PORT"
        json '.status == "failed" and .action.kind == "failed" and .action.offset == 0'
        json "(.action.reason | endswith(\"${words[$error]}\"))"
    done
}

@test "kernel: where it does not add to its clock, the clock is set and marked afterwards" {
    linux_only
    local error
    mkdir "$RUN/systemd"
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=-700000000.25
    for error in "${!words[@]}"; do
        rm -rf "$RUN/systemd/timesync"
        FAKECLOCK_FAIL=adjtimex:1:$error ask 0 -v -S "127.0.0.1:$PORT"
        [[ $stderr == *"the kernel does not add to its clock (${words[$error]}): setting it, which is less exact by about 1 us"* ]]
        [[ $(call 1) == 'adjtimex modes=0x211c '* ]]
        [[ $(call 2) == 'clock_settime 0 '* ]]
        [ "$(clock_log | grep -c '^adjtimex modes=0x1c .* status=0 ')" -eq 1 ]
        json '.action.kind == "step" and .action.synchronised'
        [ -f "$RUN/$MARK" ]
    done
}

@test "kernel: neither adding nor setting is exit 4 with the reason" {
    serve 127.0.0.1,offset=1.5
    fails any:0 'could not step the clock' -S
    stop_servers
    serve 127.0.0.1 # so little that it could have been done
    fails any:0 'could not step the clock' -S
}

@test "kernel: a step that could not be marked is exit 4, and says that it was made" {
    linux_only
    local error
    serve 127.0.0.1,offset=1.5
    for error in "${!words[@]}"; do
        FAKECLOCK_FAIL=adjtimex:0:$error ask 4 -S "127.0.0.1:$PORT"
        json ".action.kind == \"failed\" and (.action.offset - 1.5 | fabs) < 0.001 and .action.reason ==
            \"the clock was stepped, but the kernel could not be told how right it is: ${words[$error]}\""
    done
}

@test "kernel: a slew that is refused at any point is exit 4 with the reason" {
    serve 127.0.0.1,offset=0.25
    fails any:1 'could not slew the clock' -s
    linux_only
    fails adjtimex:2 'could not slew the clock' -s
    local error
    for error in "${!words[@]}"; do
        FAKECLOCK_FAIL=adjtimex:3:$error ask 4 -s "127.0.0.1:$PORT"
        json ".status == \"failed\" and .action.kind == \"failed\" and .action.offset > 0.24
            and .action.takes > 499 and .action.reason ==
            \"the clock is being slewed, but the kernel could not be told how right it is: ${words[$error]}\""
    done
}

@test "kernel: a reading that is refused at any point stops no measurement and no step" {
    linux_only
    local nth error
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=0.25
    for error in "${!words[@]}"; do
        for nth in 0 1 2; do
            FAKECLOCK_FAIL=read:$nth:$error ask 0 "127.0.0.1:$PORT"
            json '(.offset - 1.5 | fabs) <= .bound'
        done
        for nth in 1 2 5 6 7; do
            FAKECLOCK_FAIL=read:$nth:$error ask 0 -S "127.0.0.1:$PORT"
        done
        for nth in 0 3 4; do # what it was told before cannot be kept
            FAKECLOCK_FAIL=read:$nth:$error told 4 -S "127.0.0.1:$PORT"
            [ "$said" = 'the clock was stepped, but the kernel could not be told how right it is: No data available' ]
            FAKECLOCK_FAIL=read:$nth:$error told 4 -s "127.0.0.2:$PORT"
            [ "$said" = 'the clock is being slewed, but the kernel could not be told how right it is: No data available' ]
        done
    done
}

# ---- others set the clock ----

@test "kernel: a clock set while it is asked is measured again" {
    local jump
    for jump in real:3 real:-3 real:-0.5 real:1000000000 boot:30 raw:0.05 raw:-0.05; do
        serve 127.0.0.1,offset=1.5
        FAKECLOCK_DISTURB=send:1:$jump ask 0 -S -i 100ms "127.0.0.1:$PORT"
        case $jump in
        real:*) json "(.offset - 1.5 + ${jump#real:} | fabs) <= .bound + 0.000001" ;;
        *) json '(.offset - 1.5 | fabs) <= .bound' ;;
        esac
        json '.action.kind == "step" and .sources[0].sent == 2 and .sources[0].reason == ""'
        stop_servers
    done
}

@test "kernel: a clock set between two samples throws the first one away" {
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=send:2:real:3 ask 0 -S -p 2 -i 50ms "127.0.0.1:$PORT"
    json '(.offset + 1.5 | fabs) <= .bound and .jitter < 0.1 and .sources[0].sent == 4'
}

@test "kernel: when one of several servers was asked meanwhile, all are asked again" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=1.5
    FAKECLOCK_DISTURB=send:3:real:3 ask 0 -S -i 50ms "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '(.offset + 1.5 | fabs) <= .bound'
    json '[.sources[].sent] == [2, 2, 2]'
    [ "$(requests)" -eq 6 ]
}

@test "kernel: 20 us more or less are no step" {
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=send:1:real:0.000010 ask 0 -S "127.0.0.1:$PORT"
    json '.sources[0].sent == 1'
}

@test "kernel: a clock set while it is asked, and no time to ask again, is exit 5" {
    serve 127.0.0.1,offset=1.5
    export FAKECLOCK_DISTURB=send:1:real:3
    ask 5 -S -t 1s "127.0.0.1:$PORT"
    nothing_set
    json '.status == "refused" and .offset == null and .sources[0].status == "invalid"
        and .sources[0].reason == "somebody set the clock meanwhile"
        and (.action.reason | startswith("somebody else set the clock while"))'
    ask 1 -t 1s "127.0.0.1:$PORT" # measuring only: there was no answer
    json '.status == "no-answer"'
}

@test "kernel: a clock set for ever and ever is asked no more than samples + 2 times" {
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=send:0:real:3 ask 5 -S -i 20ms "127.0.0.1:$PORT"
    [ "$(requests)" -eq 3 ]
    nothing_set
}

@test "kernel: a clock set between measuring and setting is not set: exit 5" {
    local jump kind
    linux_only
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=0.25
    for jump in real:3 real:-0.00005 boot:30 raw:0.5; do
        for kind in -S -s --set; do
            FAKECLOCK_DISTURB=read:4:$jump ask 5 $kind "127.0.0.2:$PORT"
            nothing_set
            json '.status == "refused" and .action.offset == 0
                and (.action.reason | startswith("somebody else set the clock after"))'
        done
    done
}

@test "kernel: a step that moved the clock otherwise is exit 4, and is not called right" {
    local how=adjtimex
    on_linux || how=adjtime
    mkdir "$RUN/systemd"
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_DISTURB=$how:1:real:3 told 4 -S "127.0.0.1:$PORT"
    [[ $said == 'the clock moved by +4.'*' s instead of +1.'*' s: somebody else set it at the same moment'* ]]
    FAKECLOCK_DISTURB=$how:1:real:-0.002 told 4 -S "127.0.0.1:$PORT"
    [[ $said == 'the clock moved by +1.49'*' s instead of +1.'* ]]
    [ ! -e "$RUN/$MARK" ]
    linux_only
    FAKECLOCK_DISTURB=adjtimex:1:real:3 ask 4 -S "127.0.0.1:$PORT"
    json '.action.synchronised == false'
    [ "$(call 2 status)" = 0x2040 ]
    [ "$(call 2 maxerror)" -eq 16000000 ]
}

@test "kernel: a clock that was set while a slew was begun is not called right: exit 4" {
    linux_only
    local nth
    mkdir "$RUN/systemd"
    serve 127.0.0.1,offset=0.25
    for nth in 1 2 3; do
        FAKECLOCK_DISTURB=adjtimex:$nth:real:3 ask 4 -s "127.0.0.1:$PORT"
        json '.action.synchronised == false
            and .action.reason == "somebody else set the clock at the same moment; run ntpsync again"'
        [ "$(call 4 status)" = 0x40 ]
        [ "$(call 4 maxerror)" -eq 16000000 ]
    done
    [ ! -e "$RUN/$MARK" ]
}

# ---- --finish ----

@test "kernel: --finish stays until the slew is complete" {
    mkdir "$RUN/systemd"
    serve 127.0.0.1,offset=0.0012
    run --separate-stderr ntpsync -j -s --finish "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    # The shim begins at once, and Linux, of which "takes" tells, up to 1 s later.
    json '.action.kind == "slew" and .status == "ok" and .action.took > 2.2
        and .action.takes > 2.2 and .action.takes <= .action.took + 1'
    [ -f "$RUN/$MARK" ]
    linux_only
    [ "$(clock_log | wc -l)" -eq 4 ]
    [ "$(call 3 maxerror)" -ge 1100 ]
    [ "$(call 4 maxerror)" -lt 1000 ] # nothing is to go any more
    [ "$(call 4 status)" = 0 ]
}

@test "kernel: --finish says how long it took, and on a terminal how far it is" {
    local out=$BATS_TEST_TMPDIR/typescript
    serve 127.0.0.1,offset=-0.0006
    told 0 -s --finish "127.0.0.1:$PORT"
    [[ $said =~ ^'slewed back '[0-9.]+' '[mu]'s in '[0-9.]+' s'$ ]]
    room "${WALL[@]}" script -qec \
        "env LD_PRELOAD='$PRELOAD' '$NTPSYNC' -s --finish 127.0.0.1:$PORT" \
        "$out" >/dev/null </dev/null
    cat -v "$out"
    grep -q 'slewing: [0-9.]* [mu]s to go, [0-9.]* s left' "$out"
}

@test "kernel: --finish that is interrupted leaves the slew to the kernel: exit 4" {
    local signal
    serve 127.0.0.1,offset=0.25
    for signal in INT TERM HUP; do
        run --separate-stderr room "${WALL[@]}" timeout --preserve-status -s "$signal" 3 \
            env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -s --finish "127.0.0.1:$PORT"
        echo "exit $status: $output $stderr"
        [ "$status" -eq 4 ]
        [[ ${lines[-1]} == 'interrupted with 2'*' ms of the slew to go, which the kernel goes on with' ]]
    done
}

@test "kernel: --finish notices when somebody else ends the slew" {
    serve 127.0.0.1,offset=0.0006
    local nth=8 # the second look of the wait, which there always is
    on_linux || nth=4
    FAKECLOCK_DISTURB=read:$nth:real:0.5 told 4 -s --finish "127.0.0.1:$PORT"
    [[ $said == 'the slew ended '*' ms beyond its goal: the kernel dropped it, or somebody else changed the clock; run ntpsync again' ]]
}

@test "kernel: --finish forgives a kernel that was late, within the bound, half the slew and a second's" {
    local nth=8 how
    on_linux || nth=4
    serve 127.0.0.1,offset=0.0006,rootdisp=0.1 127.0.0.2,offset=0.0006
    # The crystal jumps, so that all of the clock seems to have been slewed.
    FAKECLOCK_DISTURB=read:$nth:raw:-0.0002 ask 0 -s --finish "127.0.0.1:$PORT"
    json '.action.kind == "slew" and .action.took > 1
        and (.action.reason | test("^it ended (1..|2..) us beyond its goal$"))'
    ! on_linux || [ "$(call 4 esterror)" -ge 100 ]
    FAKECLOCK_DISTURB=read:$nth:raw:0.0002 told 0 -s --finish "127.0.0.1:$PORT"
    [[ $said =~ ^'slewed forward '.*'; it ended '.*' us short of its goal'$ ]]
    for how in raw:-0.0006 raw:0.0004 real:0.0002; do
        FAKECLOCK_DISTURB=read:$nth:$how ask 4 -s --finish "127.0.0.1:$PORT"
        json '.action.reason | startswith("the slew ended ")'
    done
    FAKECLOCK_DISTURB=read:$nth:raw:-0.0002 run --separate-stderr ntpsync -j \
        -s --finish "127.0.0.2:$PORT"
    echo "exit $status: $output"
    [ "$status" -eq 4 ] || json '.bound > 0.0001' # on a slow machine
}

@test "kernel: --finish says so when the kernel no longer tells of the slew" {
    local nth=7
    on_linux || nth=3
    serve 127.0.0.1,offset=0.25
    FAKECLOCK_FAIL=read:$nth:1 told 4 -s --finish "127.0.0.1:$PORT"
    [[ $said == 'the kernel no longer tells of the slew, with 2'*' ms to go: Operation not permitted' ]]
}

@test "kernel: --finish goes with a slew" {
    ask 2 --finish 127.0.0.1
    [[ $stderr == *'--finish goes with -s or --set'* ]]
    ask 2 --finish -S 127.0.0.1
    serve 127.0.0.1,offset=1.5
    ask 0 --finish --set "127.0.0.1:$PORT" # which steps
    json '.action.kind == "step"'
}
