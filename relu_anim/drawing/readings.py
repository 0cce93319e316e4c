"""What pages read of figures: numbers as they are, in as many digits as a picture shows, and three at least."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.room import axes_size
from relu_anim.drawing.shapes import Reading
from relu_anim.numbers import magnitude, written

DIGITS, EXACT = 3, 12
NICE = (5, 2, 1)  # steps of rows, in powers of ten
UNKNOWN = "–"

Columns = Mapping[str, Sequence[str]]


def along(axes: Axes, also: Sequence[float] = ()) -> Array:
    """Inputs from one end of the axes to the other, in round steps of a pixel at most, the ends, and some others."""
    low, high = axes.get_xlim()
    pixel = (high - low) / axes_size(axes)[0]
    power = math.floor(math.log10(pixel))
    step = next(factor for factor in NICE if factor * 10.0**power <= pixel)
    numbers = np.arange(math.ceil(low / (step * 10.0**power)), math.floor(high / (step * 10.0**power)) + 1) * step
    inside = numbers * 10.0**power if power > 0 else numbers / 10.0**-power  # 12 / 10 is 1.2, as it is written
    return np.unique(np.concatenate([[low, high], inside, also]))


def points(axes: Axes, places: Array, columns: Columns, rows: NDArray[np.intp]) -> Reading:
    """Those of these points, out of all [n, 2], that are seen, from left to right."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x, y = places.T
    seen = rows[(x[rows] >= left) & (x[rows] <= right) & (y[rows] >= low) & (y[rows] <= high)]
    order = seen[np.argsort(x[seen], kind="stable")]
    return Reading(x[order], y[order], {name: [texts[row] for row in order] for name, texts in columns.items()})


def on_axes(axes: Axes, values: Array) -> tuple[list[str], list[str]]:
    """The columns of points [n, 2] as texts, in the digits of both axes."""
    across, up = axes_size(axes)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    return texts(values[:, 0], (right - left) / across), texts(values[:, 1], (high - low) / up)


def texts(values: Array, pixel: float) -> list[str]:
    """Numbers so that those are told apart that lie half a pixel from each other."""
    decimals = math.ceil(-math.log10(pixel / 2)) if pixel else 0
    return [_text(value, decimals) for value in values.tolist()]


def in_full(values: Array) -> list[str]:
    """Numbers in full."""
    return [written(value, EXACT) for value in values.tolist()]


def _text(value: float, decimals: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if math.isnan(value):
        return UNKNOWN
    return written(value, max(DIGITS, 1 + magnitude(value) + decimals) if value else DIGITS)
