"""Coloured cells, drawn pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from relu_anim.drawing.curves import Moving

Array = NDArray[np.floating]

GAP, EDGE = 0, 1  # indices of the colours between cells, and of lines
ROW_PIXELS = 6  # from which rows are kept apart


class Cells(Moving):
    """Coloured cells that fill their axes, each pixel in the colour of its cell: no smoothing, and hardly any work."""

    def __init__(self, axes: Axes, colors: Sequence[object]) -> None:
        super().__init__(axes, zorder=2)
        rgba = np.array([to_rgba(color) for color in colors])  # type: ignore[arg-type]
        self.palette = (rgba * 255).round().astype(np.uint8).view(np.uint32)[:, 0]
        self.positions: Array = np.zeros(1)
        self.breaks = np.zeros(0, np.intp)
        self.edges: Sequence[float] = ()
        self.cells = np.zeros((1, 1), np.uint8)

    def arrange(self, positions: Array, breaks: NDArray[np.intp], edges: Sequence[float]) -> None:
        """Where rows begin, in row heights; before which columns there is a gap; where lines go down, as shares."""
        self.positions, self.breaks, self.edges = positions, breaks, edges

    def move(self, cells: NDArray[np.uint8]) -> None:
        """Show these colours, indices [rows, columns]."""
        self.cells = cells

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context; where each pixel's row and column are is found at the same time."""
        assert self.axes is not None
        scale = renderer.get_image_magnification()
        (left, bottom), (right, top) = np.round(self.axes.bbox.get_points() * scale).astype(int)
        self._place = left, bottom
        self._rows, self._row_gaps = self._find_rows(top - bottom)
        self._columns, self._column_gaps, self._lines = self._find_columns(right - left)
        return [renderer.new_gc()]

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

    def draw(self, renderer: RendererBase) -> None:
        """Fill the axes."""
        (context,) = self.contexts(renderer)
        picture = self.palette[self.cells].take(self._columns, axis=1)[self._rows]
        picture[self._row_gaps] = self.palette[GAP]
        picture[:, self._column_gaps] = self.palette[GAP]
        picture[:, self._lines] = self.palette[EDGE]
        rgba = picture.view(np.uint8).reshape(*picture.shape, 4)
        if isinstance(renderer, RendererAgg):  # whose draw_image would blend for 2 ms what is opaque
            frame = np.asarray(renderer.buffer_rgba())
            left, top = self._place[0], len(frame) - self._place[1] - len(rgba)
            frame[top : top + rgba.shape[0], left : left + rgba.shape[1]] = rgba
        else:
            scale = renderer.get_image_magnification()
            renderer.draw_image(context, self._place[0] / scale, self._place[1] / scale, rgba[::-1])
