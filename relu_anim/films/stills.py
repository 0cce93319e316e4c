"""Moments of a film that stand still: one, or several as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from relu_anim.drawing.shapes import Drawing, moved
from relu_anim.films.stamp import Frame


class Moving(Protocol):
    """What is needed of a film."""

    @property
    def has_columns(self) -> bool:
        """Whether variants stand beside each other."""

    def at(self, moment: float | str) -> Frame:
        """The frame of a moment."""

    def drawing(self, moment: float | str | None = None) -> Drawing:
        """The same as shapes."""


@dataclass(frozen=True)
class Moments:
    """The frames of these moments, each an epoch or «step 12», beside each other; below each other in a film whose
    variants stand beside each other."""

    film: Moving
    moments: Sequence[float | str]

    def last_frame(self) -> Frame:
        """All of them as one picture."""
        return np.concatenate([self.film.at(moment) for moment in self.moments], axis=0 if self.film.has_columns else 1)

    def drawing(self) -> Drawing:
        """The same as shapes."""
        drawings = [self.film.drawing(moment) for moment in self.moments]
        first, count = drawings[0], len(drawings)
        columns, rows = (1, count) if self.film.has_columns else (count, 1)
        shapes = [
            moved(shape, number % columns * first.pixels[0], (rows - 1 - number // columns) * first.pixels[1])
            for number, drawing in enumerate(drawings)
            for shape in drawing.shapes
        ]
        size, pixels = ((width * columns, height * rows) for width, height in (first.size, first.pixels))
        return Drawing(size, pixels, shapes, first.title, first.alt, first.fonts)
