# Sourced by the scripts of this folder, which are called with
#   REVSTAT REVSTAT_GEN DATA [CORPORA]
# Each works in a folder of its own; a script fails where one expectation does,
# after all of them have been tried.
# shellcheck shell=bash disable=SC2034 # variables are for the scripts
set -uo pipefail
export LC_ALL=C TZ=UTC

revstat=$(realpath "$1")
gen=$(realpath "$2")
data=$(realpath "$3")
corpora=${4-}
work=$(mktemp -d)
failures=0
cd "$work" || exit 2
chmod 711 .

at=2026-06-01T00:00:00Z # the sample's time
readonly evidence=(--trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem"
  --crl "$data/crl/root.crl" --crl "$data/crl/issuing.crl")
readonly sample=("${evidence[@]}" --at "$at")
readonly active=$data/certs/active_0001.pem revoked=$data/certs/revoked_superseded_0001.pem

finish() {
  local status=$?
  chmod -R u+rwX "$work" && rm -rf "$work"
  ((status != 0)) && exit "$status"
  ((failures == 0)) || exit 1
}
trap finish EXIT

skip() {
  echo "skipped: $*"
  exit 0
}

# fail MESSAGE: reports, with the last command and what it printed.
fail() {
  ((++failures))
  {
    echo "FAILED, line ${BASH_LINENO[1]}: $*"
    echo "  command: revstat ${last_command-}"
    head -20 out | cut -c1-300 | sed 's/^/  stdout: /'
    head -20 err | cut -c1-300 | sed 's/^/  stderr: /'
  } >&2
}

# run STATUS ARGUMENT...: revstat, which must end with this exit status; what it
# prints goes to the files out and err.
run() {
  local expected=$1 status=0
  shift
  last_command=$*
  "$revstat" "$@" >out 2>err || status=$?
  ((status == expected)) || fail "exit status $status, expected $expected"
}

# has FILE TEXT: a line of out or err holds the text.
has() { grep -qF -- "$2" "$1" || fail "$1 has no '$2'"; }
lacks() { ! grep -qF -- "$2" "$1" || fail "$1 has '$2'"; }
matches() { grep -qE -- "$2" "$1" || fail "$1 has no line like '$2'"; }
quiet() { [[ ! -s err ]] || fail "something on standard error"; }
# same EXPECTED ACTUAL: two files.
same() { diff "$1" "$2" >diff.txt || fail "$1 and $2 differ: $(head -6 diff.txt)"; }
# lines COUNT FILE
lines() { (($(wc -l <"$2") == $1)) || fail "$2 has $(wc -l <"$2") lines, expected $1"; }

# The first field of this name of each JSON line in out, if it has one.
column() {
  awk -v key="\"$1\":\"" '(start = index($0, key)) {
    value = substr($0, start + length(key)); print substr(value, 1, index(value, "\"") - 1) }' out
}
# statuses WORD...: those of the JSON lines in out, in order.
statuses() { [[ $(column status | xargs) == "$*" ]] || fail "statuses $(column status | xargs), expected $*"; }
causes() { [[ $(column cause | xargs) == "$*" ]] || fail "causes $(column cause | xargs), expected $*"; }

to_der() { openssl x509 -in "$1" -outform DER; }
# With the last octet's lowest bit flipped, which belongs to the signature.
flip_last_bit() {
  local last
  last=$(tail -c 1 "$1" | od -An -tu1)
  head -c -1 "$1"
  printf '%b' "\\x$(printf %02x $((last ^ 1)))"
}
# Is the GOST module installed (package libengine-gost-openssl)?
have_gost() { openssl engine -t gost 2>/dev/null | grep -q '\[ available \]'; }
sha256_of_certificate() { to_der "$1" | sha256sum | cut -d' ' -f1; }
