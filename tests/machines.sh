#!/usr/bin/env bash
# Other machines, other compilers: ntpsync is built for each and by each, and
# must pass the unit tests, measure a server, and make of some 20,000 packets
# exactly what gcc's plainest build makes of them.  Where a machine runs, the
# suites run on it too, those for which an emulator is not too slow.
#
#   tests/machines.sh [NAME...]    all, or those of these names
#
# What cannot be built or run here is named and left out; under CI=true that is
# a failure.
set -u
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
out=build/machines
jobs=$(getconf _NPROCESSORS_ONLN)
failed=0 wanted=" $* "
mkdir -p "$out"

# part NAME COMMAND...: what it says is shown only when it fails.
part() {
    local name=$1 start=$SECONDS log=$out/$1.log
    if [ "$wanted" != '  ' ] && [[ $wanted != *" $name "* ]]; then
        return
    fi
    if "${@:2}" "$name" > "$log" 2>&1; then
        echo "machines: $name: passed, $((SECONDS - start)) s"
    elif [ "$(tail -n 1 "$log" | cut -d: -f1)" = missing ] && [ "${CI-}" != true ]; then
        echo "machines: $name: skipped, $(tail -n 1 "$log")"
    else
        grep -v -e '^ok ' -e '^ *CC ' -e '^make' "$log" | cut -c1-300 | head -n 100
        echo "machines: $name: FAILED, $((SECONDS - start)) s"
        failed=1
    fi
}

need() { command -v "$1" > /dev/null || { echo "missing: $1" && return 1; }; }

units() { find tests/unit -name 'test_*.c' -printf '%f\n' | sort | sed 's/\.c$//'; }

# build NAME VARIABLE...: the program, the unit programs, the samples.
build() {
    local o=$out/$1
    # shellcheck disable=SC2046 # a list
    make -s -j "$jobs" "${@:2}" O="$o" PROG="$o/ntpsync" \
        "$o/ntpsync" "$o/samples" $(units | sed "s|^|$o/|")
}

# check FOLDER SUITE...: what is there, program or wrapper, does what it must.
check() {
    local in=$PWD/$1
    "$in/samples" > "$in/samples.txt" || return 1
    diff "$out/plain.txt" "$in/samples.txt" | head -n 10 | grep . && return 1
    # shellcheck disable=SC2046 # a list
    NTPSYNC=$in/ntpsync UNITS=$(units | sed "s|^|$in/|") \
        bats -j $((2 * jobs)) $(printf 'tests/%s.bats ' unit machine "${@:2}")
}

# compiler CC CFLAGS LABEL
compiler() {
    need "$1" && build "$3" CC="$1" CFLAGS="$2 -Werror" && check "$out/$3"
}

sanitized() { # CC LABEL
    need "$1" && build "$2" CC="$1" CFLAGS='-O1' FORTIFY= \
        SANITIZE='-fsanitize=undefined,float-cast-overflow,float-divide-by-zero -fno-sanitize-recover=all' &&
        check "$out/$2"
}

# wrap FOLDER COMMAND...: in FOLDER/run, programs of the same names that run
# those of FOLDER by the command.  %SHIMS% in it stands for what was to be
# preloaded into them, built for that machine.
wrap() {
    local o=$PWD/$1 run=$PWD/$1/run file
    mkdir -p "$run"
    for file in $(units) ntpsync samples; do
        {
            echo '#!/bin/sh'
            echo 'shims= IFS=" :"'
            echo "for so in \${LD_PRELOAD-}; do shims=\"\$shims $o/\${so##*/}\"; done"
            echo 'unset LD_PRELOAD IFS'
            printf 'exec'
            printf ' "%s"' "${@:2}" "$o/$file" | sed 's/%SHIMS%/$shims/'
            echo ' "$@"'
        } > "$run/$file"
        chmod +x "$run/$file"
    done
}

shims() { # CC FOLDER
    local name
    for name in fakeclock lookups; do
        "$1" -std=c11 -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 -O1 -Wall -Wextra \
            -Werror -fPIC -shared -o "$2/$name.so" "tests/helpers/$name.c" -ldl ||
            return 1
    done
}

# Of musl, all but what `make static` makes: that can have no shim before it.
musl() { # LABEL
    local o=$out/$1 headers
    need musl-gcc || return 1
    headers="-idirafter /usr/include -idirafter /usr/include/$(gcc -print-multiarch)"
    build "$1" CC=musl-gcc CPPFLAGS="$headers" WARN=-Wno-sign-conversion &&
        shims musl-gcc "$o" && wrap "$o" env LD_PRELOAD=%SHIMS% &&
        check "$o/run" query
}

# A build with times of 32 bits must not come to be.
refuses_short_time() { # CC
    ! "$1" -std=c11 -D_GNU_SOURCE -I. -c -o /dev/null base/now.c 2> "$out/short" &&
        grep -q 'time_t must be 64 bits wide' "$out/short"
}

runs_here() { "$1/lib/ld-linux.so.2" --version > /dev/null 2>&1; }

# machine TRIPLE EMULATOR BITS SUITES LABEL
machine() {
    local cc=$1-gcc root=/usr/$1 o=$out/$5
    need "$cc" && build "$5" CC="$cc" CFLAGS='-O2 -g -Werror' && shims "$cc" "$o" || return 1
    [ "$3" = 64 ] || refuses_short_time "$cc" || return 1
    # shellcheck disable=SC2086 # a list
    if [ "$2" = i386 ] && runs_here "$root"; then
        wrap "$o" "$root/lib/ld-linux.so.2" --library-path "$root/lib" \
            --preload %SHIMS% --argv0 ntpsync
        check "$o/run" $4
    else
        need "qemu-$2" || return 1
        wrap "$o" "qemu-$2" -L "$root" -0 ntpsync -E LD_PRELOAD=%SHIMS%
        EMULATED=yes check "$o/run" $4
    fi
}

# What all others are compared with.
plain() { # LABEL
    need gcc && make -s -j "$jobs" CC=gcc CFLAGS='-O0 -Werror' \
        O="$out/gcc-O0" "$out/gcc-O0/samples" &&
        "$out/gcc-O0/samples" > "$out/plain.txt" && grep -q '^verdict: ' "$out/plain.txt"
}

[ "$wanted" = '  ' ] || wanted+='plain '
part plain plain
part gcc-O0 compiler gcc -O0
part gcc-O1 compiler gcc -O1
part gcc-O3 compiler gcc -O3
part gcc-Os compiler gcc -Os
part clang-O2 compiler clang -O2
part clang-O3 compiler clang -O3
part ubsan sanitized clang
part musl musl
part i386 machine i686-linux-gnu i386 32 'query clock names'
part armhf machine arm-linux-gnueabihf arm 32 'query clock'
part s390x machine s390x-linux-gnu s390x 64 'query replies clock'
exit $failed
