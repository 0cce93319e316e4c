"""The training points alone, as a figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field

from relu_anim.config.animation import Style
from relu_anim.config.checks import outputs, target, texts
from relu_anim.config.checks.check import Checks, Finding, reads
from relu_anim.config.defaults import of_target
from relu_anim.config.kinds.figure import Figure
from relu_anim.config.outputs import StillOutput
from relu_anim.config.sections import FixedData, Target
from relu_anim.config.tasks import task_of
from relu_anim.config.values import Alt, Seed, Title
from relu_anim.targets import DATASETS, Task


@reads("target", "data")
def points_are_fixed(f: DataFigure) -> Iterator[Finding]:
    """A figure of the data shows points of a plane that stay the same."""
    if f.data.resample:
        yield ("data", "resample"), "a figure of the data needs fixed points; write false or remove this key"
    if f.target.dataset is not None and DATASETS[f.target.dataset].inputs > 2:
        inputs = DATASETS[f.target.dataset].inputs
        yield ("target", "dataset"), f"points of {inputs} inputs cannot be drawn in a plane"


CHECKS: Checks = (
    target.one_target,
    target.dataset_is_here,
    target.own_values,
    target.classes,
    points_are_fixed,
    target.domains,
    target.target_is_finite,
    target.test_fraction,
    outputs.figure_has_room,
    outputs.pixels,
    outputs.can_be_transparent,
    outputs.unique_formats,
    outputs.unique_themes,
    texts.title,
    texts.words,
)


class DataFigure(Figure):
    """A figure of the training points alone; nothing is trained."""

    kind: Literal["data"] = Field(description="what becomes of the config")
    title: Title = Field(default="", description="at the top left of the picture", examples=["200 noisy points"])
    alt: Alt = ""
    seed: Seed = Field(default=0, description="of the points", examples=[7])
    target: Target = Field(description="what the points are of", examples=[{"dataset": "circle"}])
    data: FixedData = Field(default=FixedData(), description="how the points are drawn")
    animation: Style = Field(default=Style(), description="the look")
    output: StillOutput = Field(default=StillOutput(), description="the files to write")

    checks: ClassVar[Checks] = CHECKS

    def with_own_values(self) -> Self:
        """The config with defaults that follow from what is shown."""
        return self.model_copy(update=of_target(self.target, self.data))

    @cached_property
    def task(self) -> Task:
        """What the points are drawn from."""
        return task_of(self.target, self.data, self.seed)
