# shellcheck shell=bats
# On the OpenNTPD that tests/openntpd.sh has started some minutes ago.
load common
load peers

setup() {
    [ -n "${OPENNTPD_DIR-}" ] ||
        skip 'takes five minutes: tests/openntpd.sh start, check'
    # shellcheck disable=SC1090 # PEER_ROOM and PEER_PID, as start had them
    . <(sed 's/^declare /&-g /' "$OPENNTPD_DIR/state")
}

@test "openntpd: synchronised, it is measured over IPv4 and over IPv6" {
    peer_await "$OPENNTPD_DIR/openntpd/log" 420 0 127.0.0.1 123
    [ "$(peer_ask 127.0.0.1 123)" = '0 2' ]
    peer_measured 127.0.0.1
    peer_measured ::1
}
