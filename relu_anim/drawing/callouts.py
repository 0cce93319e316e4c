"""Words beside points: clear of curves, of each other and of a legend, and nearest to their own point; or not there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from relu_anim.aliases import Array
from relu_anim.drawing.legends import size
from relu_anim.drawing.room import POINT, Room, axes_size, unit
from relu_anim.drawing.theme import LABEL, SMALL_LETTERS
from relu_anim.drawing.words import block_size

AWAY = (9, 14, 22, 34)  # pixels from a point to the nearest side of its words that are tried, one after the other
STEPS = (0.0, 0.5, -0.5, 1.0, -1.0)  # of their middle, in halves of their size
SIDES = [np.array(side) for up in (1, 0.5, 0, -0.5, -1) for side in product(STEPS, [up]) if max(np.abs(side)) == 1]
CLEAR = 3  # pixels around words
POINT_SIZE = 12  # pixels
DENSE = 2000  # points of each curve


class Callouts:
    """What takes room in axes, in pixels from their bottom left: curves [n, 2], and boxes (middle, size) [n, 4]."""

    def __init__(self, axes: Axes, room: Room, points: Sequence[tuple[float, float]]) -> None:
        self.axes = axes
        self.size = np.array(axes_size(axes)) - (room.extra.right, room.extra.bottom)  # of a legend outside of them
        self.to_pixels = axes.transData + axes.transAxes.inverted()
        curves = np.concatenate([_dense(self._place(line.get_xydata())) for line in axes.get_lines()])
        seen = ((curves >= 0) & (curves <= self.size)).all(axis=1)
        self.curves = np.unique(np.round(curves[seen]), axis=0)
        self.points = self._place(points)
        self.boxes = [np.array([*place, POINT_SIZE, POINT_SIZE]) for place in self.points]
        if legend := axes.get_legend():
            box, scale = legend.get_window_extent(), unit(axes.get_figure(root=True))
            middle = (np.mean([box.min, box.max], axis=0) - axes.bbox.min) / scale
            self.boxes.append(np.array([*middle, *size(axes, legend)]))

    def _place(self, points: Any) -> Array:
        return np.asarray(self.to_pixels.transform(points)) * self.size

    def write(self, point: tuple[float, float], choices: Sequence[str], color: str) -> bool:
        """Write beside a point the first of these texts that finds a place, if need be in small letters; False if none
        does."""
        at = self._place([point])[0]
        for words, letters in product(choices, (LABEL, SMALL_LETTERS)):
            box = np.array(block_size(words, letters))
            if (shift := self._free(at, box)) is not None:
                self.boxes.append(np.concatenate([at + shift, box]))
                right, up = (shift / POINT).tolist()
                text = self.axes.annotate(words, point, (right, up), textcoords="offset points", fontsize=letters)
                text.set(ha="center", va="center", color=color, zorder=6)
                return True
        return False

    def _free(self, at: Array, box: Array) -> Array | None:
        """How far from a place the middle of a box stands that is clear of all else."""
        for away, side in product(AWAY, SIDES):
            shift = side * (box / 2 + away * (np.abs(side) == 1))
            if self._is_free(at + shift, box / 2 + CLEAR) and self._is_nearest(at, at + shift, box / 2):
                return np.asarray(shift)
        return None

    def _is_free(self, middle: Array, half: Array) -> bool:
        """Whether a box around this middle is inside of the axes, and nothing in it."""
        if (middle < half).any() or (middle > self.size - half).any():
            return False
        boxes = np.array(self.boxes)
        if (np.abs(boxes[:, :2] - middle) < half + boxes[:, 2:] / 2).all(axis=1).any():
            return False
        return not (np.abs(self.curves - middle) < half).all(axis=1).any()

    def _is_nearest(self, at: Array, middle: Array, half: Array) -> bool:
        """Whether none of the points is nearer to a box than this one."""
        gaps = np.hypot(*np.maximum(np.abs(np.vstack([at, self.points]) - middle) - half, 0).T)
        return bool(gaps[0] <= gaps.min())


def _dense(line: Array) -> Array:
    """The same line through so many points that none of its pieces crosses words unseen."""
    places = np.linspace(0, len(line) - 1, max(DENSE, len(line)))
    return np.column_stack([np.interp(places, np.arange(len(line)), values) for values in line.T])
