"""The files that a config becomes: the film or figure in each format and theme, stills, and a strip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from relu_anim.config.checks.outputs import even_side
from relu_anim.config.kinds import Config, Experiment, TrainedExperiment
from relu_anim.config.values import moment_name
from relu_anim.facts import FORMATS, STILL_FORMATS, ending

STRIP = "strip"
DRAFT_FRAMES, LEAST_SCALE = 40, 0.5  # of drafts
C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class File:
    """One of them. `end` is what its name has after that of the config: `.gif`, `-dark.gif`, `-epoch-5.png`."""

    format: str
    theme: str
    is_first: bool = True  # of the themes, whose files have the plain name
    moment: float | str | None = None
    is_strip: bool = False

    @property
    def part(self) -> str:
        """What follows the theme: the moment of a still, or that it is a strip."""
        return f"-{STRIP}" if self.is_strip else "" if self.moment is None else f"-{moment_name(self.moment)}"

    @property
    def end(self) -> str:
        """What follows the stem of its name."""
        return f"{'' if self.is_first else f'-{self.theme}'}{self.part}{ending(self.format)}"

    @property
    def is_film(self) -> bool:
        """Whether it is the film or figure itself, and no still of it."""
        return self.moment is None and not self.is_strip

    @property
    def has_budget(self) -> bool:
        """Whether `max_size` is about it."""
        return self.is_film and FORMATS[self.format].moves

    def output(self, config: Config) -> dict[str, Any]:
        """The keys of `output` that are its own, with which the config inside it makes this file again."""
        kept: dict[str, Any] = {"formats": (self.format,)}
        if config.output.themes is not None:
            kept["themes"] = (self.theme,)
        if config.moves:
            kept["stills"] = () if self.moment is None else (self.moment,)
            kept["strip"] = config.output.strip if self.is_strip else ()
            kept["max_size"] = config.output.max_size if self.has_budget else None
        return kept


def themed(config: C, theme: str) -> C:
    """The same config in another theme."""
    return with_animation(config, theme=theme)


def drafted(config: Config) -> Config:
    """The same config half as large, with sides that are even, and with fewer frames; its recordings are the same."""
    style: Any = config.animation
    scale = max(style.scale / 2, LEAST_SCALE)
    look: dict[str, Any] = {"scale": scale, "size": tuple(even_side(side, scale) for side in style.size)}
    if isinstance(config, Experiment):
        return with_animation(config, **look, max_frames=min(style.max_frames, DRAFT_FRAMES))
    return with_animation(config, **look)


def with_animation(config: C, **changes: Any) -> C:
    """The same config with other values of `animation`, which have passed their checks; its recordings are the same."""
    style: Any = config.animation
    other: Any = config.model_copy(update={"animation": style.model_copy(update=changes)})
    if isinstance(other, TrainedExperiment):
        other._members = tuple(with_animation(member, **changes) for member in other._members)
    return other


def files(config: Config) -> dict[str, File]:
    """Each file, by the end of its name, in the order in which they are named."""
    themes = config.output.themes or (config.animation.theme,)
    found = [File(name, theme, theme == themes[0]) for theme in themes for name in config.output.formats]
    if config.moves:
        found += [still for theme in themes for still in _stills(config, theme, theme == themes[0])]
    return {file.end: file for file in found}


def _stills(config: Any, theme: str, is_first: bool) -> Iterable[File]:
    """The stills and the strip in one theme: in the formats of the config that do not move, or as PNG."""
    formats = [name for name in config.output.formats if name in STILL_FORMATS] or STILL_FORMATS[:1]
    for name in formats:
        yield from (File(name, theme, is_first, moment=moment) for moment in config.output.stills)
        if config.output.strip:
            yield File(name, theme, is_first, is_strip=True)
