"""Legends in room of their own, so that nothing that moves runs through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text

from relu_anim.drawing.corners import CORNERS, FROM_CORNER, Lines, quiet_corner
from relu_anim.drawing.room import Room, axes_size, labels_around, moved, unit
from relu_anim.drawing.theme import DPI, SMALL_LETTERS
from relu_anim.drawing.words import shortened, width_of, wrapped

MOST_ROOM = 1 / 3  # of the axes' height, that a legend above the curves takes
LEAST_MARGIN = 60  # pixels, that may have room for a legend
LEFT = 0.6  # of axes, that a legend outside of them leaves
NAME_WIDTHS = (160, 110, 70)  # pixels of a line, into which long names are broken
GAP = 20  # pixels between a title and what stands beside it
APART = 8  # pixels between axes with their labels and a legend outside of them
LARGE = 260  # pixels, below which a panel has small letters beside it
LETTERS = 10  # points
SMALL: dict[str, Any] = {"fontsize": SMALL_LETTERS, "handlelength": 1.2, "columnspacing": 0.9}
BARE: dict[str, Any] = {"borderaxespad": 0, "borderpad": 0, "frameon": False}


def swatch_length(handles: Sequence[Artist], size: float, least: float = 2.0) -> float:
    """The handlelength of a legend in which each line shows two periods of its dashes; `size` is that of letters."""
    patterns = (getattr(handle, "_dash_pattern", (0, None))[1] for handle in handles)  # Matplotlib has no other way
    return max([least, *(2 * sum(pattern) / size for pattern in patterns if pattern)])


def place(
    axes: Axes,
    room: Room,
    handles: Sequence[Artist],
    curves: Lines = (),
    may_stretch: bool = True,
    longer: Sequence[Sequence[Artist]] = (),
    is_shown: bool = True,
) -> None:
    """A legend in a corner that these curves leave free; if there is none, in a margin that others need anyway, above
    all curves where the y axis may be stretched, or outside. Long names are wrapped, and at last cut, where they have
    no room. A legend that has room in no way is left out, and the room says so.

    `longer` are other entries, of which the first are taken that have room in one row above the curves. A legend that
    is not shown, since another column has it, leaves its room empty.
    """
    again = partial(_place, axes, room, handles, curves, may_stretch, longer, is_shown)
    again()
    room.legends.append(again)
    room.placed_in = room.area


def _place(
    axes: Axes,
    room: Room,
    handles: Sequence[Artist],
    curves: Lines,
    may_stretch: bool,
    longer: Sequence[Sequence[Artist]],
    is_shown: bool,
) -> None:
    legend = _in_corner(axes, handles, curves) if curves else None
    for choice in () if legend else shorter(handles):
        legend = outside(axes, room, choice, least=1) if room.margin >= LEAST_MARGIN else None
        legend = legend or (_above(axes, room, [*longer, choice]) if may_stretch else None)
        if legend := legend or outside(axes, room, choice):
            break
    if legend is None:
        _miss(axes, room, handles, may_stretch)
    elif not is_shown:
        legend.remove()


def place_again(room: Room) -> None:
    """Place the legends of a panel anew, whose axes have become smaller since: but for those outside of them, for which
    there is room now."""
    is_smaller = any(now < before for now, before in zip(room.area, room.placed_in, strict=True))
    if room.legends and is_smaller and not room.has_outside:
        room.missing = None
        for axes in room.plots:
            _remove(axes)
            room.keep_nothing_free(axes)
        for again in room.legends:
            again()


def _in_corner(axes: Axes, handles: Sequence[Artist], curves: Lines) -> Legend | None:
    legend = _legend(axes, handles, 1, loc=CORNERS[0])
    taken = size(axes, legend)
    corner, covered = quiet_corner(axes, curves, taken)
    if covered or taken[0] + 2 * FROM_CORNER > axes_size(axes)[0]:
        legend.remove()
        return None
    legend.set_loc(corner)  # type: ignore[arg-type]  # the stubs want literals
    return legend


def _above(axes: Axes, room: Room, choices: Sequence[Sequence[Artist]]) -> Legend | None:
    """A legend at the top of the axes, and room for it, if that leaves enough for the curves."""
    legend = on_top(axes, *choices)
    if fits(axes, legend):
        room.keep_free(axes, size(axes, legend)[1])
        return legend
    legend.remove()
    return None


def outside(axes: Axes, room: Room, handles: Sequence[Artist], least: float = LEFT) -> Legend | None:
    """A legend below axes or, if these have no neighbour there, beside them: where it leaves more of them, if that is
    at least this share."""
    (width, height), ways = room.area, list[tuple[float, Callable[[], Legend]]]()
    under, right = partial(below, axes, room, handles, is_for_all=True), partial(beside, axes, room, handles)
    if size(axes, under())[0] <= room.area_of_all:
        ways.append((1 - room.extra.bottom / height, under))
    room.extra.bottom = 0
    if not room.extra.right and room.columns == 1:
        if size(axes, right())[1] <= axes_size(axes)[1]:
            ways.append((1 - max(room.extra.right - room.margin, 0) / width, right))
        room.extra.right = 0
    _remove(axes)
    left, way = max(ways, key=itemgetter(0), default=(0.0, under))
    room.has_outside = left >= least
    return way() if room.has_outside else None


def _remove(axes: Axes) -> None:
    if legend := axes.get_legend():
        legend.remove()


def _miss(axes: Axes, room: Room, handles: Sequence[Artist], may_stretch: bool) -> None:
    """Say how large the axes must be for a legend that has no room."""
    legend = on_top(axes, handles)
    width, height = size(axes, legend)
    legend.remove()
    room.miss(width, height / MOST_ROOM if may_stretch else (height + APART) / (1 - LEFT))


def shorter(handles: Sequence[Artist]) -> Iterator[Sequence[Artist]]:
    """These entries, then with long names in two lines of ever fewer pixels, as long as cut ones tell them apart."""
    yield handles
    names = [str(handle.get_label()) for handle in handles]
    for pixels in NAME_WIDTHS:
        fitted = [_in_two_lines(name, pixels) for name in names]
        if fitted != names and len(set(fitted)) == len(fitted):
            yield [_relabelled(handle, name) for handle, name in zip(handles, fitted, strict=True)]


def _in_two_lines(name: str, pixels: float) -> str:
    lines = name.split("\n") if "\n" in name else wrapped(name, [pixels] * 2, SMALL_LETTERS)
    return "\n".join(shortened(line, pixels, SMALL_LETTERS) for line in lines if line)


def _relabelled(handle: Artist, name: str) -> Artist:
    handle = copy(handle)
    handle.set_label(name)
    return handle


def on_top(axes: Axes, *choices: Sequence[Artist]) -> Legend:
    """A legend inside these axes, at their top: of several choices the first that fits in one row, else the last, in
    several. `Room.keep_free` is for the curves to stay below it."""
    place: dict[str, Any] = {"loc": "upper center", "borderaxespad": 0.1}
    for handles in choices:
        legend = _legend(axes, handles, len(handles), **place)
        if size(axes, legend)[0] <= axes_size(axes)[0]:
            return legend
    return _in_rows(axes, choices[-1], axes_size(axes)[0], **place)


def below(
    axes: Axes, room: Room, handles: Sequence[Artist], drop: float = 0, is_for_all: bool = False, **look: Any
) -> Legend:
    """A legend under axes and their labels, `drop` pixels further down, and room for it: of a first column that has it
    for all, from its left edge on, so that it may go on under the others."""
    down = labels_around(axes).bottom + drop + APART
    side, width = (0.0, room.area_of_all) if is_for_all and room.columns > 1 else (0.5, room.area[0])
    place: dict[str, Any] = {
        "loc": "upper left" if side == 0 else "upper center",
        "bbox_to_anchor": (side, 0),
        "bbox_transform": moved(axes, 0, -down),
    }
    legend = _in_rows(axes, handles, width, **(place | BARE | look))
    room.extra.bottom = drop + APART + size(axes, legend)[1]
    return legend


def beside(axes: Axes, room: Room, handles: Sequence[Artist], **look: Any) -> Legend:
    """A legend in one column at the right of axes, and room for it."""
    right = room.beside + APART
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1, 1), "bbox_transform": moved(axes, right, 0)}
    letters = {} if room.shorter >= LARGE else SMALL
    legend = _legend(axes, handles, look.pop("ncols", 1), **(place | BARE | letters | look))
    room.extra.right = APART + size(axes, legend)[0]
    return legend


def beside_title(axes: Axes, title: Text, *choices: Sequence[Artist]) -> Legend | None:
    """A legend in one line with the left-aligned title of these axes: the first of several choices that has room."""
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0, "borderpad": 0.15}
    room = axes_size(axes)[0] - width_of(title) - GAP
    for handles in choices:
        legend = _legend(axes, handles, len(handles), **place)
        if size(axes, legend)[0] <= room:
            return legend
        legend.remove()
    return None


def fits(axes: Axes, legend: Legend) -> bool:
    """Whether a legend inside the axes leaves enough of them."""
    width, height = size(axes, legend)
    return height <= MOST_ROOM * axes_size(axes)[1] and width <= axes_size(axes)[0]


def size(axes: Axes, artist: Artist) -> tuple[float, float]:
    """Width and height of a legend in pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    box = artist.get_window_extent(canvas.get_renderer())
    return float(box.width) / unit(figure), float(box.height) / unit(figure)


def _in_rows(axes: Axes, handles: Sequence[Artist], width: float, **place: Any) -> Legend:
    """A legend in as few rows as the width allows; in small letters where it would be too high or wide."""
    fewer = dict.fromkeys(-(-len(handles) // rows) for rows in range(2, len(handles) + 1))
    for look in ({}, SMALL):
        legend = _legend(axes, handles, len(handles), **(look | place))
        if size(axes, legend)[0] > width:
            columns = next((columns for columns in fewer if _width(axes, legend, columns) <= width), 1)
            legend = _legend(axes, handles, columns, **(look | place))
        if size(axes, legend)[0] <= width and fits(axes, legend):
            break
    return legend


def _width(axes: Axes, legend: Legend, columns: int) -> float:
    """How wide a legend were in pixels if it had so many columns: to make it takes far longer."""
    letters = legend.prop.get_size_in_points() * DPI / 72
    entries = [size(axes, text)[0] for text in legend.get_texts()]
    widest = [max(column) for column in np.array_split(entries, columns) if len(column)]
    swatches = len(widest) * (legend.handlelength + legend.handletextpad)
    between = (len(widest) - 1) * legend.columnspacing + 2 * legend.borderpad
    return float(sum(widest) + letters * (swatches + between))


def _legend(axes: Axes, handles: Sequence[Artist], columns: int, **look: Any) -> Legend:
    least, size = look.get("handlelength", 2.0), look.get("fontsize", LETTERS)
    handles = [_thinner(handle, size / LETTERS) for handle in handles] if size < LETTERS else handles
    look = {"columnspacing": 1.2, "handletextpad": 0.5} | look | {"handlelength": swatch_length(handles, size, least)}
    return axes.legend(handles=list(handles), ncols=columns, **look)


def _thinner(handle: Artist, share: float) -> Artist:
    """An entry with thinner lines, whose dashes are shorter, and smaller markers."""
    if isinstance(handle, Line2D):
        handle = copy(handle)
        handle.set(linewidth=share * handle.get_linewidth(), markersize=share * handle.get_markersize())
    return handle
