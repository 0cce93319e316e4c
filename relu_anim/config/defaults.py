"""Defaults that follow from what is learned: a data set's own size and place, those of a table."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from relu_anim.aliases import Array
from relu_anim.config.sections import Data, Target
from relu_anim.config.values import LARGEST, Section
from relu_anim.targets import DATASETS, Domain, Interval, Points, is_constant

S = TypeVar("S", bound=Section)
MARGIN = 0.05  # of the width of a table's points, around them


def of_target(target: Target, data: Data) -> dict[str, Any]:
    """The sections `target` and `data` with their own values in place of the general defaults, so that the resolved
    config says what is."""
    if target.dataset is not None:
        dataset = DATASETS[target.dataset]
        place: dict[str, Any] = {"domain": dataset.domain}
        own: dict[str, Any] = {"samples": dataset.samples, "noise": dataset.noise, "resample": False}
        own |= {"classes": dataset.classes} if dataset.classes else {}
    elif target.table is not None:
        place = {"domain": around(target.table.points)}
        own = {"samples": len(target.table.points), "resample": False, "standardize": True}
    else:
        place, own = {}, {"resample": False, "standardize": True} if target.csv is not None else {}
    return {"target": unless_set(target, place), "data": unless_set(data, own)}


def unless_set(section: S, values: dict[str, Any]) -> S:
    """The section with those values whose keys are not set in the config."""
    return section.model_copy(update={k: v for k, v in values.items() if k not in section.model_fields_set})


def around(points: Points) -> Domain:
    """The interval of the input, or of each of two."""
    intervals = [_interval(column) for column in points.x.T]
    return intervals[0] if len(intervals) == 1 else (intervals[0], intervals[1])


def _interval(values: Array) -> Interval:
    """The interval of all values, to two significant digits of its width."""
    low, high = float(values.min()), float(values.max())
    margin = 1.0 if is_constant(values) else MARGIN * (high - low)
    unit = 10 ** np.floor(np.log10(margin))
    ends = np.floor((low - margin) / unit) * unit, np.ceil((high + margin) / unit) * unit
    first, last = np.clip(ends, -LARGEST, LARGEST).tolist()
    return first, last
