"""Points that a network is trained, tested or measured on, and the grids that functions are measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array

Interval = tuple[float, float]
Domain = Interval | tuple[Interval, Interval]  # of each input, or one for each of two inputs

GRID_POINTS = 1001  # odd, so that the middle of a domain, where knots like to be, is a point of the grid
ROUNDING = 4 * float(np.finfo(np.float64).eps)
LEAST_SPREAD = 1e-150
PLANE_SIDE = 51  # odd for the same reason; 2,601 points in all


@dataclass(frozen=True, eq=False)
class Points:
    """Training or test points, float64: `x` [n, inputs]; `y` [n, 1], a number to learn or the index of a class."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)


def read_only(points: Points) -> Points:
    """The same points, which nobody can change from now on."""
    points.x.setflags(write=False)
    points.y.setflags(write=False)
    return points


def split(points: Points, test_fraction: float, random: np.random.Generator) -> tuple[Points, Points]:
    """A random split into training and test points; the test part is rounded to the nearest whole number."""
    order = random.permutation(len(points))
    test = round(len(points) * test_fraction)
    held_out, kept = np.sort(order[:test]), np.sort(order[test:])
    return Points(points.x[kept], points.y[kept]), Points(points.x[held_out], points.y[held_out])


def is_constant(values: Array) -> NDArray[np.bool_]:
    """Of each column, whether its values differ by no more than rounding, or by so little that squares are lost. Whole
    numbers up to 1e15 differ by more."""
    largest, least = values.max(axis=0), values.min(axis=0)
    rounding = ROUNDING * np.maximum(np.abs(largest), np.abs(least))
    return np.asarray(largest - least <= np.maximum(rounding, LEAST_SPREAD))


def sides(domain: Domain, inputs: int) -> tuple[Array, Array]:
    """The ends of the domain: the least value of each input, and the greatest, float64 [inputs] each."""
    low, high = np.broadcast_to(np.array(domain, dtype=np.float64), (inputs, 2)).T
    return low, high


def grid(domain: Interval, points: int = GRID_POINTS) -> Array:
    """Evenly spaced evaluation points [n, 1] of a domain, both ends included."""
    return np.linspace(*domain, points)[:, None]


def plane_grid(domain: Domain, side: int = PLANE_SIDE) -> Array:
    """Evenly spaced evaluation points [side², 2] of a rectangle with its edges; the first input changes fastest."""
    x, y = np.linspace(*sides(domain, 2), side, axis=1)
    return np.stack([np.tile(x, side), np.repeat(y, side)], axis=1)
