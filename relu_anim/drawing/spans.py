"""Parts of a length: where rows, columns and the axes in them begin and end."""

from __future__ import annotations

import math
from collections.abc import Sequence

Span = tuple[float, float]


def evenly(
    span: Span, before: Sequence[float], after: Sequence[float], apart: float, shares: Sequence[float] = ()
) -> list[Span]:
    """Parts of a span, equally long or as these shares are, with this much before and after each, and so far apart."""
    (start, stop), shares, parts = span, shares or [1.0] * len(before), []
    free = max(stop - start - sum(before) - sum(after) - apart * (len(before) - 1), float(len(before)))
    for ahead, behind, share in zip(before, after, shares, strict=True):
        start += ahead
        parts.append((start, start + free * share / sum(shares)))
        start = parts[-1][1] + behind + apart
    return parts


def inside(span: Span, before: Sequence[float], after: Sequence[float], apart: float, scale: float) -> list[Span]:
    """Equally long parts, of which the first begins where the span does and the last ends with it. They are as long as
    whole pixels of the frame, so that they stay equal there; what is left of one lies between them."""
    parts = evenly(span, [0.0, *before[1:]], [*after[:-1], 0.0], apart)
    if len(parts) == 1:
        return parts
    length = parts[0][1] - parts[0][0]
    whole = max(math.floor(length * scale + 1e-6), 1) / scale
    starts = [start + (length - whole) * number / (len(parts) - 1) for number, (start, _) in enumerate(parts)]
    return [(start, start + whole) for start in starts]


def square(across: Span, down: Span, scale: float) -> tuple[Span, Span]:
    """The largest square in the middle of a rectangle, at whole pixels of the frame."""
    side = max(int(min(across[1] - across[0], down[1] - down[0]) * scale), 1) / scale
    left, top = (round((start + stop - side) / 2 * scale) / scale for start, stop in (across, down))
    return (left, left + side), (top, top + side)
