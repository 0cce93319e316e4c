"""What all formats have in common: a file is written frame by frame under a temporary name, checked, and renamed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from relu_anim.drawing.shapes import Drawing, Reel
from relu_anim.encoders.files import Bytes, DamagedError, explained, mapped, replacing
from relu_anim.encoders.palette import Frame, choose_palette
from relu_anim.encoders.timing import Timing

MOST_COARSE = 3


class Writer(Protocol):
    """Writes to a path that is already a temporary file; `number` counts the frames from 0."""

    def write(self, number: int, frame: Frame) -> None:
        """Take the next frame."""

    def close(self) -> None:
        """End the file."""


@dataclass(frozen=True)
class Asked:
    """What a film is to be, as a writer is told before its frames: width and height in pixels, how long each frame
    stays, the config inside, the palette, which is empty for formats without one, and how `coarse` it may be."""

    size: tuple[int, int]
    timing: Timing
    config_text: str
    palette: NDArray[np.uint8]  # [colours, 3]
    coarse: int = 0


MakeWriter = Callable[[Path, Asked], Writer]
NO_PALETTE = np.zeros((0, 3), np.uint8)


@dataclass(frozen=True)
class Encoder:
    """How a format is read, checked and written: `begins` says by its first bytes whether a file is one, `read` gives
    the config inside. Frames go to a `writer`, transparent ones to a `clear_writer` if there is one; a format that
    holds shapes has `draw` instead, which gives the file with a config inside, or for films `animate`."""

    begins: Callable[[bytes], bool]
    read: Callable[[Bytes], bytes | None]
    writer: MakeWriter | None = None
    check: Callable[[Path, tuple[int, int], Timing], None] | None = None
    has_palette: bool = False
    draw: Callable[[Drawing, str], bytes] | None = None
    animate: Callable[[Reel, Timing, str], bytes] | None = None
    clear_writer: MakeWriter | None = None

    def write_drawing(self, path: str | PathLike[str], drawing: Drawing, config_text: str) -> None:
        """Write a picture made of shapes, whole or not at all."""
        assert self.draw is not None
        self.write_content(path, self.draw(drawing, config_text), config_text)

    def write_content(self, path: str | PathLike[str], content: bytes, config_text: str) -> None:
        """Write what `draw` or `animate` gave, whole or not at all."""
        path = Path(path).absolute()
        with replacing(path) as temporary, explained("write", path):
            temporary.write_bytes(content)
            with mapped(temporary) as data:
                if self.read(data) != config_text.encode():
                    raise DamagedError("it came out wrong: the config in it is another")

    @contextmanager
    def encode(
        self,
        path: str | PathLike[str],
        *,
        size: tuple[int, int],
        timing: Timing,
        config_text: str,
        palette_frames: Callable[[], Iterable[NDArray[np.uint8]]],
        coarse: int = 0,
        is_clear: bool = False,
    ) -> Iterator[Callable[[NDArray[np.uint8]], None]]:
        """Yield `write`, which takes uint8 [height, width, 3 or 4] and has used it up when it returns.

        `palette_frames` gives a sample of the frames, the same array each time if need be; formats without a palette
        do not call it. The more `coarse`, up to MOST_COARSE, the smaller the file and the worse its frames. With
        `is_clear`, frames may be transparent. FileError if the file cannot be written; ValueError if frames are not as
        many or as large as promised.
        """
        assert self.writer is not None
        assert self.check is not None
        path = Path(path).absolute()
        # Only what happens here is explained as trouble with the file: an error of the caller's own passes as it is.
        with replacing(path) as temporary:
            samples = (_rgba(frame, size) for frame in palette_frames()) if self.has_palette else ()
            palette = choose_palette(samples, coarse) if self.has_palette else NO_PALETTE
            with explained("write", path):
                make = self.clear_writer if is_clear and self.clear_writer else self.writer
                writer = make(temporary, Asked(size, timing, config_text, palette, coarse))
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
def _closed(writer: Writer, path: Path) -> Iterator[None]:
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
