"""The rows and the columns of an activation map: its units, and the inputs at which it shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import Locator

from relu_anim.drawing.labels import height, number_inputs
from relu_anim.drawing.room import axes_size
from relu_anim.drawing.theme import LABEL, TICK
from relu_anim.drawing.words import fitting, shortened
from relu_anim.panels.axes import input_name
from relu_anim.panels.runs import Run
from relu_anim.words import Wording

COLUMNS = 301  # of one input
MOST_POINTS = 200  # of several inputs
MOST_ROWS = 256
COLORED = 12  # units, up to which each has its colour
LABEL_PIXELS = 17  # from one label to the next
SMALL_PIXELS = 9  # of numbers in small letters
LETTER_PIXELS = 6  # from one class's name to the next
BY_CLASS = ("points_by_class", "by_class")  # each from the longest to the shortest
BY_VALUE = ("points_by_what_is_learned", "points_by_value", "by_value")


class Rows:
    """The hidden units from top to bottom, layer by layer with gaps between; of many, evenly chosen ones.

    chosen: indices among all hidden units; layers and units: of each row, from 0; positions: the upper end of each row
    in row heights.
    """

    def __init__(self, sizes: Sequence[int], words: Wording) -> None:
        self.words = words
        count = sum(sizes)
        self.count = count
        self.chosen = np.linspace(0, count - 1, min(count, MOST_ROWS)).round().astype(int)
        self.layers = np.repeat(np.arange(len(sizes)), sizes)[self.chosen]
        self.units = np.concatenate([np.arange(size) for size in sizes])[self.chosen]
        gap = max(0.016 * len(self.chosen), 0.15)
        self.positions = np.arange(len(self.chosen)) + gap * self.layers
        self.height = float(self.positions[-1] + 1)

    @property
    def is_colored(self) -> bool:
        """Whether there are so few that each has a colour of its own."""
        return self.count <= COLORED

    def are_named(self, pixels: float) -> bool:
        """Whether each has room for its number, in this many pixels for all."""
        return len(self.chosen) == self.count and pixels / self.height >= SMALL_PIXELS

    def are_small(self, pixels: float) -> bool:
        """Whether their numbers have room in small letters alone."""
        return self.are_named(pixels) and pixels / self.height < LABEL_PIXELS

    def labels(self, pixels: float, line: float = LABEL_PIXELS) -> list[tuple[float, str]]:
        """Places in row heights and texts; those that have no room in this many pixels, in lines that are so high, are
        left out."""
        labels: list[tuple[float, str]] = []
        for layer in range(int(self.layers[-1]) + 1):
            rows = np.flatnonzero(self.layers == layer)
            places = self.positions[rows] + 0.5
            layer_name = self.words("layer_number", number=str(layer + 1))
            if self.are_named(pixels):
                first, *others = map(str, self.units[rows] + 1)
                first = f"{layer_name}:  {first}" if self.layers[-1] else self.words("unit_number", number=first)
                texts = [first, *others]
                labels += zip(places.tolist(), texts, strict=True)
            elif len(rows):
                labels.append((float(places.mean()), layer_name))
        return apart(labels, line * self.height / pixels)


class RowTicks(Locator):
    """Ticks at the rows that are named, of which there are the more, the higher the axes are. `line` is how high each
    name is, in pixels."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.line = rows, LABEL_PIXELS

    def __call__(self) -> list[float]:
        """Where the labels stand."""
        return [place for place, _ in self._labels()]

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The same, whatever is shown."""
        return self()

    def say(self, place: float, position: int) -> str:
        """What the label there says."""
        return dict(self._labels()).get(place, "")

    def _labels(self) -> list[tuple[float, str]]:
        return self.rows.labels(height(self), self.line)


def apart(labels: list[tuple[float, str]], distance: float) -> list[tuple[float, str]]:
    """The labels without those that come closer than `distance` to the one before them."""
    kept: list[tuple[float, str]] = []
    for place, text in labels:
        if not kept or place - kept[-1][0] >= distance * 0.999:
            kept.append((place, text))
    return kept


class Inputs:
    """The columns: evenly over the shown domain of one input; of several, points in the order of what is learned.

    x float64 [columns, inputs]; breaks: the columns at which a class begins, but for the first; edges: where the
    training domain ends inside the shown one, as shares of its width.
    """

    def __init__(self, run: Run) -> None:
        self.breaks = np.zeros(0, np.intp)
        self.edges: list[float] = []
        self.classes = np.zeros(0, np.intp)
        if run.network.layer_sizes[0] == 1:
            low, high = run.interval
            shares = (np.arange(COLUMNS) + 0.5) / COLUMNS
            self.x = (low + shares * (high - low))[:, None]
            places = [(end - low) / (high - low) for end in run.task.interval]
            self.edges = [place for place in places if 0 < place < 1]
            return
        points = run.points if run.points is not None else run.task.evaluation_points()
        order = np.lexsort((points.x[:, 0], points.y[:, 0]))
        order = order[np.linspace(0, len(order) - 1, min(len(order), MOST_POINTS)).round().astype(int)]
        self.x = points.x[order]
        if run.task.class_names:
            self.classes = points.y[order, 0].astype(np.intp)
            self.breaks = np.flatnonzero(np.diff(self.classes)) + 1

    def label(self, axes: Axes, run: Run) -> None:
        """Name the x axis, in words that are no wider: the input itself, or which class the points are of."""
        if run.network.layer_sizes[0] == 1:
            axes.set(xlim=run.interval, xlabel=input_name(run))
            number_inputs(axes.xaxis)
            return
        labels = list(map(run.words, BY_CLASS if len(self.classes) else BY_VALUE))
        pixels = axes_size(axes)[0]
        axes.set_xlim(0, len(self.x))
        axes.set_xlabel(fitting(labels, pixels, LABEL) or labels[-1])
        ends = np.array([0, *self.breaks, len(self.x)])
        names = [run.task.class_names[self.classes[start]] for start in ends[:-1]] if len(self.classes) else []
        rooms = np.diff(ends) / len(self.x) * pixels - LETTER_PIXELS
        short = [shortened(name, room, TICK, fewest=1) for name, room in zip(names, rooms.tolist(), strict=False)]
        axes.set_xticks((ends[:-1] + ends[1:]) / 2 if names else [], short)
