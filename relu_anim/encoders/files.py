"""Files that are either complete under their final name or not there at all."""

import mmap
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from relu_anim.errors import FileError
from relu_anim.paths import descriptor, followed, is_stream

NAME_SHOWN = 40  # characters of a name in that of its temporary file, which must not be longer than names may be

# What Python slices alike, whether it is in memory or mapped from a file of any length.
Bytes = bytes | mmap.mmap


class DamagedError(Exception):
    """A file whose structure does not hold; the message says where."""


def atomic_write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a small file whole, or leave what was there."""
    with replacing(Path(path)) as temporary, explained("write", path):
        temporary.write_bytes(data)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new file beside `path` that takes its name and mode if the block succeeds, and vanishes otherwise.

    Of a link what it leads to is replaced. A device or a pipe is no file to replace, and is written into.
    """
    target = followed(path)
    to_stream = is_stream(target)
    folder = Path(tempfile.gettempdir()) if to_stream else target.parent
    temporary = folder / f".{target.name[:NAME_SHOWN]}.{secrets.token_hex(4)}.part"
    try:
        with explained("write", path):
            if target.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            # Not mkstemp: it makes files that only their owner can read, this follows the umask.
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield temporary
        with explained("write", path):
            if to_stream:
                _copy_into(temporary, target)
                temporary.unlink()
                return
            _sync(temporary)
            _take_mode(temporary, target)
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _copy_into(source: Path, target: Path) -> None:
    """Write a file into a stream. To our own streams nobody need listen any more."""
    number = descriptor(target)
    with suppress(*[BrokenPipeError] * (number is not None)), source.open("rb") as data, _opened(target) as stream:
        shutil.copyfileobj(data, stream)


def _opened(target: Path) -> BinaryIO:
    number = descriptor(target)
    return target.open("wb") if number is None else os.fdopen(os.dup(number), "wb")


def _take_mode(path: Path, other: Path) -> None:
    """Give a file the mode of another, if there is another."""
    with suppress(FileNotFoundError):
        mode = stat.S_IMODE(other.stat().st_mode)
        if mode != stat.S_IMODE(path.stat().st_mode):  # on some disks all are alike, and none can be changed
            path.chmod(mode)


def _sync(path: Path) -> None:
    """Have the bytes on the disk before the name points at them: a crash must not leave an empty file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def explained(verb: str, path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn failures of the system, of FFmpeg or of a structural check into a sentence that names the file."""
    try:
        yield
    except _failures() as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FileError(f"cannot {verb} {os.fspath(path)}: {reason}") from error


def _failures() -> tuple[type[Exception], ...]:
    """What can go wrong with a file, FFmpeg's own errors included if it is loaded."""
    ffmpeg = sys.modules.get("av.error")
    return (OSError, DamagedError, *((ffmpeg.FFmpegError,) if ffmpeg else ()))


@contextmanager
def mapped(path: Path) -> Iterator[mmap.mmap]:
    """Yield the file's bytes without loading them."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise DamagedError("the file is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def take(data: Bytes, start: int, count: int) -> bytes:
    """Exactly `count` bytes; a file that ends before them is damaged."""
    piece = data[start : start + count]
    if len(piece) < count:
        raise DamagedError(f"the file ends at byte {len(data)}, in the middle of something")
    return piece
