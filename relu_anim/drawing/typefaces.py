"""An author's own fonts, as Matplotlib finds them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import FT2Font

from relu_anim import fonts
from relu_anim.errors import ConfigError
from relu_anim.fonts import FontFile

LAST = "DejaVu Sans"
TRIED, SIZE = 50, (12, 100)  # signs, for which a font does what it does for any; points, at so many pixels an inch
WEIGHTS = (400, 700)  # of the two fonts of a family, as Matplotlib counts


def families(files: Iterable[FontFile]) -> list[str]:
    """The names of the families that these files are, those that go first first, and the one behind them all. They are
    found by their content, whatever fonts the machine has."""
    return [*(_family(*pair) for pair in fonts.families(files)), LAST]


@functools.cache
def _family(regular: FontFile | None, bold: FontFile | None) -> str:
    pair = regular or bold, bold or regular
    name = "-".join(["relu-anim", *(file.digest for file in pair if file)])
    for file, weight in zip(pair, WEIGHTS, strict=True):
        if file is not None:
            fontManager.ttflist.append(FontEntry(fname=_path(file), name=name, weight=weight, size="scalable"))
    return name


@functools.cache
def _path(file: FontFile) -> str:
    """Where the font lies while this process runs."""
    path = Path(_folder().name, file.digest).with_suffix(".ttf")
    path.write_bytes(file.content)
    try:
        tried = FT2Font(str(path))
        tried.set_size(*SIZE)  # without one, what adjusts signs to pixels is left out
        tried.set_text("".join(map(chr, islice(tried.get_charmap(), TRIED))), flags=get_hinting_flag())
    except (RuntimeError, OSError):
        raise ConfigError(f"{file.name}: this font cannot be drawn; name another") from None
    return str(path)


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="relu-anim-fonts-")  # which is removed when the process ends


def family() -> tuple[str, ...]:
    """The families of the style that holds, by which what is measured in it can be kept."""
    return tuple(matplotlib.rcParams["font.family"])


def face_of(properties: FontProperties) -> FT2Font:
    """The font that Matplotlib takes, with those that it falls back to for characters that are not in it."""
    paths = []
    for name in properties.get_family():
        one = properties.copy()
        one.set_family(name)
        paths.append(findfont(one))
    return get_font(paths)
