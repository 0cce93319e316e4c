"""A folder of files of weights, one for each snapshot, as a recording. Nothing is unpickled."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relu_anim.errors import ConfigError, FileError, UserError
from relu_anim.facts import joined
from relu_anim.interface.arrays import ORDERS, activation_of, layers_of
from relu_anim.interface.recorder import Recorder
from relu_anim.interface.safetensors import read_safetensors
from relu_anim.plurals import size_of
from relu_anim.recording.npz import HEADER

READ = (".safetensors", ".npz")
PICKLED = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".joblib")
MOST_BYTES = 2 * 10**9  # of the arrays of one file, which compressed ones may unfold to
DIGITS = re.compile(r"(\d+)")
MOMENT = re.compile(r"(?<![a-z])(epoch|step)[-_=. ]?(\d+)", re.IGNORECASE)
PARTNERS = (("weight", "bias"), ("kernel", "bias"), ("coef", "intercept"), ("W", "b"), ("w", "b"))
Tensors = dict[str, NDArray[Any]]


def import_folder(folder: Path, activations: Sequence[str], weights: str | None = None) -> tuple[Recorder, str]:
    """The snapshots of all files of a folder, in the natural order of their names, or of the epoch or step in these;
    and the order of the sides of its matrices, where their shapes tell it. A UserError names the file that is wrong."""
    files = _files(folder)
    pairs = sorted(zip(files, _moments(files), strict=True), key=lambda pair: _place(*pair))
    recorder: Recorder | None = None
    for path, moment in pairs:
        try:
            params = _params(read_tensors(path), activations)
            if recorder is None:
                weights = weights or _order(params, activations)
                recorder = Recorder(activations=activations, weights=weights)
            recorder.snap(params=params, **moment)
        except UserError as error:
            raise type(error)(f"{path}: {error}") from None
    assert recorder is not None
    assert weights is not None
    return recorder, weights


def read_tensors(path: Path) -> Tensors:
    """The tensors of a file by their names; FileError if they cannot be read."""
    try:
        content = path.read_bytes()
        return read_safetensors(content) if path.suffix.lower() == READ[0] else _read_npz(content)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror or error}") from None
    except Exception as error:  # in zipfile and NumPy nearly anything, of a damaged file or of one that lies
        said = " ".join(str(error).split()) or type(error).__name__
        raise FileError(f"cannot be read: {said}") from None


def _read_npz(content: bytes) -> Tensors:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError("it is no npz file, or not all of one")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        sizes = [info.file_size for info in archive.zip.infolist()]
        if HEADER in archive.files:
            raise ValueError("it is a recording already; name it in a config of kind: recorded")
        if sum(sizes) > MOST_BYTES:
            raise ValueError(f"it holds {size_of(sum(sizes))}; at most {size_of(MOST_BYTES)} are read")
        found = {name: archive[name] for name in archive.files}
    if other := next((name for name, array in found.items() if not isinstance(array, np.ndarray)), None):
        raise ValueError(f"{other!r} in it is no array")
    return found


def _files(folder: Path) -> list[Path]:
    """The files of weights in a folder; ConfigError where there are none, or only such as may run code."""
    try:
        every = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise FileError(f"{folder}: cannot be read: {error.strerror or error}") from None
    found = [path for path in every if path.suffix.lower() in READ]
    if not found and any(path.suffix.lower() in PICKLED for path in every):
        raise ConfigError(
            f"{folder}: holds pickled files, which may run any code and are not opened; write"
            " safetensors.torch.save_file(model.state_dict(), 'epoch-1.safetensors') where they can be trusted"
        )
    if not found:
        raise ConfigError(f"{folder}: holds no file of weights; one for each snapshot, {joined(READ)}, is read")
    return found


def _moments(files: Sequence[Path]) -> list[dict[str, int]]:
    """The epoch and the step in each name; where not all of them have the same, they are counted as epochs from 0."""
    found = [{key.lower(): int(number) for key, number in MOMENT.findall(path.stem)} for path in files]
    if found[0] and all(each.keys() == found[0].keys() for each in found):
        return found
    places = {path: place for place, path in enumerate(sorted(files, key=lambda path: _natural(path.name)))}
    return [{"epoch": places[path]} for path in files]


def _place(path: Path, moment: Mapping[str, int]) -> tuple[Any, ...]:
    return moment.get("step", moment.get("epoch", 0)), moment.get("epoch", 0), _natural(path.name)


def _natural(name: str) -> list[tuple[int, str]]:
    """What names are sorted by, so that 2 comes before 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in DIGITS.split(name)]


def _params(tensors: Tensors, activations: Sequence[str]) -> list[tuple[Any, ...]]:
    """The layers in a file: each matrix, in the natural order of the names, with the numbers that its name calls its
    bias, or that come at the same place; what is left are learned slopes. ConfigError for what is none of these."""
    names = sorted(tensors, key=lambda name: (_natural(_layer(name)), _natural(name)))
    matrices = [name for name in names if tensors[name].ndim == 2]
    rest = [name for name in names if tensors[name].ndim == 1]
    if others := [name for name in names if tensors[name].ndim not in (1, 2)]:
        raise ConfigError(f"{others[0]!r} has the shape {tensors[others[0]].shape}; only dense layers can be recorded")
    partners = {name: next((b for b in _called(name) if b in rest), None) for name in matrices}
    if not any(partners.values()) and len(rest) == len(matrices):
        partners = dict(zip(matrices, rest, strict=True))
    slopes = [name for name in rest if name not in partners.values()]
    learned = [activation_of(activation).learned for activation in activations]
    if len(slopes) > sum(learned):
        raise ConfigError(f"{slopes[sum(learned)]!r} is the bias of no matrix, and no slope that is learned")
    own = iter(tensors[name] for name in slopes)
    each = [*learned, *[False] * len(partners)]  # as many layers as there are; that they are too many is found later
    return [
        (tensors[name], tensors[bias] if bias else None, *(islice(own, 1) if has_slope else ()))
        for (name, bias), has_slope in zip(partners.items(), each, strict=False)
    ]


def _layer(name: str) -> str:
    """What a tensor is of: dense and dense_1 of dense_kernel and dense_1_kernel, whose order is not that of these."""
    heads = [name.rpartition(word)[0] for pair in PARTNERS for word in pair if word in name]
    return max(heads, key=len).rstrip("/_.:- ") if heads else name


def _called(name: str) -> Iterator[str]:
    """What the bias of a matrix of this name may be called."""
    for weight, bias in PARTNERS:
        head, found, tail = name.rpartition(weight)
        if found:
            yield f"{head}{bias}{tail}"


def _order(params: list[tuple[Any, ...]], activations: Sequence[str]) -> str:
    """The one order of sides in which matrices fit together; ConfigError where both do, or none does."""
    made, fitting, wrong = [activation_of(name) for name in activations], [], ""
    for order in ORDERS:
        try:
            layers_of(params, made, order)
            fitting.append(order)
        except ConfigError as error:
            wrong = str(error)
    if not fitting:
        raise ConfigError(wrong)
    if len(fitting) > 1:
        raise ConfigError("its matrices fit together either way; say --weights out_in (torch) or in_out (Keras, JAX)")
    return fitting[0]
