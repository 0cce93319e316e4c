"""What is shown, and where: panels, variants, metrics and domains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from relu_anim.config.cells import EMPTY, Cell
from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.checks.target import has_sides, listed
from relu_anim.config.places import Path_
from relu_anim.facts import (
    CLASSES,
    HELD_OUT,
    HIDDEN,
    LEARNED_SLOPES,
    LOSSES,
    METRICS,
    NUMBERS,
    ONE_INPUT,
    PANELS,
    STRAIGHT,
    TWO_INPUTS,
    fitting_losses,
    joined,
)
from relu_anim.plurals import plural
from relu_anim.targets import sides

if TYPE_CHECKING:
    from relu_anim.config.kinds import Experiment


@reads("animation.panels")
def mosaic(e: Experiment) -> Iterator[Finding]:
    """The rows of panels are equally long, and each panel fills a rectangle."""
    rows = e.animation.panels
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            counts = f"has {plural(len(row), 'panel')}, the first row {len(rows[0])}"
            yield ("animation", "panels", index), f'{counts}; a name that stands twice is wider, "." is a gap'
            return
    for panel in sorted({cell for row in rows for cell in row if cell.name != EMPTY}, key=str):
        places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == panel]
        (top, left), (bottom, right) = places[0], places[-1]
        if len(places) != (bottom - top + 1) * (right - left + 1) or any(not left <= c <= right for _, c in places):
            yield ("animation", "panels"), f"{panel} does not fill a rectangle; each panel may stand in one place only"
    if all(cell.name == EMPTY for row in rows for cell in row):
        yield ("animation", "panels"), "names no panel"


@reads("target", "data", "model.layer_sizes", "training.loss", "animation.panels")
def panels_fit_the_target(e: Experiment) -> Iterator[Finding]:
    """Each panel can show what is learned."""
    if not e.target.is_known:
        return
    inputs, classes, outputs = e.task.inputs, len(e.task.class_names), e.model.layer_sizes[-1]
    for path, cell in panel_places(e):
        name, panel = cell.name, PANELS[cell.name]
        if panel.inputs not in (None, inputs):
            yield path, f"{name} needs {plural(panel.inputs, 'input')}, the target has {inputs}"
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


@reads("target", "data", "model", "animation.panels", "animation.metrics", "variants")
def metrics(e: Experiment) -> Iterator[Finding]:
    """A panel of metrics has numbers to show, each once, which some variant has."""
    names = e.animation.metrics
    for _, panel in panel_places(e):
        if shows_metrics(panel.name) and not names:
            yield ("animation", "panels"), f"{panel.name} needs animation.metrics, a list of {', '.join(METRICS)}"
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("animation", "metrics", index), f"{name} is there already"
    members = [member for _, member in e.members]
    if not all(member.target.is_known for member in members):
        return
    for index, name in enumerate(names):
        needs = METRICS[name].needs
        if not any(all(HAS[need](member) for need in needs) for member in members):
            yield ("animation", "metrics", index), f"{name} needs {' and '.join(needs)}"
        elif all(found := [member.lacks(name) for member in members]):
            yield ("animation", "metrics", index), f"{name} {found[0]}"


@reads("target", "data", "model", "animation.panels", "animation.arrange", "variants")
def options(e: Experiment) -> Iterator[Finding]:
    """Some variant has what the options of panels need, and what is of one network is not overlaid."""
    members = [member for _, member in e.members]
    if not all(member.target.is_known for member in members):
        return
    for path, cell in panel_places(e):
        declared = PANELS[cell.name].options
        for name in (name for name, value in cell.settings if value != declared[name].default):
            needs = declared[name].needs
            if not any(all(HAS[need](member) for need in needs) for member in members):
                yield path, f"{name} needs {' and '.join(needs)}"
            elif declared[name].alone and len(members) > 1 and e.animation.is_overlaid(cell.name):
                yield path, f"{name} is of one network; show the variants in columns"


@reads("model", "animation.highlight", "animation.panels", "variants")
def highlight(e: Experiment) -> Iterator[Finding]:
    """Each highlighted unit is there, once, in some variant, and a panel shows units."""
    units, hidden = e.animation.highlight, [member.model.layer_sizes[1:-1] for _, member in e.members]
    for number, (layer, unit) in enumerate(units):
        path, sizes = ("animation", "highlight", number), [own[layer - 1] for own in hidden if layer <= len(own)]
        if (layer, unit) in units[:number]:
            yield path, f"unit {unit} of layer {layer} is there already"
        elif not sizes:
            yield path, f"there is no hidden layer {layer}; the network has {max(map(len, hidden))}"
        elif unit > max(sizes):
            yield path, f"there is no unit {unit} in layer {layer}, which has {max(sizes)}"
    if units and not any(PANELS[cell.name].units for _, cell in panel_places(e)):
        able = [name for name, panel in PANELS.items() if panel.units]
        yield ("animation", "highlight"), f"only the panels {joined(able, 'and')} show units; add one of them"


def shows_metrics(panel: str) -> bool:
    """Whether a panel has a plot for each of `animation.metrics`."""
    rows = PANELS[panel].rows
    return rows is not None and rows.of_metrics


# Whether an experiment has what a metric or an option needs.
HAS: Mapping[str, Callable[[Experiment], Any]] = {
    CLASSES: lambda e: e.task.class_names,
    HELD_OUT: lambda e: e.has_held_out,
    HIDDEN: lambda e: e.model.hidden_layers,
    NUMBERS: lambda e: not e.task.class_names,
    ONE_INPUT: lambda e: e.task.inputs == 1,
    TWO_INPUTS: lambda e: e.task.inputs <= 2,
    STRAIGHT: lambda e: all(activation.slopes is not None for activation in e.model.activations),
    LEARNED_SLOPES: lambda e: any(activation.learned for activation in e.model.activations),
}


@reads("variants", "animation.panels", "animation.arrange", of_variants=False)
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


@reads(
    "seed",
    "animation.ensemble",
    "animation.panels",
    "data",
    "model",
    "training.epochs",
    "training.snapshots",
    "variants",
)
def ensemble(e: Experiment) -> Iterator[Finding]:
    """There are networks to show beside the chosen one, a panel that shows them, and memory that holds them."""
    shown = e.animation.ensemble
    if shown == "none":
        return
    chosen = [(member, member.choice.networks) for _, member in e.members if member.choice]
    if not any(networks > 1 for _, networks in chosen):
        cure = "; write seed: {best_of: 64}, say" if "seed" in type(e).model_fields else ""
        yield ("animation", "ensemble"), f"there is one network alone{cure}"
    for member, networks in chosen:
        for message in unfilmable(member, networks):
            yield ("animation", "ensemble"), message


def unfilmable(e: Experiment, networks: int) -> Iterator[str]:
    """Why a film cannot show this many networks."""
    if not any(PANELS[cell.name].ensemble for _, cell in panel_places(e)):
        able = [name for name, panel in PANELS.items() if panel.ensemble]
        yield f"only the panels {joined(able, 'and')} can show many networks; add one of them"
    if not e.fits(networks):
        most = e.most_fitting()
        size = f"all snapshots of {networks:,} such networks take more than 256 MiB"
        yield f"{size}; {most:,} would fit, or fewer epochs or snapshots"


@reads("target", "animation.domain")
def shown_domain(e: Experiment) -> Iterator[Finding]:
    """What is shown contains what is learned."""
    if not e.target.is_known:
        return
    shown, learned = e.animation.domain, e.target.domain
    if shown is None or not (has_sides(shown, e.task.inputs) and has_sides(learned, e.task.inputs)):
        return
    (low, high), (start, end) = (sides(domain, e.task.inputs) for domain in (shown, learned))
    if (low > start).any() or (high < end).any():
        yield ("animation", "domain"), f"must contain the domain that is learned, {listed(learned)}"
