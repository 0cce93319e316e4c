"""Whether panels have room to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relu_anim.config.cells import Cell
from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.checks.panels import panel_places, shows_metrics
from relu_anim.facts import (
    PANELS,
    Size,
)
from relu_anim.plurals import plural

if TYPE_CHECKING:
    from relu_anim.config.kinds import Experiment


STAMP_PIXELS = 40  # title and stamp above the panels
LABEL_PIXELS = 40  # the label of a variant above its column, and below it where its training broke off
MOST_PIXELS = 4000  # of a side
KEYS = (
    "model",
    "animation.panels",
    "animation.metrics",
    "animation.size",
    "animation.text_scale",
    "animation.arrange",
    "variants",
)


@reads(*KEYS, of_variants=False)
def panels_have_room(e: Experiment) -> Iterator[Finding]:
    """No panel is smaller than can be read."""
    yield from _have_room(e, [e])


@reads(*KEYS)
def panels_of_members_have_room(e: Experiment) -> Iterator[Finding]:
    """The same for all variants, of which some may have more layers."""
    yield from _have_room(e, [member for _, member in e.members])


def is_stacked(e: Experiment, panel: Cell) -> bool:
    """Whether the variants of a panel stand below each other, since there is no room for them side by side."""
    return _is_stacked(e, panel, [member for _, member in e.members])


def _have_room(e: Experiment, members: Sequence[Experiment]) -> Iterator[Finding]:
    films = {panel: _film_size(e, panel, members) for _, panel in panel_places(e)}
    width, height = e.animation.size
    tight = [panel for panel, (across, down) in films.items() if across > width or down > height]
    if tight:
        enough = [_enough(width, [across for across, _ in films.values()])]
        enough += [_enough(height, [down for _, down in films.values()])]
        advice = f"write {enough}" if max(enough) <= MOST_PIXELS else "show fewer panels or variants"
        needed = _least_words(e, tight[0], members)
        yield ("animation", "size"), f"too small for the panel {tight[0].name}, which needs {needed}; {advice}"


def _enough(pixels: int, needed: Sequence[int]) -> int:
    """So many pixels if all that need some have enough of them, else a round number that is."""
    return pixels if pixels >= max(needed) else math.ceil(max(needed) / 10) * 10


def _film_size(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> Size:
    """How large the film must be for a panel, and each of its variants, to have its least size."""
    if _is_stacked(e, panel, members):
        return _size_in(e, panel, _least_size(e, panel, members), (1, len(e.variants)))
    variants = len(e.variants) if _is_in_columns(e, panel) else 1
    return _size_in(e, panel, _least_size(e, panel, members), (variants, 1))


def _is_stacked(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> bool:
    if not _is_in_columns(e, panel):
        return False
    least, count, size = _least_size(e, panel, members), len(e.variants), e.animation.size
    across, down = _size_in(e, panel, least, (1, count))
    return _size_in(e, panel, least, (count, 1))[0] > size[0] >= across and size[1] >= down


def _size_in(e: Experiment, panel: Cell, area: Size, variants: tuple[int, int]) -> Size:
    """How large the film must be for this many variants, beside and below each other, to have such an area each."""
    rows, scale = e.animation.panels, e.animation.text_scale
    across, down = max(row.count(panel) for row in rows), sum(panel in row for row in rows)
    has_names = any(_is_in_columns(e, other) for _, other in panel_places(e))
    above = STAMP_PIXELS + LABEL_PIXELS * has_names * variants[1]
    width = area[0] * variants[0] * len(rows[0]) / across
    height = area[1] * variants[1] * len(rows) / down + above
    return math.ceil(width * scale), math.ceil(height * scale)


def _least_size(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> Size:
    """The smallest area at which a panel, or that of one variant among several, can be read."""
    row = PANELS[panel.name]
    width, height = row.least_of_variant if _is_in_columns(e, panel) else row.least
    if row.rows is not None:
        height = max(height, row.rows.around + row.rows.each * _row_count(panel, members))
    return width, height


def _least_words(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> str:
    """The least size in words: «200 × 110 pixels», «130 × 210 pixels with 3 rows for each of 2 variants»."""
    width, height = _least_size(e, panel, members)
    count = _row_count(panel, members)
    rows = f" with {plural(count, 'row')}" if PANELS[panel.name].rows else ""
    variants = f" for each of {len(e.variants)} variants" if _is_in_columns(e, panel) else ""
    larger = f" times text_scale {e.animation.text_scale:g}" if e.animation.text_scale != 1 else ""
    return f"{width} × {height} pixels{larger}{rows}{variants}"


def _row_count(panel: Cell, members: Sequence[Experiment]) -> int:
    """How many plots stand above each other in such a panel."""
    if shows_metrics(panel.name):
        return len(members[0].animation.metrics)
    return max(layer_stages(member) for member in members)


def _is_in_columns(e: Experiment, panel: Cell) -> bool:
    """Whether there is such a panel for each variant."""
    return len(e.variants) > 1 and not e.animation.is_overlaid(panel.name)


def layer_stages(e: Experiment) -> int:
    """How many rows the layers panel has: one a layer, and one more where its activation does something."""
    return sum(1 + (activation.name != "identity") for activation in e.model.activations)
