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
model: {layer_sizes: [1, 20, 1]}
training: {epochs: 50}
"""


def survey_rows(folder):
    folder = Path(folder) / "surveys"
    folder.mkdir()
    (folder / "fresh.yaml").write_text(FRESH)
    (folder / "trained.yaml").write_text(TRAINED)
    taken = statistics.median(surveyed(folder, "fresh.yaml", 10_000)[0] for _ in range(5))
    work = "10,000 networks 1-16-16-1 at epoch 0, all numbers"
    yield "17", work, "≤ 10 s", f"{taken:.1f} s, the whole command", taken <= 10
    counts = (1000, 2000, 4000)
    first, second, third = (surveyed(folder, "trained.yaml", count)[1] for count in counts)
    growth = (third - second) / max(second - first, 1)  # 2 where memory is linear in their number
    result = f"{first:.0f}, {second:.0f} and {third:.0f} MB"
    yield (
        "18",
        "1,000, 2,000 and 4,000 networks 1-20-1, 50 epochs",
        "linear, < 1 GiB",
        result,
        growth < 3 and third < 1074,
    )


def surveyed(folder, name, count):
    """Seconds and peak memory in MB."""
    for kept in (folder / "outputs").rglob("*.npz"):
        kept.unlink()
    seconds, memory, _ = peak(folder, [name], "-n", str(count), "-q", command="seeds")
    return seconds, memory
