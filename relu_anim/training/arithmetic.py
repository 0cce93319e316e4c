"""Elementwise arithmetic that rounds alike on every processor.

Torch leaves some functions to MKL, whose square root, inverse sine, cosine and tangent start from a processor's own
approximations, which differ between makers: one root in six is not the nearest number. All others of torch's agree.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

Tensor = torch.Tensor


def root(x: Tensor) -> Tensor:
    """The square root, rounded to the nearest number."""
    return torch.from_numpy(np.sqrt(x.numpy()))


class Exact:
    """What formulas take for torch: the module with these functions in place of its own."""

    sqrt = staticmethod(root)

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def atan(self, x: Tensor) -> Tensor:
        """The inverse tangent."""
        return torch.atan2(x, torch.ones_like(x))

    def asin(self, x: Tensor) -> Tensor:
        """The inverse sine."""
        return torch.atan2(x, root((1 - x) * (1 + x)))

    def acos(self, x: Tensor) -> Tensor:
        """The inverse cosine."""
        return torch.atan2(root((1 - x) * (1 + x)), x)


exact = Exact()
