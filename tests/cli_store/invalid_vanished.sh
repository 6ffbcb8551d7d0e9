#!/bin/bash
# A CRL that no longer lists a certificate that has not expired: reported, or
# refused, by ingest and refresh.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/../cli/harness.sh"

# --- two CRLs of a CA: of two certificates the second lists one ---
"$gen" crl --ca-out ca.pem --ca-key-out ca.key --entries 1 --out unused.crl
openssl req -new -key ca.key -subj /CN=leaf 2>/dev/null |
  openssl x509 -req -CA ca.pem -CAkey ca.key -set_serial 0x0a -days 36500 -out leaf.pem 2>/dev/null
cat >ca.cnf <<END
[ca]
default_ca = ca
database = index.txt
crlnumber = number
default_md = sha256
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
END
crl() { # FILE NUMBER SERIAL...
  local serial
  echo "0$2" >number
  for serial in "${@:3}"; do
    printf 'R\t350101000000Z\t260102030405Z,keyCompromise\t%s\tunknown\t/CN=%s\n' "$serial" "$serial"
  done >index.txt
  openssl ca -gencrl -config ca.cnf -cert ca.pem -keyfile ca.key -out new.pem \
    -crl_lastupdate "2026060${2}000000Z" -crl_nextupdate 20990101000000Z 2>/dev/null
  openssl crl -in new.pem -outform DER -out "$1"
}
crl one.crl 1 0A 0B
crl two.crl 2 0B

# --- ingest knows the store's certificates ---
run 0 ingest --store plain --trust ca.pem --at $at one.crl
run 0 ingest --store plain --strict --at $at two.crl # of nobody's certificate
quiet
for strict in '' --strict; do
  run 0 ingest --store "store$strict" --trust ca.pem --untrusted leaf.pem --at $at one.crl
done
run 0 ingest --store store --at $at two.crl
has err 'two.crl: taken in, but a revoked certificate is listed no longer'
run 2 ingest --store store--strict --strict --at $at two.crl
has err 'two.crl: '
has err 'serial 0a'
has err '[vanished]'

# --- refresh knows those of the block ---
printf '[[issuer]]\nname = "ca"\ntrust = ["ca.pem"]\ncertificates = ["leaf.pem"]\n' >sources.toml
printf 'crl_urls = ["file://%s/served.crl"]\n' "$work" >>sources.toml
refresh() { run "$1" refresh --store refreshed --sources sources.toml --once "${@:2}"; }
cp one.crl served.crl
refresh 0
cp two.crl served.crl
refresh 0 --refuse-vanished
has out '"event":"refused"'
has out '"error":"vanished"'
refresh 0
has out '"event":"odd"'
has out '"error":"vanished"'
has out '"gone":1,"gone_too_early":1,'
