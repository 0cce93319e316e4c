"""What becomes of one shape through all frames of a film, as elements of an SVG."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Area, Box, Color, Lines, Pen, Picture, Points, Shape, Words
from relu_anim.encoders.elements import Defs, Element
from relu_anim.encoders.outlines import in_units, path, stations
from relu_anim.encoders.regions import heights, rectangles
from relu_anim.encoders.svg import ANCHORS, CAPS, attributes
from relu_anim.encoders.thinning import held, thinned, trimmed
from relu_anim.fonts import Typeface

UNIT = 10  # of each pixel, in which places are whole numbers
CLOSE = 0.15  # pixels, by which a line may be off
ROUGH = 0.6  # cells, by which the edge of a region may be off that was found in a picture
HATCH = 4  # pixels from one stripe to the next
STILL = 0.1  # pixels, by which a point may move and stays where it was
MARGIN = 4  # pixels around a box, in which the ends of lines may be seen
FAR_BELOW = 2  # heights of the picture, from one text to the next where they change

Look = tuple[Color | None, Color | None]  # of a shape's inside, and of its edge
Ink = Callable[[Color | None, Color | None, Color | None, Color | None], str]  # the class of a look, and of a dark one


@dataclass(frozen=True, eq=False)
class Track:
    """One shape in each frame, or None where it is not there, all with the same `mould`; a single one stays. `dark` are
    those in the colours of dark pages, of which one is enough for each look."""

    shapes: Sequence[Any]
    dark: Sequence[Any]


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


class Tracer:
    """Makes elements of tracks, in a picture of so many pixels."""

    def __init__(self, height: float, typeface: Typeface, ink: Ink, defs: Defs) -> None:
        self.height, self.typeface, self.ink, self.defs = height, typeface, ink, defs

    def elements(self, track: Track) -> list[Element]:
        """The elements of a track, from the bottom up."""
        shape = next(shape for shape in track.shapes if shape is not None)
        make: Callable[[Track, Any], list[Element]] = {
            Lines: self._lines,
            Area: self._area,
            Points: self._points,
            Picture: self._picture,
            Words: self._words,
        }[type(shape)]
        return make(track, shape)

    # ------------------------------------------------------------ lines

    def _lines(self, track: Track, first: Lines) -> list[Element]:
        pens = _each(track.shapes, lambda shape: shape.pen)
        moving: dict[str, Sequence[str | None]] = {
            "class": self._classes(track, lambda shape: (None, shape.pen.color)),
            "stroke-width": _each(pens, lambda pen: _short(pen.width)),
        }
        if any(pen and pen.dashes for pen in pens):
            moving["stroke-dasharray"] = _each(pens, lambda pen: " ".join(map(_short, pen.dashes)) or "none")
            moving["stroke-dashoffset"] = _each(pens, lambda pen: _short(pen.offset if pen.dashes else 0))
        fixed = f' stroke-linecap="{CAPS[first.pen.cap]}"' * (first.pen.cap != "butt")
        if grown := grows(track.shapes):
            whole, widths = grown
            (text,) = self._paths([list(whole.pieces)], whole.clip, whole.pen)
            moving["d"] = [None if shape is None else text for shape in track.shapes]
            return [Element("path", fixed + self._cut(whole.clip, widths), moving)]
        pieces = [None if shape is None else list(shape.pieces) for shape in track.shapes]
        texts = self._paths([piece or [] for piece in pieces], first.clip, first.pen)
        moving["d"] = [text if piece is not None and text else None for text, piece in zip(texts, pieces, strict=True)]
        there = [value is not None for value in moving["d"]]
        if not any(there):
            return []
        moving = {name: _where(there, values) for name, values in moving.items()}
        return [Element("path", fixed + self._cut(first.clip), moving)]

    def _paths(self, frames: Sequence[Sequence[Array]], clip: Box | None, pen: Pen | None, closed: bool = False) -> list[str]:
        """The lines of each frame as a path, through as few points as are needed."""
        frames, numbers = _once(held(frames, STILL))
        lines = [line for frame in frames for line in frame]
        if lines:
            if clip is not None and not (pen and pen.dashes):
                reach = MARGIN + (pen.width if pen else 0)
                lines = trimmed(lines, (clip[0] - reach, clip[1] - reach, clip[2] + reach, clip[3] + reach))
            lines = thinned(lines, CLOSE)
        units, counts = [in_units(line, self.height, UNIT) for line in lines], np.cumsum([0, *map(len, frames)])
        texts = [path(units[start:end], closed) for start, end in zip(counts[:-1], counts[1:], strict=True)]
        return [texts[number] for number in numbers]

    def _area(self, track: Track, first: Area) -> list[Element]:
        outlines = [[] if shape is None else [shape.outline] for shape in track.shapes]
        texts = self._paths(outlines, first.clip, None, closed=True)
        classes = self._classes(track, lambda shape: (shape.fill, None))
        there = [bool(text) for text in texts]
        moving = {"class": _where(there, classes), "d": _where(there, texts)}
        return [Element("path", self._cut(first.clip), moving)] if any(there) else []

    # ------------------------------------------------------------ points

    def _points(self, track: Track, first: Points) -> list[Element]:
        """A path that is not seen, with a marker at each of its points."""
        classes = self._classes(track, lambda shape: (_color_of_all(shape), shape.edge.color if shape.edge else None))
        places = held([() if shape is None else (shape.places,) for shape in track.shapes], STILL)
        texts = [stations(in_units(frame[0], self.height, UNIT)) if frame else None for frame in places]
        name = classes[-1] if len(set(classes)) == 1 else None
        fixed = self._cut(first.clip) + self._marked(first, name)
        if first.fill[3] < 1 and not first.edge and first.fill[3]:
            fixed += attributes(opacity=first.fill[3])
        moving: dict[str, Sequence[str | None]] = {"d": texts}
        return [Element("path", fixed, moving if name else {"class": classes, "d": texts})]

    def _marked(self, points: Points, name: str | None) -> str:
        """What draws the points; in the class of this name, or else in what the path around has."""
        own = f' class="{name}"' if name else ' fill="context-fill" stroke="context-stroke"'
        if points.edge:
            own += f' stroke-width="{_short(points.edge.width)}"'
        if isinstance(points.outline, np.ndarray):
            shape = f'<path{own} d="{path([in_units(points.outline, 0, UNIT)], closed=True)}"/>'
        else:
            shape = f'<circle{own} r="{_short(points.outline)}"/>'
        return self.defs.mark(shape)

    # ------------------------------------------------------------ pictures

    def _picture(self, track: Track, first: Picture) -> list[Element]:
        """Its regions, in colours that stay. The smallest region does not stand alone: a ground of one colour does."""
        dark = next(shape for shape in track.dark if shape is not None)
        inks = [
            self.ink(_of_palette(light), None, _of_palette(other), None)
            for light, other in zip(first.palette, dark.palette, strict=True)
        ]
        height, width = first.cells.shape
        left, top = first.left, self.height - first.bottom - height / first.scale
        cell = UNIT / first.scale
        place = f' transform="translate({_short(left)} {_short(top)})scale({cell:g})"'
        ground = f"M0 0h{width}v{height}h-{width}z"
        if first.bands:
            return self._heights(track, first, dark, inks, place, ground)
        texts = _each(track.shapes, lambda shape: rectangles(shape.cells if shape.plain is None else shape.plain))
        colors = sorted({color for found in texts if found for color in found})
        widest = max(colors, key=lambda color: sum(len(found.get(color, "")) for found in texts if found))
        there = [shape is not None for shape in track.shapes]
        elements = [Element("path", place, {"class": _where(there, [inks[widest]] * len(there)), "d": _where(there, [ground] * len(there))})]
        for color in colors:
            if color == widest:
                continue
            found = _each(texts, lambda each: each.get(color))  # noqa: B023
            name, own = inks[color], place
            moving: dict[str, Sequence[str | None]] = {"d": found}
            if color in first.stripes[:1]:
                elements.append(Element("path", place + f' class="{inks[first.stripes[1]]}"', moving))
                own += self.defs.hatch(inks[color], round(HATCH * first.scale))
            else:
                own += f' class="{name}"'
            elements.append(Element("path", own, moving))
        return elements

    def _heights(self, track: Track, first: Picture, dark: Picture, inks: Sequence[str], place: str, ground: str) -> list[Element]:
        """The bands of a map, each over those below it, and at last what is shaded."""
        count = first.bands
        frames = _each(track.shapes, lambda shape: heights(shape.cells % count))
        lowest = min(int((shape.cells % count).min()) for shape in track.shapes if shape is not None)
        there = [shape is not None for shape in track.shapes]
        whole = _where(there, [ground] * len(there))
        elements = [Element("path", place + f' class="{inks[lowest]}"', {"d": whole})]
        corner = in_units(np.array([[first.left, first.bottom + first.cells.shape[0] / first.scale]]), self.height, UNIT)[0]
        for level in range(lowest + 1, count):
            outlines = [found.get(level, []) if found else [] for found in frames]
            if not any(map(len, outlines)):
                continue
            texts = self._outlines(outlines, UNIT / first.scale)
            moving = [text or None for text in texts]
            # Of those frames whose lowest band is higher than this one all is as high.
            for number, shape in enumerate(track.shapes):
                if shape is not None and int((shape.cells % count).min()) >= level:
                    moving[number] = self._outlines([[_corners(first.cells.shape)]], UNIT / first.scale)[0]
            elements.append(Element("path", f' transform="translate({corner[0]} {corner[1]})" class="{inks[level]}"', {"d": moving}))
        shaded = _each(track.shapes, lambda shape: rectangles((shape.cells >= count).astype(np.uint8)).get(1))
        if any(shaded):
            name = self.ink(_shade(first), None, _shade(dark), None)
            elements.append(Element("path", place + f' class="{name}"', {"d": shaded}))
        return elements

    def _outlines(self, frames: Sequence[Sequence[Array]], unit: float) -> list[str]:
        lines = [line for frame in frames for line in frame]
        lines = thinned(lines, ROUGH) if lines else []
        units = [np.rint(line * unit).astype(np.int64) for line in lines]
        counts = np.cumsum([0, *map(len, frames)])
        return [path(units[start:end], closed=True) for start, end in zip(counts[:-1], counts[1:], strict=True)]

    # ------------------------------------------------------------ words

    def _words(self, track: Track, first: Words) -> list[Element]:
        classes = self._classes(track, lambda shape: (shape.color, None))
        texts = list(dict.fromkeys(shape.text for shape in track.shapes if shape is not None))
        fixed = f'{ANCHORS[first.align]} font-size="{_short(first.size)}"'
        fixed += f' font-weight="{first.weight}"' * (first.weight != "normal")
        if len(texts) > 1 and not first.angle:
            return [self._strip(track, first, fixed, classes)]
        return [self._line(track, text, fixed, classes) for text in texts]

    def _line(self, track: Track, text: str, fixed: str, classes: Sequence[str | None]) -> Element:
        """A text that moves, and is as long in another font too."""
        first = next(shape for shape in track.shapes if shape is not None)
        there = [shape is not None and shape.text == text for shape in track.shapes]
        shapes = _where(there, track.shapes)
        moving: dict[str, Sequence[str | None]] = {"class": _where(there, classes)}
        moving["x"] = _each(shapes, lambda shape: _short(shape.x))
        moving["y"] = _each(shapes, lambda shape: _short(self.height - shape.y))
        if first.angle:
            turn = lambda shape: f"rotate({-first.angle:g} {_short(shape.x)} {_short(self.height - shape.y)})"  # noqa: E731
            fixed += f' transform="{turn(next(shape for shape in shapes if shape is not None))}"'
        return Element("text", fixed + self._length(first, text), moving, escape(text))

    def _length(self, words: Words, text: str) -> str:
        if not any(map(str.isalpha, text)):
            return ""  # numbers have room
        width = self.typeface.width(text, words.size, words.weight)
        return f' textLength="{_short(width)}" lengthAdjust="spacingAndGlyphs"'

    def _strip(self, track: Track, first: Words, fixed: str, classes: Sequence[str | None]) -> Element:
        """All that it says, far below each other, of which one is in the picture."""
        step = round(self.height * UNIT * FAR_BELOW / 1e4 + 0.5) * 10_000
        placed = [
            None if shape is None else (shape.text, _short(shape.x), round((self.height - shape.y) * UNIT), name)
            for shape, name in zip(track.shapes, classes, strict=True)
        ]
        lines, at, before = [], dict[Any, str](), 0
        for number, entry in enumerate(dict.fromkeys(entry for entry in placed if entry is not None)):
            text, x, base, _ = entry
            down, before = base + number * step - before, base + number * step
            lines.append(f'<tspan x="{x}" dy="{down}"{self._length(first, text)}>{escape(text)}</tspan>')
            at[entry] = str(-number * step)
        last = self._line(Track(track.shapes[-1:], track.dark[-1:]), track.shapes[-1].text, fixed, classes[-1:]) if placed[-1] else None
        return Element("text", fixed, {"class": classes, "y": _each(placed, at.__getitem__)}, "".join(lines), last)

    # ------------------------------------------------------------ looks

    def _cut(self, clip: Box | None, ends: Sequence[float] = ()) -> str:
        """What cuts an element to a box, which may reach only so far to the right by frame."""
        if clip is None:
            return ""
        left, bottom, right, top = clip
        (x, y), (end, low) = in_units(np.array([[left, top], [right, bottom]]), self.height, UNIT).tolist()
        reach = [round(min(max(to - left, 0), right - left) * UNIT) for to in ends]
        return self.defs.cut(x, y, end - x if not reach else reach[-1], low - y, widths=reach)

    def _classes(self, track: Track, colors: Callable[[Any], Look]) -> list[str | None]:
        pairs = zip(track.shapes, track.dark, strict=True)
        return [None if shape is None else self.ink(*colors(shape), *colors(dark or shape)) for shape, dark in pairs]


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
        if shape.pen != whole.pen or not np.array_equal(shape.points, whole.points[: len(shape.points)], equal_nan=True):
            return None
    ends, end = [], whole.clip[0]
    for shape in shapes:
        if shape is not None:
            is_whole = len(shape.points) == len(whole.points)
            end = whole.clip[2] if is_whole else float(shape.points[-1, 0]) if len(shape.points) else whole.clip[0]
        ends.append(end)
    return whole, ends


def _once(frames: Sequence[Sequence[Array]]) -> tuple[list[Sequence[Array]], list[int]]:
    """The frames that are not those before them, and which of these each is."""
    found: list[Sequence[Array]] = []
    numbers = []
    for frame in frames:
        if not found or frame is not found[-1]:
            found.append(frame)
        numbers.append(len(found) - 1)
    return found, numbers


def _of_palette(color: NDArray[np.uint8]) -> Color:
    red, green, blue, opacity = (color / 255).tolist()
    return red, green, blue, opacity


def _corners(shape: tuple[int, ...]) -> Array:
    """The outline of a picture in cells."""
    height, width = shape
    return np.array([(0, 0), (width, 0), (width, height), (0, height), (0, 0)], float)


def _shade(picture: Picture) -> Color:
    """The translucent colour that makes of the bands of a map those that are shaded."""
    plain, shaded = np.split(picture.palette[:, :3] / 255, 2)
    first, last = int(plain.sum(axis=1).argmin()), int(plain.sum(axis=1).argmax())
    share = 1 - (shaded[last] - shaded[first]).sum() / max((plain[last] - plain[first]).sum(), 1e-9)
    share = float(np.clip(share, 0.01, 1))
    red, green, blue = np.clip((shaded - (1 - share) * plain).mean(axis=0) / share, 0, 1).tolist()
    return red, green, blue, share


def _each(values: Sequence[Any], of: Callable[[Any], Any]) -> list[Any]:
    """What a function makes of each that there is."""
    return [None if value is None else of(value) for value in values]


def _where(there: Sequence[bool], values: Sequence[Any]) -> list[Any]:
    """The values of the frames in which something is there."""
    return [value if is_there else None for is_there, value in zip(there, values, strict=True)]


def _color_of_all(points: Points) -> Color:
    """The colour of points that are filled together, whose path is translucent, or of each."""
    is_layer = not points.edge and points.fill[3] > 0
    return (*points.fill[:3], 1.0) if is_layer else points.fill


def _short(pixels: float) -> str:
    """A length in units, as short as shows it."""
    return f"{round(pixels * UNIT, 1) + 0.0:g}"
