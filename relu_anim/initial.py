"""Parameters before training."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config.sections import Init
from relu_anim.network import Network, Slot
from relu_anim.targets import Task


def initial_parameters(network: Network, init: Init, task: Task) -> NDArray[np.float32]:
    """The flat parameters before training; they depend on the seed, the layer sizes and the init alone. Each tensor has
    random numbers of its own, so that networks of one seed start alike wherever their shapes agree."""
    parameters = np.empty(network.parameter_count, dtype=np.float32)
    for slot in network.slots:
        start = _start(network, init, slot)
        parameters[slot.start : slot.stop] = start(task.generator(_stream(slot))).ravel() if callable(start) else start
    return parameters


def initial_parameters_of_each(network: Network, init: Init, tasks: Sequence[Task]) -> NDArray[np.float32]:
    """What `initial_parameters` gives for each task: [tasks, count]."""
    parameters = np.empty((len(tasks), network.parameter_count), dtype=np.float32)
    for slot in network.slots:
        start, part = _start(network, init, slot), parameters[:, slot.start : slot.stop]
        if not callable(start):
            part[:] = start
            continue
        stream = _stream(slot)
        for row, task in zip(part, tasks, strict=True):
            row[:] = start(task.generator(stream)).ravel()
    return parameters


def moved_by_rounding(network: Network, parameters: NDArray[np.float32], copies: int) -> NDArray[np.float32]:
    """Copies of the parameters [count], as [copies, count]. In each of them every weight is moved at random by at most
    one unit in its last place, but for the first copy, which is as it was."""
    moved = np.repeat(parameters[None], copies, axis=0)
    steps = np.random.default_rng(0).integers(-1, 2, moved.shape)
    is_weight = np.concatenate([np.full(slot.stop - slot.start, slot.name == "weight") for slot in network.slots])
    up, down = (np.nextafter(moved, np.float32(end)) for end in (np.inf, -np.inf))
    steps[:, ~is_weight] = steps[0] = 0
    return np.where(steps > 0, up, np.where(steps < 0, down, moved))


def _stream(slot: Slot) -> str:
    return f"init {slot.layer} {slot.name}"


def _start(network: Network, init: Init, slot: Slot) -> Callable[[np.random.Generator], Array] | float:
    """How a tensor is drawn, or the number that it is filled with."""
    if slot.name == "weight":
        return lambda random: weights(random, init, slot.shape)
    if slot.name == "slope":
        return network.activations[slot.layer].parameters["init"]
    if init.bias == "default":
        return lambda random: biases(random, init, network.layer_sizes[slot.layer], slot.shape)
    return init.bias


def weights(random: np.random.Generator, init: Init, shape: tuple[int, ...]) -> Array:
    """Fresh weights of one layer, [..., outputs, inputs]; leading dimensions are networks, drawn one by one."""
    return INITS[init.weights](random, shape)


def biases(random: np.random.Generator, init: Init, inputs: int, shape: tuple[int, ...]) -> Array:
    """Fresh biases of one layer with this number of inputs, [..., outputs]."""
    return _uniform(random, 1 / math.sqrt(inputs), shape) if init.bias == "default" else np.full(shape, init.bias)


def _uniform(random: np.random.Generator, bound: float, shape: tuple[int, ...]) -> Array:
    return random.uniform(-bound, bound, shape)


INITS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {  # the shape ends in outputs, inputs
    # torch's nn.Linear: uniform within 1/sqrt(fan in), which it calls Kaiming uniform with a = sqrt(5)
    "default": lambda random, shape: _uniform(random, 1 / math.sqrt(shape[-1]), shape),
    "xavier_uniform": lambda random, shape: _uniform(random, math.sqrt(6 / sum(shape[-2:])), shape),
    "xavier_normal": lambda random, shape: random.normal(0, math.sqrt(2 / sum(shape[-2:])), shape),
    "he_uniform": lambda random, shape: _uniform(random, math.sqrt(6 / shape[-1]), shape),
    "he_normal": lambda random, shape: random.normal(0, math.sqrt(2 / shape[-1]), shape),
}
