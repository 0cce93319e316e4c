"""A network looked into from its parameters alone: outputs of every unit, knots, dead units, sparsity (NumPy)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relu_anim.activations import Activation

Array = NDArray[np.floating]

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Slot:
    """Where one tensor of one layer lies in the flat parameter vector."""

    layer: int
    name: str  # weight | bias | slope
    shape: tuple[int, ...]
    start: int

    @property
    def stop(self) -> int:
        """One past the last parameter."""
        return self.start + int(np.prod(self.shape))


@dataclass(frozen=True)
class Stage:
    """One row of the network as the guide draws it: a linear layer, or the activation after it."""

    title: str
    values: Array  # [..., points, units]
    layer: int
    is_activation: bool


@dataclass(frozen=True)
class Segments:
    """A piecewise-linear function of one input: on [edges[i], edges[i + 1]] it is slopes[i] · x + intercepts[i].

    edges float64 [n + 1], ascending; slopes and intercepts float64 [n, outputs]; slope_errors bounds the rounding in
    slopes, so that a smaller change of slope means nothing.
    """

    edges: Array
    slopes: Array
    intercepts: Array
    slope_errors: Array


@dataclass(frozen=True)
class Network:
    """The shape of a dense network: layer sizes, and the activation after each layer, the output's last.

    Parameters come as one flat vector [..., parameters]: weight [out, in], bias [out] and, where the activation is
    learned, its slope [1], layer by layer. Leading dimensions are networks computed at once.
    """

    layer_sizes: tuple[int, ...]
    activations: tuple[Activation, ...]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The layout of the flat parameter vector."""
        slots: list[Slot] = []
        for layer, activation in enumerate(self.activations):
            inputs, outputs = self.layer_sizes[layer : layer + 2]
            shapes: list[tuple[str, tuple[int, ...]]] = [("weight", (outputs, inputs)), ("bias", (outputs,))]
            if activation.learned:
                shapes.append(("slope", (1,)))
            for name, shape in shapes:
                slots.append(Slot(layer, name, shape, slots[-1].stop if slots else 0))
        return tuple(slots)

    @property
    def parameter_count(self) -> int:
        """Length of the flat parameter vector."""
        return self.slots[-1].stop

    @cached_property
    def layer_starts(self) -> NDArray[np.int64]:
        """Index of the first parameter of each layer, int64 [layers]."""
        return np.array([slot.start for slot in self.slots if slot.name == "weight"])

    def tensor(self, parameters: Array, layer: int, name: str) -> Array:
        """The weight, bias or slope of a layer, as a view of the flat parameters."""
        slot = next(slot for slot in self.slots if (slot.layer, slot.name) == (layer, name))
        return parameters[..., slot.start : slot.stop].reshape(*parameters.shape[:-1], *slot.shape)

    def activate(self, parameters: Array, layer: int, preactivation: Array) -> Array:
        """The activation function of a layer, with its learned slope where it has one."""
        activation = self.activations[layer]
        if not activation.learned:
            return activation(preactivation)
        slope = self.tensor(parameters, layer, "slope")[..., None]
        return activation.function(preactivation, slope.astype(preactivation.dtype, copy=False))

    def forward(self, parameters: Array, x: Array) -> list[tuple[Array, Array]]:
        """(preactivation, activation) of every layer at x [points, inputs], each [..., points, units]."""
        layers: list[tuple[Array, Array]] = []
        signal: Array = x
        for layer in range(len(self.activations)):
            weight = np.swapaxes(self.tensor(parameters, layer, "weight"), -1, -2)
            preactivation = signal @ weight + self.tensor(parameters, layer, "bias")[..., None, :]
            signal = self.activate(parameters, layer, preactivation)
            layers.append((preactivation, signal))
        return layers

    def output(self, parameters: Array, x: Array) -> Array:
        """The network's output at x [points, inputs]: [..., points, outputs]."""
        return self.forward(parameters, x)[-1][1]

    def stages(self, parameters: Array, x: Array) -> list[Stage]:
        """Every unit's curve before and after each activation; an identity activation is no stage of its own."""
        stages = []
        for layer, (preactivation, signal) in enumerate(self.forward(parameters, x)):
            inputs, outputs = self.layer_sizes[layer : layer + 2]
            stages.append(Stage(f"Linear {inputs}→{outputs}", preactivation, layer, False))
            if self.activations[layer].name != "identity":
                stages.append(Stage(self.activations[layer].title, signal, layer, True))
        return stages

    @property
    def is_piecewise_linear(self) -> bool:
        """Whether the output is made of straight pieces, so that its knots are known exactly."""
        return all(activation.slopes is not None for activation in self.activations)

    def segments(self, parameters: Array, domain: tuple[float, float] = (-np.inf, np.inf)) -> Segments:
        """The straight pieces of a network with one input, split wherever any unit switches; parameters [count].

        Every unit is carried as an affine function on each piece, with a bound on its rounding: exact up to float64.
        ValueError for activations that are not piecewise linear, or for more than one input.
        """
        if not self.is_piecewise_linear or self.layer_sizes[0] != 1:
            raise ValueError("knots are exact only for piecewise-linear activations and one input")
        edges = _Edges(np.array(domain, dtype=np.float64), np.zeros(2))
        lines = _Lines(np.array([[[1.0, 0.0]]]), np.zeros((1, 1, 2)))
        parameters = parameters.astype(np.float64)
        for layer in range(len(self.activations)):
            lines = lines.through(self.tensor(parameters, layer, "weight"), self.tensor(parameters, layer, "bias"))
            left, right = self._slopes(parameters, layer)
            if left != right:  # else nothing switches
                finer = edges.split(lines)
                lines = lines.take(np.searchsorted(edges.x, finer.midpoints, side="right") - 1)
                edges = finer
            slope, intercept = lines.values[..., 0], lines.values[..., 1]
            positive = slope * edges.midpoints[:, None] + intercept > 0
            lines = lines.scaled(np.where(positive, right, left)[..., None])
        return Segments(edges.x, lines.values[..., 0], lines.values[..., 1], lines.errors[..., 0])

    def bends(self, parameters: Array, domain: tuple[float, float]) -> Array:
        """The ends of the domain and every place inside where a unit switches: float64 [n], ascending. All curves are
        straight in between. Errors as for `segments`."""
        hidden = [activation for activation in self.activations[:-1] if activation.name != "identity"]
        shallow = len(self.activations) == 2 and hidden and self.activations[-1].name == "identity"
        if not shallow or self.layer_sizes[0] != 1 or not self.is_piecewise_linear:
            return self.segments(parameters, domain).edges
        weight, bias = self.tensor(parameters, 0, "weight")[:, 0], self.tensor(parameters, 0, "bias")
        with np.errstate(divide="ignore", invalid="ignore"):
            switches = -bias.astype(np.float64) / weight  # of one hidden layer, known without a search
        inside = switches[(switches > domain[0]) & (switches < domain[1])]
        return np.concatenate([domain[:1], np.sort(inside), domain[1:]])

    def knots(self, parameters: Array, domain: tuple[float, float] = (-np.inf, np.inf)) -> Array:
        """Where the output's slope changes inside the domain: float64 [n], ascending, in input units (Hanin &
        Rolnick 2019). Errors as for `segments`."""
        pieces = self.segments(parameters, domain)
        change = np.abs(np.diff(pieces.slopes, axis=0))
        rounding = pieces.slope_errors[:-1] + pieces.slope_errors[1:]
        return pieces.edges[1:-1][(change > rounding).any(axis=1)]

    def _slopes(self, parameters: Array, layer: int) -> tuple[float, float]:
        activation = self.activations[layer]
        assert activation.slopes is not None
        if activation.learned:
            return activation.slopes(float(self.tensor(parameters, layer, "slope")[0]))
        return activation.slopes(*activation.parameters.values())

    def dead_units(self, parameters: Array, x: Array) -> list[NDArray[np.bool_]]:
        """For each hidden layer, which ReLU units have a preactivation ≤ 0 at every point of x: [..., units]."""
        hidden = self.forward(parameters, x)[:-1]
        return [
            np.all(preactivation <= 0, axis=-2) & (activation.name == "relu")
            for (preactivation, _), activation in zip(hidden, self.activations, strict=False)
        ]

    def sparsity(self, parameters: Array, x: Array) -> list[Array]:
        """For each hidden layer, the share of activations that are exactly 0 over the points of x: [...]."""
        return [(signal == 0).mean(axis=(-2, -1)) for _, signal in self.forward(parameters, x)[:-1]]


@dataclass(frozen=True)
class _Lines:
    """Every unit as an affine function on each piece: (slope, intercept) and bounds on their errors, each
    [pieces, units, 2]."""

    values: Array
    errors: Array

    def through(self, weight: Array, bias: Array) -> _Lines:
        """The preactivations of a layer that takes these units as its inputs."""
        size = np.abs(weight) @ np.abs(self.values)
        size[..., 1] += np.abs(bias)
        values = weight @ self.values
        values[..., 1] += bias
        return _Lines(values, np.abs(weight) @ self.errors + (weight.shape[1] + 2) * EPSILON * size)

    def take(self, pieces: NDArray[np.intp]) -> _Lines:
        """The lines on these pieces."""
        return _Lines(self.values[pieces], self.errors[pieces])

    def scaled(self, factor: Array) -> _Lines:
        """The lines times a factor for each piece and unit."""
        return _Lines(self.values * factor, self.errors * np.abs(factor))


@dataclass(frozen=True)
class _Edges:
    """The ends of pieces, ascending, and bounds on their errors, each [pieces + 1]."""

    x: Array
    errors: Array

    @property
    def midpoints(self) -> Array:
        """A point inside each piece, also where it reaches to infinity."""
        x = self.x.copy()
        if len(x) == 2 and np.isinf(x).all():
            return np.zeros(1)
        if np.isinf(x[0]):
            x[0] = x[1] - 1 - abs(x[1])
        if np.isinf(x[-1]):
            x[-1] = x[-2] + 1 + abs(x[-2])
        return x[:-1] + np.diff(x) / 2

    def split(self, lines: _Lines) -> _Edges:
        """These edges and every point between them where a line crosses zero."""
        slope, intercept = lines.values[..., 0], lines.values[..., 1]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = -intercept / slope
            errors = (lines.errors[..., 1] + np.abs(x) * lines.errors[..., 0]) / np.abs(slope)
        is_sloped = np.abs(slope) > lines.errors[..., 0]
        inside = is_sloped & (x > self.x[:-1, None]) & (x < self.x[1:, None])
        together = np.append(self.x, x[inside])
        order = np.argsort(together, kind="stable")
        return _Edges(together[order], np.append(self.errors, errors[inside])[order])._distinct()

    def _distinct(self) -> _Edges:
        """One edge, the most precise, where rounding alone keeps several apart: a switch computed in two ways."""
        close = np.diff(self.x) <= self.errors[:-1] + self.errors[1:]
        if not close.any():
            return self
        keep = np.ones(len(self.x), dtype=bool)
        keep[1:] &= ~(close & (self.errors[1:] >= self.errors[:-1]))
        keep[:-1] &= ~(close & (self.errors[:-1] > self.errors[1:]))
        return _Edges(self.x[keep], self.errors[keep])._distinct()
