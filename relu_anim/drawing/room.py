"""Room for a panel, known before anything is laid out, and legends that stand outside of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from relu_anim.drawing.words import width_at_most

AROUND = (24, 46)  # pixels that the film keeps for itself
PADDING, BESIDE = 12, 60  # pixels between panels, and those that the labels of a y axis take
HANDLE = 34  # pixels before a legend's words
SMALL = 260  # pixels, below which a panel has a smaller legend


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


def _share(spec: SubplotSpec) -> tuple[float, float]:
    rows, columns = spec.get_gridspec().get_geometry()
    return len(spec.colspan) / columns, len(spec.rowspan) / rows


def line_scale(pixels: float) -> float:
    """By how much lines and marks are made smaller in a panel of so many pixels."""
    return min(max(pixels / 400, 0.6), 1.0)


def legend_size(width: float, height: float) -> int:
    """The font size of a legend in a panel of so many pixels."""
    return 10 if min(width, height) >= SMALL else 8


def legend_width(handles: Sequence[Line2D], size: int, columns: int = 1) -> float:
    """Pixels that a legend takes, about; it fills column after column."""
    longest = [max(len(str(handles[i].get_label())) for i in part) for part in _split(len(handles), columns)]
    return sum(HANDLE + width_at_most(characters, size) for characters in longest)


def legend_columns(handles: Sequence[Line2D], size: int, width: float) -> int:
    """How many columns of a legend so many pixels have room for; one at least."""
    fitting = (n for n in range(len(handles), 1, -1) if legend_width(handles, size, n) <= width)
    return next(fitting, 1)


def _split(count: int, columns: int) -> list[NDArray[np.intp]]:
    return np.array_split(np.arange(count), columns)


def place_legend(axes: Axes, handles: Sequence[Line2D], shift: tuple[float, float], columns: int, size: int) -> None:
    """A legend below the axes, or with one column at their right; shifted by so many points."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    beside = shift[0] > 0
    look: dict[str, Any] = {
        "loc": "upper left" if beside else "upper center",
        "bbox_to_anchor": (1, 1) if beside else (0.5, 0),
        "bbox_transform": axes.transAxes + ScaledTranslation(shift[0] / 72, shift[1] / 72, figure.dpi_scale_trans),
    }
    look |= {"handlelength": 1.4, "handletextpad": 0.5, "columnspacing": 1.2, "borderaxespad": 0, "borderpad": 0}
    axes.legend(handles=list(handles), ncols=columns, frameon=False, fontsize=size, **look)
