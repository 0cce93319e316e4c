"""The loss over the training so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from relu_anim.drawing.ends import Ending, name_ends
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import Room
from relu_anim.drawing.scales import fit_positive
from relu_anim.drawing.series import DASHED, Trace
from relu_anim.numbers import steady
from relu_anim.panels import subjects
from relu_anim.panels.axes import epoch_axis
from relu_anim.panels.ensembles import ManyLosses, ensembles_of, is_replaced, line_handles, losses_to_fit
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot


class LossPanel:
    """A line for each variant that grows up to the shown moment; dashed, the loss on held-out points."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        self.scenes, self.room = scenes, room
        self.axes = self.top = room.add_axes()
        epoch_axis(self.axes, scenes)
        words, losses = scenes[0].words, {run.experiment.loss_word for run in scenes[0].runs}
        room.name_y(self.axes, words(losses.pop() if len(losses) == 1 else "loss"), words("loss"))
        fit_losses(self.axes, scenes[0].runs)
        self.tests = {scene.number: self._test_trace(scene) for scene in scenes if scene.run.has_test}
        self.ensembles = ensembles_of(ManyLosses, self.axes, scenes)
        single = [scene for scene in scenes if not is_replaced(self.ensembles, scene)]
        self.traces = {scene.number: self._trace(scene) for scene in single}
        behind = [mark for networks in self.ensembles.values() for mark in networks.marks]
        traces = (*self.tests.values(), *self.traces.values())
        self.ends = None if self.ensembles else name_ends(room, self.axes, self._endings(), scenes[0].look.theme)
        self.animated: list[Mark] = behind + [mark for trace in traces for mark in trace.marks]
        self.animated += [self.ends] if self.ends else []

    def _trace(self, scene: Scene) -> Trace:
        run, look = scene.run, scene.look
        losses = run.recording.loss[:, None]
        trace = Trace(self.axes, run.recording.step, run.times, losses, [look.color], marker=look.marker)
        trace.show(subjects.series(scene, scene.words("training" if run.has_test else "loss")))
        return trace

    def _test_trace(self, scene: Scene) -> Trace:
        run, look = scene.run, scene.look
        losses = run.recording.test_loss[:, None]
        trace = Trace(self.axes, run.recording.step, run.times, losses, [look.test_color], [DASHED], 2, look.marker)
        trace.show(subjects.series(scene, scene.words("test")))
        return trace

    def _endings(self) -> list[Ending]:
        """The lines that are named at their ends: not the only one of a film, whose loss the stamp tells."""
        if len(self.scenes) == 1 and not self.scenes[0].look.label and not self.tests:
            return []
        found: list[Ending] = []
        for scene in self.scenes:
            runs = scene.labelled_with(self.scenes)
            alone = scene.words("training") if any(run.has_test for run in runs) else ""
            name, test = scene.look.named(alone, len(self.scenes) > 1)
            losses = np.concatenate([run.recording.loss[run.shown] for run in runs])
            found.append(Ending(name, self.traces[scene.number], losses, steady))
            if scene.number in self.tests:
                losses = np.concatenate([run.recording.test_loss[run.shown] for run in runs])
                found.append(Ending(test, self.tests[scene.number], losses, steady))
        return found

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Let the lines grow up to these snapshots."""
        for scene, snapshot in zip(self.scenes, snapshots, strict=True):
            for parts in (self.ensembles, self.tests, self.traces):
                if scene.number in parts:
                    parts[scene.number].update(snapshot)
        if self.ends:
            self.ends.follow()

    def finish(self) -> None:
        """A legend where lines are not named at their ends, in a corner that they leave free."""
        many, words = len(self.scenes) > 1, self.scenes[0].words
        if self.ends:
            return
        handles = []
        if many or self.tests or self.ensembles:
            handles += line_handles(self.scenes, self.traces, self.ensembles, words("training"))
        if self.tests:
            color = self.scenes[0].look.theme.muted if many else self.scenes[0].look.test_color
            handles.append(Line2D([], [], color=color, linestyle=DASHED, linewidth=2, label=words("test")))
        if handles:
            runs = self.scenes[0].runs  # of all columns, so that all leave the same room
            lines: list[tuple[NDArray[Any], NDArray[Any]]] = [
                (run.times, loss) for run in runs for loss in (run.recording.loss, run.recording.test_loss)
            ]
            lines += [line for networks in self.ensembles.values() for line in networks.lines()]
            place(self.axes, self.room, handles, lines, is_shown=not self.scenes[0].number)


def fit_losses(axes: Axes, runs: Sequence[Run]) -> None:
    """A y axis for all losses of these variants."""
    each = [(run.recording.loss, run.recording.test_loss, losses_to_fit(run)) for run in runs]
    values = np.concatenate([part for parts in each for part in parts])
    fit_positive(axes, values[np.isfinite(values)])
