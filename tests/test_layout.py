"""Where everything stands: panels of a column share their edges, and no word lies over another or is cut off, in every
size, at every scale, with any words."""

import itertools
import json
from colorsys import rgb_to_hsv

import av
import numpy as np
import pytest
from helpers.pictures import overlapping, write_stamp
from helpers.sight import contrast
from matplotlib.colors import to_rgb
from PIL import Image

from relu_anim import config, figures
from relu_anim.drawing.lettering import width_set
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import THEMES as COLORS
from relu_anim.figures import Still
from relu_anim.films import Film, make_figure
from relu_anim.films.stamp import SIZE

ONE = "target: {function: 300*x**2}\nmodel: {layer_sizes: [1, 4, 1]}\ntraining: {epochs: 3000}\n"
DEEP = "target: {function: sin(x)}\nmodel: {layer_sizes: [1, 8, 8, 8, 1]}\ntraining: {epochs: 300}\n"
PLANE = "target: {function: x*y}\nmodel: {layer_sizes: [2, 8, 1]}\ntraining: {epochs: 20}\n"
CLASSES = """\
target: {dataset: gauss}
data: {classes: 4, test_fraction: 0.3}
model: {layer_sizes: [2, 9, 9, 4]}
training: {epochs: 20}
"""
MOSAICS = (
    (ONE, "[[{prediction: {best: true}}], [loss]]"),
    (ONE, "[[layers, contributions], [layers, network]]"),
    (DEEP, "[[gradients, activation_map], [metrics, prediction]]"),
    (
        DEEP,
        "[[{profile: {of: activations}}, {activation_function: {pair: 2}}], [activation_map, loss]]",
    ),
    (CLASSES, "[[decision, network], [accuracy, loss]]"),
    (PLANE, "[[decision, decision], [loss, activation_map]]"),
)
LOOKS = (  # size, scale, text_scale
    ((700, 500), 1, 1),
    ((1920, 1080), 1, 2),
    ((500, 600), 2, 0.7),
    ((1200, 500), 0.5, 1),
    ((1000, 900), 1.5, 1.3),
)
NAMES = ((), ("ReLU", "tanh"), ("a name that is longer than its column", "b", "W" * 25))
TITLES = ("", "A title", "A title of so many words that no line above the panels has room for all of them at once")
THEMES = ("light", "dark")
ALL = list(itertools.product(MOSAICS, LOOKS, NAMES, TITLES, THEMES))


ONCE = [  # every value in one case at least
    (mosaic, LOOKS[number % 5], NAMES[number % 3], TITLES[(number + 2) % 3], THEMES[number % 2])
    for number, mosaic in enumerate(MOSAICS)
]


def film_of(mosaic, look, names, title, theme, fake_recording):
    (text, panels), (size, scale, text_scale) = mosaic, look
    variants = [{"label": name, "set": {"seed": i}} for i, name in enumerate(names)]
    style = {"size": size, "scale": scale, "text_scale": text_scale, "theme": theme, "max_frames": 2}
    settings = [f"animation.{key}={json.dumps(value)}" for key, value in style.items()]
    settings += [f"animation.panels={panels}", "animation.metrics=[loss, sparsity]", f"title={json.dumps(title)}"]
    settings += [f"variants={json.dumps(variants)}"]
    try:
        experiment = config.loads(text, settings=settings)
    except config.ConfigProblems as error:
        (problem,) = error.problems
        style["size"] = json.loads(problem.message.partition("; write ")[2])
        settings.append(f"animation.size={style['size']}")
        experiment = config.loads(text, settings=settings)
    return Film(experiment, [fake_recording(member, seed) for seed, (_, member) in enumerate(experiment.members)])


def check(film):
    """Everything that must hold of any film."""
    film.shapes(-1)  # which moves everything to its end
    for mark in film.animated:
        mark.set_animated(False)
    write_stamp(film)
    assert list(overlapping(film.figure)) == []
    framed = [placed for placed in film.panels if not placed.room.square]
    for side in ("x0", "x1"):
        assert_aligned(framed, film.experiment.animation.panels, side)
    for placed in film.panels:
        boxes = [axes.bbox for axes in placed.axes]
        assert np.ptp([box.height for box in boxes]) < 1e-6
        if placed.room.square:
            assert boxes[0].width == pytest.approx(boxes[0].height)


def assert_aligned(framed, rows, side):
    """The outermost axes of panels that begin (or end) in a column of the mosaic begin (or end) together."""
    edges = {}
    for cell in {placed.cell for placed in framed}:
        places = [axes.bbox for placed in framed if placed.cell == cell for axes in placed.axes]
        columns = [column for row in rows for column, other in enumerate(row) if other == cell]
        edge, column = (min, min(columns)) if side == "x0" else (max, max(columns))
        edges.setdefault(column, set()).add(round(edge(getattr(box, side) for box in places), 6))
    assert all(len(found) == 1 for found in edges.values()), edges


@pytest.mark.parametrize("case", ONCE, ids=range(len(ONCE)))  # `make soak` has all combinations
def test_panels_are_aligned_and_words_apart(fake_recording, case):
    check(film_of(*case, fake_recording))


@pytest.mark.soak
@pytest.mark.parametrize("case", ALL, ids=str)
def test_panels_are_aligned_and_words_apart_in_all_combinations(fake_recording, case):
    check(film_of(*case, fake_recording))


# ---------------------------------------------------------------- scales


@pytest.fixture(scope="module")
def film(fake_recording):
    def make(*settings, text=ONE, variants=()):
        named = [{"label": name, "set": {"seed": number}} for number, name in enumerate(variants)]
        experiment = config.loads(text, settings=[*settings, f"variants={json.dumps(named)}"])
        return Film(experiment, [fake_recording(member, i) for i, (_, member) in enumerate(experiment.members)])

    return make


def corners(film):
    """Where all axes are, as shares of the picture."""
    return np.array([axes.get_position().get_points() for axes in film.figure.axes])


def test_scale_gives_more_pixels_of_the_same_picture(film):
    panels = "animation.panels=[[prediction, loss], [layers, layers]]"
    one = film(panels)
    for scale in (0.5, 1.5, 4):
        other = film(panels, f"animation.scale={scale}")
        assert other.last_frame().shape == (500 * scale, 700 * scale, 4)
        assert corners(other) == pytest.approx(corners(one), abs=6.5 / 700)  # each letter of «−2 000» is hinted
        words = [word for f in (one, other) for word in f.figure.texts if word.get_text() == "epoch"]
        heights = [word.get_window_extent().height for word in words]
        assert heights[1] / heights[0] == pytest.approx(scale, rel=0.2)


@pytest.fixture(scope="module")
def scaled(film):
    return film("animation.scale=1.5", "animation.text_scale=1.2", "animation.max_frames=3")


@pytest.mark.parametrize("name", ["gif", "webp", "png", "mp4"])
def test_a_file_of_every_format_has_the_pixels_that_scale_gives(scaled, tmp_path, name):
    path = scaled.save(tmp_path / f"film.{name}")
    if name == "mp4":
        with av.open(path) as file:
            stream = file.streams.video[0]
            assert (stream.width, stream.height) == (1050, 750)
    else:
        with Image.open(path) as picture:
            assert picture.size == (1050, 750)


@pytest.mark.parametrize("text_scale", [0.7, 1.1, 1.7, 2.5])
def test_no_pixel_is_lost_at_any_scale(text_scale):
    for scale in (0.5, 1, 1.3, 2):
        pixels = round(700 * scale), round(500 * scale)
        assert make_figure(pixels, COLORS["light"], scale * text_scale).canvas.get_width_height() == pixels


def test_text_scale_makes_words_lines_and_points_larger_in_a_picture_of_as_many_pixels(film):
    one, other = film("animation.size=[1400, 1000]"), film("animation.size=[1400, 1000]", "animation.text_scale=2")
    assert one.last_frame().shape == other.last_frame().shape
    (width, wider), (radius, larger) = (
        [max(getattr(shape, size) for shape in shapes(f, kind)) for f in (one, other)]
        for kind, size in (("Lines", "width"), ("Points", "outline"))
    )
    assert wider == pytest.approx(2 * width)
    assert larger == pytest.approx(2 * radius)


def shapes(film, kind):
    """The pens of lines that move, or the points."""
    found = [shape for shape in film.shapes(-1) if type(shape).__name__ == kind]
    return [shape.pen for shape in found] if kind == "Lines" else found


@pytest.mark.parametrize("size", [(350, 250), (701, 501)])
def test_a_picture_twice_as_large_with_words_twice_as_large_is_laid_out_alike(film, size):
    one = film(f"animation.size={list(size)}", "animation.panels=[prediction]")
    twice = [f"animation.size={[2 * side for side in size]}", "animation.text_scale=2", "animation.panels=[prediction]"]
    assert corners(film(*twice)) == pytest.approx(corners(one), abs=3 / min(size))


def test_the_numbers_of_the_stamp_are_where_its_words_are_at_any_scale(film):
    for scale in (0.5, 1, 2):
        f = film(f"animation.scale={scale}")
        frame = f.last_frame()
        (number,) = (word for word in f.stamp.shapes(f.timeline[-1]) if word.text == "3\u2009000")
        left = int(number.x)
        right = left + width_set(number.text, SIZE, f.figure.dpi)
        row = len(frame) - int(number.y)
        ink = frame[row - round(8 * scale) : row, left:right, 0] < 128
        assert ink.mean() > 0.15


# ---------------------------------------------------------------- titles and names


LONG = "Eight units of a hidden layer learn a parabola, and a ninth one dies"


def title_of(film):
    """The lines of the title, and the size of its letters."""
    bold = [text for text in film.figure.texts if text.get_fontweight() == "bold"]
    return [text.get_text() for text in bold], bold[0].get_fontsize()


def test_a_title_takes_two_lines_for_which_panels_make_room_before_it_gets_smaller(film):
    long = film(f"title={LONG}")
    lines, size = title_of(long)
    assert (" ".join(lines), len(lines), size) == (LONG, 2, 13)
    assert long.notes == []
    short = film("title=A parabola")
    (one,), (other,) = short.figure.axes, long.figure.axes
    assert one.bbox.y1 - other.bbox.y1 == pytest.approx(22, abs=1)


def test_a_title_that_has_no_room_in_its_first_line_stands_below_the_stamp(film):
    lines, size = title_of(film("title=Slow waves are learned first", "animation.size=[360, 640]"))
    assert (lines, size) == (["", "Slow waves are learned first"], 13)


def test_no_single_word_stands_beside_the_stamp_where_all_have_room_below_it(film):
    lines, size = title_of(film("title=Eine Einheit lernt, wo sie knickt", "animation.size=[360, 640]"))
    assert lines == ["", "Eine Einheit lernt, wo sie knickt"]
    assert 11 <= size < 13


def test_no_single_word_stands_beside_the_stamp_above_two_lines_that_have_room_for_all(film):
    lines, size = title_of(film("title=A rather long title for a narrow film on a phone", "animation.size=[320, 640]"))
    assert (lines, size) == (["", "A rather long title for a", "narrow film on a phone"], 13)


def test_a_title_is_smaller_where_two_lines_are_not_enough_and_cut_only_with_a_notice(film):
    lines, size = title_of(film(f"title={LONG}", "animation.size=[460, 300]"))
    assert " ".join(lines) == LONG
    assert 9 <= size < 13
    tiny = film(f"title={LONG}", "animation.size=[260, 300]")
    assert title_of(tiny)[0][-1].endswith("…")
    (notice,) = tiny.notes
    assert notice.startswith("title: too long")
    assert all(key in notice for key in ("animation.size", "text_scale"))


def test_a_title_beside_a_stamp_goes_on_below_it_in_a_picture_that_is_high_enough(film):
    title = "Zero-centred units learn first, and those that are all positive learn last"
    f = film(f"title={json.dumps(title)}", "animation.size=[360, 640]", variants=("a", "b"))
    (lines, size), (epoch,) = title_of(f), (text for text in f.figure.texts if text.get_text() == "epoch")
    assert (" ".join(lines), len(lines), f.notes) == (title, 3, [])
    assert size == 13
    first, *below = (text.get_window_extent() for text in f.figure.texts if text.get_fontweight() == "bold")
    assert first.x1 < epoch.get_window_extent().x0 < max(box.x1 for box in below)
    low = film(f"title={json.dumps(title)}", "animation.size=[360, 300]")
    assert len(title_of(low)[0]) == 2


def test_the_name_of_a_variant_is_broken_into_lines_before_it_is_cut(film):
    f = film(variants=("a name that is longer than its column", "b", "c"))
    (first, *others) = (placed.panel.top.get_title(loc="left") for placed in f.panels)
    assert first.replace("\n", " ") == "a name that is longer than its column"
    assert [name.strip() for name in others] == ["b", "c"]


@pytest.mark.parametrize(("text", "panels"), [(ONE, "[[prediction], [loss]]"), (PLANE, "[[decision, loss]]")])
def test_a_name_that_is_longer_than_its_axis_is_cut_and_lies_over_nothing_else(film, text, panels):
    long = {"x": "the first input, " + "x" * 70, "y": "the second one, " + "y" * 70, "output": "answer " + "z" * 70}
    settings = (f"animation.words={json.dumps(long)}", f"animation.panels={panels}")
    f = film(*settings, "animation.size=[500, 500]", text=text)
    check(f)
    axes = f.panels[0].axes[-1]
    assert axes.get_ylabel().startswith("the second")
    assert all(name.endswith("…") for name in (axes.get_xlabel(), axes.get_ylabel()))
    wide = film(*settings, "animation.size=[2000, 2000]", text=text).panels[0].axes[-1]
    assert (wide.get_xlabel(), wide.get_ylabel()) == (long["x"], long["y"])


# ---------------------------------------------------------------- variants below each other


def boxes(film):
    return [placed.panel.top.bbox for placed in film.panels]


def test_variants_that_have_no_room_side_by_side_stand_below_each_other(film):
    names = ("ReLU", "tanh", "sigmoid")
    wide, narrow = film(variants=names), film("animation.size=[360, 640]", variants=names)
    assert len({box.y0 for box in boxes(wide)}) == 1
    assert len({(box.x0, box.x1) for box in boxes(narrow)}) == 1
    assert [box.y0 for box in boxes(narrow)] == sorted((box.y0 for box in boxes(narrow)), reverse=True)
    assert [placed.panel.top.get_title(loc="left") for placed in narrow.panels] == list(names)
    assert [placed.panel.top.get_xlabel() for placed in narrow.panels] == ["", "", "x"]


def colors_of_names(film):
    """The colour of each word, and of the lines of each variant."""
    words = {shape.text: shape.color[:3] for shape in film.drawing().shapes if isinstance(shape, Words)}
    return [(words[scene.look.label], to_rgb(scene.look.color)) for scene in film.scenes]


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_a_name_above_a_column_has_the_hue_of_its_lines_and_can_be_read(film, theme):
    f = film(f"animation.theme={theme}", variants=("wide", "narrow", "deep"))
    for name, line in colors_of_names(f):
        assert rgb_to_hsv(*name)[0] == pytest.approx(rgb_to_hsv(*line)[0], abs=0.02)
        assert contrast(name, COLORS[theme].background) >= 4.5


@pytest.mark.parametrize(
    "panel",
    ["{prediction: {best: true}}", "{activation_function: {pair: 2}}", pytest.param("metrics", marks=pytest.mark.soak)],
)
def test_a_name_looks_alike_above_a_panel_that_has_a_title_of_its_own(film, panel):
    settings = (f"animation.panels=[[{panel}], [loss]]", "animation.size=[800, 600]", "animation.metrics=[loss]")
    f = film(*settings, variants=("wide", "narrow"))
    words = [shape for shape in f.drawing().shapes if isinstance(shape, Words) and shape.text in ("wide", "narrow")]
    assert {shape.weight for shape in words} == {"bold"}
    assert len({shape.y for shape in words}) == 1
    for name, line in colors_of_names(f):
        assert rgb_to_hsv(*name)[0] == pytest.approx(rgb_to_hsv(*line)[0], abs=0.02)
    check(f)


def test_a_name_may_be_as_wide_as_the_way_to_the_next_column(film):
    names = ("sigmoids", "tanh", "ReLU", "leaky")
    f = film("animation.size=[1040, 600]", "animation.text_scale=2", variants=names)
    assert [placed.panel.top.get_title(loc="left") for placed in f.panels] == list(names)
    assert list(overlapping(f.figure)) == []


def test_a_name_has_no_hue_where_no_line_has_it(film):
    ink = to_rgb(COLORS["light"].ink)
    assert [name for name, _ in colors_of_names(film(text=PLANE, variants="ab"))] == [ink, ink]
    settings = ["animation.panels=[[decision], [loss]]", "animation.arrange={loss: overlay}"]
    assert ink not in [name for name, _ in colors_of_names(film(*settings, text=PLANE, variants="ab"))]


def test_where_they_have_no_room_below_each_other_either_a_size_that_is_enough_is_proposed(film):
    with pytest.raises(config.ConfigProblems, match=r"130 × 110 pixels for each of 3 variants; write \[390, 360\]"):
        film("animation.size=[380, 360]", variants="abc")
    with pytest.raises(config.ConfigProblems, match=r"write \[360, 490\]"):
        film("animation.size=[360, 450]", variants="abc")
    film("animation.size=[360, 490]", variants="abc")


def test_a_row_of_panels_below_each_other_is_as_high_as_its_variants_need(film):
    settings = (
        "animation.size=[360, 900]",
        "animation.panels=[[prediction], [loss]]",
        "animation.arrange={loss: overlay}",
    )
    f = film(*settings, variants="abc")
    *stacked, alone = (box.height for box in boxes(f))
    assert min(stacked) > 0.6 * alone


def maps(size, panels, *settings):
    """Two maps and what stands below them for both."""
    text = PLANE + "variants: [{label: a, set: {training.epochs: 1}}, {label: b, set: {training.epochs: 2}}]"
    arrange = "animation.arrange={loss: overlay, metrics: overlay}"
    return config.loads(text, settings=[f"animation.size={size}", f"animation.panels={panels}", arrange, *settings])


@pytest.mark.parametrize(("size", "is_stacked"), [([360, 500], False), ([360, 900], True), ([800, 650], False)])
def test_maps_stand_below_each_other_where_they_are_larger_so(size, is_stacked):
    e = maps(size, "[[decision], [decision], [loss]]")
    stacked = config.stacked_panels(e)
    assert {cell.name for cell in stacked} == ({"decision"} if is_stacked else set())
    assert config.row_shares(e, stacked) == ([1.5, 1.5, 1] if is_stacked else [1, 1, 1])


@pytest.mark.parametrize(("height", "shares"), [(1100, [2, 1]), (1400, [3, 1])])
def test_stacked_maps_leave_other_panels_the_room_that_they_need(height, shares):
    names = "animation.metrics=[loss, gradient_norms, weight_norms]"
    e = maps([330, height], "[[decision], [metrics]]", names)
    assert config.row_shares(e, config.stacked_panels(e)) == shares


# ---------------------------------------------------------------- figures that do not move


FIGURES = (
    "kind: activation\nfunctions: [relu]\n",
    "kind: activation\nfunctions: [relu, leaky_relu, elu, gelu, silu, softplus, tanh]\n",
    "kind: data\ntarget: {dataset: gauss}\ndata: {classes: 4}\n",
    "kind: data\ntarget: {function: x*y}\ndata: {samples: 200, resample: false}\n",
    "kind: born_dead\ndepth: 30\nwidths: [2, 3, 4, 5, 8]\nnetworks: 20\n",
)


@pytest.mark.parametrize(
    ("figure", "look"),
    [
        pytest.param(figure, look, marks=[pytest.mark.soak] * ((figure + look) % 5 != 1))
        for figure in range(len(FIGURES))
        for look in range(len(LOOKS))
    ],
)
def test_nothing_in_a_figure_lies_over_another_thing_or_is_cut_off(figure, look):
    text, (size, scale, text_scale) = FIGURES[figure], LOOKS[look]
    style = f"animation={{size: {list(size)}, scale: {scale}, text_scale: {text_scale}}}"
    figure = config.loads(text, settings=[style, f"title={json.dumps(TITLES[-1])}"])
    still = Still(figures.of(figure, lambda *_: None))
    assert still.last_frame().shape[:2] == (round(size[1] * scale), round(size[0] * scale))
    assert list(overlapping(still.figure)) == []
    (axes, *_), legend = still.figure.axes, still.figure.axes[0].get_legend()
    if legend and "data" in text:
        assert not legend.get_window_extent().overlaps(axes.bbox)


@pytest.mark.parametrize("text_scale", [1, 1.8])
def test_the_stamp_stays_inside_of_a_narrow_picture(film, text_scale):
    f = film("animation.size=[360, 640]", f"animation.text_scale={text_scale}", "animation.panels=[prediction]")
    words = [text for text in f.figure.texts if text.get_text() in ("epoch", "loss")]
    assert min(text.get_window_extent().x0 for text in words) >= 0
    assert len(words) == (2 if text_scale == 1 else 1)


# ---------------------------------------------------------------- legends


SIX = [f"lr {rate}" for rate in (0.001, 0.003, 0.01, 0.03, 0.07, 0.09)]
WORDY = [f"a learning rate that is much too {word}" for word in ("low", "high", "odd", "dull")]
NINE = "[[prediction, loss], [{profile: {of: activations}}, loss]]"
CROWDED = (
    (ONE, "[[prediction, loss]]", (700, 350), 1, SIX, "overlay"),
    (ONE, NINE, (700, 420), 1, SIX, "overlay"),
    (ONE, "[[prediction], [loss]]", (1920, 1080), 1.5, WORDY, "overlay"),
    (ONE, "[[prediction], [loss]]", (520, 340), 1, WORDY, "overlay"),
    (DEEP, "[[gradients], [contributions]]", (420, 460), 1, ["one", "two", "three"], "columns"),
    (DEEP, "[[loss], [metrics]]", (430, 520), 1, ["one", "two"], "columns"),
    (CLASSES, "[[accuracy], [loss]]", (600, 300), 1, SIX, "overlay"),
    (ONE, "[[prediction], [loss]]", (1040, 600), 2, ["sigmoid", "tanh", "ReLU", "leaky ReLU"], "columns"),
)
MOST_CROWDED = [pytest.param(case, marks=[pytest.mark.soak] * (i in (1, 3, 6, 7))) for i, case in enumerate(CROWDED)]


@pytest.fixture(scope="module")
def crowded(film):
    def make(text, panels, size, text_scale, names, arrange):
        style = f"animation={{panels: {panels}, size: {list(size)}, text_scale: {text_scale}, arrange: {arrange}}}"
        few = ("animation.metrics=[loss, sparsity]", "animation.max_frames=4")
        return film(style, *few, text=text, variants=names)

    return make


def legends(film):
    """Each legend, the axes that it belongs to, and its box."""
    renderer = film.figure.canvas.get_renderer()
    found = [(axes.get_legend(), axes) for placed in film.panels for axes in placed.axes if axes.get_legend()]
    return [(legend, axes, legend.get_window_extent(renderer)) for legend, axes in found]


def points_of_lines(film):
    """All points of all lines and markers that move, in every frame."""
    for number in range(len(film)):
        for shape in film.shapes(number):
            if type(shape).__name__ == "Points":
                yield shape.places
            elif type(shape).__name__ == "Lines":
                yield np.concatenate([np.asarray(line).reshape(-1, 2) for line in shape.lines])


def highest(axes, points):
    """How high lines reach in these axes, as a share."""
    still = [axes.transData.transform(line.get_xydata()) for line in axes.get_lines()]
    points = np.concatenate([*still, points])
    low, high = axes.bbox.get_points()
    inside = points[((points >= low - 1) & (points <= high + 1)).all(axis=1)]
    return (inside[:, 1].max() - low[1]) / axes.bbox.height


@pytest.mark.parametrize("case", MOST_CROWDED, ids=range(len(CROWDED)))
def test_a_legend_lies_over_no_line_and_over_no_axis_and_squeezes_nothing(crowded, case):
    f = crowded(*case)
    points = np.concatenate(list(points_of_lines(f)))
    for _, axes, box in legends(f):
        inside = box.x0 >= axes.bbox.x0 - 1 and box.x1 <= axes.bbox.x1 + 1 and box.y0 >= axes.bbox.y0
        assert inside or not box.overlaps(axes.bbox)
        assert not ((points > [box.x0, box.y0]) & (points < [box.x1, box.y1])).all(axis=1).any()
    for placed in f.panels:
        if placed.cell.name in ("prediction", "loss"):
            assert highest(placed.panel.top, points) > 0.55
    check(f)


@pytest.mark.parametrize("case", MOST_CROWDED, ids=range(len(CROWDED)))
def test_a_legend_that_has_no_room_is_named_with_a_size_that_has_it(crowded, case):
    text, panels, size, *others = case
    size = size[0], size[1] * 3 // 4
    try:
        f = crowded(text, panels, size, *others)
    except config.ConfigProblems:
        return
    for note in f.notes:
        name, _, words = note.partition(": no room for its legend, so it is left out; animation.size: ")
        larger = json.loads(words.partition(" has it")[0])
        assert min(np.subtract(larger, size)) >= 0
        assert [n for n in crowded(text, panels, larger, *others).notes if n.startswith(name)] == []
