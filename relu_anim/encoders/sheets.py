"""Pictures of a few colours that change, as one image with all of them below each other, of which one is shown.

The image holds numbers of colours, as greys. A filter makes them colours, so that light and dark pages share it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8]  # of colours: [pictures, rows, columns], or of one of them [rows, columns]

COLORS = 16  # an image can hold
TALLEST = 16_000  # cells, beyond which browsers show images less sharp
OFF = 0.5  # cells, by which an edge between two rows may be off


class Window(NamedTuple):
    """A part of the picture in whole cells, and the rows of the image that are stretched over it."""

    top: int
    bottom: int
    first: int
    last: int


class Sheet(NamedTuple):
    """What of pictures changes or has several colours: all their rows below each other, of each picture `height`, and
    where they stand over a ground of one colour."""

    cells: Numbers
    height: int
    windows: Sequence[Window]
    ground: int


def sheet(pictures: Numbers) -> Sheet | None:
    """Pictures as one image; None where they have too many colours or would be too tall. Rows that are alike in all of
    them are there once."""
    edges = np.append(0, np.flatnonzero((pictures[:, 1:] != pictures[:, :-1]).any(axis=(0, 2))) + 1)
    rows = pictures[:, edges]
    first = rows[:1, :, :1]
    stays = (rows == first).all(axis=(0, 2))
    colors = np.bincount(first[0, stays, 0]) if stays.any() else np.bincount(rows[0].ravel())
    ground = int(colors.argmax())
    shown = ~(stays & (first[0, :, 0] == ground))
    height = int(shown.sum())
    if not 0 < height * len(pictures) <= TALLEST or pictures.max() >= COLORS:
        return None
    windows = list(_windows(np.append(edges, pictures.shape[1]), shown))
    return Sheet(rows[:, shown].reshape(-1, pictures.shape[2]), height, windows, ground)


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
    """An image of 16 greys, each in the middle of those that `table` maps to its colour, and as opaque as that one."""
    columns = cells.shape[1] + cells.shape[1] % 2
    even = np.pad(cells, ((0, 0), (0, columns - cells.shape[1])))
    packed = even[:, ::2] << 4 | even[:, 1::2]
    lines = np.pad(packed, ((0, 0), (1, 0)))  # each behind the number of its filter, none: rows repeat further above
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
