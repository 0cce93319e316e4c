"""SVG: the last frame as lines and real text, with as much of the font as it needs."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape

import numpy as np
from PIL import Image

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import (
    Area,
    Box,
    Color,
    Drawing,
    Lines,
    Pen,
    Picture,
    Points,
    Shape,
    Words,
    as_cut,
    within_reach,
)
from relu_anim.encoders import markup
from relu_anim.encoders.encoder import Encoder
from relu_anim.fonts import Font, Typeface

FALLBACKS = "'DejaVu Sans',Verdana,sans-serif"  # where a page blocks fonts; Verdana is as wide
ANIMATED = '<svg class="animated" xmlns="http://www.w3.org/2000/svg"'  # how one begins that moves
CAPS = {"butt": "butt", "round": "round", "projecting": "square"}
ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}


def draw(drawing: Drawing, config_text: str) -> bytes:
    """The picture as an SVG that needs nothing from outside. Its names are its own, so that many stand in one page."""
    name = "r" + sha256(f"{drawing.title}\n{drawing.alt}\n{config_text}".encode()).hexdigest()[:8]
    typeface = Typeface(drawing.fonts)
    canvas = _Canvas(drawing.pixels[1], name, typeface)
    body = [element for shape in drawing.shapes for element in canvas.draw(shape)]
    words = {kind: text for kind, text in (("title", drawing.title), ("desc", drawing.alt)) if text}
    labels = " ".join(f"{name}-{kind}" for kind in words)
    sides = attributes(width=drawing.size[0], height=drawing.size[1])
    box = " ".join(map(_number, drawing.pixels))
    look = f'fill="none" stroke-linejoin="round" font-family="{name},{FALLBACKS}" xml:space="preserve"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg"{sides} viewBox="0 0 {box}" role="img" aria-labelledby="{labels}">',
        *(f'<{kind} id="{name}-{kind}">{escape(text)}</{kind}>' for kind, text in words.items()),
        f"<metadata>{markup.rdf(config_text)}</metadata>",
        f"<style>{''.join(font_faces(drawing.shapes, name, typeface))}</style>",
        *canvas.clip_paths(),
        f"<g {look}>",
        *body,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines).encode() + b"\n"


def font_faces(shapes: Iterable[Shape], name: str, typeface: Typeface) -> Iterator[str]:
    """The characters of all words, in each weight that they have; of several fonts, each says which are its own."""
    words = [shape for shape in shapes if isinstance(shape, Words)]
    for weight in sorted({word.weight for word in words}):
        characters = {character for word in words if word.weight == weight for character in word.text}
        by_font: dict[Font, list[str]] = {}
        for character in sorted(characters):
            ((font, _),) = typeface.runs(character, weight)
            by_font.setdefault(font, []).append(character)
        for font, own in by_font.items():
            data = b64encode(font.web("".join(own))).decode()
            source = f"url(data:font/woff;base64,{data}) format('woff')"
            codes = f"unicode-range:{','.join(f'U+{ord(character):X}' for character in own)};" * (len(by_font) > 1)
            yield f"@font-face{{font-family:{name};font-weight:{weight};{codes}src:{source}}}"


class _Canvas:
    """Draws shapes as elements, y from the top, and keeps count of the boxes to which they are cut."""

    def __init__(self, height: float, name: str, typeface: Typeface) -> None:
        self.height, self.name, self.typeface = height, name, typeface
        self.clips: dict[Box, str] = {}

    def draw(self, shape: Shape) -> Iterator[str]:
        """The elements of a shape, from the bottom up."""
        match shape:
            case Lines():
                path = "".join(map(self._path, shape.pieces))
                yield f'<path d="{path}"{_stroke(shape.pen)}{self._cut(shape.clip)}/>'
            case Area():
                yield f'<path d="{self._path(shape.outline)}z"{_filled(shape.fill)}{self._cut(shape.clip)}/>'
            case Points():
                yield f"<g{_filled(shape.fill)}{_stroke(shape.edge)}{self._cut(shape.clip)}>"
                yield from self._points(shape)
                yield "</g>"
            case Picture():
                yield self._picture(shape)
            case Words():
                yield self._words(shape)

    def clip_paths(self) -> Iterator[str]:
        """What the shapes were cut to."""
        for clip, name in self.clips.items():
            left, bottom, right, top = as_cut(clip)
            sides = attributes(x=left, y=self.height - top, width=right - left, height=top - bottom)
            yield f'<clipPath id="{name}"><rect{sides}/></clipPath>'

    def _cut(self, clip: Box | None) -> str:
        if clip is None:
            return ""
        name = self.clips.setdefault(clip, f"{self.name}-{len(self.clips)}")
        return f' clip-path="url(#{name})"'

    def _path(self, points: Array) -> str:
        return "M" + " ".join(f"{_number(x)} {_number(self.height - y)}" for x, y in points.tolist())

    def _points(self, points: Points) -> Iterator[str]:
        for place in points.places:
            if isinstance(points.outline, np.ndarray):
                yield f'<path d="{self._path(place + points.outline)}z"/>'
            else:
                yield f"<circle{attributes(cx=place[0], cy=self.height - place[1], r=points.outline)}/>"

    def _picture(self, picture: Picture) -> str:
        height, width = (side / picture.scale for side in picture.cells.shape)
        sides = attributes(x=picture.left, y=self.height - picture.bottom - height, width=width, height=height)
        file = io.BytesIO()
        Image.fromarray(picture.palette[picture.cells]).save(file, "png", optimize=True)
        data = b64encode(file.getvalue()).decode()
        return f'<image{sides} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'

    def _words(self, words: Words) -> str:
        """A line that stays as long as it is in another font too."""
        x, y = words.x, self.height - words.y
        width = self.typeface.width(words.text, words.size, words.weight)
        weight = f' font-weight="{words.weight}"' if words.weight != "normal" else ""
        turn = f' transform="rotate({_number(-words.angle)} {_number(x)} {_number(y)})"' if words.angle else ""
        place = attributes(x=x, y=y, font_size=words.size, textLength=width)
        look = f'{ANCHORS[words.align]}{weight}{turn}{_filled(words.color)} lengthAdjust="spacingAndGlyphs"'
        return f"<text{place}{look}>{escape(words.text)}</text>"


def _stroke(pen: Pen | None) -> str:
    if pen is None:
        return ""
    dashes = " ".join(map(_number, pen.dashes))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    shifted = attributes(stroke_dashoffset=pen.offset) if dashes and pen.offset else ""
    cap = f' stroke-linecap="{CAPS[pen.cap]}"' if pen.cap != "butt" else ""
    return f"{_paint('stroke', pen.color)}{attributes(stroke_width=pen.width)}{cap}{dashed}{shifted}"


def _filled(color: Color) -> str:
    return _paint("fill", color) if color[3] else ""


def _paint(what: str, color: Color) -> str:
    red, green, blue, opacity = color
    code = "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
    return f' {what}="#{code}"' + (f' {what}-opacity="{_number(opacity)}"' if opacity < 1 else "")


def attributes(**numbers: float) -> str:
    """Attributes that are numbers."""
    return "".join(f' {name.replace("_", "-")}="{_number(value)}"' for name, value in numbers.items())


def _number(value: float) -> str:
    """Hundredths of a pixel are more than can be seen."""
    return f"{round(within_reach(value), 2) + 0.0:g}"


def _begins(head: bytes) -> bool:
    is_svg = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<svg", b"<!--"))
    return is_svg and not head.startswith(ANIMATED.encode())


ENCODER = Encoder(_begins, markup.description, draw=draw)
