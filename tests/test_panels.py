import itertools

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone
from helpers.sight import contrast, difference
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.drawing.curves import Curves
from relu_anim.drawing.ends import EndLabels
from relu_anim.drawing.labels import FixedTicks, NumberTicks, PositiveTicks
from relu_anim.drawing.points import dot_size
from relu_anim.drawing.ranges import range_over_run
from relu_anim.drawing.shapes import Lines, Points
from relu_anim.drawing.theme import THEMES
from relu_anim.figures.activation import Functions, unconnected
from relu_anim.panels import make_scenes, panel_class
from relu_anim.panels.axes import output_range


@pytest.fixture
def panel(experiment, fake_recording):
    def make(name, *settings, **options):
        e = experiment(*settings)
        recording = fake_recording(e, **options)
        (scene,) = make_scenes(e, [recording], np.arange(len(recording)))
        return alone(panel_class(name), scene), recording

    return make


def test_prediction_draws_the_networks_output(panel):
    p, recording = panel("prediction")
    p.update([recording[5]])
    (curve,) = drawn(p, Lines)
    network = p.scenes[0].run.network
    assert curve.y == pytest.approx(network.output(recording.parameters[5].astype(float), curve.x[:, None])[:, 0])
    assert (curve.x[0], curve.x[-1]) == pytest.approx((-5, 5))


def test_prediction_shows_the_target_dashed(panel):
    p, _ = panel("prediction")
    target = next(line for line in p.axes.lines if line.get_label() == "target")
    assert target.is_dashed()
    assert target.get_ydata() == pytest.approx(target.get_xdata() ** 2)


def test_training_points_are_shown_only_where_they_stay_the_same(panel):
    fresh, _ = panel("prediction")
    fixed, _ = panel("prediction", "data.resample=false", "data.samples=50", "data.noise=1.0")
    assert drawn(fresh, Points, fresh.scenes[0].look.theme.ink) == []
    (points,) = drawn(fixed, Points, fixed.scenes[0].look.theme.ink)
    assert points.points == pytest.approx(np.column_stack([fixed.scenes[0].run.points.x, fixed.scenes[0].run.points.y]))


def test_training_points_stand_above_curves_and_knots_with_an_outline(panel):
    for name in ("prediction", "layers", "contributions"):
        p, _ = panel(name, "data.resample=false", "data.samples=50")
        theme = (p.scenes[0] if name == "prediction" else p.scene).look.theme
        *_, last = (mark for mark in p.animated if not isinstance(mark, EndLabels))
        (points,) = last.shapes()
        assert (to_hex(points.fill), to_hex(points.edge.color)) == (theme.ink, theme.background)


@pytest.mark.parametrize("samples", [1, 30, 300, 10_000])
def test_training_points_can_be_seen_at_any_number(experiment, samples):
    task = experiment("data.resample=false", f"data.samples={samples}").task
    points = task.fixed_points()[0]
    wide, narrow = (dot_size(points, pixels) * 100 / 72 for pixels in (600, 150))
    assert 2.7 <= narrow <= wide <= 8
    assert wide >= 7 or samples > 30  # few are large
    assert wide <= 3 or samples < 1000  # of many, a curve of 3.5 pixels can be seen


def test_a_curve_is_seen_through_a_crowd_of_points(panel):
    p, _ = panel("prediction", "data.resample=false", "data.samples=3000", "animation.size=[300, 200]")
    points = next(shape for shape in p.points[0].shapes())
    assert (points.edge, points.snap) == (None, False)  # one layer, which does not get darker where they overlap
    ground, curve, ink = (np.array(to_rgb(color)) for color in ("white", THEMES["light"].output, points.fill[:3]))
    alone, over_curve = (to_hex((1 - points.fill[3]) * below + points.fill[3] * ink) for below in (ground, curve))
    assert contrast(alone, "white") >= 3
    assert difference(over_curve, alone) >= 20


def test_points_at_the_edge_are_whole_and_those_beyond_are_left_out(panel):
    p, _ = panel("prediction", "data.resample=false", "data.samples=50")
    marks = p.points[0]
    marks.points = np.array([[-5.0, 0.0], [5.0, 3.0], [5.2, 3.0], [0.0, 1e9]])
    (seen,) = drawn(p, Points, p.scenes[0].look.theme.ink)
    assert seen.points == pytest.approx(marks.points[:2])
    assert seen.shape.clip is None


def test_what_lies_outside_the_training_domain_is_shaded(panel):
    p, _ = panel("prediction", "animation.domain=[-8, 5]")
    (shade,) = p.axes.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (-8, -5)
    assert p.axes.get_xlim() == (-8, 5)


def test_layers_has_a_titled_row_for_each_stage(panel):
    p, _ = panel("layers")
    assert titles(p) == ["Linear 1→2", "ReLU", "Linear 2→1"]


def rows(panel):
    """The axes of a panel, from the top down, of which each has curves."""
    return list(dict.fromkeys(curve.axes for curve in drawn(panel, Lines)))


def titles(panel):
    return [axes.get_title(loc="left") for axes in rows(panel)]


def test_an_identity_activation_has_no_row_of_its_own(panel):
    p, _ = panel("layers", "model.layer_sizes=[1, 8, 8, 1]", "model.activation=identity")
    assert titles(p) == ["Linear 1→8", "Linear 8→8", "Linear 8→1"]


def test_layers_draws_every_units_curve(panel):
    p, recording = panel("layers")
    p.update([recording[3]])
    parameters = recording.parameters[3].astype(float)
    curves = drawn(p, Lines)
    (before, after), (output, _) = p.scene.run.network.forward(parameters, curves[0].x[:, None])
    expected = np.concatenate([before, after, output], axis=1).T
    for curve, values in zip(curves, expected, strict=True):
        assert curve.y == pytest.approx(values, abs=1e-9)


def test_a_unit_keeps_its_colour_and_line_style_through_the_rows(panel):
    p, _ = panel("layers", "model.layer_sizes=[1, 5, 1]")
    before, after, _ = ([curve.shape.pen for curve in drawn(p, Lines) if curve.axes is axes] for axes in rows(p))
    assert len({pen.color for pen in before}) == 5
    assert before == after


def test_two_units_never_share_both_colour_and_line_style():
    for theme in THEMES.values():
        looks = [(theme.unit_color(i), str(theme.unit_style(i))) for i in range(20)]
        assert len(set(looks)) == 20
        assert all(a[0] != b[0] and a[1] != b[1] for a, b in itertools.pairwise(looks))


def test_a_relu_shares_the_range_of_what_goes_into_it(panel):
    p, _ = panel("layers")
    assert rows(p)[0].get_ylim() == rows(p)[1].get_ylim()


def test_tanh_has_a_range_of_its_own(panel):
    p, _ = panel("layers", "model.activation=tanh")
    low, high = rows(p)[1].get_ylim()
    assert -1.2 < low < high < 1.2


def test_the_last_row_shows_the_target_dashed(panel):
    p, _ = panel("layers")
    (target,) = rows(p)[-1].lines
    assert target.is_dashed()


def test_loss_grows_up_to_the_shown_epoch(panel):
    p, recording = panel("loss")
    p.update([recording[4]])
    (line,), (dot,) = drawn(p, Lines), drawn(p, Points)
    assert line.x == pytest.approx([0, 1, 2, 3, 4])
    assert line.y == pytest.approx(recording.loss[:5])
    assert dot.points == pytest.approx(line.points[-1:])


def test_a_loss_that_falls_far_has_a_logarithmic_axis(panel):
    assert panel("loss", "training.epochs=100")[0].axes.get_yscale() == "log"
    assert panel("loss", "training.epochs=3")[0].axes.get_yscale() == "linear"


def test_the_loss_on_held_out_points_is_a_second_line(panel):
    p, recording = panel("loss", "data.resample=false", "data.test_fraction=0.25")
    p.update([recording[2]])
    test, training = drawn(p, Lines)
    assert test.y == pytest.approx(recording.test_loss[:3])
    assert training.y == pytest.approx(recording.loss[:3])
    assert (bool(test.shape.pen.dashes), bool(training.shape.pen.dashes)) == (True, False)


def test_held_out_points_are_hollow_beside_those_that_are_trained_on(panel):
    p, _ = panel("prediction", "data.resample=false", "data.samples=80", "data.test_fraction=0.25")
    theme = p.scenes[0].look.theme
    (filled,), (hollow,) = drawn(p, Points, theme.ink), drawn(p, Points, theme.background)
    assert len(filled.points) == 3 * len(hollow.points)
    assert to_hex(hollow.shape.edge.color) == theme.ink
    p.finish()
    handles = {handle.get_label(): handle for handle in p.axes.get_legend().legend_handles}
    assert handles["data"].get_markerfacecolor() == theme.ink
    assert handles["held out"].get_markerfacecolor() == theme.background


def test_a_few_wild_frames_do_not_set_the_range():
    low, high = np.full(200, -1.0), np.full(200, 1.0)
    high[:3] = 1e6
    assert range_over_run(low, high) == (-1, 1)


def test_the_last_frame_always_fits():
    low, high = np.full(200, -1.0), np.full(200, 1.0)
    high[-1] = 7
    assert range_over_run(low, high) == (-1, 7)


def test_outputs_far_from_the_target_do_not_flatten_it(experiment, fake_recording):
    e = experiment()
    recording = fake_recording(e)
    recording.parameters[:] *= 1000
    (scene,) = make_scenes(e, [recording], np.arange(len(recording)))
    low, high = output_range(scene, [np.array([0.0, 25.0])])
    assert -30 < low < 0
    assert 25 < high < 55


def test_a_range_in_the_config_is_taken_as_it_is(panel):
    assert panel("prediction", "animation.ylim=[-3, 40]")[0].axes.get_ylim() == (-3, 40)


# ---------------------------------------------------------------- figures of activation functions


def figure_axes(text):
    figure = config.loads("kind: activation\n" + text)
    axes = Figure().add_subplot()
    Functions(figure).draw(axes, THEMES["light"], None)
    return axes


def pieces(line):
    """The runs of a line between NaNs."""
    y = line.get_ydata()
    return [run for run in np.split(y, np.flatnonzero(np.isnan(y))) if np.isfinite(run).any()]


def test_the_derivative_of_relu_is_drawn_as_two_pieces():
    axes = figure_axes("functions: [relu]")
    derivative = next(line for line in axes.lines if "derivative" in line.get_label())
    left, right = pieces(derivative)
    assert np.nanmax(left) == 0
    assert np.nanmin(right) == 1


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "gelu", "silu", "softplus", "elu", "x**3"])
def test_a_smooth_derivative_is_one_piece(function):
    axes = figure_axes(f"functions: ['{function}']\ndomain: [-4, 4]")
    assert all(len(pieces(line)) == 1 for line in axes.lines)


def test_derivatives_reach_their_published_peaks():
    for name, peak in (("sigmoid", 0.25), ("tanh", 1.0)):
        line = figure_axes(f"functions: [{name}]").lines[1]
        assert np.nanmax(line.get_ydata()) == pytest.approx(peak, abs=1e-6)


def test_derivative_first_draws_only_the_first_ones():
    axes = figure_axes("functions: [tanh, 2*sigmoid(x) - 1]\nderivative: first")
    assert [line.get_label() for line in axes.lines] == ["tanh", "2*sigmoid(x) - 1", "derivative of tanh"]


def test_without_derivative_there_is_none():
    assert len(figure_axes("functions: [tanh, relu]\nderivative: false").lines) == 2


def test_a_jump_is_left_open_on_both_sides():
    x, y = unconnected(np.sign, (-1.0, 1.0))
    gap = np.flatnonzero(np.isnan(y))
    assert len(gap) == 1
    assert (y[gap[0] - 1], y[gap[0] + 1]) == (-1, 1)
    assert x[gap[0] + 1] - x[gap[0] - 1] < 1e-4


def test_a_curve_is_as_wide_as_matplotlibs_own_line():
    """Drawn by a Line2D of the same width, the same pixels are touched."""
    pictures = []
    for ours in (True, False):
        figure = Figure(figsize=(3, 2), dpi=100)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
        axes.axis("off")
        x, y = np.array([0.1, 0.4, 0.9]), np.array([0.2, 0.7, 0.5])
        if ours:
            Curves(axes, ["#0072b2", "#d55e00"], ["-", (0, (7, 2))]).move(x, np.column_stack([y, y - 0.1]))
        else:
            axes.plot(x, y, color="#0072b2", lw=2.5, solid_joinstyle="round", solid_capstyle="round")
            axes.plot(x, y - 0.1, color="#d55e00", lw=2.5, linestyle=(0, (7, 2)), dash_joinstyle="round")
        canvas.draw()
        pictures.append(np.asarray(canvas.buffer_rgba()).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 2


# ---------------------------------------------------------------- small panels


def ticks(locator, low, high, pixels, scale="linear"):
    """The ticks that are seen on a y axis of this many pixels."""
    axes = Figure(figsize=(3, pixels / 100), dpi=100).add_axes((0, 0, 1, 1), yscale=scale, ylim=(low, high))
    axes.yaxis.set_major_locator(locator)
    return pytest.approx([tick for tick in locator() if low <= tick <= high])


@pytest.mark.parametrize(
    ("pixels", "seen"), [(200, [1, 2, 5, 10, 20, 50]), (65, [1, 3, 10, 30]), (30, [1, 10]), (20, [1, 10])]
)
def test_a_lower_logarithmic_axis_has_fewer_ticks(pixels, seen):
    assert ticks(PositiveTicks(), 0.9, 60, pixels, "log") == seen


@pytest.mark.parametrize(("pixels", "seen"), [(200, [-5, -2.5, 0, 2.5, 5]), (45, [-5, 0, 5]), (30, [-5, 5])])
def test_a_lower_axis_has_fewer_round_numbers(pixels, seen):
    assert ticks(NumberTicks(5, steps=[1, 2, 2.5, 5, 10]), -5.5, 5.5, pixels) == seen


@pytest.mark.parametrize(("pixels", "seen"), [(200, [0, 0.25, 0.5, 0.75, 1]), (40, [0, 0.5, 1]), (20, [0, 1])])
def test_a_lower_axis_has_every_second_or_fourth_share(pixels, seen):
    assert ticks(FixedTicks([0, 0.25, 0.5, 0.75, 1]), -0.03, 1.03, pixels) == seen


@pytest.mark.parametrize(("size", "name", "has_names"), [((700, 500), "loss (MSE)", True), ((200, 150), "loss", False)])
def test_a_small_loss_has_a_short_name_and_names_no_lines(experiment, fake_recording, size, name, has_names):
    e = experiment("data.resample=false", "data.test_fraction=0.25")
    recording = fake_recording(e)
    p = alone(panel_class("loss"), *make_scenes(e, [recording], np.arange(len(recording))), pixels=size, finish=True)
    assert p.axes.get_ylabel() == name
    assert (p.ends is not None) == has_names
    assert p.axes.get_legend() is None
