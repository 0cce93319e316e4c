"""What somebody writes who checks his own types: `make check` has mypy read it, strictly. It is never run."""

import numpy as np
import numpy.typing as npt

import relu_anim as ra


def knots(path: str) -> list[float]:
    """The knots of a film's last network."""
    film = ra.run(path, {"training.epochs": 50}, progress=None)
    found: npt.NDArray[np.floating] = film.network.knots(film.recording[-1].parameters)
    frame: npt.NDArray[np.uint8] = film.frame(-1)
    assert frame.shape[2] == 4
    film.set(["animation.theme=dark"]).save("dark.gif", progress=lambda what, done, total: None)
    return [float(knot) for knot in found]


def again(experiment: ra.Experiment) -> ra.Film:
    """A film in steps."""
    return ra.film(experiment, ra.train(experiment))


def luck(config: dict[str, object]) -> ra.Survey:
    """A survey of a mapping."""
    return ra.seeds(config, 16)


def failed(paths: list[str]) -> list[ra.UserError]:
    """What went wrong."""
    results: list[ra.Result] = ra.run_all(paths, jobs=2)
    return [result.error for result in results if result.error is not None]


def refused(config: ra.Experiment) -> bool:
    """Whether a setting is refused."""
    try:
        ra.load(config, {"seed": -1})
    except ra.ConfigError as error:
        return len(error.problems) == 1
    return False
