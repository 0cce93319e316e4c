"""Matplotlib's settings for a theme."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib

from relu_anim.drawing.typefaces import families
from relu_anim.numbers import decimal_sign
from relu_anim.themes import LINE_STYLES, THEMES, Theme, contrast, theme_of

__all__ = ["DPI", "LABEL", "LINE_STYLES", "SMALL_LETTERS", "THEMES", "TICK", "Theme", "contrast", "style", "theme_of"]

DPI = 100
LABEL, TICK, SMALL_LETTERS = 11, 10, 8  # points: titles and names of axes, labels of ticks, and what has little room

_one_at_a_time = threading.RLock()


@contextmanager
def style(theme: Theme, scale: float = 1) -> Iterator[None]:
    """Matplotlib's own defaults with this theme on top, for pictures with `scale` pixels for each of ours, and numbers
    with its decimal sign; a user's matplotlibrc changes nothing. They are those of the whole process, so that one
    thread draws at a time."""
    parameters: Any = matplotlib.rcParams
    with _one_at_a_time, decimal_sign(theme.decimal_sign):
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
    own = {"font.family": families(theme.fonts)} if theme.fonts else {}
    return own | {
        "figure.facecolor": theme.ground,
        "axes.facecolor": theme.ground,
        "savefig.facecolor": theme.ground,
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
        "grid.linewidth": theme.grid_width,
        "font.size": 11,
        "axes.titlesize": LABEL,
        "axes.titlelocation": "left",
        "axes.labelsize": LABEL,
        "xtick.labelsize": TICK,
        "ytick.labelsize": TICK,
        "legend.fontsize": 10,
        "legend.framealpha": 0.0 if theme.is_clear else 0.85,
        "legend.edgecolor": "none",
        "legend.facecolor": theme.background,
        "lines.linewidth": 2.5,
        "lines.solid_capstyle": "round",
        "lines.dash_capstyle": "butt",
        "axes.formatter.use_mathtext": False,  # its parser takes 0.6 s to load
        "text.parse_math": False,  # a $ in a label or a column's name is a $
        "axes.unicode_minus": True,
    }
