#!/bin/bash
# Makes the Debian packages, looks into them, and runs what is in them from a
# folder that they are unpacked into.
#
#   packages_test.sh BUILD DATA
set -euo pipefail
export LC_ALL=C
build=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  ((++failures))
}
for tool in cpack dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || {
    echo "skipped: no $tool"
    exit 0
  }
done

cd "$build"
cpack -G DEB -B "$work" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
package() { echo "$work/$1"_*.deb; }
field() { dpkg-deb --field "$(package "$1")" "$2"; }
# has PACKAGE PATH...: each is in it. names PACKAGE FIELD WORD...
has() {
  local name=$1 path
  shift
  dpkg-deb --contents "$(package "$name")" >"$work/contents"
  for path in "$@"; do
    grep -qE " \./usr/$path( ->.*)?$" "$work/contents" || fail "$name has no /usr/$path"
  done
  # Files belong to root, and nobody else may write them.
  awk '$2 != "root/root" || ($1 !~ /^l/ && $1 ~ /^.....w|^........w/)' "$work/contents" |
    grep . && fail "$name: owners or rights"
  return 0
}
names() {
  local name=$1 header=$2 word
  shift 2
  for word in "$@"; do
    [[ ", $(field "$name" "$header")," == *", $word"[,\ ]* ]] || fail "$name: $header lacks $word"
  done
}

(($(ls "$work"/*.deb | wc -l) == 3)) || fail "not three packages"
has librevstat0 'lib/.*librevstat.so.0' 'share/doc/librevstat0/copyright'
has librevstat-dev include/revstat/revstat.h include/revstat/engine/check/checker.h \
  'lib/.*librevstat.so' 'lib/.*librevstat.a' 'lib/.*pkgconfig/revstat.pc' \
  'lib/.*cmake/revstat/revstat-config.cmake' share/doc/librevstat-dev/GUIDE.md \
  share/doc/librevstat-dev/examples/check.c share/doc/librevstat-dev/examples/mtls_server.cc
has revstat bin/revstat bin/revstat-gen share/man/man1/revstat.1.gz \
  lib/systemd/system/revstat-refresh.service lib/sysusers.d/revstat.conf share/bash-completion/completions/revstat
dpkg-deb --info "$(package revstat)" postinst | grep -q 'systemd-sysusers revstat.conf' ||
  fail "revstat does not make its user"
dpkg-deb --info "$(package revstat)" postinst | grep -q 'deb-systemd-invoke restart revstat-refresh.service' ||
  fail "an upgrade leaves the old program running"
dpkg-deb --info "$(package revstat)" prerm | grep -q 'deb-systemd-invoke stop revstat-refresh.service' ||
  fail "a removal leaves the program running"
names librevstat0 Depends libc6 libssl3 liburcu8 libabsl20220623
names librevstat0 Recommends libcurl4
names revstat Depends libc6 libssl3 libcurl4 libsystemd0 systemd
names librevstat-dev Depends librevstat0 libabsl-dev libssl-dev
# Programs do not get the library with its headers, nor the other way round.
! dpkg-deb --contents "$(package revstat)" | grep -q librevstat || fail "revstat has the library"
dpkg-deb --info "$(package librevstat0)" shlibs | grep -qx 'librevstat 0 librevstat0 (>= .*)' ||
  fail "librevstat0 has no shlibs"

root=$work/root
for name in librevstat0 librevstat-dev revstat; do
  dpkg-deb --extract "$(package "$name")" "$root"
done
grep -qxF 'ExecStart=/usr/bin/revstat refresh --store /var/lib/revstat --sources /etc/revstat/sources.toml' \
  "$root/usr/lib/systemd/system/revstat-refresh.service" || fail "the unit names another program"
status=0
"$root/usr/bin/revstat" check --trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem" \
  --crl "$data/crl/root.crl" --crl "$data/crl/issuing.crl" --at 2026-06-01 --format csv \
  "$data/certs/active_0001.pem" >"$work/out" || status=$?
((status == 0)) && grep -q ',active,' "$work/out" || fail "revstat does not answer"
"$root/usr/bin/revstat-gen" --help >/dev/null || fail "revstat-gen does not run"

library=$(dirname "$(find "$root" -name librevstat.so)")
cat >"$work/version.c" <<'END'
#include <revstat/revstat.h>
#include <stdio.h>
int main(void) { return puts(revstat_version()) < 0; }
END
# The .pc file names where it lies, not /usr.
# shellcheck disable=SC2046 # each flag is a word
cc -o "$work/version" "$work/version.c" \
  $(PKG_CONFIG_PATH=$library/pkgconfig pkg-config --cflags --libs revstat)
[[ $(LD_LIBRARY_PATH=$library "$work/version") == "$(field librevstat0 Version)" ]] ||
  fail "another version"
exit $((failures > 0))
