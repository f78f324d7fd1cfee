# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# The main job: ask, and be right about the time.
load common

# The digits of a JSON number with nine decimals as a whole number of 1e-9,
# which jq, being made of doubles, would round.
nano() { # KEY: the first one of that name
    local text
    text=$(grep -o "\"$1\":-\?[0-9]*\.[0-9]\{9\}[,}]" <<<"$output" | head -n 1)
    text=${text#*:}
    text=${text%[,\}]}
    case $text in
    -*) echo "$((-10#$(tr -d .- <<<"$text")))" ;;
    *) echo "$((10#$(tr -d . <<<"$text")))" ;;
    esac
}

now_ns() { date +%s%N; }

has_ipv6() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
}

# measured_at DATE: a server that was started at that DATE is told right, to
# within what passed between two readings of our clock, from today's clock.
measured_at() {
    local then_s before after offset bound told
    then_s=$(date -u -d "$1" +%s)
    before=$(now_ns)
    serve "127.0.0.1,time=$then_s"
    after=$(now_ns)
    ask 0 "127.0.0.1:$PORT"
    told=$(date -u -d "$(json .time)" +%s%N)
    offset=$(nano offset)
    bound=$(nano bound)
    echo "$1: $offset +- $bound; told $told"
    [ "$offset" -ge $((then_s * 1000000000 - after - bound)) ]
    [ "$offset" -le $((then_s * 1000000000 - before + bound)) ]
    [ "$told" -ge $((then_s * 1000000000 - bound)) ]
    [ "$told" -le $((then_s * 1000000000 + $(now_ns) - before + bound)) ]
    stop_servers
}

@test "query: one server is measured within its own bound" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT"
    json '.schema == 1 and .status == "ok" and .stratum == 1 and .leap == "none"
        and .servers_from == "arguments" and .action.kind == "none"
        and (.offset | fabs) <= .bound and .bound > 0 and .bound <= 1.5'
    json '(.sources | length) == 1 and (.sources[0]
        | .status == "best" and .address == "127.0.0.1"
        and .server == "127.0.0.1" and .refid == "TEST" and .version == 4
        and .precision == -23 and .sent == 1 and .received == 1
        and .rejected == 0 and .reason == "" and .kiss == ""
        and .delay > 0 and (.offset | fabs) <= .bound)'
    json ".sources[0].port == $PORT"
}

@test "query: -q and --query say the default aloud" {
    serve 127.0.0.1
    fake_clock
    ask 0 -q "127.0.0.1:$PORT"
    json '.status == "ok" and .action.kind == "none"'
    ask 0 --query "127.0.0.1:$PORT"
    json '.status == "ok" and .action.kind == "none"'
    [ -z "$(clock_log)" ]
}

@test "query: several servers are all asked, and one is the best" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound'
    json '[.sources[].address] == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]'
    json '([.sources[].status] | sort) == ["agrees", "agrees", "best"]'
    json '.sources | all((.offset | fabs) <= .bound)'
    [ "$(cut -d' ' -f1 "$REQUESTS" | sort -u | wc -l)" -eq 3 ]
}

@test "query: a server 1.5 s ahead is measured as +1.5 s" {
    serve 127.0.0.1,offset=1.5
    ask 0 "127.0.0.1:$PORT"
    json '(.offset - 1.5 | fabs) <= .bound and .bound < 1'
    json '.sources[0] | (.offset - 1.5 | fabs) <= .bound'
}

@test "query: a server 250 ms behind is measured as -250 ms" {
    serve 127.0.0.1,offset=-0.25
    ask 0 "127.0.0.1:$PORT"
    json '(.offset + 0.25 | fabs) <= .bound'
    json '.sources[0] | (.offset + 0.25 | fabs) <= .bound'
}

@test "query: several servers that are all ahead are measured so together" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,offset=1.5 127.0.0.3,offset=1.5
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '(.offset - 1.5 | fabs) <= .bound'
    json '.sources | all((.offset - 1.5 | fabs) <= .bound)'
}

@test "query: what a server says of its own error widens the bound" {
    serve 127.0.0.1,rootdelay=0.5,rootdisp=0.125
    ask 0 "127.0.0.1:$PORT"
    json '.bound >= 0.375 and (.offset | fabs) <= .bound'
    json '.sources[0] | .root_delay == 0.5 and .root_dispersion == 0.125
        and .bound >= 0.375 + .delay / 2
        and .bound < 0.376 + .delay'
}

@test "query: 1970-01-02 is measured right" { measured_at 1970-01-02; }
@test "query: 1999-12-31 is measured right" { measured_at 1999-12-31; }
@test "query: the second after the era's end in 2036 is measured right" {
    measured_at '2036-02-07 06:28:17 UTC'
}
@test "query: the day after 32-bit time ends in 2038 is measured right" {
    measured_at 2038-01-20
}
@test "query: 2100 is measured right" {
    measured_at 2100-01-01
    measured_at 2100-03-01
}
@test "query: 2105-12-31 is measured right" { measured_at 2105-12-31; }

# Samples from before to after a rollover: jitter tells if any is off by an era.
crosses() { # SECOND
    serve "127.0.0.1,time=$(($1 - 1)).6"
    ask 0 -p 4 -i 200ms "127.0.0.1:$PORT"
    [ "$(date -u -d "$(json .time)" +%s)" -ge "$1" ]
    json '.sources[0] | .received == 4 and .jitter < 0.5'
    stop_servers
}

@test "query: samples on both sides of the NTP era's end agree" {
    crosses "$(date -u -d '2036-02-07 06:28:16 UTC' +%s)"
}

@test "query: samples on both sides of the end of 32-bit time agree" {
    crosses "$(date -u -d '2038-01-19 03:14:08 UTC' +%s)"
}

@test "query: the NTP era may end between a server's two timestamps" {
    local end_s=2085978496 before after offset bound
    [ "$(date -u -d '2036-02-07 06:28:16 UTC' +%s)" -eq "$end_s" ]
    before=$(now_ns)
    serve "127.0.0.1,time=$((end_s - 1)),delay=1100"
    after=$(now_ns)
    ask 0 "127.0.0.1:$PORT"
    offset=$(nano offset)
    bound=$(nano bound)
    [ "$offset" -ge $(((end_s - 1) * 1000000000 - after - bound)) ]
    [ "$offset" -le $(((end_s - 1) * 1000000000 - before + bound)) ]
}

# The portable pair knows only when packets arrive, an emulated machine not even
# that.
TX=kernel RX=kernel
on_linux || TX=user
! emulated || TX=user RX=user

@test "query: the kernel's timestamps are used in both directions" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT"
    json ".sources[0]
        | .tx_timestamp == \"$TX\" and .rx_timestamp == \"$RX\""
}

@test "query: a request tells nothing but its version and 64 random bits" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT"
    ask 0 "127.0.0.1:$PORT"
    cat "$REQUESTS"
    [ "$(requests)" -eq 2 ]
    [ "$(grep -cE '^127\.0\.0\.1 [0-9]+ 230{78}[0-9a-f]{16}$' "$REQUESTS")" -eq 2 ]
    [ "$(cut -d' ' -f3 "$REQUESTS" | sort -u | wc -l)" -eq 2 ]
    [ "$(grep -cE '0{16}$' "$REQUESTS")" -eq 0 ]
}

@test "query: ,version=3 is on the wire, and nothing else changes" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT,version=3"
    json '.sources[0].version == 3'
    cat "$REQUESTS"
    grep -qE '^127\.0\.0\.1 [0-9]+ 1b0{78}[0-9a-f]{16}$' "$REQUESTS"
    [ "$(requests)" -eq 1 ]
}

@test "query: ,iburst is accepted and ignored" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT,iburst"
    ask 0 "127.0.0.1:$PORT,iburst,version=3,iburst"
    [ "$(requests)" -eq 2 ]
}

@test "query: every request has a source port of its own, not below 1024" {
    local ports
    serve 127.0.0.1
    ask 0 -p 8 -i 5ms "127.0.0.1:$PORT"
    [ "$(requests)" -ge 8 ]
    ports=$(cut -d' ' -f2 "$REQUESTS" | sort -n)
    echo "$ports"
    [ "$(head -n 1 <<<"$ports")" -ge 1024 ]
    # Random ones: a few may come twice, but one port for all may not.
    [ "$(uniq <<<"$ports" | wc -l)" -ge 6 ]
}

@test "query: every request has random bits of its own" {
    serve 127.0.0.1
    ask 0 -p 8 -i 5ms "127.0.0.1:$PORT"
    [ "$(requests)" -ge 8 ]
    [ "$(cut -d' ' -f3 "$REQUESTS" | sort -u | wc -l)" -eq "$(requests)" ]
}

@test "query: -p 4 takes four samples, spaced by -i, and tells their jitter" {
    serve 127.0.0.1
    ask 0 -p 4 -i 20ms "127.0.0.1:$PORT"
    json '.elapsed >= 0.06 and .jitter != null and .jitter >= 0'
    json '.sources[0] | .received == 4 and .sent >= 4 and .sent <= 6
        and .jitter != null and .jitter >= 0'
}

@test "query: one sample has no jitter" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT"
    json '.jitter == null and .sources[0].jitter == null'
}

@test "query: -p 4 asks each of several servers four times" {
    serve 127.0.0.1 127.0.0.2
    ask 0 --samples 4 --interval 20ms "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '.sources | all(.received == 4)'
}

@test "query: of several samples the one with the least delay counts" {
    local samples least
    serve 127.0.0.1
    ask 0 -v -p 8 -i 2ms "127.0.0.1:$PORT"
    samples=$(sed -n 's/^ *offset +\{0,1\}\(-\{0,1\}[0-9.]*\) s, delay \([-0-9.]*\) s.*/\2 \1/p' <<<"$stderr")
    [ "$(wc -l <<<"$samples")" -eq 8 ]
    least=$(sort -g <<<"$samples" | head -n 1)
    [ "$(json '.sources[0].delay')" = "$(jq -n "${least% *}")" ]
    grep -q "^${least% *} $(jq -n '$o | tonumber' --arg o "$(json '.sources[0].offset')" |
        xargs printf '%.9f\n')\$" <<<"$samples"
}

# To a silent address: samples + 2, and 8 at most.
asked_in_vain() { # SAMPLES REQUESTS
    serve 127.0.0.1,drop=all
    ask 1 -p "$1" -i 5ms -t 1500ms "127.0.0.1:$PORT"
    json ".sources[0] | .sent == $2 and .received == 0"
    [ "$(requests)" -eq "$2" ]
    stop_servers
}

@test "query: a silent address gets samples + 2 requests" {
    asked_in_vain 1 3
    asked_in_vain 4 6
    asked_in_vain 6 8
}

@test "query: a silent address never gets more than 8 requests" {
    asked_in_vain 7 8
    asked_in_vain 8 8
}

@test "query: requests to a silent address are spaced by the interval" {
    serve 127.0.0.1,drop=all
    ask 1 -p 8 -i 300ms -t 1s "127.0.0.1:$PORT"
    [ "$(requests)" -ge 1 ]
    [ "$(requests)" -le 4 ]
    ask 1 -p 8 -i 1h -t 500ms "127.0.0.1:$PORT"
    [ "$(requests)" -le 5 ]
    json '.sources[0].sent == 1'
}

@test "query: a server that answers is not asked more often than -p says" {
    serve 127.0.0.1
    ask 0 -p 3 -i 1s "127.0.0.1:$PORT"
    json '.sources[0] | .sent == 3 and .received == 3'
    [ "$(requests)" -eq 3 ]
}

@test "query: a lost first request is repeated after the interval" {
    serve 127.0.0.1,drop=1
    ask 0 -i 50ms "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound and .elapsed >= 0.05'
    json '.sources[0] | .sent >= 2 and .received == 1'
}

@test "query: a lost last reply leaves what the others said" {
    serve 127.0.0.1,only=2
    ask 0 -p 4 -i 20ms -t 2s "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound'
    json '.sources[0] | .status == "best" and .received == 2 and .sent == 6'
}

@test "query: who is slow is not awaited, but with --all its reply is there" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4,delay=2500
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT"
    json '.sources[3] | .status == "not-awaited" and .received == 0
        and .offset == null and .reason != ""'
    ask 0 --all "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "127.0.0.4:$PORT"
    json '.elapsed >= 2.5'
    json '.sources | all(.received == 1)'
    json '.sources[3] | .status == "agrees" or .status == "best"'
}

@test "query: --all waits for a silent server until the deadline" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4,drop=all
    ask 0 --all -t 1200ms "127.0.0.1:$PORT" "127.0.0.2:$PORT" \
        "127.0.0.3:$PORT" "127.0.0.4:$PORT"
    json '.elapsed >= 1.2'
    json '.sources[3].status == "no-reply"'
}

@test "query: -t is the deadline, also for a server that never answers" {
    serve 127.0.0.1,drop=all
    ask 1 -t 300ms "127.0.0.1:$PORT"
    json '.elapsed >= 0.3 and .elapsed < 4.9'
}

@test "query: IPv6 is asked at [::1]:port" {
    has_ipv6
    serve ::1,offset=1.5
    ask 0 "[::1]:$PORT"
    json '(.offset - 1.5 | fabs) <= .bound'
    json ".sources[0] | .server == \"::1\" and .address == \"::1\"
        and .tx_timestamp == \"$TX\" and .rx_timestamp == \"$RX\""
    json ".sources[0].port == $PORT"
}

@test "query: -4 and -6 leave out the addresses of the other family" {
    has_ipv6
    serve 127.0.0.1 ::1
    ask 0 -4 "[::1]:$PORT" "127.0.0.1:$PORT"
    json '[.sources[].status] == ["unresolved", "best"]'
    json '.sources[0] | .sent == 0 and .reason != ""'
    ask 0 -6 "[::1]:$PORT" "127.0.0.1:$PORT"
    json '[.sources[].status] == ["best", "unresolved"]'
    ask 1 --ipv6 "127.0.0.1:$PORT"
    ask 1 --ipv4 "[::1]:$PORT"
    [ "$(requests)" -eq 2 ]
}

# While a late reply is waited for, the kernel lists the socket.
@test "query: -I ADDRESS is where requests come from" {
    local pid seen=
    serve 127.0.0.1,delay=2000
    ntpsync -I 127.0.0.7 "127.0.0.1:$PORT" >/dev/null 3>&- &
    pid=$!
    while [ -z "$seen" ] && kill -0 "$pid" 2>/dev/null; do
        seen=$(awk -v to="$(printf '0100007F:%04X' "$PORT")" \
            '$3 == to { print $2; exit }' /proc/net/udp)
    done
    wait "$pid"
    echo "from $seen"
    [ "${seen%:*}" = 0700007F ]
}

@test "query: -I ADDRESS and --bind get an answer there" {
    serve 127.0.0.1
    ask 0 -I 127.0.0.7 "127.0.0.1:$PORT"
    json '.status == "ok"'
    ask 0 --bind 127.0.0.7 "127.0.0.1:$PORT"
    json '.status == "ok"'
}

@test "query: -I INTERFACE asks through it" {
    serve 127.0.0.1
    if ! on_linux; then # there it says that it cannot
        ask 1 -I lo "127.0.0.1:$PORT"
        json '.sources[0].reason == "operation not supported"'
        return
    fi
    ask 0 -I lo "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound'
}

@test "query: -I with the other family is a reason for each server, exit 1" {
    serve 127.0.0.1 127.0.0.2
    ask 1 -I ::1 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '.status == "no-answer" and (.sources | length) == 2'
    json '.sources | all(.status == "unreachable" and .reason != "")'
    run -1 --separate-stderr ntpsync -I ::1 "127.0.0.1:$PORT"
    [[ $output == *'- 127.0.0.1 '*'address family'* ]]
    [ "$(requests)" -eq 0 ]
}

@test "query: -I with an address that is not ours is a reason, exit 1" {
    [ "$(cat /proc/sys/net/ipv4/ip_nonlocal_bind)" = 0 ] ||
        missing 'this machine binds to addresses that are not its own'
    serve 127.0.0.1
    ask 1 -I 192.0.2.1 "127.0.0.1:$PORT"
    json '.sources[0] | .status == "unreachable" and .reason != ""'
    [ "$(requests)" -eq 0 ]
}

@test "query: a list file has comments, blank lines, CRLF, spaces and words" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4
    {
        echo '# our servers'
        echo
        echo "127.0.0.1:$PORT"
        printf '127.0.0.2:%s\r\n' "$PORT"
        printf '\r\n  \t \n'
        printf ' \t127.0.0.3:%s,version=3 \t# the old one\n' "$PORT"
        echo "#127.0.0.5:$PORT"
        printf '127.0.0.4:%s' "$PORT"
    } >"$BATS_TEST_TMPDIR/list"
    ask 0 --file "$BATS_TEST_TMPDIR/list"
    json '[.sources[].address]
        == ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]'
    json '[.sources[].version] == [4, 4, 3, 4]'
    json ".servers_from | contains(\"$BATS_TEST_TMPDIR/list\")"
    json '.servers_from | contains("arguments") | not'
}

@test "query: a list comes from standard input when the file is -" {
    serve 127.0.0.1 127.0.0.2
    printf '127.0.0.1:%s\n127.0.0.2:%s\n' "$PORT" "$PORT" |
        ntpsync -j --file - >"$BATS_TEST_TMPDIR/out"
    output=$(<"$BATS_TEST_TMPDIR/out")
    json '[.sources[].address] == ["127.0.0.1", "127.0.0.2"]'
    json '.servers_from | contains("standard input")'
}

@test "query: list files and arguments add up" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3
    echo "127.0.0.1:$PORT" >"$BATS_TEST_TMPDIR/one"
    echo "127.0.0.2:$PORT" >"$BATS_TEST_TMPDIR/two"
    ask 0 "127.0.0.3:$PORT" --file "$BATS_TEST_TMPDIR/one" \
        --file "$BATS_TEST_TMPDIR/two"
    json '([.sources[].address] | sort)
        == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]'
    json '.servers_from | contains("one") and contains("two")
        and contains("arguments")'
}

@test "query: the same address twice is asked once, and the second is spare" {
    serve 127.0.0.1
    ask 0 "127.0.0.1:$PORT" "127.0.0.1:$PORT"
    json '[.sources[].status] == ["best", "spare"]'
    json '.sources[1] | .sent == 0 and .offset == null and .reason != ""'
    [ "$(requests)" -eq 1 ]
}

@test "query: an address given twice has one vote" {
    serve 127.0.0.1,offset=5 127.0.0.2 127.0.0.3
    ask 3 "127.0.0.1:$PORT" "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    ask 0 "127.0.0.1:$PORT" "127.0.0.1:$PORT" "127.0.0.2:$PORT" \
        "127.0.0.3:$PORT"
    json '(.offset | fabs) <= .bound'
}

@test "query: the same host at two ports is two servers" {
    local first
    serve 127.0.0.1
    first=$PORT
    serve 127.0.0.1
    ask 0 "127.0.0.1:$first" "127.0.0.1:$PORT"
    json '([.sources[].status] | sort) == ["agrees", "best"]'
    json ".sources[0].port == $first and .sources[1].port == $PORT"
}

@test "query: a hundred servers are all asked and agree" {
    local specs=() words=() i
    for i in {1..100}; do specs+=("127.0.2.$i"); done
    serve "${specs[@]}"
    for i in {1..100}; do words+=("127.0.2.$i:$PORT"); done
    ask 0 --all "${words[@]}"
    json '(.sources | length) == 100 and (.sources | all(.received == 1))'
    json '([.sources[].status] | unique) == ["agrees", "best"]'
}
