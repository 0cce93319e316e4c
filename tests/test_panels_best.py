"""The best pieces in the panel `prediction`."""

import dataclasses

import numpy as np
import pytest
from helpers.pictures import alone

from relu_anim import config
from relu_anim.panels.prediction import PredictionPanel
from relu_anim.panels.scenes import make_scenes

VARIANTS = """
target: {function: x**2}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3}
variants:
  - {label: tanh, set: {model.activation: tanh}}
  - {label: ReLU, set: {model.activation: relu}}
"""


def build(scene, pixels=(700, 500)):
    return alone(PredictionPanel, scene, pixels=pixels, finish=True, best=True)


def best_line(panel):
    return next((line for line in panel.axes.lines if line.get_label() in ("best pieces", "best line")), None)


@pytest.fixture
def scene(experiment, fake_recording):
    e = experiment("model.layer_sizes=[1, 4, 1]")
    return make_scenes(e, [fake_recording(e)], np.arange(8))[0]


def test_there_are_as_many_pieces_as_the_network_has_in_the_last_frame(scene):
    parameters = scene.run.last.parameters.astype(float)
    weight, bias, out = parameters[:4], parameters[4:8], parameters[8:12]
    knots = -bias / weight
    inside = (np.abs(knots) < 5) & (out != 0)
    line = best_line(build(scene))
    assert len(line.get_xdata()) == inside.sum() + 2 > 2
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (-5, 5)


def test_its_error_stands_above_it_beside_the_networks(scene):
    pieces = len(best_line(build(scene)).get_xdata()) - 1
    x = np.linspace(-5, 5, 1001)[:, None]
    reached = np.mean((scene.run.network.output(scene.run.last.parameters.astype(float), x) - x**2) ** 2)
    assert scene.run.reached == pytest.approx(reached)
    assert scene.run.best.error == pytest.approx((10 / pieces) ** 4 / 180, rel=0.01)
    title = build(scene).axes.get_title(loc="left")
    assert title.startswith(f"best {pieces} pieces: mean squared error ")
    assert "; the network ends at " in title


def test_numbers_that_are_close_have_a_digit_more(experiment, fake_recording):
    e = experiment("model.layer_sizes=[1, 1]", "training.epochs=0")
    start = fake_recording(e)
    constant = dataclasses.replace(start, parameters=np.array([[0, 8.3]], np.float32))
    title = build(make_scenes(e, [constant], np.arange(1))[0]).axes.get_title(loc="left")
    assert title == "best line: mean squared error 55.8; the network ends at 55.8"  # 55.7777 and 55.7788
    constant = dataclasses.replace(start, parameters=np.array([[0, 9]], np.float32))
    title = build(make_scenes(e, [constant], np.arange(1))[0]).axes.get_title(loc="left")
    assert title == "best line: mean squared error 55.8; the network ends at 56.2"


def test_a_narrow_panel_says_it_in_fewer_words(scene):
    titles = [build(scene, (width, 300)).axes.get_title(loc="left") for width in (460, 420, 220, 120)]
    assert [title[:8].rstrip("0123456789,. ") for title in titles] == ["best 3 p", "MSE in t", "best MSE", ""]


def test_a_line_that_cannot_bend_is_held_to_the_best_line(experiment, fake_recording):
    e = experiment("model.activation=identity")
    panel = build(make_scenes(e, [fake_recording(e)], np.arange(8))[0])
    assert best_line(panel).get_ydata() == pytest.approx([25 / 3, 25 / 3], rel=0.01)
    assert "best line: mean squared error 56" in panel.axes.get_title(loc="left")


def test_of_data_the_best_pieces_are_held_to_the_training_points(experiment, fake_recording):
    e = experiment("target={dataset: cosine}", "model.layer_sizes=[1, 9, 1]")
    scene = make_scenes(e, [fake_recording(e)], np.arange(8))[0]
    line, (x, y) = best_line(build(scene)), (scene.run.points.x[:, 0], scene.run.points.y[:, 0])
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (pytest.approx(x.min()), pytest.approx(x.max()))
    assert scene.run.best.error == pytest.approx(np.mean((np.interp(x, *line.get_data()) - y) ** 2))


def test_a_variant_without_straight_pieces_has_no_best_ones(fake_recording):
    e = config.loads(VARIANTS, settings=["animation.panels=[{prediction: {best: true}}]"])
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(4))
    assert [best_line(build(scene)) is not None for scene in scenes] == [False, True]


def test_huge_numbers_just_before_a_divergence_are_drawn_without_a_warning(experiment, fake_recording):
    e = experiment("model.layer_sizes=[1, 4, 1]")
    recording = fake_recording(e)
    huge = dataclasses.replace(recording, parameters=recording.parameters * np.float32(1e30))
    panel = build(make_scenes(e, [huge], np.arange(8))[0])
    assert np.isfinite(best_line(panel).get_ydata()).all()


def test_unasked_there_is_none(scene):
    assert best_line(alone(PredictionPanel, scene)) is None
