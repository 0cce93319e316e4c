"""Frames → files: one context manager per format, which leaves a complete file or none."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from relu_anim.encoders import gif, markup, mp4, png, webp
from relu_anim.encoders.files import Bytes, DamagedError, atomic_write, explained, mapped, replacing
from relu_anim.encoders.palette import Frame, choose_palette
from relu_anim.encoders.timing import Timing

__all__ = ["ENCODERS", "Encoder", "Timing", "atomic_write", "read_config_text", "write_picture"]

LARGEST_READ = 1 << 30  # bytes; nothing this project makes comes near


class _Writer(Protocol):
    """Writes to a path that is already a temporary file; `number` counts the frames from 0."""

    def write(self, number: int, frame: Frame) -> None: ...
    def close(self) -> None: ...


class Encoder(Protocol):
    """Yields `write`, which takes uint8 [height, width, 3 or 4] and has used it up when it returns.

    `palette_frames` gives a sample of the frames, the same array each time if need be; formats without a palette do
    not call it. FileError if the file cannot be written; ValueError if frames are not as many or as large as promised.
    """

    def __call__(
        self,
        path: str | PathLike[str],
        *,
        size: tuple[int, int],
        timing: Timing,
        config_text: str,
        palette_frames: Callable[[], Iterable[NDArray[np.uint8]]],
    ) -> AbstractContextManager[Callable[[NDArray[np.uint8]], None]]:
        """Open the file to be."""


@dataclass(frozen=True)
class _Format:
    """How one format is written, checked and read."""

    writer: Callable[[Path, tuple[int, int], Timing, str, NDArray[np.uint8] | None], _Writer]
    check: Callable[[Path, tuple[int, int], Timing], None]
    has_palette: bool = False

    @contextmanager
    def encode(
        self,
        path: str | PathLike[str],
        *,
        size: tuple[int, int],
        timing: Timing,
        config_text: str,
        palette_frames: Callable[[], Iterable[NDArray[np.uint8]]],
    ) -> Iterator[Callable[[NDArray[np.uint8]], None]]:
        path = Path(path).absolute()
        # Only what happens here is explained as trouble with the file: an error of the caller's own passes as it is.
        with replacing(path) as temporary:
            samples = (_rgba(frame, size) for frame in palette_frames()) if self.has_palette else ()
            palette = choose_palette(samples) if self.has_palette else None
            with explained("write", path):
                writer = self.writer(temporary, size, timing, config_text, palette)
            with _closed(writer, path):
                written = 0

                def write(frame: NDArray[np.uint8]) -> None:
                    nonlocal written
                    if written == timing.frames:
                        raise ValueError(f"more than the {timing.frames} frames promised")
                    rgba = _rgba(frame, size)
                    with explained("write", path):
                        writer.write(written, rgba)
                    written += 1

                yield write
                if written != timing.frames:
                    raise ValueError(f"{written} frames, {timing.frames} promised")
            with explained("write", path):
                self.check(temporary, size, timing)


@contextmanager
def _closed(writer: _Writer, path: Path) -> Iterator[None]:
    """Close the writer; after a failure only to let go of the file, which is thrown away."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            writer.close()
        raise
    with explained("write", path):
        writer.close()


def _rgba(frame: NDArray[np.uint8], size: tuple[int, int]) -> Frame:
    """The frame with four channels, without a copy if it has them."""
    width, height = size
    if frame.dtype != np.uint8 or frame.shape not in ((height, width, 3), (height, width, 4)):
        raise ValueError(f"a frame is {frame.dtype} {frame.shape}, not uint8 {(height, width, 4)}")
    if frame.shape[2] == 3:
        frame = np.concatenate([frame, np.full((height, width, 1), 255, np.uint8)], axis=2)
    return np.ascontiguousarray(frame)


ENCODERS: dict[str, Encoder] = {
    "gif": _Format(gif.GifWriter, gif.check, has_palette=True).encode,
    "mp4": _Format(mp4.Mp4Writer, mp4.check).encode,
    "webp": _Format(webp.WebpWriter, webp.check, has_palette=True).encode,
    "png": _Format(png.PngWriter, png.check).encode,
}


def write_picture(path: str | PathLike[str], picture: NDArray[np.uint8], config_text: str) -> None:
    """Write one picture [height, width, 3 or 4] as a PNG, whole or not at all."""
    height, width, _ = picture.shape
    timing = Timing(frames=1, fps=1, hold=0, loop=1)
    with ENCODERS["png"](
        path, size=(width, height), timing=timing, config_text=config_text, palette_frames=list
    ) as write:
        write(picture)


def read_config_text(path: str | PathLike[str]) -> str:
    """The config inside a GIF, MP4, WebP, PNG or SVG; FileError if there is none to be had."""
    with explained("read", path), mapped(Path(path)) as data:
        if len(data) > LARGEST_READ:
            raise DamagedError("it is too large to be a figure")
        text = _reader(data)(data)
        if not text:
            raise DamagedError("there is no config in it")
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise DamagedError("what stands in the config's place is not text") from error


def _reader(data: Bytes) -> Callable[[Bytes], bytes | None]:
    """What the first bytes say the file is; names lie."""
    head = data[:512]
    if head.startswith((b"GIF87a", b"GIF89a")):
        return gif.read_text
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return webp.read_text
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return png.read_text
    if head[4:8] == b"ftyp":
        return mp4.read_text
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<svg", b"<!--")):
        return markup.description
    raise DamagedError("it is not a GIF, MP4, WebP, PNG or SVG")
