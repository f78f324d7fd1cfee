#!/bin/sh
# Who may include whom, and who may name the calls that matter.
#
# A folder may include itself, base/, ntp_proto.h and the folders named after
# it here; ntpsync.c may include everything.  An include is written
# "folder/file.h" or "ntp_proto.h"; any other quoted form is an error.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
rules='base:
auth:
select:
net: auth select
clock:
report:
cli: report
priv: net'
bad=0

complain() {
    echo "layers: $1" >&2
    bad=1
}

folders=$(echo "$rules" | sed 's/:.*//')
for f in $(for d in $folders; do ls "$d"/*.[ch] 2>/dev/null; done) ntp_proto.[ch]; do
    dir=${f%%/*}
    [ "$dir" != "$f" ] || dir=base # ntp_proto stands on base/ alone
    may=" base $dir $(echo "$rules" | sed -n "s/^$dir://p") "
    for inc in $(sed -n 's|^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*|\1|p' "$f"); do
        case $inc in
        ntp_proto.h) continue ;;
        ../* | */*/* | [!a-z]*) top= ;;
        */*) top=${inc%%/*} ;;
        *) top= ;;
        esac
        case $may in
        *" ${top:-?} "*) ;;
        *) complain "$f may not include \"$inc\"" ;;
        esac
    done
done

# only NAMES WHERE...: these words stand in no other file of the program.
only() {
    names=$1
    shift
    for f in *.[ch] $(for d in $folders; do ls "$d"/*.[ch] 2>/dev/null; done); do
        case " $* " in *" $f "*) continue ;; esac
        # Comments do not count.
        if sed 's|/\*.*\*/||; /^[[:space:]]*\/\*/,/\*\//d' "$f" |
            grep -nE "(^|[^a-z_])($names)[[:space:]]*\(" >&2; then
            complain "$f may not call $names"
        fi
    done
}
only 'clock_settime|clock_adjtime|ntp_adjtime|adjtimex|adjtime|settimeofday' \
    clock/clock_linux.c clock/clock_portable.c
only 'socket' net/udp.c net/online.c auth/nts_ke.c
exit $bad
