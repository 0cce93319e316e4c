"""What a path means to the file system: links followed, streams known, and whether it can be written."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from relu_anim.errors import ConfigError, FileError
from relu_anim.plurals import kind_of

MOST_LINKS = 40  # as many as Linux follows


def path_of(given: object, what: str) -> Path:
    """The path that Python hands over; ConfigError for what is none, and can be none."""
    if not isinstance(given, str | os.PathLike) or isinstance(path := os.fspath(given), bytes):
        raise ConfigError(f"expected {what}, got {kind_of(given)}")
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:  # of half a character
        name = b""
    if b"\0" in name or not name:
        raise ConfigError(f"expected {what}, got {path!r}")
    return Path(path)


def followed(path: Path) -> Path:
    """The absolute path at the end of all links. One of this process's open files, such as /dev/stdout, stays as it is
    named under /proc or /dev: what it is linked to there has perhaps no name, or is not to be replaced."""
    for _ in range(MOST_LINKS):
        path = Path(os.path.realpath(path.parent)) / path.name
        if descriptor(path) is not None:
            break
        try:
            path = path.parent / path.readlink()
        except OSError:  # it is no link
            break
    return path


def descriptor(path: Path) -> int | None:
    """The number of the open file that a path followed to its end stands for, if it is one."""
    found = re.fullmatch(rf"(?:/proc/{os.getpid()}|/dev)/fd/(\d+)", str(path))
    return int(found[1]) if found else None


def is_stream(path: Path) -> bool:
    """Whether a path followed to its end is a device, a pipe or an open file: written into, not replaced."""
    if descriptor(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def same_content(path: Path) -> tuple[int, int] | None:
    """What is equal for all names of one file, hard links too; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def same_name(path: Path) -> tuple[object, str]:
    """What is equal for all ways to write one name, whether or not there is a file of that name."""
    return name_of(followed(path))


def name_of(target: Path) -> tuple[object, str]:
    """The same of a path that is followed to its end."""
    folder = target.parent
    name = unicodedata.normalize("NFC", target.name.casefold()) if ignores_case(folder) else target.name
    return same_content(folder) or str(folder), name


@cache
def ignores_case(folder: Path) -> bool:
    """Whether names that differ in case alone are one name there, as on most disks of macOS and Windows."""
    while same_content(folder) is None and folder != folder.parent:
        folder = folder.parent
    other = folder.with_name(folder.name.swapcase()) if folder.name else folder
    return other != folder and same_content(other) == same_content(folder)


def check_writable(paths: Iterable[Path]) -> None:
    """Make the folders that these files are to lie in; FileError if one of them cannot be written."""
    checked = set()
    for path in paths:
        check_name(path)
        target = followed(path)
        if os.path.isdir(target):  # noqa: PTH112  False too where one may not look
            raise FileError(f"{path}: is a folder; name a file")
        if not is_stream(target) and target.parent not in checked:
            _check_folder(path.parent, target.parent)
            checked.add(target.parent)


def check_name(path: Path) -> None:
    """FileError if the file system has no room for a name."""
    try:
        path.lstat()
    except FileNotFoundError:  # of a folder too that is still to be made
        if len(os.fsencode(path.name)) > 255:
            raise FileError(f"{path}: the name is too long") from None
    except NotADirectoryError:
        pass  # which is said of the folder
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None


def _check_folder(named: Path, folder: Path) -> None:
    try:
        if named.exists() and not named.is_dir():
            raise FileError(f"{named}: is a file; outputs need a folder")
        named.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FileError(f"{folder}: cannot write into this folder: {error.strerror or error}") from None
