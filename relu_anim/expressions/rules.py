"""What operators and functions do to values and their derivatives (dual numbers), over NumPy or torch arrays."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Values = Any  # a NumPy array or a torch tensor; a Python float for what does not depend on x
Dual = tuple[Values, Values]  # a value and its derivative; the derivative 0.0, a float, costs nothing to carry along
Map = Callable[..., Values]
Rule = Callable[..., Dual]  # (lib, *duals) -> dual


class Apply(NamedTuple):
    """A step of a program: replace the `taken` values on top of the stack by what the rule `name` makes of them."""

    name: str
    taken: int


Program = tuple[
    float | str | Apply, ...
]  # postfix: a number or a variable is pushed, so no depth of terms can overflow


def evaluate(program: Program, lib: Any, names: Mapping[str, Dual]) -> Dual:
    """Run a program; `names` gives value and derivative of each variable."""
    stack: list[Dual] = []
    for step in program:
        if isinstance(step, Apply):
            arguments = stack[-step.taken :]
            stack[-step.taken :] = [rule_of(step.name)(lib, *arguments)]
        else:
            stack.append(names[step] if isinstance(step, str) else (step, 0.0))
    return stack.pop()


def rule_of(name: str) -> Rule:
    """The rule of an operator or a function."""
    return OPERATORS[name] if name in OPERATORS else FUNCTIONS[name].rule


def _still(tangent: Values) -> bool:
    return type(tangent) is float and tangent == 0.0


def _plus(a: Values, b: Values) -> Values:
    return b if _still(a) else a if _still(b) else a + b


def _chain(lib: Any, slope: Values, tangent: Values) -> Values:
    """slope · tangent; as in autograd, not a number where an infinite slope meets a tangent of 0."""
    if type(tangent) is float:
        return 0.0 if tangent == 0.0 else slope if tangent == 1.0 else slope * tangent
    return slope * tangent


def _scale(tangent: Values, factor: Values) -> Values:
    return 0.0 if _still(tangent) else tangent * factor


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
    return value, 0.0 if _still(tangent) else tangent / b[0]


def _negate(lib: Any, a: Dual) -> Dual:
    return -a[0], _scale(a[1], -1.0)


def _power(lib: Any, base: Dual, exponent: Dual) -> Dual:
    (a, by_base), (b, by_exponent) = base, exponent
    value = _raised(lib, a, b)
    return value, _plus(_base_part(lib, a, b, by_base), _exponent_part(lib, a, value, by_exponent))


def _raised(lib: Any, a: Values, b: Values) -> Values:
    return lib.sqrt(a) if type(b) is float and b == 0.5 and type(a) is not float else a**b


def _base_part(lib: Any, a: Values, b: Values, tangent: Values) -> Values:
    if _still(tangent) or _still(b):
        return 0.0
    slope = b * _raised(lib, a, b - 1)
    return _chain(lib, slope if type(b) is float else lib.where(b == 0, lib.zeros_like(slope), slope), tangent)


def _exponent_part(lib: Any, a: Values, value: Values, tangent: Values) -> Values:
    if _still(tangent):
        return 0.0
    slope = value * (float(np.log(a)) if type(a) is float else lib.log(a))
    return _chain(lib, lib.where(value == 0, value, slope), tangent)  # 0**x is flat for x > 0, where log(0) is not


def _extreme(name: str, opposite: str, sign: int) -> Rule:
    """max or min of any number of arguments; where two are equal, the derivative is the one of the left piece."""

    def of_two(lib: Any, a: Dual, b: Dual) -> Dual:
        like = b[0] if type(a[0]) is float else a[0]
        (u, v), (du, dv) = ([_filled(lib, like, part) for part in parts] for parts in zip(a, b, strict=True))
        value = getattr(lib, name)(u, v)
        if _still(a[1]) and _still(b[1]):
            return value, 0.0
        ahead, tie = sign * (u - v), getattr(lib, opposite)(du, dv)
        return value, lib.where(ahead > 0, du, lib.where(ahead < 0, dv, tie))

    return lambda lib, *duals: functools.reduce(functools.partial(of_two, lib), duals)


def _filled(lib: Any, like: Values, part: Values) -> Values:
    return lib.full_like(like, part) if type(part) is float else part


class Function(NamedTuple):
    """A function that formulas can call: what it is, its rule, and how many arguments it takes (least, most)."""

    summary: str
    rule: Rule
    arity: tuple[int, float]


def _elementary(summary: str, value: str | Map, slope: Map | None = None) -> Function:
    """One argument: the function's name in both libraries or `value(lib, x)`, and `slope(lib, x, value)`, else flat."""

    def rule(lib: Any, argument: Dual) -> Dual:
        x, tangent = argument
        y = getattr(lib, value)(x) if isinstance(value, str) else value(lib, x)
        return y, 0.0 if slope is None or _still(tangent) else _chain(lib, slope(lib, x, y), tangent)

    return Function(summary, rule, (1, 1))


def _defined(summary: str, text: str, *names: str) -> Function:
    """A function that is itself a formula in its arguments, so that its derivative follows."""

    @functools.cache
    def program() -> Program:
        from relu_anim.expressions.parser import parse_program  # at the first use: it needs FUNCTIONS

        return parse_program(text, names)

    def rule(lib: Any, *arguments: Dual) -> Dual:
        return evaluate(program(), lib, dict(zip(names, arguments, strict=True)))

    return Function(summary, rule, (len(names), len(names)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)) without overflow, in the dtype of `x` (NumPy)."""
    small = np.exp(-np.abs(x))
    result: Array = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return result


def softplus(x: Array) -> Array:
    """log(1 + exp(x)) without overflow, in the dtype of `x` (NumPy)."""
    result: Array = np.logaddexp(x, np.zeros_like(x))
    return result


def erf(x: Array) -> Array:
    """The error function to full float64 precision, in the dtype of `x` (NumPy)."""
    x = np.asarray(x)
    return np.asarray(_ERF(x)).astype(x.dtype)


_ERF = np.frompyfunc(math.erf, 1, 1)


def _sigmoid(lib: Any, x: Values) -> Values:
    return sigmoid(x) if lib is np else lib.sigmoid(x)


def _cbrt(lib: Any, x: Values) -> Values:
    return np.cbrt(x) if lib is np else lib.sign(x) * lib.abs(x) ** (1 / 3)


def _relu(lib: Any, x: Values) -> Values:
    return lib.where(x <= 0, lib.zeros_like(x), x)  # not maximum, whose derivative at 0 autograd makes 0.5


OPERATORS: dict[str, Rule] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _power,
    "negative": _negate,
}

# In a slope, m is the library, numpy or torch, and y is the value at x.
FUNCTIONS: dict[str, Function] = {
    "sin": _elementary("sine of x in radians", "sin", lambda m, x, y: m.cos(x)),
    "cos": _elementary("cosine", "cos", lambda m, x, y: -m.sin(x)),
    "tan": _elementary("tangent", "tan", lambda m, x, y: 1 + y * y),
    "asin": _elementary("inverse sine", "asin", lambda m, x, y: ((1 - x) * (1 + x)) ** -0.5),
    "acos": _elementary("inverse cosine", "acos", lambda m, x, y: -(((1 - x) * (1 + x)) ** -0.5)),
    "atan": _elementary("inverse tangent", "atan", lambda m, x, y: 1 / (1 + x * x)),
    "sinh": _elementary("hyperbolic sine", "sinh", lambda m, x, y: m.cosh(x)),
    "cosh": _elementary("hyperbolic cosine", "cosh", lambda m, x, y: m.sinh(x)),
    "tanh": _elementary("hyperbolic tangent", "tanh", lambda m, x, y: m.cosh(x) ** -2.0),
    "asinh": _elementary("inverse hyperbolic sine", "asinh", lambda m, x, y: (1 + x * x) ** -0.5),
    "acosh": _elementary("inverse hyperbolic cosine", "acosh", lambda m, x, y: (x - 1) ** -0.5 * (x + 1) ** -0.5),
    "atanh": _elementary("inverse hyperbolic tangent", "atanh", lambda m, x, y: 1 / ((1 - x) * (1 + x))),
    "exp": _elementary("e**x", "exp", lambda m, x, y: y),
    "expm1": _elementary("e**x - 1, accurate near 0", "expm1", lambda m, x, y: m.exp(x)),
    "log": _elementary("natural logarithm", "log", lambda m, x, y: 1 / x),
    "ln": _elementary("natural logarithm, as log", "log", lambda m, x, y: 1 / x),
    "log2": _elementary("logarithm to base 2", "log2", lambda m, x, y: 1 / (x * math.log(2))),
    "log10": _elementary("logarithm to base 10", "log10", lambda m, x, y: 1 / (x * math.log(10))),
    "log1p": _elementary("log(1 + x), accurate near 0", "log1p", lambda m, x, y: 1 / (1 + x)),
    "sqrt": _elementary("square root", "sqrt", lambda m, x, y: 0.5 / y),
    "cbrt": _elementary("cube root, of negative numbers too", _cbrt, lambda m, x, y: 1 / (3 * y * y)),
    "abs": _elementary("x without its sign", "abs", lambda m, x, y: m.sign(x)),
    "sign": _elementary("-1, 0 or 1", "sign"),
    "floor": _elementary("the next whole number below", "floor"),
    "ceil": _elementary("the next whole number above", "ceil"),
    "round": _elementary("the nearest whole number, the even one of two", "round"),
    "step": _defined("1 for x > 0, else 0", "max(sign(x), 0)", "x"),
    "heaviside": _defined("1 for x > 0, else 0, as step", "max(sign(x), 0)", "x"),
    "min": Function("the smallest of two or more", _extreme("minimum", "maximum", -1), (2, math.inf)),
    "max": Function("the largest of two or more", _extreme("maximum", "minimum", 1), (2, math.inf)),
    "clip": _defined("clip(x, lo, hi): x kept in [lo, hi]", "min(max(x, lo), hi)", "x", "lo", "hi"),
    "erf": _elementary(
        "error function",
        lambda m, x: erf(x) if m is np else m.erf(x),
        lambda m, x, y: m.exp(-x * x) * (2 / math.sqrt(math.pi)),
    ),
    "relu": _elementary("max(0, x)", _relu, lambda m, x, y: m.sign(y)),
    "sigmoid": _elementary(  # its slope is not y * (1 - y), which is 0 in float32 from x = 17 on
        "1 / (1 + exp(-x))", _sigmoid, lambda m, x, y: y * _sigmoid(m, -x)
    ),
    "softplus": _elementary(
        "log(1 + exp(x))", lambda m, x: m.logaddexp(x, m.zeros_like(x)), lambda m, x, y: _sigmoid(m, x)
    ),
    "gelu": _defined("x · Φ(x)", "x * (1 + erf(x / sqrt(2))) / 2", "x"),
    "silu": _defined("x · sigmoid(x), also called Swish", "x * sigmoid(x)", "x"),
    "elu": _defined("x for x > 0, else exp(x) - 1", "max(x, 0) + expm1(min(x, 0))", "x"),
    "leaky_relu": _defined(
        "leaky_relu(x, slope): x for x > 0, else slope · x", "max(x, 0) + slope * min(x, 0)", "x", "slope"
    ),
}
