# shellcheck shell=bash
# Completion of ntpsync, for bash.
#
# It knows no option by itself: it asks the ntpsync that is being typed, whose
# --help prints the table that its parser reads by.  So it fits any version (and
# the program is run, as by other completions, before Enter is pressed).  What
# --help calls a value says what to complete: FILE, DIR, FORMAT, NAME (a user) or
# IF; for all others, nothing.

# What --help says, a line for each option: its letter or -, its name, its value.
_ntpsync_options() { # HELP
    local line
    while IFS= read -r line; do
        [[ $line =~ ^' '+(-.)?,?' '+(--[a-z0-9-]+)' '?([^ ]*)'  ' ]] &&
            printf '%s %s %s\n' "${BASH_REMATCH[1]:--}" \
                "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
    done <<<"$1"
}

# The words that complete WORD as a value called VALUE.
_ntpsync_value() { # PROGRAM VALUE WORD
    local known='' word words
    case $2 in
    FILE) compgen -f -- "$3" ;;
    DIR) compgen -d -- "$3" ;;
    NAME) compgen -u -- "$3" ;;
    FORMAT)
        # It complains of a format without a name by naming all.
        known=$("$1" --format= 2>&1 </dev/null | sed -n 's/.*there are: *//p')
        ;;
    *IF)
        known=$(ls /sys/class/net 2>/dev/null || ifconfig -l 2>/dev/null)
        ;;
    esac
    # An interface may be called what a shell would run.
    read -ra words -d '' <<<"$known"
    for word in "${words[@]}"; do
        [[ $word == "$3"* && $word =~ ^[A-Za-z0-9._@:-]+$ ]] && printf '%s\n' "$word"
    done
}

# The words that complete WORD as a server: hosts, and what may be said of one.
_ntpsync_server() { # HELP WORD
    local said
    if [[ $2 == *,* ]]; then
        said=$(grep -oE ',[a-z]+(=[0-9]*)?' <<<"$1" | tr -d ,)
        compgen -P "${2%,*}," -W "$said" -- "${2##*,}"
    elif declare -F _known_hosts_real >/dev/null; then
        COMPREPLY=()
        _known_hosts_real -- "$2"
        [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
    else
        compgen -A hostname -- "$2"
    fi
}

_ntpsync() { # PROGRAM WORD PREVIOUS
    local program=${1/#'~/'/"$HOME"/} word=$2 previous=$3 help options value i
    local IFS=$' \t\n'

    # --format=json is three words to bash: of which = may be the last.
    if [ "$word" = = ]; then
        word=
    elif [ "$previous" = = ]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    help=$("$program" --help 2>/dev/null </dev/null) || return 0
    options=$(_ntpsync_options "$help")
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [ "${COMP_WORDS[i]}" = -- ]; then # only servers come behind it
            options='' && break
        fi
    done
    value=$(awk -v o="$previous" '$1 == o || $2 == o { print $3 }' <<<"$options")
    case $value in
    FILE | DIR) compopt -o filenames 2>/dev/null ;;
    esac
    if [ -n "$value" ]; then
        mapfile -t COMPREPLY < <(_ntpsync_value "$program" "$value" "$word")
    elif [[ $word == -* ]]; then
        options=$(awk '{ if ($1 != "-") print $1; print $2 }' <<<"$options")
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        mapfile -t COMPREPLY < <(_ntpsync_server "$help" "$word")
        [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
    fi
    return 0
}

complete -F _ntpsync ntpsync
