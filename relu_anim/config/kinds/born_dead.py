"""How many fresh ReLU networks are dead, as a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from relu_anim.config.animation import Style
from relu_anim.config.checks import outputs, texts
from relu_anim.config.checks.check import Checks, Finding, reads
from relu_anim.config.kinds.experiment import LEAST_SECONDS
from relu_anim.config.kinds.figure import Figure
from relu_anim.config.outputs import StillOutput
from relu_anim.config.sections import HeInit, WeightInit, he_init
from relu_anim.config.values import Alt, Count, Interval, Seed, Title

WIDTHS = (2, 3, 4, 5, 8)
MOST_SHARE = 1.5  # with room above
WEIGHT_SECONDS = 2e-8
MOST_WEIGHTS = 5_000_000_000  # that are drawn at 15 to 45 ns each: one to four minutes


@reads("widths")
def unique_widths(f: BornDeadFigure) -> Iterator[Finding]:
    """Each width is there once."""
    for index, width in enumerate(f.widths):
        if width in f.widths[:index]:
            yield ("widths", index), f"{width} is there already"


@reads("animation.ylim")
def ylim_of_shares(f: BornDeadFigure) -> Iterator[Finding]:
    """The y axis is of shares, from 0 to 1."""
    ylim = f.animation.ylim
    if ylim != "auto" and ylim[1] > MOST_SHARE:
        yield ("animation", "ylim"), f"shares are at most 1; for up to {ylim[1]:g} % write [0, {ylim[1] / 100:g}]"


@reads("networks", "widths", "depth")
def can_be_counted(f: BornDeadFigure) -> Iterator[Finding]:
    """All networks are drawn within minutes."""
    most = MOST_WEIGHTS // f.weights_of_one
    if f.networks > most:
        message = f"so many networks of these widths and depth would take many minutes; at most {most:,} do not"
        yield ("networks",), message


CHECKS: Checks = (
    unique_widths,
    ylim_of_shares,
    can_be_counted,
    outputs.figure_has_room,
    outputs.pixels,
    outputs.can_be_transparent,
    outputs.unique_formats,
    outputs.unique_themes,
    texts.title,
    texts.words,
)


class BornDeadFigure(Figure):
    """A figure of how many fresh ReLU networks have a dead layer, against their depth; nothing is trained."""

    kind: Literal["born_dead"] = Field(description="what becomes of the config")
    title: Title = Field(default="", description="at the top left of the picture", examples=["Born dead"])
    alt: Alt = ""
    seed: Seed = Field(default=0, description="of the weights", examples=[7])
    networks: Annotated[Count, Field(ge=1, le=1_000_000)] = Field(
        default=10_000, description="of each width, at most 1,000,000"
    )
    widths: Annotated[tuple[Annotated[Count, Field(ge=1, le=256)], ...], Field(min_length=1, max_length=8)] = Field(
        default=WIDTHS, description="units of each hidden layer; up to eight lines, of up to 256 units"
    )
    depth: Annotated[Count, Field(ge=1, le=100)] = Field(
        default=30, description="hidden layers of the deepest networks, at most 100"
    )
    init: Annotated[HeInit, BeforeValidator(he_init, json_schema_input_type=WeightInit | HeInit)] = Field(
        default=HeInit(),
        description="how weights and biases start: `relu-anim list inits`; {bias: 0.1} keeps the weights of he_normal",
        examples=[{"bias": 0.1}],
    )
    domain: Interval = Field(default=(-1.0, 1.0), description="the inputs that are tried")
    animation: Style = Field(default=Style(), description="the look; ylim: auto is 0 to 100 %, [0, 0.2] is up to 20 %")
    output: StillOutput = Field(default=StillOutput(), description="the files to write")

    checks: ClassVar[Checks] = CHECKS
    target: ClassVar[None] = None

    @property
    def weights_of_one(self) -> int:
        """The weights of one network of each width."""
        return sum(width + (self.depth - 1) * width**2 for width in self.widths)

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make: to draw this many weights."""
        return LEAST_SECONDS + self.networks * self.weights_of_one * WEIGHT_SECONDS
