"""Parameters before training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.config.models import Init
from relu_anim.network import Network
from relu_anim.targets import Task

Array = NDArray[np.float64]


def initial_parameters(network: Network, init: Init, task: Task) -> NDArray[np.float32]:
    """The flat parameters before training; they depend on the seed, the layer sizes and the init alone. Each tensor has
    random numbers of its own, so that networks of one seed start alike wherever their shapes agree."""
    parameters = np.empty(network.parameter_count, dtype=np.float32)
    for slot in network.slots:
        random = task.generator(f"init {slot.layer} {slot.name}")
        inputs, outputs = network.layer_sizes[slot.layer : slot.layer + 2]
        values: Any
        if slot.name == "weight":
            values = INITS[init.weights](random, inputs, outputs)
        elif slot.name == "slope":
            values = network.activations[slot.layer].parameters["init"]
        elif init.bias == "default":
            values = _uniform(random, 1 / math.sqrt(inputs), slot.shape)
        else:
            values = init.bias
        parameters[slot.start : slot.stop] = np.ravel(values)
    return parameters


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
