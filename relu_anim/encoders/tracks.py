"""One shape through all frames of a film: what of it stays, what changes, and where it is not there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Area, Color, Lines, Picture, Points, Shape, Subject, Words

Look = tuple[Color | None, Color | None]  # of a shape's inside, and of its edge


class Ink(Protocol):
    """Gives looks the names of classes."""

    def __call__(
        self, fill: Color | None, edge: Color | None, dark_fill: Color | None, dark_edge: Color | None, /
    ) -> str:
        """The class of what has these colours, and others on dark pages."""

    def filtered(self, light: str, dark: str) -> str:
        """The class of what is shown through a filter, and through another on dark pages."""


@dataclass(frozen=True, eq=False)
class Track:
    """One shape in each frame, or None where it is not there, all with the same `mould`; a single one stays. `dark` are
    those in the colours of dark pages, of which one is enough for each look."""

    shapes: Sequence[Any]
    dark: Sequence[Any]

    @property
    def subject(self) -> Subject | None:
        """What a page calls it."""
        return next((getattr(shape, "subject", None) for shape in self.shapes if shape is not None), None)


def mould(shape: Shape) -> Hashable:
    """What two shapes must share that are one element in different frames."""
    match shape:
        case Lines():
            return Lines, shape.clip, shape.pen.cap
        case Area():
            return Area, shape.clip
        case Points():
            outline = shape.outline if isinstance(shape.outline, float | int) else shape.outline.tobytes()
            return Points, shape.clip, outline, shape.edge and shape.edge.width, shape.fill[3]
        case Picture():
            return Picture, shape.left, shape.bottom, shape.cells.shape, shape.scale, shape.palette.tobytes()
        case Words():
            return Words, shape.size, shape.weight, shape.align, shape.angle


def look(shape: Shape) -> Hashable:
    """The colours of a shape."""
    match shape:
        case Lines():
            return None, shape.pen.color
        case Area():
            return shape.fill, None
        case Points():
            return shape.fill, shape.edge.color if shape.edge else None
        case Picture():
            return shape.palette.tobytes()
        case Words():
            return shape.color, None


def same(one: Shape, other: Shape) -> bool:
    """Whether two shapes of the same mould are the same."""
    if look(one) != look(other):
        return False
    match one, other:
        case Lines(), Lines():
            return one.pen == other.pen and one.starts == other.starts and _equal(one.points, other.points)
        case Area(), Area():
            return _equal(one.outline, other.outline)
        case Points(), Points():
            return _equal(one.places, other.places)
        case Picture(), Picture():
            return bool((one.cells == other.cells).all())
    return one == other


def _equal(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def changes(track: Track) -> bool:
    """Whether it is a text that says another thing from time to time."""
    words = [shape for shape in track.shapes if isinstance(shape, Words)]
    return len({shape.text for shape in words}) > 1 and not words[0].angle


def grows(shapes: Sequence[Lines | None]) -> tuple[Lines, list[float]] | None:
    """Where the lines of all frames are the beginning of the longest, from left to right: that one, and up to where
    each goes. None where they are anything else."""
    known = [shape for shape in shapes if shape is not None]
    whole = max(known, key=lambda shape: len(shape.points))
    lengths = {len(shape.points) for shape in known}
    x = whole.points[:, 0]
    if len(lengths) < 3 or whole.clip is None or len(whole.starts) > 1 or not (np.diff(x) >= 0).all():
        return None
    for shape in known:
        if shape.pen != whole.pen or not np.array_equal(
            shape.points, whole.points[: len(shape.points)], equal_nan=True
        ):
            return None
    left, _, right, _ = whole.clip
    lengths_by_frame = [0 if line is None else len(line.points) for line in shapes]
    return whole, [right if count == len(x) else float(x[count - 1]) if count else left for count in lengths_by_frame]


def each(values: Sequence[Any], of: Callable[[Any], Any]) -> list[Any]:
    """What a function makes of each that there is."""
    return [None if value is None else of(value) for value in values]


def where(there: Sequence[bool], values: Sequence[Any]) -> list[Any]:
    """The values of the frames in which something is there."""
    return [value if is_there else None for is_there, value in zip(there, values, strict=True)]
