"""The line between two classes of a network of straight pieces with two inputs, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relu_anim.aliases import Array
from relu_anim.network import Network
from relu_anim.network.plane import Domain

CLOSE = 1e-6  # of the longer side: ends of pieces that are one point
STRAIGHT = 1e-6  # sine of the angle up to which two pieces go on in one line


def corners(network: Network, parameters: Array, domain: Domain, most: int | None = None) -> int | None:
    """How often the line bends inside the domain, on which the only output is 0, or two outputs are equal; None where
    that takes more than `most` polygons. Errors as for `Network.plane`."""
    plane = network.plane(parameters, domain, most)
    if plane is None:
        return None
    pieces = np.array(list(_pieces(network, parameters, plane.polygons))).reshape(-1, 2, 2)
    ends = pieces.reshape(-1, 2)
    along = np.repeat(pieces[:, 1] - pieces[:, 0], 2, axis=0)
    along = along / np.maximum(np.hypot(*along.T), np.finfo(float).tiny)[:, None]
    distance = np.hypot(*np.moveaxis(ends[:, None] - ends, -1, 0))
    bend = np.abs(along[:, None, 0] * along[:, 1] - along[:, None, 1] * along[:, 0])
    side = np.ptp(np.ravel(domain)) if len(ends) else 1.0
    meet = np.triu((distance < CLOSE * side) & (bend > STRAIGHT), 1)
    return int(meet.sum())


def _pieces(network: Network, parameters: Array, polygons: list[Array]) -> Iterator[Array]:
    """The straight piece [2, 2] of the line in each polygon that it crosses."""
    for polygon in polygons:
        outputs = network.output(parameters, polygon)
        values = outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0]
        following, other = np.roll(polygon, -1, axis=0), np.roll(values, -1)
        crossed = (values > 0) != (other > 0)
        if crossed.sum() == 2:
            share = (values[crossed] / (values[crossed] - other[crossed]))[:, None]
            yield polygon[crossed] + share * (following - polygon)[crossed]
