"""The line above the panels: title, epoch or step, and loss."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.lettering import alike, set_words, width_set
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
LARGE_SIZES = 3  # of them; a third line is better than smaller ones
MOST_OF_HEIGHT = 0.2  # of a picture, that a title of three lines may take
BASELINE = 28  # pixels from the top
TITLE_LINE = 22  # pixels from one line of the title to the next
GAP, WIDE_GAP = 6, 18  # pixels between a word and its number, and between the two pairs
UNKNOWN = "–"  # in place of a number
CUT = "title: too long for the picture, so its end is left out; shorten it, or change animation.size or text_scale"


class Stamp:
    """The epoch or the step, and without variants the loss if it has room, at fixed places at the top right; to their
    left the seed, if it was chosen, and at the end of a run that diverged a note.

    `notes` are drawn where they are visible. The numbers of a frame are `shapes`, which `paste` sets into it.
    """

    def __init__(
        self, figure: Figure, moments: Array, scenes: Sequence[Scene], theme: Theme, is_draft: bool = False
    ) -> None:
        self.scale, self.dpi, run = unit(figure), figure.dpi, scenes[0].run
        words = run.words
        self.run, self.last = run, float(moments[-1])
        self.times = format_times(np.rint(moments * run.experiment.steps) if run.by_step else moments)
        self.has_loss = False
        self.notes: list[ChangingText] = []
        self.ink = to_rgba(theme.ink)
        self.baseline = int(figure.bbox.height) - self._pixels(BASELINE)
        right = int(figure.bbox.width) - self._pixels(margin_of(figure))
        if is_draft:
            right = draw_draft(figure, theme, scenes[0].words("draft"))
        values = run.recording.loss[run.shown]
        losses = [steady(float(loss)) for loss in values[np.isfinite(values)]] or [steady(math.nan)]
        has_room = self._width(losses, run.counts) <= right - self._pixels(NARROW_MARGIN)
        if len(scenes) == 1 and run.has_loss and has_room:
            self.has_loss = True
            self.loss_left = right - self._widest(losses)
            loss_word = self._text(figure, words("loss"), self.loss_left - self._pixels(GAP), theme.ink)
            right = int(loss_word.get_window_extent().x0) - self._pixels(WIDE_GAP)
        self.time_left = right - self._widest(self.times)
        time_word = self._text(figure, run.counts, self.time_left - self._pixels(GAP), theme.ink)
        self._left = float(time_word.get_window_extent().x0)
        if len(scenes) == 1 and (choice := scenes[0].run.experiment.choice):
            seed = words("seed", seed=str(scenes[0].run.recording.seed))
            self._name_seed(figure, f"{seed}, {choice.in_words(words)}", seed, theme)
        elif len(choices := {c.in_words(words) for scene in scenes if (c := scene.run.experiment.choice)}) == 1:
            choice_of_all = choices.pop()
            self._name_seed(figure, words("each_choice", choice=choice_of_all), choice_of_all, theme)
        if len(scenes) == 1 and scenes[0].run.recording.stopped:
            note = self._text(figure, words("then_diverged"), self._beside(), theme.warning)
            self._left = float(note.get_window_extent().x0)
            self.notes = [ChangingText(note)]

    def _widest(self, numbers: Sequence[str]) -> int:
        """Pixels of the frame that the widest of these takes."""
        return max(width_set(text, SIZE, self.dpi) for text in alike(numbers))

    def _width(self, losses: Sequence[str], counts: str) -> float:
        """How many pixels the time and these losses take with their words."""
        numbers = self._widest(self.times) + self._widest(losses)
        words = text_width(counts, SIZE) + text_width(self.run.words("loss"), SIZE)
        return numbers + (words + 2 * GAP + WIDE_GAP) * self.scale

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

    def _text(self, figure: Figure, words: str, x: int, color: str) -> Text:
        place = (x / figure.bbox.width, self.baseline / figure.bbox.height)
        return figure.text(*place, words, ha="right", va="baseline", fontsize=SIZE, color=color)

    def update(self, moment: float) -> None:
        """Show the note at the end of a run that diverged."""
        for note in self.notes:
            note.text.set_visible(moment == self.last)

    def paste(self, frame: Frame, moment: float) -> None:
        """Set the numbers of a moment into its frame."""
        for words in self.shapes(moment):
            set_words(frame, words, self.dpi)

    def shapes(self, moment: float) -> Iterator[Words]:
        """The numbers of a moment, where they are pasted."""
        size, run = SIZE * DPI / 72 * self.scale, self.run
        time = np.rint(moment * run.experiment.steps) if run.by_step else moment
        (text,) = format_times(np.array([time]))
        yield Words(text, self.time_left, self.baseline, size, self.ink)
        loss = float(run.recording.loss[run.index(moment)])
        if self.has_loss:
            is_known = math.isfinite(loss) or run.recording.stopped  # who records it may not say it at first
            number = steady(loss) if is_known else UNKNOWN
            yield Words(number, self.loss_left, self.baseline, size, self.ink)


def draw_draft(figure: Figure, theme: Theme, word: str) -> int:
    """Write at the right of the line above the panels that it is a draft; returns up to where others have room."""
    scale, edge = unit(figure), figure.bbox.width - margin_of(figure) * unit(figure)
    place = (edge / figure.bbox.width, 1 - round(BASELINE * scale) / figure.bbox.height)
    look: dict[str, Any] = {"ha": "right", "va": "baseline", "fontsize": SIZE, "color": theme.warning}
    return int(figure.text(*place, word, **look).get_window_extent().x0) - round(WIDE_GAP * scale)


def margin_of(figure: Figure) -> int:
    """Pixels that the line above the panels keeps from the edges."""
    return MARGIN if figure.bbox.width >= NARROW * unit(figure) else NARROW_MARGIN


def draw_title(figure: Figure, title: str, theme: Theme, right: float = math.inf) -> tuple[float, list[str]]:
    """The title at the top left, up to `right` (pixels): in two lines where it is long, the second one over all of the
    width, or in three beside a stamp in a picture that is high enough; in smaller letters where these are not enough,
    and at last cut short. Returns how much all of it takes of the height, and what its author should know."""
    scale, margin = unit(figure), margin_of(figure)
    width = figure.bbox.width / scale - 2 * margin
    first = max(min(right - WIDE_GAP - margin, width), 0.0)
    is_high = MOST_OF_HEIGHT * figure.bbox.height / scale >= HEADER + 2 * TITLE_LINE
    rooms = (first, width, width) if is_high and first < width else (first, width)
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


def _fitted(title: str, rooms: Sequence[float]) -> tuple[int, list[str]]:
    """The largest size at which a title fits in one line or in two, and its lines; a third line, if there is one, comes
    before letters that are small, and any of these before a first line that has but a scrap. Or else the smallest."""
    for sizes in (TITLE_SIZES[:LARGE_SIZES], TITLE_SIZES[LARGE_SIZES:]):
        first = None
        for most, size in product(range(2, len(rooms) + 1), sizes):
            if lines := _in_lines(title, rooms[:most], size):
                if not _begins_with_a_scrap(size, lines):
                    return size, lines
                first = first or (size, lines)
        if first:
            return first
    return TITLE_SIZES[-1], wrapped(title, rooms, TITLE_SIZES[-1], "bold")


def _in_lines(title: str, rooms: Sequence[float], size: int) -> list[str]:
    """The title in as many lines as there are rooms, or in fewer; nothing where it does not fit."""
    if text_width(title, size, "bold") <= rooms[0]:
        return [title]
    if len(rooms) == 2:
        return _two_lines(title, (rooms[0], rooms[1]), size)
    greatest, below = wrapped(title, rooms, size, "bold")[0], (rooms[1], rooms[2])
    rests = ((first, _two_lines(title[len(first) :].lstrip(" "), below, size)) for first in (greatest, ""))
    found = [[first, *rest] for first, rest in rests if rest]
    return next((lines for lines in found if not _begins_with_a_scrap(size, lines)), found[0] if found else [])


def _begins_with_a_scrap(size: int, lines: Sequence[str]) -> bool:
    """Whether the first of several lines is less than a third of the next one."""
    first, second = (text_width(line, size, "bold") for line in [*lines, ""][:2])
    return 0 < first < second / 3


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
