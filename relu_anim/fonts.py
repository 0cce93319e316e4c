"""The font of the pictures, DejaVu Sans as it comes with Matplotlib, which is not imported.

Which characters it has, how wide they are, and as much of it as a file needs to show its words.
"""

from __future__ import annotations

import functools
import importlib.util
import io
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

FOLDER = "mpl-data/fonts/ttf"  # in the package matplotlib
FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
UNUSED = ["FFTM", "GDEF", "MATH"]  # tables that no word of a picture needs


class Font:
    """One weight of it. Lengths are in units, of which there are `em` along the font's size."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._file = _opened(content)

    @property
    def em(self) -> int:
        """Units along the font's size."""
        return int(self._file["head"].unitsPerEm)

    @functools.cached_property
    def glyphs(self) -> dict[int, str]:
        """The glyph of each character, by its code."""
        found: dict[int, str] = self._file.getBestCmap()
        return found

    def widths(self, text: str) -> list[int]:
        """Of each character; unknown ones have that of the box that is shown in their place."""
        return [self._file["hmtx"][name][0] for name in self._names(text)]

    def kerns(self, text: str) -> list[int]:
        """How much further from each character the next one stands: one less than there are characters."""
        return [self._kerning.get(pair, 0) for pair in pairwise(self._names(text))]

    def width(self, text: str, size: float) -> float:
        """How wide a text is, unhinted, in the unit of `size`."""
        return (sum(self.widths(text)) + sum(self.kerns(text))) * size / self.em

    def _names(self, text: str) -> list[str]:
        return [self.glyphs.get(ord(character), ".notdef") for character in text]

    @functools.cached_property
    def _kerning(self) -> dict[tuple[str, str], int]:
        """Between neighbours, by the names of their glyphs."""
        found: dict[tuple[str, str], int] = self._file["kern"].kernTables[0].kernTable
        return found

    def subset(self, characters: Iterable[str]) -> Any:
        """A TTFont with these characters alone, unhinted; the same for the same characters."""
        from fontTools import subset  # type: ignore[import-untyped]

        options = subset.Options(hinting=False, name_IDs=[], notdef_outline=True)
        options.drop_tables += UNUSED
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, characters))
        found = _opened(self._content)
        subsetter.subset(found)
        return found


@functools.cache
def font(weight: str) -> Font:
    """The font in a weight, `normal` or `bold`."""
    package = importlib.util.find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return Font((Path(package.origin).parent / FOLDER / FILES[weight]).read_bytes())


def content(file: Any, flavor: str | None = None) -> bytes:
    """A TTFont as a file, TrueType or `woff`."""
    file.flavor = flavor
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _opened(content: bytes) -> Any:
    """A TTFont, of which a table is read when it is asked for."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    return TTFont(io.BytesIO(content), lazy=True, recalcTimestamp=False)
