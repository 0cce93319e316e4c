"""Pictures of a few colours as regions, in cells from the upper left corner."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from relu_anim.aliases import Array

Cells = NDArray[np.integer] | NDArray[np.bool_]


def rectangles(cells: Cells) -> dict[int, str]:
    """The rectangles of each colour, exactly, as the `d` of a path: runs in rows that are alike."""
    found: dict[int, list[str]] = {}
    starts = np.append(0, np.flatnonzero((cells[1:] != cells[:-1]).any(axis=1)) + 1)
    for top, bottom in pairwise([*starts.tolist(), len(cells)]):
        row = cells[top]
        edges = np.append(0, np.flatnonzero(row[1:] != row[:-1]) + 1).tolist()
        for left, right in pairwise([*edges, len(row)]):
            run = f"M{left} {top}h{right - left}v{bottom - top}h{left - right}"
            found.setdefault(int(row[left]), []).append(run)
    return {color: "".join(runs) for color, runs in found.items()}


def heights(bands: Cells) -> dict[int, list[Array]]:
    """For each band but the lowest the outlines [n, 2] of all that is as high, with holes: each band then lies
    over those below it, without a seam."""
    height, width = bands.shape
    x, y = (np.concatenate([[0], np.arange(side) + 0.5, [side]]) for side in (width, height))
    contours = contour_generator(x, y, np.pad(bands, 1, mode="edge").astype(float), fill_type=FillType.OuterOffset)
    found: dict[int, list[Array]] = {}
    for level in range(1, int(bands.max()) + 1):
        polygons, offsets, *_ = contours.filled(level - 0.5, np.inf)
        found[level] = [
            np.asarray(points)[start:end]
            for points, parts in zip(polygons, offsets, strict=True)
            for start, end in pairwise(np.asarray(parts).tolist())
        ]
    return found
