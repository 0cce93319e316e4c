"""What `prediction` shows beside its curves on request: those of earlier moments, and how far the network is off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes

from relu_anim.aliases import Array
from relu_anim.config.values import moment_parts, moment_step
from relu_anim.drawing.curves import Band
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import TITLE_Y, Room, axes_size
from relu_anim.drawing.strokes import Strokes
from relu_anim.drawing.theme import LABEL
from relu_anim.drawing.words import ChangingText, fitting
from relu_anim.numbers import steady, written
from relu_anim.panels import subjects
from relu_anim.panels.runs import CURVE_POINTS
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot

WIDTH, STEM = 1.6, 1.4  # points
LINES = 9  # through an area


class Ghosts(Strokes):
    """The curves of some moments, faint, each from its moment on."""

    def __init__(self, axes: Axes, scene: Scene, moments: Sequence[float | str]) -> None:
        super().__init__(axes, scene.look.theme.faint(scene.look.color), WIDTH, zorder=2.2)
        run = scene.run
        epochs = sorted(moment_step(moment, run.experiment.steps) / run.experiment.steps for moment in moments)
        snapshots = [run.recording[max(run.index(epoch + 1e-9), 0)] for epoch in epochs]
        self.steps = np.array([snapshot.step for snapshot in snapshots])
        self.curves = []
        for snapshot in snapshots:
            x, stages = run.curves(snapshot)
            self.curves.append(np.column_stack([x[:, 0], run.as_shown(stages[-1].values)[:, 0]]))
        numbers = [written(moment) for moment in moments if not isinstance(moment, str)]
        each = [f"{scene.words(name)} {number}" for name, number in map(moment_parts, moments)]
        are_epochs = len(numbers) == len(moments) > 1
        self.name = scene.words("epochs", numbers=", ".join(numbers)) if are_epochs else ", ".join(each)
        self.subject = subjects.own(subjects.GHOST, scene, self.name)

    def show(self, snapshot: Snapshot) -> None:
        """Show those whose moment is over."""
        self.move([curve for curve, step in zip(self.curves, self.steps, strict=True) if step < snapshot.step])


class Distance:
    """How far the network is from its target: the area between them where that is a function, else a stem to each
    training point; the title says how much it is in the mean, where the panel has no other."""

    def __init__(self, axes: Axes, room: Room, scene: Scene) -> None:
        self.run, self.axes, self.room, theme = scene.run, axes, room, scene.look.theme
        task = scene.run.task
        points = None if task.function is not None or scene.run.points is None else scene.run.points
        self.x = np.linspace(*task.interval, CURVE_POINTS) if points is None else points.x[:, 0]
        self.wanted = task.value_at(self.x[:, None])[:, 0] if points is None else points.y[:, 0]
        self.area = Band(axes, theme.faint(theme.warning)) if points is None else None
        self.stems = Strokes(axes, theme.faint(theme.warning), STEM)
        self.width, self.words = room.width, scene.words
        has_title = bool(axes.get_title(loc="left"))
        self.title = (
            None if has_title else ChangingText(axes.set_title(" ", y=TITLE_Y, color=theme.label(theme.warning)))
        )
        self.marks: list[Mark] = [mark for mark in (self.area or self.stems, self.title) if mark]

    def show(self, snapshot: Snapshot) -> None:
        """Measure and show it."""
        with np.errstate(all="ignore"):  # just before a divergence
            output = self.run.network.output(snapshot.parameters.astype(np.float64), self.x[:, None])[:, 0]
        ends = np.stack([self.wanted, np.minimum(output, self.room.top_of(self.axes))], axis=1)  # below the legend
        if self.area:
            self.area.move(self.x, ends.min(axis=1), ends.max(axis=1))
        else:
            self.stems.move(np.stack([np.repeat(self.x[:, None], 2, axis=1), ends], axis=2))
        if not self.title:
            return
        number = steady(float(np.abs(output - self.wanted).mean()))
        choices = [self.words(key, number=number) for key in ("mean_distance", "distance")]
        self.title.say(fitting(choices, self.width, LABEL) or number)

    def filled(self, curves: Iterable[tuple[Array, Array]]) -> list[tuple[Array, Array]]:
        """Lines (x, y) through the areas between these curves and the target, so close that no word fits between."""
        between, wanted = np.linspace(0, 1, LINES)[:-1], self.run.task.value_at
        low, high = self.axes.get_ylim()
        each = ((x, np.clip(y, low, high), wanted(x[:, None])[:, 0]) for x, y in curves if self.area)
        return [(x, target + share * (y - target)) for x, y, target in each for share in between]

    def finish(self) -> None:
        """Know how wide the axes are."""
        self.width = axes_size(self.axes)[0]


def target_again(axes: Axes, scene: Scene) -> list[Mark]:
    """The target once more, as `draw_target` draws it, above all that moves behind it."""
    if scene.run.task.function is None:
        return []
    target = Strokes(axes, scene.look.theme.target, 2, (0, (4, 2)))
    target.subject = subjects.target(scene)
    x = np.linspace(*scene.run.interval, 1001)
    target.move([np.column_stack([x, scene.run.task.value_at(x[:, None])[:, 0]])])
    return [target]
