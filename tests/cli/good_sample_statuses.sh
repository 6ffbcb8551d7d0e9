#!/bin/bash
# Every certificate of the sample against data/expected.csv, in each format.
source "$(dirname "$0")/harness.sh"
issuer='CN=Issuing CA\, seed 2026,O=revstat test data'
json_issuer=${issuer//\\/\\\\}
source_object="\"source\":{\"kind\":\"crl\",\"issuer\":\"$json_issuer\",\"crl_number\":\"01\",\
\"this_update\":\"2026-06-01T00:00:00Z\",\"next_update\":\"2027-06-01T00:00:00Z\",\
\"sha256\":\"$(sha256sum <"$data/crl/issuing.crl" | cut -d' ' -f1)\"}"

echo 'input,issuer,serial,status,expired,reason,revocation_time,invalidity_time,cause,subject' >expected.csv
files=()
while IFS=, read -r file serial status reason revoked_at invalid_from expired; do
  files+=("$file")
  subject="CN=$(basename "$file" .pem),O=revstat test data"
  echo "$file,\"$issuer\",$serial,$status,$expired,$reason,$revoked_at,$invalid_from,,\"$subject\"" >>expected.csv
  {
    printf '{"input":"%s","subject":"%s","issuer":"%s","serial":"%s","status":"%s","expired":%s,' \
      "$file" "$subject" "$json_issuer" "$serial" "$status" "$expired"
    [[ -z $reason ]] || printf '"reason":"%s",' "$reason"
    [[ -z $revoked_at ]] || printf '"revocation_time":"%s",' "$revoked_at"
    [[ -z $invalid_from ]] || printf '"invalidity_time":"%s",' "$invalid_from"
    echo "$source_object}"
  } >>expected.jsonl
  case $status in
    revoked | on_hold) since=$revoked_at why=${reason:-no reason given} ;;
    expired) since=2026-04-27T00:00:00Z why= ;;
    not_yet_valid) since=2026-07-01T00:00:00Z why= ;;
    *) since='' why='' ;;
  esac
  # As words, whatever the widths of the columns.
  echo "$status $since $why $serial $subject $file" | tr -s ' ' >>expected.table
done < <(tail -n +2 "$data/expected.csv")
((${#files[@]} == 26)) || fail "expected.csv lists ${#files[@]} certificates"

cp -r "$data/certs" "$data/list.csv" "$data/bundle.pem" .
run 1 check "${sample[@]}" --format csv "${files[@]}"
same expected.csv out
quiet
run 1 check "${sample[@]}" --format jsonl "${files[@]}"
same expected.jsonl out
quiet
for format in '' '--format table'; do
  # shellcheck disable=SC2086
  run 1 check "${sample[@]}" $format "${files[@]}"
  sed '1d; /^$/,$d' out | tr -s ' ' >table
  same expected.table table
  matches out '^STATUS +SINCE +WHY +SERIAL +CERTIFICATE$'
  matches out '^2 active, 16 revoked, 4 on hold, 2 expired, 2 not yet valid, 0 unknown, in [0-9.]+ s \([0-9,]+ a second\)$'
  quiet
done

# The same from the bundle and from the list, which has no subjects.
run 1 check "${sample[@]}" --format csv bundle.pem
awk -F, 'NR > 1 { sub(/^[^,]*/, "bundle.pem:" NR - 1) } 1' expected.csv >expected_bundle.csv
same expected_bundle.csv out
run 1 check "${sample[@]}" --format csv list.csv
awk 'NR > 1 { sub(/^[^,]*/, "list.csv:" NR); sub(/"CN=[^"]*"$/, "") } 1' expected.csv >expected_list.csv
same expected_list.csv out
run 1 check "${sample[@]}" --format jsonl list.csv
awk '{ sub(/"input":"[^"]*","subject":"[^"]*"/, "\"input\":\"list.csv:" NR + 1 "\"") } 1' expected.jsonl >expected_list.jsonl
same expected_list.jsonl out

# Unix seconds name the same time.
run 1 check "${evidence[@]}" --at 1780272000 --format csv "${files[@]}"
same expected.csv out
