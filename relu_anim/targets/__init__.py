"""What a network is to learn: functions, data sets and tables, and the points drawn from them with a seed."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from relu_anim.aliases import Array
from relu_anim.expressions import Formula, parse
from relu_anim.targets.datasets import DATASETS, Dataset
from relu_anim.targets.lines import TableProblem
from relu_anim.targets.points import (
    GRID_POINTS,
    Domain,
    Interval,
    Points,
    grid,
    is_constant,
    plane_grid,
    read_only,
    sides,
    split,
)
from relu_anim.targets.tables import Table, Word, read_table

__all__ = [
    "DATASETS",
    "GRID_POINTS",
    "TARGETS",
    "Dataset",
    "Domain",
    "Interval",
    "Points",
    "Table",
    "TableProblem",
    "Task",
    "Word",
    "function",
    "grid",
    "is_constant",
    "plane_grid",
    "read_table",
    "sample_each",
    "sides",
    "split",
]

LEAST_EVALUATED = 1000  # points of a data set of which each epoch draws its own

TARGETS = MappingProxyType(
    {
        "identity": "x",
        "quadratic": "x**2",
        "cubic": "x**3",
        "absolute": "abs(x)",
        "sine": "sin(x)",
        "cosine": "cos(x)",
        "step": "step(x)",
        "square_root": "sqrt(abs(x))",
        "bump": "exp(-x**2)",
        "chirp": "sin(x**2)",
    }
)

NAME_Y = re.compile(r"(?<![A-Za-z_])y(?!\w)", re.ASCII)  # 2y is a mistake, but one in a formula of x and y


@functools.lru_cache(maxsize=64)  # of many networks, each asks anew
def function(text: str) -> Formula:
    """The function that a name of `TARGETS` or a formula stands for: of x, or of x and y where it names y.

    Raises FormulaError if it is neither.
    """
    text = TARGETS.get(text, text)
    return parse(text, ("x", "y") if NAME_Y.search(text) else ("x",))


@dataclass(frozen=True)
class Task:
    """A target (a function, a data set or a table) with the way its points are drawn; all follows from the seed.

    `domain` is that of every input, or one for each of two. `classes` is of a data set, 0 where numbers are learned.
    `standardize`: whether the network sees each input, and a number to learn, with mean 0 and standard deviation 1.
    """

    function: Formula | None
    dataset: Dataset | None
    table: Table | None
    domain: Domain
    samples: int
    noise: float
    resample: bool
    test_fraction: float
    classes: int
    seed: int
    standardize: bool = False

    @property
    def inputs(self) -> int:
        """How many numbers one point has for the network to see."""
        if self.function is not None:
            return len(self.function.variables)
        if self.dataset is not None:
            return self.dataset.inputs
        assert self.table is not None
        return len(self.table.columns) - 1

    @property
    def interval(self) -> Interval:
        """The domain of a single input."""
        (low,), (high,) = sides(self.domain, 1)
        return float(low), float(high)

    @property
    def center(self) -> tuple[float, ...]:
        """What each input is measured from where inputs are standardised: its mean over the points; else nothing."""
        return _scale(self.evaluation_points().x)[0] if self.standardize else ()

    @property
    def spread(self) -> tuple[float, ...]:
        """What each input is then divided by: its standard deviation, 1 where it is the same at all points."""
        return _scale(self.evaluation_points().x)[1] if self.standardize else ()

    @property
    def learned_scale(self) -> tuple[float, float]:
        """The same two for a number to learn; 0 and 1 where it is not standardised, or where there are classes."""
        if not self.standardize or self.class_names:
            return 0.0, 1.0
        (center,), (spread,) = _scale(self.evaluation_points().y)
        return center, spread

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes by their index; empty where numbers are learned."""
        if self.table is not None:
            return self.table.class_names
        return tuple(map(str, range(self.classes))) if self.dataset is not None else ()

    def value_at(self, x: Array) -> Array:
        """The function [n, 1] at points [n, inputs]."""
        assert self.function is not None
        return self.function(x if x.shape[1] == 1 else (x[:, :1], x[:, 1:]))

    def generator(self, stream: str) -> np.random.Generator:
        """The random numbers of one use, so that drawing more for one changes no other."""
        words = [self.seed, *stream.encode()]
        if self.seed < 2**32:  # as an array of words they are the same numbers in a third of the time
            return np.random.default_rng(np.array(words, dtype=np.uint32))
        return np.random.default_rng(words)

    def sample(self, random: np.random.Generator) -> Points:
        """Fresh points of the function, uniform over the domain with noise added to y, or of the data set."""
        if self.dataset is not None:
            return self.dataset.draw(random, self.samples, self.noise, self.classes)
        x = self._draw_inputs(random)
        return Points(x, self._with_noise(self.value_at(x), random))

    def _draw_inputs(self, random: np.random.Generator) -> Array:
        low, high = sides(self.domain, self.inputs)
        return low + (high - low) * random.random((self.samples, self.inputs))  # as `uniform` does, and twice as fast

    def _with_noise(self, y: Array, random: np.random.Generator) -> Array:
        return y + self.noise * random.standard_normal(y.shape) if self.noise else y

    def fixed_points(self) -> tuple[Points, Points] | None:
        """The training and test points where they stay the same all along; None where each epoch draws its own."""
        if self.table is not None and not len(self.table.points):
            return None
        is_fixed = self.table is not None or (self.dataset is not None and self.dataset.is_fixed)
        return _fixed_points(self) if is_fixed or not self.resample else None

    def evaluation_points(self) -> Points:
        """Where the loss of a snapshot is measured: a dense grid of a function, the training points of data.

        Where each epoch draws points of a data set anew, these are drawn once more, as many or 1,000. Of a table
        without rows, which says no more than how many inputs there are, these are a grid without answers, or nothing.
        """
        if self.function is not None:
            x = grid(self.interval) if self.inputs == 1 else plane_grid(self.domain)
            return Points(x, self.value_at(x))
        fixed = self.fixed_points()
        if fixed is not None:
            return fixed[0]
        if self.table is not None:
            return self._unanswered()
        return replace(self, samples=max(self.samples, LEAST_EVALUATED)).sample(self.generator("evaluation"))

    def _unanswered(self) -> Points:
        """A grid of one or two inputs, whose y are no numbers; of more inputs no points."""
        x: Array = np.zeros((0, self.inputs))
        if self.inputs <= 2:
            x = grid(self.interval) if self.inputs == 1 else plane_grid(self.domain)
        return Points(x, np.full((len(x), 1), np.nan))


def sample_each(tasks: Sequence[Task], randoms: Sequence[np.random.Generator]) -> list[Points]:
    """What each task's `sample` gives with its own random numbers. A function that all learn is evaluated once, since
    for few points this takes longer than drawing them."""
    own = list(zip(tasks, randoms, strict=True))
    first = tasks[0]
    if first.function is None or any(t.function != first.function or t.samples != first.samples for t in tasks):
        return [task.sample(random) for task, random in own]
    drawn = [task._draw_inputs(random) for task, random in own]
    values = np.split(first.value_at(np.concatenate(drawn)), len(tasks))
    return [Points(x, task._with_noise(y, random)) for x, y, (task, random) in zip(drawn, values, own, strict=True)]


@functools.lru_cache(maxsize=4)  # training, metrics and panels ask in turn, and variants for the same points
def _fixed_points(task: Task) -> tuple[Points, Points]:
    points = task.table.points if task.table is not None else task.sample(task.generator("data"))
    training, test = split(points, task.test_fraction, task.generator("split"))
    return read_only(training), read_only(test)


def _scale(values: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    spread = np.where(is_constant(values), 1.0, values.std(axis=0))
    return tuple(values.mean(axis=0).tolist()), tuple(spread.tolist())
