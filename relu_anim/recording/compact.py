"""The parameters of some snapshots for pages that compute: few bytes of text, and nothing lost."""

from __future__ import annotations

import base64
import math
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.activations import Activation
from relu_anim.network import Network
from relu_anim.recording.snapshots import Recording

MOST_INPUTS, MOST_UNITS = 2, 64  # of a network that a page computes, hidden units


def compact(recording: Recording, shown: NDArray[np.intp], most: int) -> dict[str, Any] | None:
    """A network with its parameters in the frames of a film, `shown` as for a `Run`, in at most so many bytes of text:
    as JSON, for relu_anim/pages/network.js. None where a page cannot compute it.

    `frames` are, for each frame, the index of its snapshot among those that are packed. Where there is no room for all
    they are fewer, evenly spread, the last one among them, and a frame without one has that which comes nearest.
    """
    shape = _shape(recording.network)
    if shape is None:
        return None
    every = np.unique(shown)
    for step in range(1, 2 * len(every)):
        chosen = every[::-1][::step][::-1]
        packed = packed_text(recording.parameters[chosen])
        if len(packed) <= most:
            nearest = np.abs(shown[:, None] - chosen).argmin(axis=1)
            return {**shape, "frames": nearest.tolist(), "inside": np.isin(shown, chosen).tolist(), "packed": packed}
    return None


def packed_text(parameters: NDArray[np.float32]) -> str:
    """Parameters [snapshots, count] as text: float32 by its bits, each less the one of the snapshot before, folded so
    that small changes are small numbers whatever their sign, byte by byte, deflated, in base64."""
    bits = np.ascontiguousarray(parameters, dtype=np.float32).view(np.int32)
    change = np.diff(bits, axis=0, prepend=np.zeros_like(bits[:1]))  # which wraps around, and back again
    folded = ((change << 1) ^ (change >> 31)).astype("<i4")
    planes = np.ascontiguousarray(folded.T).view(np.uint8).reshape(-1, 4).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")


def _shape(network: Network) -> dict[str, Any] | None:
    """What a network is, as `as_json` has it, with formulas as steps; None of one that a page does not compute."""
    activations = [_activation(activation) for activation in network.activations]
    is_small = network.layer_sizes[0] <= MOST_INPUTS and sum(network.layer_sizes[1:-1]) <= MOST_UNITS
    return {**network.as_json(), "activations": activations} if is_small and None not in activations else None


def _activation(activation: Activation) -> dict[str, Any] | None:
    if activation.formula is None:
        return activation.as_json()
    steps = activation.formula.steps
    return {"steps": steps} if all(math.isfinite(step) for step in steps if isinstance(step, float)) else None
