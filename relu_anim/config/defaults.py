"""Defaults that follow from other keys: a data set's own size and place, the loss of classes, the panel of a plane."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from relu_anim.aliases import Array
from relu_anim.config.cells import Cell
from relu_anim.config.kinds import Config, DataFigure, Experiment
from relu_anim.config.sections import Animation
from relu_anim.config.values import LARGEST, Section
from relu_anim.facts import usual_loss, usual_panel
from relu_anim.targets import DATASETS, Domain, Interval, Points, is_constant

S = TypeVar("S", bound=Section)
MARGIN = 0.05  # of the width of a table's points, around them


def with_own_values(config: Config) -> Config:
    """The config with these values in place of the general defaults, so that the resolved config says what is."""
    if not isinstance(config, Experiment | DataFigure):
        return config
    target = config.target
    if target.dataset is not None:
        dataset = DATASETS[target.dataset]
        place: dict[str, Any] = {"domain": dataset.domain}
        own: dict[str, Any] = {"samples": dataset.samples, "noise": dataset.noise, "resample": False}
        own |= {"classes": dataset.classes} if dataset.classes else {}
    elif target.table is not None:
        place = {"domain": _around(target.table.points)}
        own = {"samples": len(target.table.points), "resample": False, "standardize": True}
    else:
        place, own = {}, {"resample": False, "standardize": True} if target.csv is not None else {}
    changes: dict[str, Any] = {"target": _unless_set(target, place), "data": _unless_set(config.data, own)}
    config = config.model_copy(update=changes)
    return _of_training(config) if isinstance(config, Experiment) and target.is_known else config


def _of_training(e: Experiment) -> Experiment:
    """The loss for classes, and a panel that can show more than one input."""
    classes, outputs = len(e.task.class_names), e.model.layer_sizes[-1]
    panel = usual_panel(e.task.inputs, classes, outputs)
    training = _unless_set(e.training, {"loss": usual_loss(classes, outputs)} if classes else {})
    animation: Animation = _unless_set(e.animation, {"panels": ((Cell.of(panel),),)})
    return e.model_copy(update={"training": training, "animation": animation})


def _unless_set(section: S, values: dict[str, Any]) -> S:
    """The section with those values whose keys are not set in the config."""
    return section.model_copy(update={k: v for k, v in values.items() if k not in section.model_fields_set})


def _around(points: Points) -> Domain:
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
