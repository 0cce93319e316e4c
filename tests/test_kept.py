"""Only what has changed is made again, by the command and by make; what is there is never lost."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.configs import ACTIVATION_FIGURE
from typer.testing import CliRunner

from relu_anim import kernels
from relu_anim.cli import app
from relu_anim.making import kept

TINY = """\
title: A parabola
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3}
animation: {size: [200, 150], max_frames: 4, fps: 20, panels: [[loss]]}
"""
WITH_CSV = TINY.replace("{function: x**2}", "{csv: points.csv}").replace("data: {samples: 32}\n", "")
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "points.csv").write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(20)))
    (tmp_path / "table.yaml").write_text(WITH_CSV)
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(app, ["run", *map(str, arguments), "-q"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def status(*arguments):
    """What `-n` says: the status and the reason."""
    line = json.loads(run(*arguments, "-n", "--json").stdout)
    return line["status"], line["reason"]


def ran(*arguments):
    return json.loads(run(*arguments, "--json").stdout)


def contents():
    return {path: path.read_bytes() for path in Path("outputs").rglob("*") if path.is_file()}


def change(name, old, new):
    path = Path(name)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# ---------------------------------------------------------------- what is current


def test_a_second_run_does_nothing_but_touch_the_output():
    first = ran("tiny.yaml")
    os.utime("outputs/tiny.gif", (1, 1))
    before = contents()
    second = ran("tiny.yaml")
    assert (first["status"], second["status"]) == ("built", "current")
    assert second["outputs"] == first["outputs"]
    assert second["metrics"] == first["metrics"]
    assert contents() == before
    assert time.time() - Path("outputs/tiny.gif").stat().st_mtime < 60


def test_what_is_current_is_known_without_numpy_torch_or_matplotlib():
    run("tiny.yaml")
    code = """
import sys
from relu_anim.cli import main
code = main()
heavy = {"numpy", "torch", "matplotlib", "yaml", "relu_anim.config"} & set(sys.modules)
sys.exit(code or (f"imported {heavy}" if heavy else 0))
"""
    subprocess.run([sys.executable, "-c", code, "run", "tiny.yaml"], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: A parabola\n", "# a comment\ntitle: 'A parabola'\n"),
        ("fps: 20", "fps: 20.0"),
        ("{epochs: 3}", "{epochs: 3e0}"),
        ("data: {samples: 32}\n", ""),
        ("max_frames: 4, fps: 20", "fps: 20, max_frames: 4"),
        ("training: {epochs: 3}", "training: {epochs: 3, loss: mse}"),
    ],
)
def test_comments_order_spelling_and_defaults_change_nothing(old, new):
    run("tiny.yaml")
    before = contents()
    change("tiny.yaml", old, new)
    if "samples" in old:
        Path("tiny.yaml").write_text(Path("tiny.yaml").read_text() + "data:\n  samples: 32\n")
    assert status("tiny.yaml") == ("current", "")
    assert ran("tiny.yaml")["status"] == "current"
    assert {path: data for path, data in contents().items() if path.suffix != ".json"} == {
        path: data for path, data in before.items() if path.suffix != ".json"
    }


@pytest.mark.parametrize(
    ("setting", "expected", "reason"),
    [
        ("animation.fps=25", "redrawn", "animation.fps 20 → 25"),
        ("animation.theme=dark", "redrawn", "animation.theme auto → dark"),
        ("title=Another", "redrawn", "title A parabola → Another"),
        ("training.epochs=4", "built", "training.epochs 3 → 4"),
        ("model.layer_sizes=[1, 5, 1]", "built", "model.layer_sizes [1, 4, 1] → [1, 5, 1]"),
        ("seed=7", "built", "seed 0 → 7"),
    ],
)
def test_the_reason_names_the_key_that_changed(setting, expected, reason):
    run("tiny.yaml")
    before = contents()
    assert status("tiny.yaml", "-s", setting) == (expected, reason)
    assert contents() == before
    assert ran("tiny.yaml", "-s", setting)["status"] == expected
    assert status("tiny.yaml", "-s", setting) == ("current", "")


def test_of_several_changes_the_reason_names_one_and_counts_the_others():
    run("tiny.yaml")
    changes = ["-s", "animation.fps=10", "-s", "animation.hold=1", "-s", "animation.theme=dark"]
    assert status("tiny.yaml", *changes)[1].endswith(", and 2 more")


def test_a_still_among_films_takes_of_the_formats_those_that_it_can_have():
    Path("still.yaml").write_text("kind: activation\nfunctions: [relu]\n")
    result = run("tiny.yaml", "still.yaml", "-f", "gif,png")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == ["outputs/tiny.gif", "outputs/tiny.png", "outputs/still.png"]
    assert run("still.yaml", "-f", "gif").exit_code == 2


def test_training_keys_are_named_before_those_of_the_look():
    run("tiny.yaml")
    assert status("tiny.yaml", "-s", "title=B", "-s", "seed=3")[1] == "seed 0 → 3, and 1 more"


def test_another_version_makes_everything_anew(monkeypatch):
    run("tiny.yaml")
    versions = {**kept.versions(), "torch": "9.9"}
    monkeypatch.setattr(kept, "versions", lambda: versions)
    expected, reason = status("tiny.yaml")
    assert expected == "built"
    assert reason.startswith("torch ")
    assert reason.endswith(" → 9.9")


def test_other_kernels_make_everything_anew_and_both_are_named(monkeypatch):
    run("tiny.yaml")
    ours = json.loads(Path("outputs/tiny.json").read_text())["kernels"]
    assert ours == kernels.chosen()
    monkeypatch.setattr(kernels, "chosen", lambda: "OPENBLAS_CORETYPE=Zen")
    assert status("tiny.yaml") == ("built", f"kernels {ours} → OPENBLAS_CORETYPE=Zen")


def test_force_makes_everything_anew():
    run("tiny.yaml")
    assert status("tiny.yaml", "--force") == ("built", "--force")
    assert ran("tiny.yaml", "--force")["status"] == "built"


# ---------------------------------------------------------------- what is damaged or missing


@pytest.mark.parametrize("damage", [b"", b"GIF89a"])
def test_a_damaged_output_is_noticed_and_drawn_anew(damage):
    run("tiny.yaml")
    whole = contents()
    Path("outputs/tiny.gif").write_bytes(damage)
    assert status("tiny.yaml") == ("redrawn", "outputs/tiny.gif has changed")
    assert ran("tiny.yaml")["status"] == "redrawn"
    assert contents()[Path("outputs/tiny.gif")] == whole[Path("outputs/tiny.gif")]


def test_a_missing_output_is_drawn_from_the_recording():
    run("tiny.yaml")
    Path("outputs/tiny.gif").unlink()
    assert status("tiny.yaml") == ("redrawn", "outputs/tiny.gif is missing")
    assert ran("tiny.yaml")["status"] == "redrawn"


def test_a_damaged_recording_is_noticed_and_trained_anew():
    run("tiny.yaml")
    (recording,) = Path("outputs/.recordings").glob("*.npz")
    whole = recording.read_bytes()
    recording.write_bytes(whole[:-1] + b"?")
    assert status("tiny.yaml") == ("built", f"{recording} has changed")
    assert ran("tiny.yaml")["status"] == "built"
    assert recording.read_bytes() == whole


# ---------------------------------------------------------------- where recordings lie


def recordings(folder="outputs/.recordings"):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.npz"))


def test_recordings_lie_in_one_folder_wherever_the_film_does():
    run("tiny.yaml", "-o", "films/one.gif")
    assert len(recordings()) == 1
    assert status("tiny.yaml", "-o", "films/one.gif") == ("current", "")
    assert status("tiny.yaml", "-o", "elsewhere/two.gif")[0] == status("tiny.yaml")[0] == "redrawn"
    assert sorted(path.name for path in Path("films").iterdir()) == ["one.gif", "one.json"]
    Path("outputs/.recordings", recordings()[0]).write_bytes(b"damaged")
    assert status("tiny.yaml", "-o", "films/one.gif")[0] == "built"


def test_a_variable_moves_the_recordings(monkeypatch, here):
    monkeypatch.setenv("RELU_ANIM_RECORDINGS", str(here / "kept" / "here"))
    run("tiny.yaml")
    assert len(recordings("kept/here")) == 1
    assert not Path("outputs/.recordings").exists()
    assert status("tiny.yaml", "-s", "animation.fps=9")[0] == "redrawn"
    CliRunner().invoke(app, ["seeds", "tiny.yaml", "-n", "2", "-q"])
    assert [name.partition("/")[0] for name in recordings("kept/here")[1:]] == ["seeds"]
    monkeypatch.setenv("RELU_ANIM_RECORDINGS", "")
    assert status("tiny.yaml", "-s", "animation.fps=9")[0] == "built"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_leaves_recordings_alone_and_sees_what_the_user_had(monkeypatch):
    subprocess.run(["git", "init", "-q", "."], check=True)
    run("tiny.yaml")
    Path("mine").mkdir()
    monkeypatch.setenv("RELU_ANIM_RECORDINGS", "mine")
    run("tiny.yaml", "--force")
    seen = subprocess.run(["git", "status", "--porcelain", "-uall"], capture_output=True, text=True, check=True).stdout
    assert ".recordings" not in seen
    assert [line.split("/")[0] for line in seen.splitlines() if ".npz" in line] == ["?? mine"]


@pytest.mark.parametrize("more", [[], pytest.param(["-j", "2"], marks=pytest.mark.soak)])
def test_a_folder_that_cannot_be_written_costs_the_keeping_alone(monkeypatch, more):
    run("tiny.yaml", "table.yaml")
    whole = contents()
    shutil.rmtree("outputs")
    monkeypatch.setenv("RELU_ANIM_RECORDINGS", "points.csv")
    result = run("tiny.yaml", "table.yaml", *more)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)
    assert result.stderr == "recordings are not kept: points.csv: File exists\n"
    assert all(contents()[path] == whole[path] for path in whole if path.suffix == ".gif")
    assert json.loads(Path("outputs/tiny.json").read_text())["recordings"] == {}
    assert status("tiny.yaml") == ("current", "")
    again = run("tiny.yaml", "-s", "animation.fps=9")
    assert (again.exit_code, again.stderr.count("\n")) == (0, 1)


def test_a_recording_that_cannot_be_written_costs_the_keeping_alone():
    run("tiny.yaml")
    (name,) = recordings()
    path = Path("outputs/.recordings", name)
    path.unlink()
    path.mkdir()
    assert status("tiny.yaml") == ("current", "")
    result = run("tiny.yaml", "--force")
    assert (result.exit_code, result.stdout) == (0, "outputs/tiny.gif\n")
    assert result.stderr == f"recordings are not kept: cannot write {path}: it is a folder\n"
    survey = CliRunner().invoke(app, ["seeds", "tiny.yaml", "-n", "2", "-q", "--film"])
    assert (survey.exit_code, survey.stderr) == (0, "")
    shutil.rmtree("outputs/.recordings/seeds")
    Path("outputs/.recordings/seeds").touch()
    survey = CliRunner().invoke(app, ["seeds", "tiny.yaml", "-n", "2", "-q", "--film"])
    assert (survey.exit_code, survey.stderr.count("recordings are not kept: ")) == (0, 1)
    assert survey.stderr.count("\n") == 1


def test_recordings_may_be_removed():
    run("tiny.yaml")
    shutil.rmtree("outputs/.recordings")
    assert status("tiny.yaml") == ("current", "")
    assert status("tiny.yaml", "-s", "animation.fps=30")[0] == "built"


@pytest.mark.parametrize("text", ["", '{\n  "format": 3,\n  "con', '{"config": {"kind": "training"}}', "\x00"])
def test_a_summary_that_is_none_is_no_reason_to_trust_anything(text):
    run("tiny.yaml")
    Path("outputs/tiny.json").write_text(text)
    assert status("tiny.yaml")[0] == "redrawn"
    assert ran("tiny.yaml")["status"] == "redrawn"


def test_only_the_format_that_is_missing_is_written():
    run("tiny.yaml")
    os.utime("outputs/tiny.gif", (1, 1))
    assert ran("tiny.yaml", "-f", "gif,png")["status"] == "redrawn"
    assert Path("outputs/tiny.gif").stat().st_mtime == 1
    assert status("tiny.yaml") == status("tiny.yaml", "-f", "png") == ("current", "")


# ---------------------------------------------------------------- --check, -n, --deps


def test_check_writes_nothing_and_exits_5_if_anything_is_out_of_date():
    assert run("tiny.yaml", "--check").exit_code == 5
    assert not Path("outputs").exists()
    run("tiny.yaml")
    os.utime("outputs/tiny.gif", (1, 1))
    assert run("tiny.yaml", "--check").exit_code == 0
    assert Path("outputs/tiny.gif").stat().st_mtime == 1
    assert run("tiny.yaml", "table.yaml", "--check").exit_code == 5


def test_check_of_a_config_with_a_mistake_exits_2():
    change("tiny.yaml", "epochs: 3", "epochs: many")
    assert run("tiny.yaml", "--check").exit_code == 2


def test_a_dry_run_names_each_config_with_what_would_be_done():
    run("tiny.yaml")
    result = run("tiny.yaml", "table.yaml", "-n")
    assert result.stdout.splitlines() == [
        "tiny.yaml: current",
        "table.yaml: built (there is no summary of an earlier run)",
    ]
    assert sorted(path.name for path in Path("outputs").iterdir()) == [".recordings", "tiny.gif", "tiny.json"]


def test_a_changed_csv_is_trained_anew_and_a_touched_one_is_not():
    run("table.yaml")
    os.utime("points.csv")
    assert status("table.yaml") == ("current", "")
    change("points.csv", "3,9\n", "3,8\n")
    assert status("table.yaml") == ("built", "the CSV file has changed")
    assert ran("table.yaml")["status"] == "built"


def test_the_depfile_names_every_file_that_was_read():
    Path("with space").mkdir()
    shutil.copy("table.yaml", "with space/table.yaml")
    shutil.copy("points.csv", "with space/points.csv")
    run("with space/table.yaml", "tiny.yaml", "--deps", "figures.d")
    lines = Path("figures.d").read_text().splitlines()
    assert "outputs/tiny.gif: tiny.yaml" in lines
    assert "outputs/table.gif: with\\ space/table.yaml with\\ space/points.csv" in lines
    assert "with\\ space/points.csv:" in lines
    run("with space/table.yaml", "tiny.yaml", "--deps", "again.d")  # all are current
    assert Path("again.d").read_text() == Path("figures.d").read_text()


# ---------------------------------------------------------------- make


@pytest.fixture
def blog(here):
    """A blog's folder with the example Makefile, a film, and two figures that need no training."""
    (here / "configs").mkdir()
    (here / "configs" / "a.yaml").write_text(TINY)
    (here / "configs" / "b.yaml").write_text(ACTIVATION_FIGURE)
    (here / "configs" / "c.yaml").write_text("kind: data\ntarget: {csv: points.csv}\n")
    shutil.copy("points.csv", "configs/points.csv")
    shutil.copy(ROOT / "docs" / "make" / "Makefile", "Makefile")
    return here


def make(*arguments):
    """GNU make with the `relu-anim` of this environment; (exit code, what it ran, what it said)."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["make", *arguments], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("relu-anim")], done.stderr


def remade():
    """The configs of which make makes a figure; all are older than their figures then."""
    made = [line.split()[2] for line in make()[1]]
    for number, folder in enumerate(("configs", "outputs")):
        for path in Path(folder).iterdir():
            os.utime(path, (1_000_000 + number,) * 2)
    return made


def test_make_remakes_only_what_has_changed_and_a_figure_that_fails_leaves_the_old_file(blog):
    assert len(make("-j2")[1]) == 3
    assert remade() == []
    change("configs/points.csv", "3,9\n", "3,8\n")
    assert [line.split()[2] for line in make("-n")[1]] == ["configs/c.yaml"]
    os.utime("configs/a.yaml")
    assert remade() == ["configs/a.yaml", "configs/c.yaml"]
    old = Path("outputs/b.png").read_bytes()
    change("configs/b.yaml", "tanh", "tan(h)")
    code, lines, said = make()
    assert (code, len(lines)) == (2, 1)
    assert "configs/b.yaml:2:17: functions.0: unknown" in said
    assert Path("outputs/b.png").read_bytes() == old


def test_a_recording_of_any_length_is_made_anew_if_it_is_too_long(tmp_path):
    path = tmp_path / "long.npz"
    path.write_bytes(b"abc")
    assert kept.content_of_recording(path) == b"abc"
    os.truncate(path, 200 * 2**30)
    assert kept.content_of_recording(path) is None
    assert kept.content_of_recording(tmp_path / "missing.npz") is None
