#!/bin/bash
# Installs into an empty folder, moves that elsewhere, and builds and runs a
# project of someone else's against it: by CMake and by pkg-config, in C and in
# C++, with the shared and with the static library.
#
#   install_test.sh BUILD SOURCE FOLDER      FOLDER by tests/embed/run.sh
set -euo pipefail
export LC_ALL=C
build=$1 source=$2 sample=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
examples=$source/tools/examples
failures=0
fail() {
  echo "FAILED: $*"
  ((++failures))
}

cmake --install "$build" --prefix "$work/first" >"$work/log" || { cat "$work/log" && exit 1; }
mv "$work/first" "$work/moved"
tree=$work/moved
library=$(dirname "$(find "$tree" -name librevstat.so)")
export PKG_CONFIG_PATH=$library/pkgconfig

# Nothing names the tree that it was built in, or where it was first.
grep -rlF -e "$source" -e "$build" -e "$work" "$tree" --include='*.cmake' --include='*.pc' \
  --include='*.h' &&
  fail "these name a folder of this machine"
grep -qxF "ExecStart=$work/first/bin/revstat refresh --store /var/lib/revstat --sources /etc/revstat/sources.toml" \
  "$tree/lib/systemd/system/revstat-refresh.service" || fail "the unit names another program"
# DynamicUser puts the store below /var/lib/private, where no other user reads it.
grep -qx 'User=revstat' "$tree/lib/systemd/system/revstat-refresh.service" &&
  ! grep -q '^DynamicUser=' "$tree/lib/systemd/system/revstat-refresh.service" &&
  grep -q '^u revstat ' "$tree/lib/sysusers.d/revstat.conf" || fail "the service has no user of its own"
for file in "$tree"/bin/* "$library"/librevstat.so.0; do
  ! readelf -d "$file" | grep -E 'RPATH|RUNPATH' || fail "$file has an RPATH"
done
[[ $(readelf -d "$library/librevstat.so") == *"soname: [librevstat.so.0]"* ]] || fail "the soname"
for file in include/revstat/revstat.h include/revstat/engine/check/checker.h \
  share/man/man1/revstat.1.gz share/man/man1/revstat-gen.1.gz \
  share/bash-completion/completions/revstat; do
  [[ -s $tree/$file ]] || fail "no $file"
done
zcat "$tree/share/man/man1/revstat.1.gz" >"$work/page"
grep -qF "$build" "$work/page" && fail "the page names a folder of this machine"
for word in '.SH CHECK' '.SH STORE LIST' '\-\-store DIR'; do
  grep -qF -- "$word" "$work/page" || fail "the page has no '$word'"
done
[[ $("$tree/bin/revstat" --version) == "revstat "* ]] || fail "revstat does not run"
"$tree/bin/revstat-gen" --help >/dev/null || fail "revstat-gen does not run"


# By CMake.
cmake -G Ninja -S "$source/tests/install/consumer" -B "$work/consumer" -DEXAMPLES="$examples" \
  -DCMAKE_PREFIX_PATH="$tree" >"$work/log" 2>&1 &&
  cmake --build "$work/consumer" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
run_examples() { "$source/tests/embed/examples_test.sh" "$sample" "$@" || fail "$*"; }
run_examples -c "$work/consumer/c_shared" -c "$work/consumer/c_static" -b "$work/consumer/cc_static"
! ldd "$work/consumer/c_static" | grep -q librevstat || fail "c_static is not static"

plugin=$work/consumer/libcc_plugin.so
# Functions and types; constants that are templates, and what std makes of our
# enumerations, g++ shows all the same.
nm -D --defined-only "$plugin" | awk '$2 != "u" { print $3 }' >"$work/log"
! grep -E '^_Z(T[ISV])?NK?7revstat' "$work/log" && grep -qx plugin_watch "$work/log" ||
  fail "the plugin shows the engine"
"$work/consumer/c_loader" "$plugin" "$sample/store" || fail "the plugin does not open the store"
"$work/consumer/c_loader" "$plugin" /none/such >"$work/log" && fail "the plugin opens what is not there"
grep -q '/none/such' "$work/log" || fail "the plugin does not say why: $(cat "$work/log")"

# Where what the static library needs is not there: found without it.
without_engine() {
  cmake -G Ninja -S "$source/tests/install/without_engine" -B "$work/without_$1" -DMISSING="$1" \
    -DCMAKE_PREFIX_PATH="$tree" "${@:2}" >"$work/log" 2>&1 || fail "without $1: $(cat "$work/log")"
}
without_engine absl -DCMAKE_DISABLE_FIND_PACKAGE_absl=ON
PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=$work without_engine liburcu-bp

# By pkg-config.
# shellcheck disable=SC2046 # each flag is a word
{
  cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/pc_shared" "$examples/check.c" \
    $(pkg-config --cflags --libs revstat)
  cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/pc_openssl" "$examples/mtls_server.c" \
    "$examples/example_host.c" $(pkg-config --cflags --libs revstat libssl libcrypto)
  cc -std=c11 -o "$work/pc_static" "$examples/check.c" $(pkg-config --cflags --libs revstat-engine)
  c++ -std=c++20 -o "$work/pc_cc" "$examples/batch_validator.cc" \
    $(pkg-config --cflags --libs revstat-engine)
}
! ldd "$work/pc_static" | grep -q librevstat || fail "pc_static is not static"
LD_LIBRARY_PATH=$library run_examples -c "$work/pc_shared"
run_examples -c "$work/pc_static" -b "$work/pc_cc"
exit $((failures > 0))
