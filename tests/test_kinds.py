"""Kinds that do not move: their numbers against direct computation, and what is said of them in words."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from relu_anim import config, figures
from relu_anim.config import Style
from relu_anim.figures.data import Data
from relu_anim.targets import Points


def picture(text):
    return figures.of(config.loads(text), lambda *said: None)


def measured(text):
    return picture(text).measure()


def described(text):
    found = picture(text)
    return found.describe(found.measure())


def test_each_kind_that_does_not_move_is_one_file_of_the_folder():
    kinds = {name for name, model in config.KINDS.items() if not model.moves}
    files = {path.stem for path in Path(figures.__file__).parent.glob("*.py")}
    assert files == kinds | {"__init__"}


def test_a_function_figure_gives_the_extremes_of_each_derivative():
    found = measured("kind: activation\nfunctions: [sigmoid, tanh, relu, 2*sigmoid(x) - 1]\ndomain: [-10, 10]")
    assert list(found) == ["sigmoid", "tanh", "relu", "2*sigmoid(x) - 1"]
    tail = math.exp(-10) / (1 + math.exp(-10)) ** 2
    assert found["sigmoid"] == {"derivative_min": pytest.approx(tail), "derivative_max": pytest.approx(0.25)}
    assert found["tanh"]["derivative_max"] == pytest.approx(1)
    assert found["relu"] == {"derivative_min": 0, "derivative_max": 1}
    assert found["2*sigmoid(x) - 1"]["derivative_max"] == pytest.approx(0.5)


def test_an_infinite_slope_is_left_out_of_the_extremes():
    (extremes,) = measured("kind: activation\nfunctions: [sqrt(x)]\ndomain: [0, 4]").values()
    assert extremes["derivative_min"] == pytest.approx(0.25)
    assert math.isfinite(extremes["derivative_max"])


def test_a_data_figure_counts_its_points():
    assert measured("kind: data\ntarget: {dataset: cosine}") == {"points": 200}
    assert measured("kind: data\ntarget: {function: x}\ndata: {samples: 33}") == {"points": 33}


def test_a_data_figure_counts_the_points_of_each_class():
    moons = picture("kind: data\ntarget: {dataset: moons}\ndata: {samples: 40}")
    found = moons.measure()
    labels = [int(label) for label in moons.figure.task.fixed_points()[0].y[:, 0]]
    assert found == {"points": 40, "classes": {"0": labels.count(0), "1": labels.count(1)}}
    assert moons.describe(found) == "Scatter plot of 40 points of the data set moons in 2 classes."


def test_a_class_without_a_point_counts_none():
    points = Points(np.zeros((3, 2)), np.array([[1.0], [0.0], [1.0]]))
    figure = SimpleNamespace(task=SimpleNamespace(class_names=("cat", "dog", "owl")))
    assert Data(figure, points).measure()["classes"] == {"cat": 1, "dog": 2, "owl": 0}


def test_alternative_text_says_what_each_kind_shows():
    words = described("kind: activation\nfunctions: [relu, elu]\ndomain: [-3, 2]")
    assert words == "Graph of ReLU, ELU with its derivative from −3 to 2."
    assert described("kind: data\ntarget: {dataset: cosine}") == "Scatter plot of 200 points of the data set cosine."


def test_alternative_text_does_not_name_the_file_of_a_table():
    target = SimpleNamespace(csv="home/me/points.csv", function=None, dataset=None)
    data = Data(SimpleNamespace(target=target, animation=Style()), Points(np.zeros((5, 1)), np.zeros((5, 1))))
    assert data.describe({"points": 5}) == "Scatter plot of 5 points of a CSV file."
