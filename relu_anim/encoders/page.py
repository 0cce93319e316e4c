"""The page of a PDF: shapes as its operators, and the fonts and pictures that these name."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from unicodedata import bidirectional

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Area, Box, Color, Lines, Pen, Picture, Points, Shape, Words, as_cut, within_reach
from relu_anim.fonts import Font, Typeface, content, with_quadratic_curves

CAPS = {"butt": 0, "round": 1, "projecting": 2}
HELD = {"left": 0.0, "center": 0.5, "right": 1.0}  # share of a text that lies before the place where it is held
QUARTER = 0.5523  # how far the control points of a quarter of a circle lie, in radii
EMBEDDED = {"GlyphOrder", "glyf", "head", "hhea", "hmtx", "loca", "maxp"}  # the tables of a font that are needed


class Page:
    """Shapes as operators; `content` draws them from the bottom up, in pixels."""

    def __init__(self, shapes: Iterable[Shape], typeface: Typeface) -> None:
        self.typeface = typeface
        self._states: dict[tuple[float, float], str] = {}
        self._faces: dict[str, Face] = {}
        self._pictures: list[NDArray[np.uint8]] = []
        self.content = "\n".join(["1 j", *(f"q {self._drawn(shape)} Q" for shape in shapes)])

    def resources(self, first: int) -> tuple[str, list[bytes]]:
        """What the operators name, and the objects that this refers to, numbered from `first`."""
        objects: list[bytes] = []
        fonts = []
        for face in self._faces.values():
            fonts.append(f"/{face.name} {first + len(objects)} 0 R")
            objects += face.objects(first + len(objects))
        pictures = []
        for index, picture in enumerate(self._pictures):
            pictures.append(f"/P{index} {first + len(objects)} 0 R")
            objects += _image(picture, first + len(objects))
        states = (f"/{name} << /ca {number(f)} /CA {number(s)} >>" for (f, s), name in self._states.items())
        entries = {"Font": fonts, "XObject": pictures, "ExtGState": states}
        named = " ".join(f"/{kind} << {' '.join(own)} >>" for kind, own in entries.items())
        return named, objects

    def _drawn(self, shape: Shape) -> str:
        match shape:
            case Lines():
                paths = " ".join(map(_path, shape.pieces))
                return f"{_cut(shape.clip)} {self._look(None, shape.pen)} {paths} S"
            case Area():
                return f"{_cut(shape.clip)} {self._look(shape.fill, None)} {_path(shape.outline)} h f"
            case Points():
                fills, strokes = shape.fill[3] > 0, shape.edge is not None
                paint = "B" if fills and strokes else "f" if fills else "S" if strokes else "n"
                points = " ".join(f"{outline} {paint}" for outline in _outlines(shape))
                return f"{_cut(shape.clip)} {self._look(shape.fill, shape.edge)} {points}"
            case Picture():
                return self._picture(shape)
            case Words():
                return self._words(shape)

    def _look(self, fill: Color | None, pen: Pen | None) -> str:
        """The operators that set colours, opacities and how lines are stroked."""
        stroke = pen.color if pen else None
        opacities = (fill[3] if fill else 1.0, stroke[3] if stroke else 1.0)
        parts = []
        if min(opacities) < 1:
            parts.append(f"/{self._states.setdefault(opacities, f'A{len(self._states)}')} gs")
        if fill:
            parts.append(f"{numbers(*fill[:3])} rg")
        if pen:
            dashes = f"[{numbers(*pen.dashes)}] {number(pen.offset)} d" if pen.dashes else ""
            parts.append(f"{numbers(*pen.color[:3])} RG {number(pen.width)} w {CAPS[pen.cap]} J {dashes}")
        return " ".join(parts)

    def _picture(self, picture: Picture) -> str:
        rows, columns = picture.cells.shape
        self._pictures.append(picture.palette[picture.cells])
        width, height = columns / picture.scale, rows / picture.scale
        return f"{numbers(width, 0, 0, height, picture.left, picture.bottom)} cm /P{len(self._pictures) - 1} Do"

    def _words(self, words: Words) -> str:
        turn = math.radians(words.angle)
        along, up = math.cos(turn), math.sin(turn)
        before = HELD[words.align] * self.typeface.width(words.text, words.size, words.weight)
        matrix = f"{numbers(along, up, -up, along)} {numbers(words.x - before * along, words.y - before * up)}"
        (first, run), *others = self._runs(words)
        more = "".join(f" {face} {other} TJ" for face, other in others)
        return f"{self._look(words.color, None)} BT {first} {matrix} Tm {run} TJ{more} ET"

    def _runs(self, words: Words) -> Iterator[tuple[str, str]]:
        """The parts of a text, each behind the operator that chooses its face."""
        for font, run in self.typeface.runs(_from_the_left(words.text), words.weight):
            own = self.typeface.fonts(words.weight)[:-1]
            name = f"{words.weight}{own.index(font)}" if font in own else words.weight
            face = self._faces.setdefault(name, Face(name, font))
            yield f"/{name} {number(words.size)} Tf", face.shown(run)


class Face:
    """The characters that a page shows in one font, numbered in the order in which they come.

    Each has a number of its own, also where two share a glyph, so that each can be read back as what it is.
    """

    def __init__(self, name: str, font: Font) -> None:
        self.name, self._font = name, font
        self._numbers: dict[str, int] = {}

    def shown(self, text: str) -> str:
        """A text as an operator shows it, kerned."""
        codes = [self._numbers.setdefault(character, len(self._numbers) + 1) for character in text]
        shifts = [-1000 * kern / self._font.em for kern in self._font.kerns(text)]
        gaps = [f"> {number(shift)} <" if shift else "" for shift in shifts]
        return f"[<{''.join(f'{code:04x}{gap}' for code, gap in zip(codes, [*gaps, ''], strict=True))}>]"

    def objects(self, first: int) -> list[bytes]:
        """The font, its metrics, its file, and what its numbers mean: glyphs, and characters."""
        file, characters = with_quadratic_curves(self._font.subset(self._numbers)), "".join(self._numbers)
        glyphs = [file.getGlyphID(self._font.glyphs.get(ord(character), ".notdef")) for character in characters]
        widths = numbers(*(1000 * width / self._font.em for width in self._font.widths(characters)))
        head, hhea = file["head"], file["hhea"]
        box = numbers(*(1000 * side / self._font.em for side in (head.xMin, head.yMin, head.xMax, head.yMax)))
        above, below = (number(1000 * height / self._font.em) for height in (hhea.ascent, hhea.descent))
        for table in set(file.keys()) - EMBEDDED:
            del file[table]
        data = content(file)
        tag = "".join(chr(ord("A") + byte % 26) for byte in sha256(data).digest()[:6])
        name = f"/{tag}+{self._font.name}"
        return [
            f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H"
            f" /DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /FontDescriptor {first + 2} 0 R"
            f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /CIDToGIDMap {first + 5} 0 R /W [1 [{widths}]] >>".encode(),
            f"<< /Type /FontDescriptor /FontName {name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 /Ascent {above}"
            f" /Descent {below} /CapHeight 729 /StemV 80 /FontFile2 {first + 3} 0 R >>".encode(),
            packed(data, f"/Length1 {len(data)}"),
            packed(_to_unicode(characters).encode()),
            packed(b"".join(glyph.to_bytes(2, "big") for glyph in [0, *glyphs])),
        ]


def _from_the_left(text: str) -> str:
    """The characters as they stand on the page: words that are written from right to left are turned around."""
    kinds = {"R": "R", "AL": "R", "L": "L", "EN": "L"}
    directions = "".join(kinds.get(bidirectional(letter), " ") for letter in text)
    for run in re.finditer("R(?:[R ]*R)?", directions):
        start, end = run.span()
        text = f"{text[:start]}{text[start:end][::-1]}{text[end:]}"
    return text


def _to_unicode(characters: str) -> str:
    """Which character each number from 1 on stands for; at most 100 stand in one block."""
    lines = [f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>" for code, letter in enumerate(characters, 1)]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <ffff> endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


def packed(content: bytes, entries: str = "") -> bytes:
    """A stream, compressed."""
    data = zlib.compress(content, 9)
    return f"<< {entries} /Length {len(data)} /Filter /FlateDecode >>\nstream\n".encode() + data + b"\nendstream"


def _image(rgba: NDArray[np.uint8], first: int) -> list[bytes]:
    """A picture, the object of number `first`, and how opaque it is, if it is not so everywhere."""
    rows, columns = rgba.shape[:2]
    size = f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows}"
    colors, opacity = (part.tobytes() for part in (rgba[..., :3], rgba[..., 3]))
    look = "/ColorSpace /DeviceRGB /BitsPerComponent 8"
    if rgba[..., 3].min() == 255:
        return [packed(colors, f"{size} {look}")]
    mask = packed(opacity, f"{size} /ColorSpace /DeviceGray /BitsPerComponent 8")
    return [packed(colors, f"{size} {look} /SMask {first + 1} 0 R"), mask]


def _cut(clip: Box | None) -> str:
    if clip is None:
        return ""
    left, bottom, right, top = as_cut(clip)
    return f"{numbers(left, bottom, right - left, top - bottom)} re W n"


def _path(points: Array) -> str:
    (x, y), *others = points.tolist()
    return " ".join([f"{numbers(x, y)} m", *(f"{numbers(x, y)} l" for x, y in others)])


def _outlines(points: Points) -> Iterator[str]:
    """A path around each place."""
    for place in points.places:
        if isinstance(points.outline, np.ndarray):
            yield f"{_path(place + points.outline)} h"
        else:
            x, y = place.tolist()
            yield _circle(x, y, points.outline)


def _circle(x: float, y: float, radius: float) -> str:
    """Four curves, from the right around to the left."""
    near = QUARTER * radius
    half = [[radius, near, near, radius, 0, radius], [-near, radius, -radius, near, -radius, 0]]
    corners = [*half, *([-side for side in corner] for corner in half)]
    moved = (numbers(*(side + (x, y)[index % 2] for index, side in enumerate(corner))) for corner in corners)
    return " ".join([f"{numbers(x + radius, y)} m", *(f"{curve} c" for curve in moved)]) + " h"


def numbers(*values: float) -> str:
    """Numbers as the file has them."""
    return " ".join(map(number, values))


def number(value: float) -> str:
    """A thousandth of a pixel, and of a colour, is more than can be seen. PDF knows no powers of ten."""
    return f"{round(within_reach(value), 3) + 0.0:.10g}"
