#!/bin/bash
# Refused CRLs and issuers: a message that names the file, status 2, and their
# certificates are unknown with the cause; nothing else suffers.
source "$(dirname "$0")/harness.sh"
# bad CAUSE MESSAGE FILE: in place of the issuing CA's CRL; the root's serves on.
bad() {
  run 2 check --trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem" --crl "$3" --crl "$data/crl/root.crl" \
    --at "$at" --format jsonl "$active" "$revoked" "$data/ca/issuing.pem"
  statuses unknown unknown active
  causes "$1" "$1"
  has err "$3"
  has err "$2"
}
crl=$data/crl/issuing.crl
bad no_source 'No such file or directory' missing.crl
bad no_source 'no CRL in it' "$data/ca/issuing.pem"
: >empty.crl
bad no_source 'neither a certificate, a CRL' empty.crl
mkdir folder
bad no_source 'folder: no CRL in it' folder

flip_last_bit "$crl" >flipped.crl
bad bad_signature 'bad_signature' flipped.crl
openssl crl -inform DER -in flipped.crl -out flipped.pem
bad bad_signature 'bad_signature' flipped.pem
# One that serves beside one that is refused: still status 2.
run 2 check "${sample[@]}" --crl flipped.crl --format jsonl "$active" "$revoked"
statuses active revoked

# Of another CA; of one with the same name and another key.
"$gen" crl --out other.crl --ca-out other.pem --seed 99 --entries 3
bad no_source 'no_issuer' other.crl
"$gen" pki --out twin --seed 2026 --intermediate --key p384 --certs 1 --at "$at" >/dev/null
cmp -s <(openssl x509 -in twin/ca/issuing.pem -noout -subject) <(openssl x509 -in "$data/ca/issuing.pem" -noout -subject) ||
  fail "the twin has another name"
bad wrong_key 'twin/crl/issuing.crl' twin/crl/issuing.crl

for length in 5 100 $(($(wc -c <"$crl") - 1)); do
  head -c "$length" "$crl" >truncated.crl
  bad no_source 'truncated.crl: at octet 0: ' truncated.crl
done
openssl crl -inform DER -in "$crl" | head -c 200 >truncated.pem
bad no_source 'truncated.pem: at octet 0: ' truncated.pem
{ cat "$crl" && echo x; } >trailing.crl
bad no_source "at octet $(wc -c <"$crl"): " trailing.crl

# SHA-1 only where it is allowed.
"$gen" crl --out sha1.crl --ca-out sha1.pem --seed 5 --digest sha1 --entries 10
"$gen" certs --out leaf.pem --seed 5 --entries 10 --count 1 --hit-rate 0
run 2 check --trust sha1.pem --crl sha1.crl --at 2026-01-02T00:00:00Z --format jsonl leaf.pem
causes weak_algorithm
run 0 check --trust sha1.pem --crl sha1.crl --at 2026-01-02T00:00:00Z --allow-sha1 leaf.pem

# 4 GiB and more is refused by its size, before it is read.
truncate -s 4300M huge.crl
SECONDS=0
bad no_source 'too_large' huge.crl
((SECONDS < 10)) || fail "$SECONDS s"

# Issuers that cannot be read.
run 2 check "${sample[@]}" --trust missing.pem --format jsonl "$active"
statuses active
has err 'missing.pem'
run 2 check "${sample[@]}" --trust "$crl" --format jsonl "$active"
has err 'issuing.crl: no certificate in it'
run 2 check --trust "$crl" --at "$at" --format jsonl "$active"
causes no_issuer
