"""The snapshots of many networks that were trained together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.network import Network
from relu_anim.recording.npz import Layout, packed, readable, unpacked
from relu_anim.recording.snapshots import ARRAYS, OF_RUN, OF_SNAPSHOT, SAID, Recording, check_network, said


@dataclass(frozen=True)
class Ensemble:
    """Snapshots of networks of one shape that were trained together, by network and moment.

    `loss` [networks, snapshots] is no finite number from where a network's training diverged. All other arrays hold
    each moment, or of each network the last one before that alone: parameters [networks, kept, count], and so on.
    `network` is their shape; what each of them scales by stands in center and spread [networks, inputs], which may have
    no column, and output_center and output_spread [networks]. `kernels` and `source` are those of a recording.
    """

    network: Network
    center: NDArray[np.float64]
    spread: NDArray[np.float64]
    output_center: NDArray[np.float64]
    output_spread: NDArray[np.float64]
    seeds: NDArray[np.int64]
    epoch: NDArray[np.int64]
    step: NDArray[np.int64]
    parameters: NDArray[np.float32]
    loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    gradient_norms: NDArray[np.float32]
    accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64]
    kernels: str = ""
    source: str = ""

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def is_whole(self) -> bool:
        """Whether every snapshot is there."""
        return self.parameters.shape[1] == len(self.epoch)

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """For each network, how many snapshots it has before it diverged: [networks], 1 at least."""
        bad = ~np.isfinite(self.loss)
        first = np.where(bad.any(axis=1), bad.argmax(axis=1), len(self.epoch))
        return np.maximum(first, 1)

    @cached_property
    def last_losses(self) -> NDArray[np.float64]:
        """The last loss of each network, NaN of those that diverged: [networks]."""
        return np.where(np.isfinite(self.loss).all(axis=1), self.loss[:, -1], np.nan)

    @property
    def last_parameters(self) -> NDArray[np.float32]:
        """The parameters of each network at its last snapshot: [networks, count]."""
        kept = self.ends - 1 if self.is_whole else np.zeros(len(self), dtype=np.intp)
        return self.parameters[np.arange(len(self)), kept]

    def first(self, count: int) -> Ensemble:
        """The first `count` networks."""
        return replace(self, **{name: getattr(self, name)[:count] for name in OF_EACH})

    def part(self, start: int, end: int) -> Ensemble:
        """The snapshots from one index on, up to another; ValueError where only last snapshots are there."""
        if not self.is_whole:
            raise ValueError("only the last snapshots of these networks are there")
        arrays = {name: getattr(self, name) for name in ARRAYS}
        cut: dict[str, Any] = {
            name: values[start:end] if name in OF_RUN else values[:, start:end] for name, values in arrays.items()
        }
        return replace(self, **cut)

    def network_of(self, index: int) -> Network:
        """One of the networks, with what it scales by."""
        center, spread = (tuple(values[index].tolist()) for values in (self.center, self.spread))
        output_center, output_spread = float(self.output_center[index]), float(self.output_spread[index])
        return replace(
            self.network, center=center, spread=spread, output_center=output_center, output_spread=output_spread
        )

    def recording(self, index: int) -> Recording:
        """The recording of one network, up to where it diverged; ValueError where only last snapshots are there. One
        that is no number from the start is kept as it is untrained."""
        if not self.is_whole:
            raise ValueError("only the last snapshots of these networks are there")
        return self._part(index, slice(self.ends[index]), slice(self.ends[index]))

    def last(self, index: int) -> Recording:
        """The last snapshot of one network before it diverged, as a recording."""
        end = int(self.ends[index])
        return self._part(index, slice(end - 1, end), slice(end - 1, end) if self.is_whole else slice(1))

    def _part(self, index: int, epochs: slice, kept: slice) -> Recording:
        own: dict[str, Any] = {name: np.ascontiguousarray(getattr(self, name)[index, kept]) for name in OF_SNAPSHOT}
        loss = self.loss[index, epochs]
        return Recording(
            self.network_of(index),
            self.epoch[epochs],
            self.step[epochs],
            loss=np.where(np.isfinite(loss), loss, np.nan),
            **own,
            stopped=self._reason(self.loss[index]),
            seed=int(self.seeds[index]),
            kernels=self.kernels,
            source=self.source,
        )

    def _reason(self, loss: NDArray[np.float64]) -> str:
        """Why a training broke off; nothing where it did not."""
        bad = np.flatnonzero(~np.isfinite(loss))
        if not len(bad):
            return ""
        what = "infinite" if np.isinf(loss[bad[0]]) else "not a number"
        return f"training diverged: the loss is {what} at epoch {self.epoch[bad[0]]}"

    def to_bytes(self) -> bytes:
        """The ensemble as a file; equal ensembles give equal bytes."""
        header = {name: getattr(self, name) for name in SAID}
        arrays = {name: getattr(self, name) for name in ENSEMBLE_ARRAYS}
        return packed("ensemble", {"network": self.network.as_json(), **header}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "ensemble") -> Ensemble:
        """The ensemble in these bytes, called `name` in messages; FileError if they are damaged or something else."""
        with readable(name):
            header, arrays = unpacked(data, "ensemble", ENSEMBLE_ARRAYS)
            ensemble = cls(**said(header, SAID), **arrays)
            networks = {len(arrays[name]) for name in OF_EACH}
            epochs = {len(ensemble.epoch), len(ensemble.step), ensemble.loss.shape[1]}
            kept = {arrays[name].shape[1] for name in OF_SNAPSHOT}
            columns = {ensemble.center.shape[1], ensemble.spread.shape[1]}
            is_single = all(len(found) == 1 for found in (networks, epochs, kept, columns))
            scalings = ensemble.center, ensemble.spread, ensemble.output_center, ensemble.output_spread
            if not all(np.isfinite(values).all() for values in scalings):
                raise ValueError("what inputs and outputs are scaled by are finite numbers")
            if not is_single or 0 in networks | epochs or not kept <= epochs | {1}:
                raise ValueError("its arrays do not fit together")
            check_network(ensemble.network, ensemble.parameters, ensemble.gradient_norms)
            if columns not in ({0}, {ensemble.network.layer_sizes[0]}):
                raise ValueError("its arrays do not fit its network")
        return ensemble


ENSEMBLE_ARRAYS: Layout = {
    "center": (np.float64, 2),
    "spread": (np.float64, 2),
    "output_center": (np.float64, 1),
    "output_spread": (np.float64, 1),
    "seeds": (np.int64, 1),
    **{name: (dtype, dimensions + (name not in OF_RUN)) for name, (dtype, dimensions) in ARRAYS.items()},
}
OF_EACH = tuple(name for name in ENSEMBLE_ARRAYS if name not in OF_RUN)  # of each network


def joined(ensembles: Sequence[Ensemble]) -> Ensemble:
    """The networks of several ensembles of the same epochs as one."""
    own: dict[str, Any] = {
        name: np.concatenate([getattr(ensemble, name) for ensemble in ensembles]) for name in OF_EACH
    }
    return replace(ensembles[0], **own)
