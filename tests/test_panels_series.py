import dataclasses

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone, rooms
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.drawing import legends
from relu_anim.drawing.ends import EndLabels
from relu_anim.drawing.scales import fit_positive
from relu_anim.drawing.series import layer_colors, named_layers
from relu_anim.drawing.shapes import Lines, Points, Words
from relu_anim.drawing.theme import LINE_STYLES, THEMES, style
from relu_anim.facts import METRICS
from relu_anim.films import Film
from relu_anim.network import Network
from relu_anim.panels.accuracy import AccuracyPanel
from relu_anim.panels.gradients import GradientsPanel
from relu_anim.panels.loss import LossPanel
from relu_anim.panels.metrics import MetricsPanel
from relu_anim.panels.scenes import make_scenes


def finished(kind, *scenes, pixels=(700, 500)):
    """The panel as it looks at the end of a film."""
    return alone(kind, *scenes, pixels=pixels, finish=True)


def scene_of(experiment, recording, frames=None):
    (scene,) = make_scenes(experiment, [recording], np.arange(len(recording)) if frames is None else np.array(frames))
    return scene


def legend_texts(axes):
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def end_names(panel):
    """What lines are called at their ends, without the numbers."""
    assert panel.top.get_legend() is None
    return [one.shape.text.rpartition(" ")[0] for one in drawn(panel, Words)]


def curves(panel, *colors):
    """The values of all lines, [epochs, lines]."""
    return np.column_stack([line.y for line in drawn(panel, Lines, *colors)])


def colors_of(lines):
    return [line.shape.pen.color for line in lines]


def rgba(*colors):
    return [to_rgba(color) for color in colors]


def is_below_the_legend(axes, y):
    box = axes.get_legend().get_window_extent(FigureCanvasAgg(axes.figure).get_renderer())
    return axes.transData.transform((0, y))[1] < box.y0


def with_norms(recording, norms):
    return dataclasses.replace(recording, gradient_norms=np.array(norms, np.float32))


# ---------------------------------------------------------------- gradients


DEEP = ("model.layer_sizes=[1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]", "training.epochs=5")


@pytest.fixture
def deep(experiment, fake_recording):
    """Eleven layers, each with a tenth of the gradient of the one after it, which falls with the epochs."""
    e = experiment(*DEEP)
    norms = 10.0 ** (np.arange(11) - 10.0) / (1 + np.arange(6.0))[:, None]
    return scene_of(e, with_norms(fake_recording(e), norms))


def test_each_layers_norm_is_drawn_up_to_the_shown_epoch(deep):
    p = alone(GradientsPanel, deep)
    p.update([deep.run.recording[3]])
    norms = deep.run.recording.gradient_norms
    assert curves(p) == pytest.approx(norms[:4])
    assert all(line.x == pytest.approx(range(4)) for line in drawn(p, Lines))
    ends = np.concatenate([dot.points for dot in drawn(p, Points)])
    assert ends == pytest.approx(np.column_stack([np.full(11, 3), norms[3]]))


def test_zeros_and_what_is_no_number_are_gaps(experiment, fake_recording):
    e = experiment("training.epochs=3")
    norms = [[1, 2], [0, 3], [np.nan, np.inf], [2, 1]]
    scene = scene_of(e, with_norms(fake_recording(e), norms))
    p = finished(GradientsPanel, scene)
    assert np.isfinite(curves(p)).tolist() == [[True, True], [False, True], [False, False], [True, True]]
    FigureCanvasAgg(p.axes.figure).draw()


@pytest.mark.parametrize("norms", [[1, 1], [1e-3, 2e-3], [1e-30, 5.0], [1e-5, 1e3], [0, 0], [np.nan, np.nan]])
def test_the_axis_is_logarithmic_over_two_to_twelve_decades(experiment, fake_recording, norms):
    e = experiment("training.epochs=3")
    p = alone(GradientsPanel, scene_of(e, with_norms(fake_recording(e), [norms] * 4)))
    assert p.axes.get_yscale() == "log"
    low, high = p.axes.get_ylim()
    assert 1.3 < np.log10(high / low) <= 12 * 1.12 + 1e-6
    shown = [norm for norm in norms if norm > max(norms) * 1e-12]
    assert all(low < norm < high for norm in shown)


def test_the_ticks_are_powers_of_ten_without_mathematics(deep):
    p = finished(GradientsPanel, deep)
    FigureCanvasAgg(p.axes.figure).draw()
    texts = [text.get_text() for text in p.axes.get_yticklabels()]
    assert "10⁻⁹" in texts
    assert not any("$" in text for text in texts)


def test_eleven_layers_have_a_legend_of_six_with_the_first_and_the_last(deep):
    texts = legend_texts(finished(GradientsPanel, deep, pixels=(900, 500)).axes)
    assert texts == ["layer 1 (input side)", "3", "5", "7", "9", "11"]
    assert legend_texts(finished(GradientsPanel, deep, pixels=(350, 250)).axes) == ["layer 1", "11"]


@pytest.mark.parametrize("pixels", [(700, 500), (350, 250), (210, 250)])
def test_no_line_reaches_the_legend(deep, pixels):
    p = finished(GradientsPanel, deep, pixels=pixels)
    assert is_below_the_legend(p.axes, deep.run.recording.gradient_norms.max())
    legend = p.axes.get_legend().get_window_extent(FigureCanvasAgg(p.axes.figure).get_renderer())
    assert legend.y1 <= p.axes.bbox.y1 + 1


@pytest.mark.parametrize("pixels", [(700, 500), (260, 250)])
def test_variants_of_other_depths_share_one_range_also_where_their_legends_differ(fake_recording, pixels):
    e = config.loads(
        """
target: {function: x**2}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 3}
variants:
  - {label: flat, set: {model.activation: relu}}
  - {label: deep, set: {model.layer_sizes: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]}}
"""
    )
    norms = ([[1e-2, 1e-1]] * 4, [np.geomspace(1e-8, 3, 13)] * 4)
    recordings = [with_norms(fake_recording(member), rows) for (_, member), rows in zip(e.members, norms, strict=True)]
    scenes = make_scenes(e, recordings, np.arange(4))
    flat, deeper = (finished(GradientsPanel, scene, pixels=pixels) for scene in scenes)
    assert flat.axes.get_ylim() == deeper.axes.get_ylim()
    assert flat.axes.get_ylim()[0] < 1e-8
    assert legend_texts(flat.axes)[-1] == "2"
    assert legend_texts(deeper.axes)[-1] == "13"
    assert is_below_the_legend(deeper.axes, 3)


def test_a_legend_names_few_layers_evenly():
    assert named_layers(3, 6) == [0, 1, 2]
    assert named_layers(11, 6) == [0, 2, 4, 6, 8, 10]
    assert named_layers(101, 3) == [0, 50, 100]
    assert named_layers(1, 6) == [0]
    assert named_layers(0, 6) == []
    assert named_layers(10, 6) == [0, 3, 6, 9]


@pytest.mark.parametrize("most", [2, 3, 6, 19])
def test_a_choice_of_layers_has_the_first_and_the_last_and_equal_steps_before_it(most):
    for layers in range(2, 60):
        chosen = named_layers(layers, most)
        steps = np.diff(chosen)
        assert (chosen[0], chosen[-1]) == (0, layers - 1)
        assert len(chosen) <= most
        assert len(set(steps[:-1])) <= 1
        assert steps[0] <= steps[-1] < 2 * steps[0]


# ---------------------------------------------------------------- accuracy


CLASSES = """
target: {dataset: circle}
data: {resample: false, test_fraction: 0.25}
model: {layer_sizes: [2, 3, 1]}
training: {epochs: 9, loss: bce}
"""
VARIANTS = """
variants:
  - {label: tanh, set: {model.activation: tanh}}
  - {label: ReLU, set: {model.activation: relu}}
"""


def test_an_axis_of_accuracy_may_begin_higher_and_what_is_below_it_is_not_drawn(fake_recording):
    e = config.loads(CLASSES, settings=["animation.panels=[{accuracy: {above: 0.8}}]", "data.test_fraction=0"])
    scene = scene_of(e, fake_recording(e))
    panel = alone(AccuracyPanel, scene)
    assert panel.axes.get_ylim()[0] < 0
    panel = alone(AccuracyPanel, scene, above=0.8)
    assert panel.axes.get_ylim() == pytest.approx((0.794, 1.006))
    panel.update([scene.run.recording[0]])  # right for half of the points
    assert drawn(panel, Points) == []
    panel.update([scene.run.last])
    assert drawn(panel, Points)[0].y == pytest.approx([0.95])
    assert [tick for tick in panel.axes.get_yticks() if 0.8 <= tick <= 1] == pytest.approx([0.8, 0.85, 0.9, 0.95, 1])


def test_an_axis_of_accuracy_that_nothing_would_reach_begins_at_0(fake_recording):
    e = config.loads(CLASSES, settings=["data.test_fraction=0"])
    low, high = (
        dataclasses.replace(fake_recording(e), accuracy=np.full(e.training.epochs + 1, share)) for share in (0.4, 0.95)
    )
    starts = {0.3: 0.3, 0.4: 0, 0.8: 0}
    for above, start in starts.items():
        panel = alone(AccuracyPanel, scene_of(e, low), above=above)
        assert panel.axes.get_ylim()[0] == pytest.approx(start - 0.03 * (1 - start))
    both = make_scenes(config.loads(CLASSES + VARIANTS), [low, high], np.arange(2))
    assert alone(AccuracyPanel, *both, above=0.8).axes.get_ylim()[0] > 0.7  # overlaid: one of them can be seen
    for scene in both:
        assert alone(AccuracyPanel, scene, above=0.8).axes.get_ylim()[0] < 0


def test_accuracy_on_both_parts_grows_up_to_the_shown_epoch(fake_recording):
    e = config.loads(CLASSES)
    recording = fake_recording(e)
    p = alone(AccuracyPanel, scene_of(e, recording))
    p.update([recording[4]])
    test, training = drawn(p, Lines)
    for line, dot, values in zip(
        (test, training), drawn(p, Points), (recording.test_accuracy, recording.accuracy), strict=True
    ):
        assert line.y == pytest.approx(values[:5])
        assert dot.points[0] == pytest.approx((4, values[4]))
    assert not training.shape.pen.dashes
    assert test.shape.pen.dashes


def test_accuracy_is_shown_from_0_to_100_percent(fake_recording):
    e = config.loads(CLASSES)
    p = finished(AccuracyPanel, scene_of(e, fake_recording(e)))
    FigureCanvasAgg(p.axes.figure).draw()
    texts = [text.get_text().replace("\u2009", " ") for text in p.axes.get_yticklabels()]
    assert texts == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert end_names(p) == ["training", "test"]


def test_without_a_test_part_there_is_one_line_and_no_legend(fake_recording):
    e = config.loads(CLASSES, settings=["data.test_fraction=0"])
    p = finished(AccuracyPanel, scene_of(e, fake_recording(e)))
    assert len(drawn(p, Lines)) == 1
    assert p.axes.get_legend() is None


OTHER_LOSSES = "variants=[{label: a, set: {training.loss: mse}}, {label: b, set: {training.loss: %s, seed: 1}}]"


@pytest.mark.parametrize("arrange", ["columns", "overlay"])
@pytest.mark.parametrize(("other", "name"), [("mae", "loss"), ("mse", "loss (MSE)")])
def test_the_axis_of_variants_with_other_losses_names_none_of_them(experiment, fake_recording, arrange, other, name):
    e = experiment(OTHER_LOSSES % other, f"animation.arrange={arrange}", "animation.size=[700, 400]")
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(10))
    for shown in [scenes] if arrange == "overlay" else [[scene] for scene in scenes]:
        assert finished(LossPanel, *shown).axes.get_ylabel() == name


def test_overlaid_variants_have_their_colours_and_their_labels(fake_recording):
    e = config.loads(CLASSES + VARIANTS)
    scenes = make_scenes(e, [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)], np.arange(10))
    p = finished(AccuracyPanel, *scenes)
    colors = rgba(*(scene.look.color for scene in scenes))
    assert len(set(colors)) == 2
    lines = drawn(p, Lines)
    assert [colors_of(line for line in lines if bool(line.shape.pen.dashes) == held_out) for held_out in (0, 1)] == [
        colors,
        colors,
    ]
    assert end_names(p) == ["tanh", "tanh, test", "ReLU", "ReLU, test"]


@pytest.mark.parametrize("pixels", [(420, 300), (350, 250)])
def test_the_legend_stands_above_100_percent(fake_recording, pixels):
    e = config.loads(CLASSES + VARIANTS)
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(10))
    p = finished(AccuracyPanel, *scenes, pixels=pixels)
    assert is_below_the_legend(p.axes, 1)


# ---------------------------------------------------------------- metrics


def metrics(experiment, names, *settings):
    size = "animation.size=[400, 600]"
    return experiment(f"animation.metrics={list(names)}", "animation.panels=[metrics]", size, *settings)


def test_every_number_is_drawn_through_the_shown_frames_only(experiment, fake_recording):
    e = metrics(experiment, ["loss", "weight_norms"], "model.layer_sizes=[1, 4, 1]")
    recording = fake_recording(e)
    scene = scene_of(e, recording, [0, 4, 5, 12])
    p = alone(MetricsPanel, scene)
    p.update([recording[5]])
    loss, *norms = drawn(p, Lines)
    assert all(line.x == pytest.approx([0, 4, 5]) for line in (loss, *norms))
    assert loss.y == pytest.approx(recording.loss[[0, 4, 5]])
    values = recording.parameters[[0, 4, 5]].astype(float)
    expected = np.sqrt([(values[:, :4] ** 2).sum(axis=1), (values[:, 8:12] ** 2).sum(axis=1)]).T
    assert np.column_stack([line.y for line in norms]) == pytest.approx(expected)


def test_dead_units_are_counted_where_the_network_is_trained(experiment, fake_recording):
    e = metrics(experiment, ["dead_units"], "model.layer_sizes=[1, 9, 1]", "animation.domain=[-9, 9]")
    recording = fake_recording(e)
    p = finished(MetricsPanel, scene_of(e, recording))
    x = np.linspace(-5, 5, 1001)
    counts = []
    for values in recording.parameters.astype(float):
        before = np.outer(x, values[:9]) + values[9:18]
        counts.append((before.max(axis=0) <= 0).sum())
    assert max(counts) > 0
    assert curves(p)[:, 0] == pytest.approx(counts, abs=1e-9)


def test_knots_are_counted_where_the_network_is_trained_as_in_the_summary(experiment, fake_recording):
    e = metrics(experiment, ["knots"], "model.layer_sizes=[1, 9, 1]", "animation.domain=[-40, 40]")
    recording = fake_recording(e)
    p = finished(MetricsPanel, scene_of(e, recording))
    values = recording.parameters.astype(float)
    switches = np.abs(values[:, 9:18] / values[:, :9])
    assert (switches > 5).any()
    assert curves(p)[:, 0] == pytest.approx((switches < 5).sum(axis=1), abs=1e-9)


def test_each_layer_has_one_colour_in_all_plots_and_the_legend_says_which(experiment, fake_recording):
    e = metrics(experiment, ["loss", "dead_units", "gradient_norms"], "model.layer_sizes=[1, 3, 3, 3, 3, 1]")
    p = finished(MetricsPanel, scene_of(e, fake_recording(e)))
    theme = p.scenes[0].look.theme
    colors, dashed = layer_colors(theme, 5), (False, True, True, True, False)
    assert looks(p, "gradient norm") == list(zip(rgba(*colors), dashed, strict=True))
    assert looks(p, "dead units") == list(zip(rgba(*colors[:4]), dashed[:4], strict=True))
    assert looks(p, "loss") == [(to_rgba(theme.output), False)]
    assert legend_texts(p.top) == ["layer 1", "2", "3", "4", "5"]
    assert [line.get_color() for line in p.top.get_legend().get_lines()] == colors


def test_of_several_variants_markers_tell_whose_line_it_is_and_dashes_which_layer(experiment, fake_recording):
    two = "variants=[{label: tanh, set: {model.activation: tanh}}, {label: ReLU, set: {model.activation: relu}}]"
    e = metrics(experiment, ["gradient_norms"], "model.layer_sizes=[1, 3, 3, 1]", "animation.arrange=overlay", two)
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(4))
    p = finished(MetricsPanel, *scenes)
    p.update([scene.run.recording[2] for scene in scenes])
    activations = THEMES["light"].activations
    expected = rgba(*[activations["tanh"]] * 3, *[activations["relu"]] * 3)
    assert looks(p, "gradient norm") == list(zip(expected, (False, True, True) * 2, strict=True))
    corners = [np.ndim(dot.shape.outline) for dot in drawn(p, Points)]
    assert corners == [0, 0, 0, 2, 2, 2]  # circles, then squares
    assert [line.get_marker() for line in p.top.get_legend().get_lines()][:2] == ["o", "s"]


def plotted(panel, title):
    """The lines in the plot of this title."""
    return [line for line in drawn(panel, Lines) if line.axes.get_title(loc="left") == title]


def looks(panel, title):
    """Colour of each line, and whether it is dashed."""
    return [(line.shape.pen.color, bool(line.shape.pen.dashes)) for line in plotted(panel, title)]


def test_learned_slopes_keep_the_numbers_of_their_layers(experiment, fake_recording):
    sizes = "model.layer_sizes=[1, 3, 3, 3, 1]"
    e = metrics(experiment, ["slopes"], sizes, "model.activation=[relu, prelu, prelu]")
    recording = fake_recording(e)
    p = finished(MetricsPanel, scene_of(e, recording))
    slots = [slot.start for slot in Network(e.model.layer_sizes, e.model.activations).slots if slot.name == "slope"]
    assert curves(p) == pytest.approx(recording.parameters[:, slots])
    assert colors_of(drawn(p, Lines)) == rgba(*layer_colors(p.scenes[0].look.theme, 4)[1:3])
    assert end_names(p) == ["layer 2", "layer 3"]


SLOPES = """
target: {function: x**2}
model: {layer_sizes: [1, 3, 3, 1]}
training: {epochs: 4}
animation: {panels: [metrics], metrics: [slopes, gradient_norms], arrange: overlay}
variants:
  - {label: fixed, set: {model.activation: leaky_relu}}
  - {label: learned, set: {model.activation: prelu}}
"""


def test_of_overlaid_variants_colours_tell_who_and_dashes_which_layer(fake_recording):
    e = config.loads(SLOPES)
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(5))
    p = finished(MetricsPanel, *scenes, pixels=(900, 500))
    norms = plotted(p, "gradient norm")
    assert colors_of(norms) == [color for scene in scenes for color in rgba(scene.look.color) * 3]
    dashes = [line.shape.pen.dashes for line in norms]
    assert dashes[:3] == dashes[3:]
    assert len(set(dashes)) == 3
    assert [len(lengths) for lengths in dashes[:3]] == [0, *(len(style[1]) for style in LINE_STYLES[1:3])]
    slopes = plotted(p, "learned slope")
    assert colors_of(slopes) == rgba(scenes[1].look.color) * 2
    assert all(len(line.y) == 5 for line in slopes)
    assert legend_texts(p.top) == ["fixed", "learned", "layer 1", "2", "3"]
    FigureCanvasAgg(p.top.figure).draw()


def test_layers_of_overlaid_variants_that_have_the_same_dashes_are_one_entry(fake_recording):
    e = config.loads(SLOPES, settings=["model.layer_sizes=[1, 3, 3, 3, 3, 1]", "animation.metrics=[gradient_norms]"])
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(5))
    p = finished(MetricsPanel, *scenes, pixels=(900, 500))
    assert legend_texts(p.top) == ["fixed", "learned", "layer 1, 5", "2", "3", "4"]
    handles = p.top.get_legend().get_lines()[2:]
    assert len({str(handle._dash_pattern) for handle in handles}) == 4


@pytest.mark.parametrize("pattern", LINE_STYLES[1:])
@pytest.mark.parametrize("width", [1.6, 2.5])
def test_a_swatch_shows_two_periods_of_its_dashes(pattern, width):
    with style(THEMES["light"]):
        layout, (room,) = rooms()
        axes = room.add_axes()
        (line,) = axes.plot([0, 1], [0, 1], linestyle=pattern, linewidth=width, label="dashed")
        layout.arrange()
        legends.place(axes, room, [line], [(np.array([0.0]), np.array([0.0]))])
        FigureCanvasAgg(axes.figure).draw()
    (swatch,) = axes.get_legend().get_lines()
    pixels = np.ptp(swatch.get_transform().transform(swatch.get_xydata())[:, 0])
    assert pixels * 72 / 100 == pytest.approx(max(2 * sum(pattern[1]) * width, 20))


def test_a_legend_that_curves_leave_no_room_for_stands_below_where_the_range_is_fixed():
    layout, (room,) = rooms()
    axes = room.add_axes()
    layout.arrange()
    x = np.linspace(0, 1, 400)
    lines = [(x, np.full(400, height)) for height in np.linspace(0, 1, 40)]
    (line,) = axes.plot([0, 1], [0, 1], label="one")
    legends.place(axes, room, [line], lines, may_stretch=False)
    box = axes.get_legend().get_window_extent(FigureCanvasAgg(axes.figure).get_renderer())
    assert box.y1 < axes.bbox.y0


def texts_in(axes):
    return [text.get_text() for text in axes.texts]


def test_the_slope_at_which_prelu_starts_is_marked(fake_recording):
    e = config.loads(SLOPES)
    recordings = [fake_recording(member) for _, member in e.members]
    places = [slot.start for slot in Network(*e.members[1][1].shape).slots if slot.name == "slope"]
    recordings[1].parameters[0, places] = 0.25
    slopes, norms = finished(MetricsPanel, *make_scenes(e, recordings, np.arange(5))).plots
    assert texts_in(slopes) == ["start 0.25"]
    (mark,) = slopes.get_lines()
    assert set(mark.get_ydata()) == {0.25}
    assert texts_in(norms) == []


def test_slopes_that_start_apart_have_no_mark(fake_recording):
    e = config.loads(SLOPES)
    recordings = [fake_recording(member) for _, member in e.members]
    slopes, _ = finished(MetricsPanel, *make_scenes(e, recordings, np.arange(5))).plots
    assert texts_in(slopes) == []


def test_a_variant_without_a_line_is_not_named(fake_recording):
    e = config.loads(SLOPES, settings=["animation.metrics=[slopes]"])
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(5))
    assert end_names(finished(MetricsPanel, *scenes)) == ["learned, layer 1", "learned, layer 2"]


@pytest.mark.parametrize("pixels", [(700, 500), (350, 250)])
def test_a_legend_that_has_no_room_beside_the_title_stands_below(fake_recording, pixels):
    e = config.loads(SLOPES, settings=["animation.metrics=[gradient_norms]"])
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(5))
    p = finished(MetricsPanel, *scenes, pixels=pixels)
    canvas = FigureCanvasAgg(p.top.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    legend = p.top.get_legend().get_window_extent(renderer)
    if pixels == (700, 500):
        assert legend.y0 >= p.top.bbox.y1 - 1
        assert legend.x0 > p.titles[0].get_window_extent(renderer).x1
    else:
        assert legend.y1 <= p.top.xaxis.label.get_window_extent(renderer).y0
    assert 0 <= legend.x0 < legend.x1 <= pixels[0]
    assert legend.y0 >= 0


def test_plots_are_stacked_with_epochs_named_once(experiment, fake_recording):
    e = metrics(experiment, ["knots", "loss", "sparsity"])
    p = finished(MetricsPanel, scene_of(e, fake_recording(e)))
    assert [axes.get_title(loc="left") for axes in p.plots] == ["knots", "loss", "activations that are 0"]
    assert [axes.get_xlabel() for axes in p.plots] == ["", "", "epoch"]
    tops = [axes.get_position().y1 for axes in p.plots]
    assert tops == sorted(tops, reverse=True)
    assert p.top is p.plots[0]


@pytest.mark.parametrize("name", METRICS)
def test_a_plot_fits_what_it_shows(fake_recording, name):
    is_function = name in ("knots", "linear_regions", "slopes")
    text = "target: {function: x**2}\nmodel: {layer_sizes: [1, 4, 4, 1], activation: prelu}" if is_function else CLASSES
    e = config.loads(text, settings=[f"animation.metrics=[{name}]", "animation.panels=[metrics]", "training.epochs=6"])
    p = finished(MetricsPanel, scene_of(e, fake_recording(e)), pixels=(350, 250))
    (low, high), values = p.top.get_ylim(), curves(p)
    assert np.isfinite(values).all()
    assert low < values.min() <= values.max() < high
    FigureCanvasAgg(p.top.figure).draw()


def test_variants_side_by_side_share_their_ranges(fake_recording):
    more = "\nanimation: {panels: [metrics], metrics: [accuracy, weight_norms]}\n"
    e = config.loads(CLASSES + more + VARIANTS)
    recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
    recordings[1].parameters[:] *= 5
    panels = [finished(MetricsPanel, scene) for scene in make_scenes(e, recordings, np.arange(10))]
    ranges = [[axes.get_ylim() for axes in p.plots] for p in panels]
    assert ranges[0] == ranges[1]
    assert ranges[0][1][1] > np.max([line.y for line in plotted(panels[1], "weight norm")])


@pytest.mark.parametrize("values", [[1e-320, 1.0], [1.0, 1e300], [5e-324, 1e308], [1e300, 1e301]])
def test_losses_beyond_all_bounds_leave_an_axis_that_can_be_drawn(values):
    axes = Figure().add_subplot()
    fit_positive(axes, np.array(values))
    assert np.isfinite(axes.get_ylim()).all()
    FigureCanvasAgg(axes.figure).draw()


TWO = "target: {function: x**2}\nmodel: {layer_sizes: [1, 2, 1]}\ntraining: {epochs: 10}\n"


@pytest.mark.parametrize("width", [400, 480, 560])
def test_variants_in_columns_have_numbers_at_their_ends_all_or_none(fake_recording, width):
    panels = f"animation={{panels: [[loss], [metrics]], metrics: [loss], size: [{width}, 500]}}"
    experiment = config.loads(
        TWO, settings=[panels, "variants=[{label: a, set: {seed: 0}}, {label: b, set: {seed: 1}}]"]
    )
    recordings = [fake_recording(member) for _, member in experiment.members]
    recordings[1] = dataclasses.replace(
        recordings[1], loss=recordings[1].loss * np.float32(1e-7)
    )  # a wider number: 10⁻⁷
    film = Film(experiment, recordings)
    film.shapes(-1)
    for name in ("loss", "metrics"):
        ends = [[m for m in p.panel.animated if isinstance(m, EndLabels)] for p in film.panels if p.cell.name == name]
        assert len({len(found) for found in ends}) == 1
