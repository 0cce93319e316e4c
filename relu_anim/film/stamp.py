"""The line above the panels: title, epoch or step, and loss.

Matplotlib lays a text out anew each time it changes, which takes longer than all the rest of a frame. Here each digit
is drawn once, and the numbers of a frame are put together from these bitmaps.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import DPI, Theme
from relu_anim.drawing.words import ChangingText, shortened, text_width
from relu_anim.numbers import THIN_SPACE, steady
from relu_anim.panels import Scene

Frame = NDArray[np.uint8]  # [height, width, 4], RGBA

HEADER = 40  # pixels
MARGIN = 24
NARROW, NARROW_MARGIN = 240, 8  # below this width, so that both numbers fit beside their words
SIZE = 11  # points
TITLE_SIZES = (13, 12, 11, 10, 9)
GAP, WIDE_GAP = 6, 18  # pixels between a word and its number, and between the two pairs


class Stamp:
    """The epoch or the step, and without variants the loss, at fixed places at the top right; to their left the seed,
    if it was chosen, and at the end of a run that diverged a note.

    `notes` are drawn where they are visible; `paste` sets the numbers into a frame. Elsewhere than in a frame, which
    takes them as bitmaps, they are words: `shapes`, or `number_texts` of the figure.
    """

    def __init__(self, figure: Figure, moments: Array, scenes: Sequence[Scene], theme: Theme) -> None:
        self.glyphs, run = glyphs_of(theme), scenes[0].run
        self.times = format_times(np.rint(moments * run.experiment.steps) if run.by_step else moments)
        self.losses: list[str] = []
        self.notes: list[ChangingText] = []
        self.ink = to_rgba(theme.ink)
        self.number_texts: list[Text] = []
        self.baseline = _baseline(figure)
        self.row = int(figure.bbox.height - self.baseline)
        right = int(figure.bbox.width) - (MARGIN if figure.bbox.width >= NARROW else NARROW_MARGIN)
        if len(scenes) == 1:
            self.losses = [steady(float(loss)) for loss in scenes[0].run.recording.loss[scenes[0].run.shown]]
            self.loss_left = right - max(map(self.glyphs.width, self.losses))
            self.number_texts = [self._text(figure, "", self.loss_left, theme.ink, align="left")]
            loss_word = self._text(figure, "loss", self.loss_left - GAP, theme.ink)
            right = int(loss_word.get_window_extent().x0) - WIDE_GAP
        self.time_right = right
        self.number_texts.append(self._text(figure, "", right, theme.ink))
        left = right - max(map(self.glyphs.width, self.times)) - GAP
        self.left = float(self._text(figure, run.counts, left, theme.ink).get_window_extent().x0)
        if len(scenes) == 1 and (choice := scenes[0].run.experiment.choice):
            seed = f"seed {scenes[0].run.recording.seed}"
            self._name_seed(figure, f"{seed}, {choice}", seed, theme)
        elif len(choices := {str(scene.run.experiment.choice) for scene in scenes} - {"None"}) == 1:
            choice_of_all = choices.pop()
            self._name_seed(figure, f"each the {choice_of_all}", choice_of_all, theme)
        if len(scenes) == 1 and scenes[0].run.recording.stopped:
            note = self._text(figure, "then diverged", int(self.left) - WIDE_GAP, theme.warning)
            self.left = float(note.get_window_extent().x0)
            self.notes = [ChangingText(note)]

    def _name_seed(self, figure: Figure, words: str, short: str, theme: Theme) -> None:
        """Write which seed it is and how it was chosen, which says more than a title; in short where it is too long."""
        text = self._text(figure, words, int(self.left) - WIDE_GAP, theme.muted)
        if text.get_window_extent().x0 < NARROW_MARGIN:
            text.set_text(short)
        self.left = float(text.get_window_extent().x0)

    def _text(self, figure: Figure, words: str, x: int, color: str, align: str = "right") -> Text:
        place = (x / figure.bbox.width, _baseline(figure) / figure.bbox.height)
        return figure.text(*place, words, ha=align, va="baseline", fontsize=SIZE, color=color)

    def update(self, number: int) -> None:
        """Show the note on the last frame of a run that diverged."""
        for note in self.notes:
            note.text.set_visible(number in (-1, len(self.times) - 1))

    def paste(self, frame: Frame, number: int) -> None:
        """Set the numbers of a frame into it."""
        time = self.times[number]
        self.glyphs.paste(frame, time, self.time_right - self.glyphs.width(time), self.row)
        if self.losses:
            self.glyphs.paste(frame, self.losses[number], self.loss_left, self.row)

    def shapes(self, number: int) -> Iterator[Words]:
        """The numbers of a frame, where they are pasted."""
        size = SIZE * DPI / 72
        yield Words(self.times[number], self.time_right, self.baseline, size, self.ink, "right")
        if self.losses:
            yield Words(self.losses[number], self.loss_left, self.baseline, size, self.ink)

    def write(self, number: int | None) -> None:
        """Write the numbers of a frame as texts, or take the texts away."""
        columns = [self.losses, self.times] if self.losses else [self.times]
        for text, numbers in zip(self.number_texts, columns, strict=True):
            text.set_text("" if number is None else numbers[number])


class Glyphs:
    """Bitmaps of the characters of numbers, on the theme's background."""

    CHARACTERS = "0123456789.·⁰¹²³⁴⁵⁶⁷⁸⁹⁻" + THIN_SPACE
    CELL = 40  # pixels; wider and higher than any of them
    ABOVE, BELOW = 14, 5  # pixels around the baseline

    def __init__(self, theme: Theme) -> None:
        size = (self.CELL * len(self.CHARACTERS), self.CELL)
        figure = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor=theme.background)
        for index, character in enumerate(self.CHARACTERS):
            place = (index / len(self.CHARACTERS), 0.5)
            figure.text(*place, character, va="baseline", fontsize=SIZE, color=theme.ink)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        sheet = np.asarray(canvas.buffer_rgba())[self.CELL // 2 - self.ABOVE : self.CELL // 2 + self.BELOW]
        advances = self._advances(canvas)
        self.bitmaps = {
            character: sheet[:, index * self.CELL : index * self.CELL + advances[character]].copy()
            for index, character in enumerate(self.CHARACTERS)
        }

    def _advances(self, canvas: FigureCanvasAgg) -> dict[str, int]:
        """How far each character moves the pen, in whole pixels."""
        font, renderer = FontProperties(size=SIZE), canvas.get_renderer()

        def width(text: str) -> float:
            return float(renderer.get_text_width_height_descent(text, font, ismath=False)[0])

        zeros = width("00")
        return {c: round((width(f"0{c * 4}0") - zeros) / 4) for c in self.CHARACTERS}

    def width(self, text: str) -> int:
        """Pixels that a text takes."""
        return sum(self.bitmaps[character].shape[1] for character in text)

    def paste(self, frame: Frame, text: str, left: int, row: int) -> None:
        """Set a text into a frame, its baseline at this row."""
        for character in text:
            bitmap = self.bitmaps[character]
            right = left + bitmap.shape[1]
            frame[row - self.ABOVE : row + self.BELOW, left:right] = bitmap
            left = right


@functools.cache
def glyphs_of(theme: Theme) -> Glyphs:
    """The bitmaps for a theme, which all films of a build share."""
    return Glyphs(theme)


def _baseline(figure: Figure) -> int:
    return int(figure.bbox.height) - HEADER // 2 - 8


def draw_title(figure: Figure, title: str, theme: Theme, right: float) -> None:
    """The title, at the top left; smaller, and at last cut short, where it would reach beyond `right` (pixels)."""
    place = (MARGIN / figure.bbox.width, _baseline(figure) / figure.bbox.height)
    room = right - MARGIN
    fitting = (size for size in TITLE_SIZES if text_width(title, size, "bold") <= room)
    size = next(fitting, TITLE_SIZES[-1])
    words = shortened(title, room, size, "bold", fewest=0)
    figure.text(*place, words, ha="left", va="baseline", fontsize=size, fontweight="bold", color=theme.ink)


def format_times(times: Array) -> list[str]:
    """Epochs or steps with their thousands apart: as whole numbers where all of them are."""
    digits = 0 if (times == np.rint(times)).all() else 2
    return [f"{time:,.{digits}f}".replace(",", THIN_SPACE) for time in times.tolist()]
