"""Ranges of axes that stay fixed over a film."""

from __future__ import annotations

import numpy as np

from relu_anim.aliases import Array


def range_over_run(low: Array, high: Array) -> tuple[float, float]:
    """One range for a quantity whose extremes per frame are given: nearly all frames fit, the last one always.

    A few wild frames at the start or before a divergence would otherwise flatten everything else.
    """
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    if not len(low) or not len(high):
        return 0.0, 1.0
    return min(float(np.percentile(low, 5)), float(low[-1])), max(float(np.percentile(high, 95)), float(high[-1]))


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """The range widened by a share of its width on both sides; a range of no width becomes one of width 2."""
    margin = share * (high - low) if high > low else 1.0
    return low - margin, high + margin
