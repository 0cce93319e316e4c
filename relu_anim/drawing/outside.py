"""Legends that stand outside of their axes, beside or below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from relu_anim.drawing.legends import swatch_length
from relu_anim.drawing.words import width_at_most

HANDLE = 34  # pixels before a legend's words
SMALL = 260  # pixels, below which a panel has a smaller legend


def legend_size(width: float, height: float) -> int:
    """The font size of a legend in a panel of this many pixels."""
    return 10 if min(width, height) >= SMALL else 8


def legend_width(handles: Sequence[Line2D], size: int, columns: int = 1) -> float:
    """Pixels that a legend takes, about; it fills column after column."""
    longest = [max(len(str(handles[i].get_label())) for i in part) for part in _split(len(handles), columns)]
    return sum(HANDLE + width_at_most(characters, size) for characters in longest)


def legend_columns(handles: Sequence[Line2D], size: int, width: float) -> int:
    """How many columns of a legend this many pixels have room for; one at least."""
    fitting = (n for n in range(len(handles), 1, -1) if legend_width(handles, size, n) <= width)
    return next(fitting, 1)


def _split(count: int, columns: int) -> list[NDArray[np.intp]]:
    return np.array_split(np.arange(count), columns)


def place_legend(axes: Axes, handles: Sequence[Line2D], shift: tuple[float, float], columns: int, size: int) -> None:
    """A legend below the axes, or with one column at their right; shifted by this many points."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    beside = shift[0] > 0
    look: dict[str, Any] = {
        "loc": "upper left" if beside else "upper center",
        "bbox_to_anchor": (1, 1) if beside else (0.5, 0),
        "bbox_transform": axes.transAxes + ScaledTranslation(shift[0] / 72, shift[1] / 72, figure.dpi_scale_trans),
    }
    look |= {"handlelength": swatch_length(handles, size, 1.4), "handletextpad": 0.5, "columnspacing": 1.2}
    look |= {"borderaxespad": 0, "borderpad": 0}
    axes.legend(handles=list(handles), ncols=columns, frameon=False, fontsize=size, **look)
