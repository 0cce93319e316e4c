"""The command among closed streams, readers that leave, terminals that hang up, and other people's Matplotlib."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from relu_anim import surroundings

FIGURE = "kind: activation\nfunctions: [relu]\ntitle: Hello\nanimation: {size: [340, 220]}\noutput: {formats: [png]}\n"
COMMAND = [sys.executable, "-m", "relu_anim"]
COMMANDS = ["run", "seeds", "validate", "list", "help", "new", "show", "schema", "worker"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text(FIGURE)
    # By a link of our own: what replaced it after all would replace nothing of the machine's.
    (tmp_path / "said.d").symlink_to("/dev/stdout")
    return tmp_path


def run(*arguments, **changes):
    environment = {**os.environ, **changes}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=environment, timeout=120)


def shell(line):
    """The exit code of a line in which $R is the command, and what comes out of it."""
    done = subprocess.run(
        ["bash", "-c", f"R='{' '.join(COMMAND)}'; {line}"], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


# ---------------------------------------------------------------- Matplotlib


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The picture as it is where nobody has set anything."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "a.yaml").write_text(FIGURE)
    variables = {
        key: value for key, value in os.environ.items() if not key.startswith(("MPL", "MATPLOTLIB", "FREETYPE"))
    }
    subprocess.run([*COMMAND, "run", "a.yaml", "-q"], cwd=folder, env=variables, check=True, capture_output=True)
    return (folder / "outputs" / "a.png").read_bytes()


@pytest.fixture
def spoiled(here):
    """What a user may have set for plots of his own, none of which a process of ours could live with."""
    (here / "config" / "stylelib").mkdir(parents=True)
    for name in ("config/matplotlibrc", "config/stylelib/bad.mplstyle", "matplotlibrc", "rc"):
        (here / name).write_bytes(b"\xff\xfe lines.linewidth: 9\n")
    return {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": str(here / "rc"),
        "MPLCONFIGDIR": str(here / "config"),
        "FREETYPE_PROPERTIES": "truetype:interpreter-version=35",
    }


@pytest.mark.parametrize(
    "how", [[], *(pytest.param(how, marks=pytest.mark.soak) for how in (["-j", "2"], ["--cluster", "local:1"]))]
)
def test_nothing_of_a_users_matplotlib_is_read(how, spoiled, plain):
    result = run("run", "a.yaml", "b.yaml", "-q", *how, **spoiled)
    assert (result.returncode, result.stderr) == (0, "")
    assert Path("outputs/a.png").read_bytes() == Path("outputs/b.png").read_bytes() == plain


@pytest.mark.parametrize("variable", ["MPLCONFIGDIR", pytest.param("HOME", marks=pytest.mark.soak)])
def test_without_a_folder_for_its_fonts_matplotlib_is_silent_and_leaves_nothing(variable, here):
    (here / "file").touch()
    (here / "tmp").mkdir()
    others = {"XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "TMPDIR": str(here / "tmp")}
    result = run("run", "a.yaml", "-q", **others | {variable: str(here / "file" / "x")})
    assert (result.returncode, result.stderr) == (0, "")
    assert list((here / "tmp").iterdir()) == []


def test_a_process_that_is_not_ours_keeps_its_settings(here):
    """Somebody's notebook, in which the package is only imported."""
    (here / "matplotlibrc").write_text("lines.linewidth: 9\n")
    code = "import relu_anim.films, matplotlib; print(matplotlib.rcParams['lines.linewidth'], matplotlib.get_backend())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "MPLBACKEND": "svg"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "9.0 svg\n"


# ---------------------------------------------------------------- streams


ONE_CLOSED = [pytest.param(how, "", marks=pytest.mark.soak) for how in (">&-", "2>&-", "<&- >&- 2>&-")]


@pytest.mark.parametrize(("how", "jobs"), [*ONE_CLOSED, ("<&- >&- 2>&-", "-j 2")])
def test_a_closed_stream_costs_nothing_but_what_is_said(how, jobs):
    code, out, err = shell(f"$R run a.yaml b.yaml {jobs} {how}")
    assert (code, "Traceback" in err) == (0, False)
    assert sorted(out.split()) == ([] if ">&-" in how.split() else ["outputs/a.png", "outputs/b.png"])
    assert sorted(path.name for path in Path("outputs").glob("*.png")) == ["a.png", "b.png"]


def test_a_reader_that_leaves_stops_nothing():
    code, out, err = shell("$R run a.yaml b.yaml -q | head -1; exit ${PIPESTATUS[0]}")
    assert (code, out, err) == (0, "outputs/a.png\n", "")
    assert Path("outputs/b.png").exists()
    for command in ("list", "run a.yaml -q --deps said.d"):
        assert shell(f"$R {command} | true; exit ${{PIPESTATUS[0]}}")[::2] == (0, ""), command
    code, _, _ = shell("($R run a.yaml --force; echo $? > code) 2>&1 | true")
    assert Path("code").read_text() == "0\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize(
    "command", ["list", pytest.param("run a.yaml", marks=pytest.mark.soak), "run a.yaml --deps said.d"]
)
def test_a_disk_that_is_full_is_still_told(command):
    code, _, err = shell(f"$R {command} > /dev/full")
    assert (code, "No space left on device" in err) == (4, True)


@pytest.mark.parametrize(
    "how", ["> said.txt", *(pytest.param(how, marks=pytest.mark.soak) for how in (">> said.txt", "| cat > said.txt"))]
)
def test_rules_for_make_go_behind_what_else_is_said(how):
    assert shell(f"$R run a.yaml -q --deps said.d {how}")[0] == 0
    assert Path("said.txt").read_text() == "outputs/a.png\noutputs/a.png: a.yaml\na.yaml:\n"


def test_a_config_may_come_through_a_pipe():
    code, out, err = shell("$R run <(cat a.yaml) -q")
    assert (code, err) == (0, "")
    assert Path(out.strip()).exists()
    assert shell("cat a.yaml | $R run /dev/stdin -q -o named.png") == (0, "named.png\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("stderr", ["2>/dev/full", pytest.param("2</dev/null", marks=pytest.mark.soak)])
def test_an_stderr_that_cannot_be_written_costs_nothing_but_what_is_said(stderr):
    assert shell(f"$R run a.yaml {stderr}")[:2] == (0, "outputs/a.png\n")
    assert shell(f"$R validate none.yaml {stderr}")[0] == 4


# ---------------------------------------------------------------- signals


PROGRAM = """
import signal, sys, time
from relu_anim import surroundings
from relu_anim.cli import main, run
def train(*_, **__):
    print("begun", flush=True)
    time.sleep(60)
import relu_anim.figures
relu_anim.figures.Still = train
sys.exit(main())
"""


def begun(*program):
    process = subprocess.Popen(
        [*program, sys.executable, "-c", PROGRAM, "run", "a.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n"
    return process


def test_a_terminal_that_hangs_up_ends_a_run_which_leaves_nothing(here, monkeypatch):
    (here / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(here / "tmp"))
    process = begun()
    assert list((here / "tmp").iterdir())
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=20)
    assert (process.wait(), out, "Traceback" in err) == (129, "", False)
    assert list((here / "tmp").iterdir()) == list((here / "outputs").iterdir()) == []


@pytest.mark.soak
def test_under_nohup_a_run_goes_on():
    process = begun("nohup")
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.terminate()
    process.communicate(timeout=20)
    assert process.wait() == 143


# ---------------------------------------------------------------- help


def test_the_help_is_there_where_python_strips_docstrings():
    code = f"""
from typer.testing import CliRunner
from relu_anim.cli import app
for command in {COMMANDS}:
    print(CliRunner().invoke(app, [command, "--help"]).stdout)
"""
    environment = {**os.environ, "COLUMNS": "100"}
    said = [
        subprocess.run([sys.executable, *how, "-c", code], capture_output=True, text=True, env=environment).stdout
        for how in ([], ["-OO"])
    ]
    assert said[0] == said[1]
    assert "Train each config's network" in said[1]
    assert run("--help", COLUMNS="100").stdout == run("--help", COLUMNS="100", PYTHONOPTIMIZE="2").stdout


def test_matplotlib_is_found_as_everybody_finds_it():
    assert surroundings.PlainMatplotlib.find_spec("numpy") is None
