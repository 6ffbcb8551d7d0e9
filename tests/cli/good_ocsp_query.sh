#!/bin/bash
# ocsp query asks a real responder, `openssl ocsp -port`, on loopback.
source "$(dirname "$0")/harness.sh"

# --- a CA with certificates, a delegate, and the responder's index ---
quietly() { "$@" >openssl.log 2>&1 || fail "openssl: $(tail -3 openssl.log)"; }
new_key() { quietly openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
issue() {
  new_key "$1"
  quietly openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  quietly openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "$2" -days 3650 \
    -out "$1.pem" -extfile <(printf '%b' "$3")
}
new_key ca
quietly openssl req -x509 -new -key ca.key -subj "/CN=Test CA" -days 3650 -out ca.pem \
  -addext "keyUsage=critical,keyCertSign,cRLSign"
issue responder 0x1005 'extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n'
issue revoked 0x1002 'keyUsage=digitalSignature\n'
issue held 0x1003 'keyUsage=digitalSignature\n'
issue stranger 0x1004 'keyUsage=digitalSignature\n'
printf '%s\t%s\t%s\t%s\tunknown\t/CN=x\n' \
  V 360101000000Z '' 1001 \
  R 360101000000Z 260101000000Z,keyCompromise 1002 \
  R 360101000000Z 260101000000Z,certificateHold 1003 >index.txt

# The responder chooses its port and names it: "ACCEPT 0.0.0.0:PORT PID=...".
mkfifo port
openssl ocsp -index index.txt -CA ca.pem -rsigner responder.pem -rkey responder.key \
  -port 0 -ndays 7 >port 2>responder.log &
responder=$!
end_responder() {
  kill "$responder" 2>/dev/null
  wait "$responder" 2>/dev/null
}
# finish looks at the script's own status, not at the responder's.
trap 'last=$?; end_responder; (exit "$last"); finish' EXIT
read -r line <port || fail "no responder: $(cat responder.log)"
port=$(grep -oE ':[0-9]+' <<<"$line" | head -1)
url=http://127.0.0.1$port/
[[ -n $port ]] || fail "no port in '$line'"
issue good 0x1001 "authorityInfoAccess=OCSP;URI:$url\n"

query() {
  local status=$1
  shift
  run "$status" ocsp query --issuer ca.pem --format jsonl "$@"
}
ask=(--responder "$url" --allow-private)

# --- answers ---
query 0 "${ask[@]}" good.pem
statuses active
has out '"source":{"kind":"ocsp","issuer":"CN=Test CA","produced_at":"'
quiet
query 1 "${ask[@]}" good.pem revoked.pem held.pem stranger.pem
statuses active revoked on_hold unknown
causes responder_unknown
has out '"reason":"keyCompromise","revocation_time":"2026-01-01T00:00:00Z"'
query 3 "${ask[@]}" stranger.pem
query 0 "${ask[@]}" --unknown accept stranger.pem
for nonce in off on required; do
  for method in auto get post; do
    query 0 "${ask[@]}" --nonce "$nonce" --method "$method" --cert-id sha256 good.pem
  done
done
run 0 ocsp query --issuer ca.pem "${ask[@]}" good.pem
has out active

# --- which responders ---
query 3 good.pem
causes no_source
has err 'no responder is known: --certificate-urls asks the one that the certificate names'
lacks err malformed
query 3 --certificate-urls revoked.pem
causes no_source
has err 'no responder is known: the certificate, or the list, names none; --responder URL gives one'
query 0 --certificate-urls --allow-private good.pem
query 3 --certificate-urls good.pem
causes responder_not_reached
has err address_not_allowed
query 3 --responder "$url" good.pem
has err address_not_allowed
query 0 --responder http://127.0.0.1:1/ "${ask[@]}" good.pem

# --- a list, out of the cache the second time ---
issuer=$(sha256_of_certificate ca.pem)
{
  echo issuer,serial
  for serial in 1001 1002 1003 1004; do echo "$issuer,$serial"; done
} >list.csv
query 1 "${ask[@]}" --cache cache list.csv
statuses active revoked on_hold unknown
cp out first
[[ -s cache && $(compgen -G 'cache.*') == cache.lock ]] || fail "no cache file, or more beside it than its lock"
cp cache kept
query 1 "${ask[@]}" - <list.csv
statuses active revoked on_hold unknown
query 1 "${ask[@]}" - < <(cat good.pem revoked.pem)
statuses active revoked
# A run that is ended half-way keeps what it has. The script goes on when the
# first input is answered and the second is being opened.
mkfifo later.csv
for signal in TERM INT; do
  rm -f half
  # A background job of a shell ignores SIGINT.
  env --default-signal=INT "$revstat" \
    ocsp query --issuer ca.pem "${ask[@]}" --cache half good.pem later.csv >out 2>err &
  asking=$!
  exec 3>later.csv
  kill -"$signal" "$asking"
  wait "$asking" 2>/dev/null
  (($? > 128)) || fail "not ended by SIG$signal"
  exec 3>&-
  [[ -s half ]] || fail "nothing kept after SIG$signal"
done
mkdir folder
cp good.pem held.pem folder
query 1 "${ask[@]}" folder
statuses active on_hold
end_responder
query 1 "${ask[@]}" --cache cache list.csv
same first out
quiet
query 0 "${ask[@]}" --timeout 2 --cache half good.pem
statuses active
# Nobody answers any more: what is cached stays, the others are not known.
query 3 "${ask[@]}" --timeout 2 good.pem
causes responder_not_reached
has err connect_failed
query 0 "${ask[@]}" --cache cache --no-cache good.pem
has err connect_failed
# What was kept has no nonce of this question.
cp cache nonces
query 3 "${ask[@]}" --timeout 2 --cache nonces --nonce required good.pem
causes responder_not_reached
query 1 "${ask[@]}" --cache nonces list.csv # and what was kept is still there
same first out
query 0 "${ask[@]}" --timeout 2 --cache cache --nonce on good.pem
# Damage costs the answers, and nothing else.
flip_last_bit cache >damaged
query 3 "${ask[@]}" --cache damaged good.pem
has err damaged
query 0 "${ask[@]}" --cache cache good.pem
# Nothing is written over what was kept under other options, or is no cache.
cp cache before
run 2 ocsp query "${ask[@]}" --issuer ca.pem --cache cache --allow-sha1 good.pem
has err 'under another --trust-responder or --allow-sha1'
cmp -s cache before || fail "the cache of other options has changed"
cp ca.key copied.key
for nonce in off required; do
  run 2 ocsp query "${ask[@]}" --issuer ca.pem --cache copied.key --nonce $nonce good.pem
  has err 'copied.key: it is no cache of OCSP answers'
  cmp -s ca.key copied.key || fail "a key is gone"
done

# Another's head, and so its issuers, before these answers.
new_key second
quietly openssl req -x509 -new -key second.key -subj "/CN=Second CA" -days 3650 -out second.pem
"$revstat" ocsp query good.pem --issuer second.pem "${ask[@]}" --timeout 2 --cache second \
  >/dev/null 2>&1
{ head -c 96 second; tail -c +97 kept; } >swapped
run 2 check --trust second.pem --ocsp-cache swapped --format jsonl - < <(
  echo issuer,serial
  echo "$(sha256_of_certificate second.pem),1001"
)
statuses unknown
has err 'some answers are lost'

# --- what was kept, for check and verify ---
kept=(--trust ca.pem --ocsp-cache kept)
run 1 check "${kept[@]}" --format jsonl list.csv good.pem
statuses active revoked on_hold unknown active
causes responder_unknown
has out '"source":{"kind":"ocsp","issuer":"CN=Test CA","produced_at":"'
run 0 verify "${kept[@]}" good.pem
run 1 verify "${kept[@]}" revoked.pem
# A revocation is believed when it is old.
run 1 check "${kept[@]}" --at 2036-01-01 --format jsonl list.csv
statuses unknown revoked on_hold unknown
run 3 check "${kept[@]}" --at 2036-01-01 --format jsonl good.pem
# Of an issuer with the same name and another key nothing was kept.
new_key other
quietly openssl req -x509 -new -key other.key -subj "/CN=Test CA" -days 3650 -out other.pem
run 3 check --trust other.pem --ocsp-cache kept --format jsonl - < <(
  echo issuer,serial
  echo "$(sha256_of_certificate other.pem),1001"
)
causes no_source
run 2 check "${kept[@]}" --allow-sha1 good.pem
has err 'another policy'
flip_last_bit kept >bent
run 2 check --trust ca.pem --ocsp-cache bent good.pem
has err 'some answers are lost'
run 2 check --trust ca.pem --ocsp-cache missing good.pem
run 2 check --trust ca.pem --ocsp-cache good.pem good.pem

# --- usage ---
run 0 ocsp query --help
has out 'revstat ocsp query server.pem'
run 2 ocsp query good.pem
run 2 ocsp query --issuer ca.pem
run 2 ocsp query --issuer ca.pem --nonce maybe good.pem
run 2 ocsp query --issuer ca.pem --nonce-octets 129 good.pem
run 2 ocsp query --issuer ca.pem "${ask[@]}" nothing.pem
