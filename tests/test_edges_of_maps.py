"""Edges of regions that are found in pictures: few points, and where the edge is."""

import numpy as np
import pytest

from relu_anim.drawing.shapes import Field, Picture
from relu_anim.encoders import maps
from relu_anim.encoders.regions import heights, levels
from relu_anim.encoders.thinning import thinned
from relu_anim.films import Film

WIDTH, HEIGHT = 300, 320


def area_of(outlines):
    """What is inside of outlines, of which holes go the other way around."""
    sides = (line.T for line in outlines)
    return abs(sum(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)) for x, y in sides)) / 2


@pytest.mark.parametrize("slope", [0.41, 0.55, 0.61])
def test_a_straight_edge_is_found_without_most_of_its_stairs(slope):
    x, y = np.arange(WIDTH) + 0.5, np.arange(HEIGHT)[:, None] + 0.5
    (outline,) = thinned(heights((y > slope * x + 20).astype(int))[1], maps.ROUGH)
    assert len(outline) < 30  # of 110 stairs and more
    right, down = outline.T
    whole = WIDTH * (HEIGHT - 20) - slope * WIDTH**2 / 2
    assert area_of([outline]) == pytest.approx(whole, abs=0.25 * WIDTH)
    edge = outline[(right > 0) & (right < WIDTH) & (down < HEIGHT)]
    assert np.abs(edge[:, 1] - slope * edge[:, 0] - 20).max() <= 1


def test_edges_between_values_are_circles_where_the_values_are_distances():
    x, y = np.linspace(0, WIDTH, 121), np.linspace(0, HEIGHT, 129)
    distance = np.hypot(x - 140, y[:, None] - 170)
    found = levels(Field(distance, x, y, np.array([50.0, 90.0])))
    for level, radius in ((1, 50), (2, 90)):
        outlines = thinned(found[level], maps.FINE)
        around, hole = sorted(outlines, key=len)
        assert len(around) == 5  # all of the picture, and its first corner again
        assert len(hole) < 50  # of 200
        assert np.abs(np.hypot(*(hole - (140, 170)).T) - radius).max() < 0.1
        assert area_of(outlines) == pytest.approx(WIDTH * HEIGHT - np.pi * radius**2, rel=0.002)


def test_the_bands_of_a_map_are_drawn_where_its_values_are(experiment, fake_recording):
    settings = ["target={dataset: circle}", "model.layer_sizes=[2, 6, 1]", "animation.panels=[[decision]]"]
    e = experiment(*settings, "animation.max_frames=4", "training.epochs=20")
    film = Film(e, [fake_recording(e)])
    (picture,) = [shape for shape in film.shapes(2) if isinstance(shape, Picture)]
    found = levels(picture.field)
    for level in range(1, picture.bands):
        cells = (picture.cells % picture.bands >= level).sum()
        assert area_of(found[level]) == pytest.approx(cells, abs=2 + 0.005 * picture.cells.size)
