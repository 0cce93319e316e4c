"""The share of networks that are dead before any training against their depth, as a figure that does not move."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from relu_anim.config import BornDeadFigure
from relu_anim.drawing.labels import NumberTicks
from relu_anim.drawing.legends import SMALL, SMALL_LETTERS, size
from relu_anim.drawing.points import MARKERS
from relu_anim.drawing.ranges import Array
from relu_anim.drawing.series import percent, percent_axis
from relu_anim.drawing.theme import Theme

MARKED = (*MARKERS, "X", "<")
BESIDE, BELOW = 190, 74  # pixels that go to the axis of shares and the legend; to the axis of depths and the title
APART = 14  # pixels between two markers of a line, at least
TICKS_APART = 44
STEPS = (1, 5, 10, 20, 50)
SMALL_LOOK: dict[str, Any] = {**SMALL, "title_fontsize": SMALL_LETTERS}
LOOKS: tuple[dict[str, Any], ...] = ({}, SMALL_LOOK, {**SMALL_LOOK, "ncols": 2})


def draw_births(axes: Axes, figure: BornDeadFigure, shares: Array, theme: Theme) -> None:
    """A line for each width through its shares [widths, depth]; its marker and colour are named beside the axes."""
    colors = (theme.output, *theme.units, theme.ink)
    depths, step = range(1, figure.depth + 1), _step(figure, APART)
    look = {"markersize": 6, "linewidth": 2, "markeredgewidth": 0, "clip_on": figure.animation.ylim != "auto"}
    for index, (width, row) in enumerate(zip(figure.widths, shares, strict=True)):
        (line,) = axes.plot(depths, row, color=colors[index], label=str(width), zorder=3 - index / 100)
        line.set(marker=MARKED[index], markevery=(step - 1, step), **look)
    _axes(axes, figure)
    _legend(axes, figure)


def _step(figure: BornDeadFigure, pixels: int) -> int:
    """The smallest round number of layers that takes so many pixels."""
    layer = (figure.animation.size[0] - BESIDE) / figure.depth
    return next((step for step in STEPS if step * layer >= pixels), STEPS[-1])


def _axes(axes: Axes, figure: BornDeadFigure) -> None:
    margin = max(0.02 * (figure.depth - 1), 0.25)
    axes.set(xlabel="hidden layers", ylabel="born dead", xlim=(1 - margin, figure.depth + margin))
    step = _step(figure, TICKS_APART)
    axes.xaxis.set_major_locator(FixedLocator(sorted({1, *range(step, figure.depth + 1, step)})))
    percent_axis(axes)
    if figure.animation.ylim != "auto":
        axes.set_ylim(figure.animation.ylim)
        axes.yaxis.set_major_locator(NumberTicks(6))
        axes.yaxis.set_major_formatter(FuncFormatter(percent))


def _legend(axes: Axes, figure: BornDeadFigure) -> None:
    """Beside the axes, in the largest look in which it is no higher than they are, or else the smallest."""
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0, "handlelength": 2.5}
    for look in LOOKS:
        legend = axes.legend(title="units\na layer", alignment="left", **(place | look))
        if size(axes, legend)[1] <= figure.animation.size[1] - BELOW:
            return
