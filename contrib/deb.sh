#!/bin/sh
# Packages for Debian and its kin, in build/deb, of a tarball of `make dist`.
#
#   contrib/deb.sh TARBALL          (make deb)
#
# contrib/debian becomes debian/, with a changelog of one entry: the version and
# the date are the tarball's, so that the same tarball makes the same packages.
# DEBFULLNAME and DEBEMAIL name who made them, if not the Maintainer.
set -eu
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C

for tool in dpkg-buildpackage dh; do
    command -v $tool >/dev/null || {
        echo "contrib/deb.sh: no $tool: sh setup.sh test" >&2
        exit 1
    }
done

tree=build/deb/$(basename "$1" .tar.gz)
rm -rf build/deb
mkdir -p build/deb
tar -xzf "$1" -C build/deb
cp -R "$tree/contrib/debian" "$tree/debian"
read -r version date <"$tree/.dist"

# 0.1.0-5-gabc is later than 0.1.0, and a hyphen begins Debian's own revision.
version=$(echo "$version" | sed 's/-/+/; s/-/./g')-1
maintainer=$(sed -n 's/^Maintainer: //p' "$tree/debian/control")
[ -z "${DEBEMAIL-}" ] || maintainer="${DEBFULLNAME-$DEBEMAIL} <$DEBEMAIL>"
cat >"$tree/debian/changelog" <<END
ntpsync ($version) unstable; urgency=medium

  * This version's packages; CHANGELOG.md tells what is new in it.

 -- $maintainer  $(date -u -R -d "@$date")
END

(cd "$tree" && dpkg-buildpackage -us -uc -b) >build/deb/log 2>&1 || {
    tail -n 40 build/deb/log >&2
    exit 1
}
ls build/deb/*.deb
