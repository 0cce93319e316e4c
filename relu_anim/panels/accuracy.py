"""The share of points that are classified right, over the training so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.drawing.ends import Ending, name_ends
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import Room
from relu_anim.drawing.series import DASHED, Trace, percent_axis
from relu_anim.numbers import steady_percent
from relu_anim.panels import subjects
from relu_anim.panels.axes import epoch_axis
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot


class AccuracyPanel:
    """Training points solid, held-out points dashed, from a share to 100 %, or from 0 % where nothing reaches that
    share; of several variants, each in its colour, with its marker."""

    def __init__(self, room: Room, scenes: Sequence[Scene], above: float = 0) -> None:
        self.scenes, self.room = scenes, room
        self.top = self.axes = room.add_axes()
        epoch_axis(self.axes, scenes)
        self.axes.set_ylabel(scenes[0].words("accuracy"))
        percent_axis(self.axes, above if _is_reached(scenes, above) else 0)
        self.tests = [_test_trace(self.axes, scene) for scene in scenes]
        self.traces = [_trace(self.axes, scene) for scene in scenes]
        shown = [trace for trace in (*self.tests, *self.traces) if trace]
        self.ends = name_ends(room, self.axes, self._endings(), scenes[0].look.theme)
        self.animated: list[Mark] = [mark for trace in shown for mark in trace.marks]
        self.animated += [self.ends] if self.ends else []

    def _endings(self) -> Sequence[Ending]:
        found: list[Ending] = []
        for scene, trace, tested in zip(self.scenes, self.traces, self.tests, strict=True):
            runs = scene.labelled_with(self.scenes)
            alone = scene.words("training") if any(run.has_test for run in runs) else ""
            name, test = scene.look.named(alone, len(self.scenes) > 1)
            shares = np.concatenate([run.recording.accuracy[run.shown] for run in runs])
            found.append(Ending(name, trace, shares, steady_percent))
            if tested:
                shares = np.concatenate([run.recording.test_accuracy[run.shown] for run in runs])
                found.append(Ending(test, tested, shares, steady_percent))
        return found

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Let the lines grow up to these snapshots."""
        for trace, test, snapshot in zip(self.traces, self.tests, snapshots, strict=True):
            trace.update(snapshot)
            if test:
                test.update(snapshot)
        if self.ends:
            self.ends.follow()

    def finish(self) -> None:
        """A legend where lines are not named at their ends and there is more than one."""
        handles = self._handles()
        if handles and not self.ends:
            place(self.axes, self.room, handles, is_shown=not self.scenes[0].number)

    def _handles(self) -> list[Line2D]:
        words = self.scenes[0].words
        if len(self.scenes) == 1:
            handle = self.traces[0].handle(words("training"))
            return [handle, self.tests[0].handle(words("test"))] if self.tests[0] else []
        pairs = sorted(zip(self.scenes, self.traces, strict=True), key=lambda pair: pair[1].curves.end, reverse=True)
        handles = [trace.handle(scene.look.heading) for scene, trace in pairs]
        test = Line2D([], [], color=self.scenes[0].look.theme.muted, linestyle=DASHED, linewidth=2, label=words("test"))
        return [*handles, test] if any(self.tests) else handles


def _is_reached(scenes: Sequence[Scene], share: float) -> bool:
    """Whether any line rises above this share in the film: of variants in columns, one in each of them."""
    best = [_best(run) for run in scenes[0].runs]
    return (max(best) if len(scenes) > 1 else min(best)) > share


def _best(run: Run) -> float:
    """The greatest share that a run shows."""
    lines = np.stack([run.recording.accuracy, run.recording.test_accuracy])
    return float(np.nan_to_num(lines[:, run.shown]).max())


def _trace(axes: Axes, scene: Scene) -> Trace:
    recording, look = scene.run.recording, scene.look
    values = recording.accuracy[:, None]
    trace = Trace(axes, recording.step, scene.run.times, values, [look.color], marker=look.marker)
    trace.show(subjects.series(scene, scene.words("training")))
    return trace


def _test_trace(axes: Axes, scene: Scene) -> Trace | None:
    """The line of the held-out points, if there are any."""
    recording = scene.run.recording
    values = recording.test_accuracy[:, None]
    if not np.isfinite(values).any():
        return None
    look = scene.look
    trace = Trace(axes, recording.step, scene.run.times, values, [look.test_color], [DASHED], 2, look.marker)
    trace.show(subjects.series(scene, scene.words("test")))
    return trace
