"""Shapes that stand still and look alike, together as one where no other lies between them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from relu_anim.drawing.shapes import Area, Box, Lines, Picture, Points, Shape, Words
from relu_anim.encoders.tracks import Track, changes, look, mould
from relu_anim.fonts import Typeface

EDGE = 1  # pixels around a shape that it may touch
SAME = 0.05  # pixels, by which a point may be beside the bend at which it is
A_CHANGE, A_TEXT = 14, 45  # signs of a file
BELOW = 0.3  # of their size, that words reach below their baseline


@dataclass(frozen=True)
class Block:
    """Words at several places that look alike."""

    words: Sequence[Words]


Pair = tuple[Any, Any]  # of what is shown, and of that on dark pages


def joined(pairs: Iterable[tuple[Shape, Shape]], typeface: Typeface) -> list[Pair]:
    """Shapes from the bottom up, each with that of dark pages, in as few as show the same."""
    runs: list[list[tuple[Shape, Shape]]] = []
    boxes: list[list[Box]] = []
    last: dict[Hashable, int] = {}
    for pair in pairs:
        box, key = _box(pair[0], typeface), tuple(map(_looks, pair))
        at = last.get(key) if all(key) else None
        if at is not None and not any(_meet(box, other) for run in boxes[at + 1 :] for other in run):
            runs[at].append(pair)
            boxes[at].append(box)
        else:
            last[key] = len(runs)
            runs.append([pair])
            boxes.append([box])
    return [(_together([light for light, _ in run]), _together([dark for _, dark in run])) for run in runs]


def bundled(tracks: Iterable[Track]) -> Iterator[list[Track]]:
    """Tracks one by one, but together those that are one element: a line and the points at its bends, and texts behind
    each other that change together and look alike."""
    bundle: list[Track] = []
    for track in tracks:
        if bundle and (_are_bends(track, bundle[-1]) or _say_together(track, bundle)):
            bundle.append(track)
            continue
        if bundle:
            yield bundle
        bundle = [track]
    if bundle:
        yield bundle


def _are_bends(points: Track, line: Track) -> bool:
    """Whether there is one of these points, which look alike in all frames, wherever the line bends, and no other."""
    if len({look(shape) for shape in points.shapes if isinstance(shape, Points)}) != 1:
        return False
    if len(points.shapes) != len(line.shapes) or len(line.shapes) == 1:
        return False
    return all(map(_stands_at_bends, points.shapes, line.shapes))


def _stands_at_bends(points: Points | None, line: Shape | None) -> bool:
    if points is None and line is None:
        return True
    if not isinstance(line, Lines) or len(line.starts) > 1:
        return False
    bends = line.points[1:-1]
    if points is None:
        return not len(bends)
    is_plain = points.clip == line.clip and (points.edge is not None or points.fill[3] in {0, 1})
    return is_plain and bends.shape == points.places.shape and bool((abs(bends - points.places) <= SAME).all())


def _say_together(track: Track, bundle: Sequence[Track]) -> bool:
    key = _type(track)
    return bool(key) and key == _type(bundle[0]) and _cost([*bundle, track]) < _cost(bundle) + _cost([track])


def _type(track: Track) -> Hashable:
    """What texts share that can change together; None of all else."""
    if not changes(track):
        return None
    pairs = zip(track.shapes, track.dark, strict=True)
    types = {(mould(words), words.color, dark.color) for words, dark in pairs if words is not None}
    return types.pop() if len(types) == 1 else None


def _cost(tracks: Sequence[Track]) -> int:
    """About how many signs texts take that change together."""
    return len(set(zip(*(track.shapes for track in tracks), strict=True))) * (A_CHANGE + A_TEXT * len(tracks))


def _looks(shape: Shape) -> Hashable:
    """What shapes share that can be one; None of those that cannot."""
    match shape:
        case Lines() if shape.pen.color[3] == 1 and not shape.pen.dashes:
            return Lines, shape.pen, shape.clip, shape.subject
        case Words() if not shape.angle:
            return Words, shape.size, shape.weight, shape.align, shape.color
    return None


def _together(shapes: Sequence[Shape]) -> Shape | Block:
    first = shapes[0]
    if len(shapes) == 1:
        return first
    if isinstance(first, Words):
        return Block([shape for shape in shapes if isinstance(shape, Words)])
    lines = [line for shape in shapes if isinstance(shape, Lines) for line in shape.lines]
    starts = np.cumsum([0, *map(len, lines[:-1])]).tolist()
    assert isinstance(first, Lines)
    return replace(first, points=np.concatenate(lines), starts=tuple(starts))


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _box(shape: Shape, typeface: Typeface) -> Box:
    """Where a shape is seen, or a little more."""
    match shape:
        case Words():
            return _around_words(shape, typeface)
        case Picture():
            height, width = (side / shape.scale for side in shape.cells.shape)
            return shape.left, shape.bottom, shape.left + width, shape.bottom + height
        case Lines():
            points, reach = shape.points, shape.pen.width
        case Area():
            points, reach = shape.outline, 0.0
        case Points():
            points = shape.places
            reach = float(np.abs(shape.outline).max()) + (shape.edge.width if shape.edge else 0)
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return 0.0, 0.0, 0.0, 0.0
    (left, bottom), (right, top) = (
        (known.min(axis=0) - reach - EDGE).tolist(),
        (known.max(axis=0) + reach + EDGE).tolist(),
    )
    if shape.clip is None:
        return left, bottom, right, top
    cut = shape.clip
    return max(left, cut[0] - EDGE), max(bottom, cut[1] - EDGE), min(right, cut[2] + EDGE), min(top, cut[3] + EDGE)


def _around_words(words: Words, typeface: Typeface) -> Box:
    width = typeface.width(words.text, words.size, words.weight)
    start = {"left": 0.0, "center": 0.5, "right": 1.0}[words.align] * width
    if words.angle:
        reach = width + words.size
        return words.x - reach, words.y - reach, words.x + reach, words.y + reach
    return words.x - start, words.y - BELOW * words.size, words.x - start + width, words.y + words.size
