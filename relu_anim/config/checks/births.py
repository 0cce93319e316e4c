"""What is counted in a figure of fresh networks: widths that differ, and no more of them than can be waited for."""

from __future__ import annotations

from collections.abc import Iterator

from relu_anim.config.checks.target import Finding
from relu_anim.config.models import BornDeadFigure

MOST_SHARE = 1.5  # with room above
MOST_WEIGHTS = 5_000_000_000  # that are drawn at 15 to 45 ns each: one to four minutes


def unique_widths(f: BornDeadFigure) -> Iterator[Finding]:
    """Each width is there once."""
    for index, width in enumerate(f.widths):
        if width in f.widths[:index]:
            yield ("widths", index), f"{width} is there already"


def ylim_of_shares(f: BornDeadFigure) -> Iterator[Finding]:
    """The y axis is of shares, from 0 to 1."""
    ylim = f.animation.ylim
    if ylim != "auto" and ylim[1] > MOST_SHARE:
        yield ("animation", "ylim"), f"shares are at most 1; for up to {ylim[1]:g} % write [0, {ylim[1] / 100:g}]"


def can_be_counted(f: BornDeadFigure) -> Iterator[Finding]:
    """All networks are drawn within minutes."""
    most = MOST_WEIGHTS // f.weights_of_one
    if f.networks > most:
        message = f"so many networks of these widths and depth would take many minutes; at most {most:,} do not"
        yield ("networks",), message
