# shellcheck shell=bats
# shellcheck disable=SC2154 # bats sets and keeps these
# What every build must be able to do, for whatever machine and by whatever
# compiler: few tests, for tests/machines.sh runs them many times.
load common

YEAR_2040=2208988800 # its beginning

@test "machine: a server 1.5 s ahead is measured, within its bound" {
    serve 127.0.0.1,offset=1.5
    ask 0 "127.0.0.1:$PORT"
    json '.status == "ok" and (.offset - 1.5 | fabs) <= .bound and .bound < 0.5'
    json '.sources[0] | .stratum == 1 and .refid == "TEST" and .precision == -23
        and .version == 4 and .delay > 0 and .delay < 1'
}

@test "machine: a server in 2040, in the next era of NTP, is measured" {
    serve "127.0.0.1,time=$YEAR_2040"
    ask 0 "127.0.0.1:$PORT"
    json '.time | startswith("2040-01-01T00:00:")'
}

@test "machine: a server of stratum 0 has no vote" {
    serve 127.0.0.1,stratum=0,refid=00000000 127.0.0.2,kiss=DENY
    ask 1 "127.0.0.1:$PORT" "127.0.0.2:$PORT"
    json '.offset == null and ([.sources[].status] == ["unsynchronised", "kiss"])'
    json '.sources[1].kiss == "DENY"'
}

@test "machine: a dry run says how far the clock would be stepped" {
    serve 127.0.0.1,offset=-1.5
    fake_clock
    ask 0 -S -n "127.0.0.1:$PORT"
    json '.action | .kind == "step" and .dry_run
        and .offset < -1.4 and .offset > -1.6'
    [ -z "$(clock_log)" ]
}

@test "machine: the clock is stepped by what was measured" {
    serve 127.0.0.1,offset=-1.5
    fake_clock
    ask 0 -S "127.0.0.1:$PORT"
    json '.action | .kind == "step" and (.dry_run | not)'
    json '(.action.offset + 1.5 | fabs) <= .bound'
    [ -n "$(clock_log)" ]
}
