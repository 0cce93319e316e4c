"""How large the gradient of a loss is, layer by layer, from parameters: what training measures as it goes (NumPy)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from relu_anim.activations import named
from relu_anim.aliases import Array
from relu_anim.network import Network
from relu_anim.network.many import chunks_of, derivative, networks_in_chunk


def _cross_entropy(logits: Array, y: Array) -> Array:
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True) - (y == np.arange(logits.shape[-1]))


# For each loss its slope by the outputs [..., points, outputs] at one point, given y [points, 1].
SLOPES: Mapping[str, Callable[[Array, Array], Array]] = {
    "mse": lambda output, y: 2 * (output - y),
    "mae": lambda output, y: np.sign(output - y),
    "huber": lambda output, y: np.clip(output - y, -1, 1),
    "bce": lambda logit, y: named("sigmoid")(logit) - y,
    "cross_entropy": _cross_entropy,
}


def gradient_norms(network: Network, parameters: Array, x: Array, y: Array, loss: str) -> NDArray[np.float32]:
    """The norm of the gradient of the mean loss at the points x [points, inputs] with answers y [points, 1], by the
    parameters of each layer: parameters [networks, count], float32 [networks, layers]."""
    learned = (y - network.output_center) / network.output_spread
    x, inner = network.scaled(x.astype(np.float64)), network.inner
    found = np.zeros((len(parameters), len(network.activations)), dtype=np.float32)
    for rows in chunks_of(np.arange(len(parameters)), networks_in_chunk(network, len(x))):
        with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
            found[rows] = np.sqrt(_squares(inner, parameters[rows].astype(np.float64), x, learned, loss))
    return found


def _squares(network: Network, parameters: Array, x: Array, y: Array, loss: str) -> Array:
    """The square of the gradient by the parameters of each layer: [networks, layers]."""
    layers = network.forward(parameters, x)
    last = len(layers) - 1
    takes_logit = loss == "bce" and network.activations[last].name == "sigmoid"  # which the loss has inside
    before, output = layers[last]
    gradient = SLOPES[loss](before if takes_logit else output, y) / len(x)
    squares = np.zeros((len(parameters), len(layers)))
    for layer in range(last, -1, -1):
        before, signal = layers[layer][0], layers[layer - 1][1] if layer else x
        if network.activations[layer].learned:
            squares[:, layer] += np.square((gradient * np.minimum(before, 0)).sum(axis=(-2, -1)))
        if not (takes_logit and layer == last):
            gradient = gradient * derivative(network, parameters, layer, before)
        squares[:, layer] += np.square(np.swapaxes(gradient, -1, -2) @ signal).sum(axis=(-2, -1))
        squares[:, layer] += np.square(gradient.sum(axis=-2)).sum(axis=-1)
        if layer:
            gradient = gradient @ network.tensor(parameters, layer, "weight")
    return squares
