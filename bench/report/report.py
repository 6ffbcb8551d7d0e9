"""Makes the report of tools/bench out of the folder with what it measured.

report.py FOLDER: writes index.html, report.md and, with a growth series,
growth.svg; prints in a line how many goals are reached.
"""

import html
import json
import pathlib
import re
import shlex
import statistics
import sys

import plots

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #667; --line: #d5d9de; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e6ea; --paper: #14171a; --soft: #9aa3ad; --line: #363c43; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 1100px; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; }
figure { margin: 0; } figure svg { width: 100%; height: auto; display: block; }
figure.wide { max-width: 640px; }
figcaption, .note { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
         border-bottom: 1px solid var(--line); }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.no { font-weight: bold; color: #d9822b; }
code { font-size: .85rem; overflow-wrap: anywhere; }
"""


def read_lines(path):
    """The objects of a file of JSON lines; none where there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding='utf-8').splitlines() if line]


def short(value):
    """A number as people read it; other things as they are."""
    if isinstance(value, bool) or value is None:
        return {True: 'yes', False: 'no', None: ''}[value]
    if not isinstance(value, (int, float)):
        return value if isinstance(value, str) else json.dumps(value)
    for size, unit in ((1e9, ' G'), (1e6, ' M'), (1e3, ' k')):
        if abs(value) >= size:
            return f'{value / size:.3g}{unit}'
    return f'{value:.3g}'


def duration(seconds):
    """With three digits, in the unit that suits."""
    for size, unit in ((1, 's'), (1e-3, 'ms'), (1e-6, 'us')):
        if seconds >= size:
            return f'{seconds / size:.3g} {unit}'
    return f'{seconds / 1e-9:.3g} ns'


class Table:
    """Rows of text, as Markdown and as HTML."""

    def __init__(self, head, rows):
        self.head, self.rows = head, rows

    def markdown(self):
        lines = [self.head, ['---'] * len(self.head)] + self.rows
        escaped = [[cell.replace('|', '\\|') for cell in line] for line in lines]
        return '\n'.join('| ' + ' | '.join(line) + ' |' for line in escaped) + '\n'

    def html(self):
        def cell(text):
            if text == '**no**':
                return '<td class="no">no</td>'
            if re.fullmatch(r'`[^`]*`', text):
                return f'<td><code>{html.escape(text[1:-1])}</code></td>'
            kind = ' class="number"' if re.match(r'[\d.,]+( \S{1,3})?$', text) else ''
            return f'<td{kind}>{html.escape(text)}</td>'

        head = ''.join(f'<th>{html.escape(text)}</th>' for text in self.head)
        rows = ''.join('<tr>' + ''.join(map(cell, row)) + '</tr>\n' for row in self.rows)
        return f'<div class="scroll"><table><tr>{head}</tr>\n{rows}</table></div>\n'


# None: measured beside others, without a goal of its own.
REACHED = {True: 'yes', False: '**no**', None: ''}


def margin(goal):
    """How many times over a goal is reached; below 1 where it is not."""
    match = re.match(r'(>=|<=) ([\d.]+) (x )?', goal['goal'])
    if not match:
        return 0
    bound = float(match.group(2))
    measured = goal['ratio'] if match.group(3) else goal['value']
    return measured / bound if match.group(1) == '>=' else bound / max(measured, 1e-9)


def read_commands(folder):
    """Command of each group; that of `goals` once for each of its groups."""
    commands = {}
    path = folder / 'commands.tsv'
    for line in path.read_text(encoding='utf-8').splitlines() if path.exists() else []:
        group, command = line.split('\t', 1)
        commands.setdefault(group, []).append(command)
    return commands


def command_of_goals(command, group):
    """For one group, without the file that tools/bench reads."""
    words = shlex.split(command)
    for option in ('--json', '--only'):
        if option in words:
            at = words.index(option)
            del words[at:at + 2]
    return shlex.join(words + ['--only', group])


PEER_FIGURES = {
    'load_seconds': 'time to load', 'peak_bytes': 'peak memory',
    'per_second_1': 'lookups a second, 1 % hits', 'per_second_50': 'lookups a second, 50 % hits'
}


def peers_of(runs):
    """Runs of the same peer on the same list as one, with the medians of their figures."""
    together = {}
    for run in runs:
        together.setdefault((run['entries'], run['peer']), []).append(run)
    rows = []
    for (_, _), same in sorted(together.items(), key=lambda one: one[0][0]):
        row = dict(next((run for run in same if 'failed' in run), same[0]))
        for key in PEER_FIGURES:
            if key in row:
                row[key] = statistics.median(run[key] for run in same)
        rows.append(row)
    return rows


def peer_figure(key, row):
    if key not in row:
        return ''
    if key == 'load_seconds':
        return duration(row[key])
    return short(row[key]) + ('B' if key == 'peak_bytes' else '')


def peer_plot(rows, key, caption):
    """(name, caption, SVG) of bars, the best on top."""
    rows = sorted(rows, key=lambda row: row[key], reverse=key.startswith('per_second'))
    drawn = plots.bars([(row['peer'], row[key], peer_figure(key, row), row['peer'] == 'revstat')
                        for row in rows], log_axis=True, width=480)
    return 'peers_' + key, caption, drawn


class Report:
    """Collects sections, each as Markdown and as HTML."""

    def __init__(self, folder):
        self.folder = folder
        self.markdown, self.html = [], []
        self.commands = read_commands(folder)

    def heading(self, text):
        self.markdown.append(f'## {text}\n')
        self.html.append(f'<h2>{html.escape(text)}</h2>\n')

    def note(self, text):
        self.markdown.append(text + '\n')
        self.html.append(f'<p class="note">{html.escape(text)}</p>\n')

    def table(self, head, rows):
        table = Table(head, rows)
        self.markdown.append(table.markdown())
        self.html.append(table.html())

    def figures(self, drawn, kind=''):
        """Of (name, caption, SVG)."""
        self.html.append('<div class="plots">\n' if not kind else '')
        for name, caption, svg in drawn:
            label = html.escape(caption, quote=True)
            self.html.append(f'<figure{kind}>{plots.inline(svg, name, label)}'
                             f'<figcaption>{label}</figcaption></figure>\n')
        self.html.append('</div>\n' if not kind else '')

    def command_table(self, rows):
        self.table(['figures', 'command, from the root of the repository'],
                   [[group, f'`{command}`'] for group, command in rows])

    def add_machine(self, machine):
        self.heading('Measured on')
        self.table(['', ''], [[key, str(value)] for key, value in machine.items()])

    def add_goals(self, goals):
        self.heading('Goals')
        if plots.available():
            rows = [(goal['name'], margin(goal), re.split(r' \(|, ', goal['measured'])[0],
                     goal['reached']) for goal in goals if goal['reached'] is not None]
            self.figures([('goals', 'How many times over each goal is reached (at 1: just so)',
                           plots.bars(rows, log_axis=True, mark=1))], ' class="wide"')
        self.table(['what', 'goal', 'measured', 'reached', 'group'],
                   [[goal['name'], goal['goal'], goal['measured'],
                     REACHED[goal['reached']], goal['group']] for goal in goals])
        self.note('A figure is the median of its rounds; a ratio is the median of the rounds’ '
                  'ratios to what was measured in turns with it.')
        groups = dict.fromkeys(goal['group'] for goal in goals)
        self.command_table([(group, command_of_goals(command, group)) for group in groups
                            for command in self.commands.get('goals', [])])

    def add_growth(self, rows):
        self.heading('Growth')
        if plots.available():
            self.figures(plots.growth(rows))
            (self.folder / 'growth.svg').write_text(plots.growth_in_one(rows), encoding='utf-8')
        hits = [rate['hit_percent'] for rate in rows[0]['lookups']]
        table = []
        for row in rows:
            peak = row['peak_bytes'] / 1e6
            table.append([
                f"{row['entries']:,}", duration(row['ingest_seconds']),
                f"{row['ingest_seconds'] / row['sha256_seconds']:.2f}",
                duration(row['ingest_seconds'] / row['entries']), f'{peak:.0f} MB',
                f"{row['index_bytes_per_entry']:.2f}"
            ] + [f"{rate['per_second'] / 1e6:.3g} M/s" for rate in row['lookups']] +
                         [f"{row['random_lines_per_second'] / 1e6:.3g} M/s"])
        self.table(['entries', 'taken in', 'x SHA-256', 'an entry', 'peak memory',
                    'index, octets an entry'] + [f'lookups, {hit} % hits' for hit in hits] +
                   ['random cache lines'], table)
        self.note('Lookups in batches on one thread. Peak memory is the whole process with its '
                  'libraries and the mapped file.')
        self.command_table([(f"{row['entries']:,} entries", command) for row, command in
                            zip(rows, self.commands.get('growth', []))])

    def add_peers(self, runs):
        self.heading('Peers')
        rows = peers_of(runs)
        sizes = {size: [row for row in rows if row['entries'] == size and 'failed' not in row]
                 for size in dict.fromkeys(row['entries'] for row in rows)}
        # The race that most take part in; of several, the longest list.
        size = max(sizes, key=lambda one: (len(sizes[one]), one))
        if plots.available() and len(sizes[size]) > 1:
            self.figures([peer_plot(sizes[size], key, f'{what}, {size:,} entries')
                          for key, what in PEER_FIGURES.items()])
        self.table(['entries', 'peer', 'version'] + list(PEER_FIGURES.values()) + ['how'],
                   [[f"{row['entries']:,}", row['peer'], row.get('version', '')] +
                    [peer_figure(key, row) for key in PEER_FIGURES] +
                    [row.get('failed') or ', signature '.join(
                        row[key] for key in ('search', 'signature') if row.get(key))]
                    for row in rows])
        self.note('Medians of the runs, each in a process of its own; every answer is checked.')
        self.command_table([('peers', command) for command in self.commands.get('peers', [])])

    def write(self, title, summary):
        (self.folder / 'report.md').write_text(
            f'# {title}\n\n{summary}\n\n' + '\n'.join(self.markdown), encoding='utf-8')
        (self.folder / 'index.html').write_text(
            '<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head>'
            '<meta charset="utf-8"/>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
            f'<title>{html.escape(title)}</title><style>{STYLE}</style></head>\n<body>\n'
            f'<h1>{html.escape(title)}</h1>\n<p>{html.escape(summary)}</p>\n' +
            ''.join(self.html) + '</body></html>\n', encoding='utf-8')


def main():
    folder = pathlib.Path(sys.argv[1])
    machine = json.loads((folder / 'machine.json').read_text(encoding='utf-8'))
    path = folder / 'goals.json'
    goals = json.loads(path.read_text(encoding='utf-8')) if path.exists() else []
    growth = read_lines(folder / 'growth.jsonl')
    peers = read_lines(folder / 'peers.jsonl')

    report = Report(folder)
    if goals:
        report.add_goals(goals)
    if growth:
        report.add_growth(growth)
    if peers:
        report.add_peers(peers)
    if not plots.available():
        report.note('Without plots: gnuplot is not installed.')
    report.add_machine(machine)

    reached = [goal['reached'] for goal in goals if goal['reached'] is not None]
    summary = (f'{sum(reached)} of {len(reached)} goals reached' if reached
               else 'no goals measured')
    report.write(f"revstat {machine['commit']}, measured {machine['date']}",
                 summary[0].upper() + summary[1:] + '.')
    print(f"{folder / 'index.html'}: {summary}")


if __name__ == '__main__':
    main()
