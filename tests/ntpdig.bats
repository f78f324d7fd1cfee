# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# ntpsync called as sntp beside the sntp that Debian has, ntpsec's ntpdig: both ask
# the same servers, and tell the same in the same words.
#
# Known of ntpdig 1.2.2: it drops the leading zeros of its fraction of a second;
# the time it tells is the server's, not the local clock's; what a server says of
# its root is not in its bound; it believes the lowest stratum, and takes 2036 for
# 1900.
load common
load peers
load persona

setup() {
    peer_need ntpsec-ntpdig python3-ntp
    type -P python3 >/dev/null || missing 'no python3'
    peer_room
    persona_names
    # ntpsec's module looks for its library beside itself.
    MODULES=$BATS_TEST_TMPDIR/python
    mkdir -p "$MODULES/ntp"
    ln -s "$TOP"/build/peers/python3-ntp/usr/lib/python3/dist-packages/ntp/*.py \
        "$TOP"/build/peers/python3-ntp/usr/lib/*/ntp/libntpc.so "$MODULES/ntp"
}
teardown() { peer_stop_all; }

serve() { # SPEC...
    peer_spawn "$BATS_TEST_TMPDIR/served" "$TOP/build/tests/ntpserver" -p 123 "$@"
    eventually grep -qx 123 "$BATS_TEST_TMPDIR/served"
}

ntpdig() {
    powerless "${PEER_ROOM[@]}" env "$(peer_env python3-ntp)" PYTHONPATH="$MODULES" \
        PYTHONDONTWRITEBYTECODE=1 python3 \
        "$TOP/build/peers/ntpsec-ntpdig/usr/bin/ntpdig" "$@"
}
sntp() {
    powerless "${PEER_ROOM[@]}" env LD_PRELOAD="$PRELOAD" "$NAMES/sntp" "$@"
}

# The fields of a line: when (in seconds since 1970), zone, offset, bound, and who.
FORM='^(20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8})\.([0-9]{1,6}) \(([-+][0-9]{4})\) ([-+][0-9]+\.[0-9]{6}) \+/- ([0-9]+\.[0-9]{6}) (.* s[0-9]+ (no|add|del)-leap)$'
fields() { # LINE
    [[ $1 =~ $FORM ]] || { echo "another form: $1" && return 1; }
    WHEN=$(date -d "${BASH_REMATCH[1]} ${BASH_REMATCH[3]}" +%s)
    FRACTION=${BASH_REMATCH[2]} ZONE=${BASH_REMATCH[3]} OFFSET=${BASH_REMATCH[4]}
    BOUND=${BASH_REMATCH[5]} WHO=${BASH_REMATCH[6]}
}

# alike ARG...: both tell the same, and when they were asked.
alike() {
    local from=$EPOCHSECONDS theirs ours zone offset who
    run -0 --separate-stderr ntpdig "$@"
    theirs=$output
    [ -z "$stderr" ]
    run -0 --separate-stderr sntp "$@"
    ours=$output
    printf '%s\n' "$theirs" "$ours"
    [ -z "$stderr" ]
    [[ $ours == 'sntp 4.2.8p15@ntpsync-'*' (1)'$'\n'* ]]
    fields "$theirs"
    zone=$ZONE offset=$OFFSET who=$WHO
    WHEN=$(awk -v t="$WHEN" -v off="$OFFSET" 'BEGIN { printf "%d", t - off }')
    [ "$WHEN" -ge $((from - 2)) ] && [ "$WHEN" -le $((EPOCHSECONDS + 2)) ]
    fields "${ours#*$'\n'}"
    [ "$WHEN" -ge "$from" ] && [ "$WHEN" -le "$EPOCHSECONDS" ]
    [ "${#FRACTION}" -eq 6 ]
    [ "$ZONE" = "$zone" ]
    [ "$WHO" = "$who" ]
    near "$OFFSET" "$offset"
}

@test "ntpdig: an address, IPv4 and IPv6" {
    serve 127.0.0.1,offset=0.3 ::1,offset=-1.5
    alike 127.0.0.1
    [ "$WHO" = '127.0.0.1 s1 no-leap' ]
    near "$OFFSET" 0.3
    alike ::1
    [ "$WHO" = '::1 s1 no-leap' ]
    near "$OFFSET" -1.5
}

@test "ntpdig: a name, with its address beside it" {
    serve 127.0.0.1,offset=0.3 ::1,offset=0.3
    alike -4 localhost
    [ "$WHO" = 'localhost 127.0.0.1 s1 no-leap' ]
}

@test "ntpdig: the stratum and the leap second" {
    serve 127.0.0.1,stratum=3,leap=1 127.0.0.2,stratum=15,leap=2
    alike 127.0.0.1
    [ "$WHO" = '127.0.0.1 s3 add-leap' ]
    alike 127.0.0.2
    [ "$WHO" = '127.0.0.2 s15 del-leap' ]
}

@test "ntpdig: the zone, east and west and by the half hour" {
    serve 127.0.0.1
    export TZ
    for TZ in IST-5:30 NST3:30 UTC0 EST5EDT,M3.2.0,M11.1.0; do
        alike 127.0.0.1
    done
}

@test "ntpdig: years off" {
    serve 127.0.0.1,offset=31557600.25 127.0.0.2,offset=-300000000.25
    alike 127.0.0.1
    near "$OFFSET" 31557600.25
    alike 127.0.0.2
    near "$OFFSET" -300000000.25
}

@test "ntpdig: a server in 2040 is there, and not in 1904" {
    local ahead=$((2208988800 - EPOCHSECONDS)) # where 32 bits have begun anew
    serve "127.0.0.1,offset=$ahead"
    run -0 --separate-stderr sntp 127.0.0.1
    fields "${lines[1]}"
    near "$OFFSET" "$ahead"
}

@test "ntpdig: a bound as wide as the way to the server, and ours with the root" {
    local theirs
    serve 127.0.0.1 127.0.0.2,rootdelay=0.4,rootdisp=0.1
    alike 127.0.0.1
    run -0 ntpdig 127.0.0.1
    fields "$output"
    theirs=$BOUND
    run -0 sntp 127.0.0.1
    fields "${lines[1]}"
    near "$BOUND" "$theirs"
    run -0 sntp 127.0.0.2
    fields "${lines[1]}"
    near "$BOUND" 0.3
}

@test "ntpdig: several servers that agree are one line" {
    serve 127.0.0.1,offset=0.3 127.0.0.2,offset=0.3,stratum=2 127.0.0.3,offset=0.3,stratum=3
    run -0 --separate-stderr ntpdig 127.0.0.1 127.0.0.2 127.0.0.3
    [ "${#lines[@]}" -eq 1 ]
    fields "$output"
    near "$OFFSET" 0.3
    run -0 --separate-stderr sntp 127.0.0.1 127.0.0.2 127.0.0.3
    [ "${#lines[@]}" -eq 2 ]
    fields "${lines[1]}"
    near "$OFFSET" 0.3
}

@test "ntpdig: a low stratum makes nobody believed here, as it does there" {
    serve 127.0.0.1,offset=0.3,stratum=2 127.0.0.2,offset=0.3,stratum=2 127.0.0.3,offset=-9
    run -0 --separate-stderr sntp 127.0.0.1 127.0.0.2 127.0.0.3
    fields "${lines[1]}"
    near "$OFFSET" 0.3
}

@test "ntpdig: who is of no use is exit 1 for both, and no line" {
    local server
    serve 127.0.0.1,kiss=RATE 127.0.0.2,leap=3 127.0.0.3,drop=all 127.0.0.4,stratum=16,leap=3
    for server in 127.0.0.{1..4}; do
        run -1 --separate-stderr ntpdig -t 1 "$server"
        [ -z "$output" ]
        run -1 --separate-stderr sntp -t 1 "$server"
        [[ $output != *+/-* ]]
    done
}
