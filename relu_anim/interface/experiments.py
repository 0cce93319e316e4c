"""From configs to recordings, films and surveys, in this process. Nothing of it is written but new recordings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from relu_anim import config
from relu_anim.config import Config, Experiment, TrainedExperiment
from relu_anim.errors import ConfigError
from relu_anim.interface.configs import is_whole
from relu_anim.interface.film import Film
from relu_anim.interface.progress import shown
from relu_anim.making.keeping import Keeper, ignore
from relu_anim.making.kept import content_of_recording, recordings_folder
from relu_anim.making.mismatch import misfit
from relu_anim.making.recordings import Recordings
from relu_anim.making.surveys import MOST_SEEDS
from relu_anim.making.surveys import trained as trained_with_seeds
from relu_anim.numbers import counted
from relu_anim.plurals import kind_of
from relu_anim.recording import Recording
from relu_anim.survey import Survey, survey


class Kept(dict[str, bytes]):
    """The recordings in their folder, by name: each is read when it is looked for."""

    def __contains__(self, name: object) -> bool:
        content = content_of_recording(recordings_folder() / str(name))
        if content is not None:
            self[str(name)] = content
        return content is not None


def filmed(given: Config, force: bool, progress: Any) -> Film:
    """The film of a config, with what it takes trained so far as it is not kept."""
    notes = list(config.notices(given, (given.read_from and given.read_from.folder) or Path()))
    with shown(progress) as report:
        if not isinstance(given, Experiment):
            film = Film(given, notes=notes)
            film.count(report)
            return film
        kept = {} if force else Kept()
        found = Recordings(kept, Keeper(notes.append), report, nullcontext, notes.append).record(given)
    return Film(given, found.recordings, found.ensembles, notes)


def trained(given: Config, progress: Any) -> Recording | dict[str, Recording]:
    """The recording of an experiment, or those of its variants by label."""
    experiment = _experiment(given, "is trained")
    with shown(progress) as report:
        found = Recordings({}, lambda name, data: None, report, nullcontext, ignore).record(experiment)
    if not experiment.variants:
        return found.recordings[0]
    return {label: own for (label, _), own in zip(experiment.members, found.recordings, strict=True)}


def film_of(given: Config, recordings: Any) -> Film:
    """The film of a config from recordings that fit it; one whose recording is in a file needs none."""
    if isinstance(given, Experiment) and not isinstance(given, TrainedExperiment):
        if recordings:
            raise ConfigError(f"kind: {given.kind} names its recording; give no other")
        return filmed(given, False, None)
    found = _in_order(given, recordings)
    for (label, member), recording in zip(given.members, found, strict=True):
        assert isinstance(member, TrainedExperiment)
        if wrong := misfit(member, recording):
            raise ConfigError(f"the recording{f' of {label}' * bool(label)} does not fit this experiment: {wrong}")
    return Film(given, found)


def _in_order(given: Config, recordings: Any) -> list[Recording]:
    """The recordings of the members, in their order; ConfigError unless there is one for each."""
    labels = [label for label, _ in given.members]
    if isinstance(recordings, Recording):
        found = [recordings]
    elif isinstance(recordings, Mapping):
        if {*recordings} != {*labels}:
            raise ConfigError(f"recordings are by label: {_listed(labels)}; there are {_listed(recordings)}")
        found = [recordings[label] for label in labels]
    else:
        found = list(recordings) if isinstance(recordings, Iterable) else [recordings]
    for recording in found:
        if not isinstance(recording, Recording):
            advice = "; Recording.load reads a file" if isinstance(recordings, str | os.PathLike) else ""
            raise ConfigError(f"a film is drawn from recordings, not from {kind_of(recording)}{advice}")
    if len(found) != len(labels):
        wanted = f", of {_listed(labels)}" if len(labels) > 1 else ""
        raise ConfigError(f"expected {counted(len(labels), 'recording')}{wanted}; got {len(found)}")
    return found


def surveyed(given: Config, n: Any, progress: Any) -> Survey:
    """What became of the seeds from 0 to n - 1."""
    experiment = _experiment(given, "depends on a seed")
    if not is_whole(n) or n > MOST_SEEDS:
        raise ConfigError(f"n is how many seeds: a whole number from 1 to {MOST_SEEDS:,}, not {n!r}")
    if experiment.variants:
        first = experiment.variants[0]
        raise ConfigError(
            f"the config has variants; survey one of them, with the settings { {'variants': [], **first.set} }"
        )
    with shown(progress) as report:
        return survey(experiment, trained_with_seeds(experiment, int(n), report, Keeper()))


def _experiment(given: Config, what: str) -> TrainedExperiment:
    if not isinstance(given, TrainedExperiment):
        raise ConfigError(f"kind: {given.kind}: nothing of it {what}")
    return given


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
