"""What panels share: what they are given, and ranges that stay fixed over a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from relu_anim.config import Experiment
from relu_anim.drawing.labels import THIN_SPACE
from relu_anim.drawing.theme import DPI, LINE_STYLES, THEMES, Theme
from relu_anim.expressions import sigmoid
from relu_anim.facts import LOSSES
from relu_anim.metrics import measure_series
from relu_anim.network import Network, Stage
from relu_anim.recording import Ensemble, Recording, Snapshot
from relu_anim.targets import Domain, Interval, Points, Task

Array = NDArray[np.floating]

CURVE_POINTS = 501  # of a smooth curve
COARSE_POINTS = 201  # for ranges over a whole run
CHUNK = 64  # snapshots looked at together
NAME_SIZE = 10  # points, in a legend
MOST_TICKS = 9  # along an x axis
DIGIT, APART = 9, 6  # pixels of a digit in the label of a tick, and between two labels
BESIDE_NAMES = 150  # pixels that a panel has beside the names in its legend
SHORTEST_NAME = 4  # characters to which a name may be cut


class Panel(Protocol):
    """One thing drawn on axes of its own: built once, then updated for each frame.

    It is made from the scenes of the variants that it shows: one, or all of them overlaid. `top` are its uppermost
    axes, above which a variant's label may stand. `animated` are the artists that `update` changes, in drawing order;
    everything else stays as it is.
    """

    top: Axes
    animated: list[Artist]

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Show these snapshots, one of each scene."""

    def finish(self) -> None:
        """Place what depends on how the last snapshots look, such as a legend; called once, showing them."""


@dataclass(frozen=True)
class Scene:
    """What panels draw of one variant. `shown`: for each frame, the index of its snapshot in the recording.

    `label` is "" and `number` 0 for an experiment without variants. `ensemble` are the networks from which this one was
    chosen, where they are shown. `peers` are the scenes of all variants, this one among them; ranges are shared over
    these.
    """

    experiment: Experiment
    recording: Recording
    shown: NDArray[np.intp]
    label: str = ""
    number: int = 0
    ensemble: Ensemble | None = None
    _peers: list[Scene] = field(default_factory=list, repr=False, compare=False)
    _curves: dict[int, tuple[Array, list[Stage]]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def peers(self) -> list[Scene]:
        """The scenes of all variants."""
        return self._peers or [self]

    @property
    def name(self) -> str:
        """The label, with the seed where that was chosen."""
        return f"{self.label}, seed {self.recording.seed}" if self.experiment.choice else self.label

    @property
    def heading(self) -> str:
        """The name, and where the training broke off; cut and in several lines where its panel is narrow."""
        return self.fitted(self.name)

    def fitted(self, name: str) -> str:
        """A name of this variant in a legend, and where its training broke off."""
        columns = max(map(len, self.experiment.animation.panels))
        room = self.experiment.animation.size[0] / columns - BESIDE_NAMES
        whole = ", ".join(filter(None, [name, self.stopped]))
        if text_width(whole) <= room:
            return whole
        stopped = self.stopped if text_width(self.stopped) <= room else self.stopped.replace(" epoch", "\nepoch")
        return "\n".join(filter(None, [shortened(name, room), stopped]))

    @property
    def stopped(self) -> str:
        """«stopped at epoch 12» where the training broke off."""
        epoch = f"{self.recording.epoch[-1]:,}".replace(",", THIN_SPACE)
        return f"stopped at epoch {epoch}" if self.recording.stopped else ""

    @property
    def color(self) -> str:
        """The colour of this variant where several are overlaid."""
        return (self.theme.output, *self.theme.units)[self.number % (1 + len(self.theme.units))]

    @property
    def dashes(self) -> Any:
        """The line style of this variant where several are overlaid; those of one colour differ in it."""
        return LINE_STYLES[self.number % len(LINE_STYLES)]

    @cached_property
    def task(self) -> Task:
        """What is learned."""
        return self.experiment.task

    @cached_property
    def series(self) -> dict[str, Array]:
        """The numbers of `animation.metrics` in every frame, counted where the summary counts them."""
        points = self.points if self.points is not None else self.task.evaluation_points()
        frames, names = np.unique(self.shown), self.experiment.animation.metrics
        return measure_series(self.network, self.recording, frames, names, points.x, self.task.domain)

    @property
    def last(self) -> Snapshot:
        """The snapshot of the last frame."""
        return self.recording[int(self.shown[-1])]

    @cached_property
    def network(self) -> Network:
        """The shape of the network."""
        return Network(*self.experiment.shape)

    @property
    def theme(self) -> Theme:
        """Colours and line styles."""
        return THEMES[self.experiment.animation.theme]

    @property
    def domain(self) -> Domain:
        """The inputs that are shown."""
        return self.experiment.animation.domain or self.task.domain

    @property
    def interval(self) -> Interval:
        """The values of a single input that are shown."""
        return replace(self.task, domain=self.domain).interval

    @cached_property
    def points(self) -> Points | None:
        """The training points where they are the same all along."""
        fixed = self.task.fixed_points()
        return fixed[0] if fixed else None

    @cached_property
    def stage_ranges(self) -> list[tuple[float, float]]:
        """For each stage of the network, the values it takes over the film: see `range_over_run`."""
        x = np.linspace(*self.interval, COARSE_POINTS)[:, None]
        lows: list[list[Array]] = []
        highs: list[list[Array]] = []
        for start in range(0, len(self.shown), CHUNK):
            parameters = self.recording.parameters[self.shown[start : start + CHUNK]].astype(np.float64)
            with np.errstate(all="ignore"):
                stages = self.network.stages(parameters, x)
            lows.append([stage.values.min(axis=(-2, -1)) for stage in stages])
            highs.append([stage.values.max(axis=(-2, -1)) for stage in stages])
        columns = zip(zip(*lows, strict=True), zip(*highs, strict=True), strict=True)
        return [range_over_run(np.concatenate(low), np.concatenate(high)) for low, high in columns]

    @cached_property
    def output_extremes(self) -> tuple[float, float]:
        """The least and the greatest output of all shown snapshots."""
        x = np.linspace(*self.interval, COARSE_POINTS)[:, None]
        low, high = np.inf, -np.inf
        for start in range(0, len(self.shown), CHUNK):
            parameters = self.recording.parameters[self.shown[start : start + CHUNK]].astype(np.float64)
            with np.errstate(all="ignore"):
                output = self.as_shown(self.network.output(parameters, x))
            output = output[np.isfinite(output)]
            low, high = min(low, output.min(initial=np.inf)), max(high, output.max(initial=-np.inf))
        return float(low), float(high)

    def outputs_of_all(self, epoch: int, x: Array) -> Array:
        """The output of each network of the ensemble at an epoch for inputs x [points], as `prediction` draws it:
        [networks, points], NaN of those that had diverged."""
        assert self.ensemble is not None
        index = int(np.searchsorted(self.ensemble.epoch, epoch))
        with np.errstate(all="ignore"):
            outputs = self.network.output(self.ensemble.parameters[:, index], x[:, None].astype(np.float32))[..., 0]
            shown = self.as_shown(outputs)
        return np.where((self.ensemble.ends > index)[:, None] & np.isfinite(shown), shown, np.nan)

    @property
    def ensemble_ends(self) -> tuple[float, float]:
        """The least and the greatest output of all networks of the ensemble at the end."""
        if self.ensemble is None:
            return np.inf, -np.inf
        outputs = self.outputs_of_all(int(self.ensemble.epoch[-1]), np.linspace(*self.interval, COARSE_POINTS))
        return float(np.nanmin(outputs, initial=np.inf)), float(np.nanmax(outputs, initial=-np.inf))

    def curves(self, snapshot: Snapshot) -> tuple[Array, list[Stage]]:
        """Inputs x [n, 1] and the curves of all units there; panels that show the same snapshot share them."""
        if snapshot.epoch not in self._curves:
            self._curves.clear()
            parameters = snapshot.parameters.astype(np.float64)
            x = self._bends(parameters)
            with np.errstate(all="ignore"):
                self._curves[snapshot.epoch] = x, self.network.stages(parameters, x)
        return self._curves[snapshot.epoch]

    def as_shown(self, output: Array) -> Array:
        """The output as `prediction` draws it: of two classes the probability of the second, else as it is."""
        is_logit = LOSSES[self.experiment.training.loss].logit and self.network.activations[-1].name == "identity"
        return sigmoid(output) if is_logit else output

    def _bends(self, parameters: Array) -> Array:
        """Where curves are drawn through: exactly their bends if all are straight between them, else a fine grid."""
        if not self.task.class_names and self.network.is_piecewise_linear:
            bends = self.network.bends(parameters, self.interval)
            if len(bends) < CURVE_POINTS:
                return bends[:, None]
        return np.linspace(*self.interval, CURVE_POINTS)[:, None]


def text_width(text: str) -> float:
    """Pixels that one line of a legend takes."""
    font = get_font(findfont(FontProperties()))
    font.set_size(NAME_SIZE, DPI)
    font.set_text(text)
    return float(font.get_width_height()[0] / 64)


def shortened(text: str, pixels: float) -> str:
    """The text, cut short where it would be wider, but for a few characters."""
    if text_width(text) <= pixels:
        return text
    while len(text) > SHORTEST_NAME and text_width(text + "…") > pixels:
        text = text[:-1]
    return text.rstrip() + "…"


def make_scenes(
    experiment: Experiment,
    recordings: Sequence[Recording],
    epochs: NDArray[np.intp],
    ensembles: Sequence[Ensemble | None] = (),
) -> list[Scene]:
    """The scenes of all variants at these epochs; a recording that ends earlier stays at its last snapshot."""
    scenes: list[Scene] = []
    for number, ((label, member), recording) in enumerate(zip(experiment.members, recordings, strict=True)):
        shown = np.minimum(epochs, len(recording) - 1)
        ensemble = ensembles[number] if ensembles else None
        scenes.append(Scene(member, recording, shown, label, number, ensemble, scenes))
    return scenes


def range_over_run(low: Array, high: Array) -> tuple[float, float]:
    """One range for a quantity whose extremes per frame are given: nearly all frames fit, the last one always.

    A few wild frames at the start or before a divergence would otherwise flatten everything else.
    """
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    if not len(low) or not len(high):
        return 0.0, 1.0
    return min(float(np.percentile(low, 5)), float(low[-1])), max(float(np.percentile(high, 95)), float(high[-1]))


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """The range widened by a share of its width on both sides; a range of no width becomes one of width 2."""
    margin = share * (high - low) if high > low else 1.0
    return low - margin, high + margin


def output_range(scene: Scene, reference: Sequence[Array]) -> tuple[float, float]:
    """The range of the output's axis: what is to be learned, and the outputs of all variants up to its width beyond."""
    ylim = scene.experiment.animation.ylim
    if ylim != "auto":
        return ylim
    if scene.task.class_names:
        return padded(0.0, 1.0)
    values = np.concatenate([np.ravel(values) for values in reference])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    lowest, highest = (extreme(ends) for extreme, ends in zip((min, max), _extremes(scene), strict=True))
    if scene.task.function is not None:  # outside the training domain the target may run away
        target = scene.task.value_at(np.linspace(*scene.interval, COARSE_POINTS)[:, None])
        target = target[np.isfinite(target)]
        lowest, highest = min(lowest, float(target.min())), max(highest, float(target.max()))
    return padded(max(min(low, lowest), low - span), min(max(high, highest), high + span))


def _extremes(scene: Scene) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The least outputs of all variants, and the greatest, with those of networks beside them at the end."""
    ends = [ends for peer in scene.peers for ends in (peer.output_extremes, peer.ensemble_ends)]
    lows, highs = zip(*ends, strict=True)
    return lows, highs


class InputTicks(MaxNLocator):
    """Round numbers along the x axis, as many as their labels leave room for: years need more of it than ones."""

    def __init__(self) -> None:
        super().__init__(nbins=MOST_TICKS, steps=[1, 2, 2.5, 5, 10])

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks from vmin to vmax."""
        assert isinstance(self.axis, Axis)
        width, ticks = self.axis.axes.bbox.width, np.zeros(0)
        for most in range(int(np.clip(self.axis.get_tick_space(), 1, MOST_TICKS)), 0, -1):
            self.set_params(nbins=most)
            ticks = np.asarray(super().tick_values(vmin, vmax))
            letters = max(len(f"{tick:.10g}") for tick in ticks)
            if len(ticks) < 2 or (ticks[1] - ticks[0]) / (vmax - vmin) * width >= DIGIT * letters + APART:
                break
        return ticks


def input_name(scene: Scene) -> str:
    """What a single input is called."""
    return scene.task.table.columns[0] if scene.task.table else "x"


def add_axes(figure: Figure, spec: SubplotSpec, scene: Scene, label: str) -> Axes:
    """Axes over the shown inputs; what lies outside the training domain is shaded."""
    axes = figure.add_subplot(spec)
    axes.set_xlim(scene.interval)
    axes.set_xlabel(label)
    axes.xaxis.set_major_locator(InputTicks())
    left, right = scene.task.interval
    for a, b in ((scene.interval[0], left), (right, scene.interval[1])):
        if a < b:
            axes.axvspan(a, b, color=scene.theme.outside, zorder=0, linewidth=0)
    return axes


def epoch_axis(axes: Axes, scenes: Sequence[Scene]) -> None:
    """An x axis of epochs, as far as the longest of the variants."""
    longest = max(int(peer.recording.epoch[-1]) for peer in scenes[0].peers)
    axes.set_xlabel("epoch")
    axes.set_xlim(0, max(longest, 1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
