"""Which moments a film shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.config.values import moment_step, moment_words
from relu_anim.errors import ConfigError
from relu_anim.films.motion import curves, looked_at, that_move, way
from relu_anim.recording import Ensemble, Recording

Recorded = TypeVar("Recorded", Recording, Ensemble)
NONE = np.zeros(0, np.intp)
SLIGHT = 1e-6  # of a step, by which rounding may be off
TIME_SHARE = 0.1  # of a film paced by motion, spread over the training: little moves at its end, which is no jump


def timeline(experiment: Experiment, recordings: Sequence[Recording]) -> Array:
    """The moments to show, in epochs, ascending, at most `max_frames`: some at which there are snapshots, with the
    first and the last of all recordings."""
    members = [member for _, member in experiment.members]
    times = [recording.step / member.steps for member, recording in zip(members, recordings, strict=True)]
    moments = _in_part(experiment, np.unique(np.concatenate(times)))
    position: Array = moments
    if experiment.animation.pacing == "log":
        position = np.log1p(moments * (members[0].steps if experiment.counts_steps else 1))
    elif experiment.animation.pacing == "motion":
        shown = [np.searchsorted(time, moments, side="right") - 1 for time in times]
        position = (1 - TIME_SHARE) * _common_way(members, recordings, shown)
        position = position + TIME_SHARE * (moments - moments[0]) / (moments[-1] - moments[0] or 1)
    named = [place(caption.at, experiment, recordings) for caption in experiment.animation.captions]
    always = np.searchsorted(moments, np.array(named) - SLIGHT)
    if not isinstance(experiment.animation.pacing, str):
        return moments[_in_stretches(moments, stretches(experiment, recordings), always)]
    return moments[pick(position, experiment.animation.max_frames, always)]


def stretches(experiment: Experiment, recordings: Sequence[Recording]) -> list[tuple[float, int]]:
    """The parts of a film that have seconds of their own: until which moment each goes, in epochs, and its frames."""
    pacing, fps = experiment.animation.pacing, experiment.animation.fps
    if isinstance(pacing, str):
        return []
    return [(place(part.until, experiment, recordings), max(round(part.seconds * fps), 1)) for part in pacing]


def _in_stretches(moments: Array, parts: Sequence[tuple[float, int]], always: NDArray[np.intp]) -> NDArray[np.intp]:
    """Indices of the moments to show: as many as each part has frames, evenly spread over it, and at last the end."""
    start, found = 0, [np.array([0, len(moments) - 1])]
    for until, frames in parts:
        end = int(np.searchsorted(moments, until + SLIGHT)) - 1
        inside = always[(always > start) & (always < end)] - start
        found.append(start + pick(moments[start : end + 1], frames + (start > 0), inside))
        start = end
    return np.unique(np.concatenate(found))


def repeats(timeline: Array, parts: Sequence[tuple[float, int]]) -> dict[int, int]:
    """How often frames are shown again, by their numbers, so that each part lasts as long as it has frames where it has
    fewer snapshots."""
    start, again = 0, dict[int, int]()
    for until, frames in parts:
        end = int(np.searchsorted(timeline, until + SLIGHT))
        shown = np.diff(np.rint(np.linspace(0, max(frames, end - start), end - start + 1))).astype(int) - 1
        again |= dict(zip(range(start, end), shown.tolist(), strict=True))
        start = end
    return {number: count for number, count in again.items() if count}


def shown_part(member: Experiment, recorded: Recorded) -> Recorded:
    """The snapshots of a recording that `animation.epochs` shows, and the last one before it, if none begins it."""
    if member.animation.epochs is None:
        return recorded
    first, last = (moment_step(moment, member.steps) + SLIGHT for moment in member.animation.epochs)
    start, end = np.searchsorted(recorded.step, [first, last], side="right").tolist()
    return recorded.part(max(start - 1, 0), end)


def _in_part(experiment: Experiment, moments: Array) -> Array:
    """Those of these moments, in epochs, at which the part that is shown has begun; ConfigError where there is none,
    since the training broke off before."""
    if experiment.animation.epochs is None:
        return moments
    first, steps = experiment.animation.epochs[0], experiment.members[0][1].steps
    found = moments[moments * steps > moment_step(first, steps) - SLIGHT]
    if not len(found):
        raise ConfigError(f"animation.epochs: the training broke off at epoch {moments[-1]:g}, before this part")
    return found


def place(moment: float | str, experiment: Experiment, recordings: Sequence[Recording]) -> float:
    """A moment at which there is a snapshot, in epochs; ConfigError where there is none."""
    for (_, member), recording in zip(experiment.members, recordings, strict=True):
        step = moment_step(moment, member.steps)
        if np.abs(recording.step - step).min() < SLIGHT:
            return round(step) / member.steps
    stopped = "; the training broke off before" if all(recording.stopped for recording in recordings) else ""
    raise ConfigError(f"{moment_words(moment)}: there is no snapshot then in what was recorded{stopped}")


def pick(position: Array, most: int, always: NDArray[np.intp] = NONE) -> NDArray[np.intp]:
    """At most this many indices, evenly spread over `position` [n] (not falling), with both ends, and `always` some
    others; of one, the last."""
    last = len(position) - 1
    if most == 1 or last == 0:
        return np.array([last])
    if most > last:
        return np.arange(last + 1)
    if len(always):
        return np.union1d(pick(position, most - len(always)), always)
    low, high = 2, 20 * len(position)  # ticks, of which several may fall on one index
    best = np.array([0, last])
    while low <= high:
        ticks = (low + high) // 2
        wanted = np.linspace(position[0], position[-1], ticks)
        found = np.unique(np.append(np.searchsorted(position, wanted[:-1]), last))
        if len(found) <= most:
            best, low = found, ticks + 1
        else:
            high = ticks - 1
    return best


def _common_way(
    members: Sequence[Experiment], recordings: Sequence[Recording], shown: Sequence[NDArray[np.intp]]
) -> Array:
    """How far the variants have come at the moments at which these snapshots are shown, in the mean: each on its own
    way, so that the slowest is seen too."""
    indices = [looked_at(len(recording)) for recording in recordings]
    found = [curves(*each) for each in zip(members, recordings, indices, strict=True)]
    ways = [np.interp(shown[number], indices[number], way(found[number])) for number in that_move(found)]
    return np.asarray(np.mean(ways, axis=0)) if ways else np.zeros(len(shown[0]))
