"""Which snapshots a film shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relu_anim.config import Experiment
from relu_anim.network import Network
from relu_anim.recording import Recording

POINTS = 101  # of the curve whose motion is measured
CHUNK = 64


def timeline(experiment: Experiment, recording: Recording) -> NDArray[np.intp]:
    """Indices of the snapshots to show, ascending, at most `max_frames`; the first and the last are among them."""
    position = np.arange(len(recording), dtype=np.float64)
    pacing = experiment.animation.pacing
    if pacing == "log":
        position = np.log1p(position)
    elif pacing == "motion":
        position = _way_moved(experiment, recording)
    return pick(position, experiment.animation.max_frames)


def pick(position: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """At most so many indices, evenly spread over `position` [n] (not falling), with both ends; of one, the last."""
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


def _way_moved(experiment: Experiment, recording: Recording) -> NDArray[np.float64]:
    """How far the output's curve has moved up to each snapshot, mean absolute change added up."""
    network = Network(experiment.model.layer_sizes, experiment.model.activations)
    x = np.linspace(*experiment.target.domain, POINTS)[:, None]
    chunks = (recording.parameters[i : i + CHUNK] for i in range(0, len(recording), CHUNK))
    outputs = np.concatenate([network.output(chunk, x)[..., 0] for chunk in chunks])
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(outputs, axis=0)).mean(axis=1))])
