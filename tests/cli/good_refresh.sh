#!/bin/bash
# revstat refresh against a server on loopback: --once, --check-config, and the
# service with its signals. CRLs without nextUpdate do not care for the clock.
source "$(dirname "$0")/harness.sh" "$@"
server=$(dirname "$data")/tests/support/fault_server.py

mkdir served
"$gen" crl --out served/a --ca-out ca.pem --seed 7 --entries 100 --next-update none
"$gen" crl --out second --seed 7 --entries 101 --next-update none --crl-number 2 \
  --this-update 2026-01-02T00:00:00Z
"$gen" crl --out served/expired --ca-out expired.pem --seed 8 --entries 5
coproc SERVER { exec python3 -I -S "$server" served; }
read -r port <&"${SERVER[0]}"
exec {server_input}>&"${SERVER[1]}"

# sources NAME URL_PATH...: a block for each path, trusted as ca.pem.
sources() {
  local file=$1 path
  shift
  for path; do
    printf '[[issuer]]\nname = "%s"\ntrust = ["%s"]\n' "$path" \
      "$([[ $path == *expired ]] && echo expired.pem || echo ca.pem)"
    printf 'crl_urls = ["http://127.0.0.1:%s%s"]\n' "$port" "$path"
    printf 'allow_private_addresses = true\nmin_interval = "1s"\nmax_interval = "1s"\n'
  done >"$file"
}

# --- Once ---
sources good.toml /ok/a
run 0 refresh --sources good.toml --check-config
has err '1 source, 1 URL'
lacks out .
run 0 refresh --store store --sources good.toml --once
has out '"event":"fetched"'
has out '"event":"published","issuer":"/ok/a","kind":"complete","state":"fresh"'
has out '"changes":{"revoked":100'
has out '"event":"status"'
run 0 refresh --store store --sources good.toml --once
has out '"event":"not_modified"'
lacks out '"event":"published"'
cp second served/a
run 0 refresh --store store --sources good.toml --once --max-serials 1
has out '"generation":3,"crl_number":"02"'
has out '"changes":{"revoked":1,"put_on_hold":0,"lifted":0,"gone":0,"gone_too_early":0,"first":[{"change":"revoked","serial":"'

sources mixed.toml /ok/a /status/404 /ok/expired
run 0 refresh --sources mixed.toml --check-config
has err '3 sources, 3 URLs'
run 1 refresh --store store --sources mixed.toml --once
has out '"error":"http_status"'
has out '"event":"stale","issuer":"/ok/expired"'
has out '"state":"missing"'

# --- What is wrong ---
printf '[[issuer]]\nname = "x"\ntrust = ["nowhere.pem"]\ncrl_url = []\n' >wrong.toml
run 2 refresh --sources wrong.toml --check-config
has err 'wrong.toml:4:1: unknown key "crl_url"'
has err 'wrong.toml:1:1: the file cannot be read: nowhere.pem: No such file'
lacks out .
run 2 refresh --sources nowhere.toml --check-config
run 2 refresh --sources good.toml --once
has err '--store is required'
run 0 refresh --sources "$data/../tools/sources.toml" --check-config

# --- The service ---
# wait_for TEXT: until the service has said so; ends with it.
wait_for() {
  local line
  while read -r line <&"${SERVICE[0]}"; do
    [[ $line == *"$1"* ]] && return
  done
  last_command="refresh as a service"
  : >out
  cp service.err err
  fail "the service did not say $1"
}
sources service.toml /hang/a /ok/a
coproc SERVICE { exec "$revstat" refresh --store store --sources service.toml --status-interval 1 2>service.err; }
service=$SERVICE_PID
wait_for '"event":"not_modified","issuer":"/ok/a"'
wait_for '"event":"status"'
run 2 refresh --store store --sources good.toml --once # the lock is held
has err 'revstat refresh'
sources service.toml /ok/a /status/410
kill -HUP "$service"
wait_for '"issuer":"/status/410"'
echo 'broken' >service.toml
kill -HUP "$service"
wait_for '"event":"not_modified","issuer":"/ok/a"'
sources service.toml /hang/a
kill -HUP "$service"
wait_for '"issuer":"/hang/a"'
started=${EPOCHREALTIME/./}
kill -TERM "$service"
wait "$service"
status=$?
took=$(((${EPOCHREALTIME/./} - started) / 1000))
last_command="refresh, SIGTERM"
: >out
mv service.err err
((status == 0)) || fail "exit status $status"
((took < 1000)) || [[ -n ${REVSTAT_SANITIZE-} ]] || fail "SIGTERM took $took ms"

# --- Nobody reads what it says ---
# As many lines as no pipe holds, to one that is open and never read.
mkfifo unread
exec {unread}<>unread
for ((i = 0; i < 300; ++i)); do
  printf '[[issuer]]\nname = "%0400d"\ntrust = ["ca.pem"]\ncrl_urls = ["file:///nowhere/%d"]\n' "$i" "$i"
done >many.toml
sources last.toml /ok/a
cat last.toml >>many.toml
"$revstat" refresh --store unread-store --sources many.toml >unread 2>service.err &
service=$!
for ((i = 0; i < 2000; ++i)); do
  "$revstat" store list --store unread-store --format jsonl >out 2>err && [[ -s out ]] && break
done
last_command="refresh into a pipe that nobody reads"
has out '"crl_number":"02"'
started=${EPOCHREALTIME/./}
kill -TERM "$service"
wait "$service"
status=$?
took=$(((${EPOCHREALTIME/./} - started) / 1000))
: >out
mv service.err err
((status == 0)) || fail "exit status $status"
((took < 2000)) || [[ -n ${REVSTAT_SANITIZE-} ]] || fail "SIGTERM took $took ms"
exec {unread}>&-
exec {server_input}>&-
