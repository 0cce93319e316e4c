"""The loss over the epochs so far."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FuncFormatter, NullFormatter

from relu_anim.panels.base import Scene, padded
from relu_anim.panels.curves import Curves, Dot
from relu_anim.recording import Snapshot

LOG_RATIO = 20  # largest over smallest loss from which the axis is logarithmic
NAMES = {"mse": "mean squared error", "mae": "mean absolute error", "huber": "Huber loss"}


class LossPanel:
    """A line that grows up to the shown epoch, with a dot at its end; dashed, the loss on held-out points."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scene: Scene) -> None:
        self.scene = scene
        recording, theme = scene.recording, scene.theme
        self.axes = figure.add_subplot(spec)
        self.axes.set(xlabel="epoch", ylabel=NAMES[scene.experiment.training.loss])
        self.axes.set_xlim(0, max(int(recording.epoch[-1]), 1))
        curves = [recording.loss]
        self.curve, self.dot = Curves(self.axes, [theme.output]), Dot(self.axes, theme.output)
        self.animated: list[Artist] = [self.curve, self.dot]
        self.test_curve = None
        if np.isfinite(recording.test_loss).any():
            curves.append(recording.test_loss)
            self.test_curve = Curves(self.axes, [theme.warning], [(0, (4, 2))], width=2)
            self.animated.insert(0, self.test_curve)
        self._scale(np.concatenate(curves))

    def _scale(self, values: np.ndarray) -> None:
        values = values[np.isfinite(values)]
        low, high = float(values.min()), float(values.max())
        if low > 0 and high > LOG_RATIO * low:
            self.axes.set_yscale("log")
            self.axes.yaxis.set_major_formatter(FuncFormatter(power_of_ten))
            self.axes.yaxis.set_minor_formatter(NullFormatter())
            self.axes.set_ylim(low / (high / low) ** 0.06, high * (high / low) ** 0.06)
        else:
            self.axes.set_ylim(padded(min(low, 0.0), high))

    def update(self, snapshot: Snapshot) -> None:
        """Let the line grow up to this snapshot."""
        recording = self.scene.recording
        shown = int(np.searchsorted(recording.epoch, snapshot.epoch)) + 1
        self.curve.move(recording.epoch[:shown], recording.loss[:shown, None])
        self.dot.move(snapshot.epoch, snapshot.loss)
        if self.test_curve is not None:
            self.test_curve.move(recording.epoch[:shown], recording.test_loss[:shown, None])

    def finish(self) -> None:
        """A legend where there are two lines."""
        if self.test_curve is not None:
            self.axes.legend(handles=[self.curve.handle("training"), self.test_curve.handle("test")], loc="upper right")


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(value: float, position: int) -> str:
    """A tick label without Matplotlib's mathematics: 100, 0.01, 10⁻⁵."""
    exponent = round(float(np.log10(value)))
    if -3 <= exponent <= 4:
        return f"{value:g}"
    return "10" + str(exponent).translate(SUPERSCRIPTS)
