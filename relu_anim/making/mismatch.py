"""Whether a recording that is kept is one of its config: another file under its name would be drawn without a word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import TrainedExperiment
from relu_anim.making.fingerprints import training_fingerprint
from relu_anim.network import Network
from relu_anim.recording import Ensemble, Recording


def mismatch(member: TrainedExperiment, recording: Recording) -> str:
    """What keeps a recording from being one that this config gives, in words; nothing if it is."""
    if recording.source != training_fingerprint(member):
        return "it was trained from another config"
    return misfit(member, recording)


def misfit(member: TrainedExperiment, recording: Recording) -> str:
    """What keeps a recording from being drawn by this config, whatever versions and kernels it was trained with."""
    choice = member.choice
    if not (recording.seed == member.seed if choice is None else 0 <= recording.seed < choice.networks):
        return f"its seed is {recording.seed}"
    settled = member.with_seed(recording.seed)
    if recording.network.as_json() != Network(*settled.shape).as_json():
        return "its network is another"
    if wrong := _wrong_end(recording, member) or _wrong_moments(recording.epoch, recording.step, settled):
        return wrong
    is_untrained = bool(recording.stopped) and len(recording) == 1  # its loss may be no number from the start
    if not is_untrained and not np.isfinite(recording.loss).all():
        return "a loss is no finite number"
    if (recording.loss < 0).any() or (recording.test_loss < 0).any() or np.isinf(recording.test_loss).any():
        return "a loss is none that training gives"
    if not is_untrained and not _are_finite(recording.parameters).all():
        return "a parameter is no finite number"
    return "" if is_untrained else _wrong_accuracies(recording, settled)


def mismatch_of_ensemble(member: TrainedExperiment, whole: bool, ensemble: Ensemble) -> str:
    """The same for networks with the seeds from 0 on; `whole` if every snapshot is to be there."""
    if ensemble.source != training_fingerprint(member.with_seed(0)):
        return "it was trained from another config"
    if not np.array_equal(ensemble.seeds, np.arange(len(ensemble))):
        return "its seeds are not those from 0 on"
    ends = {0, len(ensemble) - 1}  # all others scale in the same way, from points that take long to draw
    if any(ensemble.network_of(i).as_json() != Network(*member.with_seed(i).shape).as_json() for i in ends):
        return "its network is another"
    if len(ensemble.epoch) != member.snapshots or ensemble.is_whole < whole:
        return "its snapshots are not all there"
    if wrong := _wrong_moments(ensemble.epoch, ensemble.step, member.with_seed(0)):
        return wrong
    alive = np.logical_and.accumulate(np.isfinite(ensemble.loss), axis=1)  # up to where each diverged
    kept = alive if ensemble.is_whole else alive[:, :1]
    return "" if (_are_finite(ensemble.parameters) | ~kept).all() else "a parameter is no finite number"


def _wrong_end(recording: Recording, member: TrainedExperiment) -> str:
    """Whether a run has all snapshots of its config, or ended early where it may."""
    if not recording.stopped:
        return "" if len(recording) == member.snapshots else f"it ends with epoch {recording.epoch[-1]}"
    may_stop = member.training.on_divergence == "keep" and len(recording) <= max(1, member.snapshots - 1)
    return "" if may_stop else f"it diverged after epoch {recording.epoch[-1]}"


def _wrong_moments(epoch: NDArray[np.int64], step: NDArray[np.int64], member: TrainedExperiment) -> str:
    """Whether the snapshots are those of the moments at which the config wants them, as far as the run went."""
    epochs, steps = (wanted[: len(epoch)] for wanted in member.moments())
    is_right = np.array_equal(epoch, epochs) and np.array_equal(step, steps)
    return "" if is_right else "its snapshots are of other moments"


def _wrong_accuracies(recording: Recording, settled: TrainedExperiment) -> str:
    """Whether there are accuracies, which are shares, where there are classes."""
    if not settled.task.class_names:
        return "" if np.isnan(recording.accuracy).all() else "it has accuracies, and there are no classes"
    is_share = (recording.accuracy >= 0) & (recording.accuracy <= 1)
    return "" if is_share.all() else "an accuracy is no share"


def _are_finite(parameters: Array) -> NDArray[np.bool_]:
    """Whether the parameters of each snapshot are finite; the least and the greatest show it without a large mask."""
    finite: NDArray[np.bool_] = np.isfinite(parameters.min(axis=-1)) & np.isfinite(parameters.max(axis=-1))
    return finite
