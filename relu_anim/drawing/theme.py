"""Colours and line styles of the two themes (Okabe–Ito, so that colour-blind readers can tell them apart)."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb

DPI = 100
LABEL, TICK, SMALL_LETTERS = 11, 10, 8  # points: titles and names of axes, labels of ticks, and what has little room
PALER = 0.4
LINE_STYLES: tuple[Any, ...] = ("-", (0, (7, 2)), (0, (7, 2, 1.5, 2)), (0, (1.5, 1.5)))


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, each by what it is for."""

    background: str
    ink: str  # title, stamp
    muted: str  # axes, labels
    grid: str
    outside: str  # shading of what was not trained on
    target: str
    output: str
    warning: str
    units: tuple[str, ...]

    def paler(self, color: str) -> tuple[float, float, float]:
        """A tone between the colour and the background."""
        mixed = PALER * np.array(to_rgb(self.background)) + (1 - PALER) * np.array(to_rgb(color))
        red, green, blue = mixed.tolist()
        return red, green, blue

    def unit_color(self, index: int) -> str:
        """The colour that a unit keeps through all panels."""
        return self.units[index % len(self.units)]

    def unit_style(self, index: int) -> Any:
        """The line style of a unit: neighbours differ, and so do two units that share a colour."""
        return LINE_STYLES[(index + index // len(self.units)) % len(LINE_STYLES)]


THEMES = {
    "light": Theme(
        background="#ffffff",
        ink="#1b1b1b",
        muted="#595959",
        grid="#e4e4e4",
        outside="#f1f1f1",
        target="#595959",
        output="#0072b2",
        warning="#d55e00",
        units=("#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1"),
    ),
    "dark": Theme(
        background="#16191d",
        ink="#f0f0f0",
        muted="#b0b4b8",
        grid="#30353b",
        outside="#22262b",
        target="#c4c8cc",
        output="#56b4e9",
        warning="#ff8a3d",
        units=("#e69f00", "#2fc79a", "#e29ac2", "#f0e442", "#b79be0", "#ff8a3d"),
    ),
}


_one_at_a_time = threading.RLock()


@contextmanager
def style(theme: Theme, scale: float = 1) -> Iterator[None]:
    """Matplotlib's own defaults with this theme on top, for pictures with `scale` pixels for each of ours; a user's
    matplotlibrc changes nothing. They are those of the whole process, so that one thread draws at a time."""
    parameters: Any = matplotlib.rcParams
    with _one_at_a_time:
        before = dict(dict.items(parameters))
        dict.update(
            parameters, _settings(theme) | {"figure.dpi": DPI * scale}
        )  # as a plain dict: checking them anew takes 15 ms each time
        try:
            yield
        finally:
            dict.update(parameters, before)


@functools.cache
def _settings(theme: Theme) -> dict[str, Any]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_parameters(theme))  # type: ignore[arg-type]  # the stubs want its keys as literals
        parameters: Any = matplotlib.rcParams
        return {key: value for key, value in dict.items(parameters) if key != "backend"}


def _parameters(theme: Theme) -> dict[str, Any]:
    return {
        "figure.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "text.color": theme.ink,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.muted,
        "axes.titlecolor": theme.muted,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "grid.color": theme.grid,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 1.0,
        "grid.linewidth": 1.0,
        "font.size": 11,
        "axes.titlesize": LABEL,
        "axes.titlelocation": "left",
        "axes.labelsize": LABEL,
        "xtick.labelsize": TICK,
        "ytick.labelsize": TICK,
        "legend.fontsize": 10,
        "legend.framealpha": 0.85,
        "legend.edgecolor": "none",
        "legend.facecolor": theme.background,
        "lines.linewidth": 2.5,
        "lines.solid_capstyle": "round",
        "lines.dash_capstyle": "butt",
        "axes.formatter.use_mathtext": False,  # its parser takes 0.6 s to load
        "text.parse_math": False,  # a $ in a label or a column's name is a $
        "axes.unicode_minus": True,
    }
