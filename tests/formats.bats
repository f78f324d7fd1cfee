# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# All formats together: every way in which a run can end in each of them, every
# place they can be written to, the years, and a thousand servers.
load common
load persona
load formats
load peers

setup() {
    persona_names
    fake_clock
}
teardown() { stop_servers && peer_stop_all; }

# ---- every end of a run in every format ----

text_says() { # SERVER STATUS REASON
    local line
    line=$(grep -F -- "$(mark_of "$2") $1 " <<<"$output")
    [ -z "$3" ] || [[ $line == *"  $3" ]]
}

in_text() {
    by_format text
    each_said text_says
    [ -z "$SAID" ] || [[ ${lines[0]} == '  server  '*' stratum   offset '*' bound    delay' ]]
    [[ ${lines[-1]} =~ ^$SENTENCE$ ]]
}

@test "formats: text tells every end of a run" { in_every_scene in_text; }

json_says() { # SERVER STATUS REASON
    json ".sources | any(.server == \"$1\" and .status == \"$2\" and .reason == \"$3\")"
}

in_json() {
    by_format json
    [ "${#lines[@]}" -eq 1 ]
    json ".status + \" \" + .action.kind == \"$KIND\""
    json "(.time == null) == (.offset == null) and (.offset != null) == $(known && echo true || echo false)"
    json ".action.dry_run == $(dry && echo true || echo false)"
    [[ $STATUS -lt 4 || $SENTENCE == could* ]] || SENTENCE=${SENTENCE#refused: }
    [ "$STATUS" -lt 4 ] || [[ $(json .action.reason) =~ ^$SENTENCE$ ]]
    each_said json_says
}

@test "formats: JSON tells every end of a run" { in_every_scene in_json; }

# That one is outvoted is told by its mark and its place.
chart_says() { # SERVER STATUS REASON
    grep -qF -- "$(mark_of "$2") $1 " <<<"$output"
    [ "$2" = outvoted ] || grep -qF -- "$3" <<<"$output"
}

in_chart() {
    by_format chart
    each_said chart_says
    # Sentences are folded.
    [[ $(tr -s ' \n' ' ' <<<"$output") =~ (^|\ )$SENTENCE\ $ ]]
    [ -z "$(awk 'length > 80' <<<"$output")" ]
}

@test "formats: chart tells every end of a run" { in_every_scene in_chart; }

prometheus_says() { # SERVER STATUS REASON
    grep -qE "^ntpsync_source_status\{server=\"$1\",.*,status=\"$2\"\} 1\$" <<<"$output"
}

in_prometheus() {
    by_format prometheus
    grep -qx "ntpsync_exit_status $STATUS" <<<"$output"
    grep -qx "ntpsync_up $(known && echo 1 || echo 0)" <<<"$output"
    grep -qx "ntpsync_action{kind=\"${KIND#* }\"} 1" <<<"$output"
    [ "$(grep -c '^ntpsync_action.* 1$' <<<"$output")" -eq 1 ]
    grep -qx "ntpsync_dry_run $(dry && echo 1 || echo 0)" <<<"$output"
    each_said prometheus_says
}

@test "formats: prometheus tells every end of a run" { in_every_scene in_prometheus; }

# A plugin sets nothing, and says so.
in_nagios() {
    local state=OK how=-S
    if [ "$HOW" != ask ]; then
        [ "$HOW" = step ] || how=-s
        tell 3 "$NTPSYNC" -F nagios "$how" "${OPTIONS[@]}"
        [[ $stderr == 'ntpsync: '* ]]
        [ "$output" = "NTP UNKNOWN: ${stderr#ntpsync: }" ]
        moved
        return
    fi
    [ "$STATUS" -eq 0 ] || STATUS=3 state=UNKNOWN
    by_format nagios
    [[ $output == "NTP $state: "* ]]
    [ "$STATUS" -eq 0 ] || [[ ${lines[0]} =~ ^NTP\ UNKNOWN:\ $SENTENCE(: .*)?$ ]]
    [[ ${lines[-1]} =~ ^$SENTENCE$ ]]
    each_said text_says
}

@test "formats: nagios tells every end of a run" { in_every_scene in_nagios; }

# by_name PATTERN SETS NAME ARG...: the same of a persona, which knows 0 and 1.
by_name() {
    local pattern=$1 sets=$2 wanted=0
    shift 2
    case $STATUS in
    1 | 3) wanted=1 ;;
    4 | 5) wanted=$sets ;;
    esac
    [ "$wanted" -eq 1 ] || pattern=
    tell "$wanted" "$NAMES/$1" "${@:2}"
    if [ "$sets$wanted" = 10 ]; then
        moved "$([ "$HOW" = slew ] && echo slew || echo step)" 1.5
    elif [ -z "$FAIL" ]; then
        moved
    fi
    [ -z "$pattern" ] || grep -qE -- "$pattern" <<<"$output"$'\n'"$stderr"
}

# What is asked goes to stdout; what does not go well, to stderr.
in_ntpdate() {
    local how sets
    [ "$NTPDATE" != - ] || return 0
    case $HOW in slew) how=-B ;; *) how=-b ;; esac
    for sets in 0 1; do
        # shellcheck disable=SC2046 # one option or the other
        by_name "$NTPDATE" "$sets" ntpdate -p 1 -t 1 $([ "$sets" -eq 1 ] && echo "$how" || echo -q)
        if [ "$status" -eq 0 ]; then
            [ -z "$stderr" ]
            [[ ${lines[-1]} =~ ntpdate\[[0-9]+\]:\ (step|adjust)\ time\ server\ 127[0-9.]+\ offset\ [-+][0-9.]+\ sec$ ]]
        else
            grep -qE -- "$NTPDATE" <<<"$stderr"
            [[ $output != *' time server '* ]]
        fi
        [ "$sets" -eq 0 ] || [[ $output != *'server '*', stratum'* ]]
    done
}

@test "formats: ntpdate's lines tell every end of a run, -q and -b" { in_every_scene in_ntpdate; }

in_sntp() {
    local how sets
    [ "$SNTP" != - ] || return 0
    case $HOW in slew) how=-s ;; *) how=-S ;; esac
    for sets in 0 1; do
        # shellcheck disable=SC2046 # an option or none
        by_name "$SNTP" "$sets" sntp -t 1 $([ "$sets" -eq 0 ] || echo "$how")
        [[ ${lines[0]} == 'sntp 4.2.8p15@ntpsync-'* ]]
        if known || [ "$status" -eq 0 ]; then
            [[ ${lines[-1]} =~ \ [-+][0-9.]+\ \+/-\ [0-9.]+\ 127[0-9.]+\ s1\ no-leap$ ]]
        else
            [[ $output != *' +/- '* ]]
        fi
    done
}

@test "formats: sntp's lines tell every end of a run, measuring and -S" { in_every_scene in_sntp; }

# nothing_to_do PROGRAM ARG...: asked until the loopback is within 1 us.
nothing_to_do() {
    local NTPSYNC=$1
    shift
    for _ in {1..200}; do
        : >"$FAKECLOCK_LOG"
        run -0 --separate-stderr ntpsync "$@" "127.0.0.1:$PORT"
        [ "$(moves)" != 'slew 0' ] || break # what may have been going on ends
    done
    printf '%s\n%s\n' "$output" "$stderr"
    [ "$(moves)" = 'slew 0' ]
}

@test "formats: where the clock is right, nothing to do is said, and exit 0" {
    local sentence='less than 1 us: nothing to do'
    on_linux || skip 'a slew is another call there'
    ! emulated || skip 'too slow to be that exact'
    serve 127.0.0.1,offset=0.0000015 # about what a reply takes longer
    nothing_to_do "$NTPSYNC" -s
    [ "${lines[-1]}" = "$sentence" ]
    nothing_to_do "$NTPSYNC" -s -F chart
    [ "${lines[-1]}" = "$sentence" ]
    nothing_to_do "$NTPSYNC" -s -j
    json ".status == \"ok\" and (.action | .kind == \"none\" and .offset == 0 and .reason == \"$sentence\")"
    nothing_to_do "$NTPSYNC" -s -F prometheus
    grep -qx 'ntpsync_action{kind="none"} 1' <<<"$output"
    grep -qx 'ntpsync_correction_seconds 0.000000000' <<<"$output"
    nothing_to_do "$NAMES/ntpdate" -B -p 1
    [[ ${lines[-1]} =~ adjust\ time\ server\ 127.0.0.1\ offset\ [-+]0\.00000[01]\ sec$ ]]
    nothing_to_do "$NAMES/sntp" -s
    [[ ${lines[-1]} == *' 127.0.0.1 s1 no-leap' ]]
}

# ---- every place ----

# The table's names are long, its reasons too, and one address is of IPv6.
A=ntp1.a-rather-long-name-of-a-place.example.net
B=ntp2.a-rather-long-name-of-a-place.example.net
C=ntp3.a-rather-long-name-of-a-place.example.net
D=ntp4.a-rather-long-name-of-a-place.example.net

serve_named() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
    serve 127.0.0.1,offset=1.5,rootdisp=0.01 ::1,offset=1.5,rootdisp=0.5 \
        127.0.0.3,offset=-700,stratum=2 127.0.0.4,kiss=RATE
    export LOOKUPS="$A/4=0:127.0.0.1 $B/6=0:::1 $C/4=0:127.0.0.4"
    PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so"
    NAMED=("$A:$PORT" "$B:$PORT" "127.0.0.3:$PORT" "$C:$PORT" "$D:$PORT"
        "[0:0:0:0:0:0:0:1]:$PORT")
}

# shown COLUMNS LOCALE PROGRAM ARG...: what that shows on a terminal that wide, is
# in $output.
shown() {
    local command columns=$1 locale=$2
    shift 2
    type -P script >/dev/null || missing 'no script(1)'
    printf -v command '%q ' env LC_ALL="$locale" LD_PRELOAD="$PRELOAD" "$@"
    output=$(powerless env -u COLUMNS SHELL=/bin/sh TERM=xterm script -qec \
        "stty cols $columns; $command 2>/dev/null" /dev/null </dev/null | tr -d '\r')
    printf '%s columns, %s: %s\n%q\n%s\n' "$columns" "$locale" "$*" "$output" "$output"
}

piped() { # COLUMNS LOCALE PROGRAM ARG...
    output=$(powerless env COLUMNS="$1" LC_ALL="$2" LD_PRELOAD="$PRELOAD" "${@:3}" 2>/dev/null)
    printf '%s columns, %s: %s\n%s\n' "$1" "$2" "${*:3}" "$output"
}

# Numbers made alike and what is between the columns too, but no line.
plain() {
    sed -E -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|µs|ms|s|min)( |,|;|$)/N\3/g' \
        -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|µs|ms|s|min)( |,|;|$)/N\3/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC$/DATE/' \
        -e 's/([^ ])  +/\1  /g' -e 's/ +$/ (space)/'
}

# same EXPECTED: what is told, by the letters of the locale.
same() { # LOCALE EXPECTED
    [ "$1" = C ] || set -- "$1" "${2//+\/-/±}"
    diff <(echo "$2") <(plain <<<"$output")
}

# Wherever there is room, and wherever nobody looks.
wide="  server  stratum  offset  +/- bound  delay
* $A 127.0.0.1  1  N  N  N
- $B  same address as another server
x 127.0.0.3  2  N  N  N  outvoted
- $C 127.0.0.4  asks for fewer requests (kiss code RATE)
- $D  name or service not known
+ 0:0:0:0:0:0:0:1 ::1  1  N  N  N
local clock is N behind, +/- N; 2 of 3 servers that answered agree; the time is DATE"
at_80="  server  stratum  offset  +/- bound  delay
* $A
    127.0.0.1  1  N  N  N
- $B  same address as another server
x 127.0.0.3  2  N  N  N  outvoted
- $C
    127.0.0.4  asks for fewer requests (kiss code RATE)
- $D  name or service not known
+ 0:0:0:0:0:0:0:1 ::1  1  N  N  N
local clock is N behind, +/- N; 2 of 3 servers that answered agree; the
  time is DATE"

@test "formats: text at 80 and 140 columns, in either alphabet, seen or not" {
    local locale no_colour
    serve_named
    for locale in C C.UTF-8; do
        for no_colour in '' 1; do
            export NO_COLOR=$no_colour
            piped 80 "$locale" "$NTPSYNC" "${NAMED[@]}"
            same "$locale" "$wide"
            piped 140 "$locale" "$NTPSYNC" "${NAMED[@]}"
            same "$locale" "$wide"
            shown 80 "$locale" "$NTPSYNC" "${NAMED[@]}"
            coloured
            same "$locale" "$at_80"
            shown 140 "$locale" "$NTPSYNC" "${NAMED[@]}"
            coloured
            same "$locale" "$wide"
        done
    done
}

# Two marks have a colour, unless nobody wants it; then $output has none.
coloured() {
    local n=2
    [ -z "$NO_COLOR" ] || n=0
    [ "$(grep -c $'\e' <<<"$output")" -eq "$n" ]
    colourless
}
# shellcheck disable=SC2001 # no pattern of bash's says that
colourless() { output=$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output"); }

# Too wide may be what cannot be folded: the head and numbers, or a word.
fits() { # COLUMNS
    local LC_ALL=C.UTF-8 line words
    while IFS= read -r line; do
        [ "${#line}" -gt "$1" ] || continue
        read -ra words <<<"${line#[-+*x] }"
        [ "${#words[@]}" -gt 1 ] || continue
        [[ $line == '  server'*stratum* ]] ||
            [[ $line =~ ^[-+*x\ ]\ .*\ [0-9]+\ +[-+][0-9.]+\ [a-zµ]+\ +[0-9.]+\ [a-zµ]+\ +[0-9.]+\ [a-zµ]+$ ]] ||
            { echo "wider than $1: $line" && return 1; }
    done <<<"$output"
}

@test "formats: on a terminal no text is wider than it where it can be folded" {
    local columns locale conf=$BATS_TEST_TMPDIR/chrony.conf
    serve_named
    printf "server %s port $PORT\n" "$A" 127.0.0.3 "$B nts" >"$conf"
    for columns in 20 33 47 60 79 80 81 100 139; do
        for locale in C C.UTF-8; do
            shown "$columns" "$locale" "$NTPSYNC" "${NAMED[@]}"
            colourless
            fits "$columns"
            shown "$columns" "$locale" "$NTPSYNC" -t 1s --config "$conf"
            colourless
            fits "$columns"
            [[ $output != *' '$'\n'* ]]
            # Nothing is cut.
            [[ $(tr -s ' \n' ' ' <<<"$output") == *"$B"*' must be authenticated, which this version cannot do '* ]]
        done
    done
}

# What must be alike, of what programs read.
shape() {
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}([T ])[0-9:]{8}(\.[0-9]{9}Z)?/DATE/g' \
        -e 's/-?[0-9]+\.[0-9]{9}/N/g' <<<"$output"
}

@test "formats: what programs read is the same wherever it is written to" {
    local format columns locale wanted
    serve_named
    for format in json prometheus; do
        piped 80 C "$NTPSYNC" -F "$format" "${NAMED[@]}"
        wanted=$(shape)
        for columns in 20 80 140; do
            for locale in C C.UTF-8; do
                piped "$columns" "$locale" "$NTPSYNC" -F "$format" "${NAMED[@]}"
                diff <(echo "$wanted") <(shape)
                shown "$columns" "$locale" "$NTPSYNC" -F "$format" "${NAMED[@]}"
                diff <(echo "$wanted") <(shape)
            done
        done
    done
}

# Below the line for programs there is the text for people, in their letters.
@test "formats: a plugin and personas know no width and no colour either" {
    local columns locale how wanted
    serve_named
    unset NO_COLOR
    for how in "$NTPSYNC -F nagios" "$NAMES/ntpdate -q" "$NAMES/sntp -t 2"; do
        read -ra how <<<"$how"
        piped 80 C "${how[@]}" "${NAMED[@]}"
        wanted=$(by_line)
        [ -n "$wanted" ]
        for columns in 20 140; do
            for locale in C C.UTF-8; do
                piped "$columns" "$locale" "${how[@]}" "${NAMED[@]}"
                diff <(echo "$wanted") <(by_line)
                shown "$columns" "$locale" "${how[@]}" "${NAMED[@]}"
                diff <(echo "$wanted") <(by_line)
            done
        done
    done
}
by_line() {
    sed -e 's/±/+\/-/g' -e 's/µs/us/g' <<<"$output" |
        sed -E -e 's/[0-9]+\.[0-9]+ ([mu]?s|min)\>/N/g' -e 's/[0-9]+ ([mu]?s|min)\>/N/g' \
            -e 's/[0-9]+\.[0-9]+/N/g' -e 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/T/g' -e 's/[[][0-9]+]/[PID]/' -e 's/  +/  /g' -e 's/ +$//'
}

# ---- every year ----

# That this is a time of the server's, who began at $WHEN.
era() { # SECONDS
    echo "$1 of $WHEN"
    [ "${1%%.*}" -ge "$WHEN" ]
    [ "${1%%.*}" -le $((WHEN + 60)) ]
}
says_date() { # PATTERN WITH THE DATE IN BRACKETS
    local text
    text=$(tr -s ' \n' ' ' <<<"$output")
    [[ $text =~ $1 ]]
    era "$(date -u -d "${BASH_REMATCH[1]} UTC" +%s)"
}

@test "formats: every year from 1970 to 2105 is told right in every format and zone" {
    local zone
    for WHEN in 2 951782400 2085978490 2085978500 4102444800 4291747000; do
        serve "127.0.0.1,time=$WHEN"
        for zone in UTC0 XXX-13:45 America/St_Johns; do
            export TZ=$zone
            echo "--- $WHEN in $zone"
            run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
            echo "$output"
            says_date 'the time is ([-0-9]+ [0-9:]+) UTC'
            run -0 --separate-stderr ntpsync -F chart "127.0.0.1:$PORT"
            says_date 'the time is ([-0-9]+ [0-9:]+) UTC'
            run -0 --separate-stderr ntpsync -F prometheus "127.0.0.1:$PORT"
            era "$(sed -n 's/^ntpsync_last_run_timestamp_seconds //p' <<<"$output")"
            era "$(sed -n 's/^ntpsync_last_success_timestamp_seconds //p' <<<"$output")"
            signed "$(sed -n 's/^ntpsync_offset_seconds //p' <<<"$output")"
            run --separate-stderr ntpsync -F nagios "127.0.0.1:$PORT"
            [ "$status" -eq 2 ]
            signed "$(sed -nE '1s/.*\|offset=([-0-9.]+)s.*/\1/p' <<<"$output")"
            says_date 'the time is ([-0-9]+ [0-9:]+) UTC'
            ask 0 "127.0.0.1:$PORT"
            era "$(date -u -d "$(json .time)" +%s)"
            signed "$(json .offset)"
            as 0 ntpdate -q "127.0.0.1:$PORT"
            signed "$(offset_told)"
            as 0 sntp "127.0.0.1:$PORT"
            signed "$(awk 'NR == 2 { print $4 }' <<<"$output")"
        done
        stop_servers
    done
}

# An offset that leads from now to then; in 1970 it has a minus.
signed() {
    local sign
    [[ $1 =~ ^([-+]?)[0-9]+(\.[0-9]+)?$ ]]
    sign=${BASH_REMATCH[1]}
    era "$(awk -v now="$EPOCHREALTIME" -v by="$1" 'BEGIN { printf "%.6f", now + by }')"
    [ "$sign" = - ] || [ "$WHEN" -gt "$EPOCHSECONDS" ]
}

# ---- a thousand servers ----

# What JSON, Prometheus' format and the chart make of so many is in their files.
@test "formats: a thousand servers are told of in text, by a plugin and by personas" {
    local list=$BATS_TEST_TMPDIR/list words
    serve 127.0.{1..4}.{1..200},offset=1.5 127.0.5.{1..50},offset=-700
    printf '%s\n' 127.0.{1..4}.{1..200}":$PORT" 127.0.5.{1..50}":$PORT" \
        127.0.6.{1..150}":$PORT" >"$list"
    run -0 --separate-stderr ntpsync --all --file "$list"
    thousand
    [[ ${lines[-1]} == 'local clock is 1.50 s behind, '*'; 800 of 850 servers that answered agree; '* ]]
    run -0 --separate-stderr ntpsync --all -F nagios --file "$list"
    thousand
    [[ ${lines[0]} == *' agreeing=800;;;0 answering=850;;;0' ]]
    mapfile -t words <"$list"
    as 0 ntpdate -q "${words[@]}"
    [ "$(grep -c '^server 127\.0\.[1-5]\.[0-9]*, stratum 1, offset [-+]' <<<"$output")" -eq 850 ]
    [ "${#lines[@]}" -eq 851 ]
    as 0 sntp --wait -t 5 "${words[@]}"
    [ "$(grep -c ' s1 no-leap$' <<<"$output")" -eq 850 ]
    [ "$(grep -c '^127\.0\.6\.[0-9]*: connection refused$' <<<"$stderr")" -eq 150 ]
}
thousand() {
    [ -z "$stderr" ]
    [ "$(grep -c '^[*+] 127\.0\.[1-4]\.' <<<"$output")" -eq 800 ]
    [ "$(grep -c '^x 127\.0\.5\..* outvoted$' <<<"$output")" -eq 50 ]
    [ "$(grep -c '^- 127\.0\.6\..* connection refused$' <<<"$output")" -eq 150 ]
}

# ---- the log of the system ----

# to_log PRIORITY SENTENCES STATUS ARG...: with --syslog that is the one line.
to_log() {
    local priority=$1 sentences=$2
    beside_syslogd "$3" "$NTPSYNC" --syslog "${@:4}"
    lines_are "$(<"$LOGGED")" ".* daemon\.$priority ntpsync\[[0-9]+\]: $sentences"
    [[ $(<"$LOGGED") =~ ^[[:print:]]*$ ]]
    [ -z "$stderr" ]
}
SIZE='[0-9.]+ [mun]?s'

@test "formats: --syslog says it in one line: info if all went well, else a warning" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=-700 127.0.0.3,kiss=RATE \
        127.0.0.4,time=1000000000
    to_log info "local clock is $SIZE behind, \+/- $SIZE; one server answered" \
        0 "127.0.0.1:$PORT"
    [[ $output == '  server '* ]]
    moved
    to_log warn 'no server gave a usable answer' 1 "127.0.0.3:$PORT" 127.0.0.9:9
    to_log warn 'no majority: 2 servers answered, and no more than half of them agree on one time' \
        3 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    to_log warn 'only 1 server of the 2 that --min-sources wants agrees' \
        3 --min-sources 2 "127.0.0.1:$PORT"
    to_log warn "local clock is .* ahead, .*; the time is 2001-09-09 .* UTC; refused: 2001-09-09 .* is before this program was built .*, so the servers are wrong" \
        5 -S "127.0.0.4:$PORT"
    moved
}

@test "formats: --syslog tells what was done to the clock, or why it was not" {
    serve 127.0.0.1,offset=0.25
    to_log info "local clock is $SIZE behind, .*; one server answered; stepped forward $SIZE" \
        0 -S "127.0.0.1:$PORT"
    moved step 0.25
    to_log info "local clock is $SIZE behind, .*; one server answered; slewing forward $SIZE, which takes [0-9.]+ (s|min)" \
        0 -s "127.0.0.1:$PORT"
    moved slew 0.25
    to_log info "local clock is .*; one server answered; would step forward $SIZE" \
        0 -S -n "127.0.0.1:$PORT"
    moved
    FAKECLOCK_FAIL=any:0:1 to_log warn \
        "local clock is .*; one server answered; could not step the clock: Operation not permitted" \
        4 -S "127.0.0.1:$PORT"
}

# Before anybody is asked there is no verdict, but a reason.
@test "formats: --syslog has the reason of who may not set the clock" {
    on_linux || skip 'it is not asked there'
    export FAKECLOCK_FAIL=probe:0:1
    to_log warn 'could not set the clock: .*' 4 -S 127.0.0.1:9
    [[ $(<"$LOGGED") == *"$output" ]]
}

@test "formats: --syslog says the same whatever else is said, and where" {
    local out=$BATS_TEST_TMPDIR/out how
    serve 127.0.0.1,offset=0.25
    SAYS="local clock is $SIZE behind, \+/- $SIZE; one server answered"
    to_log info "$SAYS" 0 --quiet "127.0.0.1:$PORT"
    [ -z "$output" ]
    to_log info "$SAYS; stepped forward $SIZE" 0 --quiet -S "127.0.0.1:$PORT"
    [ -z "$output" ]
    moved step 0.25
    to_log info "$SAYS" 0 -O "$out" "127.0.0.1:$PORT"
    [[ -z $output && $(<"$out") == '  server '* ]]
    to_log info "$SAYS; stepped forward $SIZE" 0 -S -j -O "$out" "127.0.0.1:$PORT"
    output=$(<"$out")
    json '.action.kind == "step"'
    to_log info "$SAYS" 0 -j "127.0.0.1:$PORT"
    json '.status == "ok"'
    for how in chart prometheus nagios; do
        to_log info "$SAYS" 0 -F "$how" "127.0.0.1:$PORT"
        [ -n "$output" ]
    done
    LC_ALL=C.UTF-8 to_log info "$SAYS" 0 "127.0.0.1:$PORT"
    to_log warn 'no server gave a usable answer' 1 --quiet -j 127.0.0.1:9
    json '.status == "no-answer"'
    # One line a run, however often it tries.
    beside_syslogd 1 "$NTPSYNC" --syslog -t 100ms -w 500ms 127.0.0.1:9
    lines_are "$(<"$LOGGED")" '.* daemon\.warn ntpsync\[[0-9]+\]: no server gave a usable answer'
}

@test "formats: without a syslogd --syslog is as silent, and its status true" {
    serve 127.0.0.1,offset=0.25
    run -0 --separate-stderr ntpsync --syslog -S --quiet "127.0.0.1:$PORT"
    [ -z "$output$stderr" ]
    moved step 0.25
    run -1 --separate-stderr ntpsync --syslog 127.0.0.1:9
    [ -z "$stderr" ]
    [[ ${lines[-1]} == 'no server gave a usable answer' ]]
}
