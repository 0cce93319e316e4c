"""What the keys of a config must fulfil together; each check yields (path, message)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from relu_anim.config.models import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.config.places import Path_, related
from relu_anim.config.values import LARGEST
from relu_anim.expressions import undefined_at
from relu_anim.targets import DATASETS, function, grid

Finding = tuple[Path_, str]

MAX_RECORDING_BYTES = 2 * 1024**3
GIF_MAX_FPS = 50
MIN_COLUMN_PIXELS, MIN_PANEL_PIXELS = 200, 110
MIN_ROW_PIXELS = 70
STAMP_PIXELS = 40  # title and stamp above the panels


def _one_target(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.function is not None and e.target.dataset is not None:
        yield ("target",), "has `function` and `dataset`; keep one of them"
    if e.target.function is None and e.target.dataset is None:
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


_undefined_at = functools.lru_cache(undefined_at)  # many configs of a blog learn the same function


def _target_is_finite(e: Experiment | DataFigure) -> Iterator[Finding]:
    if e.target.function is None:
        return
    path, domain = ("target", "function"), list(e.target.domain)
    target = function(e.target.function)
    place = _undefined_at(target, e.target.domain)
    if place is not None:
        yield path, f"{place[1]} at x = {place[0]:g} of the domain {domain}; change the formula or the domain"
        return
    x = grid(e.target.domain)
    size = np.abs(target(x))
    if size.max() > LARGEST:
        most = f"{size.max():.2g} at x = {x[size.argmax(), 0]:g} of the domain {domain}"
        yield path, f"is as large as {most}; no more than {LARGEST:g} can be learned"


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


def _panels_have_room(e: Experiment) -> Iterator[Finding]:
    (width, height), rows = e.animation.size, e.animation.panels
    least = MIN_COLUMN_PIXELS * len(rows[0]), MIN_PANEL_PIXELS * len(rows) + STAMP_PIXELS
    if width < least[0] or height < least[1]:
        enough = [max(width, least[0]), max(height, least[1])]
        yield ("animation", "size"), f"too small for {len(rows)} × {len(rows[0])} panels; write {enough}"


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
        place = undefined_at(activation, f.domain)
        if place is not None:
            x, reason = place
            yield ("functions", index), f"{reason} at x = {x:g} of the domain {list(f.domain)}; change one of them"


# Each check with the keys that it reads: where one of them is wrong by itself, the check has nothing to say.
Checks = Mapping[Callable[[Any], Iterator[Finding]], str]

CHECKS: Mapping[type[Config], Checks] = {
    Experiment: {
        _one_target: "target",
        _dataset_is_fixed: "target data",
        _layer_sizes: "model.layer_sizes",
        _activations: "model.layer_sizes model.activation",
        _target_is_finite: "target",
        _test_fraction: "target data",
        _optimizer: "training.optimizer",
        _recording_fits: "model.layer_sizes model.activation training.epochs",
        _mosaic: "animation.panels",
        _panels_have_room: "animation.panels animation.size",
        _rows_are_readable: "model animation.panels animation.size",
        _shown_domain: "target animation.domain",
        _gif_speed: "output.formats animation.fps",
        _mp4_size: "output.formats animation.size",
        _unique_formats: "output.formats",
    },
    ActivationFigure: {_figure_is_finite: "functions domain", _unique_formats: "output.formats"},
    DataFigure: {
        _one_target: "target",
        _dataset_is_fixed: "target data",
        _points_are_fixed: "target data",
        _target_is_finite: "target",
        _test_fraction: "target data",
        _unique_formats: "output.formats",
    },
}


def findings(config: Config, wrong: Sequence[Path_] = ()) -> Iterator[Finding]:
    """Everything wrong between the keys of a config, but for those that are `wrong` one by one."""
    for check, keys in CHECKS[type(config)].items():
        reads = [tuple(key.split(".")) for key in keys.split()]
        if not any(related(path, read) for path in wrong for read in reads):
            yield from check(config)
