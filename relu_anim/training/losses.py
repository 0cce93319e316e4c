"""Losses with their gradient by the network's output written out; the results are autograd's, which a test holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from relu_anim.activations import Activation, named
from relu_anim.aliases import Array
from relu_anim.network import Network

Tensor = torch.Tensor


def _numbers(y: Array) -> Tensor:
    return torch.from_numpy(y.astype(np.float32))


@dataclass(frozen=True)
class Loss:
    """A loss as training takes it.

    `prepare` makes of y float64 [n, 1] what the other two take as `wanted`, once instead of at each step; `measure`
    gives the mean loss and its gradient by the output [n, outputs]; `is_right` says which points are classified
    right, [n, 1], and is None where numbers are learned. `includes` names an output activation that the loss applies
    itself: it takes the preactivation, at which it stays exact.
    """

    measure: Callable[[Tensor, Tensor], tuple[float, Tensor]]
    prepare: Callable[[Array], Tensor] = _numbers
    is_right: Callable[[Tensor, Tensor], Tensor] | None = None
    includes: str = ""

    def activations(self, network: Network) -> tuple[Activation, ...]:
        """The activation of each layer as it is trained: without the one that the loss applies."""
        *hidden, output = network.activations
        return *hidden, named("identity") if output.name == self.includes else output

    def accuracy(self, output: Tensor, wanted: Tensor) -> float:
        """Share of points classified right; NaN where numbers are learned."""
        if self.is_right is None:
            return math.nan
        return int(torch.count_nonzero(self.is_right(output, wanted))) / len(wanted)


def _mse(output: Tensor, y: Tensor) -> tuple[float, Tensor]:
    difference = output - y
    flat = difference.numpy().reshape(-1)
    loss = float(flat.dot(flat)) / len(flat)  # NumPy's, since torch leaves it to MKL
    return loss, difference.mul_(2 / len(flat))


def _mae(output: Tensor, y: Tensor) -> tuple[float, Tensor]:
    difference = output - y
    return difference.abs().mean().item(), difference.sign_().div_(difference.numel())


def _huber(output: Tensor, y: Tensor) -> tuple[float, Tensor]:
    difference = output - y
    loss = F.huber_loss(output, y).item()
    return loss, difference.clamp_(-1, 1).div_(difference.numel())


def _signs(y: Array) -> Tensor:
    """1 for class 0, −1 for class 1: a logit times its sign is how far it lies on the wrong side."""
    return _numbers(1 - 2 * y)


def _bce(logit: Tensor, signs: Tensor) -> tuple[float, Tensor]:
    """softplus of the wrong side, and its derivative: neither overflows nor cancels, however large the logit."""
    wrong = logit * signs
    loss = F.softplus(wrong).mean().item()
    return loss, wrong.sigmoid_().mul_(signs).div_(wrong.numel())


def _indices(y: Array) -> Tensor:
    return torch.from_numpy(y.astype(np.int64))


def _cross_entropy(logits: Tensor, indices: Tensor) -> tuple[float, Tensor]:
    logs = torch.log_softmax(logits, 1)
    loss = F.nll_loss(logs, indices.view(-1)).item()
    gradient = logs.exp_().scatter_(1, indices, -1.0, reduce="add")
    return loss, gradient.div_(len(indices))


LOSSES: dict[str, Loss] = {
    "mse": Loss(_mse),
    "mae": Loss(_mae),
    "huber": Loss(_huber),
    "bce": Loss(_bce, _signs, lambda logit, signs: (logit > 0) == (signs < 0), includes="sigmoid"),
    "cross_entropy": Loss(_cross_entropy, _indices, lambda logits, indices: logits.argmax(-1, keepdim=True) == indices),
}
