"""Which units are on, for which inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from relu_anim.aliases import Array
from relu_anim.drawing.bands import Bands, numbers
from relu_anim.drawing.legends import below
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.raster import EDGE, HATCHED_IN_LEGENDS, Cells, hatched
from relu_anim.drawing.room import TITLE_Y, Room, axes_size
from relu_anim.drawing.theme import LABEL, SMALL_LETTERS
from relu_anim.drawing.words import ChangingText, fitting, shortened
from relu_anim.numbers import written
from relu_anim.panels import subjects
from relu_anim.panels.scenes import Scene
from relu_anim.panels.unit_grid import SMALL_PIXELS, Inputs, Rows, RowTicks
from relu_anim.panels.unit_states import Units, range_of_values
from relu_anim.recording import Snapshot
from relu_anim.words import Wording

OFF, DEAD, ON = range(EDGE + 1, EDGE + 4)  # indices of colours; ON and those after it are the units' own
# Words of titles, from the longest to the shortest.
VALUES = ("value_of_each_unit", "values_of_units", "values")
ON_ALONE = ("units_on", "units_on_short", "units_on_shortest")
ON_AND_DEAD = ("units_dead", "units_dead_short", "units_dead_shortest", ON_ALONE[-1])
SWATCHES: dict[str, Any] = {
    "handlelength": 0.9,
    "handleheight": 0.9,
    "handletextpad": 0.35,
    "columnspacing": 0.8,
    "borderpad": 0.2,
    "handler_map": HATCHED_IN_LEGENDS,
}
LEAST_KEYED = 110  # pixels in height of axes that have a key
LEAST_CHANGING, AROUND = 190, 100  # in height of a panel that names units that died or came back; all but its rows


class ActivationMapPanel:
    """A row for each hidden unit: those that switch are coloured where their preactivation is > 0, dead ReLU units are
    hatched; all others are coloured by their value. The title counts, and names those that died or came back."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        self.room, scene, theme = room, self.scene, self.scene.look.theme
        self.rows = Rows(scene.run.network.layer_sizes[1:-1], scene.words)
        self.inputs = Inputs(scene.run)
        self.units = Units(scene.run)
        self.ticks = RowTicks(self.rows)
        self.top = self.axes = _add_axes(room, self.ticks, scene.words)
        self.width = room.width
        self.inputs.label(self.axes, scene.run)
        self.switches = self.units.switches[self.rows.chosen]
        self.values = None if self.switches.all() else numbers(theme, *range_of_values(scene.runs, self.inputs.x))
        on = [theme.unit_color(number) for number in self.rows.chosen] if self.rows.is_colored else [scene.look.color]
        faint, values = scene.run.faint[self.rows.chosen], self.values[0].colors.tolist() if self.values else []
        looks = [*on, *values]
        self.on = ON + np.arange(len(on))[:, None] + len(looks) * faint[:, None]
        self.first_value = ON + len(on) + len(looks) * faint[~self.switches, None]
        looks += [theme.faint(to_hex(color)) for color in looks] if faint.any() else []
        self.colors = [theme.ground, theme.muted, theme.off, theme.muted, *looks]
        self.cells = Cells(self.axes, self.colors, (DEAD, OFF))
        self.cells.arrange(self.rows.positions, self.inputs.breaks, self.inputs.edges)
        network = scene.run.network
        every = [unit for layer in range(len(network.activations) - 1) for unit in subjects.units(scene, layer)]
        self.cells.subjects = [every[number] for number in self.rows.chosen.tolist()]
        self.animated: list[Mark] = [self.cells]
        are_named = room.height >= LEAST_CHANGING and self.rows.are_named(room.height - AROUND)
        self.names_changes = are_named and bool(np.any(self.units.changed(scene.run.last)))
        self.title = ChangingText(self.axes.set_title(self._words(scene.run.last), y=TITLE_Y, pad=4))
        if self.switches.any():
            self.animated.append(self.title)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Colour the cells, and count and name units."""
        (snapshot,) = snapshots
        network, chosen, parameters = self.scene.run.network, self.rows.chosen, snapshot.parameters.astype(np.float64)
        with np.errstate(all="ignore"):  # parameters just before a divergence may be huge
            hidden = network.forward(parameters, self.inputs.x)[:-1]
        before, after = (np.concatenate(part, axis=-1).T[chosen] for part in zip(*hidden, strict=True))
        dead = (self.units.off(snapshot) & self.units.can_die)[chosen, None]
        cells = np.where(before > 0, self.on, np.where(dead, DEAD, OFF)).astype(np.uint8)
        if self.values:
            cells[~self.switches] = self.first_value + self.values[0].of(after[~self.switches])
        self.cells.move(cells)
        self.title.say(self._words(snapshot))

    def _words(self, snapshot: Snapshot) -> str:
        """How many units are on and dead; in another line, which died or came back, if any do so in the film. Where no
        unit switches, what the colours are."""
        if not self.switches.any():
            return self._fitting(list(map(self.scene.words, VALUES)))
        units, off = self.units, self.units.off(snapshot)
        count, dead = int(units.switches.sum()), int((off & units.can_die).sum())
        numbers: dict[str, str | int] = {"on": str(count - int(off.sum())), "n": count, "dead": str(dead)}
        choices = ON_AND_DEAD if units.can_die.any() else ON_ALONE
        words = self._fitting([self.scene.words(choice, **numbers) for choice in choices])
        return f"{words}\n{self._changes(snapshot)}" if self.names_changes else words

    def _changes(self, snapshot: Snapshot) -> str:
        gone, back = self.units.changed(snapshot)
        word = "died" if self.units.can_die[gone].all() else "off"
        parts = [(self.scene.words(key), which) for key, which in ((word, gone), ("came_back", back)) if which.any()]
        named = ", ".join(f"{name}: {self.units.named(which)}" for name, which in parts)
        counted = ", ".join(f"{int(which.sum())} {name}" for name, which in parts)
        return self._fitting([named, counted]) or " "

    def _fitting(self, choices: Sequence[str]) -> str:
        """The first of several titles that has room, or else as much as there is room for of the last."""
        return fitting(choices, self.width, LABEL) or shortened(choices[-1], self.width, LABEL)

    def finish(self) -> None:
        """Say below what colours mean, unless the rows would have too little room, and choose words and letters that
        have room."""
        self.width, height = axes_size(self.axes)
        if self.axes.get_xlabel():  # else the map of a variant below it has it for both
            self.inputs.label(self.axes, self.scene.run)
        if height >= LEAST_KEYED:
            below(self.axes, self.room, self._key(), **SWATCHES)
        else:
            self.room.miss(0, LEAST_KEYED)
        if self.rows.are_small(height - self.room.extra.bottom):
            self.ticks.line = SMALL_PIXELS
            self.axes.tick_params(axis="y", labelsize=SMALL_LETTERS)
        self.title.say(self._words(self.scene.run.last))

    def _key(self) -> list[Patch]:
        swatches: list[Patch] = []
        words = self.scene.words
        if self.switches.any():
            swatches += [_swatch(self.colors[int(self.on.min())], words("on")), _swatch(self.colors[OFF], words("off"))]
        if self.units.can_die.any():
            swatches.append(hatched(self.colors[DEAD], self.colors[OFF], words("dead")))
        if self.values:
            swatches += _scale(*self.values, words)
        return swatches


def _swatch(color: Any, label: str) -> Patch:
    return Patch(facecolor=color, linewidth=0, label=label)


def _scale(bands: Bands, edges: Array, words: Wording) -> list[Patch]:
    """The colours of the least value, of 0 if it lies between, and of the greatest, with their numbers."""
    low, high, zero = bands.colors[0], bands.colors[-1], bands.colors[int(bands.of(np.zeros(1))[0])]
    between = [_swatch(zero, "0")] if edges[0] < 0 < edges[-1] else []
    return [_swatch(low, words("value_number", number=written(edges[0]))), *between, _swatch(high, written(edges[-1]))]


def _add_axes(room: Room, ticks: RowTicks, words: Wording) -> Axes:
    axes, rows = room.add_axes(), ticks.rows
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_ylim(rows.height, 0)
    axes.yaxis.set_major_locator(ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(ticks.say))
    axes.tick_params(axis="y", length=0)
    if len(rows.chosen) < rows.count:
        axes.set_ylabel(words("some_units", shown=str(len(rows.chosen)), n=str(rows.count)))
    return axes
