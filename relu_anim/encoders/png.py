"""PNG: the last frame of a film."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from relu_anim.encoders.encoder import Asked, Encoder
from relu_anim.encoders.files import Bytes, DamagedError, mapped, take
from relu_anim.encoders.palette import Frame
from relu_anim.encoders.timing import Timing

KEYWORD = "relu-anim"


class PngWriter:
    """The last of the frames → a PNG at `path`."""

    def __init__(self, path: Path, asked: Asked) -> None:
        self._path, self._last = path, asked.timing.frames - 1
        self._info = PngInfo()
        self._info.add_itxt(KEYWORD, asked.config_text)

    def write(self, number: int, frame: Frame) -> None:
        """Write the last frame; the others pass by."""
        if number == self._last:
            channels = 3 if frame[..., 3].min() == 255 else 4
            picture = Image.fromarray(np.ascontiguousarray(frame[..., :channels]))
            picture.save(self._path, "png", optimize=True, compress_level=9, pnginfo=self._info)

    def close(self) -> None:
        """Nothing is left to write."""


def chunks(data: Bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's type and content, after its check sum held; IEND must be the end of the file."""
    position, kind = 8, b""
    while kind != b"IEND":
        length = int.from_bytes(take(data, position, 4), "big")
        body = take(data, position + 4, 4 + length)
        if zlib.crc32(body).to_bytes(4, "big") != take(data, position + 8 + length, 4):
            raise DamagedError(f"the check sum of the chunk at byte {position} is wrong")
        kind, position = body[:4], position + 12 + length
        yield kind, body[4:]
    if position != len(data):
        raise DamagedError(f"{len(data) - position} bytes follow the last chunk")


def check(path: Path, size: tuple[int, int], _timing: Timing) -> None:
    """DamagedError unless every chunk is whole and the size is the one asked for."""
    with mapped(path) as data:
        found = dict(chunks(data))
    header = found.get(b"IHDR", b"")
    if b"IDAT" not in found or (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")) != size:
        raise DamagedError("the PNG came out wrong: no picture, or one of another size")


def read_text(data: Bytes) -> bytes | None:
    """The text under KEYWORD; we write it uncompressed, and read nothing else."""
    # Keyword, end, compression flag and method, then language and translated keyword, both empty.
    prefix = KEYWORD.encode() + b"\0" + b"\0\0" + b"\0" + b"\0"
    texts = [content for kind, content in chunks(data) if kind == b"iTXt" and content.startswith(prefix)]
    return texts[-1][len(prefix) :] if texts else None


def _begins(head: bytes) -> bool:
    return head.startswith(b"\x89PNG\r\n\x1a\n")


ENCODER = Encoder(_begins, read_text, PngWriter, check)
