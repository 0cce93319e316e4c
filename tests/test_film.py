import ctypes
import itertools

import imageio.v3
import matplotlib
import numpy as np
import pytest
from helpers.pictures import overlapping, write_stamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from relu_anim import config, facts, figures
from relu_anim.activations import from_formula, named
from relu_anim.drawing.ends import EndLabels
from relu_anim.drawing.shapes import Area, Lines, Picture, Words
from relu_anim.drawing.strokes import Marks
from relu_anim.encoders import encoder, read_config_text
from relu_anim.errors import ConfigError, FileError
from relu_anim.expressions import parse
from relu_anim.figures.activation import label
from relu_anim.films import Film
from relu_anim.films.timeline import pick, timeline
from relu_anim.making import jobs, kept
from relu_anim.network import Network
from relu_anim.words import Wording

LAYOUTS = {
    "one": "[[prediction]]",
    "row": "[[prediction, loss]]",
    "mosaic": "[[layers, prediction], [layers, loss]]",
    "hole": "[[prediction, .], [loss, loss]]",
    "layers against numbers": "[profile]",
}


@pytest.fixture(scope="module")
def film(experiment, fake_recording):
    def make(*settings, **options):
        e = experiment(*settings)
        return Film(e, [fake_recording(e, **options)])

    return make


# ---------------------------------------------------------------- which snapshots are shown


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine may be busy
@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.integers(1, 40))
def test_first_and_last_are_picked_and_never_too_many(steps, most):
    picked = pick(np.cumsum(steps), most)
    assert len(picked) <= most
    assert picked[-1] == len(steps) - 1
    assert most == 1 or picked[0] == 0
    assert (np.diff(picked) > 0).all()


def test_even_pacing_leaves_equal_gaps(experiment, fake_recording):
    e = experiment("training.epochs=100", "animation.max_frames=11")
    assert timeline(e, [fake_recording(e)]).tolist() == list(range(0, 101, 10))


def test_all_snapshots_are_shown_where_they_fit(experiment, fake_recording):
    e = experiment("training.epochs=12", "animation.max_frames=13")
    assert timeline(e, [fake_recording(e)]).tolist() == list(range(13))


def test_log_pacing_shows_every_early_epoch_and_few_late_ones(experiment, fake_recording):
    e = experiment("training.epochs=1000", "animation.max_frames=40", "animation.pacing=log")
    shown = timeline(e, [fake_recording(e)])
    assert len(shown) >= 38
    assert shown[:5].tolist() == [0, 1, 2, 3, 4]
    assert np.diff(shown)[-1] > 100


def test_motion_pacing_moves_the_curve_about_equally_far_between_frames(experiment, fake_recording):
    e = experiment("training.epochs=400", "animation.max_frames=20", "animation.pacing=motion")
    recording = fake_recording(e)
    slow = np.linspace(0, 1, 401)[:, None] ** 4  # hardly any motion at first, much at the end
    start, end = recording.parameters[0], recording.parameters[-1]
    recording.parameters[:] = start + (end - start) * slow
    shown = timeline(e, [recording]).astype(int)
    network = Network(*e.shape)
    outputs = network.output(recording.parameters[shown], np.linspace(-5, 5, 301)[:, None])[..., 0]
    moved = np.abs(np.diff(outputs, axis=0)).mean(axis=1)
    assert moved[:-1].max() < 1.6 * moved[:-1].mean()
    assert shown[1] > 100


# ---------------------------------------------------------------- frames


@pytest.mark.parametrize(("layout", "theme"), list(zip(LAYOUTS, itertools.cycle(["dark", "light"]), strict=False)))
def test_a_frame_looks_like_the_figure_drawn_anew(film, layout, theme):
    settings = [f"animation.theme={theme}", "animation.size=[700, 600]", "animation.max_frames=2"]
    f = film(f"animation.panels={LAYOUTS[layout]}", *settings)
    frames = [frame.copy() for frame in f.frames()]
    for mark in f.animated:
        mark.set_animated(False)
    for number, frame in enumerate(frames):
        f.shapes(number)
        texts = write_stamp(f, number)
        canvas = FigureCanvasAgg(f.figure)
        canvas.draw()
        for text in texts:
            text.remove()
        redrawn = np.asarray(canvas.buffer_rgba())
        different = (np.abs(frame.astype(int) - redrawn) > 40).any(axis=2)
        assert (
            different.mean() < 0.004
        )  # lines lie over axes that a full drawing puts on top, and text half a pixel off


KINDS = {
    "prediction": ["animation.panels=prediction"],
    "layers, loss": ["animation.panels=[[layers, loss]]", "data.resample=false", "data.test_fraction=0.25"],
    "contributions": ["animation.panels=contributions", "animation.theme=dark"],
    "activation_map": ["animation.panels=activation_map", "animation.domain=[-8, 8]", "model.layer_sizes=[1, 6, 4, 1]"],
    "network": ["animation.panels=network", "model.layer_sizes=[1, 8, 8, 1]"],
    "gradients": ["animation.panels=gradients", "model.layer_sizes=[1, 3, 3, 1]"],
    "metrics": ["animation.panels=metrics", "animation.metrics=[loss, weight_norms]"],
    "classes": ["target={dataset: circle}", "model.layer_sizes=[2, 8, 1]", "data={test_fraction: 0.25, samples: 80}"],
    "several": ["target={dataset: gauss}", "model.layer_sizes=[2, 5, 4, 6]", "data={classes: 6, samples: 90}"],
    "numbers": ["target={function: x*y}", "model.layer_sizes=[2, 8, 1]", "animation.domain=[-6, 6]"],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [pytest.param("", marks=pytest.mark.soak), "the loss is infinite"])
def test_the_shapes_of_a_frame_drawn_by_matplotlibs_own_artists_give_its_pixels(film, kind, ending):
    """Over what stands still, each shape is drawn by an artist of Matplotlib's that does what its record says."""
    f = film("animation.size=[480, 400]", *KINDS[kind], stopped=ending)
    for number in (3, len(f) - 1):
        frame, shapes = f.frame(number).astype(int), f.shapes(number)
        canvas = FigureCanvasAgg(f.figure)
        canvas.draw()
        for shape in shapes:
            if isinstance(shape, Picture):
                left, top = round(shape.left), 400 - round(shape.bottom) - len(shape.cells)
                rows, columns = slice(top, top + len(shape.cells)), slice(left, left + shape.cells.shape[1])
                np.asarray(canvas.buffer_rgba())[rows, columns] = shape.palette[shape.cells]
            else:
                for artist in artists_of(shape):
                    artist.set_figure(f.figure)
                    artist.draw(canvas.get_renderer())
        redrawn = np.asarray(canvas.buffer_rgba()).astype(int)
        for ends in (
            mark for mark in f.animated if isinstance(mark, EndLabels)
        ):  # tests/test_ends.py has their letters
            left, row = round(ends.axes.bbox.x1) + 6, 400 - round(ends.axes.bbox.y0)
            frame[: row + 12, left:] = redrawn[: row + 12, left:]
        assert np.abs(frame - redrawn)[40:].max() <= 6  # the edges of marks are blended with each other first
        assert np.abs(frame - redrawn)[:40].max() <= 60  # digits are pasted from bitmaps


def artists_of(shape):
    """Artists of Matplotlib's for a shape, in pixels."""
    clip = {"clip_box": Bbox.from_extents(shape.clip)} if getattr(shape, "clip", None) else {}
    if isinstance(shape, Words):
        place = {"ha": shape.align, "va": "baseline", "fontsize": shape.size * 0.72, "color": shape.color}
        yield Text(shape.x, shape.y, shape.text, transform=IdentityTransform(), parse_math=False, **place)
    elif isinstance(shape, Area):
        yield Polygon(shape.outline, facecolor=shape.fill, linewidth=0, transform=IdentityTransform(), **clip)
    elif isinstance(shape, Lines):
        pen, path = shape.pen, Path.make_compound_path(*map(Path, shape.lines))
        look = {"capstyle": pen.cap, "joinstyle": "round", "linewidth": pen.width * 0.72, "snap": pen.snap and None}
        if pen.dashes:
            look["linestyle"] = (pen.offset / pen.width, np.divide(pen.dashes, pen.width))
        yield PathPatch(path, edgecolor=pen.color, facecolor="none", transform=IdentityTransform(), **look, **clip)
    elif not shape.snap and not shape.edge:  # filled together
        rounds = [Path.circle(place, shape.outline) for place in shape.places]
        yield PathPatch(
            Path.make_compound_path(*rounds), facecolor=shape.fill, linewidth=0, transform=IdentityTransform()
        )
    else:
        edge = {"edgecolor": shape.edge.color, "linewidth": shape.edge.width * 0.72} if shape.edge else {"linewidth": 0}
        if shape.edge and shape.edge.dashes:
            edge["linestyle"] = (0, np.multiply(shape.edge.dashes, 0.72) / edge["linewidth"])
        for place in shape.places:
            place = moved(place, shape.outline) if shape.snap else place
            look = {"facecolor": shape.fill, "transform": IdentityTransform(), **edge, **clip}
            if np.ndim(shape.outline):
                yield Polygon(place + shape.outline, joinstyle="round", **look)
            else:
                yield Circle(place, shape.outline, **look)


def moved(place, outline, height=400):
    """Where Agg puts a mark: the middle of a pixel, or its corner if all edges of the mark are level or upright."""
    is_upright = np.ndim(outline) and not np.prod(outline - np.roll(outline, 1, axis=0), axis=1).round(9).any()
    column, row = np.floor(place[0] + 0.5), np.floor(height - place[1] + 0.5)
    return np.array([column, height - row]) + (0 if is_upright else (0.5, -0.5))


def test_a_frame_is_an_array_of_ones_own(film):
    f = film()
    third, streamed = f.frame(3), [frame.copy() for frame in f.frames()]
    assert (third == streamed[3]).all()
    assert (f.frame(-1) == streamed[-1]).all()
    assert not np.shares_memory(f.frame(0), f.frame(0))
    with pytest.raises(IndexError):
        f.frame(len(f))


def test_matplotlibs_settings_are_left_alone_between_frames(film):
    f = film("animation.theme=dark", "animation.panels=[[layers, loss]]")
    before = dict(matplotlib.rcParams)
    for _ in f.frames():
        assert dict(matplotlib.rcParams) == before


# ---------------------------------------------------------------- files


def formats_of(path):
    """The formats as whose a file begins."""
    return [name for name in facts.FORMATS if encoder(name).begins(path.read_bytes()[:512])]


@pytest.fixture(scope="module")
def plain(film):
    return film()


@pytest.mark.parametrize("suffix", facts.FORMATS)
def test_a_film_is_saved_in_the_format_of_the_suffix_with_its_config(plain, tmp_path, suffix):
    f = plain
    path = f.save(tmp_path / f"film.{suffix}")
    assert path == tmp_path / f"film.{suffix}"
    assert formats_of(path) == [suffix]
    assert config.loads(read_config_text(path)) == config.loads(f.config_text(suffix))
    if encoder(suffix).writer:
        shown = [np.asarray(frame)[..., :3].astype(float) for frame in imageio.v3.imiter(path)]
        assert len(shown) >= (1 if suffix == "png" else len(f))  # the last one as often as it holds
        assert np.abs(shown[-1] - f.frame(-1)[..., :3]).mean() < 3


def test_a_film_that_cannot_be_saved_leaves_no_file(film, tmp_path):
    endings = r"\.gif, \.mp4, \.webp, \.png, \.svg, \.animated\.svg, \.html, \.pdf"
    with pytest.raises(ConfigError, match=f"the suffix must be one of {endings}"):
        film().save(tmp_path / "film.avi")
    with pytest.raises(ConfigError, match="an MP4 needs even sizes"):
        film("animation.size=[401, 300]").save(tmp_path / "film.mp4")
    with pytest.raises(ConfigError, match="a GIF plays at most 50 frames a second, this film has 60"):
        film("animation.fps=60", "output.formats=[mp4]").save(tmp_path / "film.gif")
    with pytest.raises(FileError, match="No such file or directory"):
        film().save(tmp_path / "there" / "film.gif")

    def stop(what, done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film().save(tmp_path / "film.gif", stop)
    assert list(tmp_path.iterdir()) == []


def test_frames_have_the_size_asked_for_and_are_opaque(film):
    frame = next(film("animation.size=[431, 287]").frames())
    assert frame.shape == (287, 431, 4)
    assert frame.dtype == np.uint8
    assert (frame[..., 3] == 255).all()


def test_there_is_one_frame_for_each_shown_snapshot_and_they_differ(film):
    f = film()
    frames = [frame.copy() for frame in f.frames()]
    assert len(frames) == len(f) == 8
    assert all((a != b).any() for a, b in itertools.pairwise(frames))


def test_frames_share_one_buffer(film):
    frames = list(film().frames())
    assert all(np.shares_memory(a, b) for a, b in itertools.pairwise(frames))


def test_frames_may_be_asked_for_again(film):
    f = film("animation.panels=[[layers, loss]]")
    assert all((a == b).all() for a, b in zip([x.copy() for x in f.frames()], f.frames(), strict=True))


def test_a_sample_of_the_frames_ends_with_the_last(film):
    f = film()
    last = f.last_frame().copy()
    sample = [frame.copy() for frame in f.frames(every=5)]
    assert len(sample) == 3
    assert (sample[-1] == last).all()


def test_what_a_sample_has_drawn_is_not_drawn_again_and_is_the_same(film, monkeypatch):
    f, drawn = film(), []
    monkeypatch.setattr(
        Film, "_draw", lambda self, canvas, moment, own=Film._draw: (drawn.append(moment), own(self, canvas, moment))[1]
    )
    list(f.frames(every=5))
    frames = [frame.copy() for frame in f.frames()]
    assert sorted(drawn) == f.timeline.tolist()
    assert all((a == b).all() for a, b in zip(frames, film().frames(), strict=True))


def test_axes_stay_where_they_are_from_frame_to_frame(film):
    f = film("animation.panels=[[layers, prediction], [layers, loss]]", "animation.size=[700, 600]")
    seen = {tuple((*a.get_xlim(), *a.get_ylim(), *a.get_position().bounds) for a in f.figure.axes) for _ in f.frames()}
    assert len(seen) == 1


def test_a_users_matplotlib_settings_change_nothing(film):
    expected = [frame.copy() for frame in film().frames()]
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.facecolor": "red", "figure.dpi": 40}):
        for frame, wanted in zip(film().frames(), expected, strict=True):
            assert (frame == wanted).all()


def test_the_dark_theme_is_dark(film):
    frame = film("animation.theme=dark").last_frame()
    assert np.median(frame[..., :3]) < 60


def test_a_film_of_one_epoch_has_one_frame(film):
    f = film("training.epochs=0", "animation.panels=[[prediction, loss]]")
    assert len(list(f.frames())) == 1


@pytest.mark.parametrize(
    ("layout", "size"),
    [
        pytest.param(layout, size, marks=[pytest.mark.soak] * bool((i + j) % 3))
        for i, layout in enumerate(LAYOUTS)
        for j, size in enumerate([(700, 500), (1200, 800), (500, 420)])
    ],
)
def test_no_text_overlaps_another_or_is_cut_off(film, layout, size):
    f = film(
        f"animation.panels={LAYOUTS[layout]}",
        f"animation.size={list(size)}",
        "title=Two ReLU units",
        "training.epochs=5000",
    )
    f.shapes(-1)
    write_stamp(f)
    for mark in f.animated:
        mark.set_animated(False)
    assert list(overlapping(f.figure)) == []


def test_the_stamp_shows_the_true_epoch_and_loss(film):
    f = film("training.epochs=1234", "animation.max_frames=3")
    (scene,) = f.scenes
    assert f.timeline.tolist() == scene.run.shown.tolist() == [0, 617, 1234]
    epoch, loss = (shape.text for shape in f.stamp.shapes(f.timeline[1]))
    assert epoch.replace("\u2009", "") == "617"
    assert float(loss) == pytest.approx(scene.run.recording.loss[617], rel=5e-3)


def test_a_run_that_diverged_says_so_on_its_last_frame_only(film):
    f = film(stopped="the loss is infinite")
    said = [[shape.text for shape in f.shapes(n) if isinstance(shape, Words)] for n in range(len(f))]
    assert ["then diverged" in words for words in said] == [False] * (len(f) - 1) + [True]


def test_pasted_numbers_look_like_written_ones(film):
    f = film("training.epochs=1234", "animation.max_frames=3", "animation.size=[700, 500]")
    pasted = f.last_frame()[:40].astype(int)
    write_stamp(f)
    canvas = FigureCanvasAgg(f.figure)
    canvas.draw()
    written = np.asarray(canvas.buffer_rgba())[:40]
    assert (np.abs(pasted - written) > 60).any(
        axis=2
    ).sum() < 150  # digits start at whole pixels; a blank differs in 700


# ---------------------------------------------------------------- figures that do not move


def still(figure):
    return figures.Still(figures.of(figure, lambda *said: None))


@pytest.mark.parametrize("theme", [pytest.param("light", marks=pytest.mark.soak), "dark"])
def test_a_figure_of_functions_has_no_text_over_text(theme):
    figure = config.loads(
        "kind: activation\ntitle: Four\n"
        "functions: [tanh, 2*sigmoid(x) - 1, relu, {name: leaky_relu, negative_slope: 0.1}]",
        settings=[f"animation.theme={theme}"],
    )
    assert list(overlapping(still(figure).figure)) == []


def test_the_steepest_place_of_a_function_is_called_so():
    drawn = still(config.loads("kind: activation\nfunctions: [sigmoid]\nmarks: [-15, 0, 15]\ndomain: [-15, 15]"))
    words = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert sorted(words) == [
        "greatest slope 0.25\nat x = 0",
        "slope 3.06·10⁻⁷\nat x = 15",
        "slope 3.06·10⁻⁷\nat x = −15",
    ]
    assert list(overlapping(drawn.figure)) == []


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        (named("leaky_relu", negative_slope=0.1), "leaky ReLU, slope 0.1"),
        (named("leaky_relu"), "leaky ReLU, slope 0.01"),
        (named("prelu"), "PReLU, slope 0.25"),
        (named("elu", alpha=2), "ELU, alpha 2"),
        (named("elu"), "ELU"),
        (named("relu"), "ReLU"),
        (from_formula(parse("x**2")), "x**2"),
    ],
)
def test_functions_are_named_with_their_slopes(activation, name):
    assert label(activation, Wording({})) == name


def test_a_figure_of_data_shows_every_point():
    drawn = still(config.loads("kind: data\ntarget: {dataset: cosine}"))
    (marks,) = drawn.figure.findobj(Marks)
    assert len(marks.points) == 200
    assert marks.points[0] == pytest.approx([0.37454012, -0.68042695], abs=1e-5)


def test_places_do_not_hang_on_where_memory_lies(film):
    """The solver of Matplotlib's layout adds up in the order of addresses; here they are shuffled between films."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    random, places = np.random.default_rng(0), set()
    for _ in range(5):
        blocks = [libc.malloc(int(size)) for size in random.integers(16, 160, 25_000)]
        random.shuffle(blocks)
        for block in blocks[::2]:
            libc.free(block)
        settings = (
            "model.layer_sizes=[1, 24, 16, 1]",
            "animation.panels=[[layers], [loss]]",
            "animation.size=[400, 700]",
        )
        places.add(repr([axes.get_position().bounds for axes in film(*settings).figure.axes]))
        for block in blocks[1::2]:
            libc.free(block)
    assert len(places) == 1


@pytest.mark.parametrize("name", [name for name, known in facts.FORMATS.items() if not known.moves])
def test_a_figure_is_written_in_the_format_that_the_suffix_names(name, tmp_path):
    figure = config.loads(f"kind: activation\nfunctions: [relu]\noutput: {{formats: [{name}]}}\n")
    job = {"name": "f", "config": config.dump(figure), "tables": {}, "recordings": {}}
    made = jobs.run_job({**job, "files": (f".{name}",), "is_draft": False, "versions": kept.made_with()})
    (tmp_path / "figure").write_bytes(made["files"][f".{name}"])
    assert formats_of(tmp_path / "figure") == [name]
