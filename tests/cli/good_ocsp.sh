#!/bin/bash
# OCSP responses made by `openssl ocsp`: verified alone, and beside CRLs.
source "$(dirname "$0")/harness.sh"

# --- a CA with three certificates and a responder ---
quietly() { "$@" >openssl.log 2>&1 || fail "openssl: $(tail -3 openssl.log)"; }
new_key() { quietly openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
# issue NAME SERIAL EXTENSIONS: a certificate by ca.
issue() {
  new_key "$1"
  quietly openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  quietly openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "$2" -days 3650 \
    -out "$1.pem" -extfile <(printf '%b' "$3")
}
new_key ca
quietly openssl req -x509 -new -key ca.key -subj "/CN=Test CA" -days 3650 -out ca.pem \
  -addext "keyUsage=critical,keyCertSign,cRLSign"
issue good 0x1001 'keyUsage=digitalSignature\n'
issue revoked 0x1002 'keyUsage=digitalSignature\ntlsfeature=status_request\n'
issue held 0x1003 'keyUsage=digitalSignature\n'
issue stranger 0x1004 'keyUsage=digitalSignature\n'
issue responder 0x1005 'extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n'
issue plain 0x1006 'keyUsage=digitalSignature\n'
printf '%s\t%s\t%s\t%s\tunknown\t/CN=x\n' \
  V 360101000000Z '' 1001 \
  R 360101000000Z 260101000000Z,keyCompromise 1002 \
  R 360101000000Z 260101000000Z,certificateHold 1003 >index.txt

# answer NAME SIGNER OPTION...: NAME.ocsp, about NAME.pem.
answer() {
  local name=$1 signer=$2
  shift 2
  quietly openssl ocsp -issuer ca.pem -cert "$name.pem" -reqout "$name.req" "$@"
  quietly openssl ocsp -index index.txt -CA ca.pem -rsigner "$signer.pem" -rkey "$signer.key" \
    -reqin "$name.req" -respout "$name.ocsp" -ndays 7
}
for name in good revoked held stranger; do answer "$name" responder -no_nonce; done

# --- ocsp verify ---
ocsp() { local status=$1 name=$2; shift 2; run "$status" ocsp verify "$name.ocsp" --issuer ca.pem "$@"; }
ocsp 0 good --cert good.pem
matches out '^status +active$'
has out '(delegate)'
ocsp 0 good --serial 10:01 --format jsonl
statuses active
has out '"source":{"kind":"ocsp","issuer":"CN=Test CA","responder":"CN=responder","produced_at":"'
ocsp 1 revoked --cert revoked.pem --format jsonl
statuses revoked
has out '"reason":"keyCompromise","revocation_time":"2026-01-01T00:00:00Z"'
ocsp 1 held --cert held.pem --format jsonl
statuses on_hold
ocsp 3 stranger --cert stranger.pem --format jsonl
causes responder_unknown
ocsp 3 good --cert revoked.pem --format jsonl
causes not_answered
run 3 ocsp verify good.ocsp --issuer plain.pem --cert good.pem --format jsonl
causes wrong_key
has out 'wrong_issuer'
run 3 ocsp verify good.ocsp --issuer plain.pem --serial 1001 --format jsonl
causes other_issuer_answered
# The same serial, by a CA with another name, or with the same name and another
# key: the response is not about them.
for name in 'Other CA' 'Test CA'; do
  new_key other
  quietly openssl req -x509 -new -key other.key -subj "/CN=$name" -days 3650 -out other.pem
  quietly openssl req -new -key good.key -subj "/CN=other good" -out othergood.csr
  quietly openssl x509 -req -in othergood.csr -CA other.pem -CAkey other.key -set_serial 0x1001 \
    -days 3650 -out othergood.pem
  ocsp 3 good --cert othergood.pem --format jsonl
  statuses unknown
  causes wrong_key
  has out 'wrong_issuer'
done
cat ca.pem other.pem >issuers.pem
run 0 ocsp verify good.ocsp --issuer issuers.pem --cert good.pem
# One certificate is asked about, and not the first of some.
cat good.pem revoked.pem >both.pem
ocsp 2 good --cert both.pem
has err 'one is asked about'
ocsp 3 good --cert good.pem --at 2030-01-01 --format jsonl
causes stale
ocsp 0 good --cert good.pem --at 2030-01-01 --ignore-next-update
# A revocation is believed when it is old.
ocsp 1 revoked --cert revoked.pem --at 2030-01-01

# --- signers ---
answer good ca -no_nonce
ocsp 0 good --cert good.pem
has out '(issuer)'
ocsp 3 good --serial 1001 --at 2026-01-02 --format jsonl
causes not_yet_current
# Not before it was revoked; then whenever the response is from.
answer revoked ca -no_nonce
ocsp 3 revoked --serial 1002 --at 2025-12-31 --format jsonl
causes revoked_later
ocsp 1 revoked --serial 1002 --at 2026-01-02
answer good plain -no_nonce
ocsp 3 good --cert good.pem --format jsonl
causes ocsp_signing_missing
ocsp 0 good --cert good.pem --trust-responder plain.pem
has out '(trusted)'
answer good responder -no_nonce
flip_last_bit good.ocsp >bent.ocsp # of the responder's certificate
run 3 ocsp verify bent.ocsp --issuer ca.pem --cert good.pem --format jsonl
causes responder_not_delegated

# --- nonces ---
ocsp 3 good --cert good.pem --nonce 0102 --format jsonl
causes nonce_missing
answer good responder -nonce
nonce=$("$revstat" inspect --format jsonl good.req | grep -oE '"nonce":"[0-9a-f]+"' | cut -d'"' -f4)
ocsp 0 good --cert good.pem --nonce "$nonce"
ocsp 3 good --cert good.pem --nonce "${nonce%??}00ff" --format jsonl
causes nonce_mismatch

# --- usage ---
run 0 ocsp verify --help
has out 'revstat ocsp verify server.ocsp'
run 2 ocsp
run 2 ocsp verify good.ocsp --issuer ca.pem
run 2 ocsp verify good.ocsp --issuer ca.pem --cert good.pem --serial 1
run 2 ocsp verify good.pem --issuer ca.pem --cert good.pem
has err 'no OCSP response in it'
for nonce in xy '' "$(printf '%0258d' 0)"; do
  run 2 ocsp verify good.ocsp --issuer ca.pem --cert good.pem --nonce "$nonce"
  has err '1 to 128 octets'
done
run 2 ocsp verify good.ocsp --issuer ca.pem --cert good.pem --nonce=
head -c 100 good.ocsp >cut.ocsp
run 2 ocsp verify cut.ocsp --issuer ca.pem --cert good.pem

# --- check and verify ---
trust=(--trust ca.pem)
run 3 check "${trust[@]}" --format jsonl good.pem
causes no_source
run 0 check "${trust[@]}" --ocsp good.ocsp --format jsonl good.pem
statuses active
has out '"source":{"kind":"ocsp"'
{
  echo "-----BEGIN OCSP RESPONSE-----"
  base64 revoked.ocsp
  echo "-----END OCSP RESPONSE-----"
} >revoked.pem.ocsp
run 1 check "${trust[@]}" --ocsp good.ocsp --ocsp revoked.pem.ocsp --ocsp stranger.ocsp \
  --format jsonl good.pem revoked.pem stranger.pem held.pem
statuses active revoked unknown unknown
causes responder_unknown no_source
has out '"must_staple":true'
run 0 verify "${trust[@]}" --ocsp good.ocsp --format jsonl good.pem
has out '"valid":true'
has out '"kind":"ocsp"'
run 1 verify "${trust[@]}" --ocsp revoked.ocsp revoked.pem
has out 'is revoked: keyCompromise'

# --- a list ---
issuer=$(sha256_of_certificate ca.pem)
{
  echo issuer,serial
  for serial in 1001 1002 1004 1003; do echo "$issuer,$serial"; done
} >list.csv
run 1 check "${trust[@]}" --ocsp good.ocsp --ocsp revoked.ocsp --ocsp stranger.ocsp \
  --format jsonl list.csv
statuses active revoked unknown unknown
causes responder_unknown no_source
has out '"source":{"kind":"ocsp","issuer":"CN=Test CA"'
run 1 check "${trust[@]}" --ocsp good.ocsp --ocsp revoked.ocsp --format csv list.csv
lines 5 out
# One response about several certificates.
quietly openssl ocsp -issuer ca.pem -serial 0x1001 -serial 0x1002 -serial 0x1003 -no_nonce \
  -reqout several.req
quietly openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key \
  -reqin several.req -respout several.ocsp -ndays 7
run 1 check "${trust[@]}" --ocsp several.ocsp --format jsonl list.csv
statuses active revoked unknown on_hold

# One that is not believed is named, whatever else answers.
answer held plain -no_nonce
run 3 check "${trust[@]}" --ocsp good.ocsp --ocsp held.ocsp --format jsonl list.csv
statuses active unknown unknown unknown
lines 1 err
has err "revstat: held.ocsp: the responder's certificate lacks id-kp-OCSPSigning: CN=plain"
# Signed by another key of the CA's name; two rows ask for it.
quietly openssl ocsp -index index.txt -CA ca.pem -rsigner other.pem -rkey other.key \
  -reqin several.req -respout forged.ocsp -ndays 7
run 3 check "${trust[@]}" --ocsp forged.ocsp --format jsonl list.csv
lines 1 err
has err 'revstat: forged.ocsp: '
run 3 verify "${trust[@]}" --ocsp forged.ocsp good.pem
lines 1 err
has err 'revstat: forged.ocsp: '
# One that nobody asks for, or that is late, is not refused.
run 0 check "${trust[@]}" --ocsp good.ocsp --ocsp held.ocsp --format jsonl good.pem
quiet
run 3 check "${trust[@]}" --ocsp good.ocsp --at 2036-01-01 --format jsonl good.pem
quiet

# --- a handshake ---
: >nothing
run 0 verify "${trust[@]}" --stapled good.ocsp --format jsonl good.pem
has out '"valid":true'
has out '"source":{"kind":"ocsp","issuer":"CN=Test CA","responder":"'
lacks out staple_missing
run 3 verify "${trust[@]}" --stapled nothing --format jsonl good.pem
has out '"cause":"no_source"'
run 0 verify "${trust[@]}" --stapled nothing --ocsp good.ocsp good.pem
# A certificate that demands a response.
issue demanding 0x1007 'keyUsage=digitalSignature\ntlsfeature=status_request\n'
printf 'V\t360101000000Z\t\t1007\tunknown\t/CN=demanding\n' >>index.txt
answer demanding ca -no_nonce
run 0 verify "${trust[@]}" --stapled demanding.ocsp --format jsonl demanding.pem
has out '"must_staple":true'
lacks out staple_missing
for stapled in nothing good.ocsp; do
  run 1 verify "${trust[@]}" --stapled "$stapled" --ocsp demanding.ocsp --format jsonl demanding.pem
  has out '"staple_missing":true'
  has out '"valid":false,"error":"CN=demanding demands a stapled OCSP response'
done
run 0 verify "${trust[@]}" --ocsp demanding.ocsp demanding.pem
# What is held and lists the certificate counts against an older response.
run 1 verify "${trust[@]}" --stapled good.ocsp --ocsp revoked.ocsp revoked.pem
has err 'good.ocsp: it is not about serial'
run 2 verify "${trust[@]}" --stapled good.pem good.pem
run 2 verify "${trust[@]}" --stapled missing.ocsp good.pem

# --- beside a CRL that says the contrary ---
cat >ca.conf <<'END'
[ca]
default_ca=a
[a]
database=crl.txt
default_md=sha256
crlnumber=number
END
printf 'R\t360101000000Z\t260101000000Z,superseded\t1001\tunknown\t/CN=good\n' >crl.txt
echo 01 >number
quietly openssl ca -config ca.conf -gencrl -keyfile ca.key -cert ca.pem -crldays 7 -out ca.crl
both=("${trust[@]}" --crl ca.crl --ocsp good.ocsp --format jsonl good.pem)
for policy in prefer_crl prefer_ocsp both; do
  run 1 check --policy "$policy" "${both[@]}"
  statuses revoked
  has out '"contradiction":true'
  has err 'contradict each other about 1 certificate:'
done
run 0 check --policy ocsp_only "${both[@]}"
run 1 check --policy crl-only "${both[@]}"
lacks out contradiction
run 3 check --policy both "${trust[@]}" --crl ca.crl --format jsonl held.pem
run 2 check --policy any "${both[@]}"
run 2 check "${trust[@]}" good.ocsp
has err 'give it with --ocsp'

# --- inspect ---
run 0 inspect good.ocsp good.req
has out 'CN=responder'
has out 'good, '
run 0 inspect --format jsonl revoked.ocsp
has out '"status":"revoked"'
