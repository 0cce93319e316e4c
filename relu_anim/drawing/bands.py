"""Maps over the plane in a few bands of colour: calm to look at, and small in a GIF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.marks import Moving
from relu_anim.drawing.shapes import Field, Picture
from relu_anim.drawing.strokes import mixed
from relu_anim.drawing.theme import Theme

Indices = NDArray[np.uint8]

CLASS_STEPS = (0.1, 0.2, 0.3, 0.4)  # of a probability beyond 1/2, where one band ends and the next begins
TOP_STEPS = (0.5, 0.6, 0.7, 0.8, 0.9)  # of the probability of the most likely of several classes
NUMBER_BANDS = 11
STRONGEST = 0.5  # share of a class's colour
STRONGEST_NUMBER = 0.75


@dataclass(frozen=True)
class Bands:
    """Values between ascending thresholds share a colour: colors [len(thresholds) + 1, 3], RGB from 0 to 1."""

    thresholds: Array
    colors: Array

    def of(self, values: Array) -> Indices:
        """The band of each value, of any shape; a value at a threshold belongs to the upper one."""
        band = np.zeros(values.shape, np.uint8)
        for threshold in self.thresholds.astype(values.dtype):
            band += values >= threshold
        return band


def two_classes(theme: Theme) -> Bands:
    """Bands of a logit: the colour of the first class below 0, of the second above, stronger as it gets surer."""
    sure = np.array([0.5 - step for step in CLASS_STEPS[::-1]] + [0.5] + [0.5 + step for step in CLASS_STEPS])
    shares = np.linspace(theme.faintest, STRONGEST, len(CLASS_STEPS) + 1)
    first, second = (mixed(to_rgb(theme.background), to_rgb(color), shares) for color in theme.classes[:2])
    return Bands(np.log(sure / (1 - sure)), np.concatenate([first[::-1], second]))


def several_classes(theme: Theme) -> Bands:
    """Bands of the largest probability, class after class: len(TOP_STEPS) + 1 colours of each."""
    shares = np.linspace(theme.faintest, STRONGEST, len(TOP_STEPS) + 1)
    each = [mixed(to_rgb(theme.background), to_rgb(color), shares) for color in theme.classes]
    return Bands(np.array(TOP_STEPS), np.concatenate(each))


def numbers(theme: Theme, low: float, high: float) -> tuple[Bands, Array]:
    """Bands between round numbers around [low, high], and those numbers; blue above 0, red below."""
    edges = np.asarray(MaxNLocator(nbins=NUMBER_BANDS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    if low < 0 < high:
        strength, negative = np.abs(middles) / np.abs(middles).max(), middles < 0
    else:
        strength, negative = (middles - middles[0]) / max(np.ptp(middles), 1e-300), np.zeros(len(middles), dtype=bool)
    signs = np.where(negative[:, None], to_rgb(theme.warning), to_rgb(theme.output))
    faintest = theme.faintest / 2
    colors = mixed(to_rgb(theme.background), signs, faintest + (STRONGEST_NUMBER - faintest) * strength)
    return Bands(edges[1:-1], colors), edges


class Stretch:
    """Values on a square grid [side, side] over axes, seen at the centres of pixels by bilinear interpolation."""

    def __init__(self, side: int, rows: Array, columns: Array) -> None:
        """Where the pixels' centres are, as shares (0 to 1) of the axes' height and width."""
        self.row, self.row_share = _between(side, rows)
        self.column, self.column_share = _between(side, columns)

    def __call__(self, grid: Array) -> Array:
        """[columns, rows] of a grid [row, column]; float32."""
        grid = grid.astype(np.float32, copy=False)
        rows = np.take(grid, self.row, axis=0)
        rows += np.take(np.diff(grid, axis=0), self.row, axis=0) * self.row_share
        tall = np.ascontiguousarray(rows.T)
        columns = np.take(tall, self.column, axis=0)
        columns += np.take(np.diff(tall, axis=0), self.column, axis=0) * self.column_share
        return columns

    def nearest(self, grid: Indices) -> Indices:
        """[columns, rows] of a grid [row, column], without any interpolation."""
        row, column = (
            before + (share[:, 0] >= 0.5)
            for before, share in ((self.row, self.row_share), (self.column, self.column_share))
        )
        return np.take(np.ascontiguousarray(grid.T[:, row]), column, axis=0)


def _between(side: int, shares: Array) -> tuple[NDArray[np.intp], Array]:
    """The grid line before each place, and how far the place is beyond it, float32 [n, 1]."""
    place = np.clip(shares, 0, 1) * (side - 1)
    before = np.minimum(place.astype(np.intp), side - 2)
    return before, (place - before)[:, None].astype(np.float32)


Reader = Callable[[Stretch], Indices]


@dataclass(frozen=True, eq=False)
class Levels:
    """Reads the bands of values on a grid [row, column], whose rows begin at the bottom."""

    bands: Bands
    values: Array

    def __call__(self, stretch: Stretch) -> Indices:
        """[columns, rows]: the band of each pixel."""
        return self.bands.of(stretch(self.values))


class BandMap(Moving):
    """A picture that fills its axes, each pixel of one of a few colours; those outside of a part of it are shaded.

    `read` is given a Stretch and returns the band of each pixel, [columns, rows].
    """

    def __init__(
        self, axes: Axes, colors: Array, shade: Array, inside: tuple[Array, Array], side: int, zorder: float = 1
    ) -> None:
        super().__init__(axes, zorder)
        both = np.concatenate([colors, shade])
        rgba = np.concatenate([both, np.ones((len(both), 1))], axis=1)
        self.palette = np.rint(255 * rgba).astype(np.uint8)
        self.inside, self.side = inside, side
        self.read: Reader | None = None
        self._place: tuple[float, ...] = ()

    def move(self, read: Reader) -> None:
        """Show other values."""
        self.read = read

    def shapes(self, scale: float = 1) -> Iterator[Picture]:
        """One picture; nothing before there are values."""
        if self.read is None:
            return
        self._arrange(scale)
        band = (self.read(self.stretch) + self.shaded).T[::-1]
        bands = len(self.palette) // 2
        field = self._field(self.read, scale) if isinstance(self.read, Levels) else None
        yield Picture(self.corner[0] / scale, self.corner[1] / scale, band, self.palette, scale, bands, field)

    def _field(self, levels: Levels, scale: float) -> Field:
        """The values where they are in the picture, whose edges are those of whole cells."""
        left, low, right, high = (round(side * scale) for side in self.box)
        start, bottom, end, top = (side * scale for side in self.box)
        x, y = np.linspace(start, end, self.side) - left, high - np.linspace(bottom, top, self.side)
        x[[0, -1]], y[[0, -1]] = (0, right - left), (high - low, 0)
        return Field(levels.values, x, y, levels.bands.thresholds)

    def _arrange(self, scale: float) -> None:
        """Find the pixels that the axes cover, unless they are known."""
        place = (scale, *self.box)
        if place == self._place:
            return
        self._place = place
        left, low, right, high = np.array(self.box) * scale
        self.corner = (round(left), round(low))
        across = (np.arange(round(left), round(right)) + 0.5 - left) / (right - left)
        up = (np.arange(round(low), round(high)) + 0.5 - low) / (high - low)
        self.stretch = Stretch(self.side, up, across)
        is_in = [
            (share >= start) & (share <= end) for share, start, end in zip((across, up), *self.inside, strict=True)
        ]
        outside = ~(is_in[0][:, None] & is_in[1])
        self.shaded = np.where(outside, len(self.palette) // 2, 0).astype(np.uint8)
