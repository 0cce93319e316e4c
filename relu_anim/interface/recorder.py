"""Records a network that its author trains himself."""

from __future__ import annotations

import atexit
import math
import os
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from relu_anim import config
from relu_anim.config import Experiment
from relu_anim.errors import ConfigError, FileError
from relu_anim.interface.arrays import activation_of, check_order, layers_of, network_of
from relu_anim.interface.beside import beside
from relu_anim.interface.configs import is_whole
from relu_anim.interface.moments import Moment
from relu_anim.interface.rows import UNKNOWN, Rows
from relu_anim.interface.sequential import Model
from relu_anim.network import Network
from relu_anim.paths import check_writable, path_of
from relu_anim.recording import Recording

if TYPE_CHECKING:
    from relu_anim.interface.film import Film  # type: ignore[import-untyped, import-not-found, unused-ignore]

ROUNDED = 1e-6  # by which a mean of float32 may be beyond 1
FILE = "recording.npz"  # as the config of a film in memory names it
ROOT = ("title", "alt", "target", "animation", "output", "extends")  # keys of a config itself


class Recorder:
    """Copies the parameters of a network each time that `snap` is called, and makes recordings and films of them.

    `model` is an `nn.Sequential`, whose first snapshot is taken here. Without it `activations` has one for each layer,
    the output's last, and `weights` the order of the sides of each matrix: "in_out" or "out_in". What the network
    learns may be said: `target`, a formula on a `domain`, or points `data=(x, y)`, labels of `classes` among them;
    `loss` is a name of `relu-anim list losses`. `columns` name the inputs and what is learned. With a `path` the
    recording is saved at the end, whatever happens, and while training every `autosave` seconds.
    """

    def __init__(
        self,
        model: Any = None,
        *,
        activations: Sequence[Any] | None = None,
        weights: str | None = None,
        target: str | None = None,
        domain: Any = None,
        data: Any = None,
        loss: str | None = None,
        classes: Sequence[Any] | None = None,
        columns: Sequence[str] | None = None,
        steps_per_epoch: int | None = None,
        path: str | os.PathLike[str] | None = None,
        autosave: float | None = None,
    ) -> None:
        if (model is None) == (activations is None):
            raise ConfigError("give a model of torch, or activations=[…] and weights= for arrays; one of them")
        if model is not None and weights is not None:
            raise ConfigError("weights: a model knows the order of its own; leave it out")
        if autosave is not None and path is None:
            raise ConfigError("autosave: needs a path to save to")
        if autosave is not None and not (type(autosave) in (int, float) and 0 <= autosave < math.inf):
            raise ConfigError(f"autosave: expected a number of seconds, got {autosave!r}")
        if steps_per_epoch is not None and not is_whole(steps_per_epoch):
            raise ConfigError(f"steps_per_epoch: expected a whole number from 1 on, got {steps_per_epoch!r}")
        self._beside = beside(target, domain, data, loss, classes, columns)
        self._moment = Moment(steps_per_epoch=steps_per_epoch and int(steps_per_epoch))
        self._rows: Rows | None = None
        self._activations = [] if activations is None else _activations(activations)
        self._order = "" if activations is None else check_order(weights)
        self._live: Any = None
        self._path, self._autosave, self._saved, self._saved_at = _free(path), autosave, 0, time.monotonic()
        if self._path:
            atexit.register(self._close_late)
        self._model = None if model is None else Model(model)
        if self._model:
            self._begin(self._model.network)
            self.snap()

    def __repr__(self) -> str:
        return f"<Recorder: {self.recording.summary}>" if len(self) else "<Recorder: nothing yet>"

    def __len__(self) -> int:
        return len(self._rows) if self._rows is not None else 0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def snap(
        self,
        *,
        params: Any = None,
        loss: Any = None,
        test_loss: Any = None,
        accuracy: Any = None,
        test_accuracy: Any = None,
        epoch: int | None = None,
        step: int | None = None,
    ) -> None:
        """Take a snapshot: of the model, or of `params`, a pair (W, b) for each layer or all arrays in a row. It is
        that of the next epoch, or of this `epoch` or `step`. A number that is not given is not known. What was recorded
        stays whatever goes wrong."""
        moment = self._moment.following(epoch, step)
        numbers = (
            _number(loss, "loss"),
            _number(test_loss, "test_loss"),
            _share(accuracy, "accuracy"),
            _share(test_accuracy, "test_accuracy"),
        )
        if self._model:
            self._copy_model(self._model, params)
        else:
            self._copy_arrays(params)
        self._known().add(moment.epoch, moment.step, numbers)
        self._moment = moment
        if self._autosave is not None and time.monotonic() - self._saved_at >= self._autosave:
            self._saved_at = time.monotonic()
            self._warned_save("while training")

    @property
    def network(self) -> Network:
        """The shape of the network; known from the first snapshot on."""
        return self._known().network

    @property
    def recording(self) -> Recording:
        """All snapshots until now."""
        rows = self._known()
        inputs, *_, outputs = rows.network.layer_sizes
        steps = 0 if self._moment.counts == "step" else self._moment.steps_per_epoch or 1
        return rows.recording(self._beside.learned(inputs, outputs, steps))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the recording, whole or not at all; `kind: recorded` makes films of it."""
        target = path_of(path, "the path of a file")
        self.recording.save(target)
        return target

    def close(self) -> None:
        """Save what is not saved yet, where a path was given; a `with` does that at its end, and Python at its own."""
        atexit.unregister(self._close_late)
        if self._path and len(self) > self._saved:
            self._save_again()

    def experiment(self, settings: Mapping[str, Any] | None = None, **look: Any) -> Experiment:
        """The config of a film of what was recorded: keys of `animation`, and title, alt, target and output; `settings`
        have dots in their keys. ConfigProblems with all that is wrong."""
        return _experiment(self.recording, settings or {}, look)

    def film(self, settings: Mapping[str, Any] | None = None, **look: Any) -> Film:
        """The film of what was recorded: `recorder.film(panels=["layers", "loss"], size=[800, 600])`."""
        from relu_anim.interface.film import Film

        recording = self.recording
        return Film(_experiment(recording, settings or {}, look), [recording])

    def show(self, settings: Mapping[str, Any] | None = None, **look: Any) -> None:
        """Redraw the last snapshot in the cell of a notebook, at most twice a second; elsewhere nothing."""
        from relu_anim.interface.live import Live

        self._live = self._live or Live()
        self._live.update(lambda: self.film(settings, **look))

    # ---------------------------------------------------------------- what is behind

    def _known(self) -> Rows:
        if self._rows is None:
            raise ConfigError("nothing was recorded; call snap() first")
        return self._rows

    def _begin(self, network: Network) -> None:
        self._beside.check(network.layer_sizes[0], network.layer_sizes[-1])
        self._rows = Rows(network)

    def _copy_model(self, model: Model, params: Any) -> None:
        if params is not None:
            raise ConfigError("params: are those of the model; leave them out")
        model.check()
        for place, tensor in zip(self._known().next, model.tensors, strict=True):
            array = tensor.array()
            if array is None:  # a Linear without bias
                place.fill(0)
            elif array.shape != place.shape:
                raise ConfigError(f"a tensor is {array.shape} now, it was {place.shape}; make a new Recorder")
            else:
                place[...] = array

    def _copy_arrays(self, params: Any) -> None:
        if params is None:
            raise ConfigError("params: are required, a pair (W, b) for each layer")
        layers = layers_of(params, self._activations, self._order)
        network = network_of(layers, self._activations)
        if self._rows is None:
            self._begin(network)
        rows = self._known()
        if network.layer_sizes != rows.network.layer_sizes:
            raise ConfigError(
                f"params: the network is {network.sizes} now, it was {rows.network.sizes}; make a new Recorder"
            )
        arrays = [array for layer in layers for array in layer if array is not None]
        with np.errstate(over="ignore"):  # what float32 cannot hold is found to be no finite number
            for place, array in zip(rows.next, arrays, strict=True):
                place[...] = array

    def _save_again(self) -> None:
        assert self._path
        count = len(self)
        self.recording.save(self._path)
        self._saved, self._saved_at = count, time.monotonic()

    def _warned_save(self, when: str) -> None:
        """Save where nobody waits for an error: a training goes on, whatever becomes of its file."""
        try:
            self._save_again()
        except FileError as error:
            warnings.warn(f"the recording is not saved {when}: {error}", RuntimeWarning, stacklevel=3)

    def _close_late(self) -> None:
        if len(self) > self._saved:
            self._warned_save("at the end")


def _activations(given: Sequence[Any]) -> list[Any]:
    if isinstance(given, (str, Mapping)) or not isinstance(given, (Sequence, np.ndarray)) or not len(given):
        raise ConfigError(f"activations: expected a list with one for each layer, the output's last, got {given!r}")
    return [activation_of(value, f"activations[{number}]") for number, value in enumerate(given)]


def _number(value: Any, key: str) -> float:
    """A number as Python has it, of a tensor too."""
    if value is None:
        return UNKNOWN
    try:
        if isinstance(value, (str, bytes, bool)):
            raise TypeError
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise ConfigError(f"{key}: expected a number, got {type(value).__name__}") from None


def _share(value: Any, key: str) -> float:
    """A number from 0 to 1; one that is none is refused with the others."""
    share = _number(value, key)
    if share < 0 or share > 1 + ROUNDED:
        raise ConfigError(f"{key}: expected a share from 0 to 1, got {share:g}; of percent take a hundredth")
    return share


def _free(path: str | os.PathLike[str] | None) -> Path | None:
    """A path to save to; ConfigError if what lies there is no recording, which would be lost, FileError where nothing
    can be written: now, and not when the training is over."""
    if path is None:
        return None
    target = path_of(path, "the path of a file")
    check_writable([target])
    check_free(target)
    return target.absolute()


def check_free(path: Path) -> None:
    """ConfigError if a recording would be written over what is none."""
    try:
        if path.is_file() and path.stat().st_size:
            Recording.load(path)
    except FileError:
        raise ConfigError(f"{path}: is no recording, and stays; name another file") from None


def _experiment(recording: Recording, settings: Mapping[str, Any], look: Mapping[str, Any]) -> Experiment:
    if not isinstance(settings, Mapping):
        advice = 'a mapping such as {"animation.fps": 10}, or keys such as panels="loss"'
        raise ConfigError(f"settings: expected {advice}, got {type(settings).__name__}")
    mapping: dict[str, Any] = {"kind": "recorded", "recording": FILE}
    for key in sorted(look, key=lambda key: key not in ROOT):  # sections before what is in them
        _put(mapping, key if key in ROOT else f"animation.{key}", look[key])
    for key, value in settings.items():
        _put(mapping, key, value)
    found = config.of(mapping, tables={FILE: recording.to_bytes()})
    assert isinstance(found, Experiment)
    return found


def _put(mapping: dict[str, Any], key: str, value: Any) -> None:
    """Put a value where a key with dots says."""
    if not isinstance(key, str):
        raise ConfigError(f"settings: a key is a text such as 'animation.fps', got {key!r}")
    *sections, last = key.split(".")
    for section in sections:
        inner = mapping.get(section, {})
        if not isinstance(inner, Mapping):
            raise ConfigError(f"{key}: {section} is no section here")
        mapping[section] = mapping = dict(inner)  # the caller's own mapping stays as it is
    mapping[last] = value
