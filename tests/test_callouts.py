"""Words beside marked points: each nearest to its own, clear of all else, and what has no room is told."""

import numpy as np
import pytest
from helpers.pictures import overlapping
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relu_anim import config, figures


def drawn(functions, marks, size=(700, 500), domain=(-5, 5)):
    text = f"kind: activation\nfunctions: {functions}\nmarks: {list(marks)}\ndomain: {list(domain)}\n"
    figure = config.loads(text, settings=[f"animation.size={list(size)}"])
    still = figures.Still(figures.of(figure, lambda *said: None))
    FigureCanvasAgg(still.figure).draw()
    return still


def words(still):
    return [text.get_text() for text in still.figure.axes[0].texts]


CROWDS = [
    ("[sigmoid]", (-4, -0.5, 0, 0.5, 4)),
    ("[tanh, sigmoid]", (-4.9, 0, 4.9)),
    ("[sigmoid, tanh, relu, elu]", (-4, -2, 0, 2, 4)),
    ("[{name: leaky_relu, negative_slope: 0.1}]", (-1, 1)),
]


@pytest.mark.parametrize("size", [pytest.param((700, 500), marks=pytest.mark.soak), (400, 300), (340, 220)])
@pytest.mark.parametrize(("functions", "marks"), CROWDS)
def test_words_at_marks_lie_on_no_words_and_on_no_curve(functions, marks, size):
    still = drawn(functions, marks, size)
    (axes,) = still.figure.axes
    assert list(overlapping(still.figure)) == []
    for text in axes.texts:
        box = text.get_window_extent()
        assert axes.bbox.x0 <= box.x0
        assert box.x1 <= axes.bbox.x1
        for line in axes.get_lines():
            x, y = axes.transData.transform(line.get_xydata()).T
            assert not ((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)).any(), text.get_text()


@pytest.mark.parametrize(("functions", "marks"), CROWDS)
def test_words_at_a_mark_are_nearest_to_it(functions, marks):
    still = drawn(functions, marks)
    (axes,) = still.figure.axes
    points = np.array([line.get_xydata()[0] for line in axes.get_lines() if len(line.get_xydata()) == 1])
    for text in axes.texts:
        box, (x, y) = text.get_window_extent(), axes.transData.transform(points).T
        gaps = np.hypot(np.maximum(abs(x - (box.x0 + box.x1) / 2) - box.width / 2, 0), _below(box, y))
        assert points[np.argmin(gaps)] == pytest.approx(text.xy)


def _below(box, y):
    return np.maximum(abs(y - (box.y0 + box.y1) / 2) - box.height / 2, 0)


def test_marks_that_have_no_room_for_words_are_named_in_a_note():
    assert drawn(*CROWDS[0]).notes == []
    crowded = drawn(*CROWDS[2], size=(400, 300))
    (note,) = crowded.notes
    assert note == "marks: no room to write the slope at x = -4, -2, 0, 2 and 4; change animation.size or text_scale"
    assert words(crowded) == []
    some = drawn(*CROWDS[0], size=(340, 220))
    (note,) = some.notes
    missing = note.partition("x = ")[2].partition(";")[0].replace(" and ", ", ").split(", ")
    assert len(words(some)) + len(missing) == len(CROWDS[0][1])


def test_words_at_marks_say_whose_slope_it_is_where_there_are_several_functions():
    assert all("slope of tanh:" in text for text in words(drawn(*CROWDS[1])))
    two = "[{name: leaky_relu, negative_slope: 0.1}, {name: leaky_relu, negative_slope: 0.3}]"
    assert "slope of leaky ReLU, slope 0.1: 0.1\nat x = −3" in words(drawn(two, [-3]))
