"""What a network is to learn: functions and data sets, and the training points drawn from them with a seed."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from relu_anim.expressions import Formula, parse

Array = NDArray[np.float64]

GRID_POINTS = 1001  # odd, so that the middle of a domain, where knots like to be, is a point of the grid

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


@dataclass(frozen=True)
class Points:
    """Training or test points: `x` [n, inputs] and `y` [n, outputs], float64."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Dataset:
    """A data set with a size, noise and place of its own; `points()` gives the same points every time."""

    summary: str
    domain: tuple[float, float]
    samples: int
    noise: float

    def points(self) -> Points:
        """The 200 points of the cosine example, drawn as its article draws them with NumPy's legacy generator."""
        random = np.random.RandomState(42)
        x = random.rand(self.samples, 1)
        return Points(x, np.cos(6 * x) + random.randn(self.samples, 1) * self.noise)


DATASETS = MappingProxyType(
    {"cosine": Dataset("cos(6x) + noise at 200 points of [0, 1], NumPy's RandomState(42)", (0.0, 1.0), 200, 0.08)}
)


def function(text: str) -> Formula:
    """The function that a name of `TARGETS` or a formula in x stands for; FormulaError if it is neither."""
    return parse(TARGETS.get(text, text))


def grid(domain: tuple[float, float], points: int = GRID_POINTS) -> Array:
    """Evenly spaced evaluation points [n, 1] of a domain, both ends included."""
    return np.linspace(*domain, points)[:, None]


@dataclass(frozen=True)
class Task:
    """A target with the way its points are drawn; everything it gives follows from the seed."""

    function: Formula | None
    dataset: Dataset | None
    domain: tuple[float, float]
    samples: int
    noise: float
    resample: bool
    test_fraction: float
    seed: int

    def generator(self, stream: str) -> np.random.Generator:
        """The random numbers of one use, so that drawing more for one changes no other."""
        return np.random.default_rng([self.seed, *stream.encode()])

    def sample(self, random: np.random.Generator) -> Points:
        """Fresh points of the function, uniform over the domain, with noise added to y."""
        assert self.function is not None
        x = random.uniform(*self.domain, size=(self.samples, 1))
        y = self.function(x)
        return Points(x, y + self.noise * random.standard_normal(y.shape) if self.noise else y)

    def fixed_points(self) -> tuple[Points, Points] | None:
        """The training and test points where they stay the same all along; None where each epoch draws its own."""
        if self.dataset is None and self.resample:
            return None
        points = self.dataset.points() if self.dataset else self.sample(self.generator("data"))
        return split(points, self.test_fraction, self.generator("split"))

    def evaluation_points(self) -> Points:
        """Where the loss of a snapshot is measured: the dense grid of a function, the training points of data."""
        if self.function is not None:
            x = grid(self.domain)
            return Points(x, self.function(x))
        fixed = self.fixed_points()
        assert fixed is not None
        return fixed[0]


def split(points: Points, test_fraction: float, random: np.random.Generator) -> tuple[Points, Points]:
    """A random split into training and test points; the test part is rounded to the nearest whole number."""
    order = random.permutation(len(points))
    test = round(len(points) * test_fraction)
    held_out, kept = np.sort(order[:test]), np.sort(order[test:])
    return Points(points.x[kept], points.y[kept]), Points(points.x[held_out], points.y[held_out])
