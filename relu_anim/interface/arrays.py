"""Weights and biases that are arrays, of NumPy or of whatever NumPy reads, as the layers of a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from relu_anim.activations import ACTIVATIONS, Activation, from_formula, from_json, named
from relu_anim.aliases import Array
from relu_anim.config.synonyms import NOT_HERE, name_meant
from relu_anim.errors import ConfigError
from relu_anim.expressions import FormulaError, parse
from relu_anim.facts import joined
from relu_anim.network import Network
from relu_anim.network.arguments import array_of
from relu_anim.plurals import plural

ORDERS = ("in_out", "out_in")
WHY = (
    'weights: say "in_out" (Keras, scikit-learn, JAX) or "out_in" (torch), the order of the sides of each matrix; a'
    " square one would be taken either way without a word"
)
Layer = tuple[Array, Array, Array | None]  # weight [out, in], bias [out], and a learned slope [1]


def as_array(value: Any, name: str) -> Array:
    """An array of whatever holds one, on any device; ConfigError where it is no array of numbers."""
    return array_of(value, name, ConfigError, lambda own: np.asarray(_on_cpu(own)))


def _on_cpu(value: Any) -> Any:
    """A tensor of torch's as NumPy takes it: on the CPU, without gradient, and of a type that it has."""
    if not hasattr(value, "detach"):
        return value
    value = value.detach().cpu()
    return value.numpy() if "bfloat16" not in str(value.dtype) else value.float().numpy()


def sides_of(value: Any) -> int:
    """How many sides an array has; -1 for what is none."""
    try:
        return np.ndim(_on_cpu(value))
    except Exception:  # as for `as_array`
        return -1


def activation_of(value: Any, place: str = "activations") -> Activation:
    """The activation of a name, of a formula in x, or of a mapping, as a config has it."""
    try:
        if isinstance(value, Mapping):
            return _with_finite_numbers(from_json(dict(value)))
        if isinstance(value, str) and value in ACTIVATIONS:
            return named(value)
        if isinstance(value, str) and not value.isidentifier():
            return from_formula(parse(value))
    except (FormulaError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise ConfigError(f"{place}: {value!r} is no activation: {error}") from None
    advice = NOT_HERE.get(value) if isinstance(value, str) else None
    if isinstance(value, str) and (meant := name_meant(value, ACTIVATIONS)):
        advice = f"did you mean {meant}?"
    advice = advice or f"one of {joined(list(ACTIVATIONS))}, or a formula in x"
    raise ConfigError(f"{place}: {value!r} is no activation; {advice}")


def _with_finite_numbers(activation: Activation) -> Activation:
    for key, number in activation.parameters.items():
        if not math.isfinite(number):
            raise ValueError(f"{key} is {number}")
    return activation


def check_order(weights: Any) -> str:
    """The order of the sides of matrices; ConfigError where it is not said."""
    if not isinstance(weights, str) or weights not in ORDERS:
        raise ConfigError(WHY if weights is None else f"{WHY}; got {weights!r}")
    return weights


def layers_of(params: Any, activations: Sequence[Activation], order: str) -> list[Layer]:
    """The layers of `params`: a pair (W, b) for each, with b None where there is none, or all arrays in a row. A
    learned slope follows its bias. ConfigError where they are not as many as the activations, or do not
    fit together."""
    if not isinstance(params, Iterable) or isinstance(params, (str, bytes, Mapping)):
        raise ConfigError(f"params: expected a pair (W, b) for each layer, got {type(params).__name__}")
    rows = list(_rows(list(params), activations))
    if len(rows) != len(activations):
        raise ConfigError(
            f"params: {plural(len(rows), 'layer')} of weights, and {plural(len(activations), 'activation')};"
            " there is one for each layer, the output's last"
        )
    layers: list[Layer] = []
    for number, (row, activation) in enumerate(zip(rows, activations, strict=True)):
        place = f"params[{number}]"
        weight = as_array(row[0], f"{place}: weight")
        if weight.ndim != 2 or 0 in weight.shape:
            raise ConfigError(f"{place}: a weight has two sides, got the shape {weight.shape}")
        weight = weight.T if order == "in_out" else weight
        bias = np.zeros(len(weight)) if row[1] is None else as_array(row[1], f"{place}: bias").reshape(-1)
        if len(bias) != len(weight):
            raise ConfigError(f"{place}: its bias has {plural(len(bias), 'number')} for {_units(weight, order)}")
        if layers and len(layers[-1][0]) != weight.shape[1]:
            wide = f"takes {plural(weight.shape[1], 'input')}, the layer before gives {len(layers[-1][0])}"
            raise ConfigError(f'{place}: {wide} with weights="{order}"')
        layers.append((weight, bias, _slope(row, activation, place)))
    return layers


def network_of(layers: Sequence[Layer], activations: Sequence[Activation]) -> Network:
    """The network of these layers."""
    sizes = (layers[0][0].shape[1], *(len(weight) for weight, _, _ in layers))
    return Network(sizes, tuple(activations))


def _units(weight: Array, order: str) -> str:
    return f'{plural(len(weight), "unit")} with weights="{order}"'


def _rows(params: list[Any], activations: Sequence[Activation]) -> Iterator[Sequence[Any]]:
    """The arrays of each layer."""
    if len(params) == 2 and [_all_sides(row) for row in params] == [{2}, {1}]:
        raise ConfigError("params: all weights, and then all biases; write list(zip(weights, biases))")
    if all(_is_pair(row) for row in params):
        yield from params
        return
    if len(params) > 1 and sides_of(params[0]) == sides_of(params[1]) == 2 and 1 not in np.shape(_on_cpu(params[1])):
        raise ConfigError("params: the second array is a matrix; in a row they are weight, bias, weight, bias, …")
    start = 0
    for activation in activations:
        if start < len(params):
            yield params[start : start + 2 + activation.learned]
        start += 2 + activation.learned
    if start != len(params):
        raise ConfigError(
            f"params: {plural(len(params), 'array')} in a row, where these activations need {start}: a weight and a"
            " bias for each layer; write pairs (W, None) where there is no bias"
        )


def _is_pair(row: Any) -> bool:
    """Whether it is a weight with its bias. A list may be a matrix too."""
    is_one = isinstance(row, (tuple, list)) and len(row) in (2, 3)
    return is_one and (isinstance(row, tuple) or sides_of(row[0]) == 2)


def _all_sides(row: Any) -> set[int]:
    """How many sides each array of a list of arrays has."""
    return {sides_of(array) for array in row} if isinstance(row, (tuple, list)) else set()


def _slope(row: Sequence[Any], activation: Activation, place: str) -> Array | None:
    if not activation.learned:
        if len(row) > 2:
            raise ConfigError(f"{place}: {activation.name} has no slope that is learned; give (W, b)")
        return None
    slope = as_array(row[2], f"{place}: slope").reshape(-1) if len(row) > 2 else np.zeros(0)
    if len(slope) != 1:
        raise ConfigError(f"{place}: {activation.name} has one learned slope; give (W, b, slope)")
    return slope
