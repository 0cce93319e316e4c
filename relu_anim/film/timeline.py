"""Which epochs a film shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.network import Network
from relu_anim.recording import Recording
from relu_anim.targets import Task, plane_grid

POINTS = 101  # of the curve whose motion is measured
SIDE = 15  # of the plane
CHUNK = 64


def timeline(experiment: Experiment, recordings: Sequence[Recording]) -> NDArray[np.intp]:
    """The epochs to show, ascending, at most `max_frames`, with the first and the last of the longest recording."""
    position = np.arange(max(map(len, recordings)), dtype=np.float64)
    pacing = experiment.animation.pacing
    if pacing == "log":
        position = np.log1p(position)
    elif pacing == "motion":
        members = zip(experiment.members, recordings, strict=True)
        ways = [_way_moved(member, recording, len(position)) for (_, member), recording in members]
        position = np.sum(ways, axis=0)
    return pick(position, experiment.animation.max_frames)


def pick(position: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """At most this many indices, evenly spread over `position` [n] (not falling), with both ends; of one, the last."""
    last = len(position) - 1
    if most == 1 or last == 0:
        return np.array([last])
    if most > last:
        return np.arange(last + 1)
    low, high = 2, 20 * len(position)  # ticks, of which several may fall on one index
    best = np.array([0, last])
    while low <= high:
        ticks = (low + high) // 2
        wanted = np.linspace(position[0], position[-1], ticks)
        found = np.unique(np.append(np.searchsorted(position, wanted[:-1]), last))
        if len(found) <= most:
            best, low = found, ticks + 1
        else:
            high = ticks - 1
    return best


def _way_moved(experiment: Experiment, recording: Recording, epochs: int) -> NDArray[np.float64]:
    """How far the output has moved up to each epoch, mean absolute change added up; it rests after the last one."""
    network = Network(*experiment.shape)
    x = _probe(experiment.task)
    chunks = (recording.parameters[i : i + CHUNK] for i in range(0, len(recording), CHUNK))
    with np.errstate(all="ignore"):
        outputs = np.concatenate([network.output(chunk, x) for chunk in chunks])
        steps = np.nan_to_num(np.abs(np.diff(outputs, axis=0)).mean(axis=(1, 2)), posinf=0.0)
    return np.cumsum(np.concatenate([[0.0], steps, np.zeros(epochs - len(recording))]))


def _probe(task: Task) -> Array:
    """Inputs [n, inputs] at which the output is looked at."""
    if task.inputs == 1:
        return np.linspace(*task.interval, POINTS)[:, None]
    return plane_grid(task.domain, SIDE) if task.inputs == 2 else task.evaluation_points().x[:POINTS]
