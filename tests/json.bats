# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# The report in JSON and its schema.  All other files' reports are held against
# it too, at the end of the run: tests/setup_suite.bash.
load common

SCHEMA=$TOP/contrib/ntpsync.schema.json

# keeps_to_schema FILE: lines of a name, a tab and a report; SAID is what is
# wrong with them.
keeps_to_schema() {
    [ -n "${VALIDATOR-}" ] || missing 'no python3-jsonschema' || return
    local result=0
    SAID=$("$VALIDATOR" "$TOP/tests/schema.py" "$SCHEMA" "$1") || result=$?
    echo "$SAID"
    return "$result"
}

# Every kind of server: 127.0.0.1 and 2 agree, 3 does not, and so on.
serve_all() {
    serve 127.0.0.1 127.0.0.2,rootdisp=0.01 127.0.0.3,offset=-5 127.0.0.4,leap=3 \
        127.0.0.5,kiss=RATE 127.0.0.6,drop=all 127.0.0.7,zero=all \
        127.0.0.8,rootdisp=9 127.0.0.10 127.0.0.11
}

# ---- what is told ----

# In a configuration there is all that a server can be: also one that wants to be
# authenticated.
@test "json: every status of the schema is told, with its reason in words" {
    local conf=$BATS_TEST_TMPDIR/chrony.conf
    serve_all
    printf "server %s port $PORT\n" 127.0.0.{1..9} '127.0.0.10 noselect' \
        '127.0.0.11 nts' ::ffff:127.0.0.1 none.test >"$conf"
    export LOOKUPS='none.test/4=0 none.test/6=0'
    PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so" \
        ask 0 --all -t 3s --config "$conf"
    json '[.sources[] | .status + ": " + .reason] | .[2:] == [
        "outvoted: outvoted", "unsynchronised: not synchronised",
        "kiss: asks for fewer requests (kiss code RATE)", "no-reply: no reply",
        "invalid: reply lacks a timestamp", "too-far: bound is over 1.5 s",
        "unreachable: connection refused", "noselect: noselect",
        "unauthenticated: must be authenticated, which this version cannot do",
        "spare: same address as another server",
        "unresolved: name or service not known"]'
    json '[.sources[:2][] | .status, .reason] | sort == ["", "", "agrees", "best"]'
    json ".servers_from == \"$conf\""
    json '.sources[].status' >"$BATS_TEST_TMPDIR/seen"
    stop_servers
    serve 127.0.0.{1,2,3} 127.0.0.4,delay=3000
    ask 0 "127.0.0.4:$PORT" 127.0.0.{1,2,3}:"$PORT"
    json '.sources[0] | .status == "not-awaited" and .reason == "not waited for"'
    json '.sources[].status' >>"$BATS_TEST_TMPDIR/seen"
    diff <(sort -u "$BATS_TEST_TMPDIR/seen") \
        <(jq -r '."$defs".source.properties.status.enum[]' "$SCHEMA" | sort)
}

@test "json: the action's offset is what the clock was told, not what was measured" {
    fake_clock
    serve 127.0.0.1,offset=0.25
    ask 0 -n -s "127.0.0.1:$PORT"
    json '.action | .kind == "slew" and .offset > 0.2 and .takes > 400
        and .took == null and .pending == null and .synchronised == null'
    ask 0 -S "127.0.0.1:$PORT"
    json '.action | .kind == "step" and .offset > 0.2 and .takes == null
        and .took == null and .pending == 0'
    ask 5 -S --limit 1ms "127.0.0.1:$PORT"
    json '.offset > 0.2 and (.action | .kind == "refused" and .offset == 0
        and .takes == null and .pending == null and .synchronised == null)'
    fake_clock any:0:1
    ask 4 -S "127.0.0.1:$PORT"
    json '.offset > 0.2 and (.action | .kind == "failed" and .offset == 0
        and .pending == null)'
}

# Written out: what parses a date might forgive what was printed wrongly.
@test "json: time is told in the same letters from 1970 to 2105" {
    local when
    for when in '0 1970-01-01T00:0' '951782400 2000-02-29T00:0' \
        '2085978496 2036-02-07T06:' '3981312000 2096-02-29T00:0' \
        '4107542400 2100-03-01T00:0' '4291743600 2105-12-31T23:'; do
        serve "127.0.0.1,time=$((${when%% *} + 2))"
        ask 0 "127.0.0.1:$PORT"
        [[ $(json .time) == "${when##* }"* ]]
        stop_servers
    done
}

@test "json: a report of 1,000 sources keeps to the schema" {
    local i words=()
    for i in {0..999}; do words+=("127.1.$((i / 250)).$((i % 250 + 1)):9"); done
    ask 1 "${words[@]}"
    json '(.sources | length) == 1000 and all(.sources[]; .sent >= 1)'
    printf 'many\t%s\n' "$output" >"$BATS_TEST_TMPDIR/report"
    keeps_to_schema "$BATS_TEST_TMPDIR/report"
}

@test "json: the README's example keeps to the schema" {
    output=$(sed -n '/^    {"schema"/,/^$/p' "$TOP/README.md" | sed 's/^ *//' | tr -d '\n')
    json '.status == "ok" and .sources[0].status == "best"'
    printf 'README\t%s\n' "$output" >"$BATS_TEST_TMPDIR/report"
    keeps_to_schema "$BATS_TEST_TMPDIR/report"
}

# ---- the schema itself ----

@test "json: the schema and the man page have the same keys" {
    # shellcheck disable=SC2016 # jq's variables
    diff <(jq -r '., ."$defs"[] | .properties // {} | keys[]' "$SCHEMA" | sort -u) \
        <(sed -n '/^\.Ss The JSON report/,/^\.Pp/p' "$TOP/ntpsync.1" |
            sed -n -e 's/^\.It Va//p' -e 's/^\.Va//p' | grep -o '[a-z_]*' | sort -u)
}

@test "json: the schema's words for statuses and actions are the contract's" {
    jq -e '.properties.status.enum == ["ok", "no-answer", "no-majority", "refused",
        "failed"] and ."$defs".action.properties.kind.enum
            == ["none", "slew", "step", "refused", "failed"]
        and ."$defs".source.properties.auth.enum == ["none", "key", "nts"]' "$SCHEMA"
}

@test "json: readers who use the schema accept keys that later versions add" {
    [ "$(jq '[.. | objects | has("additionalProperties", "unevaluatedProperties")]
        | any' "$SCHEMA")" = false ]
}

# spoil STEM: each line of standard input is a place and what a sed script does
# to the report there; both go to $BATS_TEST_TMPDIR/STEM.
spoil() {
    local place script spoilt
    while read -r place script; do
        spoilt=$(sed -E "$script" <<<"$output")
        [ "$spoilt" != "$output" ] || { echo "changes nothing: $script" && return 1; }
        printf '%s\t%s\n' "$place $script" "$spoilt" >>"$BATS_TEST_TMPDIR/$1"
        printf '%s\n' "$place" >>"$BATS_TEST_TMPDIR/$1.places"
    done
}

# found STEM: that all of them are found, each in its place.
found() {
    ! keeps_to_schema "$BATS_TEST_TMPDIR/$1" || return 1
    [ "$(wc -l <"$BATS_TEST_TMPDIR/$1")" -ge 3 ]
    diff "$BATS_TEST_TMPDIR/$1.places" \
        <(awk '/^[^ ]/ && !/ reports, / { place = $1; found = 0; next }
            !found && !/^  in / && index($0, place) { print place; found = 1 }' <<<"$SAID")
}

@test "json: whatever is wrong with a report is found" {
    [ -n "${VALIDATOR-}" ] || missing 'no python3-jsonschema'
    serve 127.0.0.1 127.0.0.2,offset=9 127.0.0.3
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" 127.0.0.4:9 "127.0.0.3:$PORT"
    printf 'good\t%s\n' "$output" >"$BATS_TEST_TMPDIR/good"
    keeps_to_schema "$BATS_TEST_TMPDIR/good"
    spoil bad <<'END'
$ s/"program":"[^"]*",//
$ s/"schema":1,//
$.schema s/"schema":1/"schema":2/
$.program s/ntpsync /sntp /
$.time s/T([0-9])/ \1/
$.time s/"time":"[^"]*"/"time":null/
$.status s/"ok"/"fine"/
$.offset s/"ok"/"no-answer"/
$.bound s/"bound":[^,]*/"bound":-0.000000001/
$.stratum s/"stratum":1/"stratum":0/
$.leap s/"leap":"none"/"leap":"unsynchronised"/
$.servers_from s/"arguments"/null/
$.elapsed s/"elapsed":[^,]*/"elapsed":null/
$.action s/"reason":"",//
$.action.kind s/"kind":"none"/"kind":"refused"/
$.action.dry_run s/"dry_run":false/"dry_run":0/
$.action.offset s/("dry_run":false,"offset":)0/\11/
$.action.takes s/"takes":null/"takes":1.000000000/
$.action.synchronised s/"synchronised":null/"synchronised":"yes"/
$.sources s/"sources":.*/"sources":{}}/
$.elapsed s/"sources":.*/"sources":[]}/
$.sources s/"best"/"agrees"/
$.sources[0] s/"kiss":"",//
$.sources[0].server s/"server":"127.0.0.1"/"server":""/
$.sources[0].address s/"address":"127.0.0.1"/"address":""/
$.sources[0].port s/"port":[0-9]*/"port":0/
$.sources[0].port s/"port":[0-9]*/"port":65536/
$.sources[0].delay s/"delay":[^,]*/"delay":0.000000000/
$.sources[0].root_delay s/"root_delay":[^,]*/"root_delay":null/
$.sources[0].refid s/"TEST"/""/
$.sources[0].precision s/"precision":-23/"precision":1/
$.sources[0].version s/"version":4/"version":"4"/
$.sources[0].sent s/"sent":1/"sent":-1/
$.sources[0].kiss s/"kiss":""/"kiss":"rate"/
$.sources[0].auth s/"auth":"none"/"auth":null/
$.sources[0].tx_timestamp s/"tx_timestamp":"[a-z]*"/"tx_timestamp":null/
$.sources[0].reason s/("port":[0-9]*,"status":"[a-z]*","reason":")/\1why/
$.sources[1].reason s/"reason":"outvoted"/"reason":""/
$.sources[1].bound s/(outvoted","offset":[^,]*,"delay":[^,]*,"bound":)[^,]*/\11.500000001/
$.sources[2].offset s/("connection refused","offset":)null/\11/
$.sources[2].stratum s/("root_dispersion":null,"stratum":)null/\10/
$.sources[2].received s/"received":0/"received":1.000000000/
END
    found bad
}

@test "json: what a schema cannot say of a report is found too" {
    [ -n "${VALIDATOR-}" ] || missing 'no python3-jsonschema'
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT"
    spoil bad <<'END'
$.new s/"schema":1/"schema":1,"new":0/
$.action.new s/"reason":""/"reason":"","new":""/
$.sources[0].new s/"kiss":""/"kiss":"","new":null/
$.elapsed s/"elapsed":[^,]*/"elapsed":0/
decimals s/("elapsed":[0-9.]*)[0-9]/\1/
decimals s/("elapsed":[0-9.]*)/\10/
delimiter s/("elapsed":)/\10/
twice s/"kiss":""/"kiss":"","kiss":""/
NaN s/"offset":[^,]*/"offset":NaN/
control s/TEST/TE\t/
utf-8 s/TEST/\xff/
column s/}$//
data s/$/{}/
END
    found bad
}
