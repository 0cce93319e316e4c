"""Axes of positive numbers, logarithmic where these span far, and how their numbers are written."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from relu_anim.aliases import Array
from relu_anim.drawing.labels import THIN_SPACE, PositiveTicks
from relu_anim.drawing.ranges import padded

FAR = 1e120  # beyond which, and below 1 / FAR, an axis does not reach
LOG_RATIO = 20  # largest over smallest number from which an axis is logarithmic


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
        plain = low >= 1e-4 and high < 1e6
        axes.yaxis.set_major_formatter(FuncFormatter(plain_number if plain else power_of_ten))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(padded(min(low, 0.0), high))


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_number(value: float, position: int) -> str:
    """A number in full, with its thousands apart: 100, 0.02."""
    return f"{value:,.10g}".replace(",", THIN_SPACE)


def power_of_ten(value: float, position: int) -> str:
    """A number as a digit times a power of ten: 10⁻⁵, 2·10³. Matplotlib's own mathematics takes long to load."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    factor = round(value / 10.0**exponent)
    return (f"{factor}·" if factor > 1 else "") + "10" + str(exponent).translate(SUPERSCRIPTS)
