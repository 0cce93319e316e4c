"""How large the gradient of each layer is, over the training so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from relu_anim.aliases import Array
from relu_anim.drawing.ends import Ending, name_ends
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import Room
from relu_anim.drawing.scales import LOG_RATIO, fit_positive, positive_range
from relu_anim.drawing.series import Trace, layer_colors, layer_dashes, named_layers
from relu_anim.numbers import steady
from relu_anim.panels import subjects
from relu_anim.panels.axes import epoch_axis
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

CROWDED = 6  # layers from which lines get thinner


class GradientsPanel:
    """A line for each layer, on a logarithmic axis, in a colour and dashes of its own; a gradient of zero is a gap."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        self.room = room
        norms = self.scene.run.recording.gradient_norms
        self.top = self.axes = room.add_axes()
        epoch_axis(self.axes, scenes)
        room.name_y(self.axes, self.scene.words("gradient_norm"), self.scene.words("gradient"))
        fit_positive(self.axes, norm_range([run.recording.gradient_norms for run in self.scene.runs]))
        self.trace = Trace(
            self.axes,
            self.scene.run.recording.step,
            self.scene.run.times,
            np.where(norms > 0, norms, np.nan),
            layer_colors(self.scene.look.theme, norms.shape[1]),
            layer_dashes(norms.shape[1]),
            width=2.5 if norms.shape[1] < CROWDED else 1.8,
        )
        self.trace.show(*(subjects.of_line(self.scene, layer) for layer in range(norms.shape[1])))
        self.ends = name_ends(room, self.axes, self._endings(norms), self.scene.look.theme)
        self.animated: list[Mark] = [*self.trace.marks, *([self.ends] if self.ends else [])]

    def _endings(self, norms: Array) -> list[Ending]:
        """The layers, named at the ends of their lines: of columns, a legend in the first names them for all."""
        if self.scene.look.label:
            return []
        layers = range(norms.shape[1])
        names = [self.scene.words("layer_number", number=str(n + 1)) if len(layers) > 1 else "" for n in layers]
        shown = norms[self.scene.run.shown].T
        return [Ending(name, self.trace, shown[layer], steady, layer) for layer, name in enumerate(names)]

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Let the lines grow up to this snapshot."""
        self.trace.update(snapshots[0])
        if self.ends:
            self.ends.follow()

    def finish(self) -> None:
        """Name the layers, or some of them, above the lines if not at their ends; once where all variants have as
        many."""
        depths = [run.recording.gradient_norms.shape[1] for run in self.scene.runs]
        if self.ends or max(depths) == 1:
            return
        for depth in sorted(set(depths)):
            self._place(depth, is_shown=False)  # so that all variants leave the same room
        self._place(len(self.trace.dots), is_shown=not self.scene.number or len(set(depths)) > 1)

    def _place(self, layers: int, is_shown: bool) -> None:
        colors, dashes = layer_colors(self.scene.look.theme, layers), layer_dashes(layers)
        first, with_side = (self.scene.words(key, number="1") for key in ("layer_number", "first_layer"))
        *longer, shortest = [
            [
                Line2D(
                    [],
                    [],
                    color=colors[layer],
                    linestyle=dashes[layer],
                    linewidth=2,
                    label=str(layer + 1) if layer else name,
                )
                for layer in named_layers(layers, most)
            ]
            for most, name in ((6, with_side), (6, first), (3, first), (2, first))
        ]
        place(self.axes, self.room, shortest, longer=longer, is_shown=is_shown)


def norm_range(norms: Sequence[Array]) -> Array:
    """The least and the greatest norm [2] to show, at least so far apart that the axis is logarithmic."""
    shown = positive_range(norms)
    low, high = shown if len(shown) else (1.0, 1.0)
    widen = max(1.0, np.sqrt(1.5 * LOG_RATIO * low / high))
    return np.array([low / widen, high * widen])
