#!/bin/bash
# tools/bench on inputs of some thousand entries: the report has every figure,
# as a page that is well-formed and needs no network, and comparing tells change
# from noise. Plots are looked at where gnuplot is installed.
#
#   good_report.sh ROOT BUILD
set -euo pipefail
export LC_ALL=C
root=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
# has FILE TEXT
has() { grep -qF -- "$2" "$1" || fail "$1 lacks: $2"; }
well_formed() {
  python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1" ||
    fail "$1 is not well-formed"
}
bench() { "$root/tools/bench" --build "$build" --data "$work/data" --out "$work/report" "$@"; }

bench --entries 20000 --largest 10000 --rounds 1 --seconds 0.002 >out 2>err || {
  cat out err
  fail "tools/bench"
}
grep -qE '^.*/report/index.html: [0-9]+ of [0-9]+ goals reached$' out || fail "last line: $(cat out)"
has err "measuring growth: 10000 entries"
well_formed report/index.html
python3 - <<'CHECK' || fail "what was measured"
import json
goals = json.load(open('report/goals.json'))
assert len(goals) >= 17, len(goals)
page, text = open('report/index.html').read(), open('report/report.md').read()
for goal in goals:
    assert goal['value'] > 0 and goal['unit'] and goal['reached'] in (True, False, None), goal
    assert ('beside' in goal) == ('ratio' in goal), goal
    assert '| %s | %s | %s |' % (goal['name'], goal['goal'], goal['measured']) in text, goal
assert {'ingest', 'lookups', 'deltas', 'many issuers', 'partitions', 'revstat check'} <= {
    goal['group'] for goal in goals}
growth = [json.loads(line) for line in open('report/growth.jsonl')]
assert [row['entries'] for row in growth] == [1000, 10000]
for row in growth:
    assert row['peak_bytes'] > row['file_bytes'] > 0 and row['ingest_seconds'] > 0, row
    assert 4 < row['index_bytes_per_entry'] < 16, row
    assert [rate['hit_percent'] for rate in row['lookups']] == [0, 1, 50, 100], row
    assert '| {:,} |'.format(row['entries']) in text, row
for words in ('CPU', 'cores', 'memory', 'kernel', 'compiler', 'flags', 'commit', 'date',
              'load average at start', "bench/goals --data", "--only 'many issuers'",
              'bench/growth --data'):
    assert words in text, words
    assert words.replace("'", '&#x27;') in page, words
assert 'src=' not in page and 'href="http' not in page and '@import' not in page
CHECK
if command -v gnuplot >/dev/null; then
  well_formed report/growth.svg
  # The goals, and four plots of growth.
  [[ $(grep -c '<svg' report/index.html) == 5 ]] || fail "plots of the page"
else
  has report/report.md "gnuplot is not installed"
fi

# One group leaves nothing of the others, and what cannot be is said.
bench --entries 20000 --only index --rounds 1 >out 2>err && fail "a group that does not exist"
has err "no group has 'index' in its name"
bench --entries 20000 --only ingest --rounds 1 --seconds 0.002 >out 2>err || fail "--only"
[[ ! -e report/growth.jsonl && $(grep -c '"group"' report/goals.json) == 4 ]] || fail "--only ingest"
bench --rounds 0 >out 2>err && fail "no rounds"
has err "not a number: 0"
bench --what >out 2>err && fail "an unknown option"
"$root/tools/bench" --help | grep -q 'tools/bench --compare main --only lookups' || fail "--help"

# Comparing, with rounds that are given: one figure twice as large, one that
# only varies, of which the base has left the table alone.
mkdir rounds
for round in 1 2 3; do
  printf '| what | goal | measured | reached |\n| --- | --- | --- | --- |\n' >rounds/base.$round.md
  printf '| fast | >= 1 M/s | 10.%d M/s, 9 MB at the peak | yes |\n' $round >>rounds/base.$round.md
  printf '| steady | <= 2 x SHA | 0.%d0 x (0.%d s beside 1.0 s) | yes |\n' $round $round >>rounds/base.$round.md
  : >rounds/now.$round.md
  cat >rounds/now.$round.json <<JSON
[{"name": "fast", "goal": ">= 1 M/s", "value": 20.$round, "unit": "M/s"},
 {"name": "steady", "goal": "<= 2 x SHA", "value": 0.$round, "unit": "s", "beside": 1, "ratio": 0.$round}]
JSON
done
python3 -B "$root/bench/report/compare.py" rounds base >out || fail "compare.py"
grep -qE '^\| fast \| 10.2 M/s \| 20.2 M/s \| 1.980 \| .* \| \*\*better\*\* \|$' out || fail "fast: $(cat out)"
grep -qE '^\| steady \| 0.2 s \| 0.2 s \| 1.000 \| .* \| within the noise \|$' out || fail "steady: $(cat out)"
has out "3 rounds of each in turns: 1 better, 0 worse, 2 within the noise"

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
