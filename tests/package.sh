#!/usr/bin/env bash
# What users get, as they get it: the tarball builds, and packs itself to the last
# byte; the packages of Debian are the same from any folder, lintian finds nothing,
# and they install into a fresh Debian, work, and go without leaving anything.
#
#   tests/package.sh TARBALL        (make check-package)
#
# Nothing is installed on this machine, only in a chroot below build/package, in
# namespaces of its own: what is mounted there is gone with its last process.
# The chroot is debootstrap's, kept in build/peers, so that the second time needs
# no network.  There also an initramfs is made with contrib/initramfs, and qemu
# boots it: its clock is set, by a server on this machine's loopback.
#
# Every check is one line; under CI=true what is missing is a failure, elsewhere it
# is named, and the rest is left out.
set -u
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES SOURCE_DATE_EPOCH
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022
tarball=${1:?a tarball}
out=build/package
name=$(basename "$tarball" .tar.gz)
version=${name#ntpsync-}
root=$out/root
count=0 failed=0

missing() { # WHY
    if [ "${CI-}" = true ]; then
        echo "check-package: under CI this must not be missing: $*" >&2
        exit 1
    fi
    echo "check-package: the rest is skipped: $*"
    finish
}

finish() {
    rm -rf "$root"
    echo "check-package: $count checks, $failed failed"
    exit $((failed > 0))
}

# check PROMISE COMMAND...: what it says is shown when it fails.
check() {
    count=$((count + 1))
    if "${@:2}" >"$out/log" 2>&1 </dev/null; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        tail -n 40 "$out/log" | sed 's/^/# /'
        failed=$((failed + 1))
        return 1
    fi
}

same() { # FOLDER FOLDER PATTERN: of the files in the first, the second has the same
    local file found=
    for file in "$1"/$3; do
        cmp "$file" "$2/${file##*/}" || return 1
        found=yes
    done
    [ -n "$found" ]
}

# ---- the tarball, and the packages made of it ----

smoke() { # FOLDER
    make -s -j2 -C "$1" && [ "$("$1/ntpsync" -V)" = "ntpsync $version" ] || return 1
    "$1/ntpsync" -t 1s 127.0.0.1:1
    [ $? -eq 1 ]
}

repack() { make -s -C "$1" dist && same build "$1/build" "$name.tar.gz"; }

rebuild() { (cd "$1" && contrib/deb.sh "build/$name.tar.gz") && same build/deb "$1/build/deb" '*.deb'; }

# Told as by `lintian -i --pedantic`; what is no warning yet is shown, not failed.
clean() {
    lintian --allow-root -i --pedantic --fail-on error,warning build/deb/*.changes
}

# ---- a Debian to install them on ----

# In namespaces of its own; a sandbox may refuse /proc, and apt can do without.
inside() { # COMMAND...
    # shellcheck disable=SC2016 # for the inner shell
    unshare -mpf --kill-child sh -c '
        mount -t proc proc "$0/proc" 2>/dev/null || :
        exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
            LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"' "$root" "$@"
}

# This machine's release, since its libc is what was built with.
debian() {
    local base suite
    # shellcheck source=/dev/null
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    base=build/peers/debootstrap-$suite.tar.gz
    rm -rf "$root" && mkdir -p "$root" build/peers || return
    if [ ! -e "$base" ]; then
        unshare -mpf --kill-child debootstrap --variant=minbase \
            --include=systemd-standalone-sysusers,initramfs-tools,busybox "$suite" "$root" || return
        tar -C "$root" -cf - --numeric-owner . | gzip -1 >"$base.new" &&
            mv "$base.new" "$base" && return
    fi
    tar -C "$root" -xpf "$base" --numeric-owner
}

# Every file, without what apt, dpkg and others keep for themselves.
files() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev \
        -o -path ./tmp -o -path ./run -o -path ./var/log -o -path ./var/cache \
        -o -path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune -o \
        ! -name '*-' ! -name .pwd.lock -print | sort)
}

# The users, without one who stays, and owns nothing.
users() { grep -v '^ntpsync:' "$root/etc/passwd" "$root/etc/group"; }

install() { # PACKAGE
    cp build/deb/"$1"_*.deb "$root/tmp/$1.deb" &&
        inside apt-get install -y --no-install-recommends "/tmp/$1.deb"
}

measures() {
    [ "$(inside ntpsync --version)" = "ntpsync $version" ] || return 1
    inside ntpsync -t 1s 127.0.0.1:1
    [ $? -eq 1 ]
}

# Whom the child becomes that root's run measures in.
# shellcheck disable=SC2016 # for the inner shell
becomes() { # USER
    inside sh -c '
        ntpsync -w 3s -O /tmp/report 127.0.0.1:1 &
        sleep 1
        for status in /proc/[0-9]*/status; do
            ! grep -q "^Name:.ntpsync" "$status" || grep "^Uid:" "$status"
        done
        wait
        echo "$0 is $(id -u "$0")"' "$1" >"$out/uids"
    cat "$out/uids"
    grep -qw "^Uid:.$(sed -n "s/^$1 is //p" "$out/uids")" "$out/uids"
}

unsaid() { # nothing is enabled, and nothing starts by itself
    [ -f "$root/lib/systemd/system/ntpsync.timer" ] || return 1
    cmp contrib/systemd/ntpsync.service "$root/lib/systemd/system/ntpsync.service" &&
        [ -z "$(find "$root/etc" -name '*ntpsync*')" ]
}

manual() {
    [ -s "$root/usr/share/man/man1/ntpsync.1.gz" ] &&
        [ -s "$root/usr/share/bash-completion/completions/ntpsync" ] &&
        ! grep -r /usr/local "$root/usr/share/doc/ntpsync/examples/cron"
}

# A package that has a program of this name, as Debian's has.
rival() { # PACKAGE FILE
    local tree=$out/rival
    rm -rf "$tree" && mkdir -p "$tree/DEBIAN" "$tree/${2%/*}" &&
        echo '#!/bin/sh' >"$tree/$2" || return
    printf '%s\n' "Package: $1" 'Version: 1:4.2.8' 'Architecture: all' \
        'Maintainer: x <x@example.net>' 'Description: x' >"$tree/DEBIAN/control"
    dpkg-deb -b "$tree" "$root/tmp/$1.deb" && inside dpkg -i "/tmp/$1.deb"
}

replaces() {
    rival ntpsec-ntpdate usr/sbin/ntpdate && rival sntp usr/bin/sntp || return
    install ntpsync-compat || return
    for link in /usr/sbin/ntpdate /usr/bin/sntp; do
        [ "$(inside readlink -f "$link")" = /usr/bin/ntpsync ] || return
    done
    ! inside dpkg -s sntp && ! inside dpkg -s ntpsec-ntpdate || return
    inside sh -c 'zcat /usr/share/man/man8/ntpdate.8.gz' | grep -q 'Nm ntpsync'
}

purge() {
    inside apt-get purge -y ntpsync ntpsync-compat sntp ntpsec-ntpdate || return
    files >"$out/files.after" && users >"$out/users.after" || return
    diff "$out/files.before" "$out/files.after" &&
        diff "$out/users.before" "$out/users.after"
}

# ---- the clock set from an initramfs ----

# All that initramfs-tools wants to see, and a last script, which tells and ends.
equip() { # SERVER
    local peer=build/peers/linux-image-cloud-amd64 etc=$root/etc/initramfs-tools
    cp -R contrib/initramfs/. "$etc/" && echo "$1" >"$root/etc/ntpsync.servers" &&
        cp -R "$peer/lib/modules" "$root/lib/" && cp "$peer"/boot/config-* "$root/boot/" ||
        return
    cat >"$etc/scripts/init-premount/zz-told" <<'END'
#!/bin/sh
[ "${1-}" != prereqs ] || { echo ntpsync && exit 0; }
sleep 1
echo "told: the year is $(date -u +%Y); $(tr '\n' ' ' </etc/resolv.conf)"
poweroff -f
END
    chmod 755 "$etc/scripts/init-premount/zz-told"
}

initramfs() { # SERVER
    equip "$1" || return
    kernel=$(echo build/peers/linux-image-cloud-amd64/boot/vmlinuz-*)
    inside depmod "${kernel#*/vmlinuz-}" &&
        inside mkinitramfs -o /tmp/initramfs "${kernel#*/vmlinuz-}" &&
        inside lsinitramfs /tmp/initramfs >"$out/initramfs" &&
        grep -x usr/bin/ntpsync "$out/initramfs" && grep -x etc/ntpsync.servers "$out/initramfs"
}

# A machine of the year 2001.
boot() { # ARGUMENT...
    timeout 240 qemu-system-x86_64 -accel tcg -m 512 -no-user-config -nodefaults \
        -display none -no-reboot -kernel "$kernel" -initrd "$root/tmp/initramfs" \
        -append "console=ttyS0 quiet panic=-1 ip=dhcp" -rtc base=2001-01-01T00:00:00 \
        -serial "file:$out/console" "$@"
    tr -d '\r' <"$out/console"
}

sets() {
    boot -netdev user,id=n0 -device virtio-net-pci,netdev=n0,romfile= >"$out/boot"
    cat "$out/boot"
    grep '^stepped forward' "$out/boot" &&
        grep "^told: the year is $(date -u +%Y); nameserver " "$out/boot"
}

goes_on() {
    boot >"$out/boot"
    cat "$out/boot"
    grep '^told: the year is 2001; ' "$out/boot"
}

in_initramfs() {
    local port
    [ "$(uname -m)" = x86_64 ] && type -P qemu-system-x86_64 >/dev/null &&
        sh tests/peers.sh linux-image-cloud-amd64 ||
        missing 'no qemu and kernel, so no initramfs is booted'
    mkfifo "$out/port" || exit 1
    build/tests/ntpserver 127.0.0.1 >"$out/port" & # it ends when this does
    read -r port <"$out/port"
    if check "an initramfs is made with ntpsync" initramfs "10.0.2.2:$port"; then
        check "it sets the clock before the root is mounted" sets
        check "without a network the boot goes on" goes_on
    fi
}

rm -rf "$out" && mkdir -p "$out/elsewhere"
source=$out/elsewhere/$name
tar -xzf "$tarball" -C "$out/elsewhere" || exit 1

check "the tarball packs itself, to the last byte" repack "$source"
check "it builds, and measures" smoke "$source"
for tool in dpkg-buildpackage dh lintian debootstrap unshare; do
    type -P $tool >/dev/null || missing "no $tool: sh setup.sh test"
done
check "packages of Debian are made" contrib/deb.sh "$tarball" || finish
check "and are the same from another folder" rebuild "$source"
check "lintian finds neither errors nor warnings" clean
grep -v '^N:' "$out/log"

[ "$(id -u)" -eq 0 ] || missing 'not root, so no chroot'
check "debootstrap makes a Debian to install on" debian || missing 'no Debian, see above'
files >"$out/files.before" && users >"$out/users.before"
check "ntpsync installs" install ntpsync || finish
check "it has its version and measures" measures
if inside test -e /proc/self; then
    check "what root starts measures as the user ntpsync" becomes ntpsync
else
    echo "# as whom it measures is not seen: this sandbox refuses /proc"
fi
check "manual, completion and examples fit" manual
check "no unit is enabled" unsaid
check "ntpsync-compat takes the place of ntpdate and sntp" replaces
check "purged, they leave nothing but the user" purge

check "ntpsync installs again" install ntpsync
in_initramfs
finish
