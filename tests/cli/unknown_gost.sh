#!/bin/bash
# GOST certificates whose status no CRL tells, and GOST signatures that do not
# verify. Needs no GOST module but for the latter; what is said without it is
# tested in tests/verify/gost_test.cc.
source "$(dirname "$0")/harness.sh"
[[ -n $corpora && -d $corpora/gost/rfc9215 ]] || skip "no corpora"

# 1,134 certificates of CAs, their names in UTF-8.
# Of most of them the time has passed, which needs no CRL.
run 1 check --trust "$corpora/gost/rfc9215/gost2012-256-paramsetA.crt" --at 2026-06-01T00:00:00Z \
  --format jsonl "$corpora/gost/russian-ca/certs"
lines 1134 out
quiet
lacks out '"cause":"bad_input"'
lacks out '"status":"active"'
has out 'Москва'

# Withdrawn GOST R 34.10-2001 stays unsupported: the last arcs of the 2012
# signature algorithm (1.2.643.7.1.1.3.2) made into others.
file=$corpora/gost/rfc9215/gost2012-256-paramsetA
sed 's/\x2a\x85\x03\x07\x01\x01\x03\x02/\x2a\x85\x03\x07\x01\x01\x03\x09/g' "$file.crl" >other.crl
run 2 check --trust "$file.crt" --crl other.crl --at 2014-01-01T12:00:00Z --format jsonl "$file.crt"
statuses unknown
causes unsupported_algorithm
has err '1.2.643.7.1.1.3.9'

if have_gost; then
  flip_last_bit "$file.crl" >flipped.crl
  run 2 check --trust "$file.crt" --crl flipped.crl --at 2014-01-01T12:00:00Z --format jsonl "$file.crt"
  statuses unknown
  causes bad_signature
  has err 'flipped.crl: '
  has err bad_signature
fi
