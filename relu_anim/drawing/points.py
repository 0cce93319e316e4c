"""How training points look: those of a function, and those of classes."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from relu_anim.drawing.room import line_scale
from relu_anim.drawing.theme import Theme
from relu_anim.targets import Points

MARKERS = "os^DvP"


def draw_points(axes: Axes, points: Points, theme: Theme, held_out: bool = False) -> None:
    """The training points, or hollow those held out; smaller where there are many."""
    size = float(np.clip(4000 / len(points), 4, 22))
    if held_out:
        look: dict[str, Any] = {
            "facecolors": "none",
            "edgecolors": theme.target,
            "linewidths": 0.8,
            "label": "held out",
        }
        axes.scatter(points.x, points.y, s=1.4 * size, zorder=2.2, **look)
        return
    axes.scatter(points.x, points.y, s=size, color=theme.target, alpha=0.45, linewidths=0, label="data", zorder=2)


def class_colors(theme: Theme) -> tuple[str, ...]:
    """The colours of classes, neighbours as different as can be."""
    return tuple(dict.fromkeys([theme.warning, theme.output, *theme.units[1:], theme.units[0]]))


def mark_size(points: Sized, pixels: float) -> float:
    """Of a mark, in points: smaller where there are many, or where the map is small."""
    return float(np.clip(90 / max(len(points), 1) ** 0.5, 3, 6.5) * line_scale(pixels))
