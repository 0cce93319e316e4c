"""The sections of a config as frozen models: types, defaults and limits of every key."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from relu_anim.activations import Activation
from relu_anim.config.cells import Cell
from relu_anim.config.optimizers import AnyOptimizer
from relu_anim.config.values import (
    ActivationSpec,
    ActivationSpecs,
    Count,
    Domain,
    Fraction,
    Interval,
    Moment,
    NonNegative,
    OneOf,
    Pair,
    Real,
    Section,
    Size,
    TargetFunction,
    printable,
)
from relu_anim.config.wording import Language, OwnWords, Texts, WordFile
from relu_anim.facts import (
    ARRANGEMENTS,
    EPOCH_AXES,
    FORMATS,
    INITS,
    LOSSES,
    METRICS,
    PACINGS,
    PANELS,
    SNAPSHOTS,
    STILL_FORMATS,
    THEMES,
    USUAL_PANELS,
    USUAL_STILL_FORMATS,
    usual,
)
from relu_anim.numbers import written
from relu_anim.targets import DATASETS, Table
from relu_anim.words import LANGUAGES, Wording

Format = Annotated[str, OneOf(FORMATS)]
StillFormat = Annotated[str, OneOf(STILL_FORMATS)]
PanelName = Annotated[str, OneOf(PANELS)]
MetricName = Annotated[str, OneOf(METRICS)]
Arrangement = Annotated[str, OneOf(ARRANGEMENTS)]
Loss = Annotated[str, OneOf(LOSSES)]
DatasetName = Annotated[str, OneOf(DATASETS)]
WeightInit = Annotated[str, OneOf(INITS)]
EARLY_EPOCHS = 2
MOST_STILLS, MOST_STRIP = 100, 12
Themes = Annotated[tuple[Annotated[str, OneOf(THEMES)], ...], Field(min_length=1)]
Seconds = Annotated[float, Field(ge=0, le=600)]
Networks = Annotated[Count, Field(ge=1, le=100_000)]


class Target(Section):
    """What is learned: a function on a domain, a data set, or the points of a CSV file beside the config."""

    function: TargetFunction | None = None
    dataset: DatasetName | None = None
    csv: Annotated[str, Field(min_length=1, max_length=400), AfterValidator(printable)] | None = None
    domain: Domain = (-5.0, 5.0)

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

    weights: WeightInit = usual(INITS)
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


def he_init(value: Any) -> Any:
    """The same short form, with weights that are he_normal where nothing is said of them."""
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


class Every(Section):
    """A snapshot after each n-th epoch, and after the last one."""

    every: Annotated[Count, Field(ge=1, le=1_000_000)]


class Training(Section):
    """How the network is trained, and which moments of that are kept as snapshots."""

    optimizer: AnyOptimizer = Field(default="sgd", validate_default=True)
    loss: Loss = usual(LOSSES)
    l1: NonNegative = 0.0
    epochs: Annotated[Count, Field(ge=0, le=1_000_000)] = 500
    batch_size: Annotated[Count, Field(ge=1)] = 256
    on_divergence: Literal["fail", "keep"] = "fail"
    snapshots: Annotated[str, OneOf(SNAPSHOTS)] | Every = usual(SNAPSHOTS)

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


def _rows(value: Any) -> Any:
    """A flat list of panels is one row."""
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, tuple) and value and not any(isinstance(row, (tuple, list)) for row in value):
        return (value,)
    return value


Row = Annotated[tuple[Cell, ...], Field(min_length=1)]
Panels = Annotated[
    tuple[Row, ...],
    BeforeValidator(_rows, json_schema_input_type=PanelName | Row | tuple[Row, ...]),
    Field(min_length=1),
]


class Style(Section):
    """The look that films and figures share."""

    size: Annotated[tuple[Size, Size], Pair] = (700, 500)
    scale: Annotated[float, Field(ge=0.5, le=4)] = 1.0
    text_scale: Annotated[float, Field(ge=0.7, le=2.5)] = 1.0
    theme: Annotated[str, OneOf(THEMES)] = usual(THEMES)
    ylim: Literal["auto"] | Interval = "auto"
    language: Language = "en"
    words: OwnWords = Field(default_factory=Texts)

    _file_of_words: WordFile = PrivateAttr(default=WordFile())

    @property
    def file_of_words(self) -> WordFile:
        """What was read of the file of words that `language` names."""
        return self._file_of_words

    @cached_property
    def wording(self) -> Wording:
        """The words of the picture: those of the language, and over them its own."""
        return Wording({**LANGUAGES.get(self.language, self.file_of_words.texts), **self.words})

    @property
    def unit(self) -> float:
        """How many pixels of the picture each of those is on which panels and words are laid out."""
        return self.scale * self.text_scale

    @property
    def pixels(self) -> tuple[int, int]:
        """How many pixels the picture has: `scale` for each of its size."""
        return round(self.size[0] * self.scale), round(self.size[1] * self.scale)


class Animation(Style):
    """What is drawn, how fast, and how large."""

    panels: Panels = Field(default=((USUAL_PANELS[0],),), validate_default=True)
    pacing: Annotated[str, OneOf(PACINGS)] = usual(PACINGS)
    max_frames: Annotated[Count, Field(ge=1, le=100_000)] = 150
    fps: Annotated[float, Field(ge=0.1, le=240)] = 20
    hold: Seconds = 2.0
    hold_first: Seconds = 0.8
    loop: Literal["forever", "once"] | Annotated[Count, Field(ge=1, le=65_535)] = "forever"
    domain: Domain | None = None
    knots: Literal["auto"] | bool = "auto"
    epoch_axis: Annotated[str, OneOf(EPOCH_AXES)] = usual(EPOCH_AXES)
    metrics: tuple[MetricName, ...] = ()
    arrange: Arrangement | dict[PanelName, Arrangement] = usual(ARRANGEMENTS)
    ensemble: Literal["none", "members", "band"] = "none"

    @property
    def has_log_epochs(self) -> bool:
        """Whether axes of epochs are logarithmic."""
        return self.epoch_axis == "log" or (self.epoch_axis == "auto" and self.pacing != "even")

    def is_overlaid(self, panel: str) -> bool:
        """Whether one such panel shows all variants."""
        if isinstance(self.arrange, str):
            return self.arrange == "overlay"
        return self.arrange.get(panel) == "overlay"


class Output(Section):
    """The files to write: the film in each format and theme, single moments of it, and a strip of several."""

    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = (usual(FORMATS),)
    themes: Themes | None = None
    stills: Annotated[tuple[Moment, ...], Field(max_length=MOST_STILLS)] = ()
    strip: Annotated[tuple[Moment, ...], Field(max_length=MOST_STRIP)] = ()


class StillOutput(Section):
    """The files of a figure that does not move."""

    formats: Annotated[tuple[StillFormat, ...], Field(min_length=1)] = USUAL_STILL_FORMATS
    themes: Themes | None = None


class Choice(Section):
    """The seed is that of the best, the median or the worst of this many networks, with the seeds from 0 on."""

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

    def in_words(self, words: Wording) -> str:
        """«best of 64», in these words."""
        return words(next(iter(self._given())), n=self.networks)

    def __str__(self) -> str:
        return f"{self.which} of {written(self.networks)}"
