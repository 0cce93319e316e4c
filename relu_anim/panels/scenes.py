"""What panels are given: the variants of a film, each with what was computed of it and how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.drawing.looks import Look, variant_colors
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.theme import theme_of
from relu_anim.numbers import written
from relu_anim.panels.runs import Run
from relu_anim.recording import Ensemble, Recording, Snapshot
from relu_anim.words import Wording

BESIDE_NAMES = 150  # pixels that a panel has beside the names in its legend


class Panel(Protocol):
    """One thing drawn on axes of its own: built once, then updated for each frame.

    It is made from the scenes of the variants that it shows: one, or all of them overlaid. `top` are its uppermost
    axes, above which a variant's label may stand. `animated` are the marks that `update` changes, in drawing order;
    everything else stays as it is.
    """

    top: Axes
    animated: list[Mark]

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Show these snapshots, one of each scene."""

    def finish(self) -> None:
        """Place what depends on how the last snapshots look, such as a legend; called once, showing them."""


@dataclass(frozen=True, eq=False)
class Scene:
    """One variant among all of a film, with which it shares the ranges of its axes: all their runs and looks."""

    number: int
    runs: Sequence[Run]
    looks: Sequence[Look]

    @property
    def run(self) -> Run:
        """What was computed of it."""
        return self.runs[self.number]

    @property
    def look(self) -> Look:
        """How it looks."""
        return self.looks[self.number]

    @property
    def words(self) -> Wording:
        """The words of the picture."""
        return self.run.words

    def labelled_with(self, scenes: Sequence[Scene]) -> Sequence[Run]:
        """The runs whose numbers have as much room at the ends of their lines, in a panel of these scenes: all where
        each variant has a panel of its own, so that all are labelled or none."""
        return self.runs if len(scenes) == 1 else [self.run]


def make_scenes(
    experiment: Experiment,
    recordings: Sequence[Recording],
    moments: Array | NDArray[np.intp],
    ensembles: Sequence[Ensemble | None] = (),
) -> list[Scene]:
    """All variants at these moments, in epochs: each with the last snapshot that it has until then."""
    ensembles = ensembles or [None] * len(recordings)
    labels, members = zip(*experiment.members, strict=True)
    times = [recording.step / member.steps for member, recording in zip(members, recordings, strict=True)]
    shown = [np.searchsorted(own, moments, side="right") - 1 for own in times]
    by_step = experiment.counts_steps
    runs = [Run(*parts, by_step) for parts in zip(members, recordings, shown, ensembles, strict=True)]
    colors = variant_colors(theme_of(*experiment.animation.look), list(map(_activation, runs)))
    looks = [_look(*parts) for parts in zip(labels, range(len(runs)), runs, colors, strict=True)]
    return [Scene(number, runs, looks) for number in range(len(runs))]


def _activation(run: Run) -> str:
    """The name of the activation that all hidden layers have, or "" where there is none."""
    names = {activation.name for activation in run.network.activations[:-1]}
    return names.pop() if len(names) == 1 else ""


def _moment(run: Run) -> str:
    """The last moment of a run: «epoch 12», or «step 120» where the film counts those."""
    number = run.recording.step[-1] if run.by_step else run.recording.epoch[-1]
    return f"{run.counts} {written(number)}"


def _look(label: str, number: int, run: Run, color: str) -> Look:
    animation, recording = run.experiment.animation, run.recording
    return Look(
        theme=theme_of(*animation.look),
        words=run.words,
        color=color,
        label=label,
        number=number,
        seed=recording.seed if run.experiment.choice else None,
        stopped_at=_moment(run) if recording.stopped else "",
        room=animation.size[0] / animation.text_scale / max(map(len, animation.panels)) - BESIDE_NAMES,
    )
