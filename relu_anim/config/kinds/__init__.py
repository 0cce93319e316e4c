"""The kinds of config, each a frozen model with its checks in a module of its name."""

from __future__ import annotations

from typing import get_args

from relu_anim.config.kinds.activation import ActivationFigure
from relu_anim.config.kinds.born_dead import BornDeadFigure
from relu_anim.config.kinds.data import DataFigure
from relu_anim.config.kinds.experiment import Experiment, Variant
from relu_anim.config.kinds.recorded import RecordedExperiment
from relu_anim.config.kinds.training import TrainedExperiment

__all__ = [
    "KINDS",
    "ActivationFigure",
    "BornDeadFigure",
    "Config",
    "DataFigure",
    "Experiment",
    "RecordedExperiment",
    "StillFigure",
    "TrainedExperiment",
    "Variant",
    "Written",
]

StillFigure = ActivationFigure | DataFigure | BornDeadFigure
Config = Experiment | StillFigure
Written = TrainedExperiment | RecordedExperiment | StillFigure  # what a config file may be
KINDS: dict[str, type[Config]] = {
    name: model for model in get_args(Written) for name in get_args(model.model_fields["kind"].annotation)
}
