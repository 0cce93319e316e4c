"""How large gradients or the spread of activations are from layer to layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.curves import Curves, Dots, dot_handle
from relu_anim.drawing.labels import are_apart
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import Room, axes_size
from relu_anim.drawing.scales import fit_positive, positive_range
from relu_anim.drawing.series import DASHED, named_layers
from relu_anim.drawing.strokes import Strokes
from relu_anim.panels import subjects
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

EARLIER = 5  # moments of the film that stay visible, the first among them
FAINT = 0.6  # share of their colour that what is past keeps
NAMES = {"gradients": ("gradient_norm", "gradient"), "activations": ("spread_of_activations", "spread")}
ARROW, FOOT = 8, 0.05  # size of the arrows in points; their height, as a share of that of the axes
BEYOND = 0.3  # of the distance of two layers, that the axis reaches beyond the first and the last


class ProfilePanel:
    """A line from the first layer to the last at the shown moment; behind it faint lines of earlier ones, and dashed
    that of the first. Of several variants, each in its colour. A layer whose number is 0 or too small for the axis has
    an arrow at the foot."""

    def __init__(self, room: Room, scenes: Sequence[Scene], of: str) -> None:
        self.scenes, self.room = scenes, room
        self.top = self.axes = room.add_axes()
        self.axes.set_xlabel(scenes[0].words("layer"))
        self._name_layers(room.width)
        room.name_y(self.axes, *map(scenes[0].words, NAMES[of]))
        self.shown = [values for run in scenes[0].runs for values in _all(run, of)]
        fit_positive(self.axes, positive_range(self.shown))
        self.lines = [_Line(self.axes, scene, of, len(scenes) > 1) for scene in scenes]
        in_order = zip(*(line.marks for line in self.lines), strict=True)  # what is behind, of all variants, first
        self.animated: list[Mark] = [mark for part in in_order for mark in part]

    def _name_layers(self, pixels: float) -> None:
        """An x axis of layers, as many as the deepest variant has, with names that have room in this many pixels; the
        last is named where it is the last of all."""
        depths = {len(run.network.activations) for run in self.scenes[0].runs}
        deepest = max(depths)
        texts = [*map(str, range(1, deepest)), self.scenes[0].words("output") if len(depths) == 1 else str(deepest)]
        self.axes.set_xlim(1 - BEYOND, deepest + BEYOND)
        layer = pixels / (deepest - 1 + 2 * BEYOND)
        choices = [np.array(named_layers(deepest, most)) for most in range(deepest, 1, -1)]
        shown = next((c for c in choices if are_apart(c * layer, [texts[i] for i in c])), choices[-1])
        self.axes.xaxis.set_major_locator(FixedLocator((shown + 1).tolist()))
        self.axes.xaxis.set_major_formatter(FixedFormatter([texts[i] for i in shown]))

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Show these snapshots, and what came before them."""
        for line, snapshot in zip(self.lines, snapshots, strict=True):
            line.update(snapshot)

    def finish(self) -> None:
        """A legend above the lines, and as many names of layers as there is room for."""
        self._name_layers(axes_size(self.axes)[0])
        place(self.axes, self.room, self._handles(), is_shown=not self.scenes[0].number)

    def _handles(self) -> list[Line2D]:
        color = self.scenes[0].look.theme.muted if len(self.scenes) > 1 else self.lines[0].now.colors[0]
        handles, words = [line.handle() for line in self.lines], self.scenes[0].words
        handles.append(Line2D([], [], color=color, linestyle=DASHED, linewidth=1.5, label=words("untrained")))
        if any(_too_small(values, self.axes).any() for values in self.shown):
            handles.append(dot_handle(color, self.scenes[0].look.theme.background, words("too_small"), ARROW, "v"))
        return handles


class _Line:
    """One variant: its line and dots now, and what stays behind."""

    def __init__(self, axes: Axes, scene: Scene, of: str, is_one_of_many: bool) -> None:
        self.axes, self.run, self.of, theme = axes, scene.run, of, scene.look.theme
        color = scene.look.color
        self.name = scene.look.heading if is_one_of_many else scene.words("now")
        self.moments = [(moment.step, profile(self.run, of, moment)) for moment in _moments(self.run)]
        self.earlier = Strokes(axes, (color, FAINT), 1, zorder=2.5)
        self.first = Curves(axes, [color], [DASHED], width=1.5, zorder=2.6)
        self.now = Curves(axes, [color])
        self.dots = Dots(axes, color, theme.background, 7, scene.look.marker, zorder=4)
        self.arrows = Dots(axes, color, theme.background, ARROW, "v", zorder=4)
        self.now.subjects = [subjects.series(scene, scene.words("now"))]
        self.first.subjects = [subjects.own(subjects.GHOST, scene, scene.words("untrained"))]
        self.earlier.subject = subjects.own(subjects.GHOST, scene, scene.words("page_ghost"))
        self.dots.subject = self.now.subjects[0]
        self.marks: list[Mark] = [self.earlier, self.first, self.now, self.dots, self.arrows]

    def update(self, snapshot: Snapshot) -> None:
        """Move to a snapshot; what comes after it is not there yet."""
        values = profile(self.run, self.of, snapshot)
        x = np.arange(1.0, len(values) + 1)
        first, *past = (_positive(then) for step, then in self.moments if step <= snapshot.step)
        self.earlier.move([np.column_stack([x, then]) for then in past])
        self.first.move(x, first[:, None])
        self.now.move(x, _positive(values)[:, None])
        known, missing = np.isfinite(_positive(values)), _too_small(values, self.axes)
        self.dots.move(x[known], values[known])
        self.arrows.move(x[missing], np.full(missing.sum(), _foot(self.axes)))

    def handle(self) -> Line2D:
        """Its entry of the legend."""
        handle = self.now.handle(self.name)
        handle.set(marker=self.dots.marker, markersize=self.dots.size)
        return handle


def profile(run: Run, of: str, snapshot: Snapshot) -> Array:
    """What is drawn of a snapshot, layer by layer."""
    if of == "activations":
        with np.errstate(all="ignore"):  # just before a divergence
            return run.network.spreads(snapshot.parameters, run.task.evaluation_points().x)
    return snapshot.gradient_norms.astype(np.float64)


def _positive(values: Array) -> Array:
    """The same, NaN where it is 0 or no number."""
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _too_small(values: Array, axes: Axes) -> NDArray[np.bool_]:
    """Which of the values are 0, or below the axis."""
    return np.isfinite(values) & (values <= max(axes.get_ylim()[0], 0.0))


def _foot(axes: Axes) -> float:
    """A height near the lower end of the axis, in data units."""
    place = axes.transAxes.transform((0, FOOT))
    return float(axes.transData.inverted().transform(place)[1])


def _moments(run: Run) -> list[Snapshot]:
    """The first snapshot of the film, and some later ones, evenly chosen from its frames."""
    frames = np.linspace(0, len(run.shown), EARLIER, endpoint=False).astype(int)
    return [run.recording[i] for i in np.unique(run.shown[frames]).tolist()]


def _all(run: Run, of: str) -> Iterator[Array]:
    """What is drawn over the whole film."""
    return (profile(run, of, run.recording[i]) for i in np.unique(run.shown).tolist())
