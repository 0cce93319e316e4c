"""What a film is drawn from: recordings that are kept, and those that are trained because they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from relu_anim import kernels
from relu_anim.aliases import Report
from relu_anim.config import Experiment, RecordedExperiment, TrainedExperiment
from relu_anim.errors import FileError, TrainingDiverged
from relu_anim.making.fingerprints import training_fingerprint
from relu_anim.making.mismatch import mismatch, mismatch_of_ensemble
from relu_anim.network import Network
from relu_anim.recording import Ensemble, Recording, joined, stack
from relu_anim.survey import chosen_of

Keep = Callable[[str, bytes], None]  # takes a file's name and its content
Say = Callable[[str], None]  # takes a line for the user
R = TypeVar("R", Recording, Ensemble)

SEEDS = "seeds"  # the folder, among the recordings, of networks that differ in their seed


@dataclass
class Recorded:
    """The recording of each variant, and of those whose ensemble is shown all its networks."""

    recordings: list[Recording] = field(default_factory=list)
    ensembles: list[Ensemble | None] = field(default_factory=list)


@dataclass(frozen=True)
class Recordings:
    """The recordings of experiments: those that are `kept`, by name, and others that are trained. What is new is handed
    to `keep`, as soon as it is whole. `training` is entered while something is trained. `say` takes what is wrong with
    a recording that is kept and cannot be used."""

    kept: Mapping[str, bytes]
    keep: Keep
    report: Report
    training: Callable[[], AbstractContextManager[None]]
    say: Say

    def record(self, experiment: Experiment) -> Recorded:
        """All that a film of this experiment is drawn from; TrainingDiverged where no variant came to anything."""
        if isinstance(experiment, RecordedExperiment):
            return Recorded([experiment.recording_held], [None])
        assert isinstance(experiment, TrainedExperiment)
        found = Recorded()
        for label, member in experiment.members:
            name = recording_name(member)
            recording = self._usable(name, Recording.from_bytes, partial(mismatch, member))
            ensemble = self.ensemble(member, label) if shows_ensemble(member) else None
            if recording is None:
                try:
                    recording = replace(self._trained(member, label, ensemble), **_made_from(member))
                except TrainingDiverged as error:
                    raise TrainingDiverged(f"{label}: {error}" if label else str(error)) from None
                self.keep(name, recording.to_bytes())
            found.recordings.append(recording)
            found.ensembles.append(ensemble)
        if not any(np.isfinite(recording.loss).any() for recording in found.recordings):
            label = experiment.members[0][0]
            raise TrainingDiverged(": ".join(filter(None, [label, found.recordings[0].stopped])))
        return found

    def _usable(self, name: str, read: Callable[[bytes, str], R], mismatch: Callable[[R], str]) -> R | None:
        """What is kept under this name; None if there is nothing, or it is damaged, or does not fit its config."""
        if name not in self.kept:
            return None
        try:
            found = read(self.kept[name], name)
            if reason := mismatch(found):
                raise FileError(f"{name}: {reason}")
        except FileError as error:
            self.say(f"a recording is made anew: {error}")
            return None
        return found

    def _trained(self, member: TrainedExperiment, label: str, ensemble: Ensemble | None) -> Recording:
        if member.choice is not None:
            return self._chosen(member, ensemble or self.ensemble(member, label))
        with self.training():
            return train_alone(member, self.report, f"training {label}".strip())

    def _chosen(self, member: TrainedExperiment, ensemble: Ensemble) -> Recording:
        """The recording of the network that the config chooses."""
        choice = member.choice
        assert choice is not None
        chosen = chosen_of(ensemble)
        if not chosen and member.training.on_divergence == "fail":
            raise TrainingDiverged(f"training diverged with each of {choice.networks:,} seeds")
        seed = chosen[choice.which][0] if chosen else 0
        if ensemble.is_whole:
            return ensemble.recording(seed)
        from relu_anim.training.ensemble import train_together

        with self.training():  # the same to the last bit as in the company of the others
            ((_, recording),) = train_together([member.with_seed(seed)])
        return recording

    def ensemble(self, member: TrainedExperiment, label: str = "", count: int | None = None) -> Ensemble:
        """The networks with the seeds 0 to count - 1, or as many as the config chooses from; those that are missing
        are trained, and kept with the others."""
        count = count or (member.choice.networks if member.choice else 1)
        name = ensemble_name(member, count)
        found = self._usable(name, Ensemble.from_bytes, partial(mismatch_of_ensemble, member, member.fits(count)))
        if found is None or len(found) < count:
            parts = [found] if found else []
            try:
                with self.training():
                    for part in self._new_parts(member, label, len(found) if found else 0, count):
                        parts.append(part)  # one by one, so that none is lost
            finally:  # what was trained before an interruption is kept too
                if parts:
                    found = replace(joined(parts), **_made_from(member.with_seed(0)))
                    self.keep(name, found.to_bytes())
        assert found is not None
        return found.first(count)

    def _new_parts(self, member: TrainedExperiment, label: str, start: int, count: int) -> Iterator[Ensemble]:
        """The networks with the seeds from start to count - 1. As many are trained at once as memory allows."""
        from relu_anim.training.ensemble import Epoch, chunks, epochs, gathered

        length = member.training.epochs
        of = f" of {label}" * bool(label)

        def reported(epoch: Epoch) -> Epoch:
            if length:
                self.report(what, epoch.epoch, length)
            return epoch

        for first, chunk in chunks([member.with_seed(seed) for seed in range(start, count)]):
            what = f"training seeds {chunk[0].seed} to {chunk[-1].seed} of {count:,}{of}"
            yield gathered(chunk, map(reported, epochs(chunk)), member.fits(count))
            if not length:
                self.report(f"drawing first weights{of}", first + len(chunk), count - start)


def recording_name(member: TrainedExperiment) -> str:
    """The name of a recording's file, which says all that it depends on."""
    return f"{training_fingerprint(member)}.npz"


def ensemble_name(member: TrainedExperiment, count: int) -> str:
    """The name of a file with the networks of seeds from 0 on. However many there are, it is the same, unless they are
    too many for all their snapshots to be kept."""
    which = "" if member.fits(count) else "-last"
    return f"{SEEDS}/{training_fingerprint(member.with_seed(0))}{which}.npz"


def shows_ensemble(member: Experiment) -> bool:
    """Whether a film shows the networks from which its own was chosen."""
    return member.choice is not None and member.animation.ensemble != "none"


def train_alone(experiment: TrainedExperiment, report: Report, what: str = "training") -> Recording:
    """Train and keep every snapshot; a run that diverges raises, or ends there where the config says `keep`.

    A network whose loss is no number from the start is then kept as it is untrained.
    """
    from relu_anim.training import train, untrained

    assert isinstance(experiment.seed, int)
    epochs, snapshots, stopped = experiment.training.epochs, [], ""
    report(what, 0, epochs)
    try:
        for snapshot in train(experiment):
            snapshots.append(snapshot)
            report(what, snapshot.epoch, epochs)
    except TrainingDiverged as error:
        if experiment.training.on_divergence == "fail":
            raise
        snapshots, stopped = snapshots or [untrained(experiment)], str(error)
    return stack(Network(*experiment.shape), snapshots, stopped, experiment.seed)


def _made_from(member: TrainedExperiment) -> dict[str, Any]:
    """What a new recording says of where it comes from."""
    return {"kernels": kernels.chosen(), "source": training_fingerprint(member)}
