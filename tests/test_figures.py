"""The configs of the catalogue, trained in full, against the numbers they must reach."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.cli.starter import write_starter
from relu_anim.films.timeline import timeline
from relu_anim.making.recordings import train_alone
from relu_anim.network import Network
from relu_anim.recording import Recording

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
STILL = {"activation", "data", "born_dead"}

pytestmark = pytest.mark.xdist_group("figures")  # one process runs them once for all tests here


class Results(Mapping):
    """The `--json` line of each config, by stem, made when a test first asks for it: trained in full, drawn once."""

    def __init__(self, folder):
        self.folder, self.lines = folder, {}

    def __getitem__(self, stem):
        if stem not in self.lines:
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(self.folder)
                patch.delenv("RELU_ANIM_RECORDINGS", raising=False)
                still = ["-f", "png"] if config.load(ROOT / "configs" / f"{stem}.yaml").kind not in STILL else []
                call = ["run", str(ROOT / "configs" / f"{stem}.yaml"), *still, "--json", "-q"]
                done = CliRunner().invoke(app, call)
            assert done.exit_code == 0, done.stderr
            self.lines[stem] = json.loads(done.stdout)
        return self.lines[stem]

    def trained(self, stem):
        """The fingerprint of its training, or those of its variants by label."""
        assert self[stem]["status"] == "built"
        return json.loads((self.folder / "outputs" / f"{stem}.json").read_text())["fingerprints"]["training"]

    def __iter__(self):
        return (path.stem for path in CONFIGS)

    def __len__(self):
        return len(CONFIGS)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return Results(tmp_path_factory.mktemp("figures"))


@pytest.fixture(scope="module")
def recording(results):
    """The recording of a config, or of one of its variants, with its experiment and network."""

    def open_recording(stem, label=""):
        fingerprint = results.trained(stem)
        fingerprint = fingerprint[label] if label else fingerprint
        experiment = dict(config.load(ROOT / "configs" / f"{stem}.yaml").members)[label]
        network = Network(*experiment.shape)
        return Recording.load(results.folder / "outputs" / ".recordings" / f"{fingerprint}.npz"), experiment, network

    return open_recording


def metrics(results, stem, label=None):
    found = results[stem]["metrics"]
    return found[label] if label else found


@pytest.mark.soak
def test_the_whole_catalogue_is_made(here):
    command = [sys.executable, "-m", "relu_anim", "run", *map(str, CONFIGS), "--json", "-q"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {Path(json.loads(line)["config"]).stem for line in lines} == {path.stem for path in CONFIGS}
    assert {json.loads(line)["status"] for line in lines} == {"built"}


def test_the_page_of_figures_shows_every_config():
    page = (ROOT / "docs" / "figures.md").read_text()
    for path in CONFIGS:
        assert f"configs/{path.name}" in page
        assert f"images/figures/{path.stem}.png" in page
        assert (ROOT / "docs" / "images" / "figures" / f"{path.stem}.png").exists()


def test_every_config_says_in_a_comment_what_to_watch_for():
    for path in CONFIGS:
        assert path.read_text().startswith("# ")


@pytest.mark.parametrize(
    ("stem", "low", "high"),
    [
        ("linear", 55.6, 56.2),  # the floor is the variance of x² on [-5, 5]
        ("quadratic_1neuron", 63.6, 64.2),
        ("quadratic_2neuron", 0.6, 0.8),
        ("quadratic_20neuron", 0.06, 0.2),
        ("cosine_30neuron", 0.0, 0.008),
    ],
)
def test_a_film_ends_with_the_loss_it_must_reach(results, stem, low, high):
    assert low <= metrics(results, stem)["loss"] <= high


@pytest.mark.parametrize(
    ("stem", "name", "peak"),
    [
        ("activation_sigmoid", "sigmoid", 0.25),
        ("activation_tanh", "tanh", 1.0),
        ("activation_relu", "relu", 1.0),
        ("activation_leaky_relu", "leaky_relu", 1.0),
    ],
)
def test_a_figure_shows_the_derivatives_peak(results, stem, name, peak):
    assert metrics(results, stem, name)["derivative_max"] == pytest.approx(peak, abs=1e-6)


def test_the_family_has_all_seven_relatives(results):
    family = {"relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softplus"}
    assert set(metrics(results, "activation_family")) == family
    assert {Path(path).suffix for path in results["activation_family"]["outputs"]} == {".png", ".svg"}


def test_a_saturated_sigmoid_has_nearly_no_slope(results):
    marked = metrics(results, "saturation", "sigmoid")["derivative_at"]
    assert marked == {"-15": pytest.approx(3.06e-7, rel=1e-3), "0": 0.25, "15": pytest.approx(3.06e-7, rel=1e-3)}


def test_three_linear_layers_are_one_affine_map(results):
    assert metrics(results, "stacked_linear")["linear_collapse_error"] <= 1e-5
    assert metrics(results, "stacked_linear")["linear_regions"] == 1


def test_outside_of_what_it_learned_a_relu_network_is_straight_and_squares_run_away(recording):
    relu, _, network = recording("extrapolation", "ReLU")
    pieces = network.segments(relu.parameters[-1])
    x = np.array([pieces.edges[1] - 10, pieces.edges[1] - 5, pieces.edges[1]])[:, None]  # left of the first knot
    y = network.output(relu.parameters[-1].astype(np.float64), x)[:, 0]
    assert y[1] - y[0] == pytest.approx(y[2] - y[1], rel=1e-6)
    squares, experiment, network = recording("extrapolation", "squares")
    ends = np.array(experiment.animation.domain)[:, None]
    assert (np.abs(network.output(squares.parameters[-1].astype(np.float64), ends)) > 50).all()


def test_through_sigmoids_the_gradient_vanishes_and_through_relus_it_does_not(results):
    def arriving(label):
        norms = metrics(results, "vanishing_gradient", label)["gradient_norms"]
        return norms[0] / norms[-1]

    assert arriving("sigmoid") < arriving("ReLU") / 1000


def test_dead_relu_units_stay_dead_and_leaky_ones_do_not_die(results, recording):
    assert metrics(results, "dead_neurons", "leaky ReLU")["dead_units"] == [0]
    relu, experiment, network = recording("dead_neurons", "ReLU")
    x = experiment.task.fixed_points()[0].x
    dead = np.array([network.dead_units(parameters, x)[0] for parameters in relu.parameters])
    assert dead[-1].sum() == metrics(results, "dead_neurons", "ReLU")["dead_units"][0] > 0
    assert (np.diff(dead.sum(axis=1)) >= 0).all()
    assert metrics(results, "dead_neurons", "leaky ReLU")["loss"] < metrics(results, "dead_neurons", "ReLU")["loss"] / 5


@pytest.mark.soak
def test_about_half_of_untrained_relu_units_give_zero(recording):
    for label, low, high in (("ReLU", 0.4, 0.6), ("tanh", 0, 0)):
        untrained, experiment, network = recording("sparsity", label)
        shares = network.sparsity(untrained.parameters[0], experiment.task.evaluation_points().x)
        assert all(low <= share <= high for share in shares)


@pytest.mark.soak
def test_tanh_reaches_a_loss_first_that_sigmoid_does_not(recording):
    first = [int(np.argmax(recording("zero_centred", label)[0].loss < 0.1)) for label in ("tanh", "sigmoid")]
    assert first[0] > 0
    assert first[1] == 0 or first[0] < first[1]


def test_a_line_cannot_separate_a_circle_and_relu_units_can(results):
    assert 0.5 <= metrics(results, "hyperplane", "linear")["accuracy"] <= 0.7
    assert metrics(results, "hyperplane", "ReLU")["accuracy"] >= 0.99


@pytest.mark.soak
def test_the_learned_slope_moves(results):
    assert all(abs(slope - 0.25) > 0.05 for slope in metrics(results, "prelu", "PReLU")["slopes"])
    assert "slopes" not in metrics(results, "prelu", "leaky ReLU")


@pytest.mark.soak
def test_on_mnist_linear_layers_stay_behind_and_are_one_map(results):
    linear, relu = (metrics(results, "mnist_linear", label) for label in ("linear", "ReLU"))
    assert linear["test_accuracy"] == pytest.approx(0.90, abs=0.02)
    assert relu["test_accuracy"] == pytest.approx(0.94, abs=0.02)
    assert relu["test_accuracy"] >= linear["test_accuracy"] + 0.02
    assert linear["linear_collapse_error"] <= 1e-4


@pytest.mark.soak
def test_bad_activations_say_where_and_when_they_fail(results, recording):
    for label, formula in (("square root", "sqrt(x)"), ("logarithm", "log(x)")):
        found = metrics(results, "bad_activations", label)
        assert found["loss"] is None
        assert "not a number at epoch 0" in found["stopped"]
        assert f"{formula} is not finite at -" in found["stopped"]
    _, _, network = recording("bad_activations", "x²")
    assert network.activations[0](np.array([-2.0])) == network.activations[0](np.array([2.0]))


@pytest.mark.soak
def test_the_symmetric_square_root_trains(results):
    assert metrics(results, "symmetric_sqrt", "sign(x)·√|x|")["loss"] < 0.01


def test_the_data_figure_has_the_200_points_of_the_article(results):
    assert metrics(results, "cosine_data") == {"points": 200}


def test_as_many_networks_are_born_dead_as_was_published(results):
    found = metrics(results, "born_dead", "born_dead")
    assert metrics(results, "born_dead")["networks"] == 10_000
    assert [found[width][1] for width in "23"] == [pytest.approx(0.15625, abs=0.015), pytest.approx(0.04297, abs=0.008)]
    assert [found[width][9] for width in "235"] == [pytest.approx(share, abs=0.02) for share in (0.91, 0.63, 0.154)]


def test_four_activations_race_from_the_same_first_weights(results, recording):
    labels = list(metrics(results, "activation_race"))
    assert labels == ["sigmoid", "tanh", "ReLU", "leaky ReLU"]
    starts = [recording("activation_race", label)[0].parameters[0] for label in labels]
    assert all((start == starts[0]).all() for start in starts)


@pytest.mark.soak
def test_slow_waves_are_learned_first(recording):
    found, experiment, network = recording("spectral_bias")
    x = np.linspace(*experiment.target.domain, 1001)[:, None]
    outputs = np.array([network.output(parameters, x)[:, 0] for parameters in found.parameters[::5]])
    shares = [2 * (outputs * np.sin(2 * np.pi * k * x[:, 0])).mean(axis=1) for k in (1, 3, 5)]
    learned = [int(np.argmax(share > 0.8)) for share in shares]
    assert learned[0] < learned[1] < learned[2]
    assert all(share[-1] > 0.8 for share in shares)


@pytest.mark.soak
def test_the_luck_of_a_figure_is_shown(results):
    found = metrics(results, "luck")
    assert found["loss"] == pytest.approx(0.69, abs=0.01)
    assert 0 <= found["seed"] < 64


# ---------------------------------------------------------------- what a film shows of the learning


PACED = [path.stem for path in CONFIGS if "pacing: motion" in path.read_text()]


def answers(experiment, parameters):
    """What networks give all over the domain, numbers or the probability of the second class: [networks, points]."""
    low, high = experiment.target.domain
    ends = [(low, high)] * experiment.model.layer_sizes[0]
    x = np.stack(np.meshgrid(*(np.linspace(*pair, 301 if len(ends) == 1 else 25) for pair in ends)), -1)
    outputs = Network(*experiment.shape).output(parameters, x.reshape(-1, len(ends)))[..., 0]
    return 1 / (1 + np.exp(-outputs)) if experiment.training.loss == "bce" else outputs


def arrival(experiment, recording, moments):
    """The share of the frames until nine tenths of the way to the last curve are behind the network; 0 if it stays as
    it is."""
    shown = [int((recording.step <= moment * experiment.steps).sum()) - 1 for moment in moments]
    found = answers(experiment, recording.parameters[shown].astype(float))
    left = np.sqrt(((found - found[-1]) ** 2).mean(axis=1))
    return int((left <= 0.1 * left[0]).argmax()) / (len(shown) - 1)


def test_most_films_of_the_catalogue_are_paced_by_motion():
    moving = [path.stem for path in CONFIGS if config.load(path).kind not in STILL]
    assert set(moving) - set(PACED) == {
        "mnist_linear",
        "vanishing_gradient",
    }  # which show numbers over the epochs alone


SLOW = {"spectral_bias", "sparsity", "zero_centred", "luck", "prelu"}


@pytest.mark.parametrize("stem", [pytest.param(stem, marks=[pytest.mark.soak] * (stem in SLOW)) for stem in PACED])
def test_a_film_paced_by_motion_shows_the_slowest_network_arrive_neither_at_once_nor_at_its_end(recording, stem):
    loaded = config.load(ROOT / "configs" / f"{stem}.yaml")
    recordings = [recording(stem, label)[0] for label, _ in loaded.members]
    loaded = loaded.settled([own.seed for own in recordings])
    moments = timeline(loaded, recordings)
    assert len(moments) >= 0.95 * loaded.animation.max_frames
    with np.errstate(all="ignore"):
        each = [arrival(member, own, moments) for (_, member), own in zip(loaded.members, recordings, strict=True)]
    assert 0.35 <= max(each) <= 0.92, each


def test_the_starter_shows_its_network_arrive_neither_at_once_nor_at_the_end(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = config.load(write_starter("wave")[0])
    own = train_alone(loaded, lambda *said: None)
    assert 0.35 <= arrival(loaded, own, timeline(loaded, [own])) <= 0.92
