"""Every config of the catalogue, trained in full and filmed short, against the numbers it must reach."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFIGS = Path(__file__).parent.parent / "configs"

# The floor of `linear` is the variance of x² on [-5, 5].
LOSSES = {
    "linear": (55.6, 56.2),
    "quadratic_1neuron": (63.6, 64.2),
    "quadratic_2neuron": (0.6, 0.8),
    "quadratic_20neuron": (0.06, 0.2),
    "cosine_30neuron": (0.0, 0.008),
}
PEAKS = {
    "activation_sigmoid": ("sigmoid", 0.25),
    "activation_tanh": ("tanh", 1.0),
    "activation_relu": ("relu", 1.0),
    "activation_leaky_relu": ("leaky_relu", 1.0),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The `--json` line of each config, by stem; films have a few frames only, the training is the real one."""
    folder = tmp_path_factory.mktemp("figures")
    films = [CONFIGS / f"{stem}.yaml" for stem in LOSSES]
    stills = [path for path in sorted(CONFIGS.glob("*.yaml")) if path not in films]
    lines = []
    for paths, extra in ((films, ["-s", "animation.max_frames=4"]), (stills, [])):
        command = [sys.executable, "-m", "relu_anim", "run", *map(str, paths), *extra, "--json", "-q"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        lines += done.stdout.splitlines()
    return {Path(line["config"]).stem: line for line in map(json.loads, lines)}


def test_the_whole_catalogue_is_covered(results):
    assert set(results) == {path.stem for path in CONFIGS.glob("*.yaml")} == {*LOSSES, *PEAKS, "cosine_data"}
    assert {line["status"] for line in results.values()} == {"built"}


@pytest.mark.parametrize("stem", LOSSES)
def test_a_film_ends_with_the_loss_it_must_reach(results, stem):
    low, high = LOSSES[stem]
    assert low <= results[stem]["metrics"]["loss"] <= high


@pytest.mark.parametrize("stem", PEAKS)
def test_a_figure_shows_the_derivatives_peak(results, stem):
    name, peak = PEAKS[stem]
    assert results[stem]["metrics"][name]["derivative_max"] == pytest.approx(peak, abs=1e-6)


def test_the_data_figure_has_the_200_points_of_the_article(results):
    assert results["cosine_data"]["metrics"] == {"points": 200}
