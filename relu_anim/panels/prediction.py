"""The network's output against what it is to learn."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.drawing.curves import Curves, Dots, dot_handle
from relu_anim.drawing.legends import blank, place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.theme import Theme
from relu_anim.drawing.words import ChangingText
from relu_anim.panels.base import Array, Scene, add_axes, input_name, output_range
from relu_anim.panels.ensembles import OutputCrowd, crowds, is_replaced, line_handles
from relu_anim.recording import Snapshot
from relu_anim.targets import Points


class PredictionPanel:
    """Target dashed, output solid, the training points where they stay the same, and dots where the output bends."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scenes: Sequence[Scene]) -> None:
        self.scenes, self.spec = scenes, spec
        scene = scenes[0]
        self.axes = self.top = add_axes(figure, spec, scene, input_name(scene))
        self.axes.set_ylabel(_quantity(scene))
        self.reference = draw_target(self.axes, scene)
        self.axes.set_ylim(output_range(scene, [y for _, y in self.reference]))
        self.crowds = crowds(OutputCrowd, self.axes, scenes)
        single = [scene for scene in scenes if not is_replaced(self.crowds, scene)]
        self.curves = {scene.number: self._curve(scene) for scene in single}
        self.knots = Dots(self.axes, scene.theme.output, scene.theme.background) if shows_knots(scenes) else None
        behind = [mark for crowd in self.crowds.values() for mark in crowd.marks]
        self.animated: list[Mark] = [*behind, *self.curves.values(), *([self.knots] if self.knots else [])]
        if len(scenes) == 1 and scene.label and scene.recording.stopped:
            self.animated.append(ChangingText(say_why(self.axes, scene)))

    def _curve(self, scene: Scene) -> Curves:
        if len(self.scenes) == 1:
            return Curves(self.axes, [scene.theme.output])
        return Curves(self.axes, [scene.color], [scene.dashes])

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Move the outputs' curves."""
        for scene, snapshot in zip(self.scenes, snapshots, strict=True):
            if scene.number in self.crowds:
                self.crowds[scene.number].update(snapshot)
            if scene.number in self.curves:
                x, stages = scene.curves(snapshot)
                self.curves[scene.number].move(x[:, 0], scene.as_shown(stages[-1].values))
        if self.knots:
            scene, parameters = self.scenes[0], snapshots[0].parameters
            x = scene.network.knots(parameters, scene.interval)
            self.knots.move(x, scene.network.output(parameters.astype(np.float64), x[:, None])[:, 0])

    def finish(self) -> None:
        """Place the legend where the curves of the whole film leave room."""
        handles, _ = self.axes.get_legend_handles_labels()
        handles += line_handles(self.scenes, self.curves, self.crowds, "network")
        if any(shows_knots([peer]) for peer in self.scenes[0].peers) and len(self.scenes) == 1:
            handles.append(dot_handle(self.scenes[0].theme.output, self.scenes[0].theme.background, "knots"))
        free = self.scenes[0].experiment.animation.ylim == "auto" and not self.scenes[0].task.class_names
        alone = len(self.scenes) == 1
        curves: list[tuple[NDArray[Any], NDArray[Any]]] = [*self.reference, *self._some_outputs()]
        curves += [line for crowd in self.crowds.values() for line in crowd.lines()]
        legend = place(self.axes, self.spec, handles, curves, free, may_be_left_out=alone)
        if legend and self.scenes[0] is not self.scenes[0].peers[0]:
            blank(legend)  # the first column's legend holds for all, and all leave the same room for it

    def _some_outputs(self) -> list[tuple[Array, Array]]:
        """The outputs' curves of all variants in a dozen frames."""
        frames = np.linspace(0, len(self.scenes[0].shown) - 1, 12).astype(int)
        x = np.linspace(*self.scenes[0].interval, 201)
        drawn: list[tuple[Array, Array]] = []
        for scene in self.scenes[0].peers:
            with np.errstate(all="ignore"):
                outputs = scene.network.output(scene.recording.parameters[scene.shown[frames]], x[:, None])
            drawn += [(x, scene.as_shown(output[:, 0])) for output in outputs]
        return drawn


def say_why(axes: Axes, scene: Scene) -> Text:
    """Write at the bottom why the training broke off; to be drawn over all curves."""
    reason = scene.recording.stopped.rpartition(": ")[2]
    lines = "\n".join(textwrap.wrap(reason, max(int(axes.bbox.width / 7), 16)))
    behind = {"facecolor": scene.theme.background, "edgecolor": "none", "alpha": 0.85, "pad": 3}
    text = axes.text(0.5, 0.04, lines, transform=axes.transAxes, ha="center", va="bottom", bbox=behind, zorder=5)
    text.set(color=scene.theme.warning, fontsize=9)
    return text


def _quantity(scene: Scene) -> str:
    """What the y axis shows."""
    names = scene.task.class_names
    if names:
        return "probability" + (f" of {names[1]}" if scene.task.table else "")
    return scene.task.table.columns[-1] if scene.task.table else "y"


def shows_knots(scenes: Sequence[Scene]) -> bool:
    """Whether the output's knots are marked: one network's, made of straight pieces, and by default not too many."""
    scene, wanted = scenes[0], scenes[0].experiment.animation.knots
    sizes, hidden = scene.network.layer_sizes[1:-1], scene.network.activations[:-1]
    exact = scene.network.is_piecewise_linear and not scene.task.class_names
    bends = any(activation.name != "identity" for activation in hidden)
    return len(scenes) == 1 and exact and (wanted is True or (wanted == "auto" and bends and sum(sizes) <= FEW_UNITS))


FEW_UNITS = 12  # up to which knots are marked unasked


def draw_target(axes: Axes, scene: Scene) -> list[tuple[Array, Array]]:
    """Draw the curve and the points to learn; returns their x and y, of the curve where it is learned."""
    drawn: list[tuple[Array, Array]] = []
    task = scene.task
    for points, held_out in zip(task.fixed_points() or (), (False, True), strict=False):
        if len(points):
            draw_points(axes, points, scene.theme, held_out)
            drawn.append((points.x, points.y))
    if task.function is not None:
        x = np.linspace(*scene.interval, 1001)
        y = task.value_at(x[:, None])[:, 0]
        axes.plot(x, y, color=scene.theme.target, linestyle=(0, (4, 2)), linewidth=2, label="target", zorder=2.5)
        inside = (x >= task.interval[0]) & (x <= task.interval[1])
        drawn.append((x[inside], y[inside]))
    return drawn


def draw_points(axes: Axes, points: Points, theme: Theme, held_out: bool = False) -> None:
    """The training points, or hollow those held out; smaller where there are many."""
    size = float(np.clip(4000 / len(points), 4, 22))
    if held_out:
        look: dict[str, Any] = {
            "facecolors": "none",
            "edgecolors": theme.target,
            "linewidths": 0.8,
            "label": "held out",
        }
        axes.scatter(points.x, points.y, s=1.4 * size, zorder=2.2, **look)
        return
    axes.scatter(points.x, points.y, s=size, color=theme.target, alpha=0.45, linewidths=0, label="data", zorder=2)
