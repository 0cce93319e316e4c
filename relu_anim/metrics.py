"""The numbers that a run is judged by, from its snapshots."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.network import Network
from relu_anim.recording import Recording
from relu_anim.targets import Domain

MOST_POLYGONS = 100_000  # that are counted, and cut by this many units at most
MOST_UNITS = 256
CHUNK_VALUES = 2**22  # numbers held at once while snapshots are looked at together: 32 MiB


# ---------------------------------------------------------------- of the last snapshot


def measure(experiment: Experiment, recording: Recording) -> dict[str, Any]:
    """The numbers of the last snapshot that JSON can hold; what a network of its kind does not have is left out."""
    last, task = recording[-1], experiment.task
    network = Network(*experiment.shape)
    metrics: dict[str, Any] = {"loss": last.loss if math.isfinite(last.loss) else None}
    for name in ("test_loss", "accuracy", "test_accuracy"):
        if math.isfinite(getattr(last, name)):
            metrics[name] = getattr(last, name)
    metrics |= {"epoch": last.epoch, "step": last.step}
    fixed = task.fixed_points()
    x = (fixed[0] if fixed else task.evaluation_points()).x
    with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
        metrics |= _looked_into(network, last.parameters, x, task.domain)
    if experiment.choice is not None:
        metrics["seed"] = recording.seed
    metrics["gradient_norms"] = [_rounded(norm) for norm in last.gradient_norms]
    if recording.stopped:
        metrics["stopped"] = recording.stopped
    return metrics


def _looked_into(network: Network, parameters: Array, x: Array, domain: Domain) -> dict[str, Any]:
    """What the parameters alone tell, with x [points, inputs] to count dead units and zeros at."""
    metrics: dict[str, Any] = {}
    if len(x):  # there may be none in a recording of many inputs
        metrics["dead_units"] = [int(dead.sum()) for dead in network.dead_units(parameters, x)]
        metrics["sparsity"] = [round(float(share), 4) for share in network.sparsity(parameters, x)]
    counts = {"knots": _knots(network, parameters, domain), "linear_regions": _regions(network, parameters, domain)}
    metrics |= {name: count for name, count in counts.items() if count is not None}
    names = {activation.name for activation in network.activations}
    if len(x) and len(network.activations) > 1 and names == {"identity"}:
        metrics["linear_collapse_error"] = _rounded(network.collapse_error(parameters, x))
    if slopes := network.slopes(parameters):
        metrics["slopes"] = [_rounded(slope) for slope in slopes]
    return metrics


def _rounded(value: float) -> float | None:
    """Six digits of a number; None for what JSON cannot hold."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _knots(network: Network, parameters: Array, domain: Domain) -> int | None:
    if network.layer_sizes[0] != 1 or not network.is_piecewise_linear:
        return None
    return network.linear_regions(parameters, domain) - 1


def _regions(network: Network, parameters: Array, domain: Domain) -> int | None:
    """Linear regions; None where there are none to count, or too many."""
    inputs, *hidden, _ = network.layer_sizes
    if not network.is_piecewise_linear or inputs > 2:
        return None
    if inputs == 1:
        return network.linear_regions(parameters, domain)
    plane = network.plane(parameters, domain, MOST_POLYGONS) if sum(hidden) <= MOST_UNITS else None
    return len(plane.polygons) if plane else None


# ---------------------------------------------------------------- over a run


@dataclass(frozen=True)
class Part:
    """Some snapshots of a recording, by index, with the points and the domain to count at and over."""

    network: Network
    recording: Recording
    indices: NDArray[np.intp]
    x: Array
    domain: Domain

    @cached_property
    def parameters(self) -> Array:
        """Their parameters [snapshots, count]."""
        return self.recording.parameters[self.indices].astype(np.float64)

    def by_layer(self, columns: Sequence[Array]) -> Array:
        """Columns [snapshots] as one array [snapshots, layers], of which there may be none."""
        return np.array(columns, dtype=np.float64).reshape(len(columns), len(self.indices)).T

    def counted(self, count: Callable[[Network, Array, Domain], int | None]) -> Array:
        """A count for each snapshot, NaN where there is none."""
        counts = [count(self.network, parameters, self.domain) for parameters in self.parameters]
        return np.array([math.nan if number is None else number for number in counts], dtype=np.float64)


def _dead_units(part: Part) -> Array:
    return part.by_layer([dead.sum(axis=-1) for dead in part.network.dead_units(part.parameters, part.x)])


def _weight_norms(part: Part) -> Array:
    slots = [slot for slot in part.network.slots if slot.name == "weight"]
    return part.by_layer([np.linalg.norm(part.parameters[:, slot.start : slot.stop], axis=1) for slot in slots])


def _slopes(part: Part) -> Array:
    return part.parameters[:, [slot.start for slot in part.network.slots if slot.name == "slope"]]


# Each is [snapshots] or [snapshots, layers].
SERIES: Mapping[str, Callable[[Part], Array]] = {
    "loss": lambda part: part.recording.loss[part.indices],
    "test_loss": lambda part: part.recording.test_loss[part.indices],
    "accuracy": lambda part: part.recording.accuracy[part.indices],
    "test_accuracy": lambda part: part.recording.test_accuracy[part.indices],
    "gradient_norms": lambda part: part.recording.gradient_norms[part.indices].astype(np.float64),
    "slopes": _slopes,
    "dead_units": _dead_units,
    "sparsity": lambda part: part.by_layer(part.network.sparsity(part.parameters, part.x)),
    "knots": lambda part: part.counted(_knots),
    "linear_regions": lambda part: part.counted(_regions),
    "weight_norms": _weight_norms,
}


def measure_series(
    network: Network,
    recording: Recording,
    indices: NDArray[np.intp],
    names: Sequence[str],
    x: Array,
    domain: Domain,
) -> dict[str, Array]:
    """These of the `SERIES` at the snapshots of these indices: float64 [frames], or [frames, layers] (hidden layers,
    or layers with a learned slope, where only those have the number); NaN where a number does not exist."""
    with np.errstate(all="ignore"):
        parts = [Part(network, recording, chunk, x, domain) for chunk in _chunks(network, indices, len(x))]
        rows = [{name: SERIES[name](part) for name in names} for part in parts]
    return {name: np.concatenate([row[name] for row in rows]) for name in names}


def _chunks(network: Network, indices: NDArray[np.intp], points: int) -> Iterator[NDArray[np.intp]]:
    """The indices in pieces, so small that all units of all their snapshots at all points can be held."""
    each = max(2 * points * sum(network.layer_sizes[1:]), network.parameter_count)
    size = max(1, CHUNK_VALUES // each)
    return (indices[start : start + size] for start in range(0, len(indices), size))
