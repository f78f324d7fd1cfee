# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# -F nagios: a plugin by the Monitoring Plugins' guidelines.  How the states are
# told apart to the nanosecond is in tests/unit/test_nagios.c.
load common
load peers
load config

teardown() { stop_servers && peer_stop_all; }

# What another program makes of the output, by the guidelines: one bar, behind
# the first line's text; labels that occur once; values, thresholds and limits as
# they must be; and a state that is what the thresholds say of the values.
judge() {
    awk '
    function fail(why) { print "judge: " why; bad = 1; exit 1 }
    function is_number(s) { return s ~ /^-?[0-9]+(\.[0-9]+)?$/ }
    # Whether a range alerts for v, by the guidelines.
    function alerts(range, v,    inside, start, end, colon) {
        inside = sub(/^@/, "", range)
        colon = index(range, ":")
        start = colon ? substr(range, 1, colon - 1) : "0"
        end = colon ? substr(range, colon + 1) : range
        if (start != "~" && !is_number(start)) fail("start: " start)
        if (end != "" && !is_number(end)) fail("end: " end)
        if (end == "" && !colon) fail("no end")
        if (start != "~" && end != "" && start + 0 > end + 0) fail("ends: " range)
        return ((start == "~" || v >= start + 0) && (end == "" || v <= end + 0)) == inside
    }
    function metric(text,    at, label, n, part, value) {
        at = index(text, "=")
        label = substr(text, 1, at - 1)
        if (label !~ /^[a-z_]+$/ || length(label) > 19) fail("label: " label)
        if (label in seen) fail("twice: " label)
        seen[label] = 1
        n = split(substr(text, at + 1), part, ";")
        if (n > 5) fail("too much: " text)
        value = part[1]
        sub(/s$/, "", value)
        if (!is_number(value)) fail("value: " text)
        if (part[4] != "" && (!is_number(part[4]) || value + 0 < part[4] + 0)) fail("min: " text)
        if (part[5] != "" && (!is_number(part[5]) || value + 0 > part[5] + 0)) fail("max: " text)
        if (part[2] != "" && alerts(part[2], value + 0) && state < 1) state = 1
        if (part[3] != "" && alerts(part[3], value + 0)) state = 2
    }
    NR == 1 {
        if (!match($0, /^NTP (OK|WARNING|CRITICAL|UNKNOWN): [^|]+/)) fail("line: " $0)
        name = $2
        rest = substr($0, RLENGTH + 1)
        if ((name == "UNKNOWN:") != (rest == "")) fail("perfdata: " $0)
        n = split(substr(rest, 2), metrics, " ")
        for (i = 1; i <= n; i++) metric(metrics[i])
        next
    }
    /\|/ { fail("a bar: " $0) }
    /[^ -~]/ { fail("a letter: " $0) }
    END {
        if (bad) exit 1
        split("OK: WARNING: CRITICAL:", names, " ")
        if (name != "UNKNOWN:" && name != names[state + 1])
            fail(name " where the thresholds say " names[state + 1])
        if (name != "UNKNOWN:" && !("offset" in seen && "bound" in seen)) fail("what is missing?")
    }' <<<"$output"
}

# plugin STATUS ARG...: a run that ends so, in one of the states, and lawfully.
plugin() {
    local wanted=$1 states=(OK WARNING CRITICAL UNKNOWN)
    shift
    run --separate-stderr ntpsync -F nagios "$@"
    echo "$* -> exit $status:"
    echo "$output"
    echo "$stderr"
    [ "$status" -eq "$wanted" ]
    [[ $output == "NTP ${states[$status]}: "* ]]
    judge
}

# answers STATUS ARG...: the same of a run that has nothing to say on stderr.
answers() {
    plugin "$@"
    [ -z "$stderr" ]
}

# graphed LABEL: its value, of those behind the bar.
graphed() {
    sed -n '1s/.*|//p' <<<"$output" | tr ' ' '\n' | sed -nE "s/^$1=([^;s]*).*/\\1/p"
}

# refuses ARG...: no result, and a reason on stderr, as the arguments are.
refuses() {
    run --separate-stderr ntpsync "$@" </dev/null
    echo "$* -> exit $status: $output $stderr"
    [ "$status" -eq 3 ]
    [[ $stderr == 'ntpsync: '?* ]]
    # Who shows standard output only has the same reason, but for the bar.
    [ "$output" = "NTP UNKNOWN: $(head -n 1 <<<"${stderr#ntpsync: }" | tr '|' '!')" ]
}

# ---- states ----

@test "nagios: below 60 s is OK, below 120 s WARNING, beyond that CRITICAL" {
    serve 127.0.0.1 127.0.0.2,offset=50 127.0.0.3,offset=70 \
        127.0.0.4,offset=110 127.0.0.5,offset=130
    answers 0 "127.0.0.1:$PORT"
    answers 0 "127.0.0.2:$PORT"
    answers 1 "127.0.0.3:$PORT"
    answers 1 "127.0.0.4:$PORT"
    answers 2 "127.0.0.5:$PORT"
}

@test "nagios: the size of the offset counts, ahead or behind" {
    local sign
    serve 127.0.0.1,offset=30 127.0.0.2,offset=-30
    for sign in 1 2; do
        answers 0 -W 40s -C 50s "127.0.0.$sign:$PORT"
        answers 1 -W 20s -C 50s "127.0.0.$sign:$PORT"
        answers 2 -W 10s -C 20s "127.0.0.$sign:$PORT"
        answers 2 -C 20s "127.0.0.$sign:$PORT"
    done
    [[ ${lines[0]} == 'NTP CRITICAL: offset -'* ]]
}

# Each form, for an offset of 30 s, ahead or behind; both options alike.
@test "nagios: a range says where it alerts, in every form there is" {
    local range state wrong
    serve 127.0.0.1,offset=30 127.0.0.2,offset=-30
    while read -r range state; do
        wrong=$((state * 2))
        answers "$state" -W "$range" -C 1h "127.0.0.1:$PORT"
        answers "$state" -W "$range" -C 1h "127.0.0.2:$PORT"
        answers "$wrong" -W '@~:-1' -C "$range" "127.0.0.1:$PORT"
        answers "$wrong" -W '@~:-1' -C "$range" "127.0.0.2:$PORT"
    done <<'TABLE'
40 0
20 1
0.4m:1d 0
40: 1
20: 0
~:40 0
~:20000ms 1
20:40 0
-20:40 0
40:50 1
10:20 1
-40:-20 1
@20:40 1
@40:50 0
@10:20 0
@20: 1
@40: 0
@~:40 1
@~:20 0
@-40:-20 0
~: 0
@~: 1
TABLE
}

@test "nagios: who is beyond both is CRITICAL" {
    serve 127.0.0.1,offset=30
    answers 2 -W 10s -C 20s "127.0.0.1:$PORT"
    answers 2 -W 40: -C 35: "127.0.0.1:$PORT"
    answers 1 -W 40: -C 20: "127.0.0.1:$PORT"
    # The warning that nobody asked for stands not in the way.
    answers 2 -C 20s "127.0.0.1:$PORT"
}

@test "nagios: a large bound is told, and changes no state" {
    serve 127.0.0.1,offset=0.1,rootdisp=1
    answers 0 -W 200ms -C 300ms "127.0.0.1:$PORT"
    [[ ${lines[0]} =~ ', bound 1.'[0-9]{6}' s,' ]]
    awk -v bound="$(graphed bound)" 'BEGIN { exit !(bound > 1 && bound < 1.5) }'
}

@test "nagios: the majority is believed, and how many agree is told" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=900
    answers 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    [[ ${lines[0]} == *', 2 of 3 servers that answered agree|'* ]]
    [ "$(graphed agreeing) $(graphed answering) $(graphed stratum)" = '2 3 1' ]
    grep -q '^x 127.0.0.3 .* outvoted$' <<<"$output"
}

# ---- the shape ----

# Numbers, and the space between columns, are not the same twice.
shape() {
    sed -E -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|ms|s)( |,|;|$)/N\3/g' \
        -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|ms|s)( |,|;|$)/N\3/g' \
        -e 's/=-?[0-9]+\.[0-9]{9}s/=Ns/g' -e 's/  +/  /g' <<<"$output"
}

@test "nagios: a line with the state and what is graphed, then the text" {
    serve 127.0.0.1,offset=-0.25 127.0.0.2,offset=-0.25,rootdisp=0.5 127.0.0.3,leap=3
    answers 1 -W 100ms -C 1m "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    diff - <(shape) <<'SHAPE'
NTP WARNING: offset N (outside -W 0.1), bound N, 2 of 2 servers that answered agree|offset=Ns;-0.1:0.1;-60:60 abs_offset=Ns;0.1;60;0 bound=Ns;;;0 delay=Ns;;;0 stratum=1;;;0;16 agreeing=2;;;0 answering=2;;;0
  server  stratum  offset  +/- bound  delay
* 127.0.0.1  1  N  N  N
+ 127.0.0.2  1  N  N  N
- 127.0.0.3  not synchronised
local clock is N ahead, +/- N; 2 of 2 servers that answered agree
SHAPE
}

@test "nagios: what is graphed is the offset with its sign, and its size" {
    serve 127.0.0.1,offset=30 127.0.0.2,offset=-30
    answers 0 "127.0.0.1:$PORT"
    [[ $(graphed offset) =~ ^(29|30)[.][0-9]{9}$ ]]
    [ "$(graphed abs_offset)" = "$(graphed offset)" ]
    answers 0 "127.0.0.2:$PORT"
    [[ $(graphed offset) =~ ^-(29|30)[.][0-9]{9}$ ]]
    [ "-$(graphed abs_offset)" = "$(graphed offset)" ]
    awk -v about="$(sed -n '1s/.*offset -\([0-9.]*\) s.*/\1/p' <<<"$output")" \
        -v exact="$(graphed abs_offset)" \
        'BEGIN { exit !(about > 29 && (about - exact) ^ 2 < 1e-12) }'
}

# What two sides cannot be said of in one range has none for the offset.
@test "nagios: thresholds are plain seconds, for either side of the offset" {
    serve 127.0.0.1
    answers 0 -W 1.5m -C 2h "127.0.0.1:$PORT"
    [[ ${lines[0]} == *s';-90:90;-7200:7200 abs_offset='*s';90;7200;0 '* ]]
    answers 1 -W 10s: -C '~:10' "127.0.0.1:$PORT"
    [[ ${lines[0]} == *s';@-9.999999999:9.999999999;-10:10 abs_offset='*s';10:;~:10;0 '* ]]
    [[ ${lines[0]} == *' (outside -W 10:), '* ]]
    answers 2 -W 5:6 -C @-1:1 "127.0.0.1:$PORT"
    [[ ${lines[0]} == *s';;@-1:1 abs_offset='*s';5:6;@-1:1;0 '* ]]
    [[ ${lines[0]} == *' (inside -C @-1:1), '* ]]
}

@test "nagios: a terminal gets neither colour nor folded lines" {
    type -P script >/dev/null || missing 'no script(1)'
    local command shown
    unset NO_COLOR
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=900
    printf -v command '%q ' env COLUMNS=40 LD_PRELOAD="$PRELOAD" "$NTPSYNC" -F nagios \
        "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    shown=$(TERM=xterm powerless env SHELL=/bin/sh script -qec "$command" /dev/null \
        </dev/null | tr -d '\r')
    printf '%q\n' "$shown"
    [[ $shown == 'NTP OK: '* && $shown != *$'\e'* ]]
    [ "$(wc -l <<<"$shown")" -eq 6 ]
}

# No server has one in its name, but the file that named it may.
@test "nagios: a bar in a name begins nothing that is graphed" {
    system
    put '/run/chrony-dhcp/x|offset=0s.sources' <<<'server 192.0.2.9'
    run --separate-stderr in_system "$NTPSYNC" -F nagios -t 300ms
    echo "exit $status: $output $stderr"
    [ "$status" -eq 3 ]
    grep -qx 'servers from /run/chrony-dhcp/x!offset=0s.sources' <<<"$output"
    judge
}

# ---- UNKNOWN ----

@test "nagios: no answer is UNKNOWN, never CRITICAL, and says why" {
    serve 127.0.0.1,kiss=RATE 127.0.0.2,leap=3
    answers 3 127.0.0.1:9
    [ "${lines[0]}" = 'NTP UNKNOWN: no server gave a usable answer: connection refused' ]
    [[ ${lines[2]} == '- 127.0.0.1 '*' connection refused' ]]
    answers 3 "127.0.0.1:$PORT"
    [ "${lines[0]}" = 'NTP UNKNOWN: no server gave a usable answer: asks for fewer requests (kiss code RATE)' ]
    [ "$(requests_to 127.0.0.1)" -eq 1 ]
    answers 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    [ "${lines[0]}" = 'NTP UNKNOWN: no server gave a usable answer' ]
    [[ ${lines[2]} == *RATE* ]]
    [[ ${lines[3]} == *'not synchronised' ]]
}

@test "nagios: one of four servers gone is no alarm" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4,drop=all
    answers 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT" 127.0.0.5:9
    [[ ${lines[0]} == *', 3 of 3 servers that answered agree|'* ]]
}

@test "nagios: no majority, or fewer than --min-sources, is UNKNOWN" {
    serve 127.0.0.1 127.0.0.2,offset=900
    answers 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    [[ ${lines[0]} == 'NTP UNKNOWN: no majority: 2 servers answered'* ]]
    answers 3 --min-sources 2 "127.0.0.1:$PORT"
    [[ ${lines[0]} == 'NTP UNKNOWN: '* ]]
}

@test "nagios: bad usage is UNKNOWN, wherever the format stands" {
    local bad
    for bad in -Z --bogus --warn=x '-p 0' '--timeout 0' '-4 -6' '-I nowhere' \
        '--file /not/there' '--user nobody-here' '-n' 'a:b:c,x'; do
        # shellcheck disable=SC2086 # words
        refuses -F nagios $bad 127.0.0.1:9
        # shellcheck disable=SC2086
        refuses $bad 127.0.0.1:9 --format=nagios
    done
    refuses -F nagios -W
    refuses -F nagios -F json 127.0.0.1:9
    refuses -j -F nagios 127.0.0.1:9
    refuses -F nagios -F bogus 127.0.0.1:9
    refuses -F nagios ''
    refuses -F nagios --config /not/there
}

@test "nagios: a range that is none is bad usage, and is named" {
    local option range
    for option in -W --warn -C --crit; do
        for range in '' x 20:10 :10 ~ @ 10:~ -10 1e3 '1s 2s' 10:20:30; do
            refuses -F nagios "$option" "$range" 127.0.0.1:9
            [[ $stderr == *"\"$range\" is no range"* ]]
        done
    done
}

@test "nagios: a warning beyond the critical value is bad usage, of plain ones" {
    serve 127.0.0.1
    refuses -F nagios -W 2s -C 1s "127.0.0.1:$PORT"
    [[ $stderr == *'-W is above -C'* ]]
    refuses -F nagios -W 121s "127.0.0.1:$PORT"
    answers 0 -W 1s -C 1s "127.0.0.1:$PORT"
    answers 0 -W 120s "127.0.0.1:$PORT"
    answers 0 -C 30s "127.0.0.1:$PORT"
    answers 0 -W '~:2s' -C 1s "127.0.0.1:$PORT"
    answers 0 -W @2s: -C @1s: "127.0.0.1:$PORT"
}

@test "nagios: a plugin measures, and sets no clock" {
    local option
    for option in -s -S --set '-S -n' '-q -S'; do
        # shellcheck disable=SC2086 # words
        refuses -F nagios $option 127.0.0.1:9
    done
    serve 127.0.0.1
    answers 0 -q "127.0.0.1:$PORT"
}

@test "nagios: thresholds without it are bad usage in our own words" {
    local option
    for option in -W -C; do
        run -2 --separate-stderr ntpsync "$option" 1s 127.0.0.1:9
        [ -z "$output" ]
        [[ $stderr == *'-W and -C go with -F nagios'* ]]
        run -2 --separate-stderr ntpsync -j "$option" 1s 127.0.0.1:9
        [ -z "$output" ]
    done
}

# ---- files, streams ----

@test "nagios: -O has the report, and the exit status is the state's" {
    local out=$BATS_TEST_TMPDIR/out
    serve 127.0.0.1,offset=70
    run -1 --separate-stderr ntpsync -F nagios -O "$out" "127.0.0.1:$PORT"
    [ -z "$output$stderr" ]
    output=$(<"$out")
    [[ $output == 'NTP WARNING: '* ]]
    judge
}

# A full disk, as far as the C library can tell.
to_full() { ntpsync "$@" >/dev/full; }

@test "nagios: a report that cannot be written is UNKNOWN" {
    serve 127.0.0.1
    refuses -F nagios -O "$BATS_TEST_TMPDIR/none/out" "127.0.0.1:$PORT"
    [[ $stderr == *'No such file or directory'* ]]
    run -3 --separate-stderr to_full -F nagios "127.0.0.1:$PORT"
    [[ $stderr == *'No space left on device'* ]]
}

@test "nagios: --quiet says nothing when it is OK, and all the rest" {
    serve 127.0.0.1 127.0.0.2,offset=70
    run -0 --separate-stderr ntpsync -F nagios --quiet "127.0.0.1:$PORT"
    [ -z "$output$stderr" ]
    answers 1 --quiet "127.0.0.2:$PORT"
    answers 3 --quiet 127.0.0.1:9
}

@test "nagios: help and version are no state" {
    run -0 --separate-stderr ntpsync -F nagios --help
    [[ $output == *--crit* ]]
    run -0 --separate-stderr ntpsync -F nagios --version
    [[ $output == 'ntpsync '* ]]
}

# ---- beside check_ntp_time ----

CHECK=$TOP/build/peers/monitoring-plugins-basic/usr/lib/nagios/plugins/check_ntp_time

# same_verdict ADDRESS WARN CRIT: both say the same of it, and see one offset.
same_verdict() {
    local theirs
    run --separate-stderr powerless env "$(peer_env monitoring-plugins-basic)" \
        "$CHECK" -H "$1" -p "$PORT" -w "$2" -c "$3"
    echo "check_ntp_time $*: exit $status: $output $stderr"
    theirs=$status
    graphed offset >"$BATS_TEST_TMPDIR/theirs"
    answers "$theirs" -W "$2" -C "$3" "$1:$PORT"
    # Neither is off by half a second on the worst of machines.
    graphed offset | paste "$BATS_TEST_TMPDIR/theirs" - |
        awk '{ exit !(NF == 2 && ($1 - $2) ^ 2 < 0.25) }'
}

@test "nagios: check_ntp_time has the same thresholds, states and offsets" {
    local range
    peer_need monitoring-plugins-basic
    serve 127.0.0.1,offset=30 127.0.0.2,offset=-30 127.0.0.3
    for range in '40 50' '20 50' '10 20' '10: 20:' '40: 20:' '40: 50:' '~:20 50' \
        '20:40 @20:40' '@20:40 10:50' '@40:50 @10:20' '-20:40 -40:50'; do
        # shellcheck disable=SC2086 # two
        same_verdict 127.0.0.1 $range
        # shellcheck disable=SC2086
        same_verdict 127.0.0.2 $range
    done
    same_verdict 127.0.0.3 10 20
}

# ---- recipes ----

# The commands of a configuration as Nagios would run them: macros replaced, and
# the program's path by that of the one under test.
commands() { # PORT
    sed -n 's/^ *command_line  *//p' "$TOP/contrib/nagios/ntpsync.cfg" |
        sed -e "s/[$]ARG1[$]/500ms/; s/[$]ARG2[$]/1s/; s/[$]HOSTADDRESS[$]/127.0.0.1:$1/" \
            -e "s|/etc/ntpsync.servers|$BATS_TEST_TMPDIR/servers|" \
            -e 's|^/usr/local/bin/ntpsync |ntpsync |'
}

@test "nagios: the commands of contrib are plugins, as written" {
    local command n=0
    serve 127.0.0.1,offset=0.75 127.0.0.2,offset=0.75
    printf '127.0.0.%s\n' "1:$PORT" "2:$PORT" >"$BATS_TEST_TMPDIR/servers"
    while read -r command; do
        n=$((n + 1))
        # shellcheck disable=SC2086 # words
        run --separate-stderr $command
        echo "$command -> exit $status: $output $stderr"
        [[ $output == 'NTP WARNING: offset +0.'*' (outside -W 0.5), '* ]]
        [ "$status" -eq 1 ]
        judge
    done < <(commands "$PORT")
    [ "$n" -eq 2 ]
}

@test "nagios: Icinga's command has no option that ntpsync has not" {
    local option n=0
    for option in $(grep -oE '^ *"--?[A-Za-z-]+" = ' "$TOP/contrib/nagios/icinga2.conf" | tr -d '" ='); do
        n=$((n + 1))
        run -3 --separate-stderr ntpsync -F nagios "$option" '' 127.0.0.1:9
        [[ $stderr != *'no such option'* ]]
    done
    [ "$n" -eq 4 ]
}

@test "nagios: the README shows what is printed" {
    local shown
    serve 127.0.0.1,offset=0.75
    shown=$(sed -n 's/^    \(NTP WARNING: .*\)/\1/p' "$TOP/README.md")
    [ "$(wc -l <<<"$shown")" -eq 1 ]
    grep -qxF '    $ ntpsync -F nagios -W 500ms -C 1s ntp1.example.net' "$TOP/README.md"
    answers 1 -W 500ms -C 1s "127.0.0.1:$PORT"
    diff <(output=$shown shape) <(shape | head -n 1)
    output=$shown judge
}
