"""Many lines or marks at once, each set drawn by one call of the renderer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from relu_anim.aliases import Array
from relu_anim.drawing.markers import outline
from relu_anim.drawing.marks import Dashes, Moving, scaled
from relu_anim.drawing.pixels import Pixels
from relu_anim.drawing.shapes import Lines, Pen, Points

LAYER = 0.6  # opacity of marks that have no edge
Paths = Sequence[Array] | Array  # [n, 2] each
Color = str | tuple[float, float, float] | tuple[str, float]


class Strokes(Moving):
    """Lines of one look through any points; they keep inside their axes."""

    def __init__(self, axes: Axes, color: Color, width: float, dashes: Dashes | None = None, zorder: float = 3) -> None:
        super().__init__(axes, zorder)
        self.color, self.width, self.dashes = color, width, dashes
        self.lines: Paths = ()

    def move(self, lines: Paths) -> None:
        """Go through these points: [n, 2] each in data units, or all together as [lines, n, 2]."""
        self.lines = lines

    def handle(self, label: str) -> Line2D:
        """An entry of a legend."""
        style: Any = self.dashes or "-"
        return Line2D([], [], color=self.color, linewidth=self.width, linestyle=style, label=label)

    def shapes(self, scale: float = 1) -> Iterator[Lines]:
        """All lines in one."""
        if len(self.lines):
            points, starts = joined(self.lines)
            width = self.in_pixels(self.width)
            pen = Pen(to_rgba(self.color), width, snap=False, **scaled(self.dashes, width))
            yield Lines(self.to_pixels.transform(points), pen, self.box, starts, self.subject)


class Marks(Moving):
    """Filled marks of one look at points that stay where they are: whole ones, of the points inside of the axes.

    Without an edge they are one translucent layer.
    """

    def __init__(
        self, axes: Axes, points: Array, marker: str, face: Color, edge: Color | None, size: float, zorder: float = 4
    ) -> None:
        super().__init__(axes, zorder)
        self.points, self.marker, self.face, self.edge, self.size = points, marker, face, edge, size
        self._pixels: Pixels | None = None
        self._place: tuple[float, ...] = ()

    @property
    def edge_width(self) -> float:
        """In points; thinner for small marks."""
        return min(1.0, 0.16 * self.size)

    def handle(self, label: str = "") -> Line2D:
        """An entry of a legend, under the label of its own unless another is given."""
        look: dict[str, Any] = {"markerfacecolor": self.face, "markeredgecolor": self.edge or "none"}
        look |= {"markeredgewidth": self.edge_width, "markersize": float(np.clip(self.size, 5, 8))}
        return Line2D([], [], linestyle="", marker=self.marker, label=label or self.get_label(), **look)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the marks; into frames as pixels, since drawing 10,000 of them anew takes 18 ms."""
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
            return
        place = renderer.width, renderer.height, *self.to_pixels.transform([(0, 0), (1, 1)]).ravel().tolist()
        if self._pixels is None or self._place != place:
            self._place, self._pixels = place, Pixels(self.shapes(), renderer)
        self._pixels.set_into(renderer)

    def shapes(self, scale: float = 1) -> Iterator[Points]:
        """The marks, all alike."""
        if len(self.points):
            places = self.to_pixels.transform(self.points)
            left, bottom, right, top = self.box
            places = places[((places > (left - 1, bottom - 1)) & (places < (right + 1, top + 1))).all(axis=1)]
            edge = Pen(to_rgba(self.edge), self.in_pixels(self.edge_width)) if self.edge else None
            fill = to_rgba(self.face, None if self.edge else LAYER)
            shape = outline(self.marker, self.in_pixels(self.size))
            yield Points(places, shape, fill, edge, snap=edge is not None, subject=self.subject)


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
