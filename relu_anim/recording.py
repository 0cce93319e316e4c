"""Snapshots of a training run, stacked; saved and loaded without pickle."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.errors import FileError

FORMAT = 2  # of the file; a recording of another format is made anew


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
    """All snapshots of a run as arrays over epochs, in order; `stopped` says why a run ended early, or is empty."""

    epoch: NDArray[np.int64]
    step: NDArray[np.int64]
    parameters: NDArray[np.float32]
    loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    gradient_norms: NDArray[np.float32]
    accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64]
    stopped: str = ""

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


# The arrays of a recording: their dtypes and number of dimensions.
ARRAYS: dict[str, tuple[Any, int]] = {
    "epoch": (np.int64, 1),
    "step": (np.int64, 1),
    "parameters": (np.float32, 2),
    "loss": (np.float64, 1),
    "test_loss": (np.float64, 1),
    "gradient_norms": (np.float32, 2),
    "accuracy": (np.float64, 1),
    "test_accuracy": (np.float64, 1),
}


def stack(snapshots: Iterable[Snapshot], stopped: str = "") -> Recording:
    """The recording of these snapshots, of which there must be one at least."""
    rows = list(snapshots)
    columns = {name: np.array([getattr(row, name) for row in rows], dtype=dtype) for name, (dtype, _) in ARRAYS.items()}
    return Recording(**columns, stopped=stopped)


def to_bytes(recording: Recording) -> bytes:
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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _member(archive, "format").tolist() != FORMAT:
                raise ValueError("another format")
            columns = {name: _member(archive, name) for name in ARRAYS}
            stopped = _member(archive, "stopped")
        _check(columns, stopped)
    except Exception as error:  # a damaged file makes zipfile and numpy raise nearly anything
        raise FileError(f"{name}: not a usable recording: {error or type(error).__name__}") from None
    return Recording(**columns, stopped=str(stopped))


def _member(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array of an npz file; compressed ones are refused, since a small file could unfold to any size."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(info)), allow_pickle=False)
    return array


def _check(columns: dict[str, NDArray[Any]], stopped: NDArray[Any]) -> None:
    """ValueError for arrays of another type or shape than a recording's."""
    kinds = {name: (column.dtype, column.ndim) for name, column in columns.items()}
    if kinds != ARRAYS or stopped.dtype.kind != "U" or stopped.ndim:
        raise ValueError("its arrays are of other types")
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError("its arrays do not fit together")
