"""Many networks at once against each of them alone, against autograd and against published numbers."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from relu_anim import config, initial
from relu_anim.activations import Activation, from_formula, named
from relu_anim.config.sections import Init
from relu_anim.expressions import parse
from relu_anim.initial import INITS, initial_parameters, initial_parameters_of_each
from relu_anim.network import Network, many
from relu_anim.network.many import count_knots, dead_layers, gradient_factors
from relu_anim.training.ensemble import EnsembleLearner

WHOLE_LINE = (-np.inf, np.inf)
IDENTITY, RELU = named("identity"), named("relu")
FOLDED = Activation("fold", "fold", "|x|", np.abs, np.sign, slopes=lambda: (-1.0, 1.0))
FLIPPED = Activation("flip", "flip", "2 min(x, 0)", np.abs, np.sign, slopes=lambda: (2.0, 0.0))
HALVED = Activation("half", "half", "x/2", np.abs, np.sign, slopes=lambda: (0.5, 0.5))


def dense(sizes, hidden="relu", output="identity", **scales):
    hidden = named(hidden) if isinstance(hidden, str) else hidden
    return Network(tuple(sizes), (hidden,) * (len(sizes) - 2) + (named(output),), **scales)


def name_of(activation):
    return getattr(activation, "name", activation)


def fresh(network, count, weights="he_normal", bias="default", seed=0):
    """Parameters [count, parameters] of networks as they start, drawn together, which is faster than seed by seed."""
    random, init = np.random.default_rng(seed), Init(weights=weights, bias=bias)
    parameters = np.empty((count, network.parameter_count), dtype=np.float32)
    for slot in network.slots:
        shape, inputs = (count, *slot.shape), network.layer_sizes[slot.layer]
        if slot.name == "weight":
            start = initial.weights(random, init, shape)
        elif slot.name == "bias":
            start = initial.biases(random, init, inputs, shape)
        else:
            start = np.full(shape, network.activations[slot.layer].parameters["init"])
        parameters[:, slot.start : slot.stop] = start.reshape(count, -1)
    return parameters


def task(seed):
    return SimpleNamespace(seed=seed, generator=lambda stream: np.random.default_rng([seed, *stream.encode()]))


def assert_counts_of_each(network, parameters, domain=WHOLE_LINE):
    counts = count_knots(network, parameters, domain)
    assert counts.dtype == np.int64
    assert counts.tolist() == [len(network.knots(own, domain)) for own in parameters]
    return counts


# ---------------------------------------------------------------- knots


@pytest.mark.parametrize("bias", [0.0, 0.25, "default"])
@pytest.mark.parametrize("weights", ["he_normal", "default"])
@pytest.mark.parametrize("sizes", [(1, 1), (1, 1, 1), (1, 7, 1), (1, 16, 16, 1), (1, 32, 9, 3), (1, 6, 5, 4, 5, 6, 2)])
def test_many_networks_have_the_knots_that_each_has_alone(sizes, weights, bias):
    network = dense(sizes)
    for domain in (WHOLE_LINE, (-1.0, 1.0), (0.0, np.inf)):
        assert_counts_of_each(network, fresh(network, 12, weights, bias), domain)


@pytest.mark.parametrize("hidden", ["leaky_relu", "prelu", "identity", FOLDED, FLIPPED, HALVED], ids=name_of)
@pytest.mark.parametrize("output", ["identity", "relu", "prelu"])
def test_every_activation_of_straight_pieces_is_counted_alike(hidden, output):
    network = dense((1, 9, 5, 7, 2), hidden, output)
    parameters = fresh(network, 15)
    for slot in network.slots:
        if slot.name == "slope":
            parameters[:, slot.start] = np.resize([0.25, 1.0, -0.5, 0.0, 1.5], 15)  # at 1 nothing bends
    for domain in (WHOLE_LINE, (-2.0, 0.5)):
        assert_counts_of_each(network, parameters, domain)


def test_layers_of_several_activations_are_counted_alike():
    names = ["relu", "identity", "prelu", "leaky_relu", "relu", "identity"]
    network = Network((1, 8, 6, 7, 5, 6, 1), tuple(map(named, names)))
    assert assert_counts_of_each(network, fresh(network, 40)).max() > 10


@pytest.mark.parametrize("bias", [0.0, "default"])
def test_standardised_networks_are_counted_in_the_units_of_their_input(bias):
    scales = {"center": (170.0,), "spread": (12.5,), "output_center": -3.0, "output_spread": 0.1}
    network = dense((1, 10, 8, 1), **scales)
    parameters = fresh(network, 40, bias=bias)
    inner = count_knots(network.inner, parameters, (-2.0, 2.0))
    assert assert_counts_of_each(network, parameters, (145.0, 195.0)).tolist() == inner.tolist()
    assert inner.max() > 0


@pytest.mark.parametrize("kind", ["coarse", "sparse"])
def test_awkward_parameters_with_many_switches_at_one_place_are_counted_alike(kind):
    random = np.random.default_rng(len(kind))
    for depth in (1, 2, 3, 4):
        network = dense((1, *random.integers(1, 9, depth), 2))
        parameters = random.normal(size=(30, network.parameter_count))
        if kind == "coarse":
            parameters = np.round(parameters * 2) / 2
        else:
            parameters[random.random(parameters.shape) < 0.3] = 0
        for domain in (WHOLE_LINE, (-5.0, 5.0), (0.0, 1.0)):
            assert_counts_of_each(network, parameters, domain)


def test_without_biases_all_switches_are_at_zero():
    counts = count_knots(dense((1, 16, 16, 1)), fresh(dense((1, 16, 16, 1)), 200, bias=0.0))
    assert counts.max() == 1


def tents(times):
    """Tents one after the other, each of which doubles the pieces on (0, 1)."""
    first, inner, last = [1, 1, 0, -0.5], [2, -4, 2, -4, 0, -0.5], [2, -4, 0]
    return dense((1, *[2] * times, 1)), np.concatenate([first, *[inner] * (times - 1), last]).astype(np.float32)


def test_a_network_with_far_more_pieces_than_the_others_gets_the_room_it_needs():
    network, parameters = tents(10)
    together = fresh(network, 40)
    together[17] = parameters
    assert assert_counts_of_each(network, together, (0.0, 1.0))[17] == 1023


def test_a_chunk_that_outgrows_its_room_is_halved(monkeypatch):
    network, parameters = tents(6)
    together = np.concatenate([fresh(network, 30), np.tile(parameters, (30, 1))])
    expected = count_knots(network, together, (0.0, 1.0))
    monkeypatch.setattr(many, "MOST", 300)
    assert count_knots(network, together, (0.0, 1.0)).tolist() == expected.tolist()
    assert expected[30:].tolist() == [63] * 30


def test_memory_does_not_grow_with_the_number_of_networks():
    network, parameters = tents(9)
    together = np.tile(parameters, (1000, 1))
    tracemalloc.start()
    try:
        assert (count_knots(network, together, (0.0, 1.0)) == 511).all()
        assert tracemalloc.get_traced_memory()[1] < 80 * 2**20
    finally:
        tracemalloc.stop()


def test_no_networks_have_no_counts():
    network = dense((1, 4, 1))
    none = np.zeros((0, network.parameter_count), dtype=np.float32)
    assert count_knots(network, none).tolist() == []
    assert dead_layers(network, none, np.zeros((3, 1))).shape == (0, 1)


def test_knots_of_many_networks_need_straight_pieces_and_one_input():
    for network in (dense((1, 3, 1), "tanh"), dense((2, 3, 1))):
        with pytest.raises(ValueError, match="one input"):
            count_knots(network, np.zeros((2, network.parameter_count)))


@pytest.mark.parametrize("widths", [(16, 16), (32, 32, 32)])
def test_a_fresh_network_has_about_one_region_more_than_units(widths):
    """Hanin & Rolnick 2019, Complexity of Linear Regions in Deep Networks."""
    network = dense((1, *widths, 1))
    assert (count_knots(network, fresh(network, 1000)) + 1).mean() == pytest.approx(sum(widths) + 1, rel=0.05)


# ---------------------------------------------------------------- dead layers


@pytest.mark.parametrize(("units", "chance"), [(2, 0.15625), (3, 0.04296875)])
def test_a_last_hidden_layer_is_born_dead_as_often_as_published(units, chance):
    """Lu et al. 2019, Dying ReLU and Initialization: two hidden layers of N units, no biases, and one input."""
    assert chance == 2 ** (1 - 2 * units) + (1 - 2 ** (1 - units)) * 4**-units
    network, count = dense((1, units, units, 1)), 10_000
    dead = dead_layers(network, fresh(network, count, bias=0.0), np.linspace(-1, 1, 50)[:, None])
    assert not dead[:, 0].any()
    assert abs(dead[:, 1].mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / count)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bias", [0.0, -0.2, "default"])
def test_dead_layers_are_those_whose_units_are_all_dead(bias, dtype):
    network = dense((2, 2, 3, 2, 1))
    parameters = fresh(network, 150, bias=bias)
    x = np.random.default_rng(3).uniform(-1, 1, (70, 2)).astype(dtype)
    expected = [[bool(units.all()) for units in network.dead_units(own, x)] for own in parameters]
    dead = dead_layers(network, parameters, x)
    assert dead.tolist() == expected
    assert 0 < dead.sum() < dead.size / 2


def test_a_layer_that_lives_at_one_point_alone_is_not_dead():
    network = dense((1, 1, 1))
    x = np.linspace(0, 1, 1001)[:, None]
    parameters = np.array([[1, -0.9995, 1, 0], [1, -1, 1, 0], [1, 0, 1, 0], [-1, 0, 1, 0]], dtype=np.float32)
    assert dead_layers(network, parameters, x).ravel().tolist() == [False, True, False, True]
    narrow = np.array([[1000, -0.5], [-1000, 0.5]], dtype=np.float64)  # the second is positive at 0 alone
    both = np.column_stack([narrow, np.ones((2, 2))])
    assert dead_layers(network, both[1:], x[1:]).tolist() == [[True]]
    assert dead_layers(network, both[1:], np.roll(x, 333, axis=0)).tolist() == [[False]]


def test_only_relu_layers_can_be_dead_and_a_network_without_hidden_layers_has_none():
    x = np.linspace(-1, 1, 9)[:, None]
    network = dense((1, 2, 2, 1), "leaky_relu")
    assert not dead_layers(network, fresh(network, 50), x).any()
    assert dead_layers(dense((1, 1)), np.ones((4, 2)), x).shape == (4, 0)


def test_each_network_may_have_points_of_its_own():
    network = dense((1, 2, 2, 1), center=(0.5,), spread=(2.0,))
    parameters = fresh(network, 200)
    x = np.random.default_rng(4).uniform(-1, 1, (200, 40, 1))
    dead = dead_layers(network, parameters, x)
    assert dead.tolist() == [dead_layers(network, parameters[[k]], x[k])[0].tolist() for k in range(200)]
    np.testing.assert_allclose(network.output(parameters, x)[7], network.output(parameters[7], x[7]), rtol=1e-12)
    one = gradient_factors(network, parameters[:1], x[0])
    np.testing.assert_allclose(gradient_factors(network, parameters[:1], x[:1]), one, rtol=1e-12)
    same = np.broadcast_to(x[0], x.shape)
    together = gradient_factors(network, parameters, x[0])
    np.testing.assert_allclose(gradient_factors(network, parameters, same), together, rtol=1e-12)


# ---------------------------------------------------------------- gradients on their way back

FUNCTIONS = {
    "identity": lambda z: z,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "sin(3*x) + x/2": lambda z: torch.sin(3 * z) + z / 2,
}


def autograd_factors(network, parameters, x):
    """The same by torch, one network after the other."""
    squares = np.zeros(len(network.activations))
    for own in parameters:
        signal, preactivations = torch.from_numpy(network.scaled(x)), []
        for layer, activation in enumerate(network.activations):
            weight, bias = (torch.from_numpy(network.tensor(own, layer, name)) for name in ("weight", "bias"))
            preactivations.append((signal @ weight.T + bias).requires_grad_())
            if activation.learned:
                signal = F.prelu(preactivations[-1], torch.from_numpy(network.tensor(own, layer, "slope")))
            else:
                signal = FUNCTIONS[activation.name](preactivations[-1])
        total = (signal * network.output_spread + network.output_center).sum()
        squares += [float(g.square().sum()) for g in torch.autograd.grad(total, preactivations)]
    return np.sqrt(squares[:-1] / squares[1:])


@pytest.mark.parametrize("hidden", [*FUNCTIONS, "prelu"])
def test_gradients_grow_from_layer_to_layer_as_autograd_says(hidden):
    activation = from_formula(parse(hidden)) if "(" in hidden else named(hidden)
    network = dense((2, 6, 5, 7, 3), activation, "sigmoid", center=(1.0, 2.0), spread=(3.0, 0.5), output_spread=4.0)
    parameters = np.random.default_rng(5).normal(size=(6, network.parameter_count))
    x = np.random.default_rng(6).uniform(-2, 2, (11, 2))
    factors = gradient_factors(network, parameters, x)
    assert factors.dtype == np.float64
    np.testing.assert_allclose(factors, autograd_factors(network, parameters, x), rtol=1e-10)


def test_what_gradients_grow_by_does_not_depend_on_the_chunks(monkeypatch):
    network = dense((1, 8, 8, 1))
    parameters, x = fresh(network, 30), np.linspace(-1, 1, 20)[:, None]
    expected = gradient_factors(network, parameters, x)
    monkeypatch.setattr(many, "CHUNK", 700)
    np.testing.assert_allclose(gradient_factors(network, parameters, x), expected, rtol=1e-12)


@pytest.mark.parametrize(("weights", "factor"), [("he_normal", 1.0), ("default", 6**-0.5)])
def test_gradients_of_fresh_relu_networks_grow_as_published(weights, factor):
    """He et al. 2015, Delving Deep into Rectifiers: by the root of units · variance of the weights / 2."""
    network = dense((1, 24, 24, 24, 1))
    factors = gradient_factors(network, fresh(network, 3000, weights), np.array([[-1.0], [0.5], [1.0]]))
    np.testing.assert_allclose(factors, factor, rtol=0.03)


def test_behind_a_dead_layer_gradients_have_no_factor():
    network = dense((1, 1, 1, 1))
    parameters = np.array([[1, 1, 1, -10, 1, 0]], dtype=np.float32)  # the second layer is dead on (0, 1)
    factors = gradient_factors(network, parameters, np.linspace(0, 1, 5)[:, None])
    np.testing.assert_array_equal(factors, [np.nan, 0])


# ---------------------------------------------------------------- first weights of many seeds


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1, 2**32, 2**63 - 1])
def test_the_random_numbers_of_a_use_follow_from_the_seed_and_its_name(seed):
    own = config.loads("target: {function: x}\nmodel: {layer_sizes: [1, 1]}", settings=[f"seed={seed}"]).task
    for stream in ("a", "init 0 weight", "init 12 bias"):
        expected = np.random.default_rng([seed, *stream.encode()])
        assert own.generator(stream).bit_generator.state == expected.bit_generator.state


@pytest.mark.parametrize("bias", [0.5, "default"])
@pytest.mark.parametrize("weights", INITS)
def test_first_weights_of_many_seeds_are_those_of_each_to_the_bit(weights, bias):
    network, init = dense((1, 5, 4, 2), "prelu"), Init(weights=weights, bias=bias)
    tasks = [task(seed) for seed in (*range(40), 2**31, 2**32 - 1)]
    together = initial_parameters_of_each(network, init, tasks)
    assert together.dtype == np.float32
    np.testing.assert_array_equal(together, np.stack([initial_parameters(network, init, own) for own in tasks]))


def test_an_ensemble_of_several_inits_starts_each_network_with_its_own():
    text = "target: {function: x**2, domain: [-2, 2]}\nmodel: {layer_sizes: [1, 6, 4, 1]}"
    inits = ["he_normal", "default", "he_normal", "{weights: default, bias: 0.5}", "default"]
    experiments = [config.loads(text, settings=[f"seed={k}", f"model.init={own}"]) for k, own in enumerate(inits)]
    snapshot = EnsembleLearner(experiments).snapshot(0)
    for e, parameters in zip(experiments, snapshot.parameters, strict=True):
        np.testing.assert_array_equal(parameters, initial_parameters(Network(*e.shape), e.model.init, e.task))
