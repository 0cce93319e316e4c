"""What a page needs to compute a film's networks anew: parameters by frame, points, and what is drawn in each plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_hex

from relu_anim.aliases import Array
from relu_anim.films.arranged import Placed
from relu_anim.panels import Scene
from relu_anim.panels.activation_map import ActivationMapPanel
from relu_anim.panels.contributions import ContributionsPanel
from relu_anim.panels.decision import DecisionPanel
from relu_anim.panels.layers import LayersPanel
from relu_anim.panels.prediction import PredictionPanel
from relu_anim.panels.runs import Run
from relu_anim.recording import compact
from relu_anim.recording.compact import packed_text
from relu_anim.targets import sides

MOST_BYTES = 40_000  # of text, the parameters of all variants
MOST_POINTS = 1001  # at which the error is measured


def computing_of(scenes: Sequence[Scene], panels: Sequence[Placed], dark: Sequence[Placed]) -> Mapping[str, Any] | None:
    """All variants and plots of a film as JSON for scripts of relu_anim/pages, with the colours of maps as they are
    and as the panels of another film of the same have them on dark pages. None where a page computes no variant, or no
    plot shows one."""
    plots = [shown for each in zip(panels, dark, strict=True) for shown in _plots(*each)]
    variants = [_variant(scene.look.label, scene.run, MOST_BYTES // len(scenes)) for scene in scenes]
    if not any(plots) or not any(variants):
        return None
    points = [packed_text(_points(scene.run)) for scene in scenes]
    places = {text: place for place, text in enumerate(dict.fromkeys(points))}  # those that are the same stand once
    named = [variant and {**variant, "points": places[own]} for variant, own in zip(variants, points, strict=True)]
    return {"variants": named, "plots": plots, "points": list(places)}


def _variant(label: str, run: Run, most: int) -> Mapping[str, Any] | None:
    """A network, its parameters and points; None where a page cannot compute it."""
    packed = compact(run.recording, run.shown, most)
    if packed is None:
        return None
    low, high = sides(run.domain, run.network.layer_sizes[0])
    table, words = run.task.table, (run.words("x"), run.words("y"))
    return {
        **packed,
        "label": label,
        "inputs": list(table.columns if table else words)[: len(low)],
        "domain": np.stack([low, high], axis=1).tolist(),
        "classes": len(run.task.class_names),
        "logit": bool(run.as_shown(np.zeros(1))[0]),
    }


def _points(run: Run) -> Array:
    """Some of the points at which the loss is measured: inputs and answer, float32 [points, inputs + 1]."""
    points = run.task.evaluation_points()
    chosen = np.unique(np.linspace(0, len(points) - 1, min(MOST_POINTS, len(points))).astype(int))
    rows: Array = np.column_stack([points.x, np.reshape(points.y, (len(points), -1))[:, 0]])[chosen].astype(np.float32)
    return rows


def _plots(placed: Placed, dark: Placed) -> Sequence[Mapping[str, Any] | None]:
    """For each axes of a panel, what is drawn there of which networks: rows of `layers`, the output, its pieces, a map,
    or cells. With `grips` there are handles at the knots of the output; `names` stand at the ends of its curves."""
    panel, other, variants = placed.panel, dark.panel, list(placed.variants)
    rest = [None] * (len(placed.axes) - 1)
    if isinstance(panel, PredictionPanel):
        names = panel.ends.texts[-len(variants) :] if panel.ends else []
        return [{"shows": "output", "variants": variants, "grips": True, "names": list(names)}, *rest]
    if isinstance(panel, LayersPanel):
        stages = panel.scene.run.curves(panel.scene.run.last)[1]
        rows = [{"shows": "row", "after": stage.is_activation, "variants": variants} for stage in stages]
        return [*rows[:-1], rows[-1] | {"grips": True}]
    if isinstance(panel, ContributionsPanel):
        return [{"shows": "pieces", "variants": variants, "bias": panel.scene.words("bias")}]
    if isinstance(panel, DecisionPanel) and isinstance(other, DecisionPanel):
        return [{"shows": "map", "variants": variants, **_map(panel, other)}, *rest]
    if isinstance(panel, ActivationMapPanel):
        columns = {"columns": packed_text(panel.inputs.x.astype(np.float32))} if panel.inputs.x.shape[1] == 2 else {}
        return [{"shows": "cells", "variants": variants, "name": panel.scene.words("activation"), **columns}, *rest]
    return [None] * len(placed.axes)


def _map(panel: DecisionPanel, dark: DecisionPanel) -> Mapping[str, Any]:
    """The bands of a map, those outside of the part that is trained after all others, on light pages and on dark."""
    grounds = [each.scene.look.theme.background for each in (panel, dark)]
    colors = [[to_hex(color) for color in each.map.palette / 255] for each in (panel, dark)]
    start, end = panel.map.inside
    thresholds = panel.view.bands.thresholds
    inside = [np.asarray(share).tolist() for share in (start, end)]
    return {
        "grounds": grounds,
        "colors": colors,
        "thresholds": thresholds.tolist(),
        "inside": inside,
        "side": panel.map.side,
    }
