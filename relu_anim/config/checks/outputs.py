"""What files can hold: formats, speeds and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relu_anim.config.checks.check import Finding, reads
from relu_anim.facts import (
    FORMATS,
)

if TYPE_CHECKING:
    from relu_anim.config.kinds import Config, Experiment, StillFigure


LEAST_FIGURE = (340, 220)  # pixels of a figure that does not move


@reads("animation.size")
def figure_has_room(f: StillFigure) -> Iterator[Finding]:
    """A figure that does not move is large enough to be read."""
    size = (max(f.animation.size[0], LEAST_FIGURE[0]), max(f.animation.size[1], LEAST_FIGURE[1]))
    if size != f.animation.size:
        needs = f"{LEAST_FIGURE[0]} × {LEAST_FIGURE[1]}"
        yield ("animation", "size"), f"too small for a figure, which needs {needs} pixels; write {list(size)}"


@reads("output.formats", "animation.fps")
def film_speed(e: Experiment) -> Iterator[Finding]:
    """No format has more frames a second than it plays."""
    for name in dict.fromkeys(e.output.formats):
        row = FORMATS[name]
        if e.animation.fps > row.most_fps:
            faster = next(other for other in FORMATS.values() if other.moves and other.most_fps > row.most_fps)
            message = f"{row.called} plays at most {row.most_fps:g} frames a second, got {e.animation.fps:g}"
            yield ("animation", "fps"), f"{message}; lower it or write {faster.called}"


@reads("output.formats", "animation.size")
def film_size(e: Experiment) -> Iterator[Finding]:
    """The sides are even where a format needs that."""
    width, height = e.animation.size
    for name in dict.fromkeys(e.output.formats):
        if FORMATS[name].even and (width % 2 or height % 2):
            even = [width + width % 2, height + height % 2]
            yield ("animation", "size"), f"{FORMATS[name].called} needs even sizes; write {even}"


@reads("output.formats")
def unique_formats(c: Config) -> Iterator[Finding]:
    """Each format is there once."""
    formats = c.output.formats
    for index, name in enumerate(formats):
        if name in formats[:index]:
            yield ("output", "formats", index), f"{name} is there already"
