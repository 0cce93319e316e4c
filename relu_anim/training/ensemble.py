"""Networks of one shape trained together, each as it would be alone: the same first weights, the same points.

All parameters lie in one flat tensor, tensor by tensor, and each tensor holds those of all networks, so that a step is
as many operations for all as for one. No operation mixes networks: one that diverges harms no other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from relu_anim.aliases import Array
from relu_anim.config import TrainedExperiment
from relu_anim.initial import initial_parameters_of_each
from relu_anim.network import Network
from relu_anim.recording import OF_SNAPSHOT, Ensemble, Recording
from relu_anim.targets import Points, sample_each
from relu_anim.training.arithmetic import root
from relu_anim.training.gradients import quietly
from relu_anim.training.losses import LOSSES
from relu_anim.training.moments import moments
from relu_anim.training.stacks import MEASURES, Layers, Stack
from relu_anim.training.threads import on_one_thread
from relu_anim.training.updates import make_update, with_l1

Tensor = torch.Tensor
Parameters = NDArray[np.float32]

USUAL_BYTES = 64 * 2**20  # of the snapshots and points of networks that are trained at once; with more they get slower
MOST_BYTES = 512 * 2**20  # of large networks,
FEW = 8  # of which are trained at once
CACHED_BYTES = 2**20  # of one tensor


@dataclass(frozen=True)
class Epoch:
    """All networks at one moment, after `epoch` epochs: parameters float32 [networks, count], norms [networks, layers],
    the rest float64 [networks], as in a Snapshot; NaN, or infinite, for those that have diverged."""

    epoch: int
    step: int
    parameters: NDArray[np.float32]
    loss: Array
    test_loss: Array
    gradient_norms: NDArray[np.float32]
    accuracy: Array
    test_accuracy: Array

    def where(self, alive: NDArray[np.bool_], before: Epoch) -> Epoch:
        """These numbers of the networks that are alive; of the others those before."""
        own = {name: (getattr(self, name), getattr(before, name)) for name in OF_SNAPSHOT}
        masks = {name: alive.reshape(-1, *[1] * (now.ndim - 1)) for name, (now, _) in own.items()}
        return replace(self, **{name: np.where(masks[name], *pair) for name, pair in own.items()})


def train_together(experiments: Sequence[TrainedExperiment]) -> Iterator[tuple[int, Recording]]:
    """The index and the recording of each experiment, in order. As many are trained at once as memory allows.

    They may differ in all that changes no shape: seed, noise, first weights, learning rate; ValueError if they differ
    in more. A recording ends with the last snapshot before its network diverged, with the reason in `stopped`.
    """
    for start, chunk in chunks(experiments):
        together = gathered(chunk, epochs(chunk), whole=True)
        yield from ((start + index, together.recording(index)) for index in range(len(chunk)))


def chunks(experiments: Sequence[TrainedExperiment]) -> Iterator[tuple[int, Sequence[TrainedExperiment]]]:
    """The experiments in pieces that are trained at once, each with the index of its first."""
    size = chunk_size(experiments[0])
    for start in range(0, len(experiments), size):
        yield start, experiments[start : start + size]


def chunk_size(experiment: TrainedExperiment) -> int:
    """How many of its networks are trained at once."""
    widest = max(experiment.model.layer_sizes)
    task = experiment.task
    points = max(task.samples, len(task.evaluation_points()))
    snapshots = experiment.snapshots * (experiment.model.parameter_count + 16)
    each = 4 * (2 * snapshots + points * (4 * widest + 2 * task.inputs + 2))
    return max(1, USUAL_BYTES // each, min(FEW, MOST_BYTES // each))


@on_one_thread
def epochs(experiments: Sequence[TrainedExperiment], first: Parameters | None = None) -> Iterator[Epoch]:
    """All networks before any update, and at each moment of which there is a snapshot; `first` [networks, count] are
    parameters to start from in place of their own.

    The same to the last bit in whatever company a network is trained, also alone.
    """
    learner = EnsembleLearner(experiments, first)
    yield from map(learner.snapshot, moments(learner, experiments[0]))


def gathered(experiments: Sequence[TrainedExperiment], found: Iterable[Epoch], whole: bool) -> Ensemble:
    """These networks as one ensemble. With `whole`, every snapshot. Otherwise all losses, and each network's last
    snapshot before it diverged."""
    losses: list[Array] = []
    numbers: list[tuple[int, int]] = []
    kept: list[Epoch] = []
    alive = np.ones(len(experiments), dtype=bool)
    for epoch in found:
        losses.append(epoch.loss)
        numbers.append((epoch.epoch, epoch.step))
        alive &= np.isfinite(epoch.loss)
        if whole or not kept:
            kept.append(epoch)
        else:
            kept[0] = epoch.where(alive, kept[0])
    others: dict[str, Any] = {name: np.stack([getattr(epoch, name) for epoch in kept], axis=1) for name in OF_SNAPSHOT}
    seeds = np.array([experiment.seed for experiment in experiments], dtype=np.int64)
    number, step = np.array(numbers, dtype=np.int64).T
    networks = [Network(*experiment.shape) for experiment in experiments]
    scalings = (
        np.array([network.center for network in networks], dtype=np.float64),
        np.array([network.spread for network in networks], dtype=np.float64),
        np.array([network.output_center for network in networks], dtype=np.float64),
        np.array([network.output_spread for network in networks], dtype=np.float64),
    )
    return Ensemble(networks[0].inner, *scalings, seeds, number, step, loss=np.stack(losses, axis=1), **others)


class EnsembleLearner:
    """Networks in training: one flat tensor of all parameters, the gradient of each loss, and one update rule."""

    def __init__(self, experiments: Sequence[TrainedExperiment], start: Parameters | None = None) -> None:
        check_compatible(experiments)
        first = experiments[0]
        self.tasks = [experiment.task for experiment in experiments]
        self.shapes = [Network(*experiment.shape) for experiment in experiments]
        self.network = self.shapes[0].inner
        self.count = len(experiments)
        self.units = np.array([experiment.loss_unit for experiment in experiments])
        size = self.count * self.network.parameter_count
        self.parameters, self.gradient = torch.zeros(size), torch.zeros(size)
        self.tensors, self.gradients = (self._views(flat) for flat in (self.parameters, self.gradient))
        if start is None:
            self._start(experiments)
        else:
            self._start_from(start, slice(None))
        self.loss = LOSSES[first.training.loss]
        self.measure = MEASURES[first.training.loss]
        self.both = self.tensors, self.gradients
        self.all = self._stack(slice(None))
        options = first.training.optimizer.model_dump()
        rates = [experiment.training.optimizer.lr for experiment in experiments]
        if len(set(rates)) > 1:
            options["lr"] = self._spread(torch.tensor(rates))
        self.update = make_update(options, self.parameters, self.gradient)
        if first.training.l1:
            amounts = self._spread(torch.full((self.count,), first.training.l1), only="weight")
            self.update = with_l1(self.update, amounts, self.parameters, self.gradient)
        fixed = [task.fixed_points() for task in self.tasks]
        parts = [points for points in fixed if points is not None]
        self.training = self._tensors([training for training, _ in parts]) if parts else None
        self.tests = self._tensors([test for _, test in parts]) if parts and len(parts[0][1]) else None
        self.evaluation = self._evaluation()
        self.groups = [self._stack(rows) for rows in self._groups(self.evaluation[0].shape[2])]
        self.steps = 0

    def _views(self, flat: Tensor) -> list[dict[str, Tensor]]:
        """For each layer its tensors by name, [networks, …] each, as views of the flat one."""
        layers: list[dict[str, Tensor]] = [{} for _ in self.network.activations]
        for slot in self.network.slots:
            block = flat[slot.start * self.count : slot.stop * self.count]
            layers[slot.layer][slot.name] = block.view(self.count, *slot.shape)
        return layers

    def _start(self, experiments: Sequence[TrainedExperiment]) -> None:
        """The first parameters of each network: those of one init at once, which is much faster."""
        inits = [experiment.model.init for experiment in experiments]
        for init in dict.fromkeys(inits):
            own = [number for number, other in enumerate(inits) if other == init]
            values = initial_parameters_of_each(self.network, init, [self.tasks[number] for number in own])
            self._start_from(values, own)

    def _start_from(self, values: Parameters, networks: list[int] | slice) -> None:
        """Give some networks these parameters [networks, count]."""
        for slot in self.network.slots:
            part = torch.from_numpy(values[:, slot.start : slot.stop])
            self.tensors[slot.layer][slot.name][networks] = part.reshape(-1, *slot.shape)

    def _spread(self, values: Tensor, only: str = "") -> Tensor:
        """One value for each network at each of its parameters; 0 at others than those of this name."""
        flat = torch.zeros_like(self.parameters)
        for layer in self._views(flat):
            for name, tensor in layer.items():
                if not only or name == only:
                    tensor.copy_(values.view(-1, *[1] * (tensor.dim() - 1)))
        return flat

    def _stack(self, rows: slice) -> Stack:
        """The layers of some of the networks."""
        sides = [[{name: tensor[rows] for name, tensor in own.items()} for own in side] for side in self.both]
        layers = [Layers(*parts) for parts in zip(self.loss.activations(self.network), *sides, strict=True)]
        return Stack(rows, layers, self.measure)

    def _groups(self, points: int) -> list[slice]:
        """The networks in groups. The values of a group at all points fit into a processor's cache."""
        size = max(1, CACHED_BYTES // (4 * points * max(self.network.layer_sizes)))
        ends = np.linspace(0, self.count, max(1, self.count // size) + 1).astype(int)
        return [slice(start, end) for start, end in pairwise(ends.tolist())]

    def _tensors(self, points: Sequence[Points]) -> tuple[Tensor, Tensor]:
        """x float32 [networks, inputs, n], and what the loss wants there, [networks, 1, n]: the points last, so that
        what is done for each unit runs along them."""
        pairs = list(zip(self.shapes, points, strict=False))
        x = [shape.scaled(own.x).T.astype(np.float32) for shape, own in pairs]
        learned = [(own.y.T - shape.output_center) / shape.output_spread for shape, own in pairs]
        return torch.from_numpy(np.stack(x)), self.loss.prepare(np.stack(learned))

    def _evaluation(self) -> tuple[Tensor, Tensor]:
        """Where losses are measured: of a function that all learn, the same points for all."""
        first = self.tasks[0]
        if first.function is None or any((t.function, t.domain) != (first.function, first.domain) for t in self.tasks):
            return self._tensors([task.evaluation_points() for task in self.tasks])
        x, wanted = self._tensors([first.evaluation_points()])
        return x.expand(self.count, -1, -1), wanted.expand(self.count, -1, -1)

    def batches(self, batch_size: int) -> Iterator[Iterator[tuple[Tensor, Tensor]]]:
        """For each epoch its batches, each network's own; the last one may be smaller."""
        randoms = [task.generator("order" if self.training else "data") for task in self.tasks]
        while True:
            if self.training:
                length = self.training[0].shape[2]
                order = torch.from_numpy(np.stack([random.permutation(length) for random in randoms]))[:, None]
                x, wanted = (values.gather(2, order.expand(-1, values.shape[1], -1)) for values in self.training)
            else:
                x, wanted = self._tensors(sample_each(self.tasks, randoms))
            yield zip(x.split(batch_size, 2), wanted.split(batch_size, 2), strict=True)

    def step(self, x: Tensor, wanted: Tensor) -> None:
        """One update of all networks from points x [networks, inputs, n] and what the loss wants there."""
        self.all.backward(self.all.output(x), wanted)
        self.update()
        self.steps += 1

    @torch.inference_mode()
    @quietly()
    def snapshot(self, epoch: int) -> Epoch:
        """All networks as they are now, after this many epochs, with their losses, accuracies and gradients on the
        evaluation points."""
        x, wanted = self.evaluation
        outputs = []
        found = []
        for group in self.groups:
            outputs.append(group.output(x[group.rows]))
            found.append(group.backward(outputs[-1], wanted[group.rows]))
        output, losses = torch.cat(outputs), torch.cat(found).double()
        squares = [[g.double().square().sum(tuple(range(1, g.dim()))) for g in own.values()] for own in self.gradients]
        norms = torch.stack([root(torch.stack(own).sum(0)) for own in squares], 1)
        parameters = torch.cat([t.reshape(self.count, -1) for own in self.tensors for t in own.values()], 1)
        losses[~torch.isfinite(parameters).all(1)] = math.nan
        accuracy = self._accuracy(output, wanted)
        test_loss = test_accuracy = np.full(self.count, math.nan)
        if self.tests is not None:
            tested = self.all.output(self.tests[0])
            test_loss = self.measure(tested, self.tests[1])[0].double().numpy()
            test_accuracy = self._accuracy(tested, self.tests[1])
        numbers = (losses.numpy() * self.units, test_loss * self.units, norms.float().numpy(), accuracy, test_accuracy)
        return Epoch(epoch, self.steps, parameters.numpy(), *numbers)

    def _accuracy(self, output: Tensor, wanted: Tensor) -> Array:
        if self.loss.is_right is None:
            return np.full(self.count, math.nan)
        is_right = self.loss.is_right(output.transpose(1, 2), wanted.transpose(1, 2))
        return is_right.double().mean((1, 2)).numpy()


def check_compatible(experiments: Sequence[TrainedExperiment]) -> None:
    """ValueError unless the experiments can be trained together."""
    first, *others = experiments
    for other in others:
        if key := first.incompatible_key(other):
            raise ValueError(f"{key} must be the same for networks that are trained together")
