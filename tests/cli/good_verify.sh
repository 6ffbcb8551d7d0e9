#!/bin/bash
# `revstat verify`: paths, the status of all on them, policy switches, output.
source "$(dirname "$0")/harness.sh"

root=(--trust "$data/ca/root.pem" --at "$at")
issuing=(--untrusted "$data/ca/issuing.pem")
crls=(--crl "$data/crl/root.crl" --crl "$data/crl/issuing.crl")

run 0 verify "${root[@]}" "${issuing[@]}" "${crls[@]}" "$active"
has out 'valid'
lacks out 'not valid'
run 1 verify "${root[@]}" "${issuing[@]}" "${crls[@]}" "$revoked"
has out 'not valid: '
has out 'is revoked: superseded'

# --- without a CRL of the root the CA on the path is unknown ---
run 3 verify "${root[@]}" "${issuing[@]}" --crl "$data/crl/issuing.crl" "$active"
has out 'is unknown'
run 0 verify "${root[@]}" "${issuing[@]}" "${crls[@]}" --depth end-entity "$active"
# The issuing CA signs the list that would say that it is active: not without
# the root's list, whatever the depth.
run 3 verify "${root[@]}" "${issuing[@]}" --crl "$data/crl/issuing.crl" --depth end-entity "$active"
run 0 verify "${root[@]}" "${issuing[@]}" --crl "$data/crl/issuing.crl" --unknown accept "$active"
run 1 verify "${root[@]}" --untrusted "$data/ca/issuing.pem" "${crls[@]}" --unknown accept "$revoked"

# --- anchors ---
run 1 verify --trust "$data/ca/issuing.pem" --at "$at" --crl "$data/crl/issuing.crl" "$active"
has out 'no valid path'
run 0 verify --trust "$data/ca/issuing.pem" --at "$at" --crl "$data/crl/issuing.crl" --partial-chain "$active"
run 1 verify "${root[@]}" --crl "$data/crl/root.crl" "$active"
has out 'no valid path'

# --- a bundle: the first is verified, the others help ---
cat "$active" "$data/ca/issuing.pem" >chain.pem
run 0 verify "${root[@]}" "${crls[@]}" chain.pem
for ((i = 0; i < 40; ++i)); do cat "$data/ca/issuing.pem"; done >many.pem
run 2 verify "${root[@]}" "${crls[@]}" many.pem
has err 'more than 32 certificates'

run 0 verify "${root[@]}" "${crls[@]}" - <chain.pem
run 0 verify "${root[@]}" --untrusted - "${crls[@]}" --format jsonl "$active" <chain.pem
mkdir cas
cp "$data/ca/issuing.pem" "$data/crl/root.crl" cas/
run 0 verify "${root[@]}" --untrusted cas "${crls[@]}" "$active"
quiet

# --- JSON lines ---
run 1 verify "${root[@]}" "${issuing[@]}" "${crls[@]}" --format jsonl "$revoked"
has out '"valid":false,"error":"'
has out '"path":[{"input":'
has out '"reason":"superseded"'
same=$(wc -l <out)
((same == 1)) || fail "one line, not $same"
run 0 verify "${root[@]}" "${issuing[@]}" "${crls[@]}" --format jsonl "$active"
has out '"valid":true,"path":['

# --- usage ---
run 0 verify --help
has out 'revstat verify --trust root.pem'
run 2 verify "${root[@]}" nowhere.pem
run 2 verify "${root[@]}" cas
run 2 verify "${root[@]}" --depth all "$active"
run 2 verify "${root[@]}" --format csv "$active"
