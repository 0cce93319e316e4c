"""The loss over the epochs so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import NDArray

from relu_anim.drawing.labels import THIN_SPACE, PositiveTicks, name_y
from relu_anim.drawing.legends import place
from relu_anim.drawing.series import DASHED, Trace
from relu_anim.facts import LOSSES
from relu_anim.panels.base import Array, Scene, epoch_axis, padded
from relu_anim.panels.ensembles import LossCrowd, crowds, is_replaced, line_handles, losses_to_fit
from relu_anim.recording import Snapshot

LOG_RATIO = 20  # largest over smallest loss from which the axis is logarithmic


class LossPanel:
    """A line for each variant that grows up to the shown epoch; dashed, the loss on held-out points."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scenes: Sequence[Scene]) -> None:
        self.scenes, self.spec = scenes, spec
        self.axes = self.top = figure.add_subplot(spec)
        epoch_axis(self.axes, scenes)
        name_y(self.axes, spec, LOSSES[scenes[0].experiment.training.loss].name, "loss")
        fit_losses(self.axes, scenes[0].peers)
        self.tests = {scene.number: self._test_trace(scene) for scene in scenes if has_test(scene)}
        self.crowds = crowds(LossCrowd, self.axes, scenes)
        single = [scene for scene in scenes if not is_replaced(self.crowds, scene)]
        self.traces = {scene.number: self._trace(scene) for scene in single}
        behind = [artist for crowd in self.crowds.values() for artist in crowd.artists]
        traces = (*self.tests.values(), *self.traces.values())
        self.animated: list[Artist] = behind + [artist for trace in traces for artist in trace.artists]

    def _trace(self, scene: Scene) -> Trace:
        color = scene.color if len(self.scenes) > 1 else scene.theme.output
        return Trace(self.axes, scene.recording.epoch, scene.recording.loss[:, None], [color])

    def _test_trace(self, scene: Scene) -> Trace:
        color = scene.color if len(self.scenes) > 1 else scene.theme.warning
        return Trace(self.axes, scene.recording.epoch, scene.recording.test_loss[:, None], [color], [DASHED], 2)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Let the lines grow up to these snapshots."""
        for scene, snapshot in zip(self.scenes, snapshots, strict=True):
            for parts in (self.crowds, self.tests, self.traces):
                if scene.number in parts:
                    parts[scene.number].update(snapshot)

    def finish(self) -> None:
        """A legend where there is more than one line, in a corner that they leave free."""
        many = len(self.scenes) > 1
        handles = []
        if many or self.tests or self.crowds:
            curves = {number: trace.curves for number, trace in self.traces.items()}
            handles += line_handles(self.scenes, curves, self.crowds, "training")
        if self.tests:
            color = self.scenes[0].theme.muted if many else self.scenes[0].theme.warning
            handles.append(Line2D([], [], color=color, linestyle=DASHED, linewidth=2, label="test"))
        if handles:
            losses = [(s, loss) for s in self.scenes for loss in (s.recording.loss, s.recording.test_loss)]
            lines: list[tuple[NDArray[Any], NDArray[Any]]] = [(scene.recording.epoch, loss) for scene, loss in losses]
            lines += [line for crowd in self.crowds.values() for line in crowd.lines()]
            place(self.axes, self.spec, handles, lines, may_be_left_out=not many)


def has_test(scene: Scene) -> bool:
    """Whether there are held-out points."""
    return bool(np.isfinite(scene.recording.test_loss).any())


def fit_losses(axes: Axes, scenes: Sequence[Scene]) -> None:
    """A y axis for all losses of these variants."""
    each = [(s.recording.loss, s.recording.test_loss, losses_to_fit(s)) for s in scenes]
    values = np.concatenate([part for parts in each for part in parts])
    fit_positive(axes, values[np.isfinite(values)])


def fit_positive(axes: Axes, values: Array) -> None:
    """A y axis for these finite values: from 0, or logarithmic where they span more than LOG_RATIO."""
    if not len(values):
        return
    low, high = float(values.min()), float(values.max())
    if low > 0 and high > LOG_RATIO * low:
        axes.set_yscale("log")
        axes.set_ylim(low / (high / low) ** 0.06, high * (high / low) ** 0.06)
        axes.yaxis.set_major_locator(PositiveTicks())
        plain = low >= 1e-4 and high < 1e6
        axes.yaxis.set_major_formatter(FuncFormatter(plain_number if plain else power_of_ten))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(padded(min(low, 0.0), high))


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_number(value: float, position: int) -> str:
    """100, 0.02."""
    return f"{value:,.10g}".replace(",", THIN_SPACE)


def power_of_ten(value: float, position: int) -> str:
    """10⁻⁵, 2·10³; without Matplotlib's mathematics, which takes long to load."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    factor = round(value / 10.0**exponent)
    return (f"{factor}·" if factor > 1 else "") + "10" + str(exponent).translate(SUPERSCRIPTS)
