"""The gradients of a loss from parameters alone are those of autograd."""

import numpy as np
import pytest
import torch
from torch import nn

from relu_anim.facts import LOSSES
from relu_anim.interface.recorder import Recorder
from relu_anim.network import Network
from relu_anim.network.norms import SLOPES, gradient_norms

CLASSES = {"bce": nn.BCEWithLogitsLoss(), "cross_entropy": nn.CrossEntropyLoss()}
NUMBERS = {"mse": nn.MSELoss(), "mae": nn.L1Loss(), "huber": nn.HuberLoss()}
ACTIVATIONS = [nn.ReLU(), nn.PReLU(), nn.GELU(), nn.Tanh(), nn.ELU(0.5), nn.SiLU(), nn.Softplus(), nn.LeakyReLU(0.1)]
X = torch.randn(40, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
SHARES = (X[:, :1] > 0).double()


def net(activation, outputs=1):
    torch.manual_seed(1)
    layers = nn.Linear(2, 5), activation, nn.Linear(5, 4), nn.Sigmoid(), nn.Linear(4, outputs)
    return nn.Sequential(*layers).double()


def assert_norms_are_autograds(model, y, name, loss):
    loss.backward()
    squares = []
    for module in model:
        squares += [0.0] if isinstance(module, nn.Linear) else []
        for parameter in module.parameters():
            squares[-1] += float(parameter.grad.square().sum())
            parameter.grad = None
    recorder = Recorder(model)
    recorder.snap()
    ours = gradient_norms(recorder.network, recorder.recording.parameters, X.numpy(), y.numpy(), name)
    np.testing.assert_allclose(ours, [np.sqrt(squares)] * 2, rtol=1e-5)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda module: type(module).__name__)
def test_gradients_of_numbers_are_those_of_autograd(name, activation):
    model, y = net(activation), 2 * torch.sin(X[:, :1])
    assert_norms_are_autograds(model, y, name, NUMBERS[name](model(X), y))


def test_gradients_of_classes_are_those_of_autograd():
    model = net(nn.ReLU())
    assert_norms_are_autograds(model, SHARES, "bce", CLASSES["bce"](model(X), SHARES))
    model.append(nn.Sigmoid())
    assert_norms_are_autograds(model, SHARES, "bce", nn.BCELoss()(model(X), SHARES))
    model, y = net(nn.ReLU(), 3), torch.arange(40) % 3
    assert_norms_are_autograds(model, y[:, None], "cross_entropy", CLASSES["cross_entropy"](model(X), y))


def test_every_loss_has_its_slope():
    assert set(SLOPES) == set(LOSSES) == {*NUMBERS, *CLASSES}


def test_gradients_of_a_scaled_network_are_those_of_what_was_trained():
    scaled = Network((2, 3, 1), (), (1.0, 2.0), (3.0, 4.0), 5.0, 6.0)
    recorder = Recorder(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)))
    inner, parameters = recorder.network, recorder.recording.parameters
    x, y = X.numpy(), X.numpy()[:, :1]
    whole = Network(**{**vars(scaled), "activations": inner.activations})
    found = gradient_norms(whole, parameters, x, y, "mse")
    np.testing.assert_allclose(found, gradient_norms(inner, parameters, (x - [1, 2]) / [3, 4], (y - 5) / 6, "mse"))
