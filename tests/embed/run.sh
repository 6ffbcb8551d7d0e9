#!/bin/bash
# Runs a test of the C interface with the sample as files in DER, and a store
# of its CRLs.
#
#   run.sh REVSTAT DATA COMMAND...    @FOLDER and @STORE in COMMAND are those
#                                     made here; @FOLDER also has the files
#                                     first.toml, issuing.toml and all.toml for a
#                                     refresher, and root.pem and issuing.pem
set -euo pipefail
revstat=$1 data=$(realpath "$2")
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[[ $1 != python3 ]] || command -v python3 >/dev/null || {
  echo "skipped: no python3"
  exit 0
}

issuer=$(openssl x509 -in "$data/ca/issuing.pem" -outform DER | sha256sum | cut -d' ' -f1)
while IFS=, read -r file serial status _; do
  name=$(basename "$file" .pem).der
  openssl x509 -in "$data/$file" -outform DER -out "$work/$name"
  echo "$name $issuer $serial $status"
done < <(tail -n +2 "$data/expected.csv") >"$work/samples.txt"

cp "$data"/ca/*.pem "$work"
block() {
  printf '[[issuer]]\nname = "%s"\ntrust = ["%s"]\ncrl_urls = ["file://%s"]\n' "$1" \
    "$data/ca/$1.pem" "$data/crl/$1.crl"
}
block root >"$work/first.toml"
block issuing >"$work/issuing.toml"
{ block root && block issuing; } >"$work/all.toml"

"$revstat" ingest --store "$work/store" --trust "$data/ca/root.pem" \
  --trust "$data/ca/issuing.pem" --at 2026-06-01 "$data"/crl/*.crl >"$work/ingest.log" 2>&1 ||
  { cat "$work/ingest.log" && exit 1; }

command=("${@//@FOLDER/$work}")
"${command[@]//@STORE/$work/store}"
