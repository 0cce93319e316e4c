"""The best that straight pieces can do: least squares by a continuous line of pieces with free knots (NumPy)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from relu_anim.aliases import Array

MOST_PIECES = 64  # that are searched for
PLACES = 256  # between which the search for first knots chooses, where pieces need not meet
COARSE_PLACES, HEIGHTS = 48, 24  # where they meet, at one of these heights
FEW_PIECES = 24  # up to which other searches are worth their time
MARGIN = 0.25  # of the range of y, by which heights may lie beyond it
STEPS = 60  # of all knots downhill, at most
ENOUGH = 1e-7  # of the error: a step that gains less is the last one
DAMPED = 1e9  # so much that no step is left
APART = 1e-9  # of the width: the least distance between knots
ROUNDING = 1e-12  # of the largest y, below which an error is none


@dataclass(frozen=True, eq=False)
class Pieces:
    """A continuous line of straight pieces: its ends and the knots between them, x and y float64 [pieces + 1], with x
    ascending; `error` is its mean squared error."""

    x: Array
    y: Array
    error: float


def best_pieces(x: Array, y: Array, pieces: int) -> Pieces:
    """The continuous line of this many pieces, or of fewer points or MOST_PIECES fewer, with the least mean squared
    error at points x, y [n], float64."""
    return _best(x.tobytes(), y.tobytes(), pieces)


@lru_cache(maxsize=16)  # films of one training ask for the same: in several themes, or drawn again after a save
def _best(x_bytes: bytes, y_bytes: bytes, pieces: int) -> Pieces:
    """The same of points as bytes.

    First knots are the best of a coarse choice, by dynamic programming, and are then moved downhill.
    """
    x, y = np.frombuffer(x_bytes), np.frombuffer(y_bytes)
    low, width = float(x.min()), float(np.ptp(x)) or 1.0
    points = _Points.of((x - low) / width, y)
    pieces = max(min(pieces, len(np.unique(x)) - 1, MOST_PIECES), 1)
    starts = [points.cut(pieces, PLACES)]
    if pieces <= FEW_PIECES:
        starts += [points.cut(pieces, COARSE_PLACES, HEIGHTS), np.linspace(0, 1, pieces + 1)]
    best = min((_moved(points, knots) for knots in starts), key=lambda found: found.error)
    error = best.error if best.error**0.5 > ROUNDING * np.abs(y).max() else 0.0
    return Pieces(low + width * best.x, best.y, error)


@dataclass(frozen=True, eq=False)
class _Halves:
    """Of each piece, over its points: the sums of L², L·R, R², L·y, R·y and y², where L falls from 1 to 0 along the
    piece, and R rises from 0 to 1. A piece from height v to w is v·L + w·R."""

    ll: Array
    lr: Array
    rr: Array
    ly: Array
    ry: Array
    yy: Array

    @classmethod
    def of(cls, sums: Array, a: Array, b: Array) -> _Halves:
        """Of pieces from a to b with the sums of 1, u, u², y, u·y and y² over their points."""
        one, u, uu, y, uy, yy = sums
        width = b - a
        ll, lr, rr = b * b * one - 2 * b * u + uu, (a + b) * u - a * b * one - uu, a * a * one - 2 * a * u + uu
        return cls(ll / width**2, lr / width**2, rr / width**2, (b * y - uy) / width, (uy - a * y) / width, yy)

    def least_error(self) -> Array:
        """The squared error of each piece at its best heights; 0 where it has a single point or none."""
        determinant = self.ll * self.rr - self.lr**2
        gain = self.rr * self.ly**2 - 2 * self.lr * self.ly * self.ry + self.ll * self.ry**2
        return np.where(determinant > 0, np.maximum(self.yy - gain / determinant, 0), 0)

    def errors(self, heights: Array) -> Array:
        """The squared error of each piece [places, places] from each height to each: [places · heights] twice."""
        ll, lr, rr, ly, ry, yy = (part[:, None, :, None] for part in vars(self).values())
        v, w = heights[:, None, None], heights
        error = yy - 2 * v * ly - 2 * w * ry + v * v * ll + 2 * v * w * lr + w * w * rr
        return error.reshape(2 * [len(self.yy) * len(heights)])

    def joined(self, weights: Array) -> Array:
        """The sums of the products of any two hats, with pieces weighted: [pieces + 1, pieces + 1]. A hat is 1 at one
        knot and 0 at all others."""
        diagonal = np.append(weights * self.ll, 0) + np.append(0, weights * self.rr)
        return np.diag(diagonal) + np.diag(weights * self.lr, 1) + np.diag(weights * self.lr, -1)


@dataclass(frozen=True, eq=False)
class _Points:
    """Points in the order of u, which goes from 0 to 1, and the sums [6, n + 1] over the first of them."""

    u: Array
    y: Array
    sums: Array

    @classmethod
    def of(cls, u: Array, y: Array) -> _Points:
        order = np.argsort(u, kind="stable")
        u, y = u[order], y[order]
        terms = np.cumsum([np.ones_like(u), u, u * u, y, u * y, y * y], axis=1)
        return cls(u, y, np.concatenate([np.zeros((6, 1)), terms], axis=1))

    def cut(self, pieces: int, places: int, heights: int = 0) -> Array:
        """The ends and knots of pieces that begin and end at some of so many places; each on its own, or each where the
        one before it ends, at one of so many heights."""
        ends = np.unique(np.linspace(0, len(self.u), places + 1).round().astype(int))
        knots = np.concatenate([[0], (self.u[ends[1:-1] - 1] + self.u[ends[1:-1]]) / 2, [1]])
        sums = self.sums[:, None, ends] - self.sums[:, ends, None]
        with np.errstate(all="ignore"):  # of pieces without width, or backwards
            halves = _Halves.of(sums, knots[:, None], knots)
            margin = MARGIN * np.ptp(self.y)
            levels = np.linspace(self.y.min() - margin, self.y.max() + margin, heights)
            cost = halves.errors(levels) if heights else halves.least_error()
        place = np.arange(len(cost)) // max(heights, 1)
        path = _cheapest(np.where(place[:, None] < place, cost, np.inf), pieces, max(heights, 1))
        return np.unique(knots[place[path]])

    def fitted(self, knots: Array) -> tuple[_Halves, Array, float]:
        """The best heights at these knots, with the sums and the squared error."""
        ends = np.concatenate([[0], np.searchsorted(self.u, knots[1:-1]), [len(self.u)]])
        halves = _Halves.of(np.diff(self.sums[:, ends]), knots[:-1], knots[1:])
        with_y = np.append(halves.ly, 0) + np.append(0, halves.ry)
        heights = np.linalg.lstsq(halves.joined(np.ones(len(halves.ll))), with_y, rcond=None)[0]
        error = self.y - np.interp(self.u, knots, heights)
        return halves, heights, float(error @ error)


def _cheapest(cost: Array, steps: int, ends: int) -> list[int]:
    """The states through which that many steps are cheapest, from one of the first `ends` to one of the last."""
    states, total, choices = np.arange(len(cost)), np.full(len(cost), np.inf), []
    total[:ends] = 0
    into = np.ascontiguousarray(cost.T)  # what lies together is compared in a quarter of the time
    through = np.empty_like(into)
    for _ in range(steps):
        np.add(into, total, out=through)
        choices.append(through.argmin(axis=1))
        total = through[states, choices[-1]]
    path = [len(cost) - ends + int(total[-ends:].argmin())]
    for choice in reversed(choices):
        path.append(int(choice[path[-1]]))
    return path[::-1]


def _moved(points: _Points, knots: Array) -> Pieces:
    """These knots moved to where the error is least nearby: steps of Gauss and Newton, damped as by Levenberg and
    Marquardt, in which heights always follow."""
    halves, heights, error = points.fitted(knots)
    damping = 0.01
    for _ in range(STEPS if len(knots) > 2 else 0):
        while damping < DAMPED:
            moved = knots + _step(halves, knots, heights, damping)
            if np.diff(moved).min() > APART:
                found = points.fitted(moved)
                if found[2] < error:
                    break
            damping *= 4
        else:
            break
        gained, damping = error - found[2], damping / 8
        knots, (halves, heights, error) = moved, found
        if gained < ENOUGH * (gained + error):
            break
    return Pieces(knots, heights, error / len(points.u))


def _step(halves: _Halves, knots: Array, heights: Array, damping: float) -> Array:
    """How far each knot moves; the ends stay."""
    slopes = np.diff(heights) / np.diff(knots)
    hats, moving, both = (halves.joined(weights) for weights in (np.ones_like(slopes), slopes, slopes**2))
    moving = moving[:, 1:-1]
    curvature = both[1:-1, 1:-1] - moving.T @ np.linalg.lstsq(hats, moving, rcond=None)[0]
    left = halves.ly - halves.ll * heights[:-1] - halves.lr * heights[1:]  # of L and of R with what is left of y
    right = halves.ry - halves.lr * heights[:-1] - halves.rr * heights[1:]
    downhill = -(slopes * right)[:-1] - (slopes * left)[1:]
    diagonal = np.diag(curvature)
    damped = curvature + damping * np.diag(diagonal + 1e-12 * np.abs(diagonal).sum())
    return np.concatenate([[0], np.linalg.lstsq(damped, downhill, rcond=None)[0], [0]])
