"""The optimisers that a config may name, each with its own options; names and defaults are torch's."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from relu_anim.config.values import Fraction, NonNegative, Pair, Real, Section


class Sgd(Section):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: NonNegative = 0.01
    momentum: NonNegative = 0.0
    dampening: Real = 0.0
    weight_decay: NonNegative = 0.0
    nesterov: bool = False


class _Adam(Section):
    lr: NonNegative = 1e-3
    betas: Annotated[tuple[Fraction, Fraction], Pair] = (0.9, 0.999)
    eps: NonNegative = 1e-8
    amsgrad: bool = False


class Adam(_Adam):
    """Adam."""

    name: Literal["adam"]
    weight_decay: NonNegative = 0.0


class AdamW(_Adam):
    """Adam with decoupled weight decay."""

    name: Literal["adamw"]
    weight_decay: NonNegative = 0.01


class RmsProp(Section):
    """RMSprop."""

    name: Literal["rmsprop"]
    lr: NonNegative = 0.01
    alpha: Fraction = 0.99
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    momentum: NonNegative = 0.0
    centered: bool = False


class Adagrad(Section):
    """Adagrad."""

    name: Literal["adagrad"]
    lr: NonNegative = 0.01
    lr_decay: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    initial_accumulator_value: NonNegative = 0.0
    eps: NonNegative = 1e-10


Optimizer = Sgd | Adam | AdamW | RmsProp | Adagrad
OPTIMIZERS: dict[str, type[Section]] = {
    get_args(model.model_fields["name"].annotation)[0]: model for model in get_args(Optimizer)
}


def _named(value: Any) -> Any:
    """`adam` is short for `{name: adam}`, and options without a name are those of sgd."""
    if isinstance(value, dict):
        return {"name": "sgd", **value}
    return {"name": value} if isinstance(value, str) else value


AnyOptimizer = Annotated[
    Optimizer,
    Field(discriminator="name"),
    BeforeValidator(_named, json_schema_input_type=Literal[tuple(OPTIMIZERS)] | Optimizer),
]
