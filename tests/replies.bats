# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Replies that are wrong: each has its reason, and none of them does harm.
load common

# How long to wait for those who may never give an answer.
LIMIT=20s

# A server that behaves like WORDS (of ntpserver) is of no use alone: STATUS,
# WHY in words, exit 1.  A good one beside it is used as if it were alone, and
# a person reads why the other one was not.
useless() { # STATUS WHY WORDS
    serve "127.0.0.1,$3" 127.0.0.2,offset=0.25
    ask 1 -t "$LIMIT" "127.0.0.1:$PORT"
    json '.status == "no-answer" and .offset == null and .bound == null
        and .action.kind == "none" and (.sources | length) == 1'
    json ".sources[0] | .status == \"$1\" and .offset == null
        and .delay == null and .bound == null"
    [ "$(json '.sources[0].reason')" = "$2" ]

    run --separate-stderr ntpsync -t "$LIMIT" "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == '- 127.0.0.1 '*"   $2" ]]
    [[ ${lines[2]} == '* 127.0.0.2 '* ]]
    [[ ${lines[3]} == *'; one server answered' ]]

    ask 0 -t "$LIMIT" "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json ".status == \"ok\" and (.offset - 0.25 | fabs) <= .bound
        and .sources[0].status == \"$1\" and .sources[1].status == \"best\""
    stop_servers
}

# What is not an answer to our request can come from anyone: it is counted, and
# the true reply is waited for.
rejected() { # WHY WORDS
    LIMIT=1s
    useless invalid "$1" "$2"
    json '.sources[0] | .rejected >= 1 and .received == 0'
}

# A server that behaves like WORDS is used.
used() { # WORDS
    serve "127.0.0.1,$1"
    ask 0 "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound'
    json '.sources[0].status == "best"'
    stop_servers
}

repeated() { # TEXT TIMES
    local text
    printf -v text "%$2s" ''
    echo "${text// /$1}"
}

# ---- kisses ----

@test "replies: RATE is a kiss" {
    useless kiss 'asks for fewer requests (kiss code RATE)' kiss=RATE
    json '.sources[0] | .kiss == "RATE" and .stratum == 0'
}

@test "replies: DENY and RSTR are kisses" {
    useless kiss 'denies access (kiss code DENY)' kiss=DENY
    useless kiss 'denies access (kiss code RSTR)' kiss=RSTR
    json '.sources[0].kiss == "RSTR"'
}

@test "replies: an unknown code is a kiss" {
    useless kiss 'turns us away (kiss code XYZW)' kiss=XYZW
    json '.sources[0].kiss == "XYZW"'
}

@test "replies: a kiss is one whatever the leap indicator says" {
    useless kiss 'denies access (kiss code DENY)' kiss=DENY,leap=0
}

@test "replies: who sent a kiss is not asked again" {
    local code
    for code in RATE DENY RSTR XYZW; do
        serve "127.0.0.1,kiss=$code"
        ask 1 -p 6 -i 5s "127.0.0.1:$PORT"
        json '.sources[0] | .sent == 1 and .received == 1 and .rejected == 0'
        [ "$(requests)" -eq 1 ]
        stop_servers
    done
}

@test "replies: a kiss that is no answer to our request is not believed" {
    rejected 'replies answer another request' kiss=DENY,origin=wrong
    json '.sources[0].kiss == ""'
    rejected 'replies answer another request' kiss=RATE,origin=zero
}

@test "replies: INIT and STEP are said by a server that only starts" {
    useless unsynchronised 'not synchronised' kiss=INIT
    useless unsynchronised 'not synchronised' kiss=STEP
}

# ---- not synchronised ----

@test "replies: leap 3 is not synchronised" {
    useless unsynchronised 'not synchronised' leap=3
    json '.sources[0] | .leap == "unsynchronised" and .stratum == 1'
}

@test "replies: stratum 0 without a kiss code is not synchronised" {
    useless unsynchronised 'not synchronised (no valid stratum)' \
        stratum=0,refid=00000000
    json '.sources[0].stratum == 0'
}

@test "replies: stratum 16 and above is not synchronised" {
    useless unsynchronised 'not synchronised (no valid stratum)' stratum=16
    json '.sources[0].stratum == 16'
    useless unsynchronised 'not synchronised (no valid stratum)' stratum=255
}

@test "replies: stratum 15 is used" {
    used stratum=15
    json '.stratum == 15'
}

# ---- not a server's reply ----

@test "replies: another version than 3 or 4 is invalid" {
    local version
    for version in 0 1 2 5 6 7; do
        useless invalid "reply has an unknown NTP version: $version" \
            "version=$version"
    done
}

@test "replies: version 3 to a request of version 4 is used" {
    used version=3
    json '.sources[0].version == 3'
}

@test "replies: another mode than a server's is invalid" {
    local mode
    for mode in 0 1 2 3 5 6 7; do
        useless invalid "reply is not a server's (wrong mode)" "mode=$mode"
    done
}

@test "replies: the request sent back is no reply" {
    rejected 'replies answer another request' echo
}

@test "replies: zero bytes are no reply" {
    rejected 'replies answer another request' blank
}

@test "replies: less than a header is no reply" {
    local n
    for n in 0 1 47; do
        rejected 'reply is too short' "short=$n"
    done
}

@test "replies: 60 KB are invalid" {
    useless invalid 'reply has a malformed extension' pad=60000
}

@test "replies: an origin that is not what we sent is no reply" {
    rejected 'replies answer another request' origin=wrong
    rejected 'replies answer another request' origin=zero
}

# ---- times ----

@test "replies: without a receive time it is invalid" {
    useless invalid 'reply lacks a timestamp' zero=receive
}

@test "replies: without a transmit time it is invalid" {
    useless invalid 'reply lacks a timestamp' zero=transmit
}

@test "replies: without any time it is invalid" {
    useless invalid 'reply lacks a timestamp' zero=all
}

@test "replies: sent before the request was received is invalid" {
    useless invalid 'reply was sent before the request came' hold=-0.5
    useless invalid 'reply was sent before the request came' hold=-10000000
}

@test "replies: held for over 4 s is invalid" {
    useless invalid 'reply was held back for over 4 s' hold=4.5
    useless invalid 'reply was held back for over 4 s' hold=10000000
}

@test "replies: held for longer than the exchange took is invalid" {
    useless invalid 'reply came before it was sent' hold=3.5
}

@test "replies: a reply that was held, but honestly, is used" {
    used delay=700
    json '.bound < 0.35'
}

# ---- what the server says of itself ----

@test "replies: root delay / 2 + dispersion of 16 s is invalid" {
    useless invalid 'root distance is 16 s or more' rootdisp=16
    useless invalid 'root distance is 16 s or more' rootdelay=32
    useless invalid 'root distance is 16 s or more' rootdelay=20,rootdisp=6
    useless invalid 'root distance is 16 s or more' rootdisp=65535
}

# It was measured, so its figures are shown; but it has no vote.
too_far() { # WORDS
    serve "127.0.0.1,$1" 127.0.0.2,offset=0.25
    ask 1 "127.0.0.1:$PORT"
    json '.status == "no-answer" and .offset == null'
    json '.sources[0] | .status == "too-far" and .received == 1
        and .reason == "bound is over 1.5 s" and .bound > 1.5
        and (.offset | fabs) <= .bound'
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '(.offset - 0.25 | fabs) <= .bound and .bound < 0.2
        and [.sources[].status] == ["too-far", "best"]'
    run --separate-stderr ntpsync "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    echo "$output"
    [[ ${lines[1]} == '- 127.0.0.1 '*'   bound is over 1.5 s' ]]
    [[ ${lines[3]} == *'; one server answered' ]]
    stop_servers
}

@test "replies: a bound over 1.5 s is too far, and no vote" {
    too_far rootdisp=1.6
    too_far rootdelay=3.1
    too_far rootdelay=31.9
    too_far rootdisp=15.9
}

@test "replies: a bound below 1.5 s is used" {
    used rootdisp=1.4
    json '.bound >= 1.399 and .bound <= 1.5'
}

@test "replies: an impossible precision is invalid" {
    local precision
    for precision in 1 127 -33 -128; do
        useless invalid 'reply has an impossible precision' \
            "precision=$precision"
    done
}

@test "replies: a precision of a second is in the bound" {
    used precision=0
    json '.bound >= 1 and .bound < 1.5'
    used precision=-32
}

# ---- what follows the header ----

@test "replies: garbage behind the header is invalid, unless long as a MAC" {
    local specs=() words=() n
    for n in {1..40}; do
        specs+=("127.0.1.$n,append=$(repeated ff "$n")")
    done
    serve "${specs[@]}" 127.0.0.2
    for n in {1..40}; do words+=("127.0.1.$n:$PORT"); done
    ask 0 --all "${words[@]}" "127.0.0.2:$PORT"
    json '(.sources | length) == 41 and .sources[40].received == 1
        and (.sources | all(.received == 1))'
    json '[.sources[] | select(.status != "invalid") | .address]
        == ["127.0.1.4", "127.0.1.20", "127.0.1.24", "127.0.0.2"]'
    json '.sources[] | select(.status == "invalid")
        | .reason == "reply has a malformed extension"'
    json '([.sources[].status] | unique) == ["agrees", "best", "invalid"]
        and (.offset | fabs) <= .bound'
}

@test "replies: zero bytes behind the header are garbage too" {
    local specs=() words=() n
    for n in {1..40} 100 1000 1900; do
        specs+=("127.1.$((n / 100)).$((n % 100 + 1)),pad=$n")
    done
    serve "${specs[@]}"
    for n in "${specs[@]}"; do words+=("${n%,*}:$PORT"); done
    ask 0 --all "${words[@]}"
    json '[.sources[] | select(.status != "invalid") | .address]
        == ["127.1.0.5", "127.1.0.21", "127.1.0.25"]'
    json '(.sources | all(.received == 1)) and (.sources | length) == 43'
}

@test "replies: garbage is a reason, and a good server beside it is used" {
    useless invalid 'reply has a malformed extension' append=ff
    useless invalid 'reply has a malformed extension' "append=$(repeated ff 40)"
    useless invalid 'reply has a malformed extension' pad=1000
}

@test "replies: well-formed extension fields are ignored" {
    used "append=0104001c$(repeated 5a 24)"
    used "append=01040010$(repeated 5a 12)0204001c$(repeated 00 24)"
    used "append=f5ff0400$(repeated 5a 1020)"
}

@test "replies: a MAC nobody asked for is ignored, after fields too" {
    used "append=00000000"
    used "append=00000001$(repeated 5a 16)"
    used "append=00000001$(repeated 5a 20)"
    used "append=01040010$(repeated 5a 12)00000001$(repeated 5a 16)"
    used "append=01040010$(repeated 5a 12)00000001$(repeated 5a 20)"
}

@test "replies: an extension field that ends elsewhere than it says is invalid" {
    # Beyond the packet; not at a multiple of 4; before it begins; too short;
    # the last one shorter than 28 octets with no MAC behind it.
    useless invalid 'reply has a malformed extension' \
        "append=01040040$(repeated 00 24)"
    useless invalid 'reply has a malformed extension' \
        "append=0104001e$(repeated 00 26)"
    useless invalid 'reply has a malformed extension' \
        "append=01040000$(repeated 00 24)"
    useless invalid 'reply has a malformed extension' \
        "append=0104000c$(repeated 00 8)0104001c$(repeated 00 24)"
    useless invalid 'reply has a malformed extension' \
        "append=01040010$(repeated 00 12)"
}

# ---- more packets than one, or fewer ----

@test "replies: bogus ones before the true one are counted, and it is used" {
    local n
    for n in 1 5 100; do
        serve "127.0.0.1,junk=$n"
        ask 0 -i 5s "127.0.0.1:$PORT"
        json '.status == "ok" and (.offset | fabs) <= .bound'
        json ".sources[0] | .status == \"best\" and .received == 1
            and .sent == 1 and .rejected == $n"
        stop_servers
    done
}

@test "replies: bogus ones do no harm to a good server beside" {
    serve 127.0.0.1,junk=5 127.0.0.2
    ask 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '([.sources[].status] | sort) == ["agrees", "best"]'
}

@test "replies: a first reply that is bogus costs a repetition, no more" {
    serve 127.0.0.1,badthen
    ask 0 -i 50ms "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound'
    json '.sources[0] | .status == "best" and .rejected == 1
        and .received == 1 and .sent >= 2 and .reason == ""'
}

@test "replies: copies of a reply are one reply" {
    serve 127.0.0.1,copies=3
    ask 0 "127.0.0.1:$PORT"
    json '.sources[0] | .received == 1 and .sent == 1'
    ask 0 -p 2 -i 1s "127.0.0.1:$PORT"
    json '.sources[0] | .received == 2 and .sent == 2'
    json '.status == "ok" and (.offset | fabs) <= .bound'
}

@test "replies: from another address they are ignored" {
    serve 127.0.0.1,from=127.0.0.9 127.0.0.2
    ask 1 -t 500ms "127.0.0.1:$PORT"
    json '.status == "no-answer"'
    json '.sources[0] | .status == "no-reply" and .reason == "no reply"
        and .sent == 1 and .received == 0 and .rejected == 0'
    ask 0 --all -t 2s "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '[.sources[].status] == ["no-reply", "best"]'
}

@test "replies: none at all is no reply" {
    LIMIT=800ms
    useless no-reply 'no reply' drop=all
    json '.sources[0] | .sent >= 1 and .received == 0 and .rejected == 0'
}

@test "replies: one after the deadline comes too late" {
    serve 127.0.0.1,delay=3000
    ask 1 -t 400ms "127.0.0.1:$PORT"
    json '.sources[0] | .status == "no-reply" and .received == 0'
}

@test "replies: one to an earlier request than the last still counts" {
    serve 127.0.0.1,delay=500,only=1
    ask 0 -i 100ms "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset | fabs) <= .bound and .elapsed >= 0.5'
    json '.sources[0] | .received == 1 and .sent >= 2'
}

@test "replies: a port that nobody serves is unreachable" {
    serve 127.0.0.1,offset=0.25
    ask 1 "127.0.0.2:$PORT"
    json '.sources[0] | .status == "unreachable" and .received == 0
        and .reason == "connection refused"'
    json '.elapsed < 4'
    ask 0 "127.0.0.2:$PORT" "127.0.0.1:$PORT"
    json '(.offset - 0.25 | fabs) <= .bound
        and [.sources[].status] == ["unreachable", "best"]'
    run --separate-stderr ntpsync "127.0.0.2:$PORT" "127.0.0.1:$PORT"
    [[ ${lines[1]} == '- 127.0.0.2 '*'   connection refused' ]]
}

# ---- what a server says reaches people ----

@test "replies: a reference id of control characters is shown harmlessly" {
    serve 127.0.0.1,refid=1b5b334a
    run -0 --separate-stderr ntpsync -v -d "127.0.0.1:$PORT"
    [[ $output != *$'\e'* ]]
    [[ $stderr != *$'\e'* ]]
    ask 0 "127.0.0.1:$PORT"
    [[ $output != *$'\e'* ]]
    json '.sources[0].refid == "1B5B334A"'
}

@test "replies: a kiss code of control characters is none" {
    serve 127.0.0.1,stratum=0,refid=1b5b334a
    run -1 --separate-stderr ntpsync -v -d "127.0.0.1:$PORT"
    [[ $output != *$'\e'* ]]
    [[ $stderr != *$'\e'* ]]
    ask 1 "127.0.0.1:$PORT"
    json '.sources[0] | .kiss == "" and .status == "unsynchronised"'
}

@test "replies: a leap second that is announced is told" {
    used leap=1
    json '.leap == "insert" and .sources[0].leap == "insert"'
    used leap=2
    json '.leap == "delete" and .sources[0].leap == "delete"'
}

@test "replies: one that is longer than any is, is invalid to its last byte" {
    # A field of 2000 octets, and one octet behind it that is none.
    useless invalid 'reply has a malformed extension' append=010407d0,pad=1997
}
