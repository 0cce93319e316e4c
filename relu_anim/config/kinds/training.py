"""A network that learns, and how that is filmed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from relu_anim.config.animation import Animation
from relu_anim.config.cells import Cell
from relu_anim.config.checks import learning, moments, outputs, panels, room, target, texts
from relu_anim.config.checks.check import Checks
from relu_anim.config.defaults import of_target, unless_set
from relu_anim.config.kinds.experiment import Experiment, Shape, Variant
from relu_anim.config.outputs import Output
from relu_anim.config.sections import Choice, Data, Model, Target, Training
from relu_anim.config.tasks import task_of
from relu_anim.config.values import Alt, FilmTitle, Seed
from relu_anim.facts import LOSSES, usual_loss, usual_panel
from relu_anim.targets import Task

CHECKS: Checks = (
    target.one_target,
    target.dataset_is_here,
    target.own_values,
    target.classes,
    learning.layer_sizes,
    learning.loss,
    learning.activations,
    target.domains,
    target.target_is_finite,
    target.test_fraction,
    learning.optimizer,
    learning.recording_fits,
    panels.mosaic,
    panels.panels_fit_the_target,
    room.panels_have_room,
    panels.variants,
    panels.shown_domain,
    outputs.film_speed,
    outputs.film_size,
    outputs.can_be_transparent,
    outputs.pixels,
    outputs.unique_formats,
    outputs.unique_themes,
    texts.title,
    texts.words,
    texts.labels,
    texts.captions,
)
CHECKS_OF_MEMBERS: Checks = (
    panels.metrics,
    panels.options,
    panels.ensemble,
    panels.highlight,
    room.panels_of_members_have_room,
    texts.numbers_in_title,
    moments.epochs,
    moments.pacing,
    moments.stills,
    moments.captions,
    moments.ghosts,
)


class TrainedExperiment(Experiment):
    """A network, what it learns, how, and how that is filmed; or several variants of it, filmed together."""

    kind: Literal["training"] = Field(default="training", description="what becomes of the config")
    title: FilmTitle = ""
    alt: Alt = ""
    seed: Seed | Choice = Field(
        default=0,
        description=(
            "of the initial weights, the points and their order, each with random numbers of its own; "
            "or {best_of: 64}, {median_of: 64}, {worst_of: 64}"
        ),
        examples=[7],
    )
    target: Target = Field(description="what is learned")
    data: Data = Field(default=Data(), description="how training points are drawn")
    model: Model = Field(description="the network")
    training: Training = Field(
        default_factory=Training, description="how the network is trained, and which moments of that a film can show"
    )
    animation: Animation = Field(default=Animation(), description="what is drawn, how fast, and how large")
    variants: Annotated[tuple[Variant, ...], Field(max_length=8)] = Field(
        default=(),
        description="the same experiment with keys changed, side by side",
        examples=[[{"label": "a", "set": {"seed": 1}}, {"label": "b", "set": {"seed": 2}}]],
    )
    output: Output = Field(default=Output(), description="the files to write")

    checks: ClassVar[Checks] = CHECKS
    checks_of_members: ClassVar[Checks] = CHECKS_OF_MEMBERS

    _members: tuple[TrainedExperiment, ...] = PrivateAttr(default=())
    _choice: Choice | None = PrivateAttr(default=None)

    def with_own_values(self) -> TrainedExperiment:
        """The config with defaults that follow from what is learned: of classes the loss, and a panel that can show
        it."""
        e = self.model_copy(update=of_target(self.target, self.data))
        if not e.target.is_known:
            return e
        classes, outputs = len(e.task.class_names), e.model.layer_sizes[-1]
        panel = usual_panel(e.task.inputs, classes, outputs)
        training = unless_set(e.training, {"loss": usual_loss(classes, outputs)} if classes else {})
        animation = unless_set(e.animation, {"panels": ((Cell.of(panel),),)})
        return e.model_copy(update={"training": training, "animation": animation})

    @property
    def choice(self) -> Choice | None:
        """How the seed is chosen, or was; None where it is given."""
        return self.seed if isinstance(self.seed, Choice) else self._choice

    def with_seed(self, seed: int) -> TrainedExperiment:
        """The same experiment with this seed, in place of a choice too."""
        other = self.model_copy(update={"seed": seed})
        other._choice = self.choice
        for made in ("task", "shape"):  # for the old one
            other.__dict__.pop(made, None)
        return other

    def settled(self, seeds: Sequence[int]) -> TrainedExperiment:
        """The same experiment with these seeds, one for each member, where those are chosen."""
        if not self.variants:
            return self.with_seed(seeds[0]) if isinstance(self.seed, Choice) else self
        other, pairs = self.model_copy(), zip(self._members, seeds, strict=True)
        other._members = tuple(m.with_seed(seed) if isinstance(m.seed, Choice) else m for m, seed in pairs)
        return other

    def incompatible_key(self, other: TrainedExperiment) -> str:
        """The key in which another experiment differs so that it cannot be trained together with this one; or nothing:
        they may differ in all that changes no shape, such as seed, noise, first weights and learning rate."""
        pairs = [(self.data, other.data), (self.model, other.model), (self.training, other.training)]
        if all(a is b for a, b in pairs):
            return ""
        own, theirs = (e._shape_keys() for e in (self, other))
        return next((key for key, value in own.items() if theirs[key] != value), "")

    def _shape_keys(self) -> dict[str, Any]:
        dump = self.model_dump()
        dump["training"]["optimizer"].pop("lr", None)
        parts = {key: key.partition(".") for key in COMMON_KEYS}
        return {key: dump[section][name] if name else dump[section] for key, (section, _, name) in parts.items()}

    @property
    def steps(self) -> int:
        """How many steps an epoch has."""
        samples = self.data.samples
        return -(-(samples - round(samples * self.data.test_fraction)) // self.training.batch_size)

    @property
    def counts_steps(self) -> bool:
        """Whether the film counts steps and not epochs: it shows moments within an epoch, which has as many steps in
        all variants."""
        members = [member for _, member in self.members]
        is_within = any(member.training.epochs_by_step and member.steps > 1 for member in members)
        return is_within and len({member.steps for member in members}) == 1

    @property
    def snapshots(self) -> int:
        """How many snapshots a run has."""
        training, by_step = self.training, self.training.epochs_by_step
        return 1 + by_step * self.steps - (-(training.epochs - by_step) // training.epochs_apart)

    def moments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The epochs that are over at each snapshot of a whole run, and the steps that are done: int64 [snapshots]."""
        training = self.training
        epochs = np.append(np.arange(training.epochs_by_step, training.epochs, training.epochs_apart), training.epochs)
        steps = np.append(np.arange(training.epochs_by_step * self.steps), epochs * self.steps)
        return steps // self.steps, steps

    @property
    def members(self) -> tuple[tuple[str, TrainedExperiment], ...]:
        """Each variant as (label, experiment); without variants the experiment itself, with no label."""
        if not self.variants:
            return (("", self),)
        return tuple((v.label, member) for v, member in zip(self.variants, self._members, strict=True))

    @cached_property
    def task(self) -> Task:
        """What is to be learned, with the way its points are drawn."""
        return task_of(self.target, self.data, self.seed)

    @cached_property
    def shape(self) -> Shape:
        """What a Network of this experiment is made of. Its output is scaled where the loss has an answer to that."""
        activations = self.model.activations
        can_be_scaled = activations[-1].name == "identity" and LOSSES[self.training.loss].power
        output = self.task.learned_scale if can_be_scaled else (0.0, 1.0)
        return self.model.layer_sizes, activations, self.task.center, self.task.spread, *output

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make: to train with this many parameters, and to draw this many pixels."""
        return self.drawing_effort + sum(member._training_effort for _, member in self.members)

    @property
    def _training_effort(self) -> float:
        epochs, points = self.training.epochs, self.data.samples
        products = 6 * (epochs * points + self.snapshots * EVALUATED) * self.model.parameter_count
        one = epochs * self.steps * STEP_SECONDS + products / PRODUCTS_A_SECOND
        return one * (1 if self.choice is None else 1 + self.choice.networks / TOGETHER)

    @property
    def loss_unit(self) -> float:
        """What a loss of the scaled output is multiplied with to be that of the output."""
        return self.shape[-1] ** LOSSES[self.training.loss].power


COMMON_KEYS = (  # what networks that are trained together have in common
    "model.layer_sizes",
    "model.activation",
    "model.output_activation",
    "training",
    "data.samples",
    "data.resample",
    "data.test_fraction",
)
EVALUATED = 1000  # points at which the loss of each snapshot is measured
TOGETHER = 10  # networks take as long as one alone
STEP_SECONDS, PRODUCTS_A_SECOND = 1e-4, 1.5e10
