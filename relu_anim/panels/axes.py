"""Axes that panels share: over the inputs, with what is to be learned, and over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from relu_anim.aliases import Array
from relu_anim.drawing.labels import InputTicks
from relu_anim.drawing.points import draw_points
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import Room
from relu_anim.panels.runs import COARSE_POINTS, Run
from relu_anim.panels.scenes import Scene


def input_name(run: Run) -> str:
    """What a single input is called."""
    return run.task.table.columns[0] if run.task.table else "x"


def input_axes(room: Room, scene: Scene, label: str) -> Axes:
    """Axes over the shown inputs; what lies outside the training domain is shaded."""
    axes = room.add_axes()
    axes.set_xlim(scene.run.interval)
    axes.set_xlabel(label)
    axes.xaxis.set_major_locator(InputTicks())
    left, right = scene.run.task.interval
    for a, b in ((scene.run.interval[0], left), (right, scene.run.interval[1])):
        if a < b:
            axes.axvspan(a, b, color=scene.look.theme.outside, zorder=0, linewidth=0)
    return axes


def draw_target(axes: Axes, scene: Scene) -> list[tuple[Array, Array]]:
    """Draw the curve and the points to learn; returns their x and y, of the curve where it is learned."""
    drawn: list[tuple[Array, Array]] = []
    task = scene.run.task
    for points, held_out in zip(task.fixed_points() or (), (False, True), strict=False):
        if len(points):
            draw_points(axes, points, scene.look.theme, held_out)
            drawn.append((points.x, points.y))
    if task.function is not None:
        x = np.linspace(*scene.run.interval, 1001)
        y = task.value_at(x[:, None])[:, 0]
        axes.plot(x, y, color=scene.look.theme.target, linestyle=(0, (4, 2)), linewidth=2, label="target", zorder=2.5)
        inside = (x >= task.interval[0]) & (x <= task.interval[1])
        drawn.append((x[inside], y[inside]))
    return drawn


def output_range(scene: Scene, reference: Sequence[Array]) -> tuple[float, float]:
    """The range of the output's axis: what is to be learned, and the outputs of all variants up to its width beyond."""
    ylim = scene.run.experiment.animation.ylim
    if ylim != "auto":
        return ylim
    if scene.run.task.class_names:
        return padded(0.0, 1.0)
    values = np.concatenate([np.ravel(values) for values in reference])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    lowest, highest = (extreme(ends) for extreme, ends in zip((min, max), _extremes(scene), strict=True))
    if scene.run.task.function is not None:  # outside the training domain the target may run away
        target = scene.run.task.value_at(np.linspace(*scene.run.interval, COARSE_POINTS)[:, None])
        target = target[np.isfinite(target)]
        lowest, highest = min(lowest, float(target.min())), max(highest, float(target.max()))
    return padded(max(min(low, lowest), low - span), min(max(high, highest), high + span))


def _extremes(scene: Scene) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The least outputs of all variants, and the greatest, with those of networks beside them at the end."""
    ends = [ends for run in scene.runs for ends in (run.output_extremes, run.ensemble_ends)]
    lows, highs = zip(*ends, strict=True)
    return lows, highs


def epoch_axis(axes: Axes, scenes: Sequence[Scene]) -> None:
    """An x axis of epochs, as far as the longest of the variants."""
    longest = max(int(run.recording.epoch[-1]) for run in scenes[0].runs)
    axes.set_xlabel("epoch")
    axes.set_xlim(0, max(longest, 1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
