"""The functions of `import relu_anim`. Nothing heavy is imported at the top: kernels are chosen first, which has an
effect in a process where NumPy and torch are not loaded yet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from relu_anim import kernels

if TYPE_CHECKING:
    from relu_anim.config import Config
    from relu_anim.interface.film import Film
    from relu_anim.interface.results import Result
    from relu_anim.recording import Recording
    from relu_anim.survey import Survey

    # Paths of YAML files, mappings with their keys, or what `load` gave.
    ConfigLike = str | os.PathLike[str] | Mapping[str, Any] | Config

# {"training.epochs": 50}, or texts as `-s` takes them: "training.epochs=50".
Settings = Mapping[str, Any] | Sequence[str]
# Takes what is done, how much of it, and of how much. «auto» is a bar in a terminal or a notebook.
Progress = Callable[[str, int, int], None] | Literal["auto"] | None


def load(config: ConfigLike, settings: Settings | None = None) -> Config:
    """The config in a file or a mapping, or this one, with these settings: checked as the command checks it, and
    frozen. FileError, or ConfigError with all that is wrong."""
    kernels.pin()
    from relu_anim.interface.configs import loaded

    return loaded(config, settings)


def run(
    config: ConfigLike, settings: Settings | None = None, *, force: bool = False, progress: Progress = "auto"
) -> Film:
    """The film of a config, from the recordings that are kept of it, or else trained, as with `force`; new ones are
    kept, as the command does. Writes neither film nor summary."""
    kernels.pin()
    from relu_anim.interface.configs import loaded
    from relu_anim.interface.experiments import filmed

    return filmed(loaded(config, settings), force, progress)


def train(
    config: ConfigLike, settings: Settings | None = None, *, progress: Progress = "auto"
) -> Recording | dict[str, Recording]:
    """Train, whatever is kept, and keep nothing: the recording of an experiment, or of its variants by label."""
    kernels.pin()
    from relu_anim.interface.configs import loaded
    from relu_anim.interface.experiments import trained

    return trained(loaded(config, settings), progress)


def film(config: ConfigLike, recordings: Recording | Mapping[str, Recording] | Iterable[Recording] = ()) -> Film:
    """The film of an experiment from its recording, or from those of its variants, by label or in their order; of a
    figure that does not move, without one. ConfigError for a recording that is none of this experiment."""
    kernels.pin()
    from relu_anim.interface.configs import loaded
    from relu_anim.interface.experiments import film_of

    return film_of(loaded(config), recordings)


def seeds(config: ConfigLike, n: int = 64, settings: Settings | None = None, *, progress: Progress = "auto") -> Survey:
    """How the result depends on the seed: the networks of the seeds 0 to n - 1, trained together so far as they are not
    kept. Draws no contact sheet."""
    kernels.pin()
    from relu_anim.interface.configs import loaded
    from relu_anim.interface.experiments import surveyed

    return surveyed(loaded(config, settings), n, progress)


def run_all(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | None = None,
    *,
    jobs: int = 2,
    cluster: str | None = None,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    progress: Progress = "auto",
) -> list[Result]:
    """Make the files of configs and their summaries, as `relu-anim run` does, so far as they are not there: `jobs` at a
    time, or on a Dask cluster. Tells what became of each, in their order; mistakes are in the results."""
    kernels.pin()
    from relu_anim.interface.many import made

    return made(paths, settings, jobs, cluster, output, force, progress)
