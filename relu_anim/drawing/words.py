"""Words: how wide they are, what is left of them where they are too wide, and texts that change."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import matplotlib
from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from relu_anim.drawing.recorder import ShapeRecorder, measured
from relu_anim.drawing.shapes import Shape
from relu_anim.drawing.theme import DPI
from relu_anim.drawing.typefaces import family

FEWEST = 4  # characters to which a text may be cut
ASCENT, DESCENT, LINE_GAP = 0.76, 0.24, 0.2  # of the font, as shares of its size


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Pixels that the longest line of a text takes; `size` is in points."""
    return max(_size_here(line, size, weight)[0] for line in text.split("\n"))


def block_size(text: str, size: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height in pixels of a text in one or more lines."""
    em, lines = size * DPI / 72, text.split("\n")
    each = [_size_here(line, size, weight) for line in lines]
    heights = [max(height - descent, ASCENT * em) + max(descent, DESCENT * em) for _, height, descent in each]
    return max(width for width, *_ in each), sum(heights) + LINE_GAP * em * len(lines) * (len(lines) > 1)


def _size_here(line: str, size: float, weight: str) -> tuple[float, float, float]:
    """Width, height and descent in a picture in the style that holds: letters have whole pixels of it, so that they are
    a little wider or narrower at another scale."""
    dpi = float(matplotlib.rcParams["figure.dpi"])
    width, height, descent = _size_at(line, size, weight, dpi, family())
    return width * DPI / dpi, height * DPI / dpi, descent * DPI / dpi


@functools.lru_cache(maxsize=1024)
def _size_at(line: str, size: float, weight: str, dpi: float, family: tuple[str, ...]) -> tuple[float, float, float]:
    return measured(line, FontProperties(family=family, size=size, weight=weight), dpi)


def width_of(text: Text) -> float:
    """Pixels that the longest line of a text in the normal weight takes."""
    return text_width(text.get_text(), float(text.get_fontsize()))


def wrapped(text: str, rooms: Sequence[float], size: float, weight: str = "normal") -> list[str]:
    """The text in lines, for each of which there are so many pixels. A line stays empty that is too short for the next
    word; the last has all that is left, however wide."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip(" ")
        while len(lines) < len(rooms) and text_width(longer, size, weight) > rooms[len(lines) - 1]:
            lines.append("")
            longer = word
        lines[-1] = longer
    return lines


def fitting(choices: Sequence[str], pixels: float, size: float) -> str:
    """The first of several texts that is not wider than this; nothing where all are."""
    return next((text for text in choices if text_width(text, size) <= pixels), "")


def shortened(text: str, pixels: float, size: float, weight: str = "normal", fewest: int = FEWEST) -> str:
    """The text, cut short where it would be wider, but for a few characters; nothing where not even one has room."""
    if text_width(text, size, weight) <= pixels:
        return text
    while len(text) > fewest and text_width(text.rstrip() + "…", size, weight) > pixels:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def cut(text: str, most: int) -> str:
    """The text in at most this many characters, one of its own at least."""
    return text if len(text) <= max(most, 1) else text[: max(most - 1, 1)] + "…"


class ChangingText:
    """A text of Matplotlib's as a mark. Only another text is laid out anew, which takes longer than all else."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def say(self, words: str) -> None:
        """Show these words."""
        if words != self.text.get_text():
            self.text.set_text(words)

    def shapes(self, scale: float = 1) -> Iterator[Shape]:
        """Its lines, over the box behind them if it has one; nothing while it is hidden."""
        figure = self.text.get_figure(root=True)
        assert figure is not None
        recorder = ShapeRecorder(figure, self.text.get_horizontalalignment())
        self.text.draw(recorder)
        yield from recorder.found

    def draw(self, renderer: RendererBase) -> None:
        """Draw it."""
        self.text.draw(renderer)

    def set_animated(self, b: bool, /) -> None:
        """Whether Matplotlib leaves it out where it draws a whole figure."""
        self.text.set_animated(b)
