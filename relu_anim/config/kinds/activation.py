"""Activation functions and their derivatives, as a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from relu_anim.config.animation import Style
from relu_anim.config.checks import outputs, texts
from relu_anim.config.checks.check import Checks, Finding, reads
from relu_anim.config.kinds.figure import Figure
from relu_anim.config.outputs import StillOutput
from relu_anim.config.values import ActivationSpec, Alt, Coordinate, Interval, Title
from relu_anim.expressions import undefined_at


@reads("functions", "domain")
def figure_is_finite(f: ActivationFigure) -> Iterator[Finding]:
    """The functions of a figure are defined all over its domain."""
    for index, spec in enumerate(f.functions):
        activation = spec.activation()
        place = undefined_at(activation, f.domain) if activation.formula else None  # all others are defined everywhere
        if place is not None:
            x, reason = place
            yield ("functions", index), f"{reason} at x = {x:g} of the domain {list(f.domain)}; change one of them"


@reads("domain", "marks", "derivative")
def marks(f: ActivationFigure) -> Iterator[Finding]:
    """Marks lie inside the domain, and there is a slope to tell."""
    low, high = f.domain
    for index, x in enumerate(f.marks):
        if not low <= x <= high:
            yield ("marks", index), f"lies outside of the domain {list(f.domain)}"
    if f.marks and not f.derivative:
        yield ("marks",), "tell the slope at these inputs, and derivative is false"


CHECKS: Checks = (
    outputs.figure_has_room,
    outputs.pixels,
    figure_is_finite,
    marks,
    outputs.can_be_transparent,
    outputs.unique_formats,
    outputs.unique_themes,
    texts.title,
    texts.words,
)


class ActivationFigure(Figure):
    """A figure of activation functions and their derivatives; nothing is trained."""

    kind: Literal["activation"] = Field(description="what becomes of the config")
    title: Title = Field(default="", description="at the top left of the picture", examples=["tanh"])
    alt: Alt = ""
    functions: Annotated[tuple[ActivationSpec, ...], Field(min_length=1, max_length=8)] = Field(
        description="names, names with options, or formulas in x; up to eight", examples=[["tanh", "2*sigmoid(x) - 1"]]
    )
    derivative: bool | Literal["first"] = Field(
        default=True,
        description="whether derivatives are shown: true of every function, first of that alone",
        examples=["first"],
    )
    marks: Annotated[tuple[Coordinate, ...], Field(max_length=6)] = Field(
        default=(), description="inputs at which the slope of the first function is written", examples=[[-15, 0, 15]]
    )
    domain: Interval = Field(default=(-10.0, 10.0), description="the inputs that are shown")
    animation: Style = Field(default=Style(), description="the look")
    output: StillOutput = Field(default=StillOutput(), description="the files to write")

    checks: ClassVar[Checks] = CHECKS
    target: ClassVar[None] = None
