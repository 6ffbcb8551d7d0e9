#!/bin/bash
# revstat bench: every way through it once, with short measurements.
#
#   bench_test.sh REVSTAT REVSTAT-GEN
set -euo pipefail
export LC_ALL=C
source "$(dirname "$(readlink -f "$0")")/expect.sh"

brief=(--queries 2000 --seconds 0.002)
"$gen" crl --out list.crl --ca-out ca.pem --entries 3000 --reasons 0.4 --hold 0.2
"$gen" crl --out counted.pem --encoding pem --entries 400 --serials sequential
"$gen" crl --out part.crl --entries 5 --idp-uri http://crl.example/1.crl
"$gen" crl --out empty.crl
"$gen" crl --out delta.crl --entries 5 --crl-number 2 --delta-crl-indicator 1
"$gen" crl --out other.crl --seed 9
"$gen" crl --out weak.crl --ca-out weak-ca.pem --entries 5 --key rsa2048 --digest sha1

run 0 "$revstat" bench --crl list.crl --trust ca.pem "${brief[@]}"
has out '^3,000 entries, .* bytes an entry; index .* an entry$'
has out '^load [0-9.]+ s '
has out '^SHA-256 [0-9.]+ s .* load takes [0-9.]+ x as long$'
has out '^memory [0-9.]+ MB at its peak'
for hits in 0 1 50 100; do
  for threads in 1 2; do
    has out "^ *$hits % single $threads [0-9.]+ [0-9.]+ [0-9]+ [0-9]+\$"
    has out "^ *$hits % batch $threads [0-9.]+ [0-9.]+\$"
  done
  has out "^ *$hits % openssl 1 [0-9.]+ "
done
has out '^ memory 2 [0-9.]+ random cache lines'
has out '^OpenSSL [0-9.]+.*: parse .*, load of revstat is [0-9.]+ x faster; [0-9.]+ MB more in memory$'
has out 'every answer checked .*; not listed is active;'
[[ ! -s err ]] || fail "bench writes to a standard error that is no terminal"

# One thread; PEM; serials that are counted.
run 0 "$revstat" bench --crl counted.pem --trust ca.pem "${brief[@]}" --threads 1
hasnt out '% batch 2'
# A part proves no absence; an empty list has no hits.
run 0 "$revstat" bench --crl part.crl --trust ca.pem "${brief[@]}"
has out 'not listed is unknown'
run 0 "$revstat" bench --crl empty.crl --trust ca.pem "${brief[@]}"
has out '^ *0 % batch 1 '
hasnt out '^ *50 %'

run 0 "$revstat" bench --crl list.crl --trust ca.pem "${brief[@]}" --format json
same "JSON objects" 1 "$(wc -l <out)"
has out '^\{"time":"20..-..-..T..:..:..Z","version":"[0-9.]+","cpu":".*","cores":[0-9]+,"load_average":'
has out '"entries":3000,.*"lookups":\[\{"hit_percent":0,"mode":"single","threads":1,"per_second":'
if command -v python3 >/dev/null; then
  python3 -c '
import json
report = json.load(open("out"))
assert len(report["lookups"]) == 16 and len(report["memory"]) == 2
assert len(report["openssl"]["lookups"]) == 4
assert all(l["per_second"] > 0 for l in report["lookups"])
assert report["openssl"]["load_is_faster_by"] > 0 and report["openssl"]["memory_bytes"] >= 0
assert report["load"]["peak_bytes"] > report["bytes"] > 0' || fail "JSON"
fi

# What cannot be measured is said, with status 2 and nothing on standard output.
refused() {
  local pattern=$1
  shift
  run 2 "$revstat" bench "$@" "${brief[@]}"
  has err "^revstat: .*$pattern"
  [[ ! -s out ]] || fail "figures in spite of an error: $*"
}
refused 'delta and indirect' --crl delta.crl --trust ca.pem
refused 'no_issuer|bad_signature|key_identifier' --crl other.crl --trust ca.pem
refused 'weak_algorithm' --crl weak.crl --trust weak-ca.pem
refused 'input_unreadable' --crl nowhere --trust ca.pem
refused 'no CRL in it' --crl ca.pem --trust ca.pem
refused 'no certificate in it' --crl list.crl --trust list.crl
run 0 "$revstat" bench --crl weak.crl --trust weak-ca.pem --allow-sha1 "${brief[@]}"

run 0 "$revstat" bench --help
has out 'revstat bench --crl big.crl --trust ca.pem'
run 2 "$revstat" bench --crl list.crl
run 2 "$revstat" bench --crl list.crl --trust ca.pem --format csv
has err '^--format: is not table or json: csv$'
run 2 "$revstat" bench --crl list.crl --trust ca.pem --threads 0
run 2 "$revstat" bench --crl list.crl --trust ca.pem --seconds x
finish
