"""Figures that do not move: one file a kind, with what it counts, draws, measures and says in words."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relu_anim.aliases import Report
from relu_anim.config import StillFigure
from relu_anim.drawing.labels import write_numbers
from relu_anim.drawing.recorder import recorded
from relu_anim.drawing.shapes import Drawing
from relu_anim.drawing.theme import THEMES, Theme, style
from relu_anim.film import MARGIN, fix_layout, make_figure
from relu_anim.film.stamp import HEADER, Frame, draw_title

__all__ = ["Picture", "Still", "of"]


class Picture(Protocol):
    """What a figure shows, with all the numbers that it takes."""

    @property
    def figure(self) -> StillFigure:
        """Its config."""

    def draw(self, axes: Axes, theme: Theme) -> None:
        """Draw it on empty axes."""

    def measure(self) -> dict[str, Any]:
        """Its numbers that JSON can hold."""

    def describe(self, metrics: dict[str, Any]) -> str:
        """What readers who do not see it need to know, given what `measure` gave."""


def of(figure: StillFigure, report: Report) -> Picture:
    """What a figure shows. The module with the name of its kind has a function `picture` that makes it."""
    picture: Picture = import_module(f"{__name__}.{figure.kind}").picture(figure, report)
    return picture


class Still:
    """A figure as it is laid out and drawn; it has one frame."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        title, animation = picture.figure.title, picture.figure.animation
        self.theme = THEMES[animation.theme]
        with style(self.theme):
            self.figure = make_figure(animation.size, self.theme)
            picture.draw(self.figure.add_subplot(), self.theme)
            write_numbers(self.figure)
            draw_title(self.figure, title, self.theme, animation.size[0] - MARGIN)
            fix_layout(self.figure, HEADER if title else MARGIN)

    def last_frame(self) -> Frame:
        """The figure's pixels."""
        with style(self.theme):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())

    def drawing(self) -> Drawing:
        """The figure as shapes."""
        config, box = self.picture.figure, self.figure.bbox
        with style(self.theme):
            shapes = recorded(self.figure)
        return Drawing(config.animation.size, (box.width, box.height), shapes, config.title, self.alt)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The numbers that summaries have."""
        return self.picture.measure()

    @property
    def alt(self) -> str:
        """What readers who do not see it need to know."""
        return self.picture.describe(self.metrics)
