"""What the keys of a config must fulfil together; each check yields (path, message)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from relu_anim.config.document import Path_
from relu_anim.config.models import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.expressions import undefined_at
from relu_anim.targets import DATASETS, function

Finding = tuple[Path_, str]

MAX_RECORDING_BYTES = 2 * 1024**3
GIF_MAX_FPS = 50
MIN_ROW_PIXELS = 60
STAMP_PIXELS = 60  # title and stamp above the panels


def _one_target(e: Experiment | DataFigure) -> Iterator[Finding]:
    if (e.target.function is None) == (e.target.dataset is None):
        yield ("target",), "needs one of `function` and `dataset`"


def _dataset_is_fixed(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.dataset is None:
        return
    dataset = DATASETS[e.target.dataset]
    own = {"samples": dataset.samples, "noise": dataset.noise, "resample": False}
    for key in sorted(e.data.model_fields_set & own.keys()):
        if getattr(e.data, key) != own[key]:
            yield ("data", key), f"the data set {e.target.dataset} has its own: {own[key]}; remove this key".lower()
    if "domain" in e.target.model_fields_set and e.target.domain != dataset.domain:
        yield ("target", "domain"), f"the data set {e.target.dataset} has its own: {list(dataset.domain)}"


def _layer_sizes(e: Experiment) -> Iterator[Finding]:
    sizes = e.model.layer_sizes
    if sizes[0] != 1:
        yield ("model", "layer_sizes", 0), f"a target of one input needs 1 here, got {sizes[0]}"
    if sizes[-1] != 1:
        yield ("model", "layer_sizes", len(sizes) - 1), f"a target of one output needs 1 here, got {sizes[-1]}"


def _activations(e: Experiment) -> Iterator[Finding]:
    given, hidden = len(e.model.activation), e.model.hidden_layers
    if given != 1 and given != hidden:
        yield ("model", "activation"), f"{given} activations for {hidden} hidden layers; give one, or {hidden}"


def _target_is_finite(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.function is None:
        return
    place = undefined_at(function(e.target.function), e.target.domain)
    if place is not None:
        x, reason = place
        domain = list(e.target.domain)
        yield ("target", "function"), f"{reason} at x = {x:g} of the domain {domain}; change the formula or the domain"


def _test_fraction(e: Experiment) -> Iterator[Finding]:
    if not e.data.test_fraction:
        return
    if e.target.function is not None and e.data.resample:
        message = "needs one fixed training set; write data.resample: false"
        yield ("data", "test_fraction"), message
    samples = DATASETS[e.target.dataset].samples if e.target.dataset else e.data.samples
    if not 0 < round(samples * e.data.test_fraction) < samples:
        yield ("data", "test_fraction"), f"leaves no point for one of the two parts of {samples} samples"


def _points_are_fixed(f: DataFigure) -> Iterator[Finding]:
    if f.data.resample:
        yield ("data", "resample"), "a figure of the data needs fixed points; write false or remove this key"


def _optimizer(e: Experiment) -> Iterator[Finding]:
    o = e.training.optimizer
    if o.name == "sgd" and o.nesterov and (o.momentum == 0 or o.dampening != 0):
        yield ("training", "optimizer", "nesterov"), "needs a momentum above 0 and no dampening"


def _recording_fits(e: Experiment) -> Iterator[Finding]:
    size = (e.training.epochs + 1) * e.model.parameter_count * 4
    if size > MAX_RECORDING_BYTES:
        most = MAX_RECORDING_BYTES // (e.model.parameter_count * 4) - 1
        message = f"{size / 1024**3:.1f} GiB of snapshots; at most {most:,} epochs of this network fit into 2 GiB"
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


def layer_stages(e: Experiment) -> int:
    """How many rows the layers panel has: one a layer, and one more where its activation does something."""
    return sum(1 + (activation.name != "identity") for activation in e.model.activations)


def _shown_domain(e: Experiment) -> Iterator[Finding]:
    shown = e.animation.domain
    learned = DATASETS[e.target.dataset].domain if e.target.dataset else e.target.domain
    if shown is not None and not (shown[0] <= learned[0] and learned[1] <= shown[1]):
        yield ("animation", "domain"), f"must contain the domain that is learned, {list(learned)}"


def _formats(e: Experiment) -> Iterator[Finding]:
    if "gif" in e.output.formats and e.animation.fps > GIF_MAX_FPS:
        message = (
            f"a GIF plays at most {GIF_MAX_FPS} frames a second, got {e.animation.fps:g}; lower it or write an mp4"
        )
        yield ("animation", "fps"), message
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
        place = undefined_at(activation, f.domain)
        if place is not None:
            x, reason = place
            yield ("functions", index), f"{reason} at x = {x:g} of the domain {list(f.domain)}; change one of them"


EXPERIMENT_CHECKS: tuple[Callable[[Experiment], Iterator[Finding]], ...] = (
    _one_target,
    _dataset_is_fixed,
    _layer_sizes,
    _activations,
    _target_is_finite,
    _test_fraction,
    _optimizer,
    _recording_fits,
    _mosaic,
    _rows_are_readable,
    _shown_domain,
    _formats,
    _unique_formats,
)
FIGURE_CHECKS: tuple[Callable[[ActivationFigure], Iterator[Finding]], ...] = (_figure_is_finite, _unique_formats)
DATA_CHECKS: tuple[Callable[[DataFigure], Iterator[Finding]], ...] = (
    _one_target,
    _dataset_is_fixed,
    _points_are_fixed,
    _target_is_finite,
    _unique_formats,
)


def findings(config: Config) -> Iterator[Finding]:
    """Everything wrong between the keys of a config whose keys are right one by one."""
    checks: dict[type, tuple[Callable[[Any], Iterator[Finding]], ...]] = {
        Experiment: EXPERIMENT_CHECKS,
        ActivationFigure: FIGURE_CHECKS,
        DataFigure: DATA_CHECKS,
    }
    for check in checks[type(config)]:
        yield from check(config)
