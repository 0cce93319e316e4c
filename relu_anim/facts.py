"""What there is: one row for each panel, format, loss, metric, theme and kind of config, with what others need to know
of it. Types, checks, messages, lists and the schema are derived from these tables. Standard library only.

The first row of a table is what a config has that names none. Activations, targets, data sets, optimisers and the
functions of formulas have tables of their own, where they are defined.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Size = tuple[int, int]  # width and height in pixels

# What some of these need of an experiment, in the words of messages.
CLASSES = "a target of classes"
HELD_OUT = "data.test_fraction"
HIDDEN = "a hidden layer"
NUMBERS = "a target of numbers"
ONE_INPUT = "one input"
TWO_INPUTS = "at most two inputs"
STRAIGHT = "piecewise-linear activations"
LEARNED_SLOPES = "the activation prelu"


@dataclass(frozen=True)
class Option:
    """An option of a panel: one of `values`, or, where there are none, true or false, text, or a number within limits,
    of the type of the default; moments where that is a tuple.

    Where it has another value than the default, the experiment, or one of its variants, must have what it `needs`, and
    what is `alone` is of one network, not of overlaid ones.
    """

    summary: str
    default: Any
    values: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf
    needs: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Rows:
    """The least height of a panel whose plots stand above each other: pixels for all of them, and for each. There is
    one for each stage of the network, or for each of `animation.metrics`."""

    around: int
    each: int
    of_metrics: bool = False


@dataclass(frozen=True)
class Panel:
    """A panel: the file `panels/<name>.py`, and this row.

    `inputs`, `one_output`, `hidden` and `classes` are what it needs: this many inputs, a single output, a hidden layer,
    a target of classes. Below `least` (width and height in pixels) labels overlap or curves cannot be told apart, as
    films of each panel showed; `least_of_variant` is the same of one variant among several. `overlays`: all variants
    can be shown in one. `ensemble`: it shows the networks from which one was chosen. `over_time`: it shows numbers over
    the training, and not what the network gives. `square`: it is as wide as high. `units`:
    it shows hidden units one by one. `answers`: what is to be learned stands beside it. `numbers`: those of a recording
    that it shows, where its option `of` has no other value than the default. `also`: what it is called elsewhere.
    """

    summary: str
    inputs: int | None = None
    one_output: bool = False
    hidden: bool = False
    classes: bool = False
    options: Mapping[str, Option] = field(default_factory=dict)
    least: Size = (200, 110)
    least_of_variant: Size = (0, 0)
    rows: Rows | None = None
    overlays: bool = False
    ensemble: bool = False
    over_time: bool = False
    square: bool = False
    units: bool = False
    answers: bool = False
    numbers: str = ""
    also: str = ""

    def __post_init__(self) -> None:
        if self.least_of_variant == (0, 0):
            object.__setattr__(self, "least_of_variant", (130, self.least[1]))

    def fits(self, inputs: int, classes: int, outputs: int) -> bool:
        """Whether it can show a network of these sizes that learns this many classes, or numbers (0)."""
        has_one = self.one_output and classes and outputs > 1
        return self.inputs in (None, inputs) and not has_one and (classes > 0 or not self.classes)


PANELS: dict[str, Panel] = {
    "prediction": Panel(
        "the network's output against the target",
        inputs=1,
        one_output=True,
        options={
            "best": Option(
                "the best that as many straight pieces could do", False, needs=(NUMBERS, STRAIGHT), alone=True
            ),
            "ghosts": Option("moments whose curves stay faintly behind, [0, 1, 5]", (), alone=True),
            "error": Option(
                "the distance between network and target as an area, or to points as stems, and its mean",
                False,
                needs=(NUMBERS,),
                alone=True,
            ),
        },
        overlays=True,
        ensemble=True,
        answers=True,
    ),
    "layers": Panel(
        "every unit's curve before and after its activation, one row a stage",
        inputs=1,
        one_output=True,
        rows=Rows(around=20, each=62),
        units=True,
    ),
    "contributions": Panel(
        "each unit of the last hidden layer times its weight, the bias, and their sum",
        inputs=1,
        one_output=True,
        hidden=True,
        least=(200, 130),
        units=True,
    ),
    "activation_function": Panel(
        "the activation functions of the hidden layers, and where most preactivations lie",
        hidden=True,
        options={
            "pair": Option("marks the function at this preactivation and at its negative", 0.0, least=0, most=1e6)
        },
        least=(200, 130),
        least_of_variant=(170, 140),
        also="activation_fn nonlinearity",
    ),
    "activation_map": Panel(
        "which units are on or off at which input, or how large; dead ones hatched and counted, changes named",
        hidden=True,
        least=(200, 130),
        units=True,
    ),
    "network": Panel("units and weights as a diagram", least=(200, 170), units=True),
    "decision": Panel(
        "the output over the plane of two inputs, with the points and where units switch",
        inputs=2,
        least=(240, 190),
        least_of_variant=(170, 200),
        square=True,
        units=True,
        answers=True,
    ),
    "loss": Panel(
        "the loss up to the epoch that is shown", overlays=True, ensemble=True, over_time=True, numbers="loss"
    ),
    "accuracy": Panel(
        "the share of points classified right up to the epoch that is shown",
        classes=True,
        options={"above": Option("the share at which the axis begins", 0.0, least=0, most=0.99)},
        overlays=True,
        over_time=True,
        numbers="accuracy",
    ),
    "gradients": Panel(
        "the norm of the gradient of each layer up to the epoch that is shown",
        least=(240, 140),
        over_time=True,
        numbers="gradient_norms",
        also="grads gradient_norms",
    ),
    "profile": Panel(
        "gradient or signal from layer to layer, at the epoch that is shown and faintly before",
        hidden=True,
        options={
            "of": Option(
                "the norm of each layer's gradient, or how far its units' values spread over the inputs",
                "gradients",
                ("gradients", "activations"),
            )
        },
        least=(240, 140),
        overlays=True,
        numbers="gradient_norms",
        also="gradient_profile grad_profile",
    ),
    "metrics": Panel(
        "the numbers that animation.metrics names",
        rows=Rows(around=60, each=80, of_metrics=True),
        overlays=True,
        over_time=True,
    ),
}
# The panels of a config that names none: the first that can show what is learned.
UNANSWERED_PANEL = "network"  # of a recording that does not say what was learned
USUAL_PANELS = ("prediction", "decision", "accuracy", "loss")


def usual_panel(inputs: int, classes: int, outputs: int) -> str:
    """The panel of a config that names none."""
    return next(name for name in USUAL_PANELS if PANELS[name].fits(inputs, classes, outputs))


@dataclass(frozen=True)
class Format:
    """A format: the file `encoders/<name>.py`, and this row. `called`: its name in a sentence. `moves`: it holds a
    film, else the last frame; `stands`: it holds a figure that does not move, too. `most_fps`: frames a second that it
    plays; `even`: its sides are. `on_page`: what a page shows it as, image | video | frame; nothing if it does not.
    `clear`: which of its pixels may be transparent, in part | whole ones alone; nothing if none. `suffix`: what its
    files end in, if that is not its name. `vector`: it holds shapes, not pixels. `themed`: the theme `auto` is in it
    that of the page."""

    summary: str
    called: str
    moves: bool = False
    stands: bool = False
    most_fps: float = math.inf
    even: bool = False
    also: str = ""
    on_page: str = "image"
    clear: str = "in part"
    suffix: str = ""
    vector: bool = False
    themed: bool = False

    @property
    def title(self) -> str:
        """Its name without an article."""
        return self.called.partition(" ")[2]


FORMATS: dict[str, Format] = {
    "gif": Format(
        "animated, plays everywhere; at most 50 frames a second", "a GIF", moves=True, most_fps=50, clear="whole"
    ),
    "mp4": Format(
        "H.264 film, even sizes",
        "an MP4",
        moves=True,
        even=True,
        also="mpeg mpeg4 mov avi video m4v h264",
        on_page="video",
        clear="",
    ),
    "webp": Format("animated, smaller than a GIF, in true colour", "a WebP", moves=True),
    "png": Format("the last frame", "a PNG", also="jpg jpeg bmp tiff tif image"),
    "svg": Format("the last frame, as lines and text, for pages", "an SVG", also="vector", vector=True),
    "animated-svg": Format(
        "animated, as lines and text, for pages: small, sharp, light and dark",
        "an animated SVG",
        moves=True,
        also="animated_svg svg_animated smil asvg",
        suffix="animated.svg",
        vector=True,
        themed=True,
    ),
    "html": Format(
        "a page to play with: scrub, step, see what is what and its values; for a browser or an <iframe>",
        "an HTML page",
        moves=True,
        stands=True,
        also="htm webpage page player interactive iframe xhtml",
        on_page="frame",
        clear="",
        vector=True,
        themed=True,
    ),
    "pdf": Format(
        "the last frame, as lines and text, for paper and LaTeX",
        "a PDF",
        also="eps ps tex latex pgf tikz",
        on_page="",
        vector=True,
    ),
}


def ending(name: str) -> str:
    """What the files of a format end in: «.gif»."""
    return f".{FORMATS[name].suffix or name}"


def format_of(file: str) -> str:
    """The format that the name of a file tells; or what stands in its place, in small letters."""
    fitting = [name for name in FORMATS if file.lower().endswith(ending(name)) and len(file) > len(ending(name))]
    stem, _, suffix = file.rpartition(".")
    return max(fitting, key=lambda name: len(ending(name)), default=suffix.lower() if stem else "")


def stem_of(file: str) -> str:
    """The name of a file without what tells its format."""
    name = format_of(file)
    return file[: -len(ending(name))] if name in FORMATS else file.rpartition(".")[0] or file


STILL_FORMATS = tuple(name for name, row in FORMATS.items() if not row.moves)  # of moments of a film
FIGURE_FORMATS = tuple(name for name, row in FORMATS.items() if row.stands or not row.moves)
USUAL_STILL_FORMATS = ("png", "svg")  # of a figure that names none


@dataclass(frozen=True)
class Loss:
    """A loss: what training takes one network at a time, and many, and this row.

    `name` is what an axis says. `power`: it grows with that power of what is learned; 0 where it grows with none.
    `classes`: at most this many can be learned; 0 for a loss of numbers. A loss of classes has one output for each,
    unless it takes one `logit`, which may also go through a sigmoid.
    """

    summary: str
    name: str
    power: int = 0
    classes: float = 0
    logit: bool = False
    also: str = ""

    def fits(self, classes: int) -> bool:
        """Whether it learns this many classes, or numbers (0)."""
        return classes <= self.classes if classes else not self.classes

    def outputs(self, classes: int) -> int:
        """How many outputs it takes for this many classes."""
        return 1 if self.logit or not classes else classes

    @property
    def last_activations(self) -> tuple[str, ...]:
        """The activations that the output may have; nothing where it may have any."""
        return ("identity", "sigmoid") if self.logit else ("identity",) if self.classes else ()


LOSSES: dict[str, Loss] = {
    "mse": Loss(
        "mean squared error",
        "loss (MSE)",
        power=2,
        also="mean_squared_error MSELoss squared_error l2 l2_loss least_squares",
    ),
    "mae": Loss(
        "mean absolute error", "loss (MAE)", power=1, also="mean_absolute_error L1Loss absolute_error l1 l1_loss"
    ),
    "huber": Loss("Huber loss with delta 1", "Huber loss", also="HuberLoss SmoothL1Loss smooth_l1 huber_loss"),
    "bce": Loss(
        "binary cross-entropy: two classes, one output, which is a logit or goes through a sigmoid",
        "cross-entropy",
        classes=2,
        logit=True,
        also=(
            "binary_crossentropy binary_cross_entropy BCELoss BCEWithLogitsLoss bce_with_logits log_loss logistic_loss"
        ),
    ),
    "cross_entropy": Loss(
        "for two or more classes, with one output each",
        "cross-entropy",
        classes=math.inf,
        also=(
            "categorical_crossentropy sparse_categorical_crossentropy categorical_cross_entropy cross_entropy_loss"
            " softmax_cross_entropy ce nll NLLLoss nll_loss softmax"
        ),
    ),
}


def fitting_losses(classes: int) -> list[str]:
    """The losses that learn this many classes, or numbers (0)."""
    return [name for name, row in LOSSES.items() if row.fits(classes)]


def usual_loss(classes: int, outputs: int) -> str:
    """The loss of a config that names none: the first that goes with this many outputs, or else the last that fits."""
    fitting = fitting_losses(classes)
    return next((name for name in fitting if LOSSES[name].outputs(classes) == outputs), fitting[-1])


@dataclass(frozen=True)
class Metric:
    """A number that is measured of snapshots: a row of `metrics.SERIES`, and this one.

    `title` stands above its plot, `short` where there is no room for that. `scale`: positive (from 0, or logarithmic),
    shares, counts or numbers. `layers`: one for each of all, hidden or learned ones (those with a learned slope); one
    of the whole network without. `needs`: what an experiment must have.
    """

    summary: str
    title: str
    scale: str = "positive"
    layers: str = ""
    needs: tuple[str, ...] = ()
    short: str = ""
    also: str = ""

    @property
    def is_one_number(self) -> bool:
        """Whether it is one of the whole network; counts of layers are added up."""
        return not self.layers or self.scale == "counts"


METRICS: dict[str, Metric] = {
    "loss": Metric("on the evaluation points", "loss"),
    "test_loss": Metric("on held-out points", "test loss", needs=(HELD_OUT,), also="val_loss validation_loss"),
    "accuracy": Metric("share of points classified right", "accuracy", "shares", needs=(CLASSES,), also="acc"),
    "test_accuracy": Metric(
        "the same of held-out points",
        "test accuracy",
        "shares",
        needs=(CLASSES, HELD_OUT),
        also="val_accuracy val_acc validation_accuracy test_acc",
    ),
    "dead_units": Metric(
        "ReLU units that are off at every point, by layer",
        "dead units",
        "counts",
        "hidden",
        (HIDDEN,),
        also="dead dead_neurons dead_relus",
    ),
    "sparsity": Metric(
        "share of activations that are 0, by layer",
        "activations that are 0",
        "shares",
        "hidden",
        (HIDDEN,),
        short="zeros",
    ),
    "knots": Metric("places where the output's slope changes", "knots", "counts", needs=(ONE_INPUT, STRAIGHT)),
    "linear_regions": Metric(
        "pieces on each of which the output is a plane", "linear regions", "counts", needs=(TWO_INPUTS, STRAIGHT)
    ),
    "gradient_norms": Metric("norm of the loss's gradient, by layer", "gradient norm", layers="all"),
    "weight_norms": Metric("norm of the weights, by layer", "weight norm", layers="all"),
    "slopes": Metric("learned slopes of PReLU layers", "learned slope", "numbers", "learned", (LEARNED_SLOPES,)),
}


@dataclass(frozen=True)
class Kind:
    """A kind of config: the file `config/kinds/<name>.py`, whose model says whether it moves, and this row. What does
    not move is a figure, which `figures/<name>.py` draws."""

    summary: str


KINDS: dict[str, Kind] = {
    "training": Kind("a network that learns, as a film; what a config is that names no kind"),
    "recorded": Kind("the recording of a network that you trained yourself, as a film"),
    "activation": Kind("activation functions and their derivatives, as a picture"),
    "data": Kind("the training points alone, as a picture"),
    "born_dead": Kind("how many untrained ReLU networks are dead, by depth and width, as a picture"),
}


@dataclass(frozen=True)
class Theme:
    """A set of colours: one of `themes.THEMES`, and this row. Of an author's own colours those of this `part` are for
    it."""

    summary: str
    also: str = ""
    part: str = "light"


THEMES: dict[str, Theme] = {
    "auto": Theme("as light; in an animated SVG light or dark, as the page is", also="system default"),
    "light": Theme("on white", also="white bright"),
    "dark": Theme("on near-black", also="black night", part="dark"),
    "paper": Theme("for print: black on white, in tones that differ in grey too", also="print grey greyscale"),
}


# Names that have nothing but a summary.
ARRANGEMENTS = {"columns": "each panel once for each variant, side by side", "overlay": "all variants in one panel"}
INITS = {
    "default": "torch's: uniform within 1/sqrt(inputs), biases too",
    "xavier_uniform": "Glorot: uniform within sqrt(6 / (inputs + outputs)); biases 0, as for those below",
    "xavier_normal": "Glorot: normal, variance 2 / (inputs + outputs)",
    "he_uniform": "He: uniform within sqrt(6 / inputs)",
    "he_normal": "He: normal, variance 2 / inputs",
}
DIVERGENCES = {
    "fail": "an error, exit 3, and nothing is written",
    "keep": "a film up to the last finite loss, which says so",
}
ENSEMBLES = {
    "none": "not at all",
    "members": "each as a faint line",
    "band": "as bands that hold half and nine tenths of them",
}
SNAPSHOTS = {
    "epoch": "after each epoch",
    "step": "after each step",
    "early": "after each step of the first two epochs, then after each epoch",
}
EPOCH_AXES = {
    "auto": "logarithmic with the pacing log or motion, else linear",
    "linear": "each epoch as wide as every other",
    "log": "logarithmic from 1 on, with 0 at the left",
}
PACINGS = {
    "even": "as many epochs between one frame and the next, all along",
    "log": "as many times the epochs: the start slowly, the end quickly",
    "motion": "the curve moves about equally far between two frames",
}


def summary(row: Any) -> str:
    """What a row of a table says of its name."""
    return row if isinstance(row, str) else str(row.summary)


def usual(table: Mapping[str, Any]) -> str:
    """The name that a config has which gives none: the first of its table."""
    return next(iter(table))


def joined(names: Iterable[str], last: str = "or") -> str:
    """Names as a sentence has them: «mse, mae or huber»."""
    *others, end = names
    return f"{', '.join(others)} {last} {end}" if others else end
