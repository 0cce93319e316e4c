"""Targets: the article's numbers, and points whose randomness goes where it should."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relu_anim.expressions import FormulaError
from relu_anim.targets import DATASETS, TARGETS, Points, Task, function, grid, split

TASK = Task(function("x**2"), None, (-5.0, 5.0), 256, 0.0, True, 0.0, seed=0)
COSINE = Task(None, DATASETS["cosine"], (0.0, 1.0), 200, 0.08, False, 0.0, seed=0)
ORACLES = {
    "identity": lambda x: x,
    "quadratic": np.square,
    "cubic": lambda x: x * x * x,
    "absolute": np.abs,
    "sine": np.sin,
    "cosine": np.cos,
    "step": lambda x: np.heaviside(x, 0),
    "square_root": lambda x: np.sqrt(np.abs(x)),
    "bump": lambda x: np.exp(-np.square(x)),
    "chirp": lambda x: np.sin(np.square(x)),
}


def drawn(task, epochs=1, stream="data"):
    random = task.generator(stream)
    return [task.sample(random) for _ in range(epochs)]


# ---------------------------------------------------------------- the cosine data


def test_the_cosine_data_are_the_200_points_of_the_article():
    points = DATASETS["cosine"].points()
    assert points.x.shape == points.y.shape == (200, 1)
    np.testing.assert_allclose(points.x[:2, 0], [0.37454, 0.95071], atol=5e-6)
    np.testing.assert_allclose(points.y[:2, 0], [-0.68043, 0.85565], atol=5e-6)
    np.random.seed(42)
    x = np.random.rand(200, 1)
    y = np.cos(6 * x) + 0.08 * np.random.randn(200, 1)
    np.testing.assert_array_equal(points.x, x)
    np.testing.assert_array_equal(points.y, y)


def test_the_cosine_data_are_the_same_for_every_seed_and_leave_global_randomness_alone():
    before = np.random.get_state()[1].tolist()
    one = COSINE.fixed_points()[0]
    other = replace(COSINE, seed=7).fixed_points()[0]
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert np.random.get_state()[1].tolist() == before


def test_data_are_evaluated_at_their_training_points():
    task = replace(COSINE, test_fraction=0.2)
    np.testing.assert_array_equal(task.evaluation_points().x, task.fixed_points()[0].x)
    assert len(task.evaluation_points()) == 160


# ---------------------------------------------------------------- functions


@pytest.mark.parametrize("name", TARGETS)
def test_a_named_function_is_the_one_that_its_name_says(name):
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(function(name)(x), ORACLES[name](x), atol=1e-14)
    np.testing.assert_allclose(function(TARGETS[name])(x), ORACLES[name](x), atol=1e-14)


def test_what_is_neither_a_name_nor_a_formula_is_an_error():
    with pytest.raises(FormulaError):
        function("quadratics")


def test_the_grid_is_even_holds_both_ends_and_the_middle():
    points = grid((-5.0, 3.0))
    assert points.shape == (1001, 1)
    assert (points[0, 0], points[500, 0], points[-1, 0]) == (-5.0, -1.0, 3.0)
    np.testing.assert_allclose(np.diff(points[:, 0]), 0.008)


def test_a_function_is_evaluated_on_the_grid_and_without_noise():
    points = replace(TASK, noise=3.0).evaluation_points()
    np.testing.assert_array_equal(points.x, grid(TASK.domain))
    np.testing.assert_array_equal(points.y, points.x**2)


# ---------------------------------------------------------------- sampling


def test_each_epoch_draws_other_points_and_a_seed_the_same_ones_again():
    first, second = drawn(TASK, epochs=2)
    again = drawn(TASK, epochs=2)
    assert not np.isin(first.x, second.x).any()
    np.testing.assert_array_equal(first.x, again[0].x)
    np.testing.assert_array_equal(second.x, again[1].x)
    assert not np.isin(first.x, drawn(replace(TASK, seed=1))[0].x).any()


def test_points_are_spread_evenly_over_the_domain():
    points = drawn(replace(TASK, samples=100_000, domain=(2.0, 10.0)))[0]
    assert points.x.shape == points.y.shape == (100_000, 1)
    assert points.x.min() >= 2
    assert points.x.max() < 10
    counts, _ = np.histogram(points.x, bins=20, range=(2, 10))
    assert np.abs(counts - 5000).max() < 5 * np.sqrt(5000)
    np.testing.assert_array_equal(points.y, points.x**2)


@pytest.mark.parametrize("noise", [0.1, 2.5])
def test_noise_is_normal_has_the_asked_for_deviation_and_is_fresh_for_each_epoch(noise):
    first, second = drawn(replace(TASK, samples=100_000, noise=noise), epochs=2)
    residual = (first.y - first.x**2) / noise
    assert residual.mean() == pytest.approx(0, abs=0.015)
    assert residual.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(residual) < 1).mean() == pytest.approx(0.6827, abs=0.007)
    assert abs(np.corrcoef(residual.ravel(), (second.y - second.x**2).ravel())[0, 1]) < 0.015
    assert abs(np.corrcoef(residual.ravel(), first.x.ravel())[0, 1]) < 0.015


def test_fixed_points_are_drawn_once_and_fresh_ones_not_at_all():
    assert TASK.fixed_points() is None
    fixed = replace(TASK, resample=False, noise=0.5)
    one, other = fixed.fixed_points(), fixed.fixed_points()
    assert len(one[0]) == 256
    assert len(one[1]) == 0
    np.testing.assert_array_equal(one[0].x, other[0].x)
    np.testing.assert_array_equal(one[0].y, other[0].y)


def test_streams_are_independent_of_each_other_and_of_how_much_is_drawn():
    numbers = {name: TASK.generator(name).random(4).tolist() for name in ("init", "data", "order", "split")}
    assert len({tuple(n) for n in numbers.values()}) == 4
    larger = replace(TASK, samples=10, noise=1.0, domain=(0.0, 1.0))
    assert larger.generator("init").random(4).tolist() == numbers["init"]
    assert replace(TASK, seed=2**63 - 1).generator("init").random(4).tolist() != numbers["init"]


# ---------------------------------------------------------------- splitting


@given(st.integers(2, 300), st.floats(0, 0.99), st.integers(0, 1000))
def test_a_split_is_disjoint_complete_and_keeps_x_with_its_y(count, fraction, seed):
    points = Points(np.arange(count, dtype=float)[:, None], -np.arange(count, dtype=float)[:, None])
    training, test = split(points, fraction, np.random.default_rng(seed))
    assert len(test) == round(count * fraction)
    both = np.concatenate([training.x, test.x])[:, 0]
    assert sorted(both.tolist()) == list(range(count))
    np.testing.assert_array_equal(np.concatenate([training.y, test.y])[:, 0], -both)


def test_a_split_is_random_but_fixed_by_the_seed():
    task = replace(COSINE, test_fraction=0.25)
    one, again = task.fixed_points(), task.fixed_points()
    np.testing.assert_array_equal(one[1].x, again[1].x)
    other = replace(task, seed=1).fixed_points()
    assert len(one[1]) == len(other[1]) == 50
    assert not np.array_equal(one[1].x, other[1].x)
    tail = DATASETS["cosine"].points().x[150:]
    assert not np.array_equal(np.sort(one[1].x, axis=0), np.sort(tail, axis=0))


def test_held_out_points_are_part_of_the_same_points_whatever_the_share():
    fixed = replace(TASK, resample=False)
    everything = fixed.fixed_points()[0].x
    training, test = replace(fixed, test_fraction=0.5).fixed_points()
    np.testing.assert_array_equal(np.sort(np.concatenate([training.x, test.x]), axis=0), np.sort(everything, axis=0))
