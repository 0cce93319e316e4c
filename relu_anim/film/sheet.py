"""A contact sheet: what each of many seeds came to, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray

from relu_anim.config import Experiment
from relu_anim.film import make_figure
from relu_anim.film.stamp import HEADER, Frame, draw_title
from relu_anim.panels.base import COARSE_POINTS, Array, Scene, padded
from relu_anim.panels.theme import THEMES, style
from relu_anim.recording import Ensemble
from relu_anim.survey import GOOD, Survey

MOST_CELLS = 100
CELL = (120, 104)  # pixels, with its caption
CAPTION = 18  # pixels
MARGIN = 12


class Sheet:
    """One small plot for each network, ordered by loss: the last curve of a network with one input over what it was to
    learn, else its loss over the epochs. Good ones have the colour of outputs; the diverged are left out."""

    def __init__(self, title: str, experiment: Experiment, ensemble: Ensemble) -> None:
        ranked = Survey(tuple(range(len(ensemble))), tuple(ensemble.last_losses.tolist()), ()).ranked
        shown = [index for index, _ in ranked[:: max(1, -(-len(ranked) // MOST_CELLS))]]
        columns = max(1, math.ceil(math.sqrt(len(shown))))
        rows = max(1, -(-len(shown) // columns))
        self.size = (columns * CELL[0] + 2 * MARGIN, rows * CELL[1] + HEADER + MARGIN)
        theme = THEMES[experiment.animation.theme]
        self.theme = theme
        with style(theme):
            self.figure = make_figure(self.size, theme)
            draw_title(self.figure, title, theme, self.size[0] - MARGIN)
            seeds = ensemble.seeds.tolist()
            members = {index: (experiment.with_seed(seeds[index]), ensemble.last(index)) for index in shown}
            scenes = {index: Scene(*member, np.zeros(1, dtype=np.intp)) for index, member in members.items()}
            best, limits = ranked[0][1] if ranked else math.nan, _limits(list(scenes.values()))
            for number, (index, scene) in enumerate(scenes.items()):
                axes = self._axes(*divmod(number, columns))
                color = _name(axes, scene, best)
                if limits is None:
                    _draw_losses(axes, ensemble.epoch, ensemble.loss[index], color)
                else:
                    _draw_curve(axes, scene, limits, color)

    def _axes(self, row: int, column: int) -> Axes:
        """Empty axes in a cell, below its caption."""
        width, height = self.size
        left, top = MARGIN + column * CELL[0] + 4, HEADER + row * CELL[1] + CAPTION
        area = (CELL[0] - 8, CELL[1] - CAPTION - 6)
        place = (left / width, 1 - (top + area[1]) / height, area[0] / width, area[1] / height)
        axes = self.figure.add_axes(place, xticks=[], yticks=[])
        axes.grid(visible=False)
        return axes

    def last_frame(self) -> Frame:
        """The sheet's pixels."""
        with style(self.theme):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())


def _limits(scenes: Sequence[Scene]) -> tuple[float, float] | None:
    """One y range for all curves, around what they were to learn; None where there are none."""
    if not scenes or scenes[0].task.inputs != 1 or scenes[0].network.layer_sizes[-1] != 1:
        return None
    if scenes[0].task.class_names:
        return padded(0.0, 1.0)
    values = scenes[0].task.evaluation_points().y
    return padded(float(values.min()), float(values.max()), 0.2)


def _name(axes: Axes, scene: Scene, best: float) -> str:
    """Write seed and loss above; returns the colour for the curve."""
    loss, theme = float(scene.recording.loss[-1]), scene.theme
    color, ink = (theme.output, theme.ink) if loss <= GOOD * best else (theme.muted, theme.muted)
    axes.set_title(f"seed {scene.experiment.seed}   {loss:.3g}", fontsize=8, color=ink, loc="left", pad=3)
    return color


def _draw_losses(axes: Axes, epochs: NDArray[np.int64], losses: Array, color: str) -> None:
    axes.plot(epochs, losses, color=color, linewidth=1.5)
    axes.set_yscale("log" if losses.min() > 0 else "linear")
    axes.set_yticks([])
    axes.minorticks_off()


def _draw_curve(axes: Axes, scene: Scene, limits: tuple[float, float], color: str) -> None:
    """The last output over what was to be learned."""
    x, theme = np.linspace(*scene.interval, COARSE_POINTS), scene.theme
    if scene.task.function is not None:
        axes.plot(x, scene.task.value_at(x[:, None])[:, 0], color=theme.target, linewidth=1, linestyle=(0, (3, 2)))
    elif scene.points is not None:
        axes.scatter(scene.points.x, scene.points.y, s=2, color=theme.target, alpha=0.4, linewidths=0)
    output = scene.as_shown(scene.network.output(scene.recording.parameters[-1].astype(np.float64), x[:, None]))
    axes.plot(x, output[:, 0], color=color, linewidth=1.8)
    axes.set(xlim=scene.interval, ylim=limits)
