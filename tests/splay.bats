# shellcheck shell=bats
# shellcheck disable=SC2154 # bats sets and keeps these
# --splay: a time of its own for every host.
load common

setup() {
    ID=$BATS_TEST_TMPDIR/machine-id
    unshare $(as_root) -mu true 2>/dev/null || missing 'no namespaces: unshare -mu'
    [ -e /etc/machine-id ] || missing 'no /etc/machine-id to put another over'
}

as_root() { [ "$(id -u)" -eq 0 ] || echo -r; }

# said ID HOST SPLAY: how many seconds a host of this id and name says it will
# sleep; then it is ended.
said() {
    local words='' number unit
    echo "$1" >"$ID"
    # shellcheck disable=SC2046,SC2016 # one word or none; for the inner shell
    exec 5< <(exec unshare $(as_root) -mu sh -c '
        mount -n --bind "$1" /etc/machine-id && hostname "$2" &&
            exec setpriv --pdeathsig KILL -- "$3" -v --splay "$4" 127.0.0.1:1' \
        sh "$ID" "$2" "$NTPSYNC" "$3" 2>&1)
    until [[ $words == 'sleeping for '* ]]; do
        read -r -t 30 words <&5 || break
    done
    kill "$!" || :
    exec 5<&-
    words=${words#sleeping for }
    read -r number unit <<<"${words%%,*}"
    case $unit in
    us) echo "$number * 0.000001" ;;
    ms) echo "$number * 0.001" ;;
    s) echo "$number" ;;
    min) echo "$number * 60" ;;
    h) echo "$number * 3600" ;;
    days) echo "$number * 86400" ;;
    *) echo "not a time: $words" >&2 && return 1 ;;
    esac | awk '{ print $1 * ($3 == "" ? 1 : $3) } END { exit NR == 0 }'
}

id_of() { printf '%032x' "$1"; }

@test "splay: a host sleeps about as long each time, but for a twentieth" {
    local a b
    a=$(said "$(id_of 77)" host 100h)
    b=$(said "$(id_of 77)" host 100h)
    echo "$a $b"
    awk -v a="$a" -v b="$b" 'BEGIN { d = a - b; exit !(d <= 18000 && d >= -18000) }'
}

@test "splay: hosts are spread over all of the time, and never beyond it" {
    local i
    for i in {1..24}; do
        said "$(id_of "$i")" host 100h
    done | sort -n >"$BATS_TEST_TMPDIR/times"
    cat "$BATS_TEST_TMPDIR/times"
    awk '{ n[int($1 / 90000)]++ } END {
        exit !(NR == 24 && $1 <= 360000 && n[0] && n[1] && n[2] && n[3]) }' \
        "$BATS_TEST_TMPDIR/times"
}

@test "splay: without a machine-id the host name decides" {
    local a b c
    a=$(said uninitialized first 100h)
    b=$(said uninitialized first 100h)
    c=$(said uninitialized second 100h)
    echo "$a $b $c"
    awk -v a="$a" -v b="$b" -v c="$c" 'function abs(x) { return x < 0 ? -x : x }
        BEGIN { exit !(abs(a - b) <= 18000 && abs(a - c) > 18000) }'
}

@test "splay: it is slept, before and outside of --timeout" {
    local began=${EPOCHREALTIME/./} took said
    serve 127.0.0.1
    run --separate-stderr -0 ntpsync -v --splay 900ms -t 400ms -j "127.0.0.1:$PORT"
    took=$((${EPOCHREALTIME/./} - began))
    said=$(sed -n 's/^sleeping for \([0-9.]*\) .*/\1/p' <<<"$stderr")
    echo "$took us: $stderr"
    awk -v took="$took" -v said="$said" 'BEGIN {
        if (said < 1) said *= 1000; exit !(said > 0 && took >= (said - 50) * 1000) }'
    json '.elapsed < 0.4'
}

@test "splay: SIGTERM ends it at once" {
    local wall=() pid status=0
    [ "$(id -u)" -ne 0 ] || wall=("${WALL[@]}")
    "${wall[@]}" "$NTPSYNC" --splay 100h 127.0.0.1:1 3>&- &
    pid=$! # of ntpsync itself: no function of the shell stands between
    eventually grep -qs '^State:.S' "/proc/$pid/status"
    kill -TERM "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
}
