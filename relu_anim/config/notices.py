"""What is no mistake in a config, but may be one in what it makes: in its data, or in how much its film shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from relu_anim.config.kinds import Config, Experiment
from relu_anim.config.sections import Every
from relu_anim.facts import FORMATS
from relu_anim.targets import Table, Word, is_constant

Notice = tuple[Word, str]
FEW_FRAMES = 10  # of fewer one sees no motion


def notices(config: Config, folder: Path) -> Iterator[str]:
    """What its author should know of the keys of a config, and of its CSV file beside it in `folder`, each with its
    place."""
    yield from config.remarks
    if config.moves:
        yield from _few_snapshots(config)
    target = config.target
    if target is None or target.csv is None or target.table is None:
        return
    for (name, line, column), message in (*_constant_columns(target.table), *_single_members(target.table)):
        yield f"{folder / target.csv}:{line}:{column}: {name!r} {message}"


def _few_snapshots(e: Experiment) -> Iterator[str]:
    """That snapshots are so far apart that the film has few frames, with what to write instead."""
    member = max((member for _, member in e.members), key=lambda member: member.snapshots)
    training, most = member.training, e.animation.max_frames
    is_film = most >= FEW_FRAMES and any(FORMATS[name].moves for name in e.output.formats)
    if not (is_film and isinstance(training.snapshots, Every) and 1 < member.snapshots < FEW_FRAMES):
        return
    apart = -(-training.epochs // (most - 1))
    right = f"{{every: {apart}}}" if apart > 1 else "epoch"
    if training.epochs < FEW_FRAMES and member.steps > 1:
        right = "early"
    made = f"training.snapshots: {{every: {training.snapshots.every}}} makes a film of {member.snapshots} frames"
    yield f"{made}; try training.snapshots: {right}"


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
