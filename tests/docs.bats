# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# --help, the man page and the parser tell the same.
load common

HELP=
setup() {
    HELP=$(ntpsync --help)
    PAGE=$TOP/ntpsync.1
}

# Every option, as -x or --xxx, one a line, in order.
help_options() {
    sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\1 \2/p' <<<"$HELP" |
        grep -oE -e '(^| )--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort
}

# Of .It Fl q , Fl -query Ar D: what follows each Fl; of ntpsync's own options, or
# those of a section.
page_options() { # [SECTION]
    awk -v section="${1-}" '
        /^\.Sh / { here = section == "" ? !/^\.Sh AS / : $0 == ".Sh " section }
        here && /^\.It Fl / { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' \
        "$PAGE" | sort -u
}

page_exits() {
    awk '/^\.Sh / { here = /^\.Sh "?EXIT STATUS"?$/ }
        here && /^\.It / { print $2 }' "$PAGE" | sort -n
}

help_exits() {
    sed -n '/^Exit status:/,/^$/s/^ *\([0-9][0-9]*\) .*/\1/p' <<<"$HELP" | sort -n
}

# Whether --help shows the option with a value behind it.
takes_value() { # OPTION
    grep -qE -e "^ +(-., )?$1 [A-Z]" -e "^ +$1, --[a-z-]+ [A-Z]" <<<"$HELP"
}

# Whether the parser knows none like it, or does not say which; stdin is empty.
unknown() { # OPTION [VALUE]
    run --separate-stderr ntpsync "$@" </dev/null
    echo "$*: exit $status: $stderr"
    [[ $status -eq 2 &&
        $stderr =~ unrecognized|'invalid option'|ambiguous|'no such option' ]]
}

lacks_value() { [[ $stderr =~ 'requires an argument'|'needs a value' ]]; }

same() { diff <(echo "$1") <(echo "$2"); }

@test "docs: --help names every option once" {
    [ "$(help_options | wc -l)" -ge 10 ]
    [ -z "$(help_options | uniq -d)" ]
    help_options | grep -qxF -e --help
    help_options | grep -qxF -e -h
}

@test "docs: the parser knows every option of --help" {
    local option
    # This is how it would say that it does not.
    unknown --bogus
    unknown -y
    while read -r option; do
        ! unknown "$option" || return 1
        if takes_value "$option"; then
            lacks_value
            ! unknown "$option" 1 || return 1
        fi
        ! lacks_value || return 1
    done < <(help_options)
}

@test "docs: --help knows every letter of the parser" {
    local letter known
    known=$(help_options)
    for letter in {a..z} {A..Z} {0..9}; do
        grep -qxF -e "-$letter" <<<"$known" || unknown "-$letter"
    done
}

@test "docs: the man page and --help have the same options" {
    same "$(help_options)" "$(page_options)"
}

@test "docs: the man page and --help have the same exit statuses" {
    [ "$(help_exits | wc -l)" -ge 7 ]
    same "$(help_exits)" "$(page_exits)"
}

@test "docs: the contract's exit statuses are in --help" {
    same "$(printf '%s\n' 0 1 2 3 4 5 70)" "$(help_exits)"
}

# What a persona's parser knows, as -x or --xxx; it says which it does not.
persona_knows() { # NAME OPTION
    local stderr status
    ln -sf "$NTPSYNC" "$BATS_TEST_TMPDIR/$1"
    run --separate-stderr "$BATS_TEST_TMPDIR/$1" "$2" </dev/null
    [[ ! $stderr =~ (unknown|illegal)' option' ]]
}

@test "docs: the man page has every option of ntpdate and sntp, and no other" {
    local letter option
    for letter in {a..z} {A..Z} {0..9}; do
        for name in ntpdate sntp; do
            if persona_knows "$name" "-$letter"; then
                page_options "AS ${name^^}" | grep -qxF -e "-$letter"
            else
                ! page_options "AS ${name^^}" | grep -qxF -e "-$letter" || return 1
            fi
        done
    done
    [ "$(page_options 'AS SNTP' | grep -c -e '^--')" -gt 20 ]
    for option in $(page_options 'AS SNTP' | grep -e '^--'); do
        persona_knows sntp "$option"
    done
}

@test "docs: the man page has nothing that mandoc would warn of" {
    type -P mandoc >/dev/null || missing 'no mandoc'
    run mandoc -T lint -W warning "$PAGE"
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "docs: --help fits a terminal of 80 columns" {
    local line
    while IFS= read -r line; do
        [ "${#line}" -le 80 ] || { echo "$line" && return 1; }
    done <<<"$HELP"
}
