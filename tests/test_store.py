"""Files and their summary belong together, whoever else writes into the folder."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.processes import made_here, wait_for
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.encoders import read_config_text
from relu_anim.making import executors, fingerprints, jobs, locks

FIGURE = "kind: activation\nfunctions: [relu]\ntitle: A\nanimation: {size: [340, 220]}\noutput: {formats: [png]}\n"

# The command, which says when it has come to the folder and could go on.
SECOND = """
import sys
from pathlib import Path
from relu_anim import kernels
kernels.pin()
from relu_anim.cli import main
from relu_anim.making import store
locked = store.locked
def telling(folder):
    Path("second").touch()
    return locked(folder)
store.locked = telling
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(FIGURE)


def run(*arguments):
    result = CliRunner().invoke(app, ["run", "a.yaml", "-q", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result


def status(*arguments):
    line = json.loads(run("-n", "--json", *arguments).stdout)
    return line["status"], line["reason"]


def summary():
    return json.loads(Path("outputs/a.json").read_text())


def hash_of(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]


@pytest.mark.parametrize("suffix", [".png", pytest.param(".json", marks=pytest.mark.soak)])
def test_two_runs_into_one_folder_leave_a_pair_that_belongs_together(suffix, monkeypatch):
    """The first rename is held back until another process has come to the same folder and could go on."""
    replace, others = Path.replace, []

    def delayed(self, target):
        if Path(target).suffix == suffix and not others:
            command = [sys.executable, "-c", SECOND, "run", "a.yaml", "-q", "-s", "title=Second"]
            others.append(subprocess.Popen(command))
            wait_for(Path("second").exists)
            time.sleep(0.5)
        return replace(self, target)

    with monkeypatch.context() as held:
        held.setattr(Path, "replace", delayed)
        run("-s", "title=First")
    (other,) = others
    assert other.wait(120) == 0
    assert summary()["files"] == {"a.png": hash_of("outputs/a.png")}
    title = summary()["config"]["title"]
    assert title in ("First", "Second")
    assert f"title: {title}\n" in read_config_text(Path("outputs/a.png"))
    assert status("-s", f"title={title}") == ("current", "")


def test_a_folder_that_cannot_be_locked_is_written_all_the_same(monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    run()
    assert status() == ("current", "")


def test_a_lock_ends_with_its_block_though_that_fails(tmp_path):
    with pytest.raises(ValueError, match="x"), locks.locked(tmp_path):
        raise ValueError("x")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    locks.fcntl.flock(descriptor, locks.fcntl.LOCK_EX | locks.fcntl.LOCK_NB)
    os.close(descriptor)


def test_nothing_is_waited_for_where_nothing_is_written():
    run()
    descriptor = os.open("outputs", os.O_RDONLY)
    locks.fcntl.flock(descriptor, locks.fcntl.LOCK_EX)
    assert status() == ("current", "")
    run("--check")
    assert json.loads(run("--json").stdout)["status"] == "current"
    os.close(descriptor)


def test_the_hashes_are_of_what_was_written_and_not_of_what_lies_there_then(monkeypatch):
    run()
    right, replace = hash_of("outputs/a.png"), Path.replace

    def replace_and_spoil(self, target):
        replace(self, target)
        if Path(target) == Path("outputs/a.png").absolute():
            Path(target).write_bytes(b"of another process")

    monkeypatch.setattr(Path, "replace", replace_and_spoil)
    run("--force")
    assert summary()["files"] == {"a.png": right}
    assert status() == ("built", "outputs/a.png has changed")


def test_a_config_that_changes_while_its_figure_is_made_is_not_taken_for_current(monkeypatch):
    run_job = executors.run_job

    def run_and_change(*arguments):
        Path("a.yaml").write_text(FIGURE.replace("title: A", "title: B"))
        return run_job(*arguments)

    monkeypatch.setattr(executors, "run_job", run_and_change)
    run()
    assert status() == ("built", "title A → B")


def test_a_text_that_was_changed_and_means_the_same_is_noted():
    run()
    Path("a.yaml").write_text("# a comment\n" + FIGURE)
    assert len(summary()["orders"]) == 1
    run("-n")
    assert len(summary()["orders"]) == 1
    run()
    run()
    assert len(summary()["orders"]) == 2


# ---------------------------------------------------------------- keys of `output`


def times():
    return {path.suffix: path.stat().st_mtime for path in Path("outputs").glob("a.*")}


def test_a_key_of_output_makes_those_files_anew_that_it_shapes(monkeypatch):
    monkeypatch.setattr(
        fingerprints, "SHAPED", {"formats": lambda file: file.format == "svg"}
    )  # any key would do that is there
    run("-f", "png,svg")
    for path in Path("outputs").glob("a.*"):
        os.utime(path, (1, 1))
    assert status("-f", "png") == ("current", "")
    assert status("-f", "svg") == ("built", 'output.formats ["png", "svg"] → ["svg"]')
    run("-f", "svg")
    assert times()[".png"] == 1 < times()[".svg"]
    assert status("-f", "svg") == status("-f", "png") == ("current", "")
    assert status("-f", "png,svg")[0] == "built"  # it was current before that file became another
    monkeypatch.setattr(fingerprints, "SHAPED", {})
    assert status("-f", "png")[0] == "built"  # a key of which nothing is said shapes all files


def test_which_formats_are_made_shapes_no_file():
    run("-f", "png,svg")
    assert status("-f", "svg") == status("-f", "png") == ("current", "")


# ---------------------------------------------------------------- what comes to lie there while a figure is made


def call(*arguments):
    return CliRunner().invoke(app, ["run", "a.yaml", *arguments], catch_exceptions=False)


@pytest.fixture(name="meanwhile")
def _meanwhile(monkeypatch):
    """Have something happen after all refusals, while a figure is made."""

    def happens(what):
        run_job = jobs.run_job

        def made(*arguments):
            monkeypatch.setattr(executors, "run_job", run_job)
            what()
            return run_job(*arguments)

        monkeypatch.setattr(executors, "run_job", made)

    return happens


def test_a_file_of_the_users_that_appears_while_a_figure_is_made_stays(meanwhile):
    meanwhile(lambda: Path("outputs/a.json").write_text('{"mine": 1}'))
    result = call()
    assert result.exit_code == 2
    assert "a.yaml: would write its summary over outputs/a.json, which is no summary; move that file" in result.stderr
    assert Path("outputs/a.json").read_text() == '{"mine": 1}'
    assert not Path("outputs/a.png").exists()


def test_what_another_config_becomes_at_the_same_time_stays(meanwhile):
    Path("other").mkdir()
    Path("other/a.yaml").write_text(FIGURE.replace("relu", "tanh"))
    meanwhile(lambda: made_here("other/a.yaml"))
    result = call()
    assert result.exit_code == 2
    assert "would write outputs/a.*, which is what other/a.yaml became" in result.stderr
    assert json.loads(Path("outputs/a.json").read_text())["source"] == "../other/a.yaml"


def test_a_file_that_appears_where_rules_for_make_are_to_be_stays(meanwhile):
    meanwhile(lambda: Path("a.d").write_text("notes\n"))
    result = call("--deps", "a.d")
    assert (result.exit_code, Path("a.d").read_text()) == (2, "notes\n")
    assert "--deps a.d: this file holds no rules for make, and stays" in result.stderr


def test_a_folder_that_another_holds_all_the_time_is_written_in_the_end(monkeypatch):
    monkeypatch.setattr(locks, "LONGEST", 0.1)
    Path("outputs").mkdir()
    with locks.locked(Path("outputs")):
        result = call()
    assert (result.exit_code, result.stdout) == (0, "outputs/a.png\n")


def test_the_bytes_of_a_file_do_not_depend_on_the_formats_beside_it():
    call()
    alone = Path("outputs/a.png").read_bytes()
    call("-f", "svg,png", "--force")
    assert Path("outputs/a.png").read_bytes() == alone
    assert "formats: [png]" in read_config_text("outputs/a.png")
    assert "formats: [svg]" in read_config_text("outputs/a.svg")
    assert "current" in call().stderr
