"""Curves, and single points on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from relu_anim.drawing.markers import outline
from relu_anim.drawing.marks import Moving, Numbers, scaled
from relu_anim.drawing.shapes import Area, Lines, Pen, Points, Subject
from relu_anim.drawing.theme import Theme

MANY_UNITS = 8


class Curves(Moving):
    """Lines through points: one for each colour and dash pattern (`-` or Dashes). They keep inside their axes."""

    def __init__(
        self, axes: Axes, colors: Sequence[str], dashes: Sequence[Any] = ("-",), width: float = 2.5, zorder: float = 3
    ) -> None:
        super().__init__(axes, zorder)
        self.colors, self.dashes, self.width = list(colors), list(dashes), width
        self.x: Numbers = np.zeros(0)
        self.y: Numbers = np.zeros((0, len(self.colors)))
        self.order: Sequence[int] = range(len(self.colors))  # in which they are drawn
        self.subjects: Sequence[Subject | None] = [None] * len(self.colors)
        self._pens: tuple[float, list[Pen]] = (0, [])

    def move(self, x: Numbers, y: Numbers) -> None:
        """Go through x [points] and y [points, curves], in data units."""
        self.x, self.y = x, y

    def handle(self, label: str) -> Line2D:
        """The first line as an entry of a legend."""
        return Line2D([], [], color=self.colors[0], linestyle=self.dashes[0], linewidth=self.width, label=label)

    @property
    def end(self) -> float:
        """Where the first line ends; below all others if it has no end."""
        known = self.y[np.isfinite(self.y[:, 0]), 0]
        return float(known[-1]) if len(known) else -np.inf

    def pens(self) -> list[Pen]:
        """One for each curve; the same ones as long as a pixel stays as large as it is."""
        width = self.in_pixels(self.width)
        if self._pens[0] != width:
            looks = zip(self.colors, self.dashes, strict=True)
            self._pens = width, [_pen(color, width, dashes) for color, dashes in looks]
        return self._pens[1]

    def shapes(self, scale: float = 1) -> Iterator[Lines]:
        """Each curve by itself."""
        clip, points = self.box, np.empty((len(self.x), 2))
        points[:, 0] = self.x
        pens = self.pens()
        for index in self.order:
            points[:, 1] = self.y[:, index]
            yield Lines(self.to_pixels.transform(points), pens[index], clip, subject=self.subjects[index])


def _pen(color: str, width: float, dashes: Any) -> Pen:
    return Pen(to_rgba(color), width, cap="round" if dashes == "-" else "butt", **scaled(dashes, width))


def unit_curves(
    axes: Axes, theme: Theme, units: range, widths: tuple[float, float], faint: NDArray[np.bool_]
) -> Curves:
    """A curve for each unit of a layer, in the look that it has in all panels; in the second width where they crowd.

    `units` are their numbers among all hidden units of the network, of which those that are `faint` stand back.
    """
    stands_back = faint[units.start : units.stop]
    colors = [theme.unit_color(unit) for unit in units]
    colors = [theme.faint(color) if back else color for color, back in zip(colors, stands_back, strict=True)]
    curves = Curves(axes, colors, [theme.unit_style(unit) for unit in units], widths[len(units) >= MANY_UNITS])
    curves.order = np.argsort(~stands_back, kind="stable").tolist()
    return curves


class Band(Moving):
    """The area between two curves, filled."""

    def __init__(self, axes: Axes, color: str, zorder: float = 2.1) -> None:
        super().__init__(axes, zorder)
        self.color = color
        self.x: Numbers = np.zeros(0)
        self.low: Numbers = np.zeros(0)
        self.high: Numbers = np.zeros(0)

    def move(self, x: Numbers, low: Numbers, high: Numbers) -> None:
        """Fill between low and high [points], where both are numbers."""
        self.x, self.low, self.high = x, low, high

    def shapes(self, scale: float = 1) -> Iterator[Area]:
        """The area, once around: along its lower edge and back along the upper one."""
        known = np.isfinite(self.low) & np.isfinite(self.high)
        if known.any():
            x, low, high = self.x[known], self.low[known], self.high[known]
            outline = np.column_stack([np.append(x, x[::-1]), np.append(low, high[::-1])])
            yield Area(self.to_pixels.transform(outline), to_rgba(self.color), self.box, self.subject)


class Dot(Moving):
    """A filled marker at one point; it may reach over the edge of its axes, but is not drawn where its middle does."""

    def __init__(self, axes: Axes, color: str, size: float = 7, marker: str = "o", zorder: float = 4) -> None:
        super().__init__(axes, zorder)
        self.color, self.size, self.marker = color, size, marker
        self.place = (np.nan, np.nan)

    def move(self, x: float, y: float) -> None:
        """Move to a point in data units."""
        self.place = (x, y)

    def shapes(self, scale: float = 1) -> Iterator[Points]:
        """The marker; nothing where there is no point, or none inside."""
        place = self.to_pixels.transform([self.place])
        left, bottom, right, top = self.box
        if left - 1 <= place[0, 0] <= right + 1 and bottom - 1 <= place[0, 1] <= top + 1:
            shape = outline(self.marker, self.in_pixels(self.size))
            yield Points(place, shape, to_rgba(self.color), subject=self.subject)


class Dots(Moving):
    """Filled markers with an outline, at any number of points; they keep inside their axes."""

    def __init__(
        self, axes: Axes, color: str, edge: str, size: float = 6, marker: str = "o", zorder: float = 3.5
    ) -> None:
        super().__init__(axes, zorder)
        self.color, self.edge, self.size, self.marker = color, edge, size, marker
        self.x: Numbers = np.zeros(0)
        self.y: Numbers = np.zeros(0)

    def move(self, x: Numbers, y: Numbers) -> None:
        """Move to points in data units, [n] each."""
        self.x, self.y = x, y

    def shapes(self, scale: float = 1) -> Iterator[Points]:
        """The markers, all alike."""
        if len(self.x):
            places = self.to_pixels.transform(np.column_stack([self.x, self.y]))
            edge = Pen(to_rgba(self.edge), self.in_pixels(1))
            shape = outline(self.marker, self.in_pixels(self.size))
            yield Points(places, shape, to_rgba(self.color), edge, self.box, snap=True, subject=self.subject)


def dot_handle(color: str, edge: str, label: str, size: float = 6, marker: str = "o") -> Line2D:
    """A dot as an entry of a legend."""
    look = {"color": color, "markeredgecolor": edge, "markersize": size}
    return Line2D([], [], marker=marker, linestyle="none", label=label, **look)  # type: ignore[arg-type]
