#!/bin/bash
# Broken rows: a message with file and line, a row of their own, status 2; the
# others are answered.
source "$(dirname "$0")/harness.sh"
issuer=$(sha256_of_certificate "$data/ca/issuing.pem")
good=$issuer,3e4c6c8c6dc5cde5e3cd792ae1a5dccd,,
# bad MESSAGE ROW
bad() {
  printf 'issuer,serial,not_before,not_after\n%s\n%s\n%s\n' "$good" "$2" "$good" >list.csv
  run 2 check "${sample[@]}" --format jsonl list.csv
  statuses active unknown active
  has out '{"input":"list.csv:3","status":"unknown","cause":"bad_input"}'
  lines 1 err
  has err 'revstat: list.csv:3: '
  has err "$1"
}
bad 'serial' "$issuer,xyz,,"
bad 'serial' "$issuer,,,"
bad 'serial' "$issuer,0x,,"
bad 'serial' "$issuer,$(printf '7%081d' 0),,"
bad 'issuer' ",01,,"
bad 'bad_text' "no name,01,,"
bad 'number of fields' "$issuer,01"
bad 'number of fields' "$issuer,01,,,"
bad 'quoted field' "\"$issuer,01,,"
bad 'RFC 3339' "$issuer,01,yesterday,"
bad 'RFC 3339' "$issuer,01,,2026-06-31T00:00:00Z"

# A header that lacks a column, or has one twice.
# bad_header MESSAGE HEADER
bad_header() {
  printf '%s\n%s\n' "$2" "$good" >list.csv
  run 2 check "${sample[@]}" --format jsonl list.csv "$active"
  statuses unknown active
  has err 'revstat: list.csv: '
  has err "$1"
}
bad_header 'neither a certificate' 'serial,subject'
bad_header 'neither a certificate' "$good"
bad_header 'line 1: the header must name issuer and serial' 'issuer_name,serial_number'
bad_header 'line 1: the column serial occurs twice' 'issuer,serial,serial'

# A line longer than a block: what stands before it is answered.
{
  echo issuer,serial
  for _ in {1..2000}; do echo "$issuer,3e4c6c8c6dc5cde5e3cd792ae1a5dccd"; done
  head -c 3000000 /dev/zero | tr '\0' x
} >long.csv
run 2 check "${sample[@]}" --format jsonl long.csv "$active"
has err 'revstat: long.csv: '
has err 'line 2002'
lines 2002 out
# A zero octet in the text.
printf 'issuer,serial\n%s,3e\0\n' "$issuer" >zero.csv
run 2 check "${sample[@]}" --format csv zero.csv
has err 'zero.csv:2: '
