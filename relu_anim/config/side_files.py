"""The files that a config names."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from relu_anim.config.document import MOST_BYTES, Document
from relu_anim.config.glyphs import REGULAR, no_sign
from relu_anim.config.places import ConfigProblems, Problem, dotted
from relu_anim.config.recordings import HeldRecording
from relu_anim.config.wording import WordFile, words_in
from relu_anim.errors import FileError
from relu_anim.fonts import MOST_BYTES as MOST_OF_FONT
from relu_anim.fonts import FontFile, FontProblem, read_font
from relu_anim.spelling import closest
from relu_anim.targets import Table, TableProblem, read_table
from relu_anim.words import LANGUAGES

PLACE, FONT, LANGUAGE = ("target", "csv"), ("animation", "font"), ("animation", "language")
RECORDING = "recording"
MOST_OF_RECORDING = 2 * 1024**3 + 1_000_000


@dataclass(frozen=True)
class SideFile:
    """A file that a config names: under which key, how (from the config's folder), what messages call it, and the
    SHA-256 of the content that was read."""

    key: str
    name: str
    what: str
    digest: str


# Each key that may name files: what messages call them, and their digests from the section that names them.
SIDE_FILES: dict[str, tuple[str, Callable[[Any], Sequence[str]]]] = {
    RECORDING: ("recording", lambda config: [config.digest] if config.digest else []),
    "target.csv": ("CSV file", lambda target: [target.table.digest] if target.table else []),
    "animation.font": ("font", lambda style: [file.digest for file in style.fonts or ()]),
    "animation.language": ("file of words", lambda style: list(filter(None, [style.file_of_words.digest]))),
}


def side_files(config: Any) -> list[SideFile]:
    """The files that were read for a config."""
    found = []
    for key, (what, digests_of) in SIDE_FILES.items():
        *section, last = key.split(".")
        holder = _at(config, section)
        if names := _names(_at(holder, [last])):
            pairs = zip(names, digests_of(holder), strict=False)  # what was not read has no digest
            found += [SideFile(key, name, what, digest) for name, digest in pairs]
    return found


def named(doc: Document) -> tuple[Path, ...]:
    """The paths of the files that a config names, whatever else is wrong with it."""
    names = [name for key in SIDE_FILES for name in _names(_at(doc.data, key.split(".")))]
    found = [(doc.folder or Path()) / name for name in names if name not in LANGUAGES]
    return (*found, *doc.taken)


def _names(value: Any) -> list[str]:
    """The names that a key has: one, several, or none."""
    return [name for name in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(name, str)]


def _at(data: Any, path: Sequence[str]) -> Any:
    """What is at a path of mappings or of models; None if nothing is."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else getattr(data, part, None)
    return data


def read_fonts(doc: Document, names: Sequence[str], problems: list[Problem]) -> tuple[FontFile, ...]:
    """The fonts that are called so beside the config; a problem more for each that is none."""
    found = []
    for index, name in enumerate(names):
        path = (doc.folder or Path()) / name
        try:
            found.append(read_font(name, doc.tables[name] if name in doc.tables else _content(path, MOST_OF_FONT)))
            continue
        except FontProblem as error:
            message = f"{path} {error}"
        except OSError as error:
            message = unread(path, error)
        place = (*FONT, index) if (*FONT, index) in doc.values else FONT
        problems.append(Problem(doc.value_mark(place), dotted(FONT), message))
    return tuple(found)


def read_csv(doc: Document, name: str, fonts: tuple[FontFile, ...], problems: list[Problem]) -> Table | None:
    """The table of the CSV file that is called so beside the config; None, and a problem more, if there is none. Its
    words are drawn in these fonts."""
    path = (doc.folder or Path()) / name
    try:
        table = _table_of(doc.tables[name]) if name in doc.tables else _table(path, _identity(path))
        problems += [Problem(doc.value_mark(PLACE), "target.csv", f"{path}:{wrong}") for wrong in _unseen(table, fonts)]
        return table
    except TableProblem as error:
        message = f"{path}:{error.line}:{error.column}: {error.message}"
    except OSError as error:
        message = unread(path, error)
    problems.append(Problem(doc.value_mark(PLACE), "target.csv", message))
    return None


def read_recording(doc: Document, name: str, problems: list[Problem]) -> HeldRecording | None:
    """The recording that is called so beside the config; None, and a problem more, if there is none."""
    path = (doc.folder or Path()) / name
    try:
        if name in doc.tables:
            return _held_of(doc.tables[name], name)
        return _held(path, _identity(path))
    except FileError as error:
        message = str(error)
    except OSError as error:
        message = unread(path, error)
    problems.append(Problem(doc.value_mark((RECORDING,)), RECORDING, message))
    return None


def read_words(doc: Document, name: str, fonts: tuple[FontFile, ...], problems: list[Problem]) -> WordFile:
    """The words of the file that is called so beside the config; none, and a problem more, if there is none."""
    path = (doc.folder or Path()) / name
    try:
        content = doc.tables[name] if name in doc.tables else _content(path)
        return words_in(content, str(path), fonts, problems)
    except ConfigProblems as error:
        problems += error.problems
    except OSError as error:
        problems.append(Problem(doc.value_mark(LANGUAGE), "animation.language", unread(path, error)))
    return WordFile()


def _content(path: Path, most: int = MOST_BYTES) -> bytes:
    with opened(path) as file:
        return file.read(most + 1)


def opened(path: Path) -> BinaryIO:
    """The file at a path, to be read; OSError if that cannot be, or but once."""
    if path.is_fifo():
        raise OSError("it is a pipe, which can be read but once")
    return path.open("rb")


def unread(path: Path, error: OSError) -> str:
    """Why a file beside a config cannot be read, in words."""
    if isinstance(error, FileNotFoundError):
        meant = closest(path.name, [other.name for other in path.parent.glob(f"*{path.suffix}")])
        advice = f"did you mean {meant}?" if meant else "its place is counted from the config's folder"
        return f"there is no file {path}; {advice}"
    return f"{path} cannot be read: {error.strerror or error}"


def _unseen(table: Table, fonts: tuple[FontFile, ...]) -> Iterator[str]:
    """The names of columns and classes that no font can show, each with its place."""
    for word in table.words:
        if message := no_sign(word.text, REGULAR, fonts=fonts):
            yield f"{word.line}:{word.column}: {message}"


def _identity(path: Path) -> tuple[int, ...]:
    """What tells a file from another under the same path, and from what it was before."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@functools.lru_cache(maxsize=4)  # the variants of a config share their points
def _table(path: Path, identity: tuple[int, ...]) -> Table:
    with opened(path) as file:
        return read_table(file)


@functools.lru_cache(maxsize=4)
def _table_of(content: bytes) -> Table:
    return read_table(io.BytesIO(content))


@functools.lru_cache(maxsize=2)
def _held(path: Path, identity: tuple[int, ...]) -> HeldRecording:
    return HeldRecording.of(_content(path, MOST_OF_RECORDING), str(path))


_held_of = functools.lru_cache(maxsize=2)(HeldRecording.of)  # a film in another theme reads it again
