"""Axes that panels share: over the inputs, with what is to be learned, and over the training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from relu_anim.aliases import Array
from relu_anim.drawing.clearance import clear_place
from relu_anim.drawing.corners import Lines
from relu_anim.drawing.labels import LogTimeTicks, number_inputs
from relu_anim.drawing.marks import NamedLine
from relu_anim.drawing.points import numbered_marks
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import Room, axes_size
from relu_anim.drawing.strokes import Marks
from relu_anim.drawing.theme import LABEL, SMALL_LETTERS
from relu_anim.drawing.words import fitting, text_width
from relu_anim.numbers import plain
from relu_anim.panels import subjects
from relu_anim.panels.runs import COARSE_POINTS, Run
from relu_anim.panels.scenes import Scene

LINE_PIXELS, BESIDE_WORDS = 14, 4  # a line of small letters, and what stays free on both sides
SOME_FRAMES = 60  # whose curves they keep clear of
MOST_OF_HEIGHT = 0.3  # that the words take


def input_name(run: Run) -> str:
    """What a single input is called."""
    return run.task.table.columns[0] if run.task.table else run.words("x")


def output_name(run: Run) -> str:
    """What a single output that is a number is called."""
    return run.task.table.columns[-1] if run.task.table else run.words("y")


def input_axes(room: Room, scene: Scene, label: str) -> Axes:
    """Axes over the shown inputs; what lies outside the training domain is shaded."""
    axes = room.add_axes()
    axes.set_xlim(scene.run.interval)
    axes.set_xlabel(label)
    number_inputs(axes.xaxis)
    for a, b in outside(scene.run):
        axes.axvspan(a, b, color=scene.look.theme.outside, zorder=0, linewidth=0)
    return axes


def outside(run: Run) -> list[tuple[float, float]]:
    """The shown inputs, from where to where, that lie beside the training domain."""
    (low, high), (start, end) = run.interval, run.task.interval
    return [(a, b) for a, b in ((low, start), (end, high)) if a < b]


def name_outside(axes: Axes, scene: Scene, curves: Lines) -> None:
    """Say in each shaded region that has room for it what it is: where none of these curves (x, y) passes over the
    film, if there is such a place."""
    width, height = axes_size(axes)
    still = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.get_lines()]
    curves = [*curves, *still * SOME_FRAMES]  # which stay where they are in all of them
    low, high = scene.run.interval
    for a, b in outside(scene.run):
        room = (b - a) / (high - low) * width - 2 * BESIDE_WORDS
        words = fitting(in_lines(scene.words("not_trained_here")), room, SMALL_LETTERS)
        pixels = text_width(words, SMALL_LETTERS), LINE_PIXELS * (words.count("\n") + 1)
        if not words or pixels[1] > MOST_OF_HEIGHT * height:
            continue
        place = clear_place(axes, curves, (a, b), pixels)
        text = axes.text(*place, words, transform=axes.transAxes, ha="center", va="center", fontsize=SMALL_LETTERS)
        text.set(color=scene.look.theme.muted, zorder=1)


def in_lines(words: str) -> list[str]:
    """Words in one line, with the last in another, and each in its own."""
    return [words, "\n".join(words.rsplit(" ", 1)), words.replace(" ", "\n")]


def fit_title(axes: Axes, title: Text, *choices: str) -> None:
    """Let the title of axes be the first of these that is no wider than they are, or none."""
    title.set_text(fitting(choices, axes_size(axes)[0], LABEL))


def draw_target(axes: Axes, scene: Scene) -> list[tuple[Array, Array]]:
    """Draw the curve to learn; returns x and y of it, where it is learned, and of the points."""
    task = scene.run.task
    drawn = [(points.x, points.y) for points in task.fixed_points() or () if len(points)]
    if task.function is not None:
        x = np.linspace(*scene.run.interval, 1001)
        y = task.value_at(x[:, None])[:, 0]
        look: dict[str, Any] = {"color": scene.look.theme.target, "linestyle": (0, (4, 2)), "linewidth": 2}
        axes.add_line(NamedLine(x, y, subjects.target(scene), label=scene.words("target"), zorder=2.5, **look))
        inside = (x >= task.interval[0]) & (x <= task.interval[1])
        drawn.append((x[inside], y[inside]))
    return drawn


def training_points(axes: Axes, scene: Scene) -> list[Marks]:
    """The points that stay the same, and those held out: they move no more than the target, but stand above curves."""
    parts = zip(scene.run.task.fixed_points() or (), (False, True), strict=False)
    look, words = scene.look.theme, scene.words
    marks = [numbered_marks(axes, points, look, words, held_out) for points, held_out in parts if len(points)]
    for mark in marks:
        mark.subject = subjects.shared(subjects.POINT, str(mark.get_label()))
    return marks


def output_range(scene: Scene, reference: Sequence[Array]) -> tuple[float, float]:
    """The range of the output's axis: what is to be learned, and the outputs of all variants up to its width beyond."""
    ylim = scene.run.experiment.animation.ylim
    if ylim != "auto":
        return ylim
    if scene.run.task.class_names:
        return padded(0.0, 1.0)
    lowest, highest = (extreme(ends) for extreme, ends in zip((min, max), _extremes(scene), strict=True))
    if not reference:  # a recording may say nothing of what was learned
        return padded(lowest, highest if highest > lowest else lowest + 1)
    values = np.concatenate([np.ravel(values) for values in reference])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    if scene.run.task.function is not None:  # outside the training domain the target may run away
        target = scene.run.task.value_at(np.linspace(*scene.run.interval, COARSE_POINTS)[:, None])
        target = target[np.isfinite(target)]
        lowest, highest = min(lowest, float(target.min())), max(highest, float(target.max()))
    return padded(max(min(low, lowest), low - span), min(max(high, highest), high + span))


def _extremes(scene: Scene) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The least outputs of all variants, and the greatest, with those of networks beside them at the end."""
    ends = [ends for run in scene.runs for ends in (run.output_extremes, run.ensemble_ends)]
    lows, highs = zip(*ends, strict=True)
    return lows, highs


def epoch_axis(axes: Axes, scenes: Sequence[Scene]) -> None:
    """An x axis of epochs, or of steps where the film counts those, from the first snapshot to the last
    of all variants. Where it is
    logarithmic it is one of log(1 + epochs), along which the point of a film with `pacing: log` moves evenly."""
    animation = scenes[0].run.experiment.animation
    axes.set_xlabel(scenes[0].run.counts)
    if animation.has_log_epochs:
        axes.set_xscale("function", functions=(np.log1p, np.expm1))
        axes.xaxis.set_major_locator(LogTimeTicks())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda time, position: plain(time)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
    first, last = (extreme(float(run.times[end]) for run in scenes[0].runs) for extreme, end in ((min, 0), (max, -1)))
    axes.set_xlim(first, last if last > first else first + 1)
