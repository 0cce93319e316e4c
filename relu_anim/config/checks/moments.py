"""Moments that a config names: each must have a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.values import moment_name, moment_step
from relu_anim.facts import joined

if TYPE_CHECKING:
    from relu_anim.config.kinds import Experiment


@reads("output.stills", "output.strip")
def stills(e: Experiment) -> Iterator[Finding]:
    """There is a snapshot at each moment of a still or a strip, and each is named once."""
    for key in ("stills", "strip"):
        moments = getattr(e.output, key)
        for number, moment in enumerate(moments):
            if message := no_snapshot(e, moment):
                yield ("output", key, number), message
            elif moment_name(moment) in map(moment_name, moments[:number]):
                yield ("output", key, number), f"{moment_name(moment).replace('-', ' ')} is there already"


def no_snapshot(e: Experiment, moment: float | str) -> str:
    """What is wrong with a moment at which no variant has a snapshot, with the nearest ones; nothing if one has."""
    found = []
    for _, member in e.members:
        steps = member.moments()[1]
        wanted = moment_step(moment, member.steps)
        at = int(np.searchsorted(steps, wanted - 1e-9))
        if at < len(steps) and abs(steps[at] - wanted) < 1e-9:
            return ""
        found += [_named(int(steps[i]), member.steps, moment) for i in (at - 1, at) if 0 <= i < len(steps)]
    nearest = list(dict.fromkeys(found))
    return f"there is no snapshot then; the nearest {'are' if len(nearest) > 1 else 'is'} {joined(nearest, 'and')}"


def _named(step: int, steps: int, like: float | str) -> str:
    """A step as the config may name it: an epoch where one ends there, unless steps are counted."""
    return f"step {step}" if isinstance(like, str) or step % steps else f"{step // steps}"
