"""What lies on the disk from earlier runs: hashes of files, and the versions and kernels that made them.

Only the standard library is imported here, so that a run in which nothing changed is over in no time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from relu_anim import __version__, kernels
from relu_anim.errors import FileError

OUTPUTS = Path("outputs")
LARGEST_RECORDING = 2**31 + 2**28  # bytes; the numbers beside the parameters take less than an eighth
RECORDINGS = "RELU_ANIM_RECORDINGS"  # the variable that names another folder for recordings
PACKAGES = ("numpy", "torch", "matplotlib", "fonttools", "pillow", "av")
DIGITS = 32  # of a hash


def recordings_folder() -> Path:
    """Where recordings lie, wherever the outputs do, so that nothing is trained twice."""
    return Path(os.environ.get(RECORDINGS) or OUTPUTS / ".recordings")


def is_there(path: Path) -> bool:
    """Whether a recording can be read; of one that cannot, it does not matter why."""
    return os.path.isfile(path) and os.access(path, os.R_OK)  # noqa: PTH113  Path.is_file raises where one may not look


def content_of_recording(path: Path) -> bytes | None:
    """What is kept under this name; None if there is nothing that can be read, or more than a recording can be."""
    try:
        return path.read_bytes() if is_there(path) and path.stat().st_size <= LARGEST_RECORDING else None
    except OSError:
        return None


def hash_of(data: Any) -> str:
    """A hash of anything that JSON can hold, whatever the order of its keys."""
    return hash_of_bytes(json.dumps(data, sort_keys=True).encode())


def hash_of_bytes(content: bytes) -> str:
    """The hash that `hash_of_file` gives a file with this content."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def hash_of_file(path: Path) -> str:
    """A hash of a file's content; OSError if it cannot be read, or is a pipe, which can be read but once."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is no file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


@cache
def versions() -> Mapping[str, str]:
    """Our version and those of the packages that make films, without importing them."""
    return {"relu-anim": __version__, **{package: version(package) for package in PACKAGES}}


def made_with() -> dict[str, str]:
    """All that files depend on beside their config: versions, and the kernels that do the arithmetic."""
    return {**versions(), "kernels": kernels.chosen()}


def changed(folder: Path, hashes: Mapping[str, str | None], may_be_missing: bool = False) -> str:
    """The first file, by its name in the folder, that has not the content it had, and what is wrong; or nothing."""
    for name, wanted in hashes.items():
        if may_be_missing and not is_there(folder / name):
            continue
        try:
            if hash_of_file(folder / name) != wanted:
                return f"{folder / name} has changed"
        except FileNotFoundError:
            return f"{folder / name} is missing"
        except OSError as error:
            return f"{folder / name} cannot be read: {error.strerror or error}"
    return ""


def touch(paths: Iterable[Path]) -> None:
    """Give files the present time, so that make sees that they have been looked at."""
    try:
        for path in paths:
            os.utime(path)
    except OSError as error:
        raise FileError(f"{error.filename}: cannot be touched: {error.strerror or error}") from None
