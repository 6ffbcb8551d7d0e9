#!/bin/bash
# What a CRL that is not current can prove, and what it cannot.
source "$(dirname "$0")/harness.sh"
check() { run "$1" check "${evidence[@]}" --format jsonl "${@:2}" "$active" "$revoked"; }

check 1 --at 2026-06-01T00:00:00Z
statuses active revoked
check 1 --at 2027-06-02T00:00:00Z
statuses unknown revoked
causes stale
has out '"next_update":"2027-06-01T00:00:00Z"'
check 1 --at 2027-06-02T00:00:00Z --ignore-next-update
statuses active revoked
check 1 --at 2027-06-01T00:01:00Z --clock-skew 60
statuses active revoked
check 1 --at 2027-06-01T00:01:01Z --clock-skew 60
statuses unknown revoked
check 1 --at 2026-06-01T00:10:01Z --max-age 600
statuses unknown revoked
causes stale
check 1 --at 2026-06-01T00:10:00Z --max-age 600
statuses active revoked
check 1 --at 2026-05-31T23:59:59Z
statuses unknown revoked
causes not_yet_current
# Before it was revoked, on 2026-05-06.
check 3 --at 2026-05-01T00:00:00Z
statuses unknown unknown
# Expired is certain without any source, but does not hide a revocation.
run 1 check --trust "$data/ca/issuing.pem" --at 2029-01-01T00:00:00Z --format jsonl "$active"
statuses expired
check 1 --at 2029-01-01T00:00:00Z
statuses expired revoked
# No CRL; no issuer; only another CA's CRL.
run 3 check --trust "$data/ca/issuing.pem" --at "$at" --format jsonl "$active"
causes no_source
run 3 check --trust "$data/ca/root.pem" --at "$at" --format jsonl "$active"
causes no_issuer
run 3 check --trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem" --crl "$data/crl/root.crl" --at "$at" \
  --format jsonl "$active"
causes no_source
lacks out '"source"'
