# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Called as ntpdate or sntp it takes their options and prints their lines: the
# exact ones, on the same stream, which scripts have been reading for 30 years.
load common
load peers
load persona

setup() {
    persona_names
    fake_clock
}
teardown() { stop_servers && peer_stop_all; }

# What a line of ntpdate's begins with, and the parts of sntp's.
AT='[ 123][0-9] [JFMASOND][a-z][a-z] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] ntpdate\[[0-9]+\]: '
BUILT='[FMSTW][a-z][a-z] [JFMASOND][a-z][a-z] [ 123][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] UTC 20[0-9][0-9]'
SNTP="sntp 4\.2\.8p15@ntpsync-[^ ]+ $BUILT \(1\)"
DATE='20[0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}'
OFF='[-+][0-9]+\.[0-9]{6}'
SUITABLE="${AT}no server suitable for synchronization found"

answer() { # HOST: sntp's line about a server that knows microseconds
    echo "$DATE \([-+][0-9]{4}\) $OFF \+/- [0-9]+\.[0-9]{6} $1 s1 no-leap"
}

usage_of_ntpdate='usage: ntpdate \[-46bBdqsuv\] \[-a key#\] \[-e delay\] \[-k file\] \[-p samples\] \[-o version#\] \[-t timeo\] server \.\.\.'

# What a name leads to; see tests/helpers/lookups.c.
names() {
    export LOOKUPS=$1
    PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so"
}

# ---- ntpdate: asking ----

@test "ntpdate: -q tells of each server, and what would be done: exit 0" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,stratum=2
    as 0 ntpdate -q "127.0.0.1:$PORT"
    out "server 127\.0\.0\.1, stratum 1, offset $OFF, delay [0-9]+\.[0-9]{5}" \
        "${AT}adjust time server 127\.0\.0\.1 offset $OFF sec"
    err
    moved
    as 0 ntpdate -q "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    out "server 127\.0\.0\.1, stratum 1, offset $OFF, delay [0-9]+\.[0-9]{5}" \
        "server 127\.0\.0\.2, stratum 1, offset $OFF, delay [0-9]+\.[0-9]{5}" \
        "server 127\.0\.0\.3, stratum 2, offset $OFF, delay [0-9]+\.[0-9]{5}" \
        "${AT}adjust time server 127\.0\.0\.[123] offset $OFF sec"
}

@test "ntpdate: an offset has its sign, and is true time minus local time" {
    serve 127.0.0.1,offset=0.3 127.0.0.2,offset=-0.3
    as 0 ntpdate -q "127.0.0.1:$PORT"
    near "$(offset_told)" 0.3
    [[ $output == *' offset +0.'*' offset +0.'* ]]
    as 0 ntpdate -q "127.0.0.2:$PORT"
    near "$(offset_told)" -0.3
    [[ $output == *' offset -0.'*' offset -0.'* ]]
}

@test "ntpdate: from half a second on -q says step, below it adjust" {
    local offset
    for offset in 0.2 -0.2; do
        serve "127.0.0.1,offset=$offset"
        as 0 ntpdate -q "127.0.0.1:$PORT"
        [[ ${lines[1]} =~ ^${AT}adjust ]]
        as 0 ntpdate -qb "127.0.0.1:$PORT"
        [[ ${lines[1]} =~ ^${AT}step ]]
        stop_servers
    done
    for offset in 0.8 -0.8; do
        serve "127.0.0.1,offset=$offset"
        as 0 ntpdate -q "127.0.0.1:$PORT"
        [[ ${lines[1]} =~ ^${AT}step ]]
        as 0 ntpdate -qB "127.0.0.1:$PORT"
        [[ ${lines[1]} =~ ^${AT}adjust ]]
        moved
        stop_servers
    done
}

@test "ntpdate: about half a second, the word goes with the number" {
    local word
    serve 127.0.0.1,offset=0.5
    for _ in {1..10}; do
        as 0 ntpdate -q "127.0.0.1:$PORT"
        word=$(awk -v off="$(offset_told)" 'BEGIN {
            if (off > 0.5) print "step"; else if (off < 0.5) print "adjust" }')
        [[ ${lines[1]} =~ ^${AT}$word ]]
    done
}

@test "ntpdate: every line begins with the time of the local zone" {
    local zone from to now
    serve 127.0.0.1
    for zone in UTC0 IST-5:30 NST3:30NDT,M3.2.0,M11.1.0 Asia/Kolkata America/St_Johns; do
        from=$EPOCHSECONDS
        TZ=$zone as 0 ntpdate -q "127.0.0.1:$PORT"
        to=$EPOCHSECONDS
        for ((now = from; now <= to; now++)); do
            [[ ${lines[1]} != "$(TZ=$zone date -d "@$now" '+%e %b %H:%M:%S') ntpdate["* ]] ||
                break
        done
        [ "$now" -le "$to" ]
    done
}

@test "ntpdate: after a step it is the new time; a day of one digit has a space" {
    local third
    third=$(date -u -d "$(date -u -d '35 days' +%Y-%m-03) 12:00:00" +%s)
    serve "127.0.0.1,time=$third"
    TZ=UTC0 as 0 ntpdate -p 1 -b "127.0.0.1:$PORT"
    [[ $output == " $(LC_ALL=C date -u -d "@$third" '+%-d %b') 12:0"* ]]
}

@test "ntpdate: every line has the number of the process" {
    serve 127.0.0.1
    run -0 --separate-stderr powerless env LD_PRELOAD="$PRELOAD" \
        sh -c 'echo $$; exec "$@"' sh "$NAMES/ntpdate" -q "127.0.0.1:$PORT"
    [[ ${lines[2]} == *" ntpdate[${lines[0]}]: adjust "* ]]
}

@test "ntpdate: -v tells the version first" {
    serve 127.0.0.1 127.0.0.2,kiss=RATE
    as 0 ntpdate -qv "127.0.0.1:$PORT"
    out "${AT}ntpdate 4\.2\.8p15@ntpsync-[^ ]+ $BUILT \(1\)" 'server .*' "${AT}adjust .*"
    as 1 ntpdate -qv "127.0.0.2:$PORT"
    out "${AT}ntpdate 4\.2\.8p15@ntpsync-.*"
}

@test "ntpdate: -d sets nothing, and its detail is on stderr" {
    serve 127.0.0.1,offset=2
    as 0 ntpdate -d -p 1 "127.0.0.1:$PORT"
    out "server 127\.0\.0\.1, stratum 1, offset \+[0-9.]+, delay [0-9.]+" \
        "${AT}step time server 127\.0\.0\.1 offset \+[0-9.]+ sec"
    [[ $stderr == *'1 sent, 1 received'* ]]
    moved
    as 0 ntpdate -ddbu -p 1 "127.0.0.1:$PORT"
    moved
    [ "$(requests)" -eq 2 ]
}

@test "ntpdate: -p says how many requests there are; else 4, and 1 with -q" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4
    as 0 ntpdate -q "127.0.0.1:$PORT"
    [ "$(requests_to 127.0.0.1)" -eq 1 ]
    as 0 ntpdate -q -p 3 -t 1 "127.0.0.2:$PORT"
    [ "$(requests_to 127.0.0.2)" -eq 3 ]
    as 0 ntpdate -p1 "127.0.0.3:$PORT"
    [ "$(requests_to 127.0.0.3)" -eq 1 ]
    as 0 ntpdate -t 1 "127.0.0.4:$PORT"
    [ "$(requests_to 127.0.0.4)" -eq 4 ]
}

@test "ntpdate: -t is the time between them, in fifths of a second, and 1 at least" {
    local from
    serve 127.0.0.1 127.0.0.2 127.0.0.3
    from=${EPOCHREALTIME/./}
    as 0 ntpdate -q -p 2 -t 0.2 "127.0.0.1:$PORT"
    [ $((${EPOCHREALTIME/./} - from)) -ge 1000000 ]
    from=${EPOCHREALTIME/./}
    as 0 ntpdate -q -p 2 -t 1.5 "127.0.0.2:$PORT" # 1.6
    [ $((${EPOCHREALTIME/./} - from)) -ge 1600000 ]
    from=${EPOCHREALTIME/./}
    as 0 ntpdate -q -p 2 "127.0.0.3:$PORT"
    [ $((${EPOCHREALTIME/./} - from)) -ge 2000000 ]
}

@test "ntpdate: -4 and -6 ask one family, without them each address is a server" {
    serve 127.0.0.1 ::1
    names 'a.test/4=0:127.0.0.1 a.test/6=0:::1'
    as 0 ntpdate -4q "a.test:$PORT"
    out 'server 127\.0\.0\.1, .*' "${AT}adjust time server 127\.0\.0\.1 .*"
    as 0 ntpdate -6q "a.test:$PORT"
    out 'server ::1, .*' "${AT}adjust time server ::1 .*"
    as 0 ntpdate -64q "a.test:$PORT" # the last one wins
    out 'server 127\.0\.0\.1, .*' "${AT}adjust .*"
    as 0 ntpdate -q "a.test:$PORT"
    [ "${#lines[@]}" -eq 3 ]
    [[ $output == *'server 127.0.0.1, '* && $output == *'server ::1, '* ]]
}

@test "ntpdate: each address of every name is a server, with a vote" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=1.5 \
        127.0.0.4,offset=9 127.0.0.5,offset=9
    names 'a.test/4=0:127.0.0.1+127.0.0.2+127.0.0.3 b.test/4=0:127.0.0.4+127.0.0.5'
    as 0 ntpdate -q "b.test:$PORT" "a.test:$PORT"
    [ "$(grep -c '^server ' <<<"$output")" -eq 5 ]
    near "$(offset_told)" 1.5
    as 0 sntp -S "b.test:$PORT" "a.test:$PORT"
    moved step 1.5
}

@test "ntpdate: an address of the other family is a host that cannot be found" {
    as 1 ntpdate -4q ::1
    out
    err "Error resolving ::1: .* \(-2\)" "${AT}Can't find host ::1: .* \(-2\)" \
        "${AT}no servers can be used, exiting"
    as 1 sntp -6 127.0.0.1
    out "$SNTP"
    err '127\.0\.0\.1 lookup error Name or service not known'
}

@test "ntpdate: a name of one family only is no reason to complain" {
    serve 127.0.0.1 ::1
    names 'a.test/4=0:127.0.0.1 b.test/6=0:::1'
    as 0 ntpdate -q "a.test:$PORT"
    err
    as 0 ntpdate -q "b.test:$PORT"
    err
    as 0 sntp "b.test:$PORT"
    err
}

# ---- ntpdate: setting ----

@test "ntpdate: sets by a slew below half a second, above it by a step" {
    serve 127.0.0.1,offset=0.2 127.0.0.2,offset=-0.2 127.0.0.3,offset=1.5 \
        127.0.0.4,offset=-7.25
    as 0 ntpdate -p 1 "127.0.0.1:$PORT"
    out "${AT}adjust time server 127\.0\.0\.1 offset \+[0-9.]+ sec"
    err
    moved slew 0.2
    as_told
    as 0 ntpdate -p 1 "127.0.0.2:$PORT"
    out "${AT}adjust time server 127\.0\.0\.2 offset -[0-9.]+ sec"
    moved slew -0.2
    as_told
    as 0 ntpdate -p 1 "127.0.0.3:$PORT"
    out "${AT}step time server 127\.0\.0\.3 offset \+[0-9.]+ sec"
    moved step 1.5
    as_told
    as 0 ntpdate -p 1 "127.0.0.4:$PORT"
    out "${AT}step time server 127\.0\.0\.4 offset -[0-9.]+ sec"
    moved step -7.25
}

@test "ntpdate: -b steps and -B slews, whatever the offset; the last one wins" {
    serve 127.0.0.1,offset=0.2 127.0.0.2,offset=1.5
    as 0 ntpdate -p 1 -b "127.0.0.1:$PORT"
    out "${AT}step time server 127\.0\.0\.1 offset \+[0-9.]+ sec"
    moved step 0.2
    as 0 ntpdate -p 1 -B "127.0.0.2:$PORT"
    out "${AT}adjust time server 127\.0\.0\.2 offset \+[0-9.]+ sec"
    moved slew 1.5
    as 0 ntpdate -p 1 -b -B "127.0.0.2:$PORT"
    moved slew 1.5
    as 0 ntpdate -p 1 -Bb "127.0.0.1:$PORT"
    moved step 0.2
}

@test "ntpdate: with four samples, as by default, it is one correction all the same" {
    serve 127.0.0.1,offset=1.5
    as 0 ntpdate -t 1 "127.0.0.1:$PORT"
    out "${AT}step time server 127\.0\.0\.1 offset \+[0-9.]+ sec"
    moved step 1.5
    [ "$(moves | wc -l)" -eq 1 ]
}

@test "ntpdate: -b sets a clock that is years off" {
    local years=$((EPOCHSECONDS + 20 * 31557600))
    serve "127.0.0.1,time=$years"
    as 0 ntpdate -p 1 -b "127.0.0.1:$PORT"
    out "${AT}step time server 127\.0\.0\.1 offset \+63115[0-9]{4}\.[0-9]{6} sec"
    [[ $(moves) == 'step '63115* ]]
}

@test "ntpdate: -u, -k without -a, and -e change nothing" {
    serve 127.0.0.1,offset=1.5
    as 0 ntpdate -u -k /nonexistent -e 0.01 -o 3 -p 1 "127.0.0.1:$PORT"
    out "${AT}step time server 127\.0\.0\.1 offset \+[0-9.]+ sec"
    err
    moved step 1.5
}

@test "ntpdate: of three the one that lies is outvoted" {
    serve 127.0.0.1,offset=500 127.0.0.2,offset=1.5 127.0.0.3,offset=1.5,stratum=3
    as 0 ntpdate -p 1 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    out "${AT}step time server 127\.0\.0\.[23] offset \+1\.[0-9]+ sec"
    moved step 1.5
}

# ---- ntpdate: where it cannot ----

# nothing_usable ARG...: exit 1, nothing set and nothing on stdout.
nothing_usable() {
    as 1 ntpdate -p 1 "$@"
    out
    moved
}

@test "ntpdate: RATE is named, other kiss codes are no server: exit 1" {
    serve 127.0.0.1,kiss=RATE 127.0.0.2,kiss=DENY 127.0.0.3,kiss=RSTR 127.0.0.4,kiss=XYZW
    nothing_usable "127.0.0.1:$PORT"
    err "${AT}127\.0\.0\.1 rate limit response from server\." "$SUITABLE"
    nothing_usable "127.0.0.2:$PORT" "127.0.0.3:$PORT" "127.0.0.4:$PORT"
    err "$SUITABLE"
    [ "$(requests)" -eq 4 ]
}

@test "ntpdate: who is not synchronised, or far off, is no server: exit 1" {
    serve 127.0.0.1,leap=3 127.0.0.2,stratum=16 127.0.0.3,rootdisp=5 127.0.0.4,origin=zero
    nothing_usable "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    err "$SUITABLE"
    nothing_usable "127.0.0.3:$PORT"
    err "$SUITABLE"
    nothing_usable -t 1 "127.0.0.4:$PORT"
    err "$SUITABLE"
}

@test "ntpdate: a silent server ends the run at the deadline, with exit 1" {
    local from=$SECONDS
    serve 127.0.0.1,drop=all
    nothing_usable -t 1 "127.0.0.1:$PORT"
    err "$SUITABLE"
    [ $((SECONDS - from)) -lt 20 ]
    nothing_usable -q -t 1 "127.0.0.1:$PORT"
    err "$SUITABLE"
}

@test "ntpdate: two that disagree set nothing: exit 1 and the reason" {
    serve 127.0.0.1,offset=5 127.0.0.2
    nothing_usable "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    err "${AT}no majority: 2 servers answered, and no more than half of them agree on one time" \
        "$SUITABLE"
    as 1 ntpdate -q "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    out 'server 127\.0\.0\.1, .*' 'server 127\.0\.0\.2, .*'
    err "${AT}no majority: .*" "$SUITABLE"
}

@test "ntpdate: a name that is not known is told twice: exit 1" {
    names ''
    nothing_usable a.test
    err 'Error resolving a\.test: Name or service not known \(-2\)' \
        "${AT}Can't find host a\.test: Name or service not known \(-2\)" \
        "${AT}no servers can be used, exiting"
}

@test "ntpdate: beside one that is known it is told, and not in the way" {
    serve 127.0.0.1,offset=1.5
    names ''
    as 0 ntpdate -p 1 a.test "127.0.0.1:$PORT"
    out "${AT}step time server 127\.0\.0\.1 .*"
    err 'Error resolving a\.test: .*' "${AT}Can't find host a\.test: .*"
    moved step 1.5
}

@test "ntpdate: a name server that fails, or is silent, is to blame: exit 1" {
    names 'a.test/4=0:x a.test/6=0:x b.test/4=60000 b.test/6=60000'
    nothing_usable a.test
    err "Exiting, name server cannot be used: [A-Z][-a-z ]+ \(-4\)${AT}name server cannot be used: [A-Z][-a-z ]+ \(-4\)" \
        "${AT}no servers can be used, exiting"
    nothing_usable -t 1 b.test
    err "Exiting, name server cannot be used: [A-Z][-a-z ]+ \(-3\)${AT}name server cannot be used: [A-Z][-a-z ]+ \(-3\)" \
        "${AT}no servers can be used, exiting"
}

@test "ntpdate: where others suffice that is told, and nobody exits" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5
    names 'a.test/4=0:x a.test/6=0:x'
    as 0 ntpdate -p 1 a.test "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    out "${AT}step time server .*"
    err "${AT}name server cannot be used: [A-Z][-a-z ]+ \(-4\)"
    moved step 1.5
}

@test "ntpdate: a clock that the kernel does not let step, or slew, is exit 1" {
    on_linux || skip 'only one way is tried there'
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=0.2
    FAKECLOCK_FAIL=any:0:1 as 1 ntpdate -p 1 "127.0.0.1:$PORT"
    out
    err "${AT}step-systime: Operation not permitted"
    FAKECLOCK_FAIL=any:0:22 as 1 ntpdate -p 1 "127.0.0.2:$PORT"
    out
    err "${AT}Can't adjust the time of day: Invalid argument"
}

@test "ntpdate: without the right to set it that is known at once, and said alike" {
    on_linux || skip 'it is not asked there'
    serve 127.0.0.1,offset=1.5
    export FAKECLOCK_FAIL=probe:0:1
    as 1 ntpdate -b "127.0.0.1:$PORT"
    out
    err "${AT}step-systime: Operation not permitted"
    as 1 ntpdate "127.0.0.1:$PORT"
    err "${AT}Can't adjust the time of day: Operation not permitted"
    as 1 sntp -S "127.0.0.1:$PORT"
    err 'step-systime: Operation not permitted'
    as 1 sntp -s "127.0.0.1:$PORT"
    err 'adj_systime: Operation not permitted'
    [ "$(requests)" -eq 0 ]
    as 0 ntpdate -q "127.0.0.1:$PORT"
    as 0 sntp "127.0.0.1:$PORT"
}

@test "ntpdate: a time that cannot be, or cannot be slewed, is refused: exit 1" {
    local late=$((EPOCHSECONDS + 40 * 31557600))
    serve 127.0.0.1,time=1000000000 "127.0.0.2,time=$late" 127.0.0.3,offset=2000
    nothing_usable -b "127.0.0.1:$PORT"
    err "${AT}2001-09-09 .* is before this program was built .*"
    nothing_usable -b "127.0.0.2:$PORT"
    err "${AT}20[67][0-9]-.* is over 30 years after this program was built .*"
    nothing_usable -B "127.0.0.3:$PORT"
    err "${AT}.*1000 s.*"
    as 1 sntp -s "127.0.0.3:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.3')"
    err '.*1000 s.*'
    moved
    as 0 ntpdate -p 1 -b "127.0.0.3:$PORT"
    moved step 2000
}

# beside_chronyd STATUS NAME ARG...: where a process is called that, and may set
# the clock.
beside_chronyd() {
    local wanted=$1 name=$2
    shift 2
    : >"$FAKECLOCK_LOG"
    cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/chronyd"
    # shellcheck disable=SC2016 # for the inner shell
    run --separate-stderr room bash -c '
        "$0" 100 3>&- &
        until grep -qsx chronyd "/proc/$!/comm"; do :; done
        "$@"
        status=$?
        kill "$!"
        exit "$status"' "$BATS_TEST_TMPDIR/chronyd" \
        "${WALL[@]}" env LD_PRELOAD="$PRELOAD" "$NAMES/$name" "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
}

@test "ntpdate: beside a time daemon nothing is set: exit 1; -q asks" {
    on_linux || skip 'not known there'
    serve 127.0.0.1,offset=1.5
    beside_chronyd 1 ntpdate -p 1 "127.0.0.1:$PORT"
    out
    err "${AT}chronyd \(pid [0-9]+\) takes care of this clock: .*"
    moved
    beside_chronyd 1 sntp -S "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err 'chronyd \(pid [0-9]+\) takes care of this clock: .*'
    moved
    beside_chronyd 0 ntpdate -q "127.0.0.1:$PORT"
    beside_chronyd 0 sntp "127.0.0.1:$PORT"
}

# ---- ntpdate: the log of the system ----

logged() { beside_syslogd "$1" "$NAMES/ntpdate" "${@:2}"; }

@test "ntpdate: -s says it to a real syslogd, with its name and number, and nobody else" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,kiss=RATE
    [ ! -S "$BATS_TEST_TMPDIR/dev/log" ]
    logged 0 -s -b -p 1 "127.0.0.1:$PORT"
    out
    err
    lines_are "$(<"$LOGGED")" \
        '.* daemon\.notice ntpdate\[[0-9]+\]: step time server 127\.0\.0\.1 offset \+1\.[0-9]+ sec'
    moved step 1.5
    logged 1 -sv -p 1 "127.0.0.2:$PORT"
    out
    err
    lines_are "$(<"$LOGGED")" \
        '.* daemon\.notice ntpdate\[[0-9]+\]: ntpdate 4\.2\.8p15@ntpsync-.*' \
        '.* daemon\.err ntpdate\[[0-9]+\]: 127\.0\.0\.2 rate limit response from server\.' \
        '.* daemon\.err ntpdate\[[0-9]+\]: no server suitable for synchronization found'
}

@test "ntpdate: with -q the servers are on stdout all the same" {
    serve 127.0.0.1,offset=1.5
    logged 0 -qs "127.0.0.1:$PORT"
    out 'server 127\.0\.0\.1, .*'
    err
    lines_are "$(<"$LOGGED")" '.* daemon\.notice ntpdate\[[0-9]+\]: step time server 127\.0\.0\.1 .*'
    moved
}

@test "ntpdate: without any syslogd -s is as silent, and its status true" {
    serve 127.0.0.1,offset=1.5
    as 0 ntpdate -s -p 1 "127.0.0.1:$PORT"
    out
    err
    moved step 1.5
}

# ---- ntpdate: what cannot be meant ----

# misused MESSAGE ARG...: exit 2, that on stderr and the usage; nothing is sent.
misused() {
    local message=$1
    shift
    as 2 ntpdate "$@"
    out
    if [ -n "$message" ]; then
        err "ntpdate: $message" "$usage_of_ntpdate"
    else
        err "$usage_of_ntpdate"
    fi
}

@test "ntpdate: bad options and no server are exit 2 and the usage" {
    serve 127.0.0.1
    local at=127.0.0.1:$PORT
    misused ''
    misused '' -q
    misused 'number of samples \(9\) is invalid' -p 9 "$at"
    misused 'number of samples \(0\) is invalid' -p 0 "$at"
    misused 'number of samples \(x\) is invalid' -p x "$at"
    misused 'version number 9 .*' -o 9 "$at"
    misused 'version number 2 .*' -o 2 "$at"
    misused 'timeout x is undecodeable' -t x "$at"
    misused 'timeout -1 is undecodeable' -t -1 "$at"
    misused 'timeout 1m is undecodeable' -t 1m "$at"
    misused 'encryption delay x is unlikely' -e x "$at"
    misused 'encryption delay 5 is unlikely' -e 5 "$at"
    misused 'unknown option -Z' -Z "$at"
    misused 'unknown option --' --force "$at"
    misused 'option requires an argument -- t' -q -t
    [ "$(requests)" -eq 0 ]
    moved
}

@test "ntpdate: -a is refused, since it could not be kept: exit 1" {
    serve 127.0.0.1,offset=1.5
    as 1 ntpdate -a 1 -k /etc/passwd "127.0.0.1:$PORT"
    out
    err 'ntpdate: -a: this version cannot authenticate'
    as 1 sntp -a 1 "127.0.0.1:$PORT"
    out
    err 'sntp: --authentication: this version cannot authenticate'
    [ "$(requests)" -eq 0 ]
    moved
}

@test "ntpdate: behind the first server there are no options" {
    names ''
    as 1 ntpdate -q a.test -Z
    err 'Error resolving a\.test: .*' "${AT}Can't find host a\.test: .*" \
        'Error resolving -Z: .*' "${AT}Can't find host -Z: .*" \
        "${AT}no servers can be used, exiting"
}

# ---- sntp ----

@test "sntp: the version, and one line for the best: exit 0, nothing set" {
    serve 127.0.0.1,offset=0.3 127.0.0.2,offset=0.3
    as 0 sntp "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err
    moved
    near "$(awk 'NR == 2 { print $4 }' <<<"$output")" 0.3
    as 0 sntp "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.[12]')"
}

@test "sntp: the local clock's time, in the local zone" {
    local zone want from to now
    serve 127.0.0.1,offset=-5000 # and not the server's time
    while read -r zone want; do
        from=$EPOCHSECONDS
        TZ=$zone as 0 sntp "127.0.0.1:$PORT"
        to=$EPOCHSECONDS
        [[ ${lines[1]} == *" ($want) "* ]]
        for ((now = from; now <= to; now++)); do
            [[ ${lines[1]} != "$(TZ=$zone date -d "@$now" '+%Y-%m-%d %H:%M:%S')."* ]] ||
                break
        done
        [ "$now" -le "$to" ]
    done <<-END
	UTC0 +0000
	IST-5:30 +0530
	NST3:30 -0330
	XXX0:30 -0030
	CHADT-13:45 +1345
	$( [ ! -e /usr/share/zoneinfo/Asia/Kolkata ] || echo Asia/Kolkata +0530)
	END
}

@test "sntp: as many decimals as the server's clock can tell" {
    local precision digits
    while read -r precision digits; do
        serve "127.0.0.1,offset=1.75,precision=$precision"
        as 0 sntp "127.0.0.1:$PORT"
        [[ ${lines[1]} =~ ^$DATE\ \([-+][0-9]{4}\)\ \+[12]$digits\ \+/-\ [0-9.]+\ 127\.0\.0\.1\ s1\ no-leap$ ]]
        stop_servers
    done <<-'END'
	-32 \.[0-9]{6}
	-23 \.[0-9]{6}
	-20 \.[0-9]{6}
	-16 \.[0-9]{4}
	-10 \.[0-9]{3}
	-6 \.[0-9]
	END
}

@test "sntp: a host by its name has its address beside it, a leap second its word" {
    serve 127.0.0.1,leap=1,stratum=3 ::1,leap=2
    names 'a.test/4=0:127.0.0.1 b.test/6=0:::1'
    as 0 sntp "a.test:$PORT"
    out "$SNTP" "$DATE .* \+/- [0-9.]+ a\.test 127\.0\.0\.1 s3 add-leap"
    as 0 sntp "b.test:$PORT"
    out "$SNTP" "$DATE .* \+/- [0-9.]+ b\.test ::1 s1 del-leap"
    as 0 sntp -4 "127.0.0.1:$PORT"
    out "$SNTP" "$DATE .* \+/- [0-9.]+ 127\.0\.0\.1 s3 add-leap"
}

@test "sntp: the bound is ours: it does not grow with the offset" {
    serve 127.0.0.1,offset=900,rootdelay=0.2,rootdisp=0.1
    as 0 sntp "127.0.0.1:$PORT"
    near "$(awk 'NR == 2 { print $6 }' <<<"$output")" 0.2
}

@test "sntp: --wait has a line for every server" {
    serve 127.0.0.1 127.0.0.2,delay=300 127.0.0.3
    as 0 sntp --wait -c "127.0.0.3:$PORT" "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.3')" "$(answer '127\.0\.0\.1')" "$(answer '127\.0\.0\.2')"
}

@test "sntp: -S steps, -s slews" {
    serve 127.0.0.1,offset=0.2 127.0.0.2,offset=-1.5
    as 0 sntp -S "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err
    moved step 0.2
    as 0 sntp -s "127.0.0.2:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.2')"
    moved slew -1.5
}

@test "sntp: -sS steps always, and with -M only what is beyond it" {
    serve 127.0.0.1,offset=0.3 127.0.0.2,offset=-0.3
    as 0 sntp -sS "127.0.0.1:$PORT"
    moved step 0.3
    as 0 sntp -sS -M 100 "127.0.0.2:$PORT"
    moved step -0.3
    as 0 sntp -sS -M 500 "127.0.0.1:$PORT"
    moved slew 0.3
    as 0 sntp --step --slew --steplimit=500 "127.0.0.2:$PORT"
    moved slew -0.3
    as 0 sntp -S -M 500 "127.0.0.1:$PORT"
    moved step 0.3
}

@test "sntp: at the limit it is slewed, and from the next nanosecond on stepped" {
    local told
    serve 127.0.0.1,offset=0.3
    for _ in {1..10}; do
        as 0 sntp -sS -M 300 "127.0.0.1:$PORT"
        told=$(awk 'NR == 2 { if ($4 > 0.3) print "step"; else if ($4 < 0.3) print "slew" }' <<<"$output")
        moved "${told:-$(moves | cut -d ' ' -f 1)}" 0.3
    done
}

@test "sntp: -l gets a copy of every line, and keeps what was there" {
    local file=$BATS_TEST_TMPDIR/log
    serve 127.0.0.1 127.0.0.2,kiss=RATE 127.0.0.3,leap=3
    echo before >"$file"
    as 0 sntp -l "$file" "127.0.0.1:$PORT"
    [ "$(<"$file")" = "before"$'\n'"$output" ]
    as 1 sntp --logfile "$file" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    [ "$(tail -n 3 "$file")" = "$output"$'\n'"$stderr" ]
    as 1 sntp -l "$BATS_TEST_TMPDIR/no/where" "127.0.0.1:$PORT"
    out
    [[ ${stderr_lines[0]} == "sntp: --logfile: $BATS_TEST_TMPDIR/no/where: No such file or directory" ]]
    mkfifo -m 666 "$BATS_TEST_TMPDIR/pipe" # nobody reads it
    as 1 sntp -l "$BATS_TEST_TMPDIR/pipe" "127.0.0.1:$PORT"
    out
}

# Root's run adds to no file of root's by a link of somebody else, and who
# measures holds no way to write.
@test "sntp: -l follows no stranger's link, and the measuring process has no file" {
    local pub
    [ "$(id -u)" -eq 0 ] || skip 'takes root, to have a link of somebody else'
    serve 127.0.0.1 127.0.0.2,drop=100
    FOREIGN=$(mktemp -d)
    pub=$FOREIGN
    chmod 1777 "$pub"
    echo precious >"$BATS_TEST_TMPDIR/precious"
    ln -s "$BATS_TEST_TMPDIR/precious" "$pub/log"
    chown -h 65534 "$pub/log"
    as 1 sntp -l "$pub/log" "127.0.0.1:$PORT"
    [ "$(<"$BATS_TEST_TMPDIR/precious")" = precious ]
    rm -r "$pub"
}

@test "sntp: -K and all else that has no effect are taken in silence" {
    serve 127.0.0.1
    as 0 sntp -K /dev/null "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err
    as 0 sntp -4 -g 10 --kod=/nonexistent/kod -k /nonexistent/keys -b 127.255.255.255 -r \
        -o 3 "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err
    [ ! -e /nonexistent ]
}

@test "sntp: who turns us away, is not synchronised or silent is told: exit 1" {
    serve 127.0.0.1,kiss=RATE 127.0.0.2,kiss=DENY 127.0.0.3,leap=3 127.0.0.4,drop=all
    names 'a.test/4=0:127.0.0.1 d.test/4=0:127.0.0.4'
    as 1 sntp "a.test:$PORT"
    out "$SNTP" 'KOD code RATE from a\.test 127\.0\.0\.1'
    err
    as 1 sntp -S "127.0.0.2:$PORT"
    out "$SNTP" 'KOD code DENY from 127\.0\.0\.2 127\.0\.0\.2'
    moved
    as 1 sntp "127.0.0.3:$PORT"
    out "$SNTP"
    err 'sock_cb: 127\.0\.0\.3 not in sync, skipping this server'
    as 1 sntp -t 1 "127.0.0.4:$PORT"
    out "$SNTP" '127\.0\.0\.4 no UCST response after 1 seconds'
    err
    as 1 sntp -t 1 "d.test:$PORT"
    out "$SNTP" 'd\.test 127\.0\.0\.4 no UCST response after 1 seconds'
    as 1 sntp 127.0.0.1:1
    out "$SNTP"
    err '127\.0\.0\.1: connection refused'
    as 1 sntp e.test
    out "$SNTP"
    err 'e\.test lookup error Name or service not known'
}

@test "sntp: -t is the deadline of it all" {
    local from=$SECONDS
    serve 127.0.0.1,drop=all
    names 'a.test/4=60000 a.test/6=60000'
    as 1 sntp -t 2 "127.0.0.1:$PORT" a.test
    [ $((SECONDS - from)) -ge 2 ]
    [ $((SECONDS - from)) -lt 20 ]
    err 'a\.test lookup error Temporary failure in name resolution'
}

@test "sntp: two that disagree: exit 1, the reason, and nothing set" {
    serve 127.0.0.1,offset=5 127.0.0.2
    as 1 sntp -S "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    out "$SNTP"
    [ "${stderr_lines[-1]}" = 'no majority: 2 servers answered, and no more than half of them agree on one time' ]
    moved
}

@test "sntp: a clock that the kernel does not let step, or slew, is exit 1" {
    on_linux || skip 'only one way is tried there'
    serve 127.0.0.1,offset=1.5
    FAKECLOCK_FAIL=any:0:1 as 1 sntp -S "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err 'step-systime: Operation not permitted'
    FAKECLOCK_FAIL=any:0:22 as 1 sntp -s "127.0.0.1:$PORT"
    out "$SNTP" "$(answer '127\.0\.0\.1')"
    err 'adj_systime: Invalid argument'
}

@test "sntp: without a host it is exit 64, with a bad option exit 1" {
    local bad
    serve 127.0.0.1
    as 64 sntp
    out "$SNTP" 'sntp: Must supply at least one of -b hostname, -c hostname, or hostname\.'
    as 64 sntp -S -K /dev/null
    while IFS='|' read -r message bad; do
        # shellcheck disable=SC2086 # words
        as 1 sntp $bad "127.0.0.1:$PORT"
        out
        err "sntp: $message" "Try 'sntp --help' for more information\."
    done <<-'END'
	illegal option -- Z|-Z
	illegal option -- --bogus|--bogus
	illegal option -- --nowait|--nowait
	--timeout: "x" is no .*|-t x
	--timeout: "0" is no .*|-t 0
	--timeout: "1.5" is no .*|-t 1.5
	--ntpversion: "9" is no .*|-o 9
	--steplimit: "-1" is no .*|-M -1
	-4 and -6 exclude each other|-4 -6
	END
    as 1 sntp -t
    err 'sntp: option requires an argument -- -t' "Try 'sntp --help' .*"
    [ "$(requests)" -eq 0 ]
    moved
}

@test "sntp: --help and --version are exit 0" {
    as 0 sntp --version
    out 'sntp \(ntpsync .*\)'
    as 0 sntp --help
    [[ $output == *'--steplimit'* ]]
    as 0 sntp -h
    err
}

# ---- both ----

@test "persona: no request says who sends it: as ntpsync's, to the bit" {
    serve 127.0.0.1,offset=1.5
    as 0 ntpdate -p 1 "127.0.0.1:$PORT"
    as 0 ntpdate -q -o 3 "127.0.0.1:$PORT"
    as 0 ntpdate -b -u -e 0.1 -p 2 -t 1 "127.0.0.1:$PORT"
    as 0 sntp "127.0.0.1:$PORT"
    as 0 sntp -r -o 3 "127.0.0.1:$PORT"
    as 0 sntp -sS "127.0.0.1:$PORT"
    run -0 ntpsync "127.0.0.1:$PORT"
    cat "$REQUESTS"
    [ "$(requests)" -eq 8 ]
    # all zero but version, mode and 64 bits; from a port above 1023
    [ "$(grep -cE '^127\.0\.0\.1 [0-9]+ (1b|23)0{78}[0-9a-f]{16}$' "$REQUESTS")" -eq 8 ]
    [ "$(grep -c ' 1b' "$REQUESTS")" -eq 2 ]
    awk '$2 < 1024 { exit 1 }' "$REQUESTS"
    [ "$(cut -c 1-20 --complement "$REQUESTS" | rev | cut -c 1-16 | sort -u | wc -l)" -eq 8 ]
}

@test "persona: under any other name it is ntpsync" {
    local name help
    help=$(ntpsync --help)
    [[ $help == *--min-sources* ]]
    mkdir "$NAMES/d" "$NAMES/d/ntpdate" "$NAMES/d/sntp"
    for name in ntp ntpdate2 ntpdate.old rdate NTPDATE sntpd ntpdig d/ntpdate/x d/sntp/ntpsync; do
        ln -s "$NTPSYNC" "$NAMES/$name"
        NTPSYNC=$NAMES/$name run -0 ntpsync --help
        [ "$output" = "$help" ]
    done
    run -2 "$NTPSYNC" -Z
    [[ $output == ntpsync:* ]]
}

@test "persona: under its name it is one wherever that lies, or argv[0] says so" {
    local name
    mkdir -p "$NAMES/usr/sbin"
    ln -s "$NTPSYNC" "$NAMES/usr/sbin/ntpdate"
    for name in "$NAMES/usr/sbin/ntpdate" ntpdate ./ntpdate; do
        run -2 bash -c 'exec -a "$0" "$1"' "$name" "$NTPSYNC"
        [[ $output == 'usage: ntpdate '* ]]
    done
}

@test "persona: names with what a terminal obeys are told without it" {
    local word
    names ''
    for word in $'x\e[31m' $'x\r\nntpdate[1]: step' $'x\x9b31m' $'\x7f' 'a b' '%s%n' \
        "$(printf '%300s' x | tr ' ' x)"; do
        as 1 ntpdate -p 1 "$word"
        out
        [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
        [ "${#stderr_lines[@]}" -eq 3 ]
        as 1 sntp "$word"
        [[ $stderr =~ ^[[:print:]$'\n']*$ && $output =~ ^[[:print:]$'\n']*$ ]]
        [ "${#stderr_lines[@]}" -eq 1 ]
        as 2 ntpdate -t "$word" x
        [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
        [ "${#stderr_lines[@]}" -eq 2 ]
        as 1 sntp -t "$word" x
        [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
        [ "${#stderr_lines[@]}" -eq 2 ]
    done
    as 2 ntpdate $'-\e' x
    [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
    as 1 sntp $'-\e' x
    [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
    as 1 sntp $'--\e[31m' x
    [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
}

@test "persona: a kiss code is told without what a terminal obeys" {
    serve 127.0.0.1,stratum=0,leap=3,refid=1b5b336d
    as 1 sntp "127.0.0.1:$PORT"
    [[ $output =~ ^[[:print:]$'\n']*$ && $stderr =~ ^[[:print:]$'\n']*$ ]]
    as 1 ntpdate -p 1 "127.0.0.1:$PORT"
    [[ $output =~ ^[[:print:]$'\n']*$ && $stderr =~ ^[[:print:]$'\n']*$ ]]
}

@test "persona: what could not be written is exit 1" {
    serve 127.0.0.1
    local name
    for name in ntpdate sntp; do
        # shellcheck disable=SC2046 # a word or none
        run --separate-stderr bash -c 'exec "$@" >/dev/full' bash "$NAMES/$name" \
            $([ "$name" = sntp ] || echo -q) "127.0.0.1:$PORT"
        echo "exit $status: $stderr"
        [ "$status" -eq 1 ]
        [[ $stderr == *'could not be written'* ]]
    done
}
