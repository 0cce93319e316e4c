"""Losses of classes, accuracy and L1 against torch's autograd, a plain torch loop and NumPy."""

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.torch_oracle import assert_trains_as_torch_does, criterion, diverges, experiment, run, sequential
from torch import nn

from relu_anim import facts, training
from relu_anim.activations import named
from relu_anim.network import Network
from relu_anim.training import train, untrained
from relu_anim.training.gradients import Gradient
from relu_anim.training.losses import LOSSES
from relu_anim.training.stacks import MEASURES


@pytest.mark.parametrize("name", facts.LOSSES)
def test_a_gradient_is_the_slope_of_its_loss_for_one_network_and_for_many(name):
    row, loss, random, step = facts.LOSSES[name], LOSSES[name], np.random.default_rng(1), 0.01
    classes = int(min(row.classes, 3))
    y = random.integers(classes, size=(6, 1)).astype(float) if classes else random.normal(0, 2, (6, 1))
    output = torch.from_numpy(random.normal(0, 2, (6, row.outputs(classes))).astype(np.float32))
    wanted = loss.prepare(y)
    value, gradient = loss.measure(output.clone(), wanted)
    for place in np.ndindex(*output.shape):
        sides = []
        for sign in (1, -1):
            moved = output.clone()
            moved[place] += sign * step
            sides.append(loss.measure(moved, wanted)[0])
        assert float(gradient[place]) == pytest.approx((sides[0] - sides[1]) / (2 * step), abs=1e-3)
    values, gradients = MEASURES[name](output.T[None].clone(), wanted.T[None])
    assert float(values[0]) == pytest.approx(value, rel=1e-6)
    np.testing.assert_allclose(gradients[0].T, gradient, rtol=1e-5, atol=1e-7)


TWO = """
target: {dataset: circle}
data: {samples: 160, noise: 0.1, resample: false}
model: {layer_sizes: [2, 8, 6, 1], activation: tanh}
training: {loss: bce, optimizer: {name: sgd, lr: 0.2}, epochs: 20, batch_size: 32}
"""
THREE = """
target: {dataset: gauss}
data: {samples: 160, classes: 3, resample: false}
model: {layer_sizes: [2, 8, 6, 3], activation: tanh}
training: {loss: cross_entropy, optimizer: {name: sgd, lr: 0.1, momentum: 0.9}, epochs: 20, batch_size: 32}
"""
SIGMOID = "model.output_activation=sigmoid"
HELD_OUT = "data.test_fraction=0.25"
PROBLEMS = [(TWO, ()), (TWO, (SIGMOID,)), (THREE, ())]
IDS = ["logit", "sigmoid", "three classes"]


def points_of_classes(count, classes, inputs=3, seed=0):
    random = np.random.default_rng(seed)
    x = torch.from_numpy(random.normal(size=(count, inputs)).astype(np.float32))
    return x, random.integers(classes, size=(count, 1)).astype(float)


def assert_gradient_is_torchs(network, loss, modules, torch_loss, classes):
    """Of loss and every parameter, at random points; `modules` are torch's own of the same network."""
    x, y = points_of_classes(50, classes)
    model = nn.Sequential(*modules)
    parameters = nn.utils.parameters_to_vector(model.parameters()).detach()
    gradient = Gradient(network, loss, parameters)
    ours = gradient(x, LOSSES[loss].prepare(y))
    theirs = torch_loss(model(x), torch.from_numpy(y))
    theirs.backward()
    assert ours == pytest.approx(theirs.item(), rel=1e-6)
    expected = torch.cat([parameter.grad.ravel() for parameter in model.parameters()])
    np.testing.assert_allclose(gradient.flat, expected, rtol=1e-5, atol=1e-7)
    assert expected.abs().min() > 0


@pytest.mark.parametrize(
    ("output", "end", "torch_loss"),
    [
        ("identity", [], lambda z, y: nn.BCEWithLogitsLoss()(z, y.float())),
        ("sigmoid", [nn.Sigmoid()], lambda p, y: nn.BCELoss()(p, y.float())),
    ],
)
def test_bce_and_its_gradient_are_torchs(output, end, torch_loss):
    torch.manual_seed(0)
    network = Network((3, 5, 1), (named("tanh"), named(output)))
    assert_gradient_is_torchs(network, "bce", [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1), *end], torch_loss, 2)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_cross_entropy_and_its_gradient_are_torchs(classes):
    torch.manual_seed(0)
    network = Network((3, 5, classes), (named("tanh"), named("identity")))
    modules = [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, classes)]
    assert_gradient_is_torchs(
        network, "cross_entropy", modules, lambda z, y: nn.CrossEntropyLoss()(z, y[:, 0].long()), classes
    )


LOGITS = [0.0, 1e-3, 1.0, 17.0, 30.0, 80.0, 1e3, 1e4]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("wanted", [0, 1])
@pytest.mark.parametrize("size", LOGITS)
def test_bce_keeps_its_digits_at_any_logit(size, wanted, sign):
    logit = sign * size
    loss, gradient = LOSSES["bce"].measure(torch.tensor([[logit]]), LOSSES["bce"].prepare(np.array([[float(wanted)]])))
    wrong = logit if wanted == 0 else -logit
    assert loss == pytest.approx(np.logaddexp(0, wrong), rel=1e-5, abs=1e-37)
    slope = np.exp(-np.logaddexp(0, -wrong))
    assert gradient.item() == pytest.approx(slope if wanted == 0 else -slope, rel=1e-5, abs=1e-37)


@pytest.mark.parametrize("logits", [[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4 - 5], [50.0, -50.0, 0.0]])
@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_cross_entropy_holds_at_any_logits(logits, wanted):
    exact = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    expected = nn.CrossEntropyLoss()(exact, torch.tensor([wanted]))
    expected.backward()
    loss, gradient = LOSSES["cross_entropy"].measure(exact.detach().float(), torch.tensor([[wanted]]))
    assert loss == pytest.approx(expected.item(), rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(gradient, exact.grad, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_measuring_a_loss_leaves_output_and_wanted_as_they_were(loss):
    x, y = points_of_classes(20, 3)
    output, wanted = x if loss == "cross_entropy" else x[:, :1], LOSSES[loss].prepare(y)
    before = output.clone(), wanted.clone()
    LOSSES[loss].measure(output, wanted)
    assert torch.equal(output, before[0])
    assert torch.equal(wanted, before[1])


# ---------------------------------------------------------------- training


@pytest.mark.parametrize(
    ("text", "settings"), [pytest.param(*PROBLEMS[0], marks=pytest.mark.soak), *PROBLEMS[1:]], ids=IDS
)
def test_a_thousand_steps_are_those_of_torch(text, settings):
    snapshots = assert_trains_as_torch_does(*settings, "training.epochs=200", text=text, tolerance=1e-3)
    assert snapshots[-1].step == 1000
    assert snapshots[-1].loss < 0.8 * snapshots[0].loss


@pytest.mark.parametrize("text", [TWO, THREE])
@pytest.mark.parametrize("setting", ["data.resample=true", HELD_OUT, "model.activation=prelu", "training.l1=0.0005"])
def test_other_data_and_networks_of_classes_are_trained_as_torch_does(text, setting):
    assert_trains_as_torch_does(setting, text=text)


@pytest.mark.parametrize(("text", "settings"), PROBLEMS, ids=IDS)
def test_the_recorded_loss_and_gradient_norms_of_classes_are_those_of_autograd(text, settings):
    e = experiment(*settings, "training.epochs=3", "training.l1=0.3", text=text)
    points = e.task.fixed_points()[0]
    for snapshot in train(e):
        model = sequential(e, snapshot.parameters)
        loss = criterion(e)(model(torch.tensor(points.x).float()), torch.tensor(points.y).float())
        loss.backward()
        assert snapshot.loss == pytest.approx(loss.item(), rel=1e-5)
        layers = [nn.utils.parameters_to_vector(p.grad for p in part.parameters()) for part in list(model)[::2]]
        np.testing.assert_allclose(snapshot.gradient_norms, [layer.norm() for layer in layers], rtol=1e-4)


@pytest.mark.parametrize("text", [TWO, THREE])
def test_too_large_a_learning_rate_is_named_where_classes_are_learned(text):
    snapshots, message = diverges("model.activation=leaky_relu", "training.optimizer.lr=1e15", text=text)
    assert len(snapshots) >= 1
    assert re.search(r"training diverged: the loss is (infinite|not a number) at epoch \d+, step \d+", message)
    assert "learning rate" in message


# ---------------------------------------------------------------- accuracy


def right(e, parameters, points):
    """Share of points that NumPy's forward pass in float64 puts into their class."""
    network = Network(e.model.layer_sizes, e.model.activations)
    output = network.output(parameters.astype(np.float64), points.x)
    limit = 0.5 if network.activations[-1].name == "sigmoid" else 0
    found = output > limit if output.shape[1] == 1 else output.argmax(axis=1)[:, None]
    return (found == points.y).mean()


@pytest.mark.parametrize(("text", "settings"), PROBLEMS, ids=IDS)
def test_accuracy_is_the_share_that_numpy_finds_right_in_both_parts(text, settings):
    e = experiment(*settings, HELD_OUT, "training.epochs=60", text=text)
    training, held_out = e.task.fixed_points()
    snapshots = list(train(e))
    for snapshot in snapshots:
        assert snapshot.accuracy == pytest.approx(right(e, snapshot.parameters, training), abs=1e-12)
        assert snapshot.test_accuracy == pytest.approx(right(e, snapshot.parameters, held_out), abs=1e-12)
        assert type(snapshot.accuracy) is type(snapshot.test_accuracy) is float
    assert snapshots[-1].accuracy > snapshots[0].accuracy
    assert len({snapshot.test_accuracy for snapshot in snapshots}) > 2


def test_there_is_no_accuracy_without_classes_and_none_of_the_test_without_its_points():
    assert all(math.isnan(s.accuracy) and math.isnan(s.test_accuracy) for s in run("training.epochs=1"))
    assert all(s.accuracy >= 0 and math.isnan(s.test_accuracy) for s in run("training.epochs=1", text=TWO))


def test_a_logit_of_zero_counts_as_class_0():
    bce = LOSSES["bce"]
    wanted = bce.prepare(np.array([[0.0], [0.0], [1.0], [1.0]]))
    assert bce.accuracy(torch.tensor([[0.0], [-1.0], [1.0], [1e-30]]), wanted) == 1
    assert bce.accuracy(torch.tensor([[1.0], [1e-30], [0.0], [-1.0]]), wanted) == 0


# ---------------------------------------------------------------- L1


@pytest.mark.parametrize(
    "optimizer",
    [
        "{name: sgd, lr: 0.05}",
        "{name: sgd, lr: 0.02, momentum: 0.9, nesterov: true}",
        "{name: adam, lr: 0.003, weight_decay: 0.02}",
        "{name: rmsprop, lr: 0.002}",
    ],
)
def test_l1_is_torchs_penalty_on_all_weights_and_on_nothing_else(optimizer):
    settings = f"training.optimizer={optimizer}", "training.l1=0.02"
    assert_trains_as_torch_does(*settings, "model.activation=prelu")
    assert_trains_as_torch_does(*settings, "model.activation=tanh")


def test_l1_shrinks_weights_and_is_no_part_of_the_recorded_loss_and_norms():
    plain, penalised = run("model.activation=tanh"), run("model.activation=tanh", "training.l1=0.1")
    assert penalised[0].loss == plain[0].loss
    np.testing.assert_array_equal(penalised[0].gradient_norms, plain[0].gradient_norms)
    assert np.abs(penalised[-1].parameters).sum() < 0.7 * np.abs(plain[-1].parameters).sum()


# ---------------------------------------------------------------- epoch 0


def start(*settings, text="target: {function: x}\nmodel: {layer_sizes: [1, 8, 6, 1]}"):
    """Of each tensor (layer, name) its first values."""
    e = experiment(*settings, text=text)
    network = Network(e.model.layer_sizes, e.model.activations)
    parameters = untrained(e).parameters
    return {(s.layer, s.name): network.tensor(parameters, s.layer, s.name) for s in network.slots}


@pytest.mark.parametrize(
    ("settings", "equal"),
    [
        (("model.layer_sizes=[1, 8, 6, 6, 1]",), {(0, "weight"), (0, "bias"), (1, "weight"), (1, "bias")}),
        (("model.layer_sizes=[1, 20, 6, 1]",), {(2, "weight"), (2, "bias")}),
        (("model.layer_sizes=[1, 8, 7, 1]",), {(0, "weight"), (0, "bias")}),
        (("model.activation=[prelu, tanh]",), {(n, name) for n in range(3) for name in ("weight", "bias")}),
        (("model.init={weights: default, bias: 0}",), {(n, "weight") for n in range(3)}),
    ],
    ids=["deeper", "wider", "narrower", "learned slopes", "other biases"],
)
def test_tensors_of_equal_shape_start_equal_whatever_the_others_are(settings, equal):
    one, other = start(), start(*settings)
    for key in equal:
        np.testing.assert_array_equal(one[key], other[key])
        assert one[key].any()


def test_no_two_tensors_share_their_random_numbers():
    values = np.concatenate([tensor.ravel() for tensor in start("model.layer_sizes=[1, 8, 8, 8, 1]").values()])
    assert len(np.unique(values)) == len(values)


def test_an_untrained_network_is_that_of_epoch_0_without_a_loss():
    snapshot, first = untrained(experiment(text=TWO)), run("training.epochs=0", text=TWO)[0]
    np.testing.assert_array_equal(snapshot.parameters, first.parameters)
    assert (snapshot.epoch, snapshot.step, snapshot.parameters.dtype) == (0, 0, np.float32)
    numbers = snapshot.loss, snapshot.test_loss, snapshot.accuracy, snapshot.test_accuracy
    assert np.isnan([*numbers, *snapshot.gradient_norms]).all()
    assert (snapshot.gradient_norms.shape, snapshot.gradient_norms.dtype) == ((3,), np.float32)


def test_a_network_that_cannot_be_trained_has_an_untrained_one():
    zero = "model.init={weights: he_normal, bias: 0.0}"
    diverges("model.activation=log(x)", zero)
    assert np.isfinite(untrained(experiment("model.activation=log(x)", zero)).parameters).all()


def test_a_loss_is_a_row_for_one_network_and_one_for_many_and_stands_nowhere_else_in_training():
    assert LOSSES.keys() == MEASURES.keys()
    for path in Path(training.__file__).parent.glob("*.py"):
        words = {getattr(node, "value", None) for node in ast.walk(ast.parse(path.read_text()))}
        named = {word for word in words if isinstance(word, str) and word in LOSSES}
        assert named == (set(LOSSES) if path.stem in ("losses", "stacks") else set()), path
