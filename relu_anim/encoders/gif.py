"""GIF: one global palette, no dithering, only what changed is stored.

The blocks are written here, the pixels are compressed by Pillow's LZW: in a thread, while the next frame is drawn.
FFmpeg's encoder takes half as long again, and its files are a tenth larger, since it always counts with 256 colours.
"""

import io
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from relu_anim.encoders.encoder import Asked, Encoder
from relu_anim.encoders.files import Bytes, DamagedError, mapped, take
from relu_anim.encoders.palette import Frame, Indexer, enclosing, opaque
from relu_anim.encoders.timing import Timing
from relu_anim.errors import FileError

TICKS = 100  # GIF counts in hundredths of a second
LONGEST_DELAY = 65535  # ticks; the field has 16 bits
SHORTEST_DELAY = 2  # browsers play delays below 2 at 100 ms
_TRAILER = b";"
_STAYS, _VANISHES = 1 << 2, 2 << 2  # disposal: the next picture is drawn over it, or where it was
_TRANSPARENT = 1
_AHEAD = 2  # pictures that wait to be compressed, at most


class GifWriter:
    """Frames → a GIF at `path`."""

    def __init__(self, path: Path, asked: Asked) -> None:
        size, timing, palette = asked.size, asked.timing, asked.palette
        _check_delays(timing)
        self._timing, self._width = timing, size[0]
        self._indexer = Indexer(palette, size)
        self._unchanged = len(palette)  # the index that marks pixels that stay as they are
        self._bits = max(2, self._unchanged.bit_length())
        self._canvas = np.full((size[1], size[0]), self._unchanged, np.uint8)
        self._file = path.open("wb", buffering=0)  # Pillow writes past a buffer
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[Future[None]] = deque()
        table = np.zeros((1 << self._bits, 3), np.uint8)
        table[: len(palette)] = palette
        head = b"GIF89a" + _two(size[0]) + _two(size[1]) + bytes([0xF0 | (self._bits - 1), 0, 0]) + table.tobytes()
        if timing.loop != 1:
            head += b"!\xff\x0bNETSCAPE2.0\x03\x01" + _two((timing.loop or 1) - 1) + b"\0"
        _write_all(self._file, head + b"!\xfe" + _in_blocks(asked.config_text.encode()))

    def write(self, number: int, frame: Frame) -> None:
        """Store what a frame changes."""
        changed, indices = self._indexer.changes(frame)
        left, top, right, bottom = enclosing(changed, self._width) if len(changed) else (0, 0, 1, 1)
        pixels = self._canvas.ravel()
        pixels[changed] = indices
        self._put(number, self._canvas[top:bottom, left:right].copy(), (left, top), _STAYS)
        pixels[changed] = self._unchanged

    def _put(self, number: int, picture: NDArray[np.uint8], place: tuple[int, int], disposal: int) -> None:
        """Have a picture stored whose left upper corner stands at this place."""
        delay = _two(self._timing.duration(number, TICKS))
        head = b"!\xf9\x04" + bytes([disposal | _TRANSPARENT]) + delay + bytes([self._unchanged, 0])
        head += b"," + b"".join(map(_two, (*place, *picture.shape[::-1]))) + b"\0"
        self._waiting.append(self._thread.submit(self._store, head, picture))
        if len(self._waiting) > _AHEAD:
            self._waiting.popleft().result()

    def _store(self, head: bytes, picture: NDArray[np.uint8]) -> None:
        """Write what stands before a picture, the code size, its indices as LZW in sub-blocks, and the terminator."""
        height, width = picture.shape
        image = Image.frombuffer("L", (width, height), picture, "raw", "L", 0, 1)
        _write_all(self._file, head + bytes([self._bits]))
        ImageFile._save(image, self._file, [ImageFile._Tile("gif", (0, 0, width, height), 0, ("L", self._bits, 0))])
        _write_all(self._file, b"\0")

    def close(self) -> None:
        """End the file."""
        with self._file as file, self._thread:
            while self._waiting:
                self._waiting.popleft().result()
            _write_all(file, _TRAILER)


class ClearGifWriter(GifWriter):
    """Frames whose pixels are opaque or transparent → a GIF at `path`. Each stands alone, and vanishes before the next:
    nothing that is drawn over a pixel makes it transparent again."""

    def write(self, number: int, frame: Frame) -> None:
        """Store what is seen of a frame."""
        changed, indices = self._indexer.changes(opaque(frame))
        self._canvas.ravel()[changed] = indices
        is_seen = frame[..., 3] > 0
        left, top, right, bottom = enclosing(np.flatnonzero(is_seen), self._width) if is_seen.any() else (0, 0, 1, 1)
        picture = np.where(is_seen, self._canvas, np.uint8(self._unchanged))[top:bottom, left:right]
        self._put(number, np.ascontiguousarray(picture), (left, top), _VANISHES)


def _write_all(file: io.FileIO, data: bytes) -> None:
    """Write without a buffer, in as many calls as the system wants."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")


def _in_blocks(data: bytes) -> bytes:
    parts = (data[i : i + 255] for i in range(0, len(data), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _check_delays(timing: Timing) -> None:
    if timing.fps > TICKS / SHORTEST_DELAY:
        raise FileError(f"a GIF plays at most {TICKS // SHORTEST_DELAY} frames a second, not {timing.fps:g}")
    longest = max(timing.duration(number, TICKS) for number in timing.held())
    if longest > LONGEST_DELAY:
        limit = LONGEST_DELAY / TICKS
        raise FileError(f"a GIF can show one frame for at most {limit} seconds, not {longest / TICKS:g}")


@dataclass
class GifStructure:
    """What a walk over the blocks finds; delays in hundredths of a second, `repeats` None without a loop block."""

    size: tuple[int, int]
    global_colours: int
    delays: list[int] = field(default_factory=list)
    images: int = 0
    local_tables: int = 0
    repeats: int | None = None
    comments: list[bytes] = field(default_factory=list)


def walk(data: Bytes) -> GifStructure:
    """Follow every block to the trailer, which must be the last byte."""
    width, height, flags = _number(data, 6), _number(data, 8), take(data, 10, 3)[0]
    found = GifStructure((width, height), 2 << (flags & 7) if flags & 0x80 else 0)
    position = 13 + 3 * found.global_colours
    while (kind := take(data, position, 1)) != _TRAILER:
        if kind == b"!":
            position = _walk_extension(data, position + 1, found)
        elif kind == b",":
            position = _walk_image(data, position + 1, found)
        else:
            raise DamagedError(f"no GIF block starts at byte {position}")
    if position != len(data) - 1:
        raise DamagedError(f"{len(data) - 1 - position} bytes follow the trailer")
    return found


def _walk_extension(data: Bytes, position: int, found: GifStructure) -> int:
    label = take(data, position, 1)
    content, position = _sub_blocks(data, position + 1)
    if label == b"\xf9":
        found.delays.append(_number(content, 1))
    elif label == b"\xfe":
        found.comments.append(content)
    elif label == b"\xff" and content.startswith(b"NETSCAPE2.0\x01"):
        found.repeats = _number(content, 12)
    return position


def _walk_image(data: Bytes, position: int, found: GifStructure) -> int:
    flags = take(data, position, 9)[8]
    found.images += 1
    found.local_tables += flags >> 7
    table = 3 * (2 << (flags & 7)) if flags & 0x80 else 0
    return _sub_blocks(data, position + 9 + table + 1)[1]


def _sub_blocks(data: Bytes, position: int) -> tuple[bytes, int]:
    """The joined content of a chain of sub-blocks, and where it ends."""
    parts = []
    while length := take(data, position, 1)[0]:
        parts.append(take(data, position + 1, length))
        position += 1 + length
    return b"".join(parts), position + 1


def _number(data: Bytes, position: int) -> int:
    return int.from_bytes(take(data, position, 2), "little")


def check(path: Path, size: tuple[int, int], timing: Timing) -> None:
    """DamagedError unless the file is whole and has the size, frames, palette, time and loop that were asked for."""
    with mapped(path) as data:
        found = walk(data)
    repeats = {None: 0, 1: None}.get(timing.loop, (timing.loop or 1) - 1)
    wrong = [
        f"{name} is {got}, not {wanted}"
        for name, got, wanted in (
            ("the size", found.size, size),
            ("the number of images", found.images, timing.frames),
            ("the number of delays", len(found.delays), timing.frames),
            ("the number of local palettes", found.local_tables, 0),
            ("the total time", sum(found.delays), timing.total(TICKS)),
            ("the repeat count", found.repeats, repeats),
        )
        if got != wanted
    ]
    if wrong or not found.global_colours or min(found.delays) < SHORTEST_DELAY:
        raise DamagedError(
            "the GIF came out wrong: " + "; ".join(wrong or ["no global palette or a delay below 20 ms"])
        )


def read_text(data: Bytes) -> bytes | None:
    """The last comment in a GIF, which holds the config; None without one."""
    return next(reversed(walk(data).comments), None)


def _begins(head: bytes) -> bool:
    return head.startswith((b"GIF87a", b"GIF89a"))


ENCODER = Encoder(_begins, read_text, GifWriter, check, has_palette=True, clear_writer=ClearGifWriter)
