"""Where panels stand: the rows of the config, each panel once or once for each variant.

Panels say what they need around their axes (`drawing.room`). Heights come first, since what is above and below axes
depends on words alone; then the ticks of the y axes are known, and with them the widths. Panels that begin in the same
column of the mosaic share their left edge, those that end in the same one their right edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from relu_anim.config import EMPTY, Animation, Cell, Experiment, Style, stacked_panels
from relu_anim.drawing.curves import Curves
from relu_anim.drawing.room import Room, axes_size, unit
from relu_anim.drawing.spans import Span, evenly, inside
from relu_anim.drawing.theme import DPI, LABEL
from relu_anim.drawing.words import shortened, wrapped
from relu_anim.panels import Panel, Scene, panel_class

MARGIN = 12  # pixels around all panels
APART = (14, 8)  # pixels between the labels of two panels, beside and below each other
NAME_LINES = 3  # of a variant's label above its column
LEFT_OUT = "no room for its legend, so it is left out; animation.size: {} has it, or a smaller text_scale"


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


@dataclass(frozen=True)
class Block:
    """The rows and columns of the mosaic that a panel takes, and its rooms there: one, or one for each variant, side by
    side in one row, or in rows of one."""

    rows: range
    columns: range
    rooms: list[list[Room]]

    @property
    def is_tall(self) -> bool:
        """Whether its axes take all the height there is."""
        return self.rooms[0][0].tall

    @property
    def beside(self) -> float:
        """What stands at the right of its last axes, beside the labels of their ticks."""
        return max(row[-1].beside for row in self.rooms)

    def heights(self) -> tuple[list[float], list[float]]:
        """What there is above and below the axes of each row."""
        rows = [[room.around() for room in row] for row in self.rooms]
        return [max(s.top for s in row) for row in rows], [max(s.bottom for s in row) for row in rows]

    def widths(self) -> tuple[list[float], list[float]]:
        """What there is at the left and at the right of the axes of each column, but for what is beside the last."""
        columns = [[room.around() for room in column] for column in zip(*self.rooms, strict=True)]
        rights = [max(s.right for s in column) for column in columns]
        beside = [max(room.beside for room in column) for column in zip(*self.rooms, strict=True)]
        rights = [right + more for right, more in zip(rights, [*beside[:-1], 0.0], strict=True)]
        return [max(s.left for s in column) for column in columns], rights


class Layout:
    """A mosaic of rooms below a header, and where they stand: all in pixels from the top left. Its rows have these
    shares of the height, its columns are equally wide."""

    def __init__(self, figure: Figure, header: float, shares: Sequence[float] = (1,), columns: int = 1) -> None:
        self.figure, self.header, self.shares, self.columns = figure, header, shares, columns
        self.scale = unit(figure)
        self.width, self.height = (float(side) * DPI for side in figure.get_size_inches())
        self.blocks: list[Block] = []

    def add(
        self, rows: range = range(1), columns: range = range(1), count: int = 1, stacks: bool = False
    ) -> list[Room]:
        """This many rooms that share these rows and columns, side by side or below each other."""
        left, right = self._column(columns)
        width, height = right - left, (self.height - self.header - MARGIN) * len(rows) / len(self.shares)
        width, height = (width, height / count) if stacks else (width / count, height)
        rooms = [Room(self.figure, width, height, 1 if stacks else count) for _ in range(count)]
        self.blocks.append(Block(rows, columns, [[room] for room in rooms] if stacks else [rooms]))
        return rooms

    def arrange(self) -> None:
        """Give all axes their places, by what stands around them now."""
        self._set_heights()
        self._set_widths()
        if any(room.bar for room in self._rooms()):  # whose ticks follow from how wide the map beside it is
            self._set_widths()

    def _rooms(self) -> list[Room]:
        return [room for block in self.blocks for row in block.rooms for room in row]

    def _set_heights(self) -> None:
        """Rows of the mosaic have their shares of what labels leave of the height; variants and plots that stand below
        each other have equal ones."""
        above, below = [0.0] * len(self.shares), [0.0] * len(self.shares)
        heights = [block.heights() for block in self.blocks]
        for block, (tops, bottoms) in zip(self.blocks, heights, strict=True):
            if not block.is_tall:
                first, last = block.rows[0], block.rows[-1]
                above[first], below[last] = max(above[first], tops[0]), max(below[last], bottoms[-1])
        spans = evenly((self.header, self.height - MARGIN), above, below, APART[1], self.shares)
        for block, (tops, bottoms) in zip(self.blocks, heights, strict=True):
            first, last = block.rows[0], block.rows[-1]
            top, bottom = spans[first][0], spans[last][1]
            if block.is_tall:
                parts = evenly((top - above[first], bottom + below[last]), tops, bottoms, APART[1])
            else:
                parts = inside((top, bottom), tops, bottoms, APART[1], self.scale)
            for row, part in zip(block.rooms, parts, strict=True):
                for room in row:
                    room.set_height(part, row)

    def _set_widths(self) -> None:
        """Columns of the mosaic are equally wide with their labels, variants beside each other without them."""
        before, after = [0.0] * self.columns, [0.0] * self.columns
        between: dict[tuple[range, int], tuple[list[float], list[float]]] = {}  # of panels that have the same columns
        for block in self.blocks:
            first, last, (lefts, rights) = block.columns[0], block.columns[-1], block.widths()
            before[first], after[last] = max(before[first], lefts[0]), max(after[last], rights[-1])
            others = between.get((block.columns, len(lefts)), (lefts, rights))
            between[block.columns, len(lefts)] = _greater(lefts, others[0]), _greater(rights, others[1])
        for block in self.blocks:
            left, right = self._column(block.columns)
            span = left + before[block.columns[0]], right - after[block.columns[-1]] - block.beside
            spans = inside(span, *between[block.columns, len(block.rooms[0])], APART[0], self.scale)
            for row in block.rooms:
                for room, part in zip(row, spans, strict=True):
                    room.set_width(part, right - spans[-1][1])

    def _column(self, columns: range) -> Span:
        """From where to where these columns of the mosaic go, labels included."""
        each = (self.width - 2 * MARGIN + APART[0]) / self.columns
        return MARGIN + each * columns.start, MARGIN + each * columns.stop - APART[0]


def _greater(some: Sequence[float], others: Sequence[float]) -> list[float]:
    return [max(pair) for pair in zip(some, others, strict=True)]


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


def left_out(placed: Iterable[tuple[str, Room]], animation: Style) -> list[str]:
    """Lines about panels, by their names, whose legends have no room, with a size of the picture that has it."""
    missing = {name: (room, room.missing) for name, room in placed if room.missing}
    return [f"{name}: {LEFT_OUT.format(_size_with(*lack, animation))}" for name, lack in missing.items()]


def _size_with(room: Room, missing: tuple[float, float], animation: Style) -> list[int]:
    """A size of the picture, in tens of pixels, in which a panel has so much more room."""
    shares = (room.width, room.height)
    more = (lack * side / share for lack, side, share in zip(missing, animation.size, shares, strict=True))
    return [side + 10 * math.ceil(pixels / 10) for side, pixels in zip(animation.size, more, strict=True)]


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
