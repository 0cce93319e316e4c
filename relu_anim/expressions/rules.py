"""What operators and functions do to values and their derivatives (dual numbers), over NumPy or torch arrays."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]
Values = Any  # a NumPy array or a torch tensor; a Python float for what does not depend on x
Dual = tuple[Values, Values]  # a value and its derivative; the derivative 0.0, a float, costs nothing to carry along
Map = Callable[..., Values]
Rule = Callable[..., Dual]  # (lib, *duals) -> dual


class Apply(NamedTuple):
    """A step of a program: replace the `taken` values on top of the stack by what a rule makes of them."""

    rule: Rule
    taken: int


Step = float | str | Apply  # a number or a variable is pushed
Program = tuple[Step, ...]  # in postfix order, so that no depth of terms can overflow


class Function(NamedTuple):
    """A function that formulas can call: what it is, its rule, and how many arguments it takes (least, most)."""

    summary: str
    rule: Rule
    arity: tuple[int, float]


def evaluate(program: Program, lib: Any, names: Mapping[str, Dual]) -> Dual:
    """Run a program; `names` gives value and derivative of each variable."""
    stack: list[Dual] = []
    for step in program:
        if isinstance(step, Apply):
            arguments = stack[-step.taken :]
            stack[-step.taken :] = [step.rule(lib, *arguments)]
        else:
            stack.append(names[step] if isinstance(step, str) else (step, 0.0))
    return stack.pop()


def is_constant(tangent: Values) -> bool:
    """Whether this is the derivative of what does not depend on x."""
    return type(tangent) is float and tangent == 0.0


def _plus(a: Values, b: Values) -> Values:
    return b if is_constant(a) else a if is_constant(b) else a + b


def chain(lib: Any, slope: Values, tangent: Values) -> Values:
    """slope · tangent; as in autograd, not a number where an infinite slope meets a tangent of 0."""
    if type(tangent) is float:
        return 0.0 if tangent == 0.0 else slope if tangent == 1.0 else slope * tangent
    return slope * tangent


def _scale(tangent: Values, factor: Values) -> Values:
    return 0.0 if is_constant(tangent) else tangent * factor


def _add(lib: Any, a: Dual, b: Dual) -> Dual:
    return a[0] + b[0], _plus(a[1], b[1])


def _subtract(lib: Any, a: Dual, b: Dual) -> Dual:
    return a[0] - b[0], _plus(a[1], _scale(b[1], -1.0))


def _multiply(lib: Any, a: Dual, b: Dual) -> Dual:
    return a[0] * b[0], _plus(_scale(a[1], b[0]), _scale(b[1], a[0]))


def _divide(lib: Any, a: Dual, b: Dual) -> Dual:
    value = a[0] / b[0]
    tangent = _plus(a[1], _scale(b[1], -value))
    if type(b[0]) is float and b[0] == 0.0:
        return value, _scale(tangent, math.inf)  # two Python floats would raise ZeroDivisionError
    return value, 0.0 if is_constant(tangent) else tangent / b[0]


def _negate(lib: Any, a: Dual) -> Dual:
    return -a[0], _scale(a[1], -1.0)


def _power(lib: Any, base: Dual, exponent: Dual) -> Dual:
    (a, by_base), (b, by_exponent) = base, exponent
    value = _raised(lib, a, b)
    return value, _plus(_base_part(lib, a, b, by_base), _exponent_part(lib, a, value, by_exponent))


def _raised(lib: Any, a: Values, b: Values) -> Values:
    return lib.sqrt(a) if type(b) is float and b == 0.5 and type(a) is not float else a**b


def _base_part(lib: Any, a: Values, b: Values, tangent: Values) -> Values:
    if is_constant(tangent) or is_constant(b):
        return 0.0
    slope = b * _raised(lib, a, b - 1)
    return chain(lib, slope if type(b) is float else lib.where(b == 0, lib.zeros_like(slope), slope), tangent)


def _exponent_part(lib: Any, a: Values, value: Values, tangent: Values) -> Values:
    if is_constant(tangent):
        return 0.0
    slope = value * (float(np.log(a)) if type(a) is float else lib.log(a))
    return chain(lib, lib.where(value == 0, value, slope), tangent)  # 0**x is flat for x > 0, where log(0) is not


def extreme(name: str, opposite: str, sign: int) -> Rule:
    """max or min of any number of arguments; where two are equal, the derivative is the one of the left piece."""

    def of_two(lib: Any, a: Dual, b: Dual) -> Dual:
        like = b[0] if type(a[0]) is float else a[0]
        (u, v), (du, dv) = ([_filled(lib, like, part) for part in parts] for parts in zip(a, b, strict=True))
        value = getattr(lib, name)(u, v)
        if is_constant(a[1]) and is_constant(b[1]):
            return value, 0.0
        ahead, tie = sign * (u - v), getattr(lib, opposite)(du, dv)
        return value, lib.where(ahead > 0, du, lib.where(ahead < 0, dv, tie))

    return lambda lib, *duals: functools.reduce(functools.partial(of_two, lib), duals)


def _filled(lib: Any, like: Values, part: Values) -> Values:
    return lib.full_like(like, part) if type(part) is float else part


OPERATORS: dict[str, Rule] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
    "negative": _negate,
}
