"""Training against a plain torch loop of nn.Sequential and torch.optim that is fed the same batches."""

import hashlib
import itertools
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from helpers.torch_oracle import (
    FORMULAS,
    TORCH_LOSSES,
    TORCH_OPTIMIZERS,
    assert_trains_as_torch_does,
    diverges,
    experiment,
    run,
    sequential,
)
from torch import nn

from relu_anim import config
from relu_anim.activations import ACTIVATIONS, named
from relu_anim.config.sections import Init
from relu_anim.errors import TrainingDiverged
from relu_anim.initial import initial_parameters
from relu_anim.metrics import measure
from relu_anim.network import Network
from relu_anim.recording import stack
from relu_anim.training import Learner, train
from relu_anim.training.ensemble import EnsembleLearner, epochs
from relu_anim.training.gradients import Gradient

CONFIGS = Path(__file__).parents[1] / "configs"
OPTIMIZERS = [
    "{name: sgd, lr: 0.05}",
    "{name: sgd, lr: 0.02, momentum: 0.9, dampening: 0.1, weight_decay: 0.01}",
    "{name: sgd, lr: 0.02, momentum: 0.8, nesterov: true}",
    "{name: adam, lr: 0.003}",
    "{name: adam, lr: 0.01, betas: [0.8, 0.95], eps: 1e-4, weight_decay: 0.02, amsgrad: true}",
    "{name: adamw, lr: 0.003}",
    "{name: adamw, lr: 0.01, betas: [0.7, 0.9], weight_decay: 0.2, eps: 1e-5}",
    "{name: rmsprop, lr: 0.002}",
    "{name: rmsprop, lr: 0.005, alpha: 0.9, eps: 1e-4, momentum: 0.5, centered: true, weight_decay: 0.01}",
    "{name: adagrad, lr: 0.05}",
    "{name: adagrad, lr: 0.1, lr_decay: 0.01, weight_decay: 0.01, initial_accumulator_value: 0.1, eps: 1e-6}",
]


# ---------------------------------------------------------------- against torch


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_takes_the_steps_of_torch(optimizer):
    assert_trains_as_torch_does(f"training.optimizer={optimizer}", "model.activation=tanh")


def test_every_optimizer_is_tried():
    assert {re.search(r"name: (\w+)", text)[1] for text in OPTIMIZERS} == TORCH_OPTIMIZERS.keys()


@pytest.mark.parametrize("activation", [*ACTIVATIONS, *FORMULAS, "{name: leaky_relu, negative_slope: 0.3}"])
def test_every_activation_is_trained_as_torch_does(activation):
    assert_trains_as_torch_does(f"model.activation={activation}", "training.optimizer={name: adam, lr: 0.005}")


@pytest.mark.parametrize("activation", ["relu", "prelu", "tanh"])
@pytest.mark.parametrize("loss", TORCH_LOSSES)
def test_every_loss_is_trained_as_torch_does(loss, activation):
    assert_trains_as_torch_does(f"training.loss={loss}", f"model.activation={activation}")


@pytest.mark.parametrize(
    "settings",
    [
        ("model.layer_sizes=[1, 1]",),
        ("model.layer_sizes=[1, 5, 1]", "model.output_activation=prelu"),
        ("model.activation=[prelu, sin(2*x) + x/2]", "model.output_activation=tanh"),
        ("data.resample=false", "data.noise=0.3"),
        ("data.resample=false", "data.test_fraction=0.25"),
        ("data.samples=100", "data.noise=0.1"),  # batches of 32, 32, 32 and 4
        ("training.batch_size=1000",),
    ],
    ids=str,
)
def test_other_shapes_and_data_are_trained_as_torch_does(settings):
    assert_trains_as_torch_does(*settings)


@pytest.mark.parametrize("activation", ["relu", "prelu", "sigmoid", "x**2/4"])
@pytest.mark.parametrize("loss", TORCH_LOSSES)
def test_gradient_norms_are_those_of_autograd_on_the_grid(loss, activation):
    e = experiment(f"training.loss={loss}", f"model.activation={activation}", "training.epochs=2")
    network = Network(e.model.layer_sizes, e.model.activations)
    x = torch.linspace(-3, 3, 1001, dtype=torch.float64)[:, None].float()
    y = torch.sin(x.double()).float()
    for snapshot in train(e):
        model = sequential(e, snapshot.parameters)
        TORCH_LOSSES[loss]()(model(x), y).backward()
        gradient = torch.cat([p.grad.ravel() for p in model.parameters()])
        layers = np.split(gradient.numpy(), network.layer_starts[1:])
        expected = [math.sqrt((layer.astype(float) ** 2).sum()) for layer in layers]
        np.testing.assert_allclose(snapshot.gradient_norms, expected, rtol=1e-4, atol=1e-6)


NUMPY_LOSSES = {
    "mse": lambda d: d**2,
    "mae": np.abs,
    "huber": lambda d: np.where(np.abs(d) < 1, d**2 / 2, np.abs(d) - 0.5),
}


@pytest.mark.parametrize("resample", ["true", "false"])
@pytest.mark.parametrize("loss", NUMPY_LOSSES)
def test_the_recorded_loss_is_the_one_on_the_dense_grid_without_noise(loss, resample):
    settings = (f"training.loss={loss}", "training.epochs=3", "data.noise=2.0", f"data.resample={resample}")
    e = experiment(*settings, "target.function=3*sin(x)")
    network = Network(e.model.layer_sizes, e.model.activations)
    x = np.linspace(-3, 3, 1001)[:, None]
    for snapshot in train(e):
        difference = network.output(snapshot.parameters, x) - 3 * np.sin(x)
        assert snapshot.loss == pytest.approx(NUMPY_LOSSES[loss](difference).mean(), rel=1e-5)
        assert math.isnan(snapshot.test_loss)


def test_data_are_judged_at_their_training_points_and_at_those_held_out():
    e = experiment("data.resample=false", "data.test_fraction=0.25", "data.noise=0.5", "training.epochs=3")
    network = Network(e.model.layer_sizes, e.model.activations)
    held_out = e.task.fixed_points()[1]
    assert len(held_out) == 40
    for snapshot in train(e):
        error = network.output(snapshot.parameters, held_out.x) - held_out.y
        assert snapshot.test_loss == pytest.approx((error**2).mean(), rel=1e-5)
    text = "target: {dataset: cosine}\nmodel: {layer_sizes: [1, 5, 1]}\ntraining: {epochs: 2}"
    data = config.loads(text)
    network = Network(data.model.layer_sizes, data.model.activations)
    points = data.task.fixed_points()[0]
    for snapshot in train(data):
        error = network.output(snapshot.parameters, points.x) - points.y
        assert snapshot.loss == pytest.approx((error**2).mean(), rel=1e-5)


# ---------------------------------------------------------------- snapshots


def test_epoch_0_is_the_network_before_any_update():
    (before,) = run("training.epochs=0")
    assert (before.epoch, before.step) == (0, 0)
    trained = run("training.epochs=2")
    np.testing.assert_array_equal(trained[0].parameters, before.parameters)
    assert trained[0].loss == before.loss
    assert not np.array_equal(trained[1].parameters, before.parameters)


def test_nothing_moves_at_a_learning_rate_of_zero():
    snapshots = run("training.optimizer.lr=0", "training.epochs=3")
    assert all(np.array_equal(s.parameters, snapshots[0].parameters) for s in snapshots)


@pytest.mark.parametrize(
    ("samples", "batch", "steps"), [(160, 32, 5), (100, 32, 4), (33, 32, 2), (10, 32, 1), (3, 1, 3)]
)
def test_each_epoch_is_one_snapshot_and_takes_a_smaller_last_batch_along(samples, batch, steps):
    snapshots = run(f"data.samples={samples}", f"training.batch_size={batch}", "training.epochs=4")
    assert [s.epoch for s in snapshots] == [0, 1, 2, 3, 4]
    assert [s.step for s in snapshots] == [steps * epoch for epoch in range(5)]


def test_snapshots_are_copies_that_training_does_not_touch_nor_depend_on():
    untouched = run("training.epochs=4")
    kept = []
    for snapshot in train(experiment("training.epochs=4")):
        kept.append(snapshot.parameters.copy())
        snapshot.parameters[:] = np.nan
        snapshot.gradient_norms[:] = np.nan
    for mine, snapshot in zip(kept, untouched, strict=True):
        np.testing.assert_array_equal(mine, snapshot.parameters)
    assert not any(np.shares_memory(a.parameters, b.parameters) for a, b in itertools.pairwise(untouched))


def test_snapshots_are_float32_and_their_numbers_plain():
    for activation in ("relu", "prelu", "sin(2*x) + x/2"):
        for snapshot in run("training.epochs=2", f"model.activation={activation}"):
            assert snapshot.parameters.dtype == snapshot.gradient_norms.dtype == np.float32
            assert [type(v) for v in (snapshot.epoch, snapshot.step, snapshot.loss)] == [int, int, float]
            assert snapshot.gradient_norms.shape == (3,)


def test_training_happens_in_float32_whatever_torch_is_set_to():
    expected = run("training.epochs=2")[-1].parameters
    torch.set_default_dtype(torch.float64)
    try:
        np.testing.assert_array_equal(run("training.epochs=2")[-1].parameters, expected)
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_learned_slope_moves_and_a_fixed_one_is_no_parameter():
    learned, fixed = run("model.activation=prelu"), run("model.activation=leaky_relu")
    assert len(learned[0].parameters) == len(fixed[0].parameters) + 2
    assert learned[0].parameters[16] == 0.25
    assert abs(learned[-1].parameters[16] - 0.25) > 0.01


# ---------------------------------------------------------------- seeds


def digest(snapshots):
    parts = [part for s in snapshots for part in (s.parameters.tobytes(), s.gradient_norms.tobytes(), s.loss.hex())]
    return hashlib.sha256(b"".join(p if isinstance(p, bytes) else p.encode() for p in parts)).hexdigest()


@pytest.mark.parametrize("kind", ["alone", "together"])
def test_only_training_itself_is_held_to_one_thread_of_torch(experiment, monkeypatch, kind):
    seen = []
    owner, snapshots = (Learner, train) if kind == "alone" else (EnsembleLearner, lambda e: epochs([e.with_seed(0)]))
    step = owner.step
    monkeypatch.setattr(owner, "step", lambda *given: seen.append(torch.get_num_threads()) or step(*given))
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        between = [torch.get_num_threads() for _ in snapshots(experiment("training.epochs=2"))]
        after = torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
    assert set(seen) == {1}
    assert [*between, after] == [3] * 4


def test_one_seed_gives_one_result():
    here = digest(run())
    assert digest(run()) == here
    assert digest(run("seed=1")) != here


@pytest.mark.soak  # test_kernels.py has known hashes from processes of their own
def test_one_seed_gives_one_result_here_and_in_a_fresh_process():
    here = digest(run())
    code = "import test_training as t; print(t.digest(t.run()))"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": f"{CONFIGS.parent}:{Path(__file__).parent}"}
    command = [sys.executable, "-c", code]
    fresh = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd="/")
    assert fresh.stdout.strip() == here


def test_the_state_of_other_generators_neither_matters_nor_changes():
    expected = digest(run("training.epochs=3"))
    torch.manual_seed(99)
    np.random.seed(99)
    before = torch.get_rng_state(), np.random.get_state()[1]
    assert digest(run("training.epochs=3")) == expected
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])


@pytest.mark.parametrize(
    "setting",
    ["data.samples=7", "data.noise=1", "target.domain=[0, 1]", "training.loss=mae", "data.resample=false"],
)
def test_the_first_weights_depend_on_nothing_but_seed_and_model(setting):
    initial = run("training.epochs=0")[0].parameters
    np.testing.assert_array_equal(run("training.epochs=0", setting)[0].parameters, initial)
    assert not np.isin(run("training.epochs=0", "seed=5")[0].parameters, initial).any()


def test_a_longer_run_begins_as_the_shorter_one_did():
    long, short = run("training.epochs=6"), run("training.epochs=3")
    assert digest(long[:4]) == digest(short)


def test_a_training_that_is_left_early_harms_nothing():
    expected = digest(run("training.epochs=4"))
    abandoned = train(experiment())
    next(abandoned)
    next(abandoned)
    abandoned.close()
    half = train(experiment("training.epochs=4"))
    first = [next(half), next(half)]
    assert digest(run("training.epochs=4")) == expected  # another one in between
    assert digest([*first, *half]) == expected


# ---------------------------------------------------------------- initial parameters

INPUTS, OUTPUTS = 300, 200
INITS = {  # bound of a uniform distribution, or None; variance of the weights
    "default": (1 / math.sqrt(INPUTS), 1 / (3 * INPUTS)),
    "xavier_uniform": (math.sqrt(6 / (INPUTS + OUTPUTS)), 2 / (INPUTS + OUTPUTS)),
    "xavier_normal": (None, 2 / (INPUTS + OUTPUTS)),
    "he_uniform": (math.sqrt(6 / INPUTS), 2 / INPUTS),
    "he_normal": (None, 2 / INPUTS),
}


def wide_layer(init):
    e = experiment("training.epochs=0", f"model.layer_sizes=[1, {INPUTS}, {OUTPUTS}, 1]", f"model.init={init}")
    network = Network(e.model.layer_sizes, e.model.activations)
    (snapshot,) = train(e)
    return network.tensor(snapshot.parameters, 1, "weight"), network.tensor(snapshot.parameters, 1, "bias")


@pytest.mark.parametrize("name", INITS)
def test_weights_start_with_the_bounds_and_the_variance_of_their_init(name):
    bound, variance = INITS[name]
    weight, bias = wide_layer(name)
    standard = weight.ravel() / math.sqrt(variance)
    assert standard.mean() == pytest.approx(0, abs=0.02)
    assert standard.var() == pytest.approx(1, abs=0.02)
    kurtosis = (standard.astype(float) ** 4).mean()
    assert kurtosis == pytest.approx(1.8 if bound else 3.0, abs=0.08)
    if bound:
        assert 0.999 * bound < np.abs(weight).max() <= np.float32(bound)
    else:
        assert np.abs(standard).max() > 3.5
    assert bias.any() == (name == "default")


def test_biases_start_uniform_as_in_torch_or_at_the_number_given():
    for init in ("default", "{weights: he_normal, bias: default}"):
        bias = wide_layer(init)[1]
        bound = 1 / math.sqrt(INPUTS)
        assert 0.97 * bound < np.abs(bias).max() <= bound
        assert bias.mean() == pytest.approx(0, abs=0.15 * bound)
    assert set(wide_layer("{weights: xavier_uniform, bias: 0.5}")[1].tolist()) == {0.5}
    assert set(wide_layer("{weights: default, bias: -1.0}")[1].tolist()) == {-1.0}


def test_the_default_init_has_the_distribution_of_torch():
    torch.manual_seed(0)
    layer = nn.Linear(INPUTS, OUTPUTS)
    weight, bias = wide_layer("default")
    for ours, theirs in ((weight, layer.weight), (bias, layer.bias)):
        theirs = theirs.detach().numpy()
        assert np.quantile(ours, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(theirs, [0.1, 0.5, 0.9]), abs=0.01)


def test_too_large_a_learning_rate_is_named_with_epoch_and_step():
    snapshots, message = diverges("target.function=x**2", "training.optimizer.lr=1000", "training.epochs=100")
    last = snapshots[-1]
    epoch, step = map(int, re.search(r"epoch (\d+), step (\d+)", message).groups())
    assert epoch == last.epoch + 1
    assert last.step <= step <= last.step + 5
    assert "learning rate" in message
    assert re.search(r"\b1000\b", message)
    assert all(np.isfinite(s.loss) and np.isfinite(s.parameters).all() for s in snapshots)


@pytest.mark.parametrize(
    ("formula", "undefined"), [("sqrt(x)", lambda z: z < 0), ("log(x)", lambda z: z <= 0), ("1/x", lambda z: z == 0)]
)
def test_an_activation_that_is_undefined_is_named_with_a_value_and_the_layer(formula, undefined):
    zero = "model.init={weights: he_normal, bias: 0.0}"
    snapshots, message = diverges(f"model.activation={formula}", zero)
    assert snapshots == []
    assert "epoch 0, step 0" in message
    name, value, layer = re.search(
        r"the activation (\S+) is not finite at (\S+), which layer (\d) gives", message
    ).groups()
    assert (name, layer) == (formula, "1")
    assert undefined(float(value))
    assert "learning rate" not in message


def test_the_layer_that_is_named_is_the_one_with_the_undefined_activation():
    _, message = diverges("model.activation=[tanh, sqrt(x)]")
    assert "sqrt(x)" in message
    assert "layer 2" in message


def test_a_root_that_becomes_undefined_in_training_is_named_and_not_the_learning_rate():
    settings = ("model.layer_sizes=[1, 1]", "model.output_activation=sqrt(x + 4)", "target.function=-9 + 0*x")
    snapshots, message = diverges(*settings, "training.optimizer.lr=0.1", "training.epochs=300")
    assert len(snapshots) >= 1
    value = float(re.search(r"sqrt\(x \+ 4\) is not finite at (\S+),", message)[1])
    assert value < -4


def test_an_infinite_slope_at_zero_shows_in_the_gradients_before_it_harms():
    zero = "model.init={weights: he_normal, bias: 0.0}"  # the grid holds x = 0, where every preactivation is 0
    first = run("model.activation=sign(x)*sqrt(abs(x))", zero, "training.epochs=0")[0]
    assert math.isfinite(first.loss)
    assert not np.isfinite(first.gradient_norms[0])


def test_an_infinite_slope_met_in_training_is_what_is_said():
    settings = ("model.layer_sizes=[1, 1, 3, 1]", "model.activation=[relu, sign(x)*sqrt(abs(x))]")
    zero = "model.init={weights: he_normal, bias: 0.0}"  # half of the points give the root a 0
    snapshots, message = diverges(*settings, zero)
    assert len(snapshots) == 1
    assert "slope of sign(x)*sqrt(abs(x))" in message
    assert "not finite" in message


def test_the_symmetric_root_trains_where_it_never_meets_its_infinite_slope():
    snapshots = run("model.activation=sign(x)*sqrt(abs(x))", "training.optimizer.lr=0.01")
    assert snapshots[-1].loss < snapshots[0].loss


# ---------------------------------------------------------------- the figures


@pytest.mark.parametrize(("name", "least", "most"), [("linear", 55.6, 56.2), ("quadratic_1neuron", 63.6, 64.2)])
def test_a_short_figure_ends_at_its_known_loss(name, least, most):
    e = config.load(CONFIGS / f"{name}.yaml")
    recording = stack(Network(*e.shape), train(e))
    assert least <= measure(e, recording)["loss"] <= most
    assert recording.step[-1] == 1000


# ---------------------------------------------------------------- how gradients shrink on their way back


@pytest.mark.parametrize(
    ("activation", "init", "factor"),
    [("identity", "default", 3**-0.5), ("relu", "default", 6**-0.5), ("relu", "he_normal", 1.0)],
)
def test_gradients_shrink_by_the_published_factor_at_each_layer(activation, init, factor):
    """Glorot & Bengio 2010, He et al. 2015: by the root of width · variance of the weights, halved for ReLU. With one
    point, the gradient by a bias is the signal that arrives there."""
    layers, width = 7, 256
    network = Network((width,) * (layers + 1), (named(activation),) * (layers - 1) + (named("identity"),))
    factors = []
    for seed in range(10):
        random = np.random.default_rng(seed)
        task = SimpleNamespace(generator=lambda stream, seed=seed: np.random.default_rng([seed, *stream.encode()]))
        parameters = torch.from_numpy(initial_parameters(network, Init(weights=init, bias=0.0), task))
        x, y = (torch.from_numpy(random.normal(size=(1, width)).astype(np.float32)) for _ in range(2))
        gradient = Gradient(network, "mse", parameters)
        gradient(x, 1000 * y)  # so that the signal is random, and not the output's own
        spread = [network.tensor(gradient.flat.numpy(), layer, "bias").std() for layer in range(layers)]
        factors.append((spread[0] / spread[-2]) ** (1 / (layers - 2)))
    assert np.mean(factors) == pytest.approx(factor, rel=0.05)


def test_inputs_of_a_file_are_standardised_as_one_would_by_hand(tmp_path):
    random = np.random.default_rng(2)
    x = np.column_stack([random.normal(170, 10, 80), random.normal(6e4, 2e4, 80)])
    y = np.sin(x[:, 0] / 10) + x[:, 1] / 5e4
    y = (y - y.mean()) / y.std()
    by_hand = (x - x.mean(axis=0)) / x.std(axis=0)
    runs = {}
    for name, inputs, standardize in (("own", x, ""), ("hand", by_hand, "data: {standardize: false}")):
        np.savetxt(tmp_path / f"{name}.csv", np.column_stack([inputs, y]), "%.17g", ",", header="a,b,c", comments="")
        text = (
            f"target: {{csv: {name}.csv}}\nmodel: {{layer_sizes: [2, 8, 1]}}\ntraining: {{epochs: 20}}\n{standardize}"
        )
        (tmp_path / "c.yaml").write_text(text)
        loaded = config.load(tmp_path / "c.yaml")
        runs[name] = stack(Network(*loaded.shape), train(loaded))
    np.testing.assert_allclose(runs["own"].parameters, runs["hand"].parameters, rtol=1e-4, atol=1e-5)
    assert runs["own"].loss[-1] < 0.9 * runs["own"].loss[0]


@pytest.mark.parametrize(("loss", "power"), [("mse", 2), ("mae", 1)])
def test_large_numbers_are_learned_as_standardised_ones_and_told_in_their_own_unit(tmp_path, loss, power):
    random = np.random.default_rng(3)
    x = np.linspace(2000, 2020, 60)
    y = 3e5 + 4e3 * (x - 2000) + 9e3 * np.sin(x) + random.normal(0, 500, 60)
    scale = y.mean(), y.std()
    runs = {}
    for name, learned, add in (("own", y, ""), ("hand", (y - scale[0]) / scale[1], ", standardize: false")):
        inputs = x if name == "own" else (x - x.mean()) / x.std()
        np.savetxt(
            tmp_path / f"{name}.csv", np.column_stack([inputs, learned]), "%.17g", ",", header="a,b", comments=""
        )
        text = f"target: {{csv: {name}.csv}}\ndata: {{classes: null{add}}}\nmodel: {{layer_sizes: [1, 8, 1]}}\n"
        (tmp_path / "c.yaml").write_text(text + f"training: {{epochs: 30, batch_size: 10, loss: {loss}}}\n")
        loaded = config.load(tmp_path / "c.yaml")
        runs[name] = stack(Network(*loaded.shape), train(loaded))
    np.testing.assert_allclose(runs["own"].loss, runs["hand"].loss * scale[1] ** power, rtol=1e-3)
    np.testing.assert_allclose(runs["own"].parameters, runs["hand"].parameters, rtol=1e-3, atol=1e-4)
    output = runs["own"].network.output(runs["own"].parameters[-1].astype(float), x[:, None])[:, 0]
    expected = np.mean(np.abs(output - y) ** power)
    assert runs["own"].loss[-1] == pytest.approx(expected, rel=1e-4)
    assert expected < (0.3 * scale[1]) ** power


def test_a_run_that_diverges_on_large_numbers_is_told_to_divide_them(tmp_path):
    (tmp_path / "p.csv").write_text("area,price\n" + "".join(f"{n / 10 - 3},{1000 * n}\n" for n in range(60)))
    text = "target: {csv: p.csv}\ndata: {standardize: false}\nmodel: {layer_sizes: [1, 8, 1], activation: leaky_relu}\n"
    text += "training: {optimizer: {name: sgd, lr: 0.1}}\n"
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(TrainingDiverged, match=r"lower training\.optimizer\.lr, or divide .* as large as 5\.9e\+04$"):
        list(train(config.load(tmp_path / "c.yaml")))
