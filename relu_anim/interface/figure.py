"""A figure that does not move, as a film of one frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import File
from relu_anim.drawing.shapes import Drawing, Reel
from relu_anim.errors import ConfigError
from relu_anim.facts import FIGURE_FORMATS, format_of, joined
from relu_anim.figures import Picture, Still
from relu_anim.films import Frame
from relu_anim.films.saving import save_figure


@dataclass
class OneFrame:
    """What is asked of a film, from a figure."""

    picture: Picture
    advice: str = ""

    def __post_init__(self) -> None:
        self.still = Still(self.picture)
        self.notes = list(self.still.notes)

    def __len__(self) -> int:
        return 1

    @property
    def title(self) -> str:
        """The title as it is drawn."""
        return self.picture.figure.title

    @property
    def alt(self) -> str:
        """What readers who do not see it need to know."""
        return self.still.alt

    @property
    def metrics(self) -> dict[str, Any]:
        """The numbers that summaries have."""
        return self.still.metrics

    def frame(self, number: int) -> Frame:
        """The only frame."""
        range(1)[number]
        return self.still.last_frame().copy()

    def frames(self) -> Iterator[Frame]:
        """The same."""
        yield self.still.last_frame()

    def last_frame(self) -> Frame:
        """The same."""
        return self.still.last_frame()

    def drawing(self) -> Drawing:
        """The same as shapes."""
        return self.still.drawing()

    def reel(self) -> Reel:
        """The same for a page."""
        return self.still.reel()

    def at(self, moment: float | str) -> NoReturn:
        """There is no moment in it."""
        raise ConfigError("a figure that does not move has no moments")

    def given_away(self, moment: float | str | None = None) -> Figure:
        """Its figure, which is no longer to be used here."""
        return self.still.figure if moment is None else self.at(moment)

    def save(self, path: Path, report: Report) -> Path:
        """Write it in the format that the suffix names: whole, or not at all."""
        name = format_of(path.name)
        if name not in FIGURE_FORMATS:
            what = f"has no {name}" if name else "needs a suffix"
            raise ConfigError(f"{path}: a figure that does not move {what}; write {joined(FIGURE_FORMATS)}")
        figure = self.picture.figure
        save_figure(self, path, name, config.text_in_file(figure, File(name, figure.animation.theme)))
        return path
