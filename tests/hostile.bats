# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# Malicious servers: every reply of tests/hostile/replies is sent to the program
# itself, and a good server beside them all is used as if they were not there.
load common
load hostile

setup() {
    spoil "$REPLIES"
    serve 127.0.0.1,offset=0.25
    everybody "$REPLIES" >"$BATS_TEST_TMPDIR/all"
    echo "127.0.0.1:$PORT" >>"$BATS_TEST_TMPDIR/all"
    N=$(lines_of "$REPLIES" | wc -l)
}

# That the good one was used, and each of the others told for what it is.
unharmed() {
    json '.status == "ok" and (.offset - 0.25 | fabs) <= .bound
        and .bound < 0.25'
    json "(.sources | length) == $N + 1 and .sources[$N].status == \"best\""
    json "[.sources[] | select(.status == \"best\" or .status == \"agrees\")]
        | length == 1"
    [[ $output != *[$'\001'-$'\037\177']* ]]
    told | diff -u <(wanted "$REPLIES") -
}

@test "hostile: over 200 hostile servers do no harm to a good one, and each is told why" {
    [ "$N" -ge 200 ]
    ask 0 --all -t 2s --file "$BATS_TEST_TMPDIR/all"
    unharmed
    [ "$(requests)" -eq 1 ]
}

@test "hostile: nor do they when nobody has to be waited for" {
    ask 0 -t 10s --file "$BATS_TEST_TMPDIR/all"
    json '.elapsed < 9'
    unharmed
}

@test "hostile: nor to what would be done to the clock" {
    ask 0 -S -n --all -t 2s --file "$BATS_TEST_TMPDIR/all"
    json '.action.kind == "step" and .action.dry_run
        and (.action.offset - 0.25 | fabs) <= .bound'
    unharmed
}

@test "hostile: a table of them all is plain letters" {
    run -0 --separate-stderr ntpsync -v -d -t 2s --all \
        --file "$BATS_TEST_TMPDIR/all"
    [ "${#lines[@]}" -eq $((N + 3)) ]
    [[ ${output//$'\n'/} != *[^\ -~]* ]]
    [[ ${stderr//$'\n'/} != *[^\ -~]* ]]
}

# One of each fault, alone: STATUS and WHY are the list's.
@test "hostile: each alone is exit 1, and no offset" {
    local name line
    for name in one-octet-missing origin-lowest-bit origin-previous \
        all-zero-65507 request-echoed-mode-4 from-another-port version-7 \
        mode-6-control fields-65504-zero fields-overlap mac-of-8 kiss-XABC \
        kiss-DEN code-escape-red leap-3-no-stamps stratum-255 \
        precision-minus-128 root-all-ones rootdisp-just-below-16 absurd-delay \
        no-stamps-at-all receive-68-years-ahead held-since-1970 \
        negative-delay; do
        ask 1 -t 1s "$(at "$name")"
        json '.status == "no-answer" and .offset == null and .bound == null
            and .stratum == null and .action.kind == "none"'
        line=$(told)
        wanted "$REPLIES" | grep -qxF "$line"
    done
}

@test "hostile: alone and together they set no clock" {
    local name
    fake_clock
    for name in all-ones kiss-RATE mode-5-broadcast leap-3 \
        rootdelay-just-below-32 held-68-years negative-delay-both; do
        ask 1 -S --force -t 500ms "$(at "$name")"
        [ -z "$(clock_log)" ]
    done
    sed -i '$d' "$BATS_TEST_TMPDIR/all"
    ask 1 --set --force --all -t 2s --file "$BATS_TEST_TMPDIR/all"
    json '.status == "no-answer" and .action.kind == "none"'
    [ -z "$(clock_log)" ]
}

@test "hostile: none of them is asked more often than the others" {
    ask 0 --all -p 3 -i 300ms -t 2s --file "$BATS_TEST_TMPDIR/all"
    json '.sources | all(.sent <= 5)'
    # A reply of no use is the server's word, and ends it.
    json '.sources[:-1] | all(.received <= 1 or .status == "too-far")'
    json '.sources[:-1] | all(.received == 0 or .sent == 1 or .status == "too-far")'
}

@test "hostile: replays of earlier replies are dropped and counted, with -p 4" {
    echo 'replays none replay copies=3' >"$BATS_TEST_TMPDIR/list"
    spoil "$BATS_TEST_TMPDIR/list"
    ask 0 -p 4 -i 1s "127.13.0.1:$SPOILT"
    json '(.offset | fabs) <= .bound'
    # Before the second reply one comes again, before the third two ...
    json '.sources[0] | .status == "best" and .sent == 4 and .received == 4
        and .rejected == 1 + 2 + 3'
}
