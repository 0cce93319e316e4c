"""The straight pieces of a network with one input: split wherever a unit switches, exact up to float64."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.network.layer import EPSILON, Layer


@dataclass(frozen=True)
class Segments:
    """A piecewise-linear function of one input: on [edges[i], edges[i + 1]] it is slopes[i] · x + intercepts[i].

    edges float64 [n + 1], ascending; slopes and intercepts float64 [n, outputs]; slope_errors bounds the rounding in
    slopes, so that a smaller change of slope means nothing.
    """

    edges: Array
    slopes: Array
    intercepts: Array
    slope_errors: Array

    @property
    def knots(self) -> Array:
        """Where the slope of an output changes: float64 [n], ascending."""
        change = np.abs(np.diff(self.slopes, axis=0))
        rounding = self.slope_errors[:-1] + self.slope_errors[1:]
        return self.edges[1:-1][(change > rounding).any(axis=1)]


def straight_pieces(layers: Iterable[Layer], domain: tuple[float, float]) -> Segments:
    """Every unit carried as an affine function on each piece, with a bound on its rounding."""
    edges = _Edges(np.array(domain, dtype=np.float64), np.zeros(2))
    lines = _Lines(np.array([[[1.0, 0.0]]]), np.zeros((1, 1, 2)))
    for layer in layers:
        lines = lines.through(layer.weight, layer.bias)
        if layer.switches:
            finer = edges.split(lines)
            lines = lines.take(np.searchsorted(edges.x, finer.midpoints, side="right") - 1)
            edges = finer
            slope, intercept = lines.values[..., 0], lines.values[..., 1]
            positive = slope * edges.midpoints[:, None] + intercept > 0
            lines = lines.scaled(np.where(positive, layer.right, layer.left)[..., None])
        elif layer.left != 1:
            lines = lines.scaled(np.array(layer.left))
    return Segments(edges.x, lines.values[..., 0], lines.values[..., 1], lines.errors[..., 0])


@dataclass(frozen=True)
class _Lines:
    """Every unit as an affine function on each piece: (slope, intercept) and bounds on their errors, each
    [pieces, units, 2]."""

    values: Array
    errors: Array

    def through(self, weight: Array, bias: Array) -> _Lines:
        """The preactivations of a layer that takes these units as its inputs."""
        weights = np.abs(weight)
        size = weights @ np.abs(self.values)
        size[..., 1] += np.abs(bias)
        values = weight @ self.values
        values[..., 1] += bias
        return _Lines(values, weights @ self.errors + (weight.shape[1] + 2) * EPSILON * size)

    def take(self, pieces: NDArray[np.intp]) -> _Lines:
        """The lines on these pieces."""
        return _Lines(self.values[pieces], self.errors[pieces])

    def scaled(self, factor: Array) -> _Lines:
        """The lines times a factor for each piece and unit."""
        return _Lines(self.values * factor, self.errors * np.abs(factor))


@dataclass(frozen=True)
class _Edges:
    """The ends of pieces, ascending, and bounds on their errors, each [pieces + 1]."""

    x: Array
    errors: Array

    @cached_property
    def midpoints(self) -> Array:
        """A point inside each piece, also where it reaches to infinity."""
        x = self.x.copy()
        if len(x) == 2 and np.isinf(x).all():
            return np.zeros(1)
        if np.isinf(x[0]):
            x[0] = x[1] - 1 - abs(x[1])
        if np.isinf(x[-1]):
            x[-1] = x[-2] + 1 + abs(x[-2])
        return x[:-1] + (x[1:] - x[:-1]) / 2

    def split(self, lines: _Lines) -> _Edges:
        """These edges and every point between them where a line crosses zero."""
        slope, intercept = lines.values[..., 0], lines.values[..., 1]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = -intercept / slope
            errors = (lines.errors[..., 1] + np.abs(x) * lines.errors[..., 0]) / np.abs(slope)
        is_sloped = np.abs(slope) > lines.errors[..., 0]
        inside = is_sloped & (x > self.x[:-1, None]) & (x < self.x[1:, None])
        together = np.concatenate([self.x, x[inside]])
        order = np.argsort(together, kind="stable")
        return _Edges(together[order], np.concatenate([self.errors, errors[inside]])[order])._distinct()

    def _distinct(self) -> _Edges:
        """One edge, the most precise, where rounding alone keeps several apart: a switch computed in two ways."""
        close = self.x[1:] - self.x[:-1] <= self.errors[:-1] + self.errors[1:]
        if not close.any():
            return self
        keep = np.ones(len(self.x), dtype=bool)
        keep[1:] &= ~(close & (self.errors[1:] >= self.errors[:-1]))
        keep[:-1] &= ~(close & (self.errors[:-1] > self.errors[1:]))
        return _Edges(self.x[keep], self.errors[keep])._distinct()
