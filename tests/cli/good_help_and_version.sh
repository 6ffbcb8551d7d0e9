#!/bin/bash
source "$(dirname "$0")/harness.sh"
run 0 --version
matches out '^revstat [0-9]+\.[0-9]+\.[0-9]+$'
quiet
run 0 --help
for command in check inspect bench; do matches out "^  $command  +[A-Z]"; done
quiet
for command in check inspect bench; do
  run 0 $command --help
  quiet
  matches out '^Examples?:'
  matches out "^  revstat $command "
done
run 0 check --help
for word in --trust --crl --at --format --clock-skew --max-age --ignore-next-update --allow-sha1 \
  'RFC 3339' 'table, csv or jsonl' 'Exit status' RFC; do
  has out "$word"
done
# Nothing of the option library's own.
lacks out '->'
# One file each time, whatever a shell makes of *.crl.
matches out '^  --crl FILE  .*; may be repeated$'
lacks out 'FILE ...'
awk 'length > 120 { exit 1 }' out || fail "a line of --help is too long"
