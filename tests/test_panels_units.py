from dataclasses import dataclass

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from relu_anim import config
from relu_anim.drawing.raster import Cells
from relu_anim.drawing.shapes import Lines, Words
from relu_anim.drawing.theme import Theme
from relu_anim.drawing.words import ChangingText, cut
from relu_anim.panels.activation_map import ActivationMapPanel
from relu_anim.panels.contributions import ContributionsPanel
from relu_anim.panels.layers import LayersPanel
from relu_anim.panels.network import NetworkPanel
from relu_anim.panels.scenes import make_scenes
from relu_anim.panels.unit_grid import Rows
from relu_anim.panels.unit_states import Units, in_runs
from relu_anim.recording import Snapshot, stack
from relu_anim.words import Wording


def recording_of(*networks):
    """A recording of these flat parameters, one an epoch."""
    nan = float("nan")
    norms = np.ones(1, np.float32)
    return stack(  # no panel looks at the network of a recording
        None,
        (
            Snapshot(epoch, 10 * epoch, np.array(values, np.float32), 1.0, nan, norms, nan, nan)
            for epoch, values in enumerate(networks)
        ),
    )


def scene_of(experiment, recording):
    (scene,) = make_scenes(experiment, [recording], recording.step / experiment.steps)
    return scene


@pytest.fixture
def panel(experiment, fake_recording):
    def make(kind, *settings, **options):
        e = experiment(*settings)
        recording = fake_recording(e, **options)
        return alone(kind, scene_of(e, recording)), recording

    return make


# ---------------------------------------------------------------- contributions


def parts(panel):
    """The curves of a panel of contributions: the bias, the pieces, and the sum."""
    bias, *pieces, total = drawn(panel, Lines)
    return bias, pieces, total


def test_each_piece_is_a_units_weight_times_its_relu(panel):
    p, recording = panel(ContributionsPanel)
    p.update([recording[4]])
    w1, b1, w2 = recording.parameters[4].astype(float)[:6].reshape(3, 2)
    for unit, piece in enumerate(parts(p)[1]):
        expected = [w2[unit] * max(0.0, w1[unit] * x + b1[unit]) for x in piece.x]
        assert piece.y == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("activation", ["relu", "tanh", "identity", "prelu"])
def test_the_pieces_and_the_bias_add_up_to_the_sum(panel, activation):
    p, recording = panel(ContributionsPanel, "model.layer_sizes=[1, 4, 5, 1]", f"model.activation={activation}")
    p.update([recording[7]])
    bias, pieces, total = parts(p)
    assert len(pieces) == 5
    assert np.sum([piece.y for piece in pieces], axis=0) + bias.y[0] == pytest.approx(total.y, rel=1e-9, abs=1e-9)


def test_the_sum_is_the_output_before_its_activation(experiment):
    e = experiment("model.output_activation=relu", "model.layer_sizes=[1, 1, 1]")
    p = alone(ContributionsPanel, scene_of(e, recording := recording_of([1, 0, -2, 1])))
    p.update([recording[0]])
    total = parts(p)[-1]
    assert total.y == pytest.approx(1 - 2 * np.maximum(total.x, 0))
    assert total.y.min() == pytest.approx(-9)


def test_pieces_bend_exactly_where_their_units_switch(panel):
    p, recording = panel(ContributionsPanel)
    p.update([recording[4]])
    w1, b1 = recording.parameters[4].astype(float)[:4].reshape(2, 2)
    switches = [x for x in -b1 / w1 if -5 < x < 5]
    assert switches
    assert all(np.abs(piece.x - x).min() < 1e-12 for piece in parts(p)[1] for x in switches)


def test_the_bias_is_a_dotted_level_line(panel):
    p, recording = panel(ContributionsPanel)
    p.update([recording[4]])
    bias = parts(p)[0]
    assert bias.x == pytest.approx([-5, 5])
    assert bias.y == pytest.approx([recording.parameters[4][-1]] * 2)
    assert bias.shape.pen.dashes


def test_one_entry_of_the_legend_stands_for_all_pieces(panel):
    p, recording = panel(ContributionsPanel, "model.layer_sizes=[1, 9, 1]")
    p.update([recording[-1]])
    p.finish()
    assert [text.get_text() for text in p.axes.get_legend().get_texts()] == ["pieces", "bias", "sum", "target"]


def test_the_target_is_dashed_and_thinner_than_the_sum(panel):
    p, _ = panel(ContributionsPanel)
    (target,) = p.axes.lines
    assert target.is_dashed()
    assert target.get_linewidth() < p.sum.width / 2
    assert target.get_alpha() is None  # as visible as elsewhere
    assert target.get_ydata() == pytest.approx(target.get_xdata() ** 2)


def test_a_unit_looks_as_in_the_layers_panel(panel):
    p, _ = panel(ContributionsPanel, "model.layer_sizes=[1, 9, 1]")
    layers, _ = panel(LayersPanel, "model.layer_sizes=[1, 9, 1]")
    pens, own = ([line.shape.pen for line in lines[:9]] for lines in (parts(p)[1], drawn(layers, Lines)))
    assert [pen.color for pen in pens] == [pen.color for pen in own]
    for pen, other in zip(pens, own, strict=True):  # a dash is as long as its line is wide
        assert np.divide(pen.dashes, pen.width) == pytest.approx(np.divide(other.dashes, other.width))
    few, _ = panel(ContributionsPanel)
    assert parts(few)[1][0].shape.pen.width > pens[0].width


def test_the_range_holds_the_last_pieces_and_the_target_with_the_legend_above(panel):
    p, recording = panel(ContributionsPanel)
    p.update([recording[-1]])
    before = p.axes.get_ylim()
    p.finish()
    low, high = p.axes.get_ylim()
    values = np.concatenate([line.y for line in drawn(p, Lines)])
    assert low < values.min()
    assert before[1] > max(values.max(), 25)
    assert (low, high > before[1]) == (before[0], True)


def test_a_range_of_the_config_is_taken_as_it_is(panel):
    p, recording = panel(ContributionsPanel, "animation.ylim=[-3, 40]")
    p.update([recording[-1]])
    p.finish()
    assert p.axes.get_ylim() == (-3, 40)


def test_of_two_classes_the_sum_is_named_log_odds(fake_recording, tmp_path):
    rows = "".join(f"{x},{'yes' if x > 0 else 'no'}\n" for x in (-2, -1, 1, 2))
    (tmp_path / "points.csv").write_text("hours,passed\n" + rows)
    text = (
        "target: {csv: points.csv, domain: [-3, 3]}\nmodel: {layer_sizes: [1, 2, 1]}\ntraining: {epochs: 2, loss: bce}"
    )
    (tmp_path / "classes.yaml").write_text(text)
    e = config.load(tmp_path / "classes.yaml")
    p = alone(ContributionsPanel, scene_of(e, recording := fake_recording(e)))
    p.update([recording[1]])
    p.finish()
    assert (p.axes.get_xlabel(), p.axes.get_ylabel()) == ("hours", "log-odds")
    assert [text.get_text() for text in p.axes.get_legend().get_texts()] == ["pieces", "bias", "sum"]


VARIANTS = """
target: {function: x**2, domain: [-5, 5]}
model: {layer_sizes: [1, 3, 1]}
training: {epochs: 6}
animation: {size: [700, 400]}
variants:
  - {label: small, set: {seed: 1}}
  - {label: large, set: {seed: 2}}
"""


def test_variants_share_the_range_of_the_larger_one_and_one_legend(fake_recording):
    e = config.loads(VARIANTS)
    recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
    recordings[1].parameters[:] *= 3
    scenes = make_scenes(e, recordings, np.arange(7))
    panels = [alone(ContributionsPanel, scene) for scene in scenes]
    for p, recording in zip(panels, recordings, strict=True):
        p.update([recording[-1]])
        p.finish()
    assert panels[0].axes.get_ylim() == panels[1].axes.get_ylim()
    by_itself = alone(ContributionsPanel, scene_of(scenes[0].run.experiment, recordings[0])).axes.get_ylim()
    assert panels[0].axes.get_ylim()[0] < by_itself[0]
    assert min(piece.y.min() for piece in parts(panels[1])[1]) > panels[0].axes.get_ylim()[0]
    assert [p.axes.get_legend() is not None for p in panels] == [True, False]


# ---------------------------------------------------------------- activation map


@dataclass
class Seen:
    """The cells of an activation map, one for each row and column: RGB from 0 to 255, [rows, columns, 3]."""

    colors: np.ndarray
    theme: Theme

    @property
    def is_on(self):
        return ~self._in(self.theme.off, self.theme.muted)

    @property
    def is_dead(self):
        """Where a stripe of a dead unit is; the ends of the training domain are lines through all rows."""
        stripes = self._in(self.theme.muted)
        return stripes & ~stripes.all(axis=0)

    def _in(self, *colors):
        return np.any([(np.abs(self.colors - rgb(color)) < 1).all(axis=2) for color in colors], axis=0)


def rgb(color):
    return np.rint(255 * np.array(to_rgba(color)[:3]))


def cells(panel, scale=4):
    """What the panel shows, read from the middles of its cells in a large picture."""
    picture = next(panel.animated[0].shapes(scale))
    height, width = picture.cells.shape
    rows = ((panel.rows.positions + 0.5) / panel.rows.height * height).astype(int)
    columns = ((np.arange(len(panel.inputs.x)) + 0.5) / len(panel.inputs.x) * width).astype(int)
    return Seen(picture.palette[picture.cells[np.ix_(rows, columns)], :3].astype(float), panel.scene.look.theme)


def title(panel):
    """The words that count."""
    return next(one.shape.text for one in drawn(panel, Words))


def changes(panel):
    """The words that name who died or came back."""
    _, *words = (one.shape.text for one in drawn(panel, Words))
    return "".join(words).strip()


def key(panel):
    """What the legend says of each colour."""
    legend = panel.axes.get_legend()
    colors = [handle.get_facecolor() for handle in legend.legend_handles]
    return dict(zip([text.get_text() for text in legend.get_texts()], colors, strict=True))


def test_a_cell_is_on_where_the_preactivation_is_positive(panel):
    sizes = "model.layer_sizes=[1, 3, 2, 1]"
    p, recording = panel(ActivationMapPanel, sizes, "model.activation=leaky_relu", seed=1)
    p.update([recording[5]])
    values = recording.parameters[5].astype(float)
    w1, b1, w2, b2 = values[:3], values[3:6], values[6:12].reshape(2, 3), values[12:14]
    seen, seen_on = 0, cells(p).is_on
    for column, (x,) in enumerate(p.inputs.x):
        first = w1 * x + b1
        second = w2 @ np.where(first > 0, first, 0.01 * first) + b2
        assert seen_on[:, column].tolist() == [*(first > 0), *(second > 0)]
        seen += int((second > 0).sum())
    assert 0 < seen < 2 * len(p.inputs.x)


def test_the_columns_are_spread_over_what_is_shown(panel):
    p, _ = panel(ActivationMapPanel, "animation.domain=[-8, 6]")
    width = 14 / len(p.inputs.x)
    assert np.diff(p.inputs.x[:, 0]) == pytest.approx(width)
    assert (p.inputs.x[0, 0], p.inputs.x[-1, 0]) == pytest.approx((-8 + width / 2, 6 - width / 2))
    assert p.inputs.edges == pytest.approx([3 / 14, 13 / 14])


def two_units(experiment, *settings):
    """Unit 1 is on for x > 0 all along; unit 2, on for x > 2 at first, then only beyond 6, which is not learned."""
    e = experiment("animation.domain=[-8, 8]", *settings)
    recording = recording_of([1, 1, 0, -2, 1, 1, 0], [1, 1, 0, -6, 1, 1, 0])
    return alone(ActivationMapPanel, scene_of(e, recording)), recording


def test_dead_units_are_counted_and_hatched_wherever_they_are_off(experiment):
    p, recording = two_units(experiment)
    p.update([recording[0]])
    assert title(p) == "2 of 2 units on, 0 dead"
    assert not cells(p).is_dead.any()
    p.update([recording[1]])
    assert title(p) == "1 of 2 units on, 1 dead"
    x, theme = p.inputs.x[:, 0, None], p.scene.look.theme
    first, second = cells(p).colors
    inside = np.abs(np.abs(x[:, 0]) - 5) > 0.1  # a line stands where the training domain ends
    expected = np.where(x > 0, rgb(theme.unit_color(0)), rgb(theme.off))
    assert first[inside].tolist() == expected[inside].tolist()
    is_on = x[:, 0] > 6
    assert (second[is_on & inside] == rgb(theme.unit_color(1))).all()
    stripes = {tuple(color) for color in second[~is_on & inside].tolist()}
    assert stripes == {tuple(rgb(theme.off)), tuple(rgb(theme.muted))}


def test_units_of_other_activations_do_not_die(experiment):
    p, recording = two_units(experiment, "model.activation=leaky_relu")
    p.update([recording[1]])
    assert title(p) == "1 of 2 units on"
    assert not cells(p).is_dead.any()


def test_a_unit_that_dies_is_named_from_then_on(experiment):
    p, recording = two_units(experiment)
    assert [p.update([recording[k]]) or changes(p) for k in (0, 1)] == ["", "died: 2"]


def test_a_unit_that_comes_back_is_named_from_then_on(experiment):
    e = experiment("model.activation=leaky_relu")
    asleep, awake = [1, 1, 0, -6, 1, 1, 0], [1, 1, 0, -2, 1, 1, 0]
    recording = recording_of(asleep, awake, asleep, awake)
    p = alone(ActivationMapPanel, scene_of(e, recording))
    found = [p.update([recording[k]]) or changes(p) for k in range(4)]
    assert found == ["", "came back: 2", "off: 2", "came back: 2"]


def test_where_all_units_stay_as_they_are_no_line_is_kept_free(experiment):
    e = experiment()
    recording = recording_of([1, 1, 0, -2, 1, 1, 0], [1, 1, 0, -1, 1, 1, 0])
    p = alone(ActivationMapPanel, scene_of(e, recording))
    assert p.axes.get_title(loc="left") == "2 of 2 units on, 0 dead"


def test_units_of_several_layers_are_named_by_layer_and_number(experiment, fake_recording):
    e = experiment("model.layer_sizes=[1, 4, 4, 1]")
    units = Units(scene_of(e, fake_recording(e)).run)
    assert units.named(np.array([1, 0, 1, 1, 0, 1, 0, 0], bool)) == "layer 1: 1, 3, 4; layer 2: 2"


def test_three_units_in_a_row_are_named_as_one():
    assert in_runs([1, 3, 4, 6, 7, 8, 10]) == "1, 3, 4, 6–8, 10"
    assert in_runs([]) == ""


def test_a_key_says_what_the_colours_of_relu_units_mean(experiment):
    p, _ = two_units(experiment)
    p.finish()
    theme = p.scene.look.theme
    expected = {"on": theme.unit_color(0), "off": theme.off, "dead": theme.off}  # on which there are stripes
    assert key(p) == {word: to_rgba(color) for word, color in expected.items()}


def test_leaky_units_have_no_colour_for_the_dead(experiment):
    p, _ = two_units(experiment, "model.activation=leaky_relu")
    p.finish()
    assert list(key(p)) == ["on", "off"]


def test_tanh_units_are_coloured_by_their_value_on_one_scale_with_a_key(panel):
    p, recording = panel(ActivationMapPanel, "model.layer_sizes=[1, 3, 1]", "model.activation=tanh", seed=1)
    p.update([recording[5]])
    p.finish()
    values = recording.parameters[5].astype(float)
    activations = np.tanh(p.inputs.x * values[:3] + values[3:6]).T
    seen = cells(p).colors / 255
    assert list(key(p)) == ["value −1", "0", "1"]
    low, zero, high = (np.array(color[:3]) for color in key(p).values())
    assert np.abs(seen[activations < -0.95] - low).max() < 0.02
    assert np.abs(seen[activations > 0.95] - high).max() < 0.02
    assert np.abs(seen[(activations > 0.01) & (activations < 0.1)] - zero).max() < 0.02
    assert p.axes.get_title(loc="left") == "value of each unit"
    assert drawn(p, Words) == []


def test_sigmoid_units_are_coloured_from_zero_to_one(panel):
    p, _ = panel(ActivationMapPanel, "model.layer_sizes=[1, 3, 1]", "model.activation=sigmoid", seed=1)
    p.finish()
    assert list(key(p)) == ["value 0", "1"]


def test_layers_of_both_kinds_have_both_keys_and_only_units_that_switch_are_counted(panel):
    p, recording = panel(ActivationMapPanel, "model.layer_sizes=[1, 3, 2, 1]", "model.activation=[relu, tanh]", seed=1)
    p.update([recording[5]])
    p.finish()
    assert " of 3 units on" in title(p)
    assert list(key(p))[:3] == ["on", "off", "dead"]
    assert len(key(p)) == 6


def test_variants_share_the_scale_of_values(fake_recording):
    e = config.loads(
        "target: {function: x, domain: [0, 1]}\nmodel: {layer_sizes: [1, 3, 1], activation: softplus}\n"
        "training: {epochs: 3}\nvariants: [{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]"
    )
    scenes = make_scenes(e, [fake_recording(m, seed) for seed, (_, m) in enumerate(e.members)], np.arange(4))
    first, second = (alone(ActivationMapPanel, scene) for scene in scenes)
    assert first.values[1].tolist() == second.values[1].tolist()


def test_dead_is_who_is_off_at_every_training_point_shown_or_not(experiment, fake_recording):
    e = experiment("data.resample=false", "data.samples=12", "model.layer_sizes=[1, 40, 30, 1]")
    recording = fake_recording(e)
    recording.parameters[3, 40:80] -= 3
    p = alone(ActivationMapPanel, scene_of(e, recording))
    p.update([recording[3]])
    values = recording.parameters[3].astype(float)
    first = p.scene.run.points.x @ values[None, :40] + values[40:80]
    second = np.maximum(first, 0) @ values[80:1280].reshape(30, 40).T + values[1280:1310]
    dead = (first <= 0).all(axis=0).sum() + (second <= 0).all(axis=0).sum()
    grid = np.linspace(-5, 5, 1001)[:, None] * values[None, :40] + values[40:80]
    assert (first.max(axis=0) <= 0).sum() > (grid.max(axis=0) <= 0).sum()  # fewer are dead between the points
    assert title(p) == f"{70 - dead} of 70 units on, {dead} dead"


def test_the_count_is_laid_out_anew_only_when_it_changes(experiment, monkeypatch):
    p, recording = two_units(experiment)
    changes = []
    p.update([recording[0]])
    (words,) = (mark for mark in p.animated if isinstance(mark, ChangingText))
    monkeypatch.setattr(words.text, "set_text", changes.append)
    p.update([recording[0]])
    assert changes == []
    p.update([recording[1]])
    assert changes == ["1 of 2 units on, 1 dead\ndied: 2"]


POINTS = """
target: {dataset: spiral}
data: {classes: 3, samples: 450, resample: false}
model: {layer_sizes: [2, 6, 3]}
training: {loss: cross_entropy, epochs: 3}
"""


def test_of_several_inputs_at_most_200_training_points_are_shown_by_class(fake_recording):
    e = config.loads(POINTS)
    recording = fake_recording(e)
    p = alone(ActivationMapPanel, scene_of(e, recording))
    p.update([recording[2]])
    points = {tuple(x): int(y) for x, (y,) in zip(p.scene.run.points.x, p.scene.run.points.y, strict=True)}
    classes = [points[tuple(x)] for x in p.inputs.x]
    assert len(classes) == 200
    assert classes == sorted(classes)
    assert set(classes) == {0, 1, 2}
    assert p.inputs.breaks.tolist() == [classes.index(1), classes.index(2)]
    values = recording.parameters[2].astype(float)
    expected = p.inputs.x @ values[:12].reshape(6, 2).T + values[12:18] > 0
    assert cells(p).is_on.tolist() == expected.T.tolist()
    assert p.axes.get_xlabel() == "points, by class"
    assert [text.get_text() for text in p.axes.get_xticklabels()] == ["0", "1", "2"]


def test_few_units_have_their_number_and_their_colour(panel):
    p, recording = panel(ActivationMapPanel, "model.layer_sizes=[1, 3, 2, 1]", "model.activation=leaky_relu", seed=1)
    labels = [text.get_text().split()[-1] for text in p.axes.get_yticklabels()]
    assert labels == ["1", "2", "3", "1", "2"]
    p.update([recording[5]])
    seen = cells(p)
    assert seen.is_on.any(axis=1).sum() > 2
    for unit, (colors, is_on) in enumerate(zip(seen.colors, seen.is_on, strict=True)):  # no two share one
        assert (colors[is_on] == rgb(p.scene.look.theme.unit_color(unit))).all()


def test_many_units_are_labelled_by_layer(panel):
    p, _ = panel(ActivationMapPanel, "model.layer_sizes=[1, 60, 18, 1]")
    assert [text.get_text() for text in p.axes.get_yticklabels()] == ["layer 1", "layer 2"]


def test_labels_never_crowd():
    rows = Rows((3,) * 40, Wording({}))
    places = [place for place, _ in rows.labels(200)]
    assert len(places) > 3
    assert (np.diff(places) * 200 / rows.height).min() >= 14  # pixels that a line of text takes
    assert len(Rows((6, 5), Wording({})).labels(60)) == 2


def test_of_very_many_units_256_are_shown_and_the_axis_says_so(panel):
    p, recording = panel(ActivationMapPanel, "model.layer_sizes=[1, 300, 340, 1]", "training.epochs=1")
    p.update([recording[0]])
    assert len(cells(p).colors) == 256
    assert set(np.diff(p.rows.chosen)) == {2, 3}
    assert (p.rows.chosen[0], p.rows.chosen[-1]) == (0, 639)
    assert np.bincount(p.rows.layers).tolist() == [120, 136]
    assert p.axes.get_ylabel() == "256 of 640 units"
    assert " of 640 units on" in title(p)


def test_names_of_classes_are_cut_short_where_they_have_no_room():
    assert cut("setosa", 6) == "setosa"
    assert cut("setosa", 4) == "set…"
    assert cut("setosa", 0) == "s…"


@pytest.mark.parametrize("kind", [ContributionsPanel, ActivationMapPanel, NetworkPanel])
def test_huge_numbers_just_before_a_divergence_are_drawn_without_a_warning(experiment, kind):
    e = experiment("model.layer_sizes=[1, 1, 1, 1]")
    recording = recording_of([1, 1, 1, 1, 1, 1], [3e38] * 6)
    p = alone(kind, scene_of(e, recording))
    p.update([recording[1]])
    p.finish()
    FigureCanvasAgg(p.axes.figure).draw()


# ---------------------------------------------------------------- the cells


def cells_in(axes):
    cells = Cells(axes, ["#ffffff", "#000000", "#ff0000", "#00ff00", "#0000ff"])
    cells.arrange(np.array([0.0, 1.0, 2.5]), np.array([2]), [0.25])
    cells.move(np.array([[2, 3, 4, 2], [3, 3, 3, 3], [4, 4, 4, 2]], np.uint8))
    return cells


def test_each_pixel_has_the_colour_of_its_cell():
    figure = Figure(figsize=(4, 3.5), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    cells_in(axes)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())
    for row, y in enumerate((50, 150, 300)):  # row heights of 100 pixels, with a gap of 50 above the last
        colors = [picture[y, x, :3].argmax() for x in (50, 150, 250, 350)]
        assert colors == [[0, 1, 2, 0], [1, 1, 1, 1], [2, 2, 2, 0]][row]
    assert picture[225, 50].tolist() == [255] * 4  # between the layers
    assert picture[50, 200].tolist() == [255] * 4  # between the classes
    assert picture[50, 100].tolist() == [0, 0, 0, 255]  # the end of the training domain


class Foreign:
    """A renderer that Matplotlib would draw an SVG with, as far as cells see it: it takes pictures only as a whole."""

    def __init__(self, renderer):
        self.renderer = renderer

    def __getattr__(self, name):
        return getattr(self.renderer, name)


def test_a_renderer_that_is_not_agg_is_given_the_same_picture():
    pictures = []
    for is_foreign in (False, True):
        figure = Figure(figsize=(4, 3), dpi=100)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.7))
        renderer = canvas.get_renderer()
        cells_in(axes).draw(Foreign(renderer) if is_foreign else renderer)
        pictures.append(np.asarray(canvas.buffer_rgba()).copy())
    assert pictures[0].any()
    assert (pictures[0] == pictures[1]).all()
