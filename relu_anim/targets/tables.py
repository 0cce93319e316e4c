"""The user's own points: a CSV file with a header, one or two inputs, and a number or a class that is learned."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, NoReturn

import numpy as np

from relu_anim.aliases import Array
from relu_anim.errors import merge_conflict
from relu_anim.plurals import plural
from relu_anim.spelling import number_advice
from relu_anim.targets.lines import Block, Cell, Line, TableProblem, blocks, cells, decoded, separator, texts
from relu_anim.targets.points import Points, read_only

MOST_ROWS = 1_000_000
MOST_CLASSES = 100
LARGEST = 1e15
CLASS_HEADERS = ("class", "label")
LONGEST_SHOWN = 30
TRIED_ROWS = 100  # with each separator

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
NO_FINITE_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.ASCII | re.IGNORECASE)


class Word(NamedTuple):
    """A name of a column or of a class, and where it stands first."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Table:
    """Points from a file. `columns` are its header: the inputs, then what is learned.

    `class_names` are sorted, numbers by their size, and `points.y` is the index of one; empty where numbers are
    learned. `words` are the names of columns and classes in the order of the file. `digest` is the SHA-256 of the file;
    two tables are the same where it is.
    """

    columns: tuple[str, ...] = field(compare=False)
    points: Points = field(compare=False, repr=False)
    class_names: tuple[str, ...] = field(compare=False)
    words: tuple[Word, ...] = field(compare=False, repr=False)
    digest: str


def read_table(file: BinaryIO) -> Table:
    """The table of a CSV file; TableProblem with the place of the first thing wrong, OSError if it cannot be read."""
    digest = hashlib.sha256()
    header: Line | None = None
    rows: _Rows | None = None
    for block in blocks(file, digest.update):
        if header is None and len(block):
            header, block = next(iter(block)), block.cut(1)
        if header is not None and len(block):
            rows = rows or _Rows(header, list(block.cut(0, TRIED_ROWS)))
            rows.add(block)
    if header is None:
        message = "the file is empty; it needs a header, such as x,y, and below it one row for each point"
        raise TableProblem(1, 1, message)
    return (rows or _Rows(header, [])).table(digest.hexdigest())


class _Rows:
    """What was read so far: blocks [rows, columns] of numbers, whose last column is learned; a class as its index in
    `names`, which are in the order they came."""

    def __init__(self, header: Line, first_rows: Sequence[Line]) -> None:
        self.delimiter = separator(header, first_rows)
        names = cells(header, self.delimiter)
        self.columns = _header(header, names)
        self.words = [Word(name.text, header.number, name.column) for name in names]
        self.blocks: list[Array] = []
        self.count, self.last_line = 0, header.number
        self.is_headed_class = self.columns[-1].lower() in CLASS_HEADERS
        self.is_class = self.is_headed_class
        self.names: dict[str, int] = {}
        self.first = (header.number, Cell(1, ""))  # what the first row wants learned

    def add(self, block: Block) -> None:
        """Take the next rows."""
        if not self.count:
            first = next(iter(block))
            self.first = first.number, self._cells(first)[-1]
            learned = self.first[1].text  # 1,5 is meant as a number, which is then said
            self.is_class = self.is_headed_class or not (_is_numeric(learned) or number_advice(learned))
        room = MOST_ROWS - self.count
        if len(taken := block.cut(0, room)):
            try:
                self.blocks.append(self._values(taken))
            except ValueError:
                self._refuse(taken)
            self.count, self.last_line = self.count + len(taken), taken.numbers[-1]
        if len(block) > room:
            message = f"more than {MOST_ROWS:,} rows; a random part of them is enough to learn from"
            raise TableProblem(block.numbers[room], 1, message)

    def table(self, digest: str) -> Table:
        """All rows as a table; TableProblem where they are too few, or all of one class."""
        if self.count < 2:
            found = plural(self.count, "row")
            raise TableProblem(
                self.last_line, 1, f"the file ends after {found} below its header; at least 2 are needed"
            )
        if self.is_class and len(self.names) == 1:
            line, cell = self.first
            message = f"every row is of the class {_shown(cell.text)}; at least two classes are needed"
            raise TableProblem(line, cell.column, message)
        values = np.concatenate(self.blocks)
        names = sorted(self.names, key=_class_order)
        learned = values[:, -1:].copy()
        if self.is_class:
            rank = np.argsort([self.names[name] for name in names])
            learned = rank[learned.astype(np.intp)].astype(np.float64)
        points = Points(values[:, :-1].copy(), learned)
        return Table(self.columns, read_only(points), tuple(names), tuple(self.words), digest)

    def _values(self, block: Block) -> Array:
        """The rows [lines, columns]; ValueError if anything is wrong with any of them."""
        rows = [texts(line, self.delimiter) for line in block.raw]
        if set(map(len, rows)) != {len(self.columns)}:
            raise ValueError("a row has another number of values than the header")
        columns = list(zip(*rows, strict=True))
        inputs = [_numbers(column) for column in (columns[:-1] if self.is_class else columns)]
        if not self.is_class:
            return np.column_stack(inputs)
        found = [text.strip() for text in columns[-1]]
        new = [text for text in dict.fromkeys(found) if text not in self.names]
        if len(self.names) + len(new) > MOST_CLASSES or not all(map(self._is_name, new)):
            raise ValueError("a text that is no class")
        for text in new:
            row = found.index(text)
            self.words.append(Word(text, block.numbers[row], self._cells(block.line(row))[-1].column))
            self.names[text] = len(self.names)
        return np.column_stack([*inputs, [self.names[text] for text in found]])

    def _is_name(self, text: str) -> bool:
        """Whether a text can be the name of a class."""
        is_number = NO_FINITE_NUMBER.fullmatch(text) or (not self.is_headed_class and NUMBER.fullmatch(text))
        return bool(text) and text.isprintable() and not is_number

    def _refuse(self, block: Block) -> NoReturn:
        """TableProblem at the first value of a block that is not as it should be."""
        names = set(self.names)
        for line in block:
            *inputs, learned = self._cells(line)
            for cell, column in zip(inputs, self.columns, strict=False):
                _check_number(line.number, cell, column)
            if self.is_class:
                self._check_class(line.number, learned, names)
                names.add(learned.text)
            else:
                _check_number(line.number, learned, self.columns[-1], self.first)
        raise AssertionError("what was wrong is right when looked at with care")

    def _cells(self, line: Line) -> list[Cell]:
        found = cells(line, self.delimiter)
        wanted = len(self.columns)
        _refuse_conflict(line)
        if len(found) != wanted:
            column = found[wanted].column if len(found) > wanted else len(decoded(line)) + 1
            values = plural(len(found), "value")
            raise TableProblem(line.number, column, f"this row has {values}; the header has {wanted} columns")
        for cell, name in zip(found, self.columns, strict=True):
            if not cell.text:
                message = f"the value of {_shown(name)} is missing; write it or remove this row"
                raise TableProblem(line.number, cell.column, message)
        return found

    def _check_class(self, line: int, cell: Cell, names: Set[str]) -> None:
        """TableProblem for a text that is no class, where there are these."""
        if cell.text in names or (self._is_name(cell.text) and len(names) < MOST_CLASSES):
            return
        message = f"{_shown(cell.text)} is no class; write the class or remove this row"
        if not NO_FINITE_NUMBER.fullmatch(cell.text):
            if not self.is_headed_class and NUMBER.fullmatch(cell.text):
                first_line, first = self.first
                raise _no_number(first_line, first, self.columns[-1], (line, cell))
            if not cell.text.isprintable():
                message = f"the class name {_shown(cell.text)} holds a character that cannot be shown"
            else:
                hint = "; to learn numbers, give the column another name" if _is_numeric(cell.text) else ""
                number = f"class number {MOST_CLASSES + 1}"
                message = f"{_shown(cell.text)} would be {number}; at most {MOST_CLASSES} fit{hint}"
        raise TableProblem(line, cell.column, message)


def _header(header: Line, found: list[Cell]) -> tuple[str, ...]:
    line, length, names = header.number, len(decoded(header)), [cell.text for cell in found]
    _refuse_conflict(header)
    wanted = "a header names one or two inputs and then what is learned, such as x,y or x1,x2,class"
    for cell in found:
        if _is_numeric(cell.text):
            message = f"{_shown(cell.text)} is a number: a header is missing; it names the columns, as in x,y"
            raise TableProblem(line, cell.column, message)
    if len(found) > 3:
        raise TableProblem(line, found[3].column, f"{len(found)} columns, where three are the most; {wanted}")
    if len(found) < 2:
        raise TableProblem(line, length + 1, f"one column only; {wanted}")
    for index, cell in enumerate(found):
        if not cell.text.isprintable() or not cell.text:
            raise TableProblem(line, cell.column, f"column {index + 1} has no name that can be shown")
        if cell.text in names[:index]:
            message = f"two columns have the name {_shown(cell.text)}; each needs a name of its own"
            raise TableProblem(line, cell.column, message)
    return tuple(names)


def _numbers(column: Sequence[str]) -> Array:
    """The numbers that texts are; ValueError if one is none, or none to learn from."""
    try:
        values = np.array(list(map(float, column)))
    except ValueError:  # some space that `strip` knows and `float` does not, or no number
        values = np.array([float(text.strip()) for text in column])
    joined = "".join(column)
    is_plain = joined.isascii() and "_" not in joined  # Python takes 1_000 and digits of other scripts too
    is_right = is_plain or all(NUMBER.fullmatch(text.strip()) for text in column)
    if not is_right or not (np.abs(values) <= LARGEST).all():  # nan is not
        raise ValueError("a text that is no number to learn from")
    return values


def _check_number(line: int, cell: Cell, name: str, other: tuple[int, Cell] | None = None) -> None:
    """TableProblem for a value that is no number to learn from."""
    if NO_FINITE_NUMBER.fullmatch(cell.text):
        message = f"{_shown(cell.text)} cannot be learned from; write a finite number or remove this row"
        raise TableProblem(line, cell.column, message)
    if not NUMBER.fullmatch(cell.text):
        raise _no_number(line, cell, name, other)
    if abs(float(cell.text)) > LARGEST:
        message = f"{_shown(cell.text)} is too large; no number may be beyond {LARGEST:g}"
        raise TableProblem(line, cell.column, message)


def _no_number(line: int, cell: Cell, name: str, other: tuple[int, Cell] | None) -> TableProblem:
    """A text in a column of numbers; `other` is a number in it, where these might have been classes."""
    hint = ""
    if meant := number_advice(cell.text):
        hint = f"; {meant}"
    elif other is not None:
        number = f"line {other[0]} has the number {_shown(other[1].text)}"
        hint = f" ({number}); if these are classes, call the column class"
    return TableProblem(line, cell.column, f"{_shown(cell.text)} is text where {_shown(name)} needs a number{hint}")


def _refuse_conflict(line: Line) -> None:
    if message := merge_conflict(decoded(line)):
        raise TableProblem(line.number, 1, message)


def _is_numeric(text: str) -> bool:
    return bool(NUMBER.fullmatch(text) or NO_FINITE_NUMBER.fullmatch(text))


def _class_order(name: str) -> tuple[bool, float, str]:
    is_number = NUMBER.fullmatch(name) is not None
    return not is_number, float(name) if is_number else 0.0, name


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")
