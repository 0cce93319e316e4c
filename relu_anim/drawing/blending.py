"""Colours over pixels that may be transparent. Where these are opaque, there are quicker ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relu_anim.aliases import Array

FULL = 255


def is_opaque(frame: NDArray[np.uint8]) -> bool:
    """Whether the page is not seen through a frame [height, width, RGBA]. Its corner tells, in which nothing is drawn:
    to look at all that is below a word would take longer than to set it."""
    return bool(frame[0, 0, 3] == FULL)


def over(pixels: NDArray[np.uint8], color: ArrayLike, share: Array) -> NDArray[np.uint8]:
    """Pixels [..., RGBA] below a colour, RGB up to 255, that covers this share of each [..., 1]. The colours are not
    multiplied with their opacity."""
    rest = pixels[..., 3:] / FULL * (1 - share)
    whole = share + rest
    mixed = (np.asarray(color) * share + pixels[..., :3] * rest) / np.where(whole > 0, whole, 1)
    return np.rint(np.concatenate([mixed, FULL * whole], axis=-1)).astype(np.uint8)


def matted(frame: NDArray[np.uint8], ground: ArrayLike) -> NDArray[np.uint8]:
    """The frame [height, width, RGBA] with each pixel either opaque, over a ground, or transparent where there is
    nothing."""
    opacity = frame[..., 3:].astype(np.uint16)
    mixed = frame[..., :3] * opacity + np.asarray(ground, np.uint16) * (FULL - opacity)
    colors = (mixed + FULL // 2) // FULL
    return np.concatenate([colors, FULL * (opacity > 0)], axis=-1).astype(np.uint8)
