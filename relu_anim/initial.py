"""Parameters before training."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.config.models import Init
from relu_anim.network import Network, Slot
from relu_anim.targets import Task
from relu_anim.targets.streams import generators

Array = NDArray[np.float64]


def initial_parameters(network: Network, init: Init, task: Task) -> NDArray[np.float32]:
    """The flat parameters before training; they depend on the seed, the layer sizes and the init alone. Each tensor has
    random numbers of its own, so that networks of one seed start alike wherever their shapes agree."""
    parameters = np.empty(network.parameter_count, dtype=np.float32)
    for slot in network.slots:
        start = _start(network, init, slot)
        values = start(task.generator(_stream(slot))).ravel() if callable(start) else start
        parameters[slot.start : slot.stop] = values
    return parameters


def initial_parameters_of_each(network: Network, init: Init, tasks: Sequence[Task]) -> NDArray[np.float32]:
    """What `initial_parameters` gives for each task, in a fifth of the time: [tasks, count]."""
    parameters = np.empty((len(tasks), network.parameter_count), dtype=np.float32)
    seeds = [task.seed for task in tasks]
    for slot in network.slots:
        start, part = _start(network, init, slot), parameters[:, slot.start : slot.stop]
        if not callable(start):
            part[:] = start
            continue
        for row, random in zip(part, generators(seeds, _stream(slot)), strict=True):
            row[:] = start(random).ravel()
    return parameters


def _stream(slot: Slot) -> str:
    return f"init {slot.layer} {slot.name}"


def _start(network: Network, init: Init, slot: Slot) -> Callable[[np.random.Generator], Array] | float:
    """How a tensor is drawn, or the number that it is filled with."""
    inputs, outputs = network.layer_sizes[slot.layer : slot.layer + 2]
    if slot.name == "weight":
        return lambda random: INITS[init.weights](random, inputs, outputs)
    if slot.name == "slope":
        return network.activations[slot.layer].parameters["init"]
    if init.bias == "default":
        return lambda random: _uniform(random, 1 / math.sqrt(inputs), slot.shape)
    return init.bias


def _uniform(random: np.random.Generator, bound: float, shape: tuple[int, ...]) -> Array:
    return random.uniform(-bound, bound, shape)


INITS: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    # torch's nn.Linear: uniform within 1/sqrt(fan in), which it calls Kaiming uniform with a = sqrt(5)
    "default": lambda random, i, o: _uniform(random, 1 / math.sqrt(i), (o, i)),
    "xavier_uniform": lambda random, i, o: _uniform(random, math.sqrt(6 / (i + o)), (o, i)),
    "xavier_normal": lambda random, i, o: random.normal(0, math.sqrt(2 / (i + o)), (o, i)),
    "he_uniform": lambda random, i, o: _uniform(random, math.sqrt(6 / i), (o, i)),
    "he_normal": lambda random, i, o: random.normal(0, math.sqrt(2 / i), (o, i)),
}
