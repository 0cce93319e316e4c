"""Moments of a film that stand still, strips of them, and films in several themes."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from helpers.configs import problems
from PIL import Image
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.drawing.shapes import Area, Lines, Pen, Picture, Points, Words, moved
from relu_anim.encoders import read_config_text
from relu_anim.errors import ConfigError
from relu_anim.films import Film
from relu_anim.films.stills import Moments
from relu_anim.making.recordings import train_alone
from relu_anim.plurals import size_of

CONFIG = """\
title: Stills
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 6}
animation: {size: [360, 260], max_frames: 4}
"""


@pytest.fixture(name="film", scope="module")
def _film(fake_recording):
    def make(*settings):
        e = config.loads(CONFIG, settings=settings)
        return Film(e, [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)])

    return make


def run(*arguments):
    result = CliRunner().invoke(app, ["run", "c.yaml", *arguments, "--json", "-q"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_still_is_the_frame_of_its_moment_to_the_pixel(film):
    f = film()
    for number, moment in enumerate(f.timeline):
        assert (f.at(float(moment)) == f.frame(number)).all()


def test_a_moment_that_is_no_frame_is_shown_with_the_film_s_ranges_and_changes_no_frame(film):
    f = film("training.epochs=12")
    before = f.frame(1)
    (moment,) = {5} - set(f.timeline)
    still = f.at(moment)
    assert (f.frame(1) == before).all()
    every = film("training.epochs=12", "animation.max_frames=100")
    assert (still == every.frame(5)).all()


def test_a_step_is_a_moment_too():
    e = config.loads(CONFIG, settings=["data.samples=1280", "training.snapshots=step", "animation.max_frames=100"])
    f = Film(e, [train_alone(e, lambda *said: None)])
    assert (f.at("step 7") == f.frame(7)).all()
    with pytest.raises(ConfigError, match="step 31: there is no snapshot then"):
        f.at("step 31")


def test_a_strip_is_the_frames_beside_each_other_and_of_variants_in_columns_below_each_other(film):
    f = film()
    strip = Moments(f, (0, 3, 6)).last_frame()
    assert (strip == np.concatenate([f.at(0), f.at(3), f.at(6)], axis=1)).all()
    f = film("variants=[{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]", "animation.size=[400, 300]")
    assert Moments(f, (0, 6)).last_frame().shape == (600, 400, 4)
    drawing = Moments(f, (0, 6)).drawing()
    assert (drawing.size, drawing.pixels) == ((400, 600), (400, 600))
    epochs = [(word.text, word.y > 300) for word in drawing.shapes if isinstance(word, Words) and word.text in "06"]
    assert {("0", True), ("6", False)} <= set(epochs)


def test_a_shape_is_moved_with_all_that_it_has():
    box, pen, corner = (1.0, 2.0, 3.0, 4.0), Pen((0, 0, 0, 1), 1), np.array([[5.0, 6.0]])
    way = (10, 100)
    assert moved(Lines(corner, pen, box), *way).points.tolist() == [[15, 106]]
    assert moved(Lines(corner, pen, box), *way).clip == (11, 102, 13, 104)
    assert moved(Area(corner, pen.color), *way).outline.tolist() == [[15, 106]]
    assert moved(Points(corner, 2.0, pen.color, None, box), *way).places.tolist() == [[15, 106]]
    picture = moved(Picture(1, 2, np.zeros((1, 1), int), np.zeros((1, 4), np.uint8)), *way)
    assert (picture.left, picture.bottom) == (11, 102)
    words = moved(Words("x", 1, 2, 9, pen.color), *way)
    assert (words.x, words.y) == (11, 102)


def test_a_config_becomes_stills_strips_and_themes_beside_its_film(here):
    (here / "c.yaml").write_text(CONFIG)
    output = "output={formats: [gif, svg], themes: [light, dark], stills: [0, 2], strip: [0, 6]}"
    ends = [".gif", ".svg", "-dark.gif", "-dark.svg", "-epoch-0.svg", "-epoch-2.svg", "-strip.svg"]
    ends += ["-dark-epoch-0.svg", "-dark-epoch-2.svg", "-dark-strip.svg"]
    assert run("-s", output)["outputs"] == [f"outputs/c{end}" for end in ends]
    assert run("-s", output)["status"] == "current"
    assert "epoch" in [text.text for text in ET.parse("outputs/c-epoch-2.svg").iter() if text.tag.endswith("text")]
    again = config.loads(read_config_text("outputs/c-dark-epoch-2.svg"))
    assert list(config.files(again)) == [".svg", "-epoch-2.svg"]
    assert again.output.themes == ("dark",)
    Path("outputs/c-dark-strip.svg").unlink()
    assert run("-s", output)["status"] == "redrawn"
    assert Path("outputs/c-dark-strip.svg").exists()


def test_a_film_in_a_second_theme_is_that_of_a_config_with_this_theme(here):
    (here / "c.yaml").write_text(CONFIG)
    run("-f", "png", "-s", "output.themes=[light, dark]", "-s", "output.stills=[2]")
    both = {end: pixels(f"outputs/c{end}") for end in (".png", "-dark.png", "-dark-epoch-2.png")}
    run("-f", "png", "-s", "animation.theme=dark", "-s", "output.stills=[2]")
    assert (pixels("outputs/c.png") == both["-dark.png"]).all()
    assert (pixels("outputs/c-epoch-2.png") == both["-dark-epoch-2.png"]).all()
    run("-f", "png")
    assert (pixels("outputs/c.png") == both[".png"]).all()


def test_a_figure_that_does_not_move_has_themes_too(here):
    (here / "c.yaml").write_text(
        "kind: activation\nfunctions: [relu]\nanimation: {size: [400, 300]}\n"
        "output: {formats: [png], themes: [dark, light]}\n"
    )
    assert run()["outputs"] == ["outputs/c.png", "outputs/c-light.png"]
    assert pixels("outputs/c.png").mean() < 90 < 200 < pixels("outputs/c-light.png").mean()


def test_the_strip_alone_is_made_anew_when_its_moments_change(here):
    (here / "c.yaml").write_text(CONFIG)
    run("-f", "png", "-s", "output.stills=[2]", "-s", "output.strip=[0, 1]")
    before = {path.name: path.stat().st_mtime_ns for path in Path("outputs").glob("*.png")}
    run("-f", "png", "-s", "output.stills=[2]", "-s", "output.strip=[0, 2]")
    changed = {name for name, time in before.items() if Path("outputs", name).stat().st_mtime_ns != time}
    assert changed == {"c-strip.png"}


@pytest.mark.parametrize(
    ("setting", "key", "message"),
    [
        ("output.stills=[7]", "output.stills.0", "there is no snapshot then; the nearest is 6"),
        ("output.stills=[2.5]", "output.stills.0", "there is no snapshot then; the nearest are 2 and 3"),
        ("output.strip=[0, step 3, step 9]", "output.strip.2", "there is no snapshot then; the nearest is step 6"),
        ("output.stills=[2, 3, 2.0]", "output.stills.2", "epoch 2 is there already"),
        ("output.stills=[end]", "output.stills.0", "a moment is a number of epochs, or a step: write 40, or step 120"),
        ("output.themes=[dark, dark]", "output.themes.1", "dark is there already"),
    ],
)
def test_a_moment_that_was_not_recorded_is_refused_with_the_nearest(setting, key, message):
    (problem,) = problems(CONFIG, setting)
    assert (problem.key, problem.message) == (key, message)


def test_the_last_line_says_how_large_the_files_are(here):
    (here / "c.yaml").write_text(CONFIG)
    result = CliRunner().invoke(app, ["run", "c.yaml", "-f", "gif,png"])
    sizes = [Path(f"outputs/c.{name}").stat().st_size for name in ("gif", "png")]
    assert result.stderr.rstrip().endswith(f"gif {sizes[0] / 1000:.3g} kB, png {sizes[1] / 1000:.3g} kB")


@pytest.mark.parametrize(
    ("count", "text"),
    [(812, "812 bytes"), (999, "999 bytes"), (3400, "3.4 kB"), (999_600, "1 MB"), (1.25e9, "1.25 GB")],
)
def test_bytes_are_written_as_people_read_them(count, text):
    assert size_of(int(count)) == text


def call(*arguments):
    return CliRunner().invoke(app, ["run", *arguments, "-q"])


def test_stills_of_other_moments_can_be_asked_for_and_leave_the_film_alone(here):
    (here / "c.yaml").write_text(CONFIG)
    run()
    before = Path("outputs/c.gif").stat().st_mtime_ns
    assert run("--at", "0, 5")["status"] == "redrawn"
    assert run("--at", "0,5")["outputs"] == ["outputs/c-epoch-0.png", "outputs/c-epoch-5.png"]
    assert Path("outputs/c.gif").stat().st_mtime_ns == before
    assert run()["status"] == "current"


def test_moments_that_there_are_not_are_refused_with_their_place_in_the_option(here):
    (here / "c.yaml").write_text(CONFIG)
    (here / "f.yaml").write_text("kind: activation\nfunctions: [relu]\n")
    result = call("c.yaml", "--at", "0,7")
    assert result.exit_code == 2
    assert result.stderr.startswith("--at:1:19: output.stills.1: there is no snapshot then; the nearest is 6\n")
    result = call("f.yaml", "--at", "0")
    assert (result.exit_code, result.stderr) == (2, "f.yaml: --at: a figure that does not move has no moments\n")
    assert not Path("outputs").exists()


@pytest.fixture
def figures(here):
    for name in "ab":
        (here / f"{name}.yaml").write_text(
            "kind: activation\nfunctions: [relu]\nanimation: {size: [400, 300]}\n"
            "output: {formats: [png], themes: [light, dark]}\n"
        )
    return here


def test_many_configs_have_their_names_and_themes_put_into_one_output(figures):
    result = call("a.yaml", "b.yaml", "-o", "static/{name}-in-{theme}.png", "--summaries", "notes")
    assert result.stdout.split() == [f"static/{name}-in-{theme}.png" for name in "ab" for theme in ("light", "dark")]
    assert sorted(path.name for path in Path("static").iterdir()) == sorted(
        f"{name}-in-{theme}.png" for name in "ab" for theme in ("light", "dark")
    )
    assert sorted(path.name for path in Path("notes").iterdir()) == ["a-in.json", "b-in.json"]
    again = call("a.yaml", "b.yaml", "-o", "static/{name}-in-{theme}.png", "--summaries", "notes", "--json")
    assert [json.loads(line)["status"] for line in again.stdout.splitlines()] == ["current", "current"]


def test_one_name_for_many_configs_is_refused_with_what_to_write(figures):
    result = call("a.yaml", "b.yaml", "-o", "static/x.png")
    advice = "-o static/x.png: names one file; for more than one config write {name} in it: static/{name}.png\n"
    assert (result.exit_code, result.stderr) == (2, advice)
    result = call("a.yaml", "b.yaml", "-o", "{theme}/{name}.png")
    advice = "-o {theme}/{name}.png: {theme} stands in the name of the file, not in that of its folder\n"
    assert (result.exit_code, result.stderr) == (2, advice)


def test_a_film_in_a_theme_is_not_written_over_that_of_a_config_with_that_name(figures):
    (figures / "a-dark.yaml").write_text("kind: activation\nfunctions: [relu]\noutput: {formats: [png]}\n")
    result = call("a.yaml", "a-dark.yaml")
    assert (result.exit_code, Path("outputs").exists()) == (2, False)
    assert "a-dark.yaml: would write outputs/a-dark.png as a.yaml does; rename one" in result.stderr
