#!/bin/bash
# The drivers of bench/peers that are always built agree on a small CRL and print
# what tools/bench-peers reads; a wrong answer or a wrong signature is none.
#
#   good_peers.sh FOLDER_OF_DRIVERS REVSTAT_GEN
set -uo pipefail
export LC_ALL=C
drivers=$(realpath "$1")
gen=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0
fail() {
  ((++failures))
  echo "FAILED, line ${BASH_LINENO[0]}: $*" >&2
  cat out err >&2
}
# run STATUS DRIVER ARGUMENT...
run() {
  local expected=$1 driver=$2 status=0
  shift 2
  "$drivers/peer_$driver" "$@" >out 2>err || status=$?
  ((status == expected)) || fail "$driver $*: exit status $status, expected $expected"
}
# flip FILE OFFSET: the lowest bit of one octet.
flip() {
  local octet
  octet=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf '%b' "\\x$(printf %02x $((octet ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

ca=(--seed 1 --key rsa2048)
"$gen" crl "${ca[@]}" --entries 3000 --reasons 0.3 --out list.crl --ca-out ca.pem || exit 1
"$gen" certs "${ca[@]}" --count 1 --encoding der --out leaf.der || exit 1
openssl x509 -in ca.pem -outform DER -out ca.der || exit 1
run 0 questions list.crl ca.der 400 questions
# 24 octets a question, 400 at 1 % hits and 400 at 50 %.
(($(stat -c %s questions) == 2 * 400 * 24)) || fail "size of the questions"
listed() { od -An -v -tu1 -w24 "$1" | awk -v from="$2" 'NR > from && NR <= from + 400 { n += $1 } END { print n }'; }
(($(listed questions 0) < 20)) || fail "$(listed questions 0) of 400 are listed, expected some 4"
(($(listed questions 400) > 150 && $(listed questions 400) < 250)) ||
  fail "$(listed questions 400) of 400 are listed, expected some 200"

number='[0-9]+\.[0-9]+'
expected='^\{"peer":"[A-Za-z:_]+","version":"[0-9.]+","search":"[a-z ,]+","signature":"(not )?verified"'
expected+=",\"load_seconds\":$number,\"peak_bytes\":[0-9]{7,}"
expected+=",\"per_second_1\":$number,\"checked_1\":400,\"per_second_50\":$number,\"checked_50\":400\}\$"
cp questions wrong
flip wrong $((123 * 24)) # what the answer to one should be
cp list.crl broken.crl
flip broken.crl $(($(stat -c %s broken.crl) - 1)) # of the signature
for driver in revstat openssl flat_hash_set; do
  run 0 "$driver" list.crl ca.der leaf.der questions 0.2
  (($(wc -l <out) == 1)) || fail "$driver: not one line"
  grep -qE "$expected" out || fail "$driver: the line is not like $expected"
  ! grep -qE '"per_second_[0-9]+":0\.0' out || fail "$driver: a rate of 0"
  [[ ! -s err ]] || fail "$driver: something on standard error"

  run 2 "$driver" list.crl ca.der leaf.der wrong 0.2
  grep -q 'a wrong answer to question 123' err || fail "$driver: no message about the wrong answer"
  [[ ! -s out ]] || fail "$driver: figures in spite of a wrong answer"
  run 2 "$driver" list.crl ca.der leaf.der nowhere
  run 2 "$driver" nowhere ca.der leaf.der questions
  run 2 "$driver" list.crl
done
for driver in revstat openssl; do
  run 2 "$driver" broken.crl ca.der leaf.der questions 0.2
done
run 0 flat_hash_set broken.crl ca.der leaf.der questions 0.2
grep -q '"signature":"not verified"' out || fail "flat_hash_set does not say that it verifies nothing"
((failures == 0))
