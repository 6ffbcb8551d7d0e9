"""Plots as SVG text, drawn by gnuplot."""

import math
import re
import shutil
import subprocess

# Readable on white and on nearly black.
BLUE, ORANGE, GREEN, VIOLET, GREY = '#3b82c4', '#d9822b', '#2f9e6e', '#9b6dd0', '#8a8a8a'
COLOURS = (BLUE, ORANGE, GREEN, VIOLET, '#c2538f')


def available():
    return shutil.which('gnuplot') is not None


def _gnuplot(script):
    done = subprocess.run(['gnuplot'], input=script, capture_output=True, text=True, check=False)
    if done.returncode != 0 or '</svg>' not in done.stdout:
        raise RuntimeError(f'gnuplot fails: {done.stderr.strip()}\n{script}')
    return done.stdout


def inline(svg, name, label):
    """For a page: no prolog, names of its own, and the page's colour for ink."""
    svg = svg[svg.index('<svg'):]
    svg = re.sub(r'<title>.*?</title>|<desc>.*?</desc>|<filter.*?</filter>', '', svg, flags=re.S)
    svg = re.sub(r'''\bid=(['"])''', rf'id=\1{name}_', svg)
    svg = re.sub(r'''href='#''', f"href='#{name}_", svg)
    svg = re.sub(r'''(stroke|fill|color)=(['"])black\2''', r'\1=\2currentColor\2', svg)
    return svg.replace('<svg', f'<svg role="img" aria-label="{label}"', 1)


def standalone(svg):
    """For a file of its own: without what differs from one gnuplot to another."""
    svg = re.sub(r'<title>.*?</title>\s*|<desc>.*?</desc>\s*|<filter.*?</filter>\s*', '', svg,
                 flags=re.S)
    return '\n'.join(line.rstrip() for line in svg.splitlines() if line.strip()) + '\n'


def _terminal(width, height, background=''):
    more = f' background "{background}"' if background else ''
    return (f'set terminal svg size {width},{height} dynamic noenhanced '
            f'font "sans-serif,13"{more}\n')


# A decade's ticks with the words that people use.
_DECADES = ', '.join(f'"{text}" 1e{power}' for power, text in enumerate(
    ('1', '10', '100', '1 k', '10 k', '100 k', '1 M', '10 M', '100 M', '1 G')))


def _log_axes(ylabel, sizes, yticks):
    return (f'set title "{ylabel}, by entries" font ",14"\n'
            'set logscale xy\nset border 3\nset tics nomirror\n'
            'set grid ytics xtics lc rgb "#808080" lw 0.4 dt 3\n'
            f'set xrange [{min(sizes) * 0.7}:{max(sizes) * 1.4}]\n'
            f'set xtics ({_DECADES})\nset bmargin 5\n'
            'set key bmargin center horizontal maxcols 3 samplen 1.2\n'
            f'set ytics {yticks}\n')


def _series(lines):
    """Plot command of (title, colour, dashed, [(x, y)])."""
    parts, data = [], []
    for title, colour, dashed, points in lines:
        style = 'lines dt 2' if dashed else 'linespoints pt 7 ps 0.5'
        parts.append(f"'-' with {style} lw 1.8 lc rgb '{colour}' title '{title}'")
        data += [f'{x} {y}' for x, y in points] + ['e']
    return 'plot ' + ', '.join(parts) + '\n' + '\n'.join(data) + '\n'


def _per_entry(points):
    """What all would be if each entry cost what it does in the largest."""
    entries, value = points[-1]
    return [(x, value * x / entries) for x, _ in points]


def _growth_panels(rows):
    """(name, caption, gnuplot text) of each plot of the growth series."""
    sizes = [row['entries'] for row in rows]

    def of(key):
        return [(row['entries'], row[key]) for row in rows]

    def lookups(hits):
        return [(row['entries'], rate['per_second']) for row in rows
                for rate in row['lookups'] if rate['hit_percent'] == hits]

    held = [(row['entries'], row['file_bytes'] + row['index_bytes']) for row in rows]
    seconds = '("1 us" 1e-6, "10 us" 1e-5, "0.1 ms" 1e-4, "1 ms" 1e-3, "10 ms" 1e-2, "0.1 s" 0.1, "1 s" 1, "10 s" 10, "100 s" 100)'
    octets = '("10 kB" 1e4, "100 kB" 1e5, "1 MB" 1e6, "10 MB" 1e7, "100 MB" 1e8, "1 GB" 1e9, "10 GB" 1e10)'
    rates = '("1 M/s" 1e6, "3 M/s" 3e6, "10 M/s" 1e7, "30 M/s" 3e7, "100 M/s" 1e8, "300 M/s" 3e8, "1 G/s" 1e9)'
    return [
        ('time', 'Time to take a CRL in (parsed, verified, indexed, queryable; two threads), and '
         'SHA-256 of the file',
         _log_axes('time to take in', sizes, seconds) + _series([
             ('taken in', BLUE, False, of('ingest_seconds')),
             ('SHA-256', ORANGE, False, of('sha256_seconds')),
             ('linear', GREY, True, _per_entry(of('ingest_seconds')))])),
        ('memory', 'Peak memory of that: the whole process, and what it must hold',
         _log_axes('memory', sizes, octets) + _series([
             ('peak', BLUE, False, of('peak_bytes')),
             ('file + index', ORANGE, False, held),
             ('index', GREEN, False, of('index_bytes'))])),
        ('lookups', 'Lookups in batches on one thread, by the share of listed serials, and reads of '
         'random cache lines',
         _log_axes('lookups a second', sizes, rates) + _series(
             [(f'{hits} % hits', colour, False, lookups(hits))
              for hits, colour in zip((0, 1, 50, 100), COLOURS)] +
             [('random lines', GREY, True, of('random_lines_per_second'))])),
    ]


def growth(rows):
    """(name, caption, SVG) of each plot."""
    plots = [(name, caption, _gnuplot(_terminal(480, 340) + text))
             for name, caption, text in _growth_panels(rows)]
    points = [(row['entries'], row['index_bytes_per_entry']) for row in rows]
    top = 1.2 * max(y for _, y in points)
    text = (_log_axes('octets of the index an entry', [x for x, _ in points], 'auto') +
            f'unset logscale y\nset yrange [0:{top}]\nset key off\n' +
            _series([('index', GREEN, False, points)]))
    plots.append(('index', 'Octets of the index an entry', _gnuplot(_terminal(480, 340) + text)))
    return plots


def growth_in_one(rows):
    """All but the index side by side, on white: for the README."""
    panels = [text for _, _, text in _growth_panels(rows)]
    script = _terminal(1080, 360, 'white') + 'set multiplot layout 1,3\n'
    script += ''.join(panels) + 'unset multiplot\n'
    return standalone(_gnuplot(script))


def bars(rows, log_axis, mark=None, width=560):
    """Horizontal bars of (label, value, text, good), the first one on top."""
    rows = [row for row in rows if row[1] > 0 and math.isfinite(row[1])]
    height = 40 + 38 * len(rows)
    largest = max([value for _, value, _, _ in rows] + [mark or 0])
    smallest = min([value for _, value, _, _ in rows] + [mark or largest])
    low = 10 ** math.floor(math.log10(smallest / 1.5)) if log_axis else 0
    high = largest * (1 if not log_axis else (largest / low) ** 0.25) * 1.25
    ticks = '%.0s%c' if high >= 1e4 else '%g'
    script = _terminal(width, height)
    if log_axis:
        step = math.ceil(math.log10(high / low) / 6)
        script += f'set logscale x\nset xtics {10 ** step}\n'
    script += (f'set xrange [{low}:{high}]\nset yrange [{-len(rows) + 0.4}:0.9]\n'
               f'unset ytics\nset border 1\nset xtics nomirror format "{ticks}"\nset key off\n'
               'set lmargin 2\nset rmargin 3\n')
    if mark:
        script += f'set arrow from {mark}, graph 0 to {mark}, graph 1 nohead back lw 1.5 dt 2\n'
    plots = []
    for good, colour in ((True, BLUE), (False, ORANGE)):
        chosen = [(i, v) for i, (_, v, _, g) in enumerate(rows) if g == good]
        if chosen:
            plots.append((colour, [f'{low} {-i} {low} {v} {-i - 0.18} {-i + 0.18}'
                                   for i, v in chosen]))
    for i, (label, value, text, _) in enumerate(rows):
        quoted = f'{label}: {text}'.replace("'", '’')
        script += f"set label '{quoted}' at graph 0, first {-i + 0.42} offset 0.3,0 font ',12'\n"
    script += 'plot ' + ', '.join(
        f"'-' using 1:2:3:4:5:6 with boxxyerror fs solid 0.85 noborder lc rgb '{colour}'"
        for colour, _ in plots) + '\n'
    return _gnuplot(script + ''.join('\n'.join(data) + '\ne\n' for _, data in plots))
