"""Which of an author's own colours are hard to see or to read, and the nearest ones that are not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from relu_anim.config.files import files
from relu_anim.config.kinds import Config
from relu_anim.config.places import Path_
from relu_anim.facts import THEMES
from relu_anim.themes import READABLE, VISIBLE, contrast, passing, theme_of


def low_contrasts(config: Config) -> dict[Path_, str]:
    """What to say of each colour that stands out too little in a theme of the config, by the place of its key."""
    found: dict[Path_, str] = {}
    for name in dict.fromkeys(file.theme for file in files(config).values()):
        look, part = config.animation.model_copy(update={"theme": name}).look, THEMES[name].part
        ground, own = theme_of(*look).background, config.animation.colors.model_dump().get(part, {})
        for key, color in _single(dict(look[1])):
            if message := _low_contrast(color, ground, *_needed(key)):
                section = ("animation", "colors", *([part] if key[0] in own else []))
                found.setdefault((*section, *key), message)
    return found


def _single(colors: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Each colour but the background by its key, those of rows with their number too."""
    for key, value in colors.items():
        if isinstance(value, tuple):
            yield from (((key, index), color) for index, color in enumerate(value))
        elif key != "background":
            yield (key,), value


def _needed(key: Path_) -> tuple[str, float]:
    """What has the colour of this key, and the contrast that it needs."""
    return ("words", READABLE) if key == ("ink",) else ("lines and points", VISIBLE)


def _low_contrast(color: str, ground: str, what: str, least: float) -> str:
    """What to say of a colour whose contrast is too low, with the nearest one that has it; else nothing."""
    if (found := contrast(color, ground)) >= least:
        return ""
    low = f"{color} has a contrast of {math.floor(10 * found) / 10}:1 with the background {ground}"
    return f'{low}, {what} need {least:g}:1; the nearest that has it is "{passing(color, [ground], least)}"'
