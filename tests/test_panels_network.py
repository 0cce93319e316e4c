import itertools

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import alone, rooms
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb

from relu_anim import config
from relu_anim.drawing.shapes import Lines, Points
from relu_anim.drawing.theme import THEMES, style
from relu_anim.panels import make_scenes
from relu_anim.panels.network import LEVELS, NetworkPanel, column
from relu_anim.recording import Snapshot, stack


def recording_of(rows):
    """A recording of these parameters [snapshots, count]."""
    rows = np.asarray(rows, np.float32)
    norms = np.ones(1, np.float32)
    return stack(  # no panel looks at the network of a recording
        None,
        (Snapshot(i, 10 * i, row, 1.0, float("nan"), norms, float("nan"), float("nan")) for i, row in enumerate(rows)),
    )


@pytest.fixture
def shown(experiment):
    """A panel in a laid-out figure, showing the last of some parameters: (panel, RGB pixels)."""

    def make(rows, *settings, size=(400, 300)):
        e = experiment(*settings)
        recording = recording_of(rows)
        with style(THEMES[e.animation.theme]):
            panel = alone(
                NetworkPanel, *make_scenes(e, [recording], recording.step / e.steps), pixels=size, finish=True
            )
            canvas = FigureCanvasAgg(panel.axes.figure)
            canvas.draw()
        return panel, np.asarray(canvas.buffer_rgba())[..., :3].astype(int)

    return make


def at(panel, pixels, x, y):
    """The pixel at a point of the panel's data."""
    column, row = panel.axes.transData.transform((x, y))
    return pixels[pixels.shape[0] - 1 - int(row), int(column)]


def rgb(color):
    return np.rint(255 * np.array(to_rgb(color))).astype(int)


def random_rows(count, seed=0, snapshots=3):
    return np.random.default_rng(seed).normal(size=(snapshots, count))


# ---------------------------------------------------------------- weights


def test_every_weight_is_a_line_between_its_two_units(shown):
    rows = random_rows(2 * 3 + 3 + 3 + 1)
    rows[:, 9:] *= 3
    panel, _ = shown(rows, "target={function: x*y}", "model.layer_sizes=[2, 3, 1]")
    first, second = rows[-1][:6].reshape(3, 2), rows[-1][9:12].reshape(1, 3)
    largest = [np.abs(rows[:, :6]).max(), np.abs(rows[:, 9:12]).max()]
    heights = {2: [0.5, -0.5], 3: [1, 0, -1], 1: [0]}
    wanted = {}
    for (a, b), weight, layer in (((2, 3), first, 0), ((3, 1), second, 1)):
        for unit, source in itertools.product(range(b), range(a)):
            line = ((layer, heights[a][source]), (layer + 1, heights[b][unit]))
            wanted[line] = round(LEVELS * weight[unit, source] / largest[layer])
    assert weights(panel) == {line: level for line, level in wanted.items() if level}


def weights(panel):
    """The lines for weights that are drawn, from end to end, and their strength in LEVELS, read from their colours."""
    theme, found = panel.scene.look.theme, {}
    ground, positive, negative = (np.array(to_rgb(c)) for c in (theme.background, theme.output, theme.warning))
    for lines in drawn(panel, Lines):
        seen = np.array(lines.shape.pen.color[:3]) - ground
        shares = [(seen @ (full - ground)) / ((full - ground) @ (full - ground)) for full in (positive, negative)]
        errors = [
            np.abs(share * (full - ground) - seen).max()
            for share, full in zip(shares, (positive, negative), strict=True)
        ]
        sign = int(np.argmin(errors))
        level = round((shares[sign] - 0.25) / 0.75 * LEVELS) * (1, -1)[sign]
        found |= {tuple(tuple(np.round(end, 6).tolist()) for end in line): level for line in lines.lines}
    return found


def dead(panel):
    """Which of the shown units are drawn as dead, column by column from the top."""
    places = [(place, bool(units.shape.edge.dashes)) for units in drawn(panel, Points) for place in units.points]
    return [is_dead for _, is_dead in sorted(places, key=lambda found: (round(found[0][0]), -found[0][1]))]


def test_some_weight_of_each_layer_is_at_full_strength_in_some_frame(experiment, fake_recording):
    e = experiment("model.layer_sizes=[1, 4, 3, 1]")
    recording = fake_recording(e)
    panel = alone(NetworkPanel, *make_scenes(e, [recording], recording.step / e.steps))
    strongest = set()
    for index in range(len(recording)):
        panel.update([recording[index]])
        strongest |= {start[0] for (start, _), level in weights(panel).items() if abs(level) == LEVELS}
    assert strongest == {0, 1, 2}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "name"), [(1, "output"), (-1, "warning")])
def test_the_strongest_weight_has_the_full_colour_of_its_sign(shown, theme, sign, name):
    panel, pixels = shown([[sign * 2.0, 0.0]], "model.layer_sizes=[1, 1]", f"animation.theme={theme}")
    assert at(panel, pixels, 0.5, 0).tolist() == rgb(getattr(THEMES[theme], name)).tolist()


def test_a_line_is_as_wide_as_its_weight_is_large(shown):
    widths = []
    for share in (1.0, 0.5, 0.25):
        panel, pixels = shown([[4.0, 0.0], [4 * share, 0.0]], "model.layer_sizes=[1, 1]")
        middle = int(panel.axes.transData.transform((0.5, 0))[0])
        ink = (255 - pixels[60:240, middle]).sum()
        widths.append(ink / (255 - 255 * panel.lines.color(round(share * LEVELS))).sum())
    assert widths == pytest.approx([4 * 100 / 72, 2 * 100 / 72, 100 / 72], abs=0.35)


def test_a_weight_near_zero_is_hardly_to_be_seen(shown):
    panel, pixels = shown([[4.0, 0.0], [0.01, 0.0]], "model.layer_sizes=[1, 1]")
    middle = int(panel.axes.transData.transform((0.5, 0))[0])
    assert pixels[60:240, middle].min() > 220


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_two_signs_differ_for_readers_who_do_not_see_red_or_green(theme):
    """Viénot, Brettel & Mollon 1999: linear RGB as a protanope and a deuteranope see it."""
    views = ([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],)
    views += ([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],)
    colors = np.array([to_rgb(theme.output), to_rgb(theme.warning)]) ** 2.2
    for view in views:
        a, b = np.clip(colors @ np.array(view).T, 0, 1) ** (1 / 2.2)
        assert np.abs(a - b).max() > 0.4


def test_variants_of_one_shape_share_their_scale(fake_recording):
    e = config.loads(
        "{target: {function: x}, model: {layer_sizes: [1, 2, 1]}, training: {epochs: 3}, variants: ["
        "{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}, {label: c, set: {model.layer_sizes: [1, 3, 1]}}]}"
    )
    recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
    recordings[0].parameters[:] *= 10
    scenes = make_scenes(e, recordings, np.arange(4))
    a, b, c = (alone(NetworkPanel, scene) for scene in scenes)
    for panel, recording in zip((a, b, c), recordings, strict=True):
        panel.update([recording[-1]])
    largest = np.abs(recordings[0].parameters[:, [0, 1]]).max()  # the first variant's are ten times as large
    ratio = {round(abs(weight) / largest * LEVELS) for weight in recordings[1].parameters[-1, [0, 1]]} - {0}
    assert {abs(level) for ((layer, _), _), level in weights(b).items() if layer == 0} == ratio
    own = np.abs(recordings[2].parameters[:, :3]).max()
    ratio = {round(abs(weight) / own * LEVELS) for weight in recordings[2].parameters[-1, :3]} - {0}
    assert {abs(level) for ((layer, _), _), level in weights(c).items() if layer == 0} == ratio


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(("size", "units"), [(1, [0]), (10, range(10)), (11, [*range(8), 10]), (784, [*range(8), 783])])
def test_of_many_units_the_first_and_the_last_are_shown(size, units):
    c = column(size)
    assert c.units.tolist() == list(units)
    assert (c.gap is None) == (size <= 10)
    slots = sorted([*c.heights, *([] if c.gap is None else [c.gap])], reverse=True)
    assert np.diff(slots) == pytest.approx(-1)
    assert slots[0] == -slots[-1]
    assert c.gap is None or c.gap == slots[-2]


def test_the_true_number_of_units_stands_below_each_column(shown):
    panel, _ = shown(random_rows(20 + 20 + 20 + 1), "model.layer_sizes=[1, 20, 1]")
    counts = {text.xy[0]: text.get_text() for text in panel.axes.texts}
    assert counts == {0: "1", 1: "20", 2: "1"}
    assert len(drawn(panel, Points)[0].points) == 1 + 9 + 1


def test_the_last_shown_weight_is_that_of_the_last_unit(shown):
    rows = np.zeros((1, 61))
    rows[0, 19] = 5.0
    panel, _ = shown(rows, "model.layer_sizes=[1, 20, 1]")
    ((_, (layer, height)),) = weights(panel)
    lowest = min(place[1] for place in drawn(panel, Points)[0].points if round(place[0]) == 1)
    assert (layer, height) == (1, pytest.approx(lowest))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_dead_units_are_those_that_no_point_switches_on(shown, activation):
    slopes, biases = np.array([1.0, -2.0, 3.0, 0.0]), np.array([-4.9, -10.1, -15.0, 0.0])
    settings = ("model.layer_sizes=[1, 4, 1]", f"model.activation={activation}")
    panel, _ = shown([[*slopes, *biases, 1, 1, 1, 1, 0]], *settings)
    grid = np.linspace(-5, 5, 1001)
    is_off = [all(w * x + b <= 0 for x in grid) for w, b in zip(slopes, biases, strict=True)]
    assert is_off == [False, True, True, True]
    assert dead(panel) == [False, *(is_off if activation == "relu" else [False] * 4), False]


def test_dead_units_are_judged_at_the_training_points(experiment, shown):
    settings = ("model.layer_sizes=[1, 1, 1]", "data={samples: 3, resample: false}")
    furthest = experiment(*settings).task.fixed_points()[0].x.max()
    alive, _ = shown([[1.0, -furthest + 1e-3, 1, 0]], *settings)
    off, _ = shown([[1.0, -furthest - 1e-3, 1, 0]], *settings)
    assert (any(dead(alive)), any(dead(off))) == (False, True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dead_unit_is_grey_and_named_in_the_legend(shown, theme):
    settings = ("model.layer_sizes=[1, 2, 1]", f"animation.theme={theme}")
    panel, pixels = shown([[1, 1, 0, -100, 1, 1, 0]], *settings)
    assert at(panel, pixels, 1, 0.5).tolist() == rgb(THEMES[theme].unit_color(0)).tolist()
    assert at(panel, pixels, 1, -0.5).tolist() == rgb(THEMES[theme].grid).tolist()
    assert legend_of(panel) == ["weight > 0", "weight < 0", "dead unit"]


def test_units_have_the_colours_of_their_curves_unless_two_would_share_one(shown):
    theme = THEMES["light"]
    few, _ = shown(random_rows(37), "model.layer_sizes=[1, 4, 4, 1]", "model.activation=tanh")
    fills = {
        tuple(np.round(place, 6)): to_hex(units.shape.fill) for units in drawn(few, Points) for place in units.points
    }
    columns = [(x, height) for x in (1, 2) for height in (1.5, 0.5, -0.5, -1.5)]
    assert [fills[place] for place in columns] == list(theme.units)
    assert fills[0, 0] == fills[3, 0] == theme.background
    many, _ = shown(random_rows(51), "model.layer_sizes=[1, 5, 5, 1]", "model.activation=tanh")
    assert {to_hex(units.shape.fill) for units in drawn(many, Points)} == {theme.background}


def test_the_legend_names_dead_units_if_some_die_in_the_middle_of_the_film(shown):
    alive, dying = [1, 1, 0, 0, 1, 1, 0], [1, 1, 0, -100, 1, 1, 0]
    assert "dead unit" in legend_of(shown([alive, dying, alive], "model.layer_sizes=[1, 2, 1]")[0])
    assert "dead unit" not in legend_of(shown([alive, alive], "model.layer_sizes=[1, 2, 1]")[0])


def test_the_legend_does_not_name_what_is_not_shown(shown):
    biases = np.zeros(20)
    legends = []
    for unit in (12, 19):
        biases[unit] = -100
        panel, _ = shown([[*np.ones(20), *biases, *np.ones(21)]], "model.layer_sizes=[1, 20, 1]")
        legends.append(legend_of(panel))
    assert ["dead unit" in legend for legend in legends] == [False, True]


def legend_of(panel):
    return [text.get_text() for text in panel.axes.get_legend().get_texts()]


# ---------------------------------------------------------------- words


def names_of(panel):
    return [label.get_text().strip() for label in panel.axes.get_xticklabels() if label.get_text().strip()]


def test_layers_are_named_with_their_activations(shown):
    settings = ("target={function: x*y}", "model.layer_sizes=[2, 3, 2, 1]", "model.activation=[relu, tanh]")
    assert names_of(shown(random_rows(20), *settings)[0]) == ["input", "layer 1\nReLU", "layer 2\ntanh", "output"]
    settings = ("model.layer_sizes=[1, 1]", "model.output_activation=sigmoid")
    assert names_of(shown(random_rows(2), *settings)[0]) == ["input", "output\nsigmoid"]


@pytest.mark.parametrize("size", [(700, 500), (350, 250)])
@pytest.mark.parametrize("layers", [1, 2, 5, 10])
def test_no_word_is_cut_off_or_lies_on_another(shown, size, layers):
    sizes = [1, *[12] * layers, 1]
    count = sum(a * b + b for a, b in itertools.pairwise(sizes))
    panel, _ = shown(random_rows(count), f"model.layer_sizes={sizes}", size=size)
    words = [label for label in panel.axes.get_xticklabels() if label.get_text().strip()]
    words += [*panel.axes.texts, *panel.axes.get_legend().get_texts()]
    boxes = [word.get_window_extent() for word in words]
    assert all(box.x0 > 0 and box.x1 < size[0] and box.y0 > 0 and box.y1 < size[1] - 40 for box in boxes)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_names_reach_equally_high_in_all_variants(fake_recording):
    e = config.loads(
        "{target: {function: x}, model: {layer_sizes: [1, 2, 1]}, training: {epochs: 1}, variants: ["
        "{label: a, set: {model.layer_sizes: [1, 1]}}, {label: b, set: {seed: 2}}]}"
    )
    scenes = make_scenes(e, [fake_recording(member) for _, member in e.members], np.arange(2))
    layout, places = rooms(2)
    panels = [NetworkPanel(room, [scene]) for room, scene in zip(places, scenes, strict=True)]
    for panel in panels:
        panel.top.set_title("variant")
    layout.arrange()
    for panel in panels:
        panel.finish()
    layout.arrange()
    FigureCanvasAgg(layout.figure).draw()
    a, b = (panel.top.title.get_window_extent() for panel in panels)
    assert a.y0 == pytest.approx(b.y0)
