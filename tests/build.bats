#!/usr/bin/env bats
# What is built: where it goes, what it needs, and what tools find while it runs.

load common

setup() {
    unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
}

# plant FILE LINE: a copy of the sources with one line added to FILE.
plant() {
    local copy=$BATS_TEST_TMPDIR/copy
    rm -rf "$copy"
    mkdir "$copy"
    (cd "$TOP" && cp -r ./*.[ch] base cli net select clock report "$copy")
    echo "$2" >> "$copy/$1"
    run "$TOP/tests/layers.sh" "$copy"
}

# The planted line was told, by the name of its file.
found() {
    [ "$status" -ne 0 ]
    [[ $output == *"$1"* ]]
}

@test "layers: the sources as they are pass" {
    run "$TOP/tests/layers.sh"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "layers: who includes what it may not is found" {
    plant net/udp.c '#include "clock/clock.h"'
    found net/udp.c
    plant clock/decide.c '#include "net/udp.h"'
    found clock/decide.c
    plant ntp_proto.c '#include "net/udp.h"'
    found ntp_proto.c
    plant base/num.c '#include "../net/udp.h"'
    found base/num.c
    plant net/udp.c '#include "udp.h"'
    found net/udp.c
}

@test "layers: who sets the clock or opens a socket elsewhere is found" {
    plant clock/apply.c 'int f(void) { return clock_settime(0, 0); }'
    found clock/apply.c
    plant report/text.c 'int f(void) { return adjtimex(0); }'
    found report/text.c
    plant ntpsync.c 'int f(void) { return socket(0, 0, 0); }'
    found ntpsync.c
    plant cli/options.c '/* adjtimex() in a comment is no call */'
    [ "$status" -eq 0 ]
}

@test "build: install puts four files under DESTDIR, uninstall takes them away" {
    local dest=$BATS_TEST_TMPDIR/dest
    make -C "$TOP" -s install DESTDIR="$dest" PREFIX=/usr
    run bash -c "cd '$dest' && find . -type f | sort"
    [ "$output" = "./usr/bin/ntpsync
./usr/share/bash-completion/completions/ntpsync
./usr/share/man/man1/ntpsync.1
./usr/share/ntpsync/ntpsync.schema.json" ]
    "$dest/usr/bin/ntpsync" -V | grep -q '^ntpsync [0-9]'
    make -C "$TOP" -s uninstall DESTDIR="$dest" PREFIX=/usr
    [ -z "$(find "$dest" -type f)" ]
    [ ! -e "$dest/usr/share/ntpsync" ]
}

@test "build: make help tells every target" {
    run make -C "$TOP" -s help
    local target
    for target in demo check static asan coverage fuzz fuzz-run fuzz-coverage \
        lint layers bench install install-strip install-compat uninstall \
        dist deb check-package clean help; do
        grep -q "^make $target " <<< "$output"
    done
}

@test "build: the static binary needs no loader and measures" {
    [ -x "$TOP/ntpsync.static" ] || missing "make static was not run"
    run readelf -lW "$TOP/ntpsync.static"
    [ "$status" -eq 0 ]
    [[ $output != *INTERP* ]]
    serve 127.0.0.1,offset=1.5
    run powerless "$TOP/ntpsync.static" -j "127.0.0.1:$PORT"
    [ "$status" -eq 0 ]
    json '.offset > 1.49 and .offset < 1.51'
}

# valgrind finds fault with nothing in a run that ends with STATUS.
under_valgrind() { # STATUS ARG...
    local want=$1 log=$BATS_TEST_TMPDIR/valgrind
    shift
    [[ $NTPSYNC != *.asan && $NTPSYNC != *.cov ]] || skip "not on this build"
    command -v valgrind >/dev/null || missing "valgrind is not installed"
    fake_clock
    TMPDIR=$BATS_TEST_TMPDIR run room "${WALL[@]}" env LD_PRELOAD="$PRELOAD" valgrind -q --log-file="$log" \
        --error-exitcode=99 --track-fds=yes "$NTPSYNC" "$@"
    grep -v -e 'FILE DESCRIPTORS' -e 'inherited from parent' \
        -e 'Open file descriptor' -e '==[[:space:]]*$' "$log" > "$log.found" || :
    echo "exit $status: $output"
    cat "$log.found"
    [ "$status" -eq "$want" ]
    ! grep -qE 'Invalid|uninitialised|overlap|points to' "$log.found"
}

@test "valgrind: several servers, good and bad, four samples each" {
    serve 127.0.0.1 127.0.0.2,offset=0.25 127.0.0.3,kiss=RATE \
        127.0.0.4,leap=3 127.0.0.5,drop=1 127.0.0.6,append=00112233
    under_valgrind 0 -p 4 -i 20ms -t 3s -d "127.0.0.1:$PORT" \
        "127.0.0.2:$PORT" "127.0.0.3:$PORT" "127.0.0.4:$PORT" \
        "127.0.0.5:$PORT,noselect" "127.0.0.6:$PORT" 127.0.0.7:1
}

@test "valgrind: a name, as JSON to a file" {
    getent hosts localhost > /dev/null || missing "localhost has no address"
    serve 127.0.0.1
    under_valgrind 0 -4 -j -t 60s -O "$BATS_TEST_TMPDIR/report" "localhost:$PORT"
    output=$(<"$BATS_TEST_TMPDIR/report")
    json '.status == "ok"'
}

@test "valgrind: a step, a slew, and a refusal" {
    serve 127.0.0.1,offset=1.5 127.0.0.2,time=1000000000
    under_valgrind 0 -S "127.0.0.1:$PORT"
    under_valgrind 0 -s "127.0.0.1:$PORT"
    under_valgrind 5 -S "127.0.0.2:$PORT"
}

@test "valgrind: usage errors and help" {
    under_valgrind 0 --help
    under_valgrind 2 -p 9 127.0.0.1
    printf '127.0.0.1\nbad/name\n' > "$BATS_TEST_TMPDIR/list"
    under_valgrind 2 --file "$BATS_TEST_TMPDIR/list"
}
