#!/bin/sh
# Every fuzzer of build/fuzz for FUZZ_S seconds, two at once, from the committed
# seeds and from what earlier runs left in build/fuzz/corpus.
#
#   [FUZZ_S=10] tests/fuzz/run.sh [NAME...]
#
# A fault, a slow input or one that takes much memory is a finding: it is left
# under build/fuzz/findings, and named.
set -eu
cd "$(dirname "$0")/../.."
export FUZZ_S="${FUZZ_S:-10}"
fuzz=build/fuzz

# The words that the program itself knows; what is text is made of them.
words() {
    grep -oh '"[^"\\]*"' cli/forms.c cli/servers.c | tr -d '"' | tr ' ' '\n' |
        grep '^[A-Za-z/-]' | LC_ALL=C sort -u | sed 's/.*/"&"/'
    printf '"%s"\n' '\x0a=== ' 192.0.2.1 2001:db8:: '\x0ainclude ' '\x0aserver ' \
        127.127. '\xef\xbb\xbf' '\\\x0a'
}

# stat LOG NAME: what libFuzzer said in the end.
stat() { sed -n "s/^stat::$2: *//p" "$1"; }

one() {
    name=$1 log=$fuzz/log/$1 seeds=tests/fuzz/seeds/$1 more='' dict=''
    mkdir -p "$fuzz/corpus/$name"
    [ "$name" != config ] || more=$fuzz/worlds
    case $name in word | list | config | addr | num | range) dict=-dict=$fuzz/dict ;; esac
    if "$fuzz/fuzz_$name" -max_total_time="$FUZZ_S" -max_len=8192 -timeout=10 \
        -rss_limit_mb=512 -malloc_limit_mb=64 -close_fd_mask=2 \
        -artifact_prefix="$fuzz/findings/$name-" -print_final_stats=1 \
        ${dict:+"$dict"} "$fuzz/corpus/$name" "$seeds" ${more:+"$more"} \
        >"$log" 2>&1; then
        printf '%-8s %10s runs %8s a second %6s covered %6s inputs\n' "$name" \
            "$(stat "$log" number_of_executed_units)" \
            "$(stat "$log" average_exec_per_sec)" \
            "$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)" \
            "$(sed -n 's/.*corp: \([0-9]*\).*/\1/p' "$log" | tail -n 1)"
    else
        tail -n 50 "$log"
        echo "fuzz: $name: a finding; try $fuzz/fuzz_$name on" \
            "$(sed -n 's/.*Test unit written to //p' "$log")"
        return 1
    fi
}

if [ "${1-}" = --one ]; then
    one "$2"
    exit
fi
mkdir -p $fuzz/findings $fuzz/log
tests/fuzz/worlds.sh $fuzz/worlds
words >$fuzz/dict
# shellcheck disable=SC2046 # a list
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/fuzz_\(.*\)\.c/\1/')
printf '%s\n' "$@" | xargs -n 1 -P 2 "$0" --one
