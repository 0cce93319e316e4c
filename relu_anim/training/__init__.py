"""Training with torch: a generator of snapshots that knows no listener. The only room that imports torch."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from relu_anim.config import TrainedExperiment
from relu_anim.errors import TrainingDiverged
from relu_anim.initial import initial_parameters
from relu_anim.network import Network
from relu_anim.recording import Snapshot
from relu_anim.targets import Points
from relu_anim.training.divergence import undefined_activation, undefined_slope
from relu_anim.training.gradients import Gradient, Tensor, quietly
from relu_anim.training.moments import moments
from relu_anim.training.threads import on_one_thread
from relu_anim.training.updates import l1_amounts, make_update, with_l1

__all__ = ["Learner", "train", "untrained"]

LARGE = 100.0  # of a number to learn: with the usual rates a step is then often too long


@on_one_thread
def train(experiment: TrainedExperiment) -> Iterator[Snapshot]:
    """Snapshots of the training, the first one before any update; TrainingDiverged where the loss is no number."""
    learner = Learner(experiment)
    yield from map(learner.snapshot, moments(learner, experiment))


def untrained(experiment: TrainedExperiment) -> Snapshot:
    """The network of epoch 0 where its loss is no number: loss, accuracy and gradient norms are NaN."""
    network = Network(*experiment.shape)
    parameters = initial_parameters(network, experiment.model.init, experiment.task)
    norms = np.full(len(network.activations), np.nan, dtype=np.float32)
    return Snapshot(0, 0, parameters, math.nan, math.nan, norms)


class Learner:
    """A network in training: one flat parameter tensor, the gradient of the loss by it, and its update rule."""

    def __init__(self, experiment: TrainedExperiment) -> None:
        self.task, training = experiment.task, experiment.training
        self.steps_an_epoch = experiment.steps
        self.rate = training.optimizer.lr
        self.shape = Network(*experiment.shape)
        self.network = self.shape.inner  # which is given scaled inputs
        self.parameters = torch.from_numpy(initial_parameters(self.network, experiment.model.init, self.task))
        self.unit = experiment.loss_unit
        self.gradient = Gradient(self.network, training.loss, self.parameters)
        self.loss = self.gradient.loss
        self.update = make_update(training.optimizer.model_dump(), self.parameters, self.gradient.flat)
        if training.l1:
            amounts = l1_amounts(training.l1, self.network, self.parameters)
            self.update = with_l1(self.update, amounts, self.parameters, self.gradient.flat)
        fixed = self.task.fixed_points()
        self.training = self.tensors(fixed[0]) if fixed else None
        self.tests = self.tensors(fixed[1]) if fixed and len(fixed[1]) else None
        self.evaluation = self.tensors(self.task.evaluation_points())
        self.steps = 0
        self.before = torch.clone(self.parameters), self.evaluation[0]  # of the last update, to explain what it did
        self.first_loss = self.last_loss = math.nan

    def tensors(self, points: Points) -> tuple[Tensor, Tensor]:
        """x as float32 [n, inputs], scaled where the config says so, and what the loss wants there."""
        learned = (points.y - self.shape.output_center) / self.shape.output_spread
        return torch.from_numpy(self.shape.scaled(points.x).astype(np.float32)), self.loss.prepare(learned)

    def batches(self, batch_size: int) -> Iterator[Iterator[tuple[Tensor, Tensor]]]:
        """For each epoch its batches: fresh points, or the fixed ones in a new order; the last batch may be smaller."""
        random = self.task.generator("order" if self.training else "data")
        while True:
            if self.training:
                order = torch.from_numpy(random.permutation(len(self.training[0])))
                x, wanted = (values.index_select(0, order) for values in self.training)
            else:
                x, wanted = self.tensors(self.task.sample(random))
            yield zip(x.split(batch_size), wanted.split(batch_size), strict=True)

    def step(self, x: Tensor, wanted: Tensor) -> None:
        """One update of the parameters from points x [n, inputs] and what the loss wants there."""
        self._check(self.gradient(x, wanted), self.steps // self.steps_an_epoch + 1, x)
        self.before = self.before[0].copy_(self.parameters), x
        self.update()
        self.steps += 1

    @torch.inference_mode()
    @quietly()
    def snapshot(self, epoch: int) -> Snapshot:
        """The network as it is now, after this many epochs, with its loss, accuracy and gradient on the evaluation
        points."""
        x, wanted = self.evaluation
        output = self.gradient.output(x)
        loss = self.gradient.backward(output, wanted)
        if not torch.isfinite(self.parameters).all():
            loss = math.nan  # a formula with sign or step may hide it
        self._check(loss, epoch, x)
        squares = np.square(self.gradient.flat.numpy(), dtype=np.float64)
        norms = np.sqrt(np.add.reduceat(squares, self.network.layer_starts)).astype(np.float32)
        accuracy = self.loss.accuracy(output, wanted)
        parameters = self.parameters.numpy().copy()
        test_loss, test_accuracy = self._test()
        losses = loss * self.unit, test_loss * self.unit
        return Snapshot(epoch, self.steps, parameters, *losses, norms, accuracy, test_accuracy)

    def _test(self) -> tuple[float, float]:
        """Loss and accuracy on the held-out points; NaN without any."""
        if self.tests is None:
            return math.nan, math.nan
        x, wanted = self.tests
        output = self.gradient.output(x)
        return self.loss.measure(output, wanted)[0], self.loss.accuracy(output, wanted)

    def _check(self, loss: float, epoch: int, x: Tensor) -> None:
        if not math.isfinite(loss):
            what = "infinite" if math.isinf(loss) else "not a number"
            place = f"epoch {epoch}, step {self.steps}"
            raise TrainingDiverged(f"training diverged: the loss is {what} at {place}: {self._cause(x)}")
        if math.isnan(self.first_loss):
            self.first_loss = loss
        self.last_loss = loss

    def _cause(self, x: Tensor) -> str:
        """Why the loss at x is no number: an activation, its slope in the update before, or too large a step."""
        parameters = self.parameters.numpy()
        if cause := undefined_activation(self.network, parameters, x.numpy()):
            return cause
        if self.steps == 0:
            return "the untrained network's loss is too large a number; lower the target or the weights"
        before, points = self.before
        if cause := undefined_slope(self.network, before.numpy(), points.numpy()):
            return cause
        advice = f"with a learning rate of {self.rate:g}; lower training.optimizer.lr{self._or_the_target()}"
        if self.last_loss > self.first_loss:
            first, last = self.unit * self.first_loss, self.unit * self.last_loss
            return f"the loss went from {first:.3g} to {last:.3g} {advice}"
        last = self.unit * self.last_loss
        return f"one update after a loss of {last:.3g} was too large, {advice}"

    def _or_the_target(self) -> str:
        """What else would help where large numbers are to be learned, whose errors make large steps."""
        largest = float(np.abs(self.task.evaluation_points().y).max())
        if self.task.class_names or self.task.standardize or largest < LARGE:
            return ""
        return f", or divide the numbers to learn, which are as large as {largest:.3g}"
