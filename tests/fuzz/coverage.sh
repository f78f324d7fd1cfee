#!/bin/sh
# Which lines of the parsers the committed seeds reach by themselves: a table,
# and a failure where fewer than 95 of 100 of all of them are reached.
set -eu
cd "$(dirname "$0")/../.."
cov=build/fuzzcov
tests/fuzz/worlds.sh $cov/worlds
for program in $cov/fuzz_*; do
    name=${program##*/fuzz_} more=
    [ "$name" != config ] || more=$cov/worlds
    # shellcheck disable=SC2086 # a folder or nothing
    find "tests/fuzz/seeds/$name" $more -type f -exec "$program" {} + >/dev/null
done
set --
for file in ntp_proto.c base/buf.c base/num.c base/addr.c base/date.c \
    cli/servers.c cli/traits.c cli/lines.c cli/entry.c cli/config.c cli/forms.c \
    cli/system.c select/filter.c select/select.c select/tally.c select/settle.c \
    clock/decide.c priv/message.c priv/verify.c; do
    set -- "$@" -f "$file"
done
gcovr -r . --object-directory $cov "$@" --fail-under-line 95
