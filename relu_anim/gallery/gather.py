"""Everything in a folder that a gallery shows: outputs by their summaries, those without one, and what is broken."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from relu_anim.errors import FileError
from relu_anim.facts import FORMATS, format_of
from relu_anim.gallery.entries import Entry, of_files, of_summary
from relu_anim.gallery.names import stem_alone
from relu_anim.making.claims import is_ours
from relu_anim.making.results import FORMAT, content_of, read_summary

MARK = b"<!DOCTYPE html>\n<!-- made by relu-anim gallery -->\n"  # how a page of ours begins, which may be replaced
STILLS = "-stills"  # what the folders of our own stills end in
UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{8}\.part")  # a file that is being written


@dataclass
class Gallery:
    """The outputs of a folder; `notes` are what is wrong with the folder itself, and `foreign` are pictures and films
    in it that are not ours."""

    folder: Path
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)


def gather(folder: Path, summaries: Path | None = None, page: Path | None = None) -> Gallery:
    """What lies in a folder, and in those inside of it. Summaries lie beside the outputs, or in a folder of their own.
    The page itself is none of them. FileError where a folder cannot be read."""
    found = Gallery(folder, [])
    files = _files(folder, found.notes)
    notes_of: dict[tuple[Path, str], str] = {}  # of broken summaries, by the outputs that they are of
    claimed: set[Path] = set()
    for place in _places(files if summaries is None else _files(summaries, found.notes)):
        summary = read_summary(place)
        if summary is None:
            if trouble := _trouble(place):
                notes_of[place.parent if summaries is None else folder, place.stem] = f"{place.name} {trouble}"
            continue
        home = _home(place, summary.files, files, summaries is not None)
        known = of_summary(summary, place, home, files.get(home, set()))
        claimed |= {piece.path for piece in known.pieces}
        found.entries.append(known)
    rest = [path for path in _media(files) if path not in claimed and path != page]
    for (home, stem), paths in _by_stem(rest).items():
        entry, foreign = of_files(stem, paths, notes_of.get((home, stem), ""))
        found.foreign += [path for path in foreign if not _is_page(path)]
        if entry:
            notes_of.pop((home, stem), None)
            found.entries.append(entry)
    found.notes += [str(home / trouble) for (home, _), trouble in notes_of.items()]
    found.entries.sort(key=lambda entry: (entry.folder, _natural(entry.stem)))
    return found


def is_gallery(path: Path) -> bool:
    """Whether a file is such a page, or nothing yet."""
    with path.open("rb") as file:
        return file.read(len(MARK)) in (MARK, b"")


def _is_page(path: Path) -> bool:
    with suppress(OSError):
        return path.suffix.lower() == ".html" and is_gallery(path)
    return False


def _files(folder: Path, notes: list[str]) -> dict[Path, set[str]]:
    """The names in a folder and in those inside of it, but for hidden ones and those of our stills. What is unfinished
    or cannot be read is noted."""
    found = {}
    for home, folders, names in os.walk(folder, onerror=lambda error: _unread(error, folder, notes)):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not name.endswith(STILLS))
        found[Path(home)] = {name for name in names if not name.startswith(".")}
        for name in sorted(names):
            if unfinished := UNFINISHED.fullmatch(name):
                notes.append(f"{Path(home) / unfinished[1]} is being written, or was when that was ended: {name}")
    return found


def _unread(error: OSError, folder: Path, notes: list[str]) -> None:
    message = f"{error.filename}: cannot be read: {error.strerror or error}"
    if Path(error.filename) == folder:
        raise FileError(message)
    notes.append(message)


def _places(files: Mapping[Path, set[str]]) -> Iterator[Path]:
    """Where summaries may lie."""
    for home, names in files.items():
        yield from (home / name for name in sorted(names) if name.endswith(".json"))


def _media(files: Mapping[Path, set[str]]) -> Iterator[Path]:
    """Every file that has the name of an output; no pipe, at which a reader would wait."""
    for home, names in files.items():
        yield from (home / name for name in sorted(names) if format_of(name) in FORMATS and (home / name).is_file())


def _by_stem(paths: Iterable[Path]) -> dict[tuple[Path, str], list[Path]]:
    found: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        found.setdefault((path.parent, stem_alone(path.name)), []).append(path)
    return found


def _home(place: Path, names: Iterable[str], files: Mapping[Path, set[str]], is_apart: bool) -> Path:
    """The folder of the outputs of a summary: its own, or, where summaries lie apart, the one that has most of them."""
    if not is_apart or not files:
        return place.parent
    wanted = set(names)
    return max(files, key=lambda home: len(wanted & files[home]))


def _trouble(place: Path) -> str:
    """What is wrong with a summary that cannot be read; nothing if it is a file of the user's."""
    if not place.is_file():
        return "is a link that leads nowhere" if place.is_symlink() else "is no file"
    try:
        content = content_of(place)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    if not is_ours(content):
        return ""
    try:
        is_other = json.loads(content).get("format") not in (None, FORMAT)
    except (ValueError, RecursionError, AttributeError):
        is_other = False
    return f"{'is of another version of relu-anim' if is_other else 'is damaged'}; run its config again"


def _natural(name: str) -> list[tuple[int, str]]:
    """What sorts film2 before film10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
