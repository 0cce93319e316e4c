"""Lines through as few points as show them as they are. All lines of a film are looked at together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Box

Indices = NDArray[np.intp]


def trimmed(lines: Sequence[Array], box: Box) -> list[Array]:
    """Lines [n, 2] without the points that change nothing inside of a box: those that lie beyond one side of it, as
    the points before and behind them do."""
    points, starts, ends = _joined(lines)
    left, bottom, right, top = box
    beyond = np.stack([points[:, 0] < left, points[:, 0] > right, points[:, 1] < bottom, points[:, 1] > top])
    keep = np.ones(len(points), np.bool_)
    keep[1:-1] = ~(beyond[:, :-2] & beyond[:, 1:-1] & beyond[:, 2:]).any(axis=0)
    return _kept(points, keep, starts, ends)


def thinned(lines: Sequence[Array], most: float) -> list[Array]:
    """Lines [n, 2] through those of their points that keep them within `most` of all others (Douglas and Peucker)."""
    points, starts, ends = _joined(lines)
    keep = np.zeros(len(points), np.bool_)
    first, last = starts, ends
    while len(first):
        far = _farthest(points, first, last, most)
        is_far = far >= 0
        first, middle, last = first[is_far], far[is_far], last[is_far]
        keep[middle] = True
        first, last = np.append(first, middle), np.append(middle, last)
    return _kept(points, keep, starts, ends)


def held(frames: Sequence[Sequence[Array]], most: float) -> list[Sequence[Array]]:
    """The lines of each frame, or those of an earlier one while none of their points is farther than `most` from there,
    in x or in y."""
    found: list[Sequence[Array]] = []
    for lines in frames:
        before = found[-1] if found else ()
        stays = (
            len(before) == len(lines)
            and all(map(np.shape, lines))
            and [len(line) for line in before] == [len(line) for line in lines]
        )
        stays = stays and all(np.abs(old - new).max() <= most for old, new in zip(before, lines, strict=True))
        found.append(before if stays else lines)
    return found


def _farthest(points: Array, first: Indices, last: Indices, most: float) -> Indices:
    """Of each stretch from one point to another the one between them that is farthest from its chord; -1 where none is
    farther than `most`."""
    found = np.full(len(first), -1)
    has_more = np.flatnonzero(last - first > 1)
    if not len(has_more):
        return found
    start, end = first[has_more], last[has_more]
    count = end - start - 1
    offset = np.cumsum(count) - count
    index = np.arange(count.sum()) + np.repeat(start + 1 - offset, count)
    distance = _distance(points, index, start, end, count)
    largest = np.maximum.reduceat(distance, offset)
    at = np.flatnonzero(distance == np.repeat(largest, count))
    firsts = at[np.searchsorted(at, offset)]
    found[has_more] = np.where(largest > most**2, index[firsts], -1)
    return found


def _distance(points: Array, index: Indices, start: Indices, end: Indices, count: Indices) -> Array:
    """The square of how far each point is from the stretch that it belongs to, of which each has so many. In columns,
    since sums along pairs take long."""
    x, y = points[:, 0], points[:, 1]
    across, up = (axis[end] - axis[start] for axis in (x, y))
    square = np.maximum(across**2 + up**2, 1e-300)
    right, high = (axis[index] - np.repeat(axis[start], count) for axis in (x, y))
    share = right * np.repeat(across / square, count)
    share += high * np.repeat(up / square, count)
    share.clip(0, 1, out=share)
    right -= share * np.repeat(across, count)
    high -= share * np.repeat(up, count)
    return np.asarray(right * right + high * high)


def _joined(lines: Sequence[Array]) -> tuple[Array, Indices, Indices]:
    """All points, and the indices of the first and the last one of each line."""
    ends = np.cumsum([len(line) for line in lines])
    return np.concatenate(lines), np.append(0, ends[:-1]), ends - 1


def _kept(points: Array, keep: NDArray[np.bool_], starts: Indices, ends: Indices) -> list[Array]:
    """The lines through the points that are kept, and their ends."""
    keep[starts] = keep[ends] = True
    counts = np.cumsum(keep)
    return np.split(points[keep], counts[ends][:-1])
