"""Snapshots as they come, in arrays that grow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.errors import ConfigError, TrainingDiverged
from relu_anim.network import Network
from relu_anim.recording import Learned, Recording
from relu_anim.recording.snapshots import ARRAYS

BLOCK = 2**18  # numbers in a block of rows, about
STAYS = "what was recorded before stays"
NUMBERS = tuple(name for name, (dtype, _) in ARRAYS.items() if dtype is np.float64)


class Rows:
    """The parameters and numbers of the snapshots of one network, each checked before it counts.

    `next` are the tensors to which the parameters of the next snapshot are copied, in the order of the network's slots.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._row = np.zeros(network.parameter_count, dtype=np.float32)
        self.next = [self._row[slot.start : slot.stop].reshape(slot.shape) for slot in network.slots]
        self._parameters: list[NDArray[np.float32]] = []  # blocks of rows: one that grows would be copied each time
        self._free = 0  # rows of the last block
        self._moments: list[tuple[int, int]] = []
        self._numbers: list[tuple[float, ...]] = []

    def __len__(self) -> int:
        return len(self._moments)

    def add(self, epoch: int, step: int, numbers: tuple[float, ...]) -> None:
        """Take what was copied as the next snapshot; TrainingDiverged for parameters or numbers that are none."""
        row = self._row
        with np.errstate(over="ignore", invalid="ignore"):
            is_finite = math.isfinite(row.dot(row)) or np.isfinite(row).all()  # the first takes a fifth of the time
        if not is_finite:
            raise TrainingDiverged(f"{_name(epoch, step)}: a parameter is no finite number; {STAYS}")
        for key, number in zip(NUMBERS, numbers, strict=True):
            if number is not UNKNOWN and not math.isfinite(number):
                raise TrainingDiverged(f"{_name(epoch, step)}: {key} is {number}; {STAYS}")
        if not self._free:
            self._free = max(1, BLOCK // len(row))
            self._parameters.append(np.empty((self._free, len(row)), dtype=np.float32))
        self._parameters[-1][-self._free] = row
        self._moments.append((epoch, step))
        self._numbers.append(numbers)
        self._free -= 1

    def recording(self, learned: Learned) -> Recording:
        """All snapshots until now, as arrays of their own."""
        if not len(self):
            raise ConfigError("nothing was recorded; call snap() first")
        epoch, step = np.array(self._moments, dtype=np.int64).T.copy()
        columns = np.array(self._numbers, dtype=np.float64).T.copy()
        norms = np.full((len(self), len(self.network.activations)), np.nan, dtype=np.float32)
        parameters = np.concatenate(self._parameters)[: len(self)]
        numbers: dict[str, Any] = dict(zip(NUMBERS, columns, strict=True))
        return Recording(self.network, epoch, step, parameters, **numbers, gradient_norms=norms, learned=learned)


UNKNOWN = float("nan")  # of a number that was not given; told apart by being this very object


def _name(epoch: int, step: int) -> str:
    return f"epoch {epoch}" if step in (0, epoch) else f"step {step}"
