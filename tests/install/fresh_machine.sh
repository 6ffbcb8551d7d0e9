#!/bin/bash
# Installs the Debian packages on a fresh Debian 12 and uses them there: the
# programs, the service's user, the man pages, C and C++ programs of others; then
# upgrades, removes and purges them. By hand, as root, before a release: it
# downloads some 300 MB, so no test calls it.
#
#   tests/install/fresh_machine.sh BUILD
#
# BUILD is a tree of the release preset. The Debian is made by debootstrap in a
# folder below ${TMPDIR:-/tmp}, from the mirror in $REVSTAT_MIRROR, or else the
# one that this machine's apt uses; $REVSTAT_FRESH_BASE may name a folder that
# debootstrap has made before, to be copied instead.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
fail() {
  echo "FAILED: $*"
  exit 1
}
step() { echo "--- $*"; }

# --- on the fresh machine: $1 is /fresh, with packages, data and examples ---

apt_get() { apt-get -qq -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false -y "$@" >/tmp/apt.log 2>&1 ||
  { tail -n 30 /tmp/apt.log; fail "apt-get $*"; }; }
# exits STATUS COMMAND...
exits() {
  local expected=$1 status=0
  shift
  "$@" >/tmp/out 2>&1 || status=$?
  ((status == expected)) || { cat /tmp/out; fail "$* ends with $status, expected $expected"; }
}
has() { grep -qF -- "$1" /tmp/out || { cat /tmp/out; fail "no '$1'"; }; }

use_programs() {
  local ca=(--trust data/ca/root.pem --trust data/ca/issuing.pem
    --crl data/crl/root.crl --crl data/crl/issuing.crl --at 2026-06-01)
  exits 0 revstat --version
  exits 0 revstat check "${ca[@]}" data/certs/active_0001.pem
  has active
  exits 1 revstat check "${ca[@]}" --format jsonl data/certs
  has '"reason":"keyCompromise"'
  exits 0 revstat ingest --store /tmp/store --trust data/ca/root.pem --trust data/ca/issuing.pem \
    --at 2026-06-01 data/crl/root.crl data/crl/issuing.crl
  exits 0 revstat-gen pki --out /tmp/pki --seed 1
}
use_service() {
  exits 0 getent passwd revstat
  has /var/lib/revstat
  exits 0 systemd-analyze verify /usr/lib/systemd/system/revstat-refresh.service
  [[ ! -s /tmp/out ]] || fail "the unit: $(cat /tmp/out)"
}
read_pages() {
  apt_get install man-db
  exits 0 man -P cat revstat
  has 'revstat check'
  exits 0 man -P cat revstat-gen
}
build_programs() {
  apt_get install gcc g++ cmake make pkg-config
  local flags
  read -ra flags <<<"$(pkg-config --cflags --libs revstat)"
  exits 0 gcc -o /tmp/check examples/check.c "${flags[@]}"
  openssl_to_der data/certs/active_0001.pem >/tmp/active.der
  exits 0 /tmp/check /tmp/store 1780272000 /tmp/active.der
  has ': active'
  exits 0 cmake -S consumer -B /tmp/consumer -DEXAMPLES="$PWD/examples"
  exits 0 cmake --build /tmp/consumer
  exits 0 /tmp/consumer/c_static /tmp/store 1780272000 /tmp/active.der
  has ': active'
}
openssl_to_der() { grep -v -- '-----' "$1" | base64 -d; }
# Nothing but the user's line, which Debian's packages leave, too.
expect_gone() {
  find / -xdev -name '*revstat*' -not -path '/fresh/*' -not -path '/tmp/*' -not -path '/proc/*' \
    -not -path '/var/cache/man/*' >/tmp/out # the last are man's own
  [[ ! -s /tmp/out ]] || { cat /tmp/out; fail "these were left"; }
}

inside() {
  cd /fresh
  apt_get update
  step "apt-get install"
  apt_get install ./packages/*.deb
  exits 0 dpkg --audit
  [[ ! -s /tmp/out ]] || fail "$(cat /tmp/out)"
  ldconfig -p | grep -q 'librevstat.so.0' || fail "ldconfig does not know the library"
  step "programs, service, man pages" && use_programs && use_service && read_pages
  step "programs of others" && build_programs
  step "dpkg -i over itself"
  exits 0 dpkg -i packages/*.deb
  use_programs && use_service
  step "upgrade, and back"
  mkdir -p /run/systemd/system # as where systemd runs
  exits 0 dpkg -i newer/*.deb
  exits 0 cat /tmp/policy
  has "revstat-refresh.service restart"
  [[ $(dpkg-query -W -f '${Version}' revstat) == *+1 ]] || fail "not upgraded"
  use_programs && use_service
  apt_get install --allow-downgrades ./packages/*.deb
  step "remove, install, purge"
  apt_get remove revstat librevstat-dev librevstat0
  exits 0 cat /tmp/policy
  has "revstat-refresh.service stop"
  rmdir /run/systemd/system
  [[ ! -e /usr/bin/revstat && ! -e /usr/include/revstat ]] || fail "it is there after its removal"
  apt_get install ./packages/*.deb
  use_programs
  apt_get purge revstat librevstat-dev librevstat0
  expect_gone
}

# --- on this machine ---

# The same packages with a later version.
make_newer() {
  local package tree
  mkdir -p "$root/fresh/newer"
  for package in "$root"/fresh/packages/*.deb; do
    tree=$work/tree
    rm -rf "$tree"
    dpkg-deb --raw-extract "$package" "$tree"
    local version
    version=$(dpkg-deb --field "$package" Version)
    sed -i "s/^Version: .*/&+1/; s/(= $version)/(= $version+1)/" "$tree/DEBIAN/control"
    dpkg-deb --root-owner-group --build "$tree" "$root/fresh/newer" >/dev/null
  done
}

outside() {
  local build source mirror
  build=$(realpath "$1") source=$(realpath "$(dirname "$0")/../..")
  work=$(mktemp -d --tmpdir revstat-fresh-XXXXXX)
  root=$work/root
  # Mounts are this script's own (unshare), and end with it.
  trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
  step "packages"
  (cd "$build" && cpack -G DEB -B "$work/packages" >"$work/log" 2>&1) || { cat "$work/log"; fail cpack; }
  # shellcheck disable=SC2016 # not the shell's
  mirror=${REVSTAT_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)}
  if [[ -n ${REVSTAT_FRESH_BASE-} ]]; then
    cp -a "$REVSTAT_FRESH_BASE" "$root"
  else
    step "debootstrap"
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/log" 2>&1 ||
      { tail -n 5 "$work/log"; fail debootstrap; }
  fi
  echo "deb $mirror bookworm main" >"$root/etc/apt/sources.list"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  # Start no service; /tmp/policy tells what was wanted.
  printf '#!/bin/sh\necho "$*" >>/tmp/policy\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  mkdir -p "$root/fresh/packages"
  cp "$work"/packages/*.deb "$root/fresh/packages"
  cp -r "$source/data" "$source/tools/examples" "$source/tests/install/consumer" "$0" "$root/fresh"
  make_newer
  mount -t proc proc "$root/proc"
  chroot "$root" bash "/fresh/$(basename "$0")" --inside
  echo "the packages install, run, upgrade and go"
}

if [[ ${1-} == --inside ]]; then
  inside
elif ((EUID == 0)) && command -v debootstrap cpack unshare >/dev/null && (($# == 1)); then
  [[ -n ${REVSTAT_UNSHARED-} ]] || REVSTAT_UNSHARED=1 exec unshare --mount "$0" "$@"
  outside "$1"
else
  sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
  echo "It needs root, debootstrap, cpack and unshare."
  exit 2
fi
