"""The network as a diagram: a circle for each unit, a line for each weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.legends import LARGE, below
from relu_anim.drawing.marks import Mark, Moving
from relu_anim.drawing.room import POINT, Room, axes_size
from relu_anim.drawing.shapes import Lines, Pen, Points, Spot, Subject
from relu_anim.drawing.strokes import Strokes, joined, mixed
from relu_anim.drawing.theme import Theme
from relu_anim.drawing.words import block_size, text_width
from relu_anim.network import Network
from relu_anim.panels import subjects
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

MANY = 10  # units of a layer, beyond which not all are shown
FIRST = 8  # that are shown then, and the last one
LEVELS = 12  # of width and colour; few, so that most lines stay as they are from one frame to the next
WIDEST = 4.0  # points
RADIUS = 9.0  # points, at most
NAME_SIZES = (10, 9, 8)  # points
NAME_GAP = 8  # pixels between two names
OFF = 4  # points between units and what is written above and below them


class NetworkPanel:
    """Units in columns, layer by layer; lines as wide as the weights are large, coloured by their sign.

    Weights are compared with the largest of their layer in the whole film, of all variants of the same shape.
    """

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        network = self.scene.run.network
        self.columns = [column(size) for size in network.layer_sizes]
        self.axes, self.room = room.add_axes(), room
        self.top, room.tall = self.axes, True
        self.counts: list[Text] = []
        self._arrange()
        self.where, ends, layers = weights_between(network, self.columns)
        self.largest = largest_weights(self.scene)[layers]
        Strokes(self.axes, self.scene.look.theme.grid, 0.5, zorder=1).move(ends)
        faint = self._faint()
        self.lines = WeightLines(self.axes, ends, self.scene.look.theme)
        self.lines.faint = weights_faint(faint)
        self.units = UnitCircles(self.axes, _places(self.columns), self._fills(), self.scene.look.theme)
        self.units.faint = np.concatenate(faint)
        shown = shown_subjects(self.scene, self.columns)
        self.units.subjects = [subject for own in shown for subject in own]
        self.lines.subjects = [
            subjects.weight(self.scene, before, after)
            for layer, later in pairwise(shown)
            for after in later
            for before in layer
        ]
        self.animated: list[Mark] = [self.lines, self.units]
        self._inputs = where_judged(self.scene.run)

    def _fills(self) -> list[str]:
        """The colour of each unit that is shown: its own where no two hidden units share one."""
        network, theme = self.scene.run.network, self.scene.look.theme
        fills = [[theme.background] * len(column.units) for column in self.columns]
        if sum(network.layer_sizes[1:-1]) <= len(theme.units):
            for layer in range(len(network.activations) - 1):
                fills[layer + 1] = [theme.unit_color(number) for number in network.unit_numbers(layer)]
        return [color for own in fills for color in own]

    def _faint(self) -> list[NDArray[np.bool_]]:
        """Which of the shown units of each layer stand back behind highlighted ones; inputs and outputs never do."""
        network, every = self.scene.run.network, self.scene.run.faint
        hidden = [every[network.unit_numbers(layer)] for layer in range(len(network.activations) - 1)]
        first, last = (np.zeros(len(c.units), dtype=bool) for c in (self.columns[0], self.columns[-1]))
        return [first, *(own[c.units] for own, c in zip(hidden, self.columns[1:-1], strict=True)), last]

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Show these weights and dead units."""
        (snapshot,) = snapshots
        self.lines.move(snapshot.parameters[self.where] / self.largest)
        self.units.move(self._dead(snapshot.parameters))

    def finish(self) -> None:
        """Names of layers, and a legend below, of the first variant for all; it names dead units where there are some
        in the film."""
        theme, words = self.scene.look.theme, self.scene.words
        self._write(*fitting_names(self.scene.run, axes_size(self.axes)[0] / len(self.columns) - NAME_GAP))
        if self.scene.number:
            return
        handles = [
            Line2D([], [], color=theme.output, linewidth=3, label=words("weight_above_0")),
            Line2D([], [], color=theme.warning, linewidth=3, label=words("weight_below_0")),
        ]
        if any(map(has_dead_units, self.scene.runs)):
            circle = {"markerfacecolor": theme.grid, "markeredgecolor": theme.muted, "markersize": 8}
            handles.append(Line2D([], [], linestyle="", marker="o", label=words("dead_unit"), **circle))  # type: ignore[arg-type]
        below(self.axes, self.room, handles, drop=self.room.extra.bottom, is_for_all=True)

    def _dead(self, parameters: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the shown units are dead; inputs and outputs never are."""
        if self._inputs is None:
            return np.zeros(len(self.units.places), dtype=bool)
        with np.errstate(all="ignore"):  # just before a divergence
            hidden = self.scene.run.network.dead_units(parameters, self._inputs)
        first, last = (np.zeros(len(c.units), dtype=bool) for c in (self.columns[0], self.columns[-1]))
        shown = [dead[c.units] for dead, c in zip(hidden, self.columns[1:-1], strict=True)]
        return np.concatenate([first, *shown, last])

    def _arrange(self) -> None:
        """What stays: names above, numbers of units below, and marks where units are left out."""
        axes, theme = self.axes, self.scene.look.theme
        half = max(len(c.heights) + (c.gap is not None) for c in self.columns) / 2
        axes.set(xlim=(-0.5, len(self.columns) - 0.5), ylim=(-max(half, 1), max(half, 1)))
        axes.spines[:].set_visible(False)
        axes.grid(visible=False)
        axes.yaxis.set_visible(False)
        axes.tick_params(axis="x", length=0, pad=2, top=True, bottom=False, labeltop=True, labelbottom=False)
        below = {"xytext": (0, -OFF), "textcoords": "offset points", "annotation_clip": False}
        for x, (units, shown) in enumerate(zip(self.scene.run.network.layer_sizes, self.columns, strict=True)):
            place = (x, axes.get_ylim()[0])
            self.counts.append(axes.annotate(str(units), place, ha="center", va="top", color=theme.muted, **below))  # type: ignore[arg-type]
            if shown.gap is not None:
                dots = shown.gap + np.array([-0.25, 0, 0.25])
                axes.plot([x] * 3, dots, "o", markersize=2 if self.room.height > LARGE else 1, color=theme.muted)
        self._write(*fitting_names(self.scene.run, self.room.width / len(self.columns) - NAME_GAP))

    def _write(self, size: int, names: list[str]) -> None:
        """Names of layers and numbers of their units, in letters of this size."""
        if any(len(run.network.layer_sizes) > 2 for run in self.scene.runs):
            names = [name if "\n" in name else f"\n{name}" for name in names]  # as high in all variants
        self.axes.tick_params(axis="x", labelsize=size)
        self.axes.set_xticks(range(len(names)), names, color=self.scene.look.theme.ink, linespacing=1.15, va="bottom")
        for count in self.counts:
            count.set_fontsize(size)
        self.room.extra.bottom = block_size("0", size)[1] + OFF * POINT


@dataclass(frozen=True)
class Column:
    """The units of one layer that are shown, how high each stands, and where the mark for the others is."""

    units: NDArray[np.intp]
    heights: Array
    gap: float | None


def column(size: int) -> Column:
    """A layer of this many units, one unit of height apart and centred on 0, the first on top."""
    if size <= MANY:
        return Column(np.arange(size), (size - 1) / 2 - np.arange(size), None)
    heights = (FIRST + 1) / 2 - np.arange(FIRST + 2)
    return Column(np.append(np.arange(FIRST), size - 1), np.delete(heights, FIRST), float(heights[FIRST]))


def _places(columns: Sequence[Column]) -> list[Array]:
    """The centre of every shown unit, [units, 2] for each layer."""
    return [np.column_stack([np.full(len(c.heights), float(x)), c.heights]) for x, c in enumerate(columns)]


def shown_subjects(scene: Scene, columns: Sequence[Column]) -> list[list[Subject]]:
    """What the shown units of each layer are to pages that name them."""
    every = [subjects.of_layer(scene, layer - 1) for layer in range(len(columns))]
    return [[own[unit] for unit in column.units.tolist()] for own, column in zip(every, columns, strict=True)]


def weights_between(network: Network, columns: Sequence[Column]) -> tuple[NDArray[np.intp], Array, NDArray[np.intp]]:
    """The weights between shown units: where each is in the flat parameters [n], the line it is drawn as [n, 2, 2],
    and its layer [n]."""
    places = _places(columns)
    where, ends, layers = [], [], []
    for slot in network.slots:
        if slot.name == "weight":
            before, after = columns[slot.layer], columns[slot.layer + 1]
            where.append((slot.start + after.units[:, None] * slot.shape[1] + before.units).ravel())
            start, end = np.broadcast_arrays(places[slot.layer], places[slot.layer + 1][:, None])
            ends.append(np.stack([start, end], axis=2).reshape(-1, 2, 2))
            layers.append(np.full(len(where[-1]), slot.layer))
    return np.concatenate(where), np.concatenate(ends), np.concatenate(layers)


def weights_faint(faint: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Which weights between shown units stand back where some of these units do: all that touch no highlighted one."""
    none = [np.zeros(len(own), dtype=bool) for own in faint]
    if not any(own.any() for own in faint):
        return np.concatenate([np.zeros(len(a) * len(b), dtype=bool) for a, b in pairwise(none)])
    strong = [none[0], *(~own for own in faint[1:-1]), none[-1]]
    return np.concatenate([~(before | after[:, None]).ravel() for before, after in pairwise(strong)])


def largest_weights(scene: Scene) -> Array:
    """The largest |weight| of each layer over the film, of all variants of this shape: float64 [layers]."""
    same = [run for run in scene.runs if run.network.layer_sizes == scene.run.network.layer_sizes]
    largest = np.zeros(len(scene.run.network.activations))
    for run in same:
        for slot in run.network.slots:
            if slot.name == "weight":
                found = max(np.abs(run.recording.parameters[i, slot.start : slot.stop]).max() for i in run.shown)
                largest[slot.layer] = max(largest[slot.layer], found)
    return np.where(largest > 0, largest, 1.0)


def where_judged(run: Run) -> Array | None:
    """Where a unit must be off to be dead: the training points, or the grid where each epoch draws its own; float32, as
    in training. None without ReLU units."""
    if not any(activation.name == "relu" for activation in run.network.activations[:-1]):
        return None
    points = run.points or run.task.evaluation_points()
    return points.x.astype(np.float32)


def has_dead_units(run: Run) -> bool:
    """Whether any unit that is shown is dead in any frame; the last frames are the likeliest."""
    x = where_judged(run)
    if x is None:
        return False
    frames = (run.network.dead_units(run.recording.parameters[i], x) for i in run.shown[::-1])
    with np.errstate(all="ignore"):  # just before a divergence
        return any(dead[column(len(dead)).units].any() for layers in frames for dead in layers)


def fitting_names(run: Run, width: float) -> tuple[int, list[str]]:
    """The layers' names with their activations, and a font size at which they fit columns of this many pixels."""
    last, words = len(run.network.activations), run.words
    first, output = words("input"), words("output")
    full, short = [first], [first]
    for layer, activation in enumerate(run.network.activations, start=1):
        is_output = layer == last
        plain = is_output and activation.name == "identity"
        name = output if is_output else words("layer_number", number=str(layer))
        full.append(name + ("" if plain else f"\n{activation.title}"))
        short.append(output if is_output else str(layer))
    for names in (full, [name.partition("\n")[0] for name in full], short):
        for size in NAME_SIZES:
            if max(text_width(name, size) for name in names) <= width:
                return size, names
    return NAME_SIZES[-1], [first, *[""] * (last - 1), output]


class WeightLines(Moving):
    """A line for each weight, its width and colour in LEVELS steps; none for weights near 0."""

    def __init__(self, axes: Axes, ends: Array, theme: Theme, zorder: float = 2) -> None:
        super().__init__(axes, zorder)
        self.ends, self.theme = ends, theme
        self.levels = np.zeros(len(ends), dtype=int)
        self.faint = np.zeros(len(ends), dtype=bool)  # lines that stand back
        self.subjects: Sequence[Subject] = ()  # of each line
        self._pens: dict[tuple[int, float, bool], Pen] = {}

    def move(self, strengths: Array) -> None:
        """Show strengths [lines] from -1 to 1."""
        self.levels = np.rint(np.clip(strengths, -1, 1) * LEVELS).astype(int)

    def spots(self) -> Iterator[Spot]:
        """Each line."""
        for subject, ends in zip(self.subjects, self.ends, strict=True):
            yield Spot(subject, self.to_pixels.transform(ends))

    def color(self, level: int) -> Array:
        """RGB of a level from -LEVELS to LEVELS."""
        sign = to_rgb(self.theme.output if level > 0 else self.theme.warning)
        return mixed(to_rgb(self.theme.background), sign, 0.25 + 0.75 * abs(level) / LEVELS)

    def _pen(self, level: int, widest: float, faint: bool) -> Pen:
        if (level, widest, faint) not in self._pens:
            width = max(self.in_pixels(0.5), widest * abs(level) / LEVELS)
            rgb: Any = self.color(level)
            color = to_rgba(self.theme.faint(to_hex(rgb)) if faint else rgb)
            self._pens[level, widest, faint] = Pen(color, width, snap=False)  # else lines of one level would jump
        return self._pens[level, widest, faint]

    def shapes(self, scale: float = 1) -> Iterator[Lines]:
        """The lines of each level together, the strongest last, and before all of them those that stand back."""
        widest = min(self.in_pixels(WIDEST), 0.2 * _spacing(self.to_pixels)[1])
        for faint in (True, False):
            own = self.faint == faint
            for level in sorted(set(self.levels[own].tolist()) - {0}, key=abs):
                points, starts = joined(self.ends[own & (self.levels == level)])
                yield Lines(self.to_pixels.transform(points), self._pen(level, widest, faint), None, starts)


class UnitCircles(Moving):
    """A circle for each unit, filled with these colours; dead ones are grey with a dashed edge."""

    def __init__(
        self, axes: Axes, columns: Sequence[Array], fills: Sequence[str], theme: Theme, zorder: float = 3
    ) -> None:
        super().__init__(axes, zorder)
        self.places, self.fills, self.theme = np.concatenate(columns), np.array(fills), theme
        self.dead = np.zeros(len(self.places), dtype=bool)
        self.faint = np.zeros(len(self.places), dtype=bool)  # units that stand back
        self.subjects: Sequence[Subject] = ()  # of each circle

    def move(self, dead: NDArray[np.bool_]) -> None:
        """Show which units are dead."""
        self.dead = dead

    def spots(self) -> Iterator[Spot]:
        """Each circle."""
        for subject, place in zip(self.subjects, self.places, strict=True):
            yield Spot(subject, self.to_pixels.transform(place[None]))

    def shapes(self, scale: float = 1) -> Iterator[Points]:
        """Those that live, colour by colour, and those that are dead."""
        across, up = _spacing(self.to_pixels)
        radius = min(0.36 * up, 0.16 * across, self.in_pixels(RADIUS))
        centres, theme = self.to_pixels.transform(self.places), self.theme
        width, dashes = self.in_pixels(1.2), (self.in_pixels(2.4), self.in_pixels(1.8))
        alive, dead = Pen(to_rgba(theme.ink), width), Pen(to_rgba(theme.muted), width, dashes)
        back = Pen(to_rgba(theme.faint(theme.ink)), width)
        for fill, faint in dict.fromkeys(zip(self.fills.tolist(), self.faint.tolist(), strict=True)):
            if (chosen := ~self.dead & (self.fills == fill) & (self.faint == faint)).any():
                look = (to_rgba(theme.faint(fill)), back) if faint else (to_rgba(fill), alive)
                yield Points(centres[chosen], radius, *look)
        if self.dead.any():
            yield Points(centres[self.dead], radius, to_rgba(theme.grid), dead)


def _spacing(to_pixels: Transform) -> tuple[float, float]:
    """Pixels from one column to the next, and from one unit to the next."""
    (left, low), (right, high) = to_pixels.transform([(0, 0), (1, 1)])
    return float(right - left), float(high - low)
