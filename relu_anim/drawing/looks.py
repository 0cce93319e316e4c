"""How a variant looks, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relu_anim.drawing.markers import marker_of
from relu_anim.drawing.theme import LINE_STYLES, Theme
from relu_anim.drawing.words import shortened, text_width
from relu_anim.words import Wording

NAME_SIZE = 10  # points, in a legend


@dataclass(frozen=True)
class Look:
    """Name, colour, line style and marker of one variant.

    `label` is "" and `number` 0 for an experiment without variants. `color` is what its output and its numbers have.
    `seed` is the network's where it was chosen, `stopped_at` the moment at which its training broke off, as the film
    counts: «epoch 12», «step 120». `room` are the pixels that a name has in a legend.
    """

    theme: Theme
    words: Wording
    color: str
    label: str = ""
    number: int = 0
    seed: int | None = None
    stopped_at: str = ""
    room: float = 0

    @property
    def name(self) -> str:
        """The label, with the seed where that was chosen."""
        return ", ".join([self.label] + ([] if self.seed is None else [self.words("seed", seed=str(self.seed))]))

    def named(self, alone: str, is_one_of_many: bool) -> tuple[str, str]:
        """What its line is called at its end, and that of held-out points; `alone` is the name of a single one."""
        name = ", ".join(filter(None, [self.name, self.stopped])) if is_one_of_many else alone
        test = self.words("test")
        return name, f"{name}, {test}" if is_one_of_many else test

    @property
    def stopped(self) -> str:
        """Where the training broke off: «stopped at epoch 12», or nothing."""
        return self.words("stopped_at", moment=self.stopped_at) if self.stopped_at else ""

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
    def test_color(self) -> str:
        """The colour of its numbers on held-out points, which are dashed."""
        return self.color if self.label else self.theme.warning

    @property
    def dashes(self) -> Any:
        """The line style of this variant where several are overlaid; those of one colour differ in it."""
        return LINE_STYLES[self.number % len(LINE_STYLES)]

    @property
    def marker(self) -> str:
        """The marker at the end of this variant's lines, where their dashes say something else."""
        return marker_of(self.number, len(palette(self.theme)))


def palette(theme: Theme) -> tuple[str, ...]:
    """The colours of variants that their activations do not tell apart."""
    return (theme.output, *theme.units)


def variant_colors(theme: Theme, activations: Sequence[str]) -> list[str]:
    """A colour for each variant, given the name of its activation, or "" where its layers have several: that of the
    activation where no other variant has the same, else the next of the palette."""
    counts = Counter(activations)
    own = [name if name and counts[name] == 1 and len(counts) > 1 else "" for name in activations]
    named = dict(zip(filter(None, own), theme.activation_colors([*filter(None, own)]), strict=True))
    free = [color for color in palette(theme) if color not in named.values()]
    others = iter(range(len(own)))
    return [named[name] if name else free[next(others) % len(free)] for name in own]
