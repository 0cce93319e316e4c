"""Points as the `d` of a path, in whole units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import FAR

Units = NDArray[np.int64]

UNIT = 10  # of each pixel, in which places are whole numbers


def in_units(points: Array, height: float) -> Units:
    """Places [n, 2] in pixels from the bottom, counted in units from the top."""
    near = np.clip(points, -FAR, FAR)
    places: Units = np.rint(np.column_stack([near[:, 0], height - near[:, 1]]) * UNIT).astype(np.int64)
    return places


def short(pixels: float) -> str:
    """A length in units, as short as shows it."""
    return f"{round(pixels * UNIT, 1) + 0.0:g}"


def whole(pixels: float) -> str:
    """A place in whole units."""
    return str(round(pixels * UNIT))


def rounded(number: int) -> str:
    """A whole number in as few signs as can be: 20000 is 2e4."""
    digits = str(number).rstrip("0")
    zeros = len(str(number)) - len(digits)
    return f"{digits}e{zeros}" if zeros > 2 else str(number)


def path(lines: Iterable[Units], closed: bool = False, every: bool = False) -> str:
    """Lines [n, 2], each from its start by steps; those that lead nowhere are left out, if not every one counts."""
    return "".join(_line(line.tolist(), closed, every) for line in lines)


def _line(line: Sequence[Sequence[int]], closed: bool, every: bool) -> str:
    (x, y), parts, before = line[0], [], ""
    start = f"M{joined((x, y))}"
    for to_x, to_y in line[1:]:
        right, down = to_x - x, to_y - y
        if not right and not down and not every:
            continue
        kind = "v" if not right else "l" if down else "h"
        text = joined((right, down)) if kind == "l" else str(right or down)
        parts.append(kind + text if kind != before else text if text[0] == "-" else f" {text}")
        x, y, before = to_x, to_y, kind
    return f"{start}{''.join(parts)}{'z' * closed}" if parts else ""


def joined(numbers: Iterable[float]) -> str:
    """Numbers behind each other, apart where they would run together."""
    return "".join(f" {number}" if number >= 0 else str(number) for number in numbers).removeprefix(" ")


def stations(places: Units) -> str:
    """A path through all places, whose last point is there twice: markers at all but the end are then at each once."""
    steps = np.diff(places, axis=0).ravel().tolist()
    return f"M{joined(places[0].tolist())}{'l' * bool(steps)}{joined(steps)}h0" if len(places) else ""
