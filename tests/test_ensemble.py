"""Networks trained together against the same networks trained alone."""

import math

import numpy as np
import pytest

from relu_anim import config
from relu_anim.activations import ACTIVATIONS
from relu_anim.network import Network
from relu_anim.recording import stack
from relu_anim.training import ensemble as ensembles
from relu_anim.training import train
from relu_anim.training.ensemble import chunk_size, train_together

BASE = """
target: {function: x**2/5, domain: [-2, 2]}
data: {samples: 200}
model: {layer_sizes: [1, 20, 1]}
training: {optimizer: {name: sgd, lr: 0.02}, epochs: 6, batch_size: 64}
"""
CLASSES = """
target: {dataset: gauss}
data: {classes: 3, samples: 90, test_fraction: 0.2}
model: {layer_sizes: [2, 8, 6, 3]}
training: {optimizer: {name: adam, lr: 0.01}, epochs: 6, batch_size: 20}
"""


def members(text, *each, settings=()):
    """An experiment for each list of settings."""
    return [config.loads(text, settings=[*settings, *own]) for own in each]


def seeds(text, count, *settings):
    return members(text, *([f"seed={seed}"] for seed in range(count)), settings=settings)


def together(experiments):
    found = dict(train_together(experiments))
    assert list(found) == list(range(len(experiments)))
    return list(found.values())


def assert_alike(recording, experiment, rtol=2e-4, atol=2e-5):
    """All that is recorded, within what float32 loses over a few steps."""
    alone = stack(Network(*experiment.shape), train(experiment))
    for name in ("epoch", "step"):
        np.testing.assert_array_equal(getattr(recording, name), getattr(alone, name))
    for name in ("parameters", "loss", "test_loss", "gradient_norms", "accuracy", "test_accuracy"):
        ours, theirs = getattr(recording, name), getattr(alone, name)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=name)


SGD, ADAM = "{name: sgd, lr: 0.02}", "{name: adam, lr: 0.01}"


@pytest.mark.parametrize(
    ("optimizer", "resample"),
    [
        (SGD, "true"),
        (ADAM, "false"),
        pytest.param(SGD, "false", marks=pytest.mark.soak),
        pytest.param(ADAM, "true", marks=pytest.mark.soak),
    ],
)
def test_64_seeds_trained_together_are_the_networks_that_they_are_alone(optimizer, resample):
    experiments = seeds(BASE, 64, f"training.optimizer={optimizer}", f"data.resample={resample}", "data.noise=0.1")
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


@pytest.mark.parametrize("name", [*ACTIVATIONS, "x**2/4", "sin(2*x) + x/2"])
def test_every_activation_is_trained_together_as_alone(name):
    experiments = seeds(BASE, 3, f"model.activation={name}", "model.layer_sizes=[1, 6, 5, 1]")
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


@pytest.mark.parametrize(
    "training",
    [
        "{loss: mae}",
        "{loss: huber}",
        "{l1: 0.01}",
        "{optimizer: {name: sgd, lr: 0.01, momentum: 0.9, nesterov: true, weight_decay: 0.1}}",
        "{optimizer: {name: adamw, lr: 0.01, weight_decay: 0.1}}",
        "{optimizer: {name: adam, lr: 0.01, amsgrad: true}}",
        "{optimizer: rmsprop}",
        "{optimizer: adagrad}",
    ],
)
def test_every_loss_and_optimizer_is_trained_together_as_alone(training):
    text = BASE[: BASE.index("training:")] + f"training: {training[:-1]}, epochs: 6, batch_size: 64}}\n"
    experiments = seeds(text, 3)
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


def test_classes_are_trained_together_as_alone_with_points_held_out():
    experiments = seeds(CLASSES, 5)
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
def test_two_classes_are_trained_together_as_alone(output):
    text = "target: {dataset: xor}\ndata: {samples: 60}\nmodel: {layer_sizes: [2, 8, 1]}\ntraining: {epochs: 5}\n"
    experiments = seeds(text, 4, f"model.output_activation={output}")
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_members_may_differ_in_rate_noise_and_first_weights(optimizer):
    each = (
        ["training.optimizer.lr=0.001"],
        ["training.optimizer.lr=0.05"],
        ["data.noise=2.0"],
        ["model.init=he_normal"],
    )
    experiments = members(BASE, *each, settings=[f"training.optimizer={{name: {optimizer}, lr: 0.02}}"])
    for recording, experiment in zip(together(experiments), experiments, strict=True):
        assert_alike(recording, experiment)


def test_a_member_that_diverges_ends_early_and_harms_no_other():
    calm = ["training.optimizer.lr=0.02"]
    experiments = members(BASE, calm, ["training.optimizer.lr=1e9"], [*calm, "seed=1"], settings=["training.epochs=12"])
    first, wild, last = together(experiments)
    assert_alike(first, experiments[0])
    assert_alike(last, experiments[2])
    assert 1 <= len(wild) < 12
    assert np.isfinite(wild.parameters).all()
    assert wild.stopped.startswith("training diverged: the loss is ")
    assert wild.stopped.endswith(f" at epoch {len(wild)}")


def test_a_network_that_is_no_number_from_the_start_is_kept_untrained():
    text = BASE.replace("x**2/5", "1e14*x").replace("lr: 0.02", "lr: 1e15")
    (found,) = together(members(text, ["model.init={weights: default, bias: 1e15}", "model.activation=x**9"]))
    assert (len(found), math.isnan(found.loss[0]), bool(found.stopped)) == (1, True, True)


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("model.layer_sizes=[1, 5, 1]", "model.layer_sizes"),
        ("model.activation=tanh", "model.activation"),
        ("training.loss=mae", "training"),
        ("data.samples=100", "data.samples"),
        ("data.resample=false", "data.resample"),
    ],
)
def test_networks_of_another_shape_are_not_trained_together(setting, key):
    with pytest.raises(ValueError, match=f"{key} must be the same"):
        list(train_together(members(BASE, [], [setting])))


def test_chunks_change_nothing(monkeypatch):
    experiments = seeds(BASE, 7)
    whole = together(experiments)
    monkeypatch.setattr(ensembles, "chunk_size", lambda experiment: 3)
    for a, b in zip(whole, together(experiments), strict=True):
        np.testing.assert_allclose(a.parameters, b.parameters, rtol=1e-5, atol=1e-6)


def test_a_chunk_stays_under_a_gibibyte():
    """Of snapshots twice, as they are stacked, and of points, with the values of the widest layer there."""
    for settings in (["training.epochs=5000"], ["model.layer_sizes=[1, 500, 500, 1]"], ["data.samples=1000000"]):
        (e,) = members(BASE, [], settings=settings)
        size = chunk_size(e)
        snapshots = 2 * (e.training.epochs + 1) * e.model.parameter_count * 4
        assert size >= 1
        assert size == 1 or size * (snapshots + e.data.samples * 4 * 4) < 2**30
