"""The sections of a config as frozen models: types, defaults and limits of every key."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    create_model,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from relu_anim.activations import ACTIVATIONS, Activation, from_formula, named
from relu_anim.config.document import describe
from relu_anim.expressions import FUNCTIONS, FormulaError, parse
from relu_anim.targets import DATASETS, TARGETS, Task, function

Format = Literal["gif", "mp4", "webp", "png", "svg"]
PanelName = Literal["prediction", "layers", "loss"]
EmptyCell = Literal["."]
Loss = Literal["mse", "mae", "huber"]
WeightInit = Literal["default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"]

# What `relu-anim list` says of each; a test holds the names together with the types above.
FORMATS = {
    "gif": "animated, plays everywhere; at most 50 frames a second",
    "mp4": "H.264 film, even sizes",
    "webp": "animated, smaller than a GIF, in true colour",
    "png": "the last frame",
    "svg": "the last frame, as lines",
}
PANELS = {
    "prediction": "the network's output against the target",
    "layers": "every unit's curve before and after its activation, one row a stage",
    "loss": "the loss up to the epoch that is shown",
}
LOSSES = {"mse": "mean squared error", "mae": "mean absolute error", "huber": "Huber loss with delta 1"}
INITS = {
    "default": "torch's: uniform within 1/sqrt(inputs), biases too",
    "xavier_uniform": "Glorot: uniform within sqrt(6 / (inputs + outputs)); biases 0, as for those below",
    "xavier_normal": "Glorot: normal, variance 2 / (inputs + outputs)",
    "he_uniform": "He: uniform within sqrt(6 / inputs)",
    "he_normal": "He: normal, variance 2 / inputs",
}


def _whole(value: Any) -> Any:
    """`1e3` is a float for YAML, but a whole number for a person."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, BeforeValidator(_whole)]
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Size = Annotated[int, Field(ge=100, le=4000)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Section(BaseModel):
    """A part of a config: frozen, and strict about keys and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


# ---------------------------------------------------------------- values with a grammar of their own


def _formula(text: str, names: tuple[str, ...]) -> str:
    """`text` if it is a name or a formula in x, else an error that points into it."""
    if text in names:
        return text
    if re.fullmatch(r"[A-Za-z_]\w+", text) and text not in FUNCTIONS and text not in ("pi",):
        raise PydanticCustomError("unknown_name", "", {"given": text, "names": names})
    try:
        parse(text)
    except FormulaError as error:
        raise PydanticCustomError("formula", "{text}", {"text": error.message, "column": error.column}) from None
    return text


def _target_function(text: str) -> str:
    return _formula(text, tuple(TARGETS))


def _interval(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        raise PydanticCustomError("order", "the first number must be below the second")
    return pair


Interval = Annotated[tuple[float, float], AfterValidator(_interval)]


def _named(value: Any) -> Any:
    """`adam` is short for `{name: adam}`; without a name it is the default one, so that `--set` can change its lr."""
    if isinstance(value, str):
        return {"name": value}
    return {"name": "sgd", **value} if isinstance(value, dict) else value


# ---------------------------------------------------------------- activations


class NamedActivation(Section):
    """An activation of the table; each has a model of its own with its parameters."""

    name: str

    def activation(self) -> Activation:
        """The function that this names."""
        return named(self.name, **self.model_dump(mode="python", exclude={"name"}))

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> Any:
        full = handler(self)
        return full["name"] if full == {"name": self.name, **ACTIVATIONS[self.name].parameters} else full


class FormulaActivation(Section):
    """A formula in x used as an activation function."""

    formula: Annotated[str, AfterValidator(lambda text: _formula(text, ()))]

    def activation(self) -> Activation:
        """The function that this formula is."""
        return from_formula(parse(self.formula))

    @model_serializer
    def _short(self) -> str:
        return self.formula


def _activation_model(activation: Activation) -> type[NamedActivation]:
    fields: dict[str, Any] = {key: (float, value) for key, value in activation.parameters.items()}
    fields["name"] = (Literal[activation.name], ...)
    return create_model(f"{activation.name}_activation", __base__=NamedActivation, __doc__=activation.summary, **fields)


def _activation(value: Any) -> Any:
    """Text becomes `{name: ...}` or `{formula: ...}`; anything else that is no mapping is refused here."""
    if isinstance(value, str):
        is_name = value in ACTIVATIONS or (re.fullmatch(r"[A-Za-z_]\w+", value) and value not in FUNCTIONS)
        return {"name": value} if is_name else {"formula": value}
    if isinstance(value, dict) and ("name" in value) != ("formula" in value):
        return value
    message = "write a name (relu), a mapping ({{name: leaky_relu, negative_slope: 0.1}}) or a formula in x; got {got}"
    raise PydanticCustomError("activation", message.replace("{{", "{").replace("}}", "}"), {"got": describe(value)})


def _activation_tag(value: Any) -> str:
    if isinstance(value, dict):
        return "formula" if "formula" in value else str(value["name"])
    return "formula" if isinstance(value, FormulaActivation) else value.name


_ACTIVATION_MODELS = {name: _activation_model(activation) for name, activation in ACTIVATIONS.items()}
_tagged: Any = Annotated[FormulaActivation, Tag("formula")]
for _name, _model in _ACTIVATION_MODELS.items():
    _tagged = _tagged | Annotated[_model, Tag(_name)]

AnyActivation = NamedActivation | FormulaActivation
ActivationSpec = Annotated[_tagged, Discriminator(_activation_tag), BeforeValidator(_activation)]


def _as_tuple(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)


# ---------------------------------------------------------------- sections of an experiment


class Target(Section):
    """What is learned: a function on a domain, or a data set."""

    function: Annotated[str, AfterValidator(_target_function)] | None = None
    dataset: Literal["cosine"] | None = None
    domain: Interval = (-5.0, 5.0)


class Data(Section):
    """How training points are drawn."""

    samples: Annotated[Count, Field(ge=1, le=10_000_000)] = 2560
    noise: NonNegative = 0.0
    resample: bool = True
    test_fraction: Fraction = 0.0


class Init(Section):
    """How weights and biases start; `bias` is a number, or `default` for torch's uniform biases."""

    weights: WeightInit
    bias: float | Literal["default"] = 0.0


def _init(value: Any) -> Any:
    if isinstance(value, str):
        value = {"weights": value}
    if isinstance(value, dict) and value.get("weights") == "default":
        return {"bias": "default", **value}
    return value


class Model(Section):
    """The network."""

    layer_sizes: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(min_length=2, max_length=102)]
    activation: Annotated[tuple[ActivationSpec, ...], BeforeValidator(_as_tuple)] = Field(
        default=("relu",), validate_default=True
    )
    output_activation: ActivationSpec = Field(default="identity", validate_default=True)
    init: Annotated[Init, BeforeValidator(_init)] = Field(default="default", validate_default=True)

    @property
    def hidden_layers(self) -> int:
        """How many layers lie between input and output."""
        return len(self.layer_sizes) - 2

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of every layer, the output's last."""
        hidden = self.activation if len(self.activation) > 1 else self.activation * self.hidden_layers
        return tuple(spec.activation() for spec in (*hidden, self.output_activation))

    @property
    def parameter_count(self) -> int:
        """Weights, biases and learned slopes."""
        pairs = zip(self.layer_sizes, self.layer_sizes[1:], self.activations, strict=False)
        return sum(inputs * outputs + outputs + activation.learned for inputs, outputs, activation in pairs)


class Sgd(Section):
    """Stochastic gradient descent."""

    name: Literal["sgd"]
    lr: NonNegative = 0.01
    momentum: NonNegative = 0.0
    dampening: float = 0.0
    weight_decay: NonNegative = 0.0
    nesterov: bool = False


class _Adam(Section):
    lr: NonNegative = 1e-3
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)
    eps: NonNegative = 1e-8
    amsgrad: bool = False


class Adam(_Adam):
    """Adam."""

    name: Literal["adam"]
    weight_decay: NonNegative = 0.0


class AdamW(_Adam):
    """Adam with decoupled weight decay."""

    name: Literal["adamw"]
    weight_decay: NonNegative = 0.01


class RmsProp(Section):
    """RMSprop."""

    name: Literal["rmsprop"]
    lr: NonNegative = 0.01
    alpha: Fraction = 0.99
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    momentum: NonNegative = 0.0
    centered: bool = False


class Adagrad(Section):
    """Adagrad."""

    name: Literal["adagrad"]
    lr: NonNegative = 0.01
    lr_decay: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    initial_accumulator_value: NonNegative = 0.0
    eps: NonNegative = 1e-10


Optimizer = Sgd | Adam | AdamW | RmsProp | Adagrad
OPTIMIZERS: dict[str, type[Section]] = {
    get_args(model.model_fields["name"].annotation)[0]: model for model in get_args(Optimizer)
}


class Training(Section):
    """How the network is trained."""

    optimizer: Annotated[Optimizer, Field(discriminator="name"), BeforeValidator(_named)] = Field(
        default="sgd",
        validate_default=True,
    )
    loss: Loss = "mse"
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


Panels = tuple[Annotated[tuple[Literal[PanelName, EmptyCell], ...], Field(min_length=1)], ...]


class Style(Section):
    """The look that films and figures share."""

    size: tuple[Size, Size] = (700, 500)
    theme: Literal["light", "dark"] = "light"
    ylim: Literal["auto"] | Interval = "auto"


class Animation(Style):
    """What is drawn, how fast, and how large."""

    panels: Annotated[Panels, BeforeValidator(_rows), Field(min_length=1)] = (("prediction",),)
    pacing: Literal["even", "log", "motion"] = "even"
    max_frames: Annotated[int, Field(ge=1, le=100_000)] = 150
    fps: Annotated[float, Field(ge=0.1, le=240)] = 20
    hold: Annotated[float, Field(ge=0, le=600)] = 2.0
    loop: Literal["forever", "once"] | Annotated[int, Field(ge=1, le=65_535)] = "forever"
    domain: Interval | None = None


class Output(Section):
    """The files to write."""

    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = ("gif",)


class StillOutput(Section):
    """The files of a figure that does not move."""

    formats: Annotated[tuple[Literal["png", "svg"], ...], Field(min_length=1)] = ("png", "svg")


class Experiment(Section):
    """A network, what it learns, how, and how that is filmed."""

    kind: Literal["training"] = "training"
    title: str = ""
    seed: Seed = 0
    target: Target
    data: Data = Data()
    model: Model
    training: Training = Field(default_factory=Training)
    animation: Animation = Animation()
    output: Output = Output()

    @property
    def task(self) -> Task:
        """What is to be learned, with the way its points are drawn."""
        return _task(self)


def _task(source: Experiment | DataFigure) -> Task:
    target = source.target
    return Task(
        function=function(target.function) if target.function else None,
        dataset=DATASETS[target.dataset] if target.dataset else None,
        domain=target.domain,
        seed=source.seed,
        **source.data.model_dump(),
    )


class ActivationFigure(Section):
    """A figure of activation functions and their derivatives; nothing is trained."""

    kind: Literal["activation"]
    title: str = ""
    functions: Annotated[tuple[ActivationSpec, ...], Field(min_length=1, max_length=8)]
    derivative: bool | Literal["first"] = True
    domain: Interval = (-10.0, 10.0)
    animation: Style = Style()
    output: StillOutput = StillOutput()


class DataFigure(Section):
    """A figure of the training points alone; nothing is trained."""

    kind: Literal["data"]
    title: str = ""
    seed: Seed = 0
    target: Target
    data: Data = Data(resample=False)
    animation: Style = Style()
    output: StillOutput = StillOutput()

    @property
    def task(self) -> Task:
        """What the points are drawn from."""
        return _task(self)


Config = Experiment | ActivationFigure | DataFigure
KINDS: dict[str, type[Config]] = {"training": Experiment, "activation": ActivationFigure, "data": DataFigure}
