"""Pictures of a few colours that change, as one image with all of them beside each other, of which one is shown: so
rows repeat soon in the file.

The image holds numbers of colours, as greys. A filter makes them colours, so that light and dark pages share it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8]  # of colours: [pictures, rows, columns], or of one of them [rows, columns]

COLORS = 16  # an image can hold
LONGEST = 16_000  # cells, beyond which browsers show images less sharp
OFF = 0.5  # cells, by which an edge between two rows may be off


class Window(NamedTuple):
    """A part of the picture in whole cells, and the rows of the image that are stretched over it."""

    top: int
    bottom: int
    first: int
    last: int


class Sheet(NamedTuple):
    """What of pictures changes or has several colours: in an image, with each picture at its place in columns and rows,
    and where they stand over a ground of one colour."""

    cells: Numbers
    places: Sequence[tuple[int, int]]
    windows: Sequence[Window]
    ground: int


def sheet(pictures: Numbers) -> Sheet | None:
    """Pictures as one image; None where they have too many colours or would be too large. Rows that are alike in all of
    them are there once."""
    edges = np.append(0, np.flatnonzero((pictures[:, 1:] != pictures[:, :-1]).any(axis=(0, 2))) + 1)
    rows = _calm(pictures[:, edges])
    first = rows[:1, :, :1]
    stays = (rows == first).all(axis=(0, 2))
    colors = np.bincount(first[0, stays, 0]) if stays.any() else np.bincount(rows[0].ravel())
    ground = int(colors.argmax())
    shown = ~(stays & (first[0, :, 0] == ground))
    found = _beside(rows[:, shown])
    if found is None or pictures.max() >= COLORS:
        return None
    windows = list(_windows(np.append(edges, pictures.shape[1]), shown))
    return Sheet(*found, windows, ground)


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


def _beside(pictures: Numbers) -> tuple[Numbers, list[tuple[int, int]]] | None:
    """An image of pictures in as few rows of them as can be, and where each stands; None where there is no room."""
    count, height, width = pictures.shape
    width += width % 2  # two cells are one byte
    columns = min(LONGEST // width, count)
    if not height or not columns or -(-count // columns) * height > LONGEST:
        return None
    places = [(width * (number % columns), height * (number // columns)) for number in range(count)]
    image = np.zeros((height * -(-count // columns), width * columns), np.uint8)
    for (left, top), picture in zip(places, pictures, strict=True):
        image[top : top + height, left : left + pictures.shape[2]] = picture
    return image, places


def _windows(edges: NDArray[np.intp], shown: NDArray[np.bool_]) -> Iterator[Window]:
    """Rows behind each other that are about as high, as few times as can be."""
    start = before = 0
    while start < len(shown):
        if not shown[start]:
            start += 1
            continue
        end = start + 1
        while end < len(shown) and shown[end] and _is_even(edges[start : end + 2]):
            end += 1
        yield Window(int(edges[start]), int(edges[end]), before, before + end - start)
        before, start = before + end - start, end


def _is_even(edges: NDArray[np.intp]) -> bool:
    return bool(np.abs(edges - np.linspace(edges[0], edges[-1], len(edges))).max() <= OFF)


def png(cells: Numbers, opacities: Sequence[float]) -> bytes:
    """An image of 16 greys, each in the middle of those that `table` maps to its colour, and as opaque as that one. It
    has an even number of columns."""
    packed = cells[:, ::2] << 4 | cells[:, 1::2]
    lines = np.pad(packed, ((0, 0), (1, 0)))  # each behind the number of its filter, none: they repeat themselves
    greys = ((np.arange(COLORS) + 0.5) / COLORS * 255).astype(np.uint8)
    alphas = np.rint(255 * np.array(opacities)).astype(np.uint8)
    head = struct.pack(">IIBBBBB", cells.shape[1], len(cells), 4, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", np.repeat(greys, 3).tobytes()),
        (b"tRNS", alphas.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def table(palette: NDArray[np.uint8]) -> str:
    """The filter that makes colours of the greys."""
    padded = np.pad(palette[:, :3], ((0, COLORS - len(palette)), (0, 0))) / 255
    channels = zip("RGB", padded.T, strict=True)
    functions = "".join(f'<feFunc{name} type="discrete" tableValues="{_values(values)}"/>' for name, values in channels)
    return f"<feComponentTransfer>{functions}</feComponentTransfer>"


def _values(values: NDArray[np.float64]) -> str:
    return " ".join(f"{round(value, 3):g}".removeprefix("0") or "0" for value in values)
