"""YAML text to plain values, remembering the place of every key and value.

Scalars follow YAML 1.2 (`1e-3` is a number, `on` is text, `010` is ten), which PyYAML's own constructors do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from relu_anim.errors import ConfigError, FileError

Path_ = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 20_000  # aliases count each time they are used, so that they cannot multiply without end

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + dot: float(sign + "inf") for sign in ("", "-", "+") for dot in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True)
class Source:
    """A text that keys come from: a config file, or one `--set` argument."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """A place in a source; line and column count from 1."""

    source: Source
    line: int
    column: int

    @property
    def text(self) -> str:
        """The source line at this place."""
        lines = self.source.lines
        return lines[self.line - 1] if 0 < self.line <= len(lines) else ""

    def right(self, columns: int) -> Mark:
        """The place so many columns further on the same line."""
        return Mark(self.source, self.line, self.column + columns)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a config: where, with which key, and what to write instead."""

    mark: Mark
    key: str
    message: str

    def __str__(self) -> str:
        head = f"{self.mark.source.name}:{self.mark.line}:{self.mark.column}: "
        body = f"{self.key}: {self.message}" if self.key else self.message
        line = self.mark.text.replace("\t", " ")
        if not line.strip():
            return head + body
        start = max(0, self.mark.column - 60)
        return f"{head}{body}\n    {line[start : start + 100]}\n    {' ' * (self.mark.column - 1 - start)}^"


class ConfigProblems(ConfigError):
    """All problems of one config, in the order of their places."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.mark.source.name == "--set", p.mark.line, p.mark.column))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Document:
    """The values of a config as dicts, lists and scalars, and the places of its keys and values by path."""

    source: Source
    data: dict[str, Any]
    keys: dict[Path_, Mark]
    values: dict[Path_, Mark]
    problems: list[Problem] = field(default_factory=list)

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

    def set(self, argument: str) -> None:
        """Change one key as `--set KEY=VALUE` says; the value is YAML."""
        source = Source("--set", (argument,))
        start = Mark(source, 1, 1)
        key, equals, text = argument.partition("=")
        path: Path_ = tuple(int(part) if part.isdecimal() else part for part in key.strip().split("."))
        if not equals or "" in path:
            raise ConfigProblems([Problem(start, "", "write KEY=VALUE, for example training.optimizer.lr=0.02")])
        value = _Builder(source, column_offset=len(key) + 1).build(text)
        container: Any = self.data
        for depth, part in enumerate(path[:-1]):
            container = _step_into(container, part, Problem(start, key, f"there is no {path[depth]!r} to go into"))
        _assign(container, path[-1], value.data, Problem(start, key, f"there is no {path[-1]!r} in it"))
        for marks in (self.keys, self.values):
            for stale in [p for p in marks if p[: len(path)] == path]:
                del marks[stale]
        self.keys.update({path + p: m for p, m in value.keys.items()} | {path: start})
        self.values.update({path + p: m for p, m in value.values.items()})
        self.problems += value.problems


def _step_into(container: Any, part: str | int, problem: Problem) -> Any:
    """The mapping or list at `part`, made where missing; `optimizer: adam` becomes `{name: adam}` on the way."""
    if isinstance(container, list) and isinstance(part, int) and part < len(container):
        key: Any = part
    elif isinstance(container, dict):
        key = str(part)
        container.setdefault(key, {})
    else:
        raise ConfigProblems([problem])
    if isinstance(container[key], str):
        container[key] = {"name": container[key]}
    return container[key]


def _assign(container: Any, part: str | int, value: Any, problem: Problem) -> None:
    if isinstance(container, list) and isinstance(part, int) and part < len(container):
        container[part] = value
    elif isinstance(container, dict):
        container[str(part)] = value
    else:
        raise ConfigProblems([problem])


def read(path: Path) -> Document:
    """The config file at `path`; FileError if it cannot be read, ConfigProblems if it is not a YAML mapping."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from None
    return parse(raw, str(path))


def parse(raw: bytes, name: str) -> Document:
    """The config in `raw`, called `name` in messages; its places are ready for later checks."""
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{name}:1:1: the file is larger than {MAX_BYTES:,} bytes; a config is a page of text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        byte = raw[error.start]
        raise ConfigError(f"{name}:{line}:{column}: not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8") from None
    source = Source(name, tuple(text.splitlines()))
    document = _Builder(source).build(text)
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else f"holds {describe(document.data)}"
        example = "a config is a mapping that starts like `target:`; `relu-anim new NAME` writes one"
        raise ConfigProblems([Problem(Mark(source, 1, 1), "", f"the file {what}; {example}")])
    return document


def describe(value: Any) -> str:
    """A value as messages name it: «the text 'abc'», «the number 3», «a list»."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value:g}" if isinstance(value, float) else f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else f"the text {value[:37] + '...'!r}"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def scalar(text: str) -> Any:
    """A plain YAML 1.2 scalar (core schema) as a Python value."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 400:  # longer digits are no number that anyone means, and slow to read
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


class _Builder:
    """Builds a Document from PyYAML's events (its pure Python parser: the C one crashes on deep nesting)."""

    def __init__(self, source: Source, column_offset: int = 0) -> None:
        self.source, self.offset = source, column_offset
        self.keys: dict[Path_, Mark] = {}
        self.values: dict[Path_, Mark] = {}
        self.problems: list[Problem] = []
        self.anchors: dict[str, list[Any]] = {}
        self.recording: list[list[Any]] = []
        self.nodes = 0

    def build(self, text: str) -> Document:
        try:
            events = yaml.parse(text, Loader=yaml.SafeLoader)
            value = self._document(events)
        except yaml.MarkedYAMLError as error:
            place = error.problem_mark or error.context_mark
            mark = self._mark(place) if place else Mark(self.source, 1, 1)
            raise ConfigProblems([Problem(mark, "", f"not YAML: {_explain(error, mark)}")]) from None
        except yaml.reader.ReaderError as error:
            before = text[: error.position]
            mark = Mark(self.source, before.count("\n") + 1, error.position - before.rfind("\n"))
            raise ConfigProblems([Problem(mark, "", f"not YAML: character {error.character!r}")]) from None
        return Document(self.source, value, self.keys, self.values, self.problems)

    def _document(self, events: Iterator[Any]) -> Any:
        value = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fail(event, (), "a second document starts here; write one config a file")
                value = self._node(next(events), events, (), 0)
        return value

    def _node(self, event: Any, events: Iterator[Any], path: Path_, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH:
            self._fail(event, path, f"nested more than {MAX_DEPTH} levels deep")
        if self.nodes > MAX_NODES:
            self._fail(event, path, f"more than {MAX_NODES:,} values")
        self.values[path] = self._mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, depth)
        if event.tag is not None and event.tag != "!":
            self._fail(event, path, f"the tag {event.tag} is not allowed; write the plain value")
        events = self._remember(event, events)
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self._mapping(events, path, depth)

    def _sequence(self, events: Iterator[Any], path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, events: Iterator[Any], path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._fail(event, path, "a key must be a word")
            inner = (*path, event.value)
            if event.value in result:
                first = self.keys[inner].line
                message = f"written twice, first in line {first}; remove one"
                self.problems.append(Problem(self._mark(event.start_mark), _dotted(inner), message))
            self.keys[inner] = self._mark(event.start_mark)
            result[event.value] = self._node(next(events), events, inner, depth + 1)
        return result

    def _remember(self, event: Any, events: Iterator[Any]) -> Iterator[Any]:
        """Keep the events of an anchored node, so that an alias can play them again."""
        if getattr(event, "anchor", None) is None:
            return events
        own = [event]
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            own.append(following := next(events))
            depth += isinstance(following, yaml.CollectionStartEvent) - isinstance(following, yaml.CollectionEndEvent)
            if len(own) > MAX_NODES:
                self._fail(event, (), f"more than {MAX_NODES:,} values")
        self.anchors[event.anchor] = own
        return iter(own[1:])

    def _alias(self, event: Any, path: Path_, depth: int) -> Any:
        if event.anchor not in self.anchors:
            self._fail(event, path, f"*{event.anchor} stands for nothing; no &{event.anchor} comes before it")
        replay = iter(self.anchors[event.anchor])
        first = next(replay)
        first = type(first)(**{**vars(first), "anchor": None})
        return self._node(first, replay, path, depth)

    def _mark(self, mark: Any) -> Mark:
        offset = self.offset if mark.line == 0 else 0
        return Mark(self.source, mark.line + 1, mark.column + 1 + offset)

    def _fail(self, event: Any, path: Path_, message: str) -> None:
        raise ConfigProblems([*self.problems, Problem(self._mark(event.start_mark), _dotted(path), message)])


def _dotted(path: Path_) -> str:
    return ".".join(map(str, path))


def _explain(error: yaml.MarkedYAMLError, mark: Mark) -> str:
    if "\t" in mark.text[: mark.column]:
        return "a tab; indent with spaces"
    if "mapping values are not allowed" in (error.problem or ""):
        return "a second `: ` in one line; quote the text, or indent the line as its neighbours are"
    return " ".join(part for part in (error.context, error.problem) if part)
