"""Formulas: a text such as `sin(3*x) + x/2` becomes a function over NumPy or torch arrays, without any eval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from relu_anim.expressions.breaks import jumps, unconnected, undefined_at
from relu_anim.expressions.functions import FUNCTIONS, erf, sigmoid, softplus
from relu_anim.expressions.parser import FormulaError, parse_program
from relu_anim.expressions.rules import OPERATORS, AnyArray, Apply, Dual, Program, Values, evaluate

__all__ = [
    "FUNCTIONS",
    "Formula",
    "FormulaError",
    "constant",
    "erf",
    "jumps",
    "parse",
    "sigmoid",
    "softplus",
    "unconnected",
    "undefined_at",
]


@dataclass(frozen=True)
class Formula:
    """A parsed formula. `x` is one array, or a tuple with one array for each of several variables.

    Results have the shape and dtype (float32 or float64) of `x` and may hold inf and nan. `lib` is the module that
    `x` belongs to, numpy or torch; torch can differentiate the value by autograd.
    """

    text: str
    variables: tuple[str, ...]
    program: Program = field(repr=False, compare=False)

    def __call__(self, x: Values, lib: Any = np) -> Values:
        """The value at `x`."""
        return self._run(x, lib, 0.0)[0]

    def derivative(self, x: Values) -> Values:
        """The exact derivative by the first variable at a NumPy array; at a knot of max and min, of the left piece; not
        a number where an infinite slope meets a flat one, as in sqrt(abs(x)) at 0."""
        return self._run(x, np, 1.0)[1]

    def with_derivative(self, x: Values, lib: Any = np) -> Dual:
        """Value and derivative in one pass by dual numbers, for NumPy or torch, without autograd."""
        return self._run(x, lib, 1.0)

    @property
    def steps(self) -> list[float | str | tuple[str, int]]:
        """The program in postfix order for other languages: numbers, names of variables, and operators and functions
        with how many arguments they take."""
        names = {rule: name for name, rule in OPERATORS.items()}
        names |= {function.rule: name for name, function in FUNCTIONS.items()}
        return [(names[step.rule], step.taken) if isinstance(step, Apply) else step for step in self.program]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as text: a program holds functions."""
        return parse, (self.text, self.variables)

    def _run(self, x: Values, lib: Any, tangent: float) -> Dual:
        inputs = x if isinstance(x, tuple) else (x,)
        inputs = tuple(_floating(v) for v in inputs) if lib is np else inputs
        tangents = (tangent, *[0.0] * (len(inputs) - 1))
        names = dict(zip(self.variables, zip(inputs, tangents, strict=True), strict=True))
        with np.errstate(all="ignore"):
            value, slope = evaluate(self.program, lib, names)
            return _owned(lib, value, inputs), _owned(lib, slope, (*inputs, value))


def _floating(x: Values) -> AnyArray:
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _owned(lib: Any, result: Values, others: tuple[Values, ...]) -> Values:
    """The result as an array of its own: filled if it is a number, copied if it is one of the others."""
    if type(result) is float:
        return lib.sign(others[0]) * 0.0 + result  # not full_like, which would cut autograd's graph
    return result * 1.0 if any(result is x for x in others) else result


def parse(text: str, variables: tuple[str, ...] = ("x",)) -> Formula:
    """The formula that `text` spells, in Python's notation and precedence; raises FormulaError."""
    return Formula(text, variables, parse_program(text, variables, FUNCTIONS))


def constant(text: str) -> float:
    """The number that a formula without variables stands for, such as 2*pi; raises FormulaError. It may be no finite
    number."""
    (value,) = parse_program(text, (), FUNCTIONS)
    assert isinstance(value, float)
    return value
