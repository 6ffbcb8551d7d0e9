#!/bin/bash
# Passes if FILE fails to compile for the reason its first line gives, and
# compiles without its bad line.
#
#   check.sh FILE COMPILER FLAG...
set -euo pipefail

file=$1
shift
expected=$(sed -n '1s|^// expect: ||p' "$file")
[[ -n $expected ]] || {
  echo "$file does not begin with '// expect: '"
  exit 1
}
"$@" -DREVSTAT_WITHOUT_BAD_LINE -fsyntax-only "$file" || {
  echo "$file does not compile without its bad line either"
  exit 1
}
if messages=$("$@" -fsyntax-only "$file" 2>&1); then
  echo "$file compiles"
  exit 1
fi
# g++ and clang++ name the same error in other words; WORDS may hold a '|'.
grep -qE -- "$expected" <<<"$messages" || {
  echo "$file fails, but not because of '$expected':"
  echo "$messages"
  exit 1
}
