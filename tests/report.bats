# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What is told, where, and in which words: text, JSON, files, the terminal.
load common

setup() { fake_clock; }

# Text with its numbers made alike and its columns moved together, since how
# fast the loopback was today is in both.
plain() {
    sed -E -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|µs|ms|s|min)( |,|;|$)/N\3/g' \
        -e 's/[-+]?[0-9]+(\.[0-9]+)? (us|µs|ms|s|min)( |,|;|$)/N\3/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC$/DATE/' \
        -e 's/  +/  /g' -e 's/ +$/ (space)/'
}

# text STATUS ARG...: a run that must end so, with its text in plain words, and
# nothing on stderr.
text() {
    local wanted=$1
    shift
    run --separate-stderr ntpsync "$@"
    echo "exit $status:"
    echo "$output"
    echo "$stderr"
    [ "$status" -eq "$wanted" ]
    [ -z "$stderr" ]
    PLAIN=$(plain <<<"$output")
}

ask() { # STATUS ARG...
    local wanted=$1
    shift
    run --separate-stderr ntpsync -j "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
    [ -z "$stderr" ]
}

same() { # EXPECTED ACTUAL
    diff <(echo "$1") <(echo "$2")
}

# ---- text ----

@test "report: text is a table of the servers and a sentence" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=0.25,rootdisp=0.5 \
        127.0.0.3,offset=-7 127.0.0.4,leap=3 127.0.0.6,offset=5,stratum=15
    text 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT" "127.0.0.5:$PORT" "127.0.0.6:$PORT,noselect"
    same "  server  stratum  offset  +/- bound  delay
* 127.0.0.1  1  N  N  N
+ 127.0.0.2  1  N  N  N
x 127.0.0.3  1  N  N  N  outvoted
- 127.0.0.4  not synchronised
- 127.0.0.5  connection refused
- 127.0.0.6  15  N  N  N  noselect
local clock is N behind, +/- N; 2 of 3 servers that answered agree" "$PLAIN"
    [[ ${lines[1]} == *' +2'[0-9][0-9]' ms '* ]]
    [[ ${lines[2]} == *' 5'[0-9][0-9]' ms '* ]]
    [[ ${lines[3]} =~ ' '-[67][.][0-9]{3}' s ' ]]
}

@test "report: one server alone is one server" {
    serve 127.0.0.1,offset=-0.25
    text 0 "127.0.0.1:$PORT"
    same "  server  stratum  offset  +/- bound  delay
* 127.0.0.1  1  N  N  N
local clock is N ahead, +/- N; one server answered" "$PLAIN"
}

@test "report: no answer is a table and a sentence too" {
    text 1 127.0.0.1:9
    same "  server  stratum  offset  +/- bound  delay
- 127.0.0.1  connection refused
no server gave a usable answer" "$PLAIN"
}

@test "report: no majority says how many answered" {
    serve 127.0.0.1 127.0.0.2,offset=5
    text 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    same "  server  stratum  offset  +/- bound  delay
x 127.0.0.1  1  N  N  N  no majority
x 127.0.0.2  1  N  N  N  no majority
no majority: 2 servers answered, and no more than half of them agree on one time" "$PLAIN"
}

@test "report: what was done to the clock is the last line" {
    serve 127.0.0.1,offset=0.25
    text 0 -S "127.0.0.1:$PORT"
    same "  server  stratum  offset  +/- bound  delay
* 127.0.0.1  1  N  N  N
local clock is N behind, +/- N; one server answered
stepped forward N" "$PLAIN"
    text 0 -s "127.0.0.1:$PORT"
    same 'slewing forward N, which takes N' "$(tail -n 1 <<<"$PLAIN")"
    text 0 -n -S "127.0.0.1:$PORT"
    same 'would step forward N' "$(tail -n 1 <<<"$PLAIN")"
}

# The column, from 0, at which TEXT begins in LINE.
column() { # TEXT LINE
    local before=${2%%"$1"*}
    [ "$before" != "$2" ]
    echo "${#before}"
}

# The heads stand over their columns: numbers and reasons of all rows begin, and
# strata and bounds end, in one place.  So many rows have numbers, so many not.
aligned() { # MEASURED OTHERS
    local head=${lines[0]} line start tail measured=0 others=0 reason=
    local number='[0-9.]+ [a-zµ]+'
    [ "$(column server "$head")" -eq 2 ]
    [[ $head != *' ' ]]
    for line in "${lines[@]:1}"; do
        [[ $line =~ ^([-+*x]\ [^\ ]+(\ [^\ ]+)?\ +[0-9]+)(\ +)([-+]$number)(\ +$number)(\ +)($number)(\ *)(.*)$ ]] ||
            continue
        measured=$((measured + 1))
        start=${BASH_REMATCH[1]}
        [ "${#start}" -eq $(($(column stratum "$head") + 7)) ]
        start+=${BASH_REMATCH[3]}
        [ "${#start}" -eq "$(column offset "$head")" ]
        start+=${BASH_REMATCH[4]}${BASH_REMATCH[5]}
        [ "${#start}" -eq $(($(column bound "$head") + 5)) ]
        start+=${BASH_REMATCH[6]}
        [ "${#start}" -eq "$(column delay "$head")" ]
        start+=${BASH_REMATCH[7]}${BASH_REMATCH[8]}
        tail=${BASH_REMATCH[9]}
        [ -n "$tail" ] || continue
        [ "${#start}" -eq "${reason:=${#start}}" ]
    done
    [ "$measured" -eq "$1" ]
    for line in "${lines[@]:1}"; do
        [[ $line =~ ^(-\ [^\ ]+\ {20,})[a-z] ]] || continue
        others=$((others + 1))
        [ "${#BASH_REMATCH[1]}" -eq "$reason" ]
    done
    [ "$others" -eq "$2" ]
}

@test "report: every column is under its head, in either alphabet" {
    local locale
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=0.25,rootdisp=0.5 \
        127.0.0.3,offset=-70000,stratum=15 127.0.0.4,leap=3 127.0.0.6,offset=0.25
    for locale in C C.UTF-8; do
        LC_ALL=$locale run --separate-stderr ntpsync "127.0.0.1:$PORT" \
            "127.0.0.2:$PORT" "127.0.0.3:$PORT" "127.0.0.4:$PORT" \
            "127.0.0.5:$PORT" "127.0.0.6:$PORT"
        echo "$output"
        [ "${#lines[@]}" -eq 8 ]
        LC_ALL=C.UTF-8 aligned 4 2
    done
}

@test "report: a long name makes its column wider for all" {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
    serve 127.0.0.1 ::1,offset=5 127.0.0.2,leap=3
    run --separate-stderr ntpsync "127.0.0.1:$PORT" \
        "[0000:0000:0000:0000:0000:0000:0000:0001]:$PORT" "127.0.0.2:$PORT"
    echo "$output"
    [[ ${lines[2]} == ?' 0000:0000:0000:0000:0000:0000:0000:0001 ::1 '* ]]
    aligned 2 1
}

@test "report: no line ends in space" {
    serve 127.0.0.1 127.0.0.2,leap=3
    text 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    [[ $PLAIN != *'(space)'* ]]
}

# ---- time ----

# The sentence ends with the time, which is OFFSET seconds from ours.
tells_time() { # OFFSET
    local before after told
    before=$(date +%s)
    serve "127.0.0.1,offset=$1"
    text 0 "127.0.0.1:$PORT"
    after=$(date +%s)
    [[ ${lines[2]} =~ \;\ the\ time\ is\ ([0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}:[0-9]{2})\ UTC$ ]]
    told=$(date -u -d "${BASH_REMATCH[1]} UTC" +%s)
    [ "$told" -ge $((before + ${1%.*} - 1)) ]
    [ "$told" -le $((after + ${1%.*} + 1)) ]
    stop_servers
}

@test "report: from 1 s on the sentence ends with the time" {
    tells_time 1.5
    tells_time -1.5
    tells_time 31536000
    tells_time -31536000
}

@test "report: below 1 s the sentence does without the time" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=-0.25
    text 0 "127.0.0.1:$PORT"
    [[ $output != *'the time is'* ]]
    text 0 "127.0.0.2:$PORT"
    [[ $output != *'the time is'* ]]
}

# That the JSON's time is right for a server OFFSET seconds from our clock.
json_time() { # OFFSET
    local before after told
    before=$(date +%s)
    serve "127.0.0.1,offset=$1"
    ask 0 "127.0.0.1:$PORT"
    after=$(date +%s)
    json '.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{9}Z$")'
    told=$(date -u -d "$(json .time)" +%s)
    [ "$told" -ge $((before + $1 - 1)) ]
    [ "$told" -le $((after + $1 + 1)) ]
    stop_servers
}

@test "report: time in JSON is the true time, not the local one" {
    json_time 0
    json_time 31536000
    json_time -31536000
}

@test "report: time in JSON counts a step that was made only once" {
    local before after told
    fake_clock
    serve 127.0.0.1,offset=31536000
    before=$(date +%s)
    ask 0 -S "127.0.0.1:$PORT"
    after=$(date +%s)
    told=$(date -u -d "$(json .time)" +%s)
    [ "$told" -ge $((before + 31535999)) ]
    [ "$told" -le $((after + 31536001)) ]
}

# ---- JSON ----

TOP_KEYS='["schema","program","time","status","offset","bound","jitter",
    "stratum","leap","servers_from","elapsed","action","sources"]'
ACTION_KEYS='["kind","dry_run","offset","reason"]'
SOURCE_KEYS='["server","address","port","status","reason","offset","delay",
    "bound","jitter","root_delay","root_dispersion","stratum","refid","leap",
    "precision","version","sent","received","rejected","kiss","auth",
    "tx_timestamp","rx_timestamp"]'

# One line, one object, with every key of the contract at every place.
complete_json() {
    [ "$(wc -l <<<"$output")" -eq 1 ]
    json 'type == "object" and .schema == 1'
    json "$TOP_KEYS - keys == []"
    json "$ACTION_KEYS - (.action | keys) == []"
    json ".sources | length > 0 and all($SOURCE_KEYS - keys == [])"
    json '.program | test("^ntpsync [0-9]")'
    json '(.elapsed | type == "number") and .elapsed >= 0'
    json '.status | IN("ok", "no-answer", "no-majority", "refused", "failed")'
    json '.action.kind | IN("none", "slew", "step", "refused", "failed")'
    json '.action.dry_run | type == "boolean"'
    json '(.action.offset | type == "number")
        and (.action.reason | type == "string")'
    json '.sources | all((.status | IN("best", "agrees", "outvoted", "spare",
        "noselect", "no-reply", "unreachable", "unsynchronised", "kiss",
        "invalid", "too-far", "unresolved", "unauthenticated", "not-awaited"))
        and ([.server, .address, .reason, .refid, .kiss, .auth]
            | all(type == "string"))
        and ([.port, .sent, .received, .rejected] | all(type == "number")))'
    # Seconds have nine decimals, in the text itself.
    [ "$(grep -oE "\"(offset|bound|jitter|elapsed|delay|root_delay|root_dispersion)\":[^,}]*" <<<"$output" |
        grep -cvE ':(null|-?[0-9]+\.[0-9]{9})$')" -eq 0 ]
    grep -q '"elapsed":[0-9]*\.[0-9]\{9\}[,}]' <<<"$output"
}

@test "report: JSON is one line with every key, for every kind of source" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=-5 \
        127.0.0.4,leap=3 127.0.0.5,kiss=RATE 127.0.0.6,drop=all \
        127.0.0.7,zero=all 127.0.0.8,rootdisp=9 127.0.0.10
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT" "127.0.0.5:$PORT" "127.0.0.6:$PORT" \
        "127.0.0.7:$PORT" "127.0.0.8:$PORT" "127.0.0.9:$PORT" \
        "127.0.0.10:$PORT,noselect" "127.0.0.1:$PORT"
    complete_json
    json '[.sources[].status] | (.[0:2] | sort) == ["agrees", "best"]
        and .[2:5] == ["outvoted", "unsynchronised", "kiss"]
        and (.[5] | IN("not-awaited", "no-reply"))
        and .[6:] == ["invalid", "too-far", "unreachable", "noselect", "spare"]'
    # Measured or not: then these are numbers, or unknown.
    # shellcheck disable=SC2016 # jq's variable
    json '.sources | all(.status as $s | [.offset, .delay, .bound] | all(type ==
        if $s | IN("best", "agrees", "outvoted", "too-far", "noselect")
        then "number" else "null" end))'
    json '.sources | all(.jitter == null)'
    # Nothing that was not used is without a reason.
    json '.sources | all((.status | IN("best", "agrees")) == (.reason == ""))'
    json '.sources | all((.status == "kiss") == (.kiss != ""))'
    json '.sources | all(.auth == "none")'
}

@test "report: JSON ends with its line" {
    serve 127.0.0.1
    ntpsync -j "127.0.0.1:$PORT" >"$BATS_TEST_TMPDIR/out"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
    [ "$(tail -c 2 "$BATS_TEST_TMPDIR/out" | od -An -c | tr -d ' ')" = '}\n' ]
}

@test "report: JSON of a failed run is the same object" {
    ask 1 127.0.0.1:9
    complete_json
    json '.status == "no-answer" and .offset == null and .bound == null
        and .jitter == null and .stratum == null'
    json '.sources[0] | .offset == null and .delay == null and .bound == null
        and .jitter == null and .root_delay == null and .stratum == null
        and .root_dispersion == null and .precision == null
        and .version == null and .sent == 1 and .received == 0
        and .port == 9'
}

@test "report: JSON of a run without a majority is the same object" {
    serve 127.0.0.1 127.0.0.2,offset=5
    ask 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    complete_json
    json '.status == "no-majority" and .offset == null and .bound == null
        and .stratum == null and (.sources | all(.offset != null))'
}

@test "report: JSON of a step, a refusal and a failure is the same object" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,time=1000000000
    ask 0 -S "127.0.0.1:$PORT"
    complete_json
    json '.status == "ok" and .action.offset == .offset'
    ask 5 -S "127.0.0.2:$PORT"
    complete_json
    json '.status == "refused" and .action.reason != ""'
    fake_clock any:0:1
    ask 4 -S "127.0.0.1:$PORT"
    complete_json
    json '.status == "failed" and .action.reason != ""'
}

@test "report: jitter in JSON has nine decimals where there are samples" {
    serve 127.0.0.1
    ask 0 -p 3 -i 5ms "127.0.0.1:$PORT"
    complete_json
    [ "$(grep -o '"jitter":[0-9]*\.[0-9]\{9\}[,}]' <<<"$output" | wc -l)" -eq 2 ]
}

@test "report: what a server calls itself is told" {
    serve 127.0.0.1,refid=GPS,rootdelay=0.25,rootdisp=0.125,precision=-20 \
        127.0.0.2,stratum=2,refid=c0000201
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '.sources[0] | .refid == "GPS" and .stratum == 1
        and .root_delay == 0.25 and .root_dispersion == 0.125
        and .precision == -20'
    json '.sources[1] | .refid == "192.0.2.1" and .stratum == 2'
}

# ---- alphabet and colour ----

# A server whose bound is some us, for the sake of the letter; on a machine that
# is busy it may be some ms, so again.
with_micro() { # ARG...
    for _ in {1..20}; do
        run -0 --separate-stderr ntpsync -p 3 -i 2ms "$@"
        [[ $output == *[uµ]s* ]] && return
    done
    return 1
}

@test "report: letters beyond ASCII are for a UTF-8 locale only" {
    serve 127.0.0.1
    LC_ALL=C with_micro "127.0.0.1:$PORT"
    [[ $output =~ ^[[:print:]$'\n']*$ ]]
    [[ $output == *'+/- '* && $output == *' us'* ]]
    LC_ALL=C.UTF-8 with_micro "127.0.0.1:$PORT"
    [[ $output == *$'\xc2\xb1 '* && $output == *$' \xc2\xb5s'* ]]
    [[ $output != *'+/-'* && $output != *' us'* ]]
    # Nothing else than these two letters.
    output=${output//$'\xc2\xb1'/}
    output=${output//$'\xc2\xb5'/}
    [[ $output =~ ^[[:print:]$'\n']*$ ]]
}

# The first of LC_ALL, LC_CTYPE and LANG that says something decides.
@test "report: LC_ALL, LC_CTYPE and LANG are asked in this order" {
    local plusminus=$'\xc2\xb1'
    serve 127.0.0.1
    unset LC_ALL LC_CTYPE LANG
    run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output == *'+/- '* && $output != *"$plusminus"* ]]
    LANG=C.UTF-8 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output == *"$plusminus"* ]]
    LC_CTYPE=en_US.utf8 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output == *"$plusminus"* ]]
    LC_ALL='' LANG=C.UTF-8 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output == *"$plusminus"* ]]
    LC_ALL=C LANG=C.UTF-8 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output != *"$plusminus"* ]]
    LC_CTYPE=POSIX LANG=C.UTF-8 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output != *"$plusminus"* ]]
    LC_ALL=C.UTF-8 LANG=C run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output == *"$plusminus"* ]]
    LANG=de_DE.ISO-8859-1 run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output != *"$plusminus"* ]]
}

# On a terminal of its own; what it shows is in SHOWN.
on_terminal() { # ARG...
    local command
    type -P script >/dev/null || missing 'no script(1)'
    printf -v command '%q ' env LD_PRELOAD="$PRELOAD" "$NTPSYNC" "$@"
    SHOWN=$(powerless env SHELL=/bin/sh script -qec "$command" /dev/null \
        </dev/null | tr -d '\r')
    printf '%q\n' "$SHOWN"
    [[ $SHOWN == *server*stratum*offset* || $SHOWN == '{'* ]]
}

@test "report: colour is for a terminal" {
    unset NO_COLOR
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=5
    TERM=xterm on_terminal "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    [[ $SHOWN == *$'\e['*m* ]]
    # All that is switched on is switched off again, in the same line.
    [[ $SHOWN != *$'\e['[1-9]*([0-9])m*([^$'\e'])$'\n'* ]]
    # shellcheck disable=SC2001 # no pattern of bash's says that
    [[ $(sed 's/\x1b\[[0-9;]*m//g' <<<"$SHOWN") == *$'\nx 127.0.0.3 '* ]]
}

@test "report: with NO_COLOR a terminal has none either" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=5
    NO_COLOR=1 TERM=xterm on_terminal "127.0.0.1:$PORT" "127.0.0.2:$PORT" \
        "127.0.0.3:$PORT"
    [[ $SHOWN != *$'\e'* ]]
    [[ $SHOWN == *$'\nx 127.0.0.3 '* ]]
}

@test "report: a pipe and a file have no colour" {
    unset NO_COLOR
    serve 127.0.0.1
    TERM=xterm run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    [[ $output != *$'\e'* ]]
    TERM=xterm on_terminal -O "$BATS_TEST_TMPDIR/out" "127.0.0.1:$PORT" || :
    [[ $(<"$BATS_TEST_TMPDIR/out") == '  server'*'one server answered' ]]
    [[ $(<"$BATS_TEST_TMPDIR/out") != *$'\e'* ]]
}

@test "report: on a terminal a line tells who is waited for, and goes again" {
    serve 127.0.0.1 127.0.0.2,drop=100
    on_terminal --all -t 1s "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    [[ $SHOWN == *'asking 2 servers ... 1 of 2 answered'$'\e[K'*$'\e[K  server'* ]]
    on_terminal --all -p 2 -i 700ms -S -n --force "127.0.0.1:$PORT"
    [[ $SHOWN == *'asking 1 server ... 1 of 1 answered, sample 1 of 2'$'\e[K'* ]]
    on_terminal --quiet --all -t 1s "127.0.0.1:$PORT" "127.0.0.2:$PORT" || :
    [[ $SHOWN != *asking* ]]
    text 0 --all -t 1s "127.0.0.1:$PORT" "127.0.0.2:$PORT"
}

@test "report: JSON on a terminal has no colour" {
    unset NO_COLOR
    serve 127.0.0.1
    TERM=xterm on_terminal -j "127.0.0.1:$PORT"
    [[ $SHOWN != *$'\e'* ]]
    output=$SHOWN
    json '.status == "ok"'
}

# ---- quiet, verbose ----

@test "report: --quiet is silent when all is well" {
    local format
    serve 127.0.0.1,offset=1.5
    fake_clock
    for format in text json; do
        run -0 --separate-stderr ntpsync --quiet -F "$format" "127.0.0.1:$PORT"
        [ -z "$output$stderr" ]
        run -0 --separate-stderr ntpsync --quiet -S -F "$format" "127.0.0.1:$PORT"
        [ -z "$output$stderr" ]
    done
    [ "$(clock_log | grep -c 'modes=0x211c\|^clock_settime')" -eq 2 ]
}

@test "report: --quiet suppresses nothing else" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=7 127.0.0.3,time=1000000000
    text 1 --quiet 127.0.0.1:9
    [[ ${lines[1]} == *'connection refused' ]]
    text 3 --quiet "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    [[ ${lines[3]} == 'no majority'* ]]
    text 5 --quiet -S "127.0.0.3:$PORT"
    [[ ${lines[3]} == 'refused: '* ]]
    fake_clock any:0:1
    text 4 --quiet -S "127.0.0.1:$PORT"
    [[ ${lines[3]} == 'could not step'* ]]
    ask 1 --quiet 127.0.0.1:9
    complete_json
}

@test "report: -v tells about every server on stderr, and changes no report" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,leap=3
    text 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    run -0 --separate-stderr ntpsync -v "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    echo "$stderr"
    same "$PLAIN" "$(plain <<<"$output")"
    [[ $stderr == *127.0.0.1*127.0.0.2*'not synchronised'* ]]
    [[ $stderr == *TEST* ]]
    emulated || [[ $stderr == *kernel* ]]
    run -0 --separate-stderr ntpsync --verbose -j "127.0.0.1:$PORT"
    complete_json
    [ -n "$stderr" ]
}

@test "report: -d tells about every packet on stderr, and changes no report" {
    local sent
    serve 127.0.0.1,offset=0.25
    text 0 "127.0.0.1:$PORT"
    run -0 --separate-stderr ntpsync -d -p 2 -i 1s "127.0.0.1:$PORT"
    echo "$stderr"
    same "$PLAIN" "$(plain <<<"$output")"
    # What was sent, as the server received it, and that its origin came back.
    while read -r _ _ sent; do
        [ "$(grep -c "${sent:80:16}" <<<"$stderr")" -ge 2 ]
    done < <(tail -n +2 "$REQUESTS")
    run -0 --separate-stderr ntpsync --debug -j "127.0.0.1:$PORT"
    complete_json
    [ -n "$stderr" ]
}

@test "report: a usual run says nothing on stderr" {
    serve 127.0.0.1 127.0.0.2,leap=3
    text 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
}

# ---- files ----

@test "report: -O puts the report in the file and nothing on stdout" {
    local out=$BATS_TEST_TMPDIR/dir/out
    mkdir "${out%/*}"
    serve 127.0.0.1
    run -0 --separate-stderr ntpsync -j -O "$out" "127.0.0.1:$PORT"
    [ -z "$output$stderr" ]
    output=$(<"$out")
    json '.status == "ok"'
    [ "$(ls -A "${out%/*}")" = out ]
    run -0 --separate-stderr ntpsync --output "$out" "127.0.0.1:$PORT"
    [ -z "$output$stderr" ]
    [[ $(<"$out") == '  server'*'one server answered' ]]
    [ "$(ls -A "${out%/*}")" = out ]
}

@test "report: -O replaces the file at once, it never writes into it" {
    local out=$BATS_TEST_TMPDIR/out
    echo old >"$out"
    ln "$out" "$out.link"
    serve 127.0.0.1
    run -0 --separate-stderr ntpsync -O "$out" "127.0.0.1:$PORT"
    [ "$(<"$out.link")" = old ]
    [[ $(<"$out") == '  server'* ]]
}

# As root, a device that is replaced is lost to the whole machine.
@test "report: -O takes the place of a file only, not of a device or a pipe" {
    local room=$BATS_TEST_TMPDIR/room pid
    local pipe=$room/pipe
    mkdir -m 0755 "$room" # or anybody could put there what he likes
    mkfifo "$pipe"
    serve 127.0.0.1
    cat "$pipe" >"$BATS_TEST_TMPDIR/out" 3>&- &
    pid=$!
    run --separate-stderr ntpsync -j -O "$pipe" "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ -p "$pipe" ] || { kill "$pid" && return 1; }
    # It may be written to, or refused.
    if [ "$status" -eq 0 ]; then
        wait "$pid"
        output=$(<"$BATS_TEST_TMPDIR/out")
        json '.status == "ok"'
    else
        kill "$pid"
        [ "$status" -eq 70 ] || [ "$status" -eq 2 ]
        [[ $stderr == *"$pipe"* ]]
    fi
}

@test "report: -O has the report of a failed run too" {
    local out=$BATS_TEST_TMPDIR/out
    run -1 --separate-stderr ntpsync -j -O "$out" 127.0.0.1:9
    [ -z "$output$stderr" ]
    output=$(<"$out")
    json '.status == "no-answer"'
}

@test "report: -O where there is no such folder is exit 70, and says so" {
    local out=$BATS_TEST_TMPDIR/none/out
    serve 127.0.0.1
    run -70 --separate-stderr ntpsync -O "$out" "127.0.0.1:$PORT"
    [ -z "$output" ]
    [[ $stderr == *"$out"*'No such file or directory'* ]]
    [ ! -e "${out%/*}" ]
}

@test "report: -O that fails leaves nothing behind and the old in place" {
    local dir=$BATS_TEST_TMPDIR/dir
    mkdir -p "$dir/out"
    serve 127.0.0.1
    run -70 --separate-stderr ntpsync -O "$dir/out" "127.0.0.1:$PORT"
    [ -z "$output" ]
    [[ $stderr == *"$dir/out"* ]]
    [ "$(ls -A "$dir")" = out ]
    [ -d "$dir/out" ]
}

teardown() {
    stop_servers
    [ -z "${FOREIGN-}" ] || { chmod 755 "$FOREIGN" && rm -r "$FOREIGN"; }
}

@test "report: -O in a folder that is not ours is exit 70, the old stays" {
    local dir as=()
    # Beside the tests' own folder, which others may not enter.
    FOREIGN=$(mktemp -d)
    dir=$FOREIGN
    echo old >"$dir/out"
    chmod 666 "$dir/out"
    chmod 555 "$dir"
    if [ "$(id -u)" -eq 0 ]; then
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
        "${as[@]}" test -x "$NTPSYNC" && "${as[@]}" test -r "$dir/out" ||
            missing 'other users cannot run this build'
    fi
    serve 127.0.0.1
    run --separate-stderr "${as[@]}" env LD_PRELOAD="$PRELOAD" "$NTPSYNC" \
        -O "$dir/out" "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 70 ]
    [ -z "$output" ]
    [[ $stderr == *"$dir/out"*'Permission denied'* ]]
    [ "$(<"$dir/out")" = old ]
    [ "$(ls -A "$dir")" = out ]
}

# A full disk, as far as the C library can tell.
to_full() { ntpsync "$@" >/dev/full; }

@test "report: a stdout that is full is exit 70, and says so" {
    serve 127.0.0.1
    run -70 --separate-stderr to_full "127.0.0.1:$PORT"
    [[ $stderr == *'standard output'*'No space left on device'* ]]
    run -70 --separate-stderr to_full -j "127.0.0.1:$PORT"
    [[ $stderr == *'standard output'* ]]
    run -70 --separate-stderr to_full --help
    run -70 --separate-stderr to_full --version
}

@test "report: a full stdout does no harm to who has nothing to say" {
    serve 127.0.0.1
    run -0 --separate-stderr to_full --quiet "127.0.0.1:$PORT"
    [ -z "$stderr" ]
    run -0 --separate-stderr to_full -O "$BATS_TEST_TMPDIR/out" "127.0.0.1:$PORT"
    [ -z "$stderr" ]
}

# Whoever closes these gets the next file that is opened in their place: a
# socket.
without_stdout() { ntpsync "$@" >&-; }
without_stderr() { ntpsync "$@" 2>&-; }

# That all the servers received were requests.
only_requests() {
    head -n 9 "$REQUESTS" | cut -c -160
    [ "$(requests)" -ge 1 ]
    [ "$(grep -cvE '^[0-9.]+ [0-9]+ 230{78}[0-9a-f]{16}$' "$REQUESTS")" -eq 0 ]
}

@test "report: a stdout that is closed is exit 70, and nothing goes astray" {
    serve 127.0.0.1
    run -70 --separate-stderr without_stdout -j "127.0.0.1:$PORT"
    [[ $stderr == *'standard output'* ]]
    only_requests
}

@test "report: with stderr closed what -d says goes to no server" {
    serve 127.0.0.1,drop=1
    run -0 without_stderr -d -v -i 50ms "127.0.0.1:$PORT"
    [[ $output == '  server'* ]]
    # One more, behind whatever came before it.
    run -0 --separate-stderr ntpsync "127.0.0.1:$PORT"
    only_requests
}
