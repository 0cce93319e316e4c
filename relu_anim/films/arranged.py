"""The panels of a film in their places: each panel of the config once, or once for each variant with its name above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from relu_anim.config import EMPTY, Animation, Cell, Experiment, row_shares, stacked_panels
from relu_anim.drawing.curves import Curves
from relu_anim.drawing.labels import write_numbers
from relu_anim.drawing.legends import place_again
from relu_anim.drawing.room import Room, axes_size, unit
from relu_anim.drawing.theme import LABEL
from relu_anim.drawing.words import shortened, wrapped
from relu_anim.films.layout import APART, Layout
from relu_anim.panels import Panel, Scene, panel_class

NAME_LINES = 3  # of a variant's label above its column


@dataclass(frozen=True)
class Placed:
    """A panel of the config with its axes, and the variants that it shows, by their numbers."""

    cell: Cell
    panel: Panel
    room: Room
    variants: Sequence[int]

    @property
    def axes(self) -> Sequence[Axes]:
        """All its axes."""
        return self.room.plots


def arranged(
    figure: Figure, header: float, experiment: Experiment, scenes: Sequence[Scene], moment: float
) -> list[Placed]:
    """All panels below a header, as they are at a moment, with all that is written around them. Each step looks at the
    size of axes, and may change what they need around them."""
    shares = row_shares(experiment, stacked_panels(experiment))
    layout = Layout(figure, header, shares, len(experiment.animation.panels[0]))
    placed = place_panels(layout, experiment, scenes)
    write_numbers(figure)
    show(placed, scenes, moment)
    layout.arrange()
    name_variants(placed, experiment, scenes)  # in as many lines as the width of the axes asks for
    layout.arrange()
    for one in placed:
        one.panel.finish()  # legends, where curves leave room for them, or else around the axes
    layout.arrange()
    for one in placed:
        place_again(one.room)  # in axes that legends of others have made smaller
    layout.arrange()
    if fit_names(placed, scenes):  # above square axes, whose width hangs on the height that legends leave
        layout.arrange()
    return placed


def show(placed: Sequence[Placed], scenes: Sequence[Scene], moment: float) -> None:
    """Move all panels to a moment, in epochs."""
    snapshots = [scene.run.recording[scene.run.index(moment)] for scene in scenes]
    for one in placed:
        one.panel.update([snapshots[variant] for variant in one.variants])


def place_panels(layout: Layout, experiment: Experiment, scenes: Sequence[Scene]) -> list[Placed]:
    """Every panel of the config in a room of its own, or in one for each variant."""
    animation, stacked = experiment.animation, stacked_panels(experiment)
    placed: list[Placed] = []
    for cell in dict.fromkeys(cell for row in animation.panels for cell in row if cell.name != EMPTY):
        place = place_of(cell, animation)
        if len(scenes) == 1 or animation.is_overlaid(cell.name):
            (room,) = layout.add(*place)
            placed.append(_placed(cell, room, scenes))
            continue
        rooms = layout.add(*place, len(scenes), cell in stacked)
        own = [_placed(cell, room, [scene]) for room, scene in zip(rooms, scenes, strict=True)]
        for before, after in pairwise(own):
            _share_labels(before, after, cell in stacked)
        placed += own
    return placed


def place_of(cell: Cell, animation: Animation) -> tuple[range, range]:
    """The rows and columns of the mosaic that a panel takes."""
    places = [(r, c) for r, row in enumerate(animation.panels) for c, other in enumerate(row) if other == cell]
    (top, left), (bottom, right) = places[0], places[-1]
    return range(top, bottom + 1), range(left, right + 1)


def _placed(cell: Cell, room: Room, scenes: Sequence[Scene]) -> Placed:
    panel = panel_class(cell.name)(room, scenes, **cell.options)
    return Placed(cell, panel, room, [scene.number for scene in scenes])


def _share_labels(one: Placed, other: Placed, stacks: bool) -> None:
    """Label an axis once that two variants share: y axes beside each other at the left, x axes below each other at the
    bottom."""
    if stacks:
        upper, lower = one.axes[-1], other.axes[-1]
        if not one.room.square and (upper.get_xlim(), upper.get_xlabel()) == (lower.get_xlim(), lower.get_xlabel()):
            upper.set_xlabel("")
            upper.tick_params(labelbottom=False)
        return
    for left, own in zip(one.axes, other.axes, strict=False):
        if (own.get_ylim(), own.get_yscale()) == (left.get_ylim(), left.get_yscale()):
            own.set_ylabel("")
            own.tick_params(labelleft=False)


def name_variants(placed: Sequence[Placed], experiment: Experiment, scenes: Sequence[Scene]) -> None:
    """Write the names of variants above their panels; above the uppermost alone where several have the same columns."""
    stacked, named = stacked_panels(experiment), set[tuple[range, ...]]()
    for cell in dict.fromkeys(one.cell for one in placed):
        own = [one for one in placed if one.cell == cell]
        rows, columns = place_of(cell, experiment.animation)
        place = (columns, rows) if cell in stacked else (columns,)
        if len(own) > 1 and place not in named:
            named.add(place)
            _name_all(own, scenes, _line_colors(placed))


def fit_names(placed: Sequence[Placed], scenes: Sequence[Scene]) -> bool:
    """Name the variants of square axes anew: these are as wide as they are high, which their legends have changed.
    Whether there are any."""
    found = False
    for cell in dict.fromkeys(one.cell for one in placed if one.room.square):
        own = [one for one in placed if one.cell == cell]
        if len(own) > 1 and all(one.panel.top.get_title(loc="left") for one in own):
            found = True
            for one in own:
                one.panel.top.set_title("")
            _name_all(own, scenes, _line_colors(placed))
    return found


def _line_colors(placed: Sequence[Placed]) -> set[str]:
    """The colours of all lines."""
    marks = (mark for one in placed for mark in one.panel.animated)
    return {color for mark in marks if isinstance(mark, Curves) for color in mark.colors}


def _name_all(own: Sequence[Placed], scenes: Sequence[Scene], line_colors: set[str]) -> None:
    """Name all variants of a panel, with as many lines above each, so that all are equally high."""
    width = _room_for_names(own)
    titles = [_name(one, scene, line_colors, width) for one, scene in zip(own, scenes, strict=True)]
    breaks = [title.get_text().count("\n") for title in titles]
    for title, lines in zip(titles, breaks, strict=True):
        title.set_text("\n" * (max(breaks) - lines) + title.get_text())


def _room_for_names(own: Sequence[Placed]) -> float:
    """How wide names may be: as the axes, or as far as to the next ones, and beside the last as far as to the end of
    its column."""
    widths = [axes_size(one.panel.top)[0] for one in own]
    if own[0].room.square:
        return min(widths)
    lefts = sorted({one.panel.top.bbox.x0 / unit(one.panel.top.get_figure(root=True)) for one in own})
    return min([widths[-1] + own[-1].room.margin, *(right - left - APART[0] for left, right in pairwise(lefts))])


def _name(one: Placed, scene: Scene, line_colors: set[str], room: float) -> Text:
    """Write a variant's name above its panel, and above the panel's own title if there is one: in a few lines, and cut
    short where it is still too wide; in the hue of the variant's lines, where there are any."""
    axes, look, weight = one.panel.top, scene.look, "bold"
    lines = wrapped(look.name, [room] * NAME_LINES, LABEL, weight)
    lines += wrapped(look.stopped, [room] * 2, LABEL, weight)
    words = "\n".join(shortened(line, room, LABEL, weight) for line in lines if line)
    color = look.theme.label(look.color) if look.color in line_colors else look.theme.ink
    if axes.get_title(loc="left"):
        return one.room.name_above(words, color)
    return axes.set_title(words, color=color, fontweight=weight)
