"""Films of small neural networks learning, from YAML configs.

Everything here is loaded when it is first used, so that `import relu_anim` takes no time and sets nothing.
"""

__version__ = "0.5.0"

__all__ = [
    "ConfigError",
    "Experiment",
    "FileError",
    "Film",
    "Network",
    "Recorder",
    "Recording",
    "Result",
    "Survey",
    "TrainingDiverged",
    "UserError",
    "film",
    "load",
    "run",
    "run_all",
    "seeds",
    "train",
]

TYPE_CHECKING = False  # as typing has it, which takes longer to load than all else here
if TYPE_CHECKING:
    from relu_anim.config import Experiment
    from relu_anim.errors import ConfigError, FileError, TrainingDiverged, UserError
    from relu_anim.interface.calls import film, load, run, run_all, seeds, train
    from relu_anim.interface.film import Film
    from relu_anim.interface.recorder import Recorder
    from relu_anim.interface.results import Result
    from relu_anim.network import Network
    from relu_anim.recording import Recording
    from relu_anim.survey import Survey

_WHERE = {
    "relu_anim.config": ("Experiment",),
    "relu_anim.errors": ("ConfigError", "FileError", "TrainingDiverged", "UserError"),
    "relu_anim.interface.calls": ("film", "load", "run", "run_all", "seeds", "train"),
    "relu_anim.interface.film": ("Film",),
    "relu_anim.interface.recorder": ("Recorder",),
    "relu_anim.interface.results": ("Result",),
    "relu_anim.network": ("Network",),
    "relu_anim.recording": ("Recording",),
    "relu_anim.survey": ("Survey",),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _WHERE.items():
        if name in names:
            found: object = getattr(import_module(module), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
