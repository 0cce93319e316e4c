"""Many lines or marks at once, each set drawn by one call of the renderer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform, Transform
from numpy.typing import ArrayLike, NDArray

from relu_anim.drawing.curves import Dashes, Moving, in_pixels

Array = NDArray[np.floating]
Lines = Sequence[Array] | Array  # [n, 2] each
Color = str | tuple[float, float, float]


class Strokes(Moving):
    """Lines of one look through any points; they keep inside their axes."""

    def __init__(
        self, axes: Axes, color: Color, width: float, dashes: Dashes | None = None, alpha: float = 1, zorder: float = 3
    ) -> None:
        super().__init__(axes, zorder)
        self.color, self.width, self.dashes, self.alpha = color, width, dashes, alpha
        self.lines: Lines = ()

    def move(self, lines: Lines) -> None:
        """Go through these points: [n, 2] each in data units, or all together as [lines, n, 2]."""
        self.lines = lines

    def handle(self, label: str) -> Line2D:
        """An entry of a legend."""
        style: Any = self.dashes or "-"
        return Line2D([], [], color=self.color, linewidth=self.width, alpha=self.alpha, linestyle=style, label=label)

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context for all lines."""
        assert self.axes is not None
        context = renderer.new_gc()
        context.set_clip_rectangle(self.axes.bbox)
        context.set_foreground(to_rgba(self.color, self.alpha), isRGBA=True)
        context.set_linewidth(self.width)
        context.set_joinstyle("round")
        context.set_snap(False)
        if self.dashes:
            offset, lengths = self.dashes
            context.set_dashes(offset * self.width, [length * self.width for length in lengths])
        return [context]

    def draw(self, renderer: RendererBase) -> None:
        """Stroke them."""
        assert self.axes is not None
        if len(self.lines):
            path = joined(self.lines, self.axes.transData)
            renderer.draw_path(self.contexts(renderer)[0], path, IdentityTransform())


class Marks(Moving):
    """Filled marks of one look at points that stay where they are."""

    def __init__(
        self, axes: Axes, points: Array, marker: str, face: Color, edge: Color, size: float, zorder: float = 4
    ) -> None:
        super().__init__(axes, zorder)
        self.points, self.marker, self.face, self.edge, self.size = points, MarkerStyle(marker), face, edge, size

    @property
    def edge_width(self) -> float:
        """In points; thinner for small marks."""
        return min(1.0, 0.16 * self.size)

    def handle(self, label: str) -> Line2D:
        """An entry of a legend."""
        look = {"markerfacecolor": self.face, "markeredgecolor": self.edge, "markeredgewidth": self.edge_width}
        shown = float(np.clip(self.size, 5, 8))
        return Line2D([], [], linestyle="", marker=self.marker, markersize=shown, label=label, **look)  # type: ignore[arg-type]

    def make_contexts(self, renderer: RendererBase) -> list[GraphicsContextBase]:
        """One context, for the edges."""
        assert self.axes is not None
        context = renderer.new_gc()
        context.set_clip_rectangle(self.axes.bbox)
        context.set_foreground(to_rgba(self.edge), isRGBA=True)
        context.set_linewidth(self.edge_width)
        return [context]

    def draw(self, renderer: RendererBase) -> None:
        """Set the mark to every point."""
        assert self.axes is not None
        if not len(self.points):
            return
        marker = self.marker.get_path(), self.marker.get_transform() + Affine2D().scale(in_pixels(renderer, self.size))
        places = Path(self.axes.transData.transform(self.points))
        renderer.draw_markers(self.contexts(renderer)[0], *marker, places, IdentityTransform(), to_rgba(self.face))


def joined(lines: Lines, to_pixels: Transform) -> Path:
    """One path in pixels through all these lines of data units; none must be empty."""
    lengths = [len(line) for line in lines]
    codes = np.full(sum(lengths), Path.LINETO, dtype=Path.code_type)
    codes[np.cumsum([0, *lengths[:-1]])] = Path.MOVETO
    together = lines.reshape(-1, 2) if isinstance(lines, np.ndarray) else np.concatenate(lines)
    return Path(to_pixels.transform(together), codes)


def mixed(background: ArrayLike, color: ArrayLike, share: float | Array) -> Array:
    """Colours between the background (share 0) and a colour (share 1), RGB from 0 to 1."""
    share = np.asarray(share)[..., None]
    return (1 - share) * np.asarray(background) + share * np.asarray(color)
