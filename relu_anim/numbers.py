"""Numbers as a reader of pictures sees them: −1.5, 5.4·10⁻⁴, 1 000; the sign before decimals is that of the picture's
language. Messages and files of data have Python's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from relu_anim.plurals import plural

THIN_SPACE = "\u2009"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
IN_TEXT = re.compile(r"(?<![\w.)])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\()")
PLAIN = range(-3, 6)  # powers of ten of the first digit, up to which a number is written in full
_sign: ContextVar[str] = ContextVar("decimal sign", default=".")


@contextmanager
def decimal_sign(sign: str) -> Iterator[None]:
    """Numbers are written with this sign before their decimals meanwhile."""
    token = _sign.set(sign)
    try:
        yield
    finally:
        _sign.reset(token)


def written(value: float, digits: int = 6) -> str:
    """A number in about this many significant digits, without zeros at its end: 0.25, −1.5, 1 000, 3.06·10⁻⁷."""
    return plain(value, digits) if value == 0 or magnitude(value, digits) in PLAIN else power(value, digits)


def magnitude(value: float, digits: int = 15) -> int:
    """The power of ten of the first digit, once the number is rounded: 9.996 is 10.0 in three digits."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2]) if math.isfinite(value) else 0


def plain(value: float, digits: int = 6, grouped: float = 1000) -> str:
    """The same in full, however small or large; thousands are apart from `grouped` on."""
    return _signed(_without_zeros(_with_zeros(value, digits, grouped)))


def power(value: float, digits: int = 6) -> str:
    """The same as a product with a power of ten: 10⁻⁵, 2·10³."""
    exponent = magnitude(value, digits)
    factor = _signed(_without_zeros(_with_zeros(float(f"{value:.{digits - 1}e}".partition("e")[0]), digits)))
    return {"1": "", "−1": "−"}.get(factor, f"{factor}·") + "10" + str(exponent).translate(SUPERSCRIPTS)


def steady(value: float, digits: int = 3) -> str:
    """A positive number that changes, with the zeros at its end, so that it does not flicker: 0.500, 5.4·10⁻⁴."""
    if value == 0:
        return "0"
    exponent = magnitude(value, digits)
    if exponent in PLAIN:
        return _signed(_with_zeros(value, digits))
    factor = f"{value:.{digits - 2}e}".partition("e")
    return f"{_signed(factor[0])}·10{str(int(factor[2])).translate(SUPERSCRIPTS)}"


def percent(share: float) -> str:
    """A share in percent: 12.5 %."""
    return f"{written(100 * share, 3)}{THIN_SPACE}%"


def steady_percent(share: float) -> str:
    """The same of a share that changes, with as many decimals all along, but for those of the ends: 0 %, 95.0 %,
    100 %."""
    text = f"{100 * share:.1f}"
    return f"{_signed(_without_zeros(text) if text in ('0.0', '100.0') else text)}{THIN_SPACE}%"


def counted(count: int, noun: str) -> str:
    """A number with its noun: «1 row», «2 000 rows»."""
    return plural(count, noun).replace(",", THIN_SPACE)


def in_words(text: str) -> str:
    """A message with its numbers written as in pictures: «not finite at −1.49»."""
    return IN_TEXT.sub(lambda found: written(float(found[0])), text)


def _signed(text: str) -> str:
    return text.replace(".", _sign.get())


def _without_zeros(text: str) -> str:
    """A number in full without the zeros behind its point."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_zeros(value: float, digits: int, grouped: float = 1000) -> str:
    value += 0.0  # −0 is 0
    decimals = max(digits - 1 - magnitude(value, digits), 0) if value else 0
    text = f"{value:,.{decimals}f}" if abs(value) >= grouped else f"{value:.{decimals}f}"
    return text.replace(",", THIN_SPACE).replace("-", "−")
