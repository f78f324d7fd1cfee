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
