"""Which characters the font of the pictures has, DejaVu Sans as it comes with Matplotlib, which is not imported."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

BOLD, REGULAR = "DejaVuSans-Bold.ttf", "DejaVuSans.ttf"
FOLDER = "mpl-data/fonts/ttf"  # in the package matplotlib


def no_sign(text: str, *fonts: str) -> str:
    """What is wrong with a text that is drawn in these fonts: «the font has no sign for 漢, 字; …»; or nothing."""
    if text.isascii():
        return ""
    known = frozenset.intersection(*map(_characters, fonts))
    missing = dict.fromkeys(character for character in text if ord(character) not in known)
    return f"the font has no sign for {', '.join(missing)}; write it without" if missing else ""


@functools.cache
def _characters(font: str) -> frozenset[int]:
    """The code points that a font file of Matplotlib's has a glyph for."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    package = importlib.util.find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    with TTFont(Path(package.origin).parent / FOLDER / font, lazy=True) as file:
        return frozenset(file.getBestCmap())
