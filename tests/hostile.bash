# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # bats and common.bash set what is used here
# Replies by recipe, from build/tests/hostile: what tests/hostile/replies lists,
# and what must come of it.

REPLIES=$TOP/tests/hostile/replies

# spoil LIST: starts a server that answers by the lines of LIST, one at each of
# 127.13.0.1, 127.13.0.2 ..., and sets SPOILT to its port.
spoil() {
    local out=$BATS_TEST_TMPDIR/spoil.$RANDOM
    mkfifo "$out"
    "$TOP/build/tests/hostile" "$1" >"$out" 3>&- &
    SERVER_PIDS+=("$!")
    read -r SPOILT <"$out"
    [ -n "$SPOILT" ]
}

# lines LIST: its lines, without what is only for people.
lines_of() { grep -v '^#' "$1" | grep .; }

# at NAME: the address that answers by the line of that name, with its port.
at() {
    local n
    n=$(lines_of "$REPLIES" | awk -v name="$1" '$1 == name { print NR }')
    [ -n "$n" ] || { echo "$REPLIES has no $1" >&2 && return 1; }
    echo "127.13.0.$n:$SPOILT"
}

# everybody LIST: all those addresses, a line each.
everybody() {
    lines_of "$1" | awk -v port="$SPOILT" '{ print "127.13.0." NR ":" port }'
}

# wanted LIST: what the report must say of each: address, status, reason,
# whether there is an offset, how many replies it took for some, and whether it
# rejected any.
wanted() {
    lines_of "$1" | awk -v OFS='\t' '
        BEGIN {
            why["length"] = "reply is too short"
            why["origin"] = "replies answer another request"
            why["mode"] = "reply is not a server'\''s (wrong mode)"
            why["trailer"] = "reply has a malformed extension"
            why["leap"] = "not synchronised"
            why["stratum"] = "not synchronised (no valid stratum)"
            why["zero"] = "reply lacks a timestamp"
            why["order"] = "reply was sent before the request came"
            why["hold"] = "reply was held back for over 4 s"
            why["precision"] = "reply has an impossible precision"
            why["root"] = "root distance is 16 s or more"
            why["delay"] = "reply came before it was sent"
            why["=no-reply"] = "no reply"
            why["=too-far"] = "bound is over 1.5 s"
            kiss["RATE"] = "asks for fewer requests"
            kiss["DENY"] = kiss["RSTR"] = "denies access"
            kiss["AUTH"] = kiss["CRYP"] = "authentication failed"
            kiss["NKEY"] = "does not know the key"
            kiss["NTSN"] = "does not know the NTS cookie"
        }
        function value(word,   v) {
            v = $0
            sub(".*" word "=", "", v)
            sub(" .*", "", v)
            return v
        }
        {
            status = "invalid"
            if ($2 ~ /^=/) status = substr($2, 2)
            if ($2 == "leap" || $2 == "stratum") status = "unsynchronised"
            if ($2 == "kiss") status = "kiss"
            reason = why[$2]
            if ($2 == "version")
                reason = "reply has an unknown NTP version: " value("version")
            if ($2 == "kiss") {
                reason = "turns us away"
                if (value("refid") in kiss) reason = kiss[value("refid")]
                reason = reason " (kiss code " value("refid") ")"
            }
            no_reply = $2 == "length" || $2 == "origin"
            print "127.13.0." NR, status, reason,
                $2 == "=too-far" ? "offset" : "no offset",
                no_reply || $2 == "=no-reply" ? 0 : 1,
                no_reply ? "rejected" : "none rejected"
        }'
}

# told: the same, as $output has it.
told() {
    keep_report "$output"
    jq -r '.sources[] | select(.address | startswith("127.13."))
        | [.address, .status, .reason,
            if .offset == null and .delay == null and .bound == null
            then "no offset" else "offset" end,
            .received, if .rejected > 0 then "rejected" else "none rejected" end]
        | @tsv' <<<"$output"
}
