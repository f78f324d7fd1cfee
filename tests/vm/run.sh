#!/usr/bin/env bash
# The clock of a real kernel, really set: boots virtual machines, one for each
# line of the table below, with ntpsync as it is installed in one file.
#
#   tests/vm/run.sh [NAME...]         default: all of them (make check-vm)
#
# A machine is qemu without KVM, Debian's kernel, busybox and the script
# tests/vm/SCRIPT.sh; it asks a chronyd on this machine's loopback.  Every check
# of a script is one line of the output, and so is a machine that does not come
# to its end, or that has made other checks than it had planned.  Under CI=true
# what is missing is a failure; elsewhere it is named, and nothing is run.
# VM_JOBS machines run at a time (2), VM_LIMIT s each at most (240).  Logs and
# what else is left are in build/vm.
set -u
cd "$(dirname "$0")/../.." || exit 1
TOP=$PWD
export LC_ALL=C

# The precise one first and alone: the others disturb it.
machines='
# NAME   SCRIPT   RTC                  alone
exact    exact    utc                  alone
race     race     utc
suspend  suspend  utc
crowd    crowd    utc
1970     dates    1970-01-01T00:00:00
2001     dates    2001-01-01T00:00:00
2040     dates    2040-06-01T00:00:00
guard    guard    utc
early    early    utc
boot     boot     2001-01-01T00:00:00
'
limit=${VM_LIMIT:-240}
jobs=${VM_JOBS:-2}
vm=$TOP/build/vm
peers=$TOP/build/peers
busybox=$peers/busybox-static/bin/busybox

# In the order in which they need each other.
modules='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev
    virtio_pci failover net_failover virtio_net'

# HPET: qemu derives it from this machine's clock, so it neither drifts from it
# nor is it ever exchanged. The TSC would be calibrated by a guest that is not
# alone here (30 ppm off, or 300), the exchange of tsc-early for tsc comes 1 s
# into the scripts and clears the kernel's NTP state, and the watchdog may
# exchange it again.
append='console=ttyS0 quiet panic=-1 clocksource=hpet'

say() { printf '%s\n' "$*"; }

missing() { # WHY
    if [ "${CI-}" = true ]; then
        say "check-vm: under CI this must not be missing: $*" >&2
        exit 1
    fi
    say "check-vm: skipped, nothing was tested: $*"
    exit 0
}

# shellcheck source=tests/peers.bash
. "$TOP/tests/peers.bash"

need() {
    local tool file
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
        missing 'the machines run programs built here, and are x86_64'
    for tool in qemu-system-x86_64 setpriv timeout; do
        type -P "$tool" >/dev/null || missing "$tool (sh setup.sh test)"
    done
    for file in "${NTPSYNC_STATIC:=$TOP/ntpsync.static}" "$vm/guest"; do
        [ -x "$file" ] || missing "$file (make check-vm builds it with musl-gcc)"
    done
    sh tests/peers.sh chrony busybox-static systemd dnsmasq-base \
        linux-image-cloud-amd64 ||
        missing 'packages of Debian, see above'
    kernel=$(find "$peers/linux-image-cloud-amd64/boot" -name 'vmlinuz-*')
    [ -f "$kernel" ] || missing 'one kernel in build/peers/linux-image-cloud-amd64'
}

# A program that is not static, and its libraries, where it looks for them.
pack_dynamic() { # PEER FILE FOLDER
    local lib peer=$peers/$1
    shift
    cp "$peer/$1" "$2/bin/" || return
    LD_LIBRARY_PATH=$(find "$peer" -type d -path '*/lib/*-linux-gnu*' | tr '\n' ':') \
        ldd "$peer/$1" | sed -n 's/.* => \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' |
        while read -r lib; do
            mkdir -p "$2/lib" "$2/lib64" && cp -L "$lib" "$2/lib/" || return
            case $lib in */ld-linux*) cp -L "$lib" "$2/lib64/" || return ;; esac
        done
}

# All that the machines have in common, as an initramfs.
pack() {
    local root=$vm/root name file n=10
    rm -rf "$root" && mkdir -p "$root"/{bin,etc,modules,vm,proc,sys,dev,run,tmp} ||
        return
    cp "$busybox" "$vm/guest" "$root/bin/" &&
        cp "$NTPSYNC_STATIC" "$root/bin/ntpsync" &&
        install -m 755 tests/vm/init.sh "$root/init" &&
        cp tests/vm/*.sh "$root/vm/" &&
        pack_dynamic systemd lib/systemd/systemd-time-wait-sync "$root" &&
        pack_dynamic dnsmasq-base usr/sbin/dnsmasq "$root" ||
        return
    echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
    echo 'root:x:0:' >"$root/etc/group"
    for name in $modules; do
        file=$(find "$peers/linux-image-cloud-amd64" -name "$name.ko*")
        n=$((n + 1))
        case $file in
        *.xz) "$busybox" xzcat "$file" >"$root/modules/$n-$name.ko" ;;
        *.ko) cp "$file" "$root/modules/$n-$name.ko" ;;
        '') ;; # built in
        *) say "$file: packed in an unknown way" >&2 && return 1 ;;
        esac
    done
    (cd "$root" && find . | "$busybox" cpio -o -H newc -R 0:0) \
        >"$vm/initramfs" 2>"$vm/cpio.log" || { cat "$vm/cpio.log" && return 1; }
}

# machine NAME SCRIPT RTC: runs it to its end.
machine() {
    local year=${3%%-*} began=${EPOCHREALTIME/./}
    rm -f "$vm/$1".*
    setpriv --pdeathsig TERM -- timeout -k 5 "$limit" \
        qemu-system-x86_64 -accel tcg -m 192 -no-user-config -nodefaults \
        -display none -no-reboot -kernel "$kernel" -initrd "$vm/initramfs" \
        -append "$append SCRIPT=$2 PORT=$port YEAR=$year" -rtc "base=$3" \
        -serial "file:$vm/$1.console" -serial "file:$vm/$1.results" \
        -netdev user,id=n0 -device virtio-net-pci,netdev=n0,romfile= \
        </dev/null >"$vm/$1.qemu" 2>&1
    echo $? >"$vm/$1.status"
    echo $(((${EPOCHREALTIME/./} - began) / 1000)) >"$vm/$1.ms"
}

# What NAME has to tell, its lines numbered and named, and what is amiss besides.
verdict() { # NAME
    local line plan='' end='' count=0 status ms
    status=$(cat "$vm/$1.status") ms=$(cat "$vm/$1.ms")
    while read -r line || [ -n "$line" ]; do
        line=${line%$'\r'}
        case $line in
        '1..'*) plan=${line#1..} ;;
        '# end') end=yes ;;
        'ok - '*) count=$((count + 1)) && result ok "$1: ${line#ok - }" ;;
        'not ok - '*)
            count=$((count + 1))
            result 'not ok' "$1: ${line#not ok - }"
            ;;
        *) say "#   $1: ${line#\# }" ;;
        esac
    done < <(cat "$vm/$1.results" 2>/dev/null)
    if [ -z "$end" ]; then
        result 'not ok' "$1: did not come to its end (qemu: exit $status)"
        logs "$1"
    elif [ "$plan" != "$count" ]; then
        result 'not ok' "$1: made $count checks, planned ${plan:-none}"
    fi
    say "# $1: $((ms / 1000)).$((ms % 1000 / 100)) s"
}

result() { # 'ok'|'not ok' NAME
    total=$((total + 1))
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    say "$1 $total - $2"
}

logs() { # NAME
    local log
    for log in "$vm/$1.qemu" "$vm/$1.console"; do
        [ ! -s "$log" ] || tail -n 40 "$log" | tr -d '\r' | sed "s|^|#   ${log##*/}: |"
    done
}

chosen() { # NAME: whether the command line wants it
    [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $1 "* ]]
}

# Tells of those that have ended, until no more than N run.
declare -A running=() # by pid
reap() { # N
    local pid
    while [ ${#running[@]} -gt "$1" ]; do
        pid=
        wait -n -p pid "${!running[@]}"
        [ -n "$pid" ] || exit 1
        verdict "${running[$pid]}"
        unset "running[$pid]"
    done
}

cleanup() {
    [ ${#running[@]} -eq 0 ] || kill "${!running[@]}" 2>/dev/null
    peer_stop_all
}

wanted=("$@") passed=0 failed=0 total=0
need
mkdir -p "$vm" && pack || exit 1
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
export PEER_DIR=$vm/chronyd
port=$(peer_port)
chronyd_start 127.0.0.1 "$port" 'clientloglimit 100000000' || exit 1

while read -r name script rtc alone; do
    case $name in '' | '#') continue ;; esac
    chosen "$name" || continue
    reap $((${#alone} ? 0 : jobs - 1))
    machine "$name" "$script" "$rtc" &
    running[$!]=$name
    reap $((${#alone} ? 0 : jobs))
done <<<"$machines"
reap 0

[ $total -gt 0 ] || failed=1
say "$passed passed, $failed failed, in $SECONDS s"
[ $failed -eq 0 ]
