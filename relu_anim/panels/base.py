"""What panels share: what they are given, and ranges that stay fixed over a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from numpy.typing import NDArray

from relu_anim.config import Experiment
from relu_anim.network import Network, Stage
from relu_anim.panels.theme import THEMES, Theme
from relu_anim.recording import Recording, Snapshot
from relu_anim.targets import Points

Array = NDArray[np.floating]

CURVE_POINTS = 501  # of a smooth curve
COARSE_POINTS = 201  # for ranges over a whole run
CHUNK = 64  # snapshots looked at together


class Panel(Protocol):
    """One thing drawn on axes of its own: built once, then updated for each snapshot.

    `animated` are the artists that `update` changes, in drawing order; everything else stays as it is.
    """

    animated: list[Artist]

    def update(self, snapshot: Snapshot) -> None:
        """Show this snapshot."""

    def finish(self) -> None:
        """Place what depends on how the last snapshot looks, such as a legend; called once, showing it."""


@dataclass(frozen=True)
class Scene:
    """What every panel of a film is drawn from. `shown`: indices of the snapshots that become frames."""

    experiment: Experiment
    recording: Recording
    shown: NDArray[np.intp]
    _curves: dict[int, tuple[Array, list[Stage]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def network(self) -> Network:
        """The shape of the network."""
        return Network(self.experiment.model.layer_sizes, self.experiment.model.activations)

    @property
    def theme(self) -> Theme:
        """Colours and line styles."""
        return THEMES[self.experiment.animation.theme]

    @property
    def domain(self) -> tuple[float, float]:
        """The inputs that are shown."""
        return self.experiment.animation.domain or self.experiment.target.domain

    @cached_property
    def points(self) -> Points | None:
        """The training points where they are the same all along."""
        fixed = self.experiment.task.fixed_points()
        return fixed[0] if fixed else None

    @cached_property
    def stage_ranges(self) -> list[tuple[float, float]]:
        """For each stage of the network, the values it takes over the film: see `range_over_run`."""
        x = np.linspace(*self.domain, COARSE_POINTS)[:, None]
        lows: list[list[Array]] = []
        highs: list[list[Array]] = []
        for start in range(0, len(self.shown), CHUNK):
            parameters = self.recording.parameters[self.shown[start : start + CHUNK]].astype(np.float64)
            stages = self.network.stages(parameters, x)
            lows.append([stage.values.min(axis=(-2, -1)) for stage in stages])
            highs.append([stage.values.max(axis=(-2, -1)) for stage in stages])
        columns = zip(zip(*lows, strict=True), zip(*highs, strict=True), strict=True)
        return [range_over_run(np.concatenate(low), np.concatenate(high)) for low, high in columns]

    @cached_property
    def output_extremes(self) -> tuple[float, float]:
        """The least and the greatest output of all shown snapshots."""
        x = np.linspace(*self.domain, COARSE_POINTS)[:, None]
        low, high = np.inf, -np.inf
        for start in range(0, len(self.shown), CHUNK):
            parameters = self.recording.parameters[self.shown[start : start + CHUNK]].astype(np.float64)
            with np.errstate(all="ignore"):
                output = self.network.output(parameters, x)
            output = output[np.isfinite(output)]
            low, high = min(low, output.min(initial=np.inf)), max(high, output.max(initial=-np.inf))
        return float(low), float(high)

    def curves(self, snapshot: Snapshot) -> tuple[Array, list[Stage]]:
        """Inputs x [n, 1] and the curves of all units there; panels that show the same snapshot share them."""
        if snapshot.epoch not in self._curves:
            self._curves.clear()
            parameters = snapshot.parameters.astype(np.float64)
            x = self._bends(parameters)
            self._curves[snapshot.epoch] = x, self.network.stages(parameters, x)
        return self._curves[snapshot.epoch]

    def _bends(self, parameters: Array) -> Array:
        """Where curves are drawn through: exactly their bends if all are straight between them, else a fine grid."""
        if self.network.is_piecewise_linear:
            bends = self.network.bends(parameters, self.domain)
            if len(bends) < CURVE_POINTS:
                return bends[:, None]
        return np.linspace(*self.domain, CURVE_POINTS)[:, None]


def range_over_run(low: Array, high: Array) -> tuple[float, float]:
    """One range for a quantity whose extremes per frame are given: nearly all frames fit, the last one always.

    A few wild frames at the start or before a divergence would otherwise flatten everything else.
    """
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    return min(float(np.percentile(low, 5)), float(low[-1])), max(float(np.percentile(high, 95)), float(high[-1]))


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """The range widened by a share of its width on both sides; a range of no width becomes one of width 2."""
    margin = share * (high - low) if high > low else 1.0
    return low - margin, high + margin


def output_range(scene: Scene, reference: Sequence[Array]) -> tuple[float, float]:
    """The range of the output's axis: what is to be learned, and the outputs up to its width beyond."""
    ylim = scene.experiment.animation.ylim
    if ylim != "auto":
        return ylim
    values = np.concatenate([np.ravel(values) for values in reference])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    lowest, highest = scene.output_extremes
    if scene.experiment.task.function is not None:  # outside the training domain the target may run away
        target = scene.experiment.task.function(np.linspace(*scene.domain, COARSE_POINTS))
        target = target[np.isfinite(target)]
        lowest, highest = min(lowest, float(target.min())), max(highest, float(target.max()))
    return padded(max(min(low, lowest), low - span), min(max(high, highest), high + span))


def add_axes(figure: Figure, spec: SubplotSpec, scene: Scene, label: str) -> Axes:
    """Axes over the shown inputs; what lies outside the training domain is shaded."""
    axes = figure.add_subplot(spec)
    axes.set_xlim(scene.domain)
    axes.set_xlabel(label)
    left, right = scene.experiment.target.domain
    for a, b in ((scene.domain[0], left), (right, scene.domain[1])):
        if a < b:
            axes.axvspan(a, b, color=scene.theme.outside, zorder=0, linewidth=0)
    return axes
