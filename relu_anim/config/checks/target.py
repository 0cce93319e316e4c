"""What is learned, by which network and how: target, data, model and training."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from relu_anim.config.defaults import has_one_target
from relu_anim.config.models import DataFigure, Experiment
from relu_anim.config.places import Path_
from relu_anim.config.values import LARGEST
from relu_anim.expressions import undefined_at
from relu_anim.facts import LOSSES, fitting_losses, joined
from relu_anim.targets import DATASETS, Dataset, Domain, function, grid, plane_grid

Finding = tuple[Path_, str]

MAX_RECORDING_BYTES = 2 * 1024**3


def one_target(e: Experiment | DataFigure) -> Iterator[Finding]:
    """The target is a formula, a data set or a file, and only one of them."""
    given = {"function": e.target.function, "dataset": e.target.dataset, "csv": e.target.csv}
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(names) > 1:
        yield ("target",), f"has {' and '.join(names)}; keep one of them"
    if not names:
        yield ("target",), "needs one of `function`, `dataset` and `csv`"


def dataset_is_here(e: Experiment | DataFigure) -> Iterator[Finding]:
    """A data set of an extra is installed."""
    if e.target.dataset is not None and not DATASETS[e.target.dataset].is_installed():
        yield ("target", "dataset"), f"{e.target.dataset} comes with an extra: pip install 'relu-anim[mnist]'"


def own_values(e: Experiment | DataFigure) -> Iterator[Finding]:
    """What a data set or a table brings along, and what only those have, cannot be set."""
    if not has_one_target(e.target):
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


def classes(e: Experiment | DataFigure) -> Iterator[Finding]:
    """There are no more classes than a data set has, and a point for each."""
    if e.target.dataset is None or e.data.classes is None:
        return
    dataset = DATASETS[e.target.dataset]
    if dataset.classes < dataset.most_classes < e.data.classes:
        yield ("data", "classes"), f"{e.target.dataset} has at most {dataset.most_classes} classes"
    if e.data.samples < e.data.classes:
        yield ("data", "samples"), f"{e.data.samples} points are too few for {e.data.classes} classes"


def layer_sizes(e: Experiment) -> Iterator[Finding]:
    """The first and the last layer are as wide as what is learned needs."""
    if not has_one_target(e.target):
        return
    sizes, inputs, classes = e.model.layer_sizes, e.task.inputs, len(e.task.class_names)
    if sizes[0] != inputs:
        what = f"a target of {inputs} input{'s' * (inputs > 1)}"
        yield ("model", "layer_sizes", 0), f"{what} needs {inputs} here, got {sizes[0]}"
    right, what = _outputs(e.training.loss, classes)
    if sizes[-1] not in right:
        yield ("model", "layer_sizes", len(sizes) - 1), f"{what}, got {sizes[-1]}"


def _outputs(loss: str, classes: int) -> tuple[set[int], str]:
    """How many outputs a network may have, and in words; a wrong loss may be mended in any way."""
    fitting = fitting_losses(classes)
    right = {LOSSES[name].outputs(classes) for name in ([loss] if loss in fitting else fitting)}
    if not classes:
        return right, "a target of one output needs 1 here"
    single = [name for name in fitting if LOSSES[name].logit]
    if right == {1}:
        others = [name for name in fitting if name not in single]
        return right, f"the loss {loss} needs 1 output; {joined(others)} takes one for each class"
    or_one = f" or, with the loss {joined(single)}, 1" if single else ""
    return right, f"{classes} classes need {classes} outputs{or_one}"


def loss(e: Experiment) -> Iterator[Finding]:
    """The loss and the output activation go with numbers or with classes."""
    if not has_one_target(e.target):
        return
    path, classes, loss = ("training", "loss"), len(e.task.class_names), e.training.loss
    row, right = LOSSES[loss], joined(fitting_losses(classes))
    if classes and not row.classes:
        yield path, f"the target has {classes} classes, which {loss} cannot learn; write {right}"
    elif not classes and row.classes:
        yield path, f"{loss} learns classes, but the target is a number; write {right}"
    elif classes > row.classes:
        yield path, f"{loss} is for {row.classes:g} classes, the target has {classes}; write {right}"
    name = e.model.activations[-1].name
    if row.last_activations and name not in row.last_activations:
        message = f"{loss} needs {joined(row.last_activations)} here, got {name}"
        yield ("model", "output_activation"), message


def activations(e: Experiment) -> Iterator[Finding]:
    """There is one activation, or one for each hidden layer."""
    given, hidden = len(e.model.activation), e.model.hidden_layers
    if given != 1 and given != hidden:
        layers, right = f"{hidden} hidden layer{'s' * (hidden != 1)}", "one" + f", or {hidden}" * (hidden > 1)
        yield ("model", "activation"), f"{given} activations for {layers}; give {right}"


def domains(e: Experiment | DataFigure) -> Iterator[Finding]:
    """Two intervals are given for two inputs only."""
    shown = e.animation.domain if isinstance(e, Experiment) else None
    for section, domain in (("target", e.target.domain), ("animation", shown)):
        if domain is not None and has_one_target(e.target) and not has_sides(domain, e.task.inputs):
            yield (section, "domain"), f"gives two intervals for {e.task.inputs} input{'s' * (e.task.inputs > 1)}"


def has_sides(domain: Domain, inputs: int) -> bool:
    """Whether the domain can be that of so many inputs."""
    return inputs == 2 or np.ndim(domain) == 1


_undefined_at = functools.lru_cache(undefined_at)  # many configs of a blog learn the same function


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
    """«x = 2», «x = 2, y = 0.5»."""
    return ", ".join(f"{name} = {value:g}" for name, value in zip("xy", point.tolist(), strict=False))


def test_fraction(e: Experiment | DataFigure) -> Iterator[Finding]:
    """Points are held out of a fixed set only, and both parts have some."""
    if not e.data.test_fraction:
        return
    if e.data.resample:
        yield ("data", "test_fraction"), "needs one fixed training set; write data.resample: false"
    samples = e.data.samples
    if not 0 < round(samples * e.data.test_fraction) < samples:
        yield ("data", "test_fraction"), f"leaves no point for one of the two parts of {samples} samples"


def points_are_fixed(f: DataFigure) -> Iterator[Finding]:
    """A figure of the data shows points of a plane that stay the same."""
    if f.data.resample:
        yield ("data", "resample"), "a figure of the data needs fixed points; write false or remove this key"
    if f.target.dataset is not None and DATASETS[f.target.dataset].inputs > 2:
        inputs = DATASETS[f.target.dataset].inputs
        yield ("target", "dataset"), f"points of {inputs} inputs cannot be drawn in a plane"


def optimizer(e: Experiment) -> Iterator[Finding]:
    """Nesterov has the momentum that it needs."""
    o = e.training.optimizer
    if o.name == "sgd" and o.nesterov and (o.momentum == 0 or o.dampening != 0):
        yield ("training", "optimizer", "nesterov"), "needs a momentum above 0 and no dampening"


def recording_fits(e: Experiment) -> Iterator[Finding]:
    """All snapshots of the run fit into memory."""
    most = MAX_RECORDING_BYTES // (e.model.parameter_count * 4) - 1
    if most < 0:
        yield ("model", "layer_sizes"), f"{e.model.parameter_count:,} parameters would take more than 2 GiB"
    elif e.training.epochs > most:
        message = f"the snapshots of this network would take more than 2 GiB; at most {most:,} epochs fit"
        yield ("training", "epochs"), message
