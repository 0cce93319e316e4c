"""The points that are to be learned, as a scatter plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from relu_anim.aliases import Report
from relu_anim.config import DataFigure
from relu_anim.drawing.legends import beside
from relu_anim.drawing.marks import NamedPoints
from relu_anim.drawing.points import class_marks, mark_size, numbered_marks
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.readings import on_axes, points, texts
from relu_anim.drawing.room import Room
from relu_anim.drawing.shapes import Reading, Subject
from relu_anim.drawing.strokes import Marks
from relu_anim.drawing.theme import Theme
from relu_anim.films.alt import source
from relu_anim.targets import Points, sides

MOST_NAMED = 10  # classes in the legend
SHADES = 256  # that colours tell apart


def picture(figure: DataFigure, report: Report) -> Data:
    """The picture of a figure, with its points."""
    fixed = figure.task.fixed_points()
    assert fixed is not None
    return Data(figure, fixed[0])


@dataclass(frozen=True)
class Data:
    """The points of a figure."""

    figure: DataFigure
    points: Points

    def draw(self, axes: Axes, theme: Theme, room: Room) -> None:
        """The points alone: of one input against what is learned, of two in the plane, by class or by value."""
        task, names = self.figure.task, self._columns
        if task.inputs == 1:
            _draw_against_x(axes, self.figure, self.points, self._subjects[0], theme)
            axes.set(xlabel=names[0], ylabel=names[1])
            return
        room.square = True
        if task.class_names:
            _draw_classes(axes, self.points, self._subjects, theme)
        else:
            _draw_values(axes, self.points, names[-1], self._subjects[0], theme, room)
        xlim, ylim = (padded(*side, 0.02) for side in zip(*sides(task.domain, 2), strict=True))
        axes.set(xlim=xlim, ylim=ylim, xlabel=names[0], ylabel=names[1])

    def finish(self, axes: Axes, theme: Theme, room: Room) -> Sequence[str]:
        """The classes by name, unless they are too many."""
        if self._has_classes_in_plane and len(self._subjects) <= MOST_NAMED:
            marks = (mark for mark in axes.get_children() if isinstance(mark, Marks))
            pairs = zip(marks, self._subjects, strict=True)
            beside(axes, room, [mark.handle(subject.name) for mark, subject in pairs])
        return ()

    def readings(self, axes: Axes) -> dict[Subject, Reading]:
        """Each point: of one input with what is learned there, of two by its class, or with its value."""
        x, y, classes = self.points.x, self.points.y, self.figure.task.class_names
        places = x if x.shape[1] == 2 else np.column_stack([x, y])
        columns = dict(zip(self._columns, on_axes(axes, places), strict=False))
        if self._has_classes_in_plane:
            rows = (np.flatnonzero(y[:, 0] == index) for index in range(len(classes)))
            return {
                subject: points(axes, places, columns, own) for subject, own in zip(self._subjects, rows, strict=True)
            }
        last = self._columns[-1]
        if classes:
            columns[last] = [classes[index] for index in y[:, 0].astype(np.intp)]
        elif x.shape[1] == 2:
            columns[last] = texts(y[:, 0], float(np.ptp(y)) / SHADES)
        return {self._subjects[0]: points(axes, places, columns, np.arange(len(x)))}

    @property
    def _has_classes_in_plane(self) -> bool:
        return self.figure.task.inputs == 2 and bool(self.figure.task.class_names)

    @cached_property
    def _columns(self) -> Sequence[str]:
        """What the numbers of a point are called."""
        task, words = self.figure.task, self.figure.animation.wording
        names = list(task.table.columns if task.table else map(words, ("x", "y", "value")))
        if task.inputs == 1:
            return names[0], words("class_axis") if task.class_names else names[1]
        return names

    @cached_property
    def _subjects(self) -> Sequence[Subject]:
        """What a page names: each class in the plane, or all points."""
        task, words = self.figure.task, self.figure.animation.wording
        if not self._has_classes_in_plane:
            return (Subject("point", words("data")),)
        names = task.class_names if task.table else [words("class_name", name=name) for name in task.class_names]
        return [Subject("point", name, variant) for variant, name in enumerate(names)]

    def measure(self) -> dict[str, Any]:
        """How many points there are, and of each class if they have one."""
        metrics: dict[str, Any] = {"points": len(self.points)}
        if names := self.figure.task.class_names:
            counts = np.bincount(self.points.y[:, 0].astype(np.intp), minlength=len(names))
            metrics["classes"] = dict(zip(names, counts.tolist(), strict=True))
        return metrics

    def describe(self, metrics: dict[str, Any]) -> str:
        """How many points of what, and in how many classes."""
        words = self.figure.animation.wording
        shown: dict[str, str | int] = {"n": metrics["points"], "source": source(self.figure.target, words)}
        if "classes" not in metrics:
            return words("alt_scatter", **shown)
        return words("alt_scatter_classes", **shown, classes=str(len(metrics["classes"])))


def _draw_against_x(axes: Axes, figure: DataFigure, points: Points, subject: Subject, theme: Theme) -> None:
    numbered_marks(axes, points, theme, figure.animation.wording).subject = subject
    ylim, names = figure.animation.ylim, figure.task.class_names
    axes.set_xlim(padded(*figure.task.interval, 0.02))
    axes.set_ylim(padded(float(points.y.min()), float(points.y.max())) if ylim == "auto" else ylim)
    if names:
        axes.set_yticks(range(len(names)), names)


def _draw_classes(axes: Axes, points: Points, subjects: Sequence[Subject], theme: Theme) -> None:
    marks = class_marks(axes, points, len(subjects), theme, mark_size(points, 500))
    for mark, subject in zip(marks, subjects, strict=True):
        mark.subject = subject


def _draw_values(axes: Axes, points: Points, name: str, subject: Subject, theme: Theme, room: Room) -> None:
    x, y = points.x.T
    drawn = axes.scatter(x, y, c=points.y[:, 0], s=mark_size(points, 500) ** 2, zorder=3)
    drawn.set(edgecolor=theme.ink, linewidth=0.5)  # the lightest colours are too light for the ground
    drawn.set_cmap(matplotlib.colormaps["viridis"])
    NamedPoints.of(drawn, subject)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.colorbar(drawn, cax=room.add_bar(), label=name)
