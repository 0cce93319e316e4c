"""A recording that is kept is drawn only if it is one of its config; any other is made anew, and one line says why."""

import json
import shutil
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.recorders import Box
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.activations import named
from relu_anim.cli import app
from relu_anim.errors import TrainingDiverged
from relu_anim.making.mismatch import mismatch, mismatch_of_ensemble
from relu_anim.making.recordings import recording_name
from relu_anim.network import Network
from relu_anim.recording import Ensemble, Recording

TINY = """\
target: {function: x**2}
data: {samples: 60}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 4, batch_size: 25}
animation: {size: [300, 190], max_frames: 2, panels: prediction}
"""
CLASSES = """\
target: {dataset: moons}
data: {samples: 40, test_fraction: 0.25}
model: {layer_sizes: [2, 4, 1]}
training: {epochs: 4, batch_size: 7}
"""
CROWD = ["animation.panels=[loss]", "animation.ensemble=members"]
TOO_FAST = ["training.optimizer.lr=1e6", "training.epochs=30", "training.on_divergence=keep"]


def loaded(*settings, text=TINY):
    return config.loads(text, settings=settings)


@pytest.fixture(scope="module")
def alone():
    """An experiment and its recording."""
    experiment = loaded()
    return experiment, Box().record(experiment).recordings[0]


@pytest.fixture(scope="module")
def classes():
    experiment = loaded(text=CLASSES)
    return experiment, Box().record(experiment).recordings[0]


@pytest.fixture(scope="module")
def ensemble():
    """An experiment that chooses among seeds, and its networks."""
    box, experiment = Box(), loaded("seed={best_of: 5}", "animation.ensemble=members")
    return experiment, box.record(experiment).ensembles[0]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (TINY, []),
        (TINY, ["training.epochs=0"]),
        (TINY, ["seed=7", "data.resample=false", "data.test_fraction=0.2", "data.standardize=true"]),
        (TINY, ["model.activation=sin(2*x) + x/3", "model.output_activation={name: leaky_relu, negative_slope: 0.3}"]),
        (TINY, ["model.activation=prelu", "training.loss=huber", "training.batch_size=1000"]),
        (TINY, TOO_FAST),
        (TINY, [*TOO_FAST, "seed={best_of: 3}"]),
        (TINY, ["seed={median_of: 4}"]),
        (TINY, ["seed={worst_of: 4}", "animation.ensemble=band", "data.resample=false", "data.standardize=true"]),
        (TINY, ["variants=[{label: a, set: {model.activation: log(x), training.on_divergence: keep}},"
                " {label: b, set: {model.activation: tanh}}]"]),
        (CLASSES, []),
        (CLASSES, ["data.standardize=true", "data.test_fraction=0"]),
        (CLASSES, ["seed={best_of: 3}", "data.standardize=true", *CROWD]),
    ],
)  # fmt: skip
def test_what_was_trained_is_taken_without_a_word(text, settings):
    experiment = loaded(*settings, text=text)
    first = Box()
    made = first.record(experiment)
    again = Box(first.kept)
    taken = again.record(experiment)
    assert (again.trained, again.said) == (0, [])
    for one, other in zip(made.recordings, taken.recordings, strict=True):
        assert one.to_bytes() == other.to_bytes()


def test_a_table_is_recorded_with_what_it_is_scaled_by(tmp_path):
    (tmp_path / "p.csv").write_text("area,price\n" + "".join(f"{2000 + n / 7},{3e5 + 997 * n}\n" for n in range(50)))
    (tmp_path / "c.yaml").write_text("target: {csv: p.csv}\nmodel: {layer_sizes: [1, 4, 1]}\ntraining: {epochs: 2}\n")
    experiment, box = config.load(tmp_path / "c.yaml"), Box()
    (recording,) = box.record(experiment).recordings
    x = 2000 + np.arange(50) / 7
    assert recording.network.center == pytest.approx((x.mean(),))
    assert recording.network.output_spread == pytest.approx((3e5 + 997 * np.arange(50)).std())
    again = Box(box.kept)
    again.record(experiment)
    assert (again.trained, again.said) == (0, [])


def with_parameter(recording, value):
    parameters = recording.parameters.copy()
    parameters[..., -1, 3] = value
    return replace(recording, parameters=parameters)


def cut(recording, count):
    arrays = ("epoch", "step", "parameters", "loss", "test_loss", "gradient_norms", "accuracy", "test_accuracy")
    return replace(recording, **{name: getattr(recording, name)[:count] for name in arrays})


WRONG = {
    "it was trained from another config": lambda r: replace(r, source="0" * 32),
    "its seed is 1": lambda r: replace(r, seed=1),
    "its network is another": lambda r: replace(r, network=replace(r.network, activations=(named("tanh"),) * 2)),
    "it ends with epoch 2": lambda r: cut(r, 3),
    "it diverged after epoch 2": lambda r: replace(cut(r, 3), stopped="the loss is infinite"),
    "it diverged after epoch 4": lambda r: replace(r, stopped="the loss is infinite"),
    "its snapshots are of other moments": lambda r: replace(r, epoch=r.epoch[::-1]),
    "a parameter is no finite number": lambda r: with_parameter(r, np.nan),
    "a loss is no finite number": lambda r: replace(r, loss=np.where(r.epoch == 2, np.inf, r.loss)),
    "it has accuracies, and there are no classes": lambda r: replace(r, accuracy=r.loss * 0 + 0.5),
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_recording_that_does_not_fit_is_made_anew_and_one_line_says_why(reason, alone):
    experiment, right = alone
    name = recording_name(experiment)
    box = Box({name: WRONG[reason](right).to_bytes()})
    (recording,) = box.record(experiment).recordings
    assert recording.to_bytes() == right.to_bytes() == box.kept[name]
    assert (box.trained, box.said) == (1, [f"a recording is made anew: {name}: {reason}"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda r: replace(r, network=replace(r.network, center=(0.0,), spread=(2.0,))), "its network is another"),
        (lambda r: replace(r, network=replace(r.network, output_spread=2.0)), "its network is another"),
        (lambda r: replace(r, step=r.step + 1), "its snapshots are of other moments"),
        (lambda r: replace(r, step=r.step * 2), "its snapshots are of other moments"),
        (lambda r: with_parameter(r, -np.inf), "a parameter is no finite number"),
        (lambda r: cut(r, 1), "it ends with epoch 0"),
    ],
)
def test_what_else_does_not_fit(change, reason, alone):
    experiment, right = alone
    assert mismatch(experiment, right) == ""
    assert mismatch(experiment, change(right)) == reason


@pytest.mark.parametrize("seed", [-1, 4, 10**30])
def test_a_seed_that_none_of_the_networks_has_does_not_fit(seed):
    experiment = loaded("seed={best_of: 4}")
    (right,) = Box().record(experiment).recordings
    assert mismatch(experiment, right) == ""
    assert mismatch(experiment, replace(right, seed=seed)) == f"its seed is {seed}"


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_an_accuracy_that_is_no_share_does_not_fit(value, classes):
    experiment, right = classes
    assert mismatch(experiment, right) == ""
    assert mismatch(experiment, replace(right, accuracy=right.accuracy * 0 + value)) == "an accuracy is no share"


def test_only_the_untrained_network_of_a_run_that_broke_off_may_have_a_loss_that_is_no_number():
    experiment = loaded("model.activation=log(x)", "training.on_divergence=keep")
    (recording,) = kept_of_a_failure(experiment)
    assert len(recording) == 1
    assert np.isnan(recording.loss).all()
    assert mismatch(experiment, recording) == ""
    assert mismatch(experiment, replace(recording, stopped="")) == "it ends with epoch 0"


def kept_of_a_failure(experiment):
    """The recordings that are kept of an experiment that comes to nothing."""
    box = Box()
    with pytest.raises(TrainingDiverged, match="not a number"):
        box.record(experiment)
    return [Recording.from_bytes(data) for data in box.kept.values()]


ENSEMBLE_WRONG = {
    "it was trained from another config": lambda e: replace(e, source=""),
    "its seeds are not those from 0 on": lambda e: replace(e, seeds=e.seeds + 1),
    "its network is another": lambda e: replace(e, output_center=e.output_center + 1),
    "its snapshots are not all there": lambda e: replace(e, **{n: getattr(e, n)[:, :1] for n in SNAPSHOTS}),
    "its snapshots are of other moments": lambda e: replace(e, step=e.step + 1),
    "a parameter is no finite number": lambda e: with_parameter(e, np.nan),
}
SNAPSHOTS = ("parameters", "test_loss", "gradient_norms", "accuracy", "test_accuracy")


@pytest.mark.parametrize("reason", ENSEMBLE_WRONG)
def test_an_ensemble_that_does_not_fit_is_made_anew_and_one_line_says_why(reason, ensemble):
    experiment, right = ensemble
    assert mismatch_of_ensemble(experiment, True, right) == ""
    whole = Box()
    whole.record(experiment)
    (name,) = (name for name in whole.kept if name.startswith("seeds/"))
    box = Box({**whole.kept, name: ENSEMBLE_WRONG[reason](right).to_bytes()})
    assert box.record(experiment).ensembles[0].to_bytes() == right.to_bytes()
    assert (box.trained, box.said) == (1, [f"a recording is made anew: {name}: {reason}"])


def test_a_network_that_diverged_may_have_any_parameters_afterwards():
    experiment = loaded(*TOO_FAST, "seed={best_of: 3}", "animation.ensemble=members")
    box = Box()
    found = box.record(experiment).ensembles[0]
    assert not np.isfinite(found.loss).all()
    assert mismatch_of_ensemble(experiment, True, found) == ""
    start = found.parameters.copy()
    start[0, 0, 0] = np.inf
    assert mismatch_of_ensemble(experiment, True, replace(found, parameters=start)) == "a parameter is no finite number"


# ---------------------------------------------------------------- what the command says


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which two configs were made."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        make_both()
    return folder


@pytest.fixture
def folder(made, here):
    """A copy of it, in which the test runs."""
    shutil.copytree(made, here, dirs_exist_ok=True)


def make_both():
    for name, rate in (("slow", 0.001), ("fast", 0.02)):
        Path(f"{name}.yaml").write_text(TINY.replace("epochs: 4", f"epochs: 4, optimizer: {{name: sgd, lr: {rate}}}"))
    assert call("run", "slow.yaml", "fast.yaml", "-q", "-j", 1).exit_code == 0


def call(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def kept(name):
    (file,) = json.loads(Path(f"outputs/{name}.json").read_text())["recordings"]
    return Path("outputs/.recordings", file)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_recordings_under_each_others_names_are_made_anew(jobs, folder):
    films = {name: Path(f"outputs/{name}.gif").read_bytes() for name in ("slow", "fast")}
    slow, fast = kept("slow"), kept("fast")
    before = slow.read_bytes(), fast.read_bytes()
    slow.write_bytes(before[1])
    fast.write_bytes(before[0])
    for name in films:
        Path(f"outputs/{name}.json").unlink()
    result = call("run", "slow.yaml", "fast.yaml", "-q", "-j", jobs)
    assert result.exit_code == 0
    assert sorted(result.stderr.splitlines()) == [
        f"{name}.yaml: a recording is made anew: {path.name}: it was trained from another config"
        for name, path in (("fast", fast), ("slow", slow))
    ]
    assert {name: Path(f"outputs/{name}.gif").read_bytes() for name in films} == films
    assert (slow.read_bytes(), fast.read_bytes()) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"relu-anim recording", b"relu-anim recordinG"),
        lambda data: data[:300] + bytes([data[300] ^ 1]) + data[301:],
        lambda data: with_parameter(Recording.from_bytes(data), np.nan).to_bytes(),
        lambda data: np.random.default_rng(0).bytes(len(data)),
    ],
)
def test_a_damaged_recording_without_a_summary_is_made_anew_and_said(damage, folder):
    film, recording = Path("outputs/slow.gif").read_bytes(), kept("slow")
    before = recording.read_bytes()
    Path("outputs/slow.json").unlink()
    recording.write_bytes(damage(before))
    result = call("run", "slow.yaml", "-q")
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"slow.yaml: a recording is made anew: {recording.name}: ")
    assert Path("outputs/slow.gif").read_bytes() == film
    assert recording.read_bytes() == before


def test_a_damaged_ensemble_is_said_by_a_survey_too(folder):
    first = call("seeds", "slow.yaml", "-n", 4, "-q")
    (path,) = Path("outputs/.recordings/seeds").iterdir()
    whole = Ensemble.from_bytes(path.read_bytes())
    path.write_bytes(replace(whole, seeds=whole.seeds[::-1]).to_bytes())
    result = call("seeds", "slow.yaml", "-n", 4, "-q")
    assert result.stdout == first.stdout
    assert result.stderr == f"a recording is made anew: seeds/{path.name}: its seeds are not those from 0 on\n"


def test_a_network_of_many_seeds_is_compared_with_its_own_scalings():
    experiment = loaded("seed={best_of: 3}", "data.standardize=true", *CROWD, text=CLASSES)
    found = Box().record(experiment).ensembles[0]
    centers = {found.network_of(i).center for i in range(3)}
    assert len(centers) == 3
    assert found.network_of(2).as_json() == Network(*experiment.with_seed(2).shape).as_json()
    turned = replace(found, center=found.center[::-1])
    assert mismatch_of_ensemble(experiment, True, turned) == "its network is another"


@pytest.mark.parametrize(("name", "value"), [("loss", -1.0), ("test_loss", -1.0), ("test_loss", np.inf)])
def test_losses_that_no_training_gives_do_not_fit(name, value):
    experiment = loaded()
    (right,) = Box().record(experiment).recordings
    wrong = getattr(right, name).copy()
    wrong[-1] = value
    assert mismatch(experiment, replace(right, **{name: wrong})) == "a loss is none that training gives"
