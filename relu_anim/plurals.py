"""How many there are of something, in words."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """The number with its noun: «1 row», «2,000 rows»."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
