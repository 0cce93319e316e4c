"""No call writes over a file of the user's, or over what another config becomes."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relu_anim import paths
from relu_anim.cli import app
from relu_anim.making import claims, executors
from relu_anim.making.claims import is_ours

FIGURE = "kind: activation\nfunctions: [relu]\nanimation: {size: [340, 220]}\noutput: {formats: [png]}\n"
DATA = "kind: data\ntarget: {csv: %s}\nanimation: {size: [340, 250]}\noutput: {formats: [png]}\n"
FILM = """\
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3}
animation: {size: [200, 150], max_frames: 4, hold: 0.1}
"""
SUMMARY = '{\n  "format": 3,\n  "config": {\n    "kind": "activation",\n    "title": ""\n  }\n}\n'


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, worker):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(executors, "run_job", worker)
    monkeypatch.setattr("relu_anim.making.recordings.train_alone", None)  # calling it is an error of its own
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(FIGURE)
    points = "x,y\n" + "".join(f"{n},{n * n}\n" for n in range(12))
    for name in ("points.csv", "points.svg"):
        (tmp_path / name).write_text(points)
    (tmp_path / "table.yaml").write_text(DATA % "points.csv")
    (tmp_path / "drawn.yaml").write_text(DATA % "points.svg")
    (tmp_path / "fig.json").write_text(FIGURE)
    (tmp_path / "film.yaml").write_text(FILM)
    (tmp_path / "outputs").mkdir()
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def files():
    """Every file with a hash of its bytes."""
    found = sorted(path for path in Path().rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def refused(*arguments):
    """What a call says that is refused, and that leaves all files as they are."""
    before = files()
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.stderr
    assert files() == before
    return result.stderr


@pytest.mark.parametrize("more", [[], ["-n"], ["--check"], ["--force"], ["-j", "2"]])
def test_a_config_is_not_written_over_by_its_own_summary(more):
    said = refused("run", "fig.json", "-o", "fig.png", *more)
    assert said == "fig.json: would write its summary over fig.json, which is a config of this call; rename one\n"


def test_a_csv_is_not_written_over_by_the_picture_of_it():
    said = refused("run", "drawn.yaml", "-o", "points.svg")
    assert said == "drawn.yaml: would write points.svg over points.svg, which drawn.yaml reads; rename one\n"


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_that_is_read_is_known_under_any_name(link):
    link(Path("points.csv").absolute(), "outputs/a.png")
    said = refused("run", "a.yaml", "table.yaml")
    assert said == "a.yaml: would write outputs/a.png over points.csv, which table.yaml reads; rename one\n"
    Path("outputs/a.png").unlink()
    link(Path("b.yaml").absolute(), "outputs/a.json")
    said = refused("run", "a.yaml", "b.yaml")
    assert said == "a.yaml: would write its summary over b.yaml, which is a config of this call; rename one\n"
    Path("here").symlink_to(".")
    assert "over points.svg" in refused("run", "drawn.yaml", "-o", "here/here/points.svg")


def test_with_keep_going_the_others_are_made():
    Path("outputs/a.png").symlink_to("../points.csv")
    result = run("run", "-k", "a.yaml", "b.yaml", "table.yaml")
    assert (result.exit_code, result.stdout) == (2, "outputs/b.png\noutputs/table.png\n")
    assert Path("points.csv").read_text().startswith("x,y\n")


def test_two_configs_do_not_become_one_file():
    Path("outputs/a.png").symlink_to("b.png")
    assert "b.yaml: would write outputs/b.png as a.yaml does; rename one" in refused("run", "a.yaml", "b.yaml")
    Path("outputs/a.svg").symlink_to("a.png")
    said = refused("run", "a.yaml", "-f", "png,svg")
    assert said == "a.yaml: would write both outputs/a.png and outputs/a.svg, which are links to one file\n"


def test_one_config_under_two_names_is_named_twice(here):
    assert refused("run", "a.yaml", here / "a.yaml") == f"{here / 'a.yaml'}: is named twice\n"


def test_where_case_is_ignored_names_that_differ_in_case_are_one(monkeypatch):
    Path("A.yaml").write_text(FIGURE)
    assert run("run", "a.yaml", "A.yaml").exit_code == 0
    monkeypatch.setattr(paths, "ignores_case", lambda folder: folder.name == "outputs")
    assert "A.yaml: would write outputs/A.* as a.yaml does" in run("run", "a.yaml", "A.yaml", "--force").stderr


def test_whether_case_is_ignored_is_asked_of_the_folder(monkeypatch, here):
    (here / "Folder").mkdir()
    assert not paths.ignores_case.__wrapped__(here / "Folder" / "new")
    (here / "fOLDER").symlink_to("Folder")  # the nearest thing to a disk that ignores case
    assert paths.ignores_case.__wrapped__(here / "Folder" / "new")


# ---------------------------------------------------------------- summaries


@pytest.mark.parametrize("content", ["{}", "[1]", "null", '{"config": {"a": 1}}', "[" * 100_000, "a: b\n", "{'a'"])
def test_a_json_of_the_users_stays(content):
    Path("outputs/a.json").write_text(content)
    said = refused("run", "a.yaml")
    assert said == "a.yaml: would write its summary over outputs/a.json, which is no summary; move that file\n"
    Path("named.json").write_text(content)
    assert "over named.json" in refused("run", "b.yaml", "-o", "named.png")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text,
        lambda text: "",
        lambda text: text[:1],
        lambda text: text[:20],
        lambda text: text[:60],
        lambda text: text[:-3],
        lambda text: "\0" * len(text),
        lambda text: text[:40] + "\0" * 30,
        lambda text: "?" + text[1:],
        lambda text: "<<<<<<< HEAD\n" + text,
        lambda text: json.dumps(json.loads(text)),
        lambda text: text.replace('"format": 3', '"format": 1'),
    ],
)
def test_a_summary_of_ours_is_replaced_however_damaged(damage):
    assert is_ours(damage(SUMMARY).encode())
    Path("outputs/a.json").write_text(damage(SUMMARY))
    assert run("run", "a.yaml").exit_code == 0
    assert json.loads(Path("outputs/a.json").read_text())["outputs"] == ["a.png"]


def test_the_beginning_that_is_known_is_that_of_our_summaries():
    run("run", "a.yaml")
    assert Path("outputs/a.json").read_bytes().startswith(claims.BEGINNING)


# ---------------------------------------------------------------- another config's output


def test_from_one_call_to_the_next_a_config_does_not_replace_what_another_became():
    Path("other").mkdir()
    Path("other/a.yaml").write_text(FIGURE.replace("relu", "tanh"))
    assert run("run", "a.yaml").exit_code == 0
    said = refused("run", "other/a.yaml")
    words = "which is what a.yaml became; rename one, name another file with -o, or remove outputs/a.json"
    assert said == f"other/a.yaml: would write outputs/a.*, {words}\n"
    assert f"would write outputs/a.*, {words}" in refused("run", "table.yaml", "-o", "outputs/a.png")
    assert run("run", "other/a.yaml", "-o", "outputs/other.png").exit_code == 0


def test_from_one_call_to_the_next_a_dark_figure_and_one_of_that_name_do_not_replace_each_other():
    Path("a-dark.yaml").write_text(FIGURE.replace("relu", "tanh"))
    themes = ["-s", "output.themes=[light, dark]"]
    assert run("run", "a-dark.yaml").exit_code == 0
    words = "would write outputs/a-dark.png, which is what a-dark.yaml became; rename one, or name another file with -o"
    assert refused("run", "a.yaml", *themes) == f"a.yaml: {words}\n"
    Path("outputs/a-dark.png").unlink()  # what is gone, or another file by now, is in nobody's way
    assert run("run", "a.yaml", *themes).exit_code == 0
    assert "which is what a.yaml became" in refused("run", "a-dark.yaml")
    assert run("run", "a.yaml", *themes).exit_code == 0
    Path("a.yaml").unlink()
    assert run("run", "a-dark.yaml").exit_code == 0


@pytest.mark.parametrize("how", ["remove", "copy", "link"])
def test_a_config_that_was_moved_or_copied_goes_on_as_before(how):
    assert run("run", "a.yaml").exit_code == 0
    Path("moved").mkdir()
    {"remove": os.rename, "copy": shutil.copy, "link": os.symlink}[how](Path("a.yaml").absolute(), "moved/a.yaml")
    assert run("run", "moved/a.yaml").exit_code == 0
    assert run("run", "moved/a.yaml", "-s", "animation.theme=dark").exit_code == 0


def test_a_table_is_safe_from_another_config_though_its_own_has_a_mistake():
    Path("drawn.yaml").write_text(DATA % "points.svg" + "nonsense: 1\n")
    Path("outputs/points.svg").symlink_to("../points.svg")
    Path("points.yaml").write_text(FIGURE.replace("png", "svg"))
    result = run("run", "-k", "drawn.yaml", "points.yaml")
    assert "points.yaml: would write outputs/points.svg over points.svg, which drawn.yaml reads" in result.stderr
    assert Path("points.svg").read_text().startswith("x,y")


# ---------------------------------------------------------------- --deps


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--deps", "a.yaml", "b.yaml"],
            "--deps a.yaml: this file holds no rules for make, and stays; was it meant as a config, as b.yaml is?",
        ),
        (["b.yaml", "--deps", "b.yaml"], "--deps b.yaml: would be written over b.yaml, which is a config of this call"),
        (["table.yaml", "--deps", "points.csv"], "over points.csv, which table.yaml reads"),
        (["table.yaml", "--deps", "./outputs/../points.csv"], "over points.csv, which table.yaml reads"),
        (["b.yaml", "--deps", "points.csv"], "--deps points.csv: this file holds no rules for make"),
        (["b.yaml", "--deps", "outputs/b.png"], "--deps outputs/b.png: is what b.yaml becomes"),
        (["b.yaml", "--deps", "outputs/b.json"], "--deps outputs/b.json: is what b.yaml becomes"),
    ],
)
def test_rules_for_make_are_not_written_over_another_file(arguments, message):
    assert message in refused("run", *arguments)
    assert message in refused("run", "-k", *arguments)


@pytest.mark.parametrize("nothing", ["", "/"])
def test_an_output_without_a_name_is_told(nothing):
    assert refused("run", "a.yaml", "-o", nothing) == "-o: name a file, such as -o film.gif\n"


@pytest.mark.parametrize("more", [[], ["-k"]])
def test_a_failure_leaves_the_rules_that_were_there(more):
    assert run("run", "a.yaml", "table.yaml", "--deps", "figures.d").exit_code == 0
    before = Path("figures.d").read_text()
    Path("table.yaml").write_text(Path("table.yaml").read_text() + "nonsense: 1\n")
    assert run("run", *more, "a.yaml", "table.yaml", "--deps", "figures.d").exit_code == 2
    assert sorted(Path("figures.d").read_text().splitlines()) == sorted(before.splitlines())
    assert run("run", "table.yaml", "--deps", "new.d").exit_code == 2
    assert not Path("new.d").exists()


def test_rules_for_make_are_written_over_rules_for_make():
    Path("figures.d").write_text("old.o: old.c\n")
    for sources in (["a.yaml"], ["a.yaml", "b.yaml"]):
        assert run("run", *sources, "--deps", "figures.d").exit_code == 0
    assert "outputs/b.png: b.yaml\n" in Path("figures.d").read_text()
    assert run("run", "a.yaml", "--deps", "new/folder/figures.d").exit_code == 0
    assert Path("new/folder/figures.d").exists()


def test_a_name_that_make_cannot_read_is_refused_before_anything_is_made():
    Path("a\nb.yaml").write_text(FIGURE)
    said = refused("run", "a\nb.yaml", "--deps", "figures.d")
    assert "there is no way to write the name 'outputs/a\\nb.png' for make; rename it" in said
    result = run("run", "-k", "a.yaml", "a\nb.yaml", "--deps", "figures.d")
    assert (result.exit_code, result.stdout) == (2, "outputs/a.png\n")
    assert Path("figures.d").read_text() == "outputs/a.png: a.yaml\na.yaml:\n"


def test_rules_for_make_go_into_a_pipe_or_a_device():
    read, write = os.pipe()
    result = run("run", "a.yaml", "--deps", f"/dev/fd/{write}")
    os.close(write)
    assert result.exit_code == 0
    assert os.read(read, 1000) == b"outputs/a.png: a.yaml\na.yaml:\n"
    os.close(read)
    ours, theirs = os.openpty()  # a device that nobody misses, should it be replaced after all
    device = Path(os.ttyname(theirs))
    assert run("run", "a.yaml", "--deps", device).exit_code == 0
    assert os.read(ours, 1000) == b"outputs/a.png: a.yaml\r\na.yaml:\r\n"
    assert device.is_char_device()
    os.close(ours)
    os.close(theirs)


# ---------------------------------------------------------------- seeds


def test_a_survey_writes_over_nothing_of_the_users():
    Path("outputs/film_seeds.png").symlink_to("../film.yaml")
    assert "would write outputs/film_seeds.png over film.yaml" in refused("seeds", "film.yaml", "-n", "2")
    Path("outputs/film_seeds.png").unlink()
    Path("outputs/film_seeds.json").write_text("{}")
    said = refused("seeds", "film.yaml", "-n", "2", "--film")
    assert "would write its summary over outputs/film_seeds.json, which is no summary" in said


def test_a_survey_does_not_replace_the_picture_or_film_of_another_config():
    Path("film_seeds.yaml").write_text(FIGURE)
    run("run", "film_seeds.yaml")
    said = refused("seeds", "film.yaml", "-n", "2")
    assert (
        said == "film.yaml: would write outputs/film_seeds.png, which is the picture of film_seeds.yaml; rename one\n"
    )
    for path in Path("outputs").glob("film_seeds.*"):
        path.unlink()
    run("run", "film_seeds.yaml", "-f", "svg")
    said = refused("seeds", "film.yaml", "-n", "2", "--film")
    assert said == "film.yaml: would write outputs/film_seeds.*, which is the film of film_seeds.yaml; rename one\n"


def test_a_survey_replaces_its_own():
    for count in ("2", "3"):
        assert run("seeds", "film.yaml", "-n", count, "--film", "-q").exit_code == 0


# ---------------------------------------------------------------- long names


@pytest.mark.parametrize("letter", ["x", "é"])
def test_names_may_be_as_long_as_the_file_system_has_them(letter):
    stem = letter * (251 // len(letter.encode()))
    stem += "x" * (251 - len(stem.encode()))
    Path(f"{stem}.yml").write_text(FIGURE)
    result = run("run", f"{stem}.yml", "-f", "png,svg")
    assert (result.exit_code, len(result.stdout.split())) == (0, 2)
    (summary,) = Path("outputs").glob("*.json")
    assert summary.name.startswith(letter * 100)
    assert 250 < len(os.fsencode(summary.name)) <= 255
    assert "current" in run("run", f"{stem}.yml", "-f", "png,svg").stderr


def test_long_names_that_differ_at_their_end_have_summaries_of_their_own():
    names = ["x" * 250 + end for end in "ab"]
    for name in names:
        assert run("run", "a.yaml", "-o", f"{name}.png").exit_code == 0
    assert len(list(Path().glob("x*.json"))) == 2


def test_a_name_that_is_too_long_is_said_before_training():
    stem = "x" * 250
    Path(f"{stem}.yaml").write_text(FILM)
    for call in (
        ["run", "film.yaml", "-o", "y" * 252 + ".gif"],
        ["run", "film.yaml", "-o", "new/" + "y" * 251 + ".webp"],
        ["run", "film.yaml", "--deps", "y" * 256],
        ["run", "z" * 256 + ".yaml"],
        ["seeds", f"{stem}.yaml", "-n", "2"],
        ["new", "y" * 252],
    ):
        result = run(*call)
        assert (result.exit_code, result.stdout) == (4, ""), call
        assert "too long" in result.stderr
