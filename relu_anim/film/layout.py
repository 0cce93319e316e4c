"""Where panels stand: the rows of the config, each panel once or once for each variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from relu_anim.config import EMPTY, Animation, Cell
from relu_anim.drawing.theme import LABEL
from relu_anim.drawing.words import shortened, text_width
from relu_anim.panels import Panel, Scene, panel_class

SLIGHT = 1e-4  # of the figure's width: less than can be seen


@dataclass(frozen=True)
class Placed:
    """A panel of the config with its axes, and the variants that it shows, by their numbers."""

    cell: Cell
    panel: Panel
    axes: Sequence[Axes]
    variants: Sequence[int]


def place_panels(figure: Figure, animation: Animation, scenes: Sequence[Scene]) -> list[Placed]:
    """Every panel of the config in its place, with the labels of variants above their columns."""
    rows = animation.panels
    grid = figure.add_gridspec(len(rows), len(rows[0]))
    placed: list[Placed] = []
    labelled: set[range] = set()  # columns of the config's rows whose variants are named further up
    for cell in dict.fromkeys(cell for row in rows for cell in row if cell.name != EMPTY):
        places = [(r, c) for r, row in enumerate(rows) for c, other in enumerate(row) if other == cell]
        (top, left), (bottom, right) = places[0], places[-1]
        spec = grid[top : bottom + 1, left : right + 1]
        if len(scenes) == 1 or animation.is_overlaid(cell.name):
            placed.append(_placed(figure, cell, spec, scenes))
            continue
        columns = list(_columns(figure, cell, spec, scenes))
        placed += columns
        if range(left, right + 1) not in labelled:
            labelled.add(range(left, right + 1))
            _name_columns([column.panel.top for column in columns], scenes)
    return placed


def _placed(figure: Figure, cell: Cell, spec: SubplotSpec, scenes: Sequence[Scene]) -> Placed:
    before = len(figure.axes)
    panel = panel_class(cell.name)(figure, spec, scenes, **cell.options)
    return Placed(cell, panel, figure.axes[before:], [scene.number for scene in scenes])


def _columns(figure: Figure, cell: Cell, spec: SubplotSpec, scenes: Sequence[Scene]) -> Iterator[Placed]:
    """A panel for each variant, side by side; none repeats a label of an axis that it shares with the one before it."""
    grid = spec.subgridspec(1, len(scenes))
    before: Sequence[Axes] = []
    for number, scene in enumerate(scenes):
        column = _placed(figure, cell, grid[0, number], [scene])
        yield column
        for own, left in zip(column.axes, before, strict=False):
            if (own.get_ylim(), own.get_yscale()) == (left.get_ylim(), left.get_yscale()):
                own.set_ylabel("")
                own.tick_params(labelleft=False)
        before = column.axes


def even_columns(placed: Sequence[Placed]) -> None:
    """Make the columns of each panel equally wide: beside the first stand the labels of an axis that the others share,
    which takes from its width where a panel has several axes."""
    for cell in {column.cell for column in placed}:
        columns = [column.axes for column in placed if column.cell == cell]
        boxes = [Bbox.union([axes.get_position(original=True) for axes in column]) for column in columns]
        if len(columns) == 1 or np.ptp([box.width for box in boxes]) < SLIGHT:
            continue
        gaps = sum(right.x0 - left.x1 for left, right in pairwise(boxes))
        width = (boxes[-1].x1 - boxes[0].x0 - gaps) / len(columns)
        for number, (column, box) in enumerate(zip(columns, boxes, strict=True)):
            start = boxes[0].x0 + number * (width + gaps / (len(columns) - 1))
            for axes in column:
                old = axes.get_position(original=True)
                left, right = (start + (x - box.x0) * width / box.width for x in (old.x0, old.x1))
                axes.set_position(Bbox([[left, old.y0], [right, old.y1]]))


def _name_columns(columns: Sequence[Axes], scenes: Sequence[Scene]) -> None:
    """Name all columns of a panel, with as many lines above each, so that all are equally high."""
    titles = [_name(axes, scene) for axes, scene in zip(columns, scenes, strict=True)]
    breaks = [title.get_text().count("\n") for title in titles]
    for title, own in zip(titles, breaks, strict=True):
        title.set_text("\n" * (max(breaks) - own) + title.get_text())


def _name(axes: Axes, scene: Scene) -> Text:
    """Write a variant's label above its panel, above the panel's own title if there is one, cut short to fit."""
    own = axes.get_title(loc="left")
    weight = "normal" if own else "bold"
    room = float(axes.bbox.width)
    label, stopped = shortened(scene.look.name, room, LABEL, weight), scene.look.stopped
    if text_width(stopped, LABEL, weight) > room:
        stopped = stopped.replace(" epoch", "\nepoch")
    words = "\n".join(filter(None, [label, stopped, own]))
    return axes.set_title(words, color=scene.look.theme.ink, fontweight=weight)
