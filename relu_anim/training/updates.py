"""Update rules over one flat tensor, as torch.optim defines them: its own Python takes longer than the arithmetic of a
small network, and takes roots that differ between processors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from relu_anim.network import Network
from relu_anim.training.arithmetic import root

Tensor = torch.Tensor
Rate = float | Tensor
Update = Callable[[], None]


def make_update(options: dict[str, Any], parameters: Tensor, gradient: Tensor) -> Update:
    """What changes `parameters` by `gradient`, in place: the optimiser of that name as torch.optim defines it. `lr` may
    be a tensor with a rate for each parameter."""
    options = dict(options)
    return RULES[options.pop("name")](parameters, gradient, **options)


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


def _sgd(
    parameters: Tensor,
    gradient: Tensor,
    lr: Rate,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
) -> Update:
    buffer: Tensor | None = None

    def update() -> None:
        nonlocal buffer
        change = _decayed(gradient, parameters, weight_decay)
        if momentum:
            if buffer is None:
                buffer = change.clone()
            else:
                buffer.mul_(momentum).add_(change, alpha=1 - dampening)
            change = change.add(buffer, alpha=momentum) if nesterov else buffer
        _step(parameters, change, lr)

    return update


def _adam(
    parameters: Tensor,
    gradient: Tensor,
    lr: Rate,
    betas: tuple[float, float],
    eps: float,
    amsgrad: bool,
    weight_decay: float,
    decoupled: bool = False,
) -> Update:
    mean, square, largest = (torch.zeros_like(parameters) for _ in range(3))
    slow, slower = betas
    steps = 0

    def update() -> None:
        nonlocal steps
        steps += 1
        change = gradient
        if decoupled:
            parameters.mul_(1 - lr * weight_decay)
        else:
            change = _decayed(gradient, parameters, weight_decay)
        mean.lerp_(change, 1 - slow)
        square.mul_(slower).addcmul_(change, change, value=1 - slower)
        of = torch.maximum(largest, square, out=largest) if amsgrad else square
        spread = root(of).div_((1 - slower**steps) ** 0.5).add_(eps)
        _step_over(parameters, mean, spread, lr, 1 / (1 - slow**steps))

    return update


def _adamw(parameters: Tensor, gradient: Tensor, **options: Any) -> Update:
    return _adam(parameters, gradient, **options, decoupled=True)


def _rmsprop(
    parameters: Tensor,
    gradient: Tensor,
    lr: Rate,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> Update:
    square, mean, buffer = (torch.zeros_like(parameters) for _ in range(3))

    def update() -> None:
        change = _decayed(gradient, parameters, weight_decay)
        square.mul_(alpha).addcmul_(change, change, value=1 - alpha)
        if centered:
            mean.lerp_(change, 1 - alpha)
        spread = root(square.addcmul(mean, mean, value=-1) if centered else square).add_(eps)
        if momentum:
            _step(parameters, buffer.mul_(momentum).addcdiv_(change, spread), lr)
        else:
            _step_over(parameters, change, spread, lr)

    return update


def _adagrad(
    parameters: Tensor,
    gradient: Tensor,
    lr: Rate,
    lr_decay: float,
    weight_decay: float,
    initial_accumulator_value: float,
    eps: float,
) -> Update:
    total = torch.full_like(parameters, initial_accumulator_value)
    steps = 0

    def update() -> None:
        nonlocal steps
        change = _decayed(gradient, parameters, weight_decay)
        total.addcmul_(change, change)
        _step_over(parameters, change, root(total).add_(eps), lr, 1 / (1 + steps * lr_decay))
        steps += 1

    return update


RULES: dict[str, Callable[..., Update]] = {
    "sgd": _sgd,
    "adam": _adam,
    "adamw": _adamw,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
}


def _decayed(gradient: Tensor, parameters: Tensor, weight_decay: float) -> Tensor:
    """The gradient with that of half the squared parameters, times the decay."""
    return gradient.add(parameters, alpha=weight_decay) if weight_decay else gradient


def _step(parameters: Tensor, change: Tensor, lr: Rate) -> None:
    """Take a step against `change`."""
    if isinstance(lr, float):
        parameters.add_(change, alpha=-lr)
    else:
        parameters.addcmul_(change, lr, value=-1)


def _step_over(parameters: Tensor, change: Tensor, spread: Tensor, lr: Rate, factor: float = 1.0) -> None:
    """Take a step against `change` over `spread`, of this factor times the rate."""
    if isinstance(lr, float):
        parameters.addcdiv_(change, spread, value=-lr * factor)
    else:
        parameters.addcmul_(change / spread, lr, value=-factor)
