#!/bin/bash
# OpenNTPD calls itself synchronised about five minutes after its start, so
# this one is started first and tested last:
#
#   tests/openntpd.sh start DIR     in a network of its own; returns at once
#   tests/openntpd.sh check DIR     waits until it is synchronised and runs
#                                   tests/openntpd.bats on it
#   tests/openntpd.sh stop DIR
#
# DIR must not be below /var/lib, and is nobody else's.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
set -u
TOP=$(cd "$(dirname "$0")/.." && pwd) || exit 1
# shellcheck source=tests/peers.bash
. "$TOP/tests/peers.bash"

fail() { # REASON
    echo "tests/openntpd.sh: $1" >&2
    exit 1
}

missing() { fail "$1"; }

start() {
    trap '[ -e "$PEER_DIR/state" ] || peer_stop_all' EXIT
    PEER_OUTLIVES=1 # daemons outlive this script
    peer_need chrony openntpd
    mkdir -p "$PEER_DIR" || exit 1
    # It is synchronised once adjtime has had nothing left to do.  Here it may
    # not call that; the suite's shim says it did.
    OPENNTPD_PRELOAD=$PEER_DIR/fakeclock.so
    "${CC:-cc}" -O1 -fPIC -shared -o "$OPENNTPD_PRELOAD" \
        "$TOP/tests/helpers/fakeclock.c" -ldl || fail 'no fakeclock.so'
    peer_room && chronyd_start 127.0.0.2 123 &&
        openntpd_start 'server 127.0.0.2' || exit 1
    declare -p PEER_ROOM PEER_PID >"$PEER_DIR/state" || exit 1
}

stop() {
    peer_stop_all && rm -f "$PEER_DIR/state"
}

[ $# -eq 2 ] || fail 'usage: start|check|stop DIR'
PEER_DIR=$(realpath -m -- "$2") || exit 1
case $1 in
start)
    stop # what a run that was killed may have left
    start
    ;;
check)
    [ -e "$PEER_DIR/state" ] || fail "$PEER_DIR: not started"
    CI=true OPENNTPD_DIR=$PEER_DIR "${BATS:-bats}" "$TOP/tests/openntpd.bats"
    ;;
stop)
    stop
    ;;
*) fail 'usage: start|check|stop DIR' ;;
esac
