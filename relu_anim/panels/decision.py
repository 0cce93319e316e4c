"""The network's answers over the plane: which class it sees where, or which number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from relu_anim.activations import ACTIVATIONS
from relu_anim.aliases import Array
from relu_anim.drawing.bands import BandMap
from relu_anim.drawing.legends import LARGE, below, beside
from relu_anim.drawing.marks import Mark
from relu_anim.drawing.room import Room, line_scale
from relu_anim.drawing.strokes import Strokes, mixed
from relu_anim.network import Network
from relu_anim.panels import subjects
from relu_anim.panels.answers import View, view_of
from relu_anim.panels.runs import Run
from relu_anim.panels.scenes import Scene
from relu_anim.recording import Snapshot
from relu_anim.targets import Domain, plane_grid, sides

SIDE = 161  # points of the grid along each side, at most
PIXELS = 2.5  # from one to the next, at least
MOST_REGIONS = 2000  # beyond which their edges would be a grey blur
LEAST_MAP = 50  # pixels
BACK, HIGHLIGHTED = 0.5, 1.1  # times as wide as usual, of lines behind highlighted ones; points of those
OFF = 2  # points between the map and the lines of its axes
SHADE = 0.2  # how far colours outside the training square go towards grey


class DecisionPanel:
    """A map of the network's answers, its training points, and the lines at which its units switch."""

    def __init__(self, room: Room, scenes: Sequence[Scene]) -> None:
        (self.scene,) = scenes
        scene, theme = self.scene, self.scene.look.theme
        self.room = room
        room.square = True
        self.axes = self.top = _plane_axes(room, scene.run)
        side = int(np.clip(room.shorter / PIXELS, 41, SIDE))
        self.grid = plane_grid(scene.run.domain, side)
        self.view: View = view_of(scene)
        shaded = mixed(self.view.colors, to_rgb(theme.muted), SHADE)
        self.map = BandMap(self.axes, self.view.colors, shaded, _trained_part(scene.run), side)
        scale = line_scale(room.shorter)
        back = BACK if scene.run.faint.any() else 1
        self.later = Strokes(self.axes, theme.ink, 0.4 * scale * back)
        self.first = Strokes(self.axes, theme.ink, 0.7 * scale * back)
        self.highlighted = Strokes(self.axes, theme.ink, HIGHLIGHTED * scale)
        self.boundary = Strokes(self.axes, theme.ink, 2.4 * scale)
        self.boundary.subject = subjects.own(subjects.LINE, scene, scene.words("boundary"))
        for strokes in (self.later, self.first, self.highlighted):
            strokes.subject = subjects.own(subjects.SWITCH, scene, scene.words("where_a_unit_switches"))
        self.animated: list[Mark] = [self.map, self.later, self.first, self.highlighted, self.boundary]
        self.animated += [*_training_square(self.axes, scene), *self.view.draw(self.axes, room)]
        self._switching = switching_part(scene.run)

    def update(self, snapshots: Sequence[Snapshot]) -> None:
        """Show what this network answers."""
        (snapshot,) = snapshots
        answers = self.view.answers(snapshot.parameters, self.grid)
        self.map.move(self.view.reader(answers))
        self.boundary.move(self.view.boundary(answers, self.scene.run.domain))
        if self._switching is not None:
            parameters, domain = snapshot.parameters.astype(np.float64), self.scene.run.domain
            first, later = switching_lines(self._switching, parameters, domain)
            self.first.move(first)
            self.later.move(later)
            if (faint := self.scene.run.faint).any():
                self.highlighted.move(lines_of(self._switching, parameters, domain, ~faint))

    def finish(self) -> None:
        """A legend; of variants with the same classes, the first has it for all."""
        classes = {run.task.class_names for run in self.scene.runs}
        if self.scene.number and len(classes) == 1:
            return
        handles, words = self.view.handles(), self.scene.words
        is_roomy = self.room.shorter >= LARGE and len(self.scene.runs) == 1
        if self.scene.run.task.class_names and is_roomy:
            sure = Line2D([], [], linestyle="", label=words("the_paler"))
            handles += [self.boundary.handle(words("boundary")), sure]
        if self._switching or any(map(switching_part, self.scene.runs)):
            handles.append(self.first.handle(words("where_a_unit_switches" if is_roomy else "unit_switches")))
        _legend(self.axes, self.room, handles, len(self.scene.runs) > 1)


def switching_part(run: Run) -> Network | None:
    """The network whose units' lines are drawn, without an output activation that is not straight; None if the
    hidden layers are not piecewise linear, or cut the plane into too many pieces."""
    network = run.network
    if network.activations[-1].slopes is None:
        network = replace(network, activations=(*network.activations[:-1], ACTIVATIONS["identity"]))
    if not network.is_piecewise_linear or all(a.name == "identity" for a in network.activations):
        return None
    some = np.unique(np.linspace(0, len(run.shown) - 1, 5).astype(int))
    parameters = run.recording.parameters[run.shown[some]].astype(np.float64)
    return network if all(network.plane(row, run.domain, MOST_REGIONS) for row in parameters) else None


def switching_lines(network: Network, parameters: Array, domain: Domain) -> tuple[Array, Array]:
    """The lines [n, 2, 2] at which units of the first hidden layer switch, and those of later ones."""
    if len(network.activations) == 2 and network.activations[-1].name == "identity":
        return across_rectangle(*network.first_layer(parameters), domain), np.zeros((0, 2, 2))
    plane = network.plane(parameters, domain, MOST_REGIONS)
    if plane is None:
        return np.zeros((0, 2, 2)), np.zeros((0, 2, 2))
    return plane.lines[plane.layers == 0], plane.lines[plane.layers > 0]


def lines_of(network: Network, parameters: Array, domain: Domain, chosen: NDArray[np.bool_]) -> Array:
    """The lines [n, 2, 2] at which some units switch, `chosen` [units] among all hidden ones."""
    plane = network.plane(parameters, domain, MOST_REGIONS)
    if plane is None:
        return np.zeros((0, 2, 2))
    starts = np.array([network.unit_numbers(layer).start for layer in range(len(network.activations))])
    numbers = starts[plane.layers] + plane.units
    return plane.lines[np.append(chosen, np.zeros(network.layer_sizes[-1], bool))[numbers]]


def across_rectangle(weight: Array, bias: Array, domain: Domain) -> Array:
    """The part [2, 2] of each line weight · (x, y) + bias = 0 that lies in a rectangle, of those that cross it: known
    without a search, which one hidden layer does not need."""
    low, high = sides(domain, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        start = (-bias / (weight**2).sum(axis=1))[:, None] * weight  # the point of the line nearest to (0, 0)
        along = weight[:, ::-1] * (-1, 1)
        ends = np.sort([(low - start) / along, (high - start) / along], axis=0)
        enters, leaves = ends[0].max(axis=1), ends[1].min(axis=1)
    crosses = enters < leaves  # not for what is not a number: a line along an edge, or none at all
    share = np.stack([enters, leaves], axis=1)[crosses, :, None]
    return start[crosses, None] + share * along[crosses, None]


def _plane_axes(room: Room, run: Run) -> Axes:
    """Axes as wide as high over the shown inputs; the lines stand a little off, lest the map cover them."""
    axes = room.add_axes()
    names = run.task.table.columns if run.task.table is not None else (run.words("x"), run.words("y"))
    xlim, ylim = zip(*sides(run.domain, 2), strict=True)
    axes.set(xlim=xlim, ylim=ylim, xlabel=names[0], ylabel=names[1])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_position(("outward", OFF))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6 if room.shorter > 300 else 4, steps=[1, 2, 5, 10]))
    return axes


def _trained_part(run: Run) -> tuple[Array, Array]:
    """Where the training domain starts and ends along each side [2] of the map, as shares of it."""
    (low, high), (start, end) = sides(run.domain, 2), sides(run.task.domain, 2)
    return (start - low) / (high - low), (end - low) / (high - low)


def _training_square(axes: Axes, scene: Scene) -> list[Strokes]:
    """The outline of the training domain where more is shown."""
    (low, high), (start, end) = sides(scene.run.domain, 2), sides(scene.run.task.domain, 2)
    if (start <= low).all() and (high <= end).all():
        return []
    outline = Strokes(axes, scene.look.theme.ink, 1.2, (0, (4, 3)))
    (left, bottom), (right, top) = start, end
    outline.move([np.array([(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)])])
    return [outline]


def _legend(axes: Axes, room: Room, handles: Sequence[Line2D], has_neighbours: bool) -> None:
    """Outside of the map, which it would hide: beside or below, wherever it leaves more room for the map, if that is
    enough; between the maps of variants there is none."""
    if not handles:
        return
    width, height = room.area
    beside(axes, room, handles)
    side = 0 if has_neighbours else min(width - room.beside, height)
    room.extra.right = 0
    legend = below(axes, room, handles)
    if side > min(width, height - room.extra.bottom):
        room.extra.bottom = 0
        beside(axes, room, handles)
    elif height - room.extra.bottom < LEAST_MAP:
        room.miss(0, LEAST_MAP + room.extra.bottom)
        room.extra.bottom = 0
        legend.remove()
