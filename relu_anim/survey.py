"""How the result of a config depends on its seed: the numbers of many networks that differ in nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.config import TrainedExperiment
from relu_anim.network import Network
from relu_anim.network.many import count_knots, dead_layers, gradient_factors
from relu_anim.recording import Ensemble

GOOD = 2.0  # times the best loss, up to which a network counts as good
STEADY = 0.01  # of a loss: what rounding may change before what a figure says hangs on it
QUANTILES = (0.1, 0.25, 0.75, 0.9)
GRADIENT_POINTS = 32  # that gradients are measured at
Parameters = NDArray[np.float32]  # [networks, count]


@dataclass(frozen=True)
class Fresh:
    """What untrained networks are like: the share in which each hidden layer is dead; the mean number of knots over the
    whole line, None where there are none to count; and by what factor the gradient of the output changes from each
    layer to the one before it, the first layer's first (see `gradient_factors`)."""

    dead_layers: tuple[float, ...]
    knots: float | None
    gradient_factors: tuple[float, ...]

    @property
    def linear_regions(self) -> float | None:
        """Mean number of pieces of the function over the whole line."""
        return None if self.knots is None else self.knots + 1

    def as_json(self) -> dict[str, Any]:
        """The numbers that there are, a factor that is none as null."""
        numbers = {"knots": self.knots, "linear_regions": self.linear_regions}
        factors = [factor if math.isfinite(factor) else None for factor in self.gradient_factors]
        return {
            "dead_layers": list(self.dead_layers),
            **{name: number for name, number in numbers.items() if number is not None},
            "gradient_factors": factors,
        }


@dataclass(frozen=True)
class Survey:
    """The last loss of each seed, NaN where its training diverged, and which ended with a dead hidden layer; and more
    of untrained networks."""

    seeds: tuple[int, ...]
    losses: tuple[float, ...]
    dead: tuple[bool, ...]
    fresh: Fresh | None = None

    def __repr__(self) -> str:
        return f"<Survey of {len(self.seeds)} seeds: best loss {self.best:.3g}, {self.share_good:.0%} nearly as good>"

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
    def best(self) -> float:
        """The least loss; infinite if all diverged."""
        return self.ranked[0][1] if self.ranked else math.inf

    @property
    def share_good(self) -> float:
        """Share of all seeds whose loss is at most twice the best."""
        return self.share_within(GOOD * self.best) if self.ranked else 0.0

    def share_within(self, limit: float) -> float:
        """Share of all seeds that did not diverge and whose loss is at most `limit`."""
        return sum(loss <= limit for _, loss in self.ranked) / len(self.seeds)

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
            **(self.fresh.as_json() if self.fresh else {}),
        }


@dataclass(frozen=True)
class Rounding:
    """The last losses of copies of one network that started less than a rounding apart, NaN where one diverged; the
    first copy is the network itself, and `label` is its variant's."""

    label: str
    seed: int
    losses: tuple[float, ...]

    @property
    def diverged(self) -> int:
        """How many copies diverged."""
        return sum(not math.isfinite(loss) for loss in self.losses)

    @property
    def spread(self) -> float:
        """The largest distance of a copy's loss from the network's; NaN where any diverged."""
        return max(abs(loss - self.losses[0]) for loss in self.losses) if not self.diverged else math.nan

    @property
    def is_steady(self) -> bool:
        """Whether rounding changes nothing that a figure says: all diverge, or no loss is off by over a hundredth."""
        return self.diverged == len(self.losses) or self.spread <= STEADY * self.losses[0]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it; a loss that is no number is null."""
        losses = [loss if math.isfinite(loss) else None for loss in self.losses]
        return {"label": self.label, "seed": self.seed, "steady": self.is_steady, "losses": losses}


@dataclass(frozen=True)
class Group:
    """Networks that differ in their seed alone, and what they have in common that others do not."""

    label: str
    experiment: TrainedExperiment
    ensemble: Ensemble


def chosen_of(ensemble: Ensemble) -> dict[str, tuple[int, float]]:
    """Seed and loss of the best of these networks, of the middle one and of the worst; nothing if all diverged."""
    return _losses(ensemble).chosen()


def ranked_of(ensemble: Ensemble) -> list[tuple[int, float]]:
    """(index, loss) of these networks, which have the seeds from 0 on, but for those that diverged; the best first."""
    return _losses(ensemble).ranked


def _losses(ensemble: Ensemble) -> Survey:
    return Survey(tuple(ensemble.seeds.tolist()), tuple(ensemble.last_losses.tolist()), ())


def survey(experiment: TrainedExperiment, ensemble: Ensemble) -> Survey:
    """The numbers of these networks, which differ from the experiment in their seed, at their last snapshots."""
    network, parameters = Network(*experiment.shape), ensemble.last_parameters
    with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
        dead = dead_layers(network, parameters, _points(experiment, ensemble))
    fresh = None if experiment.training.epochs else _fresh(experiment, network, parameters, dead)
    seeds, losses = ensemble.seeds.tolist(), ensemble.last_losses.tolist()
    return Survey(tuple(seeds), tuple(losses), tuple(any(own) for own in dead.tolist()), fresh)


def _points(experiment: TrainedExperiment, ensemble: Ensemble) -> NDArray[np.floating]:
    """Where units are dead or alive: the training points [points, inputs], or those of each network."""
    task = experiment.with_seed(0).task
    if task.fixed_points() is None or task.table is not None:
        return task.evaluation_points().x
    tasks = [experiment.with_seed(seed).task for seed in ensemble.seeds.tolist()]
    return np.stack([points[0].x for task in tasks if (points := task.fixed_points())])


def _fresh(experiment: TrainedExperiment, network: Network, parameters: Parameters, dead: NDArray[np.bool_]) -> Fresh:
    shares = dead.mean(axis=0).tolist()
    x = experiment.with_seed(0).task.evaluation_points().x
    some = x[np.linspace(0, len(x) - 1, min(len(x), GRADIENT_POINTS)).astype(int)]
    factors = gradient_factors(network, parameters, some.astype(np.float32))
    knots = None
    if network.is_piecewise_linear and network.layer_sizes[0] == 1:
        knots = float(count_knots(network, parameters).mean())
    return Fresh(tuple(shares), knots, tuple(factors.tolist()))
