#!/bin/bash
# Inputs that are no certificates, or damaged: a message with file and octet, a
# row of their own, status 2; the others are answered.
source "$(dirname "$0")/harness.sh"
# bad MESSAGE FILE
bad() {
  run 2 check "${sample[@]}" --format jsonl "$active" "$2" "$revoked"
  [[ $(column status | xargs) == 'active '*' revoked' ]] || fail "the others are not answered"
  has out '"status":"unknown","cause":"bad_input"'
  has err "revstat: $2"
  has err "$1"
}
bad 'No such file or directory' missing.pem
: >empty.pem
bad 'is empty' empty.pem
echo 'hello' >words.txt
bad 'neither a certificate' words.txt
head -c 70000 /dev/zero >zeros
bad 'neither a certificate' zeros
bad 'is a CRL, not a certificate; give it with --crl' "$data/crl/root.crl"

# What is taken for a certificate.
openssl pkcs12 -export -nokeys -in "$active" -passout pass:x -out id.p12
bad 'is a PKCS#12: take its certificates out with ' id.p12
has err 'openssl pkcs12 -nokeys'
openssl ecparam -name prime256v1 -genkey -out key.pem
bad 'a private key, not a certificate' key.pem
openssl ec -in key.pem -pubout -out public.pem 2>/dev/null
bad 'a public key, not a certificate' public.pem
openssl req -new -key key.pem -subj /CN=x -out request.pem
bad 'a certificate request, not a certificate' request.pem
openssl crl -inform DER -in "$data/crl/root.crl" -out crl.pem
bad 'is a CRL, not a certificate; give it with --crl' crl.pem
iconv -f UTF-8 -t UTF-16 "$active" >utf16.pem
bad 'is text in UTF-16; save it in UTF-8' utf16.pem

to_der "$active" >good.der
size=$(wc -c <good.der)
for length in 1 2 5 100 $((size - 1)); do
  head -c "$length" good.der >truncated.der
  if ((length < 100)); then
    bad 'neither a certificate' truncated.der
  else
    bad 'truncated.der: at octet 0: ' truncated.der
  fi
done
{ cat good.der && head -c 100 good.der; } >second_truncated.der
bad "second_truncated.der:2: at octet $size: " second_truncated.der
{ cat good.der && echo; } >trailing.der
bad "at octet $size: nothing from here on is read: " trailing.der
# Damaged inside: its octet counts from the start of the certificate.
{ head -c 13 good.der && printf '\x04' && tail -c +15 good.der; } >damaged.der
bad 'another tag stands here (octet 13)' damaged.der
# A name whose text is not UTF-8 still makes JSON.
{ head -c 60 good.der && printf '\xff\xff\xff\xff' && tail -c +65 good.der; } >not_utf8.der
run 3 check "${sample[@]}" --format jsonl not_utf8.der
iconv -f UTF-8 -t UTF-8 out >/dev/null || fail "the JSON is not UTF-8"
run 3 check "${sample[@]}" --format csv not_utf8.der
# Indefinite length.
{ printf '\x30\x80' && tail -c +5 good.der && printf '\0\0'; } >indefinite.der
bad 'indefinite_length' indefinite.der

head -c 300 "$active" >truncated.pem
bad 'truncated.pem: at octet 0: ' truncated.pem
has err 'bad_pem'
printf -- '-----BEGIN CERTIF' >truncated_label.pem
bad 'at octet 0: ' truncated_label.pem
sed '3s/./!/' "$active" >base64.pem
bad 'base64' base64.pem
sed 's/END CERTIFICATE/END X509 CRL/' "$active" >labels.pem
bad 'no END line' labels.pem
{ cat "$active" && sed '3s/./!/' "$active" && cat "$revoked"; } >middle.pem
run 2 check "${sample[@]}" --format jsonl middle.pem
statuses active unknown revoked
has err "middle.pem:2: at octet $(wc -c <"$active"): "
# What has lost its BEGIN line is missed, and not passed over as text.
{ cat "$active" && sed '1s/^-//' "$revoked" && cat "$active"; } >begin.pem
run 2 check "${sample[@]}" --format jsonl begin.pem
statuses active unknown active
has err 'begin.pem:2: at octet '
has err 'no BEGIN line'
{ cat "$active" && printf -- '-----BEGI'; } >cut.pem
run 2 check "${sample[@]}" --format jsonl cut.pem
statuses active unknown
has err "cut.pem:2: at octet $(wc -c <"$active"): "
# DER behind or between PEM is missed, too; a NUL at the end is only C's.
{ cat "$active" good.der "$active" good.der; } >mixed.pem
run 2 check "${sample[@]}" --format jsonl mixed.pem
statuses active unknown active unknown
has err "mixed.pem:2: at octet $(($(wc -c <"$active") + 2)): "
has err 'neither PEM nor text'
# Also behind a line that is cut.
{ cat "$active" && printf -- '-----END X\n' && cat good.der "$active"; } >cut_line.pem
run 2 check "${sample[@]}" --format jsonl cut_line.pem
statuses active unknown unknown active
# Armour that is damaged somehow: one row for each certificate, whatever it is.
for damage in 's/-----/----/g' 's/-----/—–/g' 's/CERTIFICATE/CERTIFCATE/' '1s/CERTIFICATE/CERTIFCATE/' \
  '1s/-----$//' '1d;$d' 's/CERTIFICATE/X509 CERT/' '/-/d' '1s/E.*//'; do
  { cat "$active" && sed "$damage" "$revoked" && cat "$active"; } >damaged.pem
  run 2 check "${sample[@]}" --format jsonl damaged.pem
  statuses active unknown active
  # Of a chain it is not the next one that is verified.
  { sed "$damage" "$revoked" && cat "$data/ca/issuing.pem"; } >chain.pem
  run 2 verify --trust "$data/ca/root.pem" --crl "$data/crl/root.crl" --at "$at" chain.pem
done
# Nor where a key that is cut has swallowed the first.
{ head -2 key.pem && tail -n +3 "$revoked" && cat "$data/ca/issuing.pem"; } >chain.pem
run 2 verify --trust "$data/ca/root.pem" --crl "$data/crl/root.crl" --at "$at" chain.pem
# What is no certificate is passed over.
openssl ec -in key.pem -aes128 -passout pass:x -out encrypted.pem 2>/dev/null
has encrypted.pem 'Proc-Type'
{ cat "$active" key.pem encrypted.pem request.pem && openssl ecparam -name prime256v1 &&
  openssl x509 -in "$active" -noout -text && printf '%064d\nMIi\n' 5 && cat "$active"; } >others.pem
run 0 check "${sample[@]}" --format jsonl others.pem
statuses active active
quiet
# However much of it.
{ cat "$active" && head -c 3000000 /dev/urandom && cat "$active"; } >random.pem
run 2 check "${sample[@]}" --format jsonl random.pem
statuses active unknown active
{ cat "$active" && printf '\0'; } >nul.pem
run 0 check "${sample[@]}" --format jsonl nul.pem
quiet
# Of several certificates in a file, which one is not to be used.
{ cat "$data/ca/root.pem" && printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'; } >trust.pem
run 2 check --trust trust.pem --crl "$data/crl/root.crl" --at "$at" "$active"
has err 'revstat: trust.pem:2: '
run 2 ingest --store store --trust trust.pem --at "$at" "$data/crl/root.crl"
has err 'revstat: trust.pem:2: '
printf -- '-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n' >bad.p7
bad 'PKCS#7' bad.p7
# Says that it is SignedData, and has none.
printf '\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02' >empty.p7b
bad 'PKCS#7' empty.p7b
# A name with control characters neither drives the terminal nor breaks lines.
name=$'a\x1b[31m\nb.pem'
cp words.txt "$name"
run 2 check "${sample[@]}" "$name"
has err 'revstat: a?[31m?b.pem: '
has out 'a?[31m?b.pem'
run 2 check "${sample[@]}" --format jsonl "$name"
has out '{"input":"a\u001b[31m\nb.pem",'
# Nor do those behind ASCII, in UTF-8 and alone.
name=$'a\xc2\x9b31m\x9b\xc3\xa9.pem'
cp words.txt "$name"
run 2 check "${sample[@]}" "$name"
has err 'revstat: a??31m?é.pem: '
has out 'a??31m?é.pem'
# One that says that it is two gigabytes: those before it have their answers.
{ cat good.der && printf '\x30\x84\x7f\xff\xff\xff'; } >long.der
truncate -s 300M long.der
run 2 check "${sample[@]}" --format jsonl long.der
statuses active unknown
has err "at octet $(wc -c <good.der): what begins there is longer than 268435456 octets"
# Said also where so much was wrong before that the rest is only counted.
{ for _ in {1..30}; do printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'; done && printf -- '-----BEGIN CERTIFICATE-----\n'; } >long.pem
truncate -s 300M long.pem
run 2 check "${sample[@]}" --format jsonl long.pem
has err "at octet 1770: what begins there is longer than "
has err 'long.pem: 10 more could not be read'
# Four gigabytes of nothing, at once.
truncate -s 4300M sparse
SECONDS=0
bad 'neither a certificate' sparse
((SECONDS < 10)) || fail "$SECONDS s"
