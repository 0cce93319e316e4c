"""Marks: the things in a panel that move or stay, each of which can say what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from relu_anim.drawing.painter import Painter
from relu_anim.drawing.recorder import ShapeRecorder
from relu_anim.drawing.shapes import Box, Shape, Spot, Subject

Numbers = NDArray[np.floating | np.integer]
Dashes = tuple[float, Sequence[float]]  # offset and lengths, in line widths


class Mark(Protocol):
    """What a panel moves and a film draws."""

    def shapes(self, scale: float = 1) -> Iterator[Shape]:
        """What it is made of as it stands, from the bottom up; pictures have `scale` cells along each pixel."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw it with Matplotlib, Agg or not."""

    def set_animated(self, b: bool, /) -> None:
        """Whether Matplotlib leaves it out where it draws a whole figure."""


class Moving(Artist):
    """A mark in data units of its axes. Its painter is kept for as long as the renderer is the same."""

    axes: Axes
    subject: Subject | None = None  # what all of it shows

    def __init__(self, axes: Axes, zorder: float) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self._painter: Painter | None = None
        self._corners: object = None
        self._box: Box = (0, 0, 0, 0)
        axes.add_artist(self)

    def shapes(self, scale: float = 1) -> Iterator[Shape]:
        """What it is made of as it stands, from the bottom up; pictures have `scale` cells along each pixel."""
        raise NotImplementedError

    def spots(self) -> Iterable[Spot]:
        """Where subjects are met that have no shape of their own, in pixels."""
        return ()

    def draw(self, renderer: RendererBase) -> None:
        """Draw its shapes."""
        if self._painter is None or self._painter.renderer is not renderer:
            self._painter = Painter(renderer)
        for shape in self.shapes(renderer.get_image_magnification()):
            self._painter.draw(shape)

    @property
    def to_pixels(self) -> Transform:
        """From data units to pixels of the figure."""
        return self.axes.transData

    @property
    def box(self) -> Box:
        """Where its axes are."""
        corners = self.axes.bbox.get_points()
        if corners is not self._corners:  # Matplotlib keeps the array for as long as the axes stay where they are
            left, bottom, right, top = corners.ravel().tolist()
            self._corners, self._box = corners, (left, bottom, right, top)
        return self._box

    def in_pixels(self, points: float) -> float:
        """A length in points, 1/72 inch, as pixels of the figure."""
        return points * self.axes.figure.dpi / 72


class NamedLine(Line2D):
    """A line that stays where it is, and shows something that a page names."""

    def __init__(self, x: Numbers, y: Numbers, subject: Subject, **look: Any) -> None:
        super().__init__(x, y, **look)
        self.subject = subject

    def draw(self, renderer: RendererBase) -> None:
        """Draw it, and say what it is to what notes shapes."""
        with _named(renderer, self.subject):
            super().draw(renderer)


class NamedPoints(PathCollection):
    """Points that stay where they are, each in a colour of its own, and show something that a page names."""

    subject: Subject | None = None

    @classmethod
    def of(cls, drawn: PathCollection, subject: Subject) -> None:
        """Give points that `scatter` made a name."""
        drawn.__class__ = cls  # which `scatter` lets nobody choose
        cast("NamedPoints", drawn).subject = subject

    def draw(self, renderer: RendererBase) -> None:
        """Draw them, and say what they are to what notes shapes."""
        with _named(renderer, self.subject):
            super().draw(renderer)


@contextmanager
def _named(renderer: RendererBase, subject: Subject | None) -> Iterator[None]:
    if isinstance(renderer, ShapeRecorder):
        renderer.subject = subject
    yield
    if isinstance(renderer, ShapeRecorder):
        renderer.subject = None


def scaled(dashes: Any, width: float) -> dict[str, Any]:
    """Dashes of a line (`-` or Dashes) of this many pixels, as a Pen wants them."""
    if dashes == "-" or dashes is None:
        return {}
    offset, lengths = dashes
    return {"offset": offset * width, "dashes": tuple(length * width for length in lengths)}


def recorded(figure: Figure, moving: Iterable[Mark] = ()) -> list[Shape]:
    """What a figure shows, as shapes, with marks over it that Matplotlib leaves out."""
    recorder = ShapeRecorder(figure)
    figure.draw(recorder)
    for mark in moving:
        mark.draw(recorder)
    return recorder.found
