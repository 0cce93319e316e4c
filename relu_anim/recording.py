"""Snapshots of a training run, or of many runs at once, stacked; saved and loaded without pickle."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.errors import FileError

FORMAT = 3  # of the file; a recording of another format is made anew


@dataclass(frozen=True)
class Snapshot:
    """A network at the end of one epoch (epoch 0: before any update).

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


@dataclass(frozen=True)
class Recording:
    """All snapshots of a run as arrays over epochs, in order; `stopped` says why a run ended early, or is empty. `seed`
    is the one that it was trained with."""

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

    def __len__(self) -> int:
        return len(self.epoch)

    def __getitem__(self, index: int) -> Snapshot:
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


@dataclass(frozen=True)
class Ensemble:
    """Snapshots of networks of one shape that were trained together, by network and epoch.

    `loss` [networks, epochs] is no finite number from where a network's training diverged. All other arrays hold each
    epoch, or of each network the last one before that alone: parameters [networks, kept, count], and so on.
    """

    seeds: NDArray[np.int64]
    epoch: NDArray[np.int64]
    step: NDArray[np.int64]
    parameters: NDArray[np.float32]
    loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    gradient_norms: NDArray[np.float32]
    accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64]

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
        """So many of the networks, from the first."""
        own = {name: getattr(self, name)[:count] for name in OF_EACH}
        return Ensemble(epoch=self.epoch, step=self.step, **own)

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
        own = {name: np.ascontiguousarray(getattr(self, name)[index, kept]) for name in OF_EACH if name != "seeds"}
        loss = self.loss[index, epochs]
        own["loss"] = np.where(np.isfinite(loss), loss, np.nan)
        seed = int(self.seeds[index])
        return Recording(
            self.epoch[epochs], self.step[epochs], **own, stopped=self._reason(self.loss[index]), seed=seed
        )

    def _reason(self, loss: NDArray[np.float64]) -> str:
        """Why a training broke off; nothing where it did not."""
        bad = np.flatnonzero(~np.isfinite(loss))
        if not len(bad):
            return ""
        what = "infinite" if np.isinf(loss[bad[0]]) else "not a number"
        return f"training diverged: the loss is {what} at epoch {self.epoch[bad[0]]}"


def joined(ensembles: Sequence[Ensemble]) -> Ensemble:
    """The networks of several ensembles of the same epochs as one."""
    first = ensembles[0]
    own = {name: np.concatenate([getattr(ensemble, name) for ensemble in ensembles]) for name in OF_EACH}
    return Ensemble(epoch=first.epoch, step=first.step, **own)


# The arrays of a recording: their dtypes and number of dimensions.
Arrays = dict[str, tuple[Any, int]]
ARRAYS: Arrays = {
    "epoch": (np.int64, 1),
    "step": (np.int64, 1),
    "parameters": (np.float32, 2),
    "loss": (np.float64, 1),
    "test_loss": (np.float64, 1),
    "gradient_norms": (np.float32, 2),
    "accuracy": (np.float64, 1),
    "test_accuracy": (np.float64, 1),
}
OF_RUN = ("epoch", "step")  # which all networks of an ensemble share
OF_EACH = ("seeds", *(name for name in ARRAYS if name not in OF_RUN))
ENSEMBLE_ARRAYS: Arrays = {
    "seeds": (np.int64, 1),
    **{name: (dtype, dimensions + (name not in OF_RUN)) for name, (dtype, dimensions) in ARRAYS.items()},
}


def stack(snapshots: Iterable[Snapshot], stopped: str = "", seed: int = 0) -> Recording:
    """The recording of these snapshots, of which there must be one at least."""
    rows = list(snapshots)
    columns = {name: np.array([getattr(row, name) for row in rows], dtype=dtype) for name, (dtype, _) in ARRAYS.items()}
    return Recording(**columns, stopped=stopped, seed=seed)


# ---------------------------------------------------------------- files


def to_bytes(recording: Recording | Ensemble) -> bytes:
    """The recording as an uncompressed npz file; equal recordings give equal bytes."""
    buffer = io.BytesIO()
    columns = {field.name: np.asarray(getattr(recording, field.name), order="C") for field in fields(recording)}
    np.savez(buffer, allow_pickle=False, format=np.array(FORMAT), **columns)
    return buffer.getvalue()


def load(path: Path) -> Recording:
    """The recording at `path`; FileError if it is missing, damaged or of another format. Nothing is unpickled."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: not a usable recording: {error.strerror or error}") from None
    return from_bytes(data, str(path))


def from_bytes(data: bytes, name: str = "recording") -> Recording:
    """The recording in these bytes, called `name` in messages; FileError if they are damaged or of another format."""
    found = _read(data, name, ARRAYS, {"stopped": "U", "seed": "i"})
    return Recording(**{**found, "stopped": str(found["stopped"]), "seed": int(found["seed"])})


def ensemble_from_bytes(data: bytes, name: str = "ensemble") -> Ensemble:
    """The ensemble in these bytes, called `name` in messages; FileError if they are damaged or of another format."""
    return Ensemble(**_read(data, name, ENSEMBLE_ARRAYS, {}))


def _read(data: bytes, name: str, arrays: Arrays, single: dict[str, str]) -> dict[str, Any]:
    """The arrays of an npz file by their names, and single values, of which the kind is given."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _member(archive, "format").tolist() != FORMAT:
                raise ValueError("another format")
            found = {name: _member(archive, name) for name in (*arrays, *single)}
        _check(found, arrays, single)
    except Exception as error:  # a damaged file makes zipfile and numpy raise nearly anything
        raise FileError(f"{name}: not a usable recording: {error or type(error).__name__}") from None
    return found


def _member(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array of an npz file; compressed ones are refused, since a small file could unfold to any size."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(info)), allow_pickle=False)
    return array


def _check(found: dict[str, NDArray[Any]], arrays: Arrays, single: dict[str, str]) -> None:
    """ValueError for arrays of another type or shape than they should have."""
    kinds = {name: (found[name].dtype, found[name].ndim) for name in arrays}
    if kinds != arrays or any((found[name].dtype.kind, found[name].ndim) != (kind, 0) for name, kind in single.items()):
        raise ValueError("its arrays are of other types")
    epochs = {len(found[name]) for name in OF_RUN}
    if "seeds" in arrays:
        epochs.add(found["loss"].shape[1])
        networks = {len(found[name]) for name in OF_EACH}
        kept = {found[name].shape[1] for name in OF_EACH if name not in ("seeds", "loss")}
    else:
        networks, epochs = {1}, {len(column) for name, column in found.items() if name in arrays}
        kept = epochs
    if len(epochs) != 1 or len(networks) != 1 or 0 in epochs | networks or (kept != epochs and kept != {1}):
        raise ValueError("its arrays do not fit together")
