"""What a film shows of a recording, and the recording does not hold, computed from its parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from relu_anim.config import Experiment, RecordedExperiment
from relu_anim.facts import PANELS
from relu_anim.network.norms import gradient_norms
from relu_anim.recording import Recording


def measured(experiment: Experiment, recording: Recording) -> Recording:
    """The same recording, with the gradients of its loss where these are shown and nobody recorded them."""
    if not isinstance(experiment, RecordedExperiment) or np.isfinite(recording.gradient_norms).any():
        return recording
    if not _shows_gradients(experiment) or experiment.lacks("gradient_norms"):
        return recording
    fixed = experiment.task.fixed_points()
    points = fixed[0] if fixed else experiment.task.evaluation_points()
    norms = gradient_norms(recording.network, recording.parameters, points.x, points.y, experiment.learned.loss_kind)
    return replace(recording, gradient_norms=norms)


def _shows_gradients(experiment: Experiment) -> bool:
    animation = experiment.animation
    panels = {cell.name for row in animation.panels for cell in row}
    named = {PANELS[name].numbers for name in panels if name in PANELS} | set(animation.metrics)
    return "gradient_norms" in named
