"""A contact sheet: what each of many seeds came to, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from numpy.typing import NDArray

from relu_anim.drawing.ranges import padded
from relu_anim.drawing.theme import DPI, style, theme_of
from relu_anim.films import make_figure
from relu_anim.films.stamp import Frame, draw_title, header_height
from relu_anim.films.titles import with_counts
from relu_anim.numbers import written
from relu_anim.panels.runs import COARSE_POINTS, Run
from relu_anim.survey import GOOD, Group, ranked_of

MOST_CELLS = 100
LEAST_COLUMNS = 5  # for the title
IN_ROW = 8  # networks of each of several groups
HEADING = 22  # pixels above each of them
CELL = (120, 104)  # pixels, with its caption
CAPTION = 18  # pixels
BESIDE, BELOW = 4, 6  # pixels that a plot keeps from the edges of its cell
MARGIN = 12
MOST_PIXELS = 4000  # of a side

Values = NDArray[np.floating | np.integer]
Range = tuple[float, float]


@dataclass(frozen=True)
class Plot:
    """The area of one small plot, in pixels at scale 1 from the bottom left, and what its sides stand for."""

    box: Bbox
    xlim: Range
    ylim: Range

    def place(self, x: Values, y: Values) -> tuple[Values, Values]:
        """Values as pixels."""
        across = (x - self.xlim[0]) / (self.xlim[1] - self.xlim[0])
        up = (y - self.ylim[0]) / (self.ylim[1] - self.ylim[0])
        return self.box.x0 + across * self.box.width, self.box.y0 + up * self.box.height


class Sheet:
    """One small plot for each network, ordered by loss: the last curve of a network with one input over what it was to
    learn, else its loss over the epochs. Good ones have the colour of outputs; the diverged are left out. Each of
    several groups has a row of its own, in which some of its networks stand, from the best to the worst.

    All plots are lines on the figure itself: axes of its own for each would take ten times as long.
    """

    def __init__(self, title: str, groups: Sequence[Group]) -> None:
        shown = [_some(group, MOST_CELLS if len(groups) == 1 else IN_ROW) for group in groups]
        self.heading = HEADING if len(groups) > 1 else 0
        most = max(map(len, shown))
        square = max(min(most, LEAST_COLUMNS), math.ceil(math.sqrt(most)))
        self.columns = max(1, square if len(groups) == 1 else most)
        wide = max(self.columns, LEAST_COLUMNS)
        rows = max(1, sum(-(-len(own) // self.columns) for own in shown))
        width = wide * CELL[0] + 2 * MARGIN
        title = with_counts(title, groups[0].ensemble) if len(groups) == 1 else title
        header = header_height(title, width)
        self.size = (width, rows * CELL[1] + len(groups) * self.heading + header + MARGIN)
        animation = groups[0].experiment.animation
        self.theme, self.scale = theme_of(*animation.look), min(animation.unit, MOST_PIXELS / max(self.size))
        losses = [loss for own in shown for _, loss in own]
        best = min(losses, default=math.nan)
        with style(self.theme, self.scale):
            pixels = round(self.size[0] * self.scale), round(self.size[1] * self.scale)
            self.figure = make_figure(pixels, self.theme, self.scale)
            self.to_pixels = Affine2D().scale(1 / DPI) + self.figure.dpi_scale_trans
            draw_title(self.figure, title, self.theme)
            self.losses = _loss_limits(groups, shown)
            ylim, top = _limits(groups), header
            for group, own in zip(groups, shown, strict=True):
                if self.heading:
                    self._label(group.label, top)
                top += self.heading
                self._draw(group, [index for index, _ in own], top, ylim, best)
                if not own:
                    self._say(top, animation.wording("every_seed_diverged"))
                top += max(1, -(-len(own) // self.columns)) * CELL[1]

    def _label(self, label: str, top: int) -> None:
        place = (MARGIN + BESIDE) / self.size[0], 1 - (top + self.heading) / self.size[1]
        self.figure.text(*place, label, fontsize=10, color=self.theme.ink, va="bottom", fontweight="bold")

    def _say(self, top: int, words: str) -> None:
        place = (MARGIN + BESIDE) / self.size[0], 1 - (top + CELL[1] / 2) / self.size[1]
        self.figure.text(*place, words, fontsize=10, color=self.theme.warning, va="center")

    def _draw(self, group: Group, indices: Sequence[int], top: int, ylim: Range | None, best: float) -> None:
        """The plots of one group, in as many rows as it needs below `top`."""
        for number, index in enumerate(indices):
            run, box = _run(group, index), self._box(number, top)
            color = self._name(box, run, best)
            if ylim is None:
                self._draw_losses(box, run.counted(group.ensemble.step), group.ensemble.loss[index], color)
            else:
                self._draw_curve(Plot(box, run.interval, ylim), run, color)

    def _box(self, number: int, above: int) -> Bbox:
        """Where the plot of a cell stands, below its caption."""
        row, column = divmod(number, self.columns)
        left, top = MARGIN + column * CELL[0] + BESIDE, self.size[1] - above - row * CELL[1] - CAPTION
        width, height = CELL[0] - 2 * BESIDE, CELL[1] - CAPTION - BELOW
        return Bbox([[left, top - height], [left + width, top]])

    def _name(self, box: Bbox, run: Run, best: float) -> str:
        """Write seed and loss above a plot; returns the colour for its curve."""
        loss, theme = float(run.recording.loss[-1]), self.theme
        color, ink = (theme.output, theme.ink) if loss <= GOOD * best else (theme.muted, theme.muted)
        words, place = (
            f"{run.words('seed', seed=str(run.experiment.seed))}   {written(loss, 3)}",
            (box.x0 / self.size[0], (box.y1 + 4) / self.size[1]),
        )
        self.figure.text(*place, words, fontsize=8, color=ink, ha="left", va="bottom")
        return color

    def _draw_losses(self, box: Bbox, epochs: Values, losses: Values, color: str) -> None:
        """The loss over the epochs, on one scale for all, logarithmic where it can be."""
        low, high = self.losses
        heights, ends = (np.log(losses), np.log([low, high])) if low > 0 else (losses, np.array([low, high]))
        plot = Plot(box, (0, max(float(epochs[-1]), 1.0)), padded(float(ends[0]), float(ends[1])))
        self._line(plot, epochs, heights, color, 1.5)
        self._edge(box)

    def _draw_curve(self, plot: Plot, run: Run, color: str) -> None:
        """The last output over what was to be learned."""
        x, theme = np.linspace(*run.interval, COARSE_POINTS), self.theme
        if run.task.function is not None:
            self._line(plot, x, run.task.value_at(x[:, None])[:, 0], theme.target, 1, linestyle=(0, (3, 2)))
        elif run.points is not None:
            marks = {"linestyle": "none", "marker": "o", "markersize": 1.4, "markeredgewidth": 0}
            self._line(plot, run.points.x[:, 0], run.points.y[:, 0], theme.target, 1, **marks)
        output = run.as_shown(run.network.output(run.recording.parameters[-1].astype(np.float64), x[:, None]))
        self._line(plot, x, output[:, 0], color, 1.8)
        self._edge(plot.box)

    def _line(self, plot: Plot, x: Values, y: Values, color: str, width: float, **look: Any) -> None:
        """A line inside a plot, cut off at its edges."""
        line = Line2D(*plot.place(x, y), color=color, linewidth=width, **look)
        self._add(line)
        line.set_clip_box(TransformedBbox(plot.box, self.to_pixels))

    def _edge(self, box: Bbox) -> None:
        """The axes of a plot, on the left and below."""
        corners = [box.x0, box.x0, box.x1], [box.y1, box.y0, box.y0]
        self._add(Line2D(*corners, color=self.theme.muted, linewidth=1, solid_joinstyle="miter"))

    def _add(self, line: Line2D) -> None:
        line.set_transform(self.to_pixels)
        self.figure.add_artist(line)

    def last_frame(self) -> Frame:
        """The sheet's pixels."""
        with style(self.theme, self.scale):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())


def _some(group: Group, most: int) -> list[tuple[int, float]]:
    """(index, loss) of networks that did not diverge, from the best to the worst, in even steps where they are many."""
    ranked = ranked_of(group.ensemble)
    return ranked[:: max(1, -(-len(ranked) // most))]


def _run(group: Group, index: int) -> Run:
    """One network at its last snapshot."""
    member = group.experiment.with_seed(int(group.ensemble.seeds[index]))
    return Run(member, group.ensemble.last(index), np.zeros(1, dtype=np.intp))


def _loss_limits(groups: Sequence[Group], shown: Sequence[Sequence[tuple[int, float]]]) -> Range:
    """The least and the greatest of all losses that are shown."""
    pairs = zip(groups, shown, strict=True)
    losses = [group.ensemble.loss[index] for group, own in pairs for index, _ in own]
    return (float(np.min(losses)), float(np.max(losses))) if losses else (0.0, 1.0)


def _limits(groups: Sequence[Group]) -> Range | None:
    """One y range for all curves, around what they were to learn; None where there are none."""
    experiment = groups[0].experiment
    task = experiment.with_seed(0).task
    if task.inputs != 1 or experiment.model.layer_sizes[-1] != 1:
        return None
    if task.class_names:
        return padded(0.0, 1.0)
    values = task.evaluation_points().y
    return padded(float(values.min()), float(values.max()), 0.2)
