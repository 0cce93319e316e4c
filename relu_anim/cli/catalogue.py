"""What `relu-anim list` prints: every name that a config may use, with a line about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from relu_anim import names
from relu_anim.activations import ACTIVATIONS
from relu_anim.expressions import FUNCTIONS
from relu_anim.targets import DATASETS, TARGETS

Rows = dict[str, str]


def _activations() -> Rows:
    return {
        name: a.summary + "".join(f"; {key}: {value:g}" for key, value in a.parameters.items())
        for name, a in ACTIVATIONS.items()
    }


KINDS: dict[str, Callable[[], Rows]] = {
    "targets": lambda: dict(TARGETS),
    "datasets": lambda: {name: dataset.summary for name, dataset in DATASETS.items()},
    "activations": _activations,
    "optimizers": lambda: names.OPTIMIZERS,
    "losses": lambda: names.LOSSES,
    "inits": lambda: names.INITS,
    "panels": lambda: names.PANELS,
    "metrics": lambda: names.METRICS,
    "pacings": lambda: names.PACINGS,
    "themes": lambda: names.THEMES,
    "formats": lambda: names.FORMATS,
    "kinds": lambda: names.KINDS,
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
