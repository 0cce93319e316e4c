"""The sections of a config as frozen models: types, defaults and limits of every key."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from relu_anim.activations import Activation
from relu_anim.config.cells import Cell
from relu_anim.config.colors import Colors
from relu_anim.config.optimizers import AnyOptimizer
from relu_anim.config.values import (
    ActivationSpec,
    ActivationSpecs,
    Bytes,
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
    Title,
    printable,
)
from relu_anim.config.wording import Language, OwnWords, WordFile
from relu_anim.facts import (
    ARRANGEMENTS,
    DIVERGENCES,
    ENSEMBLES,
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
from relu_anim.fonts import FontFile
from relu_anim.numbers import written
from relu_anim.targets import DATASETS, Table
from relu_anim.words import LANGUAGES, Wording

Format = Annotated[str, OneOf(FORMATS)]
StillFormat = Annotated[str, OneOf({name: FORMATS[name] for name in STILL_FORMATS})]
PanelName = Annotated[str, OneOf(PANELS)]
MetricName = Annotated[str, OneOf(METRICS)]
Arrangement = Annotated[str, OneOf(ARRANGEMENTS)]
Loss = Annotated[str, OneOf(LOSSES)]
DatasetName = Annotated[str, OneOf(DATASETS)]
WeightInit = Annotated[str, OneOf(INITS)]
EARLY_EPOCHS = 2
MOST_STILLS, MOST_STRIP, MOST_CAPTIONS = 100, 12, 100
Themes = Annotated[tuple[Annotated[str, OneOf(THEMES)], ...], Field(min_length=1)]
FileName = Annotated[str, Field(pattern=r"\.ya?ml$")]  # whose values the reader puts in its place
Theme = Annotated[
    str,
    OneOf(THEMES),
    BeforeValidator(lambda name: name, json_schema_input_type=Annotated[str, OneOf(THEMES)] | FileName),
]
SideName = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(printable)]  # of a file beside the config
SideNames = Annotated[tuple[SideName, ...], Field(min_length=1, max_length=8)]
Fonts = Annotated[
    SideNames,
    BeforeValidator(
        lambda names: (names,) if isinstance(names, str) else names, json_schema_input_type=SideName | SideNames
    ),
]
Seconds = Annotated[float, Field(ge=0, le=600)]
UnitNumber = Annotated[Count, Field(ge=1)]
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

    size: Annotated[tuple[Size, Size], Pair] = Field(
        default=(700, 500), description="width and height in pixels; even for mp4"
    )
    scale: Annotated[float, Field(ge=0.5, le=4)] = Field(
        default=1.0,
        description="pixels of the file for each of these, 0.5 to 4: 2 is sharp on dense screens",
        examples=[2],
    )
    text_scale: Annotated[float, Field(ge=0.7, le=2.5)] = Field(
        default=1.0, description="how large words, lines and points are, 0.7 to 2.5", examples=[1.5]
    )
    theme: Theme = Field(
        default=usual(THEMES),
        description="the colours; paper is for print, auto is light; or a file beside the config",
        examples=["dark", "brand.yaml"],
    )
    colors: Colors = Field(
        default=Colors(),
        description="colours of your own over the theme's",
        examples=[{"target": "tomato", "ink": "#333333"}],
    )
    font: Fonts | None = Field(
        default=None,
        description="a font beside the config, or a list, of which the first that has a sign draws it",
        examples=["Inter.ttf"],
    )
    ylim: Literal["auto"] | Interval = Field(
        default="auto",
        description=(
            "[low, high] of the y axis, of a film the output's and every row of layers; auto: all that is shown"
        ),
        examples=[[-1, 5]],
    )
    language: Language = Field(
        default="en",
        description="of the words in pictures: en, de, or a file of your own beside the config",
        examples=["de"],
    )
    words: OwnWords = Field(
        default={},
        validate_default=True,  # which makes it one that can be hashed
        description="words in place of others: `relu-anim list words`",
        examples=[{"epoch": "Zeit", "x": "Druck"}],
    )

    _file_of_words: WordFile = PrivateAttr(default=WordFile())

    @property
    def file_of_words(self) -> WordFile:
        """What was read of the file of words that `language` names."""
        return self._file_of_words

    @cached_property
    def wording(self) -> Wording:
        """The words of the picture: those of the language, and over them its own."""
        return Wording({**LANGUAGES.get(self.language, self.file_of_words.texts), **self.words})

    _fonts: tuple[FontFile, ...] | None = PrivateAttr(default=None)

    @property
    def fonts(self) -> tuple[FontFile, ...] | None:
        """The author's own fonts; None where those that are named have not been read."""
        return self._fonts if self.font else ()

    @property
    def look(self) -> tuple[str, tuple[tuple[str, Any], ...], tuple[FontFile, ...]]:
        """The theme, and the author's own colours and fonts: what `themes.theme_of` takes."""
        return self.theme, self.colors.over(THEMES[self.theme].part), self.fonts or ()

    @property
    def unit(self) -> float:
        """How many pixels of the picture each of those is on which panels and words are laid out."""
        return self.scale * self.text_scale

    @property
    def pixels(self) -> tuple[int, int]:
        """How many pixels the picture has: `scale` for each of its size."""
        return round(self.size[0] * self.scale), round(self.size[1] * self.scale)


class Stretch(Section):
    """A part of a film, from the one before until a moment, in so many seconds."""

    until: Moment = Field(description="the moment at which it ends, an epoch or a step", examples=[50])
    seconds: Annotated[float, Field(gt=0, le=600)] = Field(description="how long it takes", examples=[4])


Stretches = Annotated[tuple[Stretch, ...], Field(min_length=1, max_length=MOST_CAPTIONS)]


class Caption(Section):
    """Words below the title, from a moment on until the next ones; the film stays at it for so many seconds."""

    at: Moment = Field(description="the moment, an epoch or a step", examples=[40])
    text: Title = Field(description="what is said", examples=["unit 2 dies"])
    hold: Seconds = Field(default=1.5, description="how many seconds the film stays there")


class Animation(Style):
    """What is drawn, how fast, and how large."""

    panels: Panels = Field(
        default=((USUAL_PANELS[0],),),
        validate_default=True,
        description=(
            'a row of panels, or rows of them; "." leaves a gap; a panel with options is a mapping; of '
            "two inputs the default is [decision]"
        ),
    )
    epochs: Annotated[tuple[Moment, Moment], Pair] | None = Field(
        default=None,
        description="the part of the training that is shown, from one moment to another",
        examples=[[0, 40]],
    )
    pacing: Annotated[str, OneOf(PACINGS)] | Stretches = Field(
        default=usual(PACINGS),
        description="which epochs the frames show; or the seconds of each part of the film",
        examples=["motion", [{"until": 50, "seconds": 4}]],
    )
    max_frames: Annotated[Count, Field(ge=1, le=100_000)] = Field(
        default=150, description="at most so many frames; the first and the last snapshot are always shown"
    )
    fps: Annotated[float, Field(ge=0.1, le=240)] = Field(default=20, description="frames a second, at most 50 in a GIF")
    hold: Seconds = Field(default=2.0, description="how many seconds longer the last frame stays, at most 600")
    hold_first: Seconds = Field(default=0.8, description="how many seconds longer the first frame stays, at most 600")
    loop: Literal["forever", "once"] | Annotated[Count, Field(ge=1, le=65_535)] = Field(
        default="forever", description="how often the film plays; or a number", examples=["once"]
    )
    domain: Domain | None = Field(
        default=None,
        description="wider than target.domain, to show extrapolation; the outside is shaded and named",
        examples=[[-10, 10]],
    )
    knots: Literal["auto"] | bool = Field(
        default="auto", description="whether prediction has dots where the output bends; auto: up to 12 hidden units"
    )
    epoch_axis: Annotated[str, OneOf(EPOCH_AXES)] = Field(
        default=usual(EPOCH_AXES), description="how axes of epochs are scaled", examples=["log"]
    )
    metrics: tuple[MetricName, ...] = Field(default=(), description="what the panel metrics shows")
    arrange: Arrangement | dict[PanelName, Arrangement] = Field(
        default=usual(ARRANGEMENTS),
        description="how variants stand; or by panel: {loss: overlay}",
        examples=["overlay"],
    )
    ensemble: Annotated[str, OneOf(ENSEMBLES)] = Field(
        default=usual(ENSEMBLES),
        description="how the networks are shown from which the seed was chosen",
        examples=["band"],
    )
    highlight: tuple[Annotated[tuple[UnitNumber, UnitNumber], Pair], ...] = Field(
        default=(),
        description="units that are strong where the others are faint, each as [layer, unit], from 1",
        examples=[[[1, 3]]],
    )
    captions: Annotated[tuple[Caption, ...], Field(max_length=MOST_CAPTIONS)] = Field(
        default=(),
        description="what is said below the title from a moment on, at which the film pauses",
        examples=[[{"at": 40, "text": "unit 2 dies", "hold": 1.5}]],
    )

    @property
    def has_log_epochs(self) -> bool:
        """Whether axes of epochs are logarithmic."""
        return self.epoch_axis == "log" or (self.epoch_axis == "auto" and self.pacing in ("log", "motion"))

    def is_overlaid(self, panel: str) -> bool:
        """Whether one such panel shows all variants."""
        if isinstance(self.arrange, str):
            return self.arrange == "overlay"
        return self.arrange.get(panel) == "overlay"


class Output(Section):
    """The files to write: the film in each format and theme, single moments of it, and a strip of several."""

    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = Field(
        default=(usual(FORMATS),), description="the files: films, or the last frame", examples=[["gif", "mp4"]]
    )
    themes: Themes | None = Field(
        default=None,
        description=(
            "all files in each of these; those of the first have the plain names, the others end in "
            "-dark.gif; null is animation.theme alone"
        ),
        examples=[["light", "dark"]],
    )
    stills: Annotated[tuple[Moment, ...], Field(max_length=MOST_STILLS)] = Field(
        default=(),
        description="moments as pictures of their own: [0, 5, step 12] gives -epoch-0.png, -epoch-5.png, -step-12.png",
        examples=[[0, 5, "step 12"]],
    )
    strip: Annotated[tuple[Moment, ...], Field(max_length=MOST_STRIP)] = Field(
        default=(), description="moments beside each other in one picture, -strip.png", examples=[[0, 10, 100]]
    )
    max_size: Bytes | None = Field(
        default=None,
        description="of each film, in bytes: quality, frames and pixels are lowered to it",
        examples=["1MB"],
    )


class StillOutput(Section):
    """The files of a figure that does not move."""

    formats: Annotated[tuple[StillFormat, ...], Field(min_length=1)] = Field(
        default=USUAL_STILL_FORMATS, description="the files", examples=[["svg"]]
    )
    themes: Themes | None = Field(
        default=None,
        description=(
            "all files in each of these; those of the first have the plain names, the others end in "
            "-dark.png; null is animation.theme alone"
        ),
        examples=[["light", "dark"]],
    )


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

    def __str__(self) -> str:
        return f"{self.which} of {written(self.networks)}"
