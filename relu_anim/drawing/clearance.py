"""Where in axes nothing runs: for words that stand still while curves move."""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from relu_anim.drawing.corners import Lines
from relu_anim.drawing.room import axes_size, unit

CELL = 4  # pixels
CLEAR = 3  # pixels around words
STEP = 8  # pixels from one height that is tried to the next
MOST_CURVES = 3000  # that are looked at
Counts = NDArray[np.int_]


def clear_place(axes: Axes, curves: Lines, span: tuple[float, float], size: tuple[float, float]) -> tuple[float, float]:
    """The middle, as shares of the axes, of a box of this size (pixels) between these inputs: at the foot or the head
    if these curves (x ascending, y) leave room there, else where they do, or where the fewest run through it."""
    width, height = axes_size(axes)
    to_axes = axes.transData + axes.transAxes.inverted()
    left, right = to_axes.transform([(x, axes.get_ylim()[0]) for x in span])[:, 0] * width
    half_width, half_height = size[0] / 2 + CLEAR, size[1] / 2 + CLEAR
    slack = max((right - left) / 2 - half_width, 0)
    low, high = half_height, height - half_height
    counts = passing(axes, curves)

    def covered(middle: tuple[float, float]) -> int:
        up, across = middle
        columns = slice(int((across - half_width) / CELL), int((across + half_width) / CELL) + 1)
        rows = slice(int((up - half_height) / CELL), int((up + half_height) / CELL) + 1)
        return int(counts[columns, rows].sum())

    heights = [low, high, *np.arange(low + STEP, high, STEP).tolist()]
    up, across = min(product(heights, [(left + right) / 2 + slack * side for side in (0, 1, -1)]), key=covered)
    return across / width, up / height


def passing(axes: Axes, curves: Lines) -> Counts:
    """How many of these curves pass through each cell of axes [columns, rows]; all of them where a legend stands."""
    width, height = axes_size(axes)
    columns = np.arange(0, width + CELL, CELL)
    rows = int(height / CELL) + 1
    changes = np.zeros((len(columns) - 1, rows + 1), dtype=np.int_)
    to_axes = axes.transData + axes.transAxes.inverted()
    for x, y in curves[:: -(-len(curves) // MOST_CURVES) or 1]:
        places = to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)])) * (width, height)
        heights = np.interp(columns, places[:, 0], places[:, 1], left=np.nan, right=np.nan)
        ends = np.sort([heights[:-1], heights[1:]], axis=0)
        seen = np.flatnonzero((ends[1] >= 0) & (ends[0] <= height))  # not what is no number
        first, last = (np.clip(ends[:, seen], 0, height) / CELL).astype(int)
        np.add.at(changes, (seen, first), 1)
        np.add.at(changes, (seen, last + 1), -1)
    counts = np.cumsum(changes, axis=1)[:, :rows]
    if legend := axes.get_legend():
        box, scale = legend.get_window_extent(), unit(axes.get_figure(root=True)) * CELL
        (left, bottom), (right, top) = (np.array([box.min, box.max]) - axes.bbox.min) / scale
        counts[max(int(left), 0) : max(int(right) + 1, 0), max(int(bottom), 0) : max(int(top) + 1, 0)] += len(curves)
    return counts
