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
    corpus 'ntp-*' 'ntpsec-*'
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

@test "config: what the packager built in is asked where nothing names a server" {
    local NTPSYNC=$BATS_TEST_TMPDIR/packaged
    env -i PATH="$PATH" make -C "$TOP" -j2 O="$BATS_TEST_TMPDIR/objects" PROG="$NTPSYNC" CFLAGS=-O0 FORTIFY= \
        DEFAULT_SERVERS="127.0.0.1:9 127.0.0.2:9,noselect"
    system
    look 1
    json '.servers_from == "built in"
        and [.sources[].address] == ["127.0.0.1", "127.0.0.2"]'
    put /etc/chrony.conf <<<'server 127.0.0.3 port 9'
    look 1
    json '.servers_from == "/etc/chrony.conf" and [.sources[].address] == ["127.0.0.3"]'
    put /etc/chrony.conf <<<'server 127.0.0.3 nts newoption 3'
    look 2
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

# ---- what is no configuration ----

# bounded ARG...: with no more memory than a reader of small files needs, and no
# more time than a slow machine does.
bounded() {
    local limits=(timeout -k 1 60 prlimit "--as=${MEMORY:-100000000}")
    [[ $NTPSYNC != *.asan ]] || limits=(timeout -k 1 120) # it takes 20 TB to begin with
    run --separate-stderr in_system "${limits[@]}" "$NTPSYNC" "$@"
    echo "exit $status: ${output:0:2000}"
    echo "${stderr:0:2000}"
}

# A terminal takes nothing on standard error for a command.
printable() { [[ $stderr =~ ^[[:print:]$'\n']*$ ]]; }

# complains WHERE WORD: a line on standard error begins with WHERE.
complains() {
    grep -F -- "$1: " <<<"$stderr" | grep -F -- "$2"
    printable
}

# spoilt WHERE WORD: /etc/chrony/chrony.conf cannot be read as it is.  Found by
# search it is passed over, and under -v that is said; named with --config it
# ends the run.  Either tells where and why.
spoilt() {
    put /etc/ntp/step-tickers <<<'192.0.2.1'
    bounded -v -j
    [ "$status" -eq 1 ]
    json '.servers_from == "/etc/ntp/step-tickers"'
    complains "$1" "$2"
    bounded -j
    [ "$status" -eq 1 ]
    [ -z "$stderr" ]
    bounded -j --config /etc/chrony/chrony.conf
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    complains "ntpsync: $1" "$2"
}

CONF=/etc/chrony/chrony.conf

@test "config: a NUL byte is named with its line" {
    system
    printf '# comment\nserver 192.0.2.9\0 iburst\n' | put $CONF
    spoilt $CONF:2 NUL
    truncate -s 10G "$ROOT$CONF"
    spoilt $CONF:2 NUL
}

@test "config: a line of 1 MB is named, not read" {
    system
    { echo '# comment' && printf 'server %01000000d\n' 0; } | put $CONF
    spoilt $CONF:2 'too long'
    { echo '# comment' && printf '#%01000000d\n' 0 && echo 'server 192.0.2.8'; } | put $CONF
    spoilt $CONF:2 'too long'
}

@test "config: what is no regular file is not opened for long" {
    system
    mkdir -p "$ROOT$CONF"
    spoilt $CONF 'Is a directory'
    rmdir "$ROOT$CONF"
    mkfifo "$ROOT$CONF"
    spoilt $CONF 'not a regular file'
    ln -sf /dev/zero "$ROOT$CONF"
    spoilt $CONF 'not a regular file'
    ln -sf /dev/tty "$ROOT$CONF"
    spoilt $CONF ''
    ln -sf chrony.conf "$ROOT$CONF"
    bounded --config $CONF
    [ "$status" -eq 2 ]
    complains "ntpsync: $CONF" 'Too many levels of symbolic links'
    rm "$ROOT$CONF"
    bounded --config $CONF
    [ "$status" -eq 2 ]
    complains "ntpsync: $CONF" 'No such file or directory'
}

@test "config: /dev/null is a configuration that names nobody" {
    system
    put /etc/ntp.conf <<<'server 192.0.2.1'
    mkdir -p "$ROOT${CONF%/*}"
    ln -s /dev/null "$ROOT$CONF"
    bounded -v -j
    [ "$status" -eq 1 ]
    json '.servers_from == "/etc/ntp.conf"'
    bounded --config /dev/null
    [ "$status" -eq 2 ]
    complains 'ntpsync: /dev/null' 'names no server'
}

@test "config: what an include leads to is named with the line of the include" {
    local what why
    system
    mkdir "$ROOT/etc/folder"
    mkfifo "$ROOT/etc/fifo"
    ln -s /dev/zero "$ROOT/etc/zero"
    while read -r what why; do
        printf '\ninclude %s\n' "$what" | put $CONF
        spoilt $CONF:2 "$what: $why"
    done <<-END
	/etc/folder Is a directory
	/etc/fifo not a regular file
	/etc/zero not a regular file
	/etc/none.conf No such file or directory
	relative.conf not followed
	END
    printf 'confdir folder\n' | put $CONF
    spoilt $CONF:1 folder
    printf 'sourcedir ../run\n' | put $CONF
    spoilt $CONF:1 ../run
}

# as_nobody ARG...: the program where nobody can get at it.
as_nobody() {
    cp "$NTPSYNC" "$ROOT/run/ntpsync"
    run --separate-stderr in_system setpriv --reuid=65534 --regid=65534 --clear-groups \
        /run/ntpsync "$@"
    echo "exit $status: $output"
    echo "$stderr"
}

# What a network says must never stand beside servers that are to be authenticated.
@test "config: DHCP has no say where an authenticated server is not understood, or not read" {
    [ "$(id -u)" -eq 0 ] || missing 'not root: nobody to be'
    system
    chmod 755 "$ROOT" "$ROOT"/{etc,run}
    put /run/chrony-dhcp/eth0.sources <<<'server 192.0.2.9 iburst'
    printf 'server 192.0.2.1\nserver 192.0.2.2 nts newoption 3\n' | put $CONF
    look 1
    json '.servers_from == "'$CONF'" and [.sources[].server] == ["192.0.2.1"]'
    put $CONF <<<'server 192.0.2.2 nts newoption 3'
    look 2
    put $CONF <<<'server 192.0.2.2 newoption 3'
    look 1
    json '[.sources[].server] == ["192.0.2.9"]'
    put $CONF <<<'server 192.0.2.2 nts'
    chmod 600 "$ROOT$CONF"
    as_nobody
    [ "$status" -eq 2 ]
    [[ $stderr == *"$CONF: Permission denied"* ]]
}

@test "config: DHCP has no say where not all of the administrator's files were read" {
    local i
    [ "$(id -u)" -eq 0 ] || missing 'not root: nobody to be'
    system
    chmod 755 "$ROOT" "$ROOT"/{etc,run}
    put /run/systemd/netif/state <<<'NTP=192.0.2.9'
    put /etc/nts.conf <<<'server 192.0.2.2 nts'
    barred() { # DIRECTIVES: of whom nothing is known
        printf "$@" | put $CONF
        look 2
        [[ $stderr == *'DHCP is not asked'* ]]
    }
    barred 'server 192.0.2.2 NTS newoption 3\n'
    barred 'server bad_..name nts\n'
    barred 'include nts.conf\n'
    barred '# \0\nserver 192.0.2.2 nts\n'
    barred '#%5000s\nserver 192.0.2.2 nts\n' x
    for i in {0..11}; do
        put "/etc/c$i.conf" <<<"include /etc/c$((i + 1)).conf"
    done
    barred 'include /etc/c0.conf\n'
    rm "$ROOT$CONF"
    ln -s /nowhere/chrony.conf "$ROOT$CONF"
    look 2
    rm "$ROOT$CONF"
    put /etc/ntp.conf <<<'manycastclient 224.0.1.1 key 5'
    look 2
    put /etc/ntp.conf <<<'server 192.0.2.2 autokey'
    look 1
    json '[.sources[].server] == ["192.0.2.2"]'
    rm "$ROOT/etc/ntp.conf"
    # a folder that nobody may look into, which is not an empty one
    put /etc/chrony/secret.d/a.sources <<<'server 192.0.2.2 nts'
    put $CONF <<<'sourcedir /etc/chrony/secret.d'
    chmod 700 "$ROOT/etc/chrony/secret.d"
    as_nobody
    [ "$status" -eq 2 ]
    put /etc/ntpsec/ntp.d/a.conf <<<'server 192.0.2.2 nts'
    rm "$ROOT$CONF"
    chmod 700 "$ROOT/etc/ntpsec/ntp.d"
    as_nobody
    [ "$status" -eq 2 ]
    # and now it has
    rm -r "$ROOT/etc/ntpsec"
    look 1
    json '[.sources[].server] == ["192.0.2.9"]'
}

@test "config: what DHCP brought to one daemon's file hides no other's" {
    local brought=/run/chrony-dhcp/eth0.sources
    system
    put $brought <<<'server 192.0.2.9'
    put $CONF <<<'sourcedir /run/chrony-dhcp'
    put /etc/ntpsec/ntp.conf <<<'server 192.0.2.2 nts'
    look 1
    json '[.sources[].server] == ["192.0.2.2"]'
    put /etc/ntpsec/ntp.conf <<<'server 192.0.2.2'
    look 1
    json '[.sources[].server] == ["192.0.2.9"]'
    # nor does a link to a file of ours make it the network's
    printf 'sourcedir /run/chrony-dhcp\nsourcedir /etc/chrony/sources.d\n' | put $CONF
    put /etc/chrony/sources.d/n.sources <<<'server 192.0.2.2 nts'
    ln -s /etc/chrony/sources.d/n.sources "$ROOT/run/chrony-dhcp/z.sources"
    look 1
    json '[.sources[].server] == ["192.0.2.2"]'
    rm "$ROOT/run/chrony-dhcp/z.sources"
    # nor do so many that there is no room for ours
    { seq -f 'server 192.0.2.8 port %.0f' 65535 && seq -f 'server 192.0.2.9 port %.0f' 65535; } |
        put $brought
    look 2
}

@test "config: FallbackNTP= of one file is no list for the next" {
    system
    printf '[Time]\nFallbackNTP=bad_..name\n' | put /etc/systemd/timesyncd.conf
    printf 'NTPSERVERS="%s"\nNTPSERVERS=""\n' '192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5' |
        put /etc/default/ntpdate
    put /etc/default/ntpsec-ntpdate <<<'NTPSERVERS="192.0.2.9"'
    look 1
    json '[.sources[].server] == ["192.0.2.9"]'
}

@test "config: a comment without end in a line that goes on is too long" {
    system
    printf '[Time]\nNTP=192.0.2.1 \\\n#' | put /etc/systemd/timesyncd.conf
    truncate -s 8G "$ROOT/etc/systemd/timesyncd.conf"
    look 2 --config /etc/systemd/timesyncd.conf
    [[ $stderr == *'timesyncd.conf:'*'a NUL byte'* ]]
    printf '[Time]\nNTP=192.0.2.1 \\\n#%9000s\n192.0.2.2' x | put /etc/systemd/timesyncd.conf
    look 2 --config /etc/systemd/timesyncd.conf
    [[ $stderr == *'timesyncd.conf:'*'too long'* ]]
    printf '[Time]\nNTP=192.0.2.1 \\\n#%900s' x | put /etc/systemd/timesyncd.conf
    look 1 --config /etc/systemd/timesyncd.conf
    json '[.sources[].server] == ["192.0.2.1"]'
}

@test "config: a file's name does not reach the terminal raw" {
    system
    put $'/run/chrony-dhcp/\e[2J\nx.sources' <<<'server 192.0.2.9'
    run -1 --separate-stderr in_system "$NTPSYNC" -t 300ms
    grep -F 'servers from /run/chrony-dhcp/?[2J?x.sources' <<<"$output"
}

@test "config: what DHCP brought leads to no other file" {
    system
    put $CONF <<<'server 192.0.2.1 nts'
    put /run/ntp.conf.dhcp <<<'includefile /etc/evil'
    put /etc/evil <<<'server 192.0.2.9'
    printf 'server 192.0.2.1 nts\ninclude /run/ntp.conf.dhcp\n' | put $CONF
    look 1
    json '[.sources[].server] == ["192.0.2.1"]'
    rm "$ROOT$CONF"
    look 2
}

@test "config: with --wait servers may come by DHCP, and are waited for" {
    system
    put /etc/systemd/timesyncd.conf <<<'[Time]'
    mkdir -p "$ROOT/run/systemd/netif"
    (sleep 1.5 && echo 'NTP=192.0.2.9' >"$ROOT/run/systemd/netif/state") 3>&- &
    look 1 --wait 4s -t 1s
    json '.servers_from == "/run/systemd/netif/state" and [.sources[].server] == ["192.0.2.9"]'
    [ "$(grep -c '^ntpsync: waiting for servers from DHCP' <<<"$stderr")" -eq 1 ]
    rm "$ROOT/run/systemd/netif/state"
    look 2 --wait 1s
    [[ $stderr == *'nothing from DHCP in: /run/systemd/netif/state'* ]]
}

@test "config: what may not be read is said, and the rest is used" {
    [ "$(id -u)" -eq 0 ] || missing 'not root: nobody to be'
    system
    chmod 755 "$ROOT" "$ROOT"/{etc,run}
    printf 'include /etc/secret.conf\nserver 192.0.2.1\n' | put $CONF
    put /etc/secret.conf <<<'server 192.0.2.2'
    put /etc/ntp.conf <<<'server 192.0.2.3'
    chmod 600 "$ROOT/etc/secret.conf"
    as_nobody -v -j
    [ "$status" -eq 1 ]
    json '[.sources[].server] == ["192.0.2.1"]'
    complains $CONF:1 '/etc/secret.conf: Permission denied'
    as_nobody -j --config $CONF
    [ "$status" -eq 2 ]
    complains "ntpsync: $CONF:1" '/etc/secret.conf: Permission denied'
    # the whole of it: that of another daemon is not what this one would do
    chmod 600 "$ROOT$CONF"
    as_nobody -v -j
    complains $CONF 'Permission denied'
    chmod 700 "$ROOT/etc/chrony"
    rm "$ROOT/etc/ntp.conf"
    as_nobody
    [ "$status" -eq 2 ]
    complains "ntpsync: $CONF" 'Permission denied'
}

@test "config: includes that go round end, and every file is read once" {
    system
    printf 'include %s\nserver 192.0.2.1\ninclude %s\n' $CONF /etc/chrony/*.conf | put $CONF
    look 1 --config $CONF
    json '[.sources[].server] == ["192.0.2.1"]'
    printf 'include /etc/a.conf\n' | put $CONF
    printf 'include /etc/b.conf\nserver 192.0.2.1\n' | put /etc/a.conf
    printf 'include /etc/a.conf\nserver 192.0.2.2\ninclude /etc/l*.conf\n' | put /etc/b.conf
    ln -s a.conf "$ROOT/etc/link.conf"
    ln "$ROOT/etc/b.conf" "$ROOT/etc/link2.conf"
    look 1
    json '[.sources[].server] == ["192.0.2.2", "192.0.2.1"]'
    printf 'includefile /etc/ntp.conf\nserver 192.0.2.3\n' | put /etc/ntp.conf
    look 1 --config /etc/ntp.conf
    json '[.sources[].server] == ["192.0.2.3"]'
    # confdir of the folder that it is in itself
    printf 'confdir /etc/chrony\nserver 192.0.2.4\n' | put $CONF
    look 1 --config $CONF
    json '[.sources[].server] == ["192.0.2.4"]'
}

@test "config: a hundred levels of includes are too many, and it says where" {
    local i
    system
    for i in {0..100}; do
        printf 'server 10.0.0.%d\ninclude /etc/level%d\n' "$((i + 1))" "$((i + 1))" |
            put "/etc/level$i"
    done
    printf 'include /etc/level0\n' | put $CONF
    bounded -v -j
    [ "$status" -eq 1 ]
    json '.sources | length > 2 and length < 100'
    grep -E '^/etc/level[0-9]+:2: .*(deep|nest)' <<<"$stderr"
    bounded --config $CONF
    [ "$status" -eq 2 ]
    grep -E '^ntpsync: /etc/level[0-9]+:2: .*(deep|nest)' <<<"$stderr"
}

@test "config: files of DOS and Windows, and without a last line end, are read" {
    local dir want file
    answering
    for dir in chrony-arch chrony-dropins ntp-company openntpd-company timesyncd-company \
        step-tickers ntpdate-debian; do
        echo "---- $dir"
        want=$BATS_TEST_DIRNAME/config/$dir/want
        system "${want%/*}"
        while read -r file; do
            sed -i -e '1s/^/\xef\xbb\xbf/' -e 's/$/\r/' "$file"
        done < <(cd "${want%/*}" && find etc -type f | sed "s|^|$ROOT/|")
        known_to "$want"
        look 0
        came_of "$want"
        system "${want%/*}"
        while read -r file; do
            printf %s "$(<"$file")" >"$file.new"
            mv "$file.new" "$file"
        done < <(cd "${want%/*}" && find etc -type f | sed "s|^|$ROOT/|")
        known_to "$want"
        look 0
        came_of "$want"
    done
}

@test "config: bytes that are no text harm neither the run nor the terminal" {
    system
    printf '%s\n' $'# caf\xe9 \x1b[31m' $'server 192.0.2.1 iburst' | put $CONF
    bounded -v -j
    [ "$status" -eq 1 ]
    json '[.sources[].server] == ["192.0.2.1"]'
    printf '%s\n' '' $'server caf\xe9.example' | put $CONF
    spoilt $CONF:2 ''
    printf '%s\n' '' $'server 192.0.2.1 \x1b[31m\x07' | put $CONF
    spoilt $CONF:2 ''
    printf '%s\n' '' $'include /etc/\x1b]0;title\x07\xc2\x9b' | put $CONF
    spoilt $CONF:2 ''
    printf '%s\n' $'pool p.example' | put $'/etc/chrony/sources.d/\x1b[31m\xff.sources'
    printf '%s\n' $'server x y' | put $'/etc/chrony/sources.d/\x1b[32m.sources'
    printf 'sourcedir /etc/chrony/sources.d\n' | put $CONF
    MEMORY=3000000000 bounded -v -j
    printable
    json '.servers_from | length > 0'
}

@test "config: words in no order crash no form" {
    local i form forms=(/etc/chrony.conf /etc/ntp.conf /etc/ntpd.conf
        /etc/systemd/timesyncd.conf /etc/ntp/step-tickers /etc/default/ntpdate)
    system
    for i in {1..40}; do
        form=${forms[i % ${#forms[@]}]}
        # words of all the forms, and what stands between them
        awk -v seed="$i" 'BEGIN {
            n = split("server pool peer include confdir sourcedir includefile servers" \
                " sensor [Time] NTP= NTP=\\ Servers= FallbackNTP= NTPSERVERS=\" \" # ! ; = \\" \
                " -4 -6 key nts port version maxsources noselect weight 1 99999 192.0.2.1" \
                " 127.127.1.0 [::1]:5 2001:db8::1 /etc /etc/*.conf a.b , .", w, " ")
            srand(seed)
            for (i = 0; i < 400; i++)
                printf "%s%s", w[int(rand() * n) + 1], rand() < 0.2 ? "\n" : " "
        }' | put "$form"
        MEMORY=3000000000 bounded -t 100ms -j -v
        [ "$status" -le 3 ]
        MEMORY=3000000000 bounded -t 100ms -j --config "$form"
        [ "$status" -le 3 ]
        printable
        rm "$ROOT$form"
    done
}

@test "config: 5,000 files that a pattern matches are all read" {
    local i
    system
    mkdir -p "$ROOT/etc/chrony/sources.d"
    for i in {1..5000}; do
        echo "server 10.1.$((i / 250)).$((i % 250))" >"$ROOT/etc/chrony/sources.d/$i.sources"
    done
    printf 'sourcedir /etc/chrony/sources.d\n' | put $CONF
    bounded -j
    [ "$status" -eq 1 ]
    json '(.sources | length) == 5000'
    json '.servers_from | startswith("/etc/chrony/sources.d/1.sources, ") and length < 1000'
    printf 'include /etc/chrony/sources.d/*\n' | put $CONF
    bounded -j
    json '(.sources | length) == 5000'
}

@test "config: files beyond number are too many, and it says at which include" {
    local i
    system
    mkdir -p "$ROOT/etc/chrony/sources.d"
    for i in {1..10500}; do
        echo "server 10.1.$((i / 250)).$((i % 250))" >"$ROOT/etc/chrony/sources.d/$i.sources"
    done
    printf '\nsourcedir /etc/chrony/sources.d\n' | put $CONF
    bounded -j -v
    [ "$status" -eq 1 ]
    json '.sources | length > 5000'
    complains $CONF:2 'too many'
    bounded --config $CONF
    [ "$status" -eq 2 ]
    complains "ntpsync: $CONF:2" 'too many'
}

@test "config: fifty thousand lines of one server are one server" {
    system
    yes 'server 192.0.2.1 iburst' | head -n 50000 | put $CONF
    bounded -j
    [ "$status" -eq 1 ]
    json '(.sources | length) == 1'
    bounded -j --config $CONF
    [ "$status" -eq 1 ]
}

@test "config: a million servers are too many: it says at which line, and once" {
    system
    seq 0 999999 | awk '{ printf "server 10.%d.%d.%d\n", $1 / 65536, $1 / 256 % 256, $1 % 256 }' |
        put $CONF
    MEMORY=300000000 bounded --config $CONF -O /dev/null
    [ "$status" -eq 2 ]
    grep -E "^ntpsync: $CONF:[0-9]+: .*too many" <<<"$stderr"
    MEMORY=300000000 bounded -O /dev/null -t 5s
    [ "$status" -eq 1 ]
    MEMORY=300000000 bounded -v -O /dev/null -t 5s
    [ "$(grep -c "^$CONF:" <<<"$stderr")" -eq 1 ]
}

@test "config: a .sources file names servers and leads nowhere" {
    system
    printf 'sourcedir /etc/chrony/sources.d\n' | put $CONF
    printf '%s\n' 'server 192.0.2.1' 'include /etc/other.conf' 'confdir /etc/other' \
        'sourcedir /etc/other' 'server 192.0.2.2' | put /etc/chrony/sources.d/a.sources
    put /etc/other.conf <<<'server 192.0.2.3'
    put /etc/other/b.conf <<<'server 192.0.2.4'
    put /etc/other/b.sources <<<'server 192.0.2.5'
    look 1
    json '[.sources[].server] == ["192.0.2.1", "192.0.2.2"]'
}

@test "config: an option without its value is a fault, whether it matters or not" {
    system
    put $CONF <<<'server 192.0.2.1 minpoll'
    look 2 --config $CONF
    complains "ntpsync: $CONF:1" 'minpoll: needs a value'
    put $CONF <<<'server 192.0.2.1 port'
    look 2 --config $CONF
    complains "ntpsync: $CONF:1" 'port: needs a value'
}

@test "config: --config with a file of something else is exit 2" {
    system
    put /etc/strange <<<$'<?xml version="1.0"?>\n<server name="192.0.2.1"/>'
    look 2 --config /etc/strange
    complains 'ntpsync: /etc/strange' ''
    look 2 --config /etc/passwd
    complains 'ntpsync: /etc/passwd' ''
    look 2 --config ''
    put /etc/strange <<<$'# nobody\n[Time]\nNTP='
    look 2 --config /etc/strange
    complains 'ntpsync: /etc/strange' 'names no server'
}
