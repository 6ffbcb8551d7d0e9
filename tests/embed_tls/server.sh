# Sourced by the tests of the example servers, which are called with
#   REVSTAT REVSTAT_GEN DATA SERVER
# A CA with end entities that are valid whatever the clock says, a store with
# its CRLs, and a server whose lines are waited for.
# shellcheck shell=bash disable=SC2154 # harness.sh sets them
example=$(realpath "$4")
source "$(dirname "${BASH_SOURCE[0]}")/../cli/harness.sh"
command -v curl >/dev/null || skip 'no curl'

readonly from=20200101000000Z until=20981231000000Z
quietly() { "$@" >openssl.log 2>&1 || fail "$1: $(tail -3 openssl.log)"; }

# new_ca NAME SEED: valid from 2000 to 2099.
new_ca() {
  quietly "$gen" pki --out "$1" --keep-keys --seed "$2"
  cp "$1/ca/root.pem" "$1.pem"
  : >"$1/index.txt"
  echo "01" >"$1/crlnumber"
  cat >"$1/ca.cnf" <<END
[ca]
default_ca = this
[this]
database = $1/index.txt
serial = $1/serial
crlnumber = $1/crlnumber
new_certs_dir = $1
certificate = $1.pem
private_key = $1/keys/root.key
default_md = sha256
policy = policy
unique_subject = no
crl_extensions = crl
[policy]
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
END
}
# issue CA NAME SERIAL [END]
issue() {
  echo "$3" >"$1/serial"
  quietly openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$2.key" -subj "/CN=$2" -out request
  quietly openssl ca -batch -config "$1/ca.cnf" -in request -startdate $from \
    -enddate "${4-$until}" -notext -out "$2.pem" \
    -extfile <(printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost\n')
}
# revoke CA NAME REASON: from the next publish on.
revoke() { quietly openssl ca -config "$1/ca.cnf" -revoke "$2.pem" -crl_reason "$3"; }
publish() {
  quietly openssl ca -config "$1/ca.cnf" -gencrl -crl_lastupdate $from -crl_nextupdate $until -out crl
  run 0 ingest --store store --trust "$1.pem" crl
}

# --- the server: lines on descriptor 3; it ends when descriptor 5 is closed ---
server=
# start COMMAND...: waits for its port.
start() {
  rm -f lines stop
  mkfifo lines stop
  : >log
  # Clients must not hold what ends it open.
  "$@" <stop >lines 2>log 3<&- 5>&- &
  server=$!
  exec 5>stop 3<lines
  expect_line port
  port=${line#port }
}
# expect_line WORD: the next line begins with it.
expect_line() {
  line=
  read -r -t 120 line <&3 || { fail "the server said no more: $(tail -3 log)"; exit 1; }
  [[ $line == "$1"* ]] || fail "the server says '$line', expected '$1'"
}
expect_lines() { for ((i = 0; i < $1; ++i)); do expect_line "$2"; done; }
# end: it must leave in good order.
end() {
  exec 5>&-
  wait "$server" || fail "the server ended with $?: $(tail -n 60 log)"
  exec 3<&-
  server=
}
end_server() { [[ -z $server ]] || { exec 5>&-; kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; }
trap 'last=$?; end_server; (exit "$last"); finish' EXIT

# s_client NAME OPTION...: one request with this certificate; to out and err.
s_client() {
  local name=$1
  shift
  last_command="s_client $name $*"
  printf 'GET / HTTP/1.0\r\n\r\n' |
    timeout 120 openssl s_client -connect "127.0.0.1:$port" -cert "$name.pem" -key "$name.key" \
      -CAfile server_ca.pem -verify_return_error -ign_eof "$@" >out 2>err 3<&- 5>&-
}
curl_as() {
  last_command="curl $1"
  curl --silent --show-error --max-time 120 --cacert server_ca.pem --cert "$1.pem" --key "$1.key" \
    --resolve "localhost:$port:127.0.0.1" "https://localhost:$port/" >out 2>err 3<&- 5>&-
}
# accepted COMMAND...; refused LINE COMMAND...: LINE is new in the server's log.
accepted() {
  "$@"
  has out welcome
}
refused() {
  local text=$1 before
  shift
  before=$(grep -cF -- "$text" log)
  "$@"
  lacks out welcome
  (($(grep -cF -- "$text" log) == before + 1)) || fail "no new '$text' in the log: $(tail -2 log)"
}
