"""The kinds of config, each a frozen model with its checks in a module of its name."""

from __future__ import annotations

from typing import get_args

from relu_anim.config.kinds.activation import ActivationFigure
from relu_anim.config.kinds.born_dead import BornDeadFigure
from relu_anim.config.kinds.data import DataFigure
from relu_anim.config.kinds.training import Experiment, Variant

__all__ = [
    "KINDS",
    "ActivationFigure",
    "BornDeadFigure",
    "Config",
    "DataFigure",
    "Experiment",
    "StillFigure",
    "Variant",
]

StillFigure = ActivationFigure | DataFigure | BornDeadFigure
Config = Experiment | StillFigure
KINDS: dict[str, type[Config]] = {
    name: model for model in get_args(Config) for name in get_args(model.model_fields["kind"].annotation)
}
