#!/bin/bash
# GOST R 34.10-2012 signatures (RFC 9215) of the worked examples of the RFC's
# draft, and what inspect shows of Russian CAs.
source "$(dirname "$0")/harness.sh"
[[ -n $corpora && -d $corpora/gost/rfc9215 ]] || skip "no corpora"
have_gost || skip "no libengine-gost-openssl"

for name in gost2012-256-paramsetA gost2012-256-testparamset gost2012-512-testparamset; do
  file=$corpora/gost/rfc9215/$name
  given=(--trust "$file.crt" --crl "$file.crl" --at 2014-01-01T12:00:00Z --format jsonl "$file.crt")
  run 0 check "${given[@]}"
  statuses active
  quiet
  run 0 verify "${given[@]}"
  has out '"valid":true'
  quiet
  run 0 inspect "$file.crl"
  has out 'id-tc26-signwithdigest-gost3410-12-'
  lacks out unsupported
done

# A CA's identifiers by name (RFC 9215 5.1).
run 0 inspect "$corpora/gost/russian-ca/certs/00046c805bf8fc2f.crt"
matches out 'INN 003123304163$'
matches out 'OGRN 1123123012440$'
run 0 inspect --format jsonl "$corpora/gost/russian-ca/certs/002ab9306b2f9a23.crt"
has out '"subject_identifiers":[{"INNLE":"7729510210"},{"OGRN":"1047796526546"}]'
