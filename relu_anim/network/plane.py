"""The regions of the plane on which a network with two inputs is affine: a rectangle, cut where units switch.

Points are complex numbers here, x + iy, in a square that reaches from -1 to 1: half as many arrays, and one scale for
what is too small to see. A unit is gradient and offset on each polygon: Re(conj(gradient) · point) + offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.network.layer import EPSILON, Layer

Complex = NDArray[np.complex128]
Index = NDArray[np.intp]
Domain = tuple[float, float] | tuple[tuple[float, float], tuple[float, float]]  # of each input, or one for each
Number = TypeVar("Number", np.float64, np.complex128, np.floating)

SLIVER = 2e-9  # thinner than this, a billionth of the square's width, no polygon is cut off


@dataclass(frozen=True)
class Plane:
    """A rectangle cut into convex polygons on each of which every unit is affine.

    polygons: float64 [corners, 2] each, counter-clockwise. lines float64 [m, 2, 2]: the segments along which a unit
    switches, one for each polygon that it cut, with the layer (from 0) and the number of that unit, int [m] each.
    """

    polygons: list[Array]
    lines: Array
    layers: Index
    units: Index


def cut_rectangle(layers: Sequence[Layer], domain: Domain, most: int | None = None) -> Plane | None:
    """The domain cut by every unit, layer by layer; None if that makes more than `most` polygons."""
    low, high = _sides(domain)
    maps = _Maps(np.array([[1, 1j]], dtype=np.complex128) * (high - low) / 2, (high + low)[None] / 2, np.zeros((1, 2)))
    pieces = _Pieces(np.array([[-1 - 1j, 1 - 1j, 1 + 1j, -1 + 1j]]), np.zeros(1, dtype=np.intp))
    cuts: list[tuple[Complex, int, int]] = []
    deepest = max((number for number, layer in enumerate(layers) if layer.switches), default=-1)
    for number, layer in enumerate(layers[: deepest + 1]):
        if number:
            maps, pieces = pieces.activated(maps, layers[number - 1])
        maps = maps.through(layer)
        if layer.switches:
            reached = pieces.reached(maps)
            for unit in np.flatnonzero(reached.any(axis=0)):
                pieces, lines = pieces.split(maps, reached, unit)
                cuts.append((lines, number, int(unit)))
                if most is not None and len(pieces.parents) > most:
                    return None
    return _plane(pieces, cuts, domain)


def _plane(pieces: _Pieces, cuts: list[tuple[Complex, int, int]], domain: Domain) -> Plane:
    corners = _in_domain(pieces.corners, domain)
    counts = (pieces.corners != np.roll(pieces.corners, -1, axis=1)).sum(axis=1)
    polygons = [row[:count] for row, count in zip(corners, counts.tolist(), strict=True)]
    lines = np.concatenate([np.empty((0, 2), dtype=complex), *(lines for lines, _, _ in cuts)])
    numbers = np.array([(layer, unit) for _, layer, unit in cuts], dtype=np.intp).reshape(-1, 2)
    numbers = np.repeat(numbers, [len(lines) for lines, _, _ in cuts], axis=0)
    return Plane(polygons, _in_domain(lines, domain), numbers[:, 0], numbers[:, 1])


def _sides(domain: Domain) -> tuple[Array, Array]:
    """The least values [2] of both inputs, and the greatest."""
    low, high = np.broadcast_to(np.array(domain, dtype=np.float64), (2, 2)).T
    return low, high


def _in_domain(points: Complex, domain: Domain) -> Array:
    """Points of the square from -1 to 1 as float64 [..., 2] of the domain; its ends come out exactly."""
    pairs, (low, high) = np.stack([points.real, points.imag], axis=-1), _sides(domain)
    return low * ((1 - pairs) / 2) + high * ((1 + pairs) / 2)


@dataclass(frozen=True)
class _Maps:
    """Units as affine functions on polygons: gradient, offset and a bound on the rounding, each [polygons, units]."""

    gradient: Complex
    offset: Array
    error: Array

    @cached_property
    def tolerance(self) -> Array:
        """A value this close to 0 is 0: it may be rounding, or lies too near the line to be cut off."""
        return np.maximum(SLIVER * np.abs(self.gradient), self.error)

    def through(self, layer: Layer) -> _Maps:
        """The preactivations of a layer that takes these units as its inputs."""
        weight = layer.weight.T
        size = (2 * np.abs(self.gradient) + np.abs(self.offset)) @ np.abs(weight) + np.abs(layer.bias)
        error = self.error @ np.abs(weight) + (len(weight) + 4) * EPSILON * size
        return _Maps(self.gradient @ weight, self.offset @ weight + layer.bias, error)

    def at(self, points: Complex) -> Array:
        """The values [polygons, units] at one point of each polygon."""
        return (self.gradient.conj() * points[:, None]).real + self.offset


@dataclass(frozen=True)
class _Pieces:
    """Convex polygons, corners [polygons, most corners] counter-clockwise, the last one repeated to fill a row; and
    for each the row of the maps that hold on it."""

    corners: Complex
    parents: Index

    def reached(self, maps: _Maps) -> NDArray[np.bool_]:
        """Which units switch inside which polygon, [polygons, units], while each still has a map of its own."""
        low = high = maps.at(self.corners[:, 0])
        for corner in self.corners.T[1:]:
            values = maps.at(corner)
            low, high = np.minimum(low, values), np.maximum(high, values)
        return (low < -maps.tolerance) & (high > maps.tolerance)

    def split(self, maps: _Maps, reached: NDArray[np.bool_], unit: np.intp) -> tuple[_Pieces, Complex]:
        """All polygons, those that a unit reaches cut in two by its line; and the cuts [cuts, 2]."""
        near = np.flatnonzero(reached[self.parents, unit])
        here = self.parents[near], unit
        values = (maps.gradient[here].conj()[:, None] * self.corners[near]).real + maps.offset[here][:, None]
        values[np.abs(values) <= maps.tolerance[here][:, None]] = 0
        inside = (values > 0).any(axis=1) & (values < 0).any(axis=1)
        is_cut = np.zeros(len(self.parents), dtype=bool)
        is_cut[near[inside]] = True
        halves, lines = _halves(self.corners[is_cut], values[inside])
        parents = np.concatenate([self.parents[~is_cut], self.parents[is_cut], self.parents[is_cut]])
        return _Pieces(_stacked(self.corners[~is_cut], halves), parents), lines

    def activated(self, maps: _Maps, layer: Layer) -> tuple[_Maps, _Pieces]:
        """The maps after the activation, one row for each polygon again."""
        maps = _Maps(maps.gradient[self.parents], maps.offset[self.parents], maps.error[self.parents])
        factor = np.where(maps.at(self.corners.mean(axis=1)) > 0, layer.right, layer.left)
        maps = _Maps(maps.gradient * factor, maps.offset * factor, maps.error * np.abs(factor))
        return maps, _Pieces(self.corners, np.arange(len(self.corners)))


def _halves(corners: Complex, values: Array) -> tuple[Complex, Complex]:
    """Polygons [n, corners] cut where the values at their corners change sign: the positive halves, then the others;
    and the cuts [n, 2], each with the positive half on its left."""
    positive = values > 0
    start = (positive & ~np.roll(positive, 1, axis=1)).argmax(axis=1)
    corners, values = _turned(corners, start), _turned(values, start)  # now the positive corners stand first
    rows, count = np.arange(len(corners)), (values <= 0).argmax(axis=1)
    out = _crossing(corners[rows, count - 1], corners[rows, count], values[rows, count - 1], values[rows, count])
    back = _crossing(corners[:, 0], corners[:, -1], values[:, 0], values[:, -1])
    ahead = _side(corners, count, out, back)
    behind = _side(_turned(corners, count), corners.shape[1] - count, back, out)
    return _compact(np.concatenate([ahead, behind])), np.column_stack([out, back])


def _turned(rows: NDArray[Number], start: Index) -> NDArray[Number]:
    """Each row begun at its own place and gone round."""
    order = (start[:, None] + np.arange(rows.shape[1])) % rows.shape[1]
    return np.take_along_axis(rows, order, axis=1)


def _side(corners: Complex, count: Index, out: Complex, back: Complex) -> Complex:
    """The first corners of each row, as many as counted, closed by the two ends of a cut."""
    corners = np.column_stack([corners, out, back])
    last, columns, count = corners.shape[1] - 1, np.arange(corners.shape[1] - 1), count[:, None]
    order = np.where(columns < count, columns, np.minimum(last - 1 + columns - count, last))
    return np.take_along_axis(corners, order, axis=1)


def _crossing(a: Complex, b: Complex, at_a: Array, at_b: Array) -> Complex:
    """Where a value that is positive at a and not at b becomes 0 between them; b itself if it is 0 there."""
    return b + (a - b) * (at_b / (at_b - at_a))


def _compact(corners: Complex) -> Complex:
    """Corners that repeat the one before them left out, the last one repeated instead."""
    distinct = corners != np.roll(corners, -1, axis=1)
    counts = distinct.sum(axis=1)
    order = np.argsort(~distinct, axis=1, kind="stable")
    columns = np.minimum(np.arange(counts.max(initial=1)), counts[:, None] - 1)
    return np.take_along_axis(corners, np.take_along_axis(order, columns, 1), 1)


def _stacked(a: Complex, b: Complex) -> Complex:
    """The rows of both, the shorter ones filled with their last corner."""
    width = max(a.shape[1], b.shape[1])
    columns = np.arange(width)
    return np.concatenate([part[:, np.minimum(columns, part.shape[1] - 1)] for part in (a, b)])
