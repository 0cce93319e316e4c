"""Tracks of lines, areas, points and words as elements of an SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Area, Box, Color, Lines, Pen, Picture, Points, Words, as_cut
from relu_anim.encoders.elements import Defs, Element
from relu_anim.encoders.joining import Block
from relu_anim.encoders.maps import Maps
from relu_anim.encoders.outlines import UNIT, in_units, path, rounded, short, stations, whole
from relu_anim.encoders.svg import ANCHORS, CAPS, attributes
from relu_anim.encoders.thinning import held, thinned, trimmed
from relu_anim.encoders.tracks import Ink, Look, Track, changes, each, grows, where
from relu_anim.fonts import Typeface

CLOSE = 0.15  # pixels, by which a line may be off
STILL = 0.1  # pixels, by which a point may move and stays where it was
MARGIN = 4  # pixels around a box, in which the ends of lines may be seen
FAR_BELOW = 2  # heights of the picture, from one text to the next where they change


class Tracer:
    """Makes elements of tracks, in a picture of so many pixels."""

    def __init__(self, height: float, typeface: Typeface, ink: Ink, defs: Defs) -> None:
        self.height, self.typeface, self.ink, self.defs = height, typeface, ink, defs
        self.maps = Maps(height, ink, defs)

    def elements(self, tracks: Sequence[Track]) -> list[Element]:
        """The elements of a track, of a line and the points at its bends, or of several texts that change together,
        from the bottom up."""
        track, *others = tracks
        shape = next(shape for shape in track.shapes if shape is not None)
        if others and isinstance(shape, Lines):
            return self._lines(track, shape, *others)
        if others:
            return [self._strip(tracks)]
        makers: dict[type, Callable[[Track, Any], list[Element]]] = {
            Lines: self._lines,
            Area: self._area,
            Points: self._points,
            Picture: self.maps.elements,
            Words: self._words,
            Block: self._block,
        }
        return makers[type(shape)](track, shape)

    # ------------------------------------------------------------ lines

    def _lines(self, track: Track, first: Lines, points: Track | None = None) -> list[Element]:
        """Lines, which may have points at all their bends."""
        pens = each(track.shapes, lambda shape: shape.pen)
        moving: dict[str, Sequence[str | None]] = {
            "class": self._classes(track, lambda shape: (None, shape.pen.color)),
            "stroke-width": each(pens, lambda pen: short(pen.width)),
        }
        if any(pen and pen.dashes for pen in pens):
            moving["stroke-dasharray"] = each(pens, lambda pen: " ".join(map(short, pen.dashes)) or "none")
            moving["stroke-dashoffset"] = each(pens, lambda pen: short(pen.offset if pen.dashes else 0))
        fixed = f' stroke-linecap="{CAPS[first.pen.cap]}"' * (first.pen.cap != "butt")
        if not points and (grown := grows(track.shapes)):
            longest, widths = grown
            (text,) = self._paths([list(longest.pieces)], longest.clip, longest.pen)
            moving["href"] = each(track.shapes, lambda shape: self.defs.used(text))
            last = Element("use", fixed + self._cut(longest.clip), moving)
            return [Element("use", fixed + self._cut(longest.clip, widths), moving, last=last)]
        if points:
            (name,) = set(self._point_classes(points)) - {None}
            fixed += self._marked(next(shape for shape in points.shapes if shape is not None), name, "mid")
        pieces = [None if shape is None else list(shape.pieces) for shape in track.shapes]
        texts = self._paths([piece or [] for piece in pieces], first.clip, first.pen, every=bool(points))
        moving["d"] = [text if piece is not None and text else None for text, piece in zip(texts, pieces, strict=True)]
        there = [value is not None for value in moving["d"]]
        if not any(there):
            return []
        moving = {name: where(there, values) for name, values in moving.items()}
        return [Element("path", fixed + self._cut(first.clip), moving)]

    def _paths(
        self,
        frames: Sequence[Sequence[Array]],
        clip: Box | None,
        pen: Pen | None,
        closed: bool = False,
        every: bool = False,
    ) -> list[str]:
        """The lines of each frame as a path, through as few points as are needed, or through every one."""
        frames, numbers = _once(held(frames, STILL))
        lines = [line for frame in frames for line in frame]
        if lines and not every:
            if clip is not None and not (pen and pen.dashes):
                reach = MARGIN + (pen.width if pen else 0)
                lines = trimmed(lines, (clip[0] - reach, clip[1] - reach, clip[2] + reach, clip[3] + reach))
            lines = thinned(lines, CLOSE)
        units, counts = [in_units(line, self.height) for line in lines], np.cumsum([0, *map(len, frames)])
        texts = [path(units[start:end], closed, every) for start, end in pairwise(counts.tolist())]
        return [texts[number] for number in numbers]

    def _area(self, track: Track, first: Area) -> list[Element]:
        outlines = [[] if shape is None else [shape.outline] for shape in track.shapes]
        texts = self._paths(outlines, first.clip, None, closed=True)
        classes = self._classes(track, lambda shape: (shape.fill, None))
        there = [bool(text) for text in texts]
        moving = {"class": where(there, classes), "d": where(there, texts)}
        return [Element("path", self._cut(first.clip), moving)] if any(there) else []

    # ------------------------------------------------------------ points

    def _points(self, track: Track, first: Points) -> list[Element]:
        """A path that is not seen, with a marker at each of its points."""
        classes = self._point_classes(track)
        places = held([() if shape is None else (shape.places,) for shape in track.shapes], STILL)
        texts = [stations(in_units(frame[0], self.height)) if frame else None for frame in places]
        name = classes[-1] if len(set(classes)) == 1 else None
        fixed = self._cut(first.clip) + self._marked(first, name, "start", "mid")
        if first.fill[3] < 1 and not first.edge and first.fill[3]:
            fixed += attributes(opacity=first.fill[3])
        moving: dict[str, Sequence[str | None]] = {"d": texts}
        return [Element("path", fixed, moving if name else {"class": classes, "d": texts})]

    def _point_classes(self, track: Track) -> list[str | None]:
        return self._classes(track, lambda shape: (_color_of_all(shape), shape.edge.color if shape.edge else None))

    def _marked(self, points: Points, name: str | None, *where: str) -> str:
        """What draws the points; in the class of this name, or else in what the path around has."""
        own = f' class="{name}"' if name else ' fill="context-fill" stroke="context-stroke"'
        if points.edge:
            own += f' stroke-width="{short(points.edge.width)}"'
        if isinstance(points.outline, np.ndarray):
            shape = f'<path{own} d="{path([in_units(points.outline, 0)], closed=True)}"/>'
        else:
            shape = f'<circle{own} r="{short(points.outline)}"/>'
        return self.defs.mark(shape, *where)

    # ------------------------------------------------------------ words

    def _words(self, track: Track, first: Words) -> list[Element]:
        if changes(track):
            return [self._strip([track])]
        texts = list(dict.fromkeys(shape.text for shape in track.shapes if shape is not None))
        return [self._line(track, text) for text in texts]

    def _line(self, track: Track, text: str) -> Element:
        """A text that moves, and is as long in another font too."""
        first = next(shape for shape in track.shapes if shape is not None)
        there = [shape is not None and shape.text == text for shape in track.shapes]
        shapes = where(there, track.shapes)
        moving: dict[str, Sequence[str | None]] = {"class": where(there, self._inks(track))}
        moving["x"] = each(shapes, lambda shape: whole(shape.x))
        moving["y"] = each(shapes, lambda shape: whole(self.height - shape.y))
        fixed = type_of(first)
        if first.angle:
            turned = next(shape for shape in shapes if shape is not None)
            fixed += f' transform="rotate({-first.angle:g} {whole(turned.x)} {whole(self.height - turned.y)})"'
        return Element("text", fixed + self._length(first), moving, escape(text))

    def _length(self, words: Words, adjust: str = ' lengthAdjust="spacingAndGlyphs"') -> str:
        if len(words.text) == 1 or not any(map(str.isalpha, words.text)):
            return ""  # numbers have room
        width = self.typeface.width(words.text, words.size, words.weight)
        return f' textLength="{whole(width)}"{adjust}'

    def _block(self, track: Track, first: Block) -> list[Element]:
        """Words at several places. A baseline that is that of the words before is not said again."""
        classes: dict[str, Sequence[str | None]] = {
            "class": self._inks(Track(first.words[:1], track.dark[0].words[:1]))
        }
        levels = [whole(self.height - words.y) for words in first.words]
        parts = []
        for words, level, before in zip(first.words, levels, [levels[0], *levels], strict=False):
            y = f' y="{level}"' * (level != before)
            own = escape(words.text)
            parts.append(f'<tspan x="{whole(words.x)}"{y}{self._length(words, adjust="")}>{own}</tspan>')
        return [Element("text", f'{type_of(first.words[0])} y="{levels[0]}"', classes, "".join(parts))]

    def _strip(self, tracks: Sequence[Track]) -> Element:
        """All that texts say, far below each other, of which those of one moment are in the picture. They change
        together, and have the same type and ink."""
        step = ceil(self.height * UNIT * FAR_BELOW / 1e4) * 10_000
        moments = [tuple(moment) for moment in zip(*(track.shapes for track in tracks), strict=True)]
        lines, before = [], 0
        numbers = {moment: number for number, moment in enumerate(dict.fromkeys(moments))}
        for moment, number in numbers.items():
            for words in moment:
                base = round((self.height - words.y) * UNIT) + number * step if words else before
                down = f' dy="{rounded(base - before)}"' * (base != before)
                before = base
                if words:
                    length, text = self._length(words, adjust=""), escape(words.text)
                    lines.append(f'<tspan x="{whole(words.x)}"{down}{length}>{text}</tspan>')
        tops = [rounded(-numbers[moment] * step) if any(moment) else None for moment in moments]
        inks = zip(*map(self._inks, tracks), strict=True)
        classes = [next((ink for ink in moment if ink), None) for moment in inks]
        return Element(
            "text",
            type_of(next(words for words in tracks[0].shapes if words)),
            {"class": classes, "y": tops},
            "".join(lines),
            self._at_the_end(tracks),
        )

    def _at_the_end(self, tracks: Sequence[Track]) -> Element | None:
        shown = [(track.shapes[-1], track.dark[-1]) for track in tracks if track.shapes[-1] is not None]
        if not shown:
            return None
        if len(shown) == 1:
            ((words, dark),) = shown
            return self._line(Track([words], [dark]), words.text)
        blocks = (Block(words) for words in zip(*shown, strict=True))
        light, dark = blocks
        return self._block(Track([light], [dark]), light)[0]

    # ------------------------------------------------------------ looks

    def _cut(self, clip: Box | None, ends: Sequence[float] = ()) -> str:
        """What cuts an element to a box, which may reach only so far to the right by frame."""
        if clip is None:
            return ""
        left, bottom, right, top = as_cut(clip)
        (x, y), (end, low) = in_units(np.array([[left, top], [right, bottom]]), self.height).tolist()
        reach = [round(min(max(to - left, 0), right - left) * UNIT) for to in ends]
        return self.defs.cut(x, y, end - x if not reach else reach[-1], low - y, widths=reach)

    def _inks(self, track: Track) -> list[str | None]:
        return self._classes(track, lambda shape: (shape.color, None))

    def _classes(self, track: Track, colors: Callable[[Any], Look]) -> list[str | None]:
        pairs = zip(track.shapes, track.dark, strict=True)
        return [None if shape is None else self.ink(*colors(shape), *colors(dark or shape)) for shape, dark in pairs]


def type_of(words: Words) -> str:
    """How letters look, but for their colour, and at which end of the words they stand."""
    bold = f' font-weight="{words.weight}"' * (words.weight != "normal")
    return f'{ANCHORS[words.align]} font-size="{short(words.size)}"{bold}'


def _once(frames: Sequence[Sequence[Array]]) -> tuple[list[Sequence[Array]], list[int]]:
    """The frames that are not those before them, and which of these each is."""
    found: list[Sequence[Array]] = []
    numbers = []
    for frame in frames:
        if not found or frame is not found[-1]:
            found.append(frame)
        numbers.append(len(found) - 1)
    return found, numbers


def _color_of_all(points: Points) -> Color:
    """The colour of points that are filled together, whose path is translucent, or of each."""
    is_layer = not points.edge and points.fill[3] > 0
    return (*points.fill[:3], 1.0) if is_layer else points.fill
