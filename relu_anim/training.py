"""Training with torch: a generator of snapshots that knows no listener. The only room that imports torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from relu_anim.activations import Activation
from relu_anim.config import Experiment
from relu_anim.config.models import Init
from relu_anim.errors import TrainingDiverged
from relu_anim.network import Network
from relu_anim.recording import Snapshot
from relu_anim.targets import Points, Task

Tensor = torch.Tensor

TORCH_ACTIVATIONS: dict[str, Callable[..., Tensor]] = {
    "identity": lambda z: z,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "prelu": F.prelu,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"mse": F.mse_loss, "mae": F.l1_loss, "huber": F.huber_loss}
OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}


def train(experiment: Experiment) -> Iterator[Snapshot]:
    """Snapshots of the training, epoch 0 before any update; TrainingDiverged where the loss is no number."""
    torch.set_num_threads(1)  # more threads add up in another order, and are slower for networks this small
    task = experiment.task
    learner = Learner(experiment)
    evaluation = task.evaluation_points()
    fixed = task.fixed_points()
    tests = fixed[1] if fixed else None
    batches = _batches(task, experiment.training.batch_size)

    yield learner.snapshot(0, evaluation, tests)
    for epoch in range(1, experiment.training.epochs + 1):
        for x, y in next(batches):
            learner.step(epoch, x, y)
        yield learner.snapshot(epoch, evaluation, tests)


class Learner:
    """A network in training: one flat parameter tensor, its gradient and an optimiser that sees just that tensor."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.network = Network(experiment.model.layer_sizes, experiment.model.activations)
        self.parameters = torch.from_numpy(initial_parameters(self.network, experiment.model.init, experiment.task))
        self.parameters.grad = torch.zeros_like(self.parameters)
        self.layers = self._layers()
        self.loss_function = LOSSES[experiment.training.loss]
        self.optimizer = make_optimizer(experiment.training.optimizer.model_dump(), self.parameters)
        self.steps = 0
        self.losses = (math.nan, math.nan)  # the first, and the last that was a number

    def _layers(self) -> list[dict[str, Tensor]]:
        """Each layer's tensors as autograd leaves that share memory, gradients too, with the flat ones."""
        layers: list[dict[str, Tensor]] = [{} for _ in self.network.activations]
        gradient = self.parameters.grad
        assert gradient is not None
        for slot in self.network.slots:
            leaf = self.parameters[slot.start : slot.stop].view(slot.shape).detach().requires_grad_()
            leaf.grad = gradient[slot.start : slot.stop].view(slot.shape)
            layers[slot.layer][slot.name] = leaf
        return layers

    def forward(self, x: Tensor) -> Tensor:
        """The network's output at x [points, inputs]."""
        for layer, activation in zip(self.layers, self.network.activations, strict=True):
            x = torch_activation(activation, F.linear(x, layer["weight"], layer["bias"]), layer.get("slope"))
        return x

    def gradient(self, x: Tensor, y: Tensor) -> float:
        """The loss at these points; its gradient is left in `parameters.grad`."""
        assert self.parameters.grad is not None
        self.parameters.grad.zero_()
        loss = self.loss_function(self.forward(x), y)
        loss.backward()
        return loss.item()

    def step(self, epoch: int, x: Tensor, y: Tensor) -> None:
        """One update of the parameters."""
        self._check(self.gradient(x, y), epoch, x)
        self.optimizer.step()
        self.steps += 1

    def snapshot(self, epoch: int, evaluation: Points, tests: Points | None) -> Snapshot:
        """The network as it is now, with its loss and gradient on the evaluation points."""
        x, y = to_tensors(evaluation)
        loss = self.gradient(x, y)
        self._check(loss, epoch, x)
        assert self.parameters.grad is not None
        squares = self.parameters.grad.numpy().astype(np.float64) ** 2
        norms = np.sqrt(np.add.reduceat(squares, self.network.layer_starts)).astype(np.float32)
        parameters = self.parameters.numpy().copy()
        return Snapshot(epoch, self.steps, parameters, loss, self._test_loss(tests), norms)

    def _test_loss(self, tests: Points | None) -> float:
        if tests is None or not len(tests):
            return math.nan
        x, y = to_tensors(tests)
        with torch.no_grad():
            return self.loss_function(self.forward(x), y).item()

    def _check(self, loss: float, epoch: int, x: Tensor) -> None:
        if math.isfinite(loss):
            self.losses = (self.losses[0] if self.steps else loss, loss)
            return
        cause = likely_cause(self.network, self.parameters.numpy(), x.numpy(), self.losses)
        rate = self.experiment.training.optimizer.lr
        if not cause:
            first, last = self.losses
            cause = f"the loss went from {first:.3g} to {last:.3g} with a learning rate of {rate:g}; lower it"
        what = "infinite" if math.isinf(loss) else "not a number"
        raise TrainingDiverged(f"training diverged: the loss is {what} at epoch {epoch}, step {self.steps}: {cause}")


def initial_parameters(network: Network, init: Init, task: Task) -> NDArray[np.float32]:
    """The flat parameters before training; they depend on the seed and on the layer sizes alone."""
    random = task.generator("init")
    parameters = np.empty(network.parameter_count, dtype=np.float32)
    for slot in network.slots:
        inputs, outputs = network.layer_sizes[slot.layer : slot.layer + 2]
        values: Any
        if slot.name == "weight":
            values = INITS[init.weights](random, inputs, outputs)
        elif slot.name == "slope":
            values = network.activations[slot.layer].parameters["init"]
        elif init.bias == "default":
            values = _uniform(random, 1 / math.sqrt(inputs), slot.shape)
        else:
            values = init.bias
        parameters[slot.start : slot.stop] = np.ravel(values)
    return parameters


def _uniform(random: np.random.Generator, bound: float, shape: tuple[int, ...]) -> NDArray[np.float64]:
    return random.uniform(-bound, bound, shape)


INITS: dict[str, Callable[[np.random.Generator, int, int], NDArray[np.float64]]] = {
    # torch's nn.Linear: uniform within 1/sqrt(fan in), which it calls Kaiming uniform with a = sqrt(5)
    "default": lambda random, i, o: _uniform(random, 1 / math.sqrt(i), (o, i)),
    "xavier_uniform": lambda random, i, o: _uniform(random, math.sqrt(6 / (i + o)), (o, i)),
    "xavier_normal": lambda random, i, o: random.normal(0, math.sqrt(2 / (i + o)), (o, i)),
    "he_uniform": lambda random, i, o: _uniform(random, math.sqrt(6 / i), (o, i)),
    "he_normal": lambda random, i, o: random.normal(0, math.sqrt(2 / i), (o, i)),
}


def torch_activation(activation: Activation, z: Tensor, slope: Tensor | None = None) -> Tensor:
    """The activation of a tensor, differentiable by autograd; `slope` is the learned parameter where there is one."""
    if activation.formula is not None:
        result: Tensor = activation.formula(z, torch)
        return result
    parameters = (slope,) if activation.learned else tuple(activation.parameters.values())
    return TORCH_ACTIVATIONS[activation.name](z, *parameters)


def make_optimizer(options: dict[str, Any], parameters: Tensor) -> torch.optim.Optimizer:
    """torch's optimiser of that name with these options, over one tensor."""
    return OPTIMIZERS[options.pop("name")]([parameters], **options)


def to_tensors(points: Points) -> tuple[Tensor, Tensor]:
    """x and y as float32."""
    return torch.from_numpy(points.x.astype(np.float32)), torch.from_numpy(points.y.astype(np.float32))


def _batches(task: Task, batch_size: int) -> Iterator[Iterator[tuple[Tensor, Tensor]]]:
    """For each epoch its batches: fresh points, or the fixed ones in a new order; the last batch may be smaller."""
    fixed = task.fixed_points()
    random = task.generator("order" if fixed else "data")
    points = to_tensors(fixed[0]) if fixed else None
    while True:
        if points:
            order = torch.from_numpy(random.permutation(len(points[0])))
            x, y = points[0][order], points[1][order]
        else:
            x, y = to_tensors(task.sample(random))
        yield zip(x.split(batch_size), y.split(batch_size), strict=True)


def likely_cause(
    network: Network, parameters: NDArray[np.float32], x: NDArray[np.float32], losses: tuple[float, float]
) -> str:
    """Why a loss is no number, if it is not that the steps were too large: an activation undefined somewhere."""
    with np.errstate(all="ignore"):
        layers = network.forward(parameters, x)
    for index, (preactivation, signal) in enumerate(layers):
        bad = np.isfinite(preactivation) & ~np.isfinite(signal)
        if bad.any() and np.abs(preactivation[bad]).max() < 1e6:
            where = float(preactivation[bad][0])
            name = network.activations[index].name
            return f"the activation {name} is not finite at {where:.3g}, which layer {index + 1} gives it"
    formulas = [a.name for a in network.activations if a.formula is not None]
    grew = losses[1] > 10 * losses[0]
    if formulas and not np.isfinite(parameters).all() and not grew:
        return f"the slope of {formulas[0]} is not finite at a value that it was given"
    return ""
