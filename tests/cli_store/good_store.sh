#!/bin/bash
# A store answers as the files that went into it do.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/../cli/harness.sh"

root=$data/ca/root.pem issuing=$data/ca/issuing.pem
crls=("$data/crl/root.crl" "$data/crl/issuing.crl")

# --- taking in ---
run 0 ingest --store store --trust "$root" --untrusted "$issuing" --at $at "${crls[@]}"
quiet
has out 'generation 1: 2 taken in, 0 held before'
run 0 ingest --store store --at $at "${crls[@]}"
has out 'generation 1: 0 taken in, 2 held before'

# --- the same answers as with the files ---
mapfile -t certificates < <(ls "$data"/certs/*.pem)
"$revstat" check --trust "$root" --untrusted "$issuing" --crl "${crls[0]}" --crl "${crls[1]}" \
  --at $at --format jsonl "${certificates[@]}" >files.jsonl 2>err
expected=$?
run $expected check --store store --at $at --format jsonl "${certificates[@]}"
same files.jsonl out
run 1 verify --store store --at $at "$revoked"
has out 'not valid'
run 0 verify --store store --at $at "$active"
# A file beside it.
run 0 check --store store --trust "$root" --crl "${crls[1]}" --at $at "$active"
quiet

# --- folders, and standard input ---
run 0 ingest --store folders --trust "$data/ca" --at $at "$data/crl"
quiet
has out 'generation 1: 2 taken in, 0 held before'
run 0 ingest --store piped --trust "$root" --at $at - <"${crls[0]}"
has out 'generation 1: 1 taken in, 0 held before'

# --- list ---
run 0 store list --store store --at $at
matches out '^issuer +scope +number +thisUpdate +nextUpdate +age +left +entries +bytes +sha256$'
has out 'generation 1 of'
has out '2 CRLs, 2 certificates (1 trusted, 1 validated)'
run 0 store list --store store --at $at --format jsonl
lines 2 out
for key in issuer scope crl_number this_update next_update sha256 signer_sha256 taken_at; do
  (($(column "$key" | grep -c .) == 2)) || fail "no $key"
done
column sha256 | sort >listed
for crl in "${crls[@]}"; do
  openssl crl -in "$crl" -outform DER 2>/dev/null | sha256sum | cut -d' ' -f1
done | sort >expected
same expected listed

# Columns of names whose characters have two octets.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout names.key -utf8 \
  -subj '/CN=Удостоверяющий центр' -days 36500 -out names.pem 2>/dev/null
"$gen" crl --ca names.pem --ca-key names.key --next-update none --out names.crl
run 0 ingest --store names --trust "$root" --trust names.pem --at $at "${crls[0]}" names.crl
run 0 store list --store names --at $at
has out 'CN=Удостоверяющий центр  '
starts=$(
  LC_ALL=C.UTF-8
  while IFS= read -r line; do
    before=${line%% complete *}
    [[ $before == "$line" ]] || echo ${#before}
  done <out | sort -u
)
(($(wc -w <<<"$starts") == 1)) || fail "the column begins at $starts"

# --- export gives the very octets ---
run 0 store export --store store --to copies
while read -r digest; do
  [[ $(sha256sum <"copies/$digest.crl" | cut -d' ' -f1) == "$digest" ]] || fail "copy $digest differs"
  openssl crl -inform DER -in "copies/$digest.crl" -noout || fail "openssl does not read $digest"
done <listed
digest=$(head -1 listed)
run 0 store export --store store "${digest:0:12}"
same out "copies/$digest.crl"

# --- check, prune ---
run 0 store check --store store
has out 'generation 1: 2 CRLs are sound'
echo dead >store/incoming/crl-9.part
echo dead >store/segments/00000000000000ff.seg
run 0 store prune --store store
[[ ! -e store/incoming/crl-9.part && ! -e store/segments/00000000000000ff.seg ]] || fail 'not pruned'
run 0 store check --store store

# --- trust taken back ---
digest=$(openssl x509 -in "$issuing" -outform DER | sha256sum | cut -d' ' -f1)
run 2 store prune --store store --issuer "${digest//?/0}"
has err 'no_issuer'
run 0 store prune --store store --issuer "$digest" --at $at
has err '1 certificate and 1 CRL removed'
lines 1 err
run 0 store list --store store --at $at
has out '1 CRLs, 1 certificates (1 trusted, 0 validated)'
run 3 check --store store --at $at "$active"
run 0 ingest --store store --untrusted "$issuing" --at $at "${crls[1]}"
run 0 check --store store --at $at "$active"
run 0 store prune --store store --issuer "$root" --at $at
run 3 check --store store --at $at "$active" # nothing leads to the issuing CA
run 3 check --store store --at $at "$revoked"

run 0 ingest --help
has out 'Examples:'
run 0 store --help
has out 'Examples:'
