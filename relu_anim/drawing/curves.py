"""What moves in a panel, drawn with little more than the strokes themselves.

A Line2D asks a dozen questions each time it is drawn, whose answers stay the same in a film; here they are asked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform
from numpy.typing import NDArray

Array = NDArray[np.floating | np.integer]
Dashes = tuple[float, Sequence[float]]  # offset, lengths in line widths


class Moving(Artist):
    """An artist that keeps what a renderer needs to know of it, for as long as the renderer is the same."""

    def __init__(self, axes: Axes, zorder: float) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self._renderer: RendererBase | None = None
        self._contexts: list[GraphicsContextBase] = []
        axes.add_artist(self)

    def contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """How each stroke is made, for this renderer."""
        if renderer is not self._renderer:
            self._renderer, self._contexts = renderer, self.make_contexts(renderer)
        return self._contexts

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context for each stroke."""
        raise NotImplementedError


class Curves(Moving):
    """Lines through points: one for each colour and dash pattern (`-` or Dashes). They keep inside their axes."""

    def __init__(
        self, axes: Axes, colors: Sequence[str], dashes: Sequence[Any] = ("-",), width: float = 2.5, zorder: float = 3
    ) -> None:
        super().__init__(axes, zorder)
        self.colors, self.dashes, self.width = list(colors), list(dashes), width
        self.x: Array = np.zeros(0)
        self.y: Array = np.zeros((0, len(self.colors)))

    def move(self, x: Array, y: Array) -> None:
        """Go through x [points] and y [points, curves], in data units."""
        self.x, self.y = x, y

    def handle(self, label: str) -> Line2D:
        """The first line as an entry of a legend."""
        return Line2D([], [], color=self.colors[0], linestyle=self.dashes[0], linewidth=self.width, label=label)

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context for each curve."""
        assert self.axes is not None
        contexts = []
        for color, dashes in zip(self.colors, self.dashes, strict=True):
            context = renderer.new_gc()
            context.set_clip_rectangle(self.axes.bbox)
            context.set_foreground(to_rgba(color), isRGBA=True)
            context.set_linewidth(self.width)  # points, as are the dashes
            context.set_joinstyle("round")
            context.set_capstyle("round" if dashes == "-" else "butt")
            if dashes != "-":
                offset, lengths = dashes
                context.set_dashes(offset * self.width, [length * self.width for length in lengths])
            contexts.append(context)
        return contexts

    def draw(self, renderer: RendererBase) -> None:
        """Stroke each curve."""
        assert self.axes is not None
        points = np.empty((len(self.x), 2))
        points[:, 0] = self.x
        for index, context in enumerate(self.contexts(renderer)):
            points[:, 1] = self.y[:, index]
            renderer.draw_path(context, Path(self.axes.transData.transform(points)), IdentityTransform())


class Dot(Moving):
    """A filled circle at one point; it may reach over the edge of its axes."""

    def __init__(self, axes: Axes, color: str, size: float = 7, zorder: float = 4) -> None:
        super().__init__(axes, zorder)
        self.color, self.size = color, size
        self.place = (np.nan, np.nan)

    def move(self, x: float, y: float) -> None:
        """Move to a point in data units."""
        self.place = (x, y)

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context, without an outline."""
        context = renderer.new_gc()
        context.set_linewidth(0)
        return [context]

    def draw(self, renderer: RendererBase) -> None:
        """Fill the circle."""
        assert self.axes is not None
        radius = in_pixels(renderer, self.size) / 2
        place = Affine2D().scale(radius).translate(*self.axes.transData.transform(self.place))
        renderer.draw_path(self.contexts(renderer)[0], Path.unit_circle(), place, to_rgba(self.color))


class Dots(Moving):
    """Filled circles with an outline, at any number of points."""

    def __init__(self, axes: Axes, color: str, edge: str, size: float = 6, zorder: float = 3.5) -> None:
        super().__init__(axes, zorder)
        self.color, self.edge, self.size = color, edge, size
        self.x: Array = np.zeros(0)
        self.y: Array = np.zeros(0)

    def move(self, x: Array, y: Array) -> None:
        """Move to points in data units, [n] each."""
        self.x, self.y = x, y

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context, whose stroke is the outline."""
        assert self.axes is not None
        context = renderer.new_gc()
        context.set_clip_rectangle(self.axes.bbox)
        context.set_foreground(to_rgba(self.edge), isRGBA=True)
        context.set_linewidth(1)
        return [context]

    def draw(self, renderer: RendererBase) -> None:
        """Stamp the circle at each point."""
        assert self.axes is not None
        if not len(self.x):
            return
        places = Path(self.axes.transData.transform(np.column_stack([self.x, self.y])))
        radius = Affine2D().scale(in_pixels(renderer, self.size) / 2)
        context, color = self.contexts(renderer)[0], to_rgba(self.color)
        renderer.draw_markers(context, Path.unit_circle(), radius, places, IdentityTransform(), color)


def dot_handle(color: str, edge: str, label: str, size: float = 6) -> Line2D:
    """A dot as an entry of a legend."""
    look = {"color": color, "markeredgecolor": edge, "markersize": size}
    return Line2D([], [], marker="o", linestyle="none", label=label, **look)  # type: ignore[arg-type]


def in_pixels(renderer: RendererBase, points: float) -> float:
    """A length in points as the renderer's pixels."""
    return float(renderer.points_to_pixels(points))  # type: ignore[arg-type]  # the stubs allow arrays too
