"""The kinds of config as frozen models, made of sections."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from relu_anim.activations import Activation
from relu_anim.config.sections import (
    Animation,
    Choice,
    Data,
    FixedData,
    HeInit,
    Model,
    Output,
    StillOutput,
    Style,
    Target,
    Training,
    WeightInit,
    he_init,
)
from relu_anim.config.values import ActivationSpec, Coordinate, Count, Interval, Section, Seed, Title
from relu_anim.targets import DATASETS, Task, function


class Variant(Section):
    """The same experiment with some keys changed."""

    label: Annotated[Title, Field(min_length=1, max_length=40)]
    set: Annotated[dict[str, Any], Field(min_length=1)]


class Experiment(Section):
    """A network, what it learns, how, and how that is filmed; or several variants of it, filmed together."""

    kind: Literal["training"] = "training"
    title: Title = ""
    seed: Seed | Choice = 0
    target: Target
    data: Data = Data()
    model: Model
    training: Training = Field(default_factory=Training)
    animation: Animation = Animation()
    variants: Annotated[tuple[Variant, ...], Field(max_length=8)] = ()
    output: Output = Output()

    moves: ClassVar[Literal[True]] = True

    _members: tuple[Experiment, ...] = PrivateAttr(default=())
    _choice: Choice | None = PrivateAttr(default=None)

    @property
    def choice(self) -> Choice | None:
        """How the seed is chosen, or was; None where it is given."""
        return self.seed if isinstance(self.seed, Choice) else self._choice

    def with_seed(self, seed: int) -> Experiment:
        """The same experiment with this seed, in place of a choice too."""
        other = self.model_copy(update={"seed": seed})
        other._choice = self.choice
        for made in ("task", "shape"):  # for the old one
            other.__dict__.pop(made, None)
        return other

    def settled(self, seeds: Sequence[int]) -> Experiment:
        """The same experiment with these seeds, one for each member, where those are chosen."""
        if not self.variants:
            return self.with_seed(seeds[0]) if isinstance(self.seed, Choice) else self
        other, pairs = self.model_copy(), zip(self._members, seeds, strict=True)
        other._members = tuple(m.with_seed(seed) if isinstance(m.seed, Choice) else m for m, seed in pairs)
        return other

    def incompatible_key(self, other: Experiment) -> str:
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

    def ensemble_bytes(self, networks: int) -> int:
        """What all snapshots of so many such networks take."""
        numbers = self.model.parameter_count + len(self.model.layer_sizes) - 1 + 8
        return 4 * networks * (self.training.epochs + 1) * numbers

    def fits(self, networks: int) -> bool:
        """Whether all snapshots of so many such networks may be held at once."""
        return self.ensemble_bytes(networks) <= MOST_ENSEMBLE_BYTES

    @property
    def members(self) -> tuple[tuple[str, Experiment], ...]:
        """Each variant as (label, experiment); without variants the experiment itself, with no label."""
        if not self.variants:
            return (("", self),)
        return tuple((v.label, member) for v, member in zip(self.variants, self._members, strict=True))

    @cached_property
    def task(self) -> Task:
        """What is to be learned, with the way its points are drawn."""
        return _task(self)

    @cached_property
    def shape(self) -> Shape:
        """What a Network of this experiment is made of. Its output is scaled where the loss has an answer to that."""
        activations = self.model.activations
        can_be_scaled = activations[-1].name == "identity" and self.training.loss in LOSS_POWERS
        output = self.task.learned_scale if can_be_scaled else (0.0, 1.0)
        return self.model.layer_sizes, activations, self.task.center, self.task.spread, *output

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make: to train with so many parameters, and to draw so many pixels."""
        width, height = self.animation.size
        frames = min(self.animation.max_frames, self.training.epochs + 1)
        training = sum(member._training_effort for _, member in self.members)
        return LEAST_SECONDS + training + frames * width * height * PIXEL_SECONDS

    @property
    def _training_effort(self) -> float:
        training, points = self.training, self.data.samples
        steps = -(-points // training.batch_size)
        products = 6 * (points + EVALUATED) * self.model.parameter_count
        one = training.epochs * (steps * STEP_SECONDS + products / PRODUCTS_A_SECOND)
        return one * (1 if self.choice is None else 1 + self.choice.networks / TOGETHER)

    @property
    def loss_unit(self) -> float:
        """What a loss of the scaled output is multiplied with to be that of the output."""
        return self.shape[-1] ** LOSS_POWERS.get(self.training.loss, 0)


COMMON_KEYS = (  # what networks that are trained together have in common
    "model.layer_sizes",
    "model.activation",
    "model.output_activation",
    "training",
    "data.samples",
    "data.resample",
    "data.test_fraction",
)
MOST_ENSEMBLE_BYTES = 2**28  # of all snapshots of networks that differ in their seed
EVALUATED = 1000  # points at which the loss of each epoch is measured
TOGETHER = 10  # networks take as long as one alone
LEAST_SECONDS = 0.5  # of anything that is made
STEP_SECONDS, PRODUCTS_A_SECOND, PIXEL_SECONDS, WEIGHT_SECONDS = 1e-4, 1.5e10, 2e-8, 2e-8
LOSS_POWERS = {"mse": 2, "mae": 1}  # how they grow with what is learned
Shape = tuple[tuple[int, ...], tuple[Activation, ...], tuple[float, ...], tuple[float, ...], float, float]


def _task(source: Experiment | DataFigure) -> Task:
    target, data = source.target, source.data
    return Task(
        function=function(target.function) if target.function else None,
        dataset=DATASETS[target.dataset] if target.dataset else None,
        table=target.table,
        domain=target.domain,
        samples=data.samples,
        noise=data.noise,
        resample=data.resample,
        test_fraction=data.test_fraction,
        classes=data.classes or 0,
        seed=source.seed if isinstance(source.seed, int) else 0,
        standardize=data.standardize,
    )


class Figure(Section):
    """What does not move; nothing is trained, and there is nothing to learn unless its kind says so."""

    moves: ClassVar[Literal[False]] = False
    members: ClassVar[tuple[tuple[str, Experiment], ...]] = ()
    variants: ClassVar[tuple[Variant, ...]] = ()

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make."""
        return LEAST_SECONDS


class ActivationFigure(Figure):
    """A figure of activation functions and their derivatives; nothing is trained."""

    target: ClassVar[None] = None

    kind: Literal["activation"]
    title: Title = ""
    functions: Annotated[tuple[ActivationSpec, ...], Field(min_length=1, max_length=8)]
    derivative: bool | Literal["first"] = True
    marks: Annotated[tuple[Coordinate, ...], Field(max_length=6)] = ()
    domain: Interval = (-10.0, 10.0)
    animation: Style = Style()
    output: StillOutput = StillOutput()


class DataFigure(Figure):
    """A figure of the training points alone; nothing is trained."""

    kind: Literal["data"]
    title: Title = ""
    seed: Seed = 0
    target: Target
    data: FixedData = FixedData()
    animation: Style = Style()
    output: StillOutput = StillOutput()

    @cached_property
    def task(self) -> Task:
        """What the points are drawn from."""
        return _task(self)


WIDTHS = (2, 3, 4, 5, 8)


class BornDeadFigure(Figure):
    """A figure of how many fresh ReLU networks have a dead layer, against their depth; nothing is trained."""

    target: ClassVar[None] = None

    kind: Literal["born_dead"]
    title: Title = ""
    seed: Seed = 0
    networks: Annotated[Count, Field(ge=1, le=1_000_000)] = 10_000
    widths: Annotated[tuple[Annotated[Count, Field(ge=1, le=256)], ...], Field(min_length=1, max_length=8)] = WIDTHS
    depth: Annotated[Count, Field(ge=1, le=100)] = 30
    init: Annotated[HeInit, BeforeValidator(he_init, json_schema_input_type=WeightInit | HeInit)] = HeInit()
    domain: Interval = (-1.0, 1.0)
    animation: Style = Style()
    output: StillOutput = StillOutput()

    @property
    def weights_of_one(self) -> int:
        """The weights of one network of each width."""
        return sum(width + (self.depth - 1) * width**2 for width in self.widths)

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make: to draw so many weights."""
        return LEAST_SECONDS + self.networks * self.weights_of_one * WEIGHT_SECONDS


StillFigure = ActivationFigure | DataFigure | BornDeadFigure
Config = Experiment | StillFigure
KINDS: dict[str, type[Config]] = {
    "training": Experiment,
    "activation": ActivationFigure,
    "data": DataFigure,
    "born_dead": BornDeadFigure,
}
