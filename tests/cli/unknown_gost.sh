#!/bin/bash
# Certificates and CRLs with GOST R 34.10-2012 signatures, which are not
# supported yet: their status is unknown, and why is said.
source "$(dirname "$0")/harness.sh"
[[ -n $corpora && -d $corpora/gost/rfc9215 ]] || skip "no corpora"
for name in gost2012-256-paramsetA gost2012-256-testparamset gost2012-512-testparamset; do
  file=$corpora/gost/rfc9215/$name
  run 2 check --trust "$file.crt" --crl "$file.crl" --at 2014-01-01T12:00:00Z --format jsonl "$file.crt"
  statuses unknown
  causes unsupported_algorithm
  has err "$name.crl: "
  has err unsupported_algorithm
done

# 1,134 certificates of CAs, their names in UTF-8.
# Of most of them the time has passed, which needs no CRL.
run 1 check --trust "$corpora/gost/rfc9215/gost2012-256-paramsetA.crt" --at 2026-06-01T00:00:00Z \
  --format jsonl "$corpora/gost/russian-ca/certs"
lines 1134 out
quiet
lacks out '"cause":"bad_input"'
lacks out '"status":"active"'
has out 'Москва'
