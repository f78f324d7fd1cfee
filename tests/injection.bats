# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What strangers have a say in comes out as text, never as a command to a
# terminal, as another line of a log, or as JSON that is none: names, files,
# lines, what servers call themselves, interfaces, the environment.
load common

DIR=
setup() {
    DIR=$BATS_TEST_TMPDIR/d
    mkdir "$DIR"
    OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err KEPT=$BATS_TEST_TMPDIR/kept
}

LONG=$(printf 'a%.0s' {1..5000})
HOSTILE=($'\e[31mred' $'\e]0;title\a' $'a\rb' $'a\nntpsync: b' $'a\b\bb' $'\x7f'
    $'\xc2\x9b31m' $'\x9b31m' $'\xe2\x80\xaeabc' $'\xff\xfe' $'\xed\xa0\x80' $'a\tb'
    '"' "'" '\' '\u001b' '%s%n%s%n%999999d' '","status":"ok' "$LONG" $'\e'"$LONG")

# The same as a JSON string that holds it: of what is no UTF-8, each byte is the
# letter that stands for such.
as_json() { printf %s "$1" | jq -Rs .; }

# no BYTES WHAT FILE: a pattern of bytes that must not be in the file.
no() {
    LC_ALL=C grep -aqP "$1" "$3" || return 0
    echo "$2 in:" && cat -v "$3" | cut -c1-300
    return 1
}

# Nothing a terminal obeys, and every letter is whole.
harmless() { # FILE
    no '[\x00-\x09\x0b-\x1f\x7f]' 'a control character' "$1" || return
    no '\xc2[\x80-\x9f]' 'a C1 control character' "$1" || return
    if LC_ALL=C.UTF-8 grep -aqvx '.*' "$1"; then
        echo 'no UTF-8:' && cat -v "$1" | cut -c1-300
        return 1
    fi
}

# harmless, and no letter beyond ASCII, which might turn the others round.
plain() { # FILE
    harmless "$1" && no '[^\x0a\x20-\x7e]' 'a letter beyond ASCII' "$1"
}

# What came out is kept, and looked at when the test is over.
keep() {
    cat "$ERR" >>"$KEPT.text"
    case $1 in
    *-j*)
        cat "$OUT" >>"$KEPT.json"
        [ ! -s "$OUT" ] || keep_report "$(<"$OUT")"
        ;;
    *) cat "$OUT" >>"$KEPT.text" ;;
    esac
}

teardown() {
    stop_servers
    [ ! -e "$KEPT.text" ] || plain "$KEPT.text" || return
    [ ! -s "$KEPT.json" ] || { harmless "$KEPT.json" && jq -es 'length > 0' "$KEPT.json"; }
}

# tell STATUS LINES ARG...: run as text, and as JSON with all detail, it ends so;
# there are so many lines on stderr, where there is no detail.
tell() {
    local wanted=$1 entries=$2 how got said
    shift 2
    for how in '' '-j -v -d'; do
        got=0
        # shellcheck disable=SC2086 # words
        ntpsync $how "$@" >"$OUT" 2>"$ERR" </dev/null || got=$?
        mapfile -t said <"$ERR"
        keep "$how"
        if [ "$got" -ne "$wanted" ] || { [ -z "$how" ] && [ "${#said[@]}" -ne "$entries" ]; }; then
            printf '%q ' "exit $got:" $how "$@" | cut -c1-300
            cat -v "$ERR"
            return 1
        fi
    done
}

# The JSON of the last run says so; $text is the text it is about.  How many
# letters stand for bytes that are none is not agreed on.
says() { # FILTER TEXT
    jq -e --argjson text "$(as_json "$2")" "def one: gsub(\"\ufffd+\"; \"?\"); $1" \
        "$OUT" >/dev/null || { cat -v "$OUT" && return 1; }
}

# on_terminal ARG...: the same on a terminal; the colours and the line that is
# written anew are ours.
on_terminal() {
    local command
    printf -v command '%q ' env LD_PRELOAD="$PRELOAD" "$NTPSYNC" "$@"
    SHELL=$BASH powerless script -qec "$command" /dev/null \
        </dev/null >"$OUT.raw" || :
    sed -e 's/\r$//' -e 's/\x1b\[3[12]m//g; s/\x1b\[0m//g' \
        -e 's/\r[ -~]*\x1b\[K//g' "$OUT.raw" >"$OUT"
    [ -s "$OUT" ]
    plain "$OUT"
}

@test "injection: words for servers are quoted harmlessly" {
    local text
    for text in "${HOSTILE[@]}"; do
        tell 2 1 "x$text"
        tell 2 1 "127.0.0.1:$text"
        tell 2 1 "127.0.0.1,$text"
        tell 2 1 "[::1%$text]:1"
        on_terminal "x$text"
    done
}

@test "injection: options and their values are quoted harmlessly" {
    local text option
    for text in "${HOSTILE[@]}"; do
        tell 2 2 "--$text"
        tell 2 2 "-$text"
        for option in -t -p -I -F --limit-back --min-sources; do
            tell 2 1 -S "$option" "x$text" 127.0.0.1
        done
    done
    on_terminal -I $'\e[31m' 127.0.0.1
}

@test "injection: the name of the program itself says nothing" {
    (exec -a $'\e[31mx' env -u LD_PRELOAD "$NTPSYNC" --bogus) >"$OUT" 2>"$ERR" || :
    plain "$ERR"
    (exec -a $'\e[31mx' "$NTPSYNC" --bogus) >"$OUT" 2>"$ERR" || :
    grep -q '^ntpsync: --bogus' "$ERR"
    plain "$ERR"
}

@test "injection: names of files that are not there are told harmlessly" {
    local text option
    for text in "${HOSTILE[@]}"; do
        for option in --file --config; do
            tell 2 1 "$option" "$DIR/x$text"
        done
        tell 70 1 -O "$DIR/no/$text" 127.0.0.1:9
    done
    on_terminal --file "$DIR/"$'\e[31m'
    on_terminal -O "$DIR/no/"$'\e[31m' 127.0.0.1:9
}

# What the file system takes for a name.
names() {
    local text
    for text in "${HOSTILE[@]}"; do
        [ "${#text}" -gt 200 ] || printf '%s\0' "${text//\//}"
    done
}

@test "injection: JSON tells the names of files as they are" {
    local text
    while IFS= read -rd '' text; do
        printf '127.0.0.1:9\n' >"$DIR/x$text"
        tell 1 0 --file "$DIR/x$text"
        ntpsync -j --file "$DIR/x$text" >"$OUT" || :
        says '(.servers_from | one) == ($text | one)' "$DIR/x$text"
        printf 'server 127.0.0.1\n' >"$DIR/x$text"
        ntpsync -j -t 100ms --config "$DIR/x$text" >"$OUT" || :
        harmless "$OUT"
        says '(.servers_from | one) == ($text | one)' "$DIR/x$text"
        rm "$DIR/x$text"
        ntpsync -j -O "$DIR/o$text" 127.0.0.1:9 || :
        harmless "$DIR/o$text"
    done < <(names)
}

@test "injection: what is in the names of files that are read is told harmlessly" {
    local text
    while IFS= read -rd '' text; do
        printf 'bad line\n' >"$DIR/x$text"
        tell 2 1 --file "$DIR/x$text"
        printf 'server\nserver a b c\nserver %s\n' "$LONG" >"$DIR/x$text"
        tell 2 1 --config "$DIR/x$text"
    done < <(names)
}

@test "injection: lines of lists and configurations are quoted harmlessly" {
    local text form
    for text in "${HOSTILE[@]}"; do
        printf '127.0.0.1\nx%s\n' "$text" >"$DIR/list"
        tell 2 1 --file "$DIR/list"
        for form in 'server x%s\n' 'pool x%s\n' 'server 127.0.0.1 %s\n' \
            'include /%s\n' 'include %s\n' '[Time]\nNTP=x%s\n' 'servers x%s\n' \
            'sourcedir /x%s\n' 'peer %s\nserver x%s\n' '%s\n'; do
            # shellcheck disable=SC2059 # a form
            printf "$form" "$text" "$text" >"$DIR/ntp.conf"
            quoted --config "$DIR/ntp.conf"
        done
        on_terminal --file "$DIR/list"
    done
    printf '127.0.0.1\n\0\e[31m\n' >"$DIR/list"
    tell 2 1 --file "$DIR/list"
}

# quoted ARG...: whatever comes of it, it is harmless, and every entry is ours.
quoted() {
    local how
    for how in '' '-j -v -d'; do
        # shellcheck disable=SC2086 # words
        ntpsync -t 1ms $how "$@" >"$OUT" 2>"$ERR" </dev/null || :
        keep "$how"
        ! grep -q '^ntpsync: b' "$ERR" || { cat -v "$ERR" && return 1; }
    done
}

# ---- what servers say ----

# Four bytes of a reference id, as hexadecimal digits.
IDS=(1b5b336d 0a0d0709 7f7f7f7f c29b3331 9b333100 e280ae41 fffefdfc 225c2f27
    25732573 256e256e 41004100 00410a00 41420000 2022205c)

# serve_ids WORD...: a server for each of them, and for all of these words.
serve_ids() {
    local id specs=() i=0
    SERVERS=()
    for id in "${IDS[@]}"; do
        i=$((i + 1))
        specs+=("127.0.0.$i,$1,refid=$id") SERVERS+=("127.0.0.$i")
    done
    serve "${specs[@]}"
    SERVERS=("${SERVERS[@]/%/:$PORT}")
}

@test "injection: what servers call themselves is told harmlessly" {
    serve_ids stratum=1
    tell 0 0 --all -t 500ms "${SERVERS[@]}"
    ntpsync -j --all -t 500ms "${SERVERS[@]}" >"$OUT"
    # Those that are no letters are told as numbers.
    jq -e '[.sources[].refid] | .[0] == "1B5B336D" and .[7] == "\"\\/'"'"'"
        and .[8] == "%s%s" and .[12] == "AB"' "$OUT"
    on_terminal -v --all -t 500ms "${SERVERS[@]}"
    grep -q 'refid "\\/' "$OUT"
}

@test "injection: what they say when they turn us away is told harmlessly" {
    serve_ids stratum=0,leap=3
    tell 1 0 -t 500ms "${SERVERS[@]}"
    ntpsync -j -t 500ms "${SERVERS[@]}" >"$OUT" || :
    jq -e 'all(.sources[]; .kiss | test("^[A-Z]*$"))' "$OUT"
    on_terminal -v -d -t 500ms "${SERVERS[@]}"
}

# ---- interfaces ----

# netted COMMAND...: where the interfaces are ours.
netted() {
    local user=
    [ "$(id -u)" -eq 0 ] || user=-r
    unshare $user -n "$@"
}

# Interfaces may have any name of 15 bytes that has no space, / or :.
INTERFACES=($'\e[31mX\a' $'\x7f\x01\b' $'\xe2\x80\xaeabc' $'\xc2\x9b31m' $'\x9b\xff' '"\\x')

# shellcheck disable=SC2016 # for the inner shell
@test "injection: an interface may be called what it likes" {
    local name
    netted true || missing 'no namespaces: unshare -n'
    for name in "${INTERFACES[@]}"; do
        netted "${WALL[@]}" sh -ec '
            ip link set lo up
            ip link add "$1" type veth peer name other
            ip link set "$1" up
            ip link set other up
            run() {
                LD_PRELOAD=$preload:$lookups "$ntpsync" -t 50ms "$@" || :
            }
            preload=$2 ntpsync=$3 lookups=$4 to=$5
            export LOOKUPS="a.test/6=0:fe80::1%$1"
            for server in "fe80::1%$1" "[fe80::1%$1]:5" a.test; do
                for how in "" "-v -d" "-w 60ms"; do
                    run $how "$server" >>$to.out 2>>$to.err
                done
                run -j "$server" >>$to.json 2>>$to.err
            done
            run -v -I "$1" 192.0.2.1 >>$to.out 2>>$to.err' sh "$name" \
            "$PRELOAD" "$NTPSYNC" "$TOP/build/tests/lookups.so" "$DIR/$((++i))"
        cat -v "$DIR/$i.err" "$DIR/$i.out"
        plain "$DIR/$i.out"
        plain "$DIR/$i.err"
        [ "$(grep -c '^- ' "$DIR/$i.out")" -eq 10 ]
        grep -q '^- fe80::1%' "$DIR/$i.out"
        grep -q 'a.test fe80::1%' "$DIR/$i.out"
        harmless "$DIR/$i.json"
        cp "$DIR/$i.json" "$OUT"
        [ "$(wc -l <"$OUT")" -eq 3 ]
        says '(.sources[0].address | one) == ($text | one)' "fe80::1%$name"
    done
}

# ---- the environment ----

@test "injection: nothing of the environment is printed" {
    local text name
    for text in "${HOSTILE[@]}" $'\e[31m.UTF-8'; do
        for name in NO_COLOR LANG LC_ALL TERM TZ LANGUAGE; do
            powerless env LC_ALL= "$name=$text" LD_PRELOAD="$PRELOAD" "$NTPSYNC" \
                -v 127.0.0.1:9 >"$OUT" 2>"$ERR" || :
            [ "$(wc -l <"$OUT")" -eq 3 ]
            cat "$OUT" "$ERR" >>"$KEPT"
        done
    done
    harmless "$KEPT"
}

@test "injection: on a terminal there are our own colours, and nothing else" {
    serve 127.0.0.1 127.0.0.2 127.0.0.3,offset=50
    on_terminal "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    grep -q $'\e\[32m\*\e\[0m' "$OUT.raw"
    NO_COLOR=1 on_terminal "127.0.0.1:$PORT"
    ! grep -q $'\e' "$OUT.raw" || false
}

# ---- that these checks can fail ----

@test "injection: the checks of this page find what they are for" {
    local bad
    for bad in $'\e[31m' $'\a' $'a\rb' $'\x7f' $'\xc2\x9b' $'\x9b' $'\xff' $'\t' \
        $'\xed\xa0\x80' '\0'; do
        printf "fine\n${bad//%/%%}\n" >"$OUT"
        ! harmless "$OUT" || false
    done
    printf '\xe2\x80\xaeabc\n' >"$OUT"
    harmless "$OUT"
    ! plain "$OUT" || false
    printf 'fine: "quoted" \\ %%s \xc2\xb5s\n' >"$OUT"
    harmless "$OUT"
    printf 'fine: "quoted" \\ %%s\n\n' >"$OUT"
    plain "$OUT"
}
