"""The functions that formulas can call, with their derivatives."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from relu_anim.expressions.parser import parse_program
from relu_anim.expressions.rules import (
    AnyArray,
    Dual,
    Function,
    Map,
    Program,
    Values,
    chain,
    evaluate,
    extreme,
    is_constant,
)


def _elementary(summary: str, value: str | Map, slope: Map | None = None) -> Function:
    """One argument: the function's name in both libraries or `value(lib, x)`, and `slope(lib, x, value)`, else flat."""

    def rule(lib: Any, argument: Dual) -> Dual:
        x, tangent = argument
        y = getattr(lib, value)(x) if isinstance(value, str) else value(lib, x)
        return y, 0.0 if slope is None or is_constant(tangent) else chain(lib, slope(lib, x, y), tangent)

    return Function(summary, rule, (1, 1))


def _defined(summary: str, text: str, *names: str) -> Function:
    """A function that is itself a formula in its arguments, so that its derivative follows."""

    @functools.cache
    def program() -> Program:
        return parse_program(text, names, FUNCTIONS)

    def rule(lib: Any, *arguments: Dual) -> Dual:
        return evaluate(program(), lib, dict(zip(names, arguments, strict=True)))

    return Function(summary, rule, (len(names), len(names)))


def sigmoid(x: AnyArray) -> AnyArray:
    """1 / (1 + exp(-x)) without overflow, in the dtype of `x` (NumPy)."""
    small = np.exp(-np.abs(x))
    result: AnyArray = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return result


def softplus(x: AnyArray) -> AnyArray:
    """log(1 + exp(x)) without overflow, in the dtype of `x` (NumPy)."""
    result: AnyArray = np.logaddexp(x, np.zeros_like(x))
    return result


def erf(x: AnyArray) -> AnyArray:
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
    "min": Function("the smallest of two or more", extreme("minimum", "maximum", -1), (2, math.inf)),
    "max": Function("the largest of two or more", extreme("maximum", "minimum", 1), (2, math.inf)),
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
