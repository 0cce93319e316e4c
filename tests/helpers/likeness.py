"""Whether what another program shows of a film is what its frames show."""

import numpy as np
from matplotlib.font_manager import FontProperties

from relu_anim.drawing.recorder import measured
from relu_anim.drawing.shapes import Picture, Points, Words
from relu_anim.fonts import Typeface

NEAR = 1  # pixels, of what is not a letter
ROUGH = 1  # pixels more, of the edges of regions in maps, which are smoothed
HINTED = 1  # pixels, by which hinting moves the parts of a letter
MARGIN = 90  # of 255: how differently two programs cover a pixel that a line or a letter covers in part
FEW = (
    10  # pixels that may be lost all the same: at the ends of dashes of a level line, which frames move to whole pixels
)
SNAPPED = 10  # points with thin edges, which frames move to whole pixels: for each so many of them one pixel more
MEAN = 6  # of 255


def is_alike(picture, film, reel, number):
    """Whether a picture [height, width, 3] differs little from a frame of a film, and each pixel of one is about as
    light as one of its neighbours in the other, or between two of them; and how many are not.

    In words neighbours are further away, and along them by as much as they are longer or shorter: letters of frames are
    hinted, each a whole number of pixels wide with its stems and bars on whole pixels, and those of files are not.
    """
    frame = film.frame(number)[..., :3].astype(int)
    boxes = list(_boxes(film, reel, number))
    lost = [_lost(one, other, boxes) for one, other in ((picture, frame), (frame, picture))]
    moving = [shape for mark in reel.frames[number] for shape in mark]
    snapped = sum(len(shape.places) for shape in moving if isinstance(shape, Points) and shape.snap)
    few = FEW + snapped // SNAPPED
    mean = np.abs(picture - frame).mean()
    return mean < MEAN and max(lost) <= few, (round(float(mean), 2), lost)


def _lost(one, other, boxes):
    """How many pixels of a picture are like none near by in another."""
    least, most = _around(other, NEAR, NEAR)
    for rows, columns, right, up in boxes:
        low, high = _around(other[rows, columns], right, up)
        least[rows, columns] = np.minimum(least[rows, columns], low)
        most[rows, columns] = np.maximum(most[rows, columns], high)
    return int(((one < least - MARGIN) | (one > most + MARGIN)).any(axis=2).sum())


def _around(picture, right, up):
    """The least and the largest value of each channel within so many pixels."""
    found = []
    for of in (np.min, np.max):
        part = picture
        for axis, most in ((0, up), (1, right)):
            padded = np.pad(part, [(most, most) if axis == own else (0, 0) for own in range(3)], mode="edge")
            shifted = [padded.take(range(start, start + part.shape[axis]), axis) for start in range(2 * most + 1)]
            part = of(shifted, axis=0)
        found.append(part)
    return found


def _boxes(film, reel, number):
    """Where maps and words stand, and how far off what is in them may be, to the right and up."""
    typeface, (_, height), dpi = Typeface(reel.still.fonts), reel.still.pixels, film.figure.dpi
    shapes = [*reel.still.shapes, *(shape for mark in reel.frames[number] for shape in mark)]
    for shape in (shape for shape in shapes if isinstance(shape, Picture)):
        top, left = height - shape.bottom - shape.cells.shape[0] / shape.scale, shape.left
        ends = top + shape.cells.shape[0] / shape.scale, left + shape.cells.shape[1] / shape.scale
        rows, columns = (slice(int(start), int(end) + 1) for start, end in zip((top, left), ends, strict=True))
        yield rows, columns, NEAR + ROUGH, NEAR + ROUGH
    for words in (shape for shape in shapes if isinstance(shape, Words)):
        font = FontProperties(size=words.size * 72 / dpi, weight=words.weight)
        length, hinted = typeface.width(words.text, words.size, words.weight), measured(words.text, font, dpi)[0]
        near = NEAR + HINTED
        more = near + int(np.ceil(abs(length - hinted)))
        start = {"left": 0, "center": 0.5, "right": 1}[words.align] * max(length, hinted)
        left, right, low, high = -start, max(length, hinted) - start, -0.3 * words.size, words.size
        if words.angle:  # upright, along its baseline
            left, right, low, high = -high, -low, left, right
        reach = (near, more) if words.angle else (more, near)
        sides = (words.x + left, words.x + right), (height - words.y - high, height - words.y - low)
        columns, rows = (
            slice(max(int(first) - side, 0), max(int(last) + side + 1, 0))
            for (first, last), side in zip(sides, reach, strict=True)
        )
        yield rows, columns, *reach
