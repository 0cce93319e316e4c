"""Pictures that change, as regions of an SVG: sharp, and in the colours of light pages and of dark ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Color, Picture
from relu_anim.encoders.elements import Defs, Element
from relu_anim.encoders.outlines import UNIT, path, short
from relu_anim.encoders.regions import heights, levels, rectangles
from relu_anim.encoders.sheets import Sheet, sheet, table, webp
from relu_anim.encoders.thinning import thinned
from relu_anim.encoders.tracks import Ink, Track, each

AROUND = 1  # cells, by which a row of an image reaches beyond its window, whose edges may lie within pixels
ROUGH = 0.75  # cells, by which the edge of a region may be off that was found in a picture: with less it follows stairs
FINE = 0.5  # cells, where it was found between values


class Maps:
    """Makes elements of pictures, in a picture of so many pixels."""

    def __init__(self, height: float, ink: Ink, defs: Defs) -> None:
        self.height, self.ink, self.defs = height, ink, defs

    def elements(self, track: Track, first: Picture) -> list[Element]:
        """A ground of one colour, and over it the regions of all others."""
        dark = next(shape for shape in track.dark if shape is not None)
        if len(track.shapes) == 1:
            dark = _in_order(dark, first)
        pairs = zip(first.palette, dark.palette, strict=True)
        classes = [self.ink(_of_palette(light), None, _of_palette(other), None) for light, other in pairs]
        top = self.height - first.bottom - first.cells.shape[0] / first.scale
        place = f' transform="translate({short(first.left)} {short(top)})'
        cells = f'{place}scale({UNIT / first.scale:g})"'
        if first.bands:
            shade = self.ink(_shade(first), None, _shade(dark), None)
            return [*self._heights(track, first, classes, cells, f'{place}"'), *_shaded(track, cells, shade)]
        return self._sheet(track, first, dark, classes, cells) or self._cells(track, first, classes, cells)

    def _sheet(self, track: Track, first: Picture, dark: Picture, classes: Sequence[str], place: str) -> list[Element]:
        """All pictures as one image that moves behind windows; none where they are not at each moment, or few."""
        shapes = track.shapes
        if len(shapes) == 1 or any(shape is None for shape in shapes):
            return []
        pictures = np.stack([shape.cells if shape.plain is None else shape.plain for shape in shapes])
        found = sheet(pictures)
        if found is None:
            return []
        moving = self._stripes(pictures, first, classes)
        windows = self._windows(found, first, len(pictures))
        name = self.ink.filtered(*(self.defs.filter(table(picture.palette)) for picture in (first, dark)))
        for apart in (windows[::2], windows[1::2]):  # two that share a pixel are filtered before they mix
            moving += f'<g class="{name}">{"".join(apart)}</g>'
        return [*self._cells(Track(shapes[-1:], [dark]), first, classes, place), _over(place, moving)]

    def _stripes(self, pictures: NDArray[np.integer], first: Picture, classes: Sequence[str]) -> str:
        """What is seen where the image is clear."""
        if not first.stripes:
            return ""
        number, between, width = first.stripes
        outline = rectangles((pictures == number).any(axis=0)).get(1)
        if outline is None:
            return ""
        hatch = self.defs.hatch(classes[number], width)
        return f'<path class="{classes[between]}" d="{outline}"/><path{hatch} d="{outline}"/>'

    def _windows(self, found: Sheet, first: Picture, count: int) -> list[str]:
        """Each row as a part of the image, from the top."""
        width = first.cells.shape[1]
        tall = 2 * AROUND + max(bottom - top for top, bottom, *_ in found.windows)
        clear = [number for number, color in enumerate(first.palette) if number in first.stripes[:1] or not color[3]]
        image = self.defs.moving_image(webp(found.cells, clear), found.cells.shape, count, tall)
        return [
            f'<svg y="{top}" width="{width}" height="{bottom - top}"><use href="#{image}"'
            f"{_moved(-column, -row * tall - AROUND)}/></svg>"
            for top, bottom, column, row in found.windows
        ]

    def _cells(self, track: Track, first: Picture, classes: Sequence[str], place: str) -> list[Element]:
        """Rectangles in each colour, over the one that takes most of them."""
        found = each(track.shapes, lambda shape: rectangles(shape.cells if shape.plain is None else shape.plain))
        sizes: dict[int, int] = {}
        for texts in found:
            for color, text in (texts or {}).items():
                sizes[color] = sizes.get(color, 0) + len(text)
        ground, *others = sorted(sizes, key=lambda color: (-sizes[color], color))
        elements = [_ground(track, first, place, classes[ground])]
        for color in sorted(others):
            texts = [text.get(color) if text else None for text in found]
            if color in first.stripes[:1]:
                _, between, width = first.stripes
                elements.append(_region(place, classes[between], texts))
                elements.append(Element("path", place + self.defs.hatch(classes[color], width), {"d": texts}))
            else:
                elements.append(_region(place, classes[color], texts))
        return elements

    def _heights(
        self, track: Track, first: Picture, classes: Sequence[str], cells: str, place: str
    ) -> Iterator[Element]:
        """The bands of a map, each over those below it."""
        frames = each(track.shapes, _outlined)
        lowest = min(_lowest(shape) for shape in track.shapes if shape is not None)
        yield _ground(track, first, cells, classes[lowest])
        for level in range(lowest + 1, first.bands):
            outlines = [found.get(level, []) if found else [] for found in frames]
            rough = FINE if first.field else ROUGH
            texts: list[str | None] = [text or None for text in _outlines(outlines, UNIT / first.scale, rough)]
            if any(texts):
                yield _region(place, classes[level], texts)


def _moved(*sides: int) -> str:
    return "".join(f' {name}="{side}"' for name, side in zip("xy", sides, strict=True) if side)


def _over(place: str, inside: str) -> Element:
    """What is over the last frame where a program shows motion: others make images less sharp."""
    shows = '<set attributeName="display" to="inline"/>'
    return Element("g", place, {"display": ["none"]}, shows + inside, Element("g", "", {"display": ["none"]}))


def _in_order(dark: Picture, light: Picture) -> Picture:
    """The same picture in dark colours, in the order of the light ones: what Matplotlib draws has no palette, and its
    colours may have any."""
    found, places = np.unique(light.cells, return_index=True)
    palette = np.zeros_like(light.palette)
    palette[found] = dark.palette[dark.cells.ravel()[places]]
    return replace(dark, cells=light.cells, palette=palette)


def _ground(track: Track, first: Picture, place: str, name: str) -> Element:
    height, width = first.cells.shape
    return _region(place, name, each(track.shapes, lambda shape: f"M0 0h{width}v{height}h-{width}"))


def _shaded(track: Track, place: str, name: str) -> Iterator[Element]:
    """What of a map is shaded."""
    found = each(track.shapes, lambda shape: rectangles(shape.cells >= shape.bands).get(1))
    if any(found):
        yield _region(place, name, found)


def _region(place: str, name: str, texts: Sequence[str | None]) -> Element:
    return Element("path", f'{place} class="{name}"', {"d": texts})


def _outlined(picture: Picture) -> dict[int, list[Array]]:
    """The outlines of a map's bands: between its values where these are known, or else between cells."""
    return levels(picture.field) if picture.field else heights(picture.cells % picture.bands)


def _lowest(picture: Picture) -> int:
    """The lowest band of a map that there is."""
    if picture.field:
        return int(np.searchsorted(picture.field.thresholds, picture.field.values.min(), side="right"))
    return int((picture.cells % picture.bands).min())


def _outlines(frames: Sequence[Sequence[Array]], unit: float, rough: float) -> list[str]:
    lines = [line for frame in frames for line in frame]
    units = [np.rint(line * unit).astype(np.int64) for line in (thinned(lines, rough) if lines else [])]
    counts = np.cumsum([0, *map(len, frames)]).tolist()
    return [path(units[start:end], closed=True) for start, end in pairwise(counts)]


def _of_palette(color: NDArray[np.uint8]) -> Color:
    red, green, blue, opacity = (color / 255).tolist()
    return red, green, blue, opacity


def _shade(picture: Picture) -> Color:
    """The translucent colour that makes of the bands of a map those that are shaded."""
    plain, shaded = np.split(picture.palette[:, :3] / 255, 2)
    first, last = int(plain.sum(axis=1).argmin()), int(plain.sum(axis=1).argmax())
    share = 1 - (shaded[last] - shaded[first]).sum() / max((plain[last] - plain[first]).sum(), 1e-9)
    share = float(np.clip(share, 0.01, 1))
    red, green, blue = np.clip((shaded - (1 - share) * plain).mean(axis=0) / share, 0, 1).tolist()
    return red, green, blue, share
