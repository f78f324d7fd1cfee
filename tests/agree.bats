# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Whom to believe: one name, one vote, and a majority of them.
load common

# words ADDRESS...: the server words for these at PORT, in WORDS.
words() {
    WORDS=("$@")
    WORDS=("${WORDS[@]/%/:$PORT}")
}

# What differs by 5 s can never agree: a bound over 1.5 s has no vote.

@test "agree: two of three outvote the third" {
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3
    words 127.0.0.1 127.0.0.2 127.0.0.3
    ask 0 "${WORDS[@]}"
    json '.status == "ok" and (.offset | fabs) <= .bound'
    json '.sources[1] | .status == "outvoted" and .reason == "outvoted"
        and (.offset - 5 | fabs) <= .bound'
    json '([.sources[0, 2].status] | sort) == ["agrees", "best"]'
    run -0 --separate-stderr ntpsync "${WORDS[@]}"
    echo "$output"
    [[ ${lines[2]} == 'x 127.0.0.2 '*' +'[45].[09]*'   outvoted' ]]
    [[ ${lines[4]} == *'; 2 of 3 servers that answered agree' ]]
}

@test "agree: two that are ahead outvote one that tells our own time" {
    serve 127.0.0.1,offset=5 127.0.0.2,offset=5 127.0.0.3
    words 127.0.0.1 127.0.0.2 127.0.0.3
    ask 0 "${WORDS[@]}"
    json '(.offset - 5 | fabs) <= .bound and .sources[2].status == "outvoted"'
}

@test "agree: three of five outvote two that agree" {
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3 127.0.0.4,offset=5 127.0.0.5
    words 127.0.0.{1..5}
    ask 0 "${WORDS[@]}"
    json '(.offset | fabs) <= .bound'
    json '[.sources[] | select(.status == "outvoted") | .address]
        == ["127.0.0.2", "127.0.0.4"]'
}

@test "agree: two against two is no majority, exit 3" {
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3 127.0.0.4,offset=5
    words 127.0.0.{1..4}
    ask 3 "${WORDS[@]}"
    json '.status == "no-majority" and .offset == null and .bound == null
        and .jitter == null and .action.kind == "none"'
    json '.sources | all(.received == 1 and .offset != null
        and .status != "best" and .status != "agrees")'
    run -3 --separate-stderr ntpsync "${WORDS[@]}"
    echo "$output"
    [[ ${lines[5]} == 'no majority: 4 servers answered'* ]]
}

@test "agree: two that disagree are no majority, exit 3" {
    serve 127.0.0.1 127.0.0.2,offset=5
    words 127.0.0.1 127.0.0.2
    ask 3 "${WORDS[@]}"
    json '.status == "no-majority" and .offset == null'
    run -3 --separate-stderr ntpsync "${WORDS[@]}"
    echo "$output"
    [[ ${lines[1]} == 'x 127.0.0.1 '*'   no majority' ]]
    [[ ${lines[2]} == 'x 127.0.0.2 '*'   no majority' ]]
}

@test "agree: three that all disagree are no majority, exit 3" {
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3,offset=-5
    words 127.0.0.{1..3}
    ask 3 "${WORDS[@]}"
    json '.status == "no-majority"'
}

@test "agree: two of five are no majority, though the largest set" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=5 127.0.0.4,offset=10 \
        127.0.0.5,offset=15
    words 127.0.0.{1..5}
    ask 3 "${WORDS[@]}"
    json '.status == "no-majority"'
}

# 0 agrees with 2.4 s and with -2.4 s, which do not agree with each other: two
# sets of two, neither of which is the only one.
@test "agree: of two largest sets neither is the majority" {
    serve 127.0.0.1,rootdisp=1.3,offset=2.4 127.0.0.2,rootdisp=1.3 \
        127.0.0.3,rootdisp=1.3,offset=-2.4
    words 127.0.0.{1..3}
    ask 3 "${WORDS[@]}"
    json '.status == "no-majority" and (.sources | all(.bound < 1.5))'
}

@test "agree: who claims little outvotes nobody, who claims much agrees" {
    serve 127.0.0.1,rootdisp=1 127.0.0.2,rootdisp=0.9,offset=0.5 \
        127.0.0.3,offset=0.25
    words 127.0.0.{1..3}
    ask 0 "${WORDS[@]}"
    json '[.sources[].status] == ["agrees", "agrees", "best"]'
    json '(.offset - 0.25 | fabs) <= .bound and .bound < 0.2'
}

@test "agree: honest servers a little more apart than they claim agree" {
    serve 127.0.0.1 127.0.0.2,offset=0.0018
    words 127.0.0.1 127.0.0.2
    ask 0 "${WORDS[@]}"
    json '([.sources[].status] | sort) == ["agrees", "best"]'
    json '.offset >= 0 - .bound and .offset <= 0.0018 + .bound'
}

@test "agree: --min-sources is how many must agree, exit 3 when fewer do" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=5
    words 127.0.0.{1..3}
    ask 0 --min-sources 2 "${WORDS[@]}"
    ask 3 --min-sources 3 "${WORDS[@]}"
    json '.status == "no-majority" and .offset == null'
    ask 3 --min-sources 2 "${WORDS[0]}"
    json '.status == "no-majority" and .action.kind == "none"'
    run -3 --separate-stderr ntpsync --min-sources 2 "${WORDS[0]}"
    echo "$output"
    [[ $output == *'only 1 server of the 2 that --min-sources wants'* ]]
}

@test "agree: --min-sources waits for a server that is slow" {
    serve 127.0.0.1 127.0.0.2,delay=1500
    words 127.0.0.1 127.0.0.2
    ask 0 --min-sources 2 "${WORDS[@]}"
    json '.sources | all(.received == 1)'
}

@test "agree: noselect is measured and shown, and never used" {
    serve 127.0.0.1,rootdisp=0.5 127.0.0.2,offset=5
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT,noselect"
    json '(.offset | fabs) <= .bound and .bound >= 0.5'
    json '.sources[1] | .status == "noselect" and .received == 1
        and (.offset - 5 | fabs) <= .bound'
    run -0 --separate-stderr ntpsync "127.0.0.1:$PORT" "127.0.0.2:$PORT,noselect"
    echo "$output"
    [[ ${lines[2]} == '- 127.0.0.2 '*' +'[45].[09]*'   noselect' ]]
    [[ ${lines[3]} == *'; one server answered' ]]
}

@test "agree: noselect does not help a majority, nor --min-sources" {
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3
    ask 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT,noselect"
    ask 3 --min-sources 2 "127.0.0.1:$PORT" "127.0.0.3:$PORT,noselect"
}

@test "agree: nothing but noselect is no usable answer, exit 1" {
    serve 127.0.0.1
    ask 1 "127.0.0.1:$PORT,noselect"
    json '.status == "no-answer" and .offset == null
        and .sources[0].status == "noselect"'
    # There is nobody to wait for, then.
    ask 1 --wait 60s "127.0.0.1:$PORT,noselect"
    json '.elapsed < 30'
}

@test "agree: a silent server of four costs next to nothing" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,drop=all 127.0.0.4
    words 127.0.0.{1..4}
    swift ask 0 "${WORDS[@]}"
    json '(.offset | fabs) <= .bound'
    json '.sources[2] | .status == "not-awaited" and .reason == "not waited for"
        and .sent == 1 and .received == 0'
    run -0 --separate-stderr ntpsync "${WORDS[@]}"
    echo "$output"
    [[ ${lines[3]} == '- 127.0.0.3 '*'   not waited for' ]]
    [[ ${lines[5]} == *'; 3 of 3 servers that answered agree' ]]
}

@test "agree: a silent server of two is given up before the deadline" {
    serve 127.0.0.1 127.0.0.2,drop=all
    words 127.0.0.1 127.0.0.2
    ask 0 -t 20s "${WORDS[@]}"
    json '.elapsed >= 1 and .elapsed < 15 and (.offset | fabs) <= .bound'
    json '.sources[1] | .status == "not-awaited" or .status == "no-reply"'
}

@test "agree: a server that refuses costs nothing and is unreachable" {
    serve 127.0.0.1 127.0.0.2 127.0.0.4
    words 127.0.0.{1..4}
    swift ask 0 "${WORDS[@]}"
    json '(.offset | fabs) <= .bound'
    json '.sources[2] | .status == "unreachable" and .received == 0
        and .reason == "connection refused"'
    run -0 --separate-stderr ntpsync "${WORDS[@]}"
    [[ ${lines[3]} == '- 127.0.0.3 '*'   connection refused' ]]
}

@test "agree: all silent is no reply at the deadline, exit 1" {
    serve 127.0.0.1,drop=all 127.0.0.2,drop=all
    words 127.0.0.1 127.0.0.2
    ask 1 -t 600ms "${WORDS[@]}"
    json '.status == "no-answer" and .elapsed >= 0.6 and .elapsed < 5'
    json '.sources | all(.status == "no-reply" and .reason == "no reply"
        and .sent == 1 and .received == 0)'
    run -1 --separate-stderr ntpsync -t 600ms "${WORDS[@]}"
    echo "$output"
    [[ ${lines[1]} == '- 127.0.0.1 '*'   no reply' ]]
    [[ ${lines[3]} == 'no server gave a usable answer' ]]
}

@test "agree: all refusing is exit 1, long before the deadline" {
    serve 127.0.0.9
    words 127.0.0.1 127.0.0.2
    ask 1 -t 20s "${WORDS[@]}"
    json '.status == "no-answer" and .elapsed < 10'
    json '.sources | all(.status == "unreachable")'
}

@test "agree: one bad reply and one good is the good one" {
    serve 127.0.0.1,leap=3 127.0.0.2
    words 127.0.0.1 127.0.0.2
    ask 0 -t 20s "${WORDS[@]}"
    json '.elapsed < 10'
    json '[.sources[].status] == ["unsynchronised", "best"]'
}

# ---- names: in a room with an /etc of its own ----

# The tests' names; read from standard input, in the form of /etc/hosts.
names() {
    ROOM=(unshare -m)
    [ "$(id -u)" -eq 0 ] || ROOM=(unshare -rm)
    mkdir "$BATS_TEST_TMPDIR/etc"
    cat >"$BATS_TEST_TMPDIR/etc/hosts"
    echo 'hosts: files' >"$BATS_TEST_TMPDIR/etc/nsswitch.conf"
    echo 'multi on' >"$BATS_TEST_TMPDIR/etc/host.conf"
    # shellcheck disable=SC2016 # the inner shell expands
    ROOM+=(sh -c 'mount --bind "$1" /etc && shift && exec "$@"' sh
        "$BATS_TEST_TMPDIR/etc")
    "${ROOM[@]}" true || missing 'no mount namespace to be had here'
    # Nothing of the room is outside.
    [ "$("${ROOM[@]}" cat /etc/nsswitch.conf)" = 'hosts: files' ]
    ! cmp -s "$BATS_TEST_TMPDIR/etc/hosts" /etc/hosts || return 1
}

# ask, in the room.
ask_there() {
    local wanted=$1
    shift
    run --separate-stderr "${ROOM[@]}" "$(type -P bash)" -c "
        $(declare -p PRELOAD; declare -f powerless ntpsync)
        NTPSYNC='$NTPSYNC' TOP='$TOP'
        ntpsync \"\$@\"" bash -j "$@"
    echo "exit $status: $output $stderr"
    [ "$status" -eq "$wanted" ]
}

has_ipv6() {
    grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null ||
        missing 'no IPv6 on the loopback of this machine'
}

# The addresses of NAME, in the order in which the C library gives them.
order_of() { "${ROOM[@]}" getent ahostsv4 "$1" | awk '$2 == "DGRAM" { print $1 }'; }

@test "agree: a name is asked, and told with its address" {
    names <<<'127.0.0.2 alpha.test'
    serve 127.0.0.2,offset=1.5
    ask_there 0 "alpha.test:$PORT"
    json '(.offset - 1.5 | fabs) <= .bound'
    json '.sources == [.sources[0]] and (.sources[0]
        | .server == "alpha.test" and .address == "127.0.0.2")'
}

@test "agree: a name with many addresses has one vote among others" {
    names <<'END'
127.0.0.2 many.test
127.0.0.3 many.test
127.0.0.4 many.test
END
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3,offset=5 127.0.0.4,offset=5 \
        127.0.0.5
    ask_there 0 "127.0.0.1:$PORT" "many.test:$PORT" "127.0.0.5:$PORT"
    json '(.offset | fabs) <= .bound'
    json '[.sources[] | select(.server == "many.test")]
        | length == 1 and .[0].status == "outvoted"'
    [ "$(requests)" -eq 3 ]
}

@test "agree: a name given all alone has a vote for each address" {
    names <<'END'
127.0.0.2 many.test
127.0.0.3 many.test
127.0.0.4 many.test
END
    serve 127.0.0.2 127.0.0.3,offset=5 127.0.0.4
    ask_there 0 --min-sources 2 "many.test:$PORT"
    json '(.offset | fabs) <= .bound and (.sources | length) == 3'
    json '([.sources[].status] | sort) == ["agrees", "best", "outvoted"]'
    json '.sources[] | select(.status == "outvoted")
        | .address == "127.0.0.3" and .server == "many.test"'
}

@test "agree: of a name given all alone four addresses are used" {
    names < <(printf '127.0.0.%d many.test\n' {2..9})
    serve 127.0.0.{2..9}
    ask_there 0 "many.test:$PORT"
    json '(.sources | length) == 4 and (.sources | all(.received == 1))'
    [ "$(requests)" -eq 4 ]
}

@test "agree: ,max=2 uses two addresses, ,max=6 six" {
    names < <(printf '127.0.0.%d many.test\n' {2..9})
    serve 127.0.0.{2..9}
    ask_there 0 "many.test:$PORT,max=2"
    json '(.sources | length) == 2'
    [ "$(requests)" -eq 2 ]
    ask_there 0 "many.test:$PORT,max=6"
    json '(.sources | length) == 6'
    [ "$(requests)" -eq 8 ]
}

@test "agree: a pool among others has a vote for each address" {
    names <<'END'
127.0.0.2 pool.test
127.0.0.3 pool.test
END
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3,offset=5
    ask_there 0 "127.0.0.1:$PORT" "pool.test:$PORT,pool"
    json '(.offset - 5 | fabs) <= .bound'
    json '.sources[0].status == "outvoted" and (.sources | length) == 3'
    ask_there 3 "127.0.0.1:$PORT" "pool.test:$PORT"
    json '.status == "no-majority" and (.sources | length) == 2'
}

@test "agree: ,pool,max= limits a pool among others" {
    names < <(printf '127.0.0.%d pool.test\n' {2..9})
    serve 127.0.0.{1..9}
    ask_there 0 "127.0.0.1:$PORT" "pool.test:$PORT,pool,max=3"
    json '(.sources | length) == 4'
    [ "$(requests)" -eq 4 ]
}

# The C library reads ::1 in its own file as 127.0.0.1 too, so that is the IPv4
# address of a name with both.
both() {
    has_ipv6
    names <<'END'
::1 both.test
127.0.0.1 both.test
END
}

@test "agree: a name whose IPv6 refuses answers by IPv4" {
    both
    serve 127.0.0.1 127.0.0.2
    ask_there 0 "both.test:$PORT" "127.0.0.2:$PORT"
    json '[.sources[] | select(.address == "127.0.0.1")][0]
        | .server == "both.test" and (.status == "agrees" or .status == "best")'
    ask_there 0 "both.test:$PORT"
    json '(.offset | fabs) <= .bound'
}

# The lookup of IPv4 is still under way when IPv6 is known to lead nowhere.
@test "agree: a name whose IPv6 cannot be used at all answers by IPv4" {
    both
    serve 127.0.0.1 127.0.0.2
    for _ in {1..10}; do
        ask_there 0 -I 127.0.0.1 "both.test:$PORT"
        json '(.offset | fabs) <= .bound'
        ask_there 0 -I 127.0.0.1 --min-sources 2 "both.test:$PORT" \
            "127.0.0.2:$PORT"
    done
}

@test "agree: a name whose IPv6 is silent keeps nobody waiting" {
    both
    serve 127.0.0.1 127.0.0.2 ::1,drop=all
    swift ask_there 0 -t 20s "both.test:$PORT" "127.0.0.2:$PORT"
    json '(.offset | fabs) <= .bound'
    json '[.sources[] | select(.address == "127.0.0.1")][0]
        | .status == "agrees" or .status == "best"'
    swift ask_there 0 -t 20s "both.test:$PORT"
    json '(.offset | fabs) <= .bound'
}

@test "agree: a silent server that is not to be used keeps nobody waiting" {
    serve 127.0.0.1 127.0.0.2,drop=all
    swift ask 0 -t 20s "127.0.0.1:$PORT" "127.0.0.2:$PORT,noselect"
}

@test "agree: who is outvoted is told so, too few sources or not" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=9
    ask 3 --min-sources 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '.sources[2] | .status == "outvoted" and .reason == "outvoted"'
}

@test "agree: a name whose IPv4 is silent keeps nobody waiting" {
    both
    serve 127.0.0.1,drop=all 127.0.0.2 ::1
    swift ask_there 0 -t 20s "both.test:$PORT" "127.0.0.2:$PORT"
    json '(.offset | fabs) <= .bound'
    json '[.sources[] | select(.address == "::1")][0]
        | .status == "agrees" or .status == "best"'
}

@test "agree: both families of a name are one vote" {
    both
    serve 127.0.0.1,offset=5 127.0.0.2 ::1,offset=5
    ask_there 3 --all "both.test:$PORT" "127.0.0.2:$PORT"
    json '.status == "no-majority" and (.sources | all(.received == 1))'
}

@test "agree: the better reply of a name's families is its vote" {
    both
    serve 127.0.0.1,rootdisp=0.5 127.0.0.2,rootdisp=0.7 ::1
    ask_there 0 --all "both.test:$PORT" "127.0.0.2:$PORT"
    json '.bound < 0.3 and (.offset | fabs) <= .bound'
    json '[.sources[] | {address, status}] | sort_by(.address) == [
        {address: "127.0.0.1", status: "spare"},
        {address: "127.0.0.2", status: "agrees"},
        {address: "::1", status: "best"}]'
}

@test "agree: -4 and -6 choose among the addresses of a name" {
    both
    serve 127.0.0.1 ::1
    ask_there 0 -4 "both.test:$PORT"
    json '[.sources[].address] == ["127.0.0.1"]'
    ask_there 0 -6 "both.test:$PORT"
    json '[.sources[].address] == ["::1"]'
    [ "$(requests)" -eq 2 ]
}

# That a name with two addresses, the first of which behaves like WORDS (-: is
# not served at all), is answered by the second, with one vote.
falls_back() { # WORDS STATUS...
    local order
    names <<'END'
127.0.0.2 two.test
127.0.0.3 two.test
END
    mapfile -t order < <(order_of two.test)
    echo "order: ${order[*]}"
    [ "${#order[@]}" -eq 2 ]
    if [ "$1" = - ]; then
        serve 127.0.0.1 "${order[1]}"
    else
        serve 127.0.0.1 "${order[0]},$1" "${order[1]}"
    fi
    ask_there 0 --min-sources 2 -t 20s "127.0.0.1:$PORT" "two.test:$PORT"
    json '.elapsed < 15 and (.offset | fabs) <= .bound'
    json "[.sources[] | select(.server == \"two.test\")] | length == 2
        and (.[] | select(.address == \"${order[0]}\")
            | .status | IN($2))"
    json ".sources[] | select(.address == \"${order[1]}\")
        | .server == \"two.test\" and (.status | IN(\"best\", \"agrees\"))"
}

@test "agree: a name falls back to its second address when the first refuses" {
    falls_back - '"unreachable"'
}

@test "agree: a name falls back to its second address when the first is silent" {
    falls_back drop=all '"no-reply", "not-awaited"'
}

@test "agree: a name falls back to its second address when the first is no use" {
    falls_back kiss=DENY '"kiss"'
}

@test "agree: a name's further addresses are not asked when the first answers" {
    names <<'END'
127.0.0.2 two.test
127.0.0.3 two.test
END
    serve 127.0.0.1 127.0.0.2 127.0.0.3
    ask_there 0 "127.0.0.1:$PORT" "two.test:$PORT"
    json '(.sources | length) == 2'
    [ "$(requests_to 127.0.0.1)" -eq 1 ]
    [ "$(requests)" -eq 2 ]
}

@test "agree: two names for one address are asked once, the other is spare" {
    names <<'END'
127.0.0.2 alpha.test
127.0.0.2 beta.test
END
    serve 127.0.0.1 127.0.0.2
    ask_there 0 "alpha.test:$PORT" "beta.test:$PORT" "127.0.0.1:$PORT"
    [ "$(requests_to 127.0.0.2)" -eq 1 ]
    json '[.sources[] | select(.server != "127.0.0.1") | .status]
        | sort | .[1] == "spare" and (.[0] | IN("best", "agrees"))'
    json '.sources[] | select(.status == "spare")
        | .sent == 0 and .reason == "same address as another server"'
}

@test "agree: a name for an address that is given too is asked once" {
    names <<<'127.0.0.2 alpha.test'
    serve 127.0.0.2
    ask_there 0 "127.0.0.2:$PORT" "alpha.test:$PORT"
    [ "$(requests)" -eq 1 ]
    json '[.sources[].status] == ["best", "spare"]'
}

@test "agree: two names for one liar have one vote" {
    names <<'END'
127.0.0.2 alpha.test
127.0.0.2 beta.test
END
    serve 127.0.0.1 127.0.0.2,offset=5 127.0.0.3
    ask_there 0 "alpha.test:$PORT" "beta.test:$PORT" "127.0.0.1:$PORT" \
        "127.0.0.3:$PORT"
    json '(.offset | fabs) <= .bound'
}

@test "agree: an unknown name is unresolved with a reason, exit 1" {
    names <<<'127.0.0.2 alpha.test'
    ask_there 1 -t 20s nobody.test
    json '.status == "no-answer" and .elapsed < 15'
    json '.sources[0] | .status == "unresolved" and .server == "nobody.test"
        and .address == "" and .reason != "" and .sent == 0'
}

@test "agree: an unknown name keeps the others from nothing" {
    names <<<'127.0.0.2 alpha.test'
    serve 127.0.0.2
    ask_there 0 -t 20s nobody.test "alpha.test:$PORT"
    json '[.sources[].status] == ["unresolved", "best"] and .elapsed < 15'
}

@test "agree: a name without an address of the family asked for is unresolved" {
    names <<<'127.0.0.2 alpha.test'
    serve 127.0.0.2
    ask_there 1 -6 -t 20s "alpha.test:$PORT"
    json '.sources[0] | .status == "unresolved" and .reason != ""'
    [ "$(requests)" -eq 0 ]
}

@test "agree: a server that is only watched takes nobody's vote away" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=9
    ask 0 "127.0.0.1:$PORT,noselect" "127.0.0.2:$PORT,noselect" \
        "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    json '(.offset | fabs) <= .bound'
    json '[.sources[].status] | (.[:2] | sort) == ["agrees", "best"]
        and .[2:] == ["spare", "spare", "outvoted"]'
    [ "$(requests)" -eq 3 ]
}

@test "agree: an IPv4 address in IPv6 clothes has no second vote" {
    serve 127.0.0.1 127.0.0.2,offset=9
    ask 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "[::ffff:127.0.0.2]:$PORT"
    json '.sources[2] | .status == "spare" and .sent == 0'
}

@test "agree: who was refused has a vote for the grace, and no longer" {
    # Nobody listens on 127.0.0.9; so a lone other one is no majority at once.
    serve 127.0.0.1
    swift ask 0 -t 20s "127.0.0.1:$PORT" 127.0.0.9:1
    json '.elapsed >= 0.05 and .sources[1].status == "unreachable"'
    swift ask 1 -t 20s 127.0.0.9:1
    json '.elapsed >= 0.05 and .sources[0].status == "unreachable"'
}
