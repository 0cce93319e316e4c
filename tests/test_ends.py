"""Labels at the ends of lines, and the letters that they are set in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import minimize

from relu_anim.drawing.ends import EndLabels, apart
from relu_anim.drawing.lettering import set_words
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import THEMES, style

PLACES = st.lists(st.floats(0, 100), min_size=1, max_size=6)


@given(PLACES)
def test_labels_never_touch_and_stay_beside_their_axes(wanted):
    places = apart(np.array(wanted), 12, 0, 100)
    assert (np.diff(np.sort(places)) >= 12 - 1e-9).all()
    assert places.min() >= -1e-9
    assert places.max() <= 100 + 1e-9


@given(PLACES)
def test_labels_keep_the_order_of_their_lines(wanted):
    places = apart(np.array(wanted), 12, 0, 100)
    low, high = np.meshgrid(wanted, wanted)
    assert (np.sign(places - places[:, None])[low < high] == np.sign(low - high)[low < high]).all()


def test_labels_that_have_room_stand_where_their_lines_end():
    np.testing.assert_allclose(apart(np.array([50.0, 10.0, 90.0]), 12, 0, 100), [50, 10, 90])


def test_labels_move_no_further_than_they_must():
    wanted = np.array([30.0, 31.0, 33.0, 60.0])
    rule = [{"type": "ineq", "fun": lambda p, i=i: p[i + 1] - p[i] - 12} for i in range(3)]
    best = minimize(lambda p: ((p - wanted) ** 2).sum(), np.arange(4) * 20.0, constraints=rule, method="SLSQP")
    np.testing.assert_allclose(apart(wanted, 12, 0, 100), best.x, atol=1e-3)


def axes_of(width=0.5):
    figure = Figure(figsize=(3, 2), dpi=100)
    axes = figure.add_axes((0.1, 0.1, width, 0.8))
    axes.set_ylim(0, 10)
    return axes


def test_a_label_is_in_the_middle_of_its_lines_end_and_in_whole_pixels():
    labels = EndLabels(axes_of(), ["#0072b2"])
    labels.move([5.03], ["tanh 0.1"])
    (words,) = labels.shapes()
    assert (words.x, words.y) == (round(words.x), round(words.y))
    assert words.x > 180  # beyond the axes
    middle = words.y + 0.36 * words.size
    assert middle == pytest.approx(20 + 160 * 0.503, abs=0.6)


def test_a_label_stands_after_the_end_of_the_longest_line():
    axes = axes_of()
    axes.set_xlim(0, 8)
    labels = EndLabels(axes, ["#0072b2", "#d55e00"])
    labels.move([3, 7], ["a", "b"], after=2)
    assert {words.x for words in labels.shapes()} == {round(30 + 150 * 2 / 8 + 6 * 100 / 72)}


def test_a_line_without_an_end_has_no_label():
    labels = EndLabels(axes_of(), ["#0072b2", "#d55e00"])
    labels.move([np.nan, 3], ["a", "b"])
    assert [words.text for words in labels.shapes()] == ["b"]


@pytest.mark.parametrize("text", ["leaky ReLU 5.4·10⁻⁴", "−1.5", "1\u2009000", "x² é"])
def test_letters_look_as_matplotlib_draws_them(text):
    with style(THEMES["light"]):
        figure = Figure(figsize=(3, 0.5), dpi=100)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        own = np.array(canvas.buffer_rgba())
        set_words(own, Words(text, 20, 20, 10 * 100 / 72, (0, 0.4, 0.6, 1)), 100)
        figure.text(20 / 300, 20 / 50, text, color=(0, 0.4, 0.6), fontsize=10, va="baseline")
        canvas.draw()
        theirs = np.array(canvas.buffer_rgba())
    ink = lambda frame: 255.0 - frame[..., 0]  # noqa: E731
    assert ink(own).sum() == pytest.approx(ink(theirs).sum(), rel=0.06)
    blurred = [np.apply_along_axis(np.convolve, 1, ink(frame), np.ones(7) / 7, "same") for frame in (own, theirs)]
    assert np.abs(blurred[0] - blurred[1]).sum() < 0.3 * blurred[1].sum()
    columns = [np.flatnonzero(ink(frame).sum(axis=0) > 60)[[0, -1]] for frame in (own, theirs)]
    np.testing.assert_allclose(*columns, atol=2)


def test_letters_beyond_the_frame_are_cut_off():
    frame = np.full((20, 20, 4), 255, np.uint8)
    for x, y in [(-30, 5), (15, 5), (5, -9), (5, 19), (100, 100), (-100, -100)]:
        set_words(frame, Words("leaky ReLU", x, y, 14, (0, 0, 0, 1)), 100)
    assert (frame[..., 3] == 255).all()


def test_a_label_on_the_right_ends_at_its_place():
    frame = np.full((30, 100, 4), 255, np.uint8)
    set_words(frame, Words("12.5", 80, 10, 14, (0, 0, 0, 1), "right"), 100)
    assert 76 <= np.flatnonzero((frame[..., 0] < 128).any(axis=0)).max() < 80


def test_of_equal_ends_the_first_label_stands_highest():
    assert (np.diff(apart(np.array([5.0, 5.0, 5.0]), 12, 0, 100)) == -12).all()


@pytest.mark.parametrize("text", ["0", "0.125", "1\u2009000", "5", "17.9"])
def test_numbers_have_the_pixels_that_matplotlib_gives_them(text):
    with style(THEMES["light"]):
        figure = Figure(figsize=(1, 0.5), dpi=100)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        own = np.array(canvas.buffer_rgba()).astype(np.uint8)
        set_words(own, Words(text, 20, 22, 11 * 100 / 72, (0, 0, 0, 1)), 100)
        figure.text(0.2, 22 / 50, text, color="black", fontsize=11, va="baseline")
        canvas.draw()
    assert np.abs(own.astype(int) - np.asarray(canvas.buffer_rgba())).max() <= 60
