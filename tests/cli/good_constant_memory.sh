#!/bin/bash
# A list of two million rows, some 190 MB, in little memory.
source "$(dirname "$0")/harness.sh"
rows=2000000 limit_kib=49152
# Sanitizers have memory and time of their own.
[[ -z ${REVSTAT_SANITIZE-} ]] || rows=100000 limit_kib=4194304
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 10000

# A pipe on either side spares the disk; a file is read in the same way.
mkfifo results
wc -l <results >count &
counter=$!
last_command='check of a long list'
"$revstat" check --trust ca.pem --crl c.crl --at 2026-01-02T00:00:00Z --format csv - \
  < <("$gen" queries --out - --seed 7 --entries 10000 --count $rows --hit-rate 0.01) \
  >results 2>err &
checker=$!
: >out
peak=0
# The kernel's account of the most memory held, until the end.
while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$checker/status 2>/dev/null) && [[ -n $now ]]; do
  peak=$now
done
wait $checker
status=$?
wait $counter
((status == 1)) || fail "exit status $status"
(($(cat count) == rows + 1)) || fail "$(cat count) lines of results"
echo "$rows rows: at most $peak KiB"
((peak > 0 && peak < limit_kib)) || fail "$peak KiB of memory, the limit is $limit_kib"
quiet
