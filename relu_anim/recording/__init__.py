"""Snapshots of a training run, or of many runs at once, stacked; saved and loaded without pickle.

A recording can be read without the config that it was trained from: it says of which network its parameters are.
"""

from relu_anim.recording.compact import compact
from relu_anim.recording.ensembles import Ensemble, joined
from relu_anim.recording.learned import Learned
from relu_anim.recording.snapshots import OF_SNAPSHOT, Recording, Snapshot, stack

__all__ = ["OF_SNAPSHOT", "Ensemble", "Learned", "Recording", "Snapshot", "compact", "joined", "stack"]
