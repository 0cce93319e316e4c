"""The sections of a config as frozen models: types, defaults and limits of every key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from relu_anim.activations import Activation
from relu_anim.config.optimizers import AnyOptimizer
from relu_anim.config.values import (
    ActivationSpec,
    ActivationSpecs,
    Count,
    Domain,
    Fraction,
    Interval,
    NonNegative,
    Pair,
    Real,
    Section,
    Seed,
    Size,
    TargetFunction,
    Title,
    printable,
)
from relu_anim.targets import DATASETS, Table, Task, function

Format = Literal["gif", "mp4", "webp", "png", "svg"]
PanelName = Literal[
    "prediction",
    "layers",
    "contributions",
    "activation_map",
    "network",
    "decision",
    "loss",
    "accuracy",
    "gradients",
    "metrics",
]
MetricName = Literal[
    "loss",
    "test_loss",
    "accuracy",
    "test_accuracy",
    "dead_units",
    "sparsity",
    "knots",
    "linear_regions",
    "gradient_norms",
    "weight_norms",
    "slopes",
]
Arrangement = Literal["columns", "overlay"]
EmptyCell = Literal["."]
Loss = Literal["mse", "mae", "huber", "bce", "cross_entropy"]
DatasetName = Literal["cosine", "circle", "xor", "gauss", "spiral", "moons", "digits", "mnist"]
Networks = Annotated[Count, Field(ge=1, le=100_000)]
WeightInit = Literal["default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"]


class Target(Section):
    """What is learned: a function on a domain, a data set, or the points of a CSV file beside the config."""

    function: TargetFunction | None = None
    dataset: DatasetName | None = None
    csv: Annotated[str, Field(min_length=1, max_length=400), AfterValidator(printable)] | None = None
    domain: Domain = (-5.0, 5.0)

    _table: Table | None = PrivateAttr(default=None)

    @property
    def table(self) -> Table | None:
        """The points of the CSV file, once it is read."""
        return self._table


class Data(Section):
    """How training points are drawn."""

    samples: Annotated[Count, Field(ge=1, le=10_000_000)] = 2560
    noise: NonNegative = 0.0
    resample: bool = True
    test_fraction: Fraction = 0.0
    classes: Annotated[Count, Field(ge=2, le=10)] | None = None
    standardize: bool = False


class FixedData(Data):
    """The same for a figure of the points, which stay where they are."""

    resample: bool = False


class Init(Section):
    """How weights and biases start; `bias` is a number, or `default` for torch's uniform biases."""

    weights: WeightInit = "default"
    bias: Real | Literal["default"] = 0.0


class HeInit(Init):
    """The same for a figure of fresh networks, which starts as most ReLU networks do."""

    weights: WeightInit = "he_normal"


def _init(value: Any, usual: WeightInit = "default") -> Any:
    """`he_normal` is short for `{weights: he_normal}`; where torch draws the weights, it draws the biases too."""
    if isinstance(value, str):
        value = {"weights": value}
    if isinstance(value, dict) and value.get("weights", usual) == "default":
        return {"bias": "default", **value}
    return value


def _he_init(value: Any) -> Any:
    return _init(value, "he_normal")


class Model(Section):
    """The network."""

    layer_sizes: Annotated[tuple[Annotated[Count, Field(ge=1, le=10_000)], ...], Field(min_length=2, max_length=102)]
    activation: ActivationSpecs = Field(default=("relu",), validate_default=True)
    output_activation: ActivationSpec = Field(default="identity", validate_default=True)
    init: Annotated[Init, BeforeValidator(_init, json_schema_input_type=WeightInit | Init)] = Field(
        default="default", validate_default=True
    )

    @property
    def hidden_layers(self) -> int:
        """How many layers lie between input and output."""
        return len(self.layer_sizes) - 2

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of every layer, the output's last."""
        hidden = self.activation if len(self.activation) > 1 else self.activation * self.hidden_layers
        return tuple(spec.activation() for spec in (*hidden, self.output_activation))

    @property
    def parameter_count(self) -> int:
        """Weights, biases and learned slopes."""
        pairs = zip(self.layer_sizes, self.layer_sizes[1:], self.activations, strict=False)
        return sum(inputs * outputs + outputs + activation.learned for inputs, outputs, activation in pairs)


class Training(Section):
    """How the network is trained."""

    optimizer: AnyOptimizer = Field(default="sgd", validate_default=True)
    loss: Loss = "mse"
    l1: NonNegative = 0.0
    epochs: Annotated[Count, Field(ge=0, le=1_000_000)] = 500
    batch_size: Annotated[Count, Field(ge=1)] = 256
    on_divergence: Literal["fail", "keep"] = "fail"


def _rows(value: Any) -> Any:
    """A flat list of panels is one row."""
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, tuple) and value and not any(isinstance(row, (tuple, list)) for row in value):
        return (value,)
    return value


Row = Annotated[tuple[Literal[PanelName, EmptyCell], ...], Field(min_length=1)]
Panels = Annotated[
    tuple[Row, ...],
    BeforeValidator(_rows, json_schema_input_type=PanelName | Row | tuple[Row, ...]),
    Field(min_length=1),
]


class Style(Section):
    """The look that films and figures share."""

    size: Annotated[tuple[Size, Size], Pair] = (700, 500)
    theme: Literal["light", "dark"] = "light"
    ylim: Literal["auto"] | Interval = "auto"


class Animation(Style):
    """What is drawn, how fast, and how large."""

    panels: Panels = (("prediction",),)
    pacing: Literal["even", "log", "motion"] = "even"
    max_frames: Annotated[Count, Field(ge=1, le=100_000)] = 150
    fps: Annotated[float, Field(ge=0.1, le=240)] = 20
    hold: Annotated[float, Field(ge=0, le=600)] = 2.0
    loop: Literal["forever", "once"] | Annotated[Count, Field(ge=1, le=65_535)] = "forever"
    domain: Domain | None = None
    knots: Literal["auto"] | bool = "auto"
    metrics: tuple[MetricName, ...] = ()
    variants: Arrangement | dict[PanelName, Arrangement] = "columns"
    ensemble: Literal["none", "members", "band"] = "none"

    def is_overlaid(self, panel: str) -> bool:
        """Whether one such panel shows all variants."""
        if isinstance(self.variants, str):
            return self.variants == "overlay"
        return {str(name): how for name, how in self.variants.items()}.get(panel) == "overlay"


class Output(Section):
    """The files to write."""

    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = ("gif",)


class StillOutput(Section):
    """The files of a figure that does not move."""

    formats: Annotated[tuple[Literal["png", "svg"], ...], Field(min_length=1)] = ("png", "svg")


class Choice(Section):
    """The seed is that of the best, the median or the worst of so many networks, with the seeds from 0 on."""

    best_of: Networks | None = None
    median_of: Networks | None = None
    worst_of: Networks | None = None

    @model_validator(mode="after")
    def _one(self) -> Choice:
        if len(self._given()) != 1 or len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_choice", "write one of best_of, median_of and worst_of, with a number")
        return self

    @model_serializer
    def _given(self) -> dict[str, int]:
        numbers = {"best_of": self.best_of, "median_of": self.median_of, "worst_of": self.worst_of}
        return {name: number for name, number in numbers.items() if number is not None}

    @property
    def which(self) -> str:
        """best, median or worst."""
        return next(iter(self._given())).removesuffix("_of")

    @property
    def networks(self) -> int:
        """Of how many."""
        return next(iter(self._given().values()))

    def __str__(self) -> str:
        return f"{self.which} of {self.networks:,}"


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
    def loss_unit(self) -> float:
        """What a loss of the scaled output is multiplied with to be that of the output."""
        return self.shape[-1] ** LOSS_POWERS.get(self.training.loss, 0)


MOST_ENSEMBLE_BYTES = 2**28  # of all snapshots of networks that differ in their seed
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


class ActivationFigure(Section):
    """A figure of activation functions and their derivatives; nothing is trained."""

    kind: Literal["activation"]
    title: Title = ""
    functions: Annotated[tuple[ActivationSpec, ...], Field(min_length=1, max_length=8)]
    derivative: bool | Literal["first"] = True
    marks: Annotated[tuple[Real, ...], Field(max_length=6)] = ()
    domain: Interval = (-10.0, 10.0)
    animation: Style = Style()
    output: StillOutput = StillOutput()


class DataFigure(Section):
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


class BornDeadFigure(Section):
    """A figure of how many fresh ReLU networks have a dead layer, against their depth; nothing is trained."""

    kind: Literal["born_dead"]
    title: Title = ""
    seed: Seed = 0
    networks: Annotated[Count, Field(ge=1, le=1_000_000)] = 10_000
    widths: Annotated[tuple[Annotated[Count, Field(ge=1, le=256)], ...], Field(min_length=1, max_length=8)] = WIDTHS
    depth: Annotated[Count, Field(ge=1, le=100)] = 30
    init: Annotated[HeInit, BeforeValidator(_he_init, json_schema_input_type=WeightInit | HeInit)] = HeInit()
    domain: Interval = (-1.0, 1.0)
    animation: Style = Style()
    output: StillOutput = StillOutput()

    @property
    def weights_of_one(self) -> int:
        """The weights of one network of each width."""
        return sum(width + (self.depth - 1) * width**2 for width in self.widths)


StillFigure = ActivationFigure | DataFigure | BornDeadFigure
Config = Experiment | StillFigure
KINDS: dict[str, type[Config]] = {
    "training": Experiment,
    "activation": ActivationFigure,
    "data": DataFigure,
    "born_dead": BornDeadFigure,
}
