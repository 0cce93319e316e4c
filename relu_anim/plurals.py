"""How many there are of something, in words."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """The number with its noun: «1 row», «2,000 rows»."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def size_of(count: int) -> str:
    """Bytes as people read them: 812 bytes, 3.4 kB, 388 kB, 1.2 MB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= 0.9995 * unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"
