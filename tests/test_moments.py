"""Parts of a training, and what an author says at moments of it."""

import numpy as np
import pytest
from conftest import experiment, fake_recording
from helpers.configs import problems

from relu_anim.drawing.labels import LogTimeTicks
from relu_anim.drawing.theme import THEMES, style
from relu_anim.errors import ConfigError
from relu_anim.film import Film, make_figure
from relu_anim.recording import Ensemble

CONFIG = """\
target: {function: x**2}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 6}
"""


def film(*settings, stopped="", epochs=12):
    e = experiment(f"training.epochs={epochs}", *settings)
    recordings = [fake_recording(member, seed, stopped) for seed, (_, member) in enumerate(e.members)]
    return Film(e, recordings)


# ---------------------------------------------------------------- a part of the training


def test_a_part_is_shown_from_its_first_moment_to_its_last():
    f = film("animation.epochs=[4, 9]", "animation.panels=loss")
    assert f.timeline.tolist() == [4, 5, 6, 7, 8, 9]
    assert f.panels[0].panel.axes.get_xlim() == (4, 9)
    assert f.panels[0].panel.axes.get_ylim()[1] < 25  # 100 / (4 + 1) is the first loss, 100 the untrained one
    assert f.metrics["epoch"] == 9
    assert "after 9 epochs" in f.alt


@pytest.mark.parametrize("pacing", ["even", "log", "motion"])
def test_a_part_has_its_ends_whatever_the_pacing(pacing):
    f = film("animation.epochs=[step 200, 90]", f"animation.pacing={pacing}", "animation.max_frames=7", epochs=100)
    assert (f.timeline[0], f.timeline[-1], len(f)) == (20, 90, 7)


def test_the_whole_training_is_the_same_film_as_no_part():
    whole, part = film(), film("animation.epochs=[0, 12]")
    assert all((whole.frame(n) == part.frame(n)).all() for n in range(len(whole)))


def test_a_part_before_a_divergence_does_not_tell_of_it():
    f = film("animation.epochs=[2, 5]", "training.on_divergence=keep", stopped="training diverged")
    assert not f.stamp.notes


def test_variants_keep_their_last_snapshot_where_they_have_none_in_the_part():
    f = film("animation.epochs=[8, 12]", "variants=[{label: a, set: {training.epochs: 4}}, {label: b, set: {seed: 1}}]")
    assert f.timeline.tolist() == [8, 9, 10, 11, 12]
    assert [scene.run.recording.epoch.tolist() for scene in f.scenes] == [[4], [8, 9, 10, 11, 12]]


def test_a_training_that_broke_off_before_the_part_is_said():
    e = experiment("animation.epochs=[8, 12]")
    with pytest.raises(ConfigError, match="broke off at epoch 5, before this part"):
        Film(e, [fake_recording(experiment("training.epochs=5"))])


def test_a_part_of_many_networks_has_those_moments_of_each():
    values = {name: np.arange(12.0).reshape(2, 6) for name in ("loss", "test_loss", "accuracy", "test_accuracy")}
    every = {name: np.zeros((2, 6, 3), np.float32) for name in ("parameters", "gradient_norms")}
    alike = {name: np.zeros(2) for name in ("output_center", "output_spread", "seeds")}
    scaled = {name: np.zeros((2, 0)) for name in ("center", "spread")}
    ensemble = Ensemble(None, epoch=np.arange(6), step=10 * np.arange(6), **values, **every, **alike, **scaled)
    part = ensemble.part(2, 5)
    assert part.step.tolist() == [20, 30, 40]
    assert part.loss.tolist() == [[2, 3, 4], [8, 9, 10]]
    assert part.parameters.shape == (2, 3, 3)


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (["animation.epochs=[0, 7]"], "animation.epochs.1", "there is no snapshot then; the nearest is 6"),
        (["animation.epochs=[4, 2]"], "animation.epochs", "the first moment must be before the second"),
        (
            ["animation.epochs=[2, 4]", "output.stills=[1]"],
            "output.stills.0",
            "in animation.epochs; the nearest is 2",
        ),
        (["animation.epochs=3"], "animation.epochs", ""),
        (["animation.epochs=[1, 2, 3]"], "animation.epochs", "needs two values"),
    ],
)
def test_a_part_that_is_none_is_refused(settings, key, message):
    found = [(problem.key, problem.message) for problem in problems(CONFIG, *settings)]
    assert [own for own, _ in found] == [key]
    assert message in found[0][1]


@pytest.mark.parametrize(("first", "last"), [(400, 500), (30, 50), (7, 9), (20, 10_000)])
def test_a_logarithmic_axis_of_a_part_has_ticks_of_its_own(first, last):
    with style(THEMES["light"]):
        axes = make_figure((500, 300), THEMES["light"]).add_subplot()
        axes.set_xscale("function", functions=(np.log1p, np.expm1))
        axes.xaxis.set_major_locator(LogTimeTicks())
        axes.set_xlim(first, last)
        ticks = axes.xaxis.get_major_locator()()
    assert len(ticks) >= 3
    assert all(first <= tick <= last and tick == round(tick) for tick in ticks)
