"""What `relu-anim list` prints: every name that a config may use, with a line about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from relu_anim.activations import ACTIVATIONS
from relu_anim.config.models import FORMATS, INITS, LOSSES, PANELS
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.expressions import FUNCTIONS
from relu_anim.targets import DATASETS, TARGETS

Rows = dict[str, str]


def _activations() -> Rows:
    return {
        name: a.summary + "".join(f"; {key}: {value:g}" for key, value in a.parameters.items())
        for name, a in ACTIVATIONS.items()
    }


def _optimizers() -> Rows:
    rows = {}
    for name, model in OPTIMIZERS.items():
        options = {key: field.default for key, field in model.model_fields.items() if key != "name"}
        rows[name] = ", ".join(f"{key}: {_yaml(value)}" for key, value in options.items())
    return rows


def _yaml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


KINDS: dict[str, Callable[[], Rows]] = {
    "targets": lambda: dict(TARGETS),
    "datasets": lambda: {name: dataset.summary for name, dataset in DATASETS.items()},
    "activations": _activations,
    "optimizers": _optimizers,
    "losses": lambda: LOSSES,
    "inits": lambda: INITS,
    "panels": lambda: PANELS,
    "formats": lambda: FORMATS,
    "functions": lambda: {name: function.summary for name, function in FUNCTIONS.items()},
}


def lines(kind: str | None) -> Iterator[str]:
    """The lines of one list, or of all of them with headings."""
    for number, (name, rows) in enumerate(KINDS.items()):
        if kind not in (None, name):
            continue
        if kind is None:
            yield from ([""] if number else []) + [f"{name}:"]
        indent = "" if kind else "  "
        table = rows()
        width = max(map(len, table))
        for key, summary in table.items():
            yield f"{indent}{key.ljust(width)}  {summary}"
