#!/bin/bash
# A list of two million rows, some 190 MB, and bundles of 50,000 certificates,
# 25 MB in DER and 37 in PEM, in little memory.
source "$(dirname "$0")/harness.sh"
rows=2000000 certificates=50000 limit_kib=32768
# Sanitizers have memory and time of their own.
[[ -z ${REVSTAT_SANITIZE-} ]] || rows=100000 certificates=5000 limit_kib=4194304
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 10000

# in_little_memory COUNT COMMAND...: checks what the command prints, which has
# so many. A pipe on either side spares the disk; a file is read in the same way.
mkfifo results
in_little_memory() {
  local count=$1 counter checker peak=0 now status
  shift
  last_command="check of what '$*' prints"
  wc -l <results >count &
  counter=$!
  "$revstat" check --trust ca.pem --crl c.crl --at 2026-01-02T00:00:00Z --format csv - \
    < <("$@") >results 2>err &
  checker=$!
  : >out
  # The kernel's account of the most memory held, until the end.
  while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$checker/status 2>/dev/null) && [[ -n $now ]]; do
    peak=$now
  done
  wait $checker && status=0 || status=$?
  wait $counter
  ((status == 1)) || fail "exit status $status"
  (($(cat count) == count + 1)) || fail "$(cat count) lines of results"
  echo "$count: at most $peak KiB"
  ((peak > 0 && peak < limit_kib)) || fail "$peak KiB of memory, the limit is $limit_kib"
  quiet
}
queried=(--out - --seed 7 --entries 10000 --hit-rate 0.01)
in_little_memory $rows "$gen" queries "${queried[@]}" --count $rows
for encoding in der pem; do
  in_little_memory $certificates "$gen" certs "${queried[@]}" --encoding $encoding --count $certificates
done
