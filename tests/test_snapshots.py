"""Which moments of a training are kept as snapshots: of epochs, of steps, or of some of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.configs import problems, the_problem

from relu_anim import config
from relu_anim.config.kinds import experiment as experiment_kind
from relu_anim.films.alt import describe
from relu_anim.making.fingerprints import flat, training_fingerprint
from relu_anim.making.mismatch import mismatch, mismatch_of_ensemble
from relu_anim.making.recordings import train_alone
from relu_anim.metrics import measure
from relu_anim.training import train
from relu_anim.training.ensemble import chunk_size, epochs, gathered, train_together

TEXT = """
target: {function: sin(x), domain: [-3, 3]}
data: {samples: 40, resample: false, test_fraction: 0.2}
model: {layer_sizes: [1, 5, 1], activation: tanh}
training: {epochs: 5, batch_size: 10, optimizer: {name: adam, lr: 0.01}}
animation: {panels: [[prediction, loss]], size: [500, 300]}
"""
STEPS = 4  # of an epoch: 32 points are left to train with
MOMENTS = {  # (epoch, step) of each snapshot
    "epoch": [(epoch, STEPS * epoch) for epoch in range(6)],
    "step": [(step // STEPS, step) for step in range(5 * STEPS + 1)],
    "early": [(step // STEPS, step) for step in range(2 * STEPS + 1)] + [(e, STEPS * e) for e in (3, 4, 5)],
    "{every: 2}": [(0, 0), (2, 8), (4, 16), (5, 20)],
    "{every: 9}": [(0, 0), (5, 20)],
}


def experiment(snapshots="epoch", *settings):
    return config.loads(TEXT, settings=[f"training.snapshots={snapshots}", *settings])


def taken(snapshots, *settings):
    return list(train(experiment(snapshots, *settings)))


def together(e, count, whole=True):
    members = [e.with_seed(seed) for seed in range(count)]
    return gathered(members, epochs(members), whole)


@pytest.mark.parametrize("snapshots", MOMENTS)
def test_snapshots_are_of_the_moments_that_the_config_wants(snapshots):
    assert [(s.epoch, s.step) for s in taken(snapshots)] == MOMENTS[snapshots]
    assert experiment(snapshots).snapshots == len(MOMENTS[snapshots])
    assert (
        list(zip(*(column.tolist() for column in experiment(snapshots).moments()), strict=True)) == MOMENTS[snapshots]
    )


@pytest.mark.parametrize("snapshots", MOMENTS)
@pytest.mark.parametrize("epochs", [0, 1, 2, 3])
def test_short_trainings_have_their_first_and_their_last_moment(snapshots, epochs):
    settings = [f"training.epochs={epochs}"]
    found = [(s.epoch, s.step) for s in taken(snapshots, *settings)]
    assert (found[0], found[-1]) == ((0, 0), (epochs, STEPS * epochs))
    assert len(found) == experiment(snapshots, *settings).snapshots


@pytest.mark.parametrize("snapshots", MOMENTS)
def test_snapshots_change_nothing_of_the_training(snapshots):
    """At the same step is the same network, to the last bit, with the same losses."""
    by_step = {s.step: s for s in taken("step")}
    for snapshot in taken(snapshots):
        other = by_step[snapshot.step]
        assert snapshot.parameters.tobytes() == other.parameters.tobytes()
        assert (snapshot.loss, snapshot.test_loss) == (other.loss, other.test_loss)
        assert snapshot.gradient_norms.tobytes() == other.gradient_norms.tobytes()


@pytest.mark.parametrize("snapshots", MOMENTS)
def test_networks_that_are_trained_together_have_the_same_moments(snapshots):
    ensemble, every_step = together(experiment(snapshots), 3), together(experiment("step"), 3)
    assert list(zip(ensemble.epoch.tolist(), ensemble.step.tolist(), strict=True)) == MOMENTS[snapshots]
    assert np.array_equal(ensemble.parameters, every_step.parameters[:, ensemble.step])
    assert np.array_equal(ensemble.loss, every_step.loss[:, ensemble.step])
    ((_, alone),) = train_together([experiment(snapshots).with_seed(2)])
    assert alone.to_bytes() == ensemble.recording(2).to_bytes()


@pytest.mark.parametrize("snapshots", ["step", "early", "{every: 2}"])
def test_a_recording_of_other_moments_is_none_of_its_config(snapshots):
    e, own = experiment(snapshots), {"source": training_fingerprint(experiment(snapshots))}
    right, other = (train_alone(experiment(kind), lambda *said: None) for kind in (snapshots, "epoch"))
    assert mismatch(e, replace(right, **own)) == ""
    assert mismatch(e, replace(other, **own)) != ""
    right, other = (replace(together(experiment(kind), 2), **own) for kind in (snapshots, "epoch"))
    assert mismatch_of_ensemble(e, True, right) == ""
    assert mismatch_of_ensemble(e, True, other) == "its snapshots are not all there"


def test_a_run_that_diverges_within_an_epoch_ends_with_the_step_before():
    settings = ["training.optimizer={name: sgd, lr: 50}", "training.on_divergence=keep", "model.activation=relu"]
    e = experiment("step", *settings, "training.epochs=40")
    recording = train_alone(e, lambda *said: None)
    assert recording.stopped
    assert np.array_equal(recording.step, np.arange(len(recording)))
    assert 1 < len(recording) < e.snapshots
    assert np.isfinite(recording.loss).all()


# ---------------------------------------------------------------- what counts them


def test_all_snapshots_must_fit_into_memory():
    wide = ["model.layer_sizes=[1, 300, 300, 1]", "training.epochs=2000"]
    assert experiment("epoch", *wide).snapshots == 2001
    problem = the_problem(TEXT, *wide, "training.snapshots=step")
    assert problem.key == "training.snapshots"
    fitting = 2 * 1024**3 // (4 * (300 + 300 + 300 * 300 + 300 + 300 + 1))
    assert f"makes 8,001 snapshots of this network; at most {fitting:,} fit" in problem.message
    problem = the_problem(TEXT, "training.epochs=1000000", "training.snapshots=step")
    assert "makes 4,000,001 snapshots of this network; at most 1,000,001 fit" in problem.message
    assert the_problem(TEXT, *wide[:1], "training.epochs=9000").key == "training.epochs"
    assert experiment("{every: 10}", *wide[:1], "training.epochs=9000").snapshots == 901


def test_ensembles_and_effort_count_them():
    usual, stepwise, few = (experiment(kind, "training.epochs=200") for kind in ("epoch", "step", "{every: 50}"))
    assert stepwise.ensemble_bytes(8) / usual.ensemble_bytes(8) == 801 / 201
    assert few.ensemble_bytes(8) / usual.ensemble_bytes(8) == 5 / 201
    assert stepwise.effort > usual.effort > few.effort
    assert chunk_size(stepwise) < chunk_size(usual) < chunk_size(few)


def test_an_ensemble_that_is_too_large_with_steps_can_be_shown_with_epochs(monkeypatch):
    shown = ["seed={best_of: 4}", "animation.ensemble=members"]
    monkeypatch.setattr(experiment_kind, "MOST_ENSEMBLE_BYTES", experiment("epoch").ensemble_bytes(4))
    assert experiment("epoch", *shown).animation.ensemble == "members"
    (problem,) = problems(TEXT, *shown, "training.snapshots=step")
    assert "would fit, or fewer epochs or snapshots" in problem.message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("steps", "did you mean step?"),
        ("{every: 0}", "must be at least 1, got 0"),
        ("{every: 2, from: 3}", "unknown key"),
        ("{}", "is required"),
        ("50", "expected one of epoch, step, early or a mapping of keys, got the number 50"),
    ],
)
def test_wrong_snapshots_are_refused_with_what_may_be_written(value, message):
    (problem, *_) = problems(TEXT, f"training.snapshots={value}")
    assert problem.key.startswith("training.snapshots")
    assert message in problem.message


# ---------------------------------------------------------------- what is said of them


def test_the_words_for_the_picture_say_the_steps_where_the_film_counts_them():
    for kind, words in {"epoch": "after 5 epochs its", "step": "after 5 epochs (20 steps) its"}.items():
        e = experiment(kind)
        found = measure(e, train_alone(e, lambda *said: None))
        assert words in describe(e, found)
        assert (found["epoch"], found["step"]) == (5, 20)


def test_a_change_of_snapshots_is_told_as_one():
    before, after = (flat(experiment(kind).model_dump(mode="json")) for kind in ("step", "{every: 7}"))
    assert {key for key in {**before, **after} if before.get(key) != after.get(key)} == {"training.snapshots"}
    assert after["training.snapshots"] == {"every": 7}


def notices(*settings):
    return list(config.notices(config.loads(TEXT, "c.yaml", settings), Path()))


@pytest.mark.parametrize(
    ("every", "epochs", "frames", "right"),
    [(100, 500, 6, "{every: 4}"), (1000, 20, 2, "epoch"), (4, 5, 3, "early"), (60, 500, 10, None), (9, 0, 1, None)],
)
def test_snapshots_that_make_a_film_of_few_frames_are_told_before_the_training(every, epochs, frames, right):
    said = notices(f"training.epochs={epochs}", f"training.snapshots={{every: {every}}}")
    made = f"training.snapshots: {{every: {every}}} makes a film of {frames} frames; try training.snapshots: {right}"
    assert said == ([made] if right else [])
    assert right is None or notices(f"training.epochs={epochs}", f"training.snapshots={right}") == []


@pytest.mark.parametrize("setting", ["output.formats=[png, svg]", "animation.max_frames=5", "training.snapshots=epoch"])
def test_a_picture_and_a_film_that_is_to_be_short_are_told_nothing(setting):
    settings = ["training.epochs=500", "training.snapshots={every: 100}"]
    assert len(notices(*settings)) == 1
    assert notices(*settings, setting) == []
