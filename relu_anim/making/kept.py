"""What earlier runs left beside their outputs, and whether a run would make the same again.

Only the standard library is imported here, so that a build in which nothing changed is over in no time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from relu_anim import __version__, kernels

OUTPUTS = Path("outputs")
RECORDINGS = "RELU_ANIM_RECORDINGS"  # the variable that names another folder for recordings
PACKAGES = ("numpy", "torch", "matplotlib", "pillow", "av")
FORMAT = 2  # of summaries; one of another format is made anew
LONGEST_NAME = 255  # bytes, on the usual file systems


@dataclass(frozen=True)
class Order:
    """What a user asks for: a config, changes to it, and where its files shall lie or in which formats."""

    source: Path
    settings: tuple[str, ...] = ()
    output: Path | None = None
    formats: tuple[str, ...] | None = None

    @property
    def stem(self) -> Path:
        """The path of the outputs without a suffix."""
        return self.output.with_suffix("") if self.output else OUTPUTS / self.source.stem

    @property
    def summary(self) -> Path:
        """The path of the summary. Where its suffix, longer than that of a film, no longer fits, its name is cut."""
        name = f"{self.stem.name}.json"
        if len(os.fsencode(name)) > LONGEST_NAME:
            end = f"-{hash_of(os.fsencode(self.stem.name).hex())[:8]}.json"
            name = os.fsencode(name)[: LONGEST_NAME - len(end)].decode(errors="ignore") + end
        return self.stem.parent / name


def recordings_folder() -> Path:
    """Where recordings lie, wherever the outputs do, so that nothing is trained twice."""
    return Path(os.environ.get(RECORDINGS) or OUTPUTS / ".recordings")


def is_there(path: Path) -> bool:
    """Whether a recording can be read; of one that cannot, it does not matter why."""
    return os.path.isfile(path) and os.access(path, os.R_OK)  # noqa: PTH113  Path.is_file raises where one may not look


def hash_of(data: Any) -> str:
    """A hash of anything that JSON can hold, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]


def hash_of_file(path: Path) -> str:
    """A hash of a file's content; OSError if it cannot be read, or is a pipe, which can be read but once."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is no file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


@cache
def versions() -> Mapping[str, str]:
    """Our version and those of the packages that make films, without importing them."""
    return {"relu-anim": __version__, **{package: version(package) for package in PACKAGES}}


def made_with() -> dict[str, str]:
    """All that files depend on beside their config: versions, and the kernels that do the arithmetic."""
    return {**versions(), "kernels": kernels.chosen()}


def hash_of_order(order: Order) -> str:
    """A hash of the config's text, of what is changed in it and of what makes films; OSError if it cannot be read."""
    output = order.output and order.output.name
    return hash_of([hash_of_file(order.source), order.settings, output, order.formats, made_with()])


def read_summary(path: Path) -> dict[str, Any] | None:
    """The summary at this path; None if there is none, or none that this version wrote."""
    try:
        summary = json.loads(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return None
    return summary if isinstance(summary, dict) and summary.get("format") == FORMAT else None


def source_of(summary: Path) -> Path | None:
    """The config that a summary was written for; None where it does not say, or there is none."""
    source = (read_summary(summary) or {}).get("source")
    return Path(os.path.normpath(summary.parent / source)) if isinstance(source, str) else None


def changed(folder: Path, hashes: Mapping[str, str], may_be_missing: bool = False) -> str:
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


def current_outputs(order: Order) -> dict[str, Any] | None:
    """The summary of an order for which nothing has changed since it was carried out, neither what its files depend on
    nor the files; None if anything has, or if that cannot be told without looking into the config."""
    summary = read_summary(order.summary)
    if summary is None:
        return None
    try:
        names = summary["orders"].get(hash_of_order(order))
        files = {name: summary["files"][name] for name in names or ()}
    except (OSError, KeyError, AttributeError, TypeError):
        return None
    folder = order.summary.parent
    damaged = changed(folder, files) or changed(recordings_folder(), summary["recordings"], may_be_missing=True)
    if not files or damaged or changed(order.source.parent, summary["inputs"]):
        return None
    return {**summary, "outputs": list(files)}


def touch(paths: Iterable[Path]) -> None:
    """Give files the present time, so that make sees that they have been looked at."""
    for path in paths:
        os.utime(path)
