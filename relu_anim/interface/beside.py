"""What an author says beside his network: the target, the points and the loss, checked as it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from relu_anim.aliases import Array
from relu_anim.config.values import LARGEST
from relu_anim.errors import ConfigError
from relu_anim.expressions import FormulaError
from relu_anim.facts import LOSSES, joined
from relu_anim.interface.arrays import as_array
from relu_anim.plurals import plural
from relu_anim.recording import Learned
from relu_anim.spelling import closest
from relu_anim.targets import function

MOST_NUMBERS = 10_000_000  # of all points; a recording holds them
MOST_CLASSES = 100
NO_POINTS = np.zeros((0, 1))


@dataclass(frozen=True, eq=False)
class Beside:
    """What is known of what a network learns. `classes` are names, or nothing where they are not said."""

    function: str = ""
    inputs: int | None = None  # of the function
    domain: tuple[tuple[float, float], ...] = ()
    x: Array = field(default_factory=lambda: NO_POINTS)
    y: Array = field(default_factory=lambda: NO_POINTS)
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    loss: str = ""

    def check(self, inputs: int, outputs: int) -> None:
        """ConfigError unless a network of this many inputs and outputs can learn it."""
        network = f"the network has {plural(inputs, 'input')}"
        if self.inputs is not None and self.inputs != inputs:
            raise ConfigError(f"target: {self.function} has {plural(self.inputs, 'input')}, {network}")
        if len(self.x) and self.x.shape[1] != inputs:
            raise ConfigError(f"data: each point of x has {plural(self.x.shape[1], 'number')}, {network}")
        if len(self.domain) == 2 and inputs != 2:
            raise ConfigError(f"domain: gives two intervals, {network}")
        if self.columns and len(self.columns) != inputs + 1:
            raise ConfigError(f"columns: name {plural(inputs, 'input')} and what is learned, got {len(self.columns)}")
        classes = self._classes(outputs)
        if classes and outputs not in (len(classes), 1 if len(classes) == 2 else len(classes)):
            raise ConfigError(f"{len(classes)} classes, and the network has {plural(outputs, 'output')}")

    def learned(self, inputs: int, outputs: int, steps_per_epoch: int) -> Learned:
        """The same as a recording holds it."""
        domain = self.domain * inputs if len(self.domain) == 1 and inputs == 2 else self.domain
        parts = {"function": self.function, "columns": self.columns, "loss_kind": self.loss}
        return Learned(
            **parts,  # type: ignore[arg-type]
            domain=domain if inputs <= 2 else (),
            classes=self._classes(outputs),
            steps_per_epoch=steps_per_epoch,
            x=self.x,
            y=self.y,
        )

    def _classes(self, outputs: int) -> tuple[str, ...]:
        """The names of the classes; by their numbers where the loss alone says that there are some."""
        if self.classes or not self.loss or not LOSSES[self.loss].classes:
            return self.classes
        found = max(2, outputs, int(self.y.max(initial=0)) + 1)
        return tuple(map(str, range(found)))


def beside(target: Any, domain: Any, data: Any, loss: Any, classes: Any, columns: Any) -> Beside:
    """All that an author says; ConfigError that names what cannot be used."""
    formula = _function(target)
    if loss is not None and (not isinstance(loss, str) or loss not in LOSSES):
        meant = closest(str(loss), LOSSES)
        advice = f"did you mean {meant}?" if meant else f"one of {joined(list(LOSSES))}, or none"
        raise ConfigError(f"loss: {loss!r} is no loss that has a name here; {advice}")
    names = _names(classes, "classes")
    if len(names) == 1:
        raise ConfigError(f"classes: expected two or more, got {classes!r}")
    x, y, names = _points(data, names, bool(loss and LOSSES[loss].classes) or bool(names))
    return Beside(
        target or "",
        formula,
        _domain(domain) if domain is not None else ((-5.0, 5.0),) if target and not len(x) else (),
        x,
        y,
        names,
        _names(columns, "columns"),
        loss or "",
    )


def _function(target: Any) -> int | None:
    """How many inputs a formula has."""
    if target is None:
        return None
    if not isinstance(target, str):
        raise ConfigError(
            f"target: expected a formula in x, such as 'x**2', got {type(target).__name__}; or give data="
        )
    try:
        return len(function(target).variables)
    except FormulaError as error:
        raise ConfigError(f"target: {error.message}") from None


def _domain(value: Any) -> tuple[tuple[float, float], ...]:
    """One interval, or one for each of two inputs."""
    found = np.asarray(value, dtype=np.float64) if _is_of_numbers(value) else np.zeros(0)
    if found.shape not in ((2,), (1, 2), (2, 2)):
        raise ConfigError(f"domain: expected two numbers, (-5, 5), or two for each of two inputs, got {value!r}")
    sides = [(float(low), float(high)) for low, high in found.reshape(-1, 2)]
    if not all(np.isfinite(side).all() and side[0] < side[1] for side in sides):
        raise ConfigError(f"domain: goes from one number to a larger one, got {value!r}")
    if np.abs(sides).max() > LARGEST:
        raise ConfigError(f"domain: reaches at most to {LARGEST:g}, got {value!r}")
    return tuple(sides)


def _is_of_numbers(value: Any) -> bool:
    try:
        np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return True


def _names(value: Any, place: str) -> tuple[str, ...]:
    if value is None:
        return ()
    names = tuple(map(str, value)) if isinstance(value, (list, tuple, np.ndarray)) else ()
    if not names or len(set(names)) != len(names):
        raise ConfigError(f"{place}: expected a list of names, each once, got {value!r}")
    if wrong := next((name for name in names if not name.strip() or not name.isprintable()), None):
        raise ConfigError(f"{place}: {wrong!r} cannot be drawn; a name is one line of printable characters")
    return names


def _points(data: Any, names: tuple[str, ...], are_classes: bool) -> tuple[Array, Array, tuple[str, ...]]:
    """The points x [points, inputs] and y [points, 1], copied, and the names of their classes."""
    if data is None:
        return NO_POINTS, NO_POINTS, names
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ConfigError("data: expected a pair (x, y) of arrays, the points that were trained on")
    x = as_array(data[0], "data: x").astype(np.float64)
    if not x.size:
        raise ConfigError("data: holds no points; leave it out where none are known")
    x = x.reshape(len(x), -1) if x.ndim else x.reshape(1, 1)
    y, names = _labels(data[1], names) if are_classes or _holds_words(data[1]) else (_numbers(data[1]), names)
    if len(x) != len(y):
        raise ConfigError(f"data: {plural(len(x), 'point')} in x, {len(y)} in y; there is one y for each point")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ConfigError("data: holds what is no finite number")
    if max(np.abs(x).max(), np.abs(y).max()) > LARGEST:
        raise ConfigError(f"data: holds numbers beyond {LARGEST:g}")
    if x.size > MOST_NUMBERS:
        raise ConfigError(f"data: {x.size:,} numbers are too many to keep with a recording; give a part of the points")
    return x, y, names


def _holds_words(y: Any) -> bool:
    try:
        found = np.empty(0) if hasattr(y, "detach") else np.asarray(y)
    except Exception:  # as for `as_array`, which says what it is
        return False
    return found.dtype.kind == "U" or (found.dtype.kind == "O" and all(isinstance(word, str) for word in found.flat))


def _numbers(y: Any) -> Array:
    found = as_array(y, "data: y").astype(np.float64)
    if found.ndim > 1 and found[0].size != 1:
        raise ConfigError(f"data: y has {found[0].size} numbers for each point; films show what one number is learned")
    return found.reshape(-1, 1)


def _labels(y: Any, names: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """Labels as indices of classes: whole numbers from 0 on, or names."""
    if _holds_words(y):
        words = [str(word) for word in np.ravel(np.asarray(y))]
        names = names or _names(sorted(set(words)), "data: labels")
        if len(names) == 1:
            raise ConfigError(f"data: there is one class, {names[0]!r}; say classes=[…], two or more")
        if unknown := sorted(set(words) - set(names)):
            raise ConfigError(f"data: the label {unknown[0]!r} is none of classes")
        return np.array([[float(names.index(word))] for word in words]), names
    found = _numbers(y)
    if (found != np.rint(found)).any() or found.min(initial=0) < 0:
        raise ConfigError("data: labels are whole numbers from 0 on, or names; one for each point, not one-hot")
    most = int(found.max(initial=0)) + 1
    if most > (len(names) or MOST_CLASSES):
        raise ConfigError(f"data: the label {most - 1} is beyond the {len(names) or MOST_CLASSES} classes")
    return found, names or tuple(map(str, range(max(most, 2))))
