"""What Matplotlib draws of a figure, as shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Area, Box, Color, Lines, Pen, Picture, Points, Shape, Subject, Words
from relu_anim.drawing.typefaces import face_of

CLEAR = (0.0, 0.0, 0.0, 0.0)
PICTURE_SCALE = 2  # cells of pictures along each pixel, for screens and paper that show more than one
CIRCLE = np.asarray(Path.unit_circle().vertices)
Align = Literal["left", "center", "right"]


class ShapeRecorder(RendererBase):
    """A renderer that notes in `found`, from the bottom up, what it is to draw. `align` is that of texts of several
    lines, of which Matplotlib does not say it."""

    def __init__(self, figure: Figure, align: Align = "left") -> None:
        super().__init__()
        self.dpi, self.align = float(figure.dpi), align
        self.flipped = Affine2D().scale(1, -1).translate(0, figure.bbox.height)
        self.seen = _seen(figure)
        self.found: list[Shape] = []
        self.subject: Subject | None = None  # of what is drawn

    def flipy(self) -> bool:
        """Pixels count from the bottom."""
        return False

    def get_image_magnification(self) -> float:
        """How many cells of a picture lie along each pixel."""
        return PICTURE_SCALE

    def points_to_pixels(self, points: Any) -> Any:
        """Lengths in points as pixels of the figure."""
        return points * self.dpi / 72

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """As Agg measures it."""
        return measured(s, prop, self.dpi)

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Note an area, lines around or along it, or a circle; lines are snapped to pixels as Agg does it."""
        fill, pen, clip = _fill(gc, rgbFace), self._pen(gc), _clip(gc)
        if not fill[3] and pen is None:
            return
        if radius := _radius(path, transform):
            self.found.append(Points(transform.transform([(0.0, 0.0)]), radius, fill, pen, clip, subject=self.subject))
            return
        look: Any = {"remove_nans": True, "snap": gc.get_snap(), "stroke_width": pen.width if pen else 0.0}
        # As Agg does it: lines are cut off outside, from where their dashes begin anew, and what is drawn is snapped to
        # pixels counted from the top.
        look |= {"simplify": False} if fill[3] else {"simplify": None, "clip": self.seen}
        cleaned = path.cleaned(transform + self.flipped, **look)
        parts = [self.flipped.transform(part) for part in _parts(cleaned)]
        if fill[3]:
            self.found += [Area(part, fill, clip) for part in parts if len(part) > 2]
        if pen and parts:
            closed = len(parts) == 1 and (parts[0][0] == parts[0][-1]).all()
            # Where a line ends at its start, a round end is the round corner that all the others have.
            own = replace(pen, cap="round") if closed else pen
            self.found.append(Lines(np.concatenate(parts), own, clip, _starts(parts), self.subject))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Note circles or polygons; open ones, as ticks are, one by one."""
        outline: float | Array = _radius(marker_path, marker_trans)
        corners = _parts(marker_path.cleaned(marker_trans))
        if not outline and len(corners) == 1 and (corners[0][0] == corners[0][-1]).all():
            outline = corners[0][:-1]
        if isinstance(outline, float) and not outline:
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        places = trans.transform(path.vertices)
        places = places[np.isfinite(places).all(axis=1)]
        fill, pen = _fill(gc, rgbFace), self._pen(gc)
        if len(places) and (pen or fill[3]):
            self.found.append(Points(places, outline, fill, pen, _clip(gc), subject=self.subject))

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Note a picture, whose rows come from the bottom."""
        colors = np.ascontiguousarray(im[::-1]).view(np.uint32)[..., 0]
        found, cells = np.unique(colors, return_inverse=True)
        palette = found[:, None].view(np.uint8)
        self.found.append(Picture(x, y, cells.reshape(colors.shape), palette, PICTURE_SCALE))

    def draw_quad_mesh(self, gc: Any, master_transform: Transform, *args: Any, **more: Any) -> None:
        """Note a mesh of equal cells, as a colour bar is one, as a picture: areas side by side would show seams."""
        columns, rows, coordinates, _, _, colors, *_ = args
        left, bottom, right, top = _extent(master_transform.transform(coordinates.reshape(-1, 2)))
        height, width = (round(PICTURE_SCALE * length) for length in (top - bottom, right - left))
        row, column = np.arange(height) * rows // height, np.arange(width) * columns // width
        cells = (row[::-1, None] * columns + column).astype(np.intp)
        palette = np.rint(255 * colors).astype(np.uint8)
        self.found.append(Picture(left, bottom, cells, palette, PICTURE_SCALE))

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Note a line of text, which is held where its text is aligned."""
        if not s.strip():
            return
        align: Align = mtext.get_horizontalalignment() if mtext else self.align
        width = self.get_text_width_height_descent(s, prop, ismath)[0] * {"left": 0, "center": 0.5, "right": 1}[align]
        turn = math.radians(angle)
        place = (float(x + width * math.cos(turn)), float(y + width * math.sin(turn)))
        size = self.points_to_pixels(prop.get_size_in_points())
        self.found.append(Words(s, *place, size, gc.get_rgb(), align, str(prop.get_weight()), angle))

    def _pen(self, gc: GraphicsContextBase) -> Pen | None:
        """What a line is stroked with; nothing where it would not be seen."""
        width, color = self.points_to_pixels(gc.get_linewidth()), gc.get_rgb()
        if not width or not color[3]:
            return None
        offset, lengths = gc.get_dashes()
        dashes = tuple(self.points_to_pixels(np.array(lengths)).tolist()) if lengths is not None else ()
        cap: Any = gc.get_capstyle()
        return Pen(color, width, dashes, self.points_to_pixels(offset or 0), cap)


def measured(line: str, properties: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Width, height and descent in pixels of one line, as Agg draws it."""
    font = face_of(properties)
    font.set_size(properties.get_size_in_points(), dpi)
    font.set_text(line, 0.0, flags=get_hinting_flag())
    width, height = font.get_width_height()
    return width / 64, height / 64, font.get_descent() / 64


def as_dashed(lines: Lines, figure: Figure) -> Lines:
    """Lines as Agg has them: of those that come from outside, dashes begin where the picture does."""
    left, bottom, right, top = seen = _seen(figure)
    is_inside = ((lines.points >= (left, bottom)) & (lines.points <= (right, top))) | np.isnan(lines.points)
    if not lines.pen.dashes or is_inside.all():
        return lines
    path = path_of(lines).cleaned(remove_nans=True, clip=seen, simplify=False)
    parts = _parts(path) or [np.empty((0, 2))]
    return replace(lines, points=np.concatenate(parts), starts=_starts(parts))


def path_of(lines: Lines) -> Path:
    """Lines as Matplotlib wants them."""
    if len(lines.starts) == 1:
        return Path(lines.points)
    codes = np.full(len(lines.points), Path.LINETO, dtype=Path.code_type)
    codes[list(lines.starts)] = Path.MOVETO
    return Path(lines.points, codes)


def _seen(figure: Figure) -> Box:
    """Where lines are cut off; Matplotlib itself leaves them a pixel more."""
    return 0.0, 0.0, figure.bbox.width, figure.bbox.height


def _starts(parts: Sequence[Array]) -> tuple[int, ...]:
    return tuple(np.cumsum([0, *map(len, parts[:-1])]).tolist())


def _fill(gc: GraphicsContextBase, face: Any) -> Color:
    if face is None:
        return CLEAR
    red, green, blue, *rest = map(float, face)
    return red, green, blue, rest[0] if rest and not gc.get_forced_alpha() else gc.get_alpha()


def _clip(gc: GraphicsContextBase) -> Box | None:
    box = gc.get_clip_rectangle()
    return _extent(box.get_points()) if box else None


def _extent(points: Array) -> Box:
    (left, bottom), (right, top) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, bottom, right, top


def _radius(path: Path, transform: Transform) -> float:
    """Of a circle around (0, 0); 0 if it is anything else."""
    points, matrix = np.asarray(path.vertices), np.asarray(transform.get_matrix())
    if points.shape != CIRCLE.shape:
        return 0.0
    radius = np.abs(points).max()
    is_circle = np.allclose(points, radius * CIRCLE) and math.isclose(matrix[0, 0], matrix[1, 1])
    return float(radius * matrix[0, 0]) if is_circle else 0.0


def _parts(path: Path) -> list[Array]:
    """Each line of a path without curves, closed ones back at their start; none where all of it was cut off."""
    codes, points = np.asarray(path.codes), np.asarray(path.vertices)
    starts = np.flatnonzero(codes == Path.MOVETO).tolist()
    parts = []
    for start, end in pairwise([*starts, len(codes)]):
        part = points[start:end][codes[start:end] != Path.STOP].copy()
        if (codes[start:end] == Path.CLOSEPOLY).any():
            part[-1] = part[0]
        parts.append(part)
    return [part for part in parts if len(part) > 1]
