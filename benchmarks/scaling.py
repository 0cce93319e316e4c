"""Row 10: how the cost grows with the work, as a plot and as slopes on double-logarithmic axes: 1 is linear."""

import statistics
import tempfile
import time
from pathlib import Path

import matplotlib
import numpy as np
from films import recorded, write_film
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.drawing.theme import THEMES, style
from relu_anim.network import Network
from relu_anim.recording import stack
from relu_anim.training import train

PLOT = Path(__file__).parent.parent / "docs" / "images" / "scaling.png"
BASE = """
target: {function: x**2}
model: {layer_sizes: [1, 20, 1]}
training: {optimizer: {name: adam}, epochs: 99}
animation: {max_frames: 100, hold: 0, size: [700, 500]}
"""


def film(*settings):
    experiment, recording = recorded(BASE, *settings)
    with tempfile.TemporaryDirectory() as folder:
        return timed(lambda: write_film(Path(folder) / "film.gif", experiment, recording))


def training(*settings):
    experiment = config.loads(BASE, settings=settings)
    return timed(lambda: stack(Network(*experiment.shape), train(experiment)))


def timed(function, times=2):
    def once():
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))


SWEEPS = {  # what grows: (its values, seconds at one of them)
    "frames": (
        (50, 100, 200, 400, 800, 1600),
        lambda n: film(f"training.epochs={n - 1}", f"animation.max_frames={n}"),
    ),
    "pixels": (
        (87_500, 175_000, 350_000, 700_000, 1_400_000, 2_800_000),
        lambda n: film(f"animation.size=[{round((n * 1.4) ** 0.5)}, {round((n / 1.4) ** 0.5)}]"),
    ),
    "units, drawn in layers": (
        (2, 8, 32, 128, 512),
        lambda n: film(f"model.layer_sizes=[1, {n}, 1]", "animation.panels=[layers]"),
    ),
    "units, trained": ((2, 8, 32, 128, 512), lambda n: training(f"model.layer_sizes=[1, {n}, 1]")),
    "epochs": ((50, 100, 200, 400, 800, 1600), lambda n: training(f"training.epochs={n}")),
}


def slope(values, seconds):
    """Of the upper half, where what every film costs once no longer hides the growth."""
    half = len(values) // 2
    return float(np.polyfit(np.log(values[half - 1 :]), np.log(seconds[half - 1 :]), 1)[0])


def plot(results, path):
    theme = THEMES["light"]
    with style(theme), matplotlib.rc_context({"text.parse_math": True}):  # which writes powers of ten
        figure = Figure(figsize=(9, 5.5), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(2, 3).ravel()
        for number, (name, (values, seconds)) in enumerate(results.items()):
            axes[number].loglog(values, seconds, "o-", color=theme.output, lw=2)
            linear = np.array(values) * seconds[-1] / values[-1]
            axes[number].loglog(values, linear, "--", color=theme.target, lw=1.5)
            axes[number].set(title=name, ylabel="seconds" if number % 3 == 0 else "", ylim=(0.02, 50))
        axes[-1].axis("off")
        axes[-1].plot([], [], "o-", color=theme.output, lw=2, label="measured")
        axes[-1].plot([], [], "--", color=theme.target, lw=1.5, label="linear")
        axes[-1].legend(loc="center")
        figure.savefig(path)


def growth_rows(_folder):
    results = {}
    for name, (values, seconds_at) in SWEEPS.items():
        seconds = [seconds_at(value) for value in values]
        results[name] = (values, seconds)
        work = f"{values[0]:,} to {values[-1]:,} {name}"
        result = f"slope {slope(values, seconds):.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f} s)"
        yield "10", work, "say the slope", result, True
    plot(results, PLOT)
