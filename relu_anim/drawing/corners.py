"""Corners of axes that curves leave free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.room import axes_size

Lines = Sequence[tuple[NDArray[Any], NDArray[Any]]]  # x and y

FROM_CORNER = 7  # pixels from a corner of axes to what stands in it
FINE = 400  # points at which a curve is looked at
CORNERS = ("upper center", "upper right", "upper left", "lower right", "lower left", "lower center")


def quiet_corner(axes: Axes, curves: Lines, taken: tuple[float, float]) -> tuple[str, int]:
    """Where a legend so wide and high (pixels) covers the fewest points of these curves (x, y), all in data units; and
    how many it covers there."""
    share, points = np.minimum((np.array(taken) + 2 * FROM_CORNER) / axes_size(axes), 1.0), _points(axes, curves)

    def covered(corner: str) -> int:
        vertical, horizontal = corner.split()
        left = {"left": 0.0, "center": 0.5 - share[0] / 2, "right": 1 - share[0]}[horizontal]
        return _covered(points, (left, 1 - share[1] if vertical == "upper" else 0.0), share)

    best = min(CORNERS, key=covered)
    return best, covered(best)


def _covered(points: Array, place: tuple[float, float], share: Sequence[float] | Array) -> int:
    """How many points lie in a box of the axes: its bottom left corner, width and height as shares."""
    return int(((points >= place) & (points <= np.add(place, share))).all(axis=1).sum())


def _points(axes: Axes, curves: Lines) -> Array:
    """The points [n, 2] of curves, as shares of the axes."""
    to_axes = axes.transData + axes.transAxes.inverted()
    places = (to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)])) for x, y in curves)
    return np.concatenate(list(map(_between, places)))


def _between(points: Array) -> Array:
    """Points [n, 2] of a curve, and some on the straight lines between few; points in any order stay as they are."""
    if len(points) < 2 or not (np.diff(points[:, 0]) > 0).all():
        return points
    steps = np.linspace(0, len(points) - 1, max(FINE, len(points)))
    return np.column_stack([np.interp(steps, np.arange(len(points)), column) for column in points.T])
