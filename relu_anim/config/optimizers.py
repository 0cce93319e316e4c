"""The optimisers that a config may name, each with its own options; names and defaults are torch's."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from relu_anim.config.values import Fraction, NonNegative, OneOf, Pair, Real, Section


class Sgd(Section):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = Field(default="sgd", description="stochastic gradient descent")
    lr: NonNegative = Field(default=0.01, description="how far a step goes")
    momentum: NonNegative = Field(
        default=0.0, description="the share of the last step that the next one keeps", examples=[0.9]
    )
    dampening: Real = Field(default=0.0, description="the share of the gradient that momentum leaves out")
    weight_decay: NonNegative = Field(default=0.0, description="the share of each weight that is added to its gradient")
    nesterov: bool = Field(default=False, description="whether momentum looks ahead, after Nesterov")


class _Adam(Section):
    lr: NonNegative = Field(default=1e-3, description="how far a step goes")
    betas: Annotated[tuple[Fraction, Fraction], Pair] = Field(
        default=(0.9, 0.999), description="how much of the means of gradients and of their squares each step keeps"
    )
    eps: NonNegative = Field(default=1e-8, description="keeps what is divided by from 0")
    amsgrad: bool = Field(default=False, description="whether the largest mean of squares so far counts")


class Adam(_Adam):
    """Adam."""

    name: Literal["adam"] = Field(description="Adam: steps scaled by means of gradients and of their squares")
    weight_decay: NonNegative = Field(default=0.0, description="the share of each weight that is added to its gradient")


class AdamW(_Adam):
    """Adam with decoupled weight decay."""

    name: Literal["adamw"] = Field(description="Adam with decoupled weight decay")
    weight_decay: NonNegative = Field(default=0.01, description="the share, times lr, that each weight loses in a step")


class RmsProp(Section):
    """RMSprop."""

    name: Literal["rmsprop"] = Field(description="RMSprop: steps scaled by a mean of squared gradients")
    lr: NonNegative = Field(default=0.01, description="how far a step goes")
    alpha: Fraction = Field(default=0.99, description="how much of the mean of squares each step keeps")
    eps: NonNegative = Field(default=1e-8, description="keeps what is divided by from 0")
    weight_decay: NonNegative = Field(default=0.0, description="the share of each weight that is added to its gradient")
    momentum: NonNegative = Field(default=0.0, description="the share of the last step that the next one keeps")
    centered: bool = Field(default=False, description="whether the squared mean gradient is taken off")


class Adagrad(Section):
    """Adagrad."""

    name: Literal["adagrad"] = Field(description="Adagrad: steps scaled by the sum of squared gradients so far")
    lr: NonNegative = Field(default=0.01, description="how far a step goes")
    lr_decay: NonNegative = Field(default=0.0, description="how fast lr falls: lr / (1 + lr_decay · steps)")
    weight_decay: NonNegative = Field(default=0.0, description="the share of each weight that is added to its gradient")
    initial_accumulator_value: NonNegative = Field(default=0.0, description="where that sum starts")
    eps: NonNegative = Field(default=1e-10, description="keeps what is divided by from 0")


Optimizer = Sgd | Adam | AdamW | RmsProp | Adagrad
OPTIMIZERS: dict[str, type[Section]] = {
    get_args(model.model_fields["name"].annotation)[0]: model for model in get_args(Optimizer)
}
SUMMARIES = {name: str(model.model_fields["name"].description) for name, model in OPTIMIZERS.items()}


def _named(value: Any) -> Any:
    """`adam` is short for `{name: adam}`, and options without a name are those of sgd."""
    if isinstance(value, dict):
        return {"name": "sgd", **value}
    return {"name": value} if isinstance(value, str) else value


AnyOptimizer = Annotated[
    Optimizer,
    Field(discriminator="name"),
    BeforeValidator(_named, json_schema_input_type=Annotated[str, OneOf(SUMMARIES)] | Optimizer),
]
