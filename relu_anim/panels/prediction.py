"""The network's output against what it is to learn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.curves import Curves, Dots, dot_handle
from relu_anim.drawing.ends import EndLabels, keep_margin
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark, NamedLine
from relu_anim.drawing.room import TITLE_Y, Room, axes_size
from relu_anim.drawing.words import ChangingText, shortened, wrapped
from relu_anim.numbers import written
from relu_anim.panels import subjects
from relu_anim.panels.axes import (
    SOME_FRAMES,
    draw_target,
    fit_title,
    input_axes,
    input_name,
    name_outside,
    output_name,
    output_range,
    training_points,
)
from relu_anim.panels.distances import Distance, Ghosts, target_again
from relu_anim.panels.ensembles import ManyOutputs, ensembles_of, is_replaced, line_handles
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot
from relu_anim.targets.pieces import Pieces

REASON_SIZE, REASON_LINE, REASON_GAP = 9, 17, 6  # points, and pixels of a line and beside it: why it broke off
MOST_OF_HEIGHT = 0.6  # of axes, which it takes: a legend may still make them lower
FEW_FRAMES = 12  # whose curves a legend keeps clear of
HOW_GOOD = ("best_error", "best_error_short", "best_error_shorter", "best_error_shortest")
FEW_UNITS = 12  # up to which knots are marked unasked


class PredictionPanel:
    """Target dashed, output solid, dots where it bends, and above all the training points where they stay the same;
    with `best` a thin line that is the best that as many straight pieces could do, with `ghosts` the curves of
    earlier moments, and with `error` how far the network is off."""

    def __init__(
        self,
        room: Room,
        scenes: Sequence[Scene],
        best: bool = False,
        ghosts: Sequence[float | str] = (),
        error: bool = False,
    ) -> None:
        self.scenes, self.room = scenes, room
        scene, theme = scenes[0], scenes[0].look.theme
        self.axes = self.top = input_axes(room, scene, input_name(scene.run))
        self.axes.set_ylabel(_quantity(scene.run))
        self.reference = draw_target(self.axes, scene)
        self.axes.set_ylim(output_range(scene, [y for _, y in self.reference]))
        self.best = scene.run.best if best else None
        if self.best:
            _draw_best(self.axes, self.best, scene)
            self.title = self.axes.set_title(_how_good(self.best, scene.run)[0], y=TITLE_Y)
        self.ghosts = Ghosts(self.axes, scene, ghosts) if ghosts else None
        self.distance = Distance(self.axes, room, scene) if error else None
        self.ensembles = ensembles_of(ManyOutputs, self.axes, scenes)
        single = [scene for scene in scenes if not is_replaced(self.ensembles, scene)]
        self.curves = {scene.number: self._curve(scene) for scene in single}
        has_knots = len(scenes) == 1 and shows_knots(scene.run)
        self.knots = Dots(self.axes, scene.look.color, theme.background) if has_knots else None
        if self.knots:
            self.knots.subject = subjects.own(subjects.KNOT, scene, scene.words("knots"))
        self.points = training_points(self.axes, scene)
        behind = self.distance.marks if self.distance else []
        behind = behind + ([self.ghosts] if self.ghosts else [])
        behind += target_again(self.axes, scene) if behind else []
        behind += [mark for networks in self.ensembles.values() for mark in networks.marks]
        knots = [self.knots] if self.knots else []
        self.ends = self._name_ends()
        self.animated: list[Mark] = [*behind, *self.curves.values(), *knots, *self.points]
        self.animated += [self.ends] if self.ends else []
        is_variant = len(scenes) == 1 and scene.look.label
        self.reason = say_why(self.axes, scene) if is_variant and scene.run.recording.stopped else None
        if self.reason:
            self.animated.append(ChangingText(self.reason))

    def _name_ends(self) -> EndLabels | None:
        """The names of target and outputs at their ends; None in columns, whose first has a legend for all, where many
        networks stand behind the one, and where there is no room."""
        scene, theme = self.scenes[0], self.scenes[0].look.theme
        is_column = len(self.scenes) == 1 and scene.look.label
        target = [scene.words("target")] if scene.run.task.function is not None else []
        outputs = [scene.look.named(scene.words("network"), len(self.scenes) > 1)[0] for scene in self.scenes]
        names = [*target, *outputs]
        if is_column or self.ensembles or not keep_margin(self.room, names, len(names)):
            return None
        colors = [*([theme.target] if target else []), *(scene.look.color for scene in self.scenes)]
        ends = EndLabels(self.axes, list(map(theme.label, colors)))
        ends.texts = names
        return ends

    def _curve(self, scene: Scene) -> Curves:
        curve = Curves(self.axes, [scene.look.color], [scene.look.dashes if len(self.scenes) > 1 else "-"])
        curve.subjects = [subjects.output(scene)]
        return curve

    @cached_property
    def target_end(self) -> list[float]:
        """Where the target ends, if it is a function."""
        run = self.scenes[0].run
        return run.task.value_at(np.array([[run.interval[1]]])).ravel().tolist() if run.task.function else []

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Move the outputs' curves."""
        for scene, snapshot in zip(self.scenes, snapshots, strict=True):
            if scene.number in self.ensembles:
                self.ensembles[scene.number].update(snapshot)
            if scene.number in self.curves:
                x, stages = scene.run.curves(snapshot)
                self.curves[scene.number].move(x[:, 0], scene.run.as_shown(stages[-1].values))
        if self.ghosts:
            self.ghosts.show(snapshots[0])
        if self.distance:
            self.distance.show(snapshots[0])
        if self.ends:
            outputs = [self.curves[scene.number].end for scene in self.scenes]
            self.ends.move([*self.target_end, *outputs], self.ends.texts)
        if self.knots:
            scene, parameters = self.scenes[0], snapshots[0].parameters
            x = scene.run.network.knots(parameters, scene.run.interval)
            self.knots.move(x, scene.run.network.output(parameters.astype(np.float64), x[:, None])[:, 0])

    def finish(self) -> None:
        """Place the legend of what has no name at its end where the curves of the whole film leave room; choose a title
        that fits, and break the reason into lines."""
        if self.best:
            fit_title(self.axes, self.title, *_how_good(self.best, self.scenes[0].run))
        if self.distance:
            self.distance.finish()
        if self.reason:
            self.reason.set_text(_broken(self.reason.get_text(), *axes_size(self.axes)))
        words = self.scenes[0].words
        handles, labels = self.axes.get_legend_handles_labels()
        if self.ends:
            handles = [handle for handle, label in zip(handles, labels, strict=True) if label != words("target")]
        handles += [mark.handle() for mark in self.points]
        handles += [self.ghosts.handle(self.ghosts.name)] if self.ghosts else []
        handles += [] if self.ends else line_handles(self.scenes, self.curves, self.ensembles, words("network"))
        if len(self.scenes) == 1 and any(map(shows_knots, self.scenes[0].runs)):
            handles.append(dot_handle(self.scenes[0].look.color, self.scenes[0].look.theme.background, words("knots")))
        free = self.scenes[0].run.experiment.animation.ylim == "auto" and not self.scenes[0].run.task.class_names
        others = [line for networks in self.ensembles.values() for line in networks.lines()]
        outputs = self._some_outputs(FEW_FRAMES)
        curves: list[tuple[NDArray[Any], NDArray[Any]]] = [*self.reference, *outputs, *others]
        curves += self.distance.filled(outputs) if self.distance else []
        if handles:  # the first column's legend holds for all, and all leave the same room for it
            place(self.axes, self.room, handles, curves, free, is_shown=not self.scenes[0].number)
        name_outside(self.axes, self.scenes[0], [*self._some_outputs(SOME_FRAMES), *others])

    def _some_outputs(self, frames: int) -> list[tuple[Array, Array]]:
        """The outputs' curves of all variants in so many frames."""
        each = [(run, *run.some_curves(-1, frames)) for run in self.scenes[0].runs]
        return [(x, run.as_shown(curve)) for run, x, curves in each for curve in curves.T]


def _draw_best(axes: Axes, best: Pieces, scene: Scene) -> None:
    """Draw the best that straight pieces could do, a stroke at each of its knots."""
    look: dict[str, Any] = {"color": scene.look.theme.warning, "linewidth": 1.2, "marker": "|", "markersize": 10}
    label = scene.words("best_line" if len(best.x) == 2 else "best_pieces")
    subject = subjects.curve(scene, label)
    axes.add_line(NamedLine(best.x, best.y, subject, label=label, markeredgewidth=1.2, zorder=2.4, **look))


def _how_good(best: Pieces, run: Run) -> list[str]:
    """How good the best pieces are, and the network, from the longest words to the shortest."""
    count, words = len(best.x) - 1, run.words
    which = words("line") if count == 1 else words("pieces", n=count)
    rounded, precise = ([written(number, digits) for number in (best.error, run.reached)] for digits in (2, 3))
    error, own = rounded if rounded[0] != rounded[1] else precise
    return [words(key, pieces=which, best=error, own=own) for key in HOW_GOOD]


def say_why(axes: Axes, scene: Scene) -> Text:
    """Write at the bottom why the training broke off; to be drawn over all curves."""
    reason = scene.run.words.reason(scene.run.recording.stopped)
    behind = {"facecolor": scene.look.theme.background, "edgecolor": "none", "alpha": 0.85, "pad": 3}
    text = axes.text(0.5, 0.04, reason, transform=axes.transAxes, ha="center", va="bottom", bbox=behind, zorder=5)
    text.set(color=scene.look.theme.warning, fontsize=REASON_SIZE)
    return text


def _broken(reason: str, width: float, height: float) -> str:
    """A reason in lines that fit into axes; its end is left out where these are too low for all of it."""
    room, most = width - 2 * REASON_GAP, max(int(MOST_OF_HEIGHT * height / REASON_LINE), 1)
    lines = list(filter(None, wrapped(reason, [room] * most, REASON_SIZE)))
    return "\n".join([*lines[:-1], shortened(lines[-1], room, REASON_SIZE)])


def _quantity(run: Run) -> str:
    """What the y axis shows."""
    names = run.task.class_names
    if names:
        return run.words("probability_of", name=names[1]) if run.task.table else run.words("probability")
    return output_name(run)


def shows_knots(run: Run) -> bool:
    """Whether the output's knots are marked: those of straight pieces, and by default not too many."""
    wanted, network = run.experiment.animation.knots, run.network
    exact = network.is_piecewise_linear and not run.task.class_names
    bends = any(activation.name != "identity" for activation in network.activations[:-1])
    is_usual = bends and sum(network.layer_sizes[1:-1]) <= FEW_UNITS
    return exact and (wanted is True or (wanted == "auto" and is_usual))
