# shellcheck shell=sh
# The words that the scripts in the virtual machine are written in.
#
#   plan 7                        so many checks; the host misses any less
#   check NAME CONDITION [WHY]    CONDITION is awk's, and has abs(); WHY is told
#   say WORDS                     for whoever reads it
#
#   ask OPTION...                 ntpsync -j OPTION... SERVER; STATUS, JSON, ERR
#   top KEY; action KEY           a value of that report
#   measure [N]                   LEFT: how wrong the clock is, in seconds, by
#                                 another program, the best of N (8); DELAY
#   kernel KEY                    a value of what adjtimex says
#   away S                        sets the clock to the true time + S
#   random N                      0 .. N - 1
#
# A measurement of ntpsync's is never judged by itself.  A value that is not there
# is "@", which no condition of awk's can hold: most would, of nothing or null.
set -u

HOST=10.0.2.2
SERVER=$HOST:$PORT
ABS='function abs(x) { return x < 0 ? -x : x }'

plan() { echo "1..$1"; }
say() { echo "# $*"; }

holds() { awk "$ABS BEGIN { exit !($1) }" 2>/dev/null; }

check() {
    if holds "$2"; then
        echo "ok - $1${3:+ # $3}"
    else
        echo "not ok - $1: $2${3:+ # $3}"
    fi
}

ask() {
    BEGAN=$(guest mono)
    JSON=$(ntpsync -j "$@" "$SERVER" 2>/tmp/stderr)
    STATUS=$?
    ERR=$(tr '\n' ' ' </tmp/stderr)
    [ -z "$ERR" ] || say "ntpsync $*: exit $STATUS: $ERR"
    [ "$STATUS" -eq 0 ] || say "ntpsync $*: exit $STATUS: $JSON"
}

some() { # VALUE
    case $1 in '' | null) echo @ ;; *) echo "$1" ;; esac
}

# Values are words, numbers or strings without quotes in them.
value() { # KEY
    some "$(sed -n 's/.*"'"$1"'":\("\([^"]*\)"\|\([^,}]*\)\).*/\2\3/p')"
}
top() { echo "$JSON" | sed 's/"action":{.*//' | value "$1"; }
action() { echo "$JSON" | sed 's/.*"action":{//; s/}.*//' | value "$1"; }

measure() {
    # shellcheck disable=SC2046 # two words
    set -- $(guest offset "$HOST" "$PORT" "${1:-8}")
    # shellcheck disable=SC2034 # for the scripts
    LEFT=${1:-@} DELAY=${2:-@}
}

kernel() { # KEY
    some "$(guest kernel | sed -n "s/.*\<$1=\([^ ]*\).*/\1/p")"
}

# What the truth is, once and for all: the clock of this machine is the host's.
away() {
    [ -n "${ANCHOR-}" ] || ANCHOR=$(guest anchor "$HOST" "$PORT" 50)
    guest place "$ANCHOR" "$1"
}

# shellcheck disable=SC3028 # busybox has it
random() { echo $((RANDOM * $1 / 32768)); }

# The moments that have passed since `ask` began, in seconds.
since() { awk "BEGIN { print ($(guest mono) - $BEGAN) / 1e9 }"; }

# After `ask` corrected the clock: the kernel calls it synchronised, and within
# the bound, and OFFSET s more while it slews that.  The kernel itself adds
# 500 us at each second, and a us is its unit.
check_kernel() { # NAME OFFSET
    due="(abs($2) + $(top bound)) * 1e6"
    now=$(guest kernel)
    max=$(echo "$now" | sed 's/.*maxerror_us=\([0-9]*\).*/\1/')
    past=$(since)
    check "$1: the kernel calls the clock synchronised" \
        "$(kernel unsync) == 0" "$now"
    check "$1: the kernel's maximum error is the bound, and grows" \
        "$max >= $due && $max <= $due + 1 + 500 * (int($past) + 1)" \
        "$max us, bound $(top bound) s, slewing $2 s, $past s since"
}
