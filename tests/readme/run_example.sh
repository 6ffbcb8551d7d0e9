#!/bin/bash
# The README's example answers for the sample as its file names say.
set -euo pipefail
example=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl x509 -in "$data/ca/issuing.pem" -outform DER -out "$work/issuer.der"
expect() {
  local certificate=$1 expected=$2 answer
  openssl x509 -in "$data/certs/$certificate.pem" -outform DER -out "$work/certificate.der"
  answer=$("$example" "$work/issuer.der" "$data/crl/issuing.crl" "$work/certificate.der" 1780272000) || true
  [[ $answer == "$expected" ]] || { echo "$certificate: '$answer' instead of '$expected'"; exit 1; }
}
expect active_0001 "active "
expect revoked_superseded_0001 "revoked superseded"
expect on_hold_0001 "on_hold certificateHold"
expect expired_0001 "expired "
