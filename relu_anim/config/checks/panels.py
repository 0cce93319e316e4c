"""What is shown, and where: panels and their room, variants, metrics, domains and formats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from relu_anim.config.cells import EMPTY, Cell
from relu_anim.config.checks.target import Finding, has_sides, listed
from relu_anim.config.defaults import has_one_target
from relu_anim.config.models import MOST_ENSEMBLE_BYTES, ActivationFigure, Config, Experiment, StillFigure
from relu_anim.config.places import Path_
from relu_anim.expressions import undefined_at
from relu_anim.facts import (
    CLASSES,
    FORMATS,
    HELD_OUT,
    HIDDEN,
    LEARNED_SLOPES,
    LOSSES,
    METRICS,
    ONE_INPUT,
    PANELS,
    STRAIGHT,
    TWO_INPUTS,
    Size,
    fitting_losses,
    joined,
)
from relu_anim.targets import sides

STAMP_PIXELS = 40  # title and stamp above the panels
LABEL_PIXELS = 40  # the label of a variant above its column, and below it where its training broke off
LEAST_FIGURE = (340, 220)  # pixels of a figure that does not move
MOST_PIXELS = 4000  # of a side


def mosaic(e: Experiment) -> Iterator[Finding]:
    """The rows of panels are equally long, and each panel fills a rectangle."""
    rows = e.animation.panels
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield ("animation", "panels", index), f"has {len(row)} panels, the first row {len(rows[0])}"
            return
    for panel in sorted({cell for row in rows for cell in row if cell.name != EMPTY}, key=str):
        places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == panel]
        (top, left), (bottom, right) = places[0], places[-1]
        if len(places) != (bottom - top + 1) * (right - left + 1) or any(not left <= c <= right for _, c in places):
            yield ("animation", "panels"), f"{panel} does not fill a rectangle; each panel may stand in one place only"
    if all(cell.name == EMPTY for row in rows for cell in row):
        yield ("animation", "panels"), "names no panel"


def panels_fit_the_target(e: Experiment) -> Iterator[Finding]:
    """Each panel can show what is learned."""
    if not has_one_target(e.target):
        return
    inputs, classes, outputs = e.task.inputs, len(e.task.class_names), e.model.layer_sizes[-1]
    for path, cell in panel_places(e):
        name, panel = cell.name, PANELS[cell.name]
        if panel.inputs not in (None, inputs):
            yield path, f"{name} needs {panel.inputs} input{'s' * (panel.inputs != 1)}, the target has {inputs}"
        elif not panel.fits(inputs, classes, outputs) and panel.classes:
            yield path, f"{name} needs {CLASSES}"
        elif not panel.fits(inputs, classes, outputs):
            single = [loss for loss in fitting_losses(classes) if LOSSES[loss].logit]
            hint = f"; write training.loss: {single[0]}" if single else ""
            yield path, f"{name} needs one output, {classes} classes have one each{hint}"
        elif panel.hidden and not e.model.hidden_layers:
            yield path, f"{name} needs {HIDDEN}"


def panel_places(e: Experiment) -> Iterator[tuple[Path_, Cell]]:
    """The first place of each panel, by its path in the config, and what stands there."""
    seen = {Cell.of(EMPTY)}
    is_nested = len(e.animation.panels) > 1
    for r, row in enumerate(e.animation.panels):
        for c, cell in enumerate(row):
            if cell not in seen:
                seen.add(cell)
                yield (("animation", "panels", r, c) if is_nested else ("animation", "panels")), cell


def metrics(e: Experiment) -> Iterator[Finding]:
    """A panel of metrics has numbers to show, each once, which some variant has."""
    names = e.animation.metrics
    for _, panel in panel_places(e):
        if _shows_metrics(panel.name) and not names:
            yield ("animation", "panels"), f"{panel.name} needs animation.metrics, a list of {', '.join(METRICS)}"
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("animation", "metrics", index), f"{name} is there already"
    members = [member for _, member in e.members]
    if not all(has_one_target(member.target) for member in members):
        return
    for index, name in enumerate(names):
        needs = METRICS[name].needs
        if not any(all(HAS[need](member) for need in needs) for member in members):
            yield ("animation", "metrics", index), f"{name} needs {' and '.join(needs)}"


def _shows_metrics(panel: str) -> bool:
    rows = PANELS[panel].rows
    return rows is not None and rows.of_metrics


# Whether an experiment has what a metric needs.
HAS: Mapping[str, Callable[[Experiment], Any]] = {
    CLASSES: lambda e: e.task.class_names,
    HELD_OUT: lambda e: e.data.test_fraction,
    HIDDEN: lambda e: e.model.hidden_layers,
    ONE_INPUT: lambda e: e.task.inputs == 1,
    TWO_INPUTS: lambda e: e.task.inputs <= 2,
    STRAIGHT: lambda e: all(activation.slopes is not None for activation in e.model.activations),
    LEARNED_SLOPES: lambda e: any(activation.learned for activation in e.model.activations),
}


def panels_have_room(e: Experiment) -> Iterator[Finding]:
    """No panel is smaller than can be read."""
    yield from _have_room(e, [e])


def panels_of_members_have_room(e: Experiment) -> Iterator[Finding]:
    """The same for all variants, of which some may have more layers."""
    yield from _have_room(e, [member for _, member in e.members])


def _have_room(e: Experiment, members: Sequence[Experiment]) -> Iterator[Finding]:
    films = {panel: _film_size(e, panel, _least_size(e, panel, members)) for _, panel in panel_places(e)}
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


def _film_size(e: Experiment, panel: Cell, area: Size) -> Size:
    """How large the film must be for a panel, and each of its variants side by side, to have such an area."""
    rows = e.animation.panels
    across, down = max(row.count(panel) for row in rows), sum(panel in row for row in rows)
    variants = len(e.variants) if _is_in_columns(e, panel) else 1
    above = STAMP_PIXELS + LABEL_PIXELS * any(_is_in_columns(e, other) for _, other in panel_places(e))
    return math.ceil(area[0] * variants * len(rows[0]) / across), math.ceil(area[1] * len(rows) / down) + above


def _least_size(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> Size:
    """The smallest area at which a panel, or that of one variant among several, can be read."""
    row = PANELS[panel.name]
    width, height = row.least_of_variant if _is_in_columns(e, panel) else row.least
    if row.rows is not None:
        height = max(height, row.rows.around + row.rows.each * _row_count(panel, members))
    return width, height


def _least_words(e: Experiment, panel: Cell, members: Sequence[Experiment]) -> str:
    """«200 × 110 pixels», «130 × 210 pixels with 3 rows for each of 2 variants»."""
    width, height = _least_size(e, panel, members)
    count = _row_count(panel, members)
    rows = f" with {count} row{'s' * (count > 1)}" if PANELS[panel.name].rows else ""
    variants = f" for each of {len(e.variants)} variants" if _is_in_columns(e, panel) else ""
    return f"{width} × {height} pixels{rows}{variants}"


def _row_count(panel: Cell, members: Sequence[Experiment]) -> int:
    """How many plots stand above each other in such a panel."""
    if _shows_metrics(panel.name):
        return len(members[0].animation.metrics)
    return max(layer_stages(member) for member in members)


def _is_in_columns(e: Experiment, panel: Cell) -> bool:
    """Whether there is such a panel for each variant."""
    return len(e.variants) > 1 and not e.animation.is_overlaid(panel.name)


def variants(e: Experiment) -> Iterator[Finding]:
    """Labels differ and can be seen, and only panels that can be overlaid are."""
    labels = [variant.label for variant in e.variants]
    for index, label in enumerate(labels):
        if label in labels[:index]:
            yield ("variants", index, "label"), f"{label} is there already"
        if not label.strip():
            yield ("variants", index, "label"), "needs a character that can be seen"
    how = e.animation.arrange
    if not e.variants and how != "columns":
        yield ("animation", "arrange"), "there are no variants to arrange"
    named = how.items() if isinstance(how, dict) else [(cell.name, how) for _, cell in panel_places(e)]
    refused = [name for name, wanted in named if wanted == "overlay" and not PANELS[name].overlays]
    if e.variants and refused:
        able = [name for name, panel in PANELS.items() if panel.overlays]
        rest = f"; only {', '.join(able)} can" if isinstance(how, dict) else "; write {loss: overlay}, say"
        place = (refused[0],) if isinstance(how, dict) else ()
        yield ("animation", "arrange", *place), f"{refused[0]} cannot be overlaid{rest}"


def ensemble(e: Experiment) -> Iterator[Finding]:
    """There are networks to show beside the chosen one, a panel that shows them, and memory that holds them."""
    shown, members = e.animation.ensemble, [member for _, member in e.members]
    if shown == "none":
        return
    chosen = [(member, member.choice.networks) for member in members if member.choice]
    if not any(networks > 1 for _, networks in chosen):
        yield ("animation", "ensemble"), "there is one network alone; write seed: {best_of: 64}, say"
    for member, networks in chosen:
        for message in unfilmable(member, networks):
            yield ("animation", "ensemble"), message


def unfilmable(e: Experiment, networks: int) -> Iterator[str]:
    """Why a film cannot show so many networks."""
    if not any(PANELS[cell.name].ensemble for _, cell in panel_places(e)):
        able = [name for name, panel in PANELS.items() if panel.ensemble]
        yield f"only the panels {joined(able, 'and')} can show many networks; add one of them"
    if not e.fits(networks):
        most = MOST_ENSEMBLE_BYTES * networks // e.ensemble_bytes(networks)
        size = f"all snapshots of {networks:,} such networks take more than 256 MiB"
        yield f"{size}; {most:,} would fit, or fewer epochs"


def layer_stages(e: Experiment) -> int:
    """How many rows the layers panel has: one a layer, and one more where its activation does something."""
    return sum(1 + (activation.name != "identity") for activation in e.model.activations)


def shown_domain(e: Experiment) -> Iterator[Finding]:
    """What is shown contains what is learned."""
    if not has_one_target(e.target):
        return
    shown, learned = e.animation.domain, e.target.domain
    if shown is None or not (has_sides(shown, e.task.inputs) and has_sides(learned, e.task.inputs)):
        return
    (low, high), (start, end) = (sides(domain, e.task.inputs) for domain in (shown, learned))
    if (low > start).any() or (high < end).any():
        yield ("animation", "domain"), f"must contain the domain that is learned, {listed(learned)}"


def figure_has_room(f: StillFigure) -> Iterator[Finding]:
    """A figure that does not move is large enough to be read."""
    size = (max(f.animation.size[0], LEAST_FIGURE[0]), max(f.animation.size[1], LEAST_FIGURE[1]))
    if size != f.animation.size:
        needs = f"{LEAST_FIGURE[0]} × {LEAST_FIGURE[1]}"
        yield ("animation", "size"), f"too small for a figure, which needs {needs} pixels; write {list(size)}"


def film_speed(e: Experiment) -> Iterator[Finding]:
    """No format has more frames a second than it plays."""
    for name in dict.fromkeys(e.output.formats):
        row = FORMATS[name]
        if e.animation.fps > row.most_fps:
            faster = next(other for other in FORMATS.values() if other.moves and other.most_fps > row.most_fps)
            message = f"{row.called} plays at most {row.most_fps:g} frames a second, got {e.animation.fps:g}"
            yield ("animation", "fps"), f"{message}; lower it or write {faster.called}"


def film_size(e: Experiment) -> Iterator[Finding]:
    """The sides are even where a format needs that."""
    width, height = e.animation.size
    for name in dict.fromkeys(e.output.formats):
        if FORMATS[name].even and (width % 2 or height % 2):
            even = [width + width % 2, height + height % 2]
            yield ("animation", "size"), f"{FORMATS[name].called} needs even sizes; write {even}"


def unique_formats(c: Config) -> Iterator[Finding]:
    """Each format is there once."""
    formats = c.output.formats
    for index, name in enumerate(formats):
        if name in formats[:index]:
            yield ("output", "formats", index), f"{name} is there already"


def figure_is_finite(f: ActivationFigure) -> Iterator[Finding]:
    """The functions of a figure are defined all over its domain."""
    for index, spec in enumerate(f.functions):
        activation = spec.activation()
        place = undefined_at(activation, f.domain) if activation.formula else None  # all others are defined everywhere
        if place is not None:
            x, reason = place
            yield ("functions", index), f"{reason} at x = {x:g} of the domain {list(f.domain)}; change one of them"


def marks(f: ActivationFigure) -> Iterator[Finding]:
    """Marks lie inside the domain, and there is a slope to tell."""
    low, high = f.domain
    for index, x in enumerate(f.marks):
        if not low <= x <= high:
            yield ("marks", index), f"lies outside of the domain {list(f.domain)}"
    if f.marks and not f.derivative:
        yield ("marks",), "tell the slope at these inputs, and derivative is false"
