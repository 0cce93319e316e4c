"""What `relu-anim list` prints: every name that a config may use, with a line about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relu_anim import facts

Rows = dict[str, str]


def _summaries(table: Mapping[str, Any]) -> Callable[[], Rows]:
    return lambda: {name: facts.summary(row) for name, row in table.items()}


def _targets() -> Rows:
    from relu_anim.targets import TARGETS

    return dict(TARGETS)


def _datasets() -> Rows:
    from relu_anim.targets import DATASETS

    return _summaries(DATASETS)()


def _activations() -> Rows:
    from relu_anim.activations import ACTIVATIONS

    return {
        name: a.summary + "".join(f"; {key}: {value:g}" for key, value in a.parameters.items())
        for name, a in ACTIVATIONS.items()
    }


def _optimizers() -> Rows:
    """Each with its options and their defaults."""
    from relu_anim.config.optimizers import OPTIMIZERS

    return {
        name: ", ".join(
            f"{key}: {json.dumps(field.default)}" for key, field in model.model_fields.items() if key != "name"
        )
        for name, model in OPTIMIZERS.items()
    }


def _panels() -> Rows:
    """Each with its options, what they may be, the default first."""
    return {name: "; ".join([row.summary, *map(_option, row.options.items())]) for name, row in facts.PANELS.items()}


def _option(item: tuple[str, facts.Option]) -> str:
    name, option = item
    values = [option.default, *(value for value in option.values if value != option.default)]
    return f"{name}: {' | '.join(v if isinstance(v, str) else json.dumps(v) for v in values)} ({option.summary})"


def _functions() -> Rows:
    from relu_anim.expressions import FUNCTIONS

    return _summaries(FUNCTIONS)()


def _words() -> Rows:
    """Each with its English text, in all its forms, and where it is shown."""
    from relu_anim.words import WORDS, forms

    return {key: f"{' | '.join(forms(word.text))}  ({word.places})" for key, word in WORDS.items()}


def _configs() -> Rows:
    """The configs that come with the package, with their titles."""
    from relu_anim.cli.starter import catalogue
    from relu_anim.config.document import read

    return {name: str(read(path).data.get("title", "")) for name, path in catalogue().items()}


LISTS: dict[str, Callable[[], Rows]] = {
    "targets": _targets,
    "datasets": _datasets,
    "activations": _activations,
    "optimizers": _optimizers,
    "losses": _summaries(facts.LOSSES),
    "inits": _summaries(facts.INITS),
    "panels": _panels,
    "metrics": _summaries(facts.METRICS),
    "snapshots": _summaries(facts.SNAPSHOTS),
    "pacings": _summaries(facts.PACINGS),
    "themes": _summaries(facts.THEMES),
    "formats": _summaries(facts.FORMATS),
    "kinds": _summaries(facts.KINDS),
    "functions": _functions,
    "words": _words,
    "configs": _configs,
}


def lines(kind: str | None) -> Iterator[str]:
    """The lines of one list, or of all of them with headings."""
    for number, (name, rows) in enumerate(LISTS.items()):
        if kind not in (None, name):
            continue
        if kind is None:
            yield from ([""] if number else []) + [f"{name}:"]
        indent = "" if kind else "  "
        table = rows()
        width = max(map(len, table))
        for key, summary in table.items():
            yield f"{indent}{key.ljust(width)}  {summary}"
