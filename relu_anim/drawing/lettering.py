"""Words set into a frame from bitmaps that are drawn once.

To lay a text out takes longer than all the rest of a frame, and numbers change in each. So they are put together from
the bitmaps of single digits; words between them are one bitmap each.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.blending import is_opaque, over
from relu_anim.drawing.shapes import Color, Words
from relu_anim.drawing.typefaces import face_of, family

PIECES = re.compile(r"[^\d.,⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|.")
SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}  # of the width, to the left of where words stand
KEPT = 2000  # bitmaps


def set_words(frame: NDArray[np.uint8], words: Words, dpi: float) -> None:
    """Blend one line of words into a frame [height, width, RGBA], in whole pixels; what lies outside of it is
    cut off."""
    look = words.size * 72 / dpi, words.weight, dpi, family()
    pieces = [_piece(piece, *look) for piece in PIECES.findall(words.text)]
    left = round(words.x - SHARES[words.align] * sum(piece.advance for piece in pieces))
    baseline = len(frame) - round(words.y) + 1  # which Agg draws on, not above
    placed = []
    for piece in pieces:
        placed.append(Placed(piece.mask, left + piece.bearing, baseline + piece.descent - len(piece.mask)))
        left += piece.advance
    if len(placed) > 1 and is_opaque(frame) and not _overlap(placed):
        placed = [_together(placed)]  # which takes a third of the time
    for one in placed:
        _blend(frame, one.mask, one.left, one.top, words.color)


def width_set(text: str, size: float, dpi: float) -> int:
    """How many pixels of a frame a text takes that is set in this many points."""
    return sum(_piece(piece, size, "normal", dpi, family()).advance for piece in PIECES.findall(text))


def alike(texts: Iterable[str]) -> list[str]:
    """One of each kind of texts that differ in their digits, which are all equally wide."""
    return sorted({re.sub(r"\d", "0", text) for text in texts})


class Piece(NamedTuple):
    """Letters as a bitmap: how much of each pixel they cover [height, width, RGBA], alike in all four, where its left
    edge lies from the pen, how many of its rows lie below the baseline, and by how many pixels the pen moves."""

    mask: Array
    bearing: int
    descent: int
    advance: int


class Placed(NamedTuple):
    """A bitmap, and where it stands in a frame."""

    mask: Array
    left: int
    top: int


def _overlap(placed: list[Placed]) -> bool:
    """Whether one begins before the one before it ends, whose letters would then be drawn over."""
    return any(one.left + one.mask.shape[1] > other.left for one, other in pairwise(placed))


def _together(placed: list[Placed]) -> Placed:
    """Bitmaps that stand beside each other as one."""
    left, top = placed[0].left, min(one.top for one in placed)
    bottom = max(one.top + len(one.mask) for one in placed)
    whole = np.zeros((bottom - top, placed[-1].left + placed[-1].mask.shape[1] - left, 4))
    for mask, start, upper in placed:
        whole[upper - top :, start - left :][: mask.shape[0], : mask.shape[1]] = mask
    return Placed(whole, left, top)


@functools.lru_cache(KEPT)
def _piece(text: str, size: float, weight: str, dpi: float, family: tuple[str, ...]) -> Piece:
    font = face_of(FontProperties(family=family, size=size, weight=weight))
    font.set_size(size, dpi)
    advance = _width(font, f"0{text}0") - _width(font, "00")  # a space at its end counts too
    font.set_text(text, 0.0, flags=get_hinting_flag())
    font.draw_glyphs_to_bitmap(antialiased=True)
    mask = np.repeat(np.array(font.get_image())[..., None] / 255, 4, axis=2)
    return Piece(mask, math.floor(font.get_bitmap_offset()[0] / 64), round(font.get_descent() / 64), round(advance))


def _width(font: FT2Font, text: str) -> float:
    font.set_text(text, 0.0, flags=get_hinting_flag())
    return font.get_width_height()[0] / 64


def _blend(frame: NDArray[np.uint8], mask: Array, left: int, top: int, color: Color) -> None:
    height, width = mask.shape[:2]
    rows, columns = slice(max(top, 0), max(top + height, 0)), slice(max(left, 0), max(left + width, 0))
    part = frame[rows, columns]
    share = mask[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]] * color[3]
    if is_opaque(frame):
        flat = (len(part), 4 * part.shape[1])  # opaque stays opaque; short rows of three would take twice as long
        colors = part.reshape(flat)
        colors[:] = np.rint(colors + share.reshape(flat) * (_ink(color[:3], part.shape[1]) - colors))
    else:
        part[:] = over(part, 255 * np.array(color[:3]), share[..., :1])


@functools.lru_cache(KEPT)
def _ink(color: tuple[float, float, float], width: int) -> Array:
    """A row of pixels of a colour: [4 · width]."""
    return np.tile(255 * np.array([*color, 1.0]), width)
