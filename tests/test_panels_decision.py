import itertools

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb, to_rgba

from relu_anim import config
from relu_anim.drawing.bands import Stretch
from relu_anim.drawing.shapes import Lines, Picture, Points
from relu_anim.drawing.strokes import Strokes
from relu_anim.drawing.theme import DPI, THEMES, style
from relu_anim.films import make_figure
from relu_anim.panels import make_scenes
from relu_anim.panels.answers import number_range, outputs
from relu_anim.panels.decision import MOST_REGIONS, DecisionPanel, across_rectangle, switching_lines
from relu_anim.targets import plane_grid

CIRCLE = ("target={dataset: circle}", "model.layer_sizes=[2, 8, 1]")
THREE = ("target={dataset: gauss}", "data={classes: 3}", "model.layer_sizes=[2, 8, 3]")
SADDLE = ("target={function: x*y/4, domain: [-4, 4]}", "model.layer_sizes=[2, 8, 1]")


@pytest.fixture
def shown(experiment, fake_recording):
    """A panel in a laid-out figure that shows the last snapshot, the parameters there, and the canvas."""

    def make(*settings, size=(420, 320), change=lambda parameters: None):
        e = experiment(*settings)
        recording = fake_recording(e, seed=3)
        change(recording.parameters)
        theme = THEMES[e.animation.theme]
        with style(theme):
            scenes = make_scenes(e, [recording], np.arange(len(recording)))
            panel = alone(DecisionPanel, *scenes, pixels=size, finish=True)
            canvas = FigureCanvasAgg(panel.axes.figure)
            canvas.draw()
        return panel, recording.parameters[-1].astype(float), canvas

    return make


def map_of(panel):
    """The pixels of the map alone, and the points (x, y) at their centres: [n, 3] and [n, 2]."""
    picture = drawn(panel, Picture)[0].shape
    rows, columns = np.indices(picture.cells.shape).reshape(2, -1)
    places = np.column_stack([picture.left + columns + 0.5, picture.bottom + len(picture.cells) - rows - 0.5])
    pixels = picture.palette[picture.cells[rows, columns], :3].astype(int)
    return pixels, panel.axes.transData.inverted().transform(places)


def dashed(panel):
    """The dashed lines."""
    return [line for lines in drawn(panel, Lines) if lines.shape.pen.dashes for line in lines.lines]


def test_huge_logits_just_before_a_divergence_are_drawn_without_a_warning(shown):
    def grow(parameters):
        parameters[:] = 1e38 * np.sign(parameters)

    settings = ("target={dataset: moons}", "model={layer_sizes: [2, 6, 2], activation: tanh}")
    panel, _, _ = shown(*settings, change=grow)
    assert len(np.unique(map_of(panel)[0], axis=0)) > 1


FIRST, LATER, BOUNDARY = 0.7, 0.4, 2.4  # points, in a large map


def lines(panel, width):
    """The lines at which units switch, or those between classes."""
    scale = panel.boundary.width / BOUNDARY
    found = [lines for lines in drawn(panel, Lines) if lines.shape.pen.width * 72 / DPI == pytest.approx(width * scale)]
    return [line for lines in found if not lines.shape.pen.dashes for line in lines.lines]


def marks(panel):
    """The points that are drawn, those of each look together."""
    return drawn(panel, Points)


def relu_network(parameters, sizes, points):
    """The output [n, outputs], written out."""
    signal, start = points, 0
    for number, (a, b) in enumerate(itertools.pairwise(sizes)):
        weight, bias = parameters[start : start + a * b].reshape(b, a), parameters[start + a * b : start + a * b + b]
        signal = np.einsum("ni,oi->no", signal, weight) + bias
        start += a * b + b
        if number < len(sizes) - 2:
            signal = np.maximum(signal, 0)
    return signal


def blend(theme, colors, shares):
    """Colours [n, 3], from 0 to 255, with these shares [n] of a colour each, or of one, over the background."""
    ink, ground = np.array([to_rgb(color) for color in np.atleast_1d(colors)]), np.array(to_rgb(theme.background))
    return np.rint(255 * (ground + np.reshape(shares, (-1, 1)) * (ink - ground)))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# ---------------------------------------------------------------- the map


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_pixel_has_the_colour_of_the_networks_probability_there(shown, theme):
    panel, parameters, _ = shown(*CIRCLE, f"animation.theme={theme}")
    pixels, points = map_of(panel)
    assert len(pixels) == pytest.approx(panel.axes.bbox.width * panel.axes.bbox.height, rel=0.01)
    probability = sigmoid(relu_network(parameters, (2, 8, 1), points))[:, 0]
    sure = np.maximum(probability, 1 - probability)
    shares = 0.1 + 0.1 * np.floor(10 * sure - 5).clip(0, 4)
    first, second = (blend(THEMES[theme], color, shares) for color in THEMES[theme].classes[:2])
    is_equal = (np.abs(pixels - np.where(probability[:, None] < 0.5, first, second)) <= 1).all(axis=1)
    near = np.abs(probability[:, None] - np.arange(0.1, 1, 0.1)).min(axis=1) < 0.03
    assert is_equal.mean() > 0.97
    assert is_equal[~near].mean() > 0.999
    assert len(np.unique(pixels, axis=0)) == 10


def test_of_several_classes_the_most_likely_one_gives_the_colour(shown):
    panel, parameters, _ = shown(*THREE)
    pixels, points = map_of(panel)
    logits = relu_network(parameters, (2, 8, 3), points)
    probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    top = np.sort(probability, axis=1)
    shares = 0.1 + 0.08 * np.floor(10 * top[:, -1] - 4).clip(0, 5)
    each = np.array([blend(THEMES["light"], color, shares) for color in THEMES["light"].classes])
    is_equal = (np.abs(pixels - each[probability.argmax(axis=1), range(len(shares))]) <= 1).all(axis=1)
    far = np.abs(top[:, -1:] - np.arange(0.5, 1, 0.1)).min(axis=1) > 0.04
    far &= top[:, -1] - top[:, -2] > 0.2
    assert far.mean() > 0.3
    assert is_equal[far].mean() > 0.999
    assert len(set(probability.argmax(axis=1))) == 3


def test_two_logits_are_one_difference(shown):
    """A bias added to both of two logits changes nothing; the map is that of one logit."""
    one, parameters, _ = shown(*CIRCLE)
    pixels = map_of(one)[0]
    both = np.concatenate([parameters[:24], -parameters[24:32] / 2, parameters[24:32] / 2])
    both = np.append(both, [5 - parameters[32] / 2, 5 + parameters[32] / 2])

    def change(rows):
        rows[-1] = both

    two, _, _ = shown(CIRCLE[0], "model.layer_sizes=[2, 8, 2]", "training.loss=cross_entropy", change=change)
    assert (map_of(two)[0] == pixels).mean() > 0.999


def test_a_sigmoid_output_gives_the_same_map_as_its_logit(shown):
    maps = [map_of(shown(*CIRCLE, f"model.output_activation={name}")[0])[0] for name in ("identity", "sigmoid")]
    assert np.array_equal(*maps)


def test_a_number_has_the_colour_that_the_scale_shows_for_it(shown):
    panel, parameters, _ = shown(*SADDLE, "animation.ylim=[-6, 6]")
    scale = panel.room.bar
    (image,) = scale.get_images()
    low, high = image.get_extent()[2:]
    assert (low, high) == (-6, 6)
    strip = np.rint(255 * image.get_array()[:, 0])
    pixels, points = map_of(panel)
    place = (relu_network(parameters, (2, 8, 1), points)[:, 0] - low) / (high - low) * len(strip)
    wanted = strip[np.clip(np.floor(place), 0, len(strip) - 1).astype(int)]
    far = (np.abs(place - np.rint(place)) > 0.1) | (place < 0) | (place > len(strip))
    assert (np.abs(pixels - wanted).max(axis=1) <= 1)[far].mean() > 0.999
    assert [color[0] < color[2] for color in strip] == [False] * (len(strip) // 2) + [True] * (len(strip) // 2)


def test_a_standardised_number_to_learn_is_mapped_in_its_own_unit(experiment, fake_recording):
    target = "target={function: x*y, domain: [[-1, 1], [0, 100]]}"
    e = experiment(target, "model.layer_sizes=[2, 8, 1]", "data.standardize=true")
    recording, grid = fake_recording(e, seed=3), plane_grid(((-1.0, 1.0), (0.0, 100.0)), 9)
    (scene,) = make_scenes(e, [recording], np.arange(len(recording)))
    found = outputs(scene.run, recording.parameters[-1], grid)
    expected = recording.network.output(recording.parameters[-1], grid)
    assert np.ptp(expected) > 10
    assert found.ravel() == pytest.approx(expected.ravel(), rel=1e-4, abs=1e-3)


def test_standardised_inputs_of_two_scales_fill_the_map_and_bend_where_the_units_switch(shown):
    target = "target={function: x/40 + y, domain: [[100, 200], [0, 1]]}"
    panel, parameters, _ = shown(target, "model.layer_sizes=[2, 8, 1]", "data.standardize=true")
    _, points = map_of(panel)
    np.testing.assert_allclose(points.min(axis=0), (100, 0), atol=0.5)
    np.testing.assert_allclose(points.max(axis=0), (200, 1), atol=0.5)
    along, across = np.linspace(100, 200, 51), np.linspace(0, 1, 51)
    scale = (along.std(), across.std())
    weight, bias = parameters[:16].reshape(8, 2) / scale, parameters[16:24]
    switching = (np.array(lines(panel, FIRST)) - (150, 0.5)) @ weight.T + bias
    assert len(switching) > 3
    assert np.abs(switching).min(axis=2).max() < 1e-9
    pixels, points = map_of(panel)
    expected = relu_network(parameters, (2, 8, 1), (points - (150, 0.5)) / scale)[:, 0]
    by_color = [expected[(pixels == color).all(axis=1)] for color in np.unique(pixels, axis=0)]
    ranges = sorted((values.min(), values.max()) for values in by_color)  # each colour is a band of values
    assert len(ranges) > 2
    assert all(high <= low + 0.02 * np.ptp(expected) for (_, high), (low, _) in itertools.pairwise(ranges))


def test_outside_the_training_square_the_colours_are_greyer(shown):
    settings = (*SADDLE, "animation.ylim=[-6, 6]")
    wide, _, _ = shown(*settings, "animation.domain=[-8, 6]")
    pixels, points = map_of(wide)
    image = wide.room.bar.get_images()[0].get_array()
    palette = {tuple(color) for color in np.rint(255 * image[:, 0]).astype(int).tolist()}
    is_plain = np.array([tuple(pixel) in palette for pixel in pixels.tolist()])
    margin = np.abs(np.abs(points) - 4).min(axis=1) > 0.05
    assert np.array_equal(is_plain[margin], (np.abs(points) < 4).all(axis=1)[margin])


def test_the_training_square_is_outlined_where_more_is_shown(shown):
    outlines = dashed(shown(*SADDLE, "animation.domain=[-8, 6]")[0])
    corners = {tuple(np.round(corner, 9).tolist()) for line in outlines for corner in line}
    assert corners >= set(itertools.product((-4, 4), (-4, 4)))
    assert dashed(shown(*CIRCLE)[0]) == []


@pytest.mark.parametrize("formula", ["log(x)", "1/x", "exp(exp(x))"])
def test_outputs_that_are_not_numbers_do_no_harm(shown, formula):
    panel, _, _ = shown(*CIRCLE, f"model.activation={formula}")
    assert len(map_of(panel)[0])


# ---------------------------------------------------------------- from grid to pixels


def test_a_stretched_plane_is_exact():
    side, rows, columns = 9, np.array([0.0, 0.13, 0.5, 0.99, 1.0]), np.linspace(0, 1, 7)
    along = np.linspace(0, 1, side)
    grid = 2 + 3 * along[:, None] - 5 * along
    assert Stretch(side, rows, columns)(grid) == pytest.approx(2 + 3 * rows - 5 * columns[:, None], abs=1e-6)


def test_stretching_interpolates_along_one_side_and_then_the_other():
    random = np.random.default_rng(0)
    grid, rows, columns = random.normal(size=(6, 6)), random.uniform(size=40), random.uniform(size=30)
    along = np.linspace(0, 1, 6)
    by_row = np.array([np.interp(rows, along, column) for column in grid.T])
    both = np.array([np.interp(columns, along, column) for column in by_row.T]).T
    assert Stretch(6, rows, columns)(grid) == pytest.approx(both, abs=1e-5)


def test_the_nearest_point_of_the_grid_is_taken_where_nothing_can_lie_between():
    random = np.random.default_rng(0)
    rows, columns = random.uniform(size=40), random.uniform(size=30)
    grid = random.integers(0, 9, (6, 6)).astype(np.uint8)
    along = np.linspace(0, 1, 6)
    wanted = [[grid[np.abs(along - r).argmin(), np.abs(along - c).argmin()] for r in rows] for c in columns]
    assert Stretch(6, rows, columns).nearest(grid).tolist() == wanted


# ---------------------------------------------------------------- lines


def test_the_boundary_is_where_the_logit_is_zero(shown):
    panel, parameters, _ = shown(*CIRCLE)
    on_line = np.concatenate(lines(panel, BOUNDARY))
    steepness = np.abs(parameters[:16]).max() * np.abs(parameters[24:32]).max() * 8
    assert np.abs(relu_network(parameters, (2, 8, 1), on_line)).max() < 0.005 * steepness
    for height in (-3.21, 0.57, 2.03):
        x = np.linspace(-6, 6, 4001)
        row = relu_network(parameters, (2, 8, 1), np.column_stack([x, np.full_like(x, height)]))[:, 0]
        crossings = sum(((line[:-1, 1] > height) != (line[1:, 1] > height)).sum() for line in lines(panel, BOUNDARY))
        assert crossings == (np.diff(np.sign(row)) != 0).sum()


def test_between_several_classes_the_two_best_are_equal(shown):
    panel, parameters, _ = shown(*THREE)
    logits = np.sort(relu_network(parameters, (2, 8, 3), np.concatenate(lines(panel, BOUNDARY))), axis=1)
    assert np.median(logits[:, 2] - logits[:, 1]) < 0.01
    assert (logits[:, 2] - logits[:, 1]).max() < 0.05 * np.ptp(logits)
    winner = relu_network(parameters, (2, 8, 3), map_of(panel)[1]).argmax(axis=1)
    pairs = {tuple(sorted(pair)) for pair in itertools.pairwise(winner) if pair[0] != pair[1]}
    at_line = np.argsort(relu_network(parameters, (2, 8, 3), np.concatenate(lines(panel, BOUNDARY))), axis=1)[:, 1:]
    assert pairs <= {tuple(sorted(pair)) for pair in at_line.tolist()}


def test_units_of_one_hidden_layer_switch_on_straight_lines(shown):
    panel, parameters, _ = shown(*CIRCLE)
    ends = np.concatenate(lines(panel, FIRST))
    values = ends @ parameters[:16].reshape(8, 2).T + parameters[16:24]
    assert np.abs(values).min(axis=1).max() < 1e-9
    assert np.abs(ends).max(axis=1) == pytest.approx(np.full(len(ends), 6))


def test_they_are_the_lines_that_cut_the_plane(shown):
    """One hidden layer's lines are found directly, those of the plane by cutting polygons: as long in all."""
    panel, parameters, _ = shown(*CIRCLE)
    plane = panel.scene.run.network.plane(parameters, (-6, 6))
    lengths = [np.hypot(*(line[1] - line[0])) for line in lines(panel, FIRST)]
    assert sum(lengths) == pytest.approx(np.hypot(*(plane.lines[:, 1] - plane.lines[:, 0]).T).sum())
    assert len(lengths) == len(set(plane.units))


def test_units_of_later_layers_are_drawn_apart(shown):
    panel, parameters, _ = shown(CIRCLE[0], "model.layer_sizes=[2, 5, 4, 1]")
    middles = np.mean(lines(panel, LATER), axis=1)
    hidden = np.maximum(middles @ parameters[:10].reshape(5, 2).T + parameters[10:15], 0)
    second = hidden @ parameters[15:35].reshape(4, 5).T + parameters[35:39]
    assert np.abs(second).min(axis=1).max() < 1e-9
    middles = np.mean(lines(panel, FIRST), axis=1)
    assert np.abs(middles @ parameters[:10].reshape(5, 2).T + parameters[10:15]).min(axis=1).max() < 1e-9
    assert panel.later.width < panel.first.width < panel.boundary.width


def test_lines_along_the_axes_and_beside_the_square():
    weight = np.array([[1.0, 0], [0, 2], [1, 1], [0, 1], [0, 0], [1, 0], [0, -1], [1, 0], [1, 1]])
    bias = np.array([0.5, 1, 0, 7, 3, -2, -0.5, 1, -3])
    lines = across_rectangle(weight, bias, (-1, 1))
    found = {tuple(sorted(map(tuple, line))) for line in np.round(lines, 12) + 0.0}
    assert found == {((-0.5, -1), (-0.5, 1)), ((-1, -0.5), (1, -0.5)), ((-1, 1), (1, -1))}


def test_lines_across_a_rectangle_end_at_its_own_sides():
    lines = across_rectangle(np.array([[1.0, -0.1]]), np.array([0.0]), ((0, 10), (20, 60)))
    assert sorted(map(tuple, np.round(lines[0], 12))) == [(2, 20), (6, 60)]


def test_one_line_is_not_tied_to_the_next():
    figure = make_figure((100, 100), THEMES["light"])
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    Strokes(axes, "#000000", 3).move([np.array([(0, 0.1), (1, 0.1)]), np.array([(0, 0.5), (0.4, 0.5), (1, 0.9)])])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    black = np.argwhere(np.asarray(canvas.buffer_rgba())[..., 0] < 128)
    above = black[black[:, 0] < 80]
    assert len(black) > len(above) > 0
    assert [above[above[:, 1] == column, 0].mean() for column in (20, 70)] == pytest.approx([49.5, 29.5], abs=1)


def test_smooth_units_have_no_lines(shown):
    panel, _, _ = shown(*CIRCLE, "model.activation=tanh")
    assert len(lines(panel, FIRST)) + len(lines(panel, LATER)) == 0
    assert not any("unit switches" in words for words in legend_of(panel))


def test_where_there_is_room_the_legend_says_what_lines_and_tones_mean(shown):
    roomy, _, _ = shown(*CIRCLE, size=(600, 450))
    assert legend_of(roomy)[-3:] == ["boundary", "the paler, the less sure", "where a unit switches"]
    low, _, _ = shown(*CIRCLE, size=(400, 220))
    assert legend_of(low)[-1] == "unit switches"


def test_the_scale_of_numbers_is_named(shown):
    panel, _, _ = shown(*SADDLE, size=(600, 450))
    assert panel.room.bar.get_ylabel() == "output"


def test_too_many_regions_are_not_outlined(shown):
    panel, _, _ = shown(CIRCLE[0], "model.layer_sizes=[2, 80, 1]")
    assert len(panel.scene.run.network.plane(panel.scene.run.last.parameters, (-6, 6)).polygons) > MOST_REGIONS
    assert len(lines(panel, FIRST)) == 0


def test_a_sigmoid_output_does_not_hide_the_lines(shown):
    plain, squashed = (
        shown(CIRCLE[0], "model.layer_sizes=[2, 4, 3, 1]", f"model.output_activation={name}")[0]
        for name in ("identity", "sigmoid")
    )
    assert np.array_equal(lines(plain, LATER), lines(squashed, LATER))
    assert lines(plain, LATER)


def test_an_output_that_is_cut_off_has_a_line_too(shown):
    panel, parameters, _ = shown("target={function: x*y}", SADDLE[1], "model.output_activation=relu")
    first, later = switching_lines(panel.scene.run.network, parameters, (-5, 5))
    assert np.abs(relu_network(parameters, (2, 8, 1), later.reshape(-1, 2))).max() < 1e-9
    assert len(first)


def test_the_targets_contours_lie_at_the_edges_of_the_bands(shown):
    panel, _, _ = shown(*SADDLE, "animation.ylim=[-6, 6]")
    values = np.concatenate(dashed(panel)).prod(axis=1) / 4
    (image,) = panel.room.bar.get_images()
    low, high = image.get_extent()[2:]
    step = (high - low) / len(image.get_array())
    assert np.abs(values / step - np.rint(values / step)).max() < 0.01
    assert legend_of(panel)[0] == "target"


# ---------------------------------------------------------------- points


def test_each_class_has_a_mark_of_its_own(shown):
    panel, _, _ = shown(*THREE)
    training, _ = panel.scene.run.task.fixed_points()
    assert len(marks(panel)) == 3
    for k, mark in enumerate(marks(panel)):
        assert mark.points == pytest.approx(training.x[training.y[:, 0] == k])
    outlines = [mark.shape.outline for mark in marks(panel)]
    assert len({mark.shape.fill for mark in marks(panel)}) == 3
    assert len({1 if np.ndim(outline) == 0 else len(outline) for outline in outlines[:2]}) == 2
    assert np.ptp(outlines[1], axis=0) != pytest.approx(np.ptp(outlines[2], axis=0)) or len(outlines[2]) != 4


def test_points_have_the_colour_of_the_map_where_they_are_right(shown):
    """One class everywhere: its points and the map have one hue."""

    def change(rows):
        rows[:, 24:32], rows[:, 32] = 0, 9

    panel, _, _ = shown(*CIRCLE, change=change)
    (pixel,) = np.unique(map_of(panel)[0], axis=0)
    assert np.abs(pixel - blend(THEMES["light"], to_hex(marks(panel)[1].shape.fill), 0.5)).max() <= 1


def test_points_held_out_are_hollow(shown):
    panel, _, _ = shown(*CIRCLE, "data={test_fraction: 0.25}")
    _, test = panel.scene.run.task.fixed_points()
    hollow = drawn(panel, Points, THEMES["light"].background)
    filled = [mark for mark in marks(panel) if mark.shape.fill != to_rgba(THEMES["light"].background)]
    places = np.concatenate([mark.points for mark in hollow])
    assert places[np.argsort(places[:, 0])] == pytest.approx(test.x[np.argsort(test.x[:, 0])])
    assert [mark.shape.edge.color for mark in hollow] == [mark.shape.fill for mark in filled]
    assert "held out" in legend_of(panel)


def test_a_class_of_which_all_points_are_held_out_keeps_its_name(shown):
    panel, _, _ = shown(THREE[0], THREE[2], "data={classes: 3, samples: 3, test_fraction: 0.34}")
    filled = [mark for mark in marks(panel) if mark.shape.fill != to_rgba(THEMES["light"].background)]
    assert len(filled) == 2
    assert legend_of(panel)[:4] == ["class 0", "class 1", "class 2", "held out"]


def test_where_each_epoch_draws_its_own_points_those_of_the_loss_are_shown(shown):
    panel, _, _ = shown(*CIRCLE, "data={resample: true}")
    assert sum(len(mark.points) for mark in marks(panel)) == len(panel.scene.run.task.evaluation_points())


@pytest.fixture
def shown_table(tmp_path, fake_recording):
    """A panel of a network that learns a CSV file of these lines."""

    def make(lines):
        (tmp_path / "points.csv").write_text("\n".join(lines))
        (tmp_path / "table.yaml").write_text("{target: {csv: points.csv}, model: {layer_sizes: [2, 3, 1]}}")
        e = config.load(tmp_path / "table.yaml")
        (scene,) = make_scenes(e, [fake_recording(e)], np.arange(3))
        return alone(DecisionPanel, scene, finish=True)

    return make


def test_a_table_gives_names_to_axes_and_classes(shown_table):
    rows = [f"{i / 10},{(i * 7) % 40 / 10},{('iris', 'rose')[i % 2]}" for i in range(40)]
    panel = shown_table(["length,width,kind", *rows])
    assert (panel.axes.get_xlabel(), panel.axes.get_ylabel()) == ("length", "width")
    assert legend_of(panel)[:2] == ["iris", "rose"]


def test_points_of_numbers_have_the_colour_of_their_number(shown_table):
    points = np.random.default_rng(0).uniform(0, 4, (60, 2))
    panel = shown_table(["a,b,sum", *(f"{x},{y},{x + y}" for x, y in points)])
    assert sum(len(mark.points) for mark in marks(panel)) == 60
    (image,) = panel.room.bar.get_images()
    colors, edges = image.get_array()[:, 0], np.linspace(*image.get_extent()[2:], len(image.get_array()) + 1)
    for mark in marks(panel):
        (band,) = np.flatnonzero((np.abs(colors - mark.shape.fill[:3]) < 1e-9).all(axis=1))
        sums = mark.points.sum(axis=1)
        assert (sums >= edges[band] - 1e-9).all() or band == 0
        assert (sums < edges[band + 1] + 1e-9).all() or band == len(colors) - 1
    assert panel.room.bar.get_ylabel() == "sum"


# ---------------------------------------------------------------- what is shared, and what stands beside


def test_variants_share_one_range(fake_recording):
    e = config.loads(
        "{target: {function: x*y, domain: [-2, 2]}, model: {layer_sizes: [2, 3, 1]}, training: {epochs: 2},"
        "variants: [{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]}"
    )
    recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
    recordings[0].parameters[:] *= 0.01
    recordings[1].parameters[:] = 0
    recordings[1].parameters[1, -1] = 9.0
    a, b = make_scenes(e, recordings, np.arange(3))
    assert number_range(a) == number_range(b) == (-4, 9)
    recordings[1].parameters[:2, -1] = 900.0, -900.0
    assert number_range(a) == (-12, 12)


@pytest.mark.parametrize("settings", [(*CIRCLE, "data={test_fraction: 0.2}"), THREE, SADDLE], ids=["2", "3", "number"])
@pytest.mark.parametrize("size", [(700, 500), (350, 250), (340, 480)])
def test_nothing_beside_the_map_is_cut_off_or_hides_it(shown, settings, size):
    panel, _, _ = shown(*settings, size=size)
    legend = panel.axes.get_legend().get_window_extent()
    around = [legend, *([panel.room.bar.get_tightbbox()] if panel.room.bar else [])]
    whole = panel.axes.get_tightbbox()
    assert whole.x0 >= 0
    assert whole.x1 <= size[0]
    assert whole.y0 >= 0
    assert whole.y1 <= size[1] - 40
    assert not any(box.overlaps(panel.axes.bbox) for box in around)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(around, 2))
    assert panel.axes.bbox.width == pytest.approx(panel.axes.bbox.height)
    assert panel.axes.bbox.width > 0.4 * min(size)


def legend_of(panel):
    legend = panel.axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []
