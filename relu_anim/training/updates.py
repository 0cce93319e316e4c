"""Update rules over one flat tensor: the usual ones written out, since torch.optim's own Python takes longer than the
arithmetic of a small network; all others through torch.optim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from relu_anim.network import Network

Tensor = torch.Tensor
Update = Callable[[], None]

OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}


def make_update(options: dict[str, Any], parameters: Tensor, gradient: Tensor) -> Update:
    """What changes `parameters` by `gradient`, in place: the optimiser of that name as torch.optim defines it. `lr` may
    be a tensor with a rate for each parameter, but for rmsprop, adagrad and amsgrad."""
    options = dict(options)
    name = options.pop("name")
    if name == "sgd":
        return _sgd(parameters, gradient, **options)
    if name in ("adam", "adamw") and not options["amsgrad"]:
        del options["amsgrad"]
        return _adam(parameters, gradient, decoupled=name == "adamw", **options)
    return through_torch(name, options, parameters, gradient)


def with_l1(update: Update, amounts: Tensor, parameters: Tensor, gradient: Tensor) -> Update:
    """The same update after the gradient of Σ amount · |parameter| has been added."""

    def penalised() -> None:
        gradient.addcmul_(parameters.sign(), amounts)
        update()

    return penalised


def l1_amounts(l1: float, network: Network, parameters: Tensor) -> Tensor:
    """`l1` at all weights; biases and slopes are spared."""
    amounts = torch.zeros_like(parameters)
    for slot in network.slots:
        if slot.name == "weight":
            amounts[slot.start : slot.stop] = l1
    return amounts


def through_torch(name: str, options: dict[str, Any], parameters: Tensor, gradient: Tensor) -> Update:
    """The same by torch.optim itself."""
    parameters.grad = gradient
    return OPTIMIZERS[name]([parameters], **options).step


def _sgd(
    parameters: Tensor,
    gradient: Tensor,
    lr: float | Tensor,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
) -> Update:
    buffer: Tensor | None = None

    def update() -> None:
        nonlocal buffer
        change = gradient.add(parameters, alpha=weight_decay) if weight_decay else gradient
        if momentum:
            if buffer is None:
                buffer = change.clone()
            else:
                buffer.mul_(momentum).add_(change, alpha=1 - dampening)
            change = change.add(buffer, alpha=momentum) if nesterov else buffer
        if isinstance(lr, float):
            parameters.add_(change, alpha=-lr)
        else:
            parameters.addcmul_(change, lr, value=-1)

    return update


def _adam(
    parameters: Tensor,
    gradient: Tensor,
    lr: float | Tensor,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    decoupled: bool,
) -> Update:
    mean, square = torch.zeros_like(parameters), torch.zeros_like(parameters)
    slow, slower = betas
    steps = 0

    def update() -> None:
        nonlocal steps
        steps += 1
        change = gradient
        if decoupled:
            parameters.mul_(1 - lr * weight_decay)
        elif weight_decay:
            change = gradient.add(parameters, alpha=weight_decay)
        mean.lerp_(change, 1 - slow)
        square.mul_(slower).addcmul_(change, change, value=1 - slower)
        spread = square.sqrt().div_((1 - slower**steps) ** 0.5).add_(eps)
        if isinstance(lr, float):
            parameters.addcdiv_(mean, spread, value=-lr / (1 - slow**steps))
        else:
            parameters.addcmul_(mean / spread, lr, value=-1 / (1 - slow**steps))

    return update
