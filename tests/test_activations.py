"""Every activation against torch's own function and the derivative that autograd gives."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from relu_anim.activations import ACTIVATIONS, from_formula, named
from relu_anim.expressions import parse

ORACLES = {
    "identity": lambda x: x * 1,
    "relu": F.relu,
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope),
    "prelu": lambda x, slope: F.prelu(x, torch.tensor([slope], dtype=x.dtype)),
    "elu": lambda x, alpha: F.elu(x, alpha),
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": lambda x: F.softplus(x, threshold=100),  # torch's own 20 is an approximation, off by 2e-9
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-6}


def oracle(activation, x):
    """Value and derivative by torch at a NumPy array, with the activation's own parameters."""
    x = torch.tensor(x, requires_grad=True)
    y = ORACLES[activation.name](x, *activation.parameters.values())
    (slope,) = torch.autograd.grad(y.sum(), x)
    return y.detach().numpy(), slope.numpy()


def samples(dtype):
    return np.append(np.linspace(-30, 30, 2001), [0.0, -1e-3, 1e-3]).astype(dtype)


def assert_agrees_with_torch(activation, dtype):
    x = samples(dtype)
    value, slope = oracle(activation, x)
    np.testing.assert_allclose(activation(x), value, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    np.testing.assert_allclose(activation.gradient(x), slope, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def test_there_is_an_oracle_for_every_activation():
    assert ORACLES.keys() == ACTIVATIONS.keys()
    assert all(name == activation.name for name, activation in ACTIVATIONS.items())


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_derivative_are_those_of_torch(name, dtype):
    assert_agrees_with_torch(ACTIVATIONS[name], dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("leaky_relu", {"negative_slope": 0.3}),
        ("leaky_relu", {"negative_slope": -0.5}),
        ("prelu", {"init": 0.7}),
        ("elu", {"alpha": 2.5}),
    ],
)
def test_changed_parameters_reach_value_and_derivative(name, parameters, dtype):
    changed = named(name, **parameters)
    assert_agrees_with_torch(changed, dtype)
    assert not np.allclose(changed(samples(dtype)), ACTIVATIONS[name](samples(dtype)))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_shape_and_dtype_are_kept(name, dtype):
    activation = ACTIVATIONS[name]
    for shape in [(3,), (2, 4), (0,)]:
        x = np.linspace(-2, 2, int(np.prod(shape)), dtype=dtype).reshape(shape)
        for result in (activation(x), activation.gradient(x)):
            assert (result.shape, result.dtype) == (shape, dtype)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_from_zero_nothing_overflows(name):
    x = np.array([-1e4, 1e4])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite([ACTIVATIONS[name](x), ACTIVATIONS[name].gradient(x)]).all()


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if a.slopes])
def test_the_slopes_on_both_sides_of_zero_are_the_derivatives_there(name):
    activation = ACTIVATIONS[name]
    left, right = activation.slopes(*activation.parameters.values())
    np.testing.assert_allclose(activation.gradient(np.array([-7.0, 7.0])), [left, right])
    np.testing.assert_allclose(activation(np.array([-7.0, 7.0])), [-7 * left, 7 * right])


def test_only_functions_with_two_straight_pieces_have_slopes():
    straight = {n for n, a in ACTIVATIONS.items() if np.ptp(a.gradient(np.linspace(0.1, 5, 9))) < 1e-9}
    straight &= {n for n, a in ACTIVATIONS.items() if np.ptp(a.gradient(np.linspace(-5, -0.1, 9))) < 1e-9}
    assert straight == {n for n, a in ACTIVATIONS.items() if a.slopes}


def test_unknown_names_and_parameters_are_key_errors():
    for name, parameters in [("rleu", {}), ("relu", {"alpha": 1.0}), ("elu", {"alpah": 1.0})]:
        with pytest.raises(KeyError):
            named(name, **parameters)


def test_changing_a_parameter_leaves_the_table_as_it_was():
    named("elu", alpha=9.0)
    assert ACTIVATIONS["elu"].parameters == {"alpha": 1.0}
    with pytest.raises(TypeError):
        named("elu", alpha=9.0).parameters["alpha"] = 1.0


def test_a_formula_serves_as_an_activation_with_its_exact_derivative():
    activation, x = from_formula(parse("2*sigmoid(2*x) - 1")), samples(np.float64)
    np.testing.assert_allclose(activation(x), np.tanh(x), atol=1e-14)
    np.testing.assert_allclose(activation.gradient(x), np.cosh(x) ** -2.0, atol=1e-14)
    assert (activation.name, activation.formula.text) == ("2*sigmoid(2*x) - 1",) * 2
