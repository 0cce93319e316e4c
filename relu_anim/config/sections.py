"""What is learned, the network and its training, as frozen models: types, defaults and limits of every key."""

from __future__ import annotations

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
    NonNegative,
    OneOf,
    Real,
    Section,
    TargetFunction,
    printable,
)
from relu_anim.facts import (
    DIVERGENCES,
    INITS,
    LOSSES,
    SNAPSHOTS,
    usual,
)
from relu_anim.targets import DATASETS, Table
from relu_anim.words import Wording

Loss = Annotated[str, OneOf(LOSSES)]
DatasetName = Annotated[str, OneOf(DATASETS)]
WeightInit = Annotated[str, OneOf(INITS)]
EARLY_EPOCHS = 2
SideName = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(printable)]  # of a file beside the config
Networks = Annotated[Count, Field(ge=1, le=100_000)]


class Target(Section):
    """What is learned: a function on a domain, a data set, or the points of a CSV file beside the config."""

    function: TargetFunction | None = Field(
        default=None,
        description="a formula in x, or in x and y, or a name of `relu-anim list targets`",
        examples=["x**2", "sin(x) + x/4"],
    )
    dataset: DatasetName | None = Field(
        default=None, description="in place of a function: a name of `relu-anim list datasets`", examples=["circle"]
    )
    csv: SideName | None = Field(
        default=None, description="in place of a function: a file of points beside the config", examples=["points.csv"]
    )
    domain: Domain = Field(
        default=(-5.0, 5.0),
        description=(
            "where the function is learned; of two inputs one for both, or [[-5, 5], [0, 1]]; an end "
            "may be a formula: [0, 2*pi]"
        ),
    )

    _table: Table | None = PrivateAttr(default=None)

    @property
    def is_known(self) -> bool:
        """Whether it is clear what is learned: one thing, which has been read."""
        given = [self.function, self.dataset, self.csv]
        return sum(value is not None for value in given) == 1 and (self.csv is None or self.table is not None)

    @property
    def table(self) -> Table | None:
        """The points of the CSV file, once it is read."""
        return self._table


class Data(Section):
    """How training points are drawn."""

    samples: Annotated[Count, Field(ge=1, le=10_000_000)] = Field(default=2560, description="training points per epoch")
    noise: NonNegative = Field(
        default=0.0, description="standard deviation added to y, or of a data set of classes to x and y"
    )
    resample: bool = Field(default=True, description="fresh points every epoch; false: one fixed set, which is drawn")
    test_fraction: Fraction = Field(
        default=0.0,
        description="share of a fixed set that is held out; loss and accuracy are shown for both parts",
        examples=[0.2],
    )
    classes: Annotated[Count, Field(ge=2, le=10)] | None = Field(
        default=None, description="of circle, gauss and spiral: 2 or more", examples=[3]
    )
    standardize: bool = Field(
        default=False,
        description=(
            "whether inputs and numbers to learn are brought to mean 0 and standard deviation 1; true for a CSV file"
        ),
    )


class FixedData(Data):
    """The same for a figure of the points, which stay where they are."""

    resample: bool = Field(default=False, description="false: the points of a figure stay where they are")


class Init(Section):
    """How weights and biases start; `bias` is a number, or `default` for torch's uniform biases."""

    weights: WeightInit = Field(default=usual(INITS), description="how weights are drawn")
    bias: Real | Literal["default"] = Field(
        default=0.0, description="where biases start: a number, or default, as torch draws them", examples=[0.1]
    )


class HeInit(Init):
    """The same for a figure of fresh networks, which starts as most ReLU networks do."""

    weights: WeightInit = Field(default="he_normal", description="how weights are drawn")


def _init(value: Any, usual: WeightInit = "default") -> Any:
    """`he_normal` is short for `{weights: he_normal}`; where torch draws the weights, it draws the biases too."""
    if isinstance(value, str):
        value = {"weights": value}
    if isinstance(value, dict) and value.get("weights", usual) == "default":
        return {"bias": "default", **value}
    return value


def he_init(value: Any) -> Any:
    """The same short form, with weights that are he_normal where nothing is said of them."""
    return _init(value, "he_normal")


class Model(Section):
    """The network."""

    layer_sizes: Annotated[
        tuple[Annotated[Count, Field(ge=1, le=10_000)], ...], Field(min_length=2, max_length=102)
    ] = Field(description="input, hidden layers, output", examples=[[1, 2, 1]])
    activation: ActivationSpecs = Field(
        default=("relu",),
        validate_default=True,
        description=(
            "for all hidden layers, or a list with one for each: a name, a name with options, or a formula in x"
        ),
        examples=["tanh"],
    )
    output_activation: ActivationSpec = Field(
        default="identity", validate_default=True, description="the same of the output", examples=["sigmoid"]
    )
    init: Annotated[Init, BeforeValidator(_init, json_schema_input_type=WeightInit | Init)] = Field(
        default="default",
        validate_default=True,
        description=(
            "how weights and biases start: a name of `relu-anim list inits`, or {weights: he_normal, bias: 0.0}"
        ),
        examples=["he_normal"],
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


class Every(Section):
    """A snapshot after each n-th epoch, and after the last one."""

    every: Annotated[Count, Field(ge=1, le=1_000_000)] = Field(
        description="a snapshot after each n-th epoch, and after the last one", examples=[50]
    )


class Training(Section):
    """How the network is trained, and which moments of that are kept as snapshots."""

    optimizer: AnyOptimizer = Field(
        default="sgd",
        validate_default=True,
        description="the update rule: a name, or a name with its options; `relu-anim list optimizers`",
        examples=["adam", {"name": "adam", "lr": 0.005}],
    )
    loss: Loss = Field(default=usual(LOSSES), description="what is minimised; of classes bce or cross_entropy")
    l1: NonNegative = Field(
        default=0.0,
        description="adds l1 times the sum of all |weights| to what is minimised; not to the loss shown",
        examples=[0.001],
    )
    epochs: Annotated[Count, Field(ge=0, le=1_000_000)] = Field(
        default=500, description="how often the network sees as many points as there are samples"
    )
    batch_size: Annotated[Count, Field(ge=1)] = Field(default=256, description="points per step")
    on_divergence: Annotated[str, OneOf(DIVERGENCES)] = Field(
        default=usual(DIVERGENCES), description="what becomes of a training whose loss is no number any more"
    )
    snapshots: Annotated[str, OneOf(SNAPSHOTS)] | Every = Field(
        default=usual(SNAPSHOTS),
        description="the moments that a film can show; or {every: 50} epochs",
        examples=["early"],
    )

    @property
    def epochs_by_step(self) -> int:
        """Of this many epochs, from the first, each step has a snapshot."""
        most = {"step": self.epochs, "early": EARLY_EPOCHS}
        return min(self.epochs, most.get(self.snapshots, 0)) if isinstance(self.snapshots, str) else 0

    @property
    def epochs_apart(self) -> int:
        """How many epochs lie between two snapshots, where there is none within them."""
        return self.snapshots.every if isinstance(self.snapshots, Every) else 1

    def has_snapshot(self, epoch: int) -> bool:
        """Whether there is one at the end of this epoch; always of the last."""
        return epoch == self.epochs or epoch % self.epochs_apart == 0


class Choice(Section):
    """The seed is that of the best, the median or the worst of this many networks, with the seeds from 0 on."""

    best_of: Networks | None = Field(
        default=None, description="the seed with the least last loss of so many", examples=[64]
    )
    median_of: Networks | None = Field(
        default=None, description="the seed with the median last loss of so many", examples=[64]
    )
    worst_of: Networks | None = Field(
        default=None, description="the seed with the largest last loss of so many", examples=[64]
    )

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

    def in_words(self, words: Wording) -> str:
        """«best of 64», in these words."""
        return words(next(iter(self._given())), n=self.networks)
