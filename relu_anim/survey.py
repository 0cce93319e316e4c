"""How the result of a config depends on its seed: the numbers of many networks that differ in nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.config import Experiment
from relu_anim.network import Network
from relu_anim.recording import Ensemble

GOOD = 2.0  # times the best loss, up to which a network counts as good
QUANTILES = (0.1, 0.25, 0.75, 0.9)


@dataclass(frozen=True)
class Survey:
    """The last loss of each seed, NaN where its training diverged, and which ended with a dead hidden layer."""

    seeds: tuple[int, ...]
    losses: tuple[float, ...]
    dead: tuple[bool, ...]

    @property
    def ranked(self) -> list[tuple[int, float]]:
        """(seed, loss) of all that did not diverge, the best first."""
        found = [pair for pair in zip(self.seeds, self.losses, strict=True) if math.isfinite(pair[1])]
        return sorted(found, key=lambda pair: (pair[1], pair[0]))

    @property
    def diverged(self) -> float:
        """Share of seeds whose training diverged."""
        return 1 - len(self.ranked) / len(self.seeds)

    @property
    def share_good(self) -> float:
        """Share of all seeds whose loss is at most twice the best."""
        ranked = self.ranked
        good = [loss for _, loss in ranked if loss <= GOOD * ranked[0][1]]
        return len(good) / len(self.seeds)

    @property
    def share_dead(self) -> float:
        """Share of seeds that ended with a hidden layer all of whose units are dead."""
        return sum(self.dead) / len(self.seeds)

    def quantile(self, share: float) -> float:
        """The loss below which this share of the seeds that did not diverge lies; NaN if all did."""
        losses = [loss for _, loss in self.ranked]
        return float(np.quantile(losses, share)) if losses else math.nan

    def chosen(self) -> dict[str, tuple[int, float]]:
        """Seed and loss of the best network, of the middle one and of the worst; nothing if all diverged."""
        ranked = self.ranked
        middle = (len(ranked) - 1) // 2
        return {"best": ranked[0], "median": ranked[middle], "worst": ranked[-1]} if ranked else {}

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it; a loss that is no number is null."""
        chosen = self.chosen()
        losses = zip(self.seeds, self.losses, strict=True)
        return {
            "n": len(self.seeds),
            "losses": {str(seed): loss if math.isfinite(loss) else None for seed, loss in losses},
            "share_good": self.share_good,
            "diverged": self.diverged,
            "dead": self.share_dead,
            **{name: {"seed": seed, "loss": loss} for name, (seed, loss) in chosen.items()},
        }


def chosen_of(ensemble: Ensemble) -> dict[str, tuple[int, float]]:
    """Seed and loss of the best of these networks, of the middle one and of the worst; nothing if all diverged."""
    return Survey(tuple(ensemble.seeds.tolist()), tuple(ensemble.last_losses.tolist()), ()).chosen()


def survey(experiment: Experiment, ensemble: Ensemble) -> Survey:
    """The numbers of these networks, which differ from the experiment in their seed, at their last snapshots."""
    network = Network(*experiment.shape)
    pairs = zip(ensemble.seeds.tolist(), ensemble.last_parameters, strict=True)
    dead = [_has_dead_layer(network, experiment.with_seed(seed), parameters) for seed, parameters in pairs]
    return Survey(tuple(ensemble.seeds.tolist()), tuple(ensemble.last_losses.tolist()), tuple(dead))


def _has_dead_layer(network: Network, experiment: Experiment, parameters: NDArray[np.float32]) -> bool:
    task = experiment.task
    fixed = task.fixed_points()
    x = (fixed[0] if fixed else task.evaluation_points()).x
    with np.errstate(all="ignore"):
        layers = network.dead_units(parameters, x)
    return any(bool(dead.all()) for dead in layers)
