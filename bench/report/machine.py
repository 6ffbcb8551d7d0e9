"""Says on one JSON object what a measurement ran on: machine, build, commit."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import subprocess


def run(*command):
    """Its output without the end of the line; None where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def cpu_model():
    text = pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8')
    found = re.search(r'^model name\s*:\s*(.+)$', text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def memory_gigabytes():
    text = pathlib.Path('/proc/meminfo').read_text(encoding='utf-8')
    return round(int(re.search(r'MemTotal:\s*(\d+)', text).group(1)) / 1e6, 1)


def compiler_and_flags(build):
    """Those that one of the measured programs was compiled with."""
    for entry in json.loads((build / 'compile_commands.json').read_text(encoding='utf-8')):
        if not entry['file'].endswith('/engine/index/serial_set.cc'):
            continue
        words = [w for w in shlex.split(entry['command']) if not w.endswith('/ccache')]
        flags = [w for w in words[1:] if re.match(r'-(O|f|m|std=|DNDEBUG)', w)]
        version = (run(words[0], '--version') or words[0]).splitlines()[0]
        return version, ' '.join(flags)
    return 'unknown', 'unknown'


def commit(root):
    name = run('git', '-C', str(root), 'describe', '--always', '--abbrev=12', '--exclude=*')
    if not name:
        return 'unknown'
    return name + (' (dirty)' if run('git', '-C', str(root), 'status', '--porcelain') else '')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--root', type=pathlib.Path, required=True)
    parser.add_argument('--build', type=pathlib.Path, required=True)
    parser.add_argument('--load-at-start', required=True)
    options = parser.parse_args()
    compiler, flags = compiler_and_flags(options.build)
    now = datetime.datetime.now(datetime.timezone.utc)
    print(json.dumps({
        'date': now.strftime('%Y-%m-%dT%H:%M:%SZ'),
        'commit': commit(options.root),
        'CPU': cpu_model(),
        'cores': len(os.sched_getaffinity(0)),
        'memory': f'{memory_gigabytes()} GB',
        'kernel': f'{platform.system()} {platform.release()}',
        'compiler': compiler,
        'flags': flags,
        'load average at start': options.load_at_start,
        'load average before measuring': ' '.join(f'{x:.2f}' for x in os.getloadavg()),
    }))


if __name__ == '__main__':
    main()
