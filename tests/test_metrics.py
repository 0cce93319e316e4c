"""Metrics against direct computation, and the words that describe a picture."""

import math

import numpy as np
import pytest

from relu_anim import config
from relu_anim.metrics import alt_text, measure, measure_data, measure_functions
from relu_anim.recording import Snapshot, stack

SHIFTS = (-2.0, 1.0, 20.0)  # the last is dead on [-5, 5]


def experiment(text="", model="layer_sizes: [1, 3, 1]"):
    return config.loads(f"target: {{function: x**2, domain: [-5, 5]}}\nmodel: {{{model}}}\n{text}")


def recording(parameters, loss=0.5, test_loss=math.nan, stopped=""):
    before = np.zeros(len(parameters), dtype=np.float32)
    rows = [(0, 0, before, 9.0), (7, 70, np.array(parameters, dtype=np.float32), loss)]
    norms = np.zeros(2, dtype=np.float32)
    return stack([Snapshot(e, s, p, value, test_loss, norms) for e, s, p, value in rows], stopped)


def three_units():
    return [1, 1, 1, *(-shift for shift in SHIFTS), 1, 1, 1, 0]


def test_metrics_are_those_of_the_last_snapshot():
    metrics = measure(experiment(), recording(three_units()))
    x = np.linspace(-5, 5, 1001)
    zeros = sum(((x - shift) <= 0).sum() for shift in SHIFTS)
    assert metrics == {
        "loss": 0.5,
        "epoch": 7,
        "step": 70,
        "dead_units": [1],
        "sparsity": [pytest.approx(zeros / (3 * 1001), abs=5e-5)],
        "knots": 2,
    }


def test_metrics_are_plain_numbers_that_json_can_hold():
    metrics = measure(experiment(), recording(three_units()))
    assert all(type(value) in (int, float, list) for value in metrics.values())
    assert [type(value) for value in (*metrics["dead_units"], *metrics["sparsity"])] == [int, float]


def test_dead_units_of_fixed_data_are_counted_at_their_points_alone():
    parameters = [1, 1, 1, 0.0, -0.5, -0.995, 1, 1, 1, 0]  # the last switches beyond the largest x, 0.98689
    data = config.loads("target: {dataset: cosine}\nmodel: {layer_sizes: [1, 3, 1]}")
    assert measure(data, recording(parameters))["dead_units"] == [1]
    grid = config.loads("target: {function: x, domain: [0, 1]}\nmodel: {layer_sizes: [1, 3, 1]}")
    assert measure(grid, recording(parameters))["dead_units"] == [0]


def test_smooth_networks_have_no_count_of_knots_and_no_dead_units():
    metrics = measure(experiment(model="layer_sizes: [1, 3, 1], activation: tanh"), recording(three_units()))
    assert "knots" not in metrics
    assert metrics["dead_units"] == [0]


def test_each_hidden_layer_has_its_own_numbers_and_a_linear_network_none():
    deep = experiment(model="layer_sizes: [1, 1, 2, 1], activation: [relu, tanh]")
    metrics = measure(deep, recording([0, -1, 1, 1, 1, 1, 1, 1, 0]))
    assert metrics["dead_units"] == [1, 0]
    assert metrics["sparsity"] == [1.0, 0.0]
    metrics = measure(experiment(model="layer_sizes: [1, 1]"), recording([1, 0]))
    assert (metrics["dead_units"], metrics["sparsity"], metrics["knots"]) == ([], [], 0)


def test_the_loss_on_held_out_points_and_the_reason_of_an_early_end_are_told_only_where_there_are_any():
    quiet = measure(experiment(), recording(three_units()))
    assert not {"test_loss", "stopped"} & quiet.keys()
    metrics = measure(experiment(), recording(three_units(), test_loss=0.75, stopped="diverged: ∞"))
    assert metrics["test_loss"] == 0.75
    assert metrics["stopped"] == "diverged: ∞"


def test_a_function_figure_gives_the_extremes_of_each_derivative():
    figure = config.loads("kind: activation\nfunctions: [sigmoid, tanh, relu, 2*sigmoid(x) - 1]\ndomain: [-10, 10]")
    metrics = measure_functions(figure)
    assert list(metrics) == ["sigmoid", "tanh", "relu", "2*sigmoid(x) - 1"]
    tail = math.exp(-10) / (1 + math.exp(-10)) ** 2
    assert metrics["sigmoid"] == {"derivative_min": pytest.approx(tail), "derivative_max": pytest.approx(0.25)}
    assert metrics["tanh"]["derivative_max"] == pytest.approx(1)
    assert metrics["relu"] == {"derivative_min": 0, "derivative_max": 1}
    assert metrics["2*sigmoid(x) - 1"]["derivative_max"] == pytest.approx(0.5)


def test_an_infinite_slope_is_left_out_of_the_extremes():
    figure = config.loads("kind: activation\nfunctions: [sqrt(x)]\ndomain: [0, 4]")
    (extremes,) = measure_functions(figure).values()
    assert extremes["derivative_min"] == pytest.approx(0.25)
    assert math.isfinite(extremes["derivative_max"])


def test_a_data_figure_counts_its_points():
    assert measure_data(config.loads("kind: data\ntarget: {dataset: cosine}")) == {"points": 200}
    assert measure_data(config.loads("kind: data\ntarget: {function: x}\ndata: {samples: 33}")) == {"points": 33}


def test_alternative_text_says_what_each_kind_of_picture_shows():
    loaded = experiment()
    text = alt_text(loaded, measure(loaded, recording(three_units(), loss=0.12345)))
    assert text == "Film of a 1-3-1 network with ReLU units learning x**2: after 7 epochs its loss is 0.123."
    linear = experiment(model="layer_sizes: [1, 1]")
    assert "with" not in alt_text(linear, measure(linear, recording([1, 0])))
    mixed = experiment(model="layer_sizes: [1, 1, 1, 1], activation: [relu, tanh]")
    assert "with ReLU and tanh units" in alt_text(mixed, measure(mixed, recording([1, 0, 1, 0, 1, 0])))
    figure = config.loads("kind: activation\nfunctions: [relu, elu]\ndomain: [-3, 2]")
    assert alt_text(figure, measure_functions(figure)) == "Graph of ReLU, ELU with its derivative from -3 to 2."
    data = config.loads("kind: data\ntarget: {dataset: cosine}")
    assert alt_text(data, measure_data(data)) == "Scatter plot of 200 points of the data set cosine."
