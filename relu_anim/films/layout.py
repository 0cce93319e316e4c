"""Where axes stand: a mosaic of rooms, several of them beside or below each other in one part of it.

Rooms say what they need around their axes (`drawing.room`). Heights come first, since what is above and below axes
depends on words alone; then the ticks of the y axes are known, and with them the widths. Rooms that begin in the same
column of the mosaic share their left edge, those that end in the same one their right edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from relu_anim.config import Style
from relu_anim.drawing.room import Room, unit
from relu_anim.drawing.spans import Span, evenly, inside
from relu_anim.drawing.theme import DPI

MARGIN = 12  # pixels around all panels
APART = (14, 8)  # pixels between the labels of two panels, beside and below each other
LEFT_OUT = "no room for its legend, so it is left out; animation.size: {} has it, or a smaller text_scale"


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


def left_out(placed: Iterable[tuple[str, Room]], animation: Style) -> list[str]:
    """Lines about panels, by their names, whose legends have no room, with a size of the picture that has it."""
    missing = {name: (room, room.missing) for name, room in placed if room.missing}
    return [f"{name}: {LEFT_OUT.format(_size_with(*lack, animation))}" for name, lack in missing.items()]


def _size_with(room: Room, missing: tuple[float, float], animation: Style) -> list[int]:
    """A size of the picture, in tens of pixels, in which a panel has so much more room."""
    shares = (room.width, room.height)
    more = (lack * side / share for lack, side, share in zip(missing, animation.size, shares, strict=True))
    return [side + 10 * math.ceil(pixels / 10) for side, pixels in zip(animation.size, more, strict=True)]
