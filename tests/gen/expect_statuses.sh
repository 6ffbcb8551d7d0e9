# shellcheck shell=bash disable=SC2154
# Part of gen_cli_test.sh: compares a generated PKI with what its own files
# promise, by OpenSSL's verdict on every certificate.

# judge AT CERTIFICATE EXTRA...: OpenSSL's verdict in revstat's words.
judge() {
  local at=$1 file=$2 text
  shift 2
  text=$("$openssl" verify -CAfile ca.pem "$@" -attime "$at" -CRLfile crls.pem -crl_check "$file" 2>&1) || true
  case $text in
    *'certificate revoked'*) echo listed ;;
    *'has expired'*) echo expired ;;
    *'not yet valid'*) echo not_yet_valid ;;
    *': OK') echo active ;;
    *) echo "$text" ;;
  esac
}

# RFC 3339 as OpenSSL prints it, and RFC 5280's reason likewise in words.
openssl_time() { date -u -d "$1" '+%b %e %T %Y GMT'; }
# shellcheck disable=SC2001  # a bash replacement cannot repeat what it found
openssl_reason() { sed 's/[A-Z]/ &/g' <<<"$1"; }

expect_entry() { # TEXT SERIAL REASON REVOCATION_TIME INVALIDITY_TIME
  local entry
  entry=$(sed -n "/Serial Number: ${2^^}\$/,/Serial Number\|Signature Alg/p" "$1" | sed '1d;$d')
  [[ $entry == *"Revocation Date: $(openssl_time "$4")"* ]] || fail "$2: not revoked at $4: $entry"
  if [[ -n $3 ]]; then
    grep -qi "$(openssl_reason "$3")" <<<"$entry" || fail "$2: the reason is not $3: $entry"
  else
    [[ $entry != *Reason* ]] || fail "$2: a reason: $entry"
  fi
  if [[ -n $5 ]]; then
    [[ $entry == *"$(openssl_time "$5")"* ]] || fail "$2: not invalid since $5: $entry"
  else
    [[ $entry != *Invalidity* ]] || fail "$2: an invalidity date: $entry"
  fi
}

expect_statuses() { # FOLDER CRL AT EXTRA...
  local folder=$1 crl=$2 at=$3 file serial status reason revoked invalid expired verdict want
  shift 3
  cp "$folder/ca/root.pem" ca.pem
  "$openssl" crl -inform DER -in "$folder/crl/$crl" -out crls.pem
  crl_text "$folder/crl/$crl"
  while IFS=, read -r file serial status reason revoked invalid expired; do
    want=$status
    case $status in
      revoked | on_hold) want=listed ;;
    esac
    verdict=$(judge "$at" "$folder/$file" "$@")
    [[ $verdict == "$want" ]] || fail "$file: expected $status, OpenSSL says: $verdict"
    [[ $(basename "$file") == "$status"* ]] || fail "$file: its name does not say $status"
    [[ $expired == "$([[ $file == *expired* ]] && echo true || echo false)" ]] ||
      fail "$file: expired is $expired"
    [[ $("$openssl" x509 -in "$folder/$file" -noout -serial | tr 'A-F' 'a-f') == "serial=$serial" ]] ||
      fail "$file: its serial is not $serial"
    [[ $want != listed ]] || expect_entry "$folder/crl/$crl.txt" "$serial" "$reason" "$revoked" "$invalid"
  done < <(tail -n +2 "$folder/expected.csv")
  local count
  count=$(find "$folder/certs" -name '*.pem' | wc -l)
  (($(tail -n +2 "$folder/expected.csv" | wc -l) == count)) || fail "expected.csv is incomplete"
  (($(tail -n +2 "$folder/list.csv" | wc -l) == count)) || fail "list.csv is incomplete"
  expect_lines "$count" 'BEGIN CERTIFICATE' "$folder/bundle.pem"
}
