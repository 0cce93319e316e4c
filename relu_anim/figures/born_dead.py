"""How many ReLU networks of one input are dead before any training, because no input gets through one of their layers
(Lu, Shin, Su, Karniadakis 2019, «Dying ReLU and Initialization»), against their depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from relu_anim.aliases import Array, Report
from relu_anim.config import BornDeadFigure
from relu_anim.drawing.labels import NumberTicks
from relu_anim.drawing.legends import SMALL, beside, size
from relu_anim.drawing.looks import palette
from relu_anim.drawing.markers import MARKERS
from relu_anim.drawing.marks import NamedLine
from relu_anim.drawing.readings import in_full
from relu_anim.drawing.room import Room, axes_size
from relu_anim.drawing.series import PERCENT, percent_axis
from relu_anim.drawing.shapes import Reading, Subject
from relu_anim.drawing.theme import SMALL_LETTERS, Theme
from relu_anim.initial import biases, weights
from relu_anim.numbers import percent

Counts = NDArray[np.int64]

GRID_POINTS = 65
CHUNK_VALUES = 2**17  # numbers held at once: 1 MiB, which a cache holds too

MARKED = (*MARKERS, "X", "<")
APART = 14  # pixels between two markers of a line, at least
TICKS_APART = 44
STEPS = (1, 5, 10, 20, 50)
SMALL_LOOK: dict[str, Any] = {**SMALL, "title_fontsize": SMALL_LETTERS}
LOOKS: tuple[dict[str, Any], ...] = ({}, SMALL_LOOK, {**SMALL_LOOK, "ncols": 2})


def picture(figure: BornDeadFigure, report: Report) -> BornDead:
    """The picture of a figure, for which all its networks are counted."""
    return BornDead(figure, count(figure, report))


@dataclass(frozen=True)
class BornDead:
    """The share of fresh networks that have a dead layer among their first 1, 2, … hidden layers, [widths, depth]."""

    figure: BornDeadFigure
    shares: Array

    def draw(self, axes: Axes, theme: Theme, room: Room) -> None:
        """A line for each width through its shares."""
        colors = palette(theme)
        depths = np.arange(1, self.figure.depth + 1)
        is_cut = self.figure.animation.ylim != "auto"
        look = {"markersize": 6, "linewidth": 2, "markeredgewidth": 0, "clip_on": is_cut}
        for index, (width, row) in enumerate(zip(self.figure.widths, self.shares, strict=True)):
            own = {"color": colors[index], "marker": MARKED[index], "zorder": 3 - index / 100}
            axes.add_line(NamedLine(depths, row, self._subject(width), label=str(width), **own, **look))
        _axes(axes, self.figure)

    def finish(self, axes: Axes, theme: Theme, room: Room) -> Sequence[str]:
        """Name markers and colours beside the axes; markers and ticks as close as there is room for."""
        _legend(axes, room, self.figure.animation.wording("units_a_layer").replace(" ", "\n", 1))
        layer = (axes_size(axes)[0] - room.extra.right) / self.figure.depth
        step, apart = _step(layer, APART), _step(layer, TICKS_APART)
        for line in axes.lines:
            line.set_markevery((step - 1, step))
        axes.xaxis.set_major_locator(FixedLocator(sorted({1, *range(apart, self.figure.depth + 1, apart)})))
        return ()

    def measure(self) -> dict[str, Any]:
        """For each width the share of networks that are born dead, with one hidden layer, with two and so on."""
        rows = zip(self.figure.widths, self.shares.tolist(), strict=True)
        return {"networks": self.figure.networks, "born_dead": {str(width): row for width, row in rows}}

    def readings(self, axes: Axes) -> dict[Subject, Reading]:
        """The share at each depth."""
        words, depths = self.figure.animation.wording, np.arange(1.0, self.figure.depth + 1)
        names = words("hidden_layers"), words("born_dead")
        columns = ([in_full(depths), list(map(percent, row))] for row in self.shares.tolist())
        return {
            self._subject(width): Reading(depths, None, dict(zip(names, own, strict=True)))
            for width, own in zip(self.figure.widths, columns, strict=True)
        }

    def _subject(self, width: int) -> Subject:
        return Subject("curve", self.figure.animation.wording("page_width", n=width))

    def describe(self, metrics: dict[str, Any]) -> str:
        """What is counted, and how it ends for each width."""
        figure, words = self.figure, self.figure.animation.wording
        last = {width: metrics["born_dead"][str(width)][-1] for width in figure.widths}
        each = (words("alt_share_of_width", share=percent(share), width=str(width)) for width, share in last.items())
        ends = words("alt_hidden_layers", n=figure.depth, shares=", ".join(each))
        return words("alt_born_dead", n=figure.networks, ends=ends)


# ---------------------------------------------------------------- how many


def count(figure: BornDeadFigure, report: Report) -> Array:
    """The share of fresh networks that have a dead layer among their first 1, 2, … hidden layers, [widths, depth]."""
    counts = np.zeros((len(figure.widths), figure.depth), np.int64)
    done, total = 0, figure.networks * len(figure.widths)
    for row, width in zip(counts, figure.widths, strict=True):
        for networks, deaths in chunks(figure, width):
            row += deaths
            done += networks
            report("counting networks", done, total)
    return counts.cumsum(axis=1) / figure.networks


def chunks(figure: BornDeadFigure, width: int, held: int = CHUNK_VALUES) -> Iterator[tuple[int, Counts]]:
    """Networks of one width in portions, each of which takes about `held` numbers: how many networks there are, and for
    how many of them each layer is the first dead one, [depth].

    The first layers of a deep network are a shallow network, so that one set of networks serves for all depths. Each
    layer has random numbers of its own, which go on from one portion to the next: their size changes nothing.
    """
    x = inputs(figure)
    layers = [_Layer(figure, width, number) for number in range(figure.depth)]
    most = max(1, held // (width * (width + 3 * len(x))))
    for start in range(0, figure.networks, most):
        networks = min(most, figure.networks - start)
        deaths = np.zeros(figure.depth, np.int64)
        signal: Array = np.broadcast_to(x, (networks, 1, len(x)))
        for number, layer in enumerate(layers):
            alive = layer.living(signal)
            deaths[number] = len(signal) - len(alive)
            signal = alive
        yield networks, deaths


def inputs(figure: BornDeadFigure) -> Array:
    """The inputs at which units must be off, [points]. Without biases all that counts is on which side of 0 an input
    lies, since twice the input gives twice the signal; with biases a grid stands for the domain."""
    return np.sign(figure.domain) if figure.init.bias == 0 else np.linspace(*figure.domain, GRID_POINTS)


class _Layer:
    """One layer of all networks of a width. Its weights are drawn for the networks that are still alive."""

    def __init__(self, figure: BornDeadFigure, width: int, number: int) -> None:
        self.init, self.width = figure.init, width
        self.weights, self.biases = (
            np.random.default_rng([figure.seed, *f"born dead {width} {number} {name}".encode()])
            for name in ("weight", "bias")
        )

    def living(self, signal: Array) -> Array:
        """The layer's activations for signals [networks, inputs, points], without the networks that die in it."""
        networks, inputs, _ = signal.shape
        weight = weights(self.weights, self.init, (networks, self.width, inputs))
        bias = biases(self.biases, self.init, inputs, (networks, self.width))
        preactivation = weight @ signal + bias[..., None]
        alive = (preactivation > 0).any(axis=(1, 2))
        return np.maximum(preactivation[alive], 0)


# ---------------------------------------------------------------- how it looks


def _step(layer: float, pixels: int) -> int:
    """The smallest round number of layers, each so many pixels wide, that takes at least `pixels`."""
    return next((step for step in STEPS if step * layer >= pixels), STEPS[-1])


def _axes(axes: Axes, figure: BornDeadFigure) -> None:
    margin = max(0.02 * (figure.depth - 1), 0.25)
    words = figure.animation.wording
    axes.set(xlabel=words("hidden_layers"), ylabel=words("born_dead"), xlim=(1 - margin, figure.depth + margin))
    percent_axis(axes)
    if figure.animation.ylim != "auto":
        axes.set_ylim(figure.animation.ylim)
        axes.yaxis.set_major_locator(NumberTicks(6))
        axes.yaxis.set_major_formatter(PERCENT)


def _legend(axes: Axes, room: Room, title: str) -> None:
    """Beside the axes, in the largest look in which it is no higher than they are, or else the smallest."""
    handles, _ = axes.get_legend_handles_labels()
    for look in LOOKS:
        legend = beside(axes, room, handles, title=title, alignment="left", **({"handlelength": 2.5} | look))
        if size(axes, legend)[1] <= axes_size(axes)[1]:
            return
