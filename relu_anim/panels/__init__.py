"""Panels: each draws one thing and updates it. One table from the names in a config to what draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from relu_anim.panels.accuracy import AccuracyPanel
from relu_anim.panels.activation_map import ActivationMapPanel
from relu_anim.panels.contributions import ContributionsPanel
from relu_anim.panels.decision import DecisionPanel
from relu_anim.panels.gradients import GradientsPanel
from relu_anim.panels.layers import LayersPanel
from relu_anim.panels.loss import LossPanel
from relu_anim.panels.metrics import MetricsPanel
from relu_anim.panels.network import NetworkPanel
from relu_anim.panels.prediction import PredictionPanel
from relu_anim.panels.scenes import Panel, Scene, make_scenes

PANELS: dict[str, Callable[[Figure, SubplotSpec, Sequence[Scene]], Panel]] = {
    "prediction": PredictionPanel,
    "layers": LayersPanel,
    "contributions": ContributionsPanel,
    "activation_map": ActivationMapPanel,
    "network": NetworkPanel,
    "decision": DecisionPanel,
    "loss": LossPanel,
    "accuracy": AccuracyPanel,
    "gradients": GradientsPanel,
    "metrics": MetricsPanel,
}

__all__ = ["PANELS", "Panel", "Scene", "make_scenes"]
