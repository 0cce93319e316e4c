"""The activation functions themselves, and where on them the units are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relu_anim.aliases import Array
from relu_anim.drawing.curves import Curves, Dot, Dots
from relu_anim.drawing.labels import number_inputs
from relu_anim.drawing.legends import place
from relu_anim.drawing.marks import Mark, NamedLine
from relu_anim.drawing.ranges import padded
from relu_anim.drawing.room import TITLE_Y, Room, axes_size
from relu_anim.drawing.shapes import Subject
from relu_anim.drawing.strokes import Strokes
from relu_anim.drawing.theme import SMALL_LETTERS
from relu_anim.drawing.words import text_width
from relu_anim.expressions import unconnected
from relu_anim.network import Network
from relu_anim.numbers import written
from relu_anim.panels import subjects
from relu_anim.panels.axes import fit_title
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot
from relu_anim.words import Wording

REACH = 3, 12  # of the preactivations that are shown, on both sides of 0: at least, and to follow the bars at most
BEYOND = 1.5  # times the pair that is marked, where that is farther
HIGHEST = 2  # times as high as far to the side a function is shown at most
MOST_POINTS = 500  # at which preactivations are looked at
MOST = (5, 95)  # % of them, between which the bar lies


class ActivationFunctionPanel:
    """Each activation function of the hidden layers, and a bar where most of the preactivations that go into the first
    of them lie, with an arrow where it goes on beyond what is shown. Where that is not defined the panel is shaded;
    with `pair` it is marked there and at -pair, and the two are joined where they are the same."""

    def __init__(self, room: Room, scenes: Sequence[Scene], pair: float) -> None:
        (self.scene,) = scenes
        self.room, self.pair, self.reach = room, pair, max(_reach(self.scene.runs), BEYOND * pair)
        self.layers = different_layers(self.scene.run.network)
        self.top = self.axes = room.add_axes()
        words = self.scene.words
        self.axes.set(xlabel=words("preactivation"), ylabel=words("activation"), xlim=(-self.reach, self.reach))
        number_inputs(self.axes.xaxis)
        self.axes.set_ylim(_limits(self.scene.runs, self.reach))
        theme, last = self.scene.look.theme, self.scene.run.last
        self.bar = Strokes(self.axes, theme.muted, 5, zorder=2.5)
        self.arrows = [Dot(self.axes, theme.muted, 11, marker) for marker in "<>"]
        self.looks = {layer: self._look(number) for number, layer in enumerate(self.layers)}
        self.learned: dict[int, Curves] = {}
        for layer, (color, dashes) in self.looks.items():
            if self._moves(layer):
                self.learned[layer] = Curves(self.axes, [color], [dashes])
                self.learned[layer].subjects = [self._subject(layer)]
            else:
                look = {"color": color, "linestyle": dashes}
                self.axes.add_line(NamedLine(*self._graph(last, layer), self._subject(layer), **look))
        self.join = Strokes(self.axes, theme.ink, 1.2, (0, (3, 2)), zorder=3.5)
        self.dots = Dots(self.axes, theme.ink, theme.background, size=8, zorder=4)
        self.animated: list[Mark] = [self.bar, *self.learned.values(), self.join, self.dots, *self.arrows]
        if self._has_title:
            self.title = self.axes.set_title(_in_words(words, *self._at_pair(last)), y=TITLE_Y)

    def _subject(self, layer: int) -> Subject:
        """What pages call a function."""
        title = self.scene.run.network.activations[layer].title
        return subjects.curve(self.scene, title)

    def _look(self, number: int) -> tuple[str, Any]:
        """Colour and dashes: the variant's own for its first function, those of units for others."""
        theme = self.scene.look.theme
        colors = (self.scene.look.color if len(self.scene.looks) > 1 else theme.output, *theme.units)
        return colors[number % len(colors)], theme.unit_style(number)

    @property
    def _has_title(self) -> bool:
        """Whether there is a pair of which the title can say what becomes of it."""
        return bool(self.pair) and not self._moves(self.layers[0])

    def _moves(self, layer: int) -> bool:
        return self.scene.run.network.activations[layer].learned

    def _graph(self, snapshot: Snapshot, layer: int) -> tuple[Array, Array]:
        return graph(self.scene.run.network, snapshot.parameters, layer, self.reach)

    def _at_pair(self, snapshot: Snapshot) -> tuple[Array, Array]:
        x = np.array([-self.pair, self.pair], dtype=np.float64)
        return x, _activate(self.scene.run.network, snapshot.parameters, self.layers[0], x)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Move the bar, and functions that are learned."""
        (snapshot,) = snapshots
        for layer, curve in self.learned.items():
            x, y = self._graph(snapshot, layer)
            curve.move(x, y[:, None])
        if self.pair:
            marked = np.column_stack(self._at_pair(snapshot))
            marked = marked[np.isfinite(marked).all(axis=1)]
            self.join.move(marked[None] if len(marked) == 2 and _are_equal(marked[:, 1]) else ())
            self.dots.move(*marked.T)
        self._move_bar(snapshot)

    def _move_bar(self, snapshot: Snapshot) -> None:
        ends = _most_preactivations(self.scene.run, snapshot)
        bottom = self.axes.get_ylim()[0]
        self.bar.move([np.column_stack([np.clip(ends, -self.reach, self.reach), [bottom, bottom]])])
        for arrow, side, end in zip(self.arrows, (-1, 1), ends.tolist(), strict=True):
            arrow.move(side * self.reach if side * end > self.reach else np.nan, bottom)

    def finish(self) -> None:
        """Say above the functions what the bar is, and which is which; shade where the first is not defined."""
        last = self.scene.run.last
        _shade_undefined(self.axes, self.scene, *self._graph(last, self.layers[0]))
        if self._has_title:
            fit_title(self.axes, self.title, _in_words(self.scene.words, *self._at_pair(last)))
        share = str(MOST[1] - MOST[0])
        names = list(map(self._handle, self.layers)) if len(self.layers) > 1 else []
        bars = [self.bar.handle(self.scene.words(key, share=share)) for key in ("of_preactivations", "are_here")]
        choices = [[*names, bar] for bar in bars]
        place(self.axes, self.room, choices[1], longer=choices[:1], is_shown=not self.scene.number)

    def _handle(self, layer: int) -> Line2D:
        (color, dashes), title = self.looks[layer], self.scene.run.network.activations[layer].title
        label = self.scene.words("layer_function", number=str(layer + 1), function=title)
        return Line2D([], [], color=color, linestyle=dashes, label=label)


def different_layers(network: Network) -> list[int]:
    """The hidden layers whose activation functions differ, the first of each; all those that learn theirs."""
    kinds: dict[str, int] = {}
    for layer, activation in enumerate(network.activations[:-1]):
        kinds.setdefault(f"{activation.as_json()} {layer * activation.learned}", layer)
    return list(kinds.values())


def graph(network: Network, parameters: Array, layer: int, reach: float) -> tuple[Array, Array]:
    """x and y of the activation function of a layer, as far as `reach` on both sides of 0."""
    return unconnected(lambda x: _activate(network, parameters, layer, x), (-reach, reach))


def _activate(network: Network, parameters: Array, layer: int, x: Array) -> Array:
    with np.errstate(all="ignore"):  # where it is not defined
        return network.activate(parameters.astype(np.float64), layer, x[:, None])[:, 0]


def _reach(runs: Sequence[Run]) -> float:
    """How far on both sides of 0 the bars of all variants go, in the first frame of the film and in the last."""
    ends = [_most_preactivations(run, run.recording[int(run.shown[i])]) for run in runs for i in (0, -1)]
    least, most = REACH
    return float(np.clip(math.ceil(np.abs(np.nan_to_num(ends)).max()), least, most))


def _limits(runs: Sequence[Run], reach: float) -> tuple[float, float]:
    """One y range for the functions of all variants, but for where they run away."""
    graphs = [graph(r.network, r.last.parameters, layer, reach) for r in runs for layer in different_layers(r.network)]
    y = np.concatenate([y[np.isfinite(y)] for _, y in graphs])
    low, high = (float(y.min()), float(y.max())) if len(y) else (0.0, 1.0)
    return padded(max(low, -reach), min(high, HIGHEST * reach), 0.1)


def _most_preactivations(run: Run, snapshot: Snapshot) -> Array:
    """Between which values [2] most preactivations of the first hidden layer lie."""
    x = run.task.evaluation_points().x
    with np.errstate(all="ignore"):  # just before a divergence
        values = run.network.forward(snapshot.parameters, x[:: -(-len(x) // MOST_POINTS)])[0][0]
    values = values[np.isfinite(values)]
    return np.percentile(values, MOST) if len(values) else np.full(2, np.nan)


def undefined(x: Array, y: Array) -> list[tuple[float, float]]:
    """The intervals of x in which y is no finite number, of those that are wider than a point."""
    edges = np.flatnonzero(np.diff(np.isfinite(y), prepend=True, append=True))
    ends = [(x[first], x[min(after, len(x) - 1)]) for first, after in edges.reshape(-1, 2) if after - first > 1]
    return [(float(a), float(b)) for a, b in ends]


def _shade_undefined(axes: Axes, scene: Scene, x: Array, y: Array) -> None:
    """Shade where the function is not defined, and say so where there is room."""
    letters, width, theme, words = SMALL_LETTERS + 1, axes_size(axes)[0], scene.look.theme, scene.words("not_defined")
    for a, b in undefined(x, y):
        axes.axvspan(a, b, color=theme.outside, zorder=0, linewidth=0)
        if text_width(words, letters) < width * (b - a) / (x[-1] - x[0]):
            text = axes.text((a + b) / 2, 0.5, words, transform=axes.get_xaxis_transform(), fontsize=letters)
            text.set(color=theme.muted, ha="center", va="center")


def _in_words(words: Wording, x: Array, y: Array) -> str:
    """What the function gives at two places: «f(−2) = f(2) = 4», «f(−2) = 0, f(2) = 2», «f(−2) is not defined»."""
    at = [f"f({written(place)})" for place in x]
    missing = [place for place, value in zip(at, y, strict=True) if not np.isfinite(value)]
    if missing:
        return (
            words("is_not_defined", value=missing[0])
            if len(missing) == 1
            else words("are_not_defined", values=words.list(*missing))
        )
    left, right = (written(value, 3) for value in y)
    return f"{at[0]} = {at[1]} = {left}" if _are_equal(y) else f"{at[0]} = {left}, {at[1]} = {right}"


def _are_equal(y: Array) -> bool:
    return bool(np.isclose(y[0], y[1], rtol=1e-9, atol=0))
