"""The command as its users meet it: streams, exit codes, files, and what is said about mistakes."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from helpers.configs import CATALOGUE
from typer.testing import CliRunner

from relu_anim import __version__, config, facts
from relu_anim.cli import app, progress
from relu_anim.cli.catalogue import LISTS
from relu_anim.config.glyphs import ADVICE
from relu_anim.config.kinds import KINDS
from relu_anim.encoders import gif
from relu_anim.errors import FileError
from relu_anim.making import build
from relu_anim.making.orders import Order
from relu_anim.network import Network
from relu_anim.recording import Recording

TINY = """\
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3}
animation: {size: [200, 150], max_frames: 4, hold: 0.1, panels: [[loss]]}
"""
FIGURE = "kind: activation\nfunctions: [relu]\nanimation: {size: [340, 220]}\noutput: {formats: [png]}\n"
TOO_FAST = "training.optimizer.lr=1e9"
COMMANDS = ["run", "seeds", "validate", "embed", "gallery", "list", "help", "new", "show", "schema", "import", "worker"]
COMMAND = [sys.executable, "-m", "relu_anim"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of one's own, with a small config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


def run(*arguments):
    """The command's result, in this process; an exception that it lets through is an error of the test."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def start(*arguments, code=None, **options):
    """The command, or a program with it, in a process of its own."""
    program = COMMAND if code is None else [sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen([*program, *map(str, arguments)], **{**pipes, **options})


def finish(process, timeout=60):
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def files(folder="."):
    """Every file below a folder with a hash of its bytes."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


# --- Help and lists ---


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_ends_with_an_example_on_one_line(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.rstrip().split("\n")[-1].strip().startswith(f"Example:  relu-anim {name}")


def test_the_examples_of_the_help_can_be_run(monkeypatch, here):
    monkeypatch.chdir(Path(__file__).parent.parent)
    used = [word for name in COMMANDS for word in run(name, "--help").stdout.split() if word.startswith("configs/")]
    assert len(used) >= 3
    assert all(list(Path().glob(word)) for word in used)


def test_every_command_is_in_the_help_and_nothing_else():
    listed = run("--help").stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.strip().split("\n")] == COMMANDS


def test_the_version_is_printed():
    assert run("--version").stdout == f"relu-anim {__version__}\n"


def test_the_cheap_commands_import_neither_torch_nor_matplotlib():
    code = """
import sys
from typer.testing import CliRunner
from relu_anim.cli import app
for arguments in (["--help"], ["run", "--help"], ["list"], ["validate", "tiny.yaml"], ["show", "tiny.yaml"],
                  ["new", "x"], ["schema"], ["validate", "tiny.yaml", "-s", "title=Größe"]):
    assert "fontTools" not in sys.modules, arguments
    assert CliRunner().invoke(app, arguments).exit_code == 0, arguments
    print(*arguments, [name for name in ("torch", "matplotlib", "av") if name in sys.modules])
"""
    status, out, err = finish(start(code=code))
    assert (status, err) == (0, "")
    assert [line.rpartition(" [")[2] for line in out.splitlines()] == ["]"] * 8


def test_a_list_can_be_asked_for_by_name():
    everything = run("list").stdout
    for kind in (
        "targets",
        "datasets",
        "activations",
        "optimizers",
        "losses",
        "inits",
        "panels",
        "metrics",
        "formats",
        "functions",
    ):
        one = run("list", kind).stdout
        assert f"{kind}:\n" in everything
        assert all(f"  {line}\n" in everything for line in one.splitlines())
    assert [line.split()[0] for line in run("list", "formats").stdout.splitlines()] == list(facts.FORMATS)
    assert "negative_slope: 0.01" in run("list", "activations").stdout
    assert "betas: [0.9, 0.999], eps: 1e-08, amsgrad: false" in run("list", "optimizers").stdout


def test_an_unknown_list_is_refused():
    result = run("list", "activation")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "there is no list of 'activation'; did you mean activations?\n"
    assert run("list", "foo").stderr == f"there is no list of 'foo'; one of {', '.join(LISTS)}\n"


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_h_is_help(command):
    assert run(*command, "-h").stdout == run(*command, "--help").stdout != ""


def test_the_schema_is_printed_as_json():
    assert json.loads(run("schema").stdout) == config.json_schema()


# --- validate ---


def test_validate_says_ok_on_stdout_and_errors_on_stderr():
    Path("wrong.yaml").write_text(TINY + "titel: x\nseed: y\n")
    result = run("validate", "tiny.yaml", "wrong.yaml", "gone.yaml")
    assert result.stdout == "tiny.yaml: ok\n"
    assert result.stderr == (
        "wrong.yaml:6:1: titel: unknown key; did you mean title?\n    titel: x\n    ^\n"
        "wrong.yaml:7:7: seed: expected a whole number or a mapping of keys, got the text 'y'; "
        "write a number, or {best_of: 64}\n"
        "    seed: y\n          ^\n"
        "gone.yaml: there is no such file\n"
    )
    assert result.exit_code == 4
    assert run("validate", "tiny.yaml", "wrong.yaml").exit_code == 2


def test_validate_can_be_quiet_and_takes_settings():
    result = run("validate", "-q", "tiny.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    result = run("validate", "tiny.yaml", "-s", "seed=x", "--set", "training.epochs=-1")
    assert result.exit_code == 2
    assert "--set:1:6: seed: expected" in result.stderr
    assert "--set:1:17: training.epochs: must be at least 0, got -1" in result.stderr


# --- new and show ---


def test_a_new_config_is_valid_commented_and_never_written_over_another(here):
    result = run("new", "parabola")
    assert (result.exit_code, result.stdout) == (0, "parabola.yaml\n")
    text = Path("parabola.yaml").read_text()
    assert text.count("#") > 10
    assert config.load(Path("parabola.yaml")).title == "Parabola"
    result = run("new", "parabola")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "parabola.yaml: exists already; choose another name or remove it\n"
    assert Path("parabola.yaml").read_text() == text


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_config_of_each_kind_shows_every_section(kind):
    run("new", "x", "--kind", kind)
    written = yaml.safe_load(Path("x.yaml").read_text())
    assert set(written) | {"kind"} == set(KINDS[kind].model_fields) - {"extends", "alt", "variants"}
    assert config.loads(Path("x.yaml").read_text()).kind == kind


def test_an_editor_finds_the_schema_beside_a_new_config_and_nothing_wrong_in_it():
    run("new", "a/x")
    first, *_ = Path("a/x.yaml").read_text().split("\n")
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert Path("a", name).read_text() == run("schema").stdout
    jsonschema.validate(yaml.safe_load(Path("a/x.yaml").read_text()), json.loads(Path("a", name).read_text()))


def test_the_schema_of_another_version_is_renewed_and_a_file_that_is_another_stays():
    schema = Path("relu-anim.schema.json")
    for theirs in ("{}", "[", '{"title": "mine"}', "\xff"):
        schema.write_bytes(theirs.encode("latin-1"))
        Path("x.yaml").unlink(missing_ok=True)
        result = run("new", "x")
        assert (result.exit_code, result.stdout) == (0, "x.yaml\n")
        assert result.stderr == "relu-anim.schema.json: is none of ours and stays; x.yaml does not name it\n"
        assert schema.read_bytes() == theirs.encode("latin-1")
        assert "yaml-language-server" not in Path("x.yaml").read_text()
    schema.write_text(json.dumps({"title": "A config of relu-anim", "old": True}))
    assert run("new", "y").stderr == ""
    assert json.loads(schema.read_text()) == config.json_schema()


def test_a_new_config_may_lie_in_a_folder_and_have_any_name():
    assert run("new", "a/b/my-film").stdout == "a/b/my-film.yaml\n"
    assert config.load(Path("a/b/my-film.yaml")).title == "My film"
    assert run("new", 'x: "y" \\z #é').exit_code == 0
    assert config.load(Path('x: "y" \\z #é.yaml')).title == 'X: "y" \\z #é'
    assert run("new", "short.yml").stdout == "short.yml\n"


@pytest.mark.parametrize("name", ["", ".", "..", "a/", " ", ".yaml", "a\nb", "a\x1bb"])
def test_a_name_that_is_none_is_refused(name, here):
    before = files()
    result = run("new", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no name for a file" in result.stderr
    assert files() == before


def test_a_new_config_like_another_is_a_copy_of_it():
    Path("from.yaml").write_bytes(b"\xef\xbb\xbf# kept\n" + TINY.encode())
    assert run("new", "copy", "--like", "from.yaml").exit_code == 0
    assert Path("copy.yaml").read_text().partition("\n")[2] == "# kept\n" + TINY
    Path("broken.yaml").write_text("titel: x")
    assert run("new", "other", "--like", "broken.yaml").exit_code == 2
    assert run("new", "other", "--like", "gone.yaml").exit_code == 4
    assert not Path("other.yaml").exists()


def test_a_new_config_may_be_like_one_that_comes_with_the_package():
    names = [line.split()[0] for line in run("list", "configs").stdout.strip().split("\n")]
    assert names == sorted(path.stem for path in CATALOGUE)
    assert run("new", "mine", "--like", "quadratic_20neuron").exit_code == 0
    (original,) = (path for path in CATALOGUE if path.stem == "quadratic_20neuron")
    assert Path("mine.yaml").read_text().partition("\n")[2] == original.read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--like", "quadratic_20neurom"], "did you mean quadratic_20neuron?"),
        (["--like", "luck", "--kind", "data"], "leave --kind or --like out"),
        (["--kind", "dat"], "there is no kind 'dat'; did you mean data?"),
    ],
)
def test_what_a_new_config_cannot_be_like_is_refused_and_nothing_written(options, said):
    before = files()
    result = run("new", "x", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert files() == before


def test_a_new_config_in_a_place_that_cannot_be_written_is_refused():
    result = run("new", "tiny.yaml/x")
    assert result.exit_code == 4
    assert result.stderr.startswith("tiny.yaml/x.yaml: cannot be written: ")


def test_show_prints_the_resolved_config_with_settings():
    result = run("show", "tiny.yaml", "-s", "seed=7")
    assert yaml.safe_load(result.stdout)["seed"] == 7
    assert config.loads(result.stdout) == config.load(Path("tiny.yaml"), ["seed=7"])
    assert result.stderr == ""


@pytest.mark.parametrize("name", ["gone.gif", "tiny.gif", "gone.yaml"])
def test_show_of_what_holds_no_config_fails(name):
    Path("tiny.gif").write_bytes(b"GIF89a")
    result = run("show", name)
    assert (result.exit_code, result.stdout) == (4, "")
    assert name in result.stderr


# --- run ---


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder in which the small config was made in every format, with `--json`, and what the command said."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "tiny.yaml").write_text(TINY)
    status, out, err = finish(start("run", "tiny.yaml", "-f", "gif, mp4,webp,png,svg,pdf", "--json", cwd=folder))
    return folder, status, out, err


def test_a_run_with_json_prints_one_object_on_stdout_and_a_few_lines_on_stderr(built):
    _, status, out, err = built
    assert status == 0
    (line,) = out.splitlines()
    said = json.loads(line)
    assert (said["config"], said["status"], said["error"]) == ("tiny.yaml", "built", None)
    assert said["outputs"] == [f"outputs/tiny.{suffix}" for suffix in ("gif", "mp4", "webp", "png", "svg", "pdf")]
    assert said["metrics"]["epoch"] == 3
    assert all(seconds >= 0 for seconds in said["seconds"].values())
    assert 1 <= len(err.splitlines()) <= 10
    assert err.splitlines()[-1].startswith("tiny: built in ")
    assert "\x1b" not in err


def test_a_run_leaves_its_files_a_summary_and_a_recording_and_nothing_else(built):
    folder, *_ = built
    loaded = config.load(folder / "tiny.yaml", ["output.formats=[gif, mp4, webp, png, svg, pdf]"])
    names = [f"tiny.{suffix}" for suffix in ("gif", "mp4", "webp", "png", "svg", "pdf", "json")]
    names.append(".recordings/.gitignore")
    names.append(f".recordings/{build.training_fingerprint(loaded)}.npz")
    assert sorted(files(folder / "outputs")) == sorted(str(folder / "outputs" / name) for name in names)


def test_the_summary_says_what_was_made_from_what_and_with_what(built):
    folder, _, out, _ = built
    loaded = config.load(folder / "tiny.yaml", ["output.formats=[gif, mp4, webp, png, svg, pdf]"])
    summary = json.loads((folder / "outputs/tiny.json").read_text())
    assert summary["config"] == loaded.model_dump(mode="json")
    assert summary["fingerprints"]["training"] == build.training_fingerprint(loaded)
    assert summary["fingerprints"]["animation"] == build.fingerprint(loaded)
    assert summary["fingerprints"]["files"].keys() == summary["files"].keys()
    assert summary["versions"]["relu-anim"] == __version__
    assert summary["versions"]["numpy"] == np.__version__
    assert set(summary["versions"]) == {"relu-anim", "numpy", "torch", "matplotlib", "fonttools", "pillow", "av"}
    assert summary["metrics"] == json.loads(out)["metrics"]
    assert {"loss", "epoch", "step", "dead_units", "sparsity", "knots"} <= set(summary["metrics"])
    assert "learning x**2" in summary["alt"]
    assert {"train", "gif", "mp4"} <= set(summary["seconds"])


@pytest.mark.parametrize("suffix", ["gif", "mp4", "webp", "png", "svg", "pdf"])
def test_show_of_a_picture_prints_the_config_that_makes_it(built, suffix):
    folder, *_ = built
    resolved = run("show", folder / "tiny.yaml", "-s", f"output.formats=[{suffix}]")
    assert run("show", folder / f"outputs/tiny.{suffix}").stdout == resolved.stdout
    assert resolved.stdout.startswith("kind: training\n")


def test_what_show_prints_makes_the_same_film(built):
    folder, *_ = built
    Path("again.yaml").write_text(run("show", folder / "outputs/tiny.gif").stdout)
    result = run("run", "-q", "again.yaml", "-f", "gif,mp4,webp,png,svg,pdf")
    assert result.stdout.splitlines()[0] == "outputs/again.gif"
    for suffix in ("gif", "mp4", "webp", "png", "svg", "pdf"):
        assert Path(f"outputs/again.{suffix}").read_bytes() == (folder / f"outputs/tiny.{suffix}").read_bytes(), suffix


def test_a_second_run_redraws_without_torch_and_gives_the_same_bytes(built):
    folder, *_ = built
    before = files(folder / "outputs")
    for suffix in ("gif", "mp4", "webp", "png", "svg", "pdf"):
        (folder / f"outputs/tiny.{suffix}").unlink()
    code = (
        "import sys; sys.modules['torch'] = None\n"  # importing it raises now
        "from relu_anim.cli import main; main()"
    )
    status, out, err = finish(start("run", "tiny.yaml", "-f", "gif,mp4,webp,png,svg,pdf", code=code, cwd=folder))
    assert (status, out.splitlines()) == (0, [f"outputs/tiny.{s}" for s in ("gif", "mp4", "webp", "png", "svg", "pdf")])
    assert err.splitlines()[-1].startswith("tiny: redrawn in ")
    after = files(folder / "outputs")
    assert {path for path in after if after[path] != before.get(path)} == {str(folder / "outputs/tiny.json")}


def test_new_colours_and_frame_rates_are_drawn_from_the_same_recording():
    assert json.loads(run("run", "-q", "--json", "tiny.yaml").stdout)["status"] == "built"
    result = run(
        "run", "-q", "--json", "tiny.yaml", "-s", "animation.theme=dark", "-s", "animation.fps=5", "-s", "title=x"
    )
    assert json.loads(result.stdout)["status"] == "redrawn"
    assert len(list(Path("outputs/.recordings").glob("*.npz"))) == 1
    assert json.loads(run("run", "-q", "--json", "tiny.yaml", "-s", "seed=1").stdout)["status"] == "built"
    assert len(list(Path("outputs/.recordings").glob("*.npz"))) == 2


def test_force_trains_again():
    run("run", "-q", "tiny.yaml")
    assert json.loads(run("run", "-q", "--json", "tiny.yaml", "--force").stdout)["status"] == "built"


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"x" + data[1:]]
)
def test_a_damaged_recording_is_made_again(damage):
    run("run", "-q", "tiny.yaml")
    before = files()
    (recording,) = Path("outputs/.recordings").glob("*.npz")
    recording.write_bytes(damage(recording.read_bytes()))
    assert json.loads(run("run", "-q", "--json", "tiny.yaml").stdout)["status"] == "built"
    after = files()
    del before["outputs/tiny.json"], after["outputs/tiny.json"]  # it says how long each took
    assert after == before


def test_an_output_can_be_named():
    result = run("run", "-q", "tiny.yaml", "-o", "films/first.one.png")
    assert (result.exit_code, result.stdout) == (0, "films/first.one.png\n")
    assert Path("films/first.one.png").read_bytes().startswith(b"\x89PNG")
    assert Path("films/first.one.json").exists()
    assert [path.name for path in Path("outputs").iterdir()] == [".recordings"]
    assert json.loads(run("run", "-q", "--json", "tiny.yaml", "-o", "films/two.gif").stdout)["status"] == "redrawn"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["-o", "x.jpg"],
            "-o x.jpg: the suffix must be one of .gif, .mp4, .webp, .png, .svg, .animated.svg, .html, .pdf",
        ),
        (["-o", "x"], "-o x: the suffix must be one of"),
        (["-o", "x.gif", "-f", "mp4"], "-o x.gif: names one file and its format; it does not go with --formats"),
        (["-o", "x.gif", "other.yaml"], "for more than one config write {name} in it: {name}.gif"),
        (
            ["-f", "gif,jgp"],
            "-f gif,jgp: there is no format 'jgp'; one of gif, mp4, webp, png, svg, animated-svg, html, pdf",
        ),
        (["-o", "{format}/{name}.gif"], "{format} stands in place of the suffix alone, as film.{format}"),
        (["-o", "{nam}.gif"], "-o {nam}.gif: nothing stands in place of {nam}; did you mean {name}?"),
        (["-o", "a/{name}-{them}.{format}"], "nothing stands in place of {them}; did you mean {theme}?"),
        (["-o", "{name}.{fromat}"], "nothing stands in place of {fromat}; did you mean {format}?"),
        (["--at", ""], "--at '': name moments, with a comma between them: 0,5,'step 12'"),
        (["--at", "0,,5"], "--at 0,,5: name moments, with a comma between them"),
        (["--at", "0], x: ["], "name moments, with a comma between them"),
        (["-f", ","], "-f: name at least one of gif"),
        (["-f", "gif], x: ["], "there is no format 'gif]'"),
        (["-s", "training.epochs"], "--set:1:1: write KEY=VALUE"),
        (["-s", "animation.fps=60"], "--set:1:15: animation.fps: a GIF plays at most 50"),
        (["tiny.yaml"], "tiny.yaml: is named twice"),
        (["sub/tiny.yaml"], "sub/tiny.yaml: would write outputs/tiny.* as tiny.yaml does"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_written(arguments, message):
    Path("sub").mkdir()
    for name in ("other.yaml", "sub/tiny.yaml"):
        Path(name).write_text(TINY)
    before = files()
    result = run("run", "tiny.yaml", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert files() == before


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (None, 4, "bad.yaml: there is no such file"),
        (b"", 2, "bad.yaml:1:1: the file is empty"),
        (b"- a", 2, "bad.yaml:1:1: the file holds a list"),
        (b"a: \xff", 2, "bad.yaml:1:4: not UTF-8"),
        (b"a: [", 2, "bad.yaml:1:"),
        (TINY.encode() + b"seed: 1\nseed: 2", 2, "bad.yaml:7:1: seed: written twice, first in line 6"),
        (TINY.encode().replace(b"x**2", b"1/x"), 2, "bad.yaml:1:20: target.function: is infinite at x = 0"),
        (TINY.encode().replace(b"[1, 4, 1]", b"[2, 4, 1]"), 2, "bad.yaml:3:23: model.layer_sizes.0"),
        (TINY.encode().replace(b"hold", b"fps: 60, hold"), 2, "bad.yaml:5:51: animation.fps: a GIF plays at most 50"),
    ],
)
def test_a_bad_config_is_refused_with_its_place_and_nothing_is_written(data, status, message):
    if data is not None:
        Path("bad.yaml").write_bytes(data)
    before = files()
    result = run("run", "--json", "bad.yaml")
    assert result.exit_code == status
    assert result.stderr.startswith(message)
    said = json.loads(result.stdout)
    assert (said["config"], said["status"], said["outputs"]) == ("bad.yaml", "failed", [])
    assert said["error"] + "\n" == result.stderr
    assert files() == before
    assert not Path("outputs").exists()


def test_a_bad_config_leaves_the_old_film_alone():
    run("run", "-q", "tiny.yaml")
    before = files("outputs")
    Path("tiny.yaml").write_text(TINY + "titel: x\n")
    assert run("run", "tiny.yaml").exit_code == 2
    assert files("outputs") == before


def test_a_divergence_exits_with_3_and_leaves_the_old_film_alone():
    run("run", "-q", "tiny.yaml")
    before = files()
    result = run("run", "--json", "tiny.yaml", "-s", TOO_FAST)
    assert result.exit_code == 3
    assert "tiny.yaml: training diverged: the loss is " in result.stderr
    assert " at epoch 1, step 1" in result.stderr
    assert json.loads(result.stdout)["status"] == "failed"
    assert files() == before


def test_a_divergence_can_be_kept():
    result = run("run", "-q", "--json", "tiny.yaml", "-s", TOO_FAST, "-s", "training.on_divergence=keep")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["metrics"]["epoch"] == 0
    assert "training diverged" in said["metrics"]["stopped"]


@pytest.mark.parametrize("error", [FileError("the disk is full"), OSError(28, "No space left on device")])
def test_a_failed_encode_exits_with_4_and_leaves_the_old_film_alone(error, monkeypatch):
    run("run", "-q", "tiny.yaml")
    before = files()

    def fail(*_):
        raise error

    monkeypatch.setattr(gif.GifWriter, "write", fail)
    result = run("run", "tiny.yaml", "-s", "animation.fps=5")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "isk is full" in result.stderr or "No space left on device" in result.stderr
    assert files() == before


def test_a_bug_is_no_users_error(monkeypatch):
    def fail(*_, **__):
        raise ValueError("a bug")

    monkeypatch.setattr(build, "carry_out", fail)
    result = CliRunner().invoke(app, ["run", "-q", "tiny.yaml"])
    assert result.exit_code == 1
    assert isinstance(result.exception, ValueError)


@pytest.mark.parametrize("make", ["file", "folder"])
def test_an_output_that_cannot_be_written_is_refused_before_training(make, monkeypatch):
    monkeypatch.setattr("relu_anim.making.recordings.train_alone", None)  # calling it is an error of its own
    if make == "file":
        Path("outputs").write_text("in the way")
    else:
        Path("outputs/tiny.gif").mkdir(parents=True)
    before = files()
    result = run("run", "tiny.yaml")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("tiny.yaml: outputs")
    assert files() == before


def test_a_figure_is_made_without_training():
    Path("figure.yaml").write_text(FIGURE)
    result = run("run", "--json", "figure.yaml")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["outputs"], said["status"]) == (["outputs/figure.png"], "built")
    assert sorted(files("outputs")) == ["outputs/figure.json", "outputs/figure.png"]


# --- Points of one's own ---


CSV = """\
target: {csv: points.csv}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3, batch_size: 4, optimizer: {name: adam, lr: 0.01}}
animation: {size: [200, 150], max_frames: 4, hold: 0.1, panels: [[loss]]}
"""
NUMBERS = "seconds,metres\n" + "".join(f"{x / 4},{x * x / 16}\n" for x in range(12))
CLASSES = "a,b,label\n" + "".join(f"{x},{x % 3},{'yes' if x > 5 else 'no'}\n" for x in range(12))


@pytest.fixture
def project(here):
    """A config and its points in a folder beside the one that the command runs in."""
    (here / "project").mkdir()
    (here / "project/c.yaml").write_text(CSV)
    (here / "project/points.csv").write_text(NUMBERS)
    return here / "project"


def said_by(*arguments):
    result = run("run", "-q", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_points_of_a_file_are_learned_from_wherever_the_command_runs(project, monkeypatch):
    said = said_by("project/c.yaml")
    assert (said["status"], said["outputs"]) == ("built", ["outputs/c.gif"])
    assert {"loss", "dead_units", "knots"} <= set(said["metrics"])
    assert "accuracy" not in said["metrics"]
    monkeypatch.chdir(project)
    assert said_by("c.yaml", "-o", "../outputs/c.gif")["status"] == "current"
    (project / "films").mkdir()
    monkeypatch.chdir(project / "films")
    assert said_by("../c.yaml", "-o", "../../outputs/c.gif")["metrics"] == said["metrics"]


def test_the_loss_is_that_of_the_points_in_the_file(project):
    said = said_by("project/c.yaml")
    loaded = config.load(project / "c.yaml")
    (kept,) = Path("outputs/.recordings").glob("*.npz")
    network = Network(*loaded.shape)
    x, y = np.loadtxt(project / "points.csv", delimiter=",", skiprows=1, unpack=True)
    output = network.output(Recording.load(kept).parameters[-1].astype(float), x[:, None])[:, 0]
    assert said["metrics"]["loss"] == pytest.approx(np.mean((output - y) ** 2), rel=1e-5)


def test_classes_of_a_file_are_learned_in_the_plane(project):
    (project / "points.csv").write_text(CLASSES)
    wide = ["-s", "model.layer_sizes=[2, 4, 1]", "-s", "animation.panels=[[decision, accuracy]]"]
    wide += ["-s", "animation.size=[500, 300]", "-s", "data.test_fraction=0.25"]
    said = said_by("project/c.yaml", *wide, "-f", "gif,png")
    assert {"accuracy", "test_accuracy", "linear_regions"} <= set(said["metrics"])
    assert said["metrics"]["accuracy"] * 9 == pytest.approx(round(said["metrics"]["accuracy"] * 9))
    summary = json.loads(Path("outputs/c.json").read_text())
    assert summary["config"]["training"]["loss"] == "bce"
    assert summary["config"]["data"]["samples"] == 12
    assert "classifies" in summary["alt"]
    each = ["-s", "model.layer_sizes=[2, 4, 2]", *wide[2:]]
    assert said_by("project/c.yaml", *each)["status"] == "built"
    assert json.loads(Path("outputs/c.json").read_text())["config"]["training"]["loss"] == "cross_entropy"


def test_a_changed_file_of_points_trains_again_and_a_touched_one_does_not(project):
    first = said_by("project/c.yaml")
    os.utime(project / "points.csv", ns=(1, 1))
    assert said_by("project/c.yaml")["status"] == "current"
    (project / "points.csv").write_text(NUMBERS.replace("\n0.25,", "\n0.35,"))
    again = said_by("project/c.yaml")
    assert (again["status"], again["metrics"]["loss"] != first["metrics"]["loss"]) == ("built", True)
    (project / "points.csv").write_text(NUMBERS)
    back = said_by("project/c.yaml")
    assert (back["status"], back["metrics"]) == ("redrawn", first["metrics"])


def test_what_show_prints_of_such_a_film_makes_it_again_beside_the_file(project):
    said_by("project/c.yaml")
    shown = run("show", "outputs/c.gif")
    assert (shown.exit_code, shown.stderr) == (0, "")
    (project / "again.yaml").write_text(shown.stdout)
    assert said_by("project/again.yaml")["status"] == "redrawn"
    assert Path("outputs/again.gif").read_bytes() == Path("outputs/c.gif").read_bytes()
    assert run("show", "project/c.yaml").stdout == shown.stdout


@pytest.mark.parametrize(
    ("points", "place", "message"),
    [
        (None, "", "there is no file project/points.csv; its place is counted from the config's folder"),
        (NUMBERS + "4,\n", ":14:3: ", "the value of 'metres' is missing; write it or remove this row"),
        (NUMBERS + "4,four\n", ":14:3: ", "'four' is text where 'metres' needs a number"),
        (NUMBERS + "four,4\n", ":14:1: ", "'four' is text where 'seconds' needs a number"),
        (CLASSES.replace("yes", "no"), ":2:5: ", "every row is of the class 'no'; at least two classes are needed"),
        pytest.param(NUMBERS + "0,0\n" * 1_000_000, ":1000002:1: ", "more than 1,000,000 rows", marks=pytest.mark.soak),
        ("", ":1:1: ", "the file is empty"),
    ],
)
@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_bad_file_of_points_is_refused_before_training(project, monkeypatch, command, points, place, message):
    monkeypatch.setattr("relu_anim.making.recordings.train_alone", None)  # calling it is an error of its own
    if points is None:
        (project / "points.csv").unlink()
    else:
        (project / "points.csv").write_text(points)
    result = run(command, "project/c.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    first, line, caret = result.stderr.rstrip("\n").split("\n")
    where = f"project/points.csv{place}" if place else ""
    assert first.startswith(f"project/c.yaml:1:15: target.csv: {where}{message}")
    assert line[caret.index("^") :] == "points.csv}"
    assert not Path("outputs").exists()


def test_a_column_whose_name_the_font_does_not_have_is_refused(project, monkeypatch):
    monkeypatch.setattr("relu_anim.making.recordings.train_alone", None)
    (project / "points.csv").write_text(NUMBERS.replace("metres", "漢字"))
    told = []
    for command in (["run", "-q"], ["run", "-n"], ["run", "--check"], ["validate"], ["show"], ["seeds"]):
        result = run(*command, "project/c.yaml")
        assert (result.exit_code, result.stdout) == (2, "")
        told.append(result.stderr)
    place, words = (
        "project/c.yaml:1:15: target.csv: project/points.csv:1:9",
        "the font has no sign for 漢, 字; write it without, or add a font that has it to animation.font",
    )
    assert set(told) == {f"{place}: {words}\n    target: {{csv: points.csv}}\n                  ^\n"}


def test_all_words_of_a_file_that_the_font_does_not_have_are_named_with_the_other_mistakes(project):
    (project / "points.csv").write_text("a,b漢,label\n1,2,no\n3,1,語\n2,2,no\n5,5, 字\n6,6,語\n")
    (project / "c.yaml").write_text("target: {csv: points.csv}\nmodel: {layer_sizes: [2, 4, 3]}\ntitle: 話\nseed: x\n")
    result = run("validate", "project/c.yaml")
    said = [line for line in result.stderr.splitlines() if line.startswith("project/")]
    place = "project/c.yaml:1:15: target.csv: project/points.csv"
    assert said[:3] == [
        f"{place}:1:3: the font has no sign for 漢; {ADVICE}",
        f"{place}:3:5: the font has no sign for 語; {ADVICE}",
        f"{place}:5:6: the font has no sign for 字; {ADVICE}",
    ]
    assert [line.split(" ")[1] for line in said[3:]] == ["title:", "seed:"]


def test_a_constant_input_and_a_class_of_one_row_are_said_and_are_no_mistakes(project):
    (project / "points.csv").write_text("a,b,label\n1,0.1,no\n3,.1,yes\n2,0.1,no\n5,0.1,perhaps\n6,0.1,no\n")
    (project / "c.yaml").write_text("target: {csv: points.csv}\nmodel: {layer_sizes: [2, 4, 3]}\n")
    told = [
        "project/c.yaml: project/points.csv:1:3: 'b' is the same in all rows; it tells the network nothing",
        "project/c.yaml: project/points.csv:3:6: 'yes' is a class of one row alone",
        "project/c.yaml: project/points.csv:5:7: 'perhaps' is a class of one row alone",
    ]
    result = run("validate", "project/c.yaml")
    assert (result.exit_code, result.stdout, result.stderr.splitlines()) == (0, "project/c.yaml: ok\n", told)
    assert run("run", "-n", "project/c.yaml").stderr.splitlines() == told
    assert run("run", "-qn", "project/c.yaml").stderr == run("validate", "-q", "project/c.yaml").stderr == ""


def test_what_is_learned_may_be_constant_too(project):
    (project / "points.csv").write_text("seconds,metres\n1,0.3\n2,0.30000000000000004\n3,0.3\n")
    said = run("validate", "project/c.yaml").stderr
    assert said.startswith("project/c.yaml: project/points.csv:1:9: 'metres' is the same in all rows, but for rounding")
    assert said.endswith("there is nothing to learn\n")
    (project / "points.csv").write_text(NUMBERS)
    assert run("validate", "project/c.yaml").stderr == ""


def test_the_points_of_a_file_alone_are_a_figure(project):
    for points, counts in ((NUMBERS, None), (CLASSES, {"no": 6, "yes": 6})):
        (project / "points.csv").write_text(points)
        (project / "d.yaml").write_text("kind: data\ntarget: {csv: points.csv}\nanimation: {size: [340, 250]}\n")
        said = said_by("project/d.yaml")
        assert said["outputs"] == ["outputs/d.png", "outputs/d.svg"]
        assert (said["metrics"]["points"], said["metrics"].get("classes")) == (12, counts)


# --- Several configs ---


@pytest.fixture
def many(here):
    """Figures, which are quick, and configs that fail in each way."""
    for name in ("one", "two"):
        (here / f"{name}.yaml").write_text(FIGURE)
    (here / "wrong.yaml").write_text("titel: x")
    text = TINY.replace("training: {epochs: 3}", "training: {epochs: 3, optimizer: {name: sgd, lr: 1e9}}")
    (here / "fast.yaml").write_text(text)


def test_several_configs_are_made_in_turn_and_counted(many):
    result = run("run", "one.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (0, "outputs/one.png\noutputs/two.png\n")
    assert result.stderr.splitlines()[-1] == "2 built"


def test_all_configs_are_checked_before_any_is_made(many):
    result = run("run", "one.yaml", "wrong.yaml", "gone.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "wrong.yaml:1:1: titel" in result.stderr
    assert "gone.yaml: there is no such file" in result.stderr
    assert not Path("outputs").exists()


def test_the_first_failure_stops_a_build(many):
    result = run("run", "one.yaml", "fast.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (3, "outputs/one.png\n")
    assert result.stderr.splitlines()[-1] == "1 built, 1 failed, 1 not tried (-k goes on after a failure)"


@pytest.mark.parametrize(("names", "status"), [(["wrong", "fast"], 3), (["fast", "gone"], 4), (["wrong"], 2)])
def test_with_keep_going_the_others_are_made_and_the_largest_code_counts(many, names, status):
    result = run("run", "-k", "--json", "one.yaml", *[f"{name}.yaml" for name in names], "two.yaml")
    assert result.exit_code == status
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["config"]: line["status"] for line in said} == {
        "one.yaml": "built",
        "two.yaml": "built",
        **{f"{name}.yaml": "failed" for name in names},
    }
    assert result.stderr.splitlines()[-1] == f"2 built, {len(names)} failed"


def test_with_keep_going_two_configs_for_one_output_are_still_refused(many):
    Path("sub").mkdir()
    Path("sub/one.yaml").write_text(FIGURE)
    result = run("run", "-k", "one.yaml", "sub/one.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (2, "outputs/one.png\noutputs/two.png\n")
    assert "sub/one.yaml: would write outputs/one.* as one.yaml does; rename one" in result.stderr


# --- Interruptions ---


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.soak)]
)
def test_an_interrupted_run_exits_as_its_signal_says_and_leaves_the_old_film(number, status):
    Path("outputs").mkdir()
    Path("outputs/tiny.gif").write_bytes(b"old")
    code = """
import time
from relu_anim.encoders import gif
from relu_anim.making import build
def write(*_):
    print("writing", flush=True)
    time.sleep(60)
gif.GifWriter.write = write
from relu_anim.__main__ import main
main()
"""
    process = start("run", "tiny.yaml", code=code)
    assert process.stdout.readline() == "writing\n"
    process.send_signal(number)
    returned, out, err = finish(process)
    assert (returned, out) == (status, "")
    assert "Traceback" not in err
    assert Path("outputs/tiny.gif").read_bytes() == b"old"
    assert sorted(path.name for path in Path("outputs").iterdir()) == [".recordings", "tiny.gif"]


# --- Progress ---


class Clock:
    """Time that passes as fast as a test wants."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


def test_a_pipe_gets_at_most_ten_lines_however_long_it_takes(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    with progress.make_progress() as shown:
        for epoch in range(100_000):
            clock.now += 10
            shown.report("film", "training", epoch, 100_000)
        shown.finish("film", build.Result(Order(Path("film.yaml")), "built", [], {"loss": 0.5}, {"train": 1e6}))
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert captured.out == ""
    assert 5 <= len(lines) <= 10
    assert lines[0].startswith("film: training, ")
    assert lines[0].endswith(" of 100,000")
    assert lines[-1] == "film: built in 1000000.0 s, loss 0.5"


def test_a_quick_run_prints_its_last_line_only(monkeypatch, capsys):
    Clock(monkeypatch)
    with progress.make_progress() as shown:
        shown.report("film", "training", 1, 2)
        shown.finish("film", build.Result(Order(Path("film.yaml")), "redrawn", [], {}, {"gif": 0.25}))
    assert capsys.readouterr().err == "film: redrawn in 0.2 s\n"


def test_a_quiet_run_prints_results_only():
    result = run("run", "-q", "tiny.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "outputs/tiny.gif\n", "")


@pytest.mark.parametrize(("colour", "has_colour"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_bars_in_colour_unless_it_wants_none(monkeypatch, colour, has_colour):
    pty = pytest.importorskip("pty")
    code = """
import time
from pathlib import Path
from relu_anim.making.orders import Order
from relu_anim.making.results import Result
from relu_anim.cli.progress import Bars, make_progress
with make_progress() as bars:
    assert isinstance(bars, Bars)
    for number in range(3):
        bars.report("film", "training", number, 2)
        time.sleep(0.2)
    bars.finish("film", Result(Order(Path("film.yaml")), "built", [], {}, {"train": 1.0}))
"""
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR")}
    process = start(code=code, stderr=theirs, env={**environment, "TERM": "xterm-256color", **colour})
    os.close(theirs)
    said = b""
    try:
        while block := os.read(ours, 4096):
            said += block
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert finish(process)[:2] == (0, "")
    assert b"film: training" in said
    assert said.decode().rstrip().endswith("film: built in 1.0 s")
    assert (b"\x1b[38;" in said or b"\x1b[3" in said) == has_colour


def test_a_name_in_brackets_is_no_markup_of_the_bars(capsys):
    with progress.Bars() as bars:
        bars.report("[/b]", "training [/x] [red]", 1, 2)
        bars.bars.console.print(bars.bars.get_renderable())
    assert "[/b]: training [/x] [red]" in capsys.readouterr().err


def test_under_ci_a_terminal_gets_lines(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("CI", "true")
    assert type(progress.make_progress()) is progress.Lines


# --- Other machines ---


def test_names_and_titles_in_any_script_come_out_as_utf_8_in_any_locale():
    Path("été 漢.yaml").write_text(FIGURE + "title: été\n", encoding="utf-8")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    process = start("validate", "été 漢.yaml", env=environment)
    assert finish(process) == (0, "été 漢.yaml: ok\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_a_name_that_is_no_text_comes_out_as_it_was_given():
    name = os.fsdecode(b"\xff.yaml")
    Path(name).write_text(TINY)
    process = start("validate", name, text=None, encoding=None)
    assert finish(process) == (0, b"\xff.yaml: ok\n", b"")
