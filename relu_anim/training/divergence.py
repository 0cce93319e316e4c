"""Why a loss is no number."""

from __future__ import annotations

import numpy as np

from relu_anim.aliases import Array
from relu_anim.network import Network

LARGE = 1e6  # a value beyond this is not the activation's fault


def undefined_activation(network: Network, parameters: Array, x: Array) -> str:
    """The first activation that is not finite at a value which these points give it, or nothing."""
    return _first(network, parameters, x, slopes=False)


def undefined_slope(network: Network, parameters: Array, x: Array) -> str:
    """The last formula whose derivative is not finite at a value which these points give it, or nothing: the backward
    pass meets that one first."""
    return _first(network, parameters, x, slopes=True)


def _first(network: Network, parameters: Array, x: Array, slopes: bool) -> str:
    with np.errstate(all="ignore"):
        layers = list(enumerate(zip(network.forward(parameters, x), network.activations, strict=True), 1))
        for number, ((preactivation, signal), activation) in reversed(layers) if slopes else layers:
            if slopes and activation.formula is None:
                continue
            values = activation.gradient(preactivation) if slopes else signal
            bad = np.isfinite(preactivation) & (np.abs(preactivation) < LARGE) & ~np.isfinite(values)
            if bad.any():
                what = f"the slope of {activation.name}" if slopes else f"the activation {activation.name}"
                return f"{what} is not finite at {preactivation[bad][0]:.3g}, which layer {number} gives it"
    return ""
