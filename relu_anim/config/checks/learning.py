"""By which network it is learned, and how: model and training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relu_anim.config.checks.check import Finding, reads
from relu_anim.facts import (
    LOSSES,
    fitting_losses,
    joined,
)
from relu_anim.plurals import plural

if TYPE_CHECKING:
    from relu_anim.config.kinds import Experiment


MOST_RECORDING_BYTES = 2 * 1024**3
MOST_SNAPSHOTS = 1_000_000  # after the first; of the smallest network, too, each has a dozen numbers


@reads("target", "data", "model.layer_sizes", "training.loss")
def layer_sizes(e: Experiment) -> Iterator[Finding]:
    """The first and the last layer are as wide as what is learned needs."""
    if not e.target.is_known:
        return
    sizes, inputs, classes = e.model.layer_sizes, e.task.inputs, len(e.task.class_names)
    if sizes[0] != inputs:
        what = f"a target of {plural(inputs, 'input')}"
        yield ("model", "layer_sizes", 0), f"{what} needs {inputs} here, got {sizes[0]}"
    right, what = _outputs(e.training.loss, classes)
    if sizes[-1] not in right:
        yield ("model", "layer_sizes", len(sizes) - 1), f"{what}, got {sizes[-1]}"


def _outputs(loss: str, classes: int) -> tuple[set[int], str]:
    """How many outputs a network may have, and in words; a wrong loss may be mended in any way."""
    fitting = fitting_losses(classes)
    right = {LOSSES[name].outputs(classes) for name in ([loss] if loss in fitting else fitting)}
    if not classes:
        return right, "a target of one output needs 1 here"
    single = [name for name in fitting if LOSSES[name].logit]
    if right == {1}:
        others = [name for name in fitting if name not in single]
        return right, f"the loss {loss} needs 1 output; {joined(others)} takes one for each class"
    or_one = f" or, with the loss {joined(single)}, 1" if single else ""
    return right, f"{classes} classes need {classes} outputs{or_one}"


@reads("target", "data", "training.loss", "model.output_activation")
def loss(e: Experiment) -> Iterator[Finding]:
    """The loss and the output activation go with numbers or with classes."""
    if not e.target.is_known:
        return
    path, classes, loss = ("training", "loss"), len(e.task.class_names), e.training.loss
    row, right = LOSSES[loss], joined(fitting_losses(classes))
    if classes and not row.classes:
        yield path, f"the target has {classes} classes, which {loss} cannot learn; write {right}"
    elif not classes and row.classes:
        yield path, f"{loss} learns classes, but the target is a number; write {right}"
    elif classes > row.classes:
        yield path, f"{loss} is for {row.classes:g} classes, the target has {classes}; write {right}"
    name = e.model.activations[-1].name
    if row.last_activations and name not in row.last_activations:
        message = f"{loss} needs {joined(row.last_activations)} here, got {name}"
        yield ("model", "output_activation"), message


@reads("model.layer_sizes", "model.activation")
def activations(e: Experiment) -> Iterator[Finding]:
    """There is one activation, or one for each hidden layer."""
    given, hidden = len(e.model.activation), e.model.hidden_layers
    if given != 1 and given != hidden:
        layers, right = plural(hidden, "hidden layer"), "one" + f", or {hidden}" * (hidden > 1)
        yield ("model", "activation"), f"{given} activations for {layers}; give {right}"


@reads("training.optimizer")
def optimizer(e: Experiment) -> Iterator[Finding]:
    """Nesterov has the momentum that it needs."""
    o = e.training.optimizer
    if o.name == "sgd" and o.nesterov and (o.momentum == 0 or o.dampening != 0):
        yield ("training", "optimizer", "nesterov"), "needs a momentum above 0 and no dampening"


@reads("data", "model.layer_sizes", "model.activation", "training")
def recording_fits(e: Experiment) -> Iterator[Finding]:
    """All snapshots of the run fit into memory."""
    most = MOST_RECORDING_BYTES // (e.model.parameter_count * 4) - 1
    if most < 0:
        yield ("model", "layer_sizes"), f"{e.model.parameter_count:,} parameters would take more than 2 GiB"
    elif e.training.epochs > most and e.training.epochs_apart == 1:
        message = f"the snapshots of this network would take more than 2 GiB; at most {most:,} epochs fit"
        yield ("training", "epochs"), message
    elif e.snapshots - 1 > (most := min(most, MOST_SNAPSHOTS)):
        message = f"makes {e.snapshots:,} snapshots of this network; at most {most + 1:,} fit"
        yield ("training", "snapshots"), message
