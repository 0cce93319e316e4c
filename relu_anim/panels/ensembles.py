"""The networks from which one was chosen, behind it: each as a faint curve, or all as their median and a band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from relu_anim.drawing.curves import Band, Curves
from relu_anim.drawing.marks import Mark, Numbers
from relu_anim.panels import subjects
from relu_anim.panels.runs import COARSE_POINTS, Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

QUANTILES = (0.1, 0.5, 0.9)
SPREAD = "10–90 %"
MOST_DRAWN = 100  # networks, each with a curve of its own
FILLED = 0.2  # how much of its colour a band has
FAINT, FEW = 0.7, 16  # and up to this many curves, each of which can be seen; of more, those can that run together
USUAL = (1, 99)  # percent of losses, between which an axis has room for all


class ManyNetworks:
    """Curves of many networks over the same x, faint or as a band, in the colour of a variant or in that of words."""

    has_dashes = False  # whether variants differ in their line styles

    def __init__(self, axes: Axes, scene: Scene, color: str = "") -> None:
        assert scene.run.ensemble is not None
        self.scene, self.ensemble, self.color = scene, scene.run.ensemble, color or scene.look.theme.muted
        self.is_band = scene.run.experiment.animation.ensemble == "band"
        self.replaces_curve = self.is_band and bool(color)  # there is no room for both in each of several variants
        ranked = np.argsort(self.ensemble.last_losses, kind="stable")
        self.drawn = np.sort(ranked[:: -(-len(ranked) // MOST_DRAWN)])
        self.diverged = int(np.isnan(self.ensemble.last_losses).sum())
        if self.is_band:
            middle = color or scene.look.theme.units[1]
            self.band = Band(axes, to_hex((*to_rgba(middle)[:3], FILLED), keep_alpha=True))
            dashes = scene.look.dashes if color and self.has_dashes else "-"
            self.curves = Curves(axes, [middle], [dashes], width=2.5 if color else 1.8, zorder=2.4)
            self.marks: list[Mark] = [self.band, self.curves]
        else:
            curves = len(self.drawn) * (len(scene.runs) if color else 1)
            faint = to_hex((*to_rgba(self.color)[:3], share_of(curves)), keep_alpha=True)
            self.curves = Curves(axes, [faint] * len(self.drawn), ["-"] * len(self.drawn), width=1, zorder=2.3)
            self.marks = [self.curves]
        name = scene.words("median") if self.is_band else scene.words("seeds", n=len(self.ensemble))
        self.curves.subjects = [subjects.curve(scene, name)] * len(self.curves.colors)

    def update(self, snapshot: Snapshot) -> None:
        """Show the networks at this moment."""
        raise NotImplementedError

    def move(self, x: Numbers, values: Numbers) -> None:
        """Show values: of a band its quantiles [3, points], else all of the networks that are drawn [drawn, points]."""
        if self.is_band:
            self.band.move(x, values[0], values[2])
            values = values[1:2]
        self.curves.move(x, values.T)

    def lines(self) -> list[tuple[Numbers, Numbers]]:
        """The curves as they stand, and the edges of the band, x and y each."""
        x, columns = self.curves.x, list(self.curves.y.T)
        if self.is_band:
            x, columns = self.band.x, [*columns, self.band.low, self.band.high]
        known = np.isfinite(columns).all(axis=0)
        return [(x[known], column[known]) for column in columns]

    def handles(self) -> list[Artist]:
        """The entries of a legend; where a band replaces the variant's curve, its median has one already."""
        muted, words = self.scene.look.theme.muted, self.scene.words
        lost = f", {words('diverged', n=self.diverged)}" * bool(self.diverged)
        if not self.is_band:
            key = "some_seeds" if len(self.drawn) < len(self.ensemble) else "seeds"
            label = words(key, shown=len(self.drawn), n=len(self.ensemble)) + lost
            return [Line2D([], [], color=muted, alpha=FAINT, linewidth=1, label=label)]
        if self.replaces_curve:
            return [Patch(facecolor=muted, alpha=FILLED, linewidth=0, label=f"{SPREAD}{lost}")]
        return [
            self.curves.handle(words("median")),
            Patch(facecolor=self.band.color, linewidth=0, label=f"{SPREAD}{lost}"),
        ]


class ManyOutputs(ManyNetworks):
    """The outputs of the networks at the moment that is shown; those that have diverged are gone."""

    has_dashes = True

    def update(self, snapshot: Snapshot) -> None:
        """Move to this moment."""
        x = np.linspace(*self.scene.run.interval, COARSE_POINTS)
        outputs = self.scene.run.outputs_of_all(snapshot.step, x)
        self.move(x, quantiles(outputs) if self.is_band else outputs[self.drawn])


class ManyLosses(ManyNetworks):
    """The losses of the networks up to the moment that is shown."""

    def __init__(self, axes: Axes, scene: Scene, color: str = "") -> None:
        super().__init__(axes, scene, color)
        losses = np.where(np.isfinite(self.ensemble.loss), self.ensemble.loss, np.nan)
        self.times = scene.run.counted(self.ensemble.step)
        self.values = quantiles(losses) if self.is_band else losses[self.drawn]

    def update(self, snapshot: Snapshot) -> None:
        """Go as far as this moment."""
        count = int(np.searchsorted(self.ensemble.step, snapshot.step, side="right"))
        self.move(self.times[:count], self.values[:, :count])


def share_of(curves: int) -> float:
    """How much of its colour each of this many curves has."""
    return FAINT * min(1.0, math.sqrt(FEW / curves))


def quantiles(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """The 10, 50 and 90 % quantiles of values [networks, points] at each point, of those that are numbers: [3, points],
    NaN where none is."""
    if not np.isnan(values).any():
        return np.quantile(values, QUANTILES, axis=0)
    found = np.full((len(QUANTILES), values.shape[1]), np.nan)
    some = ~np.isnan(values).all(axis=0)
    found[:, some] = np.nanquantile(values[:, some], QUANTILES, axis=0)
    return found


def losses_to_fit(run: Run) -> NDArray[np.float64]:
    """The losses that the axis has room for because of the networks that are shown beside the chosen one."""
    if run.ensemble is None:
        return np.zeros(0)
    losses = np.where(np.isfinite(run.ensemble.loss), run.ensemble.loss, np.nan)
    shown = quantiles(losses) if run.experiment.animation.ensemble == "band" else losses
    return np.percentile(shown[np.isfinite(shown)], USUAL)


Ensembles = dict[int, ManyNetworks]  # by the numbers of their variants


def ensembles_of(kind: type[ManyNetworks], axes: Axes, scenes: Sequence[Scene]) -> Ensembles:
    """What these axes show of many networks."""
    alone = len(scenes) == 1
    shown = [scene for scene in scenes if scene.run.ensemble is not None]
    return {scene.number: kind(axes, scene, "" if alone else scene.look.color) for scene in shown}


def is_replaced(ensembles: Ensembles, scene: Scene) -> bool:
    """Whether the median of many networks is drawn in place of the variant's own curve."""
    return scene.number in ensembles and ensembles[scene.number].replaces_curve


class Named(Protocol):
    """What an entry of a legend stands for."""

    @property
    def end(self) -> float:
        """Where it ends."""

    def handle(self, label: str) -> Artist:
        """The entry."""


def line_handles(
    scenes: Sequence[Scene], curves: Mapping[int, Named], ensembles: Ensembles, alone: str
) -> list[Artist]:
    """The entries of a legend: one for the curve of each variant, from the one that ends highest, and one for
    each kind of what stands behind them.

    `alone` names a single network; one that was chosen is named by its seed.
    """
    lines = {scene.number: curves.get(scene.number) or ensembles[scene.number].curves for scene in scenes}
    if len(scenes) > 1:
        scenes = sorted(scenes, key=lambda scene: lines[scene.number].end, reverse=True)
        names = [s.look.fitted(s.look.label) if is_replaced(ensembles, s) else s.look.heading for s in scenes]
    else:
        is_chosen = scenes[0].run.ensemble is not None and not scenes[0].look.label
        names = [scenes[0].words("seed", seed=str(scenes[0].run.recording.seed)) if is_chosen else alone]
    named = {str(handle.get_label()): handle for networks in ensembles.values() for handle in networks.handles()}
    return [lines[s.number].handle(name) for s, name in zip(scenes, names, strict=True)] + list(named.values())
