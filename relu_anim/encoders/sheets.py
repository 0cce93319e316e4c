"""Pictures of a few colours that change, as one image of all: each row of a picture with its later moments below, so
that rows are like those around them and the file is small. Of each the row of a moment is shown.

The image holds numbers of colours, as greys. A filter makes them colours, so that light and dark pages share it.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Numbers = NDArray[np.uint8]  # of colours: [pictures, rows, columns], or of one of them [rows, columns]

COLORS = 16  # an image can hold
LONGEST = 16_000  # cells, beyond which browsers show images less sharp; a WebP has 16,383 at most
METHOD, QUALITY = 4, 25  # of compressing: what takes 40 times as long has 4 % fewer bytes
COVERED = "0 1 1 1"  # opacity by quarters of a pixel: so none is between two windows


class Window(NamedTuple):
    """Rows of the picture that are alike, and where the image has the first moment of them."""

    top: int
    bottom: int
    column: int
    row: int


class Sheet(NamedTuple):
    """What of pictures changes: an image in which one row down is one picture later, and where each part is shown."""

    cells: Numbers
    windows: Sequence[Window]


def sheet(pictures: Numbers) -> Sheet | None:
    """Pictures as one image; None where nothing changes, or they have too many colours or would be too large. Rows that
    are alike in all of them are there once."""
    edges = np.append(0, np.flatnonzero((pictures[:, 1:] != pictures[:, :-1]).any(axis=(0, 2))) + 1)
    rows = pictures[:, edges]
    changes = (rows != rows[:1]).any(axis=(0, 2))
    places = _places(len(rows), int(changes.sum()), rows.shape[2])
    if not places or pictures.max() >= COLORS:
        return None
    ends = np.append(edges[1:], pictures.shape[1])
    sides = zip(edges[changes].tolist(), ends[changes].tolist(), places, strict=True)
    windows = [Window(top, bottom, *place) for top, bottom, place in sides]
    return Sheet(_below(_calm(rows[:, changes]), places), windows)


def _places(count: int, height: int, width: int) -> Sequence[tuple[int, int]]:
    """Where each row begins whose later moments are below it, in as few columns as can be; nothing where there is no
    room."""
    blocks = min(LONGEST // count, height)
    if not blocks or -(-height // blocks) * width > LONGEST:
        return []
    return [(number // blocks * width, number % blocks * count) for number in range(height)]


def _below(pictures: Numbers, places: Sequence[tuple[int, int]]) -> Numbers:
    count, _, width = pictures.shape
    right, bottom = np.max(places, axis=0)
    image = np.zeros((bottom + count, right + width), np.uint8)
    for (left, top), moments in zip(places, pictures.swapaxes(0, 1), strict=True):
        image[top : top + count, left : left + width] = moments
    return image


def _calm(pictures: Numbers) -> Numbers:
    """Pictures in which rows stay as they are while none of their edges moves by more than a cell."""
    found = pictures.copy()
    for before, now in pairwise(found):
        stays = _is_near(before, now) & _is_near(now, before)
        now[stays] = before[stays]
    return found


def _is_near(one: Numbers, other: Numbers) -> NDArray[np.bool_]:
    """In which rows each cell has the colour of that in another picture, or of one beside it."""
    wide = np.pad(other, ((0, 0), (1, 1)), mode="edge")
    is_near = (one == wide[:, :-2]) | (one == other) | (one == wide[:, 2:])
    return np.asarray(is_near.all(axis=1))


def webp(cells: Numbers, clear: Collection[int]) -> bytes:
    """An image without loss, of greys in the middle of those that `table` maps to their colours; some are clear."""
    greys = ((np.arange(COLORS) + 0.5) / COLORS * 255).astype(np.uint8)
    alphas = np.where(np.isin(np.arange(COLORS), list(clear)), 0, 255).astype(np.uint8)
    image = Image.fromarray(np.stack([greys, greys, greys, alphas], axis=1)[cells])
    file = io.BytesIO()
    image.save(file, "webp", lossless=True, exact=True, method=METHOD, quality=QUALITY)
    return file.getvalue()


def table(palette: NDArray[np.uint8]) -> str:
    """The filter that makes colours of the greys. A pixel that a window covers in part is whole or clear."""
    padded = np.pad(palette[:, :3], ((0, COLORS - len(palette)), (0, 0))) / 255
    values = {name: " ".join(map(_value, column)) for name, column in zip("RGB", padded.T, strict=True)}
    functions = (_function(name, each) for name, each in (values | {"A": COVERED}).items())
    return f"<feComponentTransfer>{''.join(functions)}</feComponentTransfer>"


def _function(name: str, values: str) -> str:
    return f'<feFunc{name} type="discrete" tableValues="{values}"/>'


def _value(value: float) -> str:
    return f"{round(value, 3):g}".removeprefix("0") or "0"
