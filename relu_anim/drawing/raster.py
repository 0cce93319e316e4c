"""Coloured cells, drawn pixel by pixel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.legend_handler import HandlerPatch
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.marks import Moving
from relu_anim.drawing.painter import Painter
from relu_anim.drawing.room import unit
from relu_anim.drawing.shapes import Lines, Pen, Picture, Spot, Subject

GAP, EDGE = 0, 1  # indices of the colours between cells, and of lines
ROW_PIXELS = 6  # from which rows are kept apart
HATCH = 4  # pixels from one stripe of hatched cells to the next; a stripe has one of them in each row


class Hatched(Rectangle):
    """A patch in a legend that is striped as hatched cells are, in the colour of its edge, which is not drawn."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw the stripes over what Matplotlib draws."""
        super().draw(renderer)
        left, bottom, right, top = np.rint(self.get_window_extent(renderer).get_points()).ravel().tolist()
        scale, height = unit(self.get_figure(root=True)), top - bottom
        starts = np.arange(left - height, right, HATCH * scale)
        ends = [[(x, bottom), (x + height, top)] for x in starts.tolist()]
        pen = Pen(to_rgba(self.get_edgecolor()), scale / math.sqrt(2))  # one pixel in each row
        each = tuple(range(0, 2 * len(ends), 2))
        Painter(renderer).draw(Lines(np.concatenate(ends), pen, (left, bottom, right, top), each))


def hatched(stripes: Any, between: Any, label: str) -> Hatched:
    """The handle of hatched cells for a legend, which must have `HATCHED_IN_LEGENDS` as its `handler_map`."""
    return Hatched((0, 0), 1, 1, facecolor=between, edgecolor=stripes, linewidth=0, label=label)


HATCHED_IN_LEGENDS = {
    Hatched: HandlerPatch(
        lambda *, xdescent, ydescent, width, height, **_: Hatched((-xdescent, -ydescent), width, height)
    )
}


class Cells(Moving):
    """Coloured cells that fill their axes, each pixel in the colour of its cell: no smoothing, and hardly any work.

    Cells of the first colour of `hatched` are thin slanting stripes on the second.
    """

    def __init__(self, axes: Axes, colors: Sequence[object], hatched: Sequence[int] = ()) -> None:
        super().__init__(axes, zorder=2)
        self.hatched = hatched
        rgba = np.array([to_rgba(color) for color in colors])  # type: ignore[arg-type]
        self.palette = (rgba * 255).round().astype(np.uint8)
        self.positions: Array = np.zeros(1)
        self.breaks = np.zeros(0, np.intp)
        self.edges: Sequence[float] = ()
        self.cells = np.zeros((1, 1), np.uint8)
        self.subjects: Sequence[Subject] = ()  # of each row
        self._arranged: tuple[float, ...] = ()

    def arrange(self, positions: Array, breaks: NDArray[np.intp], edges: Sequence[float]) -> None:
        """Where rows begin, in row heights; before which columns there is a gap; where lines go down, as shares."""
        self.positions, self.breaks, self.edges = positions, breaks, edges
        self._arranged = ()

    def move(self, cells: NDArray[np.uint8]) -> None:
        """Show these colours, indices [rows, columns]."""
        self.cells = cells

    def shapes(self, scale: float = 1) -> Iterator[Picture]:
        """One picture, in which lines and gaps are one or two cells wide."""
        self._arrange(scale)
        plain = self.cells.take(self._columns, axis=1)[self._rows]
        plain[self._row_gaps] = GAP
        plain[:, self._column_gaps] = GAP
        plain[:, self._lines] = EDGE
        cells, stripes = plain, (*self.hatched[:2], self._stripe) if self.hatched else ()
        if stripes and stripes[0] in self.cells:
            cells = np.where(self._between & (plain == stripes[0]), np.uint8(stripes[1]), plain)
        left, bottom = self._place
        yield Picture(left / scale, bottom / scale, cells, self.palette, scale, plain=plain, stripes=stripes)

    def spots(self) -> Iterator[Spot]:
        """Each row."""
        left, bottom, right, top = self.box
        height = (top - bottom) / float(self.positions[-1] + 1)
        for subject, start in zip(self.subjects, self.positions.tolist(), strict=True):
            upper = top - start * height
            yield Spot(subject, np.array([[left, upper], [right, upper - height]]), is_box=True)

    def _arrange(self, scale: float) -> None:
        """Find the row and the column of each pixel, unless they are known."""
        place = (scale, *self.box)
        if place == self._arranged:
            return
        self._arranged = place
        left, bottom, right, top = (round(edge) for edge in (np.array(self.box) * scale).tolist())
        self._place = left, bottom
        self._rows, self._row_gaps = self._find_rows(top - bottom)
        self._columns, self._column_gaps, self._lines = self._find_columns(right - left)
        slant = np.arange(top - bottom)[:, None] + np.arange(right - left)
        self._stripe = max(round(scale * unit(self.axes.figure)), 1)
        self._between = slant // self._stripe % HATCH > 0

    def _find_rows(self, pixels: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The row of each pixel from the top, and which pixels lie between rows."""
        height = self.positions[-1] + 1
        y = (np.arange(pixels) + 0.5) / pixels * height
        rows = np.searchsorted(self.positions, y, side="right") - 1
        gaps = y >= self.positions[rows] + 1
        if pixels / height >= ROW_PIXELS:
            gaps[1:] |= np.diff(rows) > 0
        return rows, gaps

    def _find_columns(self, pixels: int) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
        """The column of each pixel from the left, which pixels lie between classes, and which are lines."""
        columns = (np.arange(pixels) * self.cells.shape[1]) // pixels
        gaps = np.zeros(pixels, bool)
        for column in self.breaks:
            start = np.searchsorted(columns, column)
            gaps[start - 1 : start + 1] = True
        lines = np.array([round(share * (pixels - 1)) for share in self.edges], dtype=np.intp)
        return columns, gaps, lines
