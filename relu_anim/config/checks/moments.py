"""Moments that a config names: each must have a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.checks.panels import panel_places
from relu_anim.config.values import moment_name, moment_step, moment_words
from relu_anim.facts import joined

if TYPE_CHECKING:
    from relu_anim.config.kinds import Experiment


@reads("output.stills", "output.strip", "animation.epochs")
def stills(e: Experiment) -> Iterator[Finding]:
    """There is a snapshot at each moment of a still or a strip, and each is named once."""
    for key in ("stills", "strip"):
        moments = getattr(e.output, key)
        for number, moment in enumerate(moments):
            if message := no_snapshot(e, moment):
                yield ("output", key, number), message
            elif moment_name(moment) in map(moment_name, moments[:number]):
                yield ("output", key, number), f"{moment_words(moment)} is there already"


@reads("animation.captions", "animation.epochs", "animation.max_frames")
def captions(e: Experiment) -> Iterator[Finding]:
    """Each caption has a snapshot, and a frame of its own beside the first and the last."""
    captions, most = e.animation.captions, e.animation.max_frames
    steps = [moment_step(caption.at, e.members[0][1].steps) for caption in captions]
    for number, caption in enumerate(captions):
        if message := no_snapshot(e, caption.at):
            yield ("animation", "captions", number, "at"), message
        elif steps[number] in steps[:number]:
            yield ("animation", "captions", number, "at"), f"{moment_words(caption.at)} has a caption already"
    if captions and most < len(captions) + 2:
        are_one = "a caption needs a frame of its own", f"{len(captions)} captions need frames of their own"
        needed = f"{are_one[len(captions) > 1]} beside the first and the last one"
        yield ("animation", "max_frames"), f"{needed}; write {len(captions) + 2} at least"


@reads("animation.pacing", "animation.epochs", "animation.fps", "animation.max_frames")
def pacing(e: Experiment) -> Iterator[Finding]:
    """Parts with seconds of their own end at snapshots, one after the other, and have no more frames than there may
    be."""
    animation, before = e.animation, 0.0
    if isinstance(animation.pacing, str):
        return
    for number, part in enumerate(animation.pacing):
        until, path = moment_step(part.until, e.members[0][1].steps), ("animation", "pacing", number, "until")
        if message := no_snapshot(e, part.until):
            yield path, message
        elif until <= before:
            yield path, "each part must end later than the one before"
        before = until
    frames = 1 + sum(round(part.seconds * animation.fps) for part in animation.pacing)
    if frames > animation.max_frames:
        most = f"these seconds have up to {frames} frames at {animation.fps:g} a second"
        yield ("animation", "max_frames"), f"{most}; write {frames} at least, or fewer seconds"


@reads("animation.panels", "animation.epochs")
def ghosts(e: Experiment) -> Iterator[Finding]:
    """There is a snapshot at each moment whose curve stays, and each is named once."""
    for path, cell in panel_places(e):
        moments = cell.options.get("ghosts", ())
        for number, moment in enumerate(moments):
            if message := no_snapshot(e, moment):
                yield path, f"ghosts: {moment_words(moment)}: {message}"
            elif moment in moments[:number]:
                yield path, f"ghosts: {moment_words(moment)} is there already"


@reads("animation.epochs", "training.epochs", "training.snapshots")
def epochs(e: Experiment) -> Iterator[Finding]:
    """The part that is shown begins and ends with snapshots, and goes forward."""
    if e.animation.epochs is None:
        return
    for number, moment in enumerate(e.animation.epochs):
        if message := no_snapshot(e, moment, whole=True):
            yield ("animation", "epochs", number), message
    first, last = (moment_step(moment, e.members[0][1].steps) for moment in e.animation.epochs)
    if first >= last:
        yield ("animation", "epochs"), "the first moment must be before the second"


def no_snapshot(e: Experiment, moment: float | str, whole: bool = False) -> str:
    """What is wrong with a moment at which no variant has a snapshot in the part that is shown, or in the whole
    training, with the nearest ones; nothing if one has."""
    found = []
    for _, member in e.members:
        steps = member.moments()[1]
        if e.animation.epochs and not whole:
            first, last = (moment_step(end, member.steps) for end in e.animation.epochs)
            inside = (steps > first - 1e-6) & (steps < last + 1e-6)
            steps = steps[inside] if inside.any() else steps
        wanted = moment_step(moment, member.steps)
        at = int(np.searchsorted(steps, wanted - 1e-9))
        if at < len(steps) and abs(steps[at] - wanted) < 1e-9:
            return ""
        found += [_named(int(steps[i]), member.steps, moment) for i in (at - 1, at) if 0 <= i < len(steps)]
    nearest = list(dict.fromkeys(found))
    where = " in animation.epochs" if e.animation.epochs and not whole else ""
    return (
        f"there is no snapshot then{where}; the nearest {'are' if len(nearest) > 1 else 'is'} {joined(nearest, 'and')}"
    )


def _named(step: int, steps: int, like: float | str) -> str:
    """A step as the config may name it: an epoch where one ends there, unless steps are counted."""
    return f"step {step}" if isinstance(like, str) or step % steps else f"{step // steps}"
