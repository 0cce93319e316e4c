"""The network's output against what it is to learn."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from relu_anim.config import DataFigure
from relu_anim.panels.base import Array, Scene, add_axes, output_range, padded
from relu_anim.panels.theme import Theme
from relu_anim.recording import Snapshot
from relu_anim.targets import Points


class PredictionPanel:
    """Target dashed, output solid, and the training points where they stay the same."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scene: Scene) -> None:
        self.scene = scene
        self.axes = add_axes(figure, spec, scene, "x")
        self.axes.set_ylabel("y")
        reference = draw_target(self.axes, scene)
        self.axes.set_ylim(output_range(scene, reference))
        (self.line,) = self.axes.plot([], [], color=scene.theme.output, label="network", zorder=3)
        self.animated: list[Artist] = [self.line]

    def update(self, snapshot: Snapshot) -> None:
        """Move the output's curve."""
        x, stages = self.scene.curves(snapshot)
        self.line.set_data(x[:, 0], stages[-1].values[:, 0])

    def finish(self) -> None:
        """Place the legend where the curves of the last snapshot leave room."""
        self.axes.legend(loc="best")


def draw_target(axes: Axes, scene: Scene) -> list[Array]:
    """Draw the curve and the points to learn; returns their y values."""
    drawn: list[Array] = []
    function = scene.experiment.task.function
    if scene.points is not None:
        draw_points(axes, scene.points, scene.theme)
        drawn.append(scene.points.y)
    if function is not None:
        x = np.linspace(*scene.domain, 1001)
        y = function(x)
        axes.plot(x, y, color=scene.theme.target, linestyle=(0, (4, 2)), linewidth=2, label="target", zorder=2.5)
        inside = (x >= scene.experiment.target.domain[0]) & (x <= scene.experiment.target.domain[1])
        drawn.append(y[inside])
    return drawn


def draw_points(axes: Axes, points: Points, theme: Theme) -> None:
    """The training points, smaller where there are many."""
    size = float(np.clip(4000 / len(points), 4, 22))
    axes.scatter(points.x, points.y, s=size, color=theme.target, alpha=0.45, linewidths=0, label="data", zorder=2)


def draw_data(axes: Axes, figure: DataFigure, theme: Theme) -> None:
    """The points alone."""
    fixed = figure.task.fixed_points()
    assert fixed is not None
    draw_points(axes, fixed[0], theme)
    ylim = figure.animation.ylim
    low, high = float(fixed[0].y.min()), float(fixed[0].y.max())
    axes.set(xlim=padded(*figure.target.domain, 0.02), xlabel="x", ylabel="y")
    axes.set_ylim(padded(low, high) if ylim == "auto" else ylim)
