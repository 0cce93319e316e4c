"""Names that stand at their curves, in place of a legend: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.aliases import Array
from relu_anim.drawing.legends import LETTERS
from relu_anim.drawing.room import axes_size
from relu_anim.drawing.words import text_width

STEPS = 60  # places along a curve that are tried
AWAY = (8, 14, 20, 28)  # pixels from a place of a curve to its name's nearest side that are tried
EDGE = 8  # pixels that names keep from the ends of the axes
NEAREST = 6  # pixels from a curve to its name
LINE_PIXELS = 16  # in height, of a name
CLEARER = 6  # pixels by which every other curve is farther away
FAR_ENOUGH = 40  # pixels from the others, beyond which no place is better


def name_directly(axes: Axes, curves: Sequence[Line2D]) -> bool:
    """Write the label of each curve beside it, clear of all others; nothing, and False, where one finds no place."""
    size = np.array(axes_size(axes))
    to_axes = axes.transData + axes.transAxes.inverted()
    lines = [to_axes.transform(curve.get_xydata()) * size for curve in curves]
    taken: list[Array] = []
    for index, curve in enumerate(curves):
        box = np.array([text_width(str(curve.get_label()), LETTERS), LINE_PIXELS])
        place = _best(lines[index], [*lines[:index], *lines[index + 1 :]], box, size, taken)
        if place is None:
            return False
        taken.append(np.concatenate([place, box]))
    for curve, (x, y, *_) in zip(curves, taken, strict=True):
        text = axes.text(x / size[0], y / size[1], str(curve.get_label()), transform=axes.transAxes, fontsize=LETTERS)
        text.set(color=curve.get_color(), ha="center", va="center", zorder=6)
    return True


def _best(own: Array, others: Sequence[Array], box: Array, size: Array, taken: Sequence[Array]) -> Array | None:
    """The middle of a name's box that stands beside its own curve and far from the others; None if there is no
    such place inside of the axes that is free."""
    known = own[np.isfinite(own).all(axis=1)]
    points = known[np.linspace(0, len(known) - 1, STEPS).astype(int)]
    sides = [np.array(side) * (box / 2 + away) for away in AWAY for side in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    middles = (points[:, None] + np.array(sides)).reshape(-1, 2)
    inside = ((middles - box / 2 >= EDGE) & (middles + box / 2 <= size - EDGE)).all(axis=1)
    for x, y, width, height in taken:
        inside &= (np.abs(middles - (x, y)) > (box + np.array([width, height])) / 2 + 2).any(axis=1)
    middles = middles[inside]
    if not len(middles):
        return None
    to_own = _distance(middles, known, box)
    to_others = np.full(len(middles), float(FAR_ENOUGH))
    clear = (to_own >= NEAREST) & (to_others >= to_own + CLEARER)
    for line in others:
        middles, to_own, to_others = middles[clear], to_own[clear], to_others[clear]
        to_others = np.minimum(to_others, _distance(middles, line, box))
        clear = to_others >= to_own + CLEARER
    return middles[np.argmax(np.where(clear, to_others - to_own, -np.inf))] if clear.any() else None


def _distance(middles: Array, line: Array, box: Array) -> Array:
    """From boxes with these middles [n, 2] to the nearest point of a line [points, 2]."""
    line = line[np.isfinite(line).all(axis=1)]
    across, up = (np.maximum(np.abs(middles[:, None, i] - line[:, i]) - box[i] / 2, 0) for i in (0, 1))
    return np.sqrt((across * across + up * up).min(axis=1))  # np.hypot takes ten times as long
