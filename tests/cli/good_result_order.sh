#!/bin/bash
# Results come in the order of the inputs, over the edges of blocks: of rows
# (1,024), of octets (a megabyte), of certificates.
source "$(dirname "$0")/harness.sh"
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 1000
given=(--trust ca.pem --crl c.crl --at 2026-01-02T00:00:00Z)

for format in csv tsv; do
  "$gen" queries --out list.$format --format $format --seed 7 --entries 1000 --count 30000 --hit-rate 0.3
  (($(wc -c <list.$format) > 2097152)) || fail "list.$format is too small"
  run 1 check "${given[@]}" --format jsonl list.$format
  tail -n +2 list.$format | cut -f2 -d"$([[ $format == csv ]] && echo , || printf '\t')" >wanted
  column serial >serials
  same wanted serials
  column input >inputs
  seq -f "list.$format:%.0f" 2 30001 >wanted
  same wanted inputs
done
column status | sort | uniq -c | awk '{ print $1, $2 }' | xargs >counts
grep -qE '^(21[0-9]{3}|20[5-9][0-9]{2}) active (9[0-9]{3}|8[5-9][0-9]{2}) revoked$' counts || fail "counts: $(cat counts)"

# Broken rows at and around the edges; each stays beside its line.
awk -F, -v OFS=, 'NR == 2 || NR == 1025 || NR == 1026 || NR == 1027 || NR == 20000 || NR == 30001 { $2 = "xyz" } 1' \
  list.csv >broken.csv
run 2 check "${given[@]}" --format jsonl broken.csv
column input >inputs
seq -f "broken.csv:%.0f" 2 30001 >wanted
same wanted inputs
[[ $(grep -n '"cause":"bad_input"' out | cut -d: -f1 | xargs) == '1 1024 1025 1026 19999 30000' ]] ||
  fail "broken rows are elsewhere"
lines 6 err

# All rows broken: answered all, reported in part.
awk -F, -v OFS=, 'NR > 1 { $2 = "xyz" } 1' list.csv | head -5001 >broken.csv
run 2 check "${given[@]}" --format csv broken.csv "$active"
lines 5002 out
lines 21 err
has err 'broken.csv: 4,980 more could not be read'

# A bundle.
"$gen" certs --out bundle.pem --seed 7 --entries 1000 --count 3000 --hit-rate 0.3
run 1 check "${given[@]}" --format jsonl bundle.pem
column subject >subjects
seq -f "CN=Certificate %.0f,O=revstat test data" 1 3000 >wanted
same wanted subjects
column input >inputs
seq -f "bundle.pem:%.0f" 1 3000 >wanted
same wanted inputs
"$gen" certs --encoding der --out bundle.der --seed 7 --entries 1000 --count 3000 --hit-rate 0.3
column status >wanted
run 1 check "${given[@]}" --format jsonl bundle.der
column status >statuses
same wanted statuses

# Inputs of all kinds.
mkdir folder
cp "$active" folder/a.pem
cp "$revoked" folder/b.pem
run 2 check "${sample[@]}" --format jsonl "$data/list.csv" missing.pem "$active" folder "$data/ca/issuing.pem" \
  "$data/bundle.pem"
column input | sed "s|$data/||; s|:.*||" | uniq | xargs >inputs
[[ $(<inputs) == 'list.csv missing.pem certs/active_0001.pem folder/a.pem folder/b.pem ca/issuing.pem bundle.pem' ]] ||
  fail "inputs in another order"
