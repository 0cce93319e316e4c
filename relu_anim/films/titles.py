"""Numbers in titles, counted in what is shown at the end: «{knots} bends», or of a variant «{ReLU.corners} corners»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relu_anim.activations import ACTIVATIONS
from relu_anim.config.braces import IN_BRACES, OF_SEEDS, asked
from relu_anim.facts import METRICS
from relu_anim.metrics import measure
from relu_anim.network.boundary import corners
from relu_anim.numbers import steady_percent, written
from relu_anim.panels import Scene
from relu_anim.panels.runs import Run
from relu_anim.recording import Ensemble

MOST_POLYGONS = 20_000


def computed(title: str, scenes: Sequence[Scene]) -> str:
    """The title with its numbers. What names none, or one that this network does not have, stays as it is written."""
    return IN_BRACES.sub(lambda found: _number(found[1], scenes) or found[0], title)


def with_counts(title: str, ensemble: Ensemble) -> str:
    """The title with its counts of seeds alone."""
    return IN_BRACES.sub(lambda found: _seeds(found[1], ensemble) or found[0], title)


def _number(words: str, scenes: Sequence[Scene]) -> str | None:
    found = asked(words, [scene.look.label for scene in scenes])
    if found is None:
        return None
    index, name = found
    run = scenes[index].run
    return _seeds(name, run.ensemble) if "seeds" in name else _measured(name, run)


def _measured(name: str, run: Run) -> str | None:
    if name == "corners":
        return _corners(run)
    if name not in METRICS:
        return None
    value, scale = measure(run.experiment, run.recording).get(name), METRICS[name].scale
    if isinstance(value, list):  # one for each layer
        value = sum(value) if scale == "counts" else None
    if value is None:
        return None
    return steady_percent(value) if scale == "shares" else written(value, 3 if scale == "positive" else 6)


def _corners(run: Run) -> str | None:
    """How often the line between two classes bends, where it is made of straight pieces."""
    network = replace(run.network, activations=(*run.network.activations[:-1], ACTIVATIONS["identity"]))
    if len(run.task.class_names) != 2 or network.layer_sizes[0] != 2 or not network.is_piecewise_linear:
        return None
    found = corners(network, run.last.parameters.astype(np.float64), run.domain, MOST_POLYGONS)
    return None if found is None else written(found)


def _seeds(words: str, ensemble: Ensemble | None) -> str | None:
    """How many networks there are, or have a last loss between two numbers: «seeds», «2 < seeds < 50»."""
    asked = OF_SEEDS.fullmatch(words)
    if asked is None or ensemble is None:
        return None
    if not any(asked.groups()):
        return written(len(ensemble))
    low, high = float(asked.group(1) or "-inf"), float(asked.group(2) or "inf")
    return written(int(((ensemble.last_losses > low) & (ensemble.last_losses < high)).sum()))
