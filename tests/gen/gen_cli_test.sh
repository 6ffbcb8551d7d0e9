#!/bin/bash
# End-to-end tests of revstat-gen, with OpenSSL's program as the judge.
#
#   gen_cli_test.sh CASE REVSTAT_GEN SOURCE_ROOT
set -euo pipefail

readonly test_case=$1 source_root=$3
readonly openssl=/usr/bin/openssl
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT
gen=$(realpath "$2")
readonly gen
cd "$work"
export LC_ALL=C TZ=UTC

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect_lines COUNT PATTERN FILE
expect_lines() {
  local found
  found=$(grep -cE -- "$2" "$3" || true)
  ((found == $1)) || fail "$3: $found lines have '$2', expected $1"
}

crl_text() { "$openssl" crl -inform DER -in "$1" -noout -text >"$1.txt"; }

# The text form as one line, without the spaces of its layout.
crl_flat() { "$openssl" crl -inform DER -in "$1" -noout -text | tr -s ' \n' ' '; }

expect_verifies() { # CRL CA
  "$openssl" crl -inform DER -in "$1" -CAfile "$2" -noout 2>verify.txt
  grep -q 'verify OK' verify.txt || fail "$1 does not verify: $(cat verify.txt)"
}

# The serials of a DER CRL, in its order, as revstat writes them.
serials_of() {
  "$openssl" crl -inform DER -in "$1" -noout -text |
    sed -n 's/^ *Serial Number: //p' | tr 'A-F' 'a-f'
}

# shellcheck source=tests/gen/expect_statuses.sh
source "$source_root/tests/gen/expect_statuses.sh"

good_every_key_verifies() {
  local key
  for key in p256 p384 p521 rsa2048 rsa3072 rsa4096 rsa-pss ed25519 ed448; do
    "$gen" crl --out x.crl --ca-out ca.pem --ca-key-out ca.key --key $key --entries 20
    expect_verifies x.crl ca.pem
    "$openssl" verify -CAfile ca.pem ca.pem >/dev/null || fail "$key: the CA"
    "$openssl" pkey -in ca.key -check -noout >/dev/null || fail "$key: the private key"
    "$gen" certs --out leaf.pem --ca ca.pem --ca-key ca.key --leaf-key p384 --count 1
    "$openssl" verify -attime 1767225600 -CAfile ca.pem leaf.pem >/dev/null || fail "$key: the leaf"
  done
  for key in rsa2048 rsa-pss p521 ed25519 ed448; do
    "$gen" certs --out leaf.pem --leaf-key "$key" --count 1 --ca-out ca.pem
    "$openssl" verify -attime 1767225600 -CAfile ca.pem leaf.pem >/dev/null || fail "leaf key $key"
  done
}

good_every_digest_verifies() {
  local key digest
  for key in p256 p521 rsa2048 rsa-pss; do
    for digest in sha1 sha256 sha384 sha512; do
      "$gen" crl --out x.crl --ca-out ca.pem --key $key --digest $digest --entries 3
      expect_verifies x.crl ca.pem
      crl_text x.crl
      grep -qi "$digest" x.crl.txt || fail "$key: the CRL does not name $digest"
    done
  done
}

good_entries_match() {
  local count
  for count in 0 1 127 5000; do
    "$gen" crl --out x.crl --seed 3 --entries $count --reasons 0.3 --hold 0.2
    crl_text x.crl
    expect_lines "$count" 'Serial Number:' x.crl.txt
  done
  local reasons
  reasons=$(grep -c 'Reason Code' x.crl.txt)
  ((reasons > 2350 && reasons < 2650)) || fail "$reasons of 5000 have a reason, asked for half"
  reasons=$(grep -c 'Certificate Hold' x.crl.txt)
  ((reasons > 900 && reasons < 1100)) || fail "$reasons of 5000 are on hold, asked for a fifth"
  [[ $(serials_of x.crl | sort -u | wc -l) == 5000 ]] || fail "a serial occurs twice"
}

good_pem_equals_der() {
  "$gen" crl --out x.crl --entries 100
  "$gen" crl --out x.pem --entries 100 --encoding pem
  "$openssl" crl -in x.pem -outform DER | cmp - x.crl
  "$gen" crl --out - --entries 100 | cmp - x.crl
  "$gen" certs --out c.pem --count 3
  "$gen" certs --out c.der --count 3 --encoding der
  grep -v -- ----- c.pem | tr -d '\n' >/dev/null
  "$openssl" x509 -in c.pem -outform DER >first.der
  cmp -n "$(stat -c %s first.der)" first.der c.der
}

good_every_extension_shows() {
  "$gen" crl --out x.crl --ca-out ca.pem --entries 2 --crl-number 0x1234567890abcdef1234 \
    --delta-crl-indicator 77 --idp-uri http://a.example/1 --idp-uri http://b.example/2 \
    --idp-only user --idp-only-some-reasons keyCompromise,aACompromise --idp-indirect \
    --freshest-crl http://delta.example/d --authority-info-access http://aia.example/ca \
    --issuer-alt-name http://alt.example/ --expired-certs-on-crl 2020-01-01T00:00:00Z \
    --unknown-extension critical
  expect_verifies x.crl ca.pem
  local flat want
  flat=$(crl_flat x.crl)
  for want in 'Authority Key Identifier: ' 'CRL Number: 85968058272638546416180' \
    'Delta CRL Indicator: critical 77' 'Issuing Distribution Point: critical' \
    'URI:http://a.example/1' 'URI:http://b.example/2' 'Only User Certificates' 'Indirect CRL' \
    'Only Some Reasons: Key Compromise, AA Compromise' 'Freshest CRL: Full Name: URI:http://delta' \
    'CA Issuers - URI:http://aia.example/ca' 'Issuer Alternative Name: URI:http://alt.example/' \
    '2.5.29.60: ' '20200101000000Z' '1.3.6.1.4.1.32473.1: critical'; do
    [[ $flat == *"$want"* ]] || fail "no '$want' in $flat"
  done
  "$gen" crl --out y.crl --idp-relative-name shard-1 --idp-only ca --crl-number none \
    --authority-key-identifier off --unknown-extension non-critical --next-update none
  flat=$(crl_flat y.crl)
  for want in 'Relative Name: CN = shard-1' 'Only CA Certificates' '1.3.6.1.4.1.32473.1: ' \
    'Next Update: NONE' 'No Revoked Certificates'; do
    [[ $flat == *"$want"* ]] || fail "no '$want' in $flat"
  done
  for want in 'Authority Key' 'CRL Number' '32473.1: critical'; do
    [[ $flat != *"$want"* ]] || fail "'$want' is in $flat"
  done
  "$gen" crl --out z.crl --idp-only attribute
  [[ $(crl_flat z.crl) == *'Only Attribute Certificates'* ]] || fail "no attribute certificates"
}

good_entry_extensions_show() {
  "$gen" crl --out x.crl --ca-out ca.pem --entries 10 --invalidity-dates 1 --remove 1 \
    --unknown-entry-extension 9 --delta-crl-indicator 1
  expect_verifies x.crl ca.pem
  crl_text x.crl
  expect_lines 10 'Invalidity Date' x.crl.txt
  expect_lines 10 'Remove From CRL' x.crl.txt
  expect_lines 1 '1.3.6.1.4.1.32473.1: critical' x.crl.txt
}

good_indirect_crl_names_issuers() {
  "$gen" certs --out /dev/null --seed 9 --count 0 --ca-out other.pem
  "$gen" crl --out x.crl --ca-out ca.pem --entries 40 --certificate-issuers 2 \
    --certificate-issuer other.pem --issuer-run 5
  expect_verifies x.crl ca.pem
  crl_text x.crl
  # Eight runs; the first one is the CRL issuer's and needs no name.
  expect_lines 7 'Certificate Issuer: critical' x.crl.txt
  expect_lines 2 'CN ?= ?"?Other CA 1' x.crl.txt
  expect_lines 2 'CN ?= ?"?Root CA, seed 9' x.crl.txt
  [[ $(crl_flat x.crl) == *'Indirect CRL'* ]] || fail "not marked as indirect"
}

good_v1_has_no_extensions() {
  "$gen" crl --out x.crl --ca-out ca.pem --entries 10 --crl-version v1
  expect_verifies x.crl ca.pem
  crl_text x.crl
  expect_lines 1 'Version 1 ' x.crl.txt
  expect_lines 10 'Serial Number' x.crl.txt
  expect_lines 0 'extensions' x.crl.txt
}

good_delta_continues_base() {
  "$gen" crl --out base.crl --entries 100
  "$gen" crl --out delta.crl --first-entry 100 --entries 20 --crl-number 2 --delta-crl-indicator 1
  "$gen" crl --out all.crl --entries 120 --crl-number 2
  cmp <(serials_of base.crl; serials_of delta.crl) <(serials_of all.crl)
  # With the same --revoked-until an entry stays the same from CRL to CRL.
  "$gen" crl --out later.crl --entries 120 --crl-number 3 --this-update 2026-02-01T00:00:00Z \
    --revoked-until 2026-01-01T00:00:00Z
  crl_text all.crl
  crl_text later.crl
  cmp <(grep 'Revocation Date' all.crl.txt) <(grep 'Revocation Date' later.crl.txt)
}

good_ca_files_are_used() {
  "$openssl" req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=Mine' \
    -days 3650 2>/dev/null
  "$gen" crl --out x.crl --ca ca.pem --ca-key ca.key --entries 5
  expect_verifies x.crl ca.pem
  "$gen" crl --out y.crl --ca ca.pem --ca-key ca.key --key rsa-pss --entries 5
  expect_verifies y.crl ca.pem
  [[ $(crl_flat y.crl) == *'rsassaPss'* ]] || fail "not signed with PSS"
  "$gen" certs --out c.pem --ca ca.pem --ca-key ca.key --count 2 \
    --not-before 2020-01-01 --not-after 2040-01-01
  "$openssl" verify -CAfile ca.pem c.pem >/dev/null
  "$gen" queries --out q.csv --ca ca.pem --count 1
  [[ $(tail -n 1 q.csv) == "$("$openssl" x509 -in ca.pem -outform DER | sha256sum | cut -c 1-64),"* ]]
  # What a kept key makes later belongs to the same CA.
  "$gen" pki --out pki --intermediate --keep-keys
  "$gen" crl --out z.crl --ca pki/ca/issuing.pem --ca-key pki/keys/issuing.key --entries 3
  expect_verifies z.crl pki/ca/issuing.pem
}

good_times_change_form_in_2050() {
  "$gen" crl --out x.crl --entries 200 --invalidity-dates 1 --this-update 2050-07-01T00:00:00Z
  "$openssl" asn1parse -inform DER -in x.crl >parsed.txt
  grep -q 'UTCTIME *:49' parsed.txt || fail "no UTCTime in 2049"
  grep -q 'GENERALIZEDTIME *:2050' parsed.txt || fail "no GeneralizedTime in 2050"
  ! grep -q 'UTCTIME *:50' parsed.txt || fail "UTCTime in 2050"
}

good_pki_statuses_hold() {
  "$gen" pki --out pki --intermediate --key rsa2048 --certs 1 --more-entries 25
  expect_statuses pki issuing.crl 1767225600 -untrusted pki/ca/issuing.pem
  expect_verifies pki/crl/root.crl pki/ca/root.pem
  [[ ! -e pki/keys ]] || fail "keys were written without --keep-keys"
  cp -r "$source_root/data" data
  expect_statuses data issuing.crl 1780272000 -untrusted data/ca/issuing.pem
}

good_pki_without_intermediate() {
  "$gen" pki --out pki --key ed25519 --at 2030-01-01T00:00:00Z
  expect_statuses pki root.crl 1893456000
  [[ ! -e pki/ca/issuing.pem ]] || fail "an issuing CA without --intermediate"
}

good_queries_hit_as_asked() {
  local options=(--seed 4 --entries 3000 --serial-bytes 1-20)
  "$gen" crl --out x.crl "${options[@]}"
  "$gen" queries --out q.csv "${options[@]}" --count 2000 --hit-rate 0.25
  "$gen" queries --out q.tsv "${options[@]}" --count 2000 --hit-rate 0.25 --format tsv
  cmp <(tr ',' '\t' <q.csv) q.tsv
  [[ $(head -n 1 q.csv) == issuer,serial ]] || fail "header"
  tail -n +2 q.csv | cut -d , -f 2 | sort >asked.txt
  serials_of x.crl | sort >listed.txt
  local hits
  hits=$(comm -12 asked.txt listed.txt | wc -l)
  ((hits == 500)) || fail "$hits of 2000 hit, asked for a quarter"
}

good_certs_hit_as_asked() {
  "$gen" crl --out x.crl --seed 4 --entries 300
  "$gen" certs --out c.pem --seed 4 --entries 300 --count 60 --hit-rate 0.5 --ca-out ca.pem \
    --crl-url http://here.example/x.crl
  "$openssl" crl -inform DER -in x.crl -out crls.pem
  csplit -s -z -f c. c.pem '/BEGIN/' '{*}'
  local file verdict listed=0
  for file in c.[0-9]*; do
    verdict=$(judge 1767225600 "$file")
    case $verdict in
      listed) listed=$((listed + 1)) ;;
      active) ;;
      *) fail "$file: $verdict" ;;
    esac
  done
  ((listed == 30)) || fail "$listed of 60 are listed, asked for half"
  "$openssl" x509 -in c.00 -noout -text >c.txt
  expect_lines 1 'URI:http://here.example/x.crl' c.txt
  expect_lines 1 'CA:FALSE' c.txt
  expect_lines 1 'Digital Signature$' c.txt
  expect_lines 1 'Subject Key Identifier' c.txt
  expect_lines 1 'Authority Key Identifier' c.txt
}

everything() { # FOLDER SEED
  mkdir -p "$1"
  local key
  for key in p256 rsa2048 rsa-pss ed448; do
    "$gen" crl --out "$1/$key.crl" --ca-out "$1/$key.pem" --ca-key-out "$1/$key.key" --seed "$2" \
      --key $key --entries 50 --reasons 0.5 --invalidity-dates 0.5 --serial-bytes 1-20
  done
  "$gen" certs --out "$1/certs.pem" --seed "$2" --count 5
  "$gen" queries --out "$1/queries.csv" --seed "$2" --count 50 --entries 50 --hit-rate 0.5
  "$gen" pki --out "$1/pki" --seed "$2" --intermediate --keep-keys --more-entries 5
}

good_same_seed_same_bytes() {
  everything one 11
  TZ=Asia/Tashkent LC_ALL=C.UTF-8 everything two 11
  diff -r one two
}

good_other_seed_other_bytes() {
  everything one 11
  everything two 12
  local file
  while read -r file; do
    ! cmp -s "one/$file" "two/$file" || fail "$file is the same for another seed"
  done < <(cd one && find . -type f)
}

# The bytes are a promise over machines, compilers and libcrypto releases: if
# one of these changes, every committed sample changes.
good_known_digests() {
  local key
  for key in p256 p521 rsa2048 rsa-pss ed25519 ed448; do
    "$gen" crl --out "$key.crl" --seed 1 --key $key --entries 100 --reasons 0.3 --hold 0.1 \
      --invalidity-dates 0.2 --serial-bytes 1-20
  done
  "$gen" queries --out q.csv --seed 1 --entries 1000 --count 100 --hit-rate 0.5
  sha256sum -c "$source_root/tests/gen/known_digests.txt"
}

good_data_regenerates() {
  "$source_root/tools/revstat-gen/make-sample" "$gen" made
  diff -r --exclude README.md made "$source_root/data"
}

# expect_refused MESSAGE OPTION...
expect_refused() {
  local message=$1 status=0
  shift
  timeout 20 "$gen" "$@" >out.txt 2>error.txt || status=$?
  ((status == 2)) || fail "'$*' ended with $status: $(cat error.txt)"
  grep -qF -- "$message" error.txt || fail "'$*' does not say '$message' but: $(cat error.txt)"
}

invalid_options_exit_2() {
  expect_refused 'subcommand is required'
  expect_refused 'subcommand is required' nonsense
  expect_refused '--nonsense' crl --out x --nonsense
  expect_refused '--out is required' crl
  expect_refused "'dsa' is not one of p256|" crl --out x --key dsa
  expect_refused '--reasons: a share is a number from 0 to 1' crl --out x --reasons 1.5
  expect_refused '--reasons: a share is a number from 0 to 1' crl --out x --reasons nan
  expect_refused 'add up to more than 1' crl --out x --reasons 0.6 --hold 0.6
  expect_refused '--entries' crl --out x --entries many
  expect_refused '--entries' crl --out x --entries -1
  expect_refused '--entries' crl --out x --entries 99999999999
  expect_refused 'has only 127 different serials, 128 are needed' \
    crl --out x --entries 128 --serial-bytes 1
  expect_refused 'has only 127 different serials, 130 are needed' \
    queries --out x --entries 120 --serial-bytes 1 --count 10
  expect_refused "--serial-bytes: '21' is neither" crl --out x --serial-bytes 21
  expect_refused "--serial-bytes: '0' is neither" crl --out x --serial-bytes 0
  expect_refused "--serial-bytes: '9-3' is neither" crl --out x --serial-bytes 9-3
  expect_refused "'tomorrow' is neither RFC 3339" crl --out x --this-update tomorrow
  expect_refused "'soon' is neither RFC 3339" crl --out x --next-update soon
  expect_refused '--ca requires --ca-key' crl --out x --ca ca.pem
  expect_refused 'cannot read absent.pem' crl --out x --ca absent.pem --ca-key absent.key
  expect_refused 'cannot write absent/x.crl' crl --out absent/x.crl
  expect_refused 'cannot write /dev/full' crl --out /dev/full
  expect_refused 'v1 CRL and its entries have no extensions' \
    crl --out x --crl-version v1 --idp-indirect
  expect_refused 'there is no such entry' crl --out x --entries 3 --unknown-entry-extension 3
  expect_refused "'root' is not one of user|ca|attribute" crl --out x --idp-only root
  expect_refused "'sunburn' is not one of RFC 5280's reason flags" \
    crl --out x --idp-only-some-reasons sunburn
  expect_refused 'have their own digest' crl --out x --key ed25519 --digest sha256
  expect_refused "--crl-number: 'x' is neither" crl --out x --crl-number x
  expect_refused '--idp-uri excludes --idp-relative-name' crl --out x --idp-uri http://x --idp-relative-name y
  expect_refused '--hit-rate needs --entries' queries --out x --count 5 --hit-rate 1
  expect_refused 'is not 64 hexadecimal digits' queries --out x --count 5 --issuer 12
  expect_refused 'lists only 3' certs --out x --count 10 --entries 3 --hit-rate 1
  expect_refused '--not-after is before --not-before' certs --out x --count 1 --not-after 2001-01-01
  expect_refused '--at must lie between' pki --out x --not-before 2027-01-01
  expect_refused '--certs' pki --out x --certs 0
  "$gen" crl --out x.crl --ca-out one.pem --ca-key-out one.key --seed 1
  "$gen" crl --out x.crl --ca-out two.pem --ca-key-out two.key --seed 2
  expect_refused 'two.key is not the key of one.pem' crl --out x --ca one.pem --ca-key two.key
  expect_refused 'one.key is not a certificate' crl --out x --ca one.key --ca-key one.key
  expect_refused 'not an unencrypted PEM private key' crl --out x --ca one.pem --ca-key one.pem
  expect_refused 'rsa-pss needs an RSA key' crl --out x --ca one.pem --ca-key one.key --key rsa-pss
  expect_refused 'can only be rsa-pss' crl --out x --ca one.pem --ca-key one.key --key p384
  "$gen" --help >/dev/null || fail "--help"
  "$gen" crl --help | grep -q Examples || fail "crl --help has no examples"
}

declare -F "$test_case" >/dev/null || fail "there is no case '$test_case'"
"$test_case"
echo "passed: $test_case"
