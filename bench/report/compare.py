"""Compares rounds of `goals` of two commits: what changed by more than noise?

compare.py FOLDER BASE: reads base.1.json, now.1.json, base.2.json, ...; where a
round has no .json, the Markdown table in .md. Prints a Markdown table.

A figure's noise is the spread of one side's own rounds, (largest - smallest) /
median, of the side where it is wider, times sqrt(5 / rounds): medians get
steadier with more rounds. Medians further apart than that have changed. Where
nothing has changed and rounds vary normally, that is said of one figure in 300
with 5 rounds, one in 36 with 3, one in 1,000 with 7 (simulated).
"""

import json
import math
import pathlib
import re
import statistics
import sys

FLOOR = 0.005  # figures are printed with three digits


def figures_of_table(text):
    """{name: (value, unit, lower is better)}: the first number of `measured`, and what was timed."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip('| ').split(' | ')]
        if len(cells) < 4 or not re.match(r'[<>]=', cells[1]):
            continue
        lower = cells[1].startswith('<=')
        ratio = re.match(r'([\d.]+) x', cells[2])
        value = re.search(r'\(([\d.]+) ([^ )]+)', cells[2]) if ratio else re.match(
            r'([\d.]+) ?([^,(]*)', cells[2])
        if value:
            found[cells[0]] = (float(value.group(1)), value.group(2).strip(), lower)
        if ratio:
            found[cells[0] + ', ratio'] = (float(ratio.group(1)), 'x', lower)
    return found


def figures_of_json(goals):
    found = {}
    for goal in goals:
        lower = goal['goal'].startswith('<=')
        found[goal['name']] = (goal['value'], goal['unit'], lower)
        if 'ratio' in goal:
            found[goal['name'] + ', ratio'] = (goal['ratio'], 'x', lower)
    return found


def rounds(folder, side):
    all_rounds = []
    for table in sorted(folder.glob(f'{side}.*.md')):
        measured = table.with_suffix('.json')
        all_rounds.append(
            figures_of_json(json.loads(measured.read_text(encoding='utf-8'))) if measured.exists()
            else figures_of_table(table.read_text(encoding='utf-8')))
    return all_rounds


def spread(values):
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0


def compare(name, base, now):
    """A row of the table, and the verdict."""
    unit, lower = now[0][name][1], now[0][name][2]
    before = [one[name][0] for one in base if name in one]
    after = [one[name][0] for one in now if name in one]
    if not before:
        return [name, '', f'{statistics.median(after):.4g} {unit}', '', '', 'new'], 'new'
    old, new = statistics.median(before), statistics.median(after)
    ratio = new / old if old else float('inf')
    noise = max(max(spread(before), spread(after)) * math.sqrt(5 / len(after)), FLOOR)
    verdict = 'within the noise'
    if len(before) < 3 or len(after) < 3:
        verdict = 'too few rounds'
    elif abs(ratio - 1) > noise:
        verdict = '**better**' if (ratio < 1) == lower else '**worse**'
    return [name, f'{old:.4g} {unit}', f'{new:.4g} {unit}', f'{ratio:.3f}',
            f'± {100 * noise:.1f} %', verdict], verdict


def main():
    folder, name_of_base = pathlib.Path(sys.argv[1]), sys.argv[2]
    base, now = rounds(folder, 'base'), rounds(folder, 'now')
    if not base or not now or not now[0]:
        sys.exit('compare.py: nothing was measured')
    print(f'| figure | {name_of_base} | now | now / {name_of_base} | noise | verdict |\n'
          '| --- | --- | --- | --- | --- | --- |')
    verdicts = []
    for name in now[0]:
        row, verdict = compare(name, base, now)
        verdicts.append(verdict)
        print('| ' + ' | '.join(row) + ' |')
    gone = [name for name in base[0] if name not in now[0]]
    print(f'\n{len(now)} rounds of each in turns: {verdicts.count("**better**")} better, '
          f'{verdicts.count("**worse**")} worse, '
          f'{verdicts.count("within the noise")} within the noise'
          + (f'; no longer measured: {", ".join(gone)}' if gone else ''))


if __name__ == '__main__':
    main()
