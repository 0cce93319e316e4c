"""Whether what another program shows of a film is what its frames show."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties

from relu_anim.drawing.recorder import measured
from relu_anim.drawing.shapes import Words
from relu_anim.fonts import Typeface

NEAR = 2  # pixels: one for the place, and one since pixels are covered in part
FEW = 3  # pixels that may be lost all the same
CLEAR, FAINT = 90, 25  # how far a channel is from the ground where something is drawn, and where there is a trace of it
MEAN = 6  # of 255


def is_alike(picture, film, reel, number):
    """Whether a picture [height, width, 3] differs little from a frame of a film, all that is clearly drawn in one is
    drawn near by in the other, and how much is not.

    Near by is two pixels away. In a line of words it is further along them, by as much as the words are longer or
    shorter: letters of frames are hinted, each a whole number of pixels wide, and those of files are not.
    """
    frame = film.frame(number)[..., :3].astype(int)
    ground = np.array(to_rgb(film.theme.background)) * 255
    boxes = list(_boxes(film, reel, number))
    lost = [_lost(one, other, ground, boxes) for one, other in ((picture, frame), (frame, picture))]
    mean = np.abs(picture - frame).mean()
    return mean < MEAN and max(lost) <= FEW, (round(mean, 2), lost)


def _lost(one, other, ground, boxes):
    clear, trace = (
        np.abs(image - ground).max(axis=2) > least for image, least in ((one, CLEAR), (other, FAINT))
    )
    near = spread(trace, NEAR, NEAR)
    for rows, columns, across, along in boxes:
        near[rows, columns] |= spread(trace[rows, columns], across, along)
    return int((clear & ~near).sum())


def spread(mask, right, up):
    """A mask with so many pixels around it."""
    for axis, most in ((0, up), (1, right)):
        padded = np.pad(mask, [(most, most) if axis == own else (0, 0) for own in (0, 1)])
        shifted = [padded.take(range(start, start + mask.shape[axis]), axis) for start in range(2 * most + 1)]
        mask = np.any(shifted, axis=0)
    return mask


def _boxes(film, reel, number):
    """Where words stand that are longer or shorter than in the frame, and how far letters may be off, to the right and
    up."""
    typeface, (width, height), dpi = Typeface(reel.still.fonts), reel.still.pixels, film.figure.dpi
    shapes = [*reel.still.shapes, *(shape for mark in reel.frames[number] for shape in mark)]
    for words in (shape for shape in shapes if isinstance(shape, Words)):
        font = FontProperties(size=words.size * 72 / dpi, weight=words.weight)
        length, hinted = typeface.width(words.text, words.size, words.weight), measured(words.text, font, dpi)[0]
        more = int(np.ceil(abs(length - hinted)))
        start = {"left": 0, "center": 0.5, "right": 1}[words.align] * max(length, hinted)
        left, right, low, high = -start, max(length, hinted) - start, -0.3 * words.size, words.size
        if words.angle:  # upright, along its baseline
            left, right, low, high = -high, -low, left, right
        reach = (NEAR, NEAR + more) if words.angle else (NEAR + more, NEAR)
        sides = (words.x + left, words.x + right), (height - words.y - high, height - words.y - low)
        columns, rows = (
            slice(max(int(first) - side, 0), max(int(last) + side + 1, 0))
            for (first, last), side in zip(sides, reach, strict=True)
        )
        yield rows, columns, *reach
