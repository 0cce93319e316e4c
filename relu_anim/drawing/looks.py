"""How a variant looks, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relu_anim.drawing.theme import LINE_STYLES, Theme
from relu_anim.drawing.words import shortened, text_width

NAME_SIZE = 10  # points, in a legend


@dataclass(frozen=True)
class Look:
    """Name, colour and line style of one variant.

    `label` is "" and `number` 0 for an experiment without variants. `seed` is the network's where it was chosen,
    `stopped_at` the moment at which its training broke off: «epoch 12», «step 120», as the film counts. `room` are the
    pixels that a name has in a legend.
    """

    theme: Theme
    label: str = ""
    number: int = 0
    seed: int | None = None
    stopped_at: str = ""
    room: float = 0

    @property
    def name(self) -> str:
        """The label, with the seed where that was chosen."""
        return self.label if self.seed is None else f"{self.label}, seed {self.seed}"

    @property
    def stopped(self) -> str:
        """Where the training broke off: «stopped at epoch 12», or nothing."""
        return f"stopped at {self.stopped_at}" if self.stopped_at else ""

    @property
    def heading(self) -> str:
        """The name, and where the training broke off; cut and in several lines where its panel is narrow."""
        return self.fitted(self.name)

    def fitted(self, name: str) -> str:
        """A name of this variant in a legend, and where its training broke off."""
        stopped = self.stopped
        whole = ", ".join(filter(None, [name, stopped]))
        if text_width(whole, NAME_SIZE) <= self.room:
            return whole
        if text_width(stopped, NAME_SIZE) > self.room:
            stopped = stopped.replace(f" {self.stopped_at}", f"\n{self.stopped_at}")
        return "\n".join(filter(None, [shortened(name, self.room, NAME_SIZE), stopped]))

    @property
    def color(self) -> str:
        """The colour of this variant where several are overlaid."""
        return (self.theme.output, *self.theme.units)[self.number % (1 + len(self.theme.units))]

    @property
    def dashes(self) -> Any:
        """The line style of this variant where several are overlaid; those of one colour differ in it."""
        return LINE_STYLES[self.number % len(LINE_STYLES)]
