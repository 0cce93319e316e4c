"""What the keys of a config must fulfil together; each check yields (path, message)."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from relu_anim.config.defaults import has_one_target
from relu_anim.config.models import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.config.places import Path_, related
from relu_anim.config.values import LARGEST
from relu_anim.expressions import undefined_at
from relu_anim.names import METRICS
from relu_anim.targets import DATASETS, Dataset, Domain, function, grid, plane_grid, sides

Finding = tuple[Path_, str]

MAX_RECORDING_BYTES = 2 * 1024**3
GIF_MAX_FPS = 50
MIN_COLUMN_PIXELS, MIN_PANEL_PIXELS = 200, 110
MIN_VARIANT_PIXELS = 130
MIN_ROW_PIXELS = 70
MIN_METRIC_PIXELS = 90
STAMP_PIXELS = 40  # title and stamp above the panels
LABEL_PIXELS = 40  # the label of a variant above its column, and below it where its training broke off


def _one_target(e: Experiment | DataFigure) -> Iterator[Finding]:
    given = {"function": e.target.function, "dataset": e.target.dataset, "csv": e.target.csv}
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(names) > 1:
        yield ("target",), f"has {' and '.join(names)}; keep one of them"
    if not names:
        yield ("target",), "needs one of `function`, `dataset` and `csv`"


def _dataset_is_here(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.dataset is not None and not DATASETS[e.target.dataset].is_installed():
        yield ("target", "dataset"), f"{e.target.dataset} comes with an extra: pip install 'relu-anim[mnist]'"


def _own_values(e: Experiment | DataFigure) -> Iterator[Finding]:
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
        own_domain = _listed(DATASETS[e.target.dataset].domain)
        yield ("target", "domain"), f"{owner}: {own_domain}; animation.domain shows more"


def _own(dataset: Dataset) -> dict[str, Any]:
    """The keys of `data` that a data set leaves no choice in, with their values."""
    own: dict[str, Any] = {}
    if dataset.is_fixed:
        own = {"samples": dataset.samples, "noise": dataset.noise, "resample": False}
    if dataset.classes == dataset.most_classes:
        own["classes"] = dataset.classes or None
    return own


def _classes(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.dataset is None or e.data.classes is None:
        return
    dataset = DATASETS[e.target.dataset]
    if dataset.classes < dataset.most_classes < e.data.classes:
        yield ("data", "classes"), f"{e.target.dataset} has at most {dataset.most_classes} classes"
    if e.data.samples < e.data.classes:
        yield ("data", "samples"), f"{e.data.samples} points are too few for {e.data.classes} classes"


def _layer_sizes(e: Experiment) -> Iterator[Finding]:
    if not has_one_target(e.target):
        return
    sizes, inputs, classes = e.model.layer_sizes, e.task.inputs, len(e.task.class_names)
    if sizes[0] != inputs:
        what = f"a target of {inputs} input{'s' * (inputs > 1)}"
        yield ("model", "layer_sizes", 0), f"{what} needs {inputs} here, got {sizes[0]}"
    is_single = classes == 2 and e.training.loss != "cross_entropy"  # a wrong loss may be mended either way
    if not classes:
        right, what = {1}, "a target of one output needs 1 here"
    elif is_single and e.training.loss == "bce":
        right, what = {1}, "the loss bce needs 1 output; cross_entropy takes one for each class"
    else:
        right = {classes, 1} if is_single else {classes}
        what = f"{classes} classes need {classes} outputs" + " or, with the loss bce, 1" * (classes == 2)
    if sizes[-1] not in right:
        yield ("model", "layer_sizes", len(sizes) - 1), f"{what}, got {sizes[-1]}"


CLASS_LOSSES = ("bce", "cross_entropy")


def _loss(e: Experiment) -> Iterator[Finding]:
    if not has_one_target(e.target):
        return
    path, classes, loss = ("training", "loss"), len(e.task.class_names), e.training.loss
    if classes and loss not in CLASS_LOSSES:
        right = "bce or cross_entropy" if classes == 2 else "cross_entropy"
        yield path, f"the target has {classes} classes, which {loss} cannot learn; write {right}"
    elif not classes and loss in CLASS_LOSSES:
        yield path, f"{loss} learns classes, but the target is a number; write mse, mae or huber"
    elif classes > 2 and loss == "bce":
        yield path, f"bce is for two classes, the target has {classes}; write cross_entropy"
    allowed = {"bce": ("identity", "sigmoid"), "cross_entropy": ("identity",)}.get(loss)
    name = e.model.activations[-1].name
    if allowed and name not in allowed:
        message = f"{loss} needs {' or '.join(allowed)} here, got {name}"
        yield ("model", "output_activation"), message


def _activations(e: Experiment) -> Iterator[Finding]:
    given, hidden = len(e.model.activation), e.model.hidden_layers
    if given != 1 and given != hidden:
        yield ("model", "activation"), f"{given} activations for {hidden} hidden layers; give one, or {hidden}"


def _domains(e: Experiment | DataFigure) -> Iterator[Finding]:
    shown = e.animation.domain if isinstance(e, Experiment) else None
    for section, domain in (("target", e.target.domain), ("animation", shown)):
        if domain is not None and has_one_target(e.target) and not _has_sides(domain, e.task.inputs):
            yield (section, "domain"), f"gives two intervals for {e.task.inputs} input{'s' * (e.task.inputs > 1)}"


def _has_sides(domain: Domain, inputs: int) -> bool:
    """Whether the domain can be that of so many inputs."""
    return inputs == 2 or np.ndim(domain) == 1


_undefined_at = functools.lru_cache(undefined_at)  # many configs of a blog learn the same function


def _target_is_finite(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.function is None or not _has_sides(e.target.domain, e.task.inputs):
        return
    path, domain = ("target", "function"), _listed(e.target.domain)
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


def _listed(domain: Domain) -> str:
    """A domain as a config has it."""
    return json.dumps(domain)


def _place(point: np.ndarray) -> str:
    """«x = 2», «x = 2, y = 0.5»."""
    return ", ".join(f"{name} = {value:g}" for name, value in zip("xy", point.tolist(), strict=False))


def _test_fraction(e: Experiment | DataFigure) -> Iterator[Finding]:
    if not e.data.test_fraction:
        return
    if e.data.resample:
        yield ("data", "test_fraction"), "needs one fixed training set; write data.resample: false"
    samples = e.data.samples
    if not 0 < round(samples * e.data.test_fraction) < samples:
        yield ("data", "test_fraction"), f"leaves no point for one of the two parts of {samples} samples"


def _points_are_fixed(f: DataFigure) -> Iterator[Finding]:
    if f.data.resample:
        yield ("data", "resample"), "a figure of the data needs fixed points; write false or remove this key"
    if f.target.dataset is not None and DATASETS[f.target.dataset].inputs > 2:
        inputs = DATASETS[f.target.dataset].inputs
        yield ("target", "dataset"), f"points of {inputs} inputs cannot be drawn in a plane"


def _optimizer(e: Experiment) -> Iterator[Finding]:
    o = e.training.optimizer
    if o.name == "sgd" and o.nesterov and (o.momentum == 0 or o.dampening != 0):
        yield ("training", "optimizer", "nesterov"), "needs a momentum above 0 and no dampening"


def _recording_fits(e: Experiment) -> Iterator[Finding]:
    most = MAX_RECORDING_BYTES // (e.model.parameter_count * 4) - 1
    if e.training.epochs > most:
        message = f"the snapshots of this network would take more than 2 GiB; at most {most:,} epochs fit"
        yield ("training", "epochs"), message


def _mosaic(e: Experiment) -> Iterator[Finding]:
    rows = e.animation.panels
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield ("animation", "panels", index), f"has {len(row)} panels, the first row {len(rows[0])}"
            return
    for name in sorted({name for row in rows for name in row} - {"."}):
        cells = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == name]
        (top, left), (bottom, right) = cells[0], cells[-1]
        if len(cells) != (bottom - top + 1) * (right - left + 1) or any(not left <= c <= right for _, c in cells):
            yield ("animation", "panels"), f"{name} does not fill a rectangle; each panel may stand in one place only"
    if all(name == "." for row in rows for name in row):
        yield ("animation", "panels"), "names no panel"


PANEL_INPUTS = {"prediction": 1, "layers": 1, "contributions": 1, "decision": 2}
ONE_OUTPUT = ("prediction", "layers", "contributions")


def _panels_fit_the_target(e: Experiment) -> Iterator[Finding]:
    if not has_one_target(e.target):
        return
    for path, name in panel_places(e):
        needed = PANEL_INPUTS.get(name, e.task.inputs)
        if needed != e.task.inputs:
            yield path, f"{name} needs {needed} input{'s' * (needed > 1)}, the target has {e.task.inputs}"
        elif name == "accuracy" and not e.task.class_names:
            yield path, "accuracy needs a target of classes"
        elif name in ONE_OUTPUT and e.task.class_names and e.model.layer_sizes[-1] > 1:
            hint = "; write training.loss: bce" if len(e.task.class_names) == 2 else ""
            yield path, f"{name} needs one output, {len(e.task.class_names)} classes have one each{hint}"
        elif name in ("contributions", "activation_map") and not e.model.hidden_layers:
            yield path, f"{name} needs a hidden layer"


def panel_places(e: Experiment) -> Iterator[tuple[Path_, str]]:
    """The first place of each panel, by its path in the config, and its name."""
    seen = {"."}
    is_nested = len(e.animation.panels) > 1
    for r, row in enumerate(e.animation.panels):
        for c, name in enumerate(row):
            if name not in seen:
                seen.add(name)
                yield (("animation", "panels", r, c) if is_nested else ("animation", "panels")), name


def _metrics(e: Experiment) -> Iterator[Finding]:
    names = e.animation.metrics
    if any(name == "metrics" for _, name in panel_places(e)) and not names:
        yield ("animation", "panels"), f"metrics needs animation.metrics, a list of {', '.join(METRICS)}"
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("animation", "metrics", index), f"{name} is there already"
    members = [member for _, member in e.members]
    if not all(has_one_target(member.target) for member in members):
        return
    for index, name in enumerate(names):
        needed = [_needed_for(member)[name] for member in members if name in _needed_for(member)]
        if len(needed) == len(members):
            yield ("animation", "metrics", index), f"{name} needs {needed[0]}"


def _needed_for(e: Experiment) -> dict[str, str]:
    """The metrics that this experiment does not have, with what they would need."""
    straight = all(activation.slopes is not None for activation in e.model.activations)
    needed = {
        "test_loss": (e.data.test_fraction > 0, "data.test_fraction"),
        "accuracy": (e.task.class_names, "a target of classes"),
        "test_accuracy": (e.task.class_names and e.data.test_fraction, "a target of classes and data.test_fraction"),
        "dead_units": (e.model.hidden_layers, "a hidden layer"),
        "sparsity": (e.model.hidden_layers, "a hidden layer"),
        "knots": (straight and e.task.inputs == 1, "one input and piecewise-linear activations"),
        "linear_regions": (straight and e.task.inputs <= 2, "at most two inputs and piecewise-linear activations"),
        "slopes": (any(activation.learned for activation in e.model.activations), "the activation prelu"),
    }
    return {name: words for name, (is_there, words) in needed.items() if not is_there}


def _panels_have_room(e: Experiment) -> Iterator[Finding]:
    (width, height), rows = e.animation.size, e.animation.panels
    above = STAMP_PIXELS + LABEL_PIXELS * any(_is_in_columns(e, name) for _, name in panel_places(e))
    least = _least_width(e), MIN_PANEL_PIXELS * len(rows) + above
    if width < least[0] or height < least[1]:
        enough = [max(width, least[0]), max(height, least[1])]
        shown = f" of {len(e.variants)} variants" if e.variants else ""
        yield ("animation", "size"), f"too small for {len(rows)} × {len(rows[0])} panels{shown}; write {enough}"


def _least_width(e: Experiment) -> int:
    """Pixels that the mosaic needs, whose columns are all equally wide."""
    rows, widest = e.animation.panels, MIN_COLUMN_PIXELS
    for _, name in panel_places(e):
        if _is_in_columns(e, name):
            cells = max(row.count(name) for row in rows)
            widest = max(widest, math.ceil(MIN_VARIANT_PIXELS * len(e.variants) / cells))
    return widest * max(map(len, rows))


def _is_in_columns(e: Experiment, panel: str) -> bool:
    """Whether there is such a panel for each variant."""
    return len(e.variants) > 1 and not e.animation.is_overlaid(panel)


OVERLAID = ("prediction", "loss", "accuracy", "metrics")


def _variants(e: Experiment) -> Iterator[Finding]:
    labels = [variant.label for variant in e.variants]
    for index, label in enumerate(labels):
        if label in labels[:index]:
            yield ("variants", index, "label"), f"{label} is there already"
        if not label.strip():
            yield ("variants", index, "label"), "needs a character that can be seen"
    how = e.animation.variants
    if not e.variants and how != "columns":
        yield ("animation", "variants"), "there are no variants to arrange"
    named = how.items() if isinstance(how, dict) else [(name, how) for _, name in panel_places(e)]
    refused = [name for name, wanted in named if wanted == "overlay" and name not in OVERLAID]
    if e.variants and refused:
        rest = f"; only {', '.join(OVERLAID)} can" if isinstance(how, dict) else "; write {loss: overlay}, say"
        place = (refused[0],) if isinstance(how, dict) else ()
        yield ("animation", "variants", *place), f"{refused[0]} cannot be overlaid{rest}"


def _rows_are_readable(e: Experiment) -> Iterator[Finding]:
    rows = e.animation.panels
    tall = [row for row in rows if "layers" in row]
    if not tall:
        return
    stages = layer_stages(e)
    height = (e.animation.size[1] - STAMP_PIXELS) * len(tall) / len(rows)
    if height < MIN_ROW_PIXELS * stages:
        needed = math.ceil((MIN_ROW_PIXELS * stages * len(rows) / len(tall) + STAMP_PIXELS) / 50) * 50
        message = f"too low for the {stages} rows of the layers panel; write [{e.animation.size[0]}, {needed}]"
        yield ("animation", "size"), message


def _metrics_have_room(e: Experiment) -> Iterator[Finding]:
    rows, names = e.animation.panels, e.animation.metrics
    share = sum("metrics" in row for row in rows) / len(rows)
    height = (e.animation.size[1] - STAMP_PIXELS) * share
    if 0 < height < MIN_METRIC_PIXELS * len(names):
        needed = math.ceil((MIN_METRIC_PIXELS * len(names) / share + STAMP_PIXELS) / 50) * 50
        message = f"too low for {len(names)} plots in the metrics panel; write [{e.animation.size[0]}, {needed}]"
        yield ("animation", "size"), message


def layer_stages(e: Experiment) -> int:
    """How many rows the layers panel has: one a layer, and one more where its activation does something."""
    return sum(1 + (activation.name != "identity") for activation in e.model.activations)


def _shown_domain(e: Experiment) -> Iterator[Finding]:
    if not has_one_target(e.target):
        return
    shown, learned = e.animation.domain, e.target.domain
    if shown is None or not (_has_sides(shown, e.task.inputs) and _has_sides(learned, e.task.inputs)):
        return
    (low, high), (start, end) = (sides(domain, e.task.inputs) for domain in (shown, learned))
    if (low > start).any() or (high < end).any():
        yield ("animation", "domain"), f"must contain the domain that is learned, {_listed(learned)}"


def _gif_speed(e: Experiment) -> Iterator[Finding]:
    if "gif" in e.output.formats and e.animation.fps > GIF_MAX_FPS:
        message = (
            f"a GIF plays at most {GIF_MAX_FPS} frames a second, got {e.animation.fps:g}; lower it or write an mp4"
        )
        yield ("animation", "fps"), message


def _mp4_size(e: Experiment) -> Iterator[Finding]:
    width, height = e.animation.size
    if "mp4" in e.output.formats and (width % 2 or height % 2):
        yield ("animation", "size"), f"an mp4 needs even sizes; write [{width + width % 2}, {height + height % 2}]"


def _unique_formats(c: Config) -> Iterator[Finding]:
    formats = c.output.formats
    for index, name in enumerate(formats):
        if name in formats[:index]:
            yield ("output", "formats", index), f"{name} is there already"


def _figure_is_finite(f: ActivationFigure) -> Iterator[Finding]:
    for index, spec in enumerate(f.functions):
        activation = spec.activation()
        place = undefined_at(activation, f.domain) if activation.formula else None  # all others are defined everywhere
        if place is not None:
            x, reason = place
            yield ("functions", index), f"{reason} at x = {x:g} of the domain {list(f.domain)}; change one of them"


def _marks(f: ActivationFigure) -> Iterator[Finding]:
    low, high = f.domain
    for index, x in enumerate(f.marks):
        if not low <= x <= high:
            yield ("marks", index), f"lies outside of the domain {list(f.domain)}"
    if f.marks and not f.derivative:
        yield ("marks",), "tell the slope at these inputs, and derivative is false"


# Each check with the keys that it reads: where one of them is wrong by itself, the check has nothing to say.
Checks = Mapping[Callable[[Any], Iterator[Finding]], str]

CHECKS: Mapping[type[Config], Checks] = {
    Experiment: {
        _one_target: "target",
        _dataset_is_here: "target",
        _own_values: "target data",
        _classes: "target data",
        _layer_sizes: "target data model.layer_sizes training.loss",
        _loss: "target data training.loss model.output_activation",
        _activations: "model.layer_sizes model.activation",
        _domains: "target animation.domain",
        _target_is_finite: "target",
        _test_fraction: "target data",
        _optimizer: "training.optimizer",
        _recording_fits: "model.layer_sizes model.activation training.epochs",
        _mosaic: "animation.panels",
        _panels_fit_the_target: "target data model.layer_sizes training.loss animation.panels",
        _panels_have_room: "animation.panels animation.size animation.variants variants",
        _variants: "variants animation.panels animation.variants",
        _rows_are_readable: "model animation.panels animation.size",
        _metrics_have_room: "animation.panels animation.metrics animation.size",
        _shown_domain: "target animation.domain",
        _gif_speed: "output.formats animation.fps",
        _mp4_size: "output.formats animation.size",
        _unique_formats: "output.formats",
    },
    ActivationFigure: {
        _figure_is_finite: "functions domain",
        _marks: "domain marks derivative",
        _unique_formats: "output.formats",
    },
    DataFigure: {
        _one_target: "target",
        _dataset_is_here: "target",
        _own_values: "target data",
        _classes: "target data",
        _points_are_fixed: "target data",
        _domains: "target",
        _target_is_finite: "target",
        _test_fraction: "target data",
        _unique_formats: "output.formats",
    },
}


# What depends on how all variants are shown, checked once for all of them.
TOGETHER = {_panels_have_room, _variants}


def findings(config: Config, wrong: Sequence[Path_] = (), is_variant: bool = False) -> Iterator[Finding]:
    """Everything wrong between the keys of a config, but for those that are `wrong` one by one."""
    for check, keys in CHECKS[type(config)].items():
        reads = [tuple(key.split(".")) for key in keys.split()]
        if is_variant and check in TOGETHER:
            continue
        if not any(related(path, read) for path in wrong for read in reads):
            yield from check(config)


def findings_of_members(e: Experiment) -> Iterator[Finding]:
    """What is wrong with an experiment all of whose variants are right."""
    yield from _metrics(e)
