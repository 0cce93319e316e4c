"""How many ReLU networks of one input are dead before any training, because no input gets through one of their layers
(Lu, Shin, Su, Karniadakis 2019, «Dying ReLU and Initialization»)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from relu_anim.config import BornDeadFigure
from relu_anim.initial import biases, weights

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is

GRID_POINTS = 65
CHUNK_VALUES = 2**17  # numbers held at once: 1 MiB, which a cache holds too


def born_dead(figure: BornDeadFigure, report: Report | None = None) -> Array:
    """The share of fresh networks that have a dead layer among their first 1, 2, … hidden layers, [widths, depth]."""
    counts = np.zeros((len(figure.widths), figure.depth), np.int64)
    done, total = 0, figure.networks * len(figure.widths)
    for row, width in zip(counts, figure.widths, strict=True):
        for networks, deaths in chunks(figure, width):
            row += deaths
            done += networks
            if report is not None:
                report("counting networks", done, total)
    return counts.cumsum(axis=1) / figure.networks


def chunks(figure: BornDeadFigure, width: int, held: int = CHUNK_VALUES) -> Iterator[tuple[int, Counts]]:
    """Networks of one width in portions that take about so many numbers: how many there are, and for how many of them
    each layer is the first dead one, [depth].

    The first layers of a deep network are a shallow network, so that one set of networks serves for all depths. Each
    layer has random numbers of its own, which go on from one portion to the next: their size changes nothing.
    """
    x = inputs(figure)
    layers = [_Layer(figure, width, number) for number in range(figure.depth)]
    most = max(1, held // (width * (width + 3 * len(x))))
    for start in range(0, figure.networks, most):
        networks = min(most, figure.networks - start)
        deaths = np.zeros(figure.depth, np.int64)
        signal: Array = np.broadcast_to(x, (networks, 1, len(x)))
        for number, layer in enumerate(layers):
            alive = layer.living(signal)
            deaths[number] = len(signal) - len(alive)
            signal = alive
        yield networks, deaths


def inputs(figure: BornDeadFigure) -> Array:
    """The inputs at which units must be off, [points]. Without biases all that counts is on which side of 0 an input
    lies, since twice the input gives twice the signal; with biases a grid stands for the domain."""
    return np.sign(figure.domain) if figure.init.bias == 0 else np.linspace(*figure.domain, GRID_POINTS)


class _Layer:
    """One layer of all networks of a width, which is drawn for those only that are still alive."""

    def __init__(self, figure: BornDeadFigure, width: int, number: int) -> None:
        self.init, self.width = figure.init, width
        self.weights, self.biases = (
            np.random.default_rng([figure.seed, *f"born dead {width} {number} {name}".encode()])
            for name in ("weight", "bias")
        )

    def living(self, signal: Array) -> Array:
        """What it makes of signals [networks, inputs, points], but for the networks that are dead from here on."""
        networks, inputs, _ = signal.shape
        weight = weights(self.weights, self.init, (networks, self.width, inputs))
        bias = biases(self.biases, self.init, inputs, (networks, self.width))
        preactivation = weight @ signal + bias[..., None]
        alive = (preactivation > 0).any(axis=(1, 2))
        return np.maximum(preactivation[alive], 0)
