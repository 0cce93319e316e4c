"""Which moments a film shows, how it counts them, and what is said where it is over too soon."""

import functools
import itertools
from pathlib import Path

import numpy as np
import pytest
from conftest import experiment, fake_recording
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.drawing.labels import LogTimeTicks, are_apart
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import THEMES, TICK, style
from relu_anim.drawing.words import text_width
from relu_anim.films import Film, make_figure
from relu_anim.films.motion import curves, looked_at, way
from relu_anim.films.timeline import timeline
from relu_anim.making.recordings import train_alone
from relu_anim.network import Network


def trained(e):
    return train_alone(e, lambda *said: None)


def filmed(*settings):
    e = experiment(*settings)
    return Film(e, [trained(member) for _, member in e.members])


# ---------------------------------------------------------------- the way of a curve


def noisy_way(distances, noise, points=50, seed=0):
    """Curves at these distances from the last one, which lies at 0, in one direction and with jitter around it."""
    random = np.random.default_rng(seed)
    return np.outer(distances, np.ones(points)) + noise * random.normal(size=(len(distances), points))


def test_a_curve_that_goes_straight_to_its_end_is_as_far_as_it_has_come():
    distances = np.linspace(1, 0, 201) ** 2
    assert np.abs(way(noisy_way(distances, 0)) - (1 - distances)).max() < 0.03


def test_jitter_is_no_way():
    """A curve that arrives early and then jitters for a long time has hardly any way left."""
    arrived = np.concatenate([np.linspace(1, 0, 21), np.zeros(600)])
    assert way(noisy_way(arrived, 0.01))[21] > 0.85
    raw = np.abs(np.diff(noisy_way(arrived, 0.01), axis=0)).mean(axis=1).cumsum()
    assert raw[21] / raw[-1] < 0.2  # of all motion, as it was measured before


def test_a_way_around_counts_too():
    """A curve that moves sideways, and ends no nearer to its end than it began until late, is shown on its way."""
    turn = np.linspace(0, np.pi, 101)  # along half a circle around the middle between start and end
    found = way(np.stack([np.cos(turn), np.sin(turn)], axis=1))
    assert 0.05 < found[25] < 0.5 < found[75]


@given(st.integers(1, 80), st.integers(0, 10**6))
def test_a_way_goes_from_0_to_1_and_never_back(length, seed):
    found = way(np.random.default_rng(seed).normal(size=(length, 7)).cumsum(axis=0))
    assert found.shape == (length,)
    assert (np.diff(found) >= -1e-12).all()
    assert found[0] == pytest.approx(0)
    assert found[-1] == pytest.approx(1 if length > 1 else 0)


def test_curves_are_seen_as_far_as_the_axis_reaches_and_classes_as_probabilities():
    e = experiment("target.domain=[-2, 2]")
    recording = fake_recording(e)
    recording.parameters[3], recording.parameters[4] = 1e30, np.nan
    found = curves(e, recording)
    assert np.isfinite(found).all()
    assert (found.min(), found.max()) == (-4, 8)  # x² goes from 0 to 4, and as far again is seen beyond
    e = experiment("target={dataset: circle}", "model.layer_sizes=[2, 4, 2]")
    found = curves(e, fake_recording(e)).reshape(13, -1, 2)
    assert found.sum(axis=2) == pytest.approx(1)
    e = experiment("target={dataset: circle}", "model.layer_sizes=[2, 4, 1]")
    recording = fake_recording(e)
    pairs = curves(e, recording).reshape(13, -1, 2)
    x = np.stack(np.meshgrid(*[np.linspace(*e.task.domain, 15)] * 2), axis=-1).reshape(-1, 2)
    outputs = Network(*e.shape).output(recording.parameters[5].astype(float), x)[:, 0]
    assert pairs[5, :, 1] == pytest.approx(1 / (1 + np.exp(-outputs)))


@pytest.mark.parametrize("snapshots", [1, 2, 900, 10_000, 25_001, 1_000_001])
def test_of_very_many_snapshots_some_are_looked_at_the_first_and_the_last_among_them(snapshots):
    found = looked_at(snapshots)
    assert (found[0], found[-1]) == (0, snapshots - 1)
    assert len(found) == snapshots if snapshots <= 10_000 else 5_000 < len(found) < 12_000
    assert np.array_equal(found[:1000], np.arange(min(snapshots, 1000)))
    assert np.diff(found).max(initial=0) <= 1 + snapshots / 10_000


def test_the_slowest_of_several_variants_is_not_drowned():
    """One jumps at once and jitters wildly, the other goes slowly: frames follow both."""
    e = experiment("training.epochs=200", "animation.max_frames=41", "animation.pacing=motion", f"variants={TWO}")
    fast, slow = fake_recording(e, 1), fake_recording(e, 2)
    random, (start, end) = np.random.default_rng(0), fast.parameters[[0, -1]].copy()
    share = np.minimum(np.arange(201) / 3, 1)[:, None]
    fast.parameters[:] = start + (end - start) * share + 0.02 * random.normal(size=fast.parameters.shape)
    start, end = slow.parameters[[0, -1]].copy()
    share = np.clip((np.arange(201) - 100) / 60, 0, 1)[:, None]
    slow.parameters[:] = start + (end - start) * share
    shown = timeline(e, [fast, slow])
    assert ((shown >= 100) & (shown <= 160)).sum() >= 12
    assert (shown <= 3).sum() >= 4


TWO = "[{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]"


@pytest.mark.parametrize("pacing", ["even", "log", "motion"])
@pytest.mark.parametrize("snapshots", ["epoch", "step", "early", "{every: 5}"])
def test_every_shown_moment_has_a_snapshot_the_first_and_the_last_among_them(pacing, snapshots):
    settings = [f"animation.pacing={pacing}", f"training.snapshots={snapshots}", "animation.max_frames=9"]
    e = experiment(*settings)
    recording = trained(e)
    shown = timeline(e, [recording])
    assert set(shown * e.steps) <= set(recording.step.tolist())
    assert (shown[0], shown[-1]) == (0, 12)
    assert len(shown) <= 9


def test_even_pacing_is_even_over_epochs_however_close_the_first_snapshots_are():
    e = experiment("training={epochs: 100, snapshots: early}", "animation.max_frames=11")
    shown = timeline(e, [trained(e)])
    assert np.abs(np.diff(shown) - 10).max() <= 1


def test_variants_with_other_steps_an_epoch_are_shown_at_the_same_moments():
    variants = "[{label: a, set: {training.batch_size: 640}}, {label: b, set: {training.batch_size: 1280}}]"
    f = filmed("training={epochs: 3, snapshots: step}", f"variants={variants}", "animation.max_frames=50")
    four, two = (scene.run.recording for scene in f.scenes)
    assert f.timeline.tolist() == [n / 4 for n in range(13)]
    assert four.step[f.scenes[0].run.shown].tolist() == list(range(13))
    assert two.step[f.scenes[1].run.shown].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]
    assert [word.text for word in f.shapes(5) if isinstance(word, Words)] == ["1.25"]
    assert "epoch" in [text.get_text() for text in f.figure.texts]


# ---------------------------------------------------------------- stamp and axes


@pytest.mark.parametrize(("snapshots", "word", "last"), [("epoch", "epoch", "12"), ("early", "step", "120")])
def test_the_stamp_counts_steps_where_the_film_shows_some(snapshots, word, last):
    f = filmed(f"training.snapshots={snapshots}", "animation.panels=[[prediction, loss]]", "animation.size=[600, 300]")
    assert word in [text.get_text() for text in f.figure.texts]
    moment, _ = (shape.text for shape in f.stamp.shapes(f.timeline[-1]))
    assert moment == last
    assert f.panels[1].panel.axes.get_xlabel() == word
    assert f.panels[1].panel.axes.get_xlim() == (0, int(last))


def test_a_variant_that_diverges_says_at_which_step_where_the_film_counts_those():
    rates = "[{label: a, set: {training.optimizer.lr: 0.01}}, {label: b, set: {training.optimizer.lr: 50}}]"
    f = filmed(f"variants={rates}", "training={epochs: 4, snapshots: step, on_divergence: keep}")
    stopped = f.scenes[1].run.recording
    assert f.scenes[1].look.stopped == f"stopped at step {stopped.step[-1]}"
    assert 0 < stopped.step[-1] < 10


def test_the_stamp_stays_where_it_is_while_the_numbers_grow():
    f = filmed("training.snapshots=step", "animation.max_frames=200")
    places = {(shape.x, shape.align) for moment in f.timeline for shape in f.stamp.shapes(moment)}
    assert len(places) == 2  # of the step and of the loss
    boxes = {text.get_text(): text.get_position() for text in f.figure.texts}
    assert {"step", "loss"} <= set(boxes)


def test_a_loss_within_an_epoch_stands_at_its_step():
    f = filmed("training={epochs: 2, snapshots: step}", "animation.panels=loss", "animation.max_frames=50")
    panel, recording = f.panels[0].panel, f.scenes[0].run.recording
    f.frame(7)
    assert panel.traces[0].curves.x.tolist() == recording.step[:8].tolist()
    assert panel.traces[0].curves.y[:, 0].tolist() == recording.loss[:8].tolist()
    assert panel.traces[0].dots[0].place == (7, recording.loss[7])


@pytest.mark.parametrize(
    ("pacing", "axis", "is_log"),
    [
        ("even", "auto", False),
        ("log", "auto", True),
        ("motion", "auto", True),
        ("even", "log", True),
        ("log", "linear", False),
    ],
)
@pytest.mark.parametrize("panel", ["loss", "gradients", "metrics", "accuracy"])
def test_the_axis_of_epochs_goes_with_the_pacing_unless_the_config_says_otherwise(panel, pacing, axis, is_log):
    e = experiment(
        "target={dataset: circle}",
        "model.layer_sizes=[2, 4, 1]",
        f"animation.panels={panel}",
        "animation.metrics=[loss, dead_units]",
        f"animation.pacing={pacing}",
        f"animation.epoch_axis={axis}",
    )
    f = Film(e, [fake_recording(e)])
    for axes in f.figure.axes:
        left, one, end = (axes.transData.transform((time, axes.get_ylim()[0]))[0] for time in (0, 1, 12))
        assert left == pytest.approx(axes.bbox.x0)
        assert end == pytest.approx(axes.bbox.x1)
        assert (one - left) / (end - left) == pytest.approx(np.log(2) / np.log(13) if is_log else 1 / 12)


def test_with_log_pacing_the_point_moves_evenly():
    e = experiment("training.epochs=5000", "animation={panels: loss, pacing: log, max_frames: 40, size: [600, 300]}")
    f = Film(e, [fake_recording(e)])
    axes = f.panels[0].panel.axes
    x = axes.transData.transform([(time, 1) for time in f.timeline])[:, 0]
    late = np.diff(x)[f.timeline[:-1] > 20]  # before, epochs lie further apart than frames
    assert late.max() < 1.5 * late.min()


@functools.cache
def film_of_loss(epochs):
    e = experiment(f"training.epochs={epochs}", "animation={panels: loss, pacing: log, size: [700, 300]}")
    return Film(e, [fake_recording(e)])


SOME_WIDTHS = [150, pytest.param(220, marks=pytest.mark.soak), pytest.param(400, marks=pytest.mark.soak), 900]


@pytest.mark.parametrize("epochs", [0, 1, 3, 12, 40, 500, 20_000, 1_000_000])
@pytest.mark.parametrize("width", SOME_WIDTHS)
def test_ticks_of_epochs_are_whole_numbers_from_0_on_that_stay_apart(epochs, width):
    f = film_of_loss(min(epochs, 500))
    axes = f.panels[0].panel.axes
    x0, y0, _, height = axes.get_position().bounds
    axes.set_position((x0, y0, width / 1000, height))
    f.figure.set_size_inches(10, 3)
    axes.set_xlim(0, epochs or 1)
    FigureCanvasAgg(f.figure).draw()
    ticks = axes.xaxis.get_major_ticks()
    texts = [tick.label1.get_text().replace("\u2009", "") for tick in ticks]
    assert texts[0] == "0"
    assert len(texts) >= 2
    assert [str(int(text)) for text in texts] == texts
    boxes = [tick.label1.get_window_extent() for tick in ticks]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


@pytest.mark.parametrize("width", [60, 90, 130])
@pytest.mark.parametrize("epochs", [30, 60, 95, 150, 500])
def test_a_narrow_axis_of_epochs_has_more_than_one_number_beside_0(width, epochs):
    with style(THEMES["light"]):
        figure = make_figure((width, 100), THEMES["light"])
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xscale("function", functions=(np.log1p, np.expm1))
        axes.set_xlim(0, epochs)
        axes.xaxis.set_major_locator(LogTimeTicks())
        ticks = axes.xaxis.get_majorticklocs()
    assert len(ticks) >= 3
    assert ticks[-1] > epochs / 10


def test_two_numbers_with_a_space_in_them_are_further_apart_than_others():
    near = (text_width("1\u2009000", TICK) + text_width("2\u2009000", TICK)) / 2 + 8
    assert are_apart(np.array([0, near]), ["1000", "2000"])
    assert not are_apart(np.array([0, near]), ["1\u2009000", "2\u2009000"])


# ---------------------------------------------------------------- a line of advice

JUMPS = """
target: {function: x**2, domain: [-5, 5]}
model: {layer_sizes: [1, 8, 1]}
training: {epochs: 40, optimizer: {name: sgd, lr: 0.01}}
animation: {size: [400, 300], max_frames: 41}
"""


def advice(*settings):
    e = config.loads(JUMPS, settings=settings)
    recording = fake_recording(e)
    start, end = recording.parameters[[0, -1]].copy()
    share = np.minimum(recording.epoch / 2, 1)[:, None]
    recording.parameters[:] = start + (end - start) * share
    return Film(e, [recording]).advice


def test_a_film_that_is_over_in_its_first_tenth_says_so_with_the_keys_that_help():
    over = "nine tenths of the change are over in the first 5 of 41 frames; try "
    assert advice() == f"{over}animation.pacing: motion and training.snapshots: early"
    assert advice("animation.pacing=motion") == f"{over}training.snapshots: early"
    assert advice("data.samples=256") == f"{over}animation.pacing: motion"
    assert advice("data.samples=256", "animation.pacing=motion") == f"{over}fewer animation.max_frames"


@pytest.mark.parametrize(
    "settings", [["training.epochs=0"], ["animation.max_frames=9"], ["animation.panels=[[loss], [loss]]"]]
)
def test_there_is_no_advice_where_nothing_moves_or_no_curve_is_shown(settings):
    assert advice(*settings) == ""


def test_a_slow_variant_is_worth_the_film():
    e = config.loads(JUMPS, settings=[f"variants={TWO}", "animation.size=[500, 300]"])
    fast, slow = fake_recording(e, 1), fake_recording(e, 2)
    fast.parameters[2:] = fast.parameters[-1]
    assert Film(e, [fast, slow]).advice == ""
    assert Film(e, [fast, fast]).advice != ""


def test_the_command_gives_the_advice_on_stderr_and_is_quiet_if_asked(here):
    Path("c.yaml").write_text(JUMPS.replace("8, 1]", "8, 8, 1], activation: identity").replace("0.01", "0.005"))
    said = CliRunner().invoke(app, ["run", "c.yaml", "--json"])
    (line,) = [line for line in said.stderr.splitlines() if "nine tenths" in line]
    assert line.startswith("c.yaml: nine tenths of the change are over in the first 5 of 41 frames; try ")
    assert "nine tenths" not in said.stdout
    again = CliRunner().invoke(app, ["run", "c.yaml", "--json", "-q", "--force"])
    assert (again.exit_code, again.stderr) == (0, "")
    better = ["-s", "animation.pacing=motion", "-s", "training.snapshots=step", "-o", "better.gif"]
    assert "nine tenths" not in CliRunner().invoke(app, ["run", "c.yaml", *better]).stderr
