"""A config as read, before its keys are checked: plain values, the places they come from, and `--set`."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relu_anim.config.places import ConfigProblems, Mark, Path_, Problem, Source, describe, dotted
from relu_anim.config.reader import Reader
from relu_anim.errors import ConfigError, FileError
from relu_anim.facts import FORMATS
from relu_anim.spelling import closest

MOST_BYTES = 1_000_000
LONGEST_INDEX = 9  # digits
LIKE_A_CONFIG = "a config is a mapping that starts like `target:`; `relu-anim new NAME` writes one"
SETTING = "--set"  # what such an argument is called in messages
OLD_NAMES: dict[Path_, Path_] = {("animation", "variants"): ("animation", "arrange")}  # keys, which are still read
# The keys whose value may be a text alone, and which key of a mapping that is short for: `init: he_normal` for
# {weights: he_normal}.
SHORT_FORMS = {
    "optimizer": "name",
    "activation": "name",
    "output_activation": "name",
    "functions": "name",
    "init": "weights",
}


@dataclass
class Document:
    """The values of a config as dicts, lists and scalars, and the places of its keys and values by path."""

    source: Source
    data: dict[str, Any]
    keys: dict[Path_, Mark]
    values: dict[Path_, Mark]
    problems: list[Problem] = field(default_factory=list)
    folder: Path | None = None  # that file names in the config start from; None where there are no files to read
    tables: Mapping[str, bytes] = field(default_factory=dict)  # files that come along, by the names in the config
    old_names: dict[Path_, Mark] = field(default_factory=dict)  # where keys have a name of `OLD_NAMES`
    taken: tuple[Path, ...] = ()  # the files that keys were taken from

    def key_mark(self, path: Path_) -> Mark:
        """The place of the key at `path`, or of the nearest key above it."""
        while path:
            if path in self.keys:
                return self.keys[path]
            path = path[:-1]
        return Mark(self.source, 1, 1)

    def value_mark(self, path: Path_) -> Mark:
        """The place of the value at `path`, or of the nearest key above it."""
        return self.values.get(path) or self.key_mark(path)

    def set(self, argument: str, number: int = 1, name: str = SETTING) -> None:
        """Change one key as `--set KEY=VALUE` says; the value is YAML. What is wrong is added to the problems, in a
        source of this name."""
        source = Source.of(name, argument, number)
        start = Mark(source, 1, 1)
        key, equals, text = argument.partition("=")
        path = self._renamed(path_of(key), start)
        if not equals or "" in path or "\n" in key:
            self.problems.append(Problem(start, "", "write KEY=VALUE, for example training.optimizer.lr=0.02"))
            return
        try:
            value = Reader(source, text, column_offset=len(key) + 1)
            path = self._assign(path, value.value, Problem(start, key, ""))
        except ConfigProblems as error:
            self.problems += error.problems
            return
        self._mark(path, start, value.keys, value.values)
        self.problems += value.problems
        self.rename()

    def rename(self) -> None:
        """Give keys that have an old name the one that they have now."""
        for old, new in OLD_NAMES.items():
            section: Any = self.data
            for part in old[:-1]:
                section = section.get(part) if isinstance(section, dict) else None
            if not isinstance(section, dict) or old[-1] not in section:
                continue
            self.old_names[old] = start = self.key_mark(old)
            value = section.pop(old[-1])
            if new[-1] in section:
                message = f"is called {dotted(new)} now, which is written too; remove one"
                self.problems.append(Problem(start, dotted(old), message))
                continue
            section[new[-1]] = value
            keys, values = self._inside(old)
            self._mark(new, start, keys, values)

    def take(self, path: Path_, other: Document) -> None:
        """Put in what another document has at this path, with its places there."""
        own, value = self.data, other.data
        for part in path[:-1]:
            own, value = own[str(part)], value[str(part)]
        own[str(path[-1])] = value[str(path[-1])]
        self._mark(path, other.key_mark(path), *other._inside(path))

    def remove(self, path: Path_) -> None:
        """Take out the key at this path, if it is there."""
        container: Any = self.data
        for part in path[:-1]:
            container = container.get(part, {})
        container.pop(path[-1], None)

    def _renamed(self, path: Path_, start: Mark) -> Path_:
        """The path that a key has now."""
        for old, new in OLD_NAMES.items():
            if path[: len(old)] == old:
                self.old_names[old] = start
                return new + path[len(old) :]
        return path

    def _inside(self, path: Path_) -> tuple[dict[Path_, Mark], dict[Path_, Mark]]:
        """The places of keys and of values at `path` and inside, by their paths from there."""
        keys, values = (
            {p[len(path) :]: mark for p, mark in marks.items() if p[: len(path)] == path}
            for marks in (self.keys, self.values)
        )
        return keys, values

    def copied(self) -> Document:
        """A copy whose keys can be changed, without what is wrong with this one."""
        data, keys, values = copy.deepcopy(self.data), dict(self.keys), dict(self.values)
        return Document(self.source, data, keys, values, [], self.folder, self.tables)

    def with_changes(self, place: Path_, without: str) -> Document:
        """A copy without one key of the top, and with the changes {dotted key: value} of the mapping at `place`."""
        changes: Any = self.data
        for part in place:
            changes = changes[part]
        copied = self.copied()
        del copied.data[without]
        for key, value in changes.items():
            path, mark = path_of(key), self.key_mark((*place, key))
            try:
                path = copied._assign(path, copy.deepcopy(value), Problem(mark, key, ""))
            except ConfigProblems as error:
                copied.problems += error.problems
                continue
            copied._mark(path, mark, *self._inside((*place, key)))
        return copied

    def _mark(self, path: Path_, start: Mark, keys: dict[Path_, Mark], values: dict[Path_, Mark]) -> None:
        """The place of a value that was put in at `path`: `start`, and for what is inside it these marks."""
        for marks in (self.keys, self.values):
            for stale in [p for p in marks if p[: len(path)] == path]:
                del marks[stale]
        for depth in range(1, len(path) + 1):
            self.keys.setdefault(path[:depth], start)
        self.keys.update({path + p: m for p, m in keys.items()})
        self.values.update({path + p: m for p, m in values.items()})

    def _assign(self, path: Path_, value: Any, problem: Problem) -> Path_:
        """Put in a value; the path that it has now, where a whole number is the key of a mapping or counts items."""
        container: Any = self.data
        places: list[str | int] = []
        for depth, part in enumerate(path):
            try:
                places.append(_place_in(container, part))
            except LookupError as error:
                advice = _whole(path, depth, value, problem) if isinstance(container, (str, int, float)) else ""
                raise ConfigProblems([Problem(problem.mark, problem.key, f"{error.args[0]}{advice}")]) from None
            if depth < len(path) - 1:
                container = _step_into(container, places)
        container[places[-1]] = value
        return tuple(places)


def path_of(key: str) -> Path_:
    """The path that a dotted key spells; whole numbers count items of lists, from 0. What a variant sets is a dotted
    key itself: `variants.0.set.model.activation`."""
    parts = key.strip().split(".")
    if parts[0] == "variants" and parts[2:3] == ["set"] and len(parts) > 4:
        parts[3:] = [".".join(parts[3:])]
    return tuple(int(part) if part.isdecimal() and len(part) <= LONGEST_INDEX else part for part in parts)


def _step_into(container: Any, places: Sequence[str | int]) -> Any:
    """The mapping or list at the last of these places, made where missing; `optimizer: adam` becomes `{name: adam}` on
    the way."""
    place = places[-1]
    if isinstance(container, dict):
        container.setdefault(place, {})
    key = next(part for part in reversed(places) if isinstance(part, str))
    if isinstance(container[place], str) and key in SHORT_FORMS:
        container[place] = {SHORT_FORMS[key]: container[place]}
    elif container[place] is None:
        container[place] = {}
    return container[place]


def _place_in(container: Any, part: str | int) -> Any:
    """The key or index that `part` is in this container; a LookupError says why there is none."""
    if isinstance(container, dict):
        return str(part)
    if isinstance(container, list) and isinstance(part, int) and part < len(container):
        return part
    what = f"a list of {len(container)}, counted from 0" if isinstance(container, list) else describe(container)
    raise LookupError(f"there is no {part!r} in {what}")


def _whole(path: Path_, depth: int, value: Any, problem: Problem) -> str:
    """How to put a mapping in place of the single value that stands at the path down to this depth: «; for a mapping in
    its place write -s 'training.snapshots={every: 5}'»; nothing for what is no short mapping."""
    inner, section = path[depth:], dotted(path[:depth])
    if isinstance(value, (dict, list)) or not all(isinstance(part, str) for part in inner):
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    for part in reversed(inner):
        text = f"{{{part}: {text}}}"
    right = f"-s '{section}={text}'" if problem.mark.source.name == SETTING else f"{section}: {text}"
    return f"; for a mapping in its place write {right}"


def read(path: Path) -> Document:
    """The config file at `path`; FileError if it cannot be read, ConfigProblems if it is not a YAML mapping."""
    try:
        raw = _piped.get(path) or _content(path)
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file{_near(path)}") from None
    except IsADirectoryError:
        raise FileError(f"{path}: is a folder; {_configs_in(path)}") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from None
    return parse(raw, str(path), path.parent)


_piped: dict[Path, bytes] = {}  # what came through pipes, which can be read but once


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if not path.is_file():
        _piped[path] = raw
    return raw


def _near(path: Path) -> str:
    """A suggestion for a file that is not there, «; did you mean configs/cubic.yaml?», or nothing."""
    places = (path.parent, Path("configs"))
    files = {file.stem: file for place in reversed(places) for file in place.glob("*.y*ml") if file.is_file()}
    name = closest(path.stem, files)
    return f"; did you mean {files[name]}?" if name is not None else ""


def _configs_in(folder: Path) -> str:
    """What to write in place of a folder: «name the configs in it: configs/*.yaml»."""
    patterns = [f"*{suffix}" for suffix in (".yaml", ".yml") if any(folder.glob(f"*{suffix}"))]
    names = " ".join(str(folder / pattern) for pattern in patterns)
    return f"name the configs in it: {names}" if names else "there is no config in it"


def parse(raw: bytes, name: str, folder: Path | None = None, number: int = 0, example: str = LIKE_A_CONFIG) -> Document:
    """The config in `raw`, called `name` in messages, the source of this number; its places are ready for later
    checks. `example` says what a file holds that is a mapping."""
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"{name}:1:1: the file is larger than {MOST_BYTES:,} bytes; a config is a page of text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = Source.of(name, error.object[: error.start].decode("utf-8")).lines
        place = f"{name}:{len(before)}:{len(before[-1]) + 1}"
        advice = "save the file as UTF-8"
        if name.rpartition(".")[2].lower() in FORMATS:
            advice = f"this is no config; `relu-anim show {name}` prints the one inside"
        raise ConfigError(f"{place}: not UTF-8 (byte 0x{error.object[error.start]:02x}); {advice}") from None
    source = Source.of(name, text, number)
    content = Reader(source, text)
    if not isinstance(content.value, dict):
        what = "is empty" if content.value is None else f"holds {describe(content.value)}"
        raise ConfigProblems([Problem(Mark(source, 1, 1), "", f"the file {what}; {example}")])
    doc = Document(source, content.value, content.keys, content.values, content.problems, folder)
    doc.rename()
    return doc
