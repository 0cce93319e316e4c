"""Recorder: what is copied of networks that others train, and what is refused."""

import base64
import copy
import io
import itertools
import pickle
import threading
import time
import types

import numpy as np
import pytest
import torch
from helpers.configs import refused
from PIL import Image
from torch import nn

from relu_anim import config
from relu_anim.errors import ConfigError, FileError, TrainingDiverged
from relu_anim.films import Film
from relu_anim.interface.recorder import Recorder
from relu_anim.making.recordings import train_alone
from relu_anim.network import Network
from relu_anim.recording import Recording
from relu_anim.training import Learner


def model(*sizes, activation=nn.ReLU):
    layers = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


# ---------------------------------------------------------------- a film is the same, whoever trained


@pytest.fixture(scope="module")
def twice():
    """The recording that a config gives, and the one of a loop with its first weights and batches."""
    experiment = config.loads(
        "target: {function: x**2, domain: [-2, 2]}\nmodel: {layer_sizes: [1, 8, 8, 1], init: he_normal}\n"
        "training: {epochs: 6, optimizer: {name: adam, lr: 0.01}}\ndata: {samples: 512}\n"
        "animation: {panels: [[layers, loss]], size: [700, 600]}\n"
    )
    ours = train_alone(experiment, lambda *said: None)
    learner = Learner(experiment)
    net = model(1, 8, 8, 1)
    with torch.no_grad():
        for parameter, slot in zip(net.parameters(), learner.network.slots, strict=True):
            parameter.copy_(learner.parameters[slot.start : slot.stop].view(slot.shape))
    recorder = Recorder(net, target="x**2", domain=(-2, 2), loss="mse", steps_per_epoch=2)
    optimizer, loss_of = torch.optim.Adam(net.parameters(), lr=0.01), nn.MSELoss()
    for _, batches in zip(range(6), learner.batches(256), strict=False):
        for x, y in batches:
            optimizer.zero_grad()
            loss_of(net(x), y).backward()
            optimizer.step()
        x, y = learner.evaluation
        recorder.snap(loss=loss_of(net(x), y))
    return experiment, ours, recorder


def test_a_loop_with_our_weights_and_batches_gives_the_recording_of_the_config(twice):
    _, ours, recorder = twice
    theirs = recorder.recording
    assert (theirs.epoch.tolist(), theirs.step.tolist()) == (ours.epoch.tolist(), ours.step.tolist())
    np.testing.assert_allclose(theirs.parameters, ours.parameters, atol=2e-6)
    np.testing.assert_allclose(theirs.loss[1:], ours.loss[1:], rtol=1e-5)


def test_its_film_has_the_pictures_of_the_config(twice):
    experiment, ours, recorder = twice
    own = recorder.experiment(panels=[["layers", "loss"]], size=[700, 600])
    theirs = recorder.recording
    losses = np.append(ours.loss[:1], theirs.loss[1:])  # that of the first snapshot was not given
    pairs = [Film(experiment, [ours]), Film(own, [Recording(**{**vars(theirs), "loss": losses})])]
    for number in (0, 3, 6):
        one, two = (film.frame(number).astype(int) for film in pairs)
        assert np.abs(one - two).max() <= 8, number
    assert pairs[0].alt == pairs[1].alt


def test_its_gradients_are_those_that_the_training_measured(twice):
    _, ours, recorder = twice
    assert np.isnan(recorder.recording.gradient_norms).all()
    film = recorder.film(panels=[["gradients", "profile"]], size=[700, 500])
    (scene,) = film._drawn.scenes
    np.testing.assert_allclose(scene.run.recording.gradient_norms, ours.gradient_norms, rtol=1e-4)
    assert np.isnan(film.recording.gradient_norms).all()  # which holds what was recorded


# ---------------------------------------------------------------- models


def test_every_activation_is_read_as_torch_computes_it():
    activations = [
        nn.ReLU(), nn.LeakyReLU(0.2), nn.PReLU(init=0.3), nn.ELU(0.7), nn.GELU(), nn.SiLU(), nn.Softplus(),
        nn.Sigmoid(), nn.Tanh(),
    ]  # fmt: skip
    layers = [nn.Linear(2, 4)]
    for activation in activations:
        layers += [activation, nn.Dropout(0.5), nn.Sequential(nn.Linear(4, 4, bias=False), nn.Identity())]
    net = nn.Sequential(nn.Flatten(), nn.Sequential(*layers), nn.Linear(4, 1)).eval()
    recording = Recorder(net).recording
    x = np.random.default_rng(0).normal(size=(50, 2))
    ours = recording.network.output(recording.parameters[0].astype(np.float64), x)
    np.testing.assert_allclose(ours, net(torch.tensor(x, dtype=torch.float32)).detach(), atol=1e-6)
    assert recording.network.activations[-2].name == "identity"  # two Linear without one between them


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            [nn.Linear(1, 2), nn.ReLU(), nn.BatchNorm1d(2)],
            "model[2]: BatchNorm1d cannot be recorded; only Linear",
        ),
        ([nn.Sequential(nn.Linear(1, 2), nn.Conv1d(1, 1, 1))], "model[0][1]: Conv1d cannot be recorded"),
        ([nn.ReLU(), nn.Linear(1, 2)], "model[0]: ReLU stands before the first Linear"),
        ([nn.Linear(1, 2), nn.ReLU(), nn.Tanh()], "model[2]: Tanh follows ReLU"),
        ([nn.Linear(1, 2), nn.PReLU(2)], "model[1]: PReLU with 2 slopes"),
        ([nn.Linear(1, 2), nn.GELU("tanh")], "model[1]: GELU with approximate=tanh"),
        ([nn.Linear(1, 2), nn.Softplus(beta=2)], "model[1]: Softplus with beta=2"),
        ([nn.Linear(1, 2), nn.Softplus(threshold=3)], "model[1]: Softplus with threshold=3"),
        ([nn.Linear(1, 2), nn.Linear(3, 1)], "model[1]: Linear takes 3 inputs, the layer before gives 2"),
        ([nn.Linear(1, 2), nn.utils.parametrizations.weight_norm(nn.Linear(2, 1))], "model[1]: ParametrizedLinear"),
        ([nn.Flatten()], "model: holds no Linear"),
    ],
)
def test_what_cannot_be_read_is_named_at_once(layers, message):
    assert str(refused(Recorder, nn.Sequential(*layers))).startswith(message)


def test_of_a_module_with_a_sequential_inside_that_is_named():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = model(1, 2, 1)

    assert str(refused(Recorder, Net())) == "model: Net is no nn.Sequential; give model.body"
    assert "expected an nn.Sequential of torch, got dict" in str(refused(Recorder, {}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda net: net.to("meta"), "model[0].weight: cannot be read: "),
        (lambda net: setattr(net[0], "weight", nn.Parameter(net[0].weight * 1j)), "its numbers are complex"),
        (lambda net: setattr(net[0], "weight", nn.Parameter(net[0].weight.to_sparse())), "model[0].weight: cannot be"),
        (
            lambda net: torch.nn.utils.spectral_norm(net[2]),
            "model[2].weight: is no parameter; one that a hook computes",
        ),
    ],
)
def test_a_tensor_without_real_numbers_is_named(change, message):
    net = model(1, 2, 1)
    recorder = Recorder(net)
    change(net)
    for refusing in (recorder.snap, lambda: Recorder(net)):
        assert message in str(refused(refusing))
    assert len(recorder) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda net: net.append(nn.Linear(1, 1)), "model: holds other modules than at first; make a new Recorder"),
        (lambda net: net.__setitem__(1, nn.Tanh()), "model: holds other modules than at first"),
        (lambda net: net.__setitem__(0, nn.Linear(1, 2)), "model: holds other modules than at first"),
        (lambda net: setattr(net[1], "negative_slope", 0.5), "model[1]: negative_slope is 0.5 now, it was 0.01"),
    ],
)
def test_a_model_that_became_another_is_refused(change, message):
    net = model(1, 2, 1, activation=nn.LeakyReLU)
    recorder = Recorder(net)
    change(net)
    assert message in str(refused(recorder.snap))


@pytest.mark.parametrize("package", ["sklearn.neural_network", "keras.src.models"])
def test_of_a_model_of_another_library_it_is_said_how_it_is_recorded(package):
    other = type("Net", (nn.Module,), {"__module__": package})()
    said = str(refused(Recorder, other))
    assert said.startswith(f"model: a Net of {package.partition('.')[0]} is recorded by its arrays: write activations=")


def test_of_a_module_with_layers_alone_it_is_said_how_they_become_a_sequential():
    class Net(nn.Module):
        def __init__(self, layers):
            super().__init__()
            self.first, self.rest = nn.Linear(1, 2), nn.ModuleList(nn.Linear(2, 2) for _ in range(layers))

    said = "model: Net is no nn.Sequential; give one of its layers, which shares their weights: nn.Sequential("
    assert str(refused(Recorder, Net(0))) == f"{said}model.first), say"
    assert str(refused(Recorder, Net(1))) == f"{said}model.first, nn.ReLU(), model.rest[0]), say"
    assert str(refused(Recorder, Net(2))) == f"{said}model.first, nn.ReLU(), …, model.rest[1]), say"


def test_a_recorder_and_its_recording_say_in_a_line_what_they_hold():
    recorder = Recorder(activations=["relu", "identity"], weights="in_out")
    assert repr(recorder) == "<Recorder: nothing yet>"
    recorder.snap(params=LAYERS)
    recorder.snap(params=LAYERS, epoch=7)
    assert repr(recorder) == "<Recorder: 2 snapshots of a 2-3-1 network, epochs 0 to 7>"
    assert repr(recorder.recording) == "<Recording: 2 snapshots of a 2-3-1 network, epochs 0 to 7>"
    assert repr(recorder.network) == "<Network 2-3-1: relu, identity>"


def test_a_snapshot_touches_nothing_and_is_a_copy():
    net = model(1, 4, 1).double()
    net(torch.ones(1, 1).double()).sum().backward()
    before = [(p.data_ptr(), p.grad.clone(), p.requires_grad) for p in net.parameters()]
    state, training = torch.get_rng_state(), net.training
    recorder = Recorder(net)
    kept = recorder.recording.parameters[0].copy()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(1)
    recorder.snap()
    np.testing.assert_array_equal(recorder.recording.parameters[0], kept)
    np.testing.assert_allclose(recorder.recording.parameters[1], kept + 1, rtol=1e-6)
    assert torch.equal(state, torch.get_rng_state())
    assert net.training is training
    for parameter, (address, grad, required) in zip(net.parameters(), before, strict=True):
        assert (parameter.data_ptr(), parameter.requires_grad) == (address, required)
        assert torch.equal(parameter.grad, grad)


def test_tensors_that_take_the_place_of_others_are_seen():
    net = model(1, 3, 1)
    recorder = Recorder(net)
    for number, replace in enumerate((lambda p: p.data + 1, lambda p: p.data.bfloat16(), lambda p: p.data.double())):
        for parameter in net.parameters():
            parameter.data = replace(parameter)
        net[2].weight = nn.Parameter(torch.full((1, 3), float(number)))
        recorder.snap()
        expected = torch.cat([p.detach().float().flatten() for p in net.parameters()])
        np.testing.assert_array_equal(recorder.recording.parameters[-1], expected)


def test_a_square_matrix_that_is_turned_in_its_place_is_seen():
    net = model(1, 2, 2, 1)
    recorder = Recorder(net)
    net[2].weight.data = net[2].weight.data.T
    recorder.snap()
    np.testing.assert_array_equal(recorder.recording.weights(1)[-1], net[2].weight.detach())


def test_a_loop_records_while_others_do():
    def work(found, seed):
        net = model(1, 3, 1)
        recorder = Recorder(net)
        for _ in range(20):
            recorder.snap(loss=seed)
        found[seed] = recorder.recording.loss[1:]

    found = {}
    threads = [threading.Thread(target=work, args=(found, seed)) for seed in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {seed: set(losses) for seed, losses in found.items()} == {0: {0}, 1: {1}, 2: {2}}


# ---------------------------------------------------------------- arrays

RNG = np.random.default_rng(5)
LAYERS = [(RNG.normal(size=(2, 3)), RNG.normal(size=3)), (RNG.normal(size=(3, 1)), RNG.normal(size=1))]  # in, out


class Unreadable:
    def __array__(self, *_, **__):
        raise RuntimeError("not now")


def by_hand(x):
    (w1, b1), (w2, b2) = LAYERS
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2


@pytest.mark.parametrize(
    ("order", "params"),
    [
        ("in_out", LAYERS),
        ("in_out", [array for layer in LAYERS for array in layer]),
        ("in_out", [[w.tolist(), b.tolist()] for w, b in LAYERS]),
        ("out_in", [(torch.tensor(w.T).requires_grad_(), torch.tensor(b)) for w, b in LAYERS]),
    ],
    ids=["pairs", "in a row", "lists", "tensors"],
)
def test_arrays_in_either_order_are_the_network_that_they_are(order, params):
    recorder = Recorder(activations=["relu", "identity"], weights=order)
    recorder.snap(params=params, loss=1)
    recording = recorder.recording
    x = RNG.normal(size=(20, 2))
    np.testing.assert_allclose(recording.network.output(recording.parameters[0], x), by_hand(x), atol=1e-5)
    np.testing.assert_allclose(recording.weights(0)[0], LAYERS[0][0].T, rtol=1e-6)
    np.testing.assert_allclose(recording.biases(-1)[0], LAYERS[1][1], rtol=1e-6)


def test_a_missing_bias_is_zeros_and_a_learned_slope_follows_it():
    recorder = Recorder(activations=["prelu", "2*tanh(x)"], weights="in_out")
    recorder.snap(params=[(np.ones((1, 2)), None, [0.5]), (np.ones((2, 1)), None)])
    recording = recorder.recording
    output = recording.network.output(recording.parameters[0], np.array([[-1.0], [1.0]]))
    np.testing.assert_allclose(output.ravel(), 2 * np.tanh([-1, 2]), rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activations": ["relu"]}, 'weights: say "in_out" (Keras, scikit-learn, JAX) or "out_in" (torch)'),
        ({"activations": ["relu"], "weights": "in"}, "got 'in'"),
        ({"activations": ["rleu"], "weights": "in_out"}, "activations[0]: 'rleu' is no activation; did you mean relu?"),
        ({"activations": "relu", "weights": "in_out"}, "activations: expected a list"),
        ({"activations": [{"name": "elu", "beta": 1}], "weights": "in_out"}, "is no activation: 'beta'"),
        ({}, "give a model of torch, or activations"),
        ({"model": model(1, 1), "weights": "out_in"}, "a model knows the order of its own"),
        ({"model": model(1, 1), "loss": "msee"}, "loss: 'msee' is no loss that has a name here; did you mean mse?"),
        ({"model": model(1, 1), "target": "x**"}, "target: "),
        ({"model": model(1, 1), "target": "x*y"}, "target: x*y has 2 inputs, the network has 1 input"),
        ({"model": model(1, 1), "domain": (5, -5)}, "domain: goes from one number to a larger one"),
        ({"model": model(1, 1), "domain": "all"}, "domain: expected two numbers"),
        ({"model": model(1, 1), "data": [1, 2, 3]}, "data: expected a pair (x, y)"),
        ({"model": model(1, 1), "data": ([1, 2], [1])}, "data: 2 points in x, 1 in y"),
        ({"model": model(1, 1), "data": ([1, np.nan], [1, 1])}, "data: holds what is no finite number"),
        ({"model": model(1, 1), "data": ([[1, 2]], [1])}, "data: each point of x has 2 numbers, the network has 1"),
        ({"model": model(1, 1), "data": ([1], [[1, 2]])}, "data: y has 2 numbers for each point"),
        ({"model": model(1, 2), "data": ([1], [[1, 0]]), "loss": "cross_entropy"}, "data: y has 2 numbers"),
        ({"model": model(1, 2), "data": ([1], [0.5]), "loss": "cross_entropy"}, "data: labels are whole numbers"),
        (
            {"model": model(1, 2), "data": ([1], [2]), "classes": ["a", "b"]},
            "the label 2 is beyond the 2 classes",
        ),
        ({"model": model(1, 3), "data": ([1, 2], ["b", "a"])}, "2 classes, and the network has 3 outputs"),
        ({"model": model(1, 1), "columns": ["a"]}, "columns: name 1 input and what is learned, got 1"),
        ({"model": model(1, 1), "autosave": 3}, "autosave: needs a path"),
        ({"model": model(1, 1), "steps_per_epoch": 0}, "steps_per_epoch: expected a whole number from 1 on"),
        ({"model": model(1, 1), "steps_per_epoch": True}, "steps_per_epoch: expected a whole number from 1 on"),
        ({"activations": ["relu"], "weights": np.ones(2)}, "weights: say"),
        ({"activations": ["logistic"], "weights": "in_out"}, "'logistic' is no activation; did you mean sigmoid?"),
        ({"activations": ["linear"], "weights": "in_out"}, "'linear' is no activation; did you mean identity?"),
        ({"activations": ["softmax"], "weights": "in_out"}, "the loss cross_entropy has its own softmax"),
        ({"activations": [np.ones(2)], "weights": "in_out"}, "is no activation; one of identity, relu"),
        ({"activations": [{"name": "elu", "alpha": np.nan}], "weights": "in_out"}, "alpha is nan"),
        ({"activations": iter(["relu"]), "weights": "in_out"}, "activations: expected a list"),
        ({"model": model(1, 1), "loss": ["mse"]}, "loss: ['mse'] is no loss"),
        ({"model": model(1, 1), "domain": (-1e300, 1e300)}, "domain: reaches at most to 1e+15"),
        ({"model": model(1, 1), "data": ([], [])}, "data: holds no points"),
        ({"model": model(1, 1), "data": ([[1], [1, 2]], [1, 2])}, "data: x: is no array: "),
        ({"model": model(1, 1), "data": ([1, 2], [[1], [1, 2]])}, "data: y: is no array: "),
        ({"model": model(1, 1), "data": ([1, 2], [None, None])}, "data: y: expected an array of numbers"),
        ({"model": model(1, 1), "data": ([1, 1e300], [1, 2])}, "data: holds numbers beyond 1e+15"),
        ({"model": model(1, 1), "data": ([1, 2], ["a", "a"])}, "data: there is one class, 'a'; say classes="),
        ({"model": model(1, 1), "classes": ["a"]}, "classes: expected two or more"),
        ({"model": model(1, 1), "columns": ["a\n", "b"]}, "columns: 'a\\n' cannot be drawn"),
        ({"model": model(1, 1), "autosave": "1", "path": "a.npz"}, "autosave: expected a number of seconds, got '1'"),
        ({"model": model(1, 1), "path": 3}, "expected the path of a file, got an int"),
        ({"model": model(1, 1), "path": "\ud800"}, "expected the path of a file"),
    ],
)
def test_what_is_said_beside_a_network_is_checked_as_it_is_given(options, message):
    error = refused(lambda: Recorder(**options))
    assert isinstance(error, ConfigError)
    assert message in str(error)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (None, "params: are required"),
        (LAYERS[:1], "params: 1 layer of weights, and 2 activations"),
        ([(LAYERS[0][0].T, LAYERS[0][1]), LAYERS[1]], "params[0]: its bias has 3 numbers for 2 units"),
        ([LAYERS[1], LAYERS[1]], "params[1]: takes 3 inputs, the layer before gives 1"),
        ([LAYERS[0][1], LAYERS[0][0], *LAYERS[1]], "params[0]: a weight has two sides, got the shape (3,)"),
        ([*LAYERS[0], *LAYERS[1], LAYERS[1][1]], "params: 5 arrays in a row"),
        ([w for w, _ in LAYERS * 2] + [b for _, b in LAYERS], "params: 6 arrays"),
        ([np.eye(2), np.eye(2), np.ones(2), np.ones(2)], "params: the second array is a matrix; in a row they are"),
        (object(), "params: expected a pair (W, b) for each layer, got object"),
        ([(*LAYERS[0], 0.1), LAYERS[1]], "params[0]: relu has no slope that is learned"),
        ([("a", "b"), LAYERS[1]], "params"),
        ("weights", "params: expected a pair (W, b) for each layer, got str"),
        (
            tuple(zip(*LAYERS, strict=True)),
            "params: all weights, and then all biases; write list(zip(weights, biases))",
        ),
        ([([[1], [2, 3]], LAYERS[0][1]), LAYERS[1]], "params[0]: weight: is no array: "),
        ([(LAYERS[0][0][None], None), LAYERS[1]], "params[0]: a weight has two sides, got the shape (1, 2, 3)"),
        ([(LAYERS[0][0] * 1j, None), LAYERS[1]], "expected an array of numbers, got ndarray of complex128"),
        ([(Unreadable(), None), LAYERS[1]], "params[0]: weight: is no array: not now"),
    ],
)
def test_arrays_that_are_no_network_are_refused(params, message):
    recorder = Recorder(activations=["relu", "identity"], weights="in_out")
    assert message in str(refused(lambda: recorder.snap(params=params)))
    assert len(recorder) == 0
    assert "nothing was recorded" in str(refused(lambda: recorder.recording))


# ---------------------------------------------------------------- moments, and what goes wrong


@pytest.mark.parametrize(
    ("steps", "snaps", "epochs", "counted"),
    [
        (None, [{}, {}], [0, 1, 2], [0, 1, 2]),
        (None, [{"epoch": 5}, {}], [0, 5, 6], [0, 5, 6]),
        (None, [{"step": 3}, {}, {"step": 9}], [0, 0, 0, 0], [0, 3, 4, 9]),
        (None, [{"epoch": 1, "step": 10}, {}, {"step": 25}], [0, 1, 2, 2], [0, 10, 20, 25]),
        (10, [{"step": 5}, {}, {"epoch": 3}], [0, 0, 1, 3], [0, 5, 10, 30]),
    ],
)
def test_epochs_and_steps_are_counted_as_their_author_does(steps, snaps, epochs, counted):
    recorder = Recorder(model(1, 1), steps_per_epoch=steps)
    for moment in snaps:
        recorder.snap(**moment)
    assert recorder.recording.epoch.tolist() == epochs
    assert recorder.recording.step.tolist() == counted


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        ({"epoch": 5}, {"epoch": 5}, "epoch 5 is not later than epoch 5, the last one that was recorded"),
        ({"step": 5}, {"step": 4}, "step 4 is not later than step 5, the last one"),
        ({"epoch": 5}, {"step": 6}, "step: epochs were counted until now; say steps_per_epoch"),
        ({"step": 5}, {"epoch": 6}, "epoch: steps were counted until now; say steps_per_epoch"),
        ({"epoch": 1, "step": 10}, {"epoch": 2, "step": 35}, "epoch 2 and step 35 do not go together; an epoch has 10"),
        ({}, {"epoch": -1}, "epoch: expected a whole number from 0 on, got -1"),
        ({}, {"epoch": 1.5}, "epoch: expected a whole number"),
        ({}, {"epoch": True}, "epoch: expected a whole number"),
        ({}, {"epoch": 10**30}, "epoch: must be at most 1e+15"),
        ({}, {"loss": 10**400}, "loss: expected a number, got int"),
        ({}, {"loss": True}, "loss: expected a number, got bool"),
        ({}, {"loss": "low"}, "loss: expected a number, got str"),
        ({}, {"test_loss": [1, 2]}, "test_loss: expected a number, got list"),
        ({}, {"accuracy": 94.5}, "accuracy: expected a share from 0 to 1, got 94.5; of percent take a hundredth"),
        ({}, {"test_accuracy": -0.1}, "test_accuracy: expected a share from 0 to 1, got -0.1"),
        ({}, {"params": LAYERS}, "params: are those of the model"),
    ],
)
def test_a_wrong_snapshot_is_refused_and_what_was_recorded_stays(first, then, message):
    recorder = Recorder(model(1, 1))
    recorder.snap(**first)
    before = recorder.recording
    assert message in str(refused(lambda: recorder.snap(**then)))
    recorder.snap()
    after = recorder.recording
    assert len(after) == len(before) + 1
    np.testing.assert_array_equal(after.step[:-1], before.step)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
def test_parameters_and_losses_that_are_no_numbers_are_a_divergence(bad):
    net = model(1, 2, 1).double()
    recorder = Recorder(net)
    with torch.no_grad():
        net[0].weight[1] = bad
    error = refused(recorder.snap)
    assert isinstance(error, TrainingDiverged)
    assert str(error) == "epoch 1: a parameter is no finite number; what was recorded before stays"
    with torch.no_grad():
        net[0].weight[1] = 1e38  # whose square float32 cannot hold
    if np.isfinite(bad):
        return
    assert str(refused(lambda: recorder.snap(test_loss=bad))).startswith(f"epoch 1: test_loss is {bad}; what was")
    recorder.snap(loss=1)
    assert len(recorder) == 2


def test_another_shape_is_refused():
    net = model(1, 2, 1)
    recorder = Recorder(net)
    net[0].bias = nn.Parameter(torch.zeros(3))
    assert "a tensor is (3,) now, it was (2,); make a new Recorder" in str(refused(recorder.snap))
    recorder = Recorder(activations=["relu", "identity"], weights="in_out")
    recorder.snap(params=LAYERS)
    other = [(np.ones((2, 4)), None), (np.ones((4, 1)), None)]
    assert "the network is 2-4-1 now, it was 2-3-1" in str(refused(lambda: recorder.snap(params=other)))


# ---------------------------------------------------------------- files


def test_a_run_that_breaks_off_has_its_recording(tmp_path):
    path = tmp_path / "mine.npz"
    recorder = Recorder(model(1, 1), path=path)

    def run():
        with recorder:
            recorder.snap(loss=1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert Recording.load(path).loss[1:].tolist() == [1]


def test_while_training_it_is_saved_as_often_as_asked(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    path = tmp_path / "mine.npz"
    recorder = Recorder(model(1, 1), path=path, autosave=10)
    recorder.snap()
    assert not path.exists()
    now[0] += 10
    recorder.snap()
    recorder.snap()
    assert len(Recording.load(path)) == 3
    recorder.close()
    assert len(Recording.load(path)) == 4


def test_a_training_goes_on_where_it_cannot_be_saved(tmp_path, monkeypatch):
    recorder = Recorder(model(1, 1), path=tmp_path / "mine.npz", autosave=0)
    monkeypatch.setattr(Recording, "save", lambda *_: (_ for _ in ()).throw(FileError("the disk is full")))
    with pytest.warns(RuntimeWarning, match="the recording is not saved while training: the disk is full"):
        recorder.snap()
    assert len(recorder) == 2
    with pytest.warns(RuntimeWarning, match="the recording is not saved at the end: the disk is full"):
        recorder._close_late()
    assert "the disk is full" in str(refused(recorder.close))


def test_a_folder_that_cannot_be_written_is_said_before_the_training(tmp_path):
    assert "is a folder; name a file" in str(refused(lambda: Recorder(model(1, 1), path=tmp_path)))
    Recorder(model(1, 1), path=tmp_path / "new" / "mine.npz").close()
    assert len(Recording.load(tmp_path / "new" / "mine.npz")) == 1


def test_a_file_that_is_no_recording_is_never_written_over(tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, a=np.ones(3))
    assert "is no recording, and stays" in str(refused(lambda: Recorder(model(1, 1), path=path)))
    np.load(path)


def test_what_was_said_comes_back_from_the_file(tmp_path):
    x, y = np.arange(6.0).reshape(3, 2), ["no", "yes", "no"]
    beside = {"loss": "cross_entropy", "columns": ["a", "b", "c"], "domain": [(0, 5), (0, 6)]}
    recorder = Recorder(model(2, 2), data=(x, y), **beside)
    learned = Recording.load(recorder.save(tmp_path / "mine.npz")).learned
    assert (learned.classes, learned.columns, learned.loss_kind) == (("no", "yes"), ("a", "b", "c"), "cross_entropy")
    assert learned.domain == ((0, 5), (0, 6))
    np.testing.assert_array_equal(learned.x, x)
    assert learned.y.ravel().tolist() == [0, 1, 0]


def test_settings_of_a_film_that_are_no_mapping_are_refused():
    recorder = Recorder(model(1, 2, 1), domain=(-1, 1))
    assert "settings: expected a mapping such as" in str(refused(lambda: recorder.film("loss")))
    assert "a key is a text such as 'animation.fps', got 3" in str(refused(lambda: recorder.film({3: 4})))


def test_a_section_of_settings_is_taken_whole_and_stays_as_it_is():
    recorder, look = Recorder(model(1, 2, 1), domain=(-1, 1)), {"fps": 5}
    film = recorder.film({"animation.max_frames": 3}, size=[400, 300], animation=look)
    animation = film.experiment.animation
    assert (animation.fps, animation.max_frames, animation.size, look) == (5, 3, (400, 300), {"fps": 5})


def test_a_film_of_classes_begins_with_what_is_known():
    x, y = np.random.default_rng(0).random((6, 9)), ["a", "b", "a", "b", "a", "b"]
    recorder = Recorder(model(9, 3, 1), data=(x, y))
    assert [[cell.name for cell in row] for row in recorder.film().experiment.animation.panels] == [["network"]]
    recorder.snap(accuracy=0.5)
    assert [[cell.name for cell in row] for row in recorder.film().experiment.animation.panels] == [["accuracy"]]


# ---------------------------------------------------------------- numbers and notebooks


def test_a_slip_in_a_number_of_a_title_is_named_where_nothing_but_inputs_is_known():
    recorder = Recorder(activations=["relu", "identity"], weights="out_in", domain=(-5, 5))
    recorder.snap(params=[(np.ones((3, 1)), np.arange(3.0)), (np.ones((1, 3)), np.zeros(1))])
    error = refused(lambda: recorder.film(panels=["layers"], title="{knotz} bends"))
    assert "{knotz} is no number of this film; did you mean {knots}?" in str(error)
    assert recorder.film(panels=["layers"], title="{knots} bends").title == "3 bends"


def test_a_recording_goes_to_another_process_and_is_the_same_there():
    recorder = Recorder(nn.Sequential(nn.Linear(1, 2), nn.PReLU(), nn.Linear(2, 1)), domain=(-1, 1))
    recorder.snap(loss=1)
    for other in (pickle.loads(pickle.dumps(recorder.recording)), copy.deepcopy(recorder.recording)):
        assert other.to_bytes() == recorder.recording.to_bytes()
        x = np.ones((3, 1))
        expected = recorder.network.output(recorder.recording[-1].parameters, x)
        np.testing.assert_array_equal(other.network.output(other[-1].parameters, x), expected)


def test_numbers_as_a_table_of_pandas(monkeypatch):
    pandas = pytest.importorskip("pandas")
    recorder = Recorder(model(1, 1))
    recorder.snap(loss=0.5)
    table = recorder.recording.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert table["loss"].tolist()[1:] == [0.5]
    assert table["epoch"].tolist() == [0, 1]
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    assert "pip install pandas" in str(refused(recorder.recording.to_pandas))


def test_a_layer_that_is_not_there_is_an_index_error():
    recording = Recorder(model(1, 4, 1)).recording
    assert recording.weights(0).shape == (1, 4, 1)
    with pytest.raises(IndexError, match="there is no layer 2; the network has 2"):
        recording.weights(2)
    assert isinstance(recording.network, Network)


def picture_of(film):
    buffer = io.BytesIO()
    Image.fromarray(film.frame(-1)).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def test_a_live_view_is_redrawn_at_most_twice_a_second_and_in_notebooks_alone(monkeypatch):
    display = pytest.importorskip("IPython.display")
    import IPython

    now, shown, hooks = [100.0], [], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    handle = types.SimpleNamespace(update=lambda picture, raw: shown.append(picture))
    monkeypatch.setattr(display, "display", lambda picture, raw, display_id: shown.append(picture) or handle)
    recorder = Recorder(model(1, 3, 1), target="x**2")
    recorder.show(panels="prediction")
    assert shown == []
    events = types.SimpleNamespace(
        register=lambda name, hook: hooks.append((name, hook)), unregister=lambda name, hook: hooks.remove((name, hook))
    )
    monkeypatch.setattr(IPython, "get_ipython", lambda: types.SimpleNamespace(kernel=object(), events=events))
    for seconds in (0, 0.25, 0.25, 0.3):
        now[0] += seconds
        recorder.snap()
        recorder.show(panels="prediction", size=[300, 240])
    assert len(shown) == 2
    recorder.snap()
    recorder.show(panels="prediction", size=[300, 240])
    ((name, end_of_cell),) = hooks
    end_of_cell("result")
    assert (name, len(shown), hooks) == ("post_run_cell", 3, [])
    assert shown[-1]["image/png"] == picture_of(recorder.film(panels="prediction", size=[300, 240]))
    recorder.show(panels="prediction")
    assert len(hooks) == 1  # the next cell has a picture of its own
    for picture in shown:
        assert base64.b64decode(picture["image/png"]).startswith(b"\x89PNG")
        assert f'src="data:image/png;base64,{picture["image/png"]}"' in picture["text/html"]
        assert 'alt="Film of a 1-3-1 network' in picture["text/html"]
