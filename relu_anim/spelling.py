"""What a person meant who wrote a name or a number in another way: typing errors, other capitals, a decimal comma."""

from __future__ import annotations

import re
from collections.abc import Iterable

LETTERS_A_SLIP = 10  # a slip in three letters or more, another for each ten letters
MOST_SLIPS = 3
LEAST_LETTERS = 3  # of a word that is compared, and of a name's beginning that stands for it
MOST_LETTERS = 40

SPACES = " \u00a0\u2009\u202f"
GROUPED = re.compile(
    rf"(?P<whole>[+-]?[1-9]\d{{0,2}}(?P<mark>[,.'’_{SPACES}])\d{{3}}(?:(?P=mark)\d{{3}})*)(?:[.,](?P<rest>\d+))?",
    re.ASCII,
)
DECIMAL = re.compile(r"[+-]?\d*[,.]?\d+(?:[eE][+-]?\d+)?", re.ASCII)


def closest(given: str, names: Iterable[str]) -> str | None:
    """The name that was most likely meant, or None where none is likely."""
    word = plain(given)
    slips = {name: _slips(word, plain(name)) for name in names if 0 < len(word) <= MOST_LETTERS}
    name = min(slips, key=slips.__getitem__, default=None)
    allowed = min(MOST_SLIPS, (len(word) >= LEAST_LETTERS) + len(word) // LETTERS_A_SLIP)
    if name is not None and slips[name] <= allowed:
        return name
    starts = [name for name in slips if len(word) >= LEAST_LETTERS and plain(name).startswith(word)]
    return starts[0] if len(starts) == 1 else None


def plain(name: str) -> str:
    """A name in small letters and digits alone: LeakyReLU, leaky-relu and leaky_relu are the same."""
    return re.sub(r"[\W_]", "", name.lower())


def _slips(a: str, b: str) -> int:
    """How many letters are missing, too many, wrong, or changed with their neighbour."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]


def number_advice(text: str, is_whole: bool = False) -> str:
    """What to write for a text that may stand for a number, or a whole one: «write 0.01, with a point»; or nothing."""
    meant = [number for number in numbers_meant(text) if not is_whole or "." not in number]
    if not meant:
        return ""
    return f"write {' or '.join(meant)}" + ", with a point" * (text.strip().replace(",", ".") == meant[0] != text)


def numbers_meant(text: str) -> list[str]:
    """The numbers that a text with a decimal comma or with marks between its thousands may stand for: 0,01 is 0.01,
    1'000 is 1000, and 1,000 is 1000 or 1.0."""
    text = text.strip().replace("−", "-")
    match = GROUPED.fullmatch(text)
    if match and not (match["rest"] and text[match.end("whole")] == match["mark"]):
        whole = re.sub(r"[^\d+-]", "", match["whole"])
        if match["rest"]:
            return [f"{whole}.{match['rest']}"]
        is_decimal = match["mark"] == "," and text.count(",") == 1
        return [whole, repr(float(text.replace(",", ".")))] if is_decimal else [whole]
    return [text.replace(",", ".")] if DECIMAL.fullmatch(text) else []
