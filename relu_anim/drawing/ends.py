"""Words at the ends of lines, where these are, and last in the margin at the right of their axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from relu_anim.aliases import Array
from relu_anim.drawing.lettering import alike
from relu_anim.drawing.marks import Moving
from relu_anim.drawing.room import POINT, Room
from relu_anim.drawing.series import Trace
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import Theme
from relu_anim.drawing.words import text_width

MOST = 4  # lines that are labelled; of more, a legend is easier to read
WIDEST = 0.28  # of a panel's width, that labels may take
AROUND = 70  # pixels of a panel's height that are not its axes'
SIZE = 10  # points
LEADING = 1.3  # of the size: from one label to the next
GAP = 6  # points between the axes and a label
INSIDE = 0.5  # of the size: that the middle of a letter keeps from the edges of its axes
RISE = 0.36  # of the size: from the baseline to the middle of a letter


@dataclass(frozen=True, eq=False)
class Ending:
    """A line that has its name where it ends, or none, and after it the number that it has reached, as `write` writes
    it: one of `values`. Of variants in columns these are the numbers of all, so that all are labelled alike."""

    name: str
    trace: Trace
    values: Array
    write: Callable[[float], str]
    index: int = 0  # of the line in its trace

    @property
    def place(self) -> tuple[float, float]:
        """Where it ends now: the time and the number."""
        return self.trace.dots[self.index].place

    def text(self, value: float) -> str:
        """The label at a value."""
        return f"{self.name} {self.write(value)}".strip() if np.isfinite(value) else ""

    def widest(self) -> list[str]:
        """Labels, among which is the widest that it will have; all digits are equally wide."""
        return alike(map(self.text, self.values.tolist()))


class EndLabels(Moving):
    """A label for each line, as high as the line's end and in a hue of its own. It follows the line in whole pixels, so
    that its letters keep their shapes; labels that would touch make room for each other."""

    def __init__(self, axes: Axes, colors: Sequence[str]) -> None:
        super().__init__(axes, zorder=5)
        self.colors = [to_rgba(color) for color in colors]
        self.ends: Array = np.full(len(colors), np.nan)
        self.texts: Sequence[str] = [""] * len(colors)
        self.after = np.inf

    def move(self, ends: Sequence[float] | Array, texts: Sequence[str], after: float = np.inf) -> None:
        """Stand where the lines end, in data units, with these words; one whose end is NaN is left out. All stand after
        this x, to which the longest of the lines goes; else beside the axes."""
        self.ends, self.texts, self.after = np.asarray(ends, dtype=float), texts, after

    def shapes(self, scale: float = 1) -> Iterator[Words]:
        """A line of words each."""
        _, bottom, right, top = self.box
        size = self.in_pixels(SIZE)
        if np.isfinite(self.after):
            right = float(self.to_pixels.transform((self.after, self.axes.get_ylim()[0]))[0])
        places = np.zeros((len(self.ends), 2))
        places[:, 1] = self.ends
        with np.errstate(all="ignore"):  # nothing is below a logarithmic axis
            middles = self.to_pixels.transform(places)[:, 1]
        shown = np.flatnonzero(np.isfinite(self.ends))
        low, high = bottom + INSIDE * size, top - INSIDE * size
        middles = middles[shown]
        wanted = np.where(np.isnan(middles), low, middles).clip(low, max(low, high))
        heights = apart(wanted, LEADING * size, low, high)
        left = round(right + self.in_pixels(GAP))
        for index, height in zip(shown.tolist(), heights.tolist(), strict=True):
            yield Words(self.texts[index], left, round(height - RISE * size), size, self.colors[index])


class TraceEnds(EndLabels):
    """The labels of lines that grow, with the numbers that these have reached."""

    def __init__(self, axes: Axes, endings: Sequence[Ending], theme: Theme) -> None:
        self.endings = endings
        super().__init__(axes, [theme.label(ending.trace.curves.colors[ending.index]) for ending in endings])

    def follow(self) -> None:
        """Follow the lines to where they are now."""
        places = [ending.place for ending in self.endings]
        texts = [ending.text(number) for ending, (_, number) in zip(self.endings, places, strict=True)]
        self.move([number for _, number in places], texts, max((time for time, _ in places), default=np.inf))


def name_ends(room: Room, axes: Axes, endings: Sequence[Ending], theme: Theme) -> TraceEnds | None:
    """Labels at the ends of these lines of a panel, and room for them; None where they have none, or are too many."""
    texts = [text for ending in endings for text in ending.widest()]
    return TraceEnds(axes, endings, theme) if endings and keep_margin(room, texts, len(endings)) else None


def keep_margin(room: Room, texts: Sequence[str], lines: int) -> bool:
    """Room at the right of a panel's axes for the labels of so many lines, which may be these; False if it has none."""
    margin = GAP * POINT + max((text_width(text, SIZE) for text in texts), default=0.0)
    height = room.height / max(len(room.plots), 1) - AROUND
    if lines > MOST or margin > WIDEST * room.width or lines * LEADING * SIZE * POINT > height:
        return False
    room.extra.right = max(room.extra.right, margin)
    return True


def apart(wanted: Array, distance: float, low: float, high: float) -> Array:
    """Places [n] as near to the wanted ones as can be, of which no two are nearer to each other than `distance`; from
    low to high where all have room. They keep the order of the wanted ones; of equal ones, the first is the highest."""
    numbers = np.arange(len(wanted))
    order = np.lexsort((-numbers, wanted))
    steps = distance * numbers
    level = _rising(wanted[order] - steps)
    places = np.empty(len(wanted))
    places[order] = level.clip(low, max(low, high - steps[-1] if len(steps) else high)) + steps
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
