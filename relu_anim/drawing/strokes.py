"""Many lines or marks at once, each set drawn by one call of the renderer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from numpy.typing import ArrayLike

from relu_anim.aliases import Array
from relu_anim.drawing.marks import Dashes, Moving, scaled
from relu_anim.drawing.shapes import Lines, Pen, Points

Paths = Sequence[Array] | Array  # [n, 2] each
Color = str | tuple[float, float, float]


class Strokes(Moving):
    """Lines of one look through any points; they keep inside their axes."""

    def __init__(
        self, axes: Axes, color: Color, width: float, dashes: Dashes | None = None, alpha: float = 1, zorder: float = 3
    ) -> None:
        super().__init__(axes, zorder)
        self.color, self.width, self.dashes, self.alpha = color, width, dashes, alpha
        self.lines: Paths = ()

    def move(self, lines: Paths) -> None:
        """Go through these points: [n, 2] each in data units, or all together as [lines, n, 2]."""
        self.lines = lines

    def handle(self, label: str) -> Line2D:
        """An entry of a legend."""
        style: Any = self.dashes or "-"
        return Line2D([], [], color=self.color, linewidth=self.width, alpha=self.alpha, linestyle=style, label=label)

    def shapes(self, scale: float = 1) -> Iterator[Lines]:
        """All lines in one."""
        if len(self.lines):
            points, starts = joined(self.lines)
            width = self.in_pixels(self.width)
            pen = Pen(to_rgba(self.color, self.alpha), width, snap=False, **scaled(self.dashes, width))
            yield Lines(self.to_pixels.transform(points), pen, self.box, starts)


class Marks(Moving):
    """Filled marks of one look at points that stay where they are."""

    def __init__(
        self, axes: Axes, points: Array, marker: str, face: Color, edge: Color, size: float, zorder: float = 4
    ) -> None:
        super().__init__(axes, zorder)
        self.points, self.marker, self.face, self.edge, self.size = points, MarkerStyle(marker), face, edge, size

    @property
    def edge_width(self) -> float:
        """In points; thinner for small marks."""
        return min(1.0, 0.16 * self.size)

    def handle(self, label: str) -> Line2D:
        """An entry of a legend."""
        look = {"markerfacecolor": self.face, "markeredgecolor": self.edge, "markeredgewidth": self.edge_width}
        shown = float(np.clip(self.size, 5, 8))
        return Line2D([], [], linestyle="", marker=self.marker, markersize=shown, label=label, **look)  # type: ignore[arg-type]

    def shapes(self, scale: float = 1) -> Iterator[Points]:
        """The marks, all alike."""
        if len(self.points):
            places = self.to_pixels.transform(self.points)
            edge = Pen(to_rgba(self.edge), self.in_pixels(self.edge_width))
            yield Points(places, self._outline(), to_rgba(self.face), edge, self.box, snap=True)

    def _outline(self) -> float | Array:
        size = self.in_pixels(self.size)
        if self.marker.get_marker() == "o":
            return size / 2
        corners = self.marker.get_transform().transform_path(self.marker.get_path()).vertices
        return size * np.asarray(corners)[:-1]  # the last one closes the path


def joined(lines: Paths) -> tuple[Array, tuple[int, ...]]:
    """All these lines in one array of points, and where each begins in it; none must be empty."""
    if isinstance(lines, np.ndarray):
        return lines.reshape(-1, 2), tuple(range(0, lines.shape[0] * lines.shape[1], lines.shape[1]))
    starts = np.cumsum([0, *(len(line) for line in lines[:-1])])
    return np.concatenate(lines), tuple(starts.tolist())


def mixed(background: ArrayLike, color: ArrayLike, share: float | Array) -> Array:
    """Colours between the background (share 0) and a colour (share 1), RGB from 0 to 1."""
    share = np.asarray(share)[..., None]
    return (1 - share) * np.asarray(background) + share * np.asarray(color)
