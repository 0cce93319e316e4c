import dataclasses

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone

from relu_anim import config
from relu_anim.drawing.shapes import Lines, Points
from relu_anim.panels.activation_function import ActivationFunctionPanel
from relu_anim.panels.scenes import make_scenes


def build(scene, pair=0.0, **options):
    return alone(ActivationFunctionPanel, scene, pair=pair, finish=True, **options)


def with_weights(recording, *weights):
    """A recording whose first layer has no biases, and this weight everywhere: one for each snapshot, or one for all.
    Nine tenths of what goes into it lie between -4.5 and 4.5 times that."""
    parameters = recording.parameters.copy()
    recording.network.tensor(parameters, 0, "weight")[:] = np.reshape(weights, (-1, 1, 1))
    recording.network.tensor(parameters, 0, "bias")[:] = 0
    return dataclasses.replace(recording, parameters=parameters)


@pytest.fixture
def panel(experiment, fake_recording):
    def make(activation, pair=0.0, *settings, weights=(0.2,), **options):
        e = experiment(f"model.activation={activation}", *settings)
        recording = with_weights(fake_recording(e), *weights)
        return build(make_scenes(e, [recording], np.arange(8))[0], pair, **options)

    return make


def curve(panel):
    """x and y of the first function, which stands still unless it is learned."""
    return panel.axes.lines[0].get_data() if panel.axes.lines else drawn(panel, Lines)[1].points.T


@pytest.mark.parametrize(
    ("activation", "function"),
    [("relu", lambda x: np.maximum(x, 0)), ("tanh", np.tanh), ("'sign(x)*sqrt(abs(x))'", lambda x: x / abs(x) ** 0.5)],
)
def test_the_function_itself_is_drawn(panel, activation, function):
    x, y = curve(panel(activation))
    known = np.isfinite(y) & (x != 0)
    assert (x.min(), x.max()) == pytest.approx((-3, 3))
    assert y[known] == pytest.approx(function(x[known]), abs=1e-6)


def test_a_square_gives_the_same_for_a_number_and_its_negative(panel):
    p = panel("x**2", 2)
    (dots,) = drawn(p, Points)
    assert dots.points == pytest.approx(np.array([[-2, 4], [2, 4]]))
    joined = drawn(p, Lines)[-1]
    assert joined.points == pytest.approx(dots.points)
    assert p.axes.get_title(loc="left") == "f(−2) = f(2) = 4"


def test_a_relu_tells_a_number_from_its_negative(panel):
    p = panel("relu", 2)
    assert len(drawn(p, Lines)) == 1  # the bar: nothing is joined
    assert p.axes.get_title(loc="left") == "f(−2) = 0, f(2) = 2"


@pytest.mark.parametrize("function", ["sqrt(x)", "log(x)"])
def test_where_a_function_is_not_defined_is_shaded_and_named(panel, function):
    p = panel(f"'{function}'", 2)
    (shade,) = p.axes.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == pytest.approx((-3, 0), abs=0.01)
    assert [text.get_text() for text in p.axes.texts] == ["not defined"]
    (dots,) = drawn(p, Points)
    assert dots.x == pytest.approx([2])
    assert p.axes.get_title(loc="left") == "f(−2) is not defined"


def test_a_function_that_is_defined_everywhere_has_no_shade(panel):
    p = panel("tanh")
    assert len(p.axes.patches) == len(p.axes.texts) == len(drawn(p, Points)) == 0
    assert p.axes.get_title(loc="left") == ""


def test_the_bar_holds_nine_tenths_of_the_preactivations(experiment, fake_recording):
    e = experiment()
    p = build(make_scenes(e, [fake_recording(e)], np.arange(8))[0])
    run = p.scene.run
    weight, bias = (run.network.tensor(run.last.parameters.astype(float), 0, name) for name in ("weight", "bias"))
    z = np.linspace(-5, 5, 1001)[:, None] * weight[:, 0] + bias
    bar = drawn(p, Lines)[0]
    assert bar.x == pytest.approx(np.percentile(z, [5, 95]), abs=0.1)
    assert bar.y == pytest.approx(np.full(2, p.axes.get_ylim()[0]))


@pytest.mark.parametrize(
    ("first", "last", "reach"), [(0.2, 0.4, 3), (0.2, 1.9, 9), (1.9, 0.2, 9), (0.2, 10, 12), (np.nan, 0.2, 3)]
)
def test_the_axis_follows_the_bars_of_the_first_and_the_last_frame(panel, first, last, reach):
    assert panel("relu", weights=[first, *[0.1] * 6, last, *[20] * 5]).axes.get_xlim() == (-reach, reach)


def test_a_bar_that_goes_on_beyond_the_axis_ends_in_arrows(panel):
    p = panel("relu", weights=[0.2, 0.2, 3, *[0.2] * 4, 10, *[0.2] * 5])
    for moment, places in ((0, []), (2, [-12, 12]), (7, [-12, 12])):
        p.update([p.scene.run.recording[moment]])
        assert [arrow.x[0] for arrow in drawn(p, Points)] == pytest.approx(places)
    assert drawn(p, Lines)[0].x == pytest.approx([-12, 12])


def test_a_function_that_runs_away_does_not_flatten_the_others(panel):
    low, high = panel("exp(x**2)").axes.get_ylim()
    assert low > -3
    assert high < 9  # with room for the legend


def test_a_pair_far_out_is_shown(panel):
    assert panel("tanh", 10).axes.get_xlim() == (-15, 15)


def test_a_learned_slope_moves(panel):
    p = panel("prelu", 2)
    slopes = []
    for moment in (0, 7):
        snapshot = p.scene.run.recording[moment]
        p.update([snapshot])
        x, y = curve(p)
        slopes.append(y[0] / x[0])
        assert slopes[-1] == pytest.approx(p.scene.run.network.slopes(snapshot.parameters)[0], rel=1e-5)
        assert drawn(p, Points)[0].points[0] == pytest.approx([-2, -2 * slopes[-1]], rel=1e-5)
    assert slopes[0] != slopes[1]


def test_layers_with_different_functions_are_named_and_equal_ones_drawn_once(panel):
    sizes = "model.layer_sizes=[1, 2, 2, 2, 1]"
    p = panel("[tanh, relu, tanh]", 0.0, sizes)
    assert [text.get_text() for text in p.axes.get_legend().get_texts()][:2] == ["layer 1: tanh", "layer 2: ReLU"]
    assert len(p.axes.lines) == 2
    assert len(panel("prelu", 0.0, sizes).learned) == 3


def test_variants_share_their_ranges(fake_recording):
    e = config.loads(
        "target: {function: x}\nmodel: {layer_sizes: [1, 2, 1]}\ntraining: {epochs: 3}\n"
        "variants: [{label: a, set: {model.activation: tanh}}, {label: b, set: {model.activation: x**2}}]"
    )
    recordings = [fake_recording(member) for _, member in e.members]
    scenes = make_scenes(e, [recordings[0], with_weights(recordings[1], 1.9)], np.arange(4))
    first, second = map(build, scenes)
    assert first.axes.get_ylim() == second.axes.get_ylim()
    assert first.axes.get_xlim() == second.axes.get_xlim() == (-9, 9)
