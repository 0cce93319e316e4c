"""Numbers of many networks of one shape at once: knots, dead layers, and how gradients grow on their way back (NumPy).

Tens of thousands of fresh networks are a matter of seconds. All is done in chunks that fit a processor's cache.

Knots are counted as `segments` finds them one by one: every unit is carried along as an affine function on each piece
of each network, with the same bounds on its rounding. Arrays are as wide as the network with the most pieces needs. Two
counts differ only where the order in which a sum is added up decides whether a change of slope is more than rounding,
which takes weights of very different sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.network import WHOLE_LINE, Network
from relu_anim.network.arguments import CannotBeComputed
from relu_anim.network.layer import EPSILON

FEW_POINTS = 16  # at which nearly every layer shows that it is alive
CHUNK = 2**17  # numbers in the largest array of a chunk, about: 1 MB
MOST = 2**19  # numbers in the largest array, before a chunk whose networks have unusually many pieces is halved


def count_knots(network: Network, parameters: Array, domain: tuple[float, float] = WHOLE_LINE) -> NDArray[np.int64]:
    """How many knots each network has inside the domain, as `Network.knots` finds them; parameters [networks, count],
    int64 [networks]. CannotBeComputed as for `Network.segments`."""
    if not network.is_piecewise_linear or network.layer_sizes[0] != 1:
        raise CannotBeComputed("knots are exact only for piecewise-linear activations and one input")
    pieces = 2 + sum(network.layer_sizes[1:])
    size = max(1, CHUNK // (pieces * max(network.layer_sizes)))
    chunks = chunks_of(np.arange(len(parameters)), size)
    counts = [_count(_layers(network, parameters[rows]), domain) for rows in chunks]
    return np.concatenate([np.zeros(0, dtype=np.int64), *counts])


def dead_layers(network: Network, parameters: Array, x: Array) -> NDArray[np.bool_]:
    """Which hidden layers have only dead units, as `Network.dead_units` says: [networks, hidden layers]. The points x
    are [points, inputs], or [networks, points, inputs] where each network has its own."""
    dead = np.zeros((len(parameters), len(network.layer_sizes) - 2), dtype=bool)
    points = x.shape[-2]
    few = np.unique(np.linspace(0, points - 1, min(points, FEW_POINTS)).astype(int))
    maybe = np.arange(len(parameters))
    for some in (few, np.arange(points)):  # a unit that is positive somewhere is alive, whatever the other points say
        size = networks_in_chunk(network, len(some))
        for rows in chunks_of(maybe, size):
            at = x[rows][:, some] if x.ndim == 3 else x[some]
            units = network.dead_units(parameters[rows], at)
            dead[rows] = np.stack([own.all(-1) for own in units], -1) if units else False
        maybe = np.flatnonzero(dead.any(1))
    return dead


def gradient_factors(network: Network, parameters: Array, x: Array) -> Array:
    """How much larger the gradient of the output is at each layer than at the next one: float64 [layers - 1].

    With d the derivatives of the sum of all outputs by the preactivations of a layer, this is the root of the sum of d²
    over networks, points and units, divided by that of the next layer; NaN where the next one has only zeros. Between
    ReLU layers of n units with weights of variance v it is about √(n · v / 2), where n are the units of the earlier
    one (He et al. 2015). The points x are [points, inputs], or [networks, points, inputs].
    """
    squares = np.zeros(len(network.activations))
    for rows in chunks_of(np.arange(len(parameters)), networks_in_chunk(network, x.shape[-2])):
        squares += _squared_gradients(network.inner, parameters[rows], network.scaled(x[rows] if x.ndim == 3 else x))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(squares[:-1] / np.where(squares[1:] == 0, np.nan, squares[1:]))


def _squared_gradients(network: Network, parameters: Array, x: Array) -> Array:
    """For each layer the sum of squares of d (sum of outputs) / d preactivation: [layers]."""
    preactivations = [preactivation for preactivation, _ in network.forward(parameters, x)]
    squares = np.zeros(len(preactivations))
    last = len(preactivations) - 1
    gradient: Array = np.ones_like(preactivations[last])
    for layer in range(last, -1, -1):
        if layer < last:
            gradient = gradient @ network.tensor(parameters, layer + 1, "weight")
        gradient = gradient * derivative(network, parameters, layer, preactivations[layer])
        squares[layer] = np.square(gradient, dtype=np.float64).sum()
    return squares


def derivative(network: Network, parameters: Array, layer: int, preactivation: Array) -> Array:
    """The slope of the activation function of a layer, with its learned slope where it has one."""
    activation = network.activations[layer]
    if not activation.learned:
        return activation.gradient(preactivation)
    slope = network.tensor(parameters, layer, "slope")[..., None]
    return activation.derivative(preactivation, slope.astype(preactivation.dtype, copy=False))


def networks_in_chunk(network: Network, points: int) -> int:
    """How many networks are computed together at so many points."""
    return max(1, CHUNK // max(1, points * max(network.layer_sizes)))


def chunks_of(rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    """The rows in pieces of this size."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


# ---------------------------------------------------------------- straight pieces: `segments`, for many networks


@dataclass(frozen=True)
class _Layer:
    """weight [networks, in, out] and bias [networks, out], float64; the slopes of the activation after it, left and
    right of 0, numbers or [networks, 1, 1]."""

    weight: Array
    bias: Array
    left: Array
    right: Array

    @property
    def switches(self) -> NDArray[np.bool_]:
        """In which networks a unit's slope changes at 0: [networks, 1, 1], or [] for all."""
        return self.left != self.right

    def half(self, part: slice) -> _Layer:
        """The same layer of some of the networks."""
        left, right = (side[part] if side.ndim else side for side in (self.left, self.right))
        return _Layer(self.weight[part], self.bias[part], left, right)


def _layers(network: Network, parameters: Array) -> list[_Layer]:
    parameters = parameters.astype(np.float64)
    last = len(network.activations) - 1
    layers = []
    for number, activation in enumerate(network.activations):
        weight, bias = network.first_layer(parameters) if number == 0 else _tensors(network, parameters, number)
        if number == last:
            weight, bias = weight * network.output_spread, bias * network.output_spread + network.output_center
        assert activation.slopes is not None
        values = activation.parameters.values()
        sides = activation.slopes(*([network.tensor(parameters, number, "slope")] if activation.learned else values))
        left, right = (np.asarray(side, dtype=np.float64) for side in sides)
        if activation.learned:
            left, right = (np.broadcast_to(side, (len(parameters), 1))[..., None] for side in (left, right))
        layers.append(_Layer(np.ascontiguousarray(np.swapaxes(weight, 1, 2)), bias, left, right))
    return layers


def _tensors(network: Network, parameters: Array, layer: int) -> tuple[Array, Array]:
    return network.tensor(parameters, layer, "weight"), network.tensor(parameters, layer, "bias")


def _count(layers: list[_Layer], domain: tuple[float, float]) -> NDArray[np.int64]:
    """The knots of each network of a chunk: every unit carried as an affine function on each piece, with a bound on its
    rounding."""
    networks = len(layers[0].weight)
    edges = _Edges(np.tile(np.array(domain, dtype=np.float64), (networks, 1)), np.zeros((networks, 2)))
    lines = _Lines(np.tile([[[1.0], [0.0]]], (networks, 1, 1))[..., None], np.zeros((networks, 2, 1, 1)))
    for number, layer in enumerate(layers):
        lines = lines.through(layer)
        if not layer.switches.any():
            lines.scale(layer.left[..., None])
            continue
        edges, parents = edges.split(lines, layer.switches)
        if networks > 1 and edges.x.size * lines.values.shape[-1] > MOST:
            parts = slice(networks // 2), slice(networks // 2, None)
            return np.concatenate([_count([layer.half(part) for layer in layers], domain) for part in parts])
        lines = lines.take(parents)
        positive = lines.values[:, 0] * edges.midpoints[..., None] + lines.values[:, 1] > 0
        if not any(later.switches.any() for later in layers[number + 1 :]):
            lines = lines.slopes
        lines.scale(_factors(layer, positive)[:, None])
    return _slope_changes(edges, lines)


def _factors(layer: _Layer, positive: NDArray[np.bool_]) -> Array:
    """The slope of the activation for each piece and unit; much faster than `np.where`."""
    right = positive.astype(np.float64) if (layer.right == 1).all() else layer.right * positive
    return right if (layer.left == 0).all() else right + layer.left * ~positive


def _slope_changes(edges: _Edges, lines: _Lines) -> NDArray[np.int64]:
    """At how many edges the slope of an output changes by more than rounding does."""
    slope, error = lines.values[:, 0], lines.errors[:, 0]
    change = np.abs(np.diff(slope, axis=1)) > error[:, :-1] + error[:, 1:]
    return np.count_nonzero(change.any(-1) & ~np.isnan(edges.x[:, 2:]), axis=1)


@dataclass(frozen=True)
class _Lines:
    """Every unit as an affine function on each piece: slopes and intercepts, and bounds on their errors, each
    [networks, 2, pieces, units]; or slopes alone, [networks, 1, pieces, units]."""

    values: Array
    errors: Array

    def through(self, layer: _Layer) -> _Lines:
        """The preactivations of a layer that takes these units as its inputs."""
        networks, kinds, pieces, inputs = self.values.shape
        flat = networks, kinds * pieces, inputs
        rounding = (inputs + 2) * EPSILON
        size = self.errors + rounding * np.abs(self.values)
        values = (self.values.reshape(flat) @ layer.weight).reshape(networks, kinds, pieces, -1)
        errors = (size.reshape(flat) @ np.abs(layer.weight)).reshape(values.shape)
        if kinds == 2:
            values[:, 1] += layer.bias[:, None]
            errors[:, 1] += rounding * np.abs(layer.bias[:, None])
        return _Lines(values, errors)

    def take(self, pieces: NDArray[np.intp]) -> _Lines:
        """The lines on these pieces [networks, pieces] of each network."""
        networks, kinds, count, units = self.values.shape
        rows = np.arange(networks * kinds).reshape(networks, kinds, 1) * count + pieces[:, None]
        return _Lines(*(lines.reshape(-1, units).take(rows, axis=0) for lines in (self.values, self.errors)))

    @property
    def slopes(self) -> _Lines:
        """The slopes alone: all that is needed where nothing switches any more."""
        return _Lines(self.values[:, :1], self.errors[:, :1])

    def scale(self, factor: Array) -> None:
        """Multiply the lines, in place, by a factor for each piece and unit."""
        np.multiply(self.values, factor, out=self.values)
        np.multiply(self.errors, np.abs(factor), out=self.errors)


@dataclass(frozen=True)
class _Edges:
    """The ends of the pieces of each network, ascending, and bounds on their errors, each [networks, pieces + 1]; NaN
    where a network has fewer than others."""

    x: Array
    errors: Array

    @cached_property
    def midpoints(self) -> Array:
        """A point inside each piece, also where it reaches to infinity."""
        low, high = self.x[:, :-1], self.x[:, 1:]
        with np.errstate(invalid="ignore"):
            start = np.where(low == -np.inf, high - 1 - np.abs(high), low)
            end = np.where(high == np.inf, low + 1 + np.abs(low), high)
            return np.where((low == -np.inf) & (high == np.inf), 0.0, start + (end - start) / 2)

    def split(self, lines: _Lines, switches: NDArray[np.bool_]) -> tuple[_Edges, NDArray[np.intp]]:
        """These edges and every point between them where a line crosses zero; and the piece in which each new one
        lies, [networks, new pieces]."""
        slope = lines.values[:, 0]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = -lines.values[:, 1] / slope
            inside = (x > self.x[:, :-1, None]) & (x < self.x[:, 1:, None]) & (np.abs(slope) > lines.errors[:, 0])
            network, *place = np.nonzero(inside & switches)
            x = x[network, *place]
            slope_error, intercept_error = (lines.errors[network, kind, *place] for kind in (0, 1))
            errors = (intercept_error + np.abs(x) * slope_error) / np.abs(slope[network, *place])
        return self._with(network, x, errors)

    def _with(self, network: NDArray[np.intp], x: Array, errors: Array) -> tuple[_Edges, NDArray[np.intp]]:
        """These edges and those at x, each of the network of this index, ascending."""
        networks, old = self.x.shape
        new = np.bincount(network, minlength=networks)
        column = old + np.arange(len(x)) - np.repeat(np.cumsum(new) - new, new)
        together = np.full((2, networks, old + new.max()), np.nan)
        together[:, :, :old] = self.x, self.errors
        together[:, network, column] = x, errors
        order = np.argsort(together[0], axis=1, kind="stable")  # NaN comes last
        order = order[:, : (~np.isnan(together[0])).sum(1).max()]
        finer = _Edges(*np.take_along_axis(together, order[None], axis=2))
        pieces = np.cumsum(order < old, axis=1)[:, :-1] - 1
        merged = finer._merge()
        if len(merged):
            pieces[merged] = _below(self.x[merged], finer.midpoints[merged]) - 1
        return finer, pieces.clip(0, max(old - 2, 0))

    def _merge(self) -> NDArray[np.intp]:
        """Leave one edge, the most precise, where rounding alone keeps several apart: a switch computed in two ways.
        Returns the networks in which there were such."""
        merged = rows = np.flatnonzero(self._close(slice(None)).any(1))
        while len(rows):
            x, errors, close = self.x[rows], self.errors[rows], self._close(rows)
            drop = np.zeros(x.shape, dtype=bool)
            drop[:, 1:] |= close & (errors[:, 1:] >= errors[:, :-1])
            drop[:, :-1] |= close & (errors[:, :-1] > errors[:, 1:])
            x[drop] = np.nan
            order = np.argsort(x, axis=1, kind="stable")
            self.x[rows], self.errors[rows] = (np.take_along_axis(a, order, axis=1) for a in (x, errors))
            rows = rows[self._close(rows).any(1)]
        return merged

    def _close(self, rows: slice | NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which neighbours may be one: [rows, pieces]."""
        errors = self.errors[rows]
        with np.errstate(invalid="ignore"):
            return np.diff(self.x[rows], axis=1) <= errors[:, :-1] + errors[:, 1:]


def _below(edges: Array, x: Array) -> NDArray[np.intp]:
    """How many edges are at or below each x, both ascending [rows, …]: `np.searchsorted` for each row."""
    order = np.argsort(np.concatenate([edges, x], axis=1), axis=1, kind="stable")
    is_edge = order < edges.shape[1]
    return np.cumsum(is_edge, axis=1)[~is_edge].reshape(x.shape)
