"""Row 33: each film of the catalogue as an animated SVG, beside its GIF."""

import gzip
import time
from pathlib import Path

import relu_anim
from relu_anim import config

CONFIGS = Path(__file__).parent.parent / "configs"
ROUNDS = 4
# Films that consist of straight pieces. The others have smooth curves or maps.
STRAIGHT = {
    "cosine_30neuron",
    "linear",
    "luck",
    "mnist_linear",
    "quadratic_1neuron",
    "quadratic_20neuron",
    "quadratic_2neuron",
    "prelu",
    "spectral_bias",
    "stacked_linear",
}


def written(film, paths):
    """How long it takes to write a film to each path, the least of several times in turn, and the bytes there."""
    taken = {path: [] for path in paths}
    for path in paths * ROUNDS:
        start = time.perf_counter()
        film.save(path)
        taken[path].append(time.perf_counter() - start)
    return [(min(taken[path]), path.read_bytes()) for path in paths]


def size_rows(folder):
    for path in sorted(CONFIGS.glob("*.yaml")):
        if not config.load(path).moves:
            continue
        film = relu_anim.run(path, progress=None)
        film.save(Path(folder) / "first.gif")  # what both sides need once is not counted
        (gif_time, gif), (svg_time, svg) = written(film, [Path(folder, f"x.{end}") for end in ("gif", "animated.svg")])
        plain, packed = (len(gif) / len(content) for content in (svg, gzip.compress(svg, 9)))
        goals = (8, 20) if path.stem in STRAIGHT else (2, 5)
        measured = (
            f"1/{plain:.1f} ({len(svg) / 1000:.0f} against {len(gif) / 1000:.0f} kB), gzip 1/{packed:.1f}, "
            f"{svg_time:.1f} against {gif_time:.1f} s"
        )
        wanted = f"≤ 1/{goals[0]} of the GIF, gzip ≤ 1/{goals[1]}, as fast"
        yield (
            "33",
            f"animated SVG of {path.stem}",
            wanted,
            measured,
            (plain >= goals[0] and packed >= goals[1] and svg_time <= gif_time),
        )
