"""One layer of a piecewise-linear network, as the exact methods see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relu_anim.aliases import Array

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Layer:
    """weight [out, in] and bias [out], float64; the slopes of the activation after it, left and right of 0."""

    weight: Array
    bias: Array
    left: float
    right: float

    @property
    def switches(self) -> bool:
        """Whether a unit's slope changes at 0."""
        return self.left != self.right
