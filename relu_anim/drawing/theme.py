"""Colours and line styles of the themes: a concept has one colour in all pictures."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_hex, to_rgb

DPI = 100
LABEL, TICK, SMALL_LETTERS = 11, 10, 8  # points: titles and names of axes, labels of ticks, and what has little room
READABLE = 4.5  # contrast that words need (WCAG 2.1, AA)
LINE_STYLES: tuple[Any, ...] = ("-", (0, (7, 2)), (0, (7, 2, 1.5, 2)), (0, (1.5, 1.5)))


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, each by what it is for.

    Lines and points have a contrast of 3 at least against the background and `outside`, words of 4.5. Neighbours in
    each row of colours can be told apart by readers who do not see red or green.
    """

    background: str
    ink: str  # title, stamp, points
    muted: str  # axes, labels
    grid: str
    outside: str  # shading of what was not trained on
    off: str  # units that are off
    target: str
    output: str
    warning: str
    units: tuple[str, ...]
    classes: tuple[str, ...]
    formulas: tuple[str, ...]  # activations that are an author's own, in turn
    activations: Mapping[str, str] = field(hash=False)  # by name
    layers: tuple[float, float]  # the part of viridis that stands out
    faintest: float = 0.1  # share of a class's colour where the network is least sure
    grid_width: float = 1.0

    def unit_color(self, index: int) -> str:
        """The colour that a unit keeps through all panels; units count on from one hidden layer to the next."""
        return self.units[index % len(self.units)]

    def faint(self, color: str) -> str:
        """A colour for what stands back behind what is highlighted: a quarter of its own, over the background."""
        return to_hex(tuple(np.linspace(to_rgb(self.background), to_rgb(color), 5)[1].tolist()))

    def unit_style(self, index: int) -> Any:
        """The line style of a unit: neighbours differ, and so do two units that share a colour."""
        return LINE_STYLES[(index + index // len(self.units)) % len(LINE_STYLES)]

    def activation_colors(self, names: Sequence[str]) -> list[str]:
        """A colour for each activation of a picture: one with a name has the same in all pictures."""
        formulas = [name for name in dict.fromkeys(names) if name not in self.activations]
        own = {name: self.formulas[index % len(self.formulas)] for index, name in enumerate(formulas)}
        return [self.activations.get(name) or own[name] for name in names]

    def label(self, color: str) -> str:
        """The colour for words that name a line of this colour: its hue, darkened or lightened until it is readable."""
        extreme = max(("#000000", "#ffffff"), key=lambda end: contrast(end, self.background))
        tones = np.linspace(to_rgb(color), to_rgb(extreme), 101)
        return next(tone for tone in map(to_hex, tones) if contrast(tone, self.background) >= READABLE)


def contrast(one: str, two: str) -> float:
    """From 1 (alike) to 21 (black on white), as WCAG 2.1 defines it."""
    rgb = np.array([to_rgb(one), to_rgb(two)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    dark, light = np.sort(linear @ (0.2126, 0.7152, 0.0722)).tolist()
    return float((light + 0.05) / (dark + 0.05))


LIGHT = Theme(
    background="#ffffff",
    ink="#1b1b1b",
    muted="#595959",
    grid="#e4e4e4",
    outside="#f1f1f1",
    off="#ececec",
    target="#595959",
    output="#0072b2",
    warning="#b84b00",
    units=("#c46820", "#019150", "#cb5cb9", "#73690a", "#743d86", "#059891", "#e15558", "#315d05"),
    classes=("#e55556", "#049892", "#845808", "#854389", "#058b53", "#8f55e0"),
    formulas=("#d145a7", "#878d2a", "#0095ad", "#322185"),
    activations={
        "identity": "#cc6a14",
        "relu": "#0072b2",
        "leaky_relu": "#906100",
        "prelu": "#502067",
        "elu": "#cb4f46",
        "gelu": "#01968a",
        "silu": "#4b5f01",
        "softplus": "#993f85",
        "sigmoid": "#d7557c",
        "tanh": "#006f2c",
    },
    layers=(0.0, 0.59),
)
DARK = Theme(
    background="#16191d",
    ink="#f0f0f0",
    muted="#b0b4b8",
    grid="#30353b",
    outside="#22262b",
    off="#262b30",
    target="#c4c8cc",
    output="#56b4e9",
    warning="#ff8a3d",
    units=("#d98040", "#43d99f", "#e881cf", "#e6b24d", "#997dea", "#2fd9e0", "#ec7186", "#aee78c"),
    classes=("#fb6870", "#2fd0c2", "#fed353", "#a460a8", "#1d9e6d", "#b75c13"),
    formulas=("#fb6575", "#d3db5e", "#a4579d", "#1fb6a8"),
    activations={
        "identity": "#fea768",
        "relu": "#56b4e9",
        "leaky_relu": "#bca229",
        "prelu": "#9f77fb",
        "elu": "#e17259",
        "gelu": "#22d9e6",
        "silu": "#a3e28c",
        "softplus": "#f0d0c8",
        "sigmoid": "#e674b8",
        "tanh": "#4fe0ac",
    },
    layers=(0.35, 1.0),
)
PAPER = Theme(
    background="#ffffff",
    ink="#000000",
    muted="#3d3d3d",
    grid="#c9c9c9",
    outside="#e2e2e2",
    off="#e2e2e2",
    target="#767676",
    output="#00508c",
    warning="#a03c00",
    units=("#9d3f00", "#11905a", "#7e1a78", "#746928", "#312385", "#005e5a", "#da4858", "#074800"),
    classes=("#df3895", "#003f1b", "#a07440", "#7f4284", "#0a8d58", "#802910"),
    formulas=("#6a011d", "#786a09", "#aa64b0", "#006b5c"),
    activations={
        "identity": "#b55b08",
        "relu": "#00508c",
        "leaky_relu": "#522800",
        "prelu": "#8662db",
        "elu": "#a83a4f",
        "gelu": "#003e36",
        "silu": "#416409",
        "softplus": "#7d6a4f",
        "sigmoid": "#aa348e",
        "tanh": "#12903b",
    },
    layers=(0.0, 0.59),
    faintest=0.2,
    grid_width=0.6,
)
THEMES = {"auto": LIGHT, "light": LIGHT, "dark": DARK, "paper": PAPER}

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
        "grid.linewidth": theme.grid_width,
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
