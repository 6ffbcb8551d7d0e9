#!/bin/bash
# What bash completes of the command line of revstat.
#
#   completion_test.sh COMPLETION REVSTAT REVSTAT_GEN
set -uo pipefail
export PATH=$(dirname "$(realpath "$2")"):$(dirname "$(realpath "$3")"):$PATH
# shellcheck source=/dev/null
source "$1"
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" && mkdir folder && touch file.crl

# completes "COMMAND LINE" WORD...: the last word of the line is completed to
# these, in any order.
completes() {
  local line=$1
  shift
  read -ra COMP_WORDS <<<"$line"
  [[ $line != *" " ]] || COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _revstat "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
  local got expected
  got=$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)
  expected=$(printf '%s\n' "$@" | sort | xargs)
  [[ $got == "$expected" ]] || {
    echo "'$line' completes to '$got', expected '$expected'"
    ((++failures))
  }
}

[[ $(complete -p revstat) == "complete -F _revstat revstat" ]] || ((++failures))
[[ $(complete -p revstat-gen) == "complete -F _revstat revstat-gen" ]] || ((++failures))
completes "revstat che" check
completes "revstat in" ingest inspect
completes "revstat store " list check export prune
completes "revstat ocsp q" query
completes "revstat check --tru" --trust --trust-responder
completes "revstat refresh --once --st" --store --status-interval
completes "revstat check --unknown " refuse accept
completes "revstat check --format j" jsonl
completes "revstat check --store " folder
completes "revstat check --crl f" folder file.crl
completes "revstat check fi" file.crl
completes "revstat check --at " ""
completes "revstat check --allow-sha1 fi" file.crl
completes "revstat nonsense --he" --help
completes "revstat-gen cr" crl
completes "revstat-gen crl --encoding " pem der
exit $((failures > 0))
