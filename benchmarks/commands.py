"""Rows 5 to 8, 21 to 23 and 32: whole commands, as the operating system counts them."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

CONFIGS = Path(__file__).parent.parent / "configs"
PYTHON = [sys.executable, "-c"]
RELU_ANIM = [sys.executable, "-m", "relu_anim"]
TORCH = [*PYTHON, "import torch"]
MATPLOTLIB = [*PYTHON, "import matplotlib.figure, matplotlib.backends.backend_agg"]
FILM = CONFIGS / "quadratic_20neuron.yaml"
RUN = [*RELU_ANIM, "run", str(FILM), "-q"]


def measured(command, folder):
    """Wall seconds and peak memory in MB of a command that must succeed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} ended with {child.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1000


def beyond(commands, baseline, folder, times=5):
    """Medians of commands that take turns, of a baseline run in turn with them, and of their differences."""
    turns = itertools.islice(itertools.cycle(commands), times + 1)
    pairs = [(measured(command, folder)[0], measured(baseline, folder)[0]) for command in turns][1:]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a - b for a, b in pairs)


def run_row(folder):
    a, b, more = beyond([[*RUN, "--force"]], TORCH, folder)
    result = f"{more:.2f} s more ({a:.2f} against {b:.2f} s)"
    yield "5", "run quadratic_20neuron, nothing kept", "≤ import torch + 1.5 s", result, more <= 1.5


def theme_row(folder):
    themes = [[*RUN, "-s", f"animation.theme={theme}"] for theme in ("dark", "light")]
    measured(themes[1], folder)  # which keeps the recording
    a, b, more = beyond(themes, MATPLOTLIB, folder)
    result = f"{more:.2f} s more ({a:.2f} against {b:.2f} s)"
    yield "6", "the same in another theme", "≤ import Matplotlib + 1.2 s", result, more <= 1.2


def stills_row(folder):
    moments = [[*RUN, "--at", "0,5,100", "-s", f"animation.theme={theme}"] for theme in ("dark", "light")]
    measured(RUN, folder)  # which keeps the recording
    a, b, more = beyond(moments, MATPLOTLIB, folder)
    result = f"{more:.2f} s more ({a:.2f} against {b:.2f} s)"
    yield "21", "three stills of it (`--at`), its recording kept", "≤ import Matplotlib + 1 s", result, more <= 1


def watch_rows(folder):
    """From saving the config to the film in its place. The first save of each kind loads what the others find."""
    config, film, summary = (Path(folder, name) for name in ("film.yaml", "outputs/film.gif", "outputs/film.json"))
    text = FILM.read_text()
    config.write_text(text)
    with subprocess.Popen(
        [*RELU_ANIM, "run", config.name, "-q", "--watch"], cwd=folder, stdout=subprocess.DEVNULL
    ) as it:
        try:
            _until(summary.exists)
            drawn = [
                _from_save(config, summary, text.replace("Twenty", f"{number} times twenty"))[0] for number in range(6)
            ][1:]
            seeds = [text.replace("seed: 0", f"seed: {number}") for number in range(1, 7)]
            trained = [_from_save(config, summary, seed) for seed in seeds][1:]
        finally:
            it.terminate()
    assert film.exists()
    taken = statistics.median(drawn)
    yield "22", "`--watch`: from a save to the film, redrawn", "≤ 0.5 s", f"{taken:.2f} s", taken <= 0.5
    taken, training = (statistics.median(side) for side in zip(*trained, strict=True))
    result = f"{taken - training:.2f} s more ({taken:.2f} against {training:.2f} s)"
    yield "23", "the same, trained anew", "≤ training + 0.3 s", result, taken - training <= 0.3


def _from_save(config, summary, text):
    """Seconds from a save until the summary is written, which comes last, and those of its training."""
    before = summary.stat().st_mtime_ns
    start = time.perf_counter()
    config.write_text(text)
    _until(lambda: summary.stat().st_mtime_ns != before)
    taken = time.perf_counter() - start
    time.sleep(0.5)  # it looks again
    return taken, json.loads(summary.read_text())["seconds"].get("train", 0.0)


def _until(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError("nothing was made")
        time.sleep(0.002)


def short_rows(folder):
    twenty = [str(path) for path in sorted(CONFIGS.glob("*.yaml"))] * 2
    for arguments, limit in ((["--help"], 0.35), (["list"], 0.35), (["validate", *twenty[:20]], 0.6)):
        taken = statistics.median(measured([*RELU_ANIM, *arguments], folder)[0] for _ in range(7))
        yield "7", f"relu-anim {arguments[0]}", f"≤ {limit} s", f"{taken:.2f} s", taken <= limit


def import_row(folder):
    a, b, more = (1000 * seconds for seconds in beyond([[*PYTHON, "import relu_anim"]], [*PYTHON, "pass"], folder, 15))
    result = f"{more:.0f} ms more ({a:.0f} against {b:.0f} ms)"
    yield "32", "import relu_anim", "≤ python + 30 ms", result, more <= 30


def memory_row(folder):
    """Of films drawn from a recording, so that torch's memory hides nothing; the first run makes the recording."""
    films = ((100, "light"), (100, "dark"), (2000, "dark"))
    settings = "-s training.epochs=1999 -s animation.max_frames={} -s animation.theme={}"
    _, few, many = (measured([*RUN, *settings.format(*film).split()], folder)[1] for film in films)
    more = many / few - 1
    result = f"{more:+.0%} ({many:.0f} against {few:.0f} MB)"
    yield "8", "peak memory, 2,000 frames against 100", "within 15 %", result, abs(more) <= 0.15
