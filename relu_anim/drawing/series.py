"""What panels share that show numbers over the training so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.curves import Curves, Dot
from relu_anim.drawing.labels import FixedTicks
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.shapes import Subject
from relu_anim.drawing.theme import LINE_STYLES, Theme
from relu_anim.numbers import percent
from relu_anim.recording import Snapshot

DASHED = (0, (4, 2))
SLIGHT = 1e-9  # what rounding makes of a share


PERCENT = FuncFormatter(lambda share, position: percent(share))


class Trace:
    """Lines that grow up to the shown moment, each with a marker at its end: values [moments, lines], with gaps where
    they are NaN, at `times` [moments], which snapshots tell by their `steps` [moments]."""

    def __init__(
        self,
        axes: Axes,
        steps: NDArray[np.int64],
        times: Array,
        values: Array,
        colors: Sequence[str],
        dashes: Sequence[Any] = (),
        width: float = 2.5,
        marker: str = "o",
    ) -> None:
        self.steps, self.times, self.values, self.marker = steps, times, values, marker
        self.curves = Curves(axes, colors, dashes or ["-"] * len(colors), width)
        self.dots = [Dot(axes, color, 2.8 * width, marker) for color in colors]
        self.marks: list[Mark] = [self.curves, *self.dots]

    def show(self, *subjects: Subject) -> None:
        """Say what each line is to pages that name it."""
        self.curves.subjects = subjects
        for dot, subject in zip(self.dots, subjects, strict=True):
            dot.subject = subject

    @property
    def end(self) -> float:
        """Where the first line ends."""
        return self.curves.end

    def handle(self, label: str) -> Line2D:
        """The first line as an entry of a legend."""
        handle = self.curves.handle(label)
        handle.set(marker=self.marker, markersize=self.dots[0].size)
        return handle

    def update(self, snapshot: Snapshot) -> None:
        """Go as far as this snapshot."""
        count = int(np.searchsorted(self.steps, snapshot.step, side="right"))
        self.curves.move(self.times[:count], self.values[:count])
        for dot, value in zip(self.dots, self.values[count - 1], strict=True):
            dot.move(float(self.times[count - 1]), float(value))


def layer_colors(theme: Theme, layers: int) -> list[str]:
    """Colours from the first layer to the last, in an order that colour-blind readers see too."""
    return [to_hex(color) for color in matplotlib.colormaps["viridis"](np.linspace(*theme.layers, layers))]


def layer_dashes(layers: int) -> list[Any]:
    """A line style for each layer, neighbours' differing."""
    return [LINE_STYLES[layer % len(LINE_STYLES)] for layer in range(layers)]


def named_layers(layers: int, most: int) -> list[int]:
    """The layers that a legend or an axis names, 2 or more at most: all, or the first, every n-th and the last, with no
    gap where that can be had with up to twice the distance."""
    if layers < 3:
        return list(range(layers))
    last = layers - 1
    least = -(-last // (most - 1))
    step = next((step for step in range(least, 2 * least) if last % step == 0), least)
    return [*range(0, last - step + 1, step), last]


def percent_axis(axes: Axes, low: float = 0) -> None:
    """A y axis from a share, 0 or more, to 100 %."""
    axes.set_ylim(padded(low, 1, 0.03))
    ticks = np.asarray(MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, 1)) if low else np.linspace(0, 1, 5)
    axes.yaxis.set_major_locator(FixedTicks(ticks[(ticks > low - SLIGHT) & (ticks < 1 + SLIGHT)]))
    axes.yaxis.set_major_formatter(PERCENT)
