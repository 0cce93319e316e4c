"""Which units are on, for which inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, Locator
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.labels import InputTicks, height
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.raster import EDGE, Cells
from relu_anim.drawing.room import Room, axes_size
from relu_anim.drawing.theme import LABEL, TICK
from relu_anim.drawing.words import ChangingText, shortened, text_width
from relu_anim.panels.axes import input_name
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

COLUMNS = 301  # of one input
MOST_POINTS = 200  # of several inputs
MOST_ROWS = 256
NUMBERED = 12  # units, up to which each has its number and its colour
OFF, DEAD, ON = range(EDGE + 1, EDGE + 4)  # indices of colours; ON and those after it are the units' own
PART = 15_000  # numbers; memory for larger arrays is asked of the system each time, which takes longer than the sums
LABEL_PIXELS = 17  # from one label to the next
LETTER_PIXELS = 6  # from one class's name to the next
BY_CLASS = ("points, by class", "by class")  # each from the longest to the shortest
BY_VALUE = ("points, by what is learned", "points, by value", "by value")
COUNTS = ("{} of {} units dead", "{} of {} dead", "{}/{} dead")


class ActivationMapPanel:
    """A row for each hidden unit, coloured where its preactivation is > 0. Dead ReLU units are grey, and counted."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        scene, theme = self.scene, self.scene.look.theme
        self.rows = Rows(scene.run.network.layer_sizes[1:-1])
        self.inputs = Inputs(scene.run)
        watched = scene.run.points if scene.run.points is not None else scene.run.task.evaluation_points()
        self.watched = _in_parts(watched.x, max(scene.run.network.layer_sizes))
        self.can_die = any(activation.name == "relu" for activation in scene.run.network.activations[:-1])
        self.top = self.axes = _add_axes(room, self.rows)
        self.inputs.label(self.axes, scene.run)
        colors = [theme.unit_color(unit) for unit in self.rows.units] if self.rows.is_numbered else [theme.output]
        self.on = ON + np.arange(len(self.rows.units))[:, None] if self.rows.is_numbered else np.array([[ON]])
        self.cells = Cells(self.axes, [theme.background, theme.muted, theme.grid, theme.paler(theme.muted), *colors])
        self.cells.arrange(self.rows.positions, self.inputs.breaks, self.inputs.edges)
        self.title = ChangingText(self.axes.set_title("units on", pad=4))
        self.words = COUNTS[0]
        self.animated: list[Mark] = [self.cells]
        if self.can_die:
            self.animated.append(self.title)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Colour the cells, and count the dead."""
        (snapshot,) = snapshots
        network, chosen, parameters = self.scene.run.network, self.rows.chosen, snapshot.parameters.astype(np.float64)
        with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
            hidden = network.forward(parameters, self.inputs.x)[:-1]
            dead = self._dead(parameters)
        is_on = np.concatenate([preactivation for preactivation, _ in hidden], axis=-1).T[chosen] > 0
        off = np.where(dead[chosen, None], DEAD, OFF)
        self.cells.move(np.where(is_on, self.on, off).astype(np.uint8))
        if self.can_die:
            self._count(int(dead.sum()), len(dead))

    def _dead(self, parameters: Array) -> NDArray[np.bool_]:
        """Which of all hidden units are dead."""
        if not self.can_die:
            return np.zeros(self.rows.count, bool)
        return np.all([np.concatenate(self.scene.run.network.dead_units(parameters, x)) for x in self.watched], axis=0)

    def _count(self, dead: int, units: int) -> None:
        above, newline, _ = self.title.text.get_text().rpartition("\n")  # above: the label of a variant
        self.title.say(above + newline + self.words.format(dead, units))

    def finish(self) -> None:
        """Choose words that are no wider than the axes."""
        self.words = _count_words(self.rows.count, axes_size(self.axes)[0])
        self.inputs.label(self.axes, self.scene.run)


def _count_words(units: int, pixels: float) -> str:
    """How the dead among this many units are counted: in as many words as this many pixels have room for."""
    if units == 1:
        return "{} of {} unit dead"
    return next((words for words in COUNTS if text_width(words.format(units, units), LABEL) <= pixels), COUNTS[-1])


def _in_parts(x: Array, width: int) -> list[Array]:
    """Points [n, inputs] in parts for which no array of this many units grows large."""
    return np.array_split(x, max(1, -(-len(x) * width // PART)))


class Rows:
    """The hidden units from top to bottom, layer by layer with gaps between; of many, evenly chosen ones.

    chosen: indices among all hidden units; layers and units: of each row, from 0; positions: the upper end of each row
    in row heights.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        count = sum(sizes)
        self.count = count
        self.chosen = np.linspace(0, count - 1, min(count, MOST_ROWS)).round().astype(int)
        self.layers = np.repeat(np.arange(len(sizes)), sizes)[self.chosen]
        self.units = np.concatenate([np.arange(size) for size in sizes])[self.chosen]
        gap = max(0.016 * len(self.chosen), 0.15)
        self.positions = np.arange(len(self.chosen)) + gap * self.layers
        self.height = float(self.positions[-1] + 1)

    @property
    def is_numbered(self) -> bool:
        """Whether there are so few that each has a number and a colour of its own."""
        return self.count <= NUMBERED

    def labels(self, pixels: float) -> list[tuple[float, str]]:
        """Places in row heights and texts; those that have no room in this many pixels are left out."""
        numbered = self.is_numbered and pixels / self.height >= LABEL_PIXELS
        labels: list[tuple[float, str]] = []
        for layer in range(int(self.layers[-1]) + 1):
            rows = np.flatnonzero(self.layers == layer)
            places = self.positions[rows] + 0.5
            if numbered:
                word = f"layer {layer + 1}:  " if self.layers[-1] else "unit "
                numbers = self.units[rows] + 1
                texts = [(word if row == 0 else "") + str(number) for row, number in enumerate(numbers)]
                labels += zip(places.tolist(), texts, strict=True)
            elif len(rows):
                labels.append((float(places.mean()), f"layer {layer + 1}"))
        return apart(labels, LABEL_PIXELS * self.height / pixels)


class RowTicks(Locator):
    """Ticks at the rows that are named, of which there are the more, the higher the axes are."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def __call__(self) -> list[float]:
        """Where the labels stand."""
        return [place for place, _ in self.rows.labels(height(self))]

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The same, whatever is shown."""
        return self()

    def say(self, place: float, position: int) -> str:
        """What the label there says."""
        return dict(self.rows.labels(height(self))).get(place, "")


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
            axes.xaxis.set_major_locator(InputTicks())
            return
        labels, pixels = BY_CLASS if len(self.classes) else BY_VALUE, axes_size(axes)[0]
        axes.set_xlim(0, len(self.x))
        axes.set_xlabel(next((label for label in labels if text_width(label, LABEL) <= pixels), labels[-1]))
        ends = np.array([0, *self.breaks, len(self.x)])
        names = [run.task.class_names[self.classes[start]] for start in ends[:-1]] if len(self.classes) else []
        rooms = np.diff(ends) / len(self.x) * pixels - LETTER_PIXELS
        short = [shortened(name, room, TICK, fewest=1) for name, room in zip(names, rooms.tolist(), strict=False)]
        axes.set_xticks((ends[:-1] + ends[1:]) / 2 if names else [], short)


def _add_axes(room: Room, rows: Rows) -> Axes:
    axes = room.add_axes()
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_ylim(rows.height, 0)
    ticks = RowTicks(rows)
    axes.yaxis.set_major_locator(ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(ticks.say))
    axes.tick_params(axis="y", length=0)
    if len(rows.chosen) < rows.count:
        axes.set_ylabel(f"{len(rows.chosen)} of {rows.count} units")
    return axes
