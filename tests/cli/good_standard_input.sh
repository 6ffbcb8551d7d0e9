#!/bin/bash
# Everything a file can hold through a pipe, too.
source "$(dirname "$0")/harness.sh"
check() { run "$1" check "${sample[@]}" --format jsonl "${@:2}"; }

check 0 - < <(cat "$active")
statuses active
has out '"input":"-"'
check 0 - <"$active"
statuses active
check 0 - < <(to_der "$active")
statuses active
check 1 - < <(cat "$data/bundle.pem")
lines 26 out
has out '"input":"-:26"'
check 1 - < <(cat "$data/list.csv")
lines 26 out
has out '"input":"-:27"'
check 1 - <"$data/list.csv"
lines 26 out
check 1 - < <(openssl crl2pkcs7 -nocrl -certfile "$data/bundle.pem")
lines 26 out

# Larger than what is read to tell the kind, and in small pieces.
for _ in {1..20}; do cat "$data/bundle.pem"; done >large.pem
(($(wc -c <large.pem) > 200000)) || fail "large.pem is too small"
check 1 - < <(dd if=large.pem bs=1000 status=none)
lines 520 out
check 1 <(cat large.pem)
lines 520 out

# Among other inputs, in their order.
check 1 "$active" - "$revoked" < <(tail -n +2 "$data/list.csv" | sed -n 19p | { head -1 "$data/list.csv" && cat; })
statuses active on_hold revoked

check 2 - </dev/null
has err 'revstat: -: is empty'
check 2 - < <(echo hello)
has err 'revstat: -: neither a certificate'
