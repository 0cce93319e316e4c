"""Ticks and names of y axes: fewer and shorter where the axes are low, so that no word lies on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, Locator, LogLocator, MaxNLocator, ScalarFormatter
from numpy.typing import ArrayLike

from relu_anim.aliases import Array
from relu_anim.drawing.room import axes_size
from relu_anim.drawing.theme import TICK
from relu_anim.drawing.words import text_width
from relu_anim.numbers import PLAIN, THIN_SPACE, magnitude, plain, power

APART = 16  # pixels from the middle of a tick's label to that of the next, at least
MOST_POWERS = 8
FEW_DECADES = 3.4  # up to which there are ticks between powers of ten
BETWEEN = ((1.0, 2.0, 5.0), (1.0, 3.0))
DECADE = 10  # times as large as its begin: up to there an axis of log(1 + time) has ticks that are evenly spaced
ENOUGH = 3  # ticks along a logarithmic x axis, from which simpler ones are better than more
MOST_TICKS = 9  # along an x axis
BESIDE = 8  # pixels between two of their labels
BESIDE_GROUPS = 13  # the same where a label has a space between its thousands, as in 1 000
NOISE = 1e-9  # of an axis' range: what rounding leaves of a 0
EXACT = 12  # significant digits of a tick
YEARS = 10_000  # from which thousands of inputs are apart: four digits may be a year


class TickNumbers(Formatter):
    """The numbers of an axis, all in full or all with powers of ten; thousands are apart from `grouped` on."""

    def __init__(self, grouped: float = 1000) -> None:
        self.grouped = grouped

    def format_ticks(self, values: Any) -> list[str]:
        """The labels of these ticks."""
        assert self.axis is not None
        return self.texts(list(values), *self.axis.get_view_interval())

    def texts(self, values: Sequence[float], low: float, high: float) -> list[str]:
        """How these numbers are written along an axis from low to high."""
        low, high = min(low, high), max(low, high)
        values = [0.0 if low < 0 < high and abs(value) < NOISE * (high - low) else float(value) for value in values]
        shown = [value for value in values if value and low <= value <= high]
        if all(magnitude(value, EXACT) in PLAIN for value in shown):
            return [plain(value, EXACT, self.grouped) for value in values]
        return [power(value, EXACT) if value else "0" for value in values]

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick."""
        return self.format_ticks([x])[0]


class NumberTicks(MaxNLocator):
    """Round numbers, this many steps from the lowest to the highest at most."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(nbins=most, **options)
        self.most = most

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The ticks from vmin to vmax."""
        self.set_params(nbins=int(np.clip(height(self) // APART, 1, self.most)))
        return fitting_ticks(super().tick_values(vmin, vmax), vmin, vmax, height(self))


class InputTicks(MaxNLocator):
    """Round numbers along the x axis, as many as their labels leave room for, one at least: years need more of it than
    ones."""

    def __init__(self) -> None:
        super().__init__(nbins=MOST_TICKS, steps=[1, 2, 2.5, 5, 10])

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks from vmin to vmax."""
        assert isinstance(self.axis, Axis)
        width, ticks = axes_size(self.axis.axes)[0], np.zeros(0)
        for most in range(int(np.clip(self.axis.get_tick_space(), 1, MOST_TICKS)), 0, -1):
            self.set_params(nbins=most)
            ticks = np.asarray(super().tick_values(vmin, vmax))
            longest = max(text_width(text, TICK) for text in TickNumbers(YEARS).texts(ticks.tolist(), vmin, vmax))
            if len(ticks) < 2 or (ticks[1] - ticks[0]) / (vmax - vmin) * width >= longest + BESIDE:
                return ticks
        return ticks[(vmin <= ticks) & (ticks <= vmax)][:1]


class FixedTicks(Locator):
    """These evenly spaced ticks, every second or fourth of them where they are too many."""

    def __init__(self, ticks: ArrayLike) -> None:
        self.ticks = ticks

    def __call__(self) -> list[float]:
        """The ticks of what is shown."""
        assert self.axis is not None
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The ticks from vmin to vmax."""
        return fitting_ticks(self.ticks, vmin, vmax, height(self))


class LogTimeTicks(Locator):
    """0 and round whole numbers along an x axis of log(1 + time): the simplest that are enough, or else as many as have
    room; within a decade evenly spaced ones."""

    def __call__(self) -> list[float]:
        """The ticks of what is shown."""
        assert self.axis is not None
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The ticks from vmin to vmax."""
        assert isinstance(self.axis, Axis)
        pixels = axes_size(self.axis.axes)[0] / (np.log1p(vmax) - np.log1p(vmin))
        if vmax > DECADE * vmin:
            powers = np.logspace(0, most := int(np.log10(max(vmax, 1))), most + 1)
            choices = (np.append(0.0, ticks) for ticks in _from_simple_to_few(powers))
        else:
            choices = (
                np.asarray(MaxNLocator(n, steps=[1, 2, 5, 10], integer=True).tick_values(vmin, vmax))
                for n in range(5, 0, -1)
            )
        inside = [ticks[(vmin <= ticks) & (ticks <= vmax)].tolist() for ticks in choices]
        fitting = [ticks for ticks in inside if are_apart(np.log1p(ticks) * pixels, list(map(plain, ticks)))]
        most_of_all = max(fitting, key=lambda ticks: (len(ticks), ticks[-1:]), default=inside[-1])
        return next((ticks for ticks in fitting if len(ticks) >= ENOUGH), most_of_all)


def _from_simple_to_few(powers: Array) -> Iterator[Array]:
    """Choices of round numbers: with steps between the powers of ten, the powers, and ever fewer of both."""
    yield from (np.outer(powers, steps).ravel() for steps in BETWEEN)
    yield powers
    yield np.outer(powers, BETWEEN[-1]).ravel()[1:]
    yield powers[1:]
    for every in (1, 2, 3):
        yield from (factor * powers[first::every] for factor in (1, 2, 3, 5) for first in range(every))


def are_apart(places: Array, texts: Sequence[str]) -> bool:
    """Whether labels of ticks at these pixels along an x axis do not touch."""
    widths = np.array([text_width(text, TICK) for text in texts])
    spaced = np.array([THIN_SPACE in text for text in texts], bool)
    gaps = np.where(spaced[1:] & spaced[:-1], BESIDE_GROUPS, BESIDE)
    return bool((np.diff(places) >= (widths[1:] + widths[:-1]) / 2 + gaps).all())


class PositiveTicks(LogLocator):
    """Ticks of a logarithmic axis: 1, 2 and 5 times powers of ten; 1 and 3 times; or powers of ten, perhaps not all."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The ticks from vmin to vmax, and some beyond."""
        decades, pixels = np.log10(vmax / vmin), height(self)
        fitting = (steps for steps in BETWEEN if decades < FEW_DECADES and pixels / decades * closest(steps) >= APART)
        self.set_params(subs=next(fitting, (1.0,)), numticks=int(np.clip(pixels // APART, 2, MOST_POWERS)))
        return list(super().tick_values(vmin, vmax))


class PositiveNumbers(Formatter):
    """The numbers of logarithmic axes: in full where none in the picture goes so far that its numbers need powers of
    ten, which all of them have then."""

    def format_ticks(self, values: Any) -> list[str]:
        """The labels of these ticks."""
        assert isinstance(self.axis, Axis)
        figure = self.axis.axes.get_figure(root=True)
        assert figure is not None
        axes = [axes.yaxis for axes in figure.axes if isinstance(axes.yaxis.get_major_formatter(), PositiveNumbers)]
        ends = [end for axis in axes for end in _round_numbers(*axis.get_view_interval())]
        write = plain if all(magnitude(end, EXACT) in PLAIN for end in ends) else power
        return [write(value, EXACT) for value in values]

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick."""
        return self.format_ticks([x])[0]


def _round_numbers(low: float, high: float) -> tuple[float, float]:
    """The least and the greatest number between two that a logarithmic axis may write: 1, 2 or 5 times a power of
    ten."""
    least, greatest = (10.0 ** np.floor(np.log10([low, high]))).tolist()
    above = [step * least for step in (1, 2, 5) if step * least >= low * (1 - 1e-9)]
    return min([*above, 10 * least]), max(step * greatest for step in (1, 2, 5) if step * greatest <= high * (1 + 1e-9))


def closest(steps: tuple[float, ...]) -> float:
    """The smallest distance between these multiples of powers of ten, in decades."""
    return float(np.diff(np.log10([*steps, 10])).min())


def height(locator: Locator) -> float:
    """How many pixels high the axes are."""
    assert isinstance(locator.axis, Axis)
    return axes_size(locator.axis.axes)[1]


def fitting_ticks(ticks: ArrayLike, low: float, high: float, pixels: float) -> list[float]:
    """The evenly spaced ticks between low and high; not all of them where their labels would touch."""
    inside = [tick for tick in np.ravel(ticks).tolist() if low <= tick <= high]
    while len(inside) > 1 and (inside[1] - inside[0]) / (high - low) * pixels < APART:
        inside = inside[::2]
    return inside


def number_inputs(axis: Axis) -> None:
    """Ticks and numbers of an axis of inputs."""
    axis.set_major_locator(InputTicks())
    axis.set_major_formatter(TickNumbers(YEARS))


def write_numbers(figure: Figure) -> None:
    """Let all axes whose numbers have no look of their own write them as TickNumbers."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), ScalarFormatter):
                axis.set_major_formatter(TickNumbers())
