"""What the kinds have in common that become films."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from relu_anim.activations import Activation
from relu_anim.config.checks.check import Checks
from relu_anim.config.kinds.root import Root
from relu_anim.config.values import Section, Title
from relu_anim.targets import Task

if TYPE_CHECKING:
    from relu_anim.config.animation import Animation
    from relu_anim.config.outputs import Output
    from relu_anim.config.sections import Choice, Data, Model, Target, Training

Shape = tuple[tuple[int, ...], tuple[Activation, ...], tuple[float, ...], tuple[float, ...], float, float]
LEAST_SECONDS = 0.5  # of anything that is made
PIXEL_SECONDS = 2e-8
MOST_ENSEMBLE_BYTES = 2**28  # of all snapshots of networks that differ in their seed


class Variant(Section):
    """The same experiment with some keys changed."""

    label: Annotated[Title, Field(min_length=1, max_length=40)] = Field(
        description="its name in the picture", examples=["tanh"]
    )
    set: Annotated[dict[str, Any], Field(min_length=1)] = Field(
        description="what is changed: keys of seed, data, model or training", examples=[{"model.activation": "tanh"}]
    )


class Experiment(Root):
    """What a film is made of: a network, what it learned and how, and the way that is shown. One kind says all of it in
    its config, another takes it from a recording."""

    checks: ClassVar[Checks] = ()
    checks_of_members: ClassVar[Checks] = ()
    moves: ClassVar[Literal[True]] = True

    if TYPE_CHECKING:  # fields of one kind, and computed by another

        @property
        def kind(self) -> str: ...
        @property
        def title(self) -> str: ...
        @property
        def alt(self) -> str: ...
        @property
        def seed(self) -> int | Choice: ...
        @property
        def target(self) -> Target: ...
        @property
        def data(self) -> Data: ...
        @property
        def model(self) -> Model: ...
        @property
        def training(self) -> Training: ...
        @property
        def animation(self) -> Animation: ...
        @property
        def variants(self) -> tuple[Variant, ...]: ...
        @property
        def output(self) -> Output: ...
        @property
        def task(self) -> Task: ...
        @property
        def shape(self) -> Shape: ...
        @property
        def steps(self) -> int: ...
        @property
        def counts_steps(self) -> bool: ...
        @property
        def snapshots(self) -> int: ...
        @property
        def effort(self) -> float: ...
        def moments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...

    def with_own_values(self) -> Experiment:
        """The config with defaults that follow from other keys."""
        return self

    @property
    def members(self) -> tuple[tuple[str, Experiment], ...]:
        """Each variant as (label, experiment); without variants the experiment itself, with no label."""
        return (("", self),)

    @property
    def choice(self) -> Choice | None:
        """How the seed is chosen, or was; None where it is given."""
        return None

    @property
    def is_read(self) -> bool:
        """Whether all is there that checks look at."""
        return True

    @property
    def loss_word(self) -> str:
        """The word for the loss, by its key."""
        return f"loss_{self.training.loss}"

    @property
    def has_held_out(self) -> bool:
        """Whether there are points that were not trained on."""
        return bool(self.data.test_fraction)

    def lacks(self, number: str) -> str:
        """What to say of a number of `facts.METRICS` that is not there, though the experiment has what it needs;
        nothing where it is measured."""
        return ""

    def settled(self, seeds: Sequence[int]) -> Experiment:
        """The same experiment with these seeds, one for each member, where those are chosen."""
        return self

    def ensemble_bytes(self, networks: int) -> int:
        """What all snapshots of this many such networks take."""
        numbers = self.model.parameter_count + len(self.model.layer_sizes) - 1 + 8
        return 4 * networks * self.snapshots * numbers

    def fits(self, networks: int) -> bool:
        """Whether all snapshots of this many such networks may be held at once."""
        return self.ensemble_bytes(networks) <= MOST_ENSEMBLE_BYTES

    def most_fitting(self) -> int:
        """This many such networks fit."""
        return MOST_ENSEMBLE_BYTES // self.ensemble_bytes(1)

    @property
    def drawing_effort(self) -> float:
        """About how many seconds it takes to draw this many pixels."""
        width, height = self.animation.pixels
        return LEAST_SECONDS + min(self.animation.max_frames, self.snapshots) * width * height * PIXEL_SECONDS
