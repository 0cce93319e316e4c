"""What is learned: target and data."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from relu_anim.config.animation import Animation
from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.values import LARGEST
from relu_anim.expressions import undefined_at
from relu_anim.plurals import plural
from relu_anim.targets import DATASETS, Dataset, Domain, function, grid, plane_grid

if TYPE_CHECKING:
    from relu_anim.config.kinds import DataFigure, Experiment


@reads("target")
def one_target(e: Experiment | DataFigure) -> Iterator[Finding]:
    """The target is a formula, a data set or a file, and only one of them."""
    given = {"function": e.target.function, "dataset": e.target.dataset, "csv": e.target.csv}
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(names) > 1:
        yield ("target",), f"has {' and '.join(names)}; keep one of them"
    if not names:
        yield ("target",), "needs one of `function`, `dataset` and `csv`"


@reads("target")
def dataset_is_here(e: Experiment | DataFigure) -> Iterator[Finding]:
    """A data set of an extra is installed."""
    if e.target.dataset is not None and not DATASETS[e.target.dataset].is_installed():
        yield ("target", "dataset"), f"{e.target.dataset} comes with an extra: pip install 'relu-anim[mnist]'"


@reads("target", "data")
def own_values(e: Experiment | DataFigure) -> Iterator[Finding]:
    """What a data set or a table brings along, and what only those have, cannot be set."""
    if not e.target.is_known:
        return
    if e.target.function is not None:
        own: dict[str, Any] = {"classes": None}
        owner = "a function has no classes"
    elif e.target.dataset is not None:
        own, owner = _own(DATASETS[e.target.dataset]), f"the data set {e.target.dataset} has its own"
    elif e.target.table is not None:
        own = {"samples": len(e.target.table.points), "noise": 0.0, "resample": False, "classes": None}
        owner = "the points are those of the file"
    else:
        return
    for key, value in own.items():
        if getattr(e.data, key) != value:
            what = owner.replace("its own", "no classes") if value is None else f"{owner}: {value}".lower()
            yield ("data", key), f"{what}; remove this key"
    if e.target.dataset is not None and e.target.domain != DATASETS[e.target.dataset].domain:
        own_domain = listed(DATASETS[e.target.dataset].domain)
        yield ("target", "domain"), f"{owner}: {own_domain}; animation.domain shows more"


def _own(dataset: Dataset) -> dict[str, Any]:
    """The keys of `data` that a data set leaves no choice in, with their values."""
    own: dict[str, Any] = {}
    if dataset.is_fixed:
        own = {"samples": dataset.samples, "noise": dataset.noise, "resample": False}
    if dataset.classes == dataset.most_classes:
        own["classes"] = dataset.classes or None
    return own


@reads("target", "data")
def classes(e: Experiment | DataFigure) -> Iterator[Finding]:
    """There are no more classes than a data set has, and a point for each."""
    if e.target.dataset is None or e.data.classes is None:
        return
    dataset = DATASETS[e.target.dataset]
    if dataset.classes < dataset.most_classes < e.data.classes:
        yield ("data", "classes"), f"{e.target.dataset} has at most {dataset.most_classes} classes"
    if e.data.samples < e.data.classes:
        yield ("data", "samples"), f"{e.data.samples} points are too few for {e.data.classes} classes"


@reads("target", "animation.domain")
def domains(e: Experiment | DataFigure) -> Iterator[Finding]:
    """Two intervals are given for two inputs only."""
    shown = e.animation.domain if isinstance(e.animation, Animation) else None
    for section, domain in (("target", e.target.domain), ("animation", shown)):
        if domain is not None and e.target.is_known and not has_sides(domain, e.task.inputs):
            yield (section, "domain"), f"gives two intervals for {plural(e.task.inputs, 'input')}"


def has_sides(domain: Domain, inputs: int) -> bool:
    """Whether the domain can be that of this many inputs."""
    return inputs == 2 or np.ndim(domain) == 1


_undefined_at = functools.lru_cache(undefined_at)  # many configs of a blog learn the same function


@reads("target")
def target_is_finite(e: Experiment | DataFigure) -> Iterator[Finding]:
    """The formula has a value everywhere in the domain, which is not too large to be learned."""
    if e.target.function is None or not has_sides(e.target.domain, e.task.inputs):
        return
    path, domain = ("target", "function"), listed(e.target.domain)
    target = function(e.target.function)
    if len(target.variables) == 1:
        hole = _undefined_at(target, e.task.interval)
        found = (f"x = {hole[0]:g}", hole[1]) if hole else None
        x = grid(e.task.interval)
        values = target(x)
    else:
        x = plane_grid(e.target.domain)
        values = target((x[:, :1], x[:, 1:]))
        bad = np.flatnonzero(~np.isfinite(values))
        found = (_place(x[bad[0]]), "is not finite") if len(bad) else None
    if found:
        yield path, f"{found[1]} at {found[0]} of the domain {domain}; change the formula or the domain"
        return
    size = np.abs(values)
    if size.max() > LARGEST:
        most = f"{size.max():.2g} at {_place(x[size.argmax()])} of the domain {domain}"
        yield path, f"is as large as {most}; no more than {LARGEST:g} can be learned"


def listed(domain: Domain) -> str:
    """A domain as a config has it."""
    return json.dumps(domain)


def _place(point: np.ndarray) -> str:
    """A point as messages write it: «x = 2», «x = 2, y = 0.5»."""
    return ", ".join(f"{name} = {value:g}" for name, value in zip("xy", point.tolist(), strict=False))


@reads("target", "data")
def test_fraction(e: Experiment | DataFigure) -> Iterator[Finding]:
    """Points are held out of a fixed set only, and both parts have some."""
    if not e.data.test_fraction:
        return
    if e.data.resample:
        yield ("data", "test_fraction"), "needs one fixed training set; write data.resample: false"
    samples = e.data.samples
    if not 0 < round(samples * e.data.test_fraction) < samples:
        yield ("data", "test_fraction"), f"leaves no point for one of the two parts of {samples} samples"
