"""Legends in room of their own, so that nothing that moves runs through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.gridspec import SubplotSpec
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from relu_anim.drawing.room import axes_size
from relu_anim.drawing.theme import DPI
from relu_anim.drawing.words import width_of

Lines = Sequence[tuple[NDArray[Any], NDArray[Any]]]  # x and y

MOST_ROOM = 0.4  # of the axes' height, if it can be
GAP = 20  # pixels between a title and what stands beside it
LABELLED = 36  # points below axes that the labels of epochs take
ENTRY = (125, 20)  # pixels that an entry of a legend takes
CORNERS = ("upper center", "upper right", "upper left", "lower right", "lower left", "lower center")
LETTERS, SMALL_LETTERS = 10, 8  # points
SMALL = {"fontsize": SMALL_LETTERS, "handlelength": 1.2, "columnspacing": 0.9}


def swatch_length(handles: Sequence[Artist], size: float, least: float = 2.0) -> float:
    """The handlelength of a legend in which each line shows two periods of its dashes; `size` is that of letters."""
    patterns = (getattr(handle, "_dash_pattern", (0, None))[1] for handle in handles)  # Matplotlib has no other way
    return max([least, *(2 * sum(pattern) / size for pattern in patterns if pattern)])


def place(
    axes: Axes,
    spec: SubplotSpec,
    handles: Sequence[Artist],
    curves: Lines,
    may_stretch: bool = True,
    may_be_left_out: bool = False,
) -> Legend | None:
    """A legend in a corner that these curves leave free; if there is none, above all of them where the y axis may be
    stretched, else below. If it may be left out, it is where it would take most of the axes."""
    width, height = axes_size(axes, spec)
    entry = ENTRY[0] + (swatch_length(handles, LETTERS) - 2) * LETTERS * DPI / 72
    share = min(entry / width, 1.0), min((ENTRY[1] * len(handles) + 20) / height, 1.0)
    corner, covered = quiet_corner(axes, curves, share)
    if not covered:
        return _at(axes, handles, corner)
    legend = on_top(axes, spec, handles)
    if may_be_left_out and not fits(axes, spec, legend):
        legend.remove()
        return None
    if not may_stretch:
        return below(axes, spec, handles)
    make_room(axes, spec, size(axes, legend)[1])
    return legend


def _at(axes: Axes, handles: Sequence[Artist], corner: str) -> Legend:
    look: dict[str, Any] = {"loc": corner, "handlelength": swatch_length(handles, LETTERS)}
    return axes.legend(handles=list(handles), **look)


def quiet_corner(axes: Axes, curves: Lines, share: tuple[float, float]) -> tuple[str, int]:
    """Where a legend that takes such a share of the axes' width and height covers the fewest points of these curves
    (x, y), all in data units; and how many it covers there."""

    def covered(corner: str) -> int:
        vertical, horizontal = corner.split()
        left = {"left": 0.0, "center": 0.5 - share[0] / 2, "right": 1 - share[0]}[horizontal]
        return covered_points(axes, curves, (left, 1 - share[1] if vertical == "upper" else 0.0), share)

    best = min(CORNERS, key=covered)
    return best, covered(best)


def covered_points(axes: Axes, curves: Lines, place: tuple[float, float], share: tuple[float, float]) -> int:
    """How many points of these curves lie in a box of the axes: its bottom left corner, width and height as shares."""
    to_axes = axes.transData + axes.transAxes.inverted()
    points = np.concatenate([to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)])) for x, y in curves])
    return int(((points >= place) & (points <= np.add(place, share))).all(axis=1).sum())


def on_top(axes: Axes, spec: SubplotSpec, *choices: Sequence[Artist]) -> Legend:
    """A legend inside the axes of this cell, at their top: of several choices the first that fits in one row, else the
    last, in several. `make_room` is for the curves to stay below it."""
    place: dict[str, Any] = {"loc": "upper center", "borderaxespad": 0.1}
    width = axes_size(axes, spec)[0]
    for handles in choices:
        legend = _legend(axes, handles, len(handles), **place)
        if size(axes, legend)[0] <= width:
            return legend
    return _in_rows(axes, spec, choices[-1], **place)


def below(axes: Axes, spec: SubplotSpec, handles: Sequence[Artist], **look: Any) -> Legend:
    """A legend under the labels of an axis of epochs."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    down = axes.transAxes + ScaledTranslation(0, -LABELLED / 72, figure.dpi_scale_trans)
    place: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": down}
    return _in_rows(axes, spec, handles, **place, borderaxespad=0, **look)


def beside_title(axes: Axes, title: Text, spec: SubplotSpec, *choices: Sequence[Artist]) -> Legend | None:
    """A legend in one line with the left-aligned title of these axes: the first of several choices that has room."""
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0, "borderpad": 0.15}
    room = axes_size(axes, spec)[0] - width_of(title) - GAP
    for handles in choices:
        legend = _legend(axes, handles, len(handles), **place)
        if size(axes, legend)[0] <= room:
            return legend
        legend.remove()
    return None


def hide(legend: Legend) -> None:
    """Leave the room of a legend empty: beside others like it, of which the first is enough."""
    for artist in (legend.get_frame(), *legend.legend_handles, *legend.get_texts()):
        if artist is not None:
            artist.set_alpha(0)


def fits(axes: Axes, spec: SubplotSpec, legend: Legend) -> bool:
    """Whether a legend inside the axes leaves enough of them."""
    return size(axes, legend)[1] <= MOST_ROOM * axes_size(axes, spec)[1]


def make_room(axes: Axes, spec: SubplotSpec, pixels: float) -> None:
    """Stretch the y axis upwards, so that this many pixels above what it shows now are free."""
    share = min(pixels / axes_size(axes, spec)[1], 0.5)
    scale = axes.yaxis.get_transform()
    low, high = scale.transform(axes.get_ylim())
    axes.set_ylim(top=scale.inverted().transform([high + (high - low) * share / (1 - share)])[0])


def size(axes: Axes, artist: Artist) -> tuple[float, float]:
    """Width and height of a legend in pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    box = artist.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    return float(box.width), float(box.height)


def _in_rows(axes: Axes, spec: SubplotSpec, handles: Sequence[Artist], **place: Any) -> Legend:
    """A legend in as few rows as the width allows; in small letters where it would be too high or wide."""
    width = axes_size(axes, spec)[0]
    for look in ({}, SMALL):
        for rows in range(1, len(handles) + 1):
            legend = _legend(axes, handles, -(-len(handles) // rows), **(look | place))
            if size(axes, legend)[0] <= width:
                break
        if size(axes, legend)[0] <= width and fits(axes, spec, legend):
            break
    return legend


def _legend(axes: Axes, handles: Sequence[Artist], columns: int, **look: Any) -> Legend:
    least, size = look.get("handlelength", 2.0), look.get("fontsize", LETTERS)
    look = {"columnspacing": 1.2, "handletextpad": 0.5} | look | {"handlelength": swatch_length(handles, size, least)}
    return axes.legend(handles=list(handles), ncols=columns, **look)
