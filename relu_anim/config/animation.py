"""How a film or figure looks: the section `animation` as frozen models."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from relu_anim.config.cells import Cell
from relu_anim.config.colors import Colors
from relu_anim.config.sections import SideName
from relu_anim.config.values import (
    Count,
    Domain,
    Interval,
    Moment,
    OneOf,
    Pair,
    Section,
    Size,
    Title,
)
from relu_anim.config.wording import Language, OwnWords, WordFile
from relu_anim.facts import (
    ARRANGEMENTS,
    ENSEMBLES,
    EPOCH_AXES,
    METRICS,
    PACINGS,
    PANELS,
    THEMES,
    USUAL_PANELS,
    usual,
)
from relu_anim.fonts import FontFile
from relu_anim.words import LANGUAGES, Wording

MOST_CAPTIONS = 100
PanelName = Annotated[str, OneOf(PANELS)]
MetricName = Annotated[str, OneOf(METRICS)]
Arrangement = Annotated[str, OneOf(ARRANGEMENTS)]
FileName = Annotated[str, Field(pattern=r"\.ya?ml$")]  # whose values the reader puts in its place
Theme = Annotated[
    str,
    OneOf(THEMES),
    BeforeValidator(lambda name: name, json_schema_input_type=Annotated[str, OneOf(THEMES)] | FileName),
]
SideNames = Annotated[tuple[SideName, ...], Field(min_length=1, max_length=8)]
Fonts = Annotated[
    SideNames,
    BeforeValidator(
        lambda names: (names,) if isinstance(names, str) else names, json_schema_input_type=SideName | SideNames
    ),
]
Seconds = Annotated[float, Field(ge=0, le=600)]
UnitNumber = Annotated[Count, Field(ge=1)]


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
    transparent: bool = Field(
        default=False,
        description=(
            "whether the page is seen behind the picture; edges in a GIF, casings and what is said of contrasts keep "
            "to the theme's background; not for mp4"
        ),
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
    def look(self) -> tuple[str, tuple[tuple[str, Any], ...], tuple[FontFile, ...], str, bool]:
        """The theme, own colours over it, own fonts, the sign before decimals, whether it is transparent: what
        `themes.theme_of` takes."""
        own = self.colors.over(THEMES[self.theme].part)
        return self.theme, own, self.fonts or (), self.wording("decimal_sign"), self.transparent

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
