"""The fonts of the pictures: an author's own, and DejaVu Sans as it comes with Matplotlib, which is not imported.

Which characters they have, how wide these are, and as much of a font as a file needs to show its words.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby, pairwise, zip_longest
from pathlib import Path
from typing import Any
from unicodedata import combining

from relu_anim.errors import ConfigError

FOLDER = "mpl-data/fonts/ttf"  # in the package matplotlib
FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
# Tables that no word of a picture needs, and what makes a font variable: it is used as it is by default.
UNUSED = ["FFTM", "GDEF", "MATH", "avar", "cvar", "fvar", "gvar", "HVAR", "MVAR", "STAT", "VVAR"]
OUTLINES = ("glyf", "CFF ")
NEEDED = ("head", "hhea", "hmtx", "maxp", "cmap")
BOLD_FROM = 600  # the weight of a semibold font
RESTRICTED = 0x000F, 0x0002  # of its flags of embedding, those that say that it may not be
MOST_BYTES = 20_000_000
WEB_FONTS, COLLECTION = (b"wOFF", b"wOF2"), b"ttcf"
SHAPING = ("GSUB", "GPOS", "GDEF", "gasp")  # tables of DejaVu Sans that Latin, Greek and Cyrillic can do without
WINDOWS = 3  # the platform of the one table of characters that all browsers read
GRID = 512  # units along the size of a font in a film: a fortieth of a pixel in words
QUIET = logging.NullHandler()
QUADRATIC = 0.001  # how far a curve may lie from the cubic one that it stands for, as a share of the font's size


class FontProblem(ValueError):
    """Why a file cannot be the font of a picture."""


@dataclass(frozen=True)
class FontFile:
    """An author's own font: what its file is called, and what it holds."""

    name: str
    content: bytes = field(repr=False)
    is_bold: bool = False

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content).hexdigest()


@functools.lru_cache(8)
def read_font(name: str, content: bytes) -> FontFile:
    """A font from a file's content; FontProblem if there is none that pictures may have."""
    if len(content) > MOST_BYTES:
        raise FontProblem(f"is larger than {MOST_BYTES:,} bytes; make a subset of it with pyftsubset")
    if content[:4] in WEB_FONTS:
        raise FontProblem("is a font for the web; name its .ttf or .otf")
    if content[:4] == COLLECTION:
        raise FontProblem("is a collection of fonts; name a .ttf or .otf that holds one")
    try:
        file = _opened(content)
        for table in file.reader.tables:  # each of which has the sum that stands beside its name
            file.reader[table]
        has_all = all(table in file for table in NEEDED)
        flags, weight = (file["OS/2"].fsType, file["OS/2"].usWeightClass) if has_all and "OS/2" in file else (0, 400)
        readable = has_all and file.getBestCmap() and file["head"].unitsPerEm and file["hmtx"][".notdef"]
    except Exception:  # as fontTools fails with a damaged file
        readable = None
    if not readable:
        raise FontProblem("is no font, or a damaged one; name a .ttf or .otf")
    if not any(table in file for table in OUTLINES):
        raise FontProblem("has no outlines, as fonts of coloured signs have none; name another")
    mask, restricted = RESTRICTED
    if flags & mask == restricted:
        raise FontProblem("may not be embedded, as its maker says in it; name another")
    return FontFile(name, content, weight >= BOLD_FROM)


class Font:
    """One weight of it. Lengths are in units, of which there are `em` along the font's size."""

    def __init__(self, content: bytes, name: str, is_ours: bool = False) -> None:
        self.name = re.sub(r"[^A-Za-z0-9-]", "", name.rpartition(".")[0]) or "Font"
        self._content, self._is_ours = content, is_ours
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
        """Between neighbours, by the names of their glyphs; none of a font that has another way to say it."""
        try:
            tables = self._file["kern"].kernTables if "kern" in self._file else []
        except Exception:  # as fontTools fails with a table of which only the sum is right
            tables = []
        found: dict[tuple[str, str], int] = getattr(tables[0], "kernTable", {}) if tables else {}
        return found

    def subset(self, characters: Iterable[str]) -> Any:
        """A TTFont with these characters alone, unhinted; the same for the same characters."""
        from fontTools import subset  # type: ignore[import-untyped]

        options = subset.Options(hinting=False, name_IDs=[], notdef_outline=True)
        options.drop_tables += UNUSED
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, characters))
        found = _opened(self._content)
        with _embedding():
            subsetter.subset(found)
        return found

    def web(self, characters: str) -> bytes:
        """A WOFF of these characters, the same for the same ones. Of DejaVu Sans it holds letters and how close they
        stand, on a coarser grid, and nothing that shapes other scripts, unless it is needed."""
        is_plain = self._is_ours and not any(map(_is_shaped, characters))
        return _plain_woff(self._content, characters) if is_plain else content(self.subset(characters), "woff")


@functools.cache
def font(weight: str) -> Font:
    """The font in a weight, `normal` or `bold`."""
    package = importlib.util.find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return Font((Path(package.origin).parent / FOLDER / FILES[weight]).read_bytes(), FILES[weight], is_ours=True)


@functools.lru_cache(16)
def _own(file: FontFile) -> Font:
    return Font(file.content, Path(file.name).name)


def families(files: Iterable[FontFile]) -> list[tuple[FontFile | None, FontFile | None]]:
    """Fonts in pairs, each a regular one and the bold one that goes with it, as they are named in turn."""
    own = list(files)
    return list(zip_longest([file for file in own if not file.is_bold], [file for file in own if file.is_bold]))


@dataclass(frozen=True)
class Typeface:
    """What words are set in: an author's own fonts, of which the first that has a character shows it, and DejaVu Sans
    behind them."""

    files: tuple[FontFile, ...] = ()

    def fonts(self, weight: str) -> list[Font]:
        """The fonts of a weight, those that go first first; a family without it has its other one."""
        pairs = [(bold or regular, regular or bold)[weight != "bold"] for regular, bold in families(self.files)]
        return [*(_own(file) for file in pairs if file), font(weight)]

    def has(self, character: str, weight: str) -> bool:
        """Whether one of them shows a character."""
        return any(ord(character) in font.glyphs for font in self.fonts(weight))

    def runs(self, text: str, weight: str) -> Iterator[tuple[Font, str]]:
        """The parts of a text, each with its font."""
        fonts = self.fonts(weight)
        chosen = (next((font for font in fonts if ord(letter) in font.glyphs), fonts[-1]) for letter in text)
        for _, run in groupby(zip(chosen, text, strict=True), key=lambda pair: id(pair[0])):
            pairs = list(run)
            yield pairs[0][0], "".join(letter for _, letter in pairs)

    def width(self, text: str, size: float, weight: str) -> float:
        """How wide a text is, unhinted, in the unit of `size`."""
        return sum(font.width(run, size) for font, run in self.runs(text, weight))


def with_quadratic_curves(file: Any) -> Any:
    """A TTFont as one whose outlines are TrueType's, as they are embedded in a page; one that has others is changed."""
    if "glyf" in file:
        return file
    from fontTools.pens.cu2quPen import Cu2QuPen  # type: ignore[import-untyped]
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
    from fontTools.ttLib import newTable  # type: ignore[import-untyped]

    shapes, order, glyphs = file.getGlyphSet(), file.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(None)
        shapes[name].draw(Cu2QuPen(pen, QUADRATIC * file["head"].unitsPerEm, reverse_direction=True))
        glyphs[name] = pen.glyph()
    del file["CFF "]
    file["loca"], file["glyf"], file["maxp"] = (newTable(tag) for tag in ("loca", "glyf", "maxp"))
    file["glyf"].glyphOrder, file["glyf"].glyphs = order, glyphs
    zeros = "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions"
    vars(file["maxp"]).update(
        dict.fromkeys(zeros.split(), 0), tableVersion=0x00010000, maxZones=1, numGlyphs=len(order)
    )
    for name, glyph in glyphs.items():
        glyph.recalcBounds(file["glyf"])
        file["hmtx"][name] = (file["hmtx"][name][0], getattr(glyph, "xMin", 0))
    file.sfntVersion = "\0\1\0\0"
    return file


def content(file: Any, flavor: str | None = None) -> bytes:
    """A TTFont as a file, TrueType or `woff`."""
    file.flavor = flavor
    buffer = io.BytesIO()
    with _embedding():
        file.save(buffer)
    return buffer.getvalue()


def _is_shaped(character: str) -> bool:
    """Whether how a character looks, or where it stands, hangs on others around it."""
    is_latin = character < "\u0590" or "\u1e00" <= character < "\u2e00"
    return not is_latin or bool(combining(character))


@functools.lru_cache(64)
def _plain_woff(whole: bytes, characters: str) -> bytes:
    """A font with these characters and no tables that shape them."""
    from fontTools import subset
    from fontTools.ttLib.scaleUpem import scale_upem  # type: ignore[import-untyped]

    file = _opened(whole)
    options = subset.Options(hinting=False, name_IDs=[], notdef_outline=True, legacy_kern=True)
    options.drop_tables += [*UNUSED, *SHAPING]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(file)
    file["cmap"].tables = [table for table in file["cmap"].tables if table.platformID == WINDOWS]
    scale_upem(file, GRID)
    return content(file, "woff")


@contextmanager
def _embedding() -> Iterator[None]:
    """Turn failures of fontTools, with tables of which only the sums are right, into a sentence."""
    try:
        yield
    except Exception:
        raise ConfigError("animation.font: a font of these cannot be embedded; name another") from None


def _opened(content: bytes) -> Any:
    """A TTFont, of which a table is read when it is asked for; an error if it is damaged then."""
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").addHandler(QUIET)  # what it finds odd is none of the user's concern
    return TTFont(io.BytesIO(content), lazy=True, recalcTimestamp=False, checkChecksums=2)
