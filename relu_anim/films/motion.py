"""How far what a network gives has come on its way from the first snapshot to the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.network import Network
from relu_anim.recording import Recording
from relu_anim.targets import Task, plane_grid

POINTS = 101  # at which a curve is looked at
SIDE = 15  # of the plane
CHUNK = 64  # snapshots looked at together
MOST = 10_000  # snapshots that are looked at, and each of the first tenth of them
GROWTH = 1.2  # by which each stretch of snapshots is longer than the one before
SIDEWAYS = 0.3  # of a way: what the curve wanders, beside what brings it nearer to where it ends
STILL = 0.01  # of the longest way: what has less of one does not move
LARGEST = 1e15  # of outputs that nothing is known to compare with
ARRIVED = 0.1  # of the way is left


def looked_at(snapshots: int) -> NDArray[np.intp]:
    """Which of so many snapshots tell how the curve moves: all, or of very many each of the first and some others."""
    return np.unique([*range(min(snapshots, MOST // 10)), *range(0, snapshots, -(-snapshots // MOST)), snapshots - 1])


def curves(experiment: Experiment, recording: Recording, indices: NDArray[np.intp] | slice = slice(None)) -> Array:
    """What the network gives at these snapshots, at points all over the domain: float64 [snapshots, values]. Numbers
    end where the axis of a film ends, and classes are probabilities."""
    network, x = Network(*experiment.shape), _probe(experiment.task)
    parameters = recording.parameters[indices]
    chunks = (parameters[start : start + CHUNK] for start in range(0, len(parameters), CHUNK))
    with np.errstate(all="ignore"):
        outputs = np.concatenate([network.output(chunk, x) for chunk in chunks])
        found = _probabilities(outputs) if _are_logits(experiment) else outputs
    low, high = _limits(experiment.task)
    return np.clip(np.nan_to_num(found, nan=low, posinf=high, neginf=low), low, high).reshape(len(found), -1)


def remaining(curves: Array) -> Array:
    """How far each curve is from the last one, root mean square: [snapshots]."""
    return np.asarray(np.sqrt(np.mean((curves - curves[-1]) ** 2, axis=1)))


def way(curves: Array) -> Array:
    """How far the curve has come at each snapshot: from 0 to 1, never back. All 0 where it ends as it began.

    The jitter of stochastic gradient descent is no way: what counts is by how much the curve has come nearer to the
    last one than ever before, and a little the path of its mean over ever longer stretches of snapshots.
    """
    distances = remaining(curves)
    if not distances[0]:
        return np.zeros(len(curves))
    nearer = 1 - np.minimum.accumulate(distances) / distances[0]
    path = _path_of_means(curves)
    return np.asarray((1 - SIDEWAYS) * nearer + SIDEWAYS * path / path[-1])


def that_move(found: Sequence[Array]) -> list[int]:
    """Which of several networks' curves change between first and last so much that it is seen beside the others."""
    lengths = [float(remaining(own)[0]) for own in found]
    return [index for index, length in enumerate(lengths) if length > STILL * max(lengths)]


def has_arrived(curves: Array) -> bool:
    """Whether any curve before the last one has nine tenths of its way behind it."""
    distances = remaining(curves)
    return bool(distances[:-1].min() <= ARRIVED * distances[0])


def _path_of_means(curves: Array) -> Array:
    """The length of the path through the means of stretches of snapshots, at each snapshot; jitter is gone from them,
    and the first ones, where the curve moves fast, are single snapshots."""
    starts = [0]
    while (start := max(starts[-1] + 1, round(GROWTH * starts[-1]))) < len(curves):
        starts.append(start)
    lengths = np.diff([*starts, len(curves)])
    means = np.add.reduceat(curves, starts, axis=0) / lengths[:, None]
    steps = np.sqrt(np.mean(np.diff(means, axis=0) ** 2, axis=1))
    return np.interp(np.arange(len(curves)), starts + (lengths - 1) / 2, np.cumsum([0.0, *steps]))


def _probe(task: Task) -> Array:
    """Inputs [n, inputs] at which the output is looked at."""
    if task.inputs == 1:
        return np.linspace(*task.interval, POINTS)[:, None]
    return plane_grid(task.domain, SIDE) if task.inputs == 2 else task.evaluation_points().x[:POINTS]


def _are_logits(experiment: Experiment) -> bool:
    return bool(experiment.task.class_names) and experiment.model.activations[-1].name == "identity"


def _probabilities(logits: Array) -> Array:
    """Of each class [snapshots, points, classes]; a single logit is that of the second class against 0."""
    if logits.shape[-1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=-1)
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _limits(task: Task) -> tuple[float, float]:
    """Between which numbers a curve is seen: those to learn, and as far as they reach beyond."""
    if task.class_names:
        return 0.0, 1.0
    y = task.evaluation_points().y
    if np.isnan(y).all():  # nobody knows what was learned
        return -LARGEST, LARGEST
    low, high = float(y.min()), float(y.max())
    span = high - low or 1.0
    return low - span, high + span
