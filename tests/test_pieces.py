"""The best that straight pieces can do, against formulas and against trying many."""

import itertools

import numpy as np
import pytest

from relu_anim.targets.pieces import MOST_PIECES, best_pieces


def dense(low, high, count=20_001):
    """The middles of many small cells: a mean over them is an integral but for a part in a million."""
    edges = np.linspace(low, high, count + 1)
    return (edges[1:] + edges[:-1]) / 2


def error_at(x, y, knots):
    """The least mean squared error of a continuous line with these knots, by least squares with a ramp for each."""
    ramps = np.column_stack([np.ones_like(x), x, *(np.maximum(x - knot, 0) for knot in knots)])
    heights = np.linalg.lstsq(ramps, y, rcond=None)[0]
    return np.mean((ramps @ heights - y) ** 2)


def tried_out(x, y, pieces, places):
    """The least error over all choices of knots among these places."""
    return min(error_at(x, y, knots) for knots in itertools.combinations(places, pieces - 1))


@pytest.mark.parametrize("pieces", [1, 2, 3, 5, 8, 18, 21])
def test_of_a_parabola_the_error_is_the_known_one_and_the_knots_are_even(pieces):
    x = dense(-5, 5)
    best = best_pieces(x, x**2, pieces)
    assert best.error == pytest.approx((10 / pieces) ** 4 / 180, rel=2e-4)
    assert np.diff(best.x) == pytest.approx(np.full(pieces, 10 / pieces), rel=2e-2)


def test_published_numbers_of_a_parabola():
    x = dense(-5, 5)
    assert best_pieces(x, x**2, 3).error == pytest.approx(0.6859, rel=1e-3)
    assert best_pieces(x, x**2, 18).error == pytest.approx(5.29e-4, rel=1e-3)


@pytest.mark.parametrize("pieces", [2, 3, pytest.param(4, marks=pytest.mark.soak)])
@pytest.mark.parametrize("function", [np.sin, lambda x: np.sin(2 * x), np.exp, lambda x: np.exp(-(x**2))])
def test_no_choice_of_knots_among_many_is_better(function, pieces):
    x = np.linspace(-5, 5, 201)
    y = function(x)
    tried = tried_out(x, y, pieces, np.linspace(-4.8, 4.8, 49 if pieces < 4 else 33))
    assert 0.5 * tried <= best_pieces(x, y, pieces).error <= tried * (1 + 1e-6)


def test_points_with_noise_are_fitted_as_well_as_by_any_knots_among_many():
    random = np.random.default_rng(1)
    x = np.sort(random.random(40))
    y = np.cos(6 * x) + 0.1 * random.standard_normal(40)
    for pieces in (2, 3, 4):
        assert best_pieces(x, y, pieces).error <= 1.001 * tried_out(x, y, pieces, np.linspace(0.02, 0.98, 33))


def test_the_error_is_that_of_the_line_and_the_order_of_points_makes_no_difference():
    random = np.random.default_rng(2)
    x = random.uniform(3, 4, 60)
    y = np.sin(9 * x)
    best = best_pieces(x, y, 5)
    assert best.error == pytest.approx(np.mean((np.interp(x, best.x, best.y) - y) ** 2))
    assert (best.x[0], best.x[-1]) == (pytest.approx(x.min()), pytest.approx(x.max()))
    order = np.argsort(x)
    again = best_pieces(x[order], y[order], 5)
    assert (again.x.tolist(), again.y.tolist()) == (best.x.tolist(), best.y.tolist())


def test_what_is_made_of_straight_pieces_is_met_exactly():
    x = np.linspace(-5, 5, 1001)
    assert best_pieces(x, np.abs(x), 2).error == 0
    assert best_pieces(x, (x > 0) * 1.0, 3).error == 0


@pytest.mark.parametrize("pieces", [1, 2, 5, 11])
def test_more_pieces_are_never_worse(pieces):
    x = np.linspace(-5, 5, 301)
    y = np.sin(x**2)
    assert best_pieces(x, y, pieces + 1).error <= best_pieces(x, y, pieces).error * 1.001


def test_few_points_equal_points_and_constant_ones():
    one = best_pieces(np.array([2.0]), np.array([3.0]), 4)
    assert one.error == pytest.approx(0, abs=1e-20)
    assert best_pieces(np.array([1.0, 1.0]), np.array([0.0, 2.0]), 3).error == pytest.approx(1)
    x = np.array([0.0, 0.0, 1.0, 1.0, 2.0, 2.0])
    assert best_pieces(x, np.array([0.0, 2.0, 5.0, 7.0, 1.0, 3.0]), 9).error == pytest.approx(1)
    assert best_pieces(np.arange(9.0), np.full(9, 7.0), 4).error == pytest.approx(0, abs=1e-20)


def test_of_very_many_pieces_some_are_searched_for():
    x = np.linspace(-5, 5, 1001)
    assert len(best_pieces(x, np.sin(x), 1000).x) <= MOST_PIECES + 1
