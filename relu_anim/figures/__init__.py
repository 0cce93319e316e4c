"""Figures that do not move: one file a kind, with what it counts, draws, measures and says in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import StillFigure
from relu_anim.drawing.labels import write_numbers
from relu_anim.drawing.marks import recorded
from relu_anim.drawing.room import Room
from relu_anim.drawing.shapes import Drawing, Reading, Reel, Subject
from relu_anim.drawing.theme import Theme, style, theme_of
from relu_anim.films import AUTO, DARK, make_figure
from relu_anim.films.guides import guide_of_figure
from relu_anim.films.layout import MARGIN, Layout, left_out
from relu_anim.films.stamp import Frame, draw_draft, draw_title
from relu_anim.numbers import decimal_sign

__all__ = ["Picture", "Still", "of"]


class Picture(Protocol):
    """What a figure shows, with all the numbers that it takes."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # so that there may be another, with its figure in another theme

    @property
    def figure(self) -> StillFigure:
        """Its config."""

    def draw(self, axes: Axes, theme: Theme, room: Room) -> None:
        """Draw it on empty axes, and say what these need."""

    def finish(self, axes: Axes, theme: Theme, room: Room) -> Sequence[str]:
        """Draw what depends on how large the axes are, such as a legend; returns what its author should know of it."""

    def readings(self, axes: Axes) -> Mapping[Subject, Reading]:
        """What a page reads of it, by what it names."""

    def measure(self) -> dict[str, Any]:
        """Its numbers that JSON can hold."""

    def describe(self, metrics: dict[str, Any]) -> str:
        """What readers who do not see it need to know, given what `measure` gave."""


def of(figure: StillFigure, report: Report) -> Picture:
    """What a figure shows. The module with the name of its kind has a function `picture` that makes it."""
    picture: Picture = import_module(f"{__name__}.{figure.kind}").picture(figure, report)
    return picture


class Still:
    """A figure as it is laid out and drawn; it has one frame. `notes` are what its author should know of it."""

    def __init__(self, picture: Picture, is_draft: bool = False) -> None:
        self.picture, self.is_draft = picture, is_draft
        title, animation = picture.figure.title, picture.figure.animation
        self.theme, self.scale = theme_of(*animation.look), animation.unit
        with style(self.theme, self.scale):
            self.figure = make_figure(animation.pixels, self.theme, self.scale)
            word = animation.wording("draft")
            right = draw_draft(self.figure, self.theme, word) / self.scale if is_draft else math.inf
            header, self.notes = draw_title(self.figure, title, self.theme, right)
            layout = Layout(self.figure, header if title or is_draft else MARGIN)
            (room,) = layout.add()
            self.axes = axes = room.add_axes()
            picture.draw(axes, self.theme, room)
            write_numbers(self.figure)
            layout.arrange()
            self.notes += picture.finish(axes, self.theme, room)
            layout.arrange()
            self.notes += left_out([(picture.figure.kind, room)], animation)

    def last_frame(self) -> Frame:
        """The figure's pixels."""
        with style(self.theme, self.scale):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())

    def drawing(self) -> Drawing:
        """The figure as shapes."""
        own, box = self.picture.figure, self.figure.bbox
        with style(self.theme, self.scale):
            shapes = recorded(self.figure)
        return Drawing(own.animation.size, (box.width, box.height), shapes, own.title, self.alt, self.theme.fonts)

    def reel(self) -> Reel:
        """The figure for a page: one frame, in which nothing moves; with the theme `auto` in two themes."""
        own = self.picture.figure
        dark = self
        if own.animation.theme == AUTO:
            dark = Still(replace(self.picture, figure=config.with_animation(own, theme=DARK)), self.is_draft)
        with decimal_sign(self.theme.decimal_sign):
            readings = self.picture.readings(self.axes)
        guide = guide_of_figure(self.axes, own.animation.wording, readings, self.theme, dark.theme)
        other = None if dark is self else Reel(dark.drawing(), [()])
        return Reel(self.drawing(), [()], other, lambda: guide)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The numbers that summaries have."""
        return self.picture.measure()

    @property
    def alt(self) -> str:
        """What readers who do not see it need to know."""
        with decimal_sign(self.theme.decimal_sign):
            return self.picture.figure.alt or self.picture.describe(self.metrics)
