"""Words: how wide they are, what is left of them where they are too wide, and texts that change."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.backend_bases import RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from relu_anim.drawing.recorder import Recorder, measured
from relu_anim.drawing.shapes import Shape
from relu_anim.drawing.theme import DPI

CHARACTER = 0.86  # pixels for each point of font size: how wide a character is, about and rather too much
FEWEST = 4  # characters to which a text may be cut


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Pixels that the longest line of a text takes; `size` is in points."""
    font = FontProperties(size=size, weight=weight)
    return max(measured(line, font, DPI)[0] for line in text.split("\n"))


def width_of(text: Text) -> float:
    """Pixels that the longest line of a text in the normal weight takes."""
    return text_width(text.get_text(), float(text.get_fontsize()))


def width_at_most(characters: int, size: float) -> float:
    """Pixels that this many characters take, whichever they are; `size` is in points."""
    return CHARACTER * size * characters


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
        recorder = Recorder(figure, self.text.get_horizontalalignment())
        self.text.draw(recorder)
        yield from recorder.found

    def draw(self, renderer: RendererBase) -> None:
        """Draw it."""
        self.text.draw(renderer)

    def set_animated(self, b: bool, /) -> None:
        """Whether Matplotlib leaves it out where it draws a whole figure."""
        self.text.set_animated(b)
