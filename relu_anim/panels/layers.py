"""Every unit of every layer, before and after its activation, as the guide draws them: one row a stage."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from relu_anim.drawing.curves import Curves, unit_curves
from relu_anim.drawing.labels import NumberTicks
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import TITLE_Y, Room
from relu_anim.network import Stage
from relu_anim.panels import subjects
from relu_anim.panels.axes import (
    SOME_FRAMES,
    draw_target,
    input_axes,
    input_name,
    name_outside,
    output_name,
    output_range,
    training_points,
)
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot


class LayersPanel:
    """Rows of curves; a unit keeps its colour and line style, the last row shows the target dashed."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (scene,) = scenes
        self.scene = scene
        _, stages = scene.run.curves(scene.run.last)
        ranges = stage_limits(scene, stages)
        self.curves: list[Curves] = []
        for row, (stage, limits) in enumerate(zip(stages, ranges, strict=True)):
            is_last = row == len(stages) - 1
            axes = input_axes(room, scene, input_name(scene.run) if is_last else "")
            axes.set_title(_title(scene, stage), y=TITLE_Y, pad=3)
            kind = scene.words("activation" if stage.is_activation else "preactivation")
            axes.set_label(output_name(scene.run) if is_last and not scene.run.task.class_names else kind)
            axes.tick_params(labelbottom=is_last)
            axes.yaxis.set_major_locator(NumberTicks(4, steps=[1, 2, 2.5, 5, 10]))
            if is_last:
                limits = output_range(scene, [y for _, y in draw_target(axes, scene)])
            axes.set_ylim(limits)
            self.curves.append(_curves(axes, scene, stage))
            if row == 0:
                self.top = axes
        self.animated: list[Mark] = [*self.curves, *training_points(axes, scene)]

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Move every unit's curve."""
        x, stages = self.scene.run.curves(snapshots[0])
        for curves, stage in zip(self.curves, stages, strict=True):
            curves.move(x[:, 0], stage.values)

    def finish(self) -> None:
        """Name what lies outside of the training domain, in the first row."""
        x, curves = self.scene.run.some_curves(0, SOME_FRAMES)
        name_outside(self.top, self.scene, [(x, curve) for curve in curves.T])


def _title(scene: Scene, stage: Stage) -> str:
    """What a row is: an activation function, or a layer without it."""
    network = scene.run.network
    if stage.is_activation:
        return network.activations[stage.layer].title
    inputs, outputs = map(str, network.layer_sizes[stage.layer : stage.layer + 2])
    return scene.words("linear", inputs=inputs, outputs=outputs)


def _curves(axes: Axes, scene: Scene, stage: Stage) -> Curves:
    network = scene.run.network
    if stage.layer == len(network.activations) - 1 and stage.values.shape[-1] == 1:
        curves = Curves(axes, [scene.look.color])
    else:
        units = network.unit_numbers(stage.layer)
        curves = unit_curves(axes, scene.look.theme, units, (2.5, 1.4), scene.run.faint)
    curves.subjects = subjects.of_layer(scene, stage.layer)
    return curves


def _shared_ranges(scene: Scene) -> list[tuple[float, float]]:
    """The values of each row over all variants that have the same rows: as many, of the same activations."""
    own = [activation.title for activation in scene.run.network.activations]
    alike = [run.stage_ranges for run in scene.runs if [a.title for a in run.network.activations] == own]
    return [(min(low for low, _ in row), max(high for _, high in row)) for row in zip(*alike, strict=True)]


def stage_limits(scene: Scene, stages: list[Stage]) -> list[tuple[float, float]]:
    """The y range of each row. A piecewise linear activation shares the range of what goes into it, which shows what it
    cuts off."""
    if scene.run.experiment.animation.ylim != "auto":
        return [scene.run.experiment.animation.ylim] * len(stages)
    ranges = _shared_ranges(scene)
    for index, stage in enumerate(stages):
        if stage.is_activation and scene.run.network.activations[stage.layer].slopes is not None:
            (low, high), (a, b) = ranges[index - 1], ranges[index]
            ranges[index - 1] = ranges[index] = (min(low, a), max(high, b))
    return [padded(*limits) for limits in ranges]
