"""The lines of a CSV file and the values in them, each with its place."""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple

BLOCK = 2**20  # bytes that are read at once
LONGEST_LINE = 2**16  # bytes
LONGEST_VALUE = 200  # characters
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


class TableProblem(ValueError):
    """What is wrong with a table, and where; line and column count from 1, columns in characters."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line, self.column, self.message = line, column, message

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class Line(NamedTuple):
    """A line of a file by its number, from 1, with its line end."""

    number: int
    raw: bytes


@dataclass(frozen=True)
class Block:
    """Lines that follow each other, without the blank ones, and their numbers."""

    numbers: Sequence[int]
    raw: list[bytes]

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[Line]:
        return map(Line, self.numbers, self.raw)

    def line(self, index: int) -> Line:
        """One of the lines."""
        return Line(self.numbers[index], self.raw[index])

    def cut(self, start: int, end: int | None = None) -> Block:
        """The lines from one index to another."""
        return Block(self.numbers[start:end], self.raw[start:end])


class Cell(NamedTuple):
    """A value of a line, without quotes and outer space, and the column where it starts."""

    column: int
    text: str


def blocks(file: IO[bytes], seen: Callable[[bytes], None]) -> Iterator[Block]:
    """The lines that are not blank, some thousands at a time; `seen` is called with all bytes of the file."""
    number, rest = 1, b""
    while chunk := file.read(BLOCK):
        seen(chunk)
        *whole, rest = (rest + chunk).splitlines(keepends=True)
        yield _filled(number, whole)
        number += len(whole)
        if len(rest) > LONGEST_LINE:
            raise _too_long(number)
    yield _filled(number, [rest])


def _filled(number: int, lines: list[bytes]) -> Block:
    if number == 1 and lines:
        lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
    if all(lines) and not any(map(bytes.isspace, lines)):
        return Block(range(number, number + len(lines)), lines)
    filled = [(n, line) for n, line in enumerate(lines, number) if line and not line.isspace()]
    return Block([n for n, _ in filled], [line for _, line in filled])


def _too_long(number: int) -> TableProblem:
    return TableProblem(number, 1, f"this line has more than {LONGEST_LINE:,} bytes; a row has two or three values")


def decoded(line: Line) -> str:
    """The text of a line without its end."""
    if len(line.raw) > LONGEST_LINE:
        raise _too_long(line.number)
    try:
        text = line.raw.decode()
    except UnicodeDecodeError as error:
        column = len(line.raw[: error.start].decode()) + 1
        raise TableProblem(line.number, column, "this is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        raise TableProblem(line.number, text.index("\0") + 1, "a NUL byte; save the file as text, in UTF-8")
    return text.rstrip("\r\n")


@functools.cache
def _pattern(delimiter: str) -> re.Pattern[str]:
    quoted = r'"(?P<quoted>[^"]*(?:""[^"]*)*)"[ ]*'
    return re.compile(rf"(?P<space>[ ]*)(?:{quoted}|(?P<plain>[^{delimiter}]*))(?P<end>{delimiter}|\Z)")


def texts(raw: bytes, delimiter: str) -> list[str]:
    """The values of a line, some with space around them; ValueError where `cells` has a problem, or for a NUL byte."""
    text = raw.decode()
    found = text.split(delimiter)
    if '"' in text:
        found = [_unquoted(part) for part in found]
    is_long = len(text) > LONGEST_VALUE and _is_long(raw, found)
    if "" in found or is_long or "\0" in text:  # a quote that splits a value, or something wrong
        return [cell.text for cell in cells(Line(0, raw), delimiter)]
    return found


def _is_long(raw: bytes, found: Sequence[str]) -> bool:
    return len(raw) > LONGEST_LINE or max(len(part.strip()) for part in found) > LONGEST_VALUE


def _unquoted(part: str) -> str:
    """What stands in simple quotes, or a text without any; nothing for what needs a closer look."""
    if '"' not in part:
        return part
    part = part.rstrip("\r\n").strip(" ")
    is_simple = len(part) > 1 and part[0] == part[-1] == '"' and part.count('"') == 2
    return part[1:-1] if is_simple else ""


def cells(line: Line, delimiter: str) -> list[Cell]:
    """The values of a line; TableProblem for a value that is too long, or a quote where none can be."""
    text, found, start = decoded(line), [], 0
    while True:
        match = _pattern(delimiter).match(text, start)
        assert match is not None  # it matches anything
        found.append(_cell(line, match))
        if not match["end"]:
            return found
        start = match.end()


def _cell(line: Line, match: re.Match[str]) -> Cell:
    is_quoted = match["quoted"] is not None
    text = (match["quoted"].replace('""', '"') if is_quoted else match["plain"]).strip()
    cell = Cell((match.end("space") if text else match.start()) + 1, text)
    if not is_quoted and text.startswith('"'):
        message = "this quote does not close before the value ends; a quote inside of quotes is written twice"
        raise TableProblem(line.number, cell.column, message)
    if len(text) > LONGEST_VALUE:
        message = f"this value has {len(text):,} characters; it may have {LONGEST_VALUE}"
        raise TableProblem(line.number, cell.column, message)
    return cell


def separator(header: Line, rows: Sequence[Line]) -> str:
    """The sign that splits the header into two or three names, and most rows into as many values; TableProblem where
    two signs do so equally well."""
    outside_quotes = re.sub('"[^"]*"', "", decoded(header))
    found = [sign for sign in SEPARATORS if sign in outside_quotes]
    if len(found) < 2:
        return found[0] if found else ","
    counts = {sign: _count(header, sign) for sign in found}
    fits = {sign: sum(_count(row, sign) == counts[sign] for row in rows) * (counts[sign] in (2, 3)) for sign in found}
    best = [sign for sign in found if fits[sign] == max(fits.values())]
    if len(best) > 1 and any(fits.values()):
        names = " and ".join(SEPARATORS[sign] for sign in best)
        message = f"{names} split this header and its rows equally well; put what belongs together in double quotes"
        raise TableProblem(header.number, 1, message)
    return best[0]


def _count(line: Line, sign: str) -> int:
    """Into how many values a sign splits a line; 0 where it cannot."""
    try:
        return len(cells(line, sign))
    except TableProblem:
        return 0
