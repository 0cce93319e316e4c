"""Whether panels have room to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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
CAPTION_PIXELS = 22  # a line below the title, where there are captions
LABEL_PIXELS = 40  # the label of a variant above its column, and below it where its training broke off
SQUARE = 1.5  # how much higher rows of stacked squares are
AROUND = (60, 110)  # what labels and legend take of the width and the height of a square
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


def stacked_panels(e: Experiment) -> frozenset[Cell]:
    """The panels whose variants stand below each other: where they have no room side by side, or square ones are larger
    so; if all panels have room then."""
    members = [member for _, member in e.members]
    narrow = _too_narrow(e, members)
    choices = (narrow | _larger_below(e), narrow)
    return next((cells for cells in choices if _fits(e, _film_sizes(e, members, cells))), frozenset())


def row_shares(e: Experiment, stacked: frozenset[Cell]) -> list[float]:
    """How much of the height each row of panels has, compared with one of which no variants are stacked: more for
    stacked squares if all others have room then."""
    larger = _shares(e, stacked, SQUARE)
    sizes = _film_sizes(e, [member for _, member in e.members], stacked, larger)
    return larger if _fits(e, sizes) else _shares(e, stacked)


def _shares(e: Experiment, stacked: frozenset[Cell], square: float = 1.0) -> list[float]:
    counts = {
        cell: len(e.variants) / sum(cell in row for row in e.animation.panels) * (square if _is_square(cell) else 1.0)
        for cell in stacked
    }
    return [max(1.0, *(counts.get(cell, 1.0) for cell in row)) for row in e.animation.panels]


def _header(e: Experiment) -> int:
    """Pixels above the panels, at least."""
    return STAMP_PIXELS + CAPTION_PIXELS * bool(e.animation.captions)


def _is_square(cell: Cell) -> bool:
    return cell.name in PANELS and PANELS[cell.name].square


def _larger_below(e: Experiment) -> frozenset[Cell]:
    """The panels of squares that are larger below each other than side by side."""
    rows, scale, count = e.animation.panels, e.animation.text_scale, len(e.variants)
    width, height = e.animation.size[0] / scale, e.animation.size[1] / scale - _header(e)
    found = set()
    for cell in {cell for row in rows for cell in row if _is_square(cell) and _is_in_columns(e, cell)}:
        across = width * max(row.count(cell) for row in rows) / len(rows[0])
        shares = _shares(e, frozenset([cell]), SQUARE)
        alone, stacked = (
            height * sum(s for s, row in zip(each, rows, strict=True) if cell in row) / sum(each)
            for each in ([1.0] * len(rows), shares)
        )
        beside = min(across / count - AROUND[0], alone - AROUND[1])
        if min(across - AROUND[0], stacked / count - AROUND[1]) > beside:
            found.add(cell)
    return frozenset(found)


def _have_room(e: Experiment, members: Sequence[Experiment]) -> Iterator[Finding]:
    width, height = e.animation.size
    side_by_side = _film_sizes(e, members, frozenset())
    stacked = _film_sizes(e, members, _too_narrow(e, members))
    if _fits(e, side_by_side) or _fits(e, stacked):
        return
    films = stacked if height > width else side_by_side
    tight = next(panel for panel, (across, down) in films.items() if across > width or down > height)
    enough = [_enough(width, [across for across, _ in films.values()])]
    enough += [_enough(height, [down for _, down in films.values()])]
    advice = f"write {enough}" if max(enough) <= MOST_PIXELS else "show fewer panels or variants"
    needed = _least_words(e, tight, members)
    yield ("animation", "size"), f"too small for the panel {tight.name}, which needs {needed}; {advice}"


def _fits(e: Experiment, films: Mapping[Cell, Size]) -> bool:
    """Whether the film is as large as all of these."""
    width, height = e.animation.size
    return all(across <= width and down <= height for across, down in films.values())


def _enough(pixels: int, needed: Sequence[int]) -> int:
    """So many pixels if all that need some have enough of them, else a round number that is."""
    return pixels if pixels >= max(needed) else math.ceil(max(needed) / 10) * 10


def _too_narrow(e: Experiment, members: Sequence[Experiment]) -> frozenset[Cell]:
    """The panels that are too narrow for all of their variants in columns."""
    films = _film_sizes(e, members, frozenset())
    return frozenset(panel for panel in films if _is_in_columns(e, panel) and films[panel][0] > e.animation.size[0])


def _film_sizes(
    e: Experiment, members: Sequence[Experiment], stacked: frozenset[Cell], shares: Sequence[float] = ()
) -> dict[Cell, Size]:
    """How large the film must be for each panel, and each of its variants, to have its least size, where rows have
    these shares of the height, or the usual ones."""
    rows, scale, shares = e.animation.panels, e.animation.text_scale, shares or _shares(e, stacked)
    has_names = any(_is_in_columns(e, panel) for _, panel in panel_places(e))
    above = _header(e) + LABEL_PIXELS * (len(e.variants) if stacked else has_names)
    films = {}
    for _, panel in panel_places(e):
        width, height = _least_size(e, panel, members)
        beside = len(e.variants) if _is_in_columns(e, panel) and panel not in stacked else 1
        below = len(e.variants) if panel in stacked else 1
        across = max(row.count(panel) for row in rows)
        down = sum(share for share, row in zip(shares, rows, strict=True) if panel in row)
        pixels = width * beside * len(rows[0]) / across, height * below * sum(shares) / down + above
        films[panel] = (math.ceil(pixels[0] * scale), math.ceil(pixels[1] * scale))
    return films


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
