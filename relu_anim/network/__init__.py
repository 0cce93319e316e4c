"""A network looked into from its parameters alone: outputs of every unit, knots, regions, dead units (NumPy)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from relu_anim.activations import Activation, from_json
from relu_anim.aliases import Array
from relu_anim.network.arguments import CannotBeComputed, interval_of, parameters_of, points_of
from relu_anim.network.layer import Layer
from relu_anim.network.plane import Domain, Plane, cut_rectangle
from relu_anim.network.segments import Segments, straight_pieces

__all__ = ["Network", "Plane", "Segments", "Slot", "Stage"]

WHOLE_LINE = (-np.inf, np.inf)


@dataclass(frozen=True)
class Slot:
    """Where one tensor of one layer lies in the flat parameter vector."""

    layer: int
    name: str  # weight | bias | slope
    shape: tuple[int, ...]
    start: int

    @cached_property
    def stop(self) -> int:
        """One past the last parameter."""
        return self.start + math.prod(self.shape)


@dataclass(frozen=True)
class Stage:
    """One row of the network as the guide draws it: a linear layer, or the activation after it."""

    title: str
    values: Array  # [..., points, units]
    layer: int
    is_activation: bool


@dataclass(frozen=True)
class Network:
    """The shape of a dense network: layer sizes, and the activation after each layer, the output's last.

    Parameters come as one flat vector [..., parameters]: weight [out, in], bias [out] and, where the activation is
    learned, its slope [1], layer by layer. Leading dimensions are networks computed at once. The first layer sees
    (input - center) / spread where these are given, one each for every input, and the output is what the last layer
    gives, without an activation, times `output_spread` plus `output_center`. All else is in the user's own units.
    """

    layer_sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    center: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    output_center: float = 0.0
    output_spread: float = 1.0

    def __repr__(self) -> str:
        return f"<Network {self.sizes}: {', '.join(activation.name for activation in self.activations)}>"

    @property
    def sizes(self) -> str:
        """The layer sizes in words: 1-20-1."""
        return "-".join(map(str, self.layer_sizes))

    def unit_numbers(self, layer: int) -> range:
        """The numbers of a layer's units, which count on from one layer to the next."""
        start = sum(self.layer_sizes[1 : layer + 1])
        return range(start, start + self.layer_sizes[layer + 1])

    def as_json(self) -> dict[str, Any]:
        """What `of_json` makes it of."""
        return {
            "layer_sizes": list(self.layer_sizes),
            "activations": [activation.as_json() for activation in self.activations],
            "center": list(self.center),
            "spread": list(self.spread),
            "output_center": self.output_center,
            "output_spread": self.output_spread,
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Network:
        """The network that `as_json` describes. For anything else a ValueError, TypeError or KeyError."""
        sizes, activations = tuple(data["layer_sizes"]), tuple(map(from_json, data["activations"]))
        center, spread, *output = data["center"], data["spread"], data["output_center"], data["output_spread"]
        if any(type(size) is not int or size < 1 for size in sizes):
            raise ValueError("the sizes of layers are whole numbers from 1 on")
        if len(sizes) != len(activations) + 1 or len(sizes) < 2:
            raise ValueError("there is an activation for each layer after the first")
        if len(center) != len(spread) or len(center) not in (0, sizes[0]):
            raise ValueError("there is a center and a spread for each input, or for none")
        numbers = [*center, *spread, *output]
        if not all(type(number) in (int, float) and math.isfinite(number) for number in numbers):
            raise ValueError("what inputs and outputs are scaled by are finite numbers")
        return cls(sizes, activations, tuple(map(float, center)), tuple(map(float, spread)), *map(float, output))

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

    @cached_property
    def _slots_by_name(self) -> dict[tuple[int, str], Slot]:
        return {(slot.layer, slot.name): slot for slot in self.slots}

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
        slot = self._slots_by_name[layer, name]
        return parameters[..., slot.start : slot.stop].reshape(*parameters.shape[:-1], *slot.shape)

    @cached_property
    def inner(self) -> Network:
        """The same network of scaled inputs, with its output as it comes."""
        return Network(self.layer_sizes, self.activations)

    def scaled(self, x: Array) -> Array:
        """Inputs x [points, inputs] as the first layer sees them."""
        return (x - np.array(self.center, x.dtype)) / np.array(self.spread, x.dtype) if self.center else x

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
        parameters = parameters_of(parameters, self.parameter_count)
        signal = self.scaled(points_of(x, self.layer_sizes[0]))
        for layer in range(len(self.activations)):
            weight = np.swapaxes(self.tensor(parameters, layer, "weight"), -1, -2)
            preactivation = signal @ weight + self.tensor(parameters, layer, "bias")[..., None, :]
            signal = self.activate(parameters, layer, preactivation)
            layers.append((preactivation, signal))
        if (self.output_center, self.output_spread) != (0.0, 1.0):
            total = signal * self.output_spread + self.output_center
            layers[-1] = total, total
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

    def segments(self, parameters: Array, domain: tuple[float, float] = WHOLE_LINE) -> Segments:
        """The straight pieces of a network with one input, split wherever any unit switches; parameters [count].

        CannotBeComputed, a ConfigError, for activations that are not piecewise linear, or for more than one input.
        """
        if not self.is_piecewise_linear or self.layer_sizes[0] != 1:
            raise CannotBeComputed("knots are exact only for piecewise-linear activations and one input")
        return straight_pieces(self._layers(parameters), interval_of(domain))

    def bends(self, parameters: Array, domain: tuple[float, float]) -> Array:
        """The ends of the domain and every place inside where a unit switches: float64 [n], ascending. All curves are
        straight in between. Errors as for `segments`."""
        hidden = [activation for activation in self.activations[:-1] if activation.name != "identity"]
        shallow = len(self.activations) == 2 and hidden and self.activations[-1].name == "identity"
        if not shallow or self.layer_sizes[0] != 1 or not self.is_piecewise_linear:
            return self.segments(parameters, domain).edges
        weight, bias = self.first_layer(parameters)
        with np.errstate(divide="ignore", invalid="ignore"):
            switches = -bias / weight[:, 0]  # of one hidden layer, known without a search
        inside = switches[(switches > domain[0]) & (switches < domain[1])]
        return np.concatenate([domain[:1], np.sort(inside), domain[1:]])

    def knots(self, parameters: Array, domain: tuple[float, float] = WHOLE_LINE) -> Array:
        """Where the output's slope changes inside the domain: float64 [n], ascending, in input units (Hanin &
        Rolnick 2019). Errors as for `segments`."""
        return self.segments(parameters, domain).knots

    @overload
    def plane(self, parameters: Array, domain: Domain) -> Plane: ...

    @overload
    def plane(self, parameters: Array, domain: Domain, most: int | None) -> Plane | None: ...

    def plane(self, parameters: Array, domain: Domain, most: int | None = None) -> Plane | None:
        """The rectangle of a domain cut where any unit switches; None if that makes more than `most` polygons. The
        domain is one interval for both inputs, or one for each.

        CannotBeComputed, a ConfigError, for activations that are not piecewise linear, for a number of inputs other
        than two, or for a domain without end.
        """
        if not self.is_piecewise_linear or self.layer_sizes[0] != 2:
            raise CannotBeComputed("polygons are exact only for piecewise-linear activations and two inputs")
        for side in domain if np.ndim(domain) == 2 else [domain]:
            if not np.isfinite(interval_of(side)).all():
                raise CannotBeComputed("polygons need a domain with two ends; write (-5, 5), say")
        return cut_rectangle(self._layers(parameters), domain, most)

    def linear_regions(self, parameters: Array, domain: Domain = WHOLE_LINE) -> int:
        """How many pieces the function has over a domain of one input; over the rectangle of two, how many polygons
        the units cut it into. Errors as for `segments` and `plane`."""
        if self.layer_sizes[0] == 2:
            return len(self.plane(parameters, domain).polygons)
        return len(self.knots(parameters, interval_of(domain))) + 1

    def regions(self, parameters: Array, domain: Domain = WHOLE_LINE) -> int:
        """How many linear regions there are over a domain: `linear_regions`, in short."""
        return self.linear_regions(parameters, domain)

    def collapse_error(self, parameters: Array, x: Array) -> float:
        """The largest distance at x [points, inputs] between the network, in float32 as it is trained, and the one
        affine map that it is, composed in float64. CannotBeComputed unless every activation is the identity."""
        if any(activation.name != "identity" for activation in self.activations):
            raise CannotBeComputed("only a network without activation functions is one affine map")
        x = self.scaled(x).astype(np.float32)
        slope, offset = np.eye(self.layer_sizes[0]), np.zeros(self.layer_sizes[0])
        for layer in self.inner._layers(parameters):
            slope, offset = layer.weight @ slope, layer.weight @ offset + layer.bias
        return float(np.abs(self.inner.output(parameters.astype(np.float32), x) - (x @ slope.T + offset)).max())

    def slopes(self, parameters: Array) -> list[float]:
        """The learned slopes, in the order of their layers."""
        return [float(parameters[slot.start]) for slot in self.slots if slot.name == "slope"]

    def first_layer(self, parameters: Array) -> tuple[Array, Array]:
        """Weight [units, inputs] and bias [units] of the first layer for inputs in their own units, float64."""
        weight, bias = (self.tensor(parameters, 0, name).astype(np.float64) for name in ("weight", "bias"))
        if self.center:
            weight = weight / np.array(self.spread)
            bias = bias - weight @ np.array(self.center)
        return weight, bias

    def last_layer(self, parameters: Array) -> tuple[Array, Array]:
        """Weight [..., outputs, units] and bias [..., outputs] of the last layer, as they make the output."""
        last = len(self.activations) - 1
        return self._as_output(self.tensor(parameters, last, "weight"), self.tensor(parameters, last, "bias"))

    def _as_output(self, weight: Array, bias: Array) -> tuple[Array, Array]:
        return weight * self.output_spread, bias * self.output_spread + self.output_center

    def _layers(self, parameters: Array) -> list[Layer]:
        parameters = parameters_of(parameters, self.parameter_count).astype(np.float64)
        if parameters.ndim != 1:
            raise CannotBeComputed(f"parameters: are those of one snapshot here, got the shape {parameters.shape}")
        layers = [self.first_layer(parameters)]
        for number in range(1, len(self.activations)):
            layers.append((self.tensor(parameters, number, "weight"), self.tensor(parameters, number, "bias")))
        layers[-1] = self._as_output(*layers[-1])
        return [Layer(*layer, *self._sides(parameters, number)) for number, layer in enumerate(layers)]

    def _sides(self, parameters: Array, layer: int) -> tuple[float, float]:
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

    def spreads(self, parameters: Array, x: Array) -> Array:
        """For each layer, how far its units' activations spread over the points of x: the root mean square over the
        units of their standard deviations, [..., layers]; of the output as the last layer gives it."""
        layers = self.inner.forward(parameters, self.scaled(x))
        return np.stack([np.sqrt(signal.var(axis=-2).mean(axis=-1)) for _, signal in layers], axis=-1)
