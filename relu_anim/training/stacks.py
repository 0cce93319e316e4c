"""The passes of many networks at once: points last, so that what is done for each unit runs along them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional as F

from relu_anim.activations import Activation
from relu_anim.training.gradients import Forward, pair_of

Tensor = torch.Tensor
Measure = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # the loss of each network, and its gradient


class Stack:
    """The layers of some of the networks, with the loss of each."""

    def __init__(self, rows: slice, layers: Sequence[Layers], measure: Measure) -> None:
        self.rows, self.layers, self.measure = rows, layers, measure

    def output(self, x: Tensor) -> Tensor:
        """What the loss takes, [networks, outputs, n], at points x [networks, inputs, n]."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, output: Tensor, wanted: Tensor) -> Tensor:
        """The loss of each network at the latest `output`; their gradients are then in the tensors for them."""
        losses, gradient = self.measure(output, wanted)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, wants_input=layer is not self.layers[0])
        return losses


class Layers:
    """One layer of all networks: keeps from its forward pass what its backward pass needs. Products are NumPy's, as
    those of a single network, one after the other."""

    def __init__(self, activation: Activation, tensors: dict[str, Tensor], gradients: dict[str, Tensor]) -> None:
        self.weight, self.bias = tensors["weight"], tensors["bias"][..., None]
        self.transposed = self.weight.transpose(1, 2)
        self.weight_gradient, self.bias_gradient = gradients["weight"].numpy(), gradients["bias"]
        if "slope" in tensors:
            self.activate, self.differentiate = _prelu(tensors["slope"][..., None], gradients["slope"])
        else:
            self.activate, self.differentiate = pair_of(activation, None, None)

    def forward(self, signal: Tensor) -> Tensor:
        """The layer's activations [networks, outputs, n] for signals [networks, inputs, n]."""
        self.signal = signal
        if signal.shape[1] == 1:  # a column times a row is faster without a product of matrices
            preactivation = torch.mul(self.weight, signal).add_(self.bias)
        else:
            preactivation = product(self.weight, signal).add_(self.bias)
        activation, self.kept = self.activate(preactivation)
        return activation

    def backward(self, gradient: Tensor, wants_input: bool) -> Tensor:
        """Store the parameters' gradients, given the one by the activations; returns the one by the signal."""
        gradient = self.differentiate(gradient, self.kept)
        np.matmul(gradient.numpy(), self.signal.numpy().swapaxes(1, 2), out=self.weight_gradient)
        torch.sum(gradient, 2, out=self.bias_gradient)
        if not wants_input:
            return gradient
        return self.transposed * gradient if gradient.shape[1] == 1 else product(self.transposed, gradient)


def product(left: Tensor, right: Tensor) -> Tensor:
    """The product of each pair of matrices, [networks, n, k] times [networks, k, m]."""
    return torch.from_numpy(np.matmul(left.numpy(), right.numpy()))


def _prelu(slope: Tensor, slope_gradient: Tensor) -> tuple[Forward, Callable[[Tensor, Tensor], Tensor]]:
    """With a slope [networks, 1, 1] for each network."""

    def backward(gradient: Tensor, z: Tensor) -> Tensor:
        torch.sum((gradient * z.clamp(max=0)).flatten(1), 1, keepdim=True, out=slope_gradient)
        return torch.where(z > 0, gradient, gradient * slope)

    return lambda z: (torch.where(z > 0, z, z * slope), z), backward


# ---------------------------------------------------------------- losses of each network, and their gradients


def _mse(output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    difference = output - y
    return difference.square().mean((1, 2)), difference.mul_(2 / difference.shape[2])


def _mae(output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    difference = output - y
    return difference.abs().mean((1, 2)), difference.sign_().div_(difference.shape[2])


def _huber(output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    difference = output - y
    losses = F.huber_loss(output, y, reduction="none").mean((1, 2))
    return losses, difference.clamp_(-1, 1).div_(difference.shape[2])


def _bce(logit: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    wrong = logit * signs
    return F.softplus(wrong).mean((1, 2)), wrong.sigmoid_().mul_(signs).div_(wrong.shape[2])


def _cross_entropy(logits: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    logs = torch.log_softmax(logits, 1)
    losses = -logs.gather(1, indices).mean((1, 2))
    gradient = logs.exp_().scatter_(1, indices, -1.0, reduce="add")
    return losses, gradient.div_(logits.shape[2])


MEASURES: dict[str, Measure] = {
    "mse": _mse,
    "mae": _mae,
    "huber": _huber,
    "bce": _bce,
    "cross_entropy": _cross_entropy,
}
