"""The files that a config becomes: the section `output` as frozen models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from relu_anim.config.values import (
    Bytes,
    Moment,
    OneOf,
    Section,
)
from relu_anim.facts import (
    FIGURE_FORMATS,
    FORMATS,
    THEMES,
    USUAL_STILL_FORMATS,
    usual,
)

MOST_STILLS, MOST_STRIP = 100, 12
Format = Annotated[str, OneOf(FORMATS)]
StillFormat = Annotated[str, OneOf({name: FORMATS[name] for name in FIGURE_FORMATS})]
Themes = Annotated[tuple[Annotated[str, OneOf(THEMES)], ...], Field(min_length=1)]


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
        default=USUAL_STILL_FORMATS, description="the files: pictures, or a page to read it in", examples=[["svg"]]
    )
    themes: Themes | None = Field(
        default=None,
        description=(
            "all files in each of these; those of the first have the plain names, the others end in "
            "-dark.png; null is animation.theme alone"
        ),
        examples=[["light", "dark"]],
    )
