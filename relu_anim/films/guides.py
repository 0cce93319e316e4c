"""What a page knows of a film beside its shapes: its moments, what its axes count, and what has numbers of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes

from relu_anim.aliases import Array
from relu_anim.config import Experiment
from relu_anim.drawing.marks import Mark, Moving
from relu_anim.drawing.series import PERCENT
from relu_anim.drawing.shapes import Axis, Guide, Plot, Reading, Subject
from relu_anim.drawing.theme import Theme, contrast
from relu_anim.films.arranged import Placed
from relu_anim.films.captions import Captions
from relu_anim.films.computing import computing_of
from relu_anim.films.stamp import Stamp
from relu_anim.films.timeline import SLIGHT
from relu_anim.numbers import decimal_sign
from relu_anim.panels import Scene
from relu_anim.panels.runs import Run
from relu_anim.panels.subjects import BIAS_OF, WEIGHT
from relu_anim.words import Wording

COLORS = ("background", "ink", "muted", "grid", "output", "warning")
SCALES = {"linear": "linear", "log": "log", "function": "log1p"}
DIGITS = 3  # of numbers by frame
BLACK, WHITE = "#000000", "#ffffff"
PAGE = "page_"  # how the names of a page's words begin


class Shown(Protocol):
    """What is asked of a film."""

    experiment: Experiment
    timeline: Array
    theme: Theme
    scenes: list[Scene]
    stamp: Stamp
    captions: Captions
    panels: list[Placed]
    animated: list[Mark]


def guide_of(film: Shown, dark: Shown) -> Guide:
    """The guide of a film, whose page has the colours of another one of the same where it is dark."""
    run, animation = film.scenes[0].run, film.experiment.animation
    with decimal_sign(film.theme.decimal_sign):
        spots = [spot for mark in film.animated if isinstance(mark, Moving) for spot in mark.spots()]
    steps = run.experiment.steps
    frames = np.searchsorted(film.timeline, np.array(film.captions.moments) - SLIGHT)
    texts = [caption.text for caption in film.captions.said]
    return Guide(
        words=_words(animation.wording),
        counts="step" if run.by_step else "epoch",
        steps=steps,
        moments=(np.rint(film.timeline * steps) if run.by_step else film.timeline).tolist(),
        times=[f"{run.counts} {time}" for time in film.stamp.times],
        captions=list(zip(frames.tolist(), texts, strict=True)),
        plots=list(_plots(film.panels)),
        spots=spots,
        numbers=dict(
            _numbers([scene.run for scene in film.scenes], {spot.subject for spot in spots if not spot.is_box})
        ),
        colors=(_colors(film.theme), _colors(dark.theme)),
        scheme=_scheme(film.theme),
        computing=computing_of(film.scenes, film.panels, dark.panels),
    )


def guide_of_figure(
    axes: Axes, wording: Wording, readings: Mapping[Subject, Reading], theme: Theme, dark: Theme
) -> Guide:
    """The guide of a figure that does not move."""
    colors = _colors(theme), _colors(dark)
    none: tuple[Any, ...] = ()
    plots = [_plot(axes, [axes], [axes])]
    return Guide(_words(wording), "", 1, none, none, none, plots, none, {}, colors, _scheme(theme), readings=readings)


def _scheme(theme: Theme) -> str:
    return "dark" if contrast(theme.background, "#000000") < contrast(theme.background, "#ffffff") else "light"


def _words(wording: Wording) -> Mapping[str, str]:
    found = {name.removeprefix(PAGE): text for name, text in wording.starting_with(PAGE).items()}
    return found | {"decimal": wording("decimal_sign")}


def _colors(theme: Theme) -> Mapping[str, str]:
    return {name: getattr(theme, name) for name in COLORS}


def _plots(panels: Sequence[Placed]) -> Iterator[Plot]:
    """Those of all panels. Axes that leave a label to others, below them or beside, have theirs."""
    for placed in panels:
        alike = [other.axes for other in panels if other.cell == placed.cell]
        for number, axes in enumerate(placed.axes):
            beside = [row[number] for row in alike if number < len(row)]
            below = [other for other in placed.axes if other.get_xlim() == axes.get_xlim()]
            yield _plot(axes, [axes, *below, *beside], [axes, *beside])


def _plot(axes: Axes, named_x: Iterable[Axes], named_y: Iterable[Axes]) -> Plot:
    """Axes, each side named as the first of others is that has a name there."""
    left, bottom, right, top = axes.bbox.get_points().ravel().tolist()
    if not axes.yaxis.get_visible():  # they hold a diagram
        return Plot((left, bottom, right, top), None, None)
    is_percent = axes.yaxis.get_major_formatter() is PERCENT
    x_name = next(filter(None, (own.get_xlabel() for own in named_x)), "")
    y_name = next(filter(None, (str(own.get_label()) or own.get_ylabel() for own in named_y)), "")
    name = y_name or axes.get_title(loc="left")
    x = Axis(x_name, axes.get_xlim(), SCALES[axes.get_xscale()])
    return Plot((left, bottom, right, top), x, Axis(name, axes.get_ylim(), SCALES[axes.get_yscale()], is_percent))


def _numbers(runs: Sequence[Run], subjects: set[Subject]) -> Iterator[tuple[Subject, Sequence[float]]]:
    """The weights of lines and the biases of units that are met in a diagram, by frame."""
    for subject in sorted(subjects, key=repr):
        run = runs[subject.variant]
        for slot in run.network.slots:
            wanted = {WEIGHT: "weight", **dict.fromkeys(BIAS_OF, "bias")}.get(subject.kind)
            if slot.layer == subject.layer and slot.name == wanted:
                place = subject.unit * slot.shape[1] + subject.source if subject.kind == WEIGHT else subject.unit
                values = run.recording.parameters[run.shown, slot.start + place]
                yield subject, [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
