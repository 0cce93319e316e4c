"""What was computed of one variant over its run: curves, ranges and numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.drawing.ranges import range_over_run
from relu_anim.expressions import sigmoid
from relu_anim.facts import LOSSES
from relu_anim.metrics import measure_series
from relu_anim.network import Network, Stage
from relu_anim.recording import Ensemble, Recording, Snapshot
from relu_anim.targets import Domain, Interval, Points, Task
from relu_anim.targets.pieces import Pieces, best_pieces
from relu_anim.words import Wording

CURVE_POINTS = 501  # of a smooth curve
COARSE_POINTS = 201  # for ranges over a whole run
CHUNK = 64  # snapshots looked at together


class Run:
    """A recording, and what panels draw of it. What is asked for is computed once, and then kept.

    `shown` is, for each frame, the index of its snapshot in the recording. `ensemble` are the networks from which this
    one was chosen, where they are shown. `by_step`: the film counts steps, not epochs.
    """

    def __init__(
        self,
        experiment: Experiment,
        recording: Recording,
        shown: NDArray[np.intp],
        ensemble: Ensemble | None = None,
        by_step: bool = False,
    ) -> None:
        self.experiment, self.recording, self.shown, self.ensemble = experiment, recording, shown, ensemble
        self.by_step = by_step
        self._curves: dict[int, tuple[Array, list[Stage]]] = {}

    @property
    def words(self) -> Wording:
        """The words of the picture."""
        return self.experiment.animation.wording

    @property
    def counts(self) -> str:
        """What the film counts, as its stamp and its axes say."""
        return self.words("step" if self.by_step else "epoch")

    def counted(self, steps: NDArray[np.int64]) -> Array:
        """Moments, given by their steps, as the film counts them: as steps, or as epochs."""
        return steps / (1 if self.by_step else self.experiment.steps)

    @cached_property
    def times(self) -> Array:
        """The moment of each snapshot, as the film counts: [snapshots]."""
        return self.counted(self.recording.step)

    @property
    def has_loss(self) -> bool:
        """Whether it is known, or was none from the start; who records a network may not say it."""
        return bool(np.isfinite(self.recording.loss).any()) or bool(self.recording.stopped)

    @property
    def has_test(self) -> bool:
        """Whether there are held-out points."""
        return bool(np.isfinite(self.recording.test_loss).any())

    @cached_property
    def _moments(self) -> Array:
        return self.recording.step / self.experiment.steps

    def index(self, moment: float) -> int:
        """The index of the last snapshot until a moment, in epochs."""
        return int(np.searchsorted(self._moments, moment, side="right")) - 1

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

    @cached_property
    def faint(self) -> NDArray[np.bool_]:
        """Which hidden units stand back behind those of `animation.highlight`, by number among all: [units]. None
        where no unit of this network is highlighted."""
        sizes = self.network.layer_sizes[1:-1]
        pairs = self.experiment.animation.highlight
        inside = [pair for pair in pairs if pair[0] <= len(sizes) and pair[1] <= sizes[pair[0] - 1]]
        found = np.full(sum(sizes), bool(inside))
        found[[self.network.unit_numbers(layer - 1)[unit - 1] for layer, unit in inside]] = False
        return found

    @property
    def domain(self) -> Domain:
        """The inputs that are shown."""
        return self.experiment.animation.domain or self.task.domain

    @cached_property
    def interval(self) -> Interval:
        """The values of a single input that are shown."""
        return replace(self.task, domain=self.domain).interval

    @cached_property
    def best(self) -> Pieces | None:
        """The best that as many straight pieces could do as the network has in the last frame; None if it has none."""
        if self.task.class_names or not self.network.is_piecewise_linear:
            return None
        points = self.task.evaluation_points()
        with np.errstate(all="ignore"):  # just before a divergence
            count = self.network.linear_regions(self.last.parameters, self.task.interval)
        return best_pieces(points.x[:, 0], points.y[:, 0], count)

    @property
    def reached(self) -> float:
        """The mean squared error of the last frame, at the same points."""
        points = self.task.evaluation_points()
        with np.errstate(all="ignore"):
            output = self.network.output(self.last.parameters.astype(np.float64), points.x)
            return float(np.mean((output - points.y) ** 2))

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

    def some_curves(self, stage: int, frames: int) -> tuple[Array, Array]:
        """Inputs x [points], and the curves of all units of a stage of the network there, in a few frames of the film:
        [points, curves]."""
        chosen = np.unique(np.linspace(0, len(self.shown) - 1, frames).astype(int))
        parameters = self.recording.parameters[self.shown[chosen]].astype(np.float64)
        x = np.linspace(*self.interval, COARSE_POINTS)
        with np.errstate(all="ignore"):
            values = self.network.stages(parameters, x[:, None])[stage].values
        return x, np.concatenate(list(values), axis=-1)

    def outputs_of_all(self, step: int, x: Array) -> Array:
        """The output of each network of the ensemble after a step for inputs x [points], as `prediction` draws it:
        [networks, points], NaN of those that had diverged."""
        assert self.ensemble is not None
        index = int(np.searchsorted(self.ensemble.step, step))
        with np.errstate(all="ignore"):
            outputs = self.network.output(self.ensemble.parameters[:, index], x[:, None].astype(np.float32))[..., 0]
            shown = self.as_shown(outputs)
        return np.where((self.ensemble.ends > index)[:, None] & np.isfinite(shown), shown, np.nan)

    @property
    def ensemble_ends(self) -> tuple[float, float]:
        """The least and the greatest output of all networks of the ensemble at the end."""
        if self.ensemble is None:
            return np.inf, -np.inf
        outputs = self.outputs_of_all(int(self.ensemble.step[-1]), np.linspace(*self.interval, COARSE_POINTS))
        return float(np.nanmin(outputs, initial=np.inf)), float(np.nanmax(outputs, initial=-np.inf))

    def curves(self, snapshot: Snapshot) -> tuple[Array, list[Stage]]:
        """Inputs x [n, 1] and the curves of all units there; panels that show the same snapshot share them."""
        if snapshot.step not in self._curves:
            self._curves.clear()
            parameters = snapshot.parameters.astype(np.float64)
            x = self._bends(parameters)
            with np.errstate(all="ignore"):
                self._curves[snapshot.step] = x, self.network.stages(parameters, x)
        return self._curves[snapshot.step]

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
