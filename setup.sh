#!/bin/sh
# Installs what building or testing ntpsync needs, and changes nothing else.
#
#   sh setup.sh [-y] build    a C compiler, make, and what they need
#   sh setup.sh [-y] test     that, and everything `make check` uses
#
# -y does not ask before it uses sudo.
set -eu

usage() {
    echo "usage: sh setup.sh [-y] build|test" >&2
    exit 2
}

sure=no
while [ $# -gt 0 ]; do
    case $1 in
    -y) sure=yes ;;
    build | test) what=$1 ;;
    *) usage ;;
    esac
    shift
done
[ -n "${what-}" ] || usage

# Who installs here, and under which names.  Other systems than Debian get what
# is needed to build; the tests unpack Debian's packages of real servers.
if command -v apt-get >/dev/null; then
    build="gcc libc6-dev make pkg-config libssl-dev git"
    test="bats parallel jq gojq clang clang-format cppcheck shellcheck mandoc
        musl-tools valgrind strace universal-ctags util-linux bsdutils iproute2
        binutils gcovr libclang-rt-dev ca-certificates netbase qemu-system-x86
        python3-jsonschema dpkg-dev debhelper lintian debootstrap"
    # `make check-machines`: where Debian has all of these compilers.
    case $(dpkg --print-architecture) in
    amd64 | arm64)
        test="$test qemu-user gcc-s390x-linux-gnu libc6-dev-s390x-cross
            gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
            gcc-i686-linux-gnu libc6-dev-i386-cross"
        ;;
    esac
    # Only what is missing is named, so that a finished set-up asks for nothing.
    missing() {
        for p; do
            dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
                grep -q 'ok installed' || printf '%s ' "$p"
        done
    }
    install="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
    update="apt-get update"
elif command -v dnf >/dev/null; then
    build="gcc make pkgconf-pkg-config openssl-devel git"
    test="bats parallel jq clang clang-tools-extra cppcheck ShellCheck mandoc
        musl-gcc valgrind strace ctags util-linux iproute binutils gcovr libasan libubsan
        compiler-rt"
    missing() { for p; do rpm -q "$p" >/dev/null 2>&1 || printf '%s ' "$p"; done; }
    install="dnf install -y"
    update=true
elif command -v apk >/dev/null; then
    build="gcc musl-dev linux-headers make pkgconf openssl-dev git"
    test="bash bats parallel jq clang clang-extra-tools cppcheck shellcheck mandoc
        valgrind strace ctags util-linux iproute2 binutils gcovr compiler-rt"
    missing() { for p; do apk info -e "$p" >/dev/null 2>&1 || printf '%s ' "$p"; done; }
    install="apk add"
    update="apk update"
elif command -v pacman >/dev/null; then
    build="gcc make pkgconf openssl git"
    test="bash-bats parallel jq clang cppcheck shellcheck mandoc musl valgrind
        strace ctags util-linux iproute2 binutils gcovr compiler-rt"
    missing() { for p; do pacman -Q "$p" >/dev/null 2>&1 || printf '%s ' "$p"; done; }
    install="pacman -S --noconfirm"
    update=true
else
    echo "setup.sh: no apt-get, dnf, apk or pacman here; needed are a C11" \
        "compiler and make, for the tests also bats, jq and GNU parallel" >&2
    exit 1
fi

[ "$what" = build ] && test=
# shellcheck disable=SC2086  # lists of words
packages=$(missing $build $test)
if [ -z "$packages" ]; then
    echo "setup.sh: all that '$what' needs is there"
    exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
        echo "setup.sh: neither root nor sudo; install by hand: $packages" >&2
        exit 1
    fi
fi
echo "setup.sh: to be installed: $packages"
if [ "$sure" = no ]; then
    printf 'Go on, as root? [y/N] '
    read -r answer
    case $answer in [yY]*) ;; *) exit 1 ;; esac
fi
# shellcheck disable=SC2086  # lists of words
$sudo $update && $sudo $install $packages
