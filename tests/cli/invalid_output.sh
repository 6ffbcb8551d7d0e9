#!/bin/bash
# Results that cannot be written: a message and status 2, no crash. A reader that
# has gone has what it wanted: no message.
source "$(dirname "$0")/harness.sh"
: >out
"$gen" queries --out list.csv --seed 7 --count 100000
given=(check "${sample[@]}" --format csv)
for input in "$active" "$data/bundle.pem" "$data/certs" list.csv; do
  last_command="check $input >/dev/full"
  status=0
  "$revstat" "${given[@]}" "$input" >/dev/full 2>err || status=$?
  ((status == 2)) || fail "exit status $status"
  has err 'revstat: standard output cannot be written: No space left on device'
  lines 1 err
done

for input in list.csv "$data/bundle.pem"; do
  last_command="check $input | head -1"
  { "$revstat" "${given[@]}" "$input" 2>err && echo 0 >status || echo $? >status; } | head -1 >out
  lines 1 out
  # A short result may all be in the pipe before its reader goes away.
  [[ $(cat status) == [12] || ($input == list.csv && $(cat status) == 2) ]] || fail "exit status $(cat status)"
  quiet
done

last_command='check >&-'
status=0
"$revstat" "${given[@]}" "$active" >&- 2>err || status=$?
((status == 2)) || fail "exit status $status"
