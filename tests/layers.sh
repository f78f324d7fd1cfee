#!/bin/sh
# Who may include whom, and who may name the calls that matter.
#
# A folder may include itself, base/, ntp_proto.h and the folders named after
# it here; ntpsync.c may include everything.  An include is written
# "folder/file.h" or "ntp_proto.h"; any other quoted form is an error.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1

rules='
base:
auth:
select:
net: auth select
clock:
report:
cli: report
priv: net
'
# Calls, and the only files that may make them.
calls='
(clock_settime|clock_adjtime|ntp_adjtime|adjtimex|adjtime|settimeofday): clock/clock_linux.c clock/clock_portable.c clock/clock_settime.c
socket: net/udp.c net/online_linux.c auth/nts_ke.c
(fork|kill|waitpid): priv/priv.c priv/child.c
(setuid|setgid|setgroups): priv/become.c
(prctl|syscall|setrlimit): priv/sandbox_linux.c priv/filter_linux.c
'

files=$(ls -- *.[ch] ./*/*.[ch] 2>/dev/null | sed 's|^\./||' |
    grep -v -e '^tests/' -e '^bench/')
# shellcheck disable=SC2086  # a list of files
awk -v rules="$rules" -v calls="$calls" '
function complain(what) {
    print "layers: " FILENAME ":" FNR ": " what > "/dev/stderr"
    bad = 1
}
# The words behind "name:" in a table, with a space on both sides of each.
function words(line) {
    sub(/^[^:]*:/, "", line)
    return " " line " "
}
BEGIN {
    n = split(rules, lines, "\n")
    for (i = 1; i <= n; i++)
        if (lines[i] != "") {
            folder = lines[i]
            sub(/:.*/, "", folder)
            may[folder] = words(lines[i]) folder " base "
        }
    ncalls = split(calls, lines, "\n")
    for (i = 1; i <= ncalls; i++) {
        call[i] = where[i] = lines[i]
        sub(/:.*/, "", call[i])
        where[i] = words(lines[i])
    }
}
FNR == 1 {
    dir = FILENAME ~ /\// ? FILENAME : "base" # ntp_proto stands on base/
    sub(/\/.*/, "", dir)
    comment = 0
}
/^[ \t]*#[ \t]*include[ \t]*"/ && FILENAME != "ntpsync.c" {
    split($0, quoted, "\"")
    name = quoted[2]
    folder = name
    sub(/\/.*/, "", folder)
    if (name != "ntp_proto.h" &&
        (name !~ /^[a-z]+\/[a-z_0-9]+\.h$/ || may[dir] !~ " " folder " "))
        complain("may not include \"" name "\"")
}
{ # Comments do not count.
    gsub(/\/\*([^*]|\*[^\/])*\*\//, "")
    if (comment && sub(/.*\*\//, ""))
        comment = 0
    if (comment)
        next
    if (sub(/\/\*.*/, ""))
        comment = 1
    for (i = 1; i <= ncalls; i++)
        if (call[i] != "" && index(where[i], " " FILENAME " ") == 0 &&
            $0 ~ "(^|[^a-z_])" call[i] "[ \t]*\\(")
            complain("may not call " call[i])
}
END { exit bad }' $files
