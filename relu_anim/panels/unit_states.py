"""Which hidden units are off or dead at a moment, which of them died or came back before, and how large others are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relu_anim.activations import Activation
from relu_anim.aliases import Array
from relu_anim.drawing.ranges import range_over_run
from relu_anim.panels.runs import Run
from relu_anim.recording import Snapshot

Which = NDArray[np.bool_]  # [units], over all hidden layers

PART = 15_000  # numbers; memory for larger arrays is asked of the system each time, which takes longer than the sums
LOOKED_AT = 12  # snapshots, for the range of values


class Units:
    """The hidden units of a run, layer by layer.

    `switches` are those that are on or off, since their function bends at 0; all others are seen by their value.
    `can_die` are the ReLU units. A unit is off where it is so at every training point, or where each epoch draws its
    own, at every point that the loss is measured at.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        sizes, activations = run.network.layer_sizes[1:-1], run.network.activations[:-1]
        self.switches: Which = np.repeat([bends(activation) for activation in activations], sizes)
        self.can_die: Which = np.repeat([activation.name == "relu" for activation in activations], sizes)
        self.layers = np.repeat(np.arange(len(sizes)), sizes)
        self.numbers = np.concatenate([np.arange(size) for size in sizes]) + 1
        watched = run.points if run.points is not None else run.task.evaluation_points()
        self.watched = _in_parts(watched.x, max(run.network.layer_sizes))
        self._off: dict[int, Which] = {}

    def off(self, snapshot: Snapshot) -> Which:
        """The units that switch and are off everywhere."""
        if snapshot.step not in self._off:
            parameters, network = snapshot.parameters.astype(np.float64), self.run.network
            with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
                parts = [
                    np.concatenate([(before <= 0).all(axis=0) for before, _ in network.forward(parameters, x)[:-1]])
                    for x in self.watched
                ]
            self._off[snapshot.step] = np.all(parts, axis=0) & self.switches
        return self._off[snapshot.step]

    def changed(self, snapshot: Snapshot) -> tuple[Which, Which]:
        """The units that are off everywhere now, and were not at a moment shown before; and the other way round."""
        recording, now = self.run.recording, self.off(snapshot)
        past = [self.off(recording[i]) for i in np.unique(self.run.shown).tolist() if recording.step[i] < snapshot.step]
        before = np.array(past) if past else now[None]
        return now & ~before.all(axis=0), self.switches & ~now & before.any(axis=0)

    def named(self, which: Which) -> str:
        """These units by their numbers: «1, 3, 17–20»; of several layers «layer 1: 3; layer 2: 4, 5»."""
        if not self.layers[-1]:
            return in_runs(self.numbers[which].tolist())
        layers = np.unique(self.layers[which]).tolist()
        own = {layer: self.numbers[which & (self.layers == layer)].tolist() for layer in layers}
        names = {layer: self.run.words("layer_number", number=str(layer + 1)) for layer in layers}
        return "; ".join(f"{names[layer]}: {in_runs(numbers)}" for layer, numbers in own.items())


def bends(activation: Activation) -> bool:
    """Whether the function is linear on each side of 0, with two slopes."""
    return activation.slopes is not None and len(set(activation.slopes(*activation.parameters.values()))) == 2


def in_runs(numbers: Sequence[int]) -> str:
    """Ascending numbers, with three or more in a row joined: «1, 2, 17–20»."""
    starts = [i for i, number in enumerate(numbers) if not i or numbers[i - 1] != number - 1]
    runs = [numbers[start:end] for start, end in pairwise([*starts, len(numbers)])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def range_of_values(runs: Sequence[Run], x: Array) -> tuple[float, float]:
    """The values over a film, at x [points, inputs], of all units that are seen by them."""
    ranges = [_range(run, x) for run in runs if not all(map(bends, run.network.activations[:-1]))]
    lows, highs = zip(*ranges, strict=True)
    return min(lows), max(highs)


def _range(run: Run, x: Array) -> tuple[float, float]:
    layers = [layer for layer, activation in enumerate(run.network.activations[:-1]) if not bends(activation)]
    some = np.unique(np.linspace(0, len(run.shown) - 1, LOOKED_AT).astype(int))
    with np.errstate(all="ignore"):
        found = [run.network.forward(row.astype(np.float64), x) for row in run.recording.parameters[run.shown[some]]]
    lows = [min(float(units[layer][1].min()) for layer in layers) for units in found]
    highs = [max(float(units[layer][1].max()) for layer in layers) for units in found]
    return range_over_run(np.array(lows), np.array(highs))


def _in_parts(x: Array, width: int) -> list[Array]:
    """Points [n, inputs] in parts for which no array of this many units grows large."""
    return np.array_split(x, max(1, -(-len(x) * width // PART)))
