"""YAML text to plain values, remembering the place of every key and value.

Scalars follow YAML 1.2 (`1e-3` is a number, `on` is text, `010` is ten), which PyYAML's own constructors do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from relu_anim.config.places import ConfigProblems, Mark, Path_, Problem, Source, dotted
from relu_anim.config.syntax import explained
from relu_anim.errors import merge_conflict

MOST_DEPTH = 20
MOST_NODES = 20_000  # aliases count each time they are used, so that they cannot multiply without end
LONGEST_NUMBER = 400  # more digits are no number that anyone means, and slow to read

MERGE = "<<"
BLOCK = ("|", ">")  # the styles of texts in lines of their own; the end of the last line is no part of the text

Event = Any  # one of PyYAML's; each kind has attributes of its own

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


def scalar(text: str) -> Any:
    """A plain YAML 1.2 scalar (core schema) as a Python value."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


class Reader:
    """Reads one text through PyYAML's events (its pure Python parser: the C one crashes on deep nesting).

    `value` is what it holds; `keys` and `values` are the places by path, `problems` what is wrong but does not stop.
    """

    def __init__(self, source: Source, text: str, column_offset: int = 0) -> None:
        self.source, self.offset = source, column_offset
        self.keys: dict[Path_, Mark] = {}
        self.values: dict[Path_, Mark] = {}
        self.problems: list[Problem] = []
        self._anchors: dict[str, list[Event]] = {}
        self._open_aliases: set[str] = set()
        self._nodes = 0
        self.value = self._read(text)

    def _read(self, text: str) -> Any:
        try:
            return self._document(yaml.parse(text, Loader=yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            if conflicts := list(self._conflicts()):
                raise ConfigProblems(conflicts) from None
            mark, message = explained(error, self._mark)
            raise ConfigProblems([Problem(mark, "", f"not YAML: {message}")]) from None
        except yaml.reader.ReaderError as error:
            before = Source.of("", text[: error.position]).lines
            mark = self._mark(len(before) - 1, len(before[-1]))
            message = f"not YAML: the character U+{ord(text[error.position]):04X} is not allowed"
            raise ConfigProblems([Problem(mark, "", message)]) from None

    def _conflicts(self) -> Iterator[Problem]:
        """The lines that a merge of two versions left where they differ."""
        for number, line in enumerate(self.source.lines, 1):
            if message := merge_conflict(line):
                yield Problem(Mark(self.source, number, 1), "", message)

    def _document(self, events: Iterator[Event]) -> Any:
        value = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fail(event, (), "a second document starts here; write one config a file")
                value = self._node(next(events), events, (), 0)
        return value

    def _node(self, event: Event, events: Iterator[Event], path: Path_, depth: int) -> Any:
        self._nodes += 1
        if depth > MOST_DEPTH:
            self._fail(event, path[:3], f"nested more than {MOST_DEPTH} levels deep")
        if self._nodes > MOST_NODES:
            self._fail(event, path, f"more than {MOST_NODES:,} values")
        self.values[path] = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, depth)
        if event.tag is not None and event.tag != "!":
            self._fail(event, path, f"the tag {event.tag} is not allowed; write the plain value")
        events = self._remember(event, events)
        if isinstance(event, yaml.ScalarEvent):
            if event.implicit[0]:
                return scalar(event.value)
            return event.value.rstrip("\n") if event.style in BLOCK else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self._mapping(events, path, depth)

    def _sequence(self, events: Iterator[Event], path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, events: Iterator[Event], path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._fail(event, path, "a key must be a word")
            inner = (*path, event.value)
            if event.value == MERGE and event.implicit[0]:
                message = "merge keys are not read; write the keys themselves here"
                self.problems.append(Problem(self._place(event), dotted(inner), message))
                self._node(next(events), events, inner, depth + 1)
                continue
            if event.value in result:
                message = f"written twice, first in line {self.keys[inner].line}; remove one"
                self.problems.append(Problem(self._place(event), dotted(inner), message))
            self.keys.setdefault(inner, self._place(event))
            result[event.value] = self._node(next(events), events, inner, depth + 1)
        return result

    def _remember(self, event: Event, events: Iterator[Event]) -> Iterator[Event]:
        """Keep the events of an anchored node, so that an alias can play them again."""
        if getattr(event, "anchor", None) is None:
            return events
        own = [event]
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            own.append(following := next(events))
            depth += isinstance(following, yaml.CollectionStartEvent) - isinstance(following, yaml.CollectionEndEvent)
            if len(own) > MOST_NODES:
                self._fail(event, (), f"more than {MOST_NODES:,} values")
        self._anchors[event.anchor] = own
        return self._inside(event.anchor, own[1:])

    def _inside(self, anchor: str, events: list[Event]) -> Iterator[Event]:
        """The events within an anchored node; until the last of them, an alias to it stands inside it."""
        self._open_aliases.add(anchor)
        yield from events[:-1]
        self._open_aliases.discard(anchor)
        yield from events[-1:]

    def _alias(self, event: Event, path: Path_, depth: int) -> Any:
        name = event.anchor
        if name not in self._anchors:
            self._fail(event, path, f"*{name} stands for nothing; no &{name} comes before it")
        if name in self._open_aliases:
            self._fail(event, path, f"*{name} stands inside what it stands for")
        first, *rest = self._anchors[name]
        first = type(first)(**{**vars(first), "anchor": None})
        return self._node(first, iter(rest), path, depth)

    def _place(self, event: Event) -> Mark:
        return self._mark(event.start_mark.line, event.start_mark.column)

    def _mark(self, line: int, column: int) -> Mark:
        """The place that PyYAML counts from 0, in a source that may have something before the text."""
        return Mark(self.source, line + 1, column + 1 + (self.offset if line == 0 else 0))

    def _fail(self, event: Event, path: Path_, message: str) -> None:
        raise ConfigProblems([*self.problems, Problem(self._place(event), dotted(path), message)])
