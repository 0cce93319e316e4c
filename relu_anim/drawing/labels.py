"""Ticks and names of y axes: fewer and shorter where the axes are low, so that no word lies on another."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Locator, LogLocator, MaxNLocator
from numpy.typing import ArrayLike

from relu_anim.drawing.room import axes_size
from relu_anim.drawing.theme import TICK
from relu_anim.drawing.words import text_width

THIN_SPACE = "\u2009"
APART = 16  # pixels from the middle of a tick's label to that of the next, at least
MOST_POWERS = 8
FEW_DECADES = 3.4  # up to which there are ticks between powers of ten
BETWEEN = ((1.0, 2.0, 5.0), (1.0, 3.0))
MOST_TICKS = 9  # along an x axis
BESIDE = 8  # pixels between two of their labels


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
    """Round numbers along the x axis, as many as their labels leave room for: years need more of it than ones."""

    def __init__(self) -> None:
        super().__init__(nbins=MOST_TICKS, steps=[1, 2, 2.5, 5, 10])

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks from vmin to vmax."""
        assert isinstance(self.axis, Axis)
        width, ticks = axes_size(self.axis.axes)[0], np.zeros(0)
        for most in range(int(np.clip(self.axis.get_tick_space(), 1, MOST_TICKS)), 0, -1):
            self.set_params(nbins=most)
            ticks = np.asarray(super().tick_values(vmin, vmax))
            longest = max(text_width(f"{tick:.10g}", TICK) for tick in ticks)
            if len(ticks) < 2 or (ticks[1] - ticks[0]) / (vmax - vmin) * width >= longest + BESIDE:
                break
        return ticks


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


class PositiveTicks(LogLocator):
    """Ticks of a logarithmic axis: 1, 2 and 5 times powers of ten; 1 and 3 times; or powers of ten, perhaps not all."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The ticks from vmin to vmax, and some beyond."""
        decades, pixels = np.log10(vmax / vmin), height(self)
        fitting = (steps for steps in BETWEEN if decades < FEW_DECADES and pixels / decades * closest(steps) >= APART)
        self.set_params(subs=next(fitting, (1.0,)), numticks=int(np.clip(pixels // APART, 2, MOST_POWERS)))
        return list(super().tick_values(vmin, vmax))


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
