"""Markers: what tells points and the ends of lines apart besides their colour."""

from __future__ import annotations

import numpy as np
from matplotlib.markers import MarkerStyle

from relu_anim.aliases import Array

MARKERS = "os^DvP"


def marker_of(index: int, colors: int) -> str:
    """The marker of the n-th of several that have this many colours in turn: neighbours differ, and so do two that
    share a colour."""
    return MARKERS[(index + index // colors) % len(MARKERS)]


def outline(marker: str, size: float) -> float | Array:
    """A marker of this size as points are drawn: the radius of a circle, or the corners of a polygon around (0, 0)."""
    if marker == "o":
        return size / 2
    style = MarkerStyle(marker)
    corners = style.get_transform().transform_path(style.get_path()).vertices
    return size * np.asarray(corners)[:-1]  # the last one closes the path
