#!/bin/sh
# The systems of tests/config as inputs of fuzz_config, one file each in FOLDER.
#
#   tests/fuzz/worlds.sh FOLDER
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../config"
for system in *; do
    (
        cd "$system"
        find etc run usr -type f 2>/dev/null | LC_ALL=C sort |
            while read -r file; do
                printf '=== /%s\n' "$file"
                cat "$file"
            done
    ) >"$out/$system"
done
