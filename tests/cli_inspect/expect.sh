# Sourced by the tests here: runs commands and looks at what they print.
# Sets $work, an empty folder that is the working one and goes away at the end.

revstat=$1
gen=$2
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# run STATUS COMMAND...: leaves its output in ./out and ./err.
run() {
  local expected=$1 status=0
  shift
  "$@" >out 2>err </dev/null || status=$?
  [[ $status == "$expected" ]] || {
    fail "exit status $status instead of $expected: $*"
    cat err
  }
}

# has FILE REGEX: a line of it matches, however many spaces are in a row.
has() {
  tr -s ' ' <"$1" | grep -Eq -- "$2" || {
    fail "no line of $1 matches: $2"
    head -n 60 "$1"
  }
}

hasnt() {
  ! tr -s ' ' <"$1" | grep -Eq -- "$2" || fail "a line of $1 matches: $2"
}

# same WHAT EXPECTED ACTUAL
same() {
  [[ $2 == "$3" ]] || fail "$1: expected '$2', is '$3'"
}

finish() {
  ((failures == 0)) && echo "all as expected"
  exit $((failures > 0))
}
