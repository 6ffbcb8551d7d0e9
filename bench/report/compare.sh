#!/bin/bash
# tools/bench --compare; sourced by it, with its variables and functions.
# shellcheck disable=SC2154  # they are assigned there
# shellcheck disable=SC2030,SC2031,SC2034  # root and logs differ for one build only

# compare_with BASE: builds it in a worktree of its own, runs goals of both in
# turns, each time as a new process, and says what changed.
compare_with() {
  local sha tree=$root/build/compare/tree rounds_of=$out/compare round
  sha=$(git -C "$root" rev-parse --verify --quiet "$1^{commit}") || die "no such commit: $1"
  grep -qvxE 'growth|peers' <<<"$chosen" || die "--compare measures goals; '$only' names none"
  if [[ -e $tree/.git ]]; then
    git -C "$tree" checkout --quiet --force --detach "$sha" || die "cannot check $1 out in $tree"
  else
    git -C "$root" worktree prune
    git -C "$root" worktree add --quiet --detach "$tree" "$sha" || die "cannot check $1 out"
  fi
  say "building $1 (${sha:0:12}) in build/compare/tree"
  (
    root=$tree logs=$tree/build/log
    export CCACHE_BASEDIR=$tree
    locked release build_programs goals revstat
  ) || exit 2
  "$root/bench/make-data" --data "$data" --gen "$gen" --entries "$entries" ||
    die "bench/make-data failed"

  rm -rf "$rounds_of"
  mkdir -p "$rounds_of"
  for ((round = 1; round <= rounds; ++round)); do
    say "round $round of $rounds"
    one_round base "$tree/build/release/bench/goals" "$round"
    one_round now "$build/bench/goals" "$round"
  done
  python3 -B "$root/bench/report/compare.py" "$rounds_of" "$1" | tee "$out/compare.md"
  [[ ${PIPESTATUS[0]} == 0 ]] || die "the rounds could not be compared"
}

# one_round SIDE PROGRAM ROUND. Commits from before `goals --json` leave the
# table alone, which compare.py reads as well.
one_round() {
  local side=$1 goals=$2 file=$rounds_of/$1.$3 help options status=0
  options=(--data "$data" --rounds 1)
  [[ -z $only ]] || options+=(--only "$only")
  help=$("$goals" --help)
  if [[ $help == *--json* ]]; then
    options+=(--entries "$entries" --seconds "$seconds" --json "$file.json")
  elif ((entries != 10000000)); then
    die "$side is from before --entries: compare without --quick and --entries"
  fi
  "$goals" "${options[@]}" >"$file.md" 2>"$file.log" || status=$?
  ((status <= 1)) && return
  cat "$file.log" >&2
  die "goals of $side failed with status $status"
}
