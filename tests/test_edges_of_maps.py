"""Edges of regions that are found in pictures: few points, and where the edge is."""

import numpy as np
import pytest

from relu_anim.encoders import maps
from relu_anim.encoders.regions import heights
from relu_anim.encoders.thinning import thinned

WIDTH, HEIGHT = 300, 320


@pytest.mark.parametrize("slope", [0.41, 0.55, 0.61])
def test_a_straight_edge_is_found_without_most_of_its_stairs(slope):
    x, y = np.arange(WIDTH) + 0.5, np.arange(HEIGHT)[:, None] + 0.5
    (outline,) = thinned(heights((y > slope * x + 20).astype(int))[1], maps.ROUGH)
    assert len(outline) < 30  # of 110 stairs and more
    right, down = outline.T
    area = abs(np.dot(right, np.roll(down, 1)) - np.dot(down, np.roll(right, 1))) / 2
    whole = WIDTH * (HEIGHT - 20) - slope * WIDTH**2 / 2
    assert area == pytest.approx(whole, abs=0.25 * WIDTH)
    edge = outline[(right > 0) & (right < WIDTH) & (down < HEIGHT)]
    assert np.abs(edge[:, 1] - slope * edge[:, 0] - 20).max() <= 1
