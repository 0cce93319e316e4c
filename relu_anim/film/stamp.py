"""The line above the panels: title, epoch or step, and loss.

Matplotlib lays a text out anew each time it changes, which takes longer than all the rest of a frame. Here each digit
is drawn once, and the numbers of a frame are put together from these bitmaps.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.room import unit
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import DPI, Theme
from relu_anim.drawing.words import ChangingText, shortened, text_width, wrapped
from relu_anim.numbers import THIN_SPACE, steady
from relu_anim.panels import Scene

Frame = NDArray[np.uint8]  # [height, width, 4], RGBA

HEADER = 40  # pixels: the height of one line above the panels
MARGIN = 24
NARROW, NARROW_MARGIN = 240, 8  # below this width, so that both numbers fit beside their words
SIZE = 11  # points
TITLE_SIZES = (13, 12, 11, 10, 9)
BASELINE = 28  # pixels from the top
TITLE_LINE = 22  # pixels from one line of the title to the next
GAP, WIDE_GAP = 6, 18  # pixels between a word and its number, and between the two pairs
CUT = "title: too long for the picture, so its end is left out; shorten it, or change animation.size or text_scale"


class Stamp:
    """The epoch or the step, and without variants the loss if it has room, at fixed places at the top right; to their
    left the seed, if it was chosen, and at the end of a run that diverged a note.

    `notes` are drawn where they are visible; `paste` sets the numbers into a frame. Elsewhere than in a frame, which
    takes them as bitmaps, they are words: `shapes`, or `number_texts` of the figure.
    """

    def __init__(self, figure: Figure, moments: Array, scenes: Sequence[Scene], theme: Theme) -> None:
        self.scale, run = unit(figure), scenes[0].run
        self.glyphs = glyphs_of(theme, figure.dpi)
        self.times = format_times(np.rint(moments * run.experiment.steps) if run.by_step else moments)
        self.losses: list[str] = []
        self.notes: list[ChangingText] = []
        self.ink = to_rgba(theme.ink)
        self.number_texts: list[Text] = []
        self.row = round(BASELINE * self.scale)
        self.baseline = int(figure.bbox.height) - self.row
        right = int(figure.bbox.width) - self._pixels(margin_of(figure))
        losses = [steady(float(loss)) for loss in run.recording.loss[run.shown]]
        if len(scenes) == 1 and self._width(losses, run.counts) <= right - self._pixels(NARROW_MARGIN):
            self.losses = losses
            self.loss_left = right - max(map(self.glyphs.width, self.losses))
            self.number_texts = [self._text(figure, "", self.loss_left, theme.ink, align="left")]
            loss_word = self._text(figure, "loss", self.loss_left - self._pixels(GAP), theme.ink)
            right = int(loss_word.get_window_extent().x0) - self._pixels(WIDE_GAP)
        self.time_left = right - max(map(self.glyphs.width, self.times))
        self.number_texts.append(self._text(figure, "", self.time_left, theme.ink, align="left"))
        time_word = self._text(figure, run.counts, self.time_left - self._pixels(GAP), theme.ink)
        self._left = float(time_word.get_window_extent().x0)
        if len(scenes) == 1 and (choice := scenes[0].run.experiment.choice):
            seed = f"seed {scenes[0].run.recording.seed}"
            self._name_seed(figure, f"{seed}, {choice}", seed, theme)
        elif len(choices := {str(scene.run.experiment.choice) for scene in scenes} - {"None"}) == 1:
            choice_of_all = choices.pop()
            self._name_seed(figure, f"each the {choice_of_all}", choice_of_all, theme)
        if len(scenes) == 1 and scenes[0].run.recording.stopped:
            note = self._text(figure, "then diverged", self._beside(), theme.warning)
            self._left = float(note.get_window_extent().x0)
            self.notes = [ChangingText(note)]

    def _width(self, losses: Sequence[str], counts: str) -> float:
        """How many pixels the time and these losses take with their words."""
        numbers = sum(max(map(self.glyphs.width, column)) for column in (self.times, losses))
        return numbers + (text_width(counts, SIZE) + text_width("loss", SIZE) + 2 * GAP + WIDE_GAP) * self.scale

    @property
    def left(self) -> float:
        """Where it begins, in pixels as panels count them."""
        return self._left / self.scale

    def _pixels(self, length: float) -> int:
        """A length as whole pixels of the frame."""
        return round(length * self.scale)

    def _beside(self) -> int:
        """Where a text ends that stands to the left of all there is."""
        return int(self._left) - self._pixels(WIDE_GAP)

    def _name_seed(self, figure: Figure, words: str, short: str, theme: Theme) -> None:
        """Write which seed it is and how it was chosen, which says more than a title; in short where it is too long."""
        text = self._text(figure, words, self._beside(), theme.muted)
        if text.get_window_extent().x0 < self._pixels(NARROW_MARGIN):
            text.set_text(short)
        self._left = float(text.get_window_extent().x0)

    def _text(self, figure: Figure, words: str, x: int, color: str, align: str = "right") -> Text:
        place = (x / figure.bbox.width, self.baseline / figure.bbox.height)
        return figure.text(*place, words, ha=align, va="baseline", fontsize=SIZE, color=color)

    def update(self, number: int) -> None:
        """Show the note on the last frame of a run that diverged."""
        for note in self.notes:
            note.text.set_visible(number in (-1, len(self.times) - 1))

    def paste(self, frame: Frame, number: int) -> None:
        """Set the numbers of a frame into it."""
        self.glyphs.paste(frame, self.times[number], self.time_left, self.row)
        if self.losses:
            self.glyphs.paste(frame, self.losses[number], self.loss_left, self.row)

    def shapes(self, number: int) -> Iterator[Words]:
        """The numbers of a frame, where they are pasted."""
        size = SIZE * DPI / 72 * self.scale
        yield Words(self.times[number], self.time_left, self.baseline, size, self.ink)
        if self.losses:
            yield Words(self.losses[number], self.loss_left, self.baseline, size, self.ink)

    def write(self, number: int | None) -> None:
        """Write the numbers of a frame as texts, or take the texts away."""
        columns = [self.losses, self.times] if self.losses else [self.times]
        for text, numbers in zip(self.number_texts, columns, strict=True):
            text.set_text("" if number is None else numbers[number])


class Glyphs:
    """Bitmaps of the characters of numbers, on the theme's background, for pictures of this many dots per inch."""

    CHARACTERS = "0123456789.·⁰¹²³⁴⁵⁶⁷⁸⁹⁻" + THIN_SPACE

    def __init__(self, theme: Theme, dpi: float) -> None:
        scale = dpi / DPI
        cell = 2 * math.ceil(20 * scale)  # pixels; wider and higher than any of them
        self.above, self.below = math.ceil(14 * scale), math.ceil(5 * scale)  # pixels around the baseline
        size = (cell * len(self.CHARACTERS) / dpi, cell / dpi)
        figure = Figure(figsize=size, dpi=dpi, facecolor=theme.background)
        for index, character in enumerate(self.CHARACTERS):
            place = (index / len(self.CHARACTERS), 0.5)
            figure.text(*place, character, va="baseline", fontsize=SIZE, color=theme.ink)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        sheet = np.asarray(canvas.buffer_rgba())[cell // 2 - self.above : cell // 2 + self.below]
        advances = self._advances(canvas)
        self.bitmaps = {
            character: sheet[:, index * cell : index * cell + advances[character]].copy()
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
            frame[row - self.above : row + self.below, left:right] = bitmap
            left = right


@functools.cache
def glyphs_of(theme: Theme, dpi: float) -> Glyphs:
    """The bitmaps for a theme, which all films of a build share."""
    return Glyphs(theme, dpi)


def margin_of(figure: Figure) -> int:
    """Pixels that the line above the panels keeps from the edges."""
    return MARGIN if figure.bbox.width >= NARROW * unit(figure) else NARROW_MARGIN


def draw_title(figure: Figure, title: str, theme: Theme, right: float = math.inf) -> tuple[float, list[str]]:
    """The title at the top left, up to `right` (pixels): in two lines where it is long, the second one over all of the
    width; in smaller letters where these are not enough, and at last cut short. Returns how much all of it takes of the
    height, and what its author should know."""
    scale, margin = unit(figure), margin_of(figure)
    width = figure.bbox.width / scale - 2 * margin
    rooms = (max(min(right - WIDE_GAP - margin, width), 0.0), width)
    size, lines = _fitted(title, rooms)
    whole = [shortened(line, room, size, "bold", fewest=0) for line, room in zip(lines, rooms, strict=False)]
    for number, line in enumerate(whole):
        down = round((BASELINE + number * TITLE_LINE) * scale)
        place = (margin * scale / figure.bbox.width, 1 - down / figure.bbox.height)
        figure.text(*place, line, ha="left", va="baseline", fontsize=size, fontweight="bold", color=theme.ink)
    return HEADER + TITLE_LINE * (len(lines) - 1), [CUT] * (whole != lines)


def header_height(title: str, width: float) -> int:
    """Pixels that a title alone takes of the height of a picture that is this wide."""
    room = width - 2 * MARGIN
    return HEADER + TITLE_LINE * (len(_fitted(title, (room, room))[1]) - 1)


def _fitted(title: str, rooms: tuple[float, float]) -> tuple[int, list[str]]:
    """The largest size at which a title fits in one line or in two, and its lines; or else the smallest."""
    for size in TITLE_SIZES:
        if text_width(title, size, "bold") <= rooms[0]:
            return size, [title]
        if lines := _two_lines(title, rooms, size):
            return size, lines
    return size, wrapped(title, rooms, size, "bold")


def _two_lines(title: str, rooms: tuple[float, float], size: int) -> list[str]:
    """The title in two lines, as equally long as can be; all of it in the second one where the first has room for the
    least part alone. Nothing where it does not fit."""
    words = title.split(" ")
    pairs = [[" ".join(words[:count]), " ".join(words[count:])] for count in range(len(words))]
    widths = [[text_width(line, size, "bold") for line in pair] for pair in pairs]
    fitting = [i for i, (first, second) in enumerate(widths) if first <= rooms[0] and second <= rooms[1]]
    if not fitting:
        return []
    best = min(fitting, key=lambda i: abs(widths[i][0] - widths[i][1]))
    return pairs[0] if fitting[0] == 0 and widths[best][0] < widths[0][1] / 3 else pairs[best]


def format_times(times: Array) -> list[str]:
    """Epochs or steps with their thousands apart: as whole numbers where all of them are."""
    digits = 0 if (times == np.rint(times)).all() else 2
    return [f"{time:,.{digits}f}".replace(",", THIN_SPACE) for time in times.tolist()]
