"""What the name of an output tells: its format, its theme, and whether it is a still or a strip."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relu_anim.facts import FORMATS, THEMES, format_of, stem_of

MOVING, RESTING = (
    [name for name, row in reversed(FORMATS.items()) if row.on_page == "image" and row.moves is moves]
    for moves in (True, False)
)
PAGES = [name for name, row in FORMATS.items() if row.on_page == "frame"]
VIDEOS = [name for name, row in FORMATS.items() if row.on_page == "video"]
PART = re.compile(r"-(strip|epoch-\d+(?:\.\d+)?(?:e[+-]?\d+)?|step-\d+)$")


@dataclass(frozen=True)
class Piece:
    """One file of an output. `part` is the moment of a still, or «strip»; nothing for the film or figure itself."""

    path: Path
    format: str
    theme: str
    part: str = ""

    @property
    def is_dark(self) -> bool:
        """Whether it is for dark pages."""
        return self.theme in THEMES and THEMES[self.theme].part == "dark"

    @property
    def is_vector(self) -> bool:
        """Whether it holds shapes, whose still is cut out of it."""
        return FORMATS[self.format].vector

    @property
    def is_video(self) -> bool:
        """Whether a page shows it as a video, not as an image."""
        return self.format in VIDEOS


def piece(path: Path, stem: str, themes: Sequence[str]) -> Piece:
    """What a file is, of an output with this stem in these themes, of which files of the first have the plain name."""
    core, format_ = stem_of(path.name), format_of(path.name)
    if core == stem:
        return Piece(path, format_, themes[0])
    found = PART.search(core)
    rest = core[: found.start()] if found else core
    theme = rest.replace(stem, "", 1).strip("-_. ")
    part = found[1] if found else ""
    return Piece(path, format_, theme if theme in themes else themes[0], part)


def stem_alone(name: str) -> str:
    """The stem of an output by the name of one of its files alone, without a theme and the moment of a still."""
    core = PART.sub("", stem_of(name))
    beginning, _, theme = core.rpartition("-")
    return beginning if beginning and theme in THEMES else core
