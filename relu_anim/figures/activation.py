"""Activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.activations import ACTIVATIONS, Activation
from relu_anim.aliases import Array, Report
from relu_anim.config import ActivationFigure
from relu_anim.drawing.callouts import Callouts
from relu_anim.drawing.direct import name_directly
from relu_anim.drawing.legends import beside, place
from relu_anim.drawing.marks import NamedLine
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.readings import along, in_full, texts
from relu_anim.drawing.room import Room, axes_size
from relu_anim.drawing.shapes import Reading, Subject
from relu_anim.drawing.theme import Theme
from relu_anim.expressions import unconnected
from relu_anim.facts import joined
from relu_anim.numbers import written
from relu_anim.words import Wording

GRID_POINTS = 2001  # at which slopes are measured
SLOPES = ("negative_slope", "init")  # parameters that are one
MANY = 4  # lines, from which their legend would hide them
DOTTED = (0, (1, 1.2))
COMPARED_STYLES = (  # of up to seven functions beside the first
    (0, (5, 2)),
    (0, (5, 2, 1, 2)),
    (0, (9, 3)),
    (0, (3, 1.5, 1, 1.5, 1, 1.5)),
    (0, (2.5, 1.5)),
    (0, (9, 2, 2.5, 2)),
    (0, (9, 2, 1, 2, 1, 2)),
)


def picture(figure: ActivationFigure, report: Report) -> Functions:
    """The picture of a figure; nothing takes long."""
    return Functions(figure)


@dataclass(frozen=True)
class Functions:
    """The functions of a figure."""

    figure: ActivationFigure

    def draw(self, axes: Axes, theme: Theme, room: Room) -> None:
        """Each function solid or dashed, its derivative dotted and thinner, on the first one a dot at each mark; lines
        end where they jump."""
        _draw_curves(axes, self.figure, theme)
        for x, y in self.marks:
            axes.plot([x], [y], "o", color=theme.warning, markersize=8, clip_on=False, zorder=6)

    def finish(self, axes: Axes, theme: Theme, room: Room) -> Sequence[str]:
        """Name the lines beside them where all have room, else in a legend; then write the slopes beside marks."""
        if self.marks or not name_directly(axes, axes.get_lines()):
            self._place_legend(axes, theme, room)
        return self._name_marks(axes, theme, room) if self.marks else []

    def _place_legend(self, axes: Axes, theme: Theme, room: Room) -> None:
        """A legend inside for a few lines, beside the axes for many, where one entry stands for all derivatives."""
        handles, labels = axes.get_legend_handles_labels()
        if len(handles) <= MANY:
            curves = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines]
            place(axes, room, handles, curves, may_stretch=self.figure.animation.ylim == "auto")
            return
        words = self.figure.animation.wording
        own = {label(spec.activation(), words) for spec in self.figure.functions}
        functions = [h for h, text in zip(handles, labels, strict=True) if text in own]
        if len(functions) < len(handles):
            functions.append(
                Line2D([], [], color=theme.muted, linestyle=DOTTED, linewidth=2, label=words("derivatives"))
            )
        beside(axes, room, functions)

    def _name_marks(self, axes: Axes, theme: Theme, room: Room) -> list[str]:
        """Write beside each mark the slope there, from the greatest down; returns a note on those that have no room."""
        callouts = Callouts(axes, room, self.marks)
        by_slope = sorted(self.marks, key=lambda mark: -mark[1])
        missing = [x for x, y in by_slope if not callouts.write((x, y), self._slope_words(x, y), theme.ink)]
        if not missing:
            return []
        places = joined((f"{x:g}" for x in sorted(missing)), "and")
        return [f"marks: no room to write the slope at x = {places}; change animation.size or text_scale"]

    def _slope_words(self, x: float, y: float) -> list[str]:
        """What a mark of the first function says, from the longest words to the shortest."""
        first, *others = (spec.activation() for spec in self.figure.functions)
        is_peak = y >= slope_range(first.gradient, self.figure.domain)[1]
        words = self.figure.animation.wording
        name = label(first, words) if first.title in (other.title for other in others) else first.title
        values = {"slope": written(y, 3)} | ({"function": name} if others else {})
        keys = ("slope_of", "greatest_slope_of") if others else ("slope", "greatest_slope")
        slope, greatest = (words(key, **values) for key in keys)
        at = words("at_x", x=written(x))
        return [f"{greatest if is_peak else slope}\n{at}", f"{slope}\n{at}", slope]

    @cached_property
    def marks(self) -> list[tuple[float, float]]:
        """Each mark, with the slope of the first function there."""
        slopes = self.figure.functions[0].activation().gradient(np.array(self.figure.marks, dtype=np.float64))
        return list(zip(self.figure.marks, slopes.tolist(), strict=True))

    def measure(self) -> dict[str, Any]:
        """For each function the least and greatest value of its derivative on the domain; at marks its own."""
        metrics: dict[str, Any] = {}
        for activation in (spec.activation() for spec in self.figure.functions):
            least, greatest = slope_range(activation.gradient, self.figure.domain)
            own: dict[str, Any] = {"derivative_min": least, "derivative_max": greatest}
            if marks := self.figure.marks:
                at_marks = activation.gradient(np.array(marks)).tolist()
                own["derivative_at"] = {f"{x:g}": y for x, y in zip(marks, at_marks, strict=True)}
            metrics[activation.name] = own
        return metrics

    def readings(self, axes: Axes) -> dict[Subject, Reading]:
        """Each function and its derivative, also where that is not drawn."""
        words, x = self.figure.animation.wording, along(axes, self.figure.marks)
        (low, high), name = axes.get_ylim(), words("x")
        pixel, found = (high - low) / axes_size(axes)[1], {}
        for activation in (spec.activation() for spec in self.figure.functions):
            with np.errstate(all="ignore"):
                values, slopes = (texts(of(x), pixel) for of in (activation, activation.gradient))
            columns = {name: in_full(x), words("page_function", x=name): values, words("page_slope", x=name): slopes}
            found[_subject(activation, words)] = Reading(x, None, columns)
        return found

    def describe(self, metrics: dict[str, Any]) -> str:
        """Which functions there are, and from where to where."""
        names = ", ".join(spec.activation().title for spec in self.figure.functions)
        low, high = map(written, self.figure.domain)
        key = "alt_graph_derivative" if self.figure.derivative else "alt_graph"
        return self.figure.animation.wording(key, functions=names, low=low, high=high)


def _draw_curves(axes: Axes, figure: ActivationFigure, theme: Theme) -> None:
    activations, words = [spec.activation() for spec in figure.functions], figure.animation.wording
    colors = theme.activation_colors([activation.name for activation in activations])
    heights: list[Array] = []
    look: dict[str, Any]
    for index, (activation, color) in enumerate(zip(activations, colors, strict=True)):
        style = COMPARED_STYLES[index - 1] if index else "-"
        x, y = unconnected(activation, figure.domain)
        look = {"color": color, "linestyle": style, "zorder": 3 + index / 100}
        axes.add_line(NamedLine(x, y, _subject(activation, words), label=label(activation, words), **look))
        heights.append(y)
    for index, (activation, color) in enumerate(zip(activations, colors, strict=True)):
        if figure.derivative is True or (figure.derivative == "first" and index == 0):
            x, y = unconnected(activation.gradient, figure.domain)
            look = {"linestyle": DOTTED, "linewidth": 2}
            name = words("derivative_of", function=label(activation, words))
            axes.add_line(NamedLine(x, y, _subject(activation, words), color=color, zorder=4, label=name, **look))
            heights.append(y)
    _axes(axes, figure, np.concatenate(heights))


def slope_range(slope: Callable[[Array], Array], domain: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest derivative on a domain."""
    slopes = slope(np.linspace(*domain, GRID_POINTS))
    slopes = slopes[np.isfinite(slopes)]
    return float(slopes.min()), float(slopes.max())


def label(activation: Activation, words: Wording) -> str:
    """The activation's title, with its slope below 0 if it has one, or what else differs from the usual: «leaky ReLU,
    slope 0.1», «ELU, alpha 2»."""
    usual = ACTIVATIONS[activation.name].parameters if activation.name in ACTIVATIONS else {}
    shown = {key: value for key, value in activation.parameters.items() if activation.slopes or value != usual[key]}
    return ", ".join([activation.title, *(_parameter(key, written(value), words) for key, value in shown.items())])


def _parameter(key: str, value: str, words: Wording) -> str:
    return words("slope_number", value=value) if key in SLOPES else f"{key} {value}"


def _subject(activation: Activation, words: Wording) -> Subject:
    return Subject("curve", label(activation, words))


def _axes(axes: Axes, figure: ActivationFigure, values: Array) -> None:
    axes.set_xlim(figure.domain)
    axes.set_xlabel(figure.animation.wording("x"))
    ylim = figure.animation.ylim
    axes.set_ylim(padded(float(np.nanmin(values)), float(np.nanmax(values)), 0.05) if ylim == "auto" else ylim)
