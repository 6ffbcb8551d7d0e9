#!/bin/bash
# Shows that check_layers.sh can fail: a small good tree passes, and each rule
# broken in it gives exactly the expected line.
set -euo pipefail

check=$(realpath "$(dirname "${BASH_SOURCE[0]}")/check_layers.sh")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# lines COUNT: a file of so many lines.
lines() { seq -f '// %g' "$1"; }

# Makes the good tree afresh in ./tree.
make_good_tree() {
  rm -rf tree
  mkdir -p tree/engine/{base,der,check} tree/{tools,tests,bench}
  cat >tree/engine/CMakeLists.txt <<'END'
revstat_layer(base SOURCES bytes.cc)  # not: hidden.cc
revstat_layer(der
  SOURCES cursor.cc cursor.h
  DEPS revstat::base)
revstat_layer(check SOURCES check.cc DEPS revstat::der PRIVATE_DEPS revstat_warnings)
target_sources(revstat_check PRIVATE check/special.cc)
END
  echo '#include <vector>' >tree/engine/base/bytes.h
  printf '%s\n' '#include "engine/base/bytes.h"' '' '#include "absl/status/status.h"' \
    >tree/engine/base/bytes.cc
  echo '#include "engine/base/bytes.h"' >tree/engine/der/cursor.h
  echo '#include "engine/der/cursor.h"' >tree/engine/der/cursor.cc
  echo '#include "engine/der/cursor.h"' >tree/engine/check/check.cc
  echo '// uses a CPU feature' >tree/engine/check/special.cc
  echo '#include "engine/check/check.h"' >tree/engine/revstat.h
  echo '#include "engine/revstat.h"' >tree/tools/main.cc
  lines 450 >tree/tests/long_test.cc
}

# expect STATUS LINE: checks ./tree, whose output must have exactly this line.
expect() {
  local output status=0
  output=$("$check" tree 2>/dev/null) || status=$?
  if [[ $status != "$1" || $output != "$2" ]]; then
    printf 'expected status %s: %s\n     got status %s: %s\n' "$1" "$2" "$status" "$output"
    failures=$((failures + 1))
  fi
}

# breach FILE TEXT LINE: adds TEXT to FILE of the good tree and expects LINE.
breach() {
  make_good_tree
  mkdir -p "tree/$(dirname "$1")"
  printf '%s\n' "$2" >>"tree/$1"
  expect 1 "$3"
}

cd "$scratch"
make_good_tree
expect 0 '9 files keep the rules'

breach engine/base/bytes.cc '  #  include "engine/check/check.h"  // why' \
  'engine/base/bytes.cc:4: layer "base" must not include the higher layer "check": engine/check/check.h'
breach engine/base/bytes.h '#include <engine/der/cursor.h>' \
  'engine/base/bytes.h:2: layer "base" must not include the higher layer "der": engine/der/cursor.h'
breach engine/base/bytes.h '#include "../der/cursor.h"' \
  'engine/base/bytes.h:2: include by the path from the root, not by ../der/cursor.h'
breach engine/check/check.cc '#include "engine/revstat.h"' \
  'engine/check/check.cc:2: layer "check" must not include engine/revstat.h, which is above all layers'
breach engine/check/check.cc '#include "engine/extra/x.h"' \
  'engine/check/check.cc:2: "extra" is not in the list of layers: engine/extra/x.h'
for folder in tools bench tests; do
  breach engine/der/cursor.cc "#include \"$folder/x.h\"" \
    "engine/der/cursor.cc:2: the engine must not include $folder/x.h"
  breach engine/revstat.h "#include \"$folder/x.h\"" \
    "engine/revstat.h:2: the engine must not include $folder/x.h"
done
breach engine/extra/notes.txt 'a new folder' \
  "engine/extra:1: layer 'extra' is not in the list of layers"
for folder in engine tools bench tests; do
  breach "$folder/long.cc" "$(lines 451)" \
    "$folder/long.cc:451: the file is longer than 450 lines"
done
for name in orphan.cc orphan.h hidden.cc; do
  breach "engine/base/$name" '//' \
    "engine/base/$name:1: the file is not listed in engine/CMakeLists.txt"
done
breach engine/CMakeLists.txt 'revstat_layer(base SOURCES bytes.cc DEPS revstat::check)' \
  'engine/CMakeLists.txt:7: layer "base" must not link "check", which is not below it'

# Nothing to check is not a success.
make_good_tree
find tree -name '*.cc' -delete -o -name '*.h' -delete
expect 2 ''

((failures == 0)) && echo 'every rule can fail'
