"""What is shown, and where: panels and their room, variants, metrics, domains and formats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from relu_anim.config.checks.target import Finding, has_sides, listed
from relu_anim.config.defaults import has_one_target
from relu_anim.config.models import MOST_ENSEMBLE_BYTES, ActivationFigure, Config, Experiment, StillFigure
from relu_anim.config.places import Path_
from relu_anim.expressions import undefined_at
from relu_anim.names import METRICS
from relu_anim.targets import sides

GIF_MAX_FPS = 50
STAMP_PIXELS = 40  # title and stamp above the panels
LABEL_PIXELS = 40  # the label of a variant above its column, and below it where its training broke off
LEAST_FIGURE = (340, 220)  # pixels of a figure that does not move
MOST_PIXELS = 4000  # of a side

# Width and height in pixels below which labels overlap or curves cannot be told apart, as films of each panel showed.
Size = tuple[int, int]
LEAST: Mapping[str, Size] = {
    "prediction": (200, 110),
    "layers": (200, 110),
    "contributions": (200, 130),
    "activation_map": (200, 130),
    "network": (200, 170),
    "decision": (240, 190),
    "loss": (200, 110),
    "accuracy": (200, 110),
    "gradients": (240, 140),
    "metrics": (200, 110),
}
LEAST_OF_VARIANT = {panel: (130, height) for panel, (_, height) in LEAST.items()} | {"decision": (170, 200)}
LEAST_ROWS = {"layers": (20, 62), "metrics": (60, 80)}  # pixels of height for all rows, and for each


def mosaic(e: Experiment) -> Iterator[Finding]:
    """The rows of panels are equally long, and each panel fills a rectangle."""
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


def panels_fit_the_target(e: Experiment) -> Iterator[Finding]:
    """Each panel can show what is learned."""
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


def metrics(e: Experiment) -> Iterator[Finding]:
    """The panel metrics has numbers to show, each once, which some variant has."""
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
        yield ("animation", "size"), f"too small for the panel {tight[0]}, which needs {needed}; {advice}"


def _enough(pixels: int, needed: Sequence[int]) -> int:
    """So many pixels if all that need some have enough of them, else a round number that is."""
    return pixels if pixels >= max(needed) else math.ceil(max(needed) / 10) * 10


def _film_size(e: Experiment, panel: str, area: Size) -> Size:
    """How large the film must be for a panel, and each of its variants side by side, to have such an area."""
    rows = e.animation.panels
    across, down = max(row.count(panel) for row in rows), sum(panel in row for row in rows)
    variants = len(e.variants) if _is_in_columns(e, panel) else 1
    above = STAMP_PIXELS + LABEL_PIXELS * any(_is_in_columns(e, name) for _, name in panel_places(e))
    return math.ceil(area[0] * variants * len(rows[0]) / across), math.ceil(area[1] * len(rows) / down) + above


def _least_size(e: Experiment, panel: str, members: Sequence[Experiment]) -> Size:
    """The smallest area at which a panel, or that of one variant among several, can be read."""
    sizes = LEAST_OF_VARIANT if _is_in_columns(e, panel) else LEAST
    width, height = sizes[panel]
    if panel in LEAST_ROWS:
        around, row = LEAST_ROWS[panel]
        height = max(height, around + row * _row_count(panel, members))
    return width, height


def _least_words(e: Experiment, panel: str, members: Sequence[Experiment]) -> str:
    """«200 × 110 pixels», «130 × 210 pixels with 3 rows for each of 2 variants»."""
    width, height = _least_size(e, panel, members)
    count = _row_count(panel, members)
    rows = f" with {count} row{'s' * (count > 1)}" if panel in LEAST_ROWS else ""
    variants = f" for each of {len(e.variants)} variants" if _is_in_columns(e, panel) else ""
    return f"{width} × {height} pixels{rows}{variants}"


def _row_count(panel: str, members: Sequence[Experiment]) -> int:
    """How many plots stand above each other in such a panel."""
    if panel == "metrics":
        return len(members[0].animation.metrics)
    return max(layer_stages(member) for member in members)


def _is_in_columns(e: Experiment, panel: str) -> bool:
    """Whether there is such a panel for each variant."""
    return len(e.variants) > 1 and not e.animation.is_overlaid(panel)


OVERLAID = ("prediction", "loss", "accuracy", "metrics")


def variants(e: Experiment) -> Iterator[Finding]:
    """Labels differ and can be seen, and only panels that can be overlaid are."""
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


ENSEMBLE_PANELS = ("prediction", "loss")


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
    if not any(name in ENSEMBLE_PANELS for _, name in panel_places(e)):
        yield f"only the panels {' and '.join(ENSEMBLE_PANELS)} can show many networks; add one of them"
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


def gif_speed(e: Experiment) -> Iterator[Finding]:
    """A GIF is not faster than browsers play it."""
    if "gif" in e.output.formats and e.animation.fps > GIF_MAX_FPS:
        message = (
            f"a GIF plays at most {GIF_MAX_FPS} frames a second, got {e.animation.fps:g}; lower it or write an mp4"
        )
        yield ("animation", "fps"), message


def mp4_size(e: Experiment) -> Iterator[Finding]:
    """The sides of an mp4 are even."""
    width, height = e.animation.size
    if "mp4" in e.output.formats and (width % 2 or height % 2):
        yield ("animation", "size"), f"an mp4 needs even sizes; write [{width + width % 2}, {height + height % 2}]"


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
