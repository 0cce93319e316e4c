"""The steps of a training, and the moments between them at which a snapshot is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch

from relu_anim.config import TrainedExperiment
from relu_anim.training.gradients import Tensor, quietly


class Learns(Protocol):
    """One network in training, or many."""

    steps: int

    def batches(self, batch_size: int) -> Iterator[Iterator[tuple[Tensor, Tensor]]]:
        """For each epoch its batches: points, and what the loss wants there."""

    def step(self, x: Tensor, wanted: Tensor) -> None:
        """One update from these points."""


def moments(learner: Learns, experiment: TrainedExperiment) -> Iterator[int]:
    """Train, and stop at each moment of which there is a snapshot: how many epochs are over, from 0 on."""
    training = experiment.training
    batches = learner.batches(training.batch_size)
    yield 0
    for epoch in range(1, training.epochs + 1):
        with torch.inference_mode(), quietly():
            drawn = next(batches)
        parts = ([batch] for batch in drawn) if epoch <= training.epochs_by_step else [drawn]
        for part in parts:
            with torch.inference_mode(), quietly():
                for x, wanted in part:
                    learner.step(x, wanted)
            if training.has_snapshot(epoch):
                yield learner.steps // experiment.steps
