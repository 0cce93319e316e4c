"""SVG that moves: a film as lines and real text, which plays where a page shows it as an image, without a script.

Of what moves only that is written which changes. In a theme that is that of the page, colours follow it. Readers who
want no motion, and programs that show none, have the last frame.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape

from relu_anim.drawing.shapes import Color, Reel, Shape
from relu_anim.encoders import markup
from relu_anim.encoders.elements import MOVES, RESTS, Clock, Defs, written
from relu_anim.encoders.encoder import Encoder
from relu_anim.encoders.joining import Pair, bundled, joined
from relu_anim.encoders.outlines import UNIT
from relu_anim.encoders.svg import ANIMATED, FALLBACKS, attributes, font_faces
from relu_anim.encoders.timing import Timing
from relu_anim.encoders.tracer import Tracer
from relu_anim.encoders.tracks import Track, look, mould, same
from relu_anim.fonts import Typeface

DARK, CALM = "prefers-color-scheme:dark", "prefers-reduced-motion:reduce"
Key = tuple[int, int, Hashable]  # of a mark, of its shapes, and what stays of that one


def animate(reel: Reel, timing: Timing, config_text: str) -> bytes:
    """The film as an SVG that needs nothing from outside. Its names are its own, so that many stand in one page."""
    still, parts = reel.still, Parts(reel, Clock.of(timing), config_text, is_dense=True)
    name, elements = parts.name, list(written((element for element, _ in parts.body), parts.clock))
    words = {kind: text for kind, text in (("title", still.title), ("desc", still.alt)) if text}
    labels = " ".join(f"{name}-{kind}" for kind in words)
    sides = attributes(width=still.size[0], height=still.size[1])
    lines = [
        f'{ANIMATED} id="{name}"{sides} viewBox="{parts.box}" role="img" aria-labelledby="{labels}">',
        *(f'<{kind} id="{name}-{kind}">{escape(text)}</{kind}>' for kind, text in words.items()),
        f"<metadata>{markup.rdf(config_text)}</metadata>",
        f"<style>{''.join([*parts.fonts, *parts.inks.rules(), *parts.inks.calm()])}</style>",
        *parts.inside(elements),
        "</svg>",
    ]
    return "\n".join(lines).encode() + b"\n"


class Parts:
    """What an SVG of a film is made of: elements from the bottom up, each with what it shows, and what they need. Where
    it is dense, what looks alike is one element."""

    def __init__(self, reel: Reel, clock: Clock, config_text: str, is_dense: bool = False) -> None:
        still = reel.still
        self.name = "r" + sha256(f"{still.title}\n{still.alt}\n{config_text}".encode()).hexdigest()[:8]
        self.clock, self.inks = clock, Inks(self.name)
        self.defs, typeface, frames = Defs(self.name, self.clock), Typeface(still.fonts), list(reel.frames)
        tracer = Tracer(still.pixels[1], typeface, self.inks, self.defs)
        pairs: Iterable[Pair] = zip(reel.still.shapes, (reel.dark or reel).still.shapes, strict=True)
        if is_dense:
            pairs = joined(pairs, typeface)
        bundles = [[Track([light], [dark])] for light, dark in pairs]
        bundles += bundled(_tracks(reel, frames)) if is_dense else ([track] for track in _tracks(reel, frames))
        self.body = [(element, bundle[0].subject) for bundle in bundles for element in tracer.elements(bundle)]
        self.box = "0 0 " + " ".join(f"{round(side * UNIT)}" for side in still.pixels)
        shapes = (*still.shapes, *(shape for frame in frames for mark in frame for shape in mark))
        self.fonts = list(font_faces(shapes, self.name, typeface))

    def inside(self, elements: Iterable[str]) -> Iterator[str]:
        """The elements, as they are written, after what they refer to."""
        yield from self.defs.written()
        yield f'<g fill="none" stroke-linejoin="round" font-family="{self.name},{FALLBACKS}" xml:space="preserve">'
        yield from elements
        yield "</g>"


class Inks:
    """The looks of elements, each with the name of a class."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.names: dict[tuple[str, str], str] = {}

    def __call__(self, fill: Color | None, edge: Color | None, dark_fill: Color | None, dark_edge: Color | None) -> str:
        """The class of what has these colours, and others on dark pages."""
        return self.names.setdefault((_rule(fill, edge), _rule(dark_fill, dark_edge)), f"c{len(self.names)}")

    def filtered(self, light: str, dark: str) -> str:
        """The class of what is shown through a filter, and through another on dark pages."""
        return self.names.setdefault((f"filter:url(#{light})", f"filter:url(#{dark})"), f"c{len(self.names)}")

    def rules(self) -> Iterator[str]:
        """What the classes mean."""
        scope = f"#{self.name} ."
        yield from (f"{scope}{name}{{{light}}}" for (light, _), name in self.names.items())
        dark = "".join(f"{scope}{name}{{{dark}}}" for (light, dark), name in self.names.items() if light != dark)
        yield f"@media({DARK}){{{dark}}}" * bool(dark)

    def calm(self) -> Iterator[str]:
        """Which of what moves and what rests is seen."""
        scope = f"#{self.name} ."
        yield f"{scope}{RESTS}{{display:none}}"
        yield f"@media({CALM}){{{scope}{MOVES}{{display:none}}{scope}{RESTS}{{display:inline}}}}"


@lru_cache(256)
def _rule(fill: Color | None, edge: Color | None) -> str:
    pairs = [(what, color) for what, color in (("fill", fill), ("stroke", edge)) if color is not None]
    return ";".join(_paint(what, color) for what, color in pairs)


def _paint(what: str, color: Color) -> str:
    red, green, blue, opacity = color
    if not opacity:
        return f"{what}:none"
    code = "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
    short = code[::2] if code[::2] == code[1::2] else code
    return f"{what}:#{short}" + (f";{what}-opacity:{round(opacity, 2):g}" if opacity < 1 else "")


def _tracks(reel: Reel, frames: Sequence[Sequence[Sequence[Shape]]]) -> Iterator[Track]:
    """Each shape that moves, through all frames."""
    found: dict[Key, list[Shape | None]] = {}
    for number, frame in enumerate(frames):
        for mark, shapes in enumerate(frame):
            for index, shape in enumerate(shapes):
                found.setdefault((mark, index, mould(shape)), [None] * len(frames))[number] = shape
    others = _others(found, reel.dark) if reel.dark else found
    for key in sorted(found, key=lambda key: key[:2]):
        every, first = found[key], found[key][0]
        stays = first is not None and all(shape is not None and same(shape, first) for shape in every)
        yield Track(every[:1], others[key][:1]) if stays else Track(every, others[key])


def _others(found: dict[Key, list[Shape | None]], dark: Reel) -> dict[Key, list[Shape | None]]:
    """For each shape one in the colours that it has on dark pages. A mark whose light colours are the same in two
    frames has the same dark ones in both, so that few frames need to be asked for."""
    firsts: dict[Key, dict[Hashable, int]] = {}
    for key, shapes in found.items():
        looks = firsts.setdefault(key, {})
        for number, shape in enumerate(shapes):
            if shape is not None:
                looks.setdefault(look(shape), number)
    frames = {
        number: dark.frames[number] for number in sorted({n for looks in firsts.values() for n in looks.values()})
    }
    return {
        key: [None if shape is None else frames[firsts[key][look(shape)]][key[0]][key[1]] for shape in shapes]
        for key, shapes in found.items()
    }


def calm(content: bytes) -> bytes:
    """A film of ours as it is for readers who want no motion, now for all, and without the config in it."""
    before, _, rest = content.partition(b"<metadata>")
    without = before + rest.partition(b"</metadata>\n")[2]
    return without.replace(f"@media({CALM})".encode(), b"@media all", 1)


def _begins(head: bytes) -> bool:
    return head.startswith(ANIMATED.encode())


ENCODER = Encoder(_begins, markup.description, animate=animate)
