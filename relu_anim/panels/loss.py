"""The loss over the epochs so far."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from relu_anim.panels.base import Scene, padded
from relu_anim.panels.curves import Curves, Dot
from relu_anim.recording import Snapshot

THIN_SPACE = "\u2009"
LOG_RATIO = 20  # largest over smallest loss from which the axis is logarithmic
NAMES = {"mse": "loss (MSE)", "mae": "loss (MAE)", "huber": "Huber loss"}


class LossPanel:
    """A line that grows up to the shown epoch, with a dot at its end; dashed, the loss on held-out points."""

    def __init__(self, figure: Figure, spec: SubplotSpec, scene: Scene) -> None:
        self.scene = scene
        recording, theme = scene.recording, scene.theme
        self.axes = figure.add_subplot(spec)
        self.axes.set(xlabel="epoch", ylabel=NAMES[scene.experiment.training.loss])
        self.axes.set_xlim(0, max(int(recording.epoch[-1]), 1))
        self.axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
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
            self.axes.set_ylim(low / (high / low) ** 0.06, high * (high / low) ** 0.06)
            few = high < 1000 * low
            self.axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,), numticks=8))
            plain = low >= 1e-4 and high < 1e6
            self.axes.yaxis.set_major_formatter(FuncFormatter(plain_number if plain else power_of_ten))
            self.axes.yaxis.set_minor_formatter(NullFormatter())
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


def plain_number(value: float, position: int) -> str:
    """100, 0.02."""
    return f"{value:,.10g}".replace(",", THIN_SPACE)


def power_of_ten(value: float, position: int) -> str:
    """10⁻⁵, 2·10³; without Matplotlib's mathematics, which takes long to load."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    factor = round(value / 10.0**exponent)
    return (f"{factor}·" if factor > 1 else "") + "10" + str(exponent).translate(SUPERSCRIPTS)
