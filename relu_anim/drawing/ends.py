"""Words at the ends of lines, in the margin at the right of their axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from relu_anim.aliases import Array
from relu_anim.drawing.marks import Moving
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.words import text_width

SIZE = 10  # points
LEADING = 1.3  # of the size: from one label to the next
GAP = 6  # points between the axes and a label
RISE = 0.36  # of the size: from the baseline to the middle of a letter


class EndLabels(Moving):
    """A label for each line, as high as the line's end and in a hue of its own. It follows the line in whole pixels, so
    that its letters keep their shapes; labels that would touch make room for each other."""

    def __init__(self, axes: Axes, colors: Sequence[str]) -> None:
        super().__init__(axes, zorder=5)
        self.colors = [to_rgba(color) for color in colors]
        self.ends: Array = np.full(len(colors), np.nan)
        self.texts: Sequence[str] = [""] * len(colors)

    def move(self, ends: Sequence[float] | Array, texts: Sequence[str]) -> None:
        """Stand where the lines end, in data units, with these words; one whose end is NaN is left out."""
        self.ends, self.texts = np.asarray(ends, dtype=float), texts

    def shapes(self, scale: float = 1) -> Iterator[Words]:
        """A line of words each."""
        _, bottom, right, top = self.box
        size = self.in_pixels(SIZE)
        middles = self.to_pixels.transform(np.column_stack([np.zeros(len(self.ends)), self.ends]))[:, 1]
        shown = np.flatnonzero(np.isfinite(self.ends))
        places = apart(np.clip(middles[shown], bottom, top), LEADING * size, bottom, top)
        left = round(right + self.in_pixels(GAP))
        for index, place in zip(shown.tolist(), places.tolist(), strict=True):
            yield Words(self.texts[index], left, round(place - RISE * size), size, self.colors[index])


def margin_of_ends(texts: Sequence[str]) -> float:
    """Points beside the axes that the widest of these labels takes."""
    return GAP + max((text_width(text, SIZE) for text in texts), default=0.0)


def apart(wanted: Array, distance: float, low: float, high: float) -> Array:
    """Places [n] as near to the wanted ones as can be, of which no two are nearer to each other than `distance`; from
    low to high where all have room. They keep the order of the wanted ones."""
    order = np.argsort(wanted, kind="stable")
    steps = distance * np.arange(len(wanted))
    level = _rising(wanted[order] - steps)
    places = np.empty(len(wanted))
    places[order] = np.clip(level, low, max(low, high - steps[-1] if len(steps) else high)) + steps
    return places


def _rising(values: Array) -> Array:
    """The numbers nearest to these that never fall: neighbours that do become their mean."""
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, count = value, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    return np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
