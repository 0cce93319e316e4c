"""Pictures of a few colours as regions, in cells from the upper left corner."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Field

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
    return levels(Field(np.pad(bands, 1, mode="edge"), x, y, np.arange(1, int(bands.max()) + 1) - 0.5))


def levels(field: Field) -> dict[int, list[Array]]:
    """The same of values, whose bands end at thresholds."""
    generator = contour_generator(field.x, field.y, field.values.astype(float), fill_type=FillType.OuterOffset)
    found: dict[int, list[Array]] = {}
    for level, threshold in enumerate(field.thresholds[field.thresholds <= field.values.max()].tolist(), 1):
        polygons, offsets, *_ = generator.filled(threshold, np.inf)
        found[level] = [
            np.asarray(points)[start:end]
            for points, parts in zip(polygons, offsets, strict=True)
            for start, end in pairwise(np.asarray(parts).tolist())
        ]
    return found
