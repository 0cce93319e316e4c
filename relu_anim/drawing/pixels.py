"""Shapes that stand still over what moves: drawn once, and set into each frame as the pixels that they cover."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from numpy.typing import NDArray

from relu_anim.drawing.blending import is_opaque, over
from relu_anim.drawing.painter import Painter
from relu_anim.drawing.shapes import Shape

FULL = 255


class Pixels:
    """The pixels that shapes cover in frames as large as a renderer's."""

    def __init__(self, shapes: Iterable[Shape], like: RendererAgg) -> None:
        blank = RendererAgg(like.width, like.height, like.dpi)
        painter = Painter(blank)
        for shape in shapes:
            painter.draw(shape)
        rgba = np.asarray(blank.buffer_rgba()).reshape(-1, 4)
        opacity = rgba[:, 3]
        self.solid, self.soft = np.flatnonzero(opacity == FULL), np.flatnonzero((opacity > 0) & (opacity < FULL))
        self.colors = _as_numbers(rgba)[self.solid]
        self.shares = FULL - opacity[self.soft, None].astype(np.uint16)  # of what is below
        self.tops = rgba[self.soft]
        self.tones = self.tops * (FULL - self.shares) + FULL // 2
        self.tones[:, 3] = FULL * (FULL - self.shares[:, 0])

    def set_into(self, renderer: RendererAgg) -> None:
        """Draw them over what is there."""
        picture = np.asarray(renderer.buffer_rgba())
        frame = _as_numbers(picture)
        frame[self.solid] = self.colors
        below = frame[self.soft].view(np.uint8).reshape(-1, 4)
        if is_opaque(picture):
            mixed = ((below * self.shares + self.tones) // FULL).astype(np.uint8)
        else:
            mixed = over(below, self.tops[:, :3], self.tops[:, 3:] / FULL)
        frame[self.soft] = _as_numbers(mixed)


def _as_numbers(rgba: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The same pixels as one number each, which is quicker to pick from."""
    return rgba.reshape(-1).view(np.uint32)
