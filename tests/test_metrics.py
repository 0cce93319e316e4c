"""Metrics against direct computation."""

import json
import math
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from relu_anim import config, metrics
from relu_anim.activations import named
from relu_anim.metrics import SERIES, measure, measure_series
from relu_anim.network import Network
from relu_anim.recording import Snapshot, stack
from relu_anim.targets import Task, function

SHIFTS = (-2.0, 1.0, 20.0)  # the last is dead on [-5, 5]


def experiment(text="", model="layer_sizes: [1, 3, 1]"):
    return config.loads(f"target: {{function: x**2, domain: [-5, 5]}}\nmodel: {{{model}}}\n{text}")


def plane_experiment(*layer_sizes, hidden="relu", domain=(-100.0, 100.0)):
    """An experiment of two inputs, as far as it is measured."""
    task = Task(function("x*y"), None, None, domain, 100, 0.0, True, 0.0, 0, 0)
    activations = (named(hidden),) * (len(layer_sizes) - 2) + (named("identity"),)
    return SimpleNamespace(shape=(layer_sizes, activations), task=task, choice=None)


def recording(parameters, loss=0.5, test_loss=math.nan, stopped="", norms=(0.25, 1 / 3), accuracies=(math.nan,) * 2):
    before = np.zeros(len(parameters), dtype=np.float32)
    rows = [(0, 0, before, 9.0), (7, 70, np.array(parameters, dtype=np.float32), loss)]
    snapshots = [Snapshot(e, s, p, value, test_loss, norms, *accuracies) for e, s, p, value in rows]
    return stack(None, snapshots, stopped)  # `measure` has its network from the experiment


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
        "linear_regions": 3,
        "gradient_norms": [0.25, 0.333333],
    }


def test_metrics_are_plain_numbers_that_json_can_hold():
    found = measure(experiment(), recording(three_units()))
    assert all(type(value) in (int, float, list) for value in found.values())
    assert [type(value) for value in (*found["dead_units"], *found["sparsity"])] == [int, float]
    huge = recording([3e38] * 10, loss=math.inf, test_loss=math.nan, norms=(math.nan, math.inf))
    found = measure(experiment(), huge)
    assert (found["loss"], found["gradient_norms"], "test_loss" in found) == (None, [None, None], False)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_numbers_too_large_for_float64_are_met_without_a_warning():
    deep = experiment(model=f"layer_sizes: {[1] * 12}, activation: identity")
    found = measure(deep, recording([3e38] * 22))
    assert found["linear_collapse_error"] is None
    network = Network(deep.model.layer_sizes, deep.model.activations)
    _, found = series(network, recording([3e38] * 22), [0, 1], ["sparsity", "knots"])
    assert found["sparsity"].tolist() == [[1.0] * 10, [0.0] * 10]


def test_dead_units_of_fixed_data_are_counted_at_their_points_alone():
    parameters = [1, 1, 1, 0.0, -0.5, -0.995, 1, 1, 1, 0]  # the last switches beyond the largest x, 0.98689
    data = config.loads("target: {dataset: cosine}\nmodel: {layer_sizes: [1, 3, 1]}")
    assert measure(data, recording(parameters))["dead_units"] == [1]
    grid = config.loads("target: {function: x, domain: [0, 1]}\nmodel: {layer_sizes: [1, 3, 1]}")
    assert measure(grid, recording(parameters))["dead_units"] == [0]


def test_smooth_networks_have_no_count_of_knots_and_no_dead_units():
    found = measure(experiment(model="layer_sizes: [1, 3, 1], activation: tanh"), recording(three_units()))
    assert not {"knots", "linear_regions"} & found.keys()
    assert found["dead_units"] == [0]


def test_two_inputs_have_regions_of_the_plane_and_no_knots():
    parameters = [1, 0, 0, 1, 1, 1, 0, 0, -1, 1, 1, 1, 0]  # three lines that meet in three points: 7 regions
    found = measure(plane_experiment(2, 3, 1), recording(parameters))
    assert (found["linear_regions"], "knots" in found) == (7, False)
    assert found["dead_units"] == [0]
    shares = found["sparsity"]  # on the grid each unit is off at half of the points, or a few more or less
    assert shares == [pytest.approx(0.5, abs=0.02)]


def test_regions_that_are_too_many_are_not_counted(monkeypatch):
    ones = [1.0] * (4 * 300 + 1)
    assert "linear_regions" not in measure(plane_experiment(2, 300, 1), recording(ones))
    parameters = [1, 0, 0, 1, 1, 1, 0, 0, -1, 1, 1, 1, 0]
    monkeypatch.setattr(metrics, "MOST_POLYGONS", 6)
    assert "linear_regions" not in measure(plane_experiment(2, 3, 1), recording(parameters))
    monkeypatch.setattr(metrics, "MOST_POLYGONS", 7)
    assert measure(plane_experiment(2, 3, 1), recording(parameters))["linear_regions"] == 7
    assert "linear_regions" not in measure(plane_experiment(2, 3, 1, hidden="tanh"), recording(parameters))


def test_layers_without_activations_are_measured_against_the_one_line_that_they_are():
    parameters = np.random.default_rng(0).normal(size=10).astype(np.float32)
    identity = experiment(model="layer_sizes: [1, 3, 1], activation: identity")
    error = measure(identity, recording(parameters))["linear_collapse_error"]
    first, bias, last, offset = np.split(parameters, [3, 6, 9])
    x = np.linspace(-5, 5, 1001, dtype=np.float32)
    line = (first.astype(float) @ last) * x + (bias.astype(float) @ last + offset[0])
    direct = np.abs((x[:, None] * first + bias) @ last + offset - line).max()
    assert 0 < error < 1e-5
    assert error == pytest.approx(direct, abs=2e-6)  # sums may be rounded in another order
    assert "linear_collapse_error" not in measure(experiment(), recording(three_units()))
    assert "linear_collapse_error" not in measure(experiment(model="layer_sizes: [1, 1]"), recording([1, 0]))


def test_learned_slopes_are_told_and_those_that_are_fixed_are_not():
    prelu = experiment(model="layer_sizes: [1, 1, 1, 1], activation: prelu")
    assert measure(prelu, recording([1, 0, 0.1, 1, 0, -0.3, 1, 0]))["slopes"] == [0.1, -0.3]
    leaky = experiment(model="layer_sizes: [1, 3, 1], activation: leaky_relu")
    assert "slopes" not in measure(leaky, recording(three_units()))


def test_accuracies_are_told_where_there_are_classes():
    found = measure(plane_experiment(2, 3, 1), recording([1.0] * 13, accuracies=(0.75, math.nan)))
    assert (found["accuracy"], "test_accuracy" in found) == (0.75, False)
    found = measure(plane_experiment(2, 3, 1), recording([1.0] * 13, accuracies=(0.75, 0.5)))
    assert (found["accuracy"], found["test_accuracy"]) == (0.75, 0.5)


def test_each_hidden_layer_has_its_own_numbers_and_a_linear_network_none():
    deep = experiment(model="layer_sizes: [1, 1, 2, 1], activation: [relu, tanh]")
    found = measure(deep, recording([0, -1, 1, 1, 1, 1, 1, 1, 0]))
    assert found["dead_units"] == [1, 0]
    assert found["sparsity"] == [1.0, 0.0]
    found = measure(experiment(model="layer_sizes: [1, 1]"), recording([1, 0]))
    assert (found["dead_units"], found["sparsity"], found["knots"], found["linear_regions"]) == ([], [], 0, 1)


def test_the_loss_on_held_out_points_and_the_reason_of_an_early_end_are_told_only_where_there_are_any():
    quiet = measure(experiment(), recording(three_units()))
    assert not {"test_loss", "stopped"} & quiet.keys()
    found = measure(experiment(), recording(three_units(), test_loss=0.75, stopped="diverged: ∞"))
    assert found["test_loss"] == 0.75
    assert found["stopped"] == "diverged: ∞"


# ---------------------------------------------------------------- over a run


def run_of(network, frames=12, seed=0):
    """A recording of random networks with every column filled."""
    random = np.random.default_rng(seed)
    return stack(
        network,
        [
            Snapshot(
                epoch,
                epoch,
                random.normal(size=network.parameter_count).astype(np.float32),
                *random.uniform(0, 1, 2),
                random.uniform(0, 1, len(network.activations)).astype(np.float32),
                *random.uniform(0, 1, 2),
            )
            for epoch in range(frames)
        ],
    )


def series(network, run, indices, names=tuple(SERIES), domain=(-2.0, 2.0)):
    x = np.random.default_rng(1).uniform(*domain, (40, network.layer_sizes[0]))
    return x, measure_series(network, run, np.array(indices), names, x, domain)


@pytest.mark.parametrize("inputs", [1, 2])
def test_series_are_the_numbers_of_each_snapshot_alone(inputs):
    network = Network((inputs, 4, 3, 2), (named("relu"), named("prelu"), named("identity")))
    run, indices = run_of(network), [0, 3, 4, 11]
    x, found = series(network, run, indices)
    assert list(found) == list(SERIES)
    for frame, index in enumerate(indices):
        row = {name: values[frame].tolist() for name, values in found.items()}
        snapshot = run[index]
        parameters = snapshot.parameters
        for name in ("loss", "test_loss", "accuracy", "test_accuracy"):
            assert row[name] == getattr(snapshot, name)
        assert row["gradient_norms"] == snapshot.gradient_norms.tolist()
        assert row["dead_units"] == [dead.sum() for dead in network.dead_units(parameters, x)]
        assert row["sparsity"] == pytest.approx(list(network.sparsity(parameters, x)))
        assert row["linear_regions"] == network.linear_regions(parameters, (-2.0, 2.0))
        weights = [network.tensor(parameters, layer, "weight") for layer in range(3)]
        assert row["weight_norms"] == pytest.approx([math.sqrt((w.astype(float) ** 2).sum()) for w in weights])
        assert row["slopes"] == [network.tensor(parameters, 1, "slope")[0]]
        if inputs == 1:
            assert row["knots"] == len(network.knots(parameters, (-2.0, 2.0)))
        else:
            assert math.isnan(row["knots"])
    assert all(values.dtype == np.float64 for values in found.values())
    assert found["dead_units"].shape == (4, 2)
    assert found["linear_regions"].min() > 1


def test_series_do_not_depend_on_how_many_snapshots_are_looked_at_together(monkeypatch):
    network = Network((1, 5, 5, 1), (named("relu"), named("relu"), named("identity")))
    run = run_of(network, 9)
    _, together = series(network, run, range(9))
    for size in (1, 3000):
        monkeypatch.setattr(metrics, "CHUNK_VALUES", size)
        _, apart = series(network, run, range(9))
        for name in SERIES:
            np.testing.assert_allclose(apart[name], together[name], rtol=1e-12)


def test_series_of_a_long_run_are_made_in_little_memory(monkeypatch):
    network = Network((1, 5, 5, 1), (named("relu"), named("relu"), named("identity")))
    run = run_of(network, 400)
    monkeypatch.setattr(metrics, "CHUNK_VALUES", 10_000)  # all at once would be 400 · 40 · 22 = 352,000
    tracemalloc.start()
    series(network, run, range(400), ["dead_units", "sparsity"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 10_000 * 8


def test_a_series_of_what_a_network_does_not_have_is_not_a_number_or_has_no_layers():
    network = Network((1, 3, 1), (named("tanh"), named("identity")))
    run = run_of(network, 3)
    _, found = series(network, run, [0, 2])
    assert np.isnan(found["knots"]).all()
    assert np.isnan(found["linear_regions"]).all()
    assert found["slopes"].shape == (2, 0)
    assert found["dead_units"].tolist() == [[0], [0]]
    flat = Network((1, 1), (named("identity"),))
    _, found = series(flat, run_of(flat, 3), [0, 1, 2], ["sparsity", "knots"])
    assert list(found) == ["sparsity", "knots"]
    assert found["sparsity"].shape == (3, 0)
    assert found["knots"].tolist() == [0, 0, 0]
