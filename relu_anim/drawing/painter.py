"""Shapes drawn by a renderer of Matplotlib: Agg for frames, and any other."""

from __future__ import annotations

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from relu_anim.aliases import Array
from relu_anim.drawing.lettering import SHARES, set_words
from relu_anim.drawing.recorder import ShapeRecorder, path_of
from relu_anim.drawing.shapes import Area, Box, Lines, Pen, Picture, Points, Shape, Words

SAME = IdentityTransform()


class Painter:
    """Draws shapes with one renderer.

    What the renderer needs to know of a pen is worked out once. A Line2D asks a dozen questions each time it is drawn,
    whose answers stay the same in a film.
    """

    def __init__(self, renderer: RendererBase) -> None:
        self.renderer = renderer
        self.points = 1 / float(renderer.points_to_pixels(1.0))  # type: ignore[arg-type]  # the stubs want an array
        self._contexts: dict[tuple[Pen | None, Box | None], GraphicsContextBase] = {}

    def draw(self, shape: Shape) -> None:
        """Draw it over what is there."""
        match shape:
            case Lines():
                self.renderer.draw_path(self._context(shape.pen, shape.clip), path_of(shape), SAME)
            case _ if isinstance(self.renderer, ShapeRecorder):
                self.renderer.found.append(shape)
            case Area():
                self.renderer.draw_path(self._context(None, shape.clip), Path(shape.outline), SAME, shape.fill)
            case Points():
                self._draw_points(shape)
            case Picture():
                self._draw_picture(shape)
            case Words():
                self._draw_words(shape)

    def _context(self, pen: Pen | None, clip: Box | None) -> GraphicsContextBase:
        key = pen, clip
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = self._make_context(pen, clip)
        return context

    def _make_context(self, pen: Pen | None, clip: Box | None) -> GraphicsContextBase:
        context = self.renderer.new_gc()
        if clip is not None:
            context.set_clip_rectangle(Bbox.from_extents(*clip))
        if pen is None:
            context.set_linewidth(0)
        else:
            self._take(pen, context)
        return context

    def _take(self, pen: Pen, context: GraphicsContextBase) -> None:
        context.set_foreground(pen.color, isRGBA=True)
        context.set_linewidth(pen.width * self.points)
        context.set_joinstyle("round")
        context.set_capstyle(pen.cap)
        if pen.dashes:
            context.set_dashes(pen.offset * self.points, [length * self.points for length in pen.dashes])
        if not pen.snap:
            context.set_snap(False)

    def _draw_points(self, points: Points) -> None:
        context = self._context(points.edge, points.clip)
        if points.snap:
            path, size = _outline(points.outline)
            self.renderer.draw_markers(context, path, size, Path(points.places), SAME, points.fill)
        else:
            self.renderer.draw_path(context, _repeated(points), SAME, points.fill)

    def _draw_picture(self, picture: Picture) -> None:
        colors = np.ascontiguousarray(picture.palette).view(np.uint32)[:, 0]
        rgba = np.take(colors, picture.cells).view(np.uint8).reshape(*picture.cells.shape, 4)
        if isinstance(self.renderer, RendererAgg):  # whose draw_image would blend for 2 ms what is opaque or not there
            frame = np.asarray(self.renderer.buffer_rgba())
            left, top = round(picture.left), len(frame) - round(picture.bottom) - len(rgba)
            part = frame[top : top + rgba.shape[0], left : left + rgba.shape[1]]
            if picture.palette[:, 3].all():
                part[:] = rgba
            else:
                np.copyto(part, rgba, where=rgba[..., 3:] > 0)
        else:
            self.renderer.draw_image(self._context(None, None), picture.left, picture.bottom, rgba[::-1])

    def _draw_words(self, words: Words) -> None:
        renderer = self.renderer
        if isinstance(renderer, RendererAgg):  # which would take a third of a millisecond for a line
            set_words(np.asarray(renderer.buffer_rgba()), words, renderer.dpi)
            return
        font = FontProperties(size=words.size * self.points, weight=words.weight)
        left = words.x - SHARES[words.align] * renderer.get_text_width_height_descent(words.text, font, False)[0]
        down = renderer.get_canvas_width_height()[1] - words.y if renderer.flipy() else words.y
        renderer.draw_text(self._context(Pen(words.color, 0), None), left, down, words.text, font, 0)


def _outline(outline: float | Array) -> tuple[Path, Affine2D]:
    """A path around (0, 0), and how much larger it is to be."""
    if isinstance(outline, np.ndarray):
        return Path(np.append(outline, outline[:1], axis=0), closed=True), Affine2D()
    return Path.unit_circle(), Affine2D().scale(outline)


def _repeated(points: Points) -> Path:
    """One path with the outline around each of the places."""
    path, size = _outline(points.outline)
    around = size.transform(path.vertices)
    vertices = (points.places[:, None] + around).reshape(-1, 2)
    return Path(vertices, np.tile(np.asarray(path.codes), len(points.places)))
