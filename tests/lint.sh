#!/bin/sh
# What tools have to say about the sources.  Every finding is a failure; a tool
# that is missing is one under CI=true, and is named otherwise.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

# check TOOL WHAT COMMAND...: runs it where TOOL is there.
check() {
    tool=$1 what=$2
    shift 2
    if ! command -v "$tool" >/dev/null; then
        echo "lint: $what: $tool is not installed" >&2
        [ "${CI-}" != true ] || bad=1
    elif "$@"; then
        echo "lint: $what: clean"
    else
        echo "lint: $what: see above" >&2
        bad=1
    fi
}

files() { find . -path ./build -prune -o -type f \( "$@" \) -print | sed 's|^\./||'; }
c=$(files -name '*.c' -o -name '*.h')
program=$(files -name '*.c' | grep -v -e '^tests/' -e '^bench/')
shell="$(files -name '*.sh') .ci/run contrib/completion/ntpsync.bash
    $(files -path './contrib/initramfs/*' -o -path './contrib/debian/*.p*')"

# In folders of their own, so that warnings are seen however often it is run.
strict() {
    rm -rf "build/lint-$1"
    for portable in no yes; do
        make -s CC="$1" O="build/lint-$1" PROG="build/lint-$1/ntpsync" \
            PORTABLE="$portable" CFLAGS='-O2 -Werror' || return 1
    done
}

# Functions stay short: 70 lines at the most, main() 40.
short() {
    # shellcheck disable=SC2086  # a list of files
    ctags -f - --languages=C --kinds-C=f --fields=+ne $program |
        awk -F'\t' '
            { for (i = 4; i <= NF; i++) {
                  if ($i ~ /^line:/) from = substr($i, 6)
                  if ($i ~ /^end:/) to = substr($i, 5)
              }
              lines = to - from + 1
              if (lines > ($1 == "main" ? 40 : 70)) {
                  print $2 ": " $1 "() has " lines " lines"
                  bad = 1
              } }
            END { exit bad }'
}

# shellcheck disable=SC2086  # lists of files
{
    check clang-format format clang-format --dry-run -Werror $c
    check gcc "gcc -Werror, Linux and portable" strict gcc
    check clang "clang -Werror, Linux and portable" strict clang
    check cppcheck cppcheck cppcheck -q --std=c11 --error-exitcode=1 -I. \
        --enable=warning,performance,portability --inline-suppr \
        -DBUILD_DATE=1 -DVERSION='"0"' -DDEFAULT_SERVERS='""' $program
    check shellcheck shellcheck shellcheck -x -S warning $shell
    check mandoc "man page" mandoc -T lint -W warning ntpsync.1
    check ctags "length of functions" short
}
exit $bad
