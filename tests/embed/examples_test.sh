#!/bin/bash
# Runs programs made of tools/examples/check.c (-c) and batch_validator.cc (-b)
# on the sample.
#
#   examples_test.sh FOLDER [-c "COMMAND"]... [-b "COMMAND"]...     FOLDER by run.sh
set -uo pipefail
export LC_ALL=C
sample=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  cat "$work/out" "$work/err"
  ((++failures))
}

# run STATUS COMMAND...: must end with this status.
run() {
  local expected=$1 status=0
  shift
  "$@" >"$work/out" 2>"$work/err" || status=$?
  ((status == expected)) || fail "$* ends with $status, expected $expected"
}
has() { grep -qF -- "$1" "$work/out" || fail "no '$1'"; }

check() {
  run 0 "$@" "$sample/store" 1780272000 "$sample/active_0001.der"
  has 'active_0001.der: active'
  run 1 "$@" "$sample/store" 1780272000 "$sample/active_0001.der" \
    "$sample/revoked_superseded_0001.der" /none/such
  has ': revoked superseded'
  has '"reason":"superseded"'
  has '/none/such: unknown the input could not be read'
  run 2 "$@" /none/such 1780272000 "$sample/active_0001.der"
}

# Bare serials: those that are listed, and the rest as active.
awk '{ ++n[$4] } END {
  print "revoked", n["revoked"]; print "on_hold", n["on_hold"]
  print "expired 0"; print "not_yet_valid 0"
  print "active", NR - n["revoked"] - n["on_hold"]; print "unknown 0" }' \
  "$sample/samples.txt" >"$work/counts"
awk '{ print $2, $3 }' "$sample/samples.txt" >"$work/list"

validate() {
  run 1 "$@" "$sample/store" 1780272000 <"$work/list"
  diff "$work/counts" "$work/out" || fail "other counts"
}

while getopts c:b: option; do
  read -ra command <<<"$OPTARG"
  if [[ $option == c ]]; then check "${command[@]}"; else validate "${command[@]}"; fi
done
exit $((failures > 0))
