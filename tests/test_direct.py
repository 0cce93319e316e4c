"""Names of curves stand at the curves where all of them have room."""

import numpy as np
import pytest
from helpers.pictures import overlapping
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from relu_anim import config, figures
from relu_anim.drawing.direct import name_directly
from relu_anim.drawing.theme import THEMES, style


def drawn(functions, *changes):
    figure = config.loads(f"kind: activation\nfunctions: {functions}", settings=changes)
    still = figures.Still(figures.of(figure, lambda *said: None)).figure
    FigureCanvasAgg(still).draw()
    return still


def distance(box, line):
    """From a box of pixels to the nearest point of a line."""
    points = line.axes.transData.transform(line.get_xydata())
    points = points[np.isfinite(points).all(axis=1)]
    x = np.maximum(np.maximum(box.x0 - points[:, 0], points[:, 0] - box.x1), 0)
    y = np.maximum(np.maximum(box.y0 - points[:, 1], points[:, 1] - box.y1), 0)
    return np.hypot(x, y).min()


@pytest.mark.parametrize("size", [pytest.param([700, 500], marks=pytest.mark.soak), [520, 400]])
@pytest.mark.parametrize("functions", ["[relu]", "[sigmoid]", "[tanh, 2*sigmoid(x) - 1]", "[elu]"])
def test_each_name_stands_nearest_to_its_own_curve_and_on_none(functions, size):
    figure = drawn(functions, f"animation.size={size}", "derivative=first")
    (axes,) = figure.axes
    assert axes.get_legend() is None
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert {text.get_text() for text in axes.texts} == set(lines)
    for text in axes.texts:
        box = text.get_window_extent()
        apart = {name: distance(box, line) for name, line in lines.items()}
        assert min(apart, key=apart.get) == text.get_text()
        assert min(apart.values()) > 2
    assert list(overlapping(figure)) == []


def test_where_curves_lie_too_near_to_each_other_a_legend_names_them_all():
    (axes,) = drawn("[relu, gelu, silu, softplus]", "derivative=false").axes
    assert list(axes.texts) == []
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["ReLU", "GELU", "SiLU", "softplus"]


def test_nothing_is_written_where_one_name_finds_no_place():
    with style(THEMES["light"]):
        axes = Figure(figsize=(4, 3), dpi=100).add_subplot(xlim=(0, 1), ylim=(0, 1))
        x = np.linspace(0, 1, 500)
        for height in np.linspace(0, 1, 60):
            axes.plot(x, np.full(500, height), label="a curve")
        assert not name_directly(axes, axes.get_lines())
    assert list(axes.texts) == []
