"""The network's output against what it is to learn."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from relu_anim.config import DataFigure
from relu_anim.panels.base import Array, Scene, add_axes, output_range, padded
from relu_anim.panels.curves import Curves
from relu_anim.panels.theme import Theme
from relu_anim.recording import Snapshot
from relu_anim.targets import Points


class PredictionPanel:
    """Target dashed, output solid, and the training points where they stay the same."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scene: Scene) -> None:
        self.scene = scene
        self.axes = add_axes(figure, spec, scene, "x")
        self.axes.set_ylabel("y")
        self.reference = draw_target(self.axes, scene)
        self.axes.set_ylim(output_range(scene, [y for _, y in self.reference]))
        self.curve = Curves(self.axes, [scene.theme.output])
        self.animated: list[Artist] = [self.curve]

    def update(self, snapshot: Snapshot) -> None:
        """Move the output's curve."""
        x, stages = self.scene.curves(snapshot)
        self.curve.move(x[:, 0], stages[-1].values)

    def finish(self) -> None:
        """Place the legend where the curves of the whole film leave room."""
        handles, _ = self.axes.get_legend_handles_labels()
        corner = quiet_corner(self.axes, [*self.reference, *self._some_outputs()])
        self.axes.legend(handles=[*handles, self.curve.handle("network")], loc=corner)  # type: ignore[call-overload]

    def _some_outputs(self) -> list[tuple[Array, Array]]:
        """The output's curve in a dozen snapshots."""
        shown = self.scene.shown[np.linspace(0, len(self.scene.shown) - 1, 12).astype(int)]
        x = np.linspace(*self.scene.domain, 201)
        outputs = self.scene.network.output(self.scene.recording.parameters[shown], x[:, None])
        return [(x, output[:, 0]) for output in outputs]


LEGEND = (0.36, 0.2)  # of the axes
CORNERS = {
    "upper center": (0.5 - LEGEND[0] / 2, 1 - LEGEND[1]),
    "upper right": (1 - LEGEND[0], 1 - LEGEND[1]),
    "upper left": (0.0, 1 - LEGEND[1]),
    "lower right": (1 - LEGEND[0], 0.0),
    "lower left": (0.0, 0.0),
    "lower center": (0.5 - LEGEND[0] / 2, 0.0),
}


def quiet_corner(axes: Axes, curves: list[tuple[Array, Array]]) -> str:
    """Where a legend covers the fewest points of these curves (x, y), all in data units."""
    to_axes = axes.transData + axes.transAxes.inverted()
    points = np.concatenate([to_axes.transform(np.column_stack([np.ravel(x), np.ravel(y)])) for x, y in curves])

    def covered(corner: str) -> int:
        low = np.array(CORNERS[corner])
        return int(((points >= low) & (points <= low + LEGEND)).all(axis=1).sum())

    return min(CORNERS, key=covered)


def draw_target(axes: Axes, scene: Scene) -> list[tuple[Array, Array]]:
    """Draw the curve and the points to learn; returns their x and y, of the curve where it is learned."""
    drawn: list[tuple[Array, Array]] = []
    function = scene.experiment.task.function
    if scene.points is not None:
        draw_points(axes, scene.points, scene.theme)
        drawn.append((scene.points.x, scene.points.y))
    if function is not None:
        x = np.linspace(*scene.domain, 1001)
        y = function(x)
        axes.plot(x, y, color=scene.theme.target, linestyle=(0, (4, 2)), linewidth=2, label="target", zorder=2.5)
        inside = (x >= scene.experiment.target.domain[0]) & (x <= scene.experiment.target.domain[1])
        drawn.append((x[inside], y[inside]))
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
