"""What is no mistake in a config, but may be one in its data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from relu_anim.config.kinds import Config
from relu_anim.targets import Table, Word, is_constant

Notice = tuple[Word, str]


def notices(config: Config, folder: Path) -> Iterator[str]:
    """What its author should know of the keys of a config, and of its CSV file beside it in `folder`, each with its
    place."""
    yield from config.old_names
    target = config.target
    if target is None or target.csv is None or target.table is None:
        return
    for (name, line, column), message in (*_constant_columns(target.table), *_single_members(target.table)):
        yield f"{folder / target.csv}:{line}:{column}: {name!r} {message}"


def _constant_columns(table: Table) -> Iterator[Notice]:
    points = table.points
    columns = [(values, "it tells the network nothing") for values in points.x.T]
    columns += [] if table.class_names else [(points.y[:, 0], "there is nothing to learn")]
    for word, (values, so) in zip(table.words, columns, strict=False):  # behind them, words has the classes
        if is_constant(values):
            same = "is the same in all rows" + ", but for rounding" * bool(np.ptp(values))
            yield word, f"{same}; {so}"


def _single_members(table: Table) -> Iterator[Notice]:
    classes = table.words[len(table.columns) :]
    sizes = np.bincount(table.points.y[:, 0].astype(np.intp)) if classes else np.array([])
    for word in classes:
        if sizes[table.class_names.index(word.text)] == 1:
            yield word, "is a class of one row alone"
