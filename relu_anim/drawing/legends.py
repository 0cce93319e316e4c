"""Legends in room of their own, so that nothing that moves runs through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation, Transform
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.room import Room, axes_size, labels_around, unit
from relu_anim.drawing.theme import DPI, SMALL_LETTERS
from relu_anim.drawing.words import width_of

Lines = Sequence[tuple[NDArray[Any], NDArray[Any]]]  # x and y

MOST_ROOM = 0.4  # of the axes' height, if it can be
GAP = 20  # pixels between a title and what stands beside it
FROM_CORNER = 7  # pixels from a corner of axes to a legend in it
APART = 8  # pixels between axes with their labels and a legend outside of them
LARGE = 260  # pixels, below which a panel has small letters beside it
CORNERS = ("upper center", "upper right", "upper left", "lower right", "lower left", "lower center")
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
    curves: Lines,
    may_stretch: bool = True,
    may_be_left_out: bool = False,
) -> Legend | None:
    """A legend in a corner that these curves leave free; if there is none, above all of them where the y axis may be
    stretched, else below. If it may be left out, it is where it would take most of the axes."""
    legend = _legend(axes, handles, 1, loc=CORNERS[0])
    corner, covered = quiet_corner(axes, curves, size(axes, legend))
    if covered:
        legend = on_top(axes, handles)
        if may_be_left_out and not fits(axes, legend):
            legend.remove()
            return None
        if may_stretch:
            room.keep_free(axes, size(axes, legend)[1])
            return legend
        return below(axes, room, handles)
    legend.set_loc(corner)  # type: ignore[arg-type]  # the stubs want literals
    return legend


def quiet_corner(axes: Axes, curves: Lines, taken: tuple[float, float]) -> tuple[str, int]:
    """Where a legend so wide and high (pixels) covers the fewest points of these curves (x, y), all in data units; and
    how many it covers there."""
    share = np.minimum((np.array(taken) + 2 * FROM_CORNER) / axes_size(axes), 1.0)

    def covered(corner: str) -> int:
        vertical, horizontal = corner.split()
        left = {"left": 0.0, "center": 0.5 - share[0] / 2, "right": 1 - share[0]}[horizontal]
        return covered_points(axes, curves, (left, 1 - share[1] if vertical == "upper" else 0.0), share)

    best = min(CORNERS, key=covered)
    return best, covered(best)


def covered_points(axes: Axes, curves: Lines, place: tuple[float, float], share: Sequence[float] | Array) -> int:
    """How many points of these curves lie in a box of the axes: its bottom left corner, width and height as shares."""
    to_axes = axes.transData + axes.transAxes.inverted()
    points = np.concatenate([to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)])) for x, y in curves])
    return int(((points >= place) & (points <= np.add(place, share))).all(axis=1).sum())


def on_top(axes: Axes, *choices: Sequence[Artist]) -> Legend:
    """A legend inside these axes, at their top: of several choices the first that fits in one row, else the last, in
    several. `Room.keep_free` is for the curves to stay below it."""
    place: dict[str, Any] = {"loc": "upper center", "borderaxespad": 0.1}
    for handles in choices:
        legend = _legend(axes, handles, len(handles), **place)
        if size(axes, legend)[0] <= axes_size(axes)[0]:
            return legend
    return _in_rows(axes, choices[-1], axes_size(axes)[0], **place)


def below(axes: Axes, room: Room, handles: Sequence[Artist], drop: float = 0, **look: Any) -> Legend:
    """A legend under axes and their labels, `drop` pixels further down, and room for it."""
    down = labels_around(axes).bottom + drop + APART
    place: dict[str, Any] = {
        "loc": "upper center",
        "bbox_to_anchor": (0.5, 0),
        "bbox_transform": _moved(axes, 0, -down),
    }
    legend = _in_rows(axes, handles, room.area[0], **(place | BARE | look))
    room.extra.bottom = drop + APART + size(axes, legend)[1]
    return legend


def beside(axes: Axes, room: Room, handles: Sequence[Artist], **look: Any) -> Legend:
    """A legend in one column at the right of axes, and room for it."""
    right = room.beside + APART
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1, 1), "bbox_transform": _moved(axes, right, 0)}
    letters = {} if room.shorter >= LARGE else SMALL
    legend = _legend(axes, handles, look.pop("ncols", 1), **(place | BARE | letters | look))
    room.extra.right = APART + size(axes, legend)[0]
    return legend


def _moved(axes: Axes, right: float, up: float) -> Transform:
    """Shares of axes, moved by so many pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return axes.transAxes + ScaledTranslation(right / DPI, up / DPI, figure.dpi_scale_trans)


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


def hide(legend: Legend) -> None:
    """Leave the room of a legend empty: beside others like it, of which the first is enough."""
    for artist in (legend.get_frame(), *legend.legend_handles, *legend.get_texts()):
        if artist is not None:
            artist.set_alpha(0)


def fits(axes: Axes, legend: Legend) -> bool:
    """Whether a legend inside the axes leaves enough of them."""
    return size(axes, legend)[1] <= MOST_ROOM * axes_size(axes)[1]


def size(axes: Axes, artist: Artist) -> tuple[float, float]:
    """Width and height of a legend in pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    box = artist.get_window_extent(canvas.get_renderer())
    return float(box.width) / unit(figure), float(box.height) / unit(figure)


def _in_rows(axes: Axes, handles: Sequence[Artist], width: float, **place: Any) -> Legend:
    """A legend in as few rows as the width allows; in small letters where it would be too high or wide."""
    for look in ({}, SMALL):
        for rows in range(1, len(handles) + 1):
            legend = _legend(axes, handles, -(-len(handles) // rows), **(look | place))
            if size(axes, legend)[0] <= width:
                break
        if size(axes, legend)[0] <= width and fits(axes, legend):
            break
    return legend


def _legend(axes: Axes, handles: Sequence[Artist], columns: int, **look: Any) -> Legend:
    least, size = look.get("handlelength", 2.0), look.get("fontsize", LETTERS)
    look = {"columnspacing": 1.2, "handletextpad": 0.5} | look | {"handlelength": swatch_length(handles, size, least)}
    return axes.legend(handles=list(handles), ncols=columns, **look)
