"""From a recording to frames: which snapshots are shown, the layout of the panels, and the frames as arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import Experiment, File
from relu_anim.config.animation import Caption
from relu_anim.drawing.marks import Mark, recorded
from relu_anim.drawing.recorder import as_dashed
from relu_anim.drawing.shapes import Drawing, Lines, Reel, Shape
from relu_anim.drawing.theme import DPI, Theme, style, theme_of
from relu_anim.facts import FORMATS, format_of
from relu_anim.films.advice import advice
from relu_anim.films.alt import describe
from relu_anim.films.arranged import arranged, show
from relu_anim.films.budget import save_within
from relu_anim.films.captions import Captions
from relu_anim.films.guides import guide_of
from relu_anim.films.layout import left_out
from relu_anim.films.measured import measured
from relu_anim.films.saving import save
from relu_anim.films.stamp import SIZE, Frame, Stamp, draw_title
from relu_anim.films.timeline import SLIGHT, place, repeats, shown_part, stretches, timeline
from relu_anim.films.titles import computed
from relu_anim.metrics import measure
from relu_anim.numbers import decimal_sign
from relu_anim.panels import make_scenes
from relu_anim.recording import Ensemble, Recording

__all__ = ["Film", "Frame"]

MOST_KEPT = 1 << 25  # bytes of frames that a sample has drawn
AUTO, DARK = "auto", "dark"  # the theme that follows the page where a format can, and what it is on dark ones


class Film:
    """The frames of an experiment's recordings, one recording for each variant, with the networks from which each was
    chosen where they are shown. Built once; the frames may be asked for as often as wanted. A draft says so in them.
    `notes` are what its author should know of how it looks.

    What never changes is drawn once and restored for each frame, over which only the moving marks are drawn.
    """

    def __init__(
        self,
        experiment: Experiment,
        recordings: Sequence[Recording],
        ensembles: Sequence[Ensemble | None] = (),
        is_draft: bool = False,
    ) -> None:
        self._asked_for, self._is_draft = experiment, is_draft
        self.experiment = experiment = experiment.settled([recording.seed for recording in recordings])
        recordings, ensembles = _shown_parts(experiment, recordings, ensembles)
        self.timeline = timeline(experiment, recordings)
        self.theme, self.scale = theme_of(*experiment.animation.look), experiment.animation.unit
        with style(self.theme, self.scale):
            self.scenes = make_scenes(experiment, recordings, self.timeline, ensembles)
            self.figure = make_figure(experiment.animation.pixels, self.theme, self.scale)
            self.stamp = Stamp(self.figure, self.timeline, self.scenes, self.theme, is_draft)
            self.title = computed(experiment.title, self.scenes)
            header, self.notes = draw_title(self.figure, self.title, self.theme, self.stamp.left)
            self.captions = Captions(self.figure, self._placed_captions(), header, self.theme)
            header += self.captions.height
            self.panels = arranged(self.figure, header, experiment, self.scenes, self.timeline[-1])
            rooms = ((placed.cell.name, placed.room) for placed in self.panels)
            self.notes += [*self.captions.notes, *left_out(rooms, experiment.animation)]
        moving = [mark for placed in self.panels for mark in placed.panel.animated]
        self.animated: list[Mark] = [*moving, *self.stamp.notes, *self.captions.marks]
        for mark in self.animated:
            mark.set_animated(True)
        self._background: object = None
        self._kept: dict[int, Frame] = {}

    def _placed_captions(self) -> list[tuple[float, Caption]]:
        return [(self._recorded(caption.at), caption) for caption in self.experiment.animation.captions]

    def __len__(self) -> int:
        return len(self.timeline)

    @property
    def advice(self) -> str:
        """What would make it show more, as a line for its author; or nothing."""
        return advice(self.experiment, self.scenes)

    def _show(self, moment: float) -> None:
        """Move everything to a moment, in epochs."""
        show(self.panels, self.scenes, moment)
        self.stamp.update(moment)
        self.captions.update(moment)

    def frames(self, every: int = 1) -> Iterator[Frame]:
        """The frames in order, or every n-th and the last: views of one buffer that the next frame overwrites. What is
        drawn of every n-th is kept until the others are wanted too, as far as it is not too large."""
        numbers = range(0, len(self), every)
        canvas = self._canvas()
        for number in (*numbers, *range(numbers[-1] + 1, len(self))[-1:]):
            frame = self._kept.pop(number, None)
            if frame is None:
                frame = self._draw(canvas, self.timeline[number])
            if every > 1 and (len(self._kept) + 1) * frame.nbytes <= MOST_KEPT:
                self._kept[number] = frame.copy()
            yield frame

    def frame(self, number: int) -> Frame:
        """One frame, counted from 0, or from -1 backwards: an array of the caller's own. IndexError beyond the ends."""
        return self._draw(self._canvas(), self.timeline[range(len(self))[number]]).copy()

    def at(self, moment: float | str) -> Frame:
        """The frame of a moment at which there is a snapshot, as a still is named: an epoch, or «step 12». It need not
        be one of the film's, and is an array of the caller's own. ConfigError where there is no snapshot."""
        return self._draw(self._canvas(), self._recorded(moment)).copy()

    def _recorded(self, moment: float | str) -> float:
        """A moment in epochs."""
        return place(moment, self.experiment, [scene.run.recording for scene in self.scenes])

    @property
    def pauses(self) -> dict[int, float]:
        """The frames at which the film stays, for how many seconds longer."""
        animation, recordings = self.experiment.animation, [scene.run.recording for scene in self.scenes]
        again = repeats(self.timeline, stretches(self.experiment, recordings))
        found = {number: count / animation.fps for number, count in again.items()}
        for moment, hold in zip(self.captions.moments, self.captions.holds, strict=True):
            number = int(np.searchsorted(self.timeline, moment - SLIGHT))
            found[number] = found.get(number, 0.0) + hold
        return found

    def last_frame(self) -> Frame:
        """The frame that stands at the end."""
        return self.frame(-1)

    def shapes(self, number: int, scale: float = 1) -> list[Shape]:
        """What moves in a frame, in pixels and from the bottom up, for renderers other than ours; pictures have `scale`
        cells along each pixel. It lies over all that the figure itself draws."""
        return [shape for shapes in self.moving(number, scale) for shape in shapes]

    def moving(self, number: int, scale: float = 1) -> list[list[Shape]]:
        """The same mark by mark, in an order that is that of all frames."""
        moment = self.timeline[range(len(self))[number]]
        with style(self.theme, self.scale):
            self._show(moment)
            found = [[self._as_shown(shape) for shape in mark.shapes(scale)] for mark in self.animated]
            found += [[words] for words in self.stamp.shapes(moment)]
            return found

    def _as_shown(self, shape: Shape) -> Shape:
        return as_dashed(shape, self.figure) if isinstance(shape, Lines) else shape

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The numbers of the run that summaries have; of variants, by label."""
        members = zip(self.experiment.members, self.scenes, strict=True)
        found = {label: measure(member, scene.run.recording) for (label, member), scene in members}
        return found if self.experiment.variants else found[""]

    @cached_property
    def alt(self) -> str:
        """What readers who do not see it need to know."""
        with decimal_sign(self.theme.decimal_sign):
            return self._asked_for.alt or describe(self._asked_for, self.metrics)

    def save(self, path: str | PathLike[str], report: Report = lambda what, done, total: None) -> Path:
        """Write the film, or its last frame in a format that does not move, as the suffix says: whole, or not at all.
        A film stays within `output.max_size`; what was lowered for that is added to `notes`.

        A ConfigError for another suffix, a FileError where the file cannot be written, or not so small.
        """
        path = Path(path)
        name, most = format_of(path.name), self.experiment.output.max_size
        if most is not None and name in FORMATS and FORMATS[name].moves:
            self.notes += save_within(self, path, most, report)
        else:
            save(self, path, report)
        return path

    def with_animation(self, **changes: Any) -> Film:
        """A film of the same recordings with other values of `animation`."""
        runs = [scene.run for scene in self.scenes]
        other = config.with_animation(self._asked_for, **changes)
        return Film(other, [run.recording for run in runs], [run.ensemble for run in runs], self._is_draft)

    def config_text(self, format_name: str) -> str:
        """The config as YAML, as a file of this format carries it."""
        return config.text_in_file(self._asked_for, File(format_name, self._asked_for.animation.theme))

    def given_away(self, moment: float | str | None = None) -> Figure:
        """Its figure at the end, or at a moment as `at` has it, with all that moves as a part of it; the film is no
        longer to be used."""
        found = self.timeline[-1] if moment is None else self._recorded(moment)
        with style(self.theme, self.scale):
            self._show(found)
            for mark in self.animated:
                mark.set_animated(False)
            for words in self.stamp.shapes(found):
                place = (words.x / self.figure.bbox.width, words.y / self.figure.bbox.height)
                look: dict[str, Any] = {"ha": "left", "va": "baseline", "fontsize": SIZE, "color": words.color}
                self.figure.text(*place, words.text, **look)
        return self.figure

    @property
    def has_columns(self) -> bool:
        """Whether variants stand beside each other."""
        return any(len(placed.variants) < len(self.scenes) for placed in self.panels)

    def _canvas(self) -> FigureCanvasAgg:
        canvas = FigureCanvasAgg(self.figure)
        if self._background is None:
            with style(self.theme, self.scale):
                canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
        return canvas

    def _draw(self, canvas: FigureCanvasAgg, moment: float) -> Frame:
        canvas.restore_region(self._background)
        with style(self.theme, self.scale):
            self._show(moment)
            renderer = canvas.get_renderer()
            for mark in self.animated:
                mark.draw(renderer)
            frame = np.asarray(canvas.buffer_rgba())
            self.stamp.paste(frame, moment)
        return frame

    def drawing(self, moment: float | str | None = None) -> Drawing:
        """The last frame, or that of a moment as `at` has it, as shapes."""
        found = self.timeline[-1] if moment is None else self._recorded(moment)
        with style(self.theme, self.scale):
            self._show(found)
            return self._as_drawing([*recorded(self.figure, self.animated), *self.stamp.shapes(found)])

    def reel(self, tell: Callable[[int], None] = lambda number: None) -> Reel:
        """The whole film as shapes; with the theme `auto` in the colours of light pages and of dark ones. Frames are
        told by their numbers when they are asked for."""
        other = self._dark
        dark = other.reel() if other else None
        return Reel(self._still, _Moments(self, tell), dark, lambda: guide_of(self, other or self))

    @cached_property
    def _still(self) -> Drawing:
        """What never changes, as shapes."""
        with style(self.theme, self.scale):
            return self._as_drawing(recorded(self.figure))

    @cached_property
    def _dark(self) -> Film | None:
        """The same in the colours of dark pages, with a theme that is that of the page."""
        return self.with_animation(theme=DARK) if self.experiment.animation.theme == AUTO else None

    def _as_drawing(self, shapes: list[Shape]) -> Drawing:
        size, box, fonts = self.experiment.animation.size, self.figure.bbox, self.theme.fonts
        return Drawing(size, (box.width, box.height), shapes, self.title, self.alt, fonts)


def _shown_parts(
    experiment: Experiment, recordings: Sequence[Recording], ensembles: Sequence[Ensemble | None]
) -> tuple[list[Recording], list[Ensemble | None]]:
    """What is shown of each recording, with the numbers that it lacks, and of the networks from which it was chosen."""
    members = [member for _, member in experiment.members]
    parts = [measured(own, shown_part(own, recording)) for own, recording in zip(members, recordings, strict=True)]
    return parts, [each and shown_part(own, each) for own, each in zip(members, ensembles, strict=False)]


class _Moments(Sequence[list[list[Shape]]]):
    """What moves in each frame of a film, made when it is asked for."""

    def __init__(self, film: Film, tell: Callable[[int], None]) -> None:
        self._film, self._tell = film, tell

    def __len__(self) -> int:
        return len(self._film)

    def __getitem__(self, number: Any) -> Any:
        if number >= len(self):
            raise IndexError(number)
        self._tell(number + 1)
        return self._film.moving(number)


def make_figure(size: tuple[int, int], theme: Theme, scale: float = 1) -> Figure:
    """An empty figure of this many pixels, `scale` of them for each one on which panels are laid out."""
    dpi = DPI * scale
    figure = Figure(figsize=(_inches(size[0], dpi), _inches(size[1], dpi)), dpi=dpi, facecolor=theme.ground)
    FigureCanvasAgg(figure)  # which measures legends
    return figure


def _inches(pixels: int, dpi: float) -> float:
    """So many pixels as inches, of which rounding leaves no pixel out."""
    inches = pixels / dpi
    return inches if inches * dpi >= pixels else math.nextafter(inches, math.inf)
