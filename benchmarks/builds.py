"""Many figures in one call: what is current, in processes, on a cluster."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

CONFIGS = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))
RELU_ANIM = [sys.executable, "-m", "relu_anim", "run", "-q"]
ROUNDS = 2
STILL = "kind: activation\nfunctions: [relu]\nanimation: {size: [340, 220]}\noutput: {formats: [png]}\n"
TINY = """\
target: {{function: x}}
seed: {seed}
data: {{samples: 16}}
model: {{layer_sizes: [1, 2, 1]}}
training: {{epochs: 1}}
animation: {{size: [200, 150], max_frames: 2}}
output: {{formats: [png]}}
"""
# The command, and on stderr the peak memory in MB of its own process.
WITH_MEMORY = """
import sys
from relu_anim.cli import main
code = main()
status = dict(line.split(":") for line in open("/proc/self/status"))
print("peak", int(status["VmHWM"].split()[0]) / 1000, file=sys.stderr)
sys.exit(code)
"""


def seconds(folder, *arguments):
    start = time.perf_counter()
    command = [*RELU_ANIM, *map(str, CONFIGS), *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak(folder, configs, *arguments, command="run"):
    """Seconds, the caller's peak memory in MB, and the lines of stdout."""
    words = [sys.executable, "-c", WITH_MEMORY, command, *configs, *arguments]
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True)
    memory = float(done.stderr.rpartition("peak ")[2])
    return time.perf_counter() - start, memory, done.stdout.splitlines()


def ways_rows(folder):
    ways = {"-j 1": [], "-j 2": ["-j", "2"], "local:2": ["--cluster", "local:2"]}
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, arguments in ways.items():
            taken[name].append(seconds(folder, "--force", *arguments))
    one, two, local = (min(times) for times in taken.values())  # others' use of the machine only adds
    work = f"{len(CONFIGS)} figures from nothing"
    result = f"{one / two:.2f} × ({two:.1f} against {one:.1f} s, the least of {ROUNDS} each)"
    yield "11", f"{work}, -j 2 against -j 1", "≥ 1.7 ×", result, one / two >= 1.7
    result = f"{local / two - 1:+.0%} ({local:.1f} against {two:.1f} s, the least of {ROUNDS} each)"
    yield "12", f"{work}, local:2 against -j 2", "within 20 %", result, local / two <= 1.2


def current_row(folder):
    seconds(folder, "-j", "2")
    current = statistics.median(seconds(folder) for _ in range(5))
    yield "13", f"{len(CONFIGS)} figures that are current", "≤ 0.6 s", f"{current:.2f} s", current <= 0.6


def many_current_row(folder):
    few, many = (current_figures(Path(folder) / str(count), count) for count in (1000, 10_000))
    _, least, _ = peak(*few)
    taken, most, lines = peak(*many)
    result = f"{taken:.1f} s, {most:.0f} MB against {least:.0f} of 1,000"
    is_done = len(lines) == 10_000 and taken <= 60 and most <= 1.5 * least
    yield "14", "10,000 figures that are current", "≤ 60 s, memory flat", result, is_done


def tiny_row(folder):
    few, many = (tiny_runs(Path(folder) / f"runs{count}", count) for count in (100, 1000))
    _, least, _ = peak(*few, "--cluster", "local:2")
    taken, most, lines = peak(*many, "--cluster", "local:2")
    result = f"{len(set(lines))} of {len(lines)}, {taken:.0f} s, {most:.0f} MB against {least:.0f} of 100"
    is_done = len(lines) == len(set(lines)) == 1000 and most <= 1.2 * least
    yield "15", "1,000 tiny runs on local:2", "each once, memory flat", result, is_done


def current_figures(folder, count):
    """A folder with this many configs and their figures, copies of one that was made, and the configs' names."""
    (folder / "outputs").mkdir(parents=True)
    names = [f"f{number:05}" for number in range(count)]
    for name in names:
        (folder / f"{name}.yaml").write_text(STILL)
    subprocess.run([*RELU_ANIM, f"{names[0]}.yaml"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    made = folder / "outputs" / names[0]
    summary = json.loads(made.with_suffix(".json").read_text())
    for name in names[1:]:
        shutil.copy(made.with_suffix(".png"), folder / "outputs" / f"{name}.png")
        text = json.dumps(summary).replace(names[0], name)
        (folder / "outputs" / f"{name}.json").write_text(text)
    return folder, [f"{name}.yaml" for name in names]


def tiny_runs(folder, count):
    """A folder with this many configs that differ in their seed, and their names."""
    folder.mkdir()
    names = [f"r{number:04}.yaml" for number in range(count)]
    for number, name in enumerate(names):
        (folder / name).write_text(TINY.format(seed=number))
    return folder, names
