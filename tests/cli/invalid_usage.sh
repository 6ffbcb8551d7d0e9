#!/bin/bash
# Wrong usage: status 2, nothing on standard output, a message that names it.
source "$(dirname "$0")/harness.sh"
# wrong MESSAGE ARGUMENT...
wrong() {
  run 2 "${@:2}"
  [[ ! -s out ]] || fail "something on standard output"
  has err "$1"
  # The option library's own words.
  lacks err '->'
}
wrong 'subcommand is required'
wrong 'no such command or option: frobnicate' frobnicate
wrong 'no such command or option: --bogus' --bogus
wrong 'INPUT is required' check --trust "$data/ca/root.pem"
wrong '--trust is required' check "$active"
wrong '--bogus' check --bogus
wrong '--bogus' check "${sample[@]}" --bogus "$active"
wrong '--crl' check --trust "$data/ca/root.pem" "$active" --crl
for time in tomorrow 2026-13-01T00:00:00Z 2026-02-30T00:00:00Z 2026-06-01T00:00:00 '' 12x; do
  wrong '--at: is no time' check "${evidence[@]}" --at "$time" "$active"
done
for format in xml JSON 1 ''; do
  wrong '--format: is not table, csv or jsonl' check "${sample[@]}" --format "$format" "$active"
done
for format in xml csv 1 ''; do
  wrong '--format: is not table or jsonl' inspect --format "$format" "$active"
  wrong '--format: is not table or json' bench --crl "$data/crl/issuing.crl" --trust "$data/ca/issuing.pem" \
    --format "$format"
done
wrong '--clock-skew' check "${sample[@]}" --clock-skew -1 "$active"
wrong '--max-age' check "${sample[@]}" --max-age soon "$active"
