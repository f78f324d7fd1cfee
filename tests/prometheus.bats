# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# --format prometheus, judged by Prometheus' own programs: promtool, and the
# node_exporter whose textfile collector reads it.
load common
load peers

CONTRIB=$TOP/contrib/prometheus
LAST=ntpsync_last_success_timestamp_seconds

setup() {
    DIR=$BATS_TEST_TMPDIR/textfile
    OUT=$DIR/ntpsync.prom
    mkdir "$DIR"
}

teardown() { stop_servers && peer_stop_all; }

promtool() {
    env "$(peer_env prometheus)" "$TOP/build/peers/prometheus/usr/bin/promtool" "$@"
}

# write STATUS ARG...: a run that must end so, its report in $OUT.
write() {
    local wanted=$1
    shift
    run --separate-stderr ntpsync -F prometheus -O "$OUT" "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
    [ -z "$output$stderr" ]
}

# Every metric stands together below its HELP and TYPE, no sample comes twice,
# every value is a number as we print them.
sound() { # FILE
    run ! grep -vE '^# |^ntpsync_[a-z_0-9]+(\{.*\})? -?[0-9]+(\.[0-9]{9})?$' "$1" || return
    awk '
        function bad(what) { print FILENAME ":" FNR ": " what ": " $0; failed = 1 }
        /^# HELP / {
            if ($3 in seen || NF < 4) bad("HELP")
            seen[name = $3] = 1
            typed = samples = 0
            next
        }
        /^# TYPE / {
            if ($3 != name || $4 != "gauge" || typed++) bad("TYPE")
            next
        }
        {
            metric = $0
            sub(/[{ ].*/, "", metric)
            if (metric != name || !typed) bad("away from its metric")
            labels = $0
            sub(/ [^ ]*$/, "", labels)
            if (labels in known) bad("twice")
            known[labels] = 1
        }
        END { exit failed || !FNR }' "$1"
}

# clean FILE...: so say we and promtool.
clean() {
    local file
    for file; do
        sound "$file"
        run promtool check metrics <"$file"
        echo "promtool: $output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
}

# value SAMPLE: of a metric, with its labels.
value() {
    SAMPLE=$1 awk '{ v = $NF; sub(/ [^ ]*$/, "") } $0 == ENVIRON["SAMPLE"] { print v }' \
        "$OUT" | grep .
}

is() { # SAMPLE VALUE
    [ "$(value "$1")" = "$2" ] || { grep -vn '^#' "$OUT" && return 1; }
}

lacks() { # METRIC...
    local name
    for name; do
        run ! grep -E "^(# (HELP|TYPE) )?${name}[ {]" "$OUT"
    done
}

# What a report says, without the help, and with its numbers made alike.
shape() {
    sed -E -e '/^#/d' -e 's/^ntpsync_//' -e "s/\"$PORT\"/\"PORT\"/" \
        -e 's/version="[^"]+"/version="V"/' -e 's/ -?[0-9]+\.[0-9]{9}$/ N/' "$OUT"
}

same() { # EXPECTED ACTUAL
    diff <(echo "$1") <(echo "$2")
}

# ---- what is said ----

@test "prometheus: the report of a run that obtained the time" {
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=0.25,rootdisp=0.5,stratum=2 \
        127.0.0.3,offset=-7 127.0.0.4,leap=3
    write 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT" "127.0.0.5:$PORT"
    sound "$OUT"
    same 'build_info{version="V"} 1
up 1
exit_status 0
last_run_timestamp_seconds N
last_success_timestamp_seconds N
duration_seconds N
offset_seconds N
bound_seconds N
jitter_seconds N
stratum 1
leap 0
servers 5
servers_answered 3
servers_agreeing 2
servers_needed 1
action{kind="none"} 1
action{kind="slew"} 0
action{kind="step"} 0
action{kind="refused"} 0
action{kind="failed"} 0
dry_run 0
correction_seconds N
source_up{server="127.0.0.1",address="127.0.0.1",port="PORT"} 1
source_up{server="127.0.0.2",address="127.0.0.2",port="PORT"} 1
source_up{server="127.0.0.3",address="127.0.0.3",port="PORT"} 1
source_up{server="127.0.0.4",address="127.0.0.4",port="PORT"} 0
source_up{server="127.0.0.5",address="127.0.0.5",port="PORT"} 0
source_status{server="127.0.0.1",address="127.0.0.1",port="PORT",status="best"} 1
source_status{server="127.0.0.2",address="127.0.0.2",port="PORT",status="agrees"} 1
source_status{server="127.0.0.3",address="127.0.0.3",port="PORT",status="outvoted"} 1
source_status{server="127.0.0.4",address="127.0.0.4",port="PORT",status="unsynchronised"} 1
source_status{server="127.0.0.5",address="127.0.0.5",port="PORT",status="unreachable"} 1
source_offset_seconds{server="127.0.0.1",address="127.0.0.1",port="PORT"} N
source_offset_seconds{server="127.0.0.2",address="127.0.0.2",port="PORT"} N
source_offset_seconds{server="127.0.0.3",address="127.0.0.3",port="PORT"} N
source_bound_seconds{server="127.0.0.1",address="127.0.0.1",port="PORT"} N
source_bound_seconds{server="127.0.0.2",address="127.0.0.2",port="PORT"} N
source_bound_seconds{server="127.0.0.3",address="127.0.0.3",port="PORT"} N
source_delay_seconds{server="127.0.0.1",address="127.0.0.1",port="PORT"} N
source_delay_seconds{server="127.0.0.2",address="127.0.0.2",port="PORT"} N
source_delay_seconds{server="127.0.0.3",address="127.0.0.3",port="PORT"} N
source_stratum{server="127.0.0.1",address="127.0.0.1",port="PORT"} 1
source_stratum{server="127.0.0.2",address="127.0.0.2",port="PORT"} 2
source_stratum{server="127.0.0.3",address="127.0.0.3",port="PORT"} 1' "$(shape)"
    # As measured: no less than the servers are wrong, but for the bounds.
    awk -v offset="$(value ntpsync_offset_seconds)" -v bound="$(value ntpsync_bound_seconds)" \
        'BEGIN { exit !(bound > 0 && offset > 0.25 - bound && offset < 0.25 + bound) }'
    [[ $(value "ntpsync_source_offset_seconds{server=\"127.0.0.3\",address=\"127.0.0.3\",port=\"$PORT\"}") == -[67].* ]]
}

@test "prometheus: the report of a run without an answer" {
    PORT=9
    write 1 127.0.0.1:9
    sound "$OUT"
    same 'build_info{version="V"} 1
up 0
exit_status 1
last_run_timestamp_seconds N
duration_seconds N
servers 1
servers_answered 0
servers_agreeing 0
servers_needed 1
action{kind="none"} 1
action{kind="slew"} 0
action{kind="step"} 0
action{kind="refused"} 0
action{kind="failed"} 0
dry_run 0
correction_seconds N
source_up{server="127.0.0.1",address="127.0.0.1",port="PORT"} 0
source_status{server="127.0.0.1",address="127.0.0.1",port="PORT",status="unreachable"} 1' "$(shape)"
}

@test "prometheus: the report of a run without a majority" {
    serve 127.0.0.1 127.0.0.2,offset=5
    write 3 --min-sources 2 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    sound "$OUT"
    same 'build_info{version="V"} 1
up 0
exit_status 3
last_run_timestamp_seconds N
duration_seconds N
servers 2
servers_answered 2
servers_agreeing 1
servers_needed 2
action{kind="none"} 1
action{kind="slew"} 0
action{kind="step"} 0
action{kind="refused"} 0
action{kind="failed"} 0
dry_run 0
correction_seconds N
source_up{server="127.0.0.1",address="127.0.0.1",port="PORT"} 1
source_up{server="127.0.0.2",address="127.0.0.2",port="PORT"} 1
source_status{server="127.0.0.1",address="127.0.0.1",port="PORT",status="outvoted"} 1
source_status{server="127.0.0.2",address="127.0.0.2",port="PORT",status="outvoted"} 1' \
        "$(shape | grep -v '^source_.*N$\|^source_stratum')"
    [ "$(grep -c '^ntpsync_source_offset_seconds{' "$OUT")" -eq 2 ]
}

@test "prometheus: leap seconds, strata and jitter" {
    serve 127.0.0.1,offset=0.25,leap=1,stratum=3
    write 0 -p 3 -i 5ms "127.0.0.1:$PORT"
    is ntpsync_leap 1
    is ntpsync_stratum 3
    [[ $(value ntpsync_jitter_seconds) =~ ^[0-9]+\.[0-9]{9}$ ]]
    # One source is all there is.
    for figure in offset jitter bound; do
        is "ntpsync_source_${figure}_seconds{server=\"127.0.0.1\",address=\"127.0.0.1\",port=\"$PORT\"}" \
            "$(value "ntpsync_${figure}_seconds")"
    done
}

@test "prometheus: what was done to the clock, and the exit status that goes with it" {
    fake_clock
    serve 127.0.0.1,offset=1.5 127.0.0.2,time=1000000000
    write 0 -S "127.0.0.1:$PORT"
    is 'ntpsync_action{kind="step"}' 1
    is 'ntpsync_action{kind="none"}' 0
    [[ $(value ntpsync_correction_seconds) == 1.[45]* ]]
    write 0 -s "127.0.0.1:$PORT"
    is 'ntpsync_action{kind="slew"}' 1
    [[ $(value ntpsync_correction_seconds) == 1.[45]* ]]
    is ntpsync_dry_run 0

    write 0 -n -S "127.0.0.1:$PORT"
    is 'ntpsync_action{kind="step"}' 1
    [[ $(value ntpsync_correction_seconds) == 1.[45]* ]]
    is ntpsync_dry_run 1

    write 5 -S "127.0.0.2:$PORT"
    is ntpsync_up 1
    is ntpsync_exit_status 5
    is 'ntpsync_action{kind="refused"}' 1
    is ntpsync_correction_seconds 0.000000000

    fake_clock any:0:1
    write 4 -S "127.0.0.1:$PORT"
    is ntpsync_up 1
    is ntpsync_exit_status 4
    is 'ntpsync_action{kind="failed"}' 1
}

@test "prometheus: who may not set the clock says so before anybody is asked" {
    on_linux || skip 'this build cannot know before'
    fake_clock probe:0:1
    write 4 -S 127.0.0.1:9
    sound "$OUT"
    is ntpsync_up 0
    is ntpsync_exit_status 4
    lacks 'ntpsync_source_[a-z_]*' ntpsync_offset_seconds
}

# ---- what promtool says ----

@test "prometheus: promtool finds nothing wrong, however the run ends" {
    peer_need prometheus
    local all=() n=0
    fake_clock
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=1.5 \
        127.0.0.4,offset=-7 127.0.0.5,time=1000000000 127.0.0.6,leap=3 127.0.0.7,kiss=RATE
    local four=("127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" "127.0.0.4:$PORT")
    local bad=("127.0.0.6:$PORT" "127.0.0.7:$PORT" 127.0.0.8:9)
    while read -r line; do
        OUT=$DIR/$((++n)).prom
        eval "write $line"
        all+=("$OUT")
    done <<'END'
0 "${four[0]}"
0 "${four[@]}" "${bad[@]}"
0 -p 2 -i 5ms "${four[@]}"
1 "${bad[@]}"
3 "${four[0]}" "${four[3]}"
3 --min-sources 4 "${four[@]}"
0 -S "${four[0]}"
0 -s "${four[0]}"
0 -n --set "${four[@]}"
5 -S --limit 1s "${four[0]}"
5 -S "127.0.0.5:$PORT"
END
    [ "${#all[@]}" -eq 11 ]
    fake_clock any:0:1
    OUT=$DIR/failed.prom write 4 -S "${four[0]}"
    all+=("$DIR/failed.prom")
    if on_linux; then # which says so before anybody is asked
        fake_clock probe:0:1
        OUT=$DIR/forbidden.prom write 4 -S "${four[0]}"
        all+=("$DIR/forbidden.prom")
    fi
    clean "${all[@]}"
}

@test "prometheus: these checks find what they are for" {
    peer_need prometheus
    local bad n=0
    for bad in '# HELP ntpsync_up x\n# TYPE ntpsync_up gauge\nntpsync_up 1\nntpsync_up 1\n' \
        '# HELP ntpsync_up x\n# TYPE ntpsync_up gauge\nntpsync_up 1' \
        'ntpsync_up 1\n' \
        '# HELP ntpsync_up x\n# TYPE ntpsync_up gauge\nntpsync_up{a="\xff"} 1\nntpsync_down 1\n' \
        '# HELP ntpsync_up x\n# TYPE ntpsync_up gauge\nntpsync_up NaN\n' ''; do
        # shellcheck disable=SC2059 # a form
        printf "$bad" >"$OUT"
        n=$((n + 1))
        if sound "$OUT" && promtool check metrics <"$OUT"; then
            echo "number $n is found good"
            return 1
        fi
    done
}

@test "prometheus: a thousand servers" {
    peer_need prometheus
    peer_need prometheus-node-exporter
    serve 127.0.{1..4}.{1..250},offset=0.25
    printf '127.0.%s\n' {1..4}.{1..250} | sed "s/\$/:$PORT/" >"$DIR/list"
    write 0 --all --file "$DIR/list"
    clean "$OUT"
    is ntpsync_servers 1000
    [ "$(grep -c '^ntpsync_source_offset_seconds{' "$OUT")" -eq 1000 ]
    exporter
    scrape
    [ "$(grep -c '^ntpsync_source_offset_seconds{' "$SCRAPED")" -eq 1000 ]
}

# ---- labels ----

# named STATUS LOOKUPS ARG...: where names are as LOOKUPS says.
named() {
    export LOOKUPS=$2
    PRELOAD="$PRELOAD $TOP/build/tests/lookups.so" write "$1" "${@:3}"
}

@test "prometheus: no labels come twice, whatever is named" {
    peer_need prometheus
    serve 127.0.0.1 127.0.0.2
    named 0 'a.test/4=0:127.0.0.1,b.test/4=0:127.0.0.1+127.0.0.2' \
        "a.test:$PORT" "a.test:$PORT" "A.test:$PORT" "b.test:$PORT" a.test:9 \
        "127.0.0.1:$PORT" "127.0.0.1:$PORT" "127.0.0.1:$PORT,noselect" \
        nosuch.test nosuch.test nosuch.test:124 nosuch.test,pool nosuch.test.
    clean "$OUT"
    # Who has no address is told of once for each name and port.
    is 'ntpsync_source_status{server="nosuch.test",address="",port="123",status="unresolved"}' 1
    is 'ntpsync_source_status{server="nosuch.test",address="",port="124",status="unresolved"}' 1
    [ "$(grep -c '^ntpsync_source_status{server="nosuch.test",' "$OUT")" -eq 2 ]
    # Who is asked already on behalf of another is not down.
    is "ntpsync_source_status{server=\"127.0.0.1\",address=\"\",port=\"$PORT\",status=\"spare\"}" 1
    lacks "ntpsync_source_up\\{server=\"127.0.0.1\",address=\"\",port=\"$PORT\"\\}"
}

@test "prometheus: who was not waited for is not down" {
    serve 127.0.0.{1,2,3} 127.0.0.4,drop=all
    write 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" "127.0.0.4:$PORT"
    is "ntpsync_source_status{server=\"127.0.0.4\",address=\"127.0.0.4\",port=\"$PORT\",status=\"not-awaited\"}" 1
    [ "$(grep -c '^ntpsync_source_up{.* 1$' "$OUT")" -eq 3 ]
    [ "$(grep -c '^ntpsync_source_up{.* 0$' "$OUT")" -eq 0 ]
    write 0 --all -t 300ms "127.0.0.1:$PORT" "127.0.0.4:$PORT"
    is "ntpsync_source_up{server=\"127.0.0.4\",address=\"127.0.0.4\",port=\"$PORT\"}" 0
}

# ---- node_exporter ----

# Starts it, on a port of its own choice: EXPORTER.
exporter() {
    local log=$BATS_TEST_TMPDIR/exporter.log
    peer_spawn "$log" env "$(peer_env prometheus-node-exporter)" \
        "$TOP/build/peers/prometheus-node-exporter/usr/bin/prometheus-node-exporter" \
        --collector.disable-defaults --web.disable-exporter-metrics \
        --collector.textfile --collector.textfile.directory="$DIR" \
        --web.listen-address=127.0.0.1:0
    eventually grep -q 'Listening on' "$log"
    EXPORTER=$(sed -n 's/.*"Listening on" address=127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log")
    [ -n "$EXPORTER" ]
}

# What it gives to Prometheus, in the file SCRAPED.
scrape() {
    SCRAPED=$BATS_TEST_TMPDIR/scraped
    exec 9<>"/dev/tcp/127.0.0.1/$EXPORTER"
    printf 'GET /metrics HTTP/1.0\r\n\r\n' >&9
    cat <&9 >"$SCRAPED"
    exec 9>&-
    grep -v '^#' "$SCRAPED" | head -n 60
    grep -qx 'node_textfile_scrape_error 0' "$SCRAPED"
}

# It sorts labels by their names.
exported() { # METRIC{LABELS}
    grep -F "$1" "$SCRAPED" | grep -q .
}

@test "prometheus: node_exporter hands on all that was written" {
    peer_need prometheus-node-exporter
    serve 127.0.0.1,offset=0.25 127.0.0.2,offset=-7 127.0.0.3,offset=0.25
    write 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" 127.0.0.4:9
    exporter
    scrape
    exported "node_textfile_mtime_seconds{file=\"$OUT\"}"
    exported "ntpsync_source_offset_seconds{address=\"127.0.0.1\",port=\"$PORT\",server=\"127.0.0.1\"}"
    exported 'ntpsync_source_up{address="127.0.0.4",port="9",server="127.0.0.4"} 0'
    [ "$(grep -c '^ntpsync_' "$SCRAPED")" -eq "$(grep -c '^ntpsync_' "$OUT")" ]
    # And what comes after it.
    write 1 127.0.0.4:9
    scrape
    exported 'ntpsync_up 0'
    exported "$LAST $(value $LAST | awk '{ printf "%.9e", $0 }' | cut -c1-9)"
    [ "$(grep -c '^ntpsync_' "$SCRAPED")" -eq "$(grep -c '^ntpsync_' "$OUT")" ]
}

# netted COMMAND...: where the interfaces are ours.
netted() {
    local user=
    [ "$(id -u)" -eq 0 ] || user=-r
    unshare $user -n "$@"
}

# Interfaces may have any name of 15 bytes that has no space, / or :.  What the
# label must be is behind each.
LOST=$'\xef\xbf\xbd' # U+FFFD, which stands for what is no letter
INTERFACES=('"\x' '\"\\x' $'\e[31mX\a' "${LOST}[31mX$LOST" $'a\x7fb' "a${LOST}b"
    $'\xc2\x9b31m' "${LOST}31m" $'\x9b\xff\xed\xa1\x81' "$LOST$LOST$LOST$LOST$LOST"
    $'\xc2\xb5s' $'\xc2\xb5s' "{}='#" "{}='#")

# shellcheck disable=SC2016 # for the inner shell
@test "prometheus: an interface may be called what it likes" {
    peer_need prometheus-node-exporter
    local at label
    netted true || missing 'no namespaces: unshare -n'
    for ((at = 0; at < ${#INTERFACES[@]}; at += 2)); do
        run netted "${WALL[@]}" sh -ec '
            ip link set lo up
            ip link add "$1" type veth peer name other
            ip link set "$1" up
            ip link set other up
            LD_PRELOAD=$2 "$3" -t 50ms -F prometheus "fe80::1%$1" "[fe80::1%$1]:124" \
                "fe80::2%$1" "fe80::1%other" >"$4"' \
            sh "${INTERFACES[at]}" "$PRELOAD" "$NTPSYNC" "$OUT"
        echo "exit $status: $output"
        [ "$status" -eq 1 ]
        sound "$OUT"
        label=fe80::1%${INTERFACES[at + 1]}
        printf '%s\n' "$label"
        is "ntpsync_source_up{server=\"$label\",address=\"$label\",port=\"123\"}" 0
        run ! env LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$OUT"
        # Another file, for which all of it is another server's.
        sed "s/ntpsync_/ntpsync_${at}_/g" "$OUT" >"$DIR/$at.prom"
        rm "$OUT"
    done
    exporter
    scrape
    for ((at = 0; at < ${#INTERFACES[@]}; at += 2)); do
        label=fe80::1%${INTERFACES[at + 1]}
        exported "ntpsync_${at}_source_up{address=\"$label\",port=\"123\",server=\"$label\"} 0"
    done
}

# shellcheck disable=SC2016 # for the inner shell
@test "prometheus: two interfaces whose names look alike are told of once" {
    netted true || missing 'no namespaces: unshare -n'
    run netted "${WALL[@]}" sh -ec '
        ip link set lo up
        ip link add "$1" type veth peer name "$2"
        ip link set "$1" up
        ip link set "$2" up
        LD_PRELOAD=$3 "$4" -t 50ms -F prometheus "fe80::1%$1" "fe80::1%$2" >"$5"' \
        sh $'\x80' $'\x81' "$PRELOAD" "$NTPSYNC" "$OUT"
    [ "$status" -eq 1 ]
    sound "$OUT"
    is ntpsync_servers 2
    [ "$(grep -c '^ntpsync_source_status{' "$OUT")" -eq 1 ]
}

# ---- the file ----

@test "prometheus: the file is replaced at once, and others may read it" {
    serve 127.0.0.1
    write 0 "127.0.0.1:$PORT"
    cp "$OUT" "$DIR/copy"
    ln "$OUT" "$DIR/old"
    umask 022
    write 0 "127.0.0.1:$PORT"
    cmp "$DIR/old" "$DIR/copy"
    sound "$OUT"
    [ "$(stat -c %a "$OUT")" = 644 ]
    [ "$(ls -A "$DIR")" = $'copy\nntpsync.prom\nold' ]
}

# newer SAMPLE THAN: of moments as we print them.
newer() { [ "${1/./}" -gt "${2/./}" ]; }

@test "prometheus: the last success outlives failures of every kind" {
    fake_clock
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=7
    write 0 "127.0.0.1:$PORT"
    local before
    before=$(value $LAST)
    [ "$before" = "$(value ntpsync_last_run_timestamp_seconds)" ]

    local bad
    for bad in '1 127.0.0.3:9' "3 127.0.0.1:$PORT 127.0.0.2:$PORT" \
        "5 -S --limit 1s 127.0.0.1:$PORT" '1 127.0.0.3:9'; do
        # shellcheck disable=SC2086 # words
        write $bad
        is $LAST "$before"
    done
    newer "$(value ntpsync_last_run_timestamp_seconds)" 1000000000000000000
    fake_clock any:0:1
    write 4 -S "127.0.0.1:$PORT"
    is $LAST "$before"
    sound "$OUT"

    fake_clock
    write 0 "127.0.0.1:$PORT"
    newer "$(value $LAST)" "$before"
}

@test "prometheus: the times are by the time obtained" {
    serve 127.0.0.1,time=2000000000
    write 0 "127.0.0.1:$PORT"
    [[ $(value $LAST) == 20000000[0-9][0-9].* ]]
    [[ $(value ntpsync_last_run_timestamp_seconds) == 20000000[0-9][0-9].* ]]
    write 1 127.0.0.2:9
    [[ $(value $LAST) == 20000000[0-9][0-9].* ]]
    [[ $(value ntpsync_last_run_timestamp_seconds) != 2000000* ]]
}

@test "prometheus: without a file a failure has no last success" {
    run -1 --separate-stderr ntpsync -F prometheus 127.0.0.1:9
    [[ $output == *'ntpsync_up 0'* && $output != *last_success* ]]
    [ -z "$stderr" ]
    write 1 127.0.0.1:9
    lacks $LAST
}

@test "prometheus: from what is no such report nothing is carried over" {
    local bad good="$LAST 1795440769.376791167"
    for bad in '' 'garbage' '{"schema":1}\n' "$good" "x$good\n" "$good 1\n" \
        "$LAST -1.000000000\n" "$LAST NaN\n" "$LAST 1e9\n" "$LAST 1795440769\n" \
        "$LAST 17954407690.376791167\n" "$LAST{} 1.000000000\n" "$good\r\n" \
        "\0$good\n" "$(printf '%8192s' '')\n$good\n"; do
        # shellcheck disable=SC2059 # a form
        printf "$bad" >"$OUT"
        write 1 127.0.0.1:9
        lacks $LAST
        sound "$OUT"
    done
    # The form that is good.
    printf '%s\n' "$good" >"$OUT"
    write 1 127.0.0.1:9
    is $LAST "${good#* }"
}

@test "prometheus: a link of ours leads to the last success" {
    echo "$LAST 1795440769.376791167" >"$DIR/good"
    ln -s good "$OUT"
    write 1 127.0.0.1:9
    is $LAST 1795440769.376791167
    [ -L "$OUT" ]
}

@test "prometheus: from a file or a link of somebody else's nothing is carried over" {
    [ "$(id -u)" -eq 0 ] || missing 'not root: no files of others'
    local good="$LAST 1795440769.376791167"
    chmod 1777 "$DIR"
    echo "$good" >"$DIR/good"
    ln -s good "$OUT"
    chown -h 65534 "$OUT"
    write 1 127.0.0.1:9
    lacks $LAST
    [ ! -L "$OUT" ]
    [ "$(<"$DIR/good")" = "$good" ]

    echo "$good" >"$OUT"
    chown 65534 "$OUT"
    write 1 127.0.0.1:9
    lacks $LAST
    echo "$good" >"$OUT"
    chown 0 "$OUT"
    write 1 127.0.0.1:9
    is $LAST "${good#* }"
}

@test "prometheus: an old report that cannot be read does no harm" {
    local fault lost=''
    can_trace
    if emulated; then missing 'strace sees the emulator only'; fi
    for fault in '' /^open:error=EMFILE read:error=EIO read:retval=0; do
        echo "$LAST 1795440769.376791167" >"$OUT"
        run -1 --separate-stderr powerless strace -f -qq -o /dev/null -P "$OUT" -P "${OUT##*/}" \
            ${fault:+-e "inject=$fault"} env LD_PRELOAD="$PRELOAD" "$NTPSYNC" \
            -F prometheus -O "$OUT" 127.0.0.1:9
        echo "$fault: $output $stderr"
        [ -z "$output$stderr" ]
        sound "$OUT"
        grep -qxF "$LAST 1795440769.376791167" "$OUT" || lost+=" ${fault%%:*}"
        run ! grep -v "^$LAST 1795440769.376791167$" <(grep "^$LAST" "$OUT")
    done
    [ "$lost" = ' /^open read read' ]
}

@test "prometheus: a pipe is written to, and not read from" {
    local room=$BATS_TEST_TMPDIR/room pid
    mkdir -m 0755 "$room" # or anybody could put there what he likes
    mkfifo "$room/pipe"
    cat "$room/pipe" >"$OUT" 3>&- &
    pid=$!
    run -1 --separate-stderr ntpsync -F prometheus -O "$room/pipe" 127.0.0.1:9
    [ -z "$output$stderr" ]
    wait "$pid"
    is ntpsync_up 0
    lacks $LAST
}

# ---- the words about it ----

@test "prometheus: the manual knows every metric, and no other" {
    fake_clock
    serve 127.0.0.1,offset=1.5
    write 0 -p 2 -i 5ms "127.0.0.1:$PORT"
    same "$(sed -n 's/^# TYPE ntpsync_\([a-z_]*\) .*/\1/p' "$OUT" | sort)" \
        "$(awk '/^\.S[hs] / { here = /The Prometheus report$/ } here && sub(/^\.It Va /, "")' \
            "$TOP/ntpsync.1" | tr -s ' ,' '\n' | sort)"
}

@test "prometheus: the README shows what is printed" {
    local line shown=0
    fake_clock
    serve 127.0.0.1,offset=1.5
    write 0 "127.0.0.1:$PORT"
    while read -r line; do
        shown=$((shown + 1))
        grep -q "^${line%%[\{ ]*}[{ ]" "$OUT" || { echo "$line" && return 1; }
    done < <(sed -n 's/^    \(ntpsync_[a-z]\)/\1/p' "$TOP/README.md")
    [ "$shown" -ge 4 ]
}

@test "prometheus: the job that the README and contrib show writes the report" {
    local job
    job=$(sed -n 's/^    \([0-9,]* \* \* \* \* root .*-F prometheus .*\)/\1/p' "$TOP/README.md")
    [ "$(wc -l <<<"$job")" -eq 1 ]
    grep -qxF "    $job" "$TOP/contrib/README.md"
    # Not a word is changed but how long it may sleep, and where things are.
    [[ $job == *' /usr/local/bin/ntpsync '*'-O /var/lib/prometheus/node-exporter/ntpsync.prom '*'--splay 10m '*' /etc/ntpsync.servers' ]]
    job=$(sed -e 's|.* /usr/local/bin/||' -e "s|/var/lib/prometheus/node-exporter|$DIR|" \
        -e 's|10m|10ms|' -e "s|/etc/ntpsync.servers|$BATS_TEST_TMPDIR/servers|" <<<"$job")
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=9
    printf '127.0.0.%s\n' "1:$PORT # one" "2:$PORT" "3:$PORT" >"$BATS_TEST_TMPDIR/servers"
    [ ! -e "$OUT" ]
    run -0 eval "$job"
    [ -z "$output" ]
    is ntpsync_up 1
    is ntpsync_servers_agreeing 2
}

# ---- the rules ----

@test "prometheus: promtool finds the rules good" {
    peer_need prometheus
    run -0 promtool check rules "$CONTRIB/ntpsync.rules.yml"
    echo "$output"
    [[ $output == *'SUCCESS: '*' rules found'* ]]
}

@test "prometheus: the rules alert when they should, and only then" {
    peer_need prometheus
    run -0 promtool test rules "$CONTRIB/ntpsync.rules.test.yml"
    echo "$output"
    [[ $output == *SUCCESS* ]]
}

@test "prometheus: every rule is tested, and is about what is printed" {
    local name
    fake_clock
    serve 127.0.0.1,offset=1.5
    write 0 -p 2 -i 5ms "127.0.0.1:$PORT"
    while read -r name; do
        [ "$(grep -c "alertname: $name\$" "$CONTRIB/ntpsync.rules.test.yml")" -ge 2 ] ||
            { echo "$name" && return 1; }
    done < <(sed -n 's/^ *- alert: //p' "$CONTRIB/ntpsync.rules.yml")
    while read -r name; do
        grep -q "^# TYPE $name " "$OUT" || { echo "$name" && return 1; }
    done < <(grep -ohE '\bntpsync_[a-z_]+' "$CONTRIB"/*.yml | sort -u)
}
