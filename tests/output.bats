# shellcheck shell=bats
# shellcheck disable=SC2154 # bats sets these
# -O: the old file or the new one, never a part, whatever is in the way.
load common

setup() {
    fake_clock
    DIR=$BATS_TEST_TMPDIR/dir
    mkdir -m 755 "$DIR"
    OUT=$DIR/out
    serve 127.0.0.1
}

teardown() {
    stop_servers
    [ -z "${FOREIGN-}" ] || rm -rf "$FOREIGN"
}

# told FILE: it holds one whole report, in JSON.
told() { [ "$(jq -r .status <"$1")" = ok ] && [ "$(wc -l <"$1")" -eq 1 ]; }

write() { run -0 --separate-stderr ntpsync -j -O "$1" "127.0.0.1:$PORT" && [ -z "$output$stderr" ]; }

# refused REASON FILE: exit 70 with file and reason, before anybody was asked,
# and nothing new lies about.
refused() {
    local before after
    before=$(cd "$DIR" && find . | sort)
    run -70 --separate-stderr ntpsync -S -j -O "$2" "127.0.0.1:$PORT"
    echo "$stderr"
    [ -z "$output" ]
    [[ $stderr == "ntpsync: $2: the report could not be written: $1" ]]
    [ "$(requests)" -eq 0 ]
    [ -z "$(clock_log)" ]
    after=$(cd "$DIR" && find . | sort)
    [ "$before" = "$after" ]
}

@test "output: a link of ours leads to the file, which is replaced" {
    mkdir "$DIR/there"
    ln -s there/real "$OUT"
    write "$OUT" # to where there is nothing yet
    [ -L "$OUT" ]
    told "$DIR/there/real"
    echo old >"$DIR/there/real"
    ln "$DIR/there/real" "$DIR/old"
    write "$OUT"
    [ -L "$OUT" ]
    told "$DIR/there/real"
    [ "$(<"$DIR/old")" = old ]
    ln -s "$OUT" "$DIR/again"
    write "$DIR/again"
    [ -L "$DIR/again" ]
    [ "$(find "$DIR" | wc -l)" -eq 6 ]
}

@test "output: links that lead in a circle, or to a folder, are told before all" {
    ln -s b "$DIR/a"
    ln -s a "$DIR/b"
    refused 'Too many levels of symbolic links' "$DIR/a"
    mkdir "$DIR/folder"
    ln -s folder "$DIR/c"
    refused 'Is a directory' "$DIR/c"
    refused 'Is a directory' "$DIR/folder"
    refused 'Is a directory' "$DIR/folder/"
    refused 'No such file or directory' "$DIR/none/out"
    touch "$DIR/file"
    refused 'Not a directory' "$DIR/file/out"
}

# strange_link MODE: in a folder of that mode somebody else's link to a file is
# replaced, and the file stays.
strange_link() {
    [ "$(id -u)" -eq 0 ] || skip 'takes root, to have a file of somebody else'
    FOREIGN=$(mktemp -d)
    chmod "$1" "$FOREIGN"
    echo precious >"$DIR/precious"
    ln -s "$DIR/precious" "$FOREIGN/out"
    chown -h 65534 "$FOREIGN/out"
    write "$FOREIGN/out"
    [ "$(<"$DIR/precious")" = precious ]
    [ ! -L "$FOREIGN/out" ]
    told "$FOREIGN/out"
}

@test "output: a link that somebody else may have put is replaced, not followed" {
    strange_link 1777
}

# A folder for a group to write to, as of node_exporter's: its members can put
# links there, but root is not led by them.
@test "output: in a folder of a group a link of ours leads on, a member's does not" {
    strange_link 2775
    ln -s "$DIR/real" "$FOREIGN/ours"
    write "$FOREIGN/ours"
    [ -L "$FOREIGN/ours" ]
    told "$DIR/real"
}

# What was a pipe when the run began may be a link to a file when it ends.
@test "output: a pipe that becomes a link to a file is not followed there" {
    local pid
    serve 127.0.0.1,drop=100
    mkfifo "$DIR/pipe"
    echo precious >"$DIR/precious"
    mkdir "$DIR/a" "$DIR/b"
    mv "$DIR/pipe" "$DIR/a/out"
    ln -s ../precious "$DIR/b/out"
    ln -s a "$DIR/way"
    ntpsync -t 2s -O "$DIR/way/out" "127.0.0.1:$PORT" 2>"$DIR/err" 3>&- &
    pid=$!
    eventually test -s "$REQUESTS"
    ln -sfn b "$DIR/way"
    eventually timeout 3 cat "$DIR/a/out" >"$DIR/got"
    wait "$pid" || :
    [ "$(<"$DIR/precious")" = precious ]
    [[ $(<"$DIR/got") == *'no reply'* ]]
}

@test "output: a file of another owner is replaced by ours, and never written to" {
    [ "$(id -u)" -eq 0 ] || skip 'takes root, to have a file of somebody else'
    echo old >"$OUT"
    ln "$OUT" "$DIR/old"
    chown 65534 "$OUT"
    write "$OUT"
    told "$OUT"
    [ "$(<"$DIR/old")" = old ]
    [ "$(stat -c %u "$OUT")" -eq 0 ]
}

@test "output: somebody without the right leaves a file of root's whole" {
    local as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    [ "$(id -u)" -eq 0 ] || skip 'takes root, to be somebody else'
    "${as[@]}" test -x "$NTPSYNC" || missing 'other users cannot run this build'
    FOREIGN=$(mktemp -d)
    chmod 755 "$FOREIGN"
    echo old >"$FOREIGN/out"
    chmod 666 "$FOREIGN/out"
    run -70 --separate-stderr powerless "${as[@]}" env LD_PRELOAD="$PRELOAD" \
        "$NTPSYNC" -j -O "$FOREIGN/out" "127.0.0.1:$PORT"
    [[ $stderr == *"$FOREIGN/out: "*'Permission denied' ]]
    [ "$(<"$FOREIGN/out")" = old ]
    # In a folder where all may write, what is root's stays root's.
    chmod 1777 "$FOREIGN"
    run -70 --separate-stderr powerless "${as[@]}" env LD_PRELOAD="$PRELOAD" \
        "$NTPSYNC" -j -O "$FOREIGN/out" "127.0.0.1:$PORT"
    [[ $stderr == *"$FOREIGN/out: "*'Operation not permitted' ]]
    [ "$(<"$FOREIGN/out")" = old ]
    [ "$(ls -A "$FOREIGN")" = out ]
}

@test "output: the mode of a file of ours stays, a new one has the umask's" {
    (umask 027 && write "$OUT")
    [ "$(stat -c %a "$OUT")" -eq 640 ]
    chmod 604 "$OUT"
    (umask 077 && write "$OUT")
    [ "$(stat -c %a "$OUT")" -eq 604 ]
}

@test "output: - is standard output, and so is every name that leads there" {
    local name
    run -0 --separate-stderr ntpsync -j -O - "127.0.0.1:$PORT"
    json '.status == "ok"'
    for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
        echo before >"$OUT"
        ntpsync -j -O "$name" "127.0.0.1:$PORT" >>"$OUT"
        [ "$(head -n 1 "$OUT")" = before ]
        tail -n +2 "$OUT" >"$OUT.report"
        told "$OUT.report"
        [ -L /dev/stdout ]
    done
    ntpsync -j -O /dev/stderr "127.0.0.1:$PORT" 2>"$OUT"
    told "$OUT"
    ntpsync -j -O >(cat >"$OUT") "127.0.0.1:$PORT"
    eventually told "$OUT"
}

# in_room COMMAND: with a disk of its own at $DIR, which is gone afterwards.
in_room() { # OPTIONS COMMAND...
    local options=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    unshare -rm sh -c 'mount -t tmpfs -o "$0" none "$1" && shift && "$@"' \
        "$options" "$DIR" "$@"
}

@test "output: on a full disk the old report stays whole, and exit 70 says why" {
    in_room size=16k true || missing 'no mounts here'
    # shellcheck disable=SC2016 # for the inner shell
    run in_room size=16k env LD_PRELOAD="$PRELOAD" bash -c '
        echo old >"$2"
        dd if=/dev/zero of="$3/fill" bs=4096 2>/dev/null
        "$1" -j -O "$2" "$4"
        echo "exit $?, $(cat "$2"), $(ls -A "$3" | tr "\n" " ")"' \
        sh "$NTPSYNC" "$OUT" "$DIR" "127.0.0.1:$PORT"
    echo "$output"
    [[ $output == *"$OUT: the report could not be written: No space left on device"* ]]
    [[ $output == *'exit 70, old, fill out ' ]]
}

@test "output: where nothing can be written at all, nobody is asked" {
    in_room size=16k true || missing 'no mounts here'
    # shellcheck disable=SC2016 # for the inner shell
    run in_room size=64k env LD_PRELOAD="$PRELOAD" bash -c '
        echo old >"$2"
        mount -o remount,ro "$3"
        "$1" -j -O "$2" "$4"
        echo "exit $?, $(cat "$2"), $(ls -A "$3" | tr "\n" " ")"' \
        sh "$NTPSYNC" "$OUT" "$DIR" "127.0.0.1:$PORT"
    echo "$output"
    [[ $output == *"$OUT: the report could not be written: Read-only file system"* ]]
    [[ $output == *'exit 70, old, out ' ]]
    [ "$(requests)" -eq 0 ]
}

# ended KIND STRACE_OPTION...: ntpsync is sent TERM while strace holds it, and
# there is an empty or a full file under a name that is not for long.
ended() {
    local kind=$1 pid
    shift
    can_trace
    strace -f -qq -o /dev/null "$@" \
        env LD_PRELOAD="$PRELOAD" "$NTPSYNC" -j -O "$OUT" "127.0.0.1:$PORT" 3>&- &
    pid=$!
    eventually temporary "$kind"
    # The one that writes, and not the one that watches.
    pkill -TERM -P "$pid"
    wait "$pid" || :
}

temporary() {
    case $1 in
    empty) find "$DIR" -name '.ntpsync-*' -empty ;;
    full) find "$DIR" -name '.ntpsync-*' -size +0 ;;
    esac | grep -q .
}

@test "output: who is ended while it tries the place leaves nothing behind" {
    ended empty -P "$DIR" -e inject=openat:delay_exit=700ms
    [ -z "$(ls -A "$DIR")" ]
    [ "$(requests)" -eq 0 ]
}

@test "output: who is ended while it writes leaves nothing behind" {
    ended full -e inject=fsync:delay_enter=700ms
    [ "$(ls -A "$DIR")" = out ]
    told "$OUT"
}

@test "output: a name as long as names can be is written too" {
    local long
    long=$DIR/$(printf 'x%.0s' {1..255})
    write "$long"
    told "$long"
    run -70 --separate-stderr ntpsync -j -O "${long}x" "127.0.0.1:$PORT"
    [[ $stderr == *': File name too long' ]]
    [ "$(requests)" -eq 1 ]
}

@test "output: --quiet leaves the file alone at exit 0 only" {
    echo old >"$OUT"
    run -0 --separate-stderr ntpsync --quiet -j -O "$OUT" "127.0.0.1:$PORT"
    [ "$(<"$OUT")" = old ]
    run -1 --separate-stderr ntpsync --quiet -j -O "$OUT" 127.0.0.1:9
    [ "$(jq -r .status <"$OUT")" = no-answer ]
}
