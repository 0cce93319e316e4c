"""How training points look: those of a function, and those of classes. They stand above curves and maps."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np
from matplotlib.axes import Axes

from relu_anim.drawing.markers import marker_of
from relu_anim.drawing.room import line_scale
from relu_anim.drawing.strokes import Marks
from relu_anim.drawing.theme import Theme
from relu_anim.targets import Points
from relu_anim.words import Wording

ABOVE = 3.8  # zorder: over curves and knots, below what names them
LEAST, LARGEST = 2.0, 5.5  # points, across
HOLLOW = 3.5  # points, below which a ring would look filled


def numbered_marks(axes: Axes, points: Points, theme: Theme, words: Wording, held_out: bool = False) -> Marks:
    """Points of a function of one input, outlined; those held out are hollow, and larger, so that it shows. A crowd is
    a translucent layer without outlines, through which a curve is seen."""
    places, size = np.column_stack([points.x[:, 0], points.y[:, 0]]), dot_size(points, axes.bbox.width)
    if held_out:
        marks = Marks(axes, places, "o", theme.background, theme.ink, max(1.2 * size, HOLLOW), ABOVE)
    else:
        marks = Marks(axes, places, "o", theme.ink, theme.background if size > LEAST else None, size, ABOVE)
    marks.set_label(words("held_out" if held_out else "data"))
    return marks


def dot_size(points: Sized, pixels: float) -> float:
    """Of a dot, in points: smaller where many share this many pixels, so that a curve below them is seen on both
    sides, but never too small to be seen itself."""
    return float(np.clip(2 * (pixels / max(len(points), 1)) ** 0.5, LEAST, LARGEST))


def class_marks(
    axes: Axes, points: Points, classes: int, theme: Theme, size: float, held_out: bool = False
) -> list[Marks]:
    """Points of classes in the plane, in the colour and with the marker of each; those held out are hollow."""
    marks = []
    for index in range(classes):
        color, places = theme.classes[index % len(theme.classes)], points.x[points.y[:, 0] == index]
        face, edge = (theme.background, color) if held_out else (color, theme.ink)
        marks.append(Marks(axes, places, marker_of(index, len(theme.classes)), face, edge, size))
    return marks


def mark_size(points: Sized, pixels: float) -> float:
    """Of a mark, in points: smaller where there are many, or where the map is small."""
    return float(np.clip(90 / max(len(points), 1) ** 0.5, 3, 6.5) * line_scale(pixels))
