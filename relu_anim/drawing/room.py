"""Room for a panel: its axes, and what they need around them. Where it stands, the film's layout says.

All lengths are pixels at `scale` 1 and `text_scale` 1, so that words take as many of them in every picture; `unit` says
how many pixels of the frame one of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox, ScaledTranslation, Transform

from relu_anim.drawing.spans import Span, inside, square
from relu_anim.drawing.theme import DPI, LABEL, SMALL_LETTERS, TICK
from relu_anim.drawing.words import block_size, fitting, shortened

POINT = DPI / 72  # pixels
TICK_LENGTH, BESIDE = 7 * POINT, 4 * POINT  # from axes to the labels of ticks; from these to the name of the axis
BEYOND = 20  # pixels by which a name may be longer than its axes are high
MOST_FREE = 0.5  # of the height of axes, that a legend may take
BAR, BAR_GAP = 14, 10  # pixels: how wide a bar beside a map is, and how far from it
LABEL_GAP = 2  # pixels between the title of axes and the name of a variant above it
TITLE_Y = 1.0  # share of axes: unasked, Matplotlib looks for it anew, for a quarter of the time of a picture
BETWEEN = 6  # pixels between the plots of one panel


@dataclass
class Sides:
    """Pixels on each side of axes."""

    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0


class Room:
    """A panel's axes, from the top down, and what they need.

    `width` and `height` are the panel's share of the picture, labels included. `extra` is what stands around the axes
    beside ticks, names and titles. A panel may say that its axes are `square`: as wide as high, in the middle of their
    `area`; what stands at their right makes none of their neighbours narrower. Or that they are `tall`: they have no
    frame that others would align with, and what stands above and below them makes none of their neighbours lower.
    `margin` is free at the right of its axes in any case; `columns` counts those of its panel, one for each variant.
    `legends` place its legends anew, which were `placed_in` an area of another size. `missing` is by how much the area
    is too narrow and too low for one that is left out. `sides` is what was around each of its axes when that was last
    asked for.
    """

    def __init__(self, figure: Figure, width: float, height: float, columns: int = 1) -> None:
        self.figure, self.width, self.height, self.columns = figure, width, height, columns
        self.margin = 0.0
        self.legends: list[Callable[[], None]] = []
        self.has_outside, self.placed_in = False, (0.0, 0.0)
        self.missing: tuple[float, float] | None = None
        self.square = self.tall = False
        self.extra = Sides()
        self.sides: list[Sides] = []
        self.plots: list[Axes] = []
        self.bar: Axes | None = None
        self.label: Text | None = None
        self._across: Span = (0, width)
        self._down: list[Span] = []
        self._names: dict[Axes, tuple[str, ...]] = {}
        self._cut: dict[Axis, tuple[str, str]] = {}
        self._free: dict[Axes, tuple[float, float, float]] = {}

    def add_axes(self) -> Axes:
        """Axes below those that are here already."""
        self.plots.append(self.figure.add_axes((0, 0, 1, 1)))
        return self.plots[-1]

    @property
    def shorter(self) -> float:
        """The shorter side of its share of the picture, by which lines and marks are made smaller."""
        return min(self.width, self.height)

    def add_bar(self) -> Axes:
        """Narrow axes at the right of square ones, as high as they are, with ticks at their right."""
        self.bar = self.figure.add_axes((0, 0, 1, 1))
        self.bar.yaxis.tick_right()
        self.bar.yaxis.set_label_position("right")
        return self.bar

    @property
    def beside(self) -> float:
        """What stands at the right of square axes and of their ticks' labels."""
        bar = BAR_GAP + BAR + labels_around(self.bar).right if self.bar else 0
        return bar + self.extra.right if self.square else 0

    def name_y(self, axes: Axes, *names: str) -> None:
        """Name the y axis: by the first of these names that is not much longer than the axes are high, else by the last
        one in small letters."""
        axes.set_ylabel(names[0])
        self._names[axes] = names

    def name_above(self, words: str, color: str) -> Text:
        """Write whose axes they are above all else: in a line of its own, since it may stand above a title."""
        self.label = self.plots[0].text(0, 1, words, ha="left", va="bottom", fontsize=LABEL, fontweight="bold")
        self.label.set_color(color)
        return self.label

    def keep_free(self, axes: Axes, pixels: float) -> None:
        """Stretch the y axis upwards, so that this many pixels above what it shows by itself are free, or more if that
        was said before."""
        before, low, high = self._free.get(axes, (0.0, *axes.get_ylim()))
        self._free[axes] = (max(before, pixels), low, high)
        _stretch(axes, *self._free[axes])

    def keep_nothing_free(self, axes: Axes) -> None:
        """Let the y axis show what it shows by itself."""
        if axes in self._free:
            axes.set_ylim(self._free.pop(axes)[1:])

    def top_of(self, axes: Axes) -> float:
        """Up to where the y axis shows something by itself, below what is kept free."""
        return self._free[axes][2] if axes in self._free else axes.get_ylim()[1]

    def miss(self, width: float, height: float) -> None:
        """Remember that a legend is left out, which has room in axes that are so wide and high at least."""
        own = self.area
        self.missing = max(width - own[0], 0.0), max(height - own[1], 0.0)

    def around(self) -> Sides:
        """What there is around all of its axes as they stand."""
        each = self.sides = [labels_around(axes) for axes in self.plots]
        bar = labels_around(self.bar) if self.bar else Sides()
        name = LABEL_GAP + block_size(self.label.get_text(), LABEL, "bold")[1] if self.label else 0.0
        return Sides(
            left=max(sides.left for sides in each) + self.extra.left,
            right=max(*(sides.right for sides in each), self.extra.right * (not self.square)),
            top=max(each[0].top, bar.top) + self.extra.top + name,
            bottom=max(each[-1].bottom, bar.bottom) + self.extra.bottom,
        )

    @property
    def area(self) -> tuple[float, float]:
        """How much room there is for axes."""
        return self._across[1] - self._across[0], self._down[-1][1] - self._down[0][0]

    @property
    def area_of_all(self) -> float:
        """From the left edge of a first column's axes to the right edge of the last."""
        return (self.columns - 1) * self.width + self.area[0]

    def set_height(self, span: Span, neighbours: Sequence[Room]) -> None:
        """Stand between these heights, counted from the top, with axes that are equally high, as in those neighbours
        that have as many, by what was around them all; then do what depends on that."""
        alike = [room.sides for room in neighbours if len(room.plots) == len(self.plots)]
        tops, bottoms = (
            [max(getattr(s, side) for s in row) for row in zip(*alike, strict=True)] for side in ("top", "bottom")
        )
        self._down = inside(span, tops, bottoms, BETWEEN, unit(self.figure))
        self._stand()
        if self.label:
            self.label.set_transform(moved(self.plots[0], 0, LABEL_GAP + tops[0]))
        for axes, names in self._names.items():
            if axes.get_ylabel():  # else another variant's axes are named for these too
                _name(axes, names)
        for axes, free in self._free.items():
            _stretch(axes, *free)

    def set_width(self, span: Span, margin: float) -> None:
        """Stand between these places, counted from the left, before a margin that is there in any case."""
        self._across, self.margin = span, margin
        self._stand()

    def _stand(self) -> None:
        for axes, down in zip(self.plots, self._down, strict=True):
            across = self._across
            if self.square:
                across, down = square(across, down, unit(self.figure))
            self._put(axes, across, down)
            self._cut_name(axes.xaxis, axes_size(axes)[0])
            self._cut_name(axes.yaxis, axes_size(axes)[1])
            if self.bar:
                self._put(self.bar, (across[1] + BAR_GAP, across[1] + BAR_GAP + BAR), down)
                self._cut_name(self.bar.yaxis, axes_size(self.bar)[1])

    def _cut_name(self, axis: Axis, length: float) -> None:
        """Cut the name of an axis where it is much longer, or give it back what was cut in a shorter one."""
        name = axis.label.get_text()
        whole, shown = self._cut.get(axis, ("", ""))
        whole = whole if name == shown else name
        self._cut[axis] = whole, shortened(whole, length + BEYOND, float(axis.label.get_fontsize()))
        axis.set_label_text(self._cut[axis][1])

    def _put(self, axes: Axes, across: Span, down: Span) -> None:
        """Let axes stand here, at whole pixels of the frame."""
        box, scale = self.figure.bbox, unit(self.figure)
        left, top = round(across[0] * scale), round(down[0] * scale)
        # Both ends rounded by themselves, equal lengths would differ by a pixel where they end in halves.
        right, bottom = left + round((across[1] - across[0]) * scale), top + round((down[1] - down[0]) * scale)
        axes.set_position(
            Bbox([[left / box.width, 1 - bottom / box.height], [right / box.width, 1 - top / box.height]])
        )


def unit(figure: FigureBase | None) -> float:
    """How many pixels of a frame one of ours is."""
    assert isinstance(figure, Figure)
    return figure.dpi / DPI


def moved(axes: Axes, right: float, up: float) -> Transform:
    """Shares of axes, moved by so many pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return axes.transAxes + ScaledTranslation(right / DPI, up / DPI, figure.dpi_scale_trans)


def axes_size(axes: Axes) -> tuple[float, float]:
    """How wide and high axes are."""
    scale = unit(axes.get_figure(root=True))
    return float(axes.bbox.width / scale), float(axes.bbox.height / scale)


def line_scale(pixels: float) -> float:
    """By how much lines and marks are made smaller in a panel of this many pixels."""
    return min(max(pixels / 400, 0.6), 1.0)


def labels_around(axes: Axes) -> Sides:
    """What ticks, names and title of axes take on each side, where they stand now."""
    sides = Sides()
    _add_y_labels(axes, sides)
    sides.top = max(sides.top, _title_height(axes))
    _add_x_labels(axes, sides)
    return sides


def _add_y_labels(axes: Axes, sides: Sides) -> None:
    labels = tick_labels(axes.yaxis)
    across = max((block_size(text, TICK)[0] for _, text in labels), default=0.0)
    across = across + TICK_LENGTH if across else 0.0
    if name := axes.get_ylabel():
        across += BESIDE + block_size(name, float(axes.yaxis.label.get_fontsize()))[1]
    setattr(sides, axes.yaxis.get_label_position(), across)
    if labels:
        half = block_size("0", TICK)[1] / 2
        sides.top = max(sides.top, half)
        sides.bottom = max(sides.bottom, half)


def _add_x_labels(axes: Axes, sides: Sides) -> None:
    labels, (width, _) = tick_labels(axes.xaxis), axes_size(axes)
    shown = axes.xaxis.get_tick_params()
    size = float(shown.get("labelsize", TICK))
    down = max((block_size(text, size)[1] for _, text in labels), default=0.0)
    down = down + TICK_LENGTH if down else 0.0
    if shown.get("labeltop"):
        sides.top, down = sides.top + down, 0.0
    if name := axes.get_xlabel():
        down += BESIDE + block_size(name, LABEL)[1]
    sides.bottom = max(sides.bottom, down)
    if not isinstance(axes.xaxis.get_major_locator(), FixedLocator):
        width = 0  # of other ticks, any may come to stand at an end once the width is known
    for share, text in labels[:1] + labels[-1:]:
        half = block_size(text, size)[0] / 2
        sides.left = max(sides.left, half - share * width)
        sides.right = max(sides.right, half - (1 - share) * width)


def tick_labels(axis: Axis) -> list[tuple[float, str]]:
    """Where the labels of an axis stand, as shares of its length, and what they say; nothing where they are hidden."""
    shown = axis.get_tick_params()
    if not axis.get_visible() or not any(shown.get(f"label{side}") for side in ("left", "right", "bottom", "top")):
        return []
    places = np.asarray(axis.get_majorticklocs())
    texts = axis.get_major_formatter().format_ticks(places)  # type: ignore[arg-type]
    low, high = axis.get_transform().transform(axis.get_view_interval())
    shares = (axis.get_transform().transform(places) - low) / (high - low) if len(places) else places
    return [
        (share, text) for share, text in zip(shares.tolist(), texts, strict=True) if text and -1e-6 <= share <= 1 + 1e-6
    ]


def _title_height(axes: Axes) -> float:
    """How far the title reaches above axes."""
    titles = (t for t in axes.get_children() if isinstance(t, Text) and t not in axes.texts and t.get_text())
    return max((_above(axes, title) for title in titles), default=0.0)


def _above(axes: Axes, title: Text) -> float:
    up = title.get_transform().transform((0, 1))[1] - axes.bbox.y1
    height = block_size(title.get_text(), float(title.get_fontsize()))[1]
    return float(up) / unit(axes.get_figure(root=True)) + height


def _name(axes: Axes, names: tuple[str, ...]) -> None:
    name = fitting(names, axes_size(axes)[1] + BEYOND, LABEL)
    axes.set_ylabel(name or names[-1], fontsize=LABEL if name else SMALL_LETTERS)


def _stretch(axes: Axes, pixels: float, low: float, high: float) -> None:
    share = min(pixels / max(axes_size(axes)[1], 1.0), MOST_FREE)
    scale = axes.yaxis.get_transform()
    bottom, top = scale.transform([low, high])
    axes.set_ylim(top=scale.inverted().transform([top + (top - bottom) * share / (1 - share)])[0])
