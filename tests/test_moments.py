"""Parts of a training, and what an author says at moments of it."""

import av
import numpy as np
import pytest
from conftest import experiment, fake_recording
from helpers.configs import problems
from PIL import Image

from relu_anim.drawing.labels import LogTimeTicks
from relu_anim.drawing.shapes import Words
from relu_anim.drawing.theme import THEMES, contrast, style
from relu_anim.encoders import Timing
from relu_anim.errors import ConfigError
from relu_anim.films import Film, make_figure
from relu_anim.recording import Ensemble

CONFIG = """\
target: {function: x**2}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 6}
"""


def film(*settings, stopped="", epochs=12):
    e = experiment(f"training.epochs={epochs}", *settings)
    recordings = [fake_recording(member, seed, stopped) for seed, (_, member) in enumerate(e.members)]
    return Film(e, recordings)


# ---------------------------------------------------------------- a part of the training


def test_a_part_is_shown_from_its_first_moment_to_its_last():
    f = film("animation.epochs=[4, 9]", "animation.panels=loss")
    assert f.timeline.tolist() == [4, 5, 6, 7, 8, 9]
    assert f.panels[0].panel.axes.get_xlim() == (4, 9)
    assert f.panels[0].panel.axes.get_ylim()[1] < 25  # 100 / (4 + 1) is the first loss, 100 the untrained one
    assert f.metrics["epoch"] == 9
    assert "after 9 epochs" in f.alt


@pytest.mark.parametrize("pacing", ["even", "log", "motion"])
def test_a_part_has_its_ends_whatever_the_pacing(pacing):
    f = film("animation.epochs=[step 200, 90]", f"animation.pacing={pacing}", "animation.max_frames=7", epochs=100)
    assert (f.timeline[0], f.timeline[-1], len(f)) == (20, 90, 7)


def test_the_whole_training_is_the_same_film_as_no_part():
    whole, part = film(), film("animation.epochs=[0, 12]")
    assert all((whole.frame(n) == part.frame(n)).all() for n in range(len(whole)))


def test_a_part_before_a_divergence_does_not_tell_of_it():
    f = film("animation.epochs=[2, 5]", "training.on_divergence=keep", stopped="training diverged")
    assert not f.stamp.notes


def test_variants_keep_their_last_snapshot_where_they_have_none_in_the_part():
    f = film("animation.epochs=[8, 12]", "variants=[{label: a, set: {training.epochs: 4}}, {label: b, set: {seed: 1}}]")
    assert f.timeline.tolist() == [8, 9, 10, 11, 12]
    assert [scene.run.recording.epoch.tolist() for scene in f.scenes] == [[4], [8, 9, 10, 11, 12]]


def test_a_training_that_broke_off_before_the_part_is_said():
    e = experiment("animation.epochs=[8, 12]")
    with pytest.raises(ConfigError, match="broke off at epoch 5, before this part"):
        Film(e, [fake_recording(experiment("training.epochs=5"))])


def test_a_part_of_many_networks_has_those_moments_of_each():
    values = {name: np.arange(12.0).reshape(2, 6) for name in ("loss", "test_loss", "accuracy", "test_accuracy")}
    every = {name: np.zeros((2, 6, 3), np.float32) for name in ("parameters", "gradient_norms")}
    alike = {name: np.zeros(2) for name in ("output_center", "output_spread", "seeds")}
    scaled = {name: np.zeros((2, 0)) for name in ("center", "spread")}
    ensemble = Ensemble(None, epoch=np.arange(6), step=10 * np.arange(6), **values, **every, **alike, **scaled)
    part = ensemble.part(2, 5)
    assert part.step.tolist() == [20, 30, 40]
    assert part.loss.tolist() == [[2, 3, 4], [8, 9, 10]]
    assert part.parameters.shape == (2, 3, 3)


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (["animation.epochs=[0, 7]"], "animation.epochs.1", "there is no snapshot then; the nearest is 6"),
        (["animation.epochs=[4, 2]"], "animation.epochs", "the first moment must be before the second"),
        (
            ["animation.epochs=[2, 4]", "output.stills=[1]"],
            "output.stills.0",
            "in animation.epochs; the nearest is 2",
        ),
        (["animation.epochs=3"], "animation.epochs", ""),
        (["animation.epochs=[1, 2, 3]"], "animation.epochs", "needs two values"),
    ],
)
def test_a_part_that_is_none_is_refused(settings, key, message):
    found = [(problem.key, problem.message) for problem in problems(CONFIG, *settings)]
    assert [own for own, _ in found] == [key]
    assert message in found[0][1]


@pytest.mark.parametrize(("first", "last"), [(400, 500), (30, 50), (7, 9), (20, 10_000)])
def test_a_logarithmic_axis_of_a_part_has_ticks_of_its_own(first, last):
    with style(THEMES["light"]):
        axes = make_figure((500, 300), THEMES["light"]).add_subplot()
        axes.set_xscale("function", functions=(np.log1p, np.expm1))
        axes.xaxis.set_major_locator(LogTimeTicks())
        axes.set_xlim(first, last)
        ticks = axes.xaxis.get_major_locator()()
    assert len(ticks) >= 3
    assert all(first <= tick <= last and tick == round(tick) for tick in ticks)


# ---------------------------------------------------------------- captions

TWO = "animation.captions=[{at: 7, text: unit 2 dies, hold: 3}, {at: 4, text: it bends}]"


def said(f, moment):
    words = [shape.text for shape in f.drawing(moment).shapes if isinstance(shape, Words)]
    return [text for text in words if text in ("it bends", "unit 2 dies")]


def test_a_caption_stays_until_the_next_and_is_real_text():
    f = film(TWO, "animation.max_frames=4")
    assert [said(f, moment) for moment in (3, 4, 6, 7, 12)] == [[], ["it bends"], ["it bends"], *[["unit 2 dies"]] * 2]


@pytest.mark.parametrize("pacing", ["even", "log", "motion"])
def test_a_caption_has_a_frame_at_which_the_film_stays(pacing):
    f = film(TWO, f"animation.pacing={pacing}", "animation.max_frames=9", epochs=100)
    assert {0, 4, 7, 100} <= set(f.timeline.tolist())
    assert len(f) <= 9
    assert {f.timeline[number]: seconds for number, seconds in f.pauses.items()} == {4: 1.5, 7: 3}


def test_captions_take_room_from_the_start_and_nothing_jumps():
    plain, f = film(), film(TWO)
    tops = [round(each.panels[0].panel.axes.bbox.y1) for each in (plain, f)]
    assert tops[0] - tops[1] == 22
    rows = [np.flatnonzero((f.frame(n)[:, :, :3] != f.frame(n)[0, 0, :3]).any(axis=(1, 2)))[0] for n in (0, -1)]
    assert rows[0] == rows[1]  # the stamp


def test_a_long_caption_takes_two_lines_and_a_longer_one_is_cut_with_a_notice():
    words = "this unit turns off for good since its weights have grown too large in one step"
    two = film(f"animation.captions=[{{at: 2, text: {words}}}]")
    assert (two.captions.height, two.captions.texts[0].replace("\n", " "), two.notes) == (40, words, [])
    cut = film(f"animation.captions=[{{at: 2, text: {words}}}]", "animation.size=[260, 300]")
    assert cut.captions.texts[0].endswith("…")
    assert "is too long for two lines" in cut.notes[0]


def test_an_empty_caption_ends_the_one_before():
    f = film("animation.captions=[{at: 2, text: it bends}, {at: {step: 60}, text: ''}]")
    assert [said(f, moment) for moment in (5, 6)] == [["it bends"], []]


def test_captions_stand_in_the_alternative_text():
    assert film(TWO).alt.endswith(". At epoch 4: it bends. At epoch 7: unit 2 dies.")


def test_pauses_are_part_of_the_film_s_time():
    timing = Timing(5, 20, 2.0, None, 0.8, {0: 1.5, 2: 3.0, 4: 0.5})
    assert [timing.duration(frame, 100) for frame in range(5)] == [155, 5, 305, 5, 205]
    assert timing.total(100) == 155 + 5 + 305 + 5 + 205


@pytest.mark.parametrize("suffix", ["gif", "webp", "mp4"])
def test_a_film_stays_at_its_captions_in_every_format(tmp_path, suffix):
    path = film(TWO, "animation.max_frames=5", "animation.size=[240, 180]").save(tmp_path / f"x.{suffix}")
    seconds = 5 / 20 + 0.8 + 1.5 + 3 + 2
    with av.open(str(path)) as container:
        if suffix == "mp4":
            assert sum(1 for _ in container.decode(video=0)) == round(20 * seconds)
            return
    with Image.open(path) as image:
        times = [(image.seek(n), image.load(), image.info["duration"])[-1] for n in range(image.n_frames)]
    assert sum(times) == round(1000 * seconds)


@pytest.mark.parametrize(
    ("captions", "key", "message"),
    [
        ("[{at: 7, text: a}]", "captions.0.at", "there is no snapshot then; the nearest is 6"),
        ("[{at: 2.5, text: a}]", "captions.0.at", "the nearest are 2 and 3"),
        ("[{at: 2, text: a}, {at: 2, text: b}]", "captions.1.at", "epoch 2 has a caption already"),
        ("[{at: .inf, text: a}]", "captions.0.at", "got inf; write 40, or step 120"),
        ("[{at: true, text: a}]", "captions.0.at", "got true; write 40, or step 120"),
        ("[{at: end, text: a}]", "captions.0.at", "a moment is a number of epochs, or a step"),
        ("[{at: {epoch: 3}, text: a}]", "captions.0.at", ""),
        ("[{at: 2, text: 日}]", "captions.0.text", "no sign for 日"),
        ("[{at: 2, text: a, hold: -1}]", "captions.0.hold", ""),
        ("[{at: 2}]", "captions.0.text", ""),
        ("it bends", "captions", ""),
    ],
)
def test_a_caption_that_cannot_be_shown_is_refused(captions, key, message):
    found = [(problem.key, problem.message) for problem in problems(CONFIG, f"animation.captions={captions}")]
    assert [own for own, _ in found] == [f"animation.{key}"]
    assert message in found[0][1]


def test_a_caption_more_than_frames_is_one():
    found = problems(CONFIG, "animation.captions=[{at: 2, text: a}]", "animation.max_frames=2")
    assert [problem.message.partition(" beside")[0] for problem in found] == ["a caption needs a frame of its own"]


def test_more_captions_than_frames_are_refused():
    settings = ["animation.captions=[{at: 2, text: a}, {at: 3, text: b}]", "animation.max_frames=3"]
    assert [(problem.key, problem.message[-18:]) for problem in problems(CONFIG, *settings)] == [
        ("animation.max_frames", "; write 4 at least")
    ]


# ---------------------------------------------------------------- highlighted units

UNITS = ("model.layer_sizes=[1, 3, 3, 1]", "animation.highlight=[[1, 2], [2, 3]]", "animation.size=[500, 600]")


def strong(colors, theme=THEMES["light"]):
    """Which of these colours contrast as lines must."""
    return [contrast(color, theme.background) >= 3 for color in colors]


def test_highlighted_units_keep_their_colours_and_the_others_are_faint():
    f = film(*UNITS, "animation.panels=[[layers, contributions]]")
    rows = f.panels[0].panel.curves
    assert [strong(row.colors) for row in rows[:4]] == [[False, True, False]] * 2 + [[False, False, True]] * 2
    assert rows[0].colors[1] == THEMES["light"].unit_color(1)
    assert rows[0].order[-1] == 1  # above the others
    assert strong(f.panels[1].panel.pieces.colors) == [False, False, True]
    assert strong(rows[-1].colors) == [True]


def test_the_rows_of_a_map_stand_back_but_those_of_highlighted_units():
    panel = film(*UNITS, "animation.panels=activation_map").panels[0].panel
    own = [panel.colors[index] for index in panel.on.ravel()]
    assert strong(own) == [False, True, False, False, False, True]


def test_weights_stand_back_that_touch_no_highlighted_unit():
    panel = film(*UNITS, "animation.panels=network").panels[0].panel
    assert panel.units.faint.tolist() == [False, True, False, True, True, True, False, False]
    assert (~panel.lines.faint).reshape(-1).tolist() == [
        *[False, True, False],  # from the input
        *[False, True, False, False, True, False, True, True, True],  # to each unit of the second layer
        *[False, False, True],  # to the output
    ]


def test_lines_of_highlighted_units_are_those_where_they_are_0():
    settings = ("target={dataset: moons}", "model.layer_sizes=[2, 4, 1]", "animation.panels=decision")
    f = film(*settings, "animation.highlight=[[1, 3]]", "animation.size=[400, 400]")
    run, panel = f.scenes[0].run, f.panels[0].panel
    points = np.concatenate(list(panel.highlighted.lines))
    before = run.network.forward(run.last.parameters.astype(float), points)[0][0]
    assert len(points)
    assert np.abs(before[:, 2]).max() < 1e-6


def test_a_variant_without_the_unit_is_shown_as_ever():
    f = film(
        "animation.highlight=[[1, 2]]",
        "animation.panels=network",
        "variants=[{label: a, set: {seed: 1}}, {label: b, set: {model.layer_sizes: [1, 1, 1]}}]",
    )
    assert [scene.run.faint.tolist() for scene in f.scenes] == [[True, False], [False]]


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (["animation.highlight=[[1, 5]]"], ".0", "there is no unit 5 in layer 1, which has 4"),
        (["animation.highlight=[[1, 1], [2, 1]]"], ".1", "there is no hidden layer 2; the network has 1"),
        (["animation.highlight=[[1, 1], [1, 1]]"], ".1", "unit 1 of layer 1 is there already"),
        (["animation.highlight=[[1, 1]]", "animation.panels=loss"], "", "only the panels layers, contributions"),
        (["animation.highlight=[[0, 1]]"], ".0.0", ""),
        (["animation.highlight=[1, 3]"], ".0", "write [[1, 3]] for unit 3 of layer 1"),
    ],
)
def test_a_unit_that_is_not_there_is_refused(settings, key, message):
    found = [(problem.key, problem.message) for problem in problems(CONFIG, "animation.panels=network", *settings)]
    assert found[0][0] == f"animation.highlight{key}"
    assert message in found[0][1]


# ---------------------------------------------------------------- seconds of parts

PACED = "animation.pacing=[{until: 10, seconds: 1}, {until: 100, seconds: 0.5}]"


def test_each_part_has_the_frames_of_its_seconds_evenly_over_its_epochs():
    f = film(PACED, "animation.fps=10", "animation.max_frames=16", epochs=100)
    assert (f.timeline <= 10).sum() == 10
    assert f.timeline[10:].tolist() == [28, 46, 64, 82, 100]
    assert f.pauses == {}


def test_a_part_of_few_snapshots_lasts_as_long_in_whole_frames():
    f = film(
        "animation.pacing=[{until: 4, seconds: 2}, {until: 12, seconds: 0.4}]",
        "animation.max_frames=30",
        "animation.fps=10",
    )
    assert f.timeline.tolist() == [0, 1, 2, 3, 4, 6, 8, 10, 12]
    assert f.pauses == {number: pytest.approx(0.3) for number in range(5)}


def test_what_comes_after_the_last_part_is_passed_over_in_one_step():
    f = film("animation.pacing=[{until: 4, seconds: 0.5}]", "animation.fps=10", epochs=50)
    assert f.timeline.tolist() == [0, 1, 2, 3, 4, 50]


def test_captions_have_frames_within_paced_parts():
    f = film(PACED, "animation.fps=10", "animation.max_frames=16", TWO.replace("at: 7", "at: 71"), epochs=100)
    assert {0, 4, 10, 71, 100} <= set(f.timeline.tolist())
    assert len(f) <= 16


def test_axes_of_paced_parts_are_linear():
    f = film(PACED, "animation.panels=loss", "animation.max_frames=40", epochs=100)
    assert f.panels[0].panel.axes.get_xscale() == "linear"


@pytest.mark.parametrize(
    ("pacing", "key", "message"),
    [
        ("[{until: 9, seconds: 2}]", "pacing.0.until", "the nearest is 6"),
        ("[{until: 3, seconds: 1}, {until: 2, seconds: 1}]", "pacing.1.until", "must end later than the one before"),
        ("[{until: 3, seconds: 4}, {until: 6, seconds: 5}]", "max_frames", "; write 181 at least, or fewer seconds"),
        ("[{until: 3}]", "pacing.0.seconds", "is required"),
        ("[{until: 3, seconds: 0}]", "pacing.0.seconds", ""),
        ("linear", "pacing", "even, log, motion or a list"),
    ],
)
def test_parts_that_cannot_be_shown_are_refused(pacing, key, message):
    found = [(problem.key, problem.message) for problem in problems(CONFIG, f"animation.pacing={pacing}")]
    assert [own for own, _ in found] == [f"animation.{key}"]
    assert message in found[0][1]


# ---------------------------------------------------------------- ghosts and distances


def shown(f, moment):
    f.at(moment)
    return f.panels[0].panel


def test_a_ghost_stays_from_its_moment_on_where_the_curve_was():
    f = film("animation.panels=[{prediction: {ghosts: [2, 5]}}]", "animation.size=[500, 400]")
    assert [len(shown(f, moment).ghosts.lines) for moment in (0, 2, 3, 5, 6, 12)] == [0, 0, 1, 1, 2, 2]
    run = f.scenes[0].run
    for line, epoch in zip(shown(f, 12).ghosts.lines, (2, 5), strict=True):
        output = run.network.output(run.recording.parameters[epoch].astype(float), line[:, :1])
        assert np.allclose(output[:, 0], line[:, 1])
    assert f.panels[0].panel.ghosts.name == "epochs 2, 5"


def test_the_area_is_the_mean_distance_times_the_width():
    f = film("animation.panels=[{prediction: {error: true}}]", "animation.size=[500, 400]")
    distance = shown(f, 3).distance
    area = np.trapezoid(distance.area.high - distance.area.low, distance.area.x)
    said = float(distance.title.text.get_text().removeprefix("mean distance "))
    assert said == pytest.approx(area / 10, rel=0.01)  # of the domain [-5, 5]


def test_the_area_to_a_curve_that_leaves_the_axes_does_not_cover_the_legend():
    settings = ("target.function=x**2/1000", "animation.panels=[{prediction: {error: true}}]")
    f = film(*settings, "model.layer_sizes=[1, 8, 1]", "animation.size=[500, 400]")
    panel = shown(f, 0)
    (name,) = panel.axes.get_legend().get_texts()
    bottom = panel.axes.transData.inverted().transform((0, name.get_window_extent().y0))[1]
    assert max(float(shown(f, moment).distance.area.high.max()) for moment in f.timeline) <= bottom
    assert any(f.scenes[0].run.some_curves(-1, 12)[1].max(axis=0) > bottom)


def test_stems_go_from_points_to_the_curve():
    points = ("target={dataset: cosine}", "animation.panels=[{prediction: {error: true}}]")
    f = film(*points, "animation.size=[500, 400]")
    stems, run = shown(f, 3).distance.stems.lines, f.scenes[0].run
    assert np.array_equal(stems[:, 0], np.column_stack([run.points.x, run.points.y]))
    output = run.network.output(run.recording.parameters[3].astype(float), run.points.x)
    assert np.array_equal(stems[:, 1, 1], output[:, 0])


def test_the_title_of_the_best_pieces_is_left_alone():
    f = film("animation.panels=[{prediction: {best: true, error: true}}]", "animation.size=[600, 400]")
    assert f.panels[0].panel.axes.get_title(loc="left").startswith("best")


@pytest.mark.parametrize(
    ("options", "settings", "message"),
    [
        ("{ghosts: [1, 9]}", [], "ghosts: epoch 9: there is no snapshot then; the nearest is 6"),
        ("{ghosts: [1, 1]}", [], "ghosts: epoch 1 is there already"),
        ("{ghosts: [1]}", ["animation.epochs=[2, 4]"], "the nearest is 2"),
        ("{ghosts: [end]}", [], "a moment is a number of epochs, or a step"),
        ("{error: maybe}", [], "true"),
        (
            "{error: true}",
            ["variants=[{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]", "animation.arrange=overlay"],
            "is of one network",
        ),
    ],
)
def test_options_that_cannot_be_shown_are_refused(options, settings, message):
    found = problems(CONFIG, f"animation.panels=[{{prediction: {options}}}]", *settings)
    assert len(found) == 1
    assert message in found[0].message
