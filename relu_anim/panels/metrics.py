"""Any of the numbers that can be measured of snapshots, one small plot above the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.ends import Ending, TraceEnds, keep_margin
from relu_anim.drawing.labels import NumberTicks
from relu_anim.drawing.legends import beside_title, place
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import TITLE_Y, Room, axes_size
from relu_anim.drawing.scales import fit_positive
from relu_anim.drawing.series import Trace, layer_colors, layer_dashes, named_layers, percent_axis
from relu_anim.drawing.theme import SMALL_LETTERS
from relu_anim.drawing.words import width_of
from relu_anim.facts import METRICS
from relu_anim.network import Network
from relu_anim.numbers import steady, steady_percent, written
from relu_anim.panels import subjects
from relu_anim.panels.axes import epoch_axis
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot


class MetricsPanel:
    """A plot for each name in `animation.metrics`, with a line for each layer where they differ, in dashes of its own;
    of several variants, each in its colour, with its marker."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        self.scenes, self.room = scenes, room
        self.names = scenes[0].run.experiment.animation.metrics
        measured = {number: run.series for number, run in enumerate(scenes[0].runs)}
        self.plots = [room.add_axes() for _ in self.names]
        self.top = self.plots[0]
        plots = list(zip(self.plots, self.names, strict=True))
        self.titles = [_label(axes, name, scenes) for axes, name in plots]
        self.plots[-1].tick_params(labelbottom=True)
        self.plots[-1].set_xlabel(scenes[0].run.counts)
        self.traces: dict[tuple[int, str], Trace] = {}
        for axes, name in plots:
            _scale(axes, name, [series[name] for series in measured.values()])
            if METRICS[name].layers == "learned":
                _mark_start(axes, scenes, measured, name)
            for scene in scenes:
                self.traces[scene.number, name] = self._trace(axes, scene, name, measured[scene.number][name])
        self.ends = self._name_ends()
        self.animated: list[Mark] = [mark for trace in self.traces.values() for mark in trace.marks]
        self.animated += self.ends

    def _name_ends(self) -> list[TraceEnds]:
        """The names and the numbers of all lines at their ends; nothing if any plot, or that of another column, has too
        many."""
        each = [self._endings(name) for name in self.names]
        texts = [text for endings in each for ending in endings for text in ending.widest()]
        in_columns = [len(layers_of(name, run.network) or "1") for name in self.names for run in self.scenes[0].runs]
        if not keep_margin(self.room, texts, max(map(len, each) if len(self.scenes) > 1 else in_columns)):
            return []
        theme = self.scenes[0].look.theme
        return [TraceEnds(axes, endings, theme) for axes, endings in zip(self.plots, each, strict=True)]

    def _endings(self, name: str) -> list[Ending]:
        write, found = NUMBERS[METRICS[name].scale], []
        for scene in self.scenes:
            trace, layers = self.traces[scene.number, name], layers_of(name, scene.run.network)
            layers = [0] if layers is None else layers
            variant, _ = scene.look.named("", len(self.scenes) > 1)
            for index, layer in enumerate(layers):
                words = [variant, scene.words("layer_number", number=str(layer + 1)) if len(layers) > 1 else ""]
                if np.isfinite(trace.values[:, index]).any():
                    values = np.concatenate([run.series[name].ravel() for run in scene.labelled_with(self.scenes)])
                    found.append(Ending(", ".join(filter(None, words)), trace, values, write, index))
        return found

    def _trace(self, axes: Axes, scene: Scene, name: str, values: Array) -> Trace:
        shown, layers = frames(scene.run), layers_of(name, scene.run.network)
        colors, dashes = self._looks(scene)
        chosen = layers if layers is not None else [0]
        if layers is None and len(self.scenes) == 1:
            colors, dashes = [scene.look.color], ["-"]
        columns = values.reshape(len(shown), len(chosen))
        width, marker = 2.2 if len(self.names) < 4 else 1.8, scene.look.marker if len(self.scenes) > 1 else "o"
        looks = [colors[i] for i in chosen], [dashes[i] for i in chosen]
        trace = Trace(axes, scene.run.recording.step[shown], scene.run.times[shown], columns, *looks, width, marker)
        title = scene.words(f"metric_{name}")
        trace.show(*(subjects.of_line(scene, i) if len(chosen) > 1 else subjects.series(scene, title) for i in chosen))
        return trace

    def _looks(self, scene: Scene) -> tuple[list[str], list[Any]]:
        """Colours and dashes of the layers."""
        count = len(scene.run.network.activations)
        if len(self.scenes) > 1:
            return [scene.look.color] * count, layer_dashes(count)
        if len(self._layers()) > 1:
            return layer_colors(scene.look.theme, count), layer_dashes(count)
        return [scene.look.color] * count, ["-"] * count

    def _layers(self) -> list[int]:
        """The layers of which there are lines, over all plots and scenes, if any plot has more than one."""
        drawn = [layers_of(name, scene.run.network) or [] for name in self.names for scene in self.scenes]
        return sorted({layer for layers in drawn if any(len(other) > 1 for other in drawn) for layer in layers})

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Let the lines grow up to these snapshots."""
        for scene, snapshot in zip(self.scenes, snapshots, strict=True):
            for name in self.names:
                self.traces[scene.number, name].update(snapshot)
        for ends in self.ends:
            ends.follow()

    def finish(self) -> None:
        """Name variants and layers beside the first title, or below where that is too narrow, if lines are not named at
        their ends."""
        for title, name in zip(self.titles, self.names, strict=True):
            short = self.scenes[0].words(f"metric_{name}_short") if METRICS[name].short else ""
            _fit(title, axes_size(self.top)[0], short)
        choices = [self._handles(most) for most in (6, 3, 2)]
        if self.ends or not choices[-1]:
            return
        is_first = len(self.scenes) > 1 or not self.scenes[0].number
        if legend := beside_title(self.top, self.titles[0], *choices):
            if not is_first:
                legend.remove()
            return
        place(self.plots[-1], self.room, choices[-1], may_stretch=False, is_shown=is_first)

    def _handles(self, most: int) -> list[Line2D]:
        """The variants, and at most this many of the layers, those together that have the same dashes."""
        many, layers = len(self.scenes) > 1, self._layers()
        named = [scene.look for scene in self.scenes if many and self._is_drawn(scene)]
        handles = [_handle(look.color, "-", look.heading, look.marker) for look in named]
        colors, dashes = self._looks(max(self.scenes, key=lambda scene: len(scene.run.network.activations)))
        alike: dict[Any, list[int]] = {}  # of variants, layers are told apart by their dashes alone
        for layer in layers:
            alike.setdefault(str(dashes[layer]) if many else layer, []).append(layer)
        groups = list(alike.values())
        for number, index in enumerate(named_layers(len(groups), most)):
            first = groups[index][0]
            color = self.scenes[0].look.theme.muted if many else colors[first]
            label = ", ".join(str(layer + 1) for layer in groups[index])
            label = label if number else self.scenes[0].words("layer_number", number=label)
            handles.append(_handle(color, dashes[first], label))
        return handles

    def _is_drawn(self, scene: Scene) -> bool:
        """Whether any plot has a line of this variant."""
        return any(np.isfinite(self.traces[scene.number, name].values).any() for name in self.names)


def frames(run: Run) -> NDArray[np.intp]:
    """The snapshots that are shown, each once."""
    return np.unique(run.shown)


def layers_of(name: str, network: Network) -> list[int] | None:
    """The layers, from 0, that a number is measured of; None for a number of the whole network."""
    layers = range(len(network.activations))
    chosen = {
        "all": list(layers),
        "hidden": list(layers)[:-1],
        "learned": [layer for layer in layers if network.activations[layer].learned],
    }
    return chosen.get(METRICS[name].layers)


def _counts(axes: Axes, values: Array) -> None:
    axes.set_ylim(padded(0.0, max(float(values.max(initial=0.0)), 1.0)))
    axes.yaxis.set_major_locator(NumberTicks(4, steps=[1, 2, 5, 10], integer=True))


def _numbers(axes: Axes, values: Array) -> None:
    if len(values):
        axes.set_ylim(padded(float(values.min()), float(values.max())))
    axes.yaxis.set_major_locator(NumberTicks(4, steps=[1, 2, 5, 10]))


def _shares(axes: Axes, values: Array) -> None:
    percent_axis(axes)


SCALES: MappingProxyType[str, Callable[[Axes, Array], None]] = MappingProxyType(
    {"positive": fit_positive, "shares": _shares, "counts": _counts, "numbers": _numbers}
)


NUMBERS: MappingProxyType[str, Callable[[float], str]] = MappingProxyType(
    {"positive": steady, "shares": steady_percent, "counts": written, "numbers": steady}
)


def _label(axes: Axes, name: str, scenes: Sequence[Scene]) -> Text:
    epoch_axis(axes, scenes)
    axes.set_xlabel("")
    axes.tick_params(labelbottom=False)
    return axes.set_title(scenes[0].words(f"metric_{name}"), y=TITLE_Y, pad=3)


def _fit(title: Text, room: float, short: str) -> None:
    """Write a title that is wider than this many pixels in small letters, and where that is not enough, in short."""
    if width_of(title) > room:
        title.set_fontsize(SMALL_LETTERS)
    if width_of(title) > room and short:
        title.set_text(short)


def _scale(axes: Axes, name: str, values: Sequence[Array]) -> None:
    """The y axis for the values of all variants."""
    together = np.concatenate([np.ravel(column) for column in values])
    SCALES[METRICS[name].scale](axes, together[np.isfinite(together)])


def _mark_start(axes: Axes, scenes: Sequence[Scene], measured: Mapping[int, dict[str, Array]], name: str) -> None:
    """A faint line where all learned values start, if it is the same for all."""
    starts = np.concatenate([measured[scene.number][name][0] for scene in scenes])
    if len(starts) and np.ptp(starts) == 0:
        value, theme = float(starts[0]), scenes[0].look.theme
        axes.axhline(value, color=theme.muted, linewidth=1, linestyle=(0, (2, 2)), zorder=2)
        place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "bottom"}
        words = scenes[0].words("start", value=written(value, 3))
        axes.text(0.995, value, words, color=theme.muted, fontsize=SMALL_LETTERS, **place)


def _handle(color: str, dashes: Any, label: str, marker: str = "") -> Line2D:
    return Line2D([], [], color=color, linestyle=dashes, linewidth=1.6, marker=marker, label=label)
