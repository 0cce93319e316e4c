"""From a recording to frames: which snapshots are shown, the layout of the panels, and the frames as arrays."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from relu_anim.config import ActivationFigure, DataFigure, Experiment
from relu_anim.network import Network
from relu_anim.panels import PANELS, Panel, Scene
from relu_anim.panels.functions import draw_functions
from relu_anim.panels.prediction import draw_data
from relu_anim.panels.theme import DPI, THEMES, Theme, style
from relu_anim.recording import Recording, Snapshot

Frame = NDArray[np.uint8]  # [height, width, 4], RGBA

HEADER = 40  # pixels above the panels for the title and the stamp
MARGIN = 12
PADDING = 0.06  # inches around each panel
PACING_POINTS = 101


def timeline(experiment: Experiment, recording: Recording) -> NDArray[np.intp]:
    """Indices of the snapshots to show, ascending, at most `max_frames`; the first and the last are among them."""
    count = len(recording)
    index = np.arange(count, dtype=np.float64)
    pacing = experiment.animation.pacing
    if pacing == "log":
        index = np.log1p(index)
    elif pacing == "motion":
        index = _way_moved(experiment, recording)
    return pick(index, experiment.animation.max_frames)


def pick(position: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """At most so many indices, evenly spread over `position` [n] (not falling), with both ends; of one, the last."""
    last = len(position) - 1
    if most == 1 or last == 0:
        return np.array([last])
    if most > last:
        return np.arange(last + 1)
    low, high = 2, 20 * len(position)  # ticks, of which several may fall on one index
    best = np.array([0, last])
    while low <= high:
        ticks = (low + high) // 2
        wanted = np.linspace(position[0], position[-1], ticks)
        found = np.unique(np.append(np.searchsorted(position, wanted[:-1]), last))
        if len(found) <= most:
            best, low = found, ticks + 1
        else:
            high = ticks - 1
    return best


def _way_moved(experiment: Experiment, recording: Recording) -> NDArray[np.float64]:
    """How far the output's curve has moved up to each snapshot, mean absolute change added up."""
    network = Network(experiment.model.layer_sizes, experiment.model.activations)
    x = np.linspace(*experiment.target.domain, PACING_POINTS)[:, None]
    outputs = np.concatenate(
        [network.output(recording.parameters[i : i + 64], x)[..., 0] for i in range(0, len(recording), 64)]
    )
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(outputs, axis=0)).mean(axis=1))])


class Film:
    """The frames of a recording. Built once; the frames may be asked for as often as wanted.

    What never changes is drawn once and restored for each frame, over which only the moving artists are drawn.
    """

    def __init__(self, experiment: Experiment, recording: Recording) -> None:
        self.experiment, self.recording = experiment, recording
        self.timeline = timeline(experiment, recording)
        self.scene = Scene(experiment, recording, self.timeline)
        with style(self.scene.theme):
            self.figure = make_figure(experiment.animation.size, self.scene.theme)
            self.panels = self._build_panels()
            draw_title(self.figure, experiment.title, self.scene.theme)
            self.stamp = Stamp(self.figure, recording, self.scene.theme)
            self._show(recording[int(self.timeline[-1])])
            for panel in self.panels:
                panel.finish()
            fix_layout(self.figure)
            self.animated: list[Artist] = [a for panel in self.panels for a in panel.animated] + [self.stamp.text]
            for artist in self.animated:
                artist.set_animated(True)
        self._background: object = None

    def __len__(self) -> int:
        return len(self.timeline)

    def _build_panels(self) -> list[Panel]:
        rows = self.experiment.animation.panels
        grid = self.figure.add_gridspec(len(rows), len(rows[0]))
        panels = []
        for name in dict.fromkeys(name for row in rows for name in row if name != "."):
            places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == name]
            (top, left), (bottom, right) = places[0], places[-1]
            panels.append(PANELS[name](self.figure, grid[top : bottom + 1, left : right + 1], self.scene))
        return panels

    def _show(self, snapshot: Snapshot) -> None:
        for panel in self.panels:
            panel.update(snapshot)
        self.stamp.update(snapshot)

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """The frames in order, or every so manieth and the last: views of one buffer that the next frame overwrites."""
        indices: Iterable[int] = self.timeline
        if every > 1:
            indices = np.unique(np.append(self.timeline[::every], self.timeline[-1]))
        with style(self.scene.theme):
            canvas = self._canvas()
            for index in indices:
                yield self._draw(canvas, int(index))

    def last_frame(self) -> Frame:
        """The frame that stands at the end."""
        with style(self.scene.theme):
            return self._draw(self._canvas(), int(self.timeline[-1]))

    def _canvas(self) -> FigureCanvasAgg:
        canvas = FigureCanvasAgg(self.figure)
        if self._background is None:
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
        return canvas

    def _draw(self, canvas: FigureCanvasAgg, index: int) -> Frame:
        canvas.restore_region(self._background)
        self._show(self.recording[index])
        for artist in self.animated:
            (artist.axes or self.figure).draw_artist(artist)
        return np.asarray(canvas.buffer_rgba())

    def svg(self, description: str) -> bytes:
        """The last frame as SVG, with `description` in its metadata."""
        with style(self.scene.theme):
            self._show(self.recording[int(self.timeline[-1])])
            for artist in self.animated:
                artist.set_animated(False)
            try:
                return to_svg(self.figure, description)
            finally:
                for artist in self.animated:
                    artist.set_animated(True)


class Stamp:
    """Epoch and loss, at a fixed place above the panels."""

    def __init__(self, figure: Figure, recording: Recording, theme: Theme) -> None:
        self.recording = recording
        self.digits = len(str(int(recording.epoch[-1])))
        right = 1 - 2 * MARGIN / (figure.bbox.width)
        top = 1 - (HEADER / 2 + 4) / figure.bbox.height
        self.text = figure.text(right, top, "", ha="right", va="center", fontsize=11, color=theme.ink)
        self.theme = theme

    def update(self, snapshot: Snapshot) -> None:
        """Show this snapshot's epoch and loss; the last one before a divergence says so."""
        epoch = f"{snapshot.epoch:,}".rjust(self.digits, "\u2007").replace(",", "\u2009")
        words = f"epoch {epoch}    loss {format_loss(snapshot.loss)}"
        ended = bool(self.recording.stopped) and snapshot.epoch == self.recording.epoch[-1]
        self.text.set_text(f"{words}    then diverged" if ended else words)
        self.text.set_color(self.theme.warning if ended else self.theme.ink)


def format_loss(loss: float) -> str:
    """A loss in six characters: 55.561, 0.0713, 1.2e-07."""
    if 1e-3 <= loss < 1e5 or loss == 0:
        return f"{loss:.{5 - len(str(int(loss)))}f}"
    return f"{loss:.1e}"


def make_figure(size: tuple[int, int], theme: Theme) -> Figure:
    """An empty figure of so many pixels."""
    return Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor=theme.background)


def draw_title(figure: Figure, title: str, theme: Theme) -> None:
    """The title, at the top left."""
    left, top = 2 * MARGIN / figure.bbox.width, 1 - (HEADER / 2 + 4) / figure.bbox.height
    figure.text(left, top, title, ha="left", va="center", fontsize=13, fontweight="bold", color=theme.ink)


def fix_layout(figure: Figure, header: int = HEADER) -> None:
    """Lay the axes out once, below the header; afterwards nothing moves."""
    width, height = figure.bbox.width, figure.bbox.height
    area = (MARGIN / width, MARGIN / height / 2, 1 - 2 * MARGIN / width, 1 - (header + MARGIN / 2) / height)
    figure.set_layout_engine("constrained", rect=area, w_pad=PADDING, h_pad=PADDING)
    FigureCanvasAgg(figure)
    figure.get_layout_engine().execute(figure)  # type: ignore[union-attr]
    figure.set_layout_engine("none")


def to_svg(figure: Figure, description: str) -> bytes:
    """The figure as SVG without a date; `description` stands in its metadata."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Description": description})
    return buffer.getvalue()


class Still:
    """A figure of activation functions or of data, which has one frame."""

    def __init__(self, config: ActivationFigure | DataFigure) -> None:
        theme = THEMES[config.animation.theme]
        self.theme = theme
        with style(theme):
            self.figure = make_figure(config.animation.size, theme)
            axes = self.figure.add_subplot()
            if isinstance(config, ActivationFigure):
                draw_functions(axes, config, theme)
            else:
                draw_data(axes, config, theme)
            draw_title(self.figure, config.title, theme)
            fix_layout(self.figure, HEADER if config.title else MARGIN)

    def last_frame(self) -> Frame:
        """The figure's pixels."""
        with style(self.theme):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())

    def svg(self, description: str) -> bytes:
        """The figure as SVG, with `description` in its metadata."""
        with style(self.theme):
            return to_svg(self.figure, description)
