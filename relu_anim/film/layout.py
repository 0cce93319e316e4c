"""Where panels stand: the rows of the config, each panel once or once for each variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from relu_anim.config import Animation
from relu_anim.panels import PANELS, Panel, Scene

SHORTEST = 4  # characters to which a label may be cut


@dataclass(frozen=True)
class Placed:
    """A panel and the variants that it shows, by their numbers."""

    panel: Panel
    variants: Sequence[int]


def place_panels(figure: Figure, animation: Animation, scenes: Sequence[Scene]) -> list[Placed]:
    """Every panel of the config in its place, with the labels of variants above their columns."""
    rows = animation.panels
    grid = figure.add_gridspec(len(rows), len(rows[0]))
    placed: list[Placed] = []
    labelled: set[range] = set()  # columns of the config's rows whose variants are named further up
    for name in dict.fromkeys(name for row in rows for name in row if name != "."):
        places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == name]
        (top, left), (bottom, right) = places[0], places[-1]
        spec = grid[top : bottom + 1, left : right + 1]
        if len(scenes) == 1 or animation.is_overlaid(name):
            placed.append(Placed(PANELS[name](figure, spec, scenes), range(len(scenes))))
            continue
        columns = list(_columns(figure, name, spec, scenes))
        placed += columns
        if range(left, right + 1) not in labelled:
            labelled.add(range(left, right + 1))
            for column, scene in zip(columns, scenes, strict=True):
                _name(column.panel.top, scene)
    return placed


def _columns(figure: Figure, name: str, spec: SubplotSpec, scenes: Sequence[Scene]) -> Iterator[Placed]:
    """A panel for each variant, side by side; those further right repeat no label of an axis that they share."""
    grid = spec.subgridspec(1, len(scenes))
    first: list[Axes] = []
    for number, scene in enumerate(scenes):
        before = len(figure.axes)
        yield Placed(PANELS[name](figure, grid[0, number], [scene]), [number])
        axes = figure.axes[before:]
        first = first or axes
        for own, leftmost in zip(axes, first, strict=False):
            if own is not leftmost and (own.get_ylim(), own.get_yscale()) == (
                leftmost.get_ylim(),
                leftmost.get_yscale(),
            ):
                own.set_ylabel("")
                own.tick_params(labelleft=False)


def _name(axes: Axes, scene: Scene) -> None:
    """Write a variant's label above its panel, above the panel's own title if there is one, cut short to fit."""
    own = axes.get_title(loc="left")
    weight = "normal" if own else "bold"
    label = scene.label
    title = axes.set_title(label, color=scene.theme.ink, fontweight=weight)
    while len(label) > SHORTEST and title.get_window_extent().width > axes.bbox.width:
        label = label[:-1]
        title.set_text(label.rstrip() + "…")
    label = title.get_text()
    title.set_text(stopped := scene.stopped)
    if title.get_window_extent().width > axes.bbox.width:
        stopped = stopped.replace(" epoch", "\nepoch")
    title.set_text("\n".join(filter(None, [label, stopped, own])))
