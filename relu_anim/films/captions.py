"""What an author says at moments of a film, below its title."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from matplotlib.figure import Figure

from relu_anim.config.animation import Caption
from relu_anim.drawing.room import unit
from relu_anim.drawing.theme import Theme
from relu_anim.drawing.words import ChangingText, shortened, wrapped
from relu_anim.films.stamp import BASELINE, HEADER, margin_of
from relu_anim.films.timeline import SLIGHT

SIZE = 11  # points
LINE, APART = 18, 4  # pixels from one line to the next, and between them and the title
MOST_LINES = 2
CUT = (
    "captions: «{}» is too long for two lines, so its end is left out; shorten it, "
    "or change animation.size or text_scale"
)


class Captions:
    """Captions with their moments in epochs, each from its moment on until the next; `height` is the room of the
    longest, which all frames keep below a header of so many pixels. `notes` are what their author should know."""

    def __init__(self, figure: Figure, captions: Sequence[tuple[float, Caption]], header: float, theme: Theme) -> None:
        captions = sorted(captions, key=itemgetter(0))
        self.moments = [moment for moment, _ in captions]
        self.said = [caption for _, caption in captions]
        self.holds = [caption.hold for caption in self.said]
        self.notes: list[str] = []
        scale, margin = unit(figure), margin_of(figure)
        width = figure.bbox.width / scale - 2 * margin
        self.texts = [self._in_lines(caption.text, width) for _, caption in captions]
        self.height = max((APART + LINE * (text.count("\n") + 1) for text in self.texts), default=0)
        down = (header - HEADER + BASELINE + APART + LINE) * scale
        place = margin * scale / figure.bbox.width, 1 - (down - SIZE * scale) / figure.bbox.height
        look: dict[str, Any] = {"ha": "left", "va": "top", "fontsize": SIZE, "color": theme.ink}
        self.marks = [ChangingText(figure.text(*place, "", **look))] if captions else []

    def _in_lines(self, text: str, width: float) -> str:
        """A text in as many lines as it needs, cut short where two are not enough."""
        lines = wrapped(text, [width] * MOST_LINES, SIZE)
        whole = [shortened(line, width, SIZE, fewest=0) for line in lines]
        self.notes += [CUT.format(text)] * (whole != lines)
        return "\n".join(whole)

    def update(self, moment: float) -> None:
        """Show what is said at a moment."""
        before = [text for start, text in zip(self.moments, self.texts, strict=True) if start < moment + SLIGHT]
        for mark in self.marks:
            mark.say(before[-1] if before else "")
