"""Panels: each draws one thing and updates it. One table from the names in a config to what draws them."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from relu_anim.panels.base import Panel, Scene
from relu_anim.panels.layers import LayersPanel
from relu_anim.panels.loss import LossPanel
from relu_anim.panels.prediction import PredictionPanel

PANELS: dict[str, Callable[[Figure, SubplotSpec, Scene], Panel]] = {
    "prediction": PredictionPanel,
    "layers": LayersPanel,
    "loss": LossPanel,
}

__all__ = ["PANELS", "Panel", "Scene"]
