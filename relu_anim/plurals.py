"""How many there are of something, in words."""

from __future__ import annotations

from collections.abc import Callable


def plural(count: int, noun: str) -> str:
    """The number with its noun: «1 row», «2,000 rows»."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def kind_of(value: object) -> str:
    """What a value is, for messages: «an int»."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def size_of(count: int, rounded: Callable[[float], float] = round) -> str:
    """Bytes as people read them: 812 bytes, 3.4 kB, 388 kB, 1.2 MB."""
    step = 10 ** max(len(str(count)) - 3, 0)
    shown = int(rounded(count / step)) * step
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if shown >= unit:
            return f"{shown / unit:.3g} {name}"
    return f"{shown} bytes"
