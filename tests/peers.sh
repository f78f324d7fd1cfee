#!/bin/sh
# Downloads and unpacks Debian's time daemons for the tests, a name server, a
# firewall, Prometheus, and what virtual machines are made of, and never installs
# them: installing one would replace the time daemon of this machine.
#
#   sh tests/peers.sh [NAME...]         default: all that `make check` uses
#
# NAME is a package; it and the libraries it needs that this machine lacks
# land in build/peers/NAME, with the list of them in build/peers/NAME/.stamp.
# What has its stamp is left alone, so that this works offline the second
# time.  Remove the folder to fetch it again.  Works as any user; only
# refreshing apt's lists, when there are none, needs root.
set -u
cd "$(dirname "$0")/.." || exit 1

name=peers
new=

fail() { # REASON...
    printf 'tests/peers.sh: %s: %s\n' "$name" "$*" >&2
    exit 1
}

# Runs a command whose chatter matters only when it fails.
quietly() { # CMD...
    "$@" >"$new/.log" 2>&1 && return
    cat "$new/.log" >&2
    return 1
}

# Whether apt's lists, not only dpkg's status, know where it is.
listed() { # PACKAGE
    apt-get -qq --print-uris download "$1" >/dev/null 2>&1
}

fetch() { # PACKAGE: its .deb into $new/.debs, its files into $new
    if ! listed "$1"; then
        [ "$(id -u)" -eq 0 ] ||
            fail "apt does not know $1: as root, run apt-get update"
        quietly apt-get update || fail 'apt-get update failed'
        listed "$1" || fail "apt does not know $1"
    fi
    mkdir -p "$new/.one" || exit 1
    # Root downloads as _apt, which may not write here, and warns.
    (cd "$new/.one" &&
        exec apt-get -qq -o APT::Sandbox::User=root download "$1") \
        >"$new/.log" 2>&1 || {
        cat "$new/.log" >&2
        fail "cannot download $1 (if it is gone from the mirror: apt-get update)"
    }
    quietly dpkg -x "$new"/.one/*.deb "$new" || fail "cannot unpack $1"
    mv "$new"/.one/*.deb "$new/.debs/" || exit 1
    had="$had$1 "
}

lacking() { # the libraries that the loader does not find
    libs=$(find "$new" -type d -path '*/lib/*-linux-gnu*' | tr '\n' ':')
    find "$new" -type f -perm -u+x -path '*bin/*' |
        while read -r file; do
            LD_LIBRARY_PATH=$libs ldd "$file" 2>/dev/null
        done | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p' | sort -u
}

# The kernels that a metapackage of kernels stands for.
kernels() {
    for deb in "$new"/.debs/linux-image-*.deb; do
        [ ! -e "$deb" ] || dpkg-deb -f "$deb" Depends | tr ',' '\n'
    done | sed -n 's/^ *\(linux-image-[^ |(]*\).*/\1/p'
}

# The packages of libraries that those unpacked so far depend on and that are
# neither installed nor unpacked.
wanted() {
    for deb in "$new"/.debs/*.deb; do
        dpkg-deb -f "$deb" Depends | tr ',' '\n'
    done | sed 's/[|(:].*//; s/[[:space:]]//g' |
        grep -E '^(lib|zlib)' | sort -u |
        while read -r lib; do
            case $had in *" $lib "*) continue ;; esac
            case $(dpkg-query -W -f '${Status}' "$lib" 2>/dev/null) in
            *' installed') ;;
            *) echo "$lib" ;;
            esac
        done
}

peer() { # NAME
    name=$1
    case $name in
    '' | *[!a-z0-9.+-]* | .*) fail 'not a name of a package' ;;
    esac
    [ ! -e "build/peers/$name/.stamp" ] || return 0
    for tool in apt-get dpkg dpkg-deb ldd; do
        command -v $tool >/dev/null ||
            fail "$tool is missing: this needs Debian or one of its kin"
    done
    mkdir -p build/peers || fail 'cannot create build/peers'
    new=$(mktemp -d "$PWD/build/peers/.$name.XXXXXX") ||
        fail 'cannot write in build/peers'
    chmod 755 "$new" && mkdir "$new/.debs" || exit 1
    had=' '
    fetch "$name"
    for kernel in $(kernels); do
        fetch "$kernel"
    done
    while lack=$(lacking) && [ -n "$lack" ]; do
        libs=$(wanted)
        # shellcheck disable=SC2086 # one word each
        [ -n "$libs" ] || fail "no package found for" $lack
        for lib in $libs; do
            fetch "$lib"
        done
    done
    (cd "$new/.debs" && ls) >"$new/.stamp.new" &&
        rm -r "$new/.debs" "$new/.one" "$new/.log" &&
        mv "$new/.stamp.new" "$new/.stamp" || exit 1
    # Somebody else may have finished the same in the meantime.
    if [ -e "build/peers/$name/.stamp" ]; then
        rm -rf "$new"
        return
    fi
    rm -rf "build/peers/$name"
    mv -T "$new" "build/peers/$name" || fail 'cannot move it into place'
    echo "$name: $(tr '\n' ' ' <"build/peers/$name/.stamp")"
}

trap 'rm -rf "${new:-/nonexistent}"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
[ $# -gt 0 ] || set -- chrony openntpd ntpsec busybox-static systemd \
    systemd-timesyncd ntpsec-ntpdate dnsmasq-base nftables \
    monitoring-plugins-basic prometheus prometheus-node-exporter \
    ntpsec-ntpdig python3-ntp
for arg; do
    peer "$arg"
    new=
done
