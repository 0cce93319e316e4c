"""Animated WebP: the GIF's palette, stored without further loss by libwebp, in a container written here.

FFmpeg's and Pillow's animation writers merge equal frames, lose the last frame's duration or keep every frame until
the end; with the palette, files are also half as large as without.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from relu_anim.encoders import markup
from relu_anim.encoders.encoder import Asked, Encoder
from relu_anim.encoders.files import Bytes, DamagedError, mapped, take
from relu_anim.encoders.palette import Frame, Indexer, enclosing, opaque, packed
from relu_anim.encoders.timing import Timing
from relu_anim.errors import FileError

TICKS = 1000  # WebP counts in milliseconds
LONGEST_DELAY = (1 << 24) - 1
PILLOW_OPTIONS = {"lossless": True, "method": 1, "quality": 30, "exact": False}  # slower ones save under 1 %
_ALPHA, _XMP, _ANIMATION = 0x10, 0x04, 0x02
OPACITIES, FEWER_OPACITIES = 32, 16  # from 0 to 255; with all 256, a film has a thousand colours and twice the bytes
_BLEND, _REPLACE = b"\0", b"\2"  # over what is there, which is then left as it is, or in its place


class WebpWriter:
    """Frames → a WebP at `path`."""

    _ground = b"\xff\xff\xff\xff"  # what a viewer may show where no frame is

    def __init__(self, path: Path, asked: Asked) -> None:
        size, timing, palette = asked.size, asked.timing, asked.palette
        if max(timing.duration(number, TICKS) for number in timing.held()) > LONGEST_DELAY:
            raise FileError(f"a WebP can show one frame for at most {LONGEST_DELAY / TICKS} seconds")
        self._timing, self._config_text = timing, asked.config_text
        self._indexer = Indexer(palette, size)
        self._table = np.full((256, 4), 255, np.uint8)
        self._table[: len(palette), :3] = palette
        self._width = size[0]
        self._file = path.open("wb")
        self._file.write(b"RIFF\0\0\0\0WEBP")
        flags = _ALPHA | _XMP | _ANIMATION
        self._write_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + _three(size[0] - 1) + _three(size[1] - 1))
        self._write_chunk(b"ANIM", self._ground + (timing.loop or 0).to_bytes(2, "little"))

    def write(self, number: int, frame: Frame) -> None:
        """Store what a frame changes."""
        self._put(number, *self._changes(*self._indexer.changes(frame)), _BLEND)

    def _put(self, number: int, x: int, y: int, picture: NDArray[np.uint8], way: bytes) -> None:
        """Store a picture whose left upper corner stands at this place."""
        height, width = picture.shape[:2]
        place = _three(x // 2) + _three(y // 2) + _three(width - 1) + _three(height - 1)
        duration = _three(self._timing.duration(number, TICKS))
        self._write_chunk(b"ANMF", place + duration + way + _chunk(b"VP8L", _compressed(picture)))

    def _changes(self, changed: NDArray[np.intp], indices: NDArray[np.uint8]) -> tuple[int, int, NDArray[np.uint8]]:
        """Left and top, and RGBA of the changed part, transparent where equal."""
        left, top, right, bottom = _even(changed, self._width)
        picture = np.zeros((bottom - top, right - left, 4), np.uint8)
        picture[changed // self._width - top, changed % self._width - left] = self._table[indices]
        return left, top, picture

    def close(self) -> None:
        """Write the config and the length of the file."""
        with self._file as file:
            self._write_chunk(b"XMP ", markup.packet(self._config_text))
            length = file.tell()
            file.seek(4)
            file.write((length - 8).to_bytes(4, "little"))

    def _write_chunk(self, kind: bytes, content: bytes) -> None:
        self._file.write(_chunk(kind, content))


class ClearWebpWriter(WebpWriter):
    """Frames that may be transparent → a WebP at `path`: the palette's colours, in a few opacities. What has changed is
    put in the place of what was there."""

    _ground = bytes(4)

    def __init__(self, path: Path, asked: Asked) -> None:
        super().__init__(path, asked)
        self._colors = np.zeros((*asked.size[::-1], 4), np.uint8)
        self._shown = self._colors.copy()
        most = (FEWER_OPACITIES if asked.coarse else OPACITIES) - 1
        self._opacities = np.rint(np.rint(np.arange(256) * most / 255) * 255 / most).astype(np.uint8)

    def write(self, number: int, frame: Frame) -> None:
        """Store the part of a frame that changes."""
        changed, indices = self._indexer.changes(opaque(frame))
        self._colors.reshape(-1, 4)[changed] = self._table[indices]
        opacity = self._opacities[frame[..., 3]]
        picture = np.where(opacity[..., None] > 0, self._colors, np.uint8(0))
        picture[..., 3] = opacity
        differs = np.flatnonzero(packed(picture) != packed(self._shown))
        left, top, right, bottom = _even(differs, self._width)
        self._shown = picture
        self._put(number, left, top, picture[top:bottom, left:right], _REPLACE)


def _even(changed: NDArray[np.intp], width: int) -> tuple[int, int, int, int]:
    """Left and top (both even, the format demands it), right and bottom around what has changed; one pixel if nothing
    has."""
    left, top, right, bottom = enclosing(changed, width) if len(changed) else (0, 0, 1, 1)
    return left & ~1, top & ~1, right, bottom


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _compressed(picture: NDArray[np.uint8]) -> bytes:
    """The picture data alone, out of the still image that Pillow makes."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "webp", **PILLOW_OPTIONS)
    return dict(chunks(file.getvalue()))[b"VP8L"]


def chunks(data: Bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's type and content; they must fill the file exactly."""
    position, end = 12, 8 + int.from_bytes(take(data, 4, 4), "little")
    if end != len(data):
        raise DamagedError(f"the file has {len(data)} bytes, and says it has {end}")
    while position < end:
        head = take(data, position, 8)
        length = int.from_bytes(head[4:], "little")
        yield head[:4], take(data, position + 8, length)
        position += 8 + length + length % 2


def check(path: Path, size: tuple[int, int], timing: Timing) -> None:
    """DamagedError unless the chunks fill the file and size, frames and time are those asked for."""
    with mapped(path) as data:
        found = list(chunks(data))
    header = dict(found).get(b"VP8X", b"").ljust(10, b"\0")
    canvas = (int.from_bytes(header[4:7], "little") + 1, int.from_bytes(header[7:10], "little") + 1)
    durations = [int.from_bytes(content[12:15], "little") for kind, content in found if kind == b"ANMF"]
    if canvas != size or len(durations) != timing.frames or sum(durations) != timing.total(TICKS):
        raise DamagedError(f"the WebP came out wrong: {len(durations)} frames of {canvas}, {sum(durations)} ms")


def read_text(data: Bytes) -> bytes | None:
    """The description in the XMP chunk."""
    return next((markup.description(content) for kind, content in chunks(data) if kind == b"XMP "), None)


def _begins(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


ENCODER = Encoder(_begins, read_text, WebpWriter, check, has_palette=True, clear_writer=ClearWebpWriter)
