"""What marks are made of: plain shapes with their look, for whoever draws them.

All lengths are pixels of the figure, and all places count from its bottom left corner.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array

Color = tuple[float, float, float, float]  # red, green, blue and opacity, from 0 to 1
Box = tuple[float, float, float, float]  # left, bottom, right, top
FAR = 1e6  # pixels, beyond all that is seen


@dataclass(frozen=True)
class Subject:
    """What a shape shows of a film, for pages that name it: `kind` is how it is read, `name` what it is called. Shapes
    of one subject in several panels are equal in all of this. `layer` and `unit` count from 0, as `source` does, the
    unit from which a weight leads; −1 where there is none."""

    kind: str
    name: str
    variant: int = 0
    layer: int = -1
    unit: int = -1
    source: int = -1


@dataclass(frozen=True)
class Pen:
    """How lines are stroked; their corners are round.

    `dashes` are the lengths of strokes and gaps in turn. With `snap`, lines that are level or upright may be moved to
    whole pixels, where they are sharp.
    """

    color: Color
    width: float
    dashes: tuple[float, ...] = ()
    offset: float = 0  # into the dashes
    cap: Literal["butt", "round", "projecting"] = "butt"
    snap: bool = True


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines through points [n, 2], stroked together, so that they do not get darker where they cross. `starts` are the
    indices at which lines begin; a line has gaps where its points are NaN."""

    points: Array
    pen: Pen
    clip: Box | None = None
    starts: tuple[int, ...] = (0,)
    subject: Subject | None = None

    @property
    def lines(self) -> list[Array]:
        """Each line by itself, [n, 2]."""
        return np.split(self.points, self.starts[1:])

    @property
    def pieces(self) -> Iterator[Array]:
        """What is seen of them: each line between its gaps, [n, 2]."""
        for line in self.lines:
            known = np.isfinite(line).all(axis=1)
            edges = np.flatnonzero(np.diff(known)) + 1
            yield from (part for part in np.split(line, edges) if len(part) > 1 and np.isfinite(part[0]).all())


@dataclass(frozen=True, eq=False)
class Area:
    """What lies inside of an outline [n, 2], filled."""

    outline: Array
    fill: Color
    clip: Box | None = None
    subject: Subject | None = None


@dataclass(frozen=True, eq=False)
class Points:
    """The same circle or polygon at each of these places [n, 2].

    `outline` is the radius of a circle, or the corners of a polygon [corners, 2] around (0, 0). With `snap`, each may
    be moved by less than a pixel, so that all look alike; without, they are filled together, so that they do not get
    darker where they overlap.
    """

    places: Array
    outline: float | Array
    fill: Color
    edge: Pen | None = None
    clip: Box | None = None
    snap: bool = False
    subject: Subject | None = None


@dataclass(frozen=True, eq=False)
class Field:
    """Values [rows, columns] at these places of a picture, in cells from its upper left corner, and the ascending
    thresholds at which one band ends and the next begins."""

    values: Array
    x: Array
    y: Array
    thresholds: Array


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in a few colours: `cells` [rows, columns], from the top, are indices into `palette` [colors, 4], uint8
    RGBA. `scale` are its cells along each pixel of the figure.

    Of a map the first `bands` colours are those of heights in their order, and the others the same where it is shaded;
    `field` is what it shows, where the heights are those of values.
    `plain` are the cells before some of them became stripes: of the first of two colours on the second, so many cells
    wide.
    """

    left: float
    bottom: float
    cells: NDArray[np.integer]
    palette: NDArray[np.uint8]
    scale: float = 1
    bands: int = 0
    field: Field | None = None
    plain: NDArray[np.integer] | None = None
    stripes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Words:
    """One line of text in the theme's font: `x` is its left end, middle or right end, `y` its baseline; it is turned
    around that place by `angle` degrees, to the left."""

    text: str
    x: float
    y: float
    size: float
    color: Color
    align: Literal["left", "center", "right"] = "left"
    weight: str = "normal"
    angle: float = 0


Shape = Lines | Area | Points | Picture | Words


def moved(shape: Shape, right: float, up: float) -> Shape:
    """The same shape elsewhere."""
    way = np.array([right, up])
    clip = getattr(shape, "clip", None)
    changes: dict[str, Any] = {} if clip is None else {"clip": tuple((clip + np.tile(way, 2)).tolist())}
    match shape:
        case Lines():
            changes["points"] = shape.points + way
        case Area():
            changes["outline"] = shape.outline + way
        case Points():
            changes["places"] = shape.places + way
        case Picture():
            changes |= {"left": shape.left + right, "bottom": shape.bottom + up}
        case Words():
            changes |= {"x": shape.x + right, "y": shape.y + up}
    return replace(shape, **changes)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A whole picture for formats that hold shapes: from the bottom up, in a figure of `pixels` (width and height) that
    is to be shown `size` CSS pixels large; what it is called, and what it shows in words."""

    size: tuple[float, float]
    pixels: tuple[float, float]
    shapes: Sequence[Shape]
    title: str
    alt: str
    fonts: tuple[Any, ...] = ()  # an author's own, in which its words are set


@dataclass(frozen=True)
class Axis:
    """One axis of a plot: from where to where it goes, its scale (linear | log | log1p), and what it counts."""

    name: str
    ends: tuple[float, float]
    scale: str = "linear"
    is_percent: bool = False


@dataclass(frozen=True)
class Plot:
    """Where axes stand, and what is read along them; nothing is where they only hold things."""

    box: Box
    x: Axis | None
    y: Axis | None


@dataclass(frozen=True, eq=False)
class Spot:
    """Where a subject is met that has no shape of its own: at a point, along a line, or in the box between two corners
    (places [1 or 2, 2])."""

    subject: Subject
    places: Array
    is_box: bool = False


@dataclass(frozen=True, eq=False)
class Reading:
    """What is read along a subject of a figure that does not move, in rows from left to right: where they are on the
    axis of x, and on that of y where they are points; and by the name of a number what is said of it in each."""

    x: Array
    y: Array | None
    columns: Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Guide:
    """What a page knows of a film beside its shapes, or of a figure that does not move, which has no moments.

    `words` are those of the page itself. `moments` are numbers of epochs or steps, whichever `counts` says, by frame,
    and `times` how they are written; an epoch has so many `steps`. `captions` are frames at which a text begins.
    `numbers` are those that a subject has by frame. `colors` are those of the page, by what they are for, in the theme
    and for dark pages. `readings` are those of the subjects of a figure.
    """

    words: Mapping[str, str]
    counts: str
    steps: int
    moments: Sequence[float]
    times: Sequence[str]
    captions: Sequence[tuple[int, str]]
    plots: Sequence[Plot]
    spots: Sequence[Spot]
    numbers: Mapping[Subject, Sequence[float]]
    colors: tuple[Mapping[str, str], Mapping[str, str]]
    scheme: str  # light | dark
    computing: Mapping[str, Any] | None = None  # what a page computes the networks from
    readings: Mapping[Subject, Reading] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reel:
    """A whole film for formats that hold shapes: what stands still, and over it in each frame what each of its marks
    is made of, in an order that stays. `dark` is the same for dark pages, where it has other colours there. `guided`
    makes what tells what is seen in it, which takes long."""

    still: Drawing
    frames: Sequence[Sequence[Sequence[Shape]]]  # by frame, then by mark
    dark: Reel | None = None
    guided: Callable[[], Guide] | None = None


def as_cut(clip: Box) -> Box:
    """Where frames show what is cut to a box: in whole pixels, with one more to the right and one more below."""
    left, bottom, right, top = (math.floor(side + 0.5) for side in clip)
    return left, bottom - 1, right + 1, top


def within_reach(length: float) -> float:
    """A length as files hold it: readers of files know no number as large as a curve may reach beyond its axes."""
    return min(max(length, -FAR), FAR)
