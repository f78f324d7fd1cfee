# shellcheck shell=bats
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets and keeps these
# What is installed, completed and packed: contrib/completion, `make install` and
# its kin, `make dist`.
load common

DEST=$BATS_TEST_TMPDIR/dest
TREE=$BATS_TEST_TMPDIR/tree

setup() {
    unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES SOURCE_DATE_EPOCH
}

# Whichever build the suite is run on, this one is made as by a user.
plain() {
    env -u PORTABLE -u SYSTEM -u SANDBOX -u O -u PROG -u FORTIFY -u CFLAGS \
        -u SANITIZE -u EXTRA -u LDFLAGS "$@"
}

there() { make -C "$TOP" -s "$1" DESTDIR="$DEST" PREFIX=/usr; }

files() { (cd "$DEST" && find . ! -type d | sort); }

# ---- completion ----

# What bash makes of these words, the last of which is being typed, a line each.
completed() { # WORD...
    # shellcheck disable=SC2016 # for the inner shell
    bash --norc -c '
        . "$1"/contrib/completion/ntpsync.bash && shift
        read -ra how < <(complete -p ntpsync)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$*
        "${how[2]}" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
        [ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"
    ' bash "$TOP" "$NTPSYNC" "$@"
}

# Every option of --help, or those with a value called $1, as --xxx or -x.
options() {
    "$NTPSYNC" --help | grep -E "^ +(-., +)?--[a-z0-9-]+ ${1-}" |
        grep -oE -e '^ +(-.,)? +--[a-z0-9-]+' | tr -d ', ' | sed 's/--/\n--/' |
        grep .
}

same() { diff <(sort <<<"$1") <(sort <<<"$2"); }

@test "completion: every option of --help, and no other" {
    [ "$(options | wc -l)" -ge 40 ]
    same "$(completed -)" "$(options)"
    same "$(completed --st)" "$(printf '%s\n' --step --step-over)"
    [ "$(completed 127.0.0.1 --fini)" = --finish ]
}

@test "completion: --format has every format that the program knows" {
    local formats
    formats=$(sed -n '/report_formats\[\]/,/^};/s/^\t{ "\([a-z]*\)".*/\1/p' \
        "$TOP/report/report.c")
    grep -qx json <<<"$formats"
    same "$(completed -F '')" "$formats"
    same "$(completed --format '')" "$formats"
    same "$(completed --format = '')" "$formats"
    [ "$(completed --format = js)" = json ]
    [ "$(completed -F js)" = json ]
}

@test "completion: files, users and interfaces, where --help asks for them" {
    local option
    cd "$BATS_TEST_TMPDIR"
    mkdir 'a folder'
    touch list.one list.two
    for option in $(options FILE); do
        same "$(completed "$option" list.)" "$(printf '%s\n' list.one list.two)"
    done
    [ "$(completed --file a)" = 'a folder' ]
    [ "$(completed --user roo)" = root ]
    if [ -e /sys/class/net/lo ]; then
        completed -I '' | grep -qx lo
        completed --bind l | grep -qx lo
    fi
    [ -z "$(completed -t '')" ]
}

@test "completion: hosts are servers, and what may be said of one" {
    printf '%s\n' '127.0.0.1 ntp1.example.net ntp2.example.net' >"$BATS_TEST_TMPDIR/hosts"
    export HOSTFILE=$BATS_TEST_TMPDIR/hosts
    completed ntp1 | grep -qx ntp1.example.net
    completed --set ntp | grep -qx ntp2.example.net
    completed -- ntp1 | grep -qx ntp1.example.net
    [ -z "$(completed -- --se)" ]
    [ "$(completed ntp1.example.net,nosel)" = ntp1.example.net,noselect ]
    [ "$(completed a.b,iburst,po)" = a.b,iburst,pool ]
}

@test "completion: a program that is not there completes nothing, and says nothing" {
    NTPSYNC=/nonexistent/ntpsync
    run completed --
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "completion: shellcheck has nothing to say" {
    type -P shellcheck >/dev/null || missing 'no shellcheck'
    shellcheck "$TOP/contrib/completion/ntpsync.bash"
}

# ---- install ----

@test "install-strip: the same program without symbols" {
    there install-strip
    run readelf -SW "$DEST/usr/bin/ntpsync"
    [ "$status" -eq 0 ]
    [[ $output != *.symtab* ]]
    [[ $output != *.debug* ]]
    "$DEST/usr/bin/ntpsync" -V | grep -q '^ntpsync [0-9]'
    readelf -SW "$NTPSYNC" | grep -qF .symtab
}

@test "install-compat: links and pages under both names, and all go again" {
    there install
    there install-compat
    there install-compat
    [ "$(files)" = "./usr/bin/ntpdate
./usr/bin/ntpsync
./usr/bin/sntp
./usr/share/bash-completion/completions/ntpsync
./usr/share/man/man1/ntpdate.1
./usr/share/man/man1/ntpsync.1
./usr/share/man/man1/sntp.1
./usr/share/ntpsync/ntpsync.schema.json" ]
    [ "$(readlink "$DEST/usr/bin/ntpdate")" = ntpsync ]
    [ "$(readlink "$DEST/usr/bin/sntp")" = ntpsync ]
    [ "$(cat "$DEST/usr/share/man/man1/sntp.1")" = '.so man1/ntpsync.1' ]
    there uninstall
    [ -z "$(files)" ]
}

@test "install-compat: another's ntpdate, link or page stays, and nothing is made" {
    local foreign
    mkdir -p "$DEST/usr/bin" "$DEST/usr/share/man/man1"
    for foreign in bin/ntpdate bin/sntp share/man/man1/sntp.1; do
        echo another >"$DEST/usr/$foreign"
        run there install-compat
        [ "$status" -ne 0 ]
        [[ $output == *"/usr/$foreign: belongs to another program"* ]]
        there uninstall
        [ "$(files)" = "./usr/$foreign" ]
        [ "$(cat "$DEST/usr/$foreign")" = another ]
        rm "$DEST/usr/$foreign"
    done
    ln -s ntpdig "$DEST/usr/bin/sntp"
    run there install-compat
    [ "$status" -ne 0 ]
    there uninstall
    [ "$(readlink "$DEST/usr/bin/sntp")" = ntpdig ]
    [ "$(files)" = ./usr/bin/sntp ]
}

# ---- dist ----

# The sources as they are, in a git of their own: 9.8.7 and one commit more.
repository() {
    type -P git >/dev/null || missing 'no git'
    tar --version 2>/dev/null | grep -q GNU || missing 'no GNU tar'
    mkdir "$TREE"
    [ -e "$TOP/.dist" ] || [ -e "$TOP/.git" ] || missing 'neither git nor .dist here'
    (cd "$TOP" && if [ -e .dist ]; then sed 1d .dist; else git --git-dir=.git ls-files; fi |
        tar -cf - -T -) | tar -xf - -C "$TREE"
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
    export GIT_COMMITTER_DATE='1700000000 +0000'
    git -C "$TREE" init -q
    git -C "$TREE" add -A
    git -C "$TREE" commit -qm one
    git -C "$TREE" tag v9.8.7
    git -C "$TREE" commit -qm two --allow-empty
    VERSION=9.8.7-1-g$(git -C "$TREE" rev-parse --short HEAD)
}

# Packs in FOLDER, there with these variables, and prints the checksum.
packed() { # FOLDER VARIABLE...
    (cd "$1" && plain "${@:2}" make -s dist >&2)
    sha256sum <"$1/build/ntpsync-$VERSION.tar.gz"
}

@test "dist: the same bytes from any folder, umask, zone and locale" {
    local first again
    repository
    umask 022
    first=$(packed "$TREE" TZ=UTC LC_ALL=C)
    umask 077
    git clone -q "$TREE" "$BATS_TEST_TMPDIR/another folder"
    touch "$BATS_TEST_TMPDIR/another folder/untracked.c"
    again=$(packed "$BATS_TEST_TMPDIR/another folder" TZ=Asia/Tokyo \
        LC_ALL=en_US.UTF-8 TAR_OPTIONS=--format=pax GZIP=-1)
    [ "$first" = "$again" ]
}

@test "dist: the tarball builds, with git's version and date, and packs itself" {
    local first again root
    repository
    first=$(packed "$TREE")
    umask 077
    mkdir "$BATS_TEST_TMPDIR/out"
    tar -xzf "$TREE/build/ntpsync-$VERSION.tar.gz" -C "$BATS_TEST_TMPDIR/out"
    root=$BATS_TEST_TMPDIR/out/ntpsync-$VERSION
    [ ! -e "$root/.git" ]
    plain make -C "$root" -s -j2 CFLAGS=-O0
    [ "$("$root/ntpsync" --version)" = "ntpsync $VERSION" ]
    [ "$(cat "$root/build/.date")" = 1700000000 ]
    run powerless "$root/ntpsync" -t 1s 127.0.0.1:1
    [ "$status" -eq 1 ]
    again=$(packed "$root")
    [ "$first" = "$again" ]
}

@test "dist: a changed tree is packed as dirty, a lost file is told" {
    repository
    echo >>"$TREE/README.md"
    VERSION+=-dirty
    packed "$TREE"
    rm "$TREE/README.md"
    run plain make -C "$TREE" -s dist
    [ "$status" -ne 0 ]
    [[ $output == *README.md* ]]
}

# ---- Debian's packages; what comes of them, tests/package.sh looks at ----

@test "deb: between releases the version is later than the one before, with git's date" {
    local bin=$BATS_TEST_TMPDIR/bin
    type -P dpkg >/dev/null || missing 'no dpkg'
    repository
    packed "$TREE"
    mkdir "$bin"
    printf '%s\n' '#!/bin/sh' 'touch ../x.deb' >"$bin/dpkg-buildpackage"
    ln -s /bin/true "$bin/dh"
    chmod 755 "$bin/dpkg-buildpackage"
    PATH=$bin:$PATH "$TREE/contrib/deb.sh" "$TREE/build/ntpsync-$VERSION.tar.gz"
    cd "$TREE/build/deb/ntpsync-$VERSION"
    [ -x debian/rules ]
    run sed -n '1s/^ntpsync (\(.*\)) unstable; .*/\1/p; s/^ -- .*>  //p' debian/changelog
    [ "${lines[0]}" = "9.8.7+1.${VERSION##*-}-1" ]
    [ "${lines[1]}" = 'Tue, 14 Nov 2023 22:13:20 +0000' ]
    dpkg --compare-versions "${lines[0]}" gt 9.8.7-1
    dpkg --compare-versions "${lines[0]}" lt 9.8.8-1
}
