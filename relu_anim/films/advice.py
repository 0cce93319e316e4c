"""What would make a film show more, as a line for its author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relu_anim.config import Experiment
from relu_anim.facts import PANELS
from relu_anim.films.motion import curves, has_arrived, that_move
from relu_anim.panels import Scene

FIRST = 10  # the first tenth of the frames


def advice(experiment: Experiment, scenes: Sequence[Scene]) -> str:
    """Where all networks have nine tenths of their way behind them in the first tenth of the frames, a line that says
    so, with the keys that help; else nothing."""
    frames = len(scenes[0].run.shown)
    early = (frames - 1) // FIRST
    if not early or not _shows_outputs(experiment):
        return ""
    runs = [scene.run for scene in scenes]
    looked_at = [np.append(run.shown[: early + 1], run.shown[-1]) for run in runs]
    found = [curves(run.experiment, run.recording, indices) for run, indices in zip(runs, looked_at, strict=True)]
    moving = that_move(found)
    if not moving or not all(has_arrived(found[index]) for index in moving):
        return ""
    so = f"nine tenths of the change are over in the first {early + 1} of {frames} frames"
    return f"{so}; try {' and '.join(_keys(experiment))}"


def _shows_outputs(experiment: Experiment) -> bool:
    """Whether any panel shows what the network gives, and not numbers over the training alone."""
    names = {cell.name for row in experiment.animation.panels for cell in row}
    return any(name in PANELS and not PANELS[name].over_time for name in names)


def _keys(experiment: Experiment) -> Iterator[str]:
    """What may be changed in the config, as it is written there."""
    training = experiment.training
    is_paced = experiment.animation.pacing == "motion"
    if not is_paced:
        yield "animation.pacing: motion"
    if experiment.steps > 1 and training.epochs_by_step < training.epochs:
        yield f"training.snapshots: {'step' if training.epochs_by_step else 'early'}"
    elif is_paced:
        yield "fewer animation.max_frames"
