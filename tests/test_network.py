"""The NumPy network against torch, against exact rational arithmetic, regioncam, a dense search and closed forms."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers.configs import refused
from helpers.torch_oracle import TORCH_MODULES
from regioncam import Regioncam1D
from torch import nn

from relu_anim.activations import ACTIVATIONS, from_formula, named
from relu_anim.errors import ConfigError
from relu_anim.expressions import parse
from relu_anim.network import Network
from relu_anim.recording import Snapshot

IDENTITY, RELU = named("identity"), named("relu")
DOMAIN = (-5.0, 5.0)
FORMULAS = {
    "x**2/10": lambda z: z**2 / 10,
    "sin(3*x) + x/2": lambda z: torch.sin(3 * z) + z / 2,
    "sign(x)*sqrt(abs(x))": lambda z: torch.sign(z) * torch.sqrt(torch.abs(z)),
    "max(x, 0)": lambda z: torch.clamp(z, min=0),
}


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


def module(activation):
    if activation.formula is not None:
        return Function(FORMULAS[activation.name])
    return TORCH_MODULES[activation.name](*activation.parameters.values())


def torch_model(network, parameters):
    """The same network of torch's own modules, its parameters read from the flat vector in torch's own order."""
    layers = []
    for inputs, outputs, activation in zip(
        network.layer_sizes, network.layer_sizes[1:], network.activations, strict=False
    ):
        layers += [nn.Linear(inputs, outputs), module(activation)]
    model = nn.Sequential(*layers)
    nn.utils.vector_to_parameters(torch.tensor(parameters), model.parameters())
    return model


def dense(sizes, hidden="relu", output="identity"):
    hidden = named(hidden) if isinstance(hidden, str) else hidden
    return Network(tuple(sizes), (hidden,) * (len(sizes) - 2) + (named(output),))


def flat(*tensors):
    return np.concatenate([np.ravel(t) for t in tensors]).astype(np.float32)


def one_hidden_layer(weights, biases, outputs, bias=0.0):
    return dense((1, len(weights), 1)), flat(weights, biases, outputs, bias)


def random_network(random, depth, kind="generic", names=("relu", "relu", "leaky_relu", "prelu")):
    """A piecewise-linear network of that depth, with parameters of an awkward kind."""
    sizes = (1, *(int(n) for n in random.integers(1, 9 if depth < 3 else 6, depth)), 1)
    hidden = [named(str(random.choice(names))) for _ in range(depth)]
    network = Network(sizes, (*hidden, RELU if random.random() < 0.25 else IDENTITY))
    parameters = random.normal(size=network.parameter_count)
    if kind == "coarse":  # many switches at the same place
        parameters = np.round(parameters * 2) / 2
    if kind == "sparse":
        parameters[random.random(len(parameters)) < 0.3] = 0
    if kind == "huge and tiny":
        parameters *= 10.0 ** random.uniform(-6, 6, len(parameters))
    if kind == "no biases":
        for slot in network.slots:
            if slot.name == "bias":
                parameters[slot.start : slot.stop] = 0
    return network, parameters.astype(np.float32)


# ---------------------------------------------------------------- forward pass


@pytest.mark.parametrize("sizes", [(1, 1), (1, 20, 1), (1, 7, 5, 3, 1), (2, 6, 4), (5, 64, 64, 10)])
@pytest.mark.parametrize(
    "activation", [*ACTIVATIONS.values(), *(from_formula(parse(f)) for f in FORMULAS)], ids=lambda a: a.name
)
def test_outputs_are_those_of_torch(activation, sizes):
    network = Network(sizes, (activation,) * (len(sizes) - 1))
    random = np.random.default_rng(0)
    parameters = random.normal(0, 0.5, network.parameter_count).astype(np.float32)
    x = random.uniform(-3, 3, (101, sizes[0])).astype(np.float32)
    expected = torch_model(network, parameters)(torch.tensor(x)).detach().numpy()
    got = network.output(parameters, x)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5 * max(1, np.abs(expected).max()))


def test_every_layer_is_the_one_of_torch():
    network = Network((2, 5, 4, 3), (named("prelu", init=0.3), named("elu", alpha=0.7), named("sigmoid")))
    random = np.random.default_rng(1)
    parameters = random.normal(size=network.parameter_count).astype(np.float32)
    x = random.normal(size=(11, 2)).astype(np.float32)
    signal, expected = torch.tensor(x), []
    for layer in torch_model(network, parameters):
        signal = layer(signal)
        expected.append(signal.detach().numpy())
    got = [values for pair in network.forward(parameters, x) for values in pair]
    assert len(got) == len(expected) == 6
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_learned_slope_is_read_from_the_parameters_and_not_from_its_start():
    network = Network((1, 1), (named("prelu", init=0.25),))
    assert network.output(flat(2, 0, 0.5), np.array([[-3.0], [3.0]])).ravel().tolist() == [-3.0, 6.0]


@pytest.mark.parametrize("hidden", ["relu", "prelu", "gelu"])
def test_many_networks_at_once_give_what_each_gives_alone(hidden):
    network = dense((1, 6, 4, 1), hidden)
    parameters = np.random.default_rng(2).normal(size=(3, 5, network.parameter_count)).astype(np.float32)
    x = np.linspace(-2, 2, 17, dtype=np.float32)[:, None]
    together = network.output(parameters, x)
    assert together.shape == (3, 5, 17, 1)
    for i, j in np.ndindex(3, 5):
        np.testing.assert_allclose(together[i, j], network.output(parameters[i, j], x), rtol=1e-6, atol=1e-6)


def test_parameters_lie_layer_by_layer_as_torch_counts_them():
    network = Network((2, 5, 4, 3), (named("prelu"), RELU, named("prelu")))
    parameters = np.arange(network.parameter_count, dtype=np.float32)
    tensors = [p.detach().numpy() for p in torch_model(network, parameters).parameters()]
    assert sum(t.size for t in tensors) == network.parameter_count
    for slot, tensor in zip(network.slots, tensors, strict=True):
        np.testing.assert_array_equal(network.tensor(parameters, slot.layer, slot.name), tensor)
    assert network.layer_starts.tolist() == [0, 16, 40]


def test_stages_are_titled_and_leave_the_identity_out():
    network, parameters = one_hidden_layer([1, -1], [0, 0], [1, 1])
    x = np.array([[-2.0], [3.0]])
    stages = network.stages(parameters, x)
    assert [stage.title for stage in stages] == ["Linear 1→2", "ReLU", "Linear 2→1"]
    assert [stage.layer for stage in stages] == [0, 0, 1]
    assert [stage.is_activation for stage in stages] == [False, True, False]
    assert [stage.values.tolist() for stage in stages] == [[[-2, 2], [3, -3]], [[0, 2], [3, 0]], [[2], [3]]]


# ---------------------------------------------------------------- knots: closed forms


def test_a_sum_of_shifted_units_has_its_knots_at_the_shifts():
    shifts = np.array([-4.5, -2, -0.125, 0, 1, 3.75])
    network, parameters = one_hidden_layer(np.ones(6), -shifts, [1, -2, 3, -4, 5, -6])
    np.testing.assert_allclose(network.knots(parameters, DOMAIN), shifts, atol=1e-15)
    np.testing.assert_allclose(network.knots(parameters), shifts, atol=1e-15)


@pytest.mark.parametrize("times", [1, 2, 3, 5, 8])
def test_composed_tents_double_the_pieces_each_time(times):
    network = dense((1, *[2] * times, 1))
    first = flat([1, 1], [0, -0.5])
    inner = flat([[2, -4], [2, -4]], [0, -0.5])
    last = flat([2, -4], [0])
    parameters = np.concatenate([first, *[inner] * (times - 1), last])
    pieces = 2**times
    np.testing.assert_allclose(network.knots(parameters, (0.0, 1.0)), np.arange(1, pieces) / pieces, atol=1e-12)
    assert network.linear_regions(parameters, (0.0, 1.0)) == pieces
    slopes = network.segments(parameters, (0.0, 1.0)).slopes
    np.testing.assert_allclose(np.abs(slopes), pieces)


@pytest.mark.parametrize("hidden", ["relu", "leaky_relu", "prelu"])
@pytest.mark.parametrize("units", [1, 2, 20, 64])
def test_one_hidden_layer_of_n_units_has_n_plus_one_regions_on_the_line(units, hidden):
    network = dense((1, units, 1), hidden)
    parameters = np.random.default_rng(units).uniform(0.5, 1.5, network.parameter_count).astype(np.float32)
    pieces = network.segments(parameters)
    assert len(pieces.slopes) == units + 1
    assert len(network.knots(parameters)) == units
    assert network.linear_regions(parameters) == units + 1
    assert pieces.edges[0] == -np.inf
    assert pieces.edges[-1] == np.inf
    weight, bias = network.tensor(parameters, 0, "weight")[:, 0], network.tensor(parameters, 0, "bias")
    np.testing.assert_allclose(pieces.edges[1:-1], np.sort(-bias.astype(float) / weight), rtol=1e-12)


def test_a_linear_network_has_no_knots_and_one_piece():
    network = dense((1, 8, 8, 1), "identity")
    parameters = np.random.default_rng(0).normal(size=network.parameter_count).astype(np.float32)
    assert len(network.knots(parameters)) == 0
    assert network.segments(parameters, DOMAIN).edges.tolist() == list(DOMAIN)


def test_a_relu_at_the_output_is_a_knot():
    assert dense((1, 1), output="relu").knots(flat(2, 1)).tolist() == [-0.5]


def test_a_leaky_slope_of_one_is_no_knot_and_a_learned_slope_below_zero_is():
    network = dense((1, 1, 1), named("leaky_relu", negative_slope=1.0))
    assert len(network.knots(flat(1, 0, 1, 0))) == 0
    network = dense((1, 1, 1), "prelu")
    assert len(network.knots(flat(1, -2, 1.0, 1, 0))) == 0
    assert network.knots(flat(1, -2, -1.0, 1, 0)).tolist() == [2.0]
    np.testing.assert_allclose(network.segments(flat(1, -2, -1.0, 1, 0)).slopes.ravel(), [-1, 1])


def test_units_that_are_dead_zero_or_cut_off_later_add_no_knot():
    weights, biases = [1, 0, 0, 1, 1], [-1, 3, 0, -2, -20]  # a knot at 1; constant; nothing; weight 0; outside
    network, parameters = one_hidden_layer(weights, biases, [1, 1, 1, 0, 1])
    assert network.knots(parameters, DOMAIN).tolist() == [1.0]
    network = dense((1, 1, 1, 1))
    assert len(network.knots(flat(1, 0, -1, -1, 1, 0))) == 0  # the second unit is never positive


def test_units_that_switch_at_one_place_are_one_knot_and_opposite_ones_none():
    network, parameters = one_hidden_layer([1, 2, -4], [-0.5, -1, 2], [1, 1, 1])
    assert network.knots(parameters, DOMAIN).tolist() == [0.5]
    network, parameters = one_hidden_layer([1, 1], [-0.5, -0.5], [1, -1])
    assert len(network.knots(parameters, DOMAIN)) == 0
    network, parameters = one_hidden_layer([1, -1], [-0.5, 0.5], [1, -1])  # relu(z) - relu(-z) = z
    assert len(network.knots(parameters, DOMAIN)) == 0


def test_a_knot_at_an_end_of_the_domain_is_not_inside_it():
    network, parameters = one_hidden_layer([1, 1, 1], [5, -5, -1], [1, 1, 1])
    assert network.knots(parameters, DOMAIN).tolist() == [1.0]
    assert network.segments(parameters, DOMAIN).edges.tolist() == [-5, 1, 5]


def test_knots_far_out_do_not_swallow_those_close_together():
    network, parameters = one_hidden_layer([1, 1, 1e-10], [0, -1e-6, 1], [1, 1, 1])
    np.testing.assert_allclose(network.knots(parameters), [-1e10, 0, 1e-6], rtol=1e-6, atol=1e-12)


def test_a_weak_knot_beside_a_steep_piece_is_found():
    network, parameters = one_hidden_layer([1e6, 1], [0, -2], [1e4, 1])  # slope changes of 1e10 and of 1
    np.testing.assert_allclose(network.knots(parameters, DOMAIN), [0, 2], atol=1e-12)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1, 1e3, 1e6])
def test_knots_do_not_depend_on_the_scale_of_a_layer(scale):
    network = dense((1, 5, 4, 1))
    random = np.random.default_rng(5)
    w1, b1, w2, b2, w3 = (random.normal(size=s) for s in (5, 5, 20, 4, 4))
    expected = network.knots(flat(w1, b1, w2, b2, w3, 0), DOMAIN)
    assert len(expected) > 3
    scaled = network.knots(flat(w1 * scale, b1 * scale, w2 / scale, b2, w3 * scale, 0), DOMAIN)
    np.testing.assert_allclose(scaled, expected, atol=1e-5)  # the parameters are float32


# ---------------------------------------------------------------- knots: oracles


def exact_pieces(network, parameters, domain):
    """Ends of pieces and the output's (slope, intercept) on each, by rational arithmetic."""
    tensors = {
        (slot.layer, slot.name): [Fraction(float(v)) for v in parameters[slot.start : slot.stop]]
        for slot in network.slots
    }
    edges, pieces = [Fraction(end) for end in domain], [[(Fraction(1), Fraction(0))]]
    for layer, activation in enumerate(network.activations):
        weight, bias = tensors[layer, "weight"], tensors[layer, "bias"]
        slope = tensors[layer, "slope"][0] if activation.learned else None
        left = {"identity": 1, "relu": 0, "leaky_relu": Fraction(0.01), "prelu": slope}[activation.name]
        finer, lines = edges[:1], []
        for start, end, units in zip(edges, edges[1:], pieces, strict=False):
            rows = [weight[i * len(units) : (i + 1) * len(units)] for i in range(len(bias))]
            before = [
                (
                    sum((w * s for w, (s, _) in zip(row, units, strict=True)), Fraction(0)),
                    sum((w * c for w, (_, c) in zip(row, units, strict=True)), b),
                )
                for row, b in zip(rows, bias, strict=True)
            ]
            zeros = {-c / s for s, c in before if s and left != 1}
            for stop in [*sorted(x for x in zeros if start < x < end), end]:
                middle = (finer[-1] + stop) / 2
                factors = [1 if s * middle + c > 0 else left for s, c in before]
                lines.append([(f * s, f * c) for f, (s, c) in zip(factors, before, strict=True)])
                finer.append(stop)
        edges, pieces = finer, lines
    return edges, [units[0] for units in pieces]


def exact_knots(network, parameters, domain, at_least=0.0):
    """Where the slope changes by more than a share of the steepest slope."""
    edges, lines = exact_pieces(network, parameters, domain)
    least = at_least * max(abs(float(slope)) for slope, _ in lines)
    return np.array(
        [
            float(x)
            for x, before, after in zip(edges[1:-1], lines, lines[1:], strict=False)
            if before[0] != after[0] and abs(after[0] - before[0]) >= least
        ]
    )


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["generic", "coarse", "sparse", "no biases"])
def test_knots_are_those_of_exact_arithmetic(kind, depth):
    random = np.random.default_rng([depth, len(kind)])
    found = 0
    for _ in range(25):
        network, parameters = random_network(random, depth, kind)
        expected = exact_knots(network, parameters, DOMAIN)
        knots = network.knots(parameters, DOMAIN)
        assert len(knots) == len(expected), (network, parameters.tolist())
        np.testing.assert_allclose(knots, expected, atol=1e-11)
        found += len(knots)
    assert found >= 10


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_with_huge_and_tiny_weights_every_knot_is_true_and_none_that_shows_is_missing(depth):
    random = np.random.default_rng(depth)
    for _ in range(40):
        network, parameters = random_network(random, depth, "huge and tiny")
        all_knots = exact_knots(network, parameters, DOMAIN)
        knots = network.knots(parameters, DOMAIN)
        assert len(knots) <= len(all_knots)
        for x in knots:
            assert np.abs(all_knots - x).min() < 1e-9
        for x in exact_knots(network, parameters, DOMAIN, at_least=1e-11):
            apart = (np.abs(all_knots - x) < 1e-12).sum() == 1  # two that are closer may be one in float64
            assert not apart or np.abs(knots - x).min() < 1e-9


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_knots_on_the_whole_line_are_those_of_exact_arithmetic(depth):
    random = np.random.default_rng(depth)
    for _ in range(20):
        network, parameters = random_network(random, depth)
        expected = exact_knots(network, parameters, (-(2.0**60), 2.0**60))
        np.testing.assert_allclose(network.knots(parameters), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_edges_are_those_of_regioncam(depth):
    random = np.random.default_rng(depth)
    for _ in range(20):
        network, parameters = random_network(random, depth, names=("relu", "leaky_relu"))
        oracle = Regioncam1D(10.0)
        for layer, activation in enumerate(network.activations):
            weight = np.ascontiguousarray(network.tensor(parameters, layer, "weight").T)
            oracle.linear(weight, network.tensor(parameters, layer, "bias"))
            if activation.name == "relu":
                oracle.relu()
            elif activation.name == "leaky_relu":
                oracle.leaky_relu(0.01)
        edges = network.segments(parameters, DOMAIN).edges
        assert len(oracle.inputs) == len(edges)
        np.testing.assert_allclose(np.sort(oracle.inputs), edges, atol=1e-3)  # regioncam counts in float32


def bisected_knots(function, x):
    """One knot for each cell of the grid x whose neighbours have other slopes, by halving the cell."""
    slopes = np.diff(function(x)) / np.diff(x)
    changes = np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()
    knots = []
    for i in np.flatnonzero(changes[:-1] & changes[1:]) + 1:  # inside cell i: both its ends see another slope
        low, high = x[i], x[i + 1]
        left = slopes[i - 1]
        start = function(x[i : i + 1])[0]
        for _ in range(40):  # still on the left piece as long as its line holds
            middle = (low + high) / 2
            line = start + left * (middle - x[i])
            error = abs(function(np.array([middle]))[0] - line)
            far = error > 1e-10 * max(1, np.abs(slopes).max())
            low, high = (low, middle) if far else (middle, high)
        knots.append((low + high) / 2)
    return np.array(knots)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_knots_are_those_of_a_dense_search_on_the_forward_pass(depth):
    random = np.random.default_rng(100 + depth)
    compared = 0
    grid = np.linspace(*DOMAIN, 20_000)
    for _ in range(12):
        network, parameters = random_network(random, depth)
        knots = network.knots(parameters, DOMAIN)
        apart = np.diff(np.concatenate([[-5], knots, [5]])).min() > 0.005
        change = np.abs(np.diff(network.segments(parameters, DOMAIN).slopes[:, 0]))
        steepest = np.abs(network.segments(parameters, DOMAIN).slopes).max()
        if not apart or (change[change > 0] < 1e-3 * steepest).any():
            continue  # the search, not the knots, would be at its limit
        found = bisected_knots(lambda x, n=network, p=parameters: n.output(p, x[:, None])[:, 0], grid)
        assert len(found) == len(knots)
        np.testing.assert_allclose(found, knots, atol=1e-5)
        compared += len(knots)
    assert compared > 20


@pytest.mark.parametrize("domain", [DOMAIN, (-np.inf, np.inf), (-np.inf, 1.0), (0.0, np.inf)])
def test_segments_reproduce_the_forward_pass(domain):
    random = np.random.default_rng(3)
    for depth in (1, 2, 3, 4) * 10:
        network, parameters = random_network(random, depth)
        pieces = network.segments(parameters, domain)
        assert (pieces.edges[0], pieces.edges[-1]) == domain
        assert (np.diff(pieces.edges) > 0).all()
        x = random.uniform(max(domain[0], -50), min(domain[1], 50), 500)
        i = np.searchsorted(pieces.edges, x) - 1
        straight = pieces.slopes[i, 0] * x + pieces.intercepts[i, 0]
        output = network.output(parameters, x[:, None])[:, 0]
        np.testing.assert_allclose(straight, output, rtol=1e-10, atol=1e-10 * np.abs(output).max() + 1e-12)


def test_segments_of_several_outputs_hold_each_of_them():
    network = dense((1, 4, 3))
    parameters = np.random.default_rng(6).normal(size=network.parameter_count).astype(np.float32)
    pieces = network.segments(parameters, DOMAIN)
    assert pieces.slopes.shape == pieces.intercepts.shape == pieces.slope_errors.shape == (len(pieces.edges) - 1, 3)
    x = (pieces.edges[:-1] + pieces.edges[1:]) / 2
    expected = network.output(parameters, x[:, None])
    np.testing.assert_allclose(pieces.slopes * x[:, None] + pieces.intercepts, expected, rtol=1e-12)


def test_the_stated_error_of_a_slope_covers_the_true_one():
    random = np.random.default_rng(8)
    for depth in (1, 2, 3, 4) * 5:
        network, parameters = random_network(random, depth)
        pieces = network.segments(parameters, DOMAIN)
        edges, lines = exact_pieces(network, parameters, DOMAIN)
        assert len(edges) == len(pieces.edges)
        true = np.array([float(slope) for slope, _ in lines])
        assert (np.abs(pieces.slopes[:, 0] - true) <= pieces.slope_errors[:, 0] + 1e-300).all()
        assert pieces.slope_errors.max() < 1e-10 * max(1, np.abs(true).max())


def test_knots_need_straight_pieces_and_one_input():
    smooth = dense((1, 3, 1), "tanh")
    assert not smooth.is_piecewise_linear
    with pytest.raises(ValueError, match="piecewise-linear"):
        smooth.knots(np.zeros(smooth.parameter_count, dtype=np.float32))
    plane = dense((2, 3, 1))
    with pytest.raises(ValueError, match="one input"):
        plane.segments(np.zeros(plane.parameter_count, dtype=np.float32))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n, p: n.forward(p, np.zeros(5)), "x: expected the shape [points, 1], got [5]; write x[:, None]"),
        (lambda n, p: n.output(p, np.zeros((5, 2))), "x: expected the shape [points, 1], got [5, 2]"),
        (lambda n, p: n.dead_units(p, None), "x: expected an array of numbers, got NoneType"),
        (lambda n, p: n.dead_units(p, [[1j]]), "x: expected an array of numbers, got list of complex128"),
        (lambda n, p: n.forward(p, [[1], [2, 3]]), "x: is no array: "),
        (lambda n, p: n.forward(p[:3], np.zeros((5, 1))), "parameters: the network has 10, got the shape (3,)"),
        (lambda n, p: n.knots(Snapshot(0, 0, p, 0, 0, p)), "got a Snapshot; give its .parameters"),
        (lambda n, p: n.knots(np.array([p, p])), "parameters: are those of one snapshot here, got the shape (2, 10)"),
        (lambda n, p: n.knots(p, (5, -5)), "domain: goes from one number to a larger one, (-5, 5), got (5, -5)"),
        (lambda n, p: n.knots(p, 5), "domain: goes from one number to a larger one"),
        (lambda n, p: n.regions(p, ((0, 1), (0, 1))), "domain: goes from one number to a larger one"),
        (lambda n, p: n.regions(p, "ab"), "domain: expected an array of numbers, got str"),
        (lambda n, p: dense((2, 3, 1)).regions(np.zeros(13)), "polygons need a domain with two ends; write (-5, 5)"),
    ],
)
def test_what_a_network_cannot_compute_is_said_in_words(call, message):
    network = dense((1, 3, 1))
    error = refused(call, network, np.ones(10, dtype=np.float32))
    assert isinstance(error, ConfigError)
    assert message in str(error)


def test_lists_of_python_are_arrays_too():
    network, parameters = dense((1, 3, 1)), np.linspace(-1, 1, 10)
    x = np.array([[0.5], [2.0]])
    np.testing.assert_array_equal(network.output(parameters.tolist(), x.tolist()), network.output(parameters, x))
    np.testing.assert_array_equal(network.knots(parameters.tolist()), network.knots(parameters))


# ---------------------------------------------------------------- dead units and sparsity


def test_dead_units_are_those_that_never_are_positive_at_a_point():
    network = Network((1, 4, 3, 1), (RELU, RELU, IDENTITY))
    random = np.random.default_rng(9)
    parameters = random.normal(size=(20, network.parameter_count)).astype(np.float32)
    x = random.uniform(-1, 1, (30, 1))
    first, second = network.dead_units(parameters, x)
    assert first.shape == (20, 4)
    assert second.shape == (20, 3)
    for k, row in enumerate(parameters):
        signal = x
        for layer, dead in ((0, first[k]), (1, second[k])):
            weight, bias = network.tensor(row, layer, "weight"), network.tensor(row, layer, "bias")
            for unit in range(len(bias)):
                preactivations = [float(weight[unit] @ point + bias[unit]) for point in signal]
                assert dead[unit] == all(z <= 0 for z in preactivations)
            signal = np.maximum(signal @ weight.T + bias, 0)
    assert 0 < first.sum() < first.size
    assert 0 < second.sum() < second.size


def test_a_preactivation_of_exactly_zero_is_dead_and_leaky_units_never_are():
    x = np.array([[-1.0], [0.0]])
    network, parameters = one_hidden_layer([1, -1], [0, 0], [1, 1])
    assert [dead.tolist() for dead in network.dead_units(parameters, x)] == [[True, False]]
    leaky = dense((1, 2, 1), "leaky_relu")
    assert [dead.tolist() for dead in leaky.dead_units(parameters, x)] == [[False, False]]
    assert network.dead_units(parameters, x[:, :1])[0].dtype == bool


def test_sparsity_is_the_share_of_zeros_in_each_hidden_layer():
    network = dense((1, 5, 7, 1))
    random = np.random.default_rng(10)
    parameters = random.normal(size=(6, network.parameter_count)).astype(np.float32)
    x = random.uniform(-1, 1, (13, 1))
    shares = network.sparsity(parameters, x)
    for layer, share in enumerate(shares):
        for k in range(6):
            zeros = [v == 0 for v in network.forward(parameters[k], x)[layer][1].ravel()]
            assert share[k] == pytest.approx(sum(zeros) / len(zeros))
    assert len(shares) == 2
    assert (shares[0] > 0).any()
    tanh = dense((1, 5, 7, 1), "tanh")
    assert [share.max() for share in tanh.sparsity(parameters, x)] == [0, 0]


# ---------------------------------------------------------------- one affine map, learned slopes


@pytest.mark.parametrize("sizes", [(1, 8, 8, 1), (784, 128, 64, 10), (2, 3)])
def test_a_linear_network_is_its_one_affine_map_up_to_float32(sizes):
    network = dense(sizes, "identity")
    random = np.random.default_rng(sizes[0])
    parameters = (random.normal(size=network.parameter_count) / np.sqrt(sizes[0])).astype(np.float32)
    x = random.uniform(0, 1, (200, sizes[0]))
    with torch.no_grad():
        x32 = torch.tensor(x, dtype=torch.float32)
        exact = torch_model(network, parameters).double()(x32.double())
        trained = torch_model(network, parameters)(x32)
    error = network.collapse_error(parameters, x)
    assert error == pytest.approx(float((trained.double() - exact).abs().max()), rel=1, abs=1e-7)
    assert error <= 1e-5 * float(exact.abs().max())


def test_the_distance_to_the_affine_map_sees_what_float32_loses():
    network = dense((1, 2, 1), "identity")
    parameters = flat([1, 1], [2.0**24, -(2.0**24)], [1, 1], [0])  # 2^24 + 1 is no float32
    assert network.collapse_error(parameters, np.array([[1.0], [2.0]])) == 1.0
    assert network.collapse_error(flat([1, 1], [1, -1], [1, 1], [0]), np.array([[1.0], [2.0]])) == 0.0


def test_only_networks_without_activations_collapse():
    for network in (dense((1, 2, 1)), dense((1, 2, 1), "identity", "sigmoid")):
        with pytest.raises(ValueError, match="affine"):
            network.collapse_error(np.zeros(network.parameter_count, dtype=np.float32), np.zeros((1, 1)))


def test_learned_slopes_come_in_the_order_of_their_layers():
    network = Network((1, 1, 1, 1, 1), (named("prelu"), RELU, named("prelu", init=0.5), IDENTITY))
    assert network.slopes(flat(1, 0, 0.125, 1, 0, 1, 0, -0.75, 1, 0)) == [0.125, -0.75]
    assert dense((1, 3, 1), "leaky_relu").slopes(np.zeros(10, dtype=np.float32)) == []


# ---------------------------------------------------------------- inputs in their own units


def standardised(*sizes):
    """A network of inputs like heights and weights, the same one of scaled inputs, and parameters for both."""
    inputs = sizes[0]
    network = Network(sizes, (RELU,) * (len(sizes) - 2) + (IDENTITY,), (170.0, 60.0)[:inputs], (10.0, 12.5)[:inputs])
    return network, network.inner, np.random.default_rng(4).normal(size=network.parameter_count)


def test_a_network_of_standardised_inputs_takes_them_in_their_own_units():
    network, inner, parameters = standardised(2, 6, 4, 1)
    x = np.random.default_rng(5).uniform((140, 30), (200, 100), (50, 2))
    expected = inner.output(parameters, (x - (170, 60)) / (10, 12.5))
    np.testing.assert_allclose(network.output(parameters, x), expected, rtol=1e-12)


def test_knots_are_in_the_units_of_the_input():
    network, inner, parameters = standardised(1, 6, 5, 1)
    expected = 170 + 10 * inner.knots(parameters, (-3, 3))
    assert len(expected) > 3
    np.testing.assert_allclose(network.knots(parameters, (140, 200)), expected, rtol=1e-12)


def test_a_shallow_networks_bends_are_in_the_units_of_the_input():
    network, inner, parameters = standardised(1, 6, 1)
    expected = 170 + 10 * inner.bends(parameters, (-3, 3))
    np.testing.assert_allclose(network.bends(parameters, (140, 200)), expected, rtol=1e-12)


def test_a_rectangle_is_cut_as_the_square_that_it_scales_to():
    network, inner, parameters = standardised(2, 5, 4, 1)
    own = network.plane(parameters, ((140, 200), (22.5, 97.5)))
    scaled = inner.plane(parameters, (-3, 3))
    assert len(own.polygons) == len(scaled.polygons) > 5
    for polygon, expected in zip(own.polygons, scaled.polygons, strict=True):
        np.testing.assert_allclose((polygon - (170, 60)) / (10, 12.5), expected, atol=1e-9)
    np.testing.assert_array_equal(own.units, scaled.units)


def test_knots_and_slopes_of_a_scaled_output_are_those_of_the_output():
    network = Network((1, 5, 1), (RELU, IDENTITY), (10.0,), (2.0,), 3e5, 5e4)
    parameters = np.random.default_rng(8).normal(size=network.parameter_count)
    segments = network.segments(parameters, (0, 20))
    middle = (segments.edges[:-1] + segments.edges[1:]) / 2
    step = 1e-4
    ends = [network.output(parameters, (middle + sign * step)[:, None])[:, 0] for sign in (-1, 1)]
    np.testing.assert_allclose(network.output(parameters, middle[:, None])[:, 0], (ends[0] + ends[1]) / 2, rtol=1e-9)
    expected = 10 + 2 * network.inner.knots(parameters, (-5, 5))
    np.testing.assert_allclose(network.knots(parameters, (0, 20)), expected, rtol=1e-12)
    hidden = network.forward(parameters, middle[:, None])[0][1]
    weight, bias = network.last_layer(parameters)
    np.testing.assert_allclose(hidden @ weight.T + bias, network.output(parameters, middle[:, None]), rtol=1e-12)


def test_the_collapse_error_of_standardised_inputs_is_that_of_the_scaled_network():
    network = Network((2, 4, 1), (IDENTITY, IDENTITY), (1e4, 60.0), (10.0, 12.5))
    parameters = np.random.default_rng(6).normal(size=network.parameter_count)
    x = np.random.default_rng(7).uniform((9980, 30), (10020, 90), (100, 2))
    expected = network.inner.collapse_error(parameters, (x - (1e4, 60)) / (10, 12.5))
    assert network.collapse_error(parameters, x) == expected < 1e-5
