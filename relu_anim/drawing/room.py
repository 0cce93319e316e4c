"""Room for a panel and its axes, known about before anything is laid out."""

from __future__ import annotations

import functools

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

AROUND = (24, 46)  # pixels that the film keeps for itself
PADDING, BESIDE = 12, 60  # pixels between panels, and those that the labels of a y axis take
LABELS = (70, 60)  # pixels beside and below axes alone in a cell that go to their labels


def room(figure: Figure, spec: SubplotSpec) -> tuple[float, float]:
    """Width and height in pixels, about, that a panel has for its axes and all that stands around them."""
    across, down = _share(spec)
    outer = spec.get_topmost_subplotspec()
    if outer is not spec:  # of the columns of variants, which are the only grids inside of the film's
        across, down = across * _share(outer)[0], down * _share(outer)[1]
    return across * (figure.bbox.width - AROUND[0]), down * (figure.bbox.height - AROUND[1])


def has_neighbours_in_its_columns(spec: SubplotSpec) -> bool:
    """Whether other panels may stand above or below, with whose axes those in this cell are aligned."""
    outer = spec.get_topmost_subplotspec()
    return len(outer.rowspan) < outer.get_gridspec().nrows


def axes_width(figure: Figure, spec: SubplotSpec) -> float:
    """About how many pixels wide axes in this cell will be; of the columns of variants only the first is labelled."""
    columns = 1 if spec.get_topmost_subplotspec() is spec else spec.get_gridspec().ncols
    return room(figure, spec)[0] - PADDING - BESIDE / columns


def axes_size(axes: Axes, spec: SubplotSpec) -> tuple[float, float]:
    """About how many pixels axes alone in this cell will be wide and high; the layout is not known yet."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    cell = spec.get_position(_undivided())
    width = cell.width * (figure.bbox.width - AROUND[0]) - LABELS[0]
    height = cell.height * (figure.bbox.height - AROUND[1]) - LABELS[1]
    return max(float(width), 1.0), max(float(height), 1.0)


@functools.cache
def _undivided() -> Figure:
    """A figure without margins, for which the position of a cell is its share of a grid."""
    figure = Figure()
    figure.subplots_adjust(left=0, bottom=0, right=1, top=1, wspace=0, hspace=0)
    return figure


def _share(spec: SubplotSpec) -> tuple[float, float]:
    rows, columns = spec.get_gridspec().get_geometry()
    return len(spec.colspan) / columns, len(spec.rowspan) / rows


def line_scale(pixels: float) -> float:
    """By how much lines and marks are made smaller in a panel of this many pixels."""
    return min(max(pixels / 400, 0.6), 1.0)
