"""GIF through FFmpeg's encoder: one global palette, no dithering, only what changed is stored."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from relu_anim.encoders.files import Bytes, DamagedError, mapped, take
from relu_anim.encoders.palette import Frame, Indexer
from relu_anim.encoders.timing import Timing
from relu_anim.errors import FileError

TICKS = 100  # GIF counts in hundredths of a second
LONGEST_DELAY = 65535  # ticks; the field has 16 bits
SHORTEST_DELAY = 2  # browsers play delays below 2 at 100 ms
_TRAILER = b";"


def muxer_options(timing: Timing) -> dict[str, str]:
    """What FFmpeg's muxer is told; the file counts repeats, so that one play is no loop at all (-1)."""
    plays = {None: 0, 1: -1}.get(timing.loop, (timing.loop or 1) - 1)
    return {"loop": str(plays), "final_delay": str(timing.duration(timing.frames - 1, TICKS))}


class GifWriter:
    """Frames → a GIF at `path`."""

    def __init__(
        self, path: Path, size: tuple[int, int], timing: Timing, config_text: str, palette: NDArray[np.uint8] | None
    ) -> None:
        assert palette is not None
        _check_delays(timing)
        self._path, self._timing, self._config_text = path, timing, config_text
        self._indexer = Indexer(palette, size)
        self._table = np.zeros((256, 4), np.uint8)  # alpha, red, green, blue
        self._table[:, 0] = 255
        self._table[: len(palette), 1:] = palette
        self._container = av.open(str(path), "w", format="gif", options=muxer_options(timing))
        self._stream = self._container.add_stream("gif", rate=TICKS)
        self._stream.width, self._stream.height, self._stream.pix_fmt = *size, "pal8"
        self._stream.codec_context.time_base = Fraction(1, TICKS)

    def write(self, number: int, frame: Frame) -> None:
        indexed: Any = (self._indexer(frame), self._table)  # PyAV takes pairs, though its annotations do not say so
        picture = av.VideoFrame.from_ndarray(indexed, format="pal8")
        picture.pts, picture.time_base = self._timing.start(number, TICKS), Fraction(1, TICKS)
        self._container.mux(self._stream.encode(picture))

    def close(self) -> None:
        self._container.mux(self._stream.encode())
        self._container.close()
        _add_comment(self._path, self._config_text)


def _check_delays(timing: Timing) -> None:
    if timing.fps > TICKS / SHORTEST_DELAY:
        raise FileError(f"a GIF plays at most {TICKS // SHORTEST_DELAY} frames a second, not {timing.fps:g}")
    longest = max(timing.duration(number, TICKS) for number in (0, timing.frames - 1))
    if longest > LONGEST_DELAY:
        limit = LONGEST_DELAY / TICKS
        raise FileError(f"a GIF can show one frame for at most {limit} seconds, not {longest / TICKS:g}")


def _add_comment(path: Path, text: str) -> None:
    """Put a comment extension before the trailer; FFmpeg's muxer writes none."""
    data = text.encode()
    blocks = b"".join(bytes([len(part)]) + part for part in (data[i : i + 255] for i in range(0, len(data), 255)))
    with path.open("rb+") as file:
        file.seek(-1, 2)
        if file.read(1) != _TRAILER:
            raise DamagedError("FFmpeg wrote no trailer")
        file.seek(-1, 2)
        file.write(b"!\xfe" + blocks + b"\0" + _TRAILER)


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
    """The last comment."""
    return next(reversed(walk(data).comments), None)
