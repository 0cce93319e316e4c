"""One palette for a whole film, and frames as indices into it.

FFmpeg's palettegen and paletteuse do the same job; at equal sizes this is 1 to 3 dB closer to the frames, because it
splits and refines by squared error and looks colours up exactly. All sums are whole numbers below 2**53 (2**24 in
float32), so the result is the same on every machine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]  # [height, width, 4], RGBA

# One index of the 256 is left over, to mark the pixels that stay as they are.
SIZES = (15, 19, 23, 27, 31, 35, 40, 48, 55, 63, 79, 95, 127, 191, 255)
WANTED_PSNR = 50.8  # dB in the worst frame of the sample; others may be a little worse
COARSER, FEWER = 5.0, (7, 11)  # dB that a palette may be worse, and its sizes, where a film must be smaller
CLOSE_ENOUGH = 30  # gain in squared distance (of three channels) for which a pixel is not worth changing
_UNKNOWN = 255
_RGB = np.uint32(0xFFFFFF)
_REFINEMENTS = 4
_REFINEMENT_GAIN = 1.0  # dB, rarely more
_CHUNK = 1 << 13  # colours compared with the palette at once, to bound the memory


def packed(frame: Frame) -> NDArray[np.uint32]:
    """[height, width]: the four channels as one number, red lowest; a view where possible."""
    return np.ascontiguousarray(frame).view("<u4")[..., 0]


def opaque(frame: Frame) -> Frame:
    """The same colours, and nothing transparent."""
    return frame | np.array([0, 0, 0, 255], np.uint8)


def choose_palette(frames: Iterable[Frame], coarse: int = 0) -> NDArray[np.uint8]:
    """[n, 3]: the smallest palette, n in SIZES or fewer, that shows every one of these frames at WANTED_PSNR; with
    `coarse` at less, and of fewer colours."""
    sample = _Sample.of(frames)
    boxes = [sample.box(np.arange(len(sample.colours)))]
    wanted, sizes = WANTED_PSNR - coarse * COARSER, (*FEWER, *SIZES) if coarse else SIZES
    for size in sizes:
        _split(sample, boxes, size)
        palette = np.array([box.mean for box in boxes])
        if size < SIZES[-1] and sample.worst_psnr(palette) < wanted - _REFINEMENT_GAIN:
            continue  # refining, which takes most of the time, would not get there
        palette = _refined(sample, palette)
        if sample.worst_psnr(palette) >= wanted:
            break
    return palette


@dataclass(frozen=True)
class _Sample:
    """The distinct colours of some frames [n, 3], how often each occurs in all [n], and (indices, counts) of the first
    frame, then of what each other one adds to the first and, with negative counts, takes away."""

    colours: NDArray[np.uint8]
    weights: NDArray[np.float64]
    frames: list[tuple[NDArray[np.intp], NDArray[np.intp]]]

    @classmethod
    def of(cls, frames: Iterable[Frame]) -> "_Sample":
        histograms = list(_histograms(frames))
        if not histograms:
            raise ValueError("a palette needs at least one frame")
        distinct, indices = np.unique(np.concatenate([colours for colours, _ in histograms]), return_inverse=True)
        counts = [count for _, count in histograms]
        ends = np.cumsum([len(count) for count in counts])[:-1]
        total = np.concatenate([counts[0] * len(counts), *counts[1:]])
        weights = np.bincount(indices, total).astype(np.float64)
        return cls(_channels(distinct), weights, list(zip(np.split(indices, ends), counts, strict=True)))

    def box(self, inside: NDArray[np.intp]) -> "_Box":
        """The box with these colours."""
        weights, colours = self.weights[inside], self.colours[inside].astype(np.float64)
        total, sums = weights.sum(), weights @ colours
        spread = weights @ colours**2 - sums**2 / total
        return _Box(inside, np.rint(sums / total).astype(np.uint8), int(spread.argmax()), float(spread.max()))

    def worst_psnr(self, palette: NDArray[np.uint8]) -> float:
        differences = self.colours.astype(np.float64) - palette[_nearest(self.colours, palette)]
        errors = (differences**2).sum(1)
        first, *others = (float(errors[indices] @ counts) for indices, counts in self.frames)
        worst = (first + max(others, default=0.0)) / (3 * self.frames[0][1].sum())
        return float(10 * np.log10(255**2 / worst)) if worst > 0 else float("inf")


@dataclass(frozen=True)
class _Box:
    """Colours of a sample [n], their mean [3], and the channel in which they are farthest from it, with the summed
    squared distance there."""

    inside: NDArray[np.intp]
    mean: NDArray[np.uint8]
    channel: int
    error: float


def _histograms(frames: Iterable[Frame]) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.intp]]]:
    """(packed colours, counts) of the first frame, then the differences from it, which are far fewer pixels."""
    first: NDArray[np.uint32] | None = None
    for frame in frames:
        pixels = packed(frame).ravel()
        if first is None:
            first = pixels.copy()
            yield np.unique(first, return_counts=True)
        else:
            changed = np.flatnonzero(pixels != first)
            added, plus = np.unique(pixels[changed], return_counts=True)
            taken, minus = np.unique(first[changed], return_counts=True)
            yield np.concatenate([added, taken]), np.concatenate([plus, -minus])


def _split(sample: _Sample, boxes: list[_Box], size: int) -> None:
    """Cut the box with the largest error at its mean, until there are `size` boxes or nothing is left to cut."""
    while len(boxes) < size:
        largest = max(range(len(boxes)), key=lambda number: boxes[number].error)
        inside = boxes[largest].inside
        values, weights = sample.colours[inside, boxes[largest].channel], sample.weights[inside]
        low = values <= (values * weights).sum() / weights.sum()
        if low.all():
            return
        boxes[largest : largest + 1] = [sample.box(inside[low]), sample.box(inside[~low])]


def _refined(sample: _Sample, palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A few rounds of k-means; a colour that nothing is nearest to stays as it was."""
    for _ in range(_REFINEMENTS):
        nearest = _nearest(sample.colours, palette)
        total = np.bincount(nearest, sample.weights, len(palette))
        sums = [np.bincount(nearest, sample.weights * channel, len(palette)) for channel in sample.colours.T]
        means = np.rint(np.stack(sums, axis=1) / np.maximum(total, 1)[:, None]).astype(np.uint8)
        palette = np.where(total[:, None] > 0, means, palette)
    return palette


def _channels(colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """[n, 3] from [n] packed colours."""
    return colours.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]


def _nearest(colours: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[n]: the index of the palette colour nearest to each colour; exact, since float32 holds these whole numbers."""
    table = palette.astype(np.float32)
    squares = (table**2).sum(1)
    nearest = np.empty(len(colours), np.uint8)
    for start in range(0, len(colours), _CHUNK):
        chunk = colours[start : start + _CHUNK].astype(np.float32)
        nearest[start : start + _CHUNK] = (squares - 2 * chunk @ table.T).argmin(1)
    return nearest


class Indexer:
    """Turns frames into palette indices, and tells which pixels change from frame to frame."""

    def __init__(self, palette: NDArray[np.uint8], size: tuple[int, int]) -> None:
        self._palette = palette
        self._gains = _gains(palette)
        self._known = np.full(1 << 24, _UNKNOWN, np.uint8)  # colour → index, filled as colours appear
        self._previous = np.empty(size[0] * size[1], np.uint32)
        self._shown = np.empty(size[0] * size[1], np.uint8)
        self._has_shown = False

    def changes(self, frame: Frame) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """Positions [n], ascending in the flattened frame, whose index is another than before, and the new indices.

        A pixel whose colour hardly comes nearer by the change stays as it is: the edge of a curve that moves by less
        than a pixel would otherwise flicker between neighbouring tones, at a tenth of a film's bytes.
        """
        pixels = packed(frame).ravel()
        if not self._has_shown:
            return self._all(pixels)
        changed = np.flatnonzero(pixels != self._previous)
        colours = pixels.take(changed)
        self._previous[changed] = colours
        indices, before = self._look_up(colours & _RGB), self._shown.take(changed)
        worth = np.flatnonzero(indices != before)
        gain = self._gain(colours.take(worth), before.take(worth), indices.take(worth))
        worth = worth[gain > CLOSE_ENOUGH]
        changed, indices = changed.take(worth), indices.take(worth)
        self._shown[changed] = indices
        return changed, indices

    def _all(self, pixels: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """The same of the first frame, of which every pixel is new. Neighbours mostly share a colour, so that far fewer
        are looked up."""
        starts = np.append(0, np.flatnonzero(pixels[1:] != pixels[:-1]) + 1)
        indices = np.repeat(self._look_up(pixels[starts] & _RGB), np.diff(starts, append=len(pixels)))
        self._previous[:], self._shown[:], self._has_shown = pixels, indices, True
        return np.arange(len(pixels)), indices

    def _gain(
        self, colours: NDArray[np.uint32], before: NDArray[np.uint8], after: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """[n]: by how much the squared distance from each colour falls, a whole number."""
        exact = colours.view(np.uint8).reshape(-1, 4).astype(np.float32)
        exact[:, 3] = 1
        gains = self._gains.take(before.astype(np.intp) * 256 + after, axis=0)
        gain: NDArray[np.float32] = np.einsum("ij,ij->i", exact, gains)
        return gain

    def _look_up(self, colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
        indices = self._known.take(colours)
        is_strange = indices == _UNKNOWN
        if not is_strange.any():
            return indices
        strange = colours[is_strange]
        unknown = np.unique(strange)
        self._known[unknown] = _nearest(_channels(unknown), self._palette)
        return self._known.take(colours)


def _gains(palette: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[256 · 256, 4]: for a change from one index to another, what red, green, blue and 1 are multiplied with to give
    |colour - before|² - |colour - after|²."""
    table = np.zeros((256, 3), np.float32)
    table[: len(palette)] = palette
    gains = np.empty((256, 256, 4), np.float32)
    gains[..., :3] = 2 * (table - table[:, None])
    squares = (table**2).sum(axis=1)
    gains[..., 3] = squares[:, None] - squares
    return gains.reshape(-1, 4)


def enclosing(changed: NDArray[np.intp], width: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (exclusive) around ascending positions in a flattened frame of that width."""
    columns = changed % width
    return int(columns.min()), int(changed[0]) // width, int(columns.max()) + 1, int(changed[-1]) // width + 1
