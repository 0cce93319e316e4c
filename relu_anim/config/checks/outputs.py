"""What files can hold: formats, speeds and sizes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.checks.room import MOST_PIXELS
from relu_anim.facts import FORMATS, joined

if TYPE_CHECKING:
    from relu_anim.config.kinds import Config, Experiment, StillFigure


LEAST_FIGURE = (340, 220)  # pixels of a figure that does not move


@reads("animation.size", "animation.text_scale")
def figure_has_room(f: StillFigure) -> Iterator[Finding]:
    """A figure that does not move is large enough to be read."""
    needed = [math.ceil(pixels * f.animation.text_scale) for pixels in LEAST_FIGURE]
    size = (max(f.animation.size[0], needed[0]), max(f.animation.size[1], needed[1]))
    if size != f.animation.size:
        needs = f"{needed[0]} × {needed[1]}"
        yield ("animation", "size"), f"too small for a figure, which needs {needs} pixels; write {list(size)}"


@reads("animation.size", "animation.scale")
def pixels(c: Config) -> Iterator[Finding]:
    """With `scale`, the picture is not larger than others may be."""
    longest, scale = max(c.animation.size), c.animation.scale
    if longest * scale > MOST_PIXELS:
        most = math.floor(MOST_PIXELS / longest * 100) / 100
        message = f"{longest} × {scale:g} are more than {MOST_PIXELS:,} pixels"
        yield ("animation", "scale"), f"{message}; write {most:g} at most, or a smaller size"


@reads("output.formats", "animation.fps")
def film_speed(e: Experiment) -> Iterator[Finding]:
    """No format has more frames a second than it plays."""
    for name in dict.fromkeys(e.output.formats):
        row = FORMATS[name]
        if e.animation.fps > row.most_fps:
            faster = next(other for other in FORMATS.values() if other.moves and other.most_fps > row.most_fps)
            message = f"{row.called} plays at most {row.most_fps:g} frames a second, got {e.animation.fps:g}"
            yield ("animation", "fps"), f"{message}; lower it or write {faster.called}"


@reads("output.formats", "animation.size", "animation.scale")
def film_size(e: Experiment) -> Iterator[Finding]:
    """The sides are even where a format needs that."""
    pixels, scale = e.animation.pixels, e.animation.scale
    for name in dict.fromkeys(e.output.formats):
        if FORMATS[name].even and any(side % 2 for side in pixels):
            even = [even_side(side, scale) for side in e.animation.size]
            scaled = f", with scale {scale:g} they are {list(pixels)}" if scale != 1 else ""
            yield ("animation", "size"), f"{FORMATS[name].called} needs even sizes{scaled}; write {even}"


@reads("output.formats", "animation.transparent")
def can_be_transparent(c: Config) -> Iterator[Finding]:
    """No format is asked for transparent pixels that has none."""
    for index, name in enumerate(c.output.formats):
        if c.animation.transparent and not FORMATS[name].clear:
            others = joined(other for other, row in FORMATS.items() if row.moves is c.moves and row.clear)
            message = f"{FORMATS[name].called} cannot be transparent"
            yield ("output", "formats", index), f"{message}; write {others}, or remove animation.transparent"


def even_side(side: int, scale: float) -> int:
    """The next larger side that is even in pixels."""
    return next(larger for larger in itertools.count(side) if round(larger * scale) % 2 == 0)


@reads("output.formats")
def unique_formats(c: Config) -> Iterator[Finding]:
    """Each format is there once."""
    yield from _unique("formats", c.output.formats)


@reads("output.themes")
def unique_themes(c: Config) -> Iterator[Finding]:
    """Each theme is there once."""
    yield from _unique("themes", c.output.themes or ())


def _unique(key: str, names: Sequence[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("output", key, index), f"{name} is there already"
