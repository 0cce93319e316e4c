"""A contact sheet: what each of many seeds came to, the best first."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relu_anim.config import Experiment
from relu_anim.film import make_figure
from relu_anim.film.stamp import HEADER, Frame, draw_title
from relu_anim.panels.base import COARSE_POINTS, Scene, padded
from relu_anim.panels.theme import THEMES, Theme, style
from relu_anim.recording import Recording
from relu_anim.survey import GOOD

MOST_CELLS = 100
CELL = (120, 104)  # pixels, with its caption
CAPTION = 18  # pixels
MARGIN = 12


class Sheet:
    """One small plot for each network, ordered by loss: the last curve of a network with one input over what it was to
    learn, else its loss over the epochs. Good ones have the colour of outputs; the diverged are left out."""

    def __init__(self, title: str, experiments: Sequence[Experiment], recordings: Sequence[Recording]) -> None:
        pairs = zip(experiments, recordings, strict=True)
        whole = [(e, r) for e, r in pairs if not r.stopped and math.isfinite(r.loss[-1])]
        whole.sort(key=lambda pair: (pair[1].loss[-1], pair[0].seed))
        step = max(1, -(-len(whole) // MOST_CELLS))
        shown = whole[::step]
        columns = max(1, math.ceil(math.sqrt(len(shown))))
        rows = max(1, -(-len(shown) // columns))
        self.size = (columns * CELL[0] + 2 * MARGIN, rows * CELL[1] + HEADER + MARGIN)
        theme = THEMES[experiments[0].animation.theme]
        self.theme = theme
        with style(theme):
            self.figure = make_figure(self.size, theme)
            draw_title(self.figure, title, theme, self.size[0] - MARGIN)
            best = float(whole[0][1].loss[-1]) if whole else math.nan
            scenes = [Scene(e, r, np.array([len(r) - 1])) for e, r in shown]
            limits = _limits(scenes)
            for number, scene in enumerate(scenes):
                row, column = divmod(number, columns)
                _draw(self._axes(row, column), scene, best, limits, theme)

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


def _draw(axes: Axes, scene: Scene, best: float, limits: tuple[float, float] | None, theme: Theme) -> None:
    loss = float(scene.recording.loss[-1])
    is_good = loss <= GOOD * best
    color, ink = (theme.output, theme.ink) if is_good else (theme.muted, theme.muted)
    axes.set_title(f"seed {scene.experiment.seed}   {loss:.3g}", fontsize=8, color=ink, loc="left", pad=3)
    if limits is None:
        axes.plot(scene.recording.epoch, scene.recording.loss, color=color, linewidth=1.5)
        axes.set_yscale("log" if scene.recording.loss.min() > 0 else "linear")
        axes.set_yticks([])
        axes.minorticks_off()
        return
    x = np.linspace(*scene.interval, COARSE_POINTS)
    if scene.task.function is not None:
        axes.plot(x, scene.task.value_at(x[:, None])[:, 0], color=theme.target, linewidth=1, linestyle=(0, (3, 2)))
    elif scene.points is not None:
        axes.scatter(scene.points.x, scene.points.y, s=2, color=theme.target, alpha=0.4, linewidths=0)
    output = scene.as_shown(scene.network.output(scene.recording.parameters[-1].astype(np.float64), x[:, None]))
    axes.plot(x, output[:, 0], color=color, linewidth=1.8)
    axes.set(xlim=scene.interval, ylim=limits)
