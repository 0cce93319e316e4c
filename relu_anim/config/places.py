"""Places in a config's text, and the problems that lie there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relu_anim.errors import ConfigError

Path_ = tuple[str | int, ...]

LONGEST_LINE = 100  # of a source line that is shown; the rest is cut off


@dataclass(frozen=True)
class Source:
    """A text that keys come from: a config file (number 0), the one that it extends (−1), or one `--set` argument,
    counted from 1."""

    name: str
    lines: tuple[str, ...]
    number: int = 0

    @classmethod
    def of(cls, name: str, text: str, number: int = 0) -> Source:
        """The source with this text, its lines split where YAML splits them (`splitlines` does so elsewhere too)."""
        return cls(name, tuple(re.split("\r\n|[\n\r\x85\u2028\u2029]", text)), number)


@dataclass(frozen=True)
class Mark:
    """A place in a source; line and column count from 1."""

    source: Source
    line: int
    column: int

    @property
    def place(self) -> str:
        """Source, line and column, as editors read them; nothing in a mapping, which has no lines."""
        return f"{self.source.name}:{self.line}:{self.column}" if self.source.name else ""

    @property
    def before(self) -> str:
        """All lines down to this place."""
        return "\n".join(self.source.lines[: self.line])

    @property
    def text(self) -> str:
        """The source line at this place."""
        lines = self.source.lines
        return lines[self.line - 1] if 0 < self.line <= len(lines) else ""

    def right(self, columns: int) -> Mark:
        """The place this many columns further on the same line."""
        return Mark(self.source, self.line, self.column + columns)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a config: where, with which key, and what to write instead. It unpacks as these three."""

    mark: Mark
    key: str
    message: str
    meant: str = ""  # the name that was probably meant, so that what stands beside it can be looked at too

    @property
    def place(self) -> str:
        """Where it is, as editors read it; nothing in a mapping, which has no lines."""
        return self.mark.place

    def __iter__(self) -> Iterator[str]:
        yield from (self.place, self.key, self.message)

    def __str__(self) -> str:
        head = f"{self.mark.place}: ".removeprefix(": ")
        body = f"{_printable(self.key)}: {self.message}" if self.key else self.message
        line = _printable(self.mark.text)
        if not line.strip():
            return head + body
        start = max(0, self.mark.column - 60)
        before = sum(map(_width, line[start : self.mark.column - 1]))
        return f"{head}{body}\n    {line[start : start + LONGEST_LINE]}\n    {' ' * before}^"


class ConfigProblems(ConfigError):
    """All problems of one config, in the order of their places, and the files that it names all the same."""

    def __init__(self, problems: list[Problem], reads: tuple[Path, ...] = ()) -> None:
        found = sorted(problems, key=lambda p: (p.mark.source.number, p.mark.line, p.mark.column))
        super().__init__("\n".join(map(str, found)))
        self.reads, self.problems = reads, found


def describe(value: Any) -> str:
    """A value as messages name it: «the text 'abc'», «the number 3», «a list»."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {number(value)}".replace("the number one", "a number")
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else f"the text {value[:37] + '...'!r}"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def number(value: float) -> str:
    """A number as messages write it; whole ones of hundreds of digits are described by their length."""
    long = isinstance(value, int) and abs(value) >= 10**30
    try:
        return f"one of {len(str(abs(value)))} digits" if long else str(value)
    except ValueError:  # Python writes none that long
        return "one of thousands of digits"


def dotted(path: Path_) -> str:
    """The path of a key as people write it: `training.optimizer.lr`."""
    return ".".join(map(str, path))


def related(path: Path_, other: Path_) -> bool:
    """Whether one of two paths leads through the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _printable(text: str) -> str:
    """The text with a space for each control character: a config must not steer the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def _width(character: str) -> int:
    """Columns that a terminal gives it, so that the caret stands under its place."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
