# shellcheck shell=bash
# What bats does before the first test of a run, and after the last.

# VALIDATOR is a python3 that knows JSON Schema, if there is one: where another
# comes first in PATH, Debian's may be the one that has the module.
setup_suite() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import jsonschema' 2> /dev/null; then
            export VALIDATOR=$python
            break
        fi
    done
}

# Every report in JSON that a test of this run has seen keeps to its schema.
teardown_suite() {
    local tests=${BASH_SOURCE[0]%/*} reports
    reports=("$BATS_SUITE_TMPDIR"/reports.*)
    [ -e "${reports[0]}" ] || return 0
    if [ -n "${VALIDATOR-}" ]; then
        "$VALIDATOR" "$tests/schema.py" "$tests/../contrib/ntpsync.schema.json" \
            "${reports[@]}" | sed 's/^/# /' >&3
        return "${PIPESTATUS[0]}"
    else
        echo '# the reports in JSON were not held against their schema:' \
            'no python3-jsonschema' >&3
        [ "${CI-}" != true ]
    fi
}
