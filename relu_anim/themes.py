"""The colours of the themes, and what becomes of them where an author has colours of his own.

A concept has one colour in all pictures.
"""

from __future__ import annotations

import colorsys
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

RGB = tuple[float, float, float]
READABLE, VISIBLE = 4.5, 3.0  # contrast that words need, and lines and points (WCAG 2.1, AA)
LINE_STYLES: tuple[Any, ...] = ("-", (0, (7, 2)), (0, (7, 2, 1.5, 2)), (0, (1.5, 1.5)))
LEVELS = 500  # of lightness, from black to white
GREYS = ("muted", "grid", "outside", "off", "target")  # between background and ink


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
    fonts: tuple[Any, ...] = ()  # an author's own, in which words are set
    is_clear: bool = False  # whether the page is seen where nothing is drawn; what covers lines has the background

    @property
    def ground(self) -> str:
        """The colour of what lies below all else, as Matplotlib takes it."""
        return "none" if self.is_clear else self.background

    def unit_color(self, index: int) -> str:
        """The colour that a unit keeps through all panels; units count on from one hidden layer to the next."""
        return self.units[index % len(self.units)]

    def faint(self, color: str) -> str:
        """A colour for what stands back behind what is highlighted: a quarter of its own, over the background."""
        return mixed(self.background, color, 0.25)

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


def to_rgb(color: str) -> RGB:
    """#rrggbb as three numbers from 0 to 1."""
    red, green, blue = bytes.fromhex(color[1:])
    return red / 255, green / 255, blue / 255


def to_hex(rgb: Iterable[float]) -> str:
    """Three numbers from 0 to 1 as #rrggbb."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)


def mixed(one: str, two: str, share: float) -> str:
    """This share of the way from one colour to another."""
    return to_hex(a + share * (b - a) for a, b in zip(to_rgb(one), to_rgb(two), strict=True))


def contrast(one: str, two: str) -> float:
    """From 1 (alike) to 21 (black on white), as WCAG 2.1 defines it."""
    dark, light = sorted((_luminance(one), _luminance(two)))
    return (light + 0.05) / (dark + 0.05)


@functools.lru_cache(4096)
def _luminance(color: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def passing(color: str, grounds: Sequence[str], least: float) -> str:
    """The colour, if its contrast with all grounds is at least this; else the nearest one of its hue that has it,
    darker or lighter. Where none has, the one that comes nearest to it."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*to_rgb(color))
    levels = sorted((level / LEVELS for level in range(LEVELS + 1)), key=lambda level: abs(level - lightness))
    tones = [color, *(to_hex(colorsys.hls_to_rgb(hue, level, saturation)) for level in levels)]
    found = next((tone for tone in tones if lowest(tone, grounds) >= least), None)
    return found or max(tones, key=lambda tone: lowest(tone, grounds))


def lowest(color: str, grounds: Sequence[str]) -> float:
    """Its contrast with the ground that is most like it."""
    return min(contrast(color, ground) for ground in grounds)


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


@functools.lru_cache(64)
def theme_of(
    name: str, own: tuple[tuple[str, Any], ...] = (), fonts: tuple[Any, ...] = (), is_clear: bool = False
) -> Theme:
    """A theme with an author's own colours over it, by what they are for: `network`, `target`, `background`, `ink`,
    `units`, `classes`, or an activation's name."""
    theme, colors = THEMES[name], dict(own)
    if not (own or fonts or is_clear):
        return theme
    if {"background", "ink"} & colors.keys():
        theme = _on_other_ground(theme, colors.get("background", theme.background), colors.get("ink"))
    network = colors.pop("network", theme.output)
    parts = {key: colors.pop(key) for key in ("background", "ink", "target", "units", "classes") if key in colors}
    relu = {"relu": network} if network != theme.output else {}  # the colour of a network that has no other
    activations = {**theme.activations, **relu, **colors}
    return replace(theme, output=network, activations=activations, fonts=fonts, is_clear=is_clear, **parts)


def _on_other_ground(theme: Theme, background: str, ink: str | None) -> Theme:
    """A theme on another background, or the light or dark one where that suits the background better: greys keep their
    place between it and the ink, and what would be seen badly is made lighter or darker."""
    if contrast(theme.ink, background) < READABLE:
        theme = max((LIGHT, DARK), key=lambda other: contrast(other.ink, background))
    ink = ink or passing(theme.ink, [background], READABLE)
    shares = {name: _share(getattr(theme, name), theme.background, theme.ink) for name in GREYS}
    greys = {name: mixed(background, ink, share) for name, share in shares.items()}
    grounds = [background, greys["outside"], greys["off"]]

    def seen(color: str, least: float = VISIBLE) -> str:
        return passing(color, grounds, least)

    changes: dict[str, Any] = greys | {"background": background, "ink": ink, "output": seen(theme.output)}
    changes |= {name: tuple(map(seen, getattr(theme, name))) for name in ("units", "classes", "formulas")}
    changes["activations"] = {name: seen(color) for name, color in theme.activations.items()}
    changes |= {"muted": seen(greys["muted"], READABLE), "warning": seen(theme.warning, READABLE)}
    changes["target"] = seen(greys["target"])
    return replace(theme, **changes)


def _share(color: str, start: str, end: str) -> float:
    """How far a colour lies on the way from one to another, by the sum of its parts."""
    whole, part = (sum(to_rgb(other)) - sum(to_rgb(start)) for other in (end, color))
    return part / whole
