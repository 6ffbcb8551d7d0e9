#!/bin/bash
# GOST R 34.10-2012 signatures (RFC 9215) from the command line, on PKIs made by
# openssl with the same module. Real ones: good_gost_examples.sh.
source "$(dirname "$0")/harness.sh"
have_gost || skip "no libengine-gost-openssl"

cat >ca.cnf <<'CNF'
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
authorityKeyIdentifier = keyid
[crls]
database = index.txt
crlnumber = number
crl_extensions = crlext
default_md = md_gost12_256
default_days = 30
default_crl_days = 30
[crlext]
authorityKeyIdentifier = keyid
CNF
gost() { openssl "$@" -engine gost 2>>openssl.txt || fail "openssl $1: $(tail -3 openssl.txt)"; }

# make NAME BITS PARAMETERS SUBJECT ISSUER: a key, and a certificate by the issuer.
make() {
  gost genpkey -algorithm "gost2012_$2" -pkeyopt "paramset:$3" -out "$1.key"
  if [[ $5 == "$1" ]]; then
    gost req -config ca.cnf -x509 -new -key "$1.key" -utf8 -subj "$4" -extensions ca -days 60 -out "$1.pem"
    return
  fi
  gost req -config ca.cnf -new -key "$1.key" -utf8 -subj "$4" -out request
  local kind=ca
  [[ $1 == leaf* ]] && kind=leaf
  gost x509 -req -in request -CA "$5.pem" -CAkey "$5.key" -set_serial "0x0${#1}ab" -days 30 \
    -extfile ca.cnf -extensions "$kind" -out "$1.pem"
}
# publish ISSUER BITS
publish() {
  echo 01 >number
  gost ca -config ca.cnf -name crls -gencrl -md "md_gost12_$2" -cert "$1.pem" -keyfile "$1.key" -out "$1.crl"
}

for bits in 256 512; do
  : >index.txt
  make "root$bits" "$bits" A "/CN=Root $bits" "root$bits"
  make "ca$bits" "$bits" B "/CN=CA $bits" "root$bits"
  make "leaf$bits" "$bits" C "/O=Пример/CN=leaf $bits" "ca$bits"
  publish "root$bits" "$bits"
  publish "ca$bits" "$bits"
  given=(--trust "root$bits.pem" --untrusted "ca$bits.pem" --crl "root$bits.crl" --format jsonl)

  run 0 verify "${given[@]}" --crl "ca$bits.crl" "leaf$bits.pem"
  has out '"valid":true'
  quiet
  run 0 check "${given[@]}" --crl "ca$bits.crl" "leaf$bits.pem"
  statuses active

  # Revoked in the next CRL.
  gost ca -config ca.cnf -name crls -cert "ca$bits.pem" -keyfile "ca$bits.key" \
    -revoke "leaf$bits.pem" -crl_reason superseded
  publish "ca$bits" "$bits"
  run 1 verify "${given[@]}" --crl "ca$bits.crl" "leaf$bits.pem"
  has out '"valid":false'
  run 1 check "${given[@]}" --crl "ca$bits.crl" "leaf$bits.pem"
  statuses revoked

  # A bit of a signature flipped: in the CRL, and in the certificate.
  openssl crl -in "ca$bits.crl" -outform DER | cat >good.der
  flip_last_bit good.der >flipped.der
  run 2 check "${given[@]}" --crl flipped.der "leaf$bits.pem"
  statuses unknown
  causes bad_signature
  to_der "leaf$bits.pem" >leaf.der
  flip_last_bit leaf.der >flipped.der
  run 1 verify "${given[@]}" --crl "ca$bits.crl" flipped.der
  has out 'certificate signature failure'
done

# The other kind's key never fits.
run 1 verify --trust root512.pem --untrusted ca256.pem --format jsonl leaf256.pem
has out '"valid":false'
