# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031,SC2034 # bats sets and keeps these,
# and config.bash reads them
# Servers out of the configuration of other time daemons.
load common
load peers
load config

teardown() { peer_stop_all; }

# corpus PATTERN...: what is read of these systems of tests/config.
corpus() {
    local want n=0
    answering
    # shellcheck disable=SC2068 # patterns
    for want in ${@/#/$BATS_TEST_DIRNAME/config/}; do
        want=$want/want
        echo "---- $want"
        system "${want%/*}"
        known_to "$want"
        found "$want"
        asked_for "$want"
        n=$((n + 1))
    done
    [ "$n" -gt 0 ]
}

# exit_of WANT: what the run ought to end with.
exit_of() {
    local exit
    exit=$(all_of exit "$1")
    echo "${exit:-0}"
}

# found WANT: by ntpsync that is told nothing.
found() {
    if grep -qx only-config "$1"; then
        look 2
        return
    fi
    look "$(exit_of "$1")"
    came_of "$1"
    said_of note "$1"
    said_of bad "$1"
    # and of no other line
    diff <(all_of '\(note\|bad\)' "$1" | grep -o '^[^ ]*:[0-9]*' | sort -u) \
        <(grep -o '^\(ntpsync: \)\?/[^ :]*:[0-9]*: ' <<<"$stderr" |
            sed 's/^ntpsync: //; s/: $//' | sort -u)
}

# asked_for WANT: by ntpsync --config, under a name that tells of the form and
# under one that does not.
asked_for() {
    local file
    for file in $(all_of config "$1"); do
        if grep -q '^bad ' "$1"; then
            look 2 --config "$file"
            [ -z "$output" ]
            said_of bad "$1" | head -n 1 | grep .
            continue
        fi
        look "$(exit_of "$1")" --config "$file"
        came_of "$1"
        mv "$ROOT$file" "$ROOT/etc/what-the-old-admin-left"
        look "$(exit_of "$1")" --config /etc/what-the-old-admin-left
        diff <(wanted "$1") <(sources)
    done
}

# ---- what real files say ----

@test "config: chrony's files: what they name is what is asked" {
    corpus 'chrony-*'
}

@test "config: ntp's and ntpsec's files: what they name is what is asked" {
    corpus 'ntp*[!e]-*'
}

@test "config: OpenNTPD's files: what they name is what is asked" {
    corpus 'openntpd-*'
}

@test "config: timesyncd's files: what they name is what is asked" {
    corpus 'timesyncd-*'
}

@test "config: the lists for ntpdate, DHCP's files, and the first of several forms" {
    corpus 'step-tickers' 'ntpdate-*' 'dhcp-*' 'several'
}

# ---- which of the files ----

# one_each: a configuration of every form, which names FORM1.test and FORM2.test.
one_each() {
    system
    put /etc/chrony/chrony.conf <<<$'server chrony1.test\nserver chrony2.test'
    put /etc/ntp.conf <<<$'server ntp1.test\nserver ntp2.test'
    put /etc/ntpsec/ntp.conf <<<$'server ntpsec1.test\nserver ntpsec2.test'
    put /etc/systemd/timesyncd.conf <<<$'[Time]\nNTP=timesyncd1.test timesyncd2.test'
    put /etc/openntpd/ntpd.conf <<<$'server openntpd1.test\nserver openntpd2.test'
    put /etc/ntp/step-tickers <<<$'ticker1.test\nticker2.test'
    put /etc/default/ntpdate <<<'NTPSERVERS="ntpdate1.test ntpdate2.test"'
    put /etc/default/ntpsec-ntpdate <<<'NTPSERVERS="sec1.test sec2.test"'
}

@test "config: the first form that names a server wins, in the order of the manual" {
    local file
    one_each
    for file in /etc/chrony/chrony.conf /etc/ntp.conf /etc/ntpsec/ntp.conf \
        /etc/systemd/timesyncd.conf /etc/openntpd/ntpd.conf /etc/ntp/step-tickers \
        /etc/default/ntpdate /etc/default/ntpsec-ntpdate; do
        look 1
        json ".servers_from == \"$file\" and (.sources | length) == 2"
        put "$file" <<<'# nothing any more'
    done
    look 2
}

@test "config: the file of the daemon that runs comes first" {
    local name file
    on_linux || skip 'not known there'
    POWER=yes
    one_each
    while read -r name file; do
        BESIDE=$name look 1
        json ".servers_from == \"$file\""
    done <<-END
	chronyd /etc/chrony/chrony.conf
	ntpd /etc/ntp.conf
	systemd-timesyncd /etc/systemd/timesyncd.conf
	openntpd /etc/openntpd/ntpd.conf
	END
    # ntpd is the name of three of them
    rm "$ROOT/etc/ntp.conf"
    BESIDE=ntpd look 1
    json '.servers_from == "/etc/ntpsec/ntp.conf"'
    rm "$ROOT/etc/ntpsec/ntp.conf"
    BESIDE=ntpd look 1
    json '.servers_from == "/etc/openntpd/ntpd.conf"'
    # it is none of the three, and the others follow
    rm "$ROOT/etc/openntpd/ntpd.conf"
    BESIDE=ntpd look 1
    json '.servers_from == "/etc/chrony/chrony.conf"'
    # programs that have no servers do not hide one that has
    BESIDE='ptp4l phc2sys systemd-timesyncd' look 1
    json '.servers_from == "/etc/systemd/timesyncd.conf"'
}

@test "config: nobody who may not set the clock decides by a name whose file is read" {
    on_linux || skip 'not known there'
    one_each
    BESIDE=systemd-timesyncd look 1
    json '.servers_from == "/etc/chrony/chrony.conf"'
}

@test "config: arguments and --file keep it from looking anywhere" {
    one_each
    put /etc/list <<<'192.0.2.1'
    look 1 192.0.2.1
    json '.servers_from == "arguments"'
    look 1 --file /etc/list
    json '.servers_from == "/etc/list"'
    look 1 --file /etc/list --config /etc/ntp.conf 192.0.2.2
    json '.servers_from | contains("ntp.conf") | not'
    look 1 --config /etc/ntpsec/ntp.conf
    json '.servers_from == "/etc/ntpsec/ntp.conf"'
    look 1 --file /dev/null
    json '.servers_from == "/etc/chrony/chrony.conf"'
}

@test "config: the report says who named the servers, if it was not who asked" {
    system
    put /etc/chrony.conf <<<$'server 127.0.0.1\nserver 127.0.0.2 noselect'
    run -1 --separate-stderr in_system "$NTPSYNC"
    grep -x ' *servers from /etc/chrony.conf' <<<"$output"
    [ -z "$stderr" ]
    run -1 --separate-stderr in_system "$NTPSYNC" 127.0.0.1
    ! grep 'servers from' <<<"$output" || false
}

@test "config: nothing found is exit 2, and says where it looked" {
    local place
    system
    look 2
    [ -z "$output" ]
    for place in /etc/chrony/chrony.conf /etc/chrony.conf /etc/ntp.conf \
        /etc/ntpsec/ntp.conf /etc/systemd/timesyncd.conf /etc/openntpd/ntpd.conf \
        /etc/ntpd.conf /etc/ntp/step-tickers /etc/default/ntpdate \
        /etc/default/ntpsec-ntpdate; do
        grep -F "$place" <<<"$stderr"
    done
    grep -i 'not there' <<<"$stderr"
    put /etc/chrony.conf <<<'refclock PPS /dev/pps0'
    put /etc/ntp.conf <<<'server 127.127.1.0'
    look 2
    grep '/etc/chrony.conf: names no server' <<<"$stderr"
    grep '/etc/ntp.conf: names no server' <<<"$stderr"
    run -2 --separate-stderr in_system "$NTPSYNC" # and without -v
    grep '/etc/chrony.conf: names no server' <<<"$stderr"
}

@test "config: DHCP's servers are used where no form has any" {
    system
    put /run/ntpsec/ntpdate.dhcp <<<"NTPSERVERS='192.0.2.1 192.0.2.2'"
    look 1
    json '.servers_from == "/run/ntpsec/ntpdate.dhcp" and (.sources | length) == 2'
    put /etc/chrony.conf <<<'refclock PPS /dev/pps0'
    look 1
    json '.servers_from == "/run/ntpsec/ntpdate.dhcp"'
    rm "$ROOT/run/ntpsec/ntpdate.dhcp"
    put /run/chrony-dhcp/eth0.sources </dev/null
    look 2
}

@test "config: -4 and -6 hold for servers of a configuration" {
    answering
    system
    names ntp1.test 2 4 6
    names ntp2.test 2 4 6
    put /etc/chrony.conf <<<$'server ntp1.test\nserver ntp2.test ipv4'
    look 0 -4
    diff <(sources) - <<<$'ntp1.test 123 1 4 v4 used\nntp2.test 123 1 4 v4 used'
    put /etc/chrony.conf <<<$'server ntp1.test\nserver ntp2.test'
    look 0 -6
    diff <(sources) - <<<$'ntp1.test 123 1 6 v4 used\nntp2.test 123 1 6 v4 used'
}

@test "config: who is to be authenticated has no vote, neither alone nor beside others" {
    answering
    system
    put /etc/ntp.conf <<<$'server 192.0.2.1 key 7\nserver 192.0.2.2 nts'
    look 1
    json '[.sources[].status] == ["unauthenticated", "unauthenticated"]
        and all(.sources[]; .received == 1 and (.reason | length) > 0)'
    look 1 --config /etc/ntp.conf
    put /etc/ntp.conf <<<$'server 192.0.2.1 key 7\nserver 192.0.2.3'
    look 0
    json '[.sources[].status] == ["unauthenticated", "best"]'
    look 3 --min-sources 2
    run -0 --separate-stderr in_system "$NTPSYNC"
    grep '^- 192.0.2.1 .*authenticat' <<<"$output"
}

# ---- what the packages ship ----

# shipped PACKAGE PATH AT: puts the package's file there.
shipped() {
    peer_need "$1"
    put "$3" <"$TOP/build/peers/$1$2"
}
shipped_all() {
    shipped chrony /usr/share/chrony/chrony.conf /etc/chrony/chrony.conf
    shipped ntpsec /etc/ntpsec/ntp.conf /etc/ntpsec/ntp.conf
    shipped systemd-timesyncd /etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf
    shipped openntpd /etc/openntpd/ntpd.conf /etc/openntpd/ntpd.conf
}

debian_pools() {
    local i
    for i in 0 1 2 3; do names "$i.debian.pool.ntp.org" 4 4; done
}

@test "config: chrony as Debian ships it" {
    answering
    system
    debian_pools
    shipped chrony /usr/share/chrony/chrony.conf /etc/chrony/chrony.conf
    cp -r "$TOP/build/peers/chrony/etc/chrony" "$ROOT/etc/"
    look 0
    diff <(sources) - <<<'2.debian.pool.ntp.org 123 4 4 v4 used'
    json '.servers_from == "/etc/chrony/chrony.conf"'
    ! grep '^/' <<<"$stderr" || false # no line that is not understood
}

@test "config: ntpsec as Debian ships it" {
    answering
    system
    debian_pools
    shipped ntpsec /etc/ntpsec/ntp.conf /etc/ntpsec/ntp.conf
    look 0
    diff <(sources) <(printf '%s.debian.pool.ntp.org 123 4 4 v4 used\n' 0 1 2 3)
    ! grep '^/' <<<"$stderr" || false
}

@test "config: OpenNTPD as Debian ships it" {
    answering
    system
    debian_pools
    shipped openntpd /etc/openntpd/ntpd.conf /etc/openntpd/ntpd.conf
    look 0
    diff <(sources) <(printf '%s.debian.pool.ntp.org 123 4 4 v4 used\n' 0 1 2 3)
    ! grep '^/' <<<"$stderr" || false
}

@test "config: timesyncd as Debian ships it names no server, and that is said" {
    system
    shipped systemd-timesyncd /etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf
    look 2
    grep '/etc/systemd/timesyncd.conf: names no server.*compiled into' <<<"$stderr"
    look 2 --config /etc/systemd/timesyncd.conf
    grep '/etc/systemd/timesyncd.conf: names no server' <<<"$stderr"
    sed -i s/^#Fallback/Fallback/ "$ROOT/etc/systemd/timesyncd.conf"
    look 1
    json '(.sources | length) == 4'
}

@test "config: ntpsec-ntpdate as Debian ships it" {
    answering
    system
    debian_pools
    shipped ntpsec-ntpdate /etc/default/ntpsec-ntpdate /etc/default/ntpsec-ntpdate
    look 0
    diff <(sources) <(printf '%s.debian.pool.ntp.org 123 1 4 v4 used\n' 0 1 2 3)
    json '.servers_from == "/etc/default/ntpsec-ntpdate"'
    ! grep '^/' <<<"$stderr" || false
}

@test "config: what chrony and OpenNTPD themselves think of the files here" {
    local dir file
    peer_need chrony openntpd
    for dir in "$BATS_TEST_DIRNAME"/config/{chrony,openntpd}-*; do
        case $dir in *-bad | *-new | *-sources) continue ;; esac
        system "$dir"
        printf '%s:x:65533:65533::/:/bin/sh\n' ntpd openntpd _ntp >>"$ROOT/etc/passwd"
        for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
            [ ! -e "$ROOT$file" ] || in_system "${WALL[@]}" env "$(peer_env chrony)" \
                "$TOP/build/peers/chrony/usr/sbin/chronyd" -p -U -f "$file" >/dev/null
        done
        for file in /etc/openntpd/ntpd.conf /etc/ntpd.conf; do
            [ ! -e "$ROOT$file" ] || in_system "${WALL[@]}" env "$(peer_env openntpd)" \
                "$TOP/build/peers/openntpd/usr/sbin/ntpd" -n -f "$file"
        done
    done
}

# ---- ntpsync -s, and nothing else ----

# upstream: every address of debian_pools is a server 0.1 s ahead.
upstream() {
    local out
    peer_room
    out=$(peer_dir upstream)/port
    peer_spawn "$out" "$TOP/build/tests/ntpserver" -p 123 \
        127.1.{1..4}.{1..4},offset=0.1
    eventually grep -q . "$out"
}

@test "config: ntpsync -s does what the daemon would, while it is stopped" {
    local package
    upstream
    fake_clock
    POWER=yes
    for package in chrony ntpsec openntpd systemd-timesyncd; do
        system
        debian_pools
        case $package in
        chrony) shipped chrony /usr/share/chrony/chrony.conf /etc/chrony/chrony.conf ;;
        ntpsec) shipped ntpsec /etc/ntpsec/ntp.conf /etc/ntpsec/ntp.conf ;;
        openntpd) shipped openntpd /etc/openntpd/ntpd.conf /etc/openntpd/ntpd.conf ;;
        *)
            shipped systemd-timesyncd /etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf
            sed -i s/^#Fallback/Fallback/ "$ROOT/etc/systemd/timesyncd.conf"
            ;;
        esac
        : >"$FAKECLOCK_LOG"
        look 0 -s
        json '.action.kind == "slew" and (.action.offset - 0.1 | fabs) <= .bound'
        json '.servers_from | startswith("/etc/")'
        [ -n "$(clock_log)" ]
    done
}

@test "config: with the daemon running, ntpsync -s is exit 5 and names it" {
    local name file
    on_linux || skip 'not known there'
    upstream
    fake_clock
    POWER=yes
    system
    debian_pools
    shipped_all
    sed -i s/^#Fallback/Fallback/ "$ROOT/etc/systemd/timesyncd.conf"
    while read -r name file called; do
        : >"$FAKECLOCK_LOG"
        BESIDE=$name look 5 -s
        json ".status == \"refused\" and .servers_from == \"$file\"
            and (.action.reason | startswith(\"$called (pid \"))"
        [ -z "$(clock_log)" ]
    done <<-END
	chronyd /etc/chrony/chrony.conf chronyd
	ntpd /etc/ntpsec/ntp.conf ntpd
	openntpd /etc/openntpd/ntpd.conf OpenNTPD
	systemd-timesyncd /etc/systemd/timesyncd.conf systemd-timesyncd
	END
}
