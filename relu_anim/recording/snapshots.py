"""The snapshots of one training run."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.errors import ConfigError
from relu_anim.network import Network
from relu_anim.paths import check_writable, path_of
from relu_anim.plurals import plural
from relu_anim.recording.learned import POINTS, Learned
from relu_anim.recording.npz import Layout, packed, readable, unpacked


@dataclass(frozen=True)
class Snapshot:
    """A network at one moment: after `epoch` whole epochs and `step` steps in all (0: before any update).

    parameters float32 [count]; loss on the evaluation points; test_loss on the held-out points, NaN without any;
    gradient_norms float32 [layers], of the loss at these parameters on the evaluation points; accuracy and
    test_accuracy are the shares of those points that are classified right, NaN where numbers are learned.
    """

    epoch: int
    step: int
    parameters: NDArray[np.float32]
    loss: float
    test_loss: float
    gradient_norms: NDArray[np.float32]
    accuracy: float = math.nan
    test_accuracy: float = math.nan


# The arrays of a recording, one for each field of a snapshot, which has one dimension less.
KINDS = {"int": (np.int64, 0), "float": (np.float64, 0), "NDArray[np.float32]": (np.float32, 1)}
ARRAYS: Layout = {
    name: (dtype, dimensions + 1)
    for name, (dtype, dimensions) in ((field.name, KINDS[str(field.type)]) for field in fields(Snapshot))
}
OF_RUN = ("epoch", "step")  # which all networks of an ensemble share
OF_SNAPSHOT = tuple(name for name in ARRAYS if name not in (*OF_RUN, "loss"))  # what else each network has
SAID: dict[str, type] = {"kernels": str, "source": str}  # what a header says beside the network
SAID_OF_ONE: dict[str, type] = {"stopped": str, "seed": int, **SAID}


@dataclass(frozen=True)
class Recording:
    """All snapshots of a run as arrays over its moments, in order, with the network whose parameters they are.

    `stopped` says why a run ended early, or is empty. `seed` is the one that it was trained with, `kernels` those that
    did the arithmetic, and `source` a hash of all that the training depended on; empty where nobody knows. `learned` is
    what is known beside of one that was not trained from a config.
    """

    network: Network
    epoch: NDArray[np.int64]
    step: NDArray[np.int64]
    parameters: NDArray[np.float32]
    loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    gradient_norms: NDArray[np.float32]
    accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64]
    stopped: str = ""
    seed: int = 0
    kernels: str = ""
    source: str = ""
    learned: Learned | None = None

    def __repr__(self) -> str:
        return f"<Recording: {self.summary}>"

    @property
    def summary(self) -> str:
        """How many snapshots of what, and from when to when."""
        counted = "step" if not self.epoch.any() and self.step.any() else "epoch"
        moments = getattr(self, counted)
        count = plural(len(self), "snapshot")
        return f"{count} of a {self.network.sizes} network, {counted}s {moments[0]} to {moments[-1]}"

    def __len__(self) -> int:
        return len(self.epoch)

    def __getitem__(self, index: int) -> Snapshot:
        index = operator.index(index)
        return Snapshot(
            int(self.epoch[index]),
            int(self.step[index]),
            self.parameters[index],
            float(self.loss[index]),
            float(self.test_loss[index]),
            self.gradient_norms[index],
            float(self.accuracy[index]),
            float(self.test_accuracy[index]),
        )

    def weights(self, layer: int) -> NDArray[np.float32]:
        """The weights of a layer, counted from 0, at all snapshots: [snapshots, out, in]. IndexError without it."""
        return self._tensors(layer, "weight")

    def biases(self, layer: int) -> NDArray[np.float32]:
        """The biases of a layer at all snapshots: [snapshots, out]. IndexError without it."""
        return self._tensors(layer, "bias")

    def _tensors(self, layer: int, name: str) -> NDArray[np.float32]:
        layers, layer = len(self.network.activations), operator.index(layer)
        if not -layers <= layer < layers:
            raise IndexError(f"there is no layer {layer}; the network has {layers}, the first is layer 0")
        return self.network.tensor(self.parameters, layer % layers, name)

    def to_pandas(self) -> Any:
        """A table with a row for each snapshot: epoch, step, the numbers, and the gradient norm of each layer."""
        try:
            import pandas  # type: ignore[import-untyped, unused-ignore]
        except ModuleNotFoundError:
            raise ConfigError("to_pandas needs pandas, which is not installed: pip install pandas") from None
        columns = {name: getattr(self, name) for name, (_, dimensions) in ARRAYS.items() if dimensions == 1}
        norms = {f"gradient_norm_{layer}": norm for layer, norm in enumerate(self.gradient_norms.T)}
        return pandas.DataFrame({**columns, **norms})

    def freeze(self) -> None:
        """Let nobody change the arrays any more."""
        for name in ARRAYS:
            getattr(self, name).setflags(write=False)

    def part(self, start: int, end: int) -> Recording:
        """The snapshots from one index on, up to another."""
        arrays: dict[str, Any] = {name: getattr(self, name)[start:end] for name in ARRAYS}
        return replace(self, **arrays, stopped=self.stopped if end >= len(self) else "")

    def to_bytes(self) -> bytes:
        """The recording as a file; equal recordings give equal bytes."""
        header = {name: getattr(self, name) for name in SAID_OF_ONE}
        arrays = {name: getattr(self, name) for name in ARRAYS}
        if self.learned is not None:
            header, arrays = {**header, "learned": self.learned.as_json()}, {**arrays, **self.learned.arrays}
        return packed("recording", {"network": self.network.as_json(), **header}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "recording") -> Recording:
        """The recording in these bytes, called `name` in messages; FileError if they are damaged or something else."""
        with readable(name):
            header, arrays = unpacked(data, "recording", ARRAYS, POINTS)
            points = {key: arrays.pop(key) for key in POINTS if key in arrays}
            learned = Learned.of_json(header["learned"], points) if "learned" in header else None
            recording = cls(**said(header, SAID_OF_ONE), **arrays, learned=learned)
            if learned and not learned.fits(recording.network.layer_sizes[0]):
                raise ValueError("what was learned does not fit its network")
            lengths = {len(getattr(recording, name)) for name in ARRAYS}
            if len(lengths) != 1 or not len(recording):
                raise ValueError("its arrays do not fit together")
            check_network(recording.network, recording.parameters, recording.gradient_norms)
        return recording

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recording, whole or not at all; FileError if that fails."""
        from relu_anim.encoders import atomic_write

        target = path_of(path, "the path of a file")
        check_writable([target])
        atomic_write(target, self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recording:
        """The recording at `path`; FileError if it is missing, damaged or something else. Nothing is unpickled."""
        source = path_of(path, "the path of a recording")
        with readable(source):
            data = source.read_bytes()
        return cls.from_bytes(data, str(source))


def stack(
    network: Network,
    snapshots: Iterable[Snapshot],
    stopped: str = "",
    seed: int = 0,
    kernels: str = "",
    source: str = "",
    learned: Learned | None = None,
) -> Recording:
    """The recording of these snapshots of a network, of which there must be one at least."""
    rows = list(snapshots)
    columns = {name: np.array([getattr(row, name) for row in rows], dtype=dtype) for name, (dtype, _) in ARRAYS.items()}
    return Recording(network, **columns, stopped=stopped, seed=seed, kernels=kernels, source=source, learned=learned)


def said(header: dict[str, Any], kinds: dict[str, type]) -> dict[str, Any]:
    """What a header says, with the network; ValueError for values of other types."""
    if any(type(header[name]) is not kind for name, kind in kinds.items()):
        raise ValueError("its header holds values of other types")
    return {"network": Network.of_json(header["network"]), **{name: header[name] for name in kinds}}


def check_network(network: Network, parameters: Array, gradient_norms: Array) -> None:
    """ValueError unless there are as many parameters and layers as the network has."""
    count, layers = parameters.shape[-1], gradient_norms.shape[-1]
    is_small = max(network.layer_sizes) <= count  # so that their product is a number that NumPy can hold
    if not is_small or network.parameter_count != count or layers != len(network.activations):
        raise ValueError("its arrays do not fit its network")
