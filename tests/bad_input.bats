# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What cannot be meant: exit 2, and a line that says which word it was.  Before
# it is all understood nothing is sent and nothing is set.
load common

setup() {
    fake_clock
    serve 127.0.0.1,offset=1.5
    LIST=$BATS_TEST_TMPDIR/list
}

# refused TEXT ARG...: these end with exit 2; the first line on stderr says so
# and names TEXT, no other does, and nothing is printed.
refused() {
    local text=$1 line named=0
    shift
    run --separate-stderr ntpsync "$@"
    printf 'for: %q\n' "$*"
    printf 'exit %s: %s\n' "$status" "$output"
    printf '%q\n' "${stderr_lines[@]}"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == *'ntpsync: '*"$text"* ]]
    for line in "${stderr_lines[@]}"; do
        [[ $line != *"$text"* ]] || named=$((named + 1))
    done
    [ "$named" -eq 1 ]
    no_escapes
}

# What a terminal would take for a command is not on stderr: bytes below space
# other than line ends, DEL, and what is not ASCII.
no_escapes() {
    [[ $stderr =~ ^[[:print:]$'\n']*$ ]]
}

# The word beside a good one, and as a line of a list file.
# shellcheck disable=SC2153 # serve sets PORT
refused_word() { # TEXT WORD
    refused "$1" "127.0.0.1:$PORT" "$2"
    refused_line "$1" "$2"
}

refused_line() { # TEXT LINE
    printf '127.0.0.1:%s\n\n%s\n127.0.0.1\n' "$PORT" "$2" >"$LIST"
    refused "$1" --file "$LIST"
    [[ ${stderr_lines[0]} == *"$LIST:3:"* ]]
}

# That nothing was sent and nothing set until now.  The one request that is sent
# here comes behind whatever else there may have been.
harmless() {
    [ -z "$(<"$FAKECLOCK_LOG")" ]
    run -0 --separate-stderr ntpsync -t 20s -i 20s "127.0.0.1:$PORT"
    [ "$(wc -l <"$REQUESTS")" -eq 1 ]
}

# ---- options ----

@test "bad input: an unknown option is named" {
    refused bogus --bogus "127.0.0.1:$PORT"
    refused bogus "127.0.0.1:$PORT" --bogus
    refused '-y:' -y "127.0.0.1:$PORT"
    refused '-y:' -Sy "127.0.0.1:$PORT"
    refused bogus -S --bogus=1 "127.0.0.1:$PORT"
    harmless
}

@test "bad input: an option without its value is named" {
    refused '-p:' "127.0.0.1:$PORT" -p
    refused samples "127.0.0.1:$PORT" --samples
    refused step-over "127.0.0.1:$PORT" -S --step-over
    harmless
}

@test "bad input: a value for an option that takes none is refused" {
    refused quiet --quiet=1 "127.0.0.1:$PORT"
    refused step -S --step=1s "127.0.0.1:$PORT"
    harmless
}

@test "bad input: an unknown format is named" {
    refused '"yaml"' -F yaml "127.0.0.1:$PORT"
    refused '""' -F '' "127.0.0.1:$PORT"
    refused '"JSON"' --format JSON "127.0.0.1:$PORT"
    refused '"text "' -F 'text ' "127.0.0.1:$PORT"
    harmless
}

@test "bad input: a duration that is none is named" {
    local value
    for value in -1 +1 1e999 1e3 '5 s' ' 5s' '5s ' nan inf '' . .5 5. 1.s \
        5x 5S 5sec 0x10 1,5 1.2.3 1:30 s '5\n' 101000000000 9999999d \
        99999999999999999999999999 18446744073709551617; do
        refused "\"$value\"" -S --timeout "$value" "127.0.0.1:$PORT"
        [[ ${stderr_lines[0]} == *--timeout* ]]
    done
    harmless
}

@test "bad input: a duration that is none is named, for the other options too" {
    local option value
    for option in --interval --step-over; do
        for value in -1 1e999 '5 s' nan ''; do
            refused "\"$value\"" -S "$option" "$value" "127.0.0.1:$PORT"
            [[ ${stderr_lines[0]} == *"$option"* ]]
        done
    done
    harmless
}

@test "bad input: a duration of nothing is refused" {
    local option value
    for option in --timeout --interval --step-over; do
        for value in 0 0.0ms; do
            refused "\"$value\"" -S "$option" "$value" "127.0.0.1:$PORT"
        done
    done
    harmless
}

@test "bad input: the short options take no bad duration either" {
    refused '"0"' -t 0 "127.0.0.1:$PORT"
    refused '"-1"' -t -1 "127.0.0.1:$PORT"
    refused '"nan"' -i nan "127.0.0.1:$PORT"
    refused '""' -i '' "127.0.0.1:$PORT"
    harmless
}

@test "bad input: good durations are good, in every unit" {
    local value
    for value in 5 5s 5.5 5.25s 5000ms 5000000us 5000000000ns 1m 1h 1d 0005 \
        1.000000001s 100d; do
        run -0 --separate-stderr ntpsync -t "$value" "127.0.0.1:$PORT"
        [ -z "$stderr" ]
    done
}

@test "bad input: an interval is 1ms to 1d" {
    refused -i -i 999us "127.0.0.1:$PORT"
    refused -i -p 8 -i 36500d "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -p is a number from 1 to 8" {
    local value
    for value in 0 9 x '' -1 +1 1.5 ' 1' '1 ' 0x1 1e0 08x 4294967297 \
        18446744073709551617; do
        refused "\"$value\"" -p "$value" "127.0.0.1:$PORT"
        refused "\"$value\"" --samples "$value" "127.0.0.1:$PORT"
    done
    harmless
}

@test "bad input: --min-sources is a number above zero" {
    local value
    for value in 0 x '' -1 1.5 4294967297; do
        refused "\"$value\"" --min-sources "$value" "127.0.0.1:$PORT"
    done
    harmless
}

@test "bad input: -I is an address or an interface that is here" {
    refused '"nope0"' -I nope0 "127.0.0.1:$PORT"
    refused '""' -I '' "127.0.0.1:$PORT"
    refused '"127.0.0.256"' --bind 127.0.0.256 "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -O without a name is refused" {
    refused output -O '' "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -q goes with neither -s nor -S nor --set" {
    refused -q -q -s "127.0.0.1:$PORT"
    refused -q -q -S "127.0.0.1:$PORT"
    refused -q --set -q "127.0.0.1:$PORT"
    refused -q --step --query "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -n goes with -s or -S only" {
    refused -n -n "127.0.0.1:$PORT"
    refused -n --dry-run -q "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -4 and -6 exclude each other" {
    refused -4 -4 -6 "127.0.0.1:$PORT"
    refused -4 --ipv6 --ipv4 "127.0.0.1:$PORT"
    harmless
}

@test "bad input: what is written for another program is told apart" {
    refused_word 'not a URL' "ntp://127.0.0.1:$PORT"
    refused_word 'which --config reads' "server 127.0.0.1 iburst"
    refused_word 'which --config reads' "pool 2.debian.pool.ntp.org iburst"
    harmless
}

@test "bad input: an option that is cut short is none" {
    refused --jso --jso "127.0.0.1:$PORT"
    refused --min-source=1 --min-source=1 "127.0.0.1:$PORT"
    refused --timeou --timeou 5s "127.0.0.1:$PORT"
    run -0 --separate-stderr ntpsync --timeout=5s --quiet -- "127.0.0.1:$PORT"
    [ "$(wc -l <"$REQUESTS")" -eq 1 ]
}

@test "bad input: -j and another format exclude each other" {
    refused "json and text" -j -F text "127.0.0.1:$PORT"
    refused "text and json" -F text -j "127.0.0.1:$PORT"
    harmless
}

@test "bad input: -j and -F json say the same" {
    run -0 --separate-stderr ntpsync -j -F json "127.0.0.1:$PORT"
    json '.schema == 1'
    run -0 --separate-stderr ntpsync --format json --json "127.0.0.1:$PORT"
    json '.schema == 1'
}

# ---- no server ----

@test "bad input: no server at all is refused, and says so" {
    refused 'names no server' --config /dev/null
    refused 'names no server' --config /dev/null -S
    refused 'names no server' --config /dev/null -q -j
    : >"$LIST"
    refused "$LIST: names no server" --config /dev/null --file "$LIST"
    printf '# none\n\n   \n' >"$LIST"
    refused "$LIST: names no server" --config /dev/null --file "$LIST" -S
    harmless
}

# ---- server words ----

@test "bad input: an empty server word is refused" {
    refused '""' ''
    refused '""' '' "127.0.0.1:$PORT"
    refused '""' "127.0.0.1:$PORT" ''
    refused_word '":123"' :123
    refused_word '",pool"' ,pool
    refused_word '"."' .
    harmless
}

@test "bad input: a name that is too long is refused" {
    local label name
    printf -v label '%63s' ''
    label=${label// /a}
    refused_word "${label:0:60}" "${label}a.example"
    name=$label.$label.$label.$label
    refused_word "${label:0:60}" "$name"
    refused_word "${label:0:60}" "$name$name$name"
    harmless
}

@test "bad input: a bad port is refused" {
    local port
    for port in '' 0 65536 4294967419 99999999999999999999 -1 +123 x 12x 1.5 \
        0x7b 1e2 ntp; do
        refused_word "\"127.0.0.1:$port\"" "127.0.0.1:$port"
        refused_word "\"[::1]:$port\"" "[::1]:$port"
    done
    refused_word '"127.0.0.1: 123"' '127.0.0.1: 123'
    harmless
}

@test "bad input: brackets must balance and hold an IPv6 address" {
    local word
    for word in '[::1' '::1]' '[::1]x' '[::1]123' '[]' '[]:123' '[127.0.0.1]' \
        '[host.example]:123' '[[::1]]' '[::1]]:123' '[::g]' '[1:2]' '::1]:123' \
        '1:2:3' '::g'; do
        refused_word "\"$word\"" "$word"
    done
    harmless
}

@test "bad input: an unknown word behind a comma is refused" {
    local words
    for words in bogus '' ,pool 'pool,' Pool pool=1 noselect=yes noselect=; do
        refused_word "\"127.0.0.1,$words\"" "127.0.0.1,$words"
    done
    refused_word '"127.0.0.1,pool,bogus"' 127.0.0.1,pool,bogus
    refused_word '"127.0.0.1, pool"' '127.0.0.1, pool'
    harmless
}

@test "bad input: ,max= is a number above zero" {
    local value
    for value in 0 '' x -1 1.5 4294967297; do
        refused_word "\"127.0.0.1,max=$value\"" "127.0.0.1,max=$value"
    done
    refused_word '"127.0.0.1,max"' 127.0.0.1,max
    harmless
}

@test "bad input: ,version= is 3 or 4" {
    local value
    for value in 5 2 0 '' x -3 260; do
        refused_word "\"127.0.0.1,version=$value\"" "127.0.0.1,version=$value"
    done
    refused_word '"127.0.0.1,version"' 127.0.0.1,version
    harmless
}

@test "bad input: spaces, slashes and signs are in no name" {
    local word
    # shellcheck disable=SC2016 # these are not to be expanded
    for word in 'a b.example' 'a.example b.example' a/b.example \
        http://ntp.example ntp.example/ 'a*.example' 'a@b.example' a..example \
        .example 'a;b' "a'b" 'a"b' 'a\b' '$(a)' a%b '{a}' '127.0.0.1 pool'; do
        refused_word "$word" "$word"
    done
    refused "\" 127.0.0.1\"" ' 127.0.0.1'
    refused '"127.0.0.1 "' '127.0.0.1 '
    harmless
}

@test "bad input: a name does not begin with a dash, nor is it an option" {
    refused '"-a.example"' -- -a.example
    refused '"--step"' -- "127.0.0.1:$PORT" --step
    refused '"-"' -- -
    refused_line '"-S"' -S
    refused_line '"--force"' --force
    harmless
}

@test "bad input: control characters in a word are refused and stay unseen" {
    local char
    for char in $'\t' $'\e' $'\a' $'\b' $'\x7f' $'\x9b' $'\u202e' $'\xff' ü; do
        refused b.example "a${char}b.example"
        refused b.example "127.0.0.1:$PORT" "a${char}b.example"
        refused_line b.example "a${char}b.example"
    done
    refused b.example $'a\nb.example'
    refused b.example $'a\rb.example'
    refused '31mred' $'\e[31mred'
    harmless
}

# ---- terminal escapes elsewhere ----

@test "bad input: terminal escapes in values never reach stderr" {
    refused 31mred -t $'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred -p $'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred -F $'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred -I $'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred --file $'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred "127.0.0.1:$PORT,"$'\e[31mred'
    printf '127.0.0.1:%s\n\n\e[31mred\n' "$PORT" >"$LIST"
    refused 31mred --file "$LIST"
    harmless
}

@test "bad input: terminal escapes in unknown options never reach stderr" {
    refused 31mred --$'\e[31mred' "127.0.0.1:$PORT"
    refused 31mred --step=$'\e[31mred' "127.0.0.1:$PORT"
    run --separate-stderr ntpsync -$'\e' "127.0.0.1:$PORT"
    [ "$status" -eq 2 ]
    no_escapes
    run --separate-stderr ntpsync -$'\x9b' "127.0.0.1:$PORT"
    [ "$status" -eq 2 ]
    no_escapes
    harmless
}

# ---- list files ----

@test "bad input: a list file that is missing is named" {
    refused "$LIST" --file "$LIST" "127.0.0.1:$PORT"
    [[ ${stderr_lines[0]} == *'No such file or directory' ]]
    refused "$LIST" -S --file "$LIST/x"
    harmless
}

@test "bad input: a list file without a name is told as that" {
    refused --file --file '' "127.0.0.1:$PORT"
    harmless
}

@test "bad input: a list file that is a directory is named" {
    mkdir "$LIST"
    refused "$LIST" --file "$LIST" "127.0.0.1:$PORT"
    [[ ${stderr_lines[0]} == *'Is a directory' ]]
    harmless
}

@test "bad input: a list file that cannot be read is named" {
    local as=()
    echo "127.0.0.1:$PORT" >"$LIST"
    chmod 000 "$LIST"
    if [ "$(id -u)" -eq 0 ]; then
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
        "${as[@]}" test -x "$NTPSYNC" ||
            missing 'other users cannot run this build'
    fi
    run --separate-stderr "${as[@]}" env LD_PRELOAD="$PRELOAD" "$NTPSYNC" \
        --file "$LIST" "127.0.0.1:$PORT"
    echo "exit $status: $output $stderr"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == "ntpsync: $LIST: Permission denied" ]]
    harmless
}

@test "bad input: a list file that is no text is named with its line" {
    printf '127.0.0.1:%s\n127.0.0.1\0:%s\n' "$PORT" "$PORT" >"$LIST"
    refused "$LIST:2:" --file "$LIST"
    printf '\0' >"$LIST"
    refused "$LIST:1:" --file "$LIST"
    head -c 4096 /dev/urandom >"$LIST"
    refused "$LIST:" --file "$LIST"
    printf '\x7fELF\x02\x01\x01\n' >"$LIST"
    refused "$LIST:1:" --file "$LIST"
    harmless
}

@test "bad input: a program is no list file" {
    local program=$TOP/build/tests/ntpserver
    refused "$program:1:" --file "$program"
    harmless
}

@test "bad input: a line that is too long is named with its number" {
    { echo '# fine' && head -c 100000 /dev/zero | tr '\0' a && echo; } >"$LIST"
    refused "$LIST:2:" --file "$LIST"
    # A comment may not be endless either, but must not hide what is wrong.
    { echo && echo && echo "127.0.0.1:x # $(head -c 500 /dev/zero | tr '\0' a)"; } >"$LIST"
    refused "$LIST:3:" --file "$LIST"
    harmless
}

@test "bad input: a bad line is named with its number, CRLF and comments counted" {
    printf '# one\r\n\r\n127.0.0.1:%s\r\n\t \r\nbad name\r\n' "$PORT" >"$LIST"
    refused '"bad name"' --file "$LIST" "127.0.0.1:$PORT"
    [[ ${stderr_lines[0]} == *"$LIST:5: "* ]]
    harmless
}

@test "bad input: two servers on a line are one bad line" {
    printf '127.0.0.1:%s 127.0.0.1:%s\n' "$PORT" "$PORT" >"$LIST"
    refused "$LIST:1:" --file "$LIST"
    harmless
}

@test "bad input: a carriage return inside a line is refused" {
    printf '127.0.0.1\r:%s\n' "$PORT" >"$LIST"
    refused "$LIST:1:" --file "$LIST"
    harmless
}

@test "bad input: a bad line on standard input is named as such" {
    bad_stdin() { printf 'bad name\n' | ntpsync --file - "127.0.0.1:$PORT"; }
    run --separate-stderr bad_stdin
    echo "exit $status: $output $stderr"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} == *'standard input:1: '*'"bad name"'* ]]
    harmless
}

# ---- what is not bad ----

@test "bad input: --help and --version need no server and say nothing on stderr" {
    local option
    for option in -h --help -V --version; do
        run -0 --separate-stderr ntpsync "$option"
        [ -n "$output" ]
        [ -z "$stderr" ]
    done
    run -0 --separate-stderr ntpsync -V
    [[ $output =~ ^ntpsync\ [0-9] ]]
    [ "${#lines[@]}" -eq 1 ]
}

@test "bad input: -- ends the options" {
    run -0 --separate-stderr ntpsync -j -- "127.0.0.1:$PORT"
    json '.status == "ok"'
}
