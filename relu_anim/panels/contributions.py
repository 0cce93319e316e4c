"""The pieces that the output is glued together from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from relu_anim.aliases import Array
from relu_anim.drawing.curves import Curves, unit_curves
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.ranges import padded, range_over_run
from relu_anim.drawing.room import Room
from relu_anim.network import Network
from relu_anim.panels import subjects
from relu_anim.panels.axes import draw_target, input_axes, input_name, output_name, training_points
from relu_anim.panels.runs import CHUNK, COARSE_POINTS, Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

DOTTED = (0, (1, 1.4))
THIN = 1.4  # points: the target, which is no piece


class ContributionsPanel:
    """A weighted curve for each unit of the last hidden layer, the output's bias, and their sum, which is the output
    before its activation; thinner, what is learned."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        self.room, theme = room, self.scene.look.theme
        words = self.scene.words
        self.top = self.axes = input_axes(room, self.scene, input_name(self.scene.run))
        self.axes.set_ylabel(words("log_odds") if self._is_odds else output_name(self.scene.run))
        reference = [] if self._is_odds else draw_target(self.axes, self.scene)
        for line in self.axes.lines:
            line.set_linewidth(THIN)
        self.points = [] if self._is_odds else training_points(self.axes, self.scene)
        self.bias = Curves(self.axes, [theme.muted], [DOTTED], width=2)
        network = self.scene.run.network
        units = network.unit_numbers(len(network.activations) - 2)
        self.pieces = unit_curves(self.axes, theme, units, (2.2, 1.2), self.scene.run.faint)
        self.sum = Curves(self.axes, [self.scene.look.color], width=3.2)
        self.bias.subjects = [subjects.curve(self.scene, words("bias"))]
        self.pieces.subjects = subjects.units(self.scene, len(network.activations) - 2)
        self.sum.subjects = [subjects.output(self.scene)]
        self.animated: list[Mark] = [self.bias, self.pieces, self.sum, *self.points]
        self.axes.set_ylim(_limits(self.scene, [y for _, y in reference]))

    @property
    def _is_odds(self) -> bool:
        """Whether the sum is no number to learn, but the log-odds of the second of two classes."""
        return bool(self.scene.run.task.class_names)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Move every piece, the bias and the sum."""
        (snapshot,) = snapshots
        network = self.scene.run.network
        last = len(network.activations) - 1
        x, stages = self.scene.run.curves(snapshot)
        (*_, hidden) = (stage.values for stage in stages if stage.layer == last - 1)
        (total, *_) = (stage.values for stage in stages if stage.layer == last)
        bias = network.last_layer(snapshot.parameters)[1]
        with np.errstate(all="ignore"):  # just before a divergence
            self.pieces.move(x[:, 0], pieces(network, snapshot.parameters, hidden))
        self.bias.move(np.array(self.scene.run.interval), np.repeat(bias[None], 2, axis=0))
        self.sum.move(x[:, 0], total)

    def finish(self) -> None:
        """Say what the curves are."""
        drawn, _ = self.axes.get_legend_handles_labels()
        words = self.scene.words
        handles = [self._pieces_handle(), self.bias.handle(words("bias")), self.sum.handle(words("sum")), *drawn]
        handles += [mark.handle() for mark in self.points]
        is_free = self.scene.run.experiment.animation.ylim == "auto"
        place(self.axes, self.room, handles, may_stretch=is_free, is_shown=not self.scene.number)

    def _pieces_handle(self) -> Line2D:
        """One entry for all pieces, in the colours of two."""
        strong = [self.pieces.colors[index] for index in self.pieces.order[::-1]]
        colors = strong[:1] * 2 if self.scene.run.faint.any() else [*self.pieces.colors, *self.pieces.colors][:2]
        label = self.scene.words("contributions")
        return Line2D([], [], color=colors[0], gapcolor=colors[1], linestyle=(0, (2, 2)), linewidth=2.2, label=label)


def pieces(network: Network, parameters: Array, hidden: Array) -> Array:
    """What each unit of the last hidden layer, with activations `hidden` [..., points, units], adds to the output:
    the same shape. Together with the output's bias they add up to its preactivation."""
    return hidden * network.last_layer(parameters)[0]


def _limits(scene: Scene, reference: Sequence[Array]) -> tuple[float, float]:
    """The range of the y axis, the same for all variants, or the config's own."""
    if scene.run.experiment.animation.ylim != "auto":
        return scene.run.experiment.animation.ylim
    ranges = [range_over_run(*_extremes(run)) for run in scene.runs]
    ranges += [(float(np.nanmin(values)), float(np.nanmax(values))) for values in reference]
    return padded(min(low for low, _ in ranges), max(high for _, high in ranges))


def _extremes(run: Run) -> tuple[Array, Array]:
    """The least and the greatest of pieces, bias and sum in each shown snapshot."""
    x = np.linspace(*run.interval, COARSE_POINTS)[:, None]
    lows, highs = [], []
    for start in range(0, len(run.shown), CHUNK):
        parameters = run.recording.parameters[run.shown[start : start + CHUNK]].astype(np.float64)
        bias = run.network.last_layer(parameters)[1]
        with np.errstate(all="ignore"):
            layers = run.network.forward(parameters, x)
            parts = pieces(run.network, parameters, layers[-2][1])
            drawn = np.concatenate([parts.min(axis=-2), parts.max(axis=-2), layers[-1][0][..., 0], bias], axis=-1)
        lows.append(drawn.min(axis=-1))
        highs.append(drawn.max(axis=-1))
    return np.concatenate(lows), np.concatenate(highs)
