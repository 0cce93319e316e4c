"""The same training written as torch's tutorials do, with autograd and torch's own modules."""

import numpy as np
import pytest
import torch
from torch import nn

from relu_anim import config
from relu_anim.errors import TrainingDiverged
from relu_anim.training import train

BASE = """
target: {function: sin(x), domain: [-3, 3]}
data: {samples: 160}
model: {layer_sizes: [1, 8, 6, 1]}
training: {optimizer: {name: sgd, lr: 0.05}, epochs: 30, batch_size: 32}
"""


FORMULAS = {"x**2/4": lambda z: z**2 / 4, "sin(2*x) + x/2": lambda z: torch.sin(2 * z) + z / 2}


TORCH_MODULES = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": lambda init: nn.PReLU(1, init),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}


TORCH_LOSSES = {"mse": nn.MSELoss, "mae": nn.L1Loss, "huber": nn.HuberLoss}


TORCH_OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


def experiment(*settings, text=BASE):
    return config.loads(text, settings=settings)


def run(*settings, text=BASE):
    return list(train(experiment(*settings, text=text)))


def sequential(e, parameters):
    """The network in torch's own modules."""
    layers = []
    for inputs, outputs, a in zip(e.model.layer_sizes, e.model.layer_sizes[1:], e.model.activations, strict=False):
        activation = Function(FORMULAS[a.name]) if a.formula else TORCH_MODULES[a.name](*a.parameters.values())
        layers += [nn.Linear(inputs, outputs), activation]
    model = nn.Sequential(*layers)
    nn.utils.vector_to_parameters(torch.tensor(parameters), model.parameters())
    return model


def flat(model):
    return nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


def as_tensors(points):
    return torch.tensor(points.x, dtype=torch.float32), torch.tensor(points.y, dtype=torch.float32)


def criterion(e):
    """Torch's own loss of (output, y); y holds class numbers where classes are learned."""
    if e.training.loss == "cross_entropy":
        return lambda output, y: nn.functional.cross_entropy(output, y[:, 0].long())
    if e.training.loss == "bce":
        return nn.BCELoss() if e.model.activations[-1].name == "sigmoid" else nn.BCEWithLogitsLoss()
    return TORCH_LOSSES[e.training.loss]()


def oracle(e, initial):
    """The parameters after each epoch of the loop that every torch tutorial shows."""
    model = sequential(e, initial)
    options = e.training.optimizer.model_dump()
    optimizer = TORCH_OPTIMIZERS[options.pop("name")](model.parameters(), **options)
    loss_function = criterion(e)
    weights = [parameter for parameter in model.parameters() if parameter.dim() == 2]
    fixed = e.task.fixed_points()
    random = e.task.generator("order" if fixed else "data")
    for _ in range(e.training.epochs):
        if fixed:
            order = random.permutation(len(fixed[0]))
            x, y = (values[order] for values in as_tensors(fixed[0]))
        else:
            x, y = as_tensors(e.task.sample(random))
        for start in range(0, len(x), e.training.batch_size):
            batch = slice(start, start + e.training.batch_size)
            optimizer.zero_grad()
            penalty = e.training.l1 * sum(weight.abs().sum() for weight in weights)
            (loss_function(model(x[batch]), y[batch]) + penalty).backward()
            optimizer.step()
        yield flat(model)


def assert_trains_as_torch_does(*settings, tolerance=2e-4, text=BASE):
    e = experiment("training.epochs=12", *settings, text=text)
    snapshots = list(train(e))
    for snapshot, expected in zip(snapshots[1:], oracle(e, snapshots[0].parameters), strict=True):
        np.testing.assert_allclose(snapshot.parameters, expected, rtol=tolerance, atol=tolerance)
    moved = np.abs(snapshots[-1].parameters - snapshots[0].parameters).max()
    assert moved > 100 * tolerance  # else anything would have agreed
    return snapshots


# ---------------------------------------------------------------- divergence


def diverges(*settings, text=BASE):
    """The snapshots before it, and what is said."""
    snapshots = []
    with pytest.raises(TrainingDiverged) as caught:
        snapshots.extend(train(experiment(*settings, text=text)))
    return snapshots, str(caught.value)
