"""Regions that are shown but not trained in are named in the picture."""

import numpy as np
import pytest
from matplotlib.text import Text

from relu_anim import config
from relu_anim.drawing.clearance import clear_place
from relu_anim.drawing.theme import THEMES, style
from relu_anim.films import Film, make_figure

TEXT = """
target: {function: sin(x), domain: [-3, 3]}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 4}
"""


@pytest.fixture
def named(fake_recording):
    """The words in shaded regions, with where they stand as shares of the axes, from the left."""

    def make(*changes):
        e = config.loads(TEXT, settings=changes)
        recording = fake_recording(e)
        recording.parameters[:] = 0  # the output is 0 all along
        film = Film(e, [recording])
        film.last_frame()
        texts = [text for text in film.figure.findobj(Text) if "trained" in text.get_text()]
        boxes = [text.get_window_extent().transformed(text.axes.transAxes.inverted()) for text in texts]
        return sorted(
            (tuple(np.round([b.x0, b.x1, b.y0, b.y1], 3).tolist()), t.get_text())
            for b, t in zip(boxes, texts, strict=True)
        )

    return make


def test_where_all_that_is_shown_is_trained_nothing_is_said(named):
    assert named() == []


@pytest.mark.parametrize("panel", ["prediction", "layers"])
def test_both_regions_beside_the_training_domain_are_named_inside_of_them(named, panel):
    (left, words), (right, _) = named(
        "animation.domain=[-9, 9]", f"animation.panels={panel}", "animation.size=[800,600]"
    )
    assert words == "not trained here"
    assert 0 <= left[0] < left[1] < 1 / 3
    assert 2 / 3 < right[0] < right[1] <= 1
    assert all(box[2] >= 0 and box[3] <= 1 for box in (left, right))


def test_words_that_have_no_room_in_one_line_have_several_or_are_left_out(named):
    ((_, narrow),) = named("animation.domain=[-3, 4]")
    assert narrow == "not trained\nhere"
    assert named("animation.domain=[-3, 3.3]") == []


def test_the_words_stand_at_the_foot_where_curves_run_at_the_head(named):
    ((box, _),) = named("animation.domain=[-3, 9]", "target.function=6*x", "animation.ylim=[-18, 54]")
    assert box[2] < 0.1
    ((box, _),) = named("animation.domain=[-3, 9]", "target.function=0*x - 53", "animation.ylim=[-54, 18]")
    assert box[3] > 0.9


def steep(x0):
    """A line that goes straight up at this input, with no point inside of the axes."""
    return np.array([0, x0 - 0.01, x0 + 0.01, 10]), np.array([-50.0, -50.0, 50.0, 50.0])


def test_words_stand_where_no_curve_passes_also_between_its_points():
    with style(THEMES["light"]):
        axes = make_figure((500, 400), THEMES["light"]).add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(-1, 1))
        flat = [(np.array([0.0, 10.0]), np.full(2, height)) for height in (-0.95, 0.95, *np.linspace(-0.8, 0, 9))]
        across, up = clear_place(axes, [*flat, steep(1), steep(2), steep(4.2)], (1, 4), (80, 15))
    x, y = across * 10, 2 * up - 1
    assert x - 0.8 > 2
    assert x + 0.8 < 4
    assert y - 15 / 400 > 0
    assert y + 15 / 400 < 0.95


def test_where_curves_pass_everywhere_words_stand_where_the_fewest_do():
    with style(THEMES["light"]):
        axes = make_figure((500, 400), THEMES["light"]).add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(-1, 1))
        curves = [(np.array([0.0, 10.0]), np.full(2, height)) for height in np.linspace(-1, 1, 201)]
        _, up = clear_place(axes, [*curves, *curves[:150]], (0, 10), (80, 15))
    assert up > 0.75
