"""Activation functions: one table from names to functions, derivatives and parameters (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from relu_anim.aliases import Array
from relu_anim.expressions import Formula, erf, parse, sigmoid, softplus

NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Activation:
    """One activation function, with the values of its parameters.

    `function(x, *parameters)` and `derivative(x, *parameters)` keep the shape and dtype of `x`; a derivative at a
    knot is the one of the left piece, as in torch. `slopes` gives (left, right) of a function that is linear on each
    side of 0, and is None for every other.
    """

    name: str
    title: str
    summary: str
    function: Callable[..., Array]
    derivative: Callable[..., Array]
    parameters: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    learned: bool = False
    slopes: Callable[..., tuple[float, float]] | None = None
    formula: Formula | None = None

    def __call__(self, x: Array) -> Array:
        """The function at `x`, with this activation's own parameter values."""
        return self.function(x, *self.parameters.values())

    def gradient(self, x: Array) -> Array:
        """The derivative at `x`, with this activation's own parameter values."""
        return self.derivative(x, *self.parameters.values())

    def __reduce__(self) -> tuple[Any, ...]:
        return from_json, (self.as_json(),)  # its functions have no names by which they could be found

    def as_json(self) -> dict[str, Any]:
        """What `from_json` makes it of: its name with its parameters, or its formula."""
        return {"formula": self.formula.text} if self.formula else {"name": self.name, **self.parameters}


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _normal_cdf(x: Array) -> Array:
    return 0.5 * (1 + erf(x / np.sqrt(2, dtype=x.dtype)))


def _gelu_derivative(x: Array) -> Array:
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi, dtype=x.dtype)
    return _normal_cdf(x) + x * density


def _silu_derivative(x: Array) -> Array:
    s = sigmoid(x)
    return s * (1 + x * (1 - s))


def _sigmoid_derivative(x: Array) -> Array:
    return sigmoid(x) * sigmoid(-x)  # not s·(1 - s), which is 0 in float32 from x = 17 on


def _leaky(x: Array, slope: float) -> Array:
    return np.where(x > 0, x, slope * x)


def _leaky_derivative(x: Array, slope: float) -> Array:
    return np.where(x > 0, np.ones_like(x), np.asarray(slope, dtype=x.dtype))


ACTIVATIONS: dict[str, Activation] = {
    a.name: a
    for a in (
        Activation("identity", "identity", "x", lambda x: x, np.ones_like, slopes=lambda: (1.0, 1.0)),
        Activation(
            "relu",
            "ReLU",
            "max(0, x)",
            lambda x: np.maximum(x, 0),
            lambda x: (x > 0).astype(x.dtype),
            slopes=lambda: (0.0, 1.0),
        ),
        Activation(
            "leaky_relu",
            "leaky ReLU",
            "x for x > 0, else negative_slope · x",
            _leaky,
            _leaky_derivative,
            {"negative_slope": 0.01},
            slopes=lambda slope: (slope, 1.0),
        ),
        Activation(
            "prelu",
            "PReLU",
            "leaky ReLU whose slope is learned, one for each layer; init is where it starts",
            _leaky,
            _leaky_derivative,
            {"init": 0.25},
            learned=True,
            slopes=lambda slope: (slope, 1.0),
        ),
        Activation(
            "elu",
            "ELU",
            "x for x > 0, else alpha · (exp(x) - 1)",
            _elu,
            lambda x, alpha: np.where(x > 0, np.ones_like(x), alpha * np.exp(np.minimum(x, 0))),
            {"alpha": 1.0},
        ),
        Activation("gelu", "GELU", "x · Φ(x)", lambda x: x * _normal_cdf(x), _gelu_derivative),
        Activation("silu", "SiLU", "x · sigmoid(x), also called Swish", lambda x: x * sigmoid(x), _silu_derivative),
        Activation("softplus", "softplus", "log(1 + exp(x))", softplus, sigmoid),
        Activation("sigmoid", "sigmoid", "1 / (1 + exp(-x))", sigmoid, _sigmoid_derivative),
        Activation("tanh", "tanh", "hyperbolic tangent", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    )
}


def named(name: str, **parameters: float) -> Activation:
    """The activation of that name with some of its parameters changed; KeyError for a name or parameter it lacks."""
    activation = ACTIVATIONS[name]
    unknown = parameters.keys() - activation.parameters.keys()
    if unknown:
        raise KeyError(min(unknown))
    return replace(activation, parameters=MappingProxyType({**activation.parameters, **parameters}))


def from_formula(formula: Formula) -> Activation:
    """A formula in x as an activation function; its derivative is exact."""
    text = formula.text
    return Activation(text, text, text, formula, formula.derivative, formula=formula)


def from_json(data: dict[str, Any]) -> Activation:
    """The activation that `as_json` describes. For anything else a ValueError, TypeError or KeyError."""
    if "formula" in data:
        return from_formula(parse(data["formula"]))
    parameters = {name: float(value) for name, value in data.items() if name != "name"}
    return named(data["name"], **parameters)
