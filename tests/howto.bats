# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031,SC2016 # bats sets and keeps these; the lines expand
# Lines as how-tos, crontabs, boot scripts and monitors have them for ntpdate and
# sntp.  They run unchanged: the programs are links to ntpsync in /usr/sbin and
# /usr/bin, the servers' names lead to servers of the test's own at port 123, and
# the clock is the shim's.  All of that is in namespaces of the test's own.
load common
load peers
load persona

#   127.0.1.x, 127.0.2.1   1.5 s ahead, so that the clock is stepped
#   127.0.3.1, 127.0.4.1   0.2 s ahead, behind: it is slewed
#   127.0.5.1, ::1         1.5 s ahead, by one family only
#   127.0.6.1              chronyd, right
#   127.0.7.1              silent
#   127.0.8.1, 127.0.9.1   asks for fewer requests; is not synchronised
#   127.0.10.x             silent, until it was asked so often
hosts() {
    cat <<-'END'
	127.0.0.1 localhost
	127.0.1.1 pool.ntp.org
	127.0.1.2 pool.ntp.org
	127.0.1.3 pool.ntp.org
	127.0.1.1 0.pool.ntp.org 0.debian.pool.ntp.org
	127.0.1.2 1.pool.ntp.org cn.pool.ntp.org
	127.0.1.3 2.pool.ntp.org 0.fedora.pool.ntp.org
	127.0.1.4 3.pool.ntp.org
	127.0.2.1 time.nist.gov tick.example.org
	127.0.3.1 ntp.ubuntu.com
	127.0.4.1 time.google.com
	127.0.5.1 time.apple.com
	::1 time.cloudflare.com
	127.0.6.1 ntp.example.org
	127.0.7.1 silent.example.org
	127.0.8.1 busy.example.org
	127.0.9.1 unsync.example.org
	127.0.10.1 late1.example.org
	127.0.10.2 late2.example.org
	127.0.10.3 late3.example.org
	END
}

setup_file() {
    export PEER_DIR=$BATS_FILE_TMPDIR/peers ROOM_PID
    peer_need busybox-static chrony
    peer_room
    ROOM_PID=$PEER_PID
    peer_spawn "$BATS_FILE_TMPDIR/servers" "$TOP/build/tests/ntpserver" -p 123 \
        127.0.1.{1..4},offset=1.5 127.0.2.1,offset=1.5,stratum=2 \
        127.0.3.1,offset=0.2 127.0.4.1,offset=-0.2 127.0.5.1,offset=1.5 \
        ::1,offset=1.5 127.0.7.1,drop=all 127.0.8.1,kiss=RATE 127.0.9.1,leap=3 \
        127.0.10.1,offset=1.5,drop=3 127.0.10.2,offset=1.5,drop=3 \
        127.0.10.3,offset=1.5,drop=3
    eventually grep -qx 123 "$BATS_FILE_TMPDIR/servers"
    chronyd_start 127.0.6.1 123
}
teardown_file() { peer_stop_all; }

setup() {
    local tool
    PEER_ROOM=(nsenter --net="/proc/$ROOM_PID/ns/net" --)
    fake_clock
    SCENE=$BATS_TEST_TMPDIR/scene
    mkdir -p "$SCENE"/{dev,usr,fake}
    hosts >"$SCENE/hosts"
    echo 'hosts: files' >"$SCENE/nsswitch.conf"
    printf '#!/bin/sh\nexec "$@"\n' >"$SCENE/fake/sudo"
    for tool in hwclock service systemctl; do
        printf '#!/bin/sh\necho %s "$@" >>"%s"\n' "$tool" "$SCENE/did" >"$SCENE/fake/$tool"
    done
    chmod +x "$SCENE"/fake/*
    : >"$SCENE/did"
    : >"$SCENE/syslog"
}

# All is as on any machine, but for what is said here; then a command.
# /usr/sbin and /usr/bin are links to what they were, and ours.
SCENERY='
    SCENE=$1 RUN=$2 NTPSYNC=$3 BUSYBOX=$4 DEV=$1/dev
    shift 4
    mount -n --bind "$RUN" /run &&
        mount -n --bind "$SCENE/hosts" /etc/hosts &&
        mount -n --bind "$SCENE/nsswitch.conf" /etc/nsswitch.conf &&
        mount -n -t tmpfs tmpfs /root && mount -n -t tmpfs tmpfs /var/log &&
        mount -n --rbind /usr "$SCENE/usr" &&
        mount -n -t tmpfs tmpfs /usr/sbin && ln -s "$SCENE"/usr/sbin/* /usr/sbin &&
        ln -sf "$NTPSYNC" /usr/sbin/ntpdate && ln -sf "$SCENE"/fake/* /usr/sbin || exit
    mount -n -t tmpfs tmpfs /usr/bin || exit
    "$BUSYBOX" ln -s "$SCENE"/usr/bin/* /usr/bin
    "$BUSYBOX" ln -sf "$NTPSYNC" /usr/bin/sntp
'"$OWN_DEV"'
    "$BUSYBOX" syslogd -n -O "$SCENE/syslog" &
    until [ -S /dev/log ]; do :; done
    "$@"
    status=$?
    "$BUSYBOX" logger the end
    until grep -q "the end" "$SCENE/syslog"; do sleep 0.01; done
    kill "$!"
    exit "$status"'

# howto STATUS MOVE OUTPUT LINE: run by sh, or $HOWTO, it ends so, has done to the
# clock what MOVE says, and printed what OUTPUT is a pattern of.  A line of a
# crontab is run as cron would.
# Other programs of the line get the shim, but no sanitizers: logger has hung in
# them.
howto() {
    local line=$4 command=("${HOWTO:-sh}" -c) move
    read -ra move <<<"$2"
    [[ ! $line =~ ^([0-9*/,]+\ +){5}(root\ +)?(.*)$ ]] || line=${BASH_REMATCH[3]}
    run "${PEER_ROOM[@]}" timeout 300 unshare -mpf --kill-child --mount-proc \
        bash -c "$SCENERY" howto \
        "$SCENE" "$RUN" "$NTPSYNC" "$TOP/build/peers/busybox-static/bin/busybox" \
        "${WALL[@]}" env PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        LD_PRELOAD="$TOP/build/tests/fakeclock.so" \
        ASAN_OPTIONS=verify_asan_link_order=0 "${command[@]}" "$line" </dev/null 3>&-
    printf 'exit %s\n%s\nclock: %s\n' "$status" "$output" "$(clock_log)"
    [ "$status" -eq "$1" ]
    [[ $output =~ ^$3$ ]]
    moved "${move[@]}"
}

# What was written to the log of the system, and what else was called.
logged() { grep -q "ntpdate\[[0-9]*\]: $1" "$SCENE/syslog" || { cat "$SCENE/syslog" && return 1; }; }
silent() { ! grep -q 'ntpdate\[' "$SCENE/syslog" || { cat "$SCENE/syslog" && return 1; }; }
did() { [ "$(<"$SCENE/did")" = "$1" ] || { cat "$SCENE/did" && return 1; }; }

AT='[ 123][0-9] [JFMASOND][a-z][a-z] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] ntpdate\[[0-9]+\]: '
STEP="${AT}step time server [0-9.:]+ offset \+1\.[0-9]{6} sec"
SLEW="${AT}adjust time server [0-9.]+ offset [-+]0\.[0-9]{6} sec"
SERVER='server [0-9.]+, stratum [12], offset [-+][0-9]+\.[0-9]{6}, delay [0-9]+\.[0-9]{5}'
DOWN="${AT}no server suitable for synchronization found"
SNTP='sntp 4\.2\.8p15@ntpsync-[^'$'\n'']* \(1\)'
NL=$'\n'
told() { echo "$SNTP${NL}20[0-9:. -]+ \([-+][0-9]{4}\) $1 \+/- [0-9.]+ $2 s1 no-leap"; }

# ---- cron ----

@test "howto: crontab, every five minutes" {
    howto 0 'step 1.5' "$STEP" '*/5 * * * * root ntpdate -u tick.example.org'
}

@test "howto: crontab, the pool, silent" {
    howto 0 'step 1.5' '' '0  10  *  *  * root /usr/sbin/ntpdate -u cn.pool.ntp.org >> /dev/null 2>&1'
    silent
}

@test "howto: crontab, to the log" {
    howto 0 'step 1.5' '' '*/30 * * * * root ntpdate -s time.nist.gov'
    logged 'step time server 127.0.2.1 offset +1\.'
}

@test "howto: crontab, and the hardware clock after it" {
    howto 0 'step 1.5' "$STEP" '*/1 * * * * /usr/sbin/ntpdate cn.pool.ntp.org && /usr/sbin/hwclock -w'
    did 'hwclock -w'
}

@test "howto: crontab, and no hardware clock where nobody answered" {
    howto 1 '' "$DOWN" '*/1 * * * * /usr/sbin/ntpdate unsync.example.org && /usr/sbin/hwclock -w'
    did ''
}

@test "howto: crontab, to a file" {
    howto 0 'slew 0.2' "$SLEW" '0 21 * * * ntpdate ntp.ubuntu.com >> /root/ntpdate.log 2>&1; cat /root/ntpdate.log'
}

@test "howto: cron.daily, one line" {
    howto 0 'step 1.5' '' '/usr/sbin/ntpdate -su time.nist.gov'
    logged step
}

@test "howto: crontab, sntp slews every quarter of an hour" {
    howto 0 'slew -0.2' '' '*/15 * * * * root /usr/bin/sntp -s -t 10 time.google.com > /dev/null'
}

# ---- installing and booting ----

@test "howto: kickstart: step from the pool, in the log" {
    howto 0 'step 1.5' 'updating system time' 'echo "updating system time"
/usr/sbin/ntpdate -sub 0.fedora.pool.ntp.org
/usr/sbin/hwclock --systohc'
    logged step
    did 'hwclock --systohc'
}

@test "howto: rc.local: stepped before the daemon starts" {
    howto 0 'step 1.5' ' ntpdate ntpd' "echo -n ' ntpdate'
/usr/sbin/ntpdate -b pool.ntp.org >/dev/null
echo -n ' ntpd'"
}

@test "howto: until ntpdate: waits for the server, then writes the hardware clock" {
    howto 0 'step 1.5' "($DOWN$NL)+$STEP" \
        'until ntpdate -u -b -p 1 -t 1 late1.example.org; do sleep 1; done; hwclock -w'
    did 'hwclock -w'
}

@test "howto: until ntpdate: in bash, silent" {
    HOWTO=bash howto 0 'step 1.5' "(time not in sync$NL)+done" \
        'until ntpdate -u -p 1 -t 1 late2.example.org &>/dev/null; do
    echo "time not in sync"
    sleep 1
done
echo done'
}

@test "howto: a loop of attempts with a pause that grows" {
    howto 0 'step 1.5' 'after 1' 'retry=0
while true; do
        /usr/sbin/ntpdate -s -b -p 1 -t 1 late3.example.org > /dev/null 2>&1
        RETVAL=$?
        [ $RETVAL -eq 0 ] || [ $retry -ge 3 ] && break
        sleep $((1 << $retry))
        retry=$(($retry + 1))
done
echo after $retry
exit $RETVAL'
    logged 'no server suitable'
    logged step
}

@test "howto: the daemon stopped meanwhile" {
    howto 0 'step 1.5' "$STEP" 'sudo service ntp stop; sudo ntpdate pool.ntp.org; sudo service ntp start'
    did $'service ntp stop\nservice ntp start'
}

@test "howto: the lines of systemctl about it" {
    howto 0 'step 1.5' '' '/usr/bin/env systemctl stop ntpd && /usr/sbin/ntpdate -b -s -u pool.ntp.org && systemctl start ntpd'
    did $'systemctl stop ntpd\nsystemctl start ntpd'
}

@test "howto: four servers of the pool at once" {
    howto 0 'step 1.5' "$STEP" 'ntpdate -u 0.pool.ntp.org 1.pool.ntp.org 2.pool.ntp.org 3.pool.ntp.org'
}

@test "howto: one after the other, until one works" {
    howto 0 'step 1.5' "$DOWN$NL$STEP" \
        'for server in unsync.example.org time.nist.gov pool.ntp.org; do ntpdate -u $server && break; done'
}

@test "howto: four quick samples" {
    howto 0 'step 1.5' "$STEP" 'ntpdate -p 4 -t 0.2 -bu tick.example.org'
}

@test "howto: the last of -B and -b counts" {
    howto 0 'step 1.5' "$STEP" 'sudo ntpdate -p 1 -B -b -u time.nist.gov'
    : >"$FAKECLOCK_LOG"
    : >"$SCENE/did"
    howto 0 'slew 1.5' "${AT}adjust time server 127\.0\.2\.1 offset \+1\.[0-9]+ sec" \
        'sudo ntpdate -B -u time.nist.gov  && hwclock -w'
    did 'hwclock -w'
}

@test "howto: the version with it" {
    howto 0 'step 1.5' "${AT}ntpdate 4\.2\.8p15@[^$NL]* \(1\)$NL$STEP" 'sudo ntpdate -v -u pool.ntp.org'
}

@test "howto: with a copy in a file of its own" {
    howto 0 'step 1.5' "$STEP$NL$STEP" 'ntpdate -u pool.ntp.org 2>&1 | tee -a /var/log/ntpdate.log; cat /var/log/ntpdate.log'
}

@test "howto: whatever is there: chronyc, else ntpdate, else a word" {
    howto 0 'step 1.5' "$STEP" 'no-chronyc -a makestep 2>/dev/null || ntpdate -u pool.ntp.org 2>/dev/null || echo NTP sync attempted'
    : >"$FAKECLOCK_LOG"
    howto 0 '' 'NTP sync attempted' 'no-chronyc -a makestep 2>/dev/null || ntpdate -u busy.example.org 2>/dev/null || echo NTP sync attempted'
}

@test "howto: \$? afterwards" {
    howto 0 'slew -0.2' "$SLEW${NL}0" 'ntpdate -t 3 -u time.google.com
if [ $? -eq 0 ]; then
        echo 0
fi'
}

@test "howto: a timeout about it, and the log if it failed" {
    howto 0 '' "$DOWN" 'timeout 30 ntpdate -t 1 -p 1 -u silent.example.org || logger "ntpdate[1]: it failed"'
    logged 'it failed'
}

@test "howto: what it told, by day" {
    howto 0 'step 1.5' "time\.nist\.gov >>>> +[0-9]+ [A-Z][a-z][a-z] .* step time server .* \[is True\]" \
        'get=$(/usr/sbin/ntpdate -u time.nist.gov | grep "offset")
getday=$(echo $get | awk '"'{print \$1}'"')
today=$(date -d now +"%-d")
if [ "$today" = "$getday" ]; then
    echo time.nist.gov ">>>> " $get [is True]
else
    echo time.nist.gov ">>>> " $get [is False]
fi'
}

# ---- how far off ----

@test "howto: -q, seen by a person" {
    howto 0 '' "$SERVER$NL$SERVER$NL$SERVER$NL$STEP" 'ntpdate -q pool.ntp.org'
    howto 0 '' "$SERVER$NL$SLEW" 'ntpdate -q ntp.example.org'
}

@test "howto: -q and no more than its status" {
    howto 0 '' '0' '/usr/sbin/ntpdate -q tick.example.org >/dev/null ; echo $?'
    howto 0 '' "${DOWN}${NL}1" '/usr/sbin/ntpdate -q unsync.example.org >/dev/null ; echo $?'
    howto 0 '' '[^'"$NL"']*Error resolving nowhere\.example\.org: .*'"${NL}1" '/usr/sbin/ntpdate -q nowhere.example.org; echo $?'
}

@test "howto: the offset between two words, by grep" {
    howto 0 '' '\+1\.[0-9]{6}' "ntpdate -p 1 -q tick.example.org | grep -oP '(?<=offset ).*?(?= sec)'"
}

@test "howto: the offset of the last line, by awk" {
    HOWTO=bash howto 0 '' 'Clock offset vs pool\.ntp\.org: \+1\.[0-9]{6} sec' 'set -e
output=$(ntpdate -q pool.ntp.org 2>/dev/null | tail -n 1)
if [[ -z "$output" ]]; then
  echo "Unable to query NTP server" >&2
  exit 1
fi
offset=$(echo "$output" | awk '"'"'{for(i=1;i<=NF;i++){if($i=="offset"){print $(i+1);exit}}}'"'"')
echo "Clock offset vs pool.ntp.org: $offset sec"'
}

@test "howto: the offset without its sign, and a limit" {
    howto 0 '' 'off by 1\.[0-9]{6}' 'period=$(ntpdate -q time.nist.gov | grep ntpdate | awk -F offset '"'{print \$2}'"')
number=$(echo "$period" | grep -oP "\d*\.\d+")
[ "$(echo "$number 1.0" | awk '"'{if (\$1 > \$2) {print 1} else {print 0}}'"')" = 1 ] && echo "off by $number"'
}

@test "howto: the offset of the first line, whole seconds" {
    howto 0 '' '\+?1' 'offset=`ntpdate -q time.nist.gov |head -n1 |awk -F"[ ,]" '"'{print \$8}'"'`
offset=${offset%.*}
echo $offset'
}

@test "howto: the sixth word as a number" {
    howto 0 '' '1\.[0-9]+' "ntpdate -q time.nist.gov | awk '{print +\$6}' | head -1 | sed 's/,*\$//g'"
}

@test "howto: the stratum of a server" {
    howto 0 '' '2' "ntpdate -q time.nist.gov | grep '^server' | cut -d , -f 2 | awk '{ print \$2 }'"
}

@test "howto: how many servers answered" {
    howto 0 '' '3' "ntpdate -q pool.ntp.org | grep -c '^server'"
}

@test "howto: a plugin for a monitor" {
    local plugin='offset=$(ntpdate -q "$1" 2>/dev/null | tail -1 | sed -n "s/.*offset \([-+.0-9]*\) sec.*/\1/p")
if [ -z "$offset" ]; then echo "NTP UNKNOWN - no answer"; exit 3; fi
awk -v o="$offset" "BEGIN { exit (o > 1 || o < -1) ? 2 : (o > 0.1 || o < -0.1) ? 1 : 0 }"
status=$?
set -- OK WARNING CRITICAL
shift $status
echo "NTP $1 - offset $offset|offset=$offset"
exit $status'
    howto 2 '' 'NTP CRITICAL - offset \+1\.[0-9]+\|offset=\+1\.[0-9]+' "set -- time.nist.gov; $plugin"
    howto 1 '' 'NTP WARNING - offset -0\.[0-9]+\|offset=-0\.[0-9]+' "set -- time.google.com; $plugin"
    howto 0 '' 'NTP OK - offset [-+]0\.0[0-9]+\|offset=.*' "set -- ntp.example.org; $plugin"
    howto 3 '' 'NTP UNKNOWN - no answer' "set -- unsync.example.org; $plugin"
}

@test "howto: down, by what it says" {
    howto 0 '' 'DOWN' 'ntpdate -q unsync.example.org 2>&1 | grep -q "no server suitable" && echo DOWN'
    howto 0 '' 'RATE' 'ntpdate -q busy.example.org 2>&1 | grep -q "rate limit response" && echo RATE'
}

@test "howto: the verdict, not carried out" {
    howto 0 '' "$STEP" 'ntpdate -d -p 1 time.nist.gov 2>/dev/null | grep ntpdate'
    howto 0 '' "$SERVER$NL${AT}adjust .*" 'ntpdate -B -q 0.debian.pool.ntp.org'
}

@test "howto: one family" {
    howto 0 'step 1.5' "$STEP" 'ntpdate -4 -u time.apple.com'
    : >"$FAKECLOCK_LOG"
    howto 0 'step 1.5' "${AT}step time server ::1 .*" 'ntpdate -6 -u time.cloudflare.com'
}

# ---- sntp ----

@test "howto: sntp -sS, as Apple says" {
    howto 0 'step 1.5' "$(told '\+1\.[0-9]{6}' 'time\.apple\.com 127\.0\.5\.1')" 'sudo sntp -sS time.apple.com'
}

@test "howto: sntp without its file of kisses" {
    howto 0 '' "$(told '\+1\.[0-9]{6}' 'time\.apple\.com 127\.0\.5\.1')" 'sntp -K /dev/null time.apple.com'
    howto 0 'step 1.5' "$(told '\+1\.[0-9]{6}' 'pool\.ntp\.org 127\.0\.1\.[123]')" 'sntp -S -K /dev/null pool.ntp.org'
}

@test "howto: sntp as a check of a server" {
    howto 0 '' '' 'sntp -K /dev/null -t 2 "ntp.example.org" >/dev/null 2>&1
    exit $?'
    howto 1 '' '' 'sntp -K /dev/null -t 2 "silent.example.org" >/dev/null 2>&1
    exit $?'
}

@test "howto: sntp for a while, and what came of it" {
    howto 0 'step 1.5' 'SNTP sync SUCCESS via time\.nist\.gov\.' 'if timeout 60 sntp -t 5 -S "time.nist.gov" >"/var/log/sntp" 2>&1; then
    echo "SNTP sync SUCCESS via time.nist.gov."
fi'
}

@test "howto: sntp, and whether there was an answer, by a pattern" {
    local probe='for h in HOST; do
    o=$(sntp -t 2 "$h" 2>/dev/null)
    case "$o" in *"+/-"*) echo "yes"; exit ;; esac
done
echo "no"'
    howto 0 '' yes "${probe/HOST/busy.example.org time.google.com}"
    howto 0 '' no "${probe/HOST/busy.example.org unsync.example.org}"
}

@test "howto: sntp, stepped beyond 128 ms, else slewed" {
    howto 0 'step 0.2' "$(told '\+0\.[0-9]{6}' 'ntp\.ubuntu\.com 127\.0\.3\.1')" 'sntp -K /dev/null -S -s -M 128 ntp.ubuntu.com'
    : >"$FAKECLOCK_LOG"
    howto 0 'slew 0.2' "$(told '\+0\.[0-9]{6}' 'ntp\.ubuntu\.com 127\.0\.3\.1')" 'sntp -K /dev/null -S -s -M 500 ntp.ubuntu.com'
}

@test "howto: sntp, and never mind" {
    howto 0 'step -0.2' "$(told '-0\.[0-9]{6}' 'time\.google\.com 127\.0\.4\.1')" 'sntp -S time.google.com || true'
    : >"$FAKECLOCK_LOG"
    howto 0 '' "$SNTP${NL}KOD code RATE from busy\.example\.org 127\.0\.8\.1" 'sntp -S -c busy.example.org || echo'
}

@test "howto: the offset by sntp, of one family" {
    howto 0 '' '\+1\.[0-9]{6}' "sntp -4 time.apple.com | awk '/\\+\\/-/ {print \$4}'"
    howto 0 '' '\+1\.[0-9]{6}' "sntp -6 time.cloudflare.com | tail -1 | cut -d' ' -f4"
}

@test "howto: sntp's options of 20 years ago are not taken for others" {
    howto 1 '' 'sntp: illegal option -- P.*' 'sntp -P no -r pool.ntp.org && hwclock -w'
    did ''
}
