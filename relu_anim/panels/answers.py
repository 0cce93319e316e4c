"""How a network's output over the plane is read: as a choice between classes, or as a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.aliases import Array
from relu_anim.drawing.bands import Bands, Levels, Reader, numbers, several_classes, two_classes
from relu_anim.drawing.labels import NumberTicks
from relu_anim.drawing.legends import LARGE
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.points import class_marks, mark_size
from relu_anim.drawing.room import Room, line_scale
from relu_anim.drawing.strokes import Marks, Strokes
from relu_anim.drawing.words import cut
from relu_anim.panels import subjects
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.targets import Domain, Points, plane_grid, sides

LONGEST_NAME = 16  # characters
NAMED_CLASSES = 5
MOST_POINTS = 2000  # that are drawn
COARSE_SIDE = 31  # of the grid for the range of numbers over a film
LOOKED_AT = 40  # snapshots, for that range
CHUNK = 2048  # points looked at together, few enough that their units' values stay in the processor's cache
FAR = 1e30  # in place of all that is larger, whose differences may be infinite
SCALE_TICKS = 6


class View(Protocol):
    """One way to read the output. `colors` [bands, 3] are those of the map, RGB from 0 to 1; of `bands` also where
    they begin."""

    bands: Bands
    colors: Array

    def answers(self, parameters: Array, grid: Array) -> Array:
        """What is mapped, [maps, side, side], at a grid of points [side², 2]."""

    def reader(self, answers: Array) -> Reader:
        """What gives each pixel its band."""

    def boundary(self, answers: Array, domain: Domain) -> list[Array]:
        """The lines between classes, [n, 2] each."""

    def draw(self, axes: Axes, room: Room) -> list[Mark]:
        """Make what does not move but lies over the map or beside it."""

    def handles(self) -> list[Line2D]:
        """The entries of a legend."""


def view_of(scene: Scene) -> View:
    """The way that fits what is learned."""
    names = scene.run.task.class_names
    if not names:
        return Numbers(scene)
    return TwoClasses(scene) if len(names) == 2 else SeveralClasses(scene)


def outputs(run: Run, parameters: Array, grid: Array) -> Array:
    """[outputs, side, side]: numbers in their own unit or logits, in float32; 0 where they are not numbers."""
    network, side = run.network, round(len(grid) ** 0.5)
    is_squashed = run.task.class_names and network.activations[-1].name == "sigmoid"
    parameters, grid = parameters.astype(np.float32), network.scaled(grid).astype(np.float32)
    layers = (network.inner.forward(parameters, grid[i : i + CHUNK])[-1] for i in range(0, len(grid), CHUNK))
    with np.errstate(all="ignore"):
        values = np.concatenate([(before if is_squashed else after).T for before, after in layers], axis=1)
        values = values * np.float32(network.output_spread) + np.float32(network.output_center)
    return np.clip(np.nan_to_num(values, nan=0.0), -FAR, FAR).reshape(-1, side, side)


def contour(values: Array, level: float, domain: Domain) -> list[Array]:
    """The lines [n, 2] along which values on a grid [y, x] over a rectangle have this level."""
    x, y = np.linspace(*sides(domain, 2), len(values), axis=1)
    generator = contourpy.contour_generator(x, y, values, line_type=contourpy.LineType.Separate)
    return [line for line in generator.lines(level) if len(line) > 1]  # type: ignore[misc]


class _Classes:
    """What two and several classes share: their points."""

    def __init__(self, scene: Scene, palette: Bands) -> None:
        self.scene, self.bands, self.colors = scene, palette, palette.colors
        self.marks: list[Marks] = []
        self.test_marks: list[Marks] = []

    def draw(self, axes: Axes, room: Room) -> list[Mark]:
        """The points, those held out hollow; where each epoch draws its own, those that the loss is measured at."""
        task, theme = self.scene.run.task, self.scene.look.theme
        training, test = task.fixed_points() or (task.evaluation_points(), None)
        look = len(task.class_names), theme, mark_size(training, room.shorter)
        self.marks = class_marks(axes, _thinned(training), *look)
        if test is not None and len(test):
            self.test_marks = class_marks(axes, _thinned(test), *look, held_out=True)
        words = self.scene.words
        for mark, name in zip(self.marks, task.class_names, strict=True):
            mark.subject = subjects.shared(subjects.POINT, words("class_name", name=name))
        for mark in self.test_marks:
            mark.subject = subjects.shared(subjects.POINT, words("held_out"))
        return [*self.marks, *self.test_marks]

    def handles(self) -> list[Line2D]:
        """The classes, the first few by name."""
        names, words = self.scene.run.task.class_names, self.scene.words
        if self.scene.run.task.table is None:
            names = tuple(words("class_name", name=name) for name in names)
        entries = [mark.handle(cut(name, LONGEST_NAME)) for mark, name in zip(self.marks, names, strict=True)]
        if len(names) > NAMED_CLASSES + 1:
            more = words("more_classes", n=len(names) - NAMED_CLASSES)
            entries[NAMED_CLASSES:] = [Line2D([], [], linestyle="", label=more)]
        return [*entries, *(mark.handle(words("held_out")) for mark in self.test_marks[:1])]


class TwoClasses(_Classes):
    """One logit, or the difference of two: the second class where it is positive."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene, two_classes(scene.look.theme))

    def answers(self, parameters: Array, grid: Array) -> Array:
        """[1, side, side]: the logit of the second class."""
        logits = outputs(self.scene.run, parameters, grid)
        return logits if len(logits) == 1 else logits[1:] - logits[:1]

    def reader(self, answers: Array) -> Reader:
        """The band of the logit."""
        return Levels(self.bands, answers[0])

    def boundary(self, answers: Array, domain: Domain) -> list[Array]:
        """Where the logit is 0."""
        return contour(answers[0], 0.0, domain)


class SeveralClasses(_Classes):
    """One logit for each class, of which the largest wins."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene, several_classes(scene.look.theme))

    def answers(self, parameters: Array, grid: Array) -> Array:
        """[classes, side, side]: the logits."""
        return outputs(self.scene.run, parameters, grid)

    def reader(self, answers: Array) -> Reader:
        """The winner's colour, as strong as it is probable. Near a boundary the winner is that of the nearest point of
        the grid; the line hides the steps."""
        winner = answers.argmax(axis=0).astype(np.uint8)
        probability = 1 / np.exp(answers - answers.max(axis=0)).sum(axis=0)
        steps = len(self.bands.thresholds) + 1
        base = winner % (len(self.colors) // steps) * np.uint8(steps)
        return lambda stretch: stretch.nearest(base) + self.bands.of(stretch(probability))

    def boundary(self, answers: Array, domain: Domain) -> list[Array]:
        """Where the winner changes: for each class but the last, where it leads the best of the others by 0."""
        lines: list[Array] = []
        best, second = two_largest(answers)
        for logits in answers[:-1]:
            lead = logits - np.where(logits == best, second, best)
            if lead.max() > 0:
                lines += contour(lead, 0.0, domain)
        return lines


class Numbers:
    """A number, in bands between round numbers, which a scale beside the map shows: beside the last of all variants."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.bands, self.edges = numbers(scene.look.theme, *number_range(scene))
        self.colors = self.bands.colors
        self.entries: list[Line2D] = []

    def answers(self, parameters: Array, grid: Array) -> Array:
        """[1, side, side]: the output."""
        return outputs(self.scene.run, parameters, grid)

    def reader(self, answers: Array) -> Reader:
        """The band of the output."""
        return Levels(self.bands, answers[0])

    def boundary(self, answers: Array, domain: Domain) -> list[Array]:
        """Numbers have none."""
        return []

    def draw(self, axes: Axes, room: Room) -> list[Mark]:
        """The scale; over the map the target's contours at the bands' edges, or the points in their bands' colours."""
        if self.scene.number == len(self.scene.runs) - 1:
            self._draw_scale(room)
        task = self.scene.run.task
        if task.function is not None:
            target = Strokes(axes, self.scene.look.theme.ink, 1.2 * line_scale(room.shorter), (0, (4, 2.5)))
            target.subject = subjects.target(self.scene)
            target.move(target_contours(self.scene.run, self.bands.thresholds))
            self.entries = [target.handle(self.scene.words("target"))]
            return [target]
        training, test = task.fixed_points() or (task.evaluation_points(), None)
        size = mark_size(training, room.shorter)
        marks = list(self._colored(axes, training, "o", size))
        self.entries = [marks[-1].handle(self.scene.words("data"))]
        self._say(marks, "data")
        if test is not None and len(test):
            marks += (held_out := list(self._colored(axes, test, "D", size)))
            self.entries.append(marks[-1].handle(self.scene.words("held_out")))
            self._say(held_out, "held_out")
        return list(marks)

    def _colored(self, axes: Axes, points: Points, marker: str, size: float) -> Iterator[Marks]:
        thinned = _thinned(points)
        band = self.bands.of(thinned.y[:, 0])
        for index in np.unique(band):
            face = tuple(self.colors[index].tolist())
            yield Marks(axes, thinned.x[band == index], marker, face, self.scene.look.theme.ink, size)

    def _say(self, marks: Sequence[Marks], word: str) -> None:
        for mark in marks:
            mark.subject = subjects.shared(subjects.POINT, self.scene.words(word))

    def _draw_scale(self, room: Room) -> None:
        scale = room.add_bar()
        extent = (0, 1, float(self.edges[0]), float(self.edges[-1]))
        scale.imshow(self.colors[:, None], extent=extent, aspect="auto", origin="lower", interpolation="nearest")
        scale.set(xticks=[])
        scale.grid(visible=False)
        scale.spines[:].set_visible(False)
        scale.yaxis.set_major_locator(NumberTicks(SCALE_TICKS, steps=[1, 2, 2.5, 5, 10]))
        table = self.scene.run.task.table
        if table is not None or room.shorter >= LARGE:
            name = self.scene.words("output") if table is None else cut(table.columns[-1], LONGEST_NAME)
            scale.set_ylabel(name)

    def handles(self) -> list[Line2D]:
        """The target's contours, or the points."""
        return list(self.entries)


def number_range(scene: Scene) -> tuple[float, float]:
    """One range for all variants: what is to be learned, and the outputs up to its width beyond."""
    ylim = scene.run.experiment.animation.ylim
    if ylim != "auto":
        return ylim
    runs = [run for run in scene.runs if not run.task.class_names]
    values = np.concatenate([run.task.evaluation_points().y for run in runs])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    reached = np.concatenate([_some_outputs(run).ravel() for run in runs])
    return max(min(low, float(reached.min())), low - span), min(max(high, float(reached.max())), high + span)


def _some_outputs(run: Run) -> Array:
    """Outputs on a coarse grid in some of the shown snapshots."""
    grid = plane_grid(run.domain, COARSE_SIDE)
    some = np.unique(np.linspace(0, len(run.shown) - 1, LOOKED_AT).astype(int))
    return np.stack([outputs(run, run.recording.parameters[i], grid) for i in run.shown[some]])


def target_contours(run: Run, levels: Array) -> list[Array]:
    """Where the target has these values, over all that is shown."""
    side = 201
    with np.errstate(all="ignore"):
        values = run.task.value_at(plane_grid(run.domain, side)).reshape(side, side)
    return [line for level in levels for line in contour(values, float(level), run.domain)]


def two_largest(maps: Array) -> tuple[Array, Array]:
    """The largest of several maps at each place, and the next."""
    best, second = maps[0], np.full_like(maps[0], -np.inf)
    for values in maps[1:]:
        second = np.maximum(second, np.minimum(best, values))
        best = np.maximum(best, values)
    return best, second


def _thinned(points: Points) -> Points:
    """All points, or of too many every n-th."""
    step = -(-len(points) // MOST_POINTS)
    return Points(points.x[::step], points.y[::step])
