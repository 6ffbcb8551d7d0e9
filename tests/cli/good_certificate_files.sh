#!/bin/bash
# Certificates in every form that a file can have: told apart by content.
source "$(dirname "$0")/harness.sh"
check() { run "$1" check "${sample[@]}" --format jsonl "${@:2}"; }
certs=("$active" "$revoked" "$data/certs/on_hold_0001.pem" "$data/certs/expired_0001.pem")
readonly all='active revoked on_hold expired'

check 0 "$active"
statuses active
[[ $(column input) == "$active" ]] || fail "a file of one certificate has no number"

to_der "$active" >misnamed.pem
check 0 misnamed.pem
statuses active
has out '"input":"misnamed.pem"'

for cert in "${certs[@]}"; do to_der "$cert"; done >several.der
check 1 several.der
statuses "$all"
has out '"input":"several.der:4"'

# Text around the blocks, CRLF, no line end at the end, a key, an encrypted key.
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl ec -in key.pem -aes128 -passout pass:x -out encrypted.pem 2>/dev/null
{
  echo 'Bag Attributes -- a comment'
  cat "${certs[0]}" key.pem
  openssl x509 -in "${certs[1]}" -text
  echo '# expired soon: ----'
  cat encrypted.pem "${certs[2]}"
  sed 's/$/\r/' "${certs[3]}" | head -c -2
} >bundle.txt
check 1 bundle.txt
statuses "$all"
quiet

cat "${certs[@]}" >bundle.pem
openssl crl2pkcs7 -nocrl -certfile bundle.pem -outform DER -out bundle.p7b
openssl crl2pkcs7 -nocrl -certfile bundle.pem -out bundle.p7
check 1 bundle.p7b
statuses "$all"
has out '"input":"bundle.p7b:4"'
check 1 bundle.p7
statuses "$all"

openssl x509 -in "$active" -trustout -addtrust serverAuth -out trusted.pem
check 0 trusted.pem
sed 's/CERTIFICATE/X509 CERTIFICATE/' "$active" >old_label.pem
check 0 old_label.pem

# The issuers and CRLs likewise: DER, PEM, bundles, PKCS#7.
cat "$data"/ca/*.pem >cas.pem
openssl crl2pkcs7 -nocrl -certfile cas.pem -outform DER -out cas.p7b
for crl in root issuing; do openssl crl -inform DER -in "$data/crl/$crl.crl"; done >crls.pem
to_der "$data/ca/issuing.pem" >issuing.der
run 1 check --trust cas.p7b --crl crls.pem --at "$at" --format jsonl "${certs[@]}"
statuses "$all"
run 1 check --trust issuing.der --crl "$data/crl/issuing.crl" --at "$at" --format jsonl "${certs[@]}"
statuses "$all"
# The same CRL twice is no mistake.
run 0 check "${sample[@]}" --crl "$data/crl/issuing.crl" --format jsonl "$active"
quiet
