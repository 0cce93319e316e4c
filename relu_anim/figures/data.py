"""The points that are to be learned, as a scatter plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from relu_anim.aliases import Report
from relu_anim.config import DataFigure
from relu_anim.drawing.legends import beside
from relu_anim.drawing.points import class_marks, mark_size, numbered_marks
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import Room
from relu_anim.drawing.strokes import Marks
from relu_anim.drawing.theme import Theme
from relu_anim.films.alt import source
from relu_anim.targets import Points, Task, sides

MOST_NAMED = 10  # classes in the legend


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
        task = self.figure.task
        words = self.figure.animation.wording
        columns = task.table.columns if task.table else tuple(map(words, ("x", "y", "value")))
        if task.inputs == 1:
            _draw_against_x(axes, self.figure, self.points, theme)
            axes.set(xlabel=columns[0], ylabel=words("class_axis") if task.class_names else columns[1])
            return
        room.square = True
        if task.class_names:
            _draw_classes(axes, task, self.points, theme)
        else:
            _draw_values(axes, self.points, columns[-1], theme, room)
        xlim, ylim = (padded(*side, 0.02) for side in zip(*sides(task.domain, 2), strict=True))
        axes.set(xlim=xlim, ylim=ylim, xlabel=columns[0], ylabel=columns[1])

    def finish(self, axes: Axes, theme: Theme, room: Room) -> Sequence[str]:
        """The classes by name, unless they are too many."""
        task, words = self.figure.task, self.figure.animation.wording
        names = task.class_names if task.table else [words("class_name", name=name) for name in task.class_names]
        if room.square and 0 < len(names) <= MOST_NAMED:
            marks = (mark for mark in axes.get_children() if isinstance(mark, Marks))
            beside(axes, room, [mark.handle(name) for mark, name in zip(marks, names, strict=True)])
        return ()

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


def _draw_against_x(axes: Axes, figure: DataFigure, points: Points, theme: Theme) -> None:
    numbered_marks(axes, points, theme, figure.animation.wording)
    ylim, names = figure.animation.ylim, figure.task.class_names
    axes.set_xlim(padded(*figure.task.interval, 0.02))
    axes.set_ylim(padded(float(points.y.min()), float(points.y.max())) if ylim == "auto" else ylim)
    if names:
        axes.set_yticks(range(len(names)), names)


def _draw_classes(axes: Axes, task: Task, points: Points, theme: Theme) -> None:
    class_marks(axes, points, len(task.class_names), theme, mark_size(points, 500))


def _draw_values(axes: Axes, points: Points, name: str, theme: Theme, room: Room) -> None:
    x, y = points.x.T
    drawn = axes.scatter(x, y, c=points.y[:, 0], s=mark_size(points, 500) ** 2, zorder=3)
    drawn.set(edgecolor=theme.ink, linewidth=0.5)  # the lightest colours are too light for the ground
    drawn.set_cmap(matplotlib.colormaps["viridis"])
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.colorbar(drawn, cax=room.add_bar(), label=name)
