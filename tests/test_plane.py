"""The regions of the plane against regioncam, closed forms, exact arithmetic and the forward pass itself."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regioncam import Regioncam

from relu_anim.activations import named
from relu_anim.network import Network

IDENTITY, RELU = named("identity"), named("relu")
DOMAIN = (-1.0, 1.0)


def dense(sizes, hidden="relu", output="identity"):
    hidden = named(hidden) if isinstance(hidden, str) else hidden
    return Network(tuple(sizes), (hidden,) * (len(sizes) - 2) + (named(output),))


def flat(*tensors):
    return np.concatenate([np.ravel(t) for t in tensors]).astype(np.float32)


def one_hidden_layer(weights, biases):
    """Units [n, 2] with their biases, added up."""
    return dense((2, len(biases), 1)), flat(weights, biases, np.ones(len(biases)), 0)


def random_network(random, depth, widest=8, names=("relu", "relu", "leaky_relu", "prelu")):
    sizes = (2, *(int(n) for n in random.integers(1, widest + 1, depth)), int(random.integers(1, 3)))
    hidden = [named(str(random.choice(names))) for _ in range(depth)]
    network = Network(sizes, (*hidden, RELU if random.random() < 0.3 else IDENTITY))
    return network, random.normal(size=network.parameter_count).astype(np.float32)


def area(polygon):
    """With its sign: positive for counter-clockwise corners."""
    x, y = (polygon - polygon[0]).T
    return (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2


def inside(random, polygon, points=5):
    """Random convex combinations of the corners."""
    return random.dirichlet(np.ones(len(polygon)), points) @ polygon


def pattern(network, parameters, x):
    """Which units are on at x [points, 2], for every layer that switches: one row of 0 and 1 a point."""
    layers = network.forward(parameters.astype(np.float64), x)
    on = [
        z > 0 for (z, _), activation in zip(layers, network.activations, strict=True) if activation.name != "identity"
    ]
    return np.concatenate(on, axis=1)


# ---------------------------------------------------------------- closed forms


@pytest.mark.parametrize("hidden", ["relu", "leaky_relu", "prelu"])
@pytest.mark.parametrize("units", [1, 2, 3, 5, 8, 13, 30])
def test_n_units_in_general_position_cut_the_plane_into_1_plus_n_plus_n_over_2_regions(units, hidden):
    random = np.random.default_rng(units)
    angles = np.pi * (np.arange(units) + random.uniform(0.1, 0.9, units)) / units
    weights, biases = np.column_stack([np.cos(angles), np.sin(angles)]), random.uniform(-1, 1, units)
    network = dense((2, units, 1), hidden)
    parameters = np.concatenate([flat(weights, biases), np.full(network.parameter_count - 3 * units, 0.5, np.float32)])
    wide = (-2000.0, 2000.0)  # every crossing of two lines lies inside
    assert network.linear_regions(parameters, wide) == 1 + units + units * (units - 1) // 2
    assert len(network.plane(parameters, wide).lines) == units + units * (units - 1) // 2  # one more a crossing


@pytest.mark.parametrize("units", [1, 2, 3, 7])
def test_n_lines_through_one_point_cut_the_plane_into_2n_wedges(units):
    angles = np.pi * np.arange(units) / units + 0.1
    weights = np.column_stack([np.cos(angles), np.sin(angles)])
    parameters = np.concatenate([weights.ravel(), weights @ [0.25, -0.5], np.ones(units), [0]])
    polygons = dense((2, units, 1)).plane(parameters, DOMAIN).polygons
    assert len(polygons) == 2 * units
    if units > 1:
        nearest = [np.linalg.norm(polygon - [-0.25, 0.5], axis=1).min() for polygon in polygons]
        np.testing.assert_allclose(nearest, 0, atol=1e-12)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_tents_in_both_directions_composed_k_times_give_a_board_of_4_to_the_k_fields(times):
    first = flat([[1, 0], [1, 0], [0, 1], [0, 1]], [0, -0.5, 0, -0.5])
    tents = [[2, -4, 0, 0], [2, -4, 0, 0], [0, 0, 2, -4], [0, 0, 2, -4]]
    inner = flat(tents, [0, -0.5, 0, -0.5])
    network = dense((2, *[4] * times, 1))
    parameters = np.concatenate([first, *[inner] * (times - 1), flat([1, 1, 1, 1], [0])])
    plane = network.plane(parameters, (0.0, 1.0))
    assert len(plane.polygons) == 4**times
    np.testing.assert_allclose([area(polygon) for polygon in plane.polygons], 4.0**-times, rtol=1e-9)
    assert network.linear_regions(parameters, (0.0, 1.0)) == 4**times


def test_one_unit_cuts_the_square_in_two_and_the_cut_is_known():
    network, parameters = one_hidden_layer([[1, 0]], [-0.5])
    plane = network.plane(parameters, DOMAIN)
    corners = [sorted(map(tuple, polygon.tolist())) for polygon in plane.polygons]
    left, right = [(-1, -1), (-1, 1), (0.5, -1), (0.5, 1)], [(0.5, -1), (0.5, 1), (1, -1), (1, 1)]
    assert sorted(corners) == [left, right]
    assert sorted(map(tuple, plane.lines[0].tolist())) == [(0.5, -1), (0.5, 1)]
    assert (plane.layers.tolist(), plane.units.tolist()) == ([0], [0])


def test_a_linear_network_and_one_whose_lines_miss_the_square_leave_it_whole():
    for network in (dense((2, 5, 5, 1), "identity"), dense((2, 3, 1), named("leaky_relu", negative_slope=1.0))):
        parameters = np.random.default_rng(0).normal(size=network.parameter_count).astype(np.float32)
        plane = network.plane(parameters, (-3, 2))
        assert [polygon.tolist() for polygon in plane.polygons] == [[[-3, -3], [2, -3], [2, 2], [-3, 2]]]
        assert plane.lines.shape == (0, 2, 2)
        assert plane.layers.shape == plane.units.shape == (0,)
    network, parameters = one_hidden_layer([[1, 0], [0, 0], [0, 0], [1, 1]], [-1.5, 1, 0, 2])  # the last: a corner
    assert network.linear_regions(parameters, DOMAIN) == 1


def test_units_that_switch_along_one_line_cut_once():
    network, parameters = one_hidden_layer([[1, 2], [-3, -6], [0.5, 1]], [0.25, -0.75, 0.125])
    assert network.linear_regions(parameters, DOMAIN) == 2
    unit = np.array([0.1, 0.7, 0.2])
    rows = np.array([unit, 3 * unit, -unit / 7])  # one line up to rounding
    parameters = np.concatenate([rows[:, :2].ravel(), rows[:, 2], [1, 1, 1, 0]])
    assert network.linear_regions(parameters, DOMAIN) == 2


def test_a_unit_that_is_constant_up_to_rounding_does_not_cut():
    network = dense((2, 3, 1, 1))
    same = [[1, 0.5]] * 3, [0.1] * 3
    for cancelling in ([0.1, 0.2, -0.3], [1, -0.5, -0.5], [0.7, 0.1, -0.8]):  # of one unit: 0, or what rounding leaves
        parameters = np.concatenate([np.ravel(t) for t in (*same, cancelling, 0, 1, 0)])
        plane = network.plane(parameters, DOMAIN)
        assert (set(plane.layers.tolist()), len(plane.polygons)) == ({0}, 2)


@pytest.mark.parametrize("bias", [0.0, 0.1])
def test_what_rounding_leaves_of_one_layer_does_not_cut_in_a_later_one(bias):
    network = Network((2, 3, 1, 1, 1), (IDENTITY, named("leaky_relu"), RELU, IDENTITY))
    same = [[1, 0.5]] * 3, [bias] * 3
    parameters = np.concatenate([np.ravel(t) for t in (*same, [0.1, 0.2, -0.3], 0, 1, 0, 1, 0)])
    assert np.abs(network.forward(parameters, np.array([[1.0, 1.0]]))[2][1]).max() > 0  # there is something left
    assert network.linear_regions(parameters, DOMAIN) == 1


def test_a_strip_thinner_than_a_billionth_of_the_square_is_not_cut_off_and_a_thicker_one_is():
    for width in (1.0, 1e-3, 1e6):
        for share, regions in ((1e-10, 1), (1e-8, 2)):
            parameters = np.array([1, 0, -(1 - share) * width, 1, 0])
            assert dense((2, 1, 1)).linear_regions(parameters, (0.0, width)) == regions


def test_a_relu_at_the_output_cuts_too_and_is_of_the_last_layer():
    network = dense((2, 1, 2), output="relu")
    parameters = flat([1, 0], [0], [[1], [-1]], [-0.5, -1])  # on where relu(x) > 0.5; never
    plane = network.plane(parameters, DOMAIN)
    assert len(plane.polygons) == 3
    assert (plane.layers.tolist(), plane.units.tolist()) == ([0, 1], [0, 0])
    np.testing.assert_allclose(plane.lines[1][:, 0], 0.5)
    assert dense((2, 1), output="relu").linear_regions(flat([1, 1], [0]), DOMAIN) == 2


def test_layers_that_do_nothing_are_counted_in_the_number_of_a_layer():
    network = Network((2, 2, 1, 1), (IDENTITY, RELU, IDENTITY))
    plane = network.plane(flat([[1, 0], [0, 1]], [0, 0], [1, 1], [0], [1], [0]), DOMAIN)
    assert (plane.layers.tolist(), plane.units.tolist(), len(plane.polygons)) == ([1], [0], 2)
    np.testing.assert_allclose(plane.lines[0].sum(axis=1), 0, atol=1e-15)


def test_a_slope_is_read_from_the_parameters():
    network = dense((2, 1, 1), "prelu")
    assert network.linear_regions(flat([1, 0], [0], [1.0], [1], [0]), DOMAIN) == 1
    assert network.linear_regions(flat([1, 0], [0], [0.25], [1], [0]), DOMAIN) == 2


# ---------------------------------------------------------------- oracles


def exact_regions(network, parameters, domain):
    """How many polygons rational arithmetic cuts the square into, by clipping one polygon at a time."""
    low, high = (Fraction(end) for end in domain)
    start = ([(low, low), (high, low), (high, high), (low, high)], [(1, 0, 0), (0, 1, 0)])
    pieces = [start]
    for layer, activation in enumerate(network.activations):
        weight = [[Fraction(float(w)) for w in row] for row in network.tensor(parameters, layer, "weight")]
        bias = [Fraction(float(b)) for b in network.tensor(parameters, layer, "bias")]
        left = {"identity": 1, "relu": 0, "leaky_relu": Fraction(0.01)}[activation.name]
        done = []
        for corners, units in pieces:
            maps = [
                tuple(sum((w * u[k] for w, u in zip(row, units, strict=True)), b * (k == 2)) for k in range(3))
                for row, b in zip(weight, bias, strict=True)
            ]
            parts = [(corners, [])]
            for z in maps:
                parts = [(side, [*signs, sign]) for part, signs in parts for side, sign in clipped(part, z, left)]
            done += [
                (part, [tuple((1 if on else left) * c for c in z) for z, on in zip(maps, signs, strict=True)])
                for part, signs in parts
            ]
        pieces = done
    return len(pieces)


def clipped(corners, z, left):
    """The parts of a polygon where an affine function is positive and where it is not."""
    values = [z[0] * x + z[1] * y + z[2] for x, y in corners]
    if left == 1 or max(values) <= 0 or min(values) >= 0:
        yield corners, max(values) > 0
        return
    for sign in (1, -1):
        part = []
        for (p, at_p), (q, at_q) in pairwise([*zip(corners, values, strict=True), (corners[0], values[0])]):
            if at_p * sign >= 0:
                part.append(p)
            if at_p * at_q < 0:
                t = at_p / (at_p - at_q)
                part.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
        yield part, sign == 1


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("kind", ["generic", "coarse", "no biases"])
def test_there_are_as_many_polygons_as_in_exact_arithmetic(kind, depth):
    random = np.random.default_rng([depth, len(kind)])
    found = 0
    for _ in range(8):
        network, parameters = random_network(random, depth, widest=6, names=("relu", "leaky_relu"))
        if kind == "coarse":  # lines that meet in one point, or are one
            parameters = np.round(parameters * 2) / 2
        for slot in network.slots:
            if kind == "no biases" and slot.name == "bias":
                parameters[slot.start : slot.stop] = 0
        plane = network.plane(parameters, DOMAIN)
        assert len(plane.polygons) == exact_regions(network, parameters, DOMAIN), (network, parameters.tolist())
        found += len(plane.lines)
    assert found > 15


@pytest.mark.parametrize("sizes", [(2, 10, 1), (2, 8, 8, 1), (2, 6, 6, 6, 1), (2, 16, 16, 2)])
@pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
def test_the_number_and_the_areas_of_polygons_are_those_of_regioncam(sizes, hidden):
    random = np.random.default_rng(len(sizes))
    network = dense(sizes, hidden)
    for _ in range(5):
        parameters = random.normal(size=network.parameter_count).astype(np.float32)
        oracle = Regioncam(size=1)
        for layer in range(len(network.activations)):
            weight = np.ascontiguousarray(network.tensor(parameters, layer, "weight").T)
            oracle.linear(weight, network.tensor(parameters, layer, "bias"))
            if layer < len(network.activations) - 1:
                oracle.relu() if hidden == "relu" else oracle.leaky_relu(0.01)
        areas = np.sort([area(polygon) for polygon in network.plane(parameters, DOMAIN).polygons])
        expected = np.sort([face.area for face in oracle.faces])
        shown = areas > 1e-5, expected > 1e-5  # regioncam counts in float32
        np.testing.assert_allclose(areas[shown[0]], expected[shown[1]], atol=1e-4)
        assert abs(len(areas) - oracle.num_faces) <= 0.01 * len(areas)


def test_no_sample_finds_a_pattern_that_has_no_polygon_and_no_two_polygons_share_one():
    random = np.random.default_rng(4)
    axis = np.linspace(*DOMAIN, 200)
    sample = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2) + 1e-4 * np.sqrt(2)
    for depth in (1, 2, 3):
        network, parameters = random_network(random, depth, names=("relu",))
        polygons = network.plane(parameters, (-1.01, 1.01)).polygons
        middle = np.array([polygon.mean(axis=0) for polygon in polygons])
        own = {tuple(row) for row in pattern(network, parameters, middle)}
        seen = {tuple(row) for row in pattern(network, parameters, sample)}
        assert len(own) == len(polygons)
        assert seen <= own
        assert len(seen) > 0.5 * len(own)


# ---------------------------------------------------------------- what every plane fulfils


@st.composite
def networks(draw):
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    hidden = [named(name) for name in draw(st.tuples(*[st.sampled_from(["relu", "leaky_relu", "prelu"])] * len(sizes)))]
    network = Network((2, *sizes, 1), (*hidden, draw(st.sampled_from([IDENTITY, RELU]))))
    numbers = st.one_of(st.floats(-2, 2, width=32), st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-6, 1e4]))
    count = network.parameter_count
    parameters = np.array(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=np.float32)
    low = draw(st.sampled_from([-1.0, 0.0, -5.0, 0.1]))
    return network, parameters, (low, low + draw(st.sampled_from([1.0, 2.0, 0.3])))


def largest_value(network, parameters):
    """A bound on every preactivation for inputs up to 6: what rounding and slivers are measured by."""
    size, largest = np.full(2, 6.0), 0.0
    for layer, activation in enumerate(network.activations):
        weight, bias = (np.abs(network.tensor(parameters, layer, name)) for name in ("weight", "bias"))
        size = weight @ size + bias
        largest = max(largest, size.max())
        if activation.learned:
            size = size * max(1, np.abs(network.tensor(parameters, layer, "slope")[0]))
    return largest


@settings(max_examples=60, deadline=None)
@given(networks())
def test_polygons_are_convex_fill_the_square_and_hold_one_affine_map_each(case):
    network, parameters, domain = case
    width = domain[1] - domain[0]
    random = np.random.default_rng(0)
    polygons = network.plane(parameters, domain).polygons
    assert sum(map(area, polygons)) == pytest.approx(width**2, rel=1e-9)
    for polygon in polygons:
        assert polygon.dtype == np.float64
        assert area(polygon) > -1e-15 * width**2  # the tip of a wedge may be thinner than float64 can tell
        edges = np.roll(polygon, -1, axis=0) - polygon
        after = np.roll(edges, -1, axis=0)
        assert (np.linalg.norm(edges, axis=1) > 0).all()
        assert (edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0]).min() >= -1e-8 * width**2
        assert polygon.min() >= domain[0]
        assert polygon.max() <= domain[1]
        values = network.output(parameters.astype(np.float64), polygon)
        weights = random.dirichlet(np.ones(len(polygon)), 5)
        middle = network.output(parameters.astype(np.float64), weights @ polygon)
        np.testing.assert_allclose(middle, weights @ values, atol=1e-8 * largest_value(network, parameters))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_the_named_unit_is_zero_along_its_line_and_nowhere_else_in_a_polygon(case):
    network, parameters, domain = case
    plane = network.plane(parameters, domain)
    parameters = parameters.astype(np.float64)
    scale = largest_value(network, parameters)
    assert len(plane.lines) == len(plane.layers) == len(plane.units) == len(plane.polygons) - 1
    for line, layer, unit in zip(plane.lines, plane.layers, plane.units, strict=True):
        assert np.linalg.norm(line[1] - line[0]) > 0
        points = line[0] + np.linspace(0, 1, 9)[:, None] * (line[1] - line[0])
        preactivation = network.forward(parameters, points)[layer][0][:, unit]
        np.testing.assert_allclose(preactivation, 0, atol=1e-8 * scale)
    for polygon in plane.polygons:
        for layer, (preactivation, signal) in enumerate(network.forward(parameters, polygon)):
            low, high = preactivation.min(axis=0), preactivation.max(axis=0)
            switches = not np.array_equal(signal, preactivation)  # not the identity, nor PReLU with a slope of 1
            assert not switches or (np.minimum(-low, high) <= 1e-8 * scale).all(), layer


def test_many_units_keep_every_property():
    network = dense((2, 32, 32, 1))
    random = np.random.default_rng(7)
    parameters = random.normal(size=network.parameter_count).astype(np.float32)
    plane = network.plane(parameters, (-3, 3))
    assert len(plane.polygons) == len(plane.lines) + 1 > 1000
    assert sum(map(area, plane.polygons)) == pytest.approx(36, rel=1e-9)
    points = np.array([inside(random, polygon, 4) for polygon in plane.polygons])
    on = pattern(network, parameters, points.reshape(-1, 2)).reshape(len(points), 4, -1)
    same = (on == on[:, :1]).all(axis=(1, 2))
    assert same.mean() > 0.999  # a point may lie within rounding of a line


# ---------------------------------------------------------------- limits


def test_more_polygons_than_are_wanted_are_not_made():
    network = dense((2, 12, 12, 1))
    parameters = np.random.default_rng(1).normal(size=network.parameter_count).astype(np.float32)
    count = len(network.plane(parameters, DOMAIN).polygons)
    assert network.plane(parameters, DOMAIN, most=count - 1) is None
    assert len(network.plane(parameters, DOMAIN, most=count).polygons) == count


def test_polygons_need_straight_pieces_two_inputs_and_an_end():
    for network, domain, words in (
        (dense((2, 3, 1), "tanh"), DOMAIN, "piecewise-linear"),
        (dense((1, 3, 1)), DOMAIN, "two inputs"),
        (dense((3, 3, 1)), DOMAIN, "two inputs"),
        (dense((2, 3, 1)), (0.0, np.inf), "two ends"),
    ):
        with pytest.raises(ValueError, match=words):
            network.plane(np.zeros(network.parameter_count, dtype=np.float32), domain)
    network = dense((3, 3, 1))
    with pytest.raises(ValueError, match="one input"):
        network.linear_regions(np.zeros(network.parameter_count, dtype=np.float32))
