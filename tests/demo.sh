#!/bin/sh
# The main job on a server of our own: a measurement, and what would be done
# about it.  Nothing leaves this machine, and the clock is not touched.
set -eu
cd "$(dirname "$0")/.."

pipe=$(mktemp -u)
mkfifo "$pipe"
build/tests/ntpserver 127.0.0.1,offset=1.25 127.0.0.2,offset=1.25 \
    127.0.0.3,offset=-90 > "$pipe" &
server=$!
trap 'kill $server; rm -f "$pipe"' EXIT
read -r port < "$pipe"

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}
echo "Three servers are started on loopback; two of them are 1.25 s ahead of this
machine's clock, and the third, 90 s behind it, is wrong."
show ./ntpsync "127.0.0.1:$port" "127.0.0.2:$port" "127.0.0.3:$port"
show ./ntpsync --set --dry-run "127.0.0.1:$port"
