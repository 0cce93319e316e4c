"""Where a function is undefined, infinite or jumps, found by sampling and zooming in."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from relu_anim.expressions.rules import AnyArray, Map

CELLS = 2000
CURVE_POINTS = 2001
ZOOM_POINTS = 65
ZOOM_LEVELS = 9  # 32**9 of one cell is about the spacing of float64 numbers
MOST_PLACES = 200
INFINITE = 1e300
ROUNDING = 2e-15  # of a value, to which a sum of three like it may be wrong


def _values(function: Map, x: AnyArray) -> AnyArray:
    with np.errstate(all="ignore"):
        y = np.asarray(function(x.ravel()), dtype=np.float64)
    values: AnyArray = np.broadcast_to(y, x.size).reshape(x.shape)
    return values


def _grid(domain: tuple[float, float]) -> AnyArray:
    """About 2,000 points, ascending, with the ends and the whole numbers, where formulas like to break."""
    low, high = domain
    few = high - low <= CELLS
    whole = np.arange(math.ceil(low), math.floor(high) + 1) if few else np.array([0.0])
    x = np.concatenate([np.linspace(low, high, CELLS + 1), whole[(whole >= low) & (whole <= high)]])
    return x[_ascending(x)]


def _ascending(x: AnyArray) -> NDArray[np.intp]:
    """The order in which x ascends, of equal ones the first; np.unique would load masked arrays, which takes longer."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    return order[np.concatenate([[True], ordered[1:] != ordered[:-1]])]


def _rounding(*values: AnyArray) -> AnyArray:
    """Differences below this are taken for rounding errors."""
    largest: AnyArray = np.maximum.reduce([np.ones_like(values[0]), *map(np.abs, values)])
    return 1e-9 * largest


def undefined_at(function: Map, domain: tuple[float, float]) -> tuple[float, str] | None:
    """The first x of the closed domain where the function is not finite, and why; None where there is none seen.

    The reason completes "the function …": "is infinite", "is not defined" or "grows without bound".
    """
    x = _grid(domain)
    y = _values(function, x)
    zoomed_x, zoomed_y, poles = _zoomed(function, x, y)
    x, y = np.concatenate([x, zoomed_x]), np.concatenate([y, zoomed_y])
    order = _ascending(x)
    x, y = x[order], y[order]
    places = [*_first_hole(function, x, y), *((pole, "grows without bound") for pole in poles)]
    written = [(_as_written(float(place), domain[1] - domain[0]), reason) for place, reason in places]
    return min(written, key=lambda place: place[0], default=None)  # of equals the first, which says more


def _zoomed(function: Map, x: AnyArray, y: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """All points and values seen while closing in on the sharpest bends, and where the values kept growing."""
    spot = _sharpest(x, y)
    left, right, reference = x[spot - 1], x[spot + 1], y[spot - 1]
    seen, reach = [], []
    for _ in range(ZOOM_LEVELS):
        points = left[:, None] + (right - left)[:, None] * np.linspace(0, 1, ZOOM_POINTS)
        values = _values(function, points)
        seen.append((points.ravel(), values.ravel()))
        with np.errstate(all="ignore"):
            reach.append(np.abs(values - reference[:, None]).max(axis=1, initial=0))
            bend = np.abs(np.diff(values, 2, axis=1))
        rows, best = np.arange(len(spot)), bend.argmax(axis=1) + 1  # to argmax, nan is the largest
        left, right = points[rows, best - 1], points[rows, best + 1]
    growing = _grows(np.array(reach)) & (reach[-1] > _rounding(reference))
    points, values = (np.concatenate(part) for part in zip(*seen, strict=True))
    return points, values, (left + right)[growing] / 2


def _sharpest(x: AnyArray, y: AnyArray) -> NDArray[np.intp]:
    """Inner indices with a locally largest second difference, at most MOST_PLACES; all values around are finite."""
    with np.errstate(all="ignore"):
        bend = np.nan_to_num(np.abs(np.diff(y, 2)), nan=-1.0, posinf=-1.0)
        slope = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
        noise = ROUNDING * (np.abs(y[1:-1]) + np.abs(slope * x[1:-1]))
    around = np.concatenate([[-1.0], bend, [-1.0]])
    before, after = around[:-2], around[2:]
    is_sharper = bend > np.minimum(before, after) + noise  # not where all bend alike, as in x**2
    spot = np.flatnonzero((bend > 0) & (bend >= before) & (bend >= after) & is_sharper)
    return spot[np.argsort(-bend[spot], kind="stable")][:MOST_PLACES] + 1


def _grows(reach: AnyArray) -> NDArray[np.bool_]:
    """Whether the later zooms added about as much as the earlier: so does a logarithm; bounded functions level off."""
    middle = len(reach) // 2
    with np.errstate(all="ignore"):
        earlier, later = reach[middle] - reach[0], reach[-1] - reach[middle]
    grows: NDArray[np.bool_] = (later > 0.4 * earlier) & (later > 1e-3 * reach[0])
    return grows


def _first_hole(function: Map, x: AnyArray, y: AnyArray) -> Iterator[tuple[float, str]]:
    """The first sample that is not finite, moved left to the edge of its hole; nothing if all are finite."""
    holes = np.flatnonzero(~np.isfinite(y))
    if not holes.size:
        return
    hole, value = x[holes[0]], y[holes[0]]
    solid = x[max(holes[0] - 1, 0)]
    while solid < (middle := solid + (hole - solid) / 2) < hole:
        at_middle = _values(function, np.array([middle]))[0]
        if np.isfinite(at_middle):
            solid = middle
        else:
            hole, value = middle, at_middle
    yield hole, "is not defined" if np.isnan(value) else "is infinite"


def _as_written(x: float, width: float) -> float:
    """`x` as a person would write it: with all its decimals if these are few, else with as many as a plot shows."""
    shown = 5 - math.ceil(math.log10(width))
    for decimals in range(shown - 4, shown + 5):
        if abs(round(x, decimals) - x) <= 1e-12 * width + 4 * math.ulp(x):
            return round(x, decimals) + 0.0  # 0.0 rather than -0.0
    return round(x, shown)


def jumps(function: Map, domain: tuple[float, float]) -> AnyArray:
    """Where the function jumps inside the domain, as at a pole between two signs: float64 [n], n <= 200, ascending."""
    low, high = domain
    x = _grid(domain)
    left, right = x[:-1], x[1:]
    at_left, at_right = _bounded(function, left), _bounded(function, right)
    before = np.abs(at_right - at_left)
    for _ in range(45):  # all cells at once, always into the half that changes more
        middle = left + (right - left) / 2
        at_middle = _bounded(function, middle)
        go_left = np.abs(at_middle - at_left) > np.abs(at_right - at_middle)
        left, right = np.where(go_left, left, middle), np.where(go_left, middle, right)
        at_left, at_right = np.where(go_left, at_left, at_middle), np.where(go_left, at_middle, at_right)
    change = np.abs(at_right - at_left)
    near = 1e-9 * (high - low)
    real = (change > 1e-3 * before) & (change > _rounding(at_left, at_right))
    real &= (np.maximum(np.abs(at_left), np.abs(at_right)) < INFINITE) | (np.sign(at_left) != np.sign(at_right))
    real &= (left - low > near) & (high - right > near)
    largest = np.flatnonzero(real)[np.argsort(-change[real], kind="stable")]
    found = np.sort(((left + right) / 2)[largest[:MOST_PLACES]])
    return found[np.diff(found, prepend=-np.inf) > near]  # a knot on the grid is seen from both sides


def _bounded(function: Map, x: AnyArray) -> AnyArray:
    return np.clip(_values(function, x), -INFINITE, INFINITE)


def unconnected(function: Map, domain: tuple[float, float]) -> tuple[AnyArray, AnyArray]:
    """x and y of a function's curve, with a NaN between the two sides of each jump so that no line joins them."""
    width = (domain[1] - domain[0]) * 1e-6
    places = jumps(function, (domain[0] - width, domain[1] + width))  # a jump at an end counts too
    x = np.linspace(*domain, CURVE_POINTS)
    x = x[np.abs(x[:, None] - places[None, :]).min(axis=1, initial=np.inf) > width]
    extra = np.concatenate([places - width, places, places + width])
    x = np.sort(np.concatenate([x, extra[(extra >= domain[0]) & (extra <= domain[1])]]))
    y = _values(function, x).copy()
    y[np.isin(x, places)] = np.nan
    return x, y
