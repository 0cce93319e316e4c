"""What panels draw, read from the shapes that their marks say they are made of."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from relu_anim.drawing.shapes import Area, Lines, Picture, Points, Shape, Words


class Drawn(NamedTuple):
    """A shape, the axes that it stands in, and its points [n, 2] in their data units."""

    axes: Axes
    shape: Shape
    points: np.ndarray

    @property
    def x(self):
        return self.points[:, 0]

    @property
    def y(self):
        return self.points[:, 1]

    @property
    def lines(self):
        """Each of several lines by itself."""
        return np.split(self.points, self.shape.starts[1:])


def drawn(panel, kind, *colors):
    """All shapes of a kind that move in a panel, or those in these colours."""
    found = [_drawn(mark, shape) for mark in panel.animated for shape in mark.shapes() if isinstance(shape, kind)]
    wanted = [to_rgba(color) for color in colors]
    return [one for one in found if not wanted or color_of(one.shape) in wanted]


def color_of(shape):
    return shape.pen.color if isinstance(shape, Lines) else shape.color if isinstance(shape, Words) else shape.fill


def _drawn(mark, shape):
    axes = getattr(mark, "axes", None)
    pixels = {Lines: "points", Points: "places", Area: "outline"}.get(type(shape))
    if pixels is None:
        assert isinstance(shape, (Picture, Words))
        return Drawn(axes, shape, np.zeros((0, 2)))
    return Drawn(axes, shape, axes.transData.inverted().transform(getattr(shape, pixels)))
