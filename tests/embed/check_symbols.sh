#!/bin/bash
# Fails where the symbols of librevstat.so are not those of the committed list,
# or not the functions of its header. A symbol that is gone or has changed its
# version breaks programs: then the soname has to change. A new one goes into
# the list.
#
#   check_symbols.sh LIBRARY LIST HEADER
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$1" | awk '{ print $2, $3 }' | sort >"$work/symbols"
diff "$2" "$work/symbols" || {
  echo "librevstat.so shows other symbols (>) than $2 announces (<)"
  exit 1
}
grep -oE '\brevstat_[a-z_]+\(' <(sed '/^ \*/d; /^\/\*/d; s|/\*.*||' "$3") | tr -d '(' | sort -u >"$work/header"
awk '$1 == "T" { sub(/@.*/, "", $2); print $2 }' "$2" | sort >"$work/listed"
diff "$work/header" "$work/listed" || {
  echo "$3 declares other functions (<) than the library shows (>)"
  exit 1
}
echo "$(wc -l <"$work/listed") functions"
