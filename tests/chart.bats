# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What selection saw, as a picture.  The bounds are of seconds, so that what the
# loopback needs seldom moves anything by a column.
load common

same() { # EXPECTED ACTUAL
    diff <(echo "$1") <(echo "$2")
}

# Numbers that the loopback is in: those of "agreed" and of the sentences.
plain() {
    sed -E -e '/^(  |    )agreed |^local clock is/s/[-+]?[0-9]+(\.[0-9]+)? ([uµm]?s|min)\>/N/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC$/DATE/' \
        -e 's/ +$/ (space)/'
}

# Under a width and a locale of its own; every picture fits, however it looks.
COLS=80 LOCALE=C
picture() { # STATUS ARG...
    local wanted=$1
    shift
    COLUMNS=$COLS LC_ALL=$LOCALE run --separate-stderr ntpsync -F chart "$@"
    echo "exit $status:"
    echo "$output"
    echo "$stderr"
    [ "$status" -eq "$wanted" ]
    [ -z "$stderr" ]
    fits "$COLS"
    [ "$LOCALE" != C ] || [[ $output =~ ^[[:print:]$'\n']*$ ]]
    PICTURE=$(plain <<<"$output")
    [[ $PICTURE != *'(space)'* ]]
}

# drawn STATUS ARG... EXPECTED: the picture; a machine that is busy may try again.
drawn() {
    for _ in {1..10}; do
        picture "${@:1:$#-1}"
        [ "$PICTURE" != "${!#}" ] || return 0
    done
    same "${!#}" "$PICTURE"
}

# That no line of $output is wider than so many columns.
fits() { # COLUMNS
    local LC_ALL=C.UTF-8 line
    while IFS= read -r line; do
        [ "${#line}" -le "$1" ] || { echo "too wide: $line" && return 1; }
    done <<<"$output"
}

# Three that agree on 1.6 s to 2.9 s.
# shellcheck disable=SC2054 # commas are ntpserver's
AGREEING=(127.0.0.1,offset=2.5,rootdisp=0.9 127.0.0.2,offset=2.9,rootdisp=1.4
    127.0.0.3,offset=1.9,rootdisp=1)
three() {
    FALSE=$1
    serve "${AGREEING[@]}" ${FALSE:+"127.0.0.4,$FALSE"}
    set -- "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    SERVERS=("$@" ${FALSE:+"127.0.0.4:$PORT"})
}

@test "chart: those who agree, and what they have in common" {
    three ''
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1        '                  |==========o=====-----|
+ 127.0.0.2        '                 |================o----------------|
+ 127.0.0.3        '          |-------====o===========|
  agreed           '                  ^^^^^^^^^^^^^^^^^ N +/- N
             ------+-----------+-----------+-----------+-----------+-----------+
                   0         +1 s        +2 s        +3 s        +4 s       +5 s
              local clock
local clock is N behind, +/- N; 3 of 3 servers that answered agree;
  the time is DATE"
    LOCALE=C.UTF-8
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1        ┊                  ┣━━━━━━━━━━●━━━━━─────┤
+ 127.0.0.2        ┊                 ├━━━━━━━━━━━━━━━━●────────────────┤
+ 127.0.0.3        ┊          ├───────━━━━●━━━━━━━━━━━┫
  agreed           ┊                  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀ N ± N
             ──────┼───────────┬───────────┬───────────┬───────────┬───────────┬
                   0         +1 s        +2 s        +3 s        +4 s       +5 s
              local clock
local clock is N behind, ± N; 3 of 3 servers that answered agree; the
  time is DATE"
}

@test "chart: one who is wrong by little is drawn to scale" {
    three offset=5.5,rootdisp=0.5
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1       '              |=======o====----|
+ 127.0.0.2       '             |============o------------|
+ 127.0.0.3       '       |------===o========|
x 127.0.0.4       '              :::::::::::::                   |----o---|
  agreed          '              ^^^^^^^^^^^^^ N +/- N
             -----+--------+---------+--------+--------+---------+--------+-----
                  0      +1 s      +2 s     +3 s     +4 s      +5 s     +6 s
             local clock
local clock is N behind, +/- N; 3 of 4 servers that answered agree;
  the time is DATE"
    LOCALE=C.UTF-8
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1       ┊              ┣━━━━━━━●━━━━────┤
+ 127.0.0.2       ┊             ├━━━━━━━━━━━━●────────────┤
+ 127.0.0.3       ┊       ├──────━━━●━━━━━━━━┫
x 127.0.0.4       ┊              ░░░░░░░░░░░░░                   ├────○───┤
  agreed          ┊              ▀▀▀▀▀▀▀▀▀▀▀▀▀ N ± N
             ─────┼────────┬─────────┬────────┬────────┬─────────┬────────┬─────
                  0      +1 s      +2 s     +3 s     +4 s      +5 s     +6 s
             local clock
local clock is N behind, ± N; 3 of 4 servers that answered agree; the
  time is DATE"
}

@test "chart: one who is wrong by much is an arrow and words, on its side" {
    three offset=70000
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1        '                  |==========o=====-----|
+ 127.0.0.2        '                 |================o----------------|
+ 127.0.0.3        '          |-------====o===========|
x 127.0.0.4        '                  :::::::::::::::::               +19.44 h >
  agreed           '                  ^^^^^^^^^^^^^^^^^ N +/- N
             ------+-----------+-----------+-----------+-----------+-----------+
                   0         +1 s        +2 s        +3 s        +4 s       +5 s
              local clock
local clock is N behind, +/- N; 3 of 4 servers that answered agree;
  the time is DATE"
    stop_servers
    three offset=-70000
    LOCALE=C.UTF-8
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1        ┊                  ┣━━━━━━━━━━●━━━━━─────┤
+ 127.0.0.2        ┊                 ├━━━━━━━━━━━━━━━━●────────────────┤
+ 127.0.0.3        ┊          ├───────━━━━●━━━━━━━━━━━┫
x 127.0.0.4  ◀ -19.44 h               ░░░░░░░░░░░░░░░░░
  agreed           ┊                  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀ N ± N
             ──────┼───────────┬───────────┬───────────┬───────────┬───────────┬
                   0         +1 s        +2 s        +3 s        +4 s       +5 s
              local clock
local clock is N behind, ± N; 3 of 4 servers that answered agree; the
  time is DATE"
}

# Labels of 18 digits that differ in the last tell nobody anything.
@test "chart: where the local clock is years away, 0 is what was agreed on" {
    serve 127.0.0.1,offset=1262304000,rootdisp=0.83 \
        127.0.0.2,offset=1262304000.3,rootdisp=1.07 127.0.0.3,offset=7
    drawn 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "* 127.0.0.1      |-===================o====================|
+ 127.0.0.2        |==========================o=============-------------|
x 127.0.0.3  < +7.000 s ::::::::::::::::::::::::::::::::::::
  agreed           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
             ---+------------+------------+-----------+------------+------------
             -1.0 s       -0.5 s          0        +0.5 s       +1.0 s
             < local clock (0 is +40.00 years)
local clock is 40.0 years behind, +/- N; 2 of 3 servers that answered
  agree; the time is DATE"
    stop_servers
    serve 127.0.0.1,offset=-70000000,rootdisp=0.57
    LOCALE=C.UTF-8
    drawn 0 "127.0.0.1:$PORT" \
        "* 127.0.0.1        ┣━━━━━━━━━━━━━━━━━━━━━━━━━━●━━━━━━━━━━━━━━━━━━━━━━━━━━┫
  agreed           ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             ─────┬────────┬─────────┬────────┬────────┬─────────┬────────┬─────
               -600 ms  -400 ms   -200 ms     0     +200 ms   +400 ms  +600 ms
                                               local clock ▶ (0 is -2.218 years)
local clock is 2.22 years ahead, ± N; one server answered; the time is
  DATE"
}

@test "chart: it is as wide as COLUMNS" {
    three offset=5.5,rootdisp=0.5
    COLS=140 LOCALE=C.UTF-8
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1           ┊                            ┣━━━━━━━━━━━━━━━●━━━━━━━────────┤
+ 127.0.0.2           ┊                          ├─━━━━━━━━━━━━━━━━━━━━━━━●────────────────────────┤
+ 127.0.0.3           ┊               ├────────────━━━━━●━━━━━━━━━━━━━━━━━┫
x 127.0.0.4           ┊                            ░░░░░░░░░░░░░░░░░░░░░░░░                                     ├────────○────────┤
  agreed              ┊                            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀ N ± N
             ─────────┼─────────────────┬─────────────────┬─────────────────┬─────────────────┬─────────────────┬─────────────────┬─────────
                      0               +1 s              +2 s              +3 s              +4 s              +5 s              +6 s
                 local clock
local clock is N behind, ± N; 3 of 4 servers that answered agree; the time is DATE"
    COLS=40
    drawn 0 "${SERVERS[@]}" \
        "* 127.0.0.1    ┊     ┣━━●━━┤
+ 127.0.0.2    ┊    ├━━━━━●────┤
+ 127.0.0.3    ┊  ├──━●━━━┫
x 127.0.0.4    ┊     ░░░░░░      ├─○─┤
  agreed       ┊     ▀▀▀▀▀▀
             ──┼──────┬───────┬──────┬──
               0    +2 s    +4 s   +6 s
          local clock
local clock is N behind, ± N;
  3 of 4 servers that answered agree;
  the time is DATE"
    for COLS in 20 21 39 79 200 1000; do
        picture 0 "${SERVERS[@]}" 127.0.0.1:9
        # The axis ends where the line does.
        [ "$(LC_ALL=C.UTF-8 wc -L <<<"$output")" -eq "$COLS" ]
    done
}

@test "chart: no majority shows all of them, save who is a world away" {
    serve 127.0.0.1,offset=-3,rootdisp=1 127.0.0.2,offset=3,rootdisp=1 \
        127.0.0.3,offset=1000000000,rootdisp=1
    LOCALE=C.UTF-8
    drawn 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT" \
        "x 127.0.0.1      ├──────○──────┤              ┊
x 127.0.0.2                                   ┊              ├──────○──────┤
             ────┬──────┬──────┬───────┬──────┼──────┬───────┬──────┬──────┬────
               -4 s   -3 s   -2 s    -1 s     0    +1 s    +2 s   +3 s   +4 s
                                         local clock
no majority: 2 servers answered, and no more than half of them agree on one time"
    drawn 3 "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT" \
        "x 127.0.0.1      ├──────○──────┤              ┊
x 127.0.0.2                                   ┊              ├──────○──────┤
x 127.0.0.3                                   ┊                   +31.69 years ▶
             ────┬──────┬──────┬───────┬──────┼──────┬───────┬──────┬──────┬────
               -4 s   -3 s   -2 s    -1 s     0    +1 s    +2 s   +3 s   +4 s
                                         local clock
no majority: 3 servers answered, and no more than half of them agree on one time"
}

@test "chart: where nobody answers there are words, and no axis" {
    picture 1 127.0.0.1:9 name.invalid:9
    same "- 127.0.0.1     connection refused
- name.invalid  (reason)
no server gave a usable answer" "$(sed 's/^\(- name.inva.*lid\) .*/\1  (reason)/' <<<"$PICTURE")"
}

@test "chart: one server alone" {
    serve 127.0.0.1,offset=-7,rootdisp=1
    LOCALE=C.UTF-8
    drawn 0 "127.0.0.1:$PORT" \
        "* 127.0.0.1       ┣━━━━━━━━━━━━━━━━━━━━━━━━━━━●━━━━━━━━━━━━━━━━━━━━━━━━━━━┫
  agreed          ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             ──────┬────────────┬─────────────┬─────────────┬─────────────┬─────
                -8.0 s       -7.5 s        -7.0 s        -6.5 s        -6.0 s
                                                                   local clock ▶
local clock is N ahead, ± N; one server answered; the time is
  DATE"
}

@test "chart: who was measured and not used is drawn, and said why" {
    serve 127.0.0.1,offset=-0.001,rootdisp=1.002 127.0.0.2,offset=0.5,rootdisp=0.5 \
        127.0.0.3,leap=3
    drawn 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT,noselect" "127.0.0.3:$PORT" \
        "* 127.0.0.1       |===========================o===========================|
- 127.0.0.2       ::::::::::::::::: noselect :|-------------o-------------|
- 127.0.0.3  not synchronised ::::::::::::::::'::::::::::::::::::::::::::::
  agreed          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
             ------+------------+-------------+-------------+-------------+-----
                -1.0 s       -0.5 s           0          +0.5 s        +1.0 s
                                         local clock
local clock is N ahead, +/- N; one server answered"
}

@test "chart: what was done to the clock is the last line" {
    fake_clock
    serve 127.0.0.1,offset=1.5 127.0.0.2,time=1000000000
    picture 0 -S "127.0.0.1:$PORT"
    [[ ${lines[-1]} == 'stepped forward '* ]]
    picture 5 -S "127.0.0.2:$PORT"
    [[ $output == *$'\nrefused: '* ]]
    fake_clock any:0:1
    picture 4 -S "127.0.0.1:$PORT"
    [[ $output == *$'\ncould not step'* ]]
}

# ---- colour ----

# On a terminal of its own, COLS wide; what it shows is in SHOWN.
on_terminal() { # ARG...
    local command
    type -P script >/dev/null || missing 'no script(1)'
    printf -v command '%q ' env LC_ALL="$LOCALE" LD_PRELOAD="$PRELOAD" "$NTPSYNC" -F chart "$@"
    SHOWN=$(powerless env -u COLUMNS SHELL=/bin/sh script -qec "stty cols $COLS; $command" \
        /dev/null </dev/null | tr -d '\r')
    printf '%q\n' "$SHOWN"
}

# shellcheck disable=SC2001 # no pattern of bash's says that
colourless() { sed 's/\x1b\[[0-9;]*m//g' <<<"$SHOWN"; }

@test "chart: on a terminal who agrees is green and who is wrong is red" {
    unset NO_COLOR
    three offset=5.5,rootdisp=0.5
    LOCALE=C.UTF-8 COLS=90
    picture 0 "${SERVERS[@]}"
    on_terminal "${SERVERS[@]}"
    # The same picture but for the colours; a terminal knows its width.
    same "$PICTURE" "$(colourless | plain)"
    [[ $SHOWN == $'\e[32m* \e[0m127.0.0.1 '* ]]
    [[ $SHOWN == *$'\e[32m┣━'*'●'*$'┤\e[0m'* ]]
    [[ $SHOWN == *$'\n\e[31mx \e[0m127.0.0.4 '* ]]
    [[ $SHOWN == *$'\e[31m├─'*'○'*$'┤\e[0m\n'* ]]
    # All that is switched on is switched off again, in the same line.
    [[ $SHOWN != *$'\e['[1-9]*([0-9])m*([^$'\e'])$'\n'* ]]
}

@test "chart: with NO_COLOR a terminal has none, nor has a pipe or a file" {
    unset NO_COLOR
    three offset=5.5,rootdisp=0.5
    NO_COLOR=1 on_terminal "${SERVERS[@]}"
    [[ $SHOWN != *$'\e'* ]]
    [[ $SHOWN == '* 127.0.0.1 '*'|'*=o=*'|'* ]]
    picture 0 "${SERVERS[@]}"
    [[ $output != *$'\e'* ]]
    on_terminal -O "$BATS_TEST_TMPDIR/out" "${SERVERS[@]}"
    [ -z "$SHOWN" ]
    same "$PICTURE" "$(plain <"$BATS_TEST_TMPDIR/out")"
}

# ---- samples ----

@test "chart: with -p every sample is a letter over its delay, in a wedge" {
    local rows
    serve 127.0.0.1 127.0.0.2 127.0.0.3,leap=3
    set -- "127.0.0.1:$PORT" "127.0.0.2:$PORT" "127.0.0.3:$PORT"
    for LOCALE in C C.UTF-8; do
        for COLS in 40 80 140 200; do
            picture 0 -p 8 -i 5ms "$@"
            [[ ${lines[0]} == '* a 127.0.0.1 '* || ${lines[0]} == '+ a 127.0.0.1 '* ]]
            [[ ${lines[2]} == '-   127.0.0.3 '*'not synchronised'* ]]
            rows=$(sed -n '/^ *delay$/,$p' <<<"$output" | sed -n 2,11p)
            [ "$(grep -c ' \(|\|+\|│\|┤\)' <<<"$rows")" -eq 10 ]
            grep -q '[ab]' <<<"$rows"
            grep -q '^ *[0-9.]* [mu]*s \(+\|┤\)' <<<"${rows//µ/u}"
        done
    done
}

@test "chart: one sample of each has no second picture" {
    serve 127.0.0.1 127.0.0.2
    picture 0 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    [[ $output != *delay* ]]
    [[ ${lines[0]} == ?' 127.0.0.1 '* ]]
}

@test "chart: more servers than letters are points" {
    serve 127.0.1.{1..27}
    # shellcheck disable=SC2046 # words
    picture 0 -p 2 -i 5ms $(printf "127.0.1.%d:$PORT " {1..27})
    [[ $output == *delay* ]]
    [[ ${lines[0]} == ?' 127.0.1.1 '* ]]
    sed -n '/^ *delay$/,$p' <<<"$output" | grep -q '[|+].*o'
}

# ---- many, and long ones ----

@test "chart: a thousand servers are a thousand rows" {
    local i
    serve 127.0.{1..4}.{1..200},rootdisp=1 127.0.5.{1..50},offset=1000
    for i in 127.0.{1..4}.{1..200} 127.0.5.{1..50} 127.0.6.{1..150}; do
        echo "$i:$PORT"
    done >"$BATS_TEST_TMPDIR/list"
    picture 0 --file "$BATS_TEST_TMPDIR/list"
    [ "$(grep -c '^[*+] .*|=*o=*|$' <<<"$output")" -eq 800 ]
    [ "$(grep -c '^x .* +16.67 min >$' <<<"$output")" -eq 50 ]
    [ "$(grep -c '^- ' <<<"$output")" -eq 150 ]
}

@test "chart: a long name is cut in the middle" {
    COLS=60
    picture 1 "a-name-of-a-server-that-is-far-too-long.invalid:9"
    [[ ${lines[0]} == '- a-name-of..g.invalid  '* ]]
    LOCALE=C.UTF-8
    picture 1 "a-name-of-a-server-that-is-far-too-long.invalid:9"
    [[ ${lines[0]} == '- a-name-of…ng.invalid  '* ]]
}
