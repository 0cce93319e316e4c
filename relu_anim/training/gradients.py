"""The gradient of the loss of a dense network, with the backward pass written out.

For networks this small, nearly all the time of a training step is the bookkeeping around the arithmetic. Here a step is
about a dozen operations on views of one flat tensor: no graph is recorded, nothing is looked up, no gradient is
cleared. The results are autograd's, operation by operation; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from relu_anim.activations import Activation
from relu_anim.network import Network
from relu_anim.training.arithmetic import exact
from relu_anim.training.losses import LOSSES

Tensor = torch.Tensor
Forward = Callable[[Tensor], tuple[Tensor, Tensor]]  # preactivation → activation, what the backward pass needs
Backward = Callable[[Tensor, Tensor], Tensor]  # gradient by the activation, what was kept → by the preactivation

aten = torch.ops.aten
quietly = partial(np.errstate, all="ignore")  # of a training that diverges, the loss tells; torch never warns


class Gradient:
    """Loss and gradient at given points. `flat` [parameters] receives the gradient; it is overwritten each time."""

    def __init__(self, network: Network, loss: str, parameters: Tensor) -> None:
        self.flat = torch.zeros_like(parameters)
        self.loss = LOSSES[loss]
        self.measure = self.loss.measure
        tensors, gradients = _views(network, parameters), _views(network, self.flat)
        activations = self.loss.activations(network)
        self.layers = [Layer(*parts) for parts in zip(activations, tensors, gradients, strict=True)]

    def __call__(self, x: Tensor, wanted: Tensor) -> float:
        """The loss at x [n, inputs], given what the loss wants there; its gradient is then in `flat`."""
        return self.backward(self.output(x), wanted)

    def output(self, x: Tensor) -> Tensor:
        """What the loss takes, [n, outputs]: the network's output, or the preactivation of an activation that the loss
        includes."""
        signal = x
        for layer in self.layers:
            signal = layer.forward(signal)
        return signal

    def backward(self, output: Tensor, wanted: Tensor) -> float:
        """The loss of the latest `output`, which stays as it is; its gradient is then in `flat`."""
        loss, gradient = self.measure(output, wanted)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, wants_input=layer is not self.layers[0])
        return loss


class Layer:
    """One layer: keeps from its forward pass what its backward pass needs. Products are NumPy's, on the tensors' own
    memory: they are as fast as torch's, and its kernels are the same on every processor."""

    def __init__(self, activation: Activation, tensors: dict[str, Tensor], gradients: dict[str, Tensor]) -> None:
        self.weight, self.bias = tensors["weight"].numpy(), tensors["bias"]
        self.weight_gradient, self.bias_gradient = gradients["weight"].numpy(), gradients["bias"]
        self.activate, self.differentiate = pair_of(activation, tensors.get("slope"), gradients.get("slope"))

    def forward(self, signal: Tensor) -> Tensor:
        """The layer's activations [n, outputs] for signals [n, inputs]."""
        self.signal = signal.numpy()
        activation, self.kept = self.activate(torch.from_numpy(self.signal.dot(self.weight.T)).add_(self.bias))
        return activation

    def backward(self, gradient: Tensor, wants_input: bool) -> Tensor:
        """Store the parameters' gradients, given the one by the activations; returns the one by the signal."""
        gradient = self.differentiate(gradient, self.kept)
        values = gradient.numpy()
        np.dot(values.T, self.signal, out=self.weight_gradient)
        torch.sum(gradient, 0, out=self.bias_gradient)
        return torch.from_numpy(values.dot(self.weight)) if wants_input else gradient


def _views(network: Network, flat: Tensor) -> list[dict[str, Tensor]]:
    """For each layer its tensors by name, as views of the flat one."""
    layers: list[dict[str, Tensor]] = [{} for _ in network.activations]
    for slot in network.slots:
        layers[slot.layer][slot.name] = flat[slot.start : slot.stop].view(slot.shape)
    return layers


# ---------------------------------------------------------------- activations: (forward, backward)


def _of_output(forward: Callable[[Tensor], Tensor], backward: Backward) -> Callable[..., tuple[Forward, Backward]]:
    """An activation whose derivative follows from its value, which may then replace the preactivation."""

    def run(z: Tensor) -> tuple[Tensor, Tensor]:
        activation = forward(z)
        return activation, activation

    return lambda: (run, backward)


def _identity() -> tuple[Forward, Backward]:
    return lambda z: (z, z), lambda gradient, kept: gradient


def _leaky_relu(slope: float) -> tuple[Forward, Backward]:
    return lambda z: (F.leaky_relu(z, slope), z), lambda gradient, z: aten.leaky_relu_backward(
        gradient, z, slope, False
    )


def _elu(alpha: float) -> tuple[Forward, Backward]:
    return lambda z: (F.elu(z, alpha), z), lambda gradient, z: aten.elu_backward(gradient, alpha, 1, 1, False, z)


def _gelu() -> tuple[Forward, Backward]:
    return lambda z: (F.gelu(z), z), lambda gradient, z: aten.gelu_backward(gradient, z)


def _silu() -> tuple[Forward, Backward]:
    return lambda z: (F.silu(z), z), lambda gradient, z: aten.silu_backward(gradient, z)


def _softplus() -> tuple[Forward, Backward]:
    return lambda z: (F.softplus(z), z), lambda gradient, z: aten.softplus_backward(gradient, z, 1, 20)


def _prelu(slope: Tensor, slope_gradient: Tensor) -> tuple[Forward, Backward]:
    """The slope is read at each step, since training moves it."""

    def backward(gradient: Tensor, z: Tensor) -> Tensor:
        torch.sum((gradient * z.clamp(max=0)).view(-1), 0, keepdim=True, out=slope_gradient)
        return torch.where(z > 0, gradient, gradient * slope)

    return lambda z: (F.prelu(z, slope), z), backward


def _formula(activation: Activation) -> tuple[Forward, Backward]:
    """Value and derivative come together, by the formula's own exact rules."""
    formula = activation.formula
    assert formula is not None
    return lambda z: formula.with_derivative(z, exact), lambda gradient, slope: gradient * slope


_threshold_backward = aten.threshold_backward.grad_input  # in place: nobody else has that gradient

PAIRS: dict[str, Callable[..., tuple[Forward, Backward]]] = {
    "identity": _identity,
    "relu": _of_output(torch.relu_, lambda gradient, a: _threshold_backward(gradient, a, 0, grad_input=gradient)),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _softplus,
    "sigmoid": _of_output(torch.sigmoid_, lambda gradient, a: aten.sigmoid_backward(gradient, a)),
    "tanh": _of_output(torch.tanh_, lambda gradient, a: aten.tanh_backward(gradient, a)),
}


def pair_of(activation: Activation, slope: Tensor | None, slope_gradient: Tensor | None) -> tuple[Forward, Backward]:
    """Forward and backward pass of an activation, with the tensors of its learned slope where it has one."""
    if activation.formula is not None:
        return _formula(activation)
    if slope is not None and slope_gradient is not None:
        return _prelu(slope, slope_gradient)
    return PAIRS[activation.name](*activation.parameters.values())
