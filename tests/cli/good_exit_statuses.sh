#!/bin/bash
# 0 all active; 1 one is not; 3 else one is unknown; 2 wrong usage or input.
source "$(dirname "$0")/harness.sh"
cert() { echo "$data/certs/$1_0001.pem"; }
unknown=$data/ca/root.pem
check() { run "$1" check --trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem" \
  --crl "$data/crl/issuing.crl" --at "$at" --format csv "${@:2}"; }

check 0 "$active"
check 0 "$active" "$(cert active)"
for kind in revoked_keyCompromise revoked_expired on_hold on_hold_expired expired not_yet_valid; do
  check 1 "$(cert $kind)"
  check 1 "$active" "$(cert $kind)"
  check 1 "$(cert $kind)" "$unknown" "$active"
done
check 3 "$unknown"
has out ',no_source,'
check 3 "$active" "$unknown"
check 3 "$unknown" "$active"
check 2 missing.pem
check 2 "$active" missing.pem
check 2 "$revoked" missing.pem
check 2 missing.pem "$revoked" "$unknown"
lines 4 out
# A refused CRL or issuer is an input that could not be read.
check 2 "$active" --crl missing.crl
check 2 "$revoked" --trust missing.pem
has out ',revoked,'
# The summary and the formats do not change it.
run 3 check --trust "$data/ca/root.pem" --at "$at" "$unknown"
run 3 check --trust "$data/ca/root.pem" --at "$at" --format jsonl "$unknown"
