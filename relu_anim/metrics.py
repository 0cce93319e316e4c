"""The numbers that a run is judged by, from its last snapshot, and the words that describe its picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from relu_anim.config import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.network import Network
from relu_anim.recording import Recording
from relu_anim.targets import grid

GRID_POINTS = 2001


def measure(experiment: Experiment, recording: Recording) -> dict[str, Any]:
    """Loss, epoch and step of the last snapshot; dead units and share of zeros for each hidden layer; knots."""
    last = recording[-1]
    network = Network(experiment.model.layer_sizes, experiment.model.activations)
    fixed = experiment.task.fixed_points()
    x = fixed[0].x if fixed else grid(experiment.task.domain)
    metrics: dict[str, Any] = {"loss": last.loss, "epoch": last.epoch, "step": last.step}
    if math.isfinite(last.test_loss):
        metrics["test_loss"] = last.test_loss
    metrics["dead_units"] = [int(dead.sum()) for dead in network.dead_units(last.parameters, x)]
    metrics["sparsity"] = [round(float(share), 4) for share in network.sparsity(last.parameters, x)]
    if network.is_piecewise_linear:
        metrics["knots"] = len(network.knots(last.parameters, experiment.task.domain))
    if recording.stopped:
        metrics["stopped"] = recording.stopped
    return metrics


def measure_functions(figure: ActivationFigure) -> dict[str, Any]:
    """For each function of a figure, the least and greatest value of its derivative on the domain."""
    x = np.linspace(*figure.domain, GRID_POINTS)
    metrics = {}
    for spec in figure.functions:
        activation = spec.activation()
        slope = activation.gradient(x)
        slope = slope[np.isfinite(slope)]
        metrics[activation.name] = {"derivative_min": float(slope.min()), "derivative_max": float(slope.max())}
    return metrics


def measure_data(figure: DataFigure) -> dict[str, Any]:
    """How many points a figure shows."""
    fixed = figure.task.fixed_points()
    assert fixed is not None
    return {"points": len(fixed[0])}


def alt_text(loaded: Config, metrics: dict[str, Any]) -> str:
    """A sentence for readers who do not see the picture."""
    if isinstance(loaded, ActivationFigure):
        names = ", ".join(spec.activation().title for spec in loaded.functions)
        derivatives = " with its derivative" if loaded.derivative else ""
        return f"Graph of {names}{derivatives} from {loaded.domain[0]:g} to {loaded.domain[1]:g}."
    what = loaded.target.function or f"the data set {loaded.target.dataset}"
    if isinstance(loaded, DataFigure):
        return f"Scatter plot of {metrics['points']} points of {what}."
    sizes = "-".join(map(str, loaded.model.layer_sizes))
    hidden = dict.fromkeys(activation.title for activation in loaded.model.activations[:-1])
    kind = f" with {' and '.join(hidden)} units" if hidden else ""
    epochs = f"{metrics['epoch']:,} epoch{'s' * (metrics['epoch'] != 1)}"
    ended = ", before the training diverges" if "stopped" in metrics else ""
    return f"Film of a {sizes} network{kind} learning {what}: after {epochs} its loss is {metrics['loss']:.3g}{ended}."
