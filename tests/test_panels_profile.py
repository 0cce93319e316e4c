import dataclasses
import itertools

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relu_anim import config
from relu_anim.drawing.scales import positive_range
from relu_anim.drawing.shapes import Lines, Points
from relu_anim.panels.profile import ProfilePanel
from relu_anim.panels.scenes import make_scenes

DEEP = ("model.layer_sizes=[1, 3, 4, 5, 1]", "training.epochs=5")


def build(*scenes, of="gradients", **options):
    return alone(ProfilePanel, *scenes, finish=True, of=of, **options)


def with_norms(recording, norms):
    return dataclasses.replace(recording, gradient_norms=np.array(norms, np.float32))


@pytest.fixture
def falling(experiment, fake_recording):
    """Four layers, each with a tenth of the gradient of the one after it, which falls with the epochs."""
    e = experiment(*DEEP)
    norms = 10.0 ** (np.arange(4) - 3.0) / (1 + np.arange(6.0))[:, None]
    (scene,) = make_scenes(e, [with_norms(fake_recording(e), norms)], np.arange(6))
    return scene


def now(panel):
    """The strong line: the widest."""
    return max(drawn(panel, Lines), key=lambda line: line.shape.pen.width)


def first(panel):
    (dashed,) = [line for line in drawn(panel, Lines) if line.shape.pen.dashes]
    return dashed


def test_each_layer_has_its_gradients_norm_at_the_shown_epoch(falling):
    panel = build(falling)
    panel.update([falling.run.recording[3]])
    assert now(panel).x == pytest.approx([1, 2, 3, 4])
    assert now(panel).y == pytest.approx(falling.run.recording.gradient_norms[3])
    (dots,) = drawn(panel, Points)
    assert dots.points == pytest.approx(now(panel).points)


def test_the_first_epoch_stays_behind_dashed_and_earlier_ones_faint(falling):
    panel = build(falling)
    panel.update([falling.run.recording[4]])
    norms = falling.run.recording.gradient_norms
    assert first(panel).y == pytest.approx(norms[0])
    (faint,) = [line for line in drawn(panel, Lines) if line.shape.pen.width < first(panel).shape.pen.width]
    assert np.array([line[:, 1] for line in faint.lines]) == pytest.approx(norms[1:5])


def test_nothing_is_behind_that_comes_later(falling):
    panel = build(falling)
    panel.update([falling.run.recording[0]])
    assert len(drawn(panel, Lines)) == 2  # now, and the first, which are the same
    assert first(panel).y == pytest.approx(now(panel).y)


def test_the_spread_of_activations_is_that_of_units_over_inputs(experiment, fake_recording):
    e = experiment(*DEEP, "model.activation=tanh")
    recording = fake_recording(e)
    (scene,) = make_scenes(e, [recording], np.arange(6))
    panel = build(scene, of="activations")
    panel.update([recording[2]])
    x, parameters, expected = np.linspace(-5, 5, 1001)[:, None], recording.parameters[2].astype(float), []
    for inputs, units in ((1, 3), (3, 4), (4, 5), (5, 1)):
        weight, parameters = parameters[: inputs * units].reshape(units, inputs), parameters[inputs * units :]
        bias, parameters = parameters[:units], parameters[units:]
        x = x @ weight.T + bias
        x = np.tanh(x) if units > 1 else x
        of_units = [np.sqrt(np.mean((column - column.mean()) ** 2)) for column in x.T]
        expected.append(np.sqrt(np.mean(np.square(of_units))))
    assert now(panel).y == pytest.approx(expected, rel=1e-5)


def test_units_that_are_the_same_at_all_inputs_have_no_spread(experiment, fake_recording):
    e = experiment()
    (scene,) = make_scenes(e, [fake_recording(e)], np.arange(3))
    biases_alone = np.array([0, 0, 1, 2, 3, 4, 5], float)
    assert scene.run.network.spreads(biases_alone, np.linspace(-1, 1, 9)[:, None]).tolist() == [0, 0]


@pytest.mark.parametrize("least", [0, 1e-30])
def test_a_layer_without_a_gradient_worth_drawing_has_an_arrow_at_the_foot_and_a_note(
    experiment, fake_recording, least
):
    e = experiment("model.layer_sizes=[1, 2, 2, 1]", "training.epochs=1")
    norms = [[1, 100, 2], [least, 300, 3]]
    (scene,) = make_scenes(e, [with_norms(fake_recording(e), norms)], np.arange(2))
    panel = build(scene)
    dots, arrow = drawn(panel, Points)
    assert dots.x[dots.y > panel.axes.get_ylim()[0]] == pytest.approx([2, 3])
    assert arrow.x == pytest.approx([1])
    assert 0 < arrow.shape.places[0, 1] - panel.axes.bbox.y0 < 0.1 * panel.axes.bbox.height
    assert panel.axes.get_legend().get_texts()[-1].get_text() == "0 or too small"
    panel.update([scene.run.recording[0]])
    assert len(drawn(panel, Points)) == 1


def test_a_profile_that_is_whole_has_no_note(falling):
    texts = [text.get_text() for text in build(falling).axes.get_legend().get_texts()]
    assert texts == ["now", "untrained"]


@pytest.mark.parametrize(("norms", "scale"), [([1, 5], "linear"), ([1e-3, 5], "log"), ([1e-30, 5], "log")])
def test_the_axis_is_logarithmic_where_norms_are_far_apart(experiment, fake_recording, norms, scale):
    e = experiment("training.epochs=1")
    panel = build(*make_scenes(e, [with_norms(fake_recording(e), [norms] * 2)], np.arange(2)))
    assert panel.axes.get_yscale() == scale
    low, high = panel.axes.get_ylim()
    assert low < 5 < high
    assert low >= 0 or scale == "linear"
    assert scale == "linear" or high / low < 1e18


@pytest.mark.parametrize("norms", [[0, 0], [np.nan, np.nan]])
def test_a_film_without_any_gradient_is_empty(experiment, fake_recording, norms):
    e = experiment("training.epochs=1")
    panel = build(*make_scenes(e, [with_norms(fake_recording(e), [norms] * 2)], np.arange(2)))
    assert not np.isfinite(now(panel).y).any()
    assert len(positive_range([np.array(norms, float)])) == 0


def test_layers_are_numbered_and_the_last_is_the_output(falling):
    axes = build(falling).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "3", "output"]


@pytest.mark.parametrize("width", [240, 300, 400, 560, 900])
@pytest.mark.parametrize("layers", [3, 6, 11, 12, 33])
def test_as_many_layers_are_named_in_equal_steps_as_have_room(experiment, fake_recording, layers, width):
    e = experiment(f"model.layer_sizes={[1] * (layers + 1)}", "training.epochs=1")
    panel = build(*make_scenes(e, [fake_recording(e)], np.arange(2)), pixels=(width, 200))
    FigureCanvasAgg(panel.axes.figure).draw()
    labels = panel.axes.get_xticklabels()
    boxes = [label.get_window_extent() for label in labels]
    assert all(right.x0 - left.x1 > 4 for left, right in itertools.pairwise(boxes))
    assert (labels[0].get_text(), labels[-1].get_text()) == ("1", "output")
    numbers = np.array([int(label.get_text()) for label in labels[:-1]])
    assert len(set(np.diff(numbers))) <= 1
    assert len(labels) == layers or boxes[-1].x1 - boxes[0].x0 < len(labels) * 75


TWO = """
target: {function: x**2}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 3}
variants:
  - {label: flat, set: {model.activation: tanh}}
  - {label: deep, set: {model.layer_sizes: [1, 2, 2, 2, 1]}}
"""


def test_overlaid_variants_share_the_axes_of_the_deepest_and_differ_in_colour_and_marker(fake_recording):
    e = config.loads(TWO)
    norms = ([[0.1, 0.2]] * 4, [np.geomspace(1e-8, 3, 4)] * 4)
    recordings = [with_norms(fake_recording(member), rows) for (_, member), rows in zip(e.members, norms, strict=True)]
    panel = build(*make_scenes(e, recordings, np.arange(4)))
    assert [text.get_text() for text in panel.axes.get_xticklabels()] == ["1", "2", "3", "4"]
    assert panel.axes.get_ylim()[0] < 1e-8
    dots = drawn(panel, Points)
    assert all(dot.y == pytest.approx(rows[0]) for dot, rows in zip(dots, norms, strict=True))
    assert dots[0].shape.fill != dots[1].shape.fill
    assert np.ndim(dots[0].shape.outline) != np.ndim(dots[1].shape.outline)  # a circle and a polygon
    assert [text.get_text() for text in panel.axes.get_legend().get_texts()] == ["flat", "deep", "untrained"]
