"""Axes of positive numbers, logarithmic where these span far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from relu_anim.aliases import Array
from relu_anim.drawing.labels import PositiveNumbers, PositiveTicks
from relu_anim.drawing.ranges import padded

FAR = 1e120  # beyond which, and below 1 / FAR, an axis does not reach
LOG_RATIO = 20  # largest over smallest number from which an axis is logarithmic
MOST_DECADES = 12  # of norms and spreads, which rounding may leave next to nothing of


def positive_range(values: Sequence[Array]) -> Array:
    """The least and the greatest of these numbers [2] that are positive and finite, at most MOST_DECADES apart; none
    where there are none."""
    together = np.concatenate([np.ravel(part) for part in values]).astype(np.float64)
    together = together[np.isfinite(together) & (together > 0)]
    if not len(together):
        return together
    return np.array([max(together.min(), together.max() / 10.0**MOST_DECADES), together.max()])


def fit_positive(axes: Axes, values: Array) -> None:
    """A y axis for these finite values: from 0, or logarithmic where they span more than LOG_RATIO."""
    if not len(values):
        return
    low, high = np.clip([values.min(), values.max()], -FAR, FAR).tolist()
    low = max(low, 1 / FAR) if low > 0 else low
    if low > 0 and high > LOG_RATIO * low:
        axes.set_yscale("log")
        axes.set_ylim(low / (high / low) ** 0.06, high * (high / low) ** 0.06)
        axes.yaxis.set_major_locator(PositiveTicks())
        axes.yaxis.set_major_formatter(PositiveNumbers())
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(padded(min(low, 0.0), high))
