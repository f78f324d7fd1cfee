# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # bats, common.bash and persona.bash set these
# What every format says of every way in which a run can end.
#
#   load common; load persona; load formats
#   setup() { persona_names; fake_clock; }
#
#   in_every_scene CHECK    calls it for each line of the table below; its columns
#                           are then the variables that `scenes` names

# The servers: N is 127.0.0.N, and what they call themselves is a terminal's
# command.  Nobody is at 127.0.0.13.
serve_scenes() {
    local late=$((EPOCHSECONDS + 40 * 31557600)) i
    # shellcheck disable=SC2054 # commas are ntpserver's
    local as=([1]=offset=1.5 offset=1.5 offset=1.5 offset=-700 drop=all kiss=RATE kiss=DENY
        leap=3 rootdisp=9 zero=all time=1000000000 "time=$late"
        [14]=offset=1.5,delay=3000 offset=2000 offset=-1.5)
    for i in "${!as[@]}"; do as[i]=127.0.0.$i,refid=1b5b316d,${as[i]}; done
    serve "${as[@]}"
    LIST=$BATS_TEST_TMPDIR/list CONF=$BATS_TEST_TMPDIR/chrony.conf
    printf '%s\n' "127.0.0.1:$PORT" "127.0.0.4:$PORT,noselect" >"$LIST"
    echo "server 127.0.0.1 port $PORT nts" >"$CONF"
    export LOOKUPS='none.test/4=0 none.test/6=0'
    PRELOAD="$PRELOAD:$TOP/build/tests/lookups.so"
}

# Columns, all but the last of which end in |:
#   SCENE     what it is called
#   HOW       ask, step or slew; behind / what FAKECLOCK_FAIL is
#   OPTIONS   ntpsync's own; who has no such options says - below
#   SERVERS   numbers or names
#   STATUS    the exit status of ntpsync
#   KIND      in JSON: the status and what was done
#   SAID      SERVER=STATUS=REASON, of those that matter, with a comma between;
#             nothing: nobody is asked
#   SENTENCE  what formats for people end with, as a pattern
#   NTPDATE   a pattern of what is on its stderr; nothing: it goes well; -: none
#   SNTP      the same of all that it prints
scenes() {
    sed -e 's/ *| */|/g' -e "$(on_linux || echo /probe/d)" <<'END'
one server          |ask         |-t 5s               |1       |0|ok none         |1=best=|local clock is [0-9.]+ s behind, .*; one server answered; the time is .* UTC||
one false, one mute |ask         |-t 5s               |1 2 4 5 |0|ok none         |4=outvoted=outvoted,5=no-reply=no reply|local clock is [0-9.]+ s behind, .*; 2 of 3 servers that answered agree; the time is .* UTC||
no answer           |ask         |-t 300ms            |5       |1|no-answer none  |5=no-reply=no reply|no server gave a usable answer|no server suitable|127.0.0.5 no UCST response after 1 seconds
nobody there        |ask         |-t 5s               |13      |1|no-answer none  |13=unreachable=connection refused|no server gave a usable answer|no server suitable|127.0.0.13: connection refused
no majority         |ask         |-t 5s               |1 4     |3|no-majority none|1=outvoted=no majority,4=outvoted=no majority|no majority: 2 servers answered, and no more than half of them agree on one time|no majority: 2 servers answered|no majority: 2 servers answered
--min-sources       |ask         |--min-sources 2     |1       |3|no-majority none|1=best=|only 1 server of the 2 that --min-sources wants agrees|-|-
unresolved          |ask         |-t 5s               |none.test|1|no-answer none |none.test=unresolved=name or service not known|no server gave a usable answer|Can.t find host none.test|none.test lookup error
RATE                |ask         |-t 5s               |6       |1|no-answer none  |6=kiss=asks for fewer requests (kiss code RATE)|no server gave a usable answer|127.0.0.6 rate limit response|KOD code RATE from 127.0.0.6
DENY                |ask         |-t 5s               |7       |1|no-answer none  |7=kiss=denies access (kiss code DENY)|no server gave a usable answer|no server suitable|KOD code DENY from 127.0.0.7
unsynchronised      |ask         |-t 5s               |8       |1|no-answer none  |8=unsynchronised=not synchronised|no server gave a usable answer|no server suitable|127.0.0.8 not in sync
too far             |ask         |-t 5s               |9       |1|no-answer none  |9=too-far=bound is over 1.5 s|no server gave a usable answer|no server suitable|127.0.0.9: bound is over 1.5 s
invalid             |ask         |-t 5s               |10      |1|no-answer none  |10=invalid=reply lacks a timestamp|no server gave a usable answer|no server suitable|127.0.0.10: reply lacks a timestamp
noselect            |ask         |--file LIST         |        |0|ok none         |1=best=,4=noselect=noselect|local clock is [0-9.]+ s behind, .*; one server answered; the time is .* UTC|-|-
unauthenticated     |ask         |--config CONF       |        |1|no-answer none  |1=unauthenticated=must be authenticated, which this version cannot do|no server gave a usable answer|-|-
late                |ask         |-t 5s               |14 1 2 3|0|ok none         |14=not-awaited=not waited for|local clock is .* behind, .*; 3 of 3 servers that answered agree; the time is .* UTC||
twice               |ask         |-t 5s               |1 ::ffff:127.0.0.1|0|ok none|::ffff:127.0.0.1=spare=same address as another server|local clock is .* behind, .*; one server answered; the time is .* UTC|-|-
stepped             |step        |                    |1       |0|ok step         |1=best=|stepped forward 1.[45][0-9] s||
slewed              |slew        |                    |1       |0|ok slew         |1=best=|slewing forward 1.[45][0-9] s, which takes [45][0-9] min||
dry run of a step   |step        |-n                  |1       |0|ok step         |1=best=|would step forward 1.[45][0-9] s|-|-
dry run of a slew   |slew        |-n                  |1       |0|ok slew         |1=best=|would slew forward 1.[45][0-9] s, which takes [45][0-9] min|-|-
limit               |step        |--limit 1s          |1       |5|refused refused |1=best=|refused: a correction of 1.[45][0-9] s is more than --limit 1.00 s allows|-|-
limit, back         |step        |--limit-back 0      |16      |5|refused refused |16=best=|refused: a step back by 1.[45][0-9] s is more than --limit-back 0 allows|-|-
too much to slew    |slew        |                    |15      |5|refused refused |15=best=|refused: .* is too much to slew .*|too much to slew|too much to slew
floor               |step        |                    |11      |5|refused refused |11=best=|refused: 2001-09-09 .* is before this program was built .*|2001-09-09 .* is before this program was built|2001-09-09 .* is before this program was built
horizon             |step        |                    |12      |5|refused refused |12=best=|refused: 20[67][0-9]-.* is over 30 years after this program was built .*|is over 30 years after this program was built|is over 30 years after this program was built
may set nothing     |step/probe:0:1|                  |1       |4|failed failed   ||could not set the clock: .*|step-systime: Operation not permitted|step-systime: Operation not permitted
no step             |step/any:0:1|                    |1       |4|failed failed   |1=best=|could not step the clock: Operation not permitted|step-systime: Operation not permitted|step-systime: Operation not permitted
no slew             |slew/any:0:1|                    |1       |4|failed failed   |1=best=|could not slew the clock: Operation not permitted|Can.t adjust the time of day: Operation not permitted|adj_systime: Operation not permitted
nobody to set for   |step        |-t 5s               |13      |1|no-answer none  |13=unreachable=connection refused|no server gave a usable answer|no server suitable|127.0.0.13: connection refused
no majority to set  |step        |-t 5s               |1 4     |3|no-majority none|4=outvoted=no majority|no majority: 2 servers answered, .*|no majority: 2 servers answered|no majority: 2 servers answered
END
}

in_every_scene() { # CHECK
    local n=0
    serve_scenes
    while IFS='|' read -r SCENE HOW OPTIONS SERVERS STATUS KIND SAID SENTENCE NTPDATE SNTP <&5; do
        n=$((n + 1))
        FAIL=${HOW#"${HOW%%/*}"}
        HOW=${HOW%%/*}
        OPTIONS=${OPTIONS/LIST/"$LIST"}
        read -ra OPTIONS <<<"${OPTIONS/CONF/"$CONF"}"
        mapfile -t SERVERS < <(tr ' ' '\n' <<<"$SERVERS" | sed -nE "s/^[0-9]+$/127.0.0.&/
            s/^[0-9.]+$/&:$PORT/
            s/^::ffff.*/[&]:$PORT/
            /./p")
        "$1"
    done 5< <(scenes)
    [ "$n" -eq "$(scenes | wc -l)" ]
}

# tell WANTED PROGRAM ARG...: a run in this scene, which must end so.
tell() {
    local wanted=$1
    local NTPSYNC=$2
    shift 2
    echo "--- in the cell of ${NTPSYNC##*/} $* and \"$SCENE\":"
    : >"$FAKECLOCK_LOG"
    if [ -n "$FAIL" ]; then export FAKECLOCK_FAIL=${FAIL#/}; else unset FAKECLOCK_FAIL; fi
    run --separate-stderr ntpsync "$@" "${SERVERS[@]}" 5<&-
    printf 'exit %s:\n%s\n%s\n' "$status" "$output" "$stderr"
    [ "$status" -eq "$wanted" ]
    # Nothing raw, and never nothing.
    [ -n "$output$stderr" ]
    [[ $output$stderr =~ ^[[:print:]$'\n']*$ ]]
}

# by_format NAME: what ntpsync says in it, of this scene.
by_format() {
    local how=()
    case $HOW in step) how=(-S) ;; slew) how=(-s) ;; esac
    tell "$STATUS" "$NTPSYNC" -F "$1" "${how[@]}" "${OPTIONS[@]}"
    [ -z "$stderr" ]
    # What fails is in the shim's log all the same.
    if [ "$HOW" != ask ] && [ "$STATUS" -eq 0 ] && ! dry; then
        moved "$HOW" 1.5
    elif [ -z "$FAIL" ]; then
        moved
    fi
}
# Whether the scene has a time; whether it is one of a dry run.
known() { [ -n "$SAID" ] && [[ $STATUS == [045] ]]; }
dry() { [ "${OPTIONS[*]}" = -n ]; }

# each_said CHECK: called with SERVER STATUS REASON of those that the scene names.
each_said() {
    local server said reason
    [ -n "$SAID" ] || return 0
    while IFS='=' read -r server said reason <&6; do
        [[ $server != +([0-9]) ]] || server=127.0.0.$server
        "$1" "$server" "$said" "$reason"
    done 6< <(sed 's/,\([^ ]\)/\n\1/g' <<<"$SAID")
}

# The mark that the text has for it.
mark_of() {
    case $1 in best) echo '*' ;; agrees) echo + ;; outvoted) echo x ;; *) echo - ;; esac
}
