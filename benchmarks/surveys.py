"""Many networks that differ in their seed: untrained ones with all their numbers, and what they take of memory."""

import statistics
from pathlib import Path

from builds import peak

FRESH = """\
target: {function: x**2}
model: {layer_sizes: [1, 16, 16, 1], init: {weights: he_normal, bias: default}}
training: {epochs: 0}
"""
TRAINED = """\
target: {function: x**2}
data: {samples: 256}
model: {layer_sizes: [1, 64, 1]}
training: {epochs: 10}
"""


def fresh_row(folder):
    (Path(folder) / "fresh.yaml").write_text(FRESH)
    taken = statistics.median(surveyed(folder, "fresh.yaml", 10_000)[0] for _ in range(3))
    work = "10,000 networks 1-16-16-1 at epoch 0, all numbers"
    yield "17", work, "≤ 10 s", f"{taken:.1f} s, the whole command", taken <= 10


def memory_row(folder):
    (Path(folder) / "trained.yaml").write_text(TRAINED)
    first, second, third = (surveyed(folder, "trained.yaml", count)[1] for count in (2000, 4000, 8000))
    is_linear = third - second < 3 * (second - first)  # twice as much, and what measuring adds
    work = "peak memory of 2,000, 4,000 and 8,000 networks 1-64-1, 10 epochs"
    result = f"{first:.0f}, {second:.0f} and {third:.0f} MB"
    yield "18", work, "linear, < 1 GiB", result, is_linear and third < 1074


def surveyed(folder, name, count):
    """Seconds and peak memory in MB."""
    for kept in (Path(folder) / "outputs").rglob("*.npz"):
        kept.unlink()
    seconds, memory, _ = peak(folder, [name], "-n", str(count), "-q", command="seeds")
    return seconds, memory
