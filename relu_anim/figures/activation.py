"""Activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.activations import ACTIVATIONS, Activation
from relu_anim.aliases import Array, Report
from relu_anim.config import ActivationFigure
from relu_anim.drawing.legends import beside, place
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import Room
from relu_anim.drawing.scales import SUPERSCRIPTS
from relu_anim.drawing.theme import Theme
from relu_anim.expressions import jumps

POINTS = 2001  # of a curve
GRID_POINTS = 2001  # at which slopes are measured
MANY = 4  # lines, from which their legend would hide them
DOTTED = (0, (1, 1.2))
COMPARED_STYLES = ((0, (5, 2)), (0, (5, 2, 1, 2)), (0, (9, 3)), (0, (3, 1.5, 1, 1.5, 1, 1.5)))


def picture(figure: ActivationFigure, report: Report) -> Functions:
    """The picture of a figure; nothing takes long."""
    return Functions(figure)


@dataclass(frozen=True)
class Functions:
    """The functions of a figure."""

    figure: ActivationFigure

    def draw(self, axes: Axes, theme: Theme, room: Room) -> None:
        """Each function solid or dashed, its derivative dotted in a paler tone; lines end where they jump."""
        _draw_curves(axes, self.figure, theme)
        _mark(axes, self.figure, theme)

    def finish(self, axes: Axes, theme: Theme, room: Room) -> None:
        """A legend, inside for a few lines; beside the axes for many, where one entry stands for all derivatives."""
        handles, labels = axes.get_legend_handles_labels()
        if len(handles) <= MANY:
            curves = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines]
            place(axes, room, handles, curves, may_stretch=self.figure.animation.ylim == "auto")
            return
        functions = [h for h, text in zip(handles, labels, strict=True) if not text.startswith("derivative")]
        if len(functions) < len(handles):
            functions.append(Line2D([], [], color=theme.paler(theme.muted), linestyle=DOTTED, label="derivatives"))
        beside(axes, room, functions, handlelength=3)

    def measure(self) -> dict[str, Any]:
        """For each function the least and greatest value of its derivative on the domain; at marks its own."""
        x = np.linspace(*self.figure.domain, GRID_POINTS)
        metrics: dict[str, Any] = {}
        for activation in (spec.activation() for spec in self.figure.functions):
            slope = activation.gradient(x)
            slope = slope[np.isfinite(slope)]
            own: dict[str, Any] = {"derivative_min": float(slope.min()), "derivative_max": float(slope.max())}
            if marks := self.figure.marks:
                at_marks = activation.gradient(np.array(marks)).tolist()
                own["derivative_at"] = {f"{x:g}": y for x, y in zip(marks, at_marks, strict=True)}
            metrics[activation.name] = own
        return metrics

    def describe(self, metrics: dict[str, Any]) -> str:
        """Which functions there are, and from where to where."""
        names = ", ".join(spec.activation().title for spec in self.figure.functions)
        derivatives = " with its derivative" if self.figure.derivative else ""
        low, high = self.figure.domain
        return f"Graph of {names}{derivatives} from {low:g} to {high:g}."


def _draw_curves(axes: Axes, figure: ActivationFigure, theme: Theme) -> None:
    colors = (theme.output, *theme.units, theme.ink)
    heights: list[Array] = []
    for index, spec in enumerate(figure.functions):
        activation, color = spec.activation(), colors[index % len(colors)]
        style = COMPARED_STYLES[(index - 1) % len(COMPARED_STYLES)] if index else "-"
        x, y = unconnected(activation, figure.domain)
        axes.plot(x, y, color=color, linestyle=style, label=label(activation), zorder=3 - index / 100)
        heights.append(y)
    for index, spec in enumerate(figure.functions):
        if figure.derivative is True or (figure.derivative == "first" and index == 0):
            activation, tone = spec.activation(), theme.paler(colors[index % len(colors)])
            x, y = unconnected(activation.gradient, figure.domain)
            axes.plot(x, y, color=tone, linestyle=DOTTED, label=f"derivative of {label(activation)}", zorder=4)
            heights.append(y)
    _axes(axes, figure, np.concatenate(heights))


def _mark(axes: Axes, figure: ActivationFigure, theme: Theme) -> None:
    """A dot on the first function's derivative at each mark, and the slope in words above it."""
    slope = figure.functions[0].activation().gradient
    middle = (figure.domain[0] + figure.domain[1]) / 2
    for x in figure.marks:
        y = float(slope(np.array([x]))[0])
        align = "left" if x < middle else "right" if x > middle else "center"
        axes.plot([x], [y], "o", color=theme.warning, markersize=8, clip_on=False, zorder=6)
        words = f"slope {scientific(y)}\nat x = {x:g}".replace("-", "−")
        axes.annotate(words, (x, y), (0, 12), textcoords="offset points", ha=align, va="bottom", color=theme.ink)


def scientific(value: float) -> str:
    """A number in three digits: 0.25; 3.06·10⁻⁷."""
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}" if exponent else mantissa


def label(activation: Activation) -> str:
    """The activation's title, with parameters of the user's own in brackets: «leaky ReLU (0.1)»."""
    usual = ACTIVATIONS[activation.name].parameters if activation.name in ACTIVATIONS else {}
    values = ", ".join(f"{value:g}" for key, value in activation.parameters.items() if value != usual[key])
    return f"{activation.title} ({values})" if values else activation.title


def unconnected(function: Callable[[Array], Array], domain: tuple[float, float]) -> tuple[Array, Array]:
    """x and y of a function's curve, with a NaN between the two sides of each jump so that no line joins them."""
    width = (domain[1] - domain[0]) * 1e-6
    places = jumps(function, (domain[0] - width, domain[1] + width))  # a jump at an end counts too
    x = np.linspace(*domain, POINTS)
    x = x[np.abs(x[:, None] - places[None, :]).min(axis=1, initial=np.inf) > width]
    extra = np.concatenate([places - width, places, places + width])
    x = np.sort(np.concatenate([x, extra[(extra >= domain[0]) & (extra <= domain[1])]]))
    y = function(x).astype(np.float64)
    y[np.isin(x, places)] = np.nan
    return x, y


def _axes(axes: Axes, figure: ActivationFigure, values: Array) -> None:
    axes.set_xlim(figure.domain)
    axes.set_xlabel("x")
    ylim = figure.animation.ylim
    axes.set_ylim(padded(float(np.nanmin(values)), float(np.nanmax(values)), 0.05) if ylim == "auto" else ylim)
