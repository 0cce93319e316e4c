"""Films that are made again when a file is saved."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from helpers.configs import DATA_FIGURE
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.cli.run import run_all
from relu_anim.cli.watch import Seen, _make, watch
from relu_anim.making.claims import Claim
from relu_anim.making.orders import Order

PAUSE = 0.3  # seconds, after which a save is another one


class Done(Exception):
    """The test has seen enough."""


def replace(path, text):
    """As editors save: another file takes the name."""
    Path("other").write_text(text)
    Path("other").replace(path)


@pytest.fixture(name="made")
def _made(here):
    """What is made while a function saves files: for each call the configs with their texts, up to one that says end.
    Each config reads a CSV file too."""

    def run(names, save):
        calls = []
        for name in names:
            Path(name).write_text("begin")

        def make(orders, claims, _wanted):
            for order in orders:
                claims[order.source] = Claim(order.source, (str(order.source.with_suffix(".csv")),))
            calls.append([(order.source.name, order.source.read_text()) for order in orders])
            if len(calls) == 1:
                thread.start()
            if "end" in calls[-1][0]:
                raise Done

        def saving():
            time.sleep(PAUSE)
            save()
            time.sleep(PAUSE)
            replace(names[0], "end")

        thread = threading.Thread(target=saving)
        with pytest.raises(Done):
            watch([Order(Path(name)) for name in names], make, quiet=True)
        thread.join()
        return calls[1:-1]

    return run


def test_a_burst_of_saves_is_made_once(made, monkeypatch):
    monkeypatch.setattr("relu_anim.cli.watch.SETTLED", 0.1)  # on a busy machine saves are further apart

    def save():
        for number in range(6):
            (replace if number % 2 else lambda path, text: Path(path).write_text(text))("a.yaml", f"save {number}")
            time.sleep(0.01)

    assert made(["a.yaml"], save) == [[("a.yaml", "save 5")]]


def test_a_save_is_of_the_configs_that_read_the_file(made):
    assert made(["a.yaml", "b.yaml", "c.yaml"], lambda: replace("b.csv", "0,1")) == [[("b.yaml", "begin")]]


def test_a_save_that_changes_nothing_and_a_file_that_is_gone_for_a_moment_are_no_change(made):
    def save():
        replace("a.yaml", "begin")
        time.sleep(PAUSE)
        Path("a.yaml").unlink()
        time.sleep(PAUSE)
        Path("a.yaml").write_text("begin")

    assert made(["a.yaml"], save) == []


def test_a_save_ends_what_is_made_from_an_older_one(here):
    calls = []
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text("begin")

    def make(orders, claims, wanted):
        claims.update({order.source: Claim(order.source, ("a.csv",)) for order in orders})
        calls.append((Path("a.yaml").read_text(), [order.source.name for order in orders]))
        if len(calls) == 3:
            raise Done
        for epoch in range(200):
            wanted()
            if epoch == 5:
                replace(*[("a.csv", "0,1"), ("a.yaml", "new")][len(calls) - 1])
            time.sleep(0.02)
        raise AssertionError("nothing has ended it")

    with pytest.raises(Done):
        watch([Order(Path(name)) for name in ("a.yaml", "b.yaml")], make, quiet=True)
    both = ["a.yaml", "b.yaml"]
    assert calls == [("begin", both), ("begin", both), ("new", both)]


def test_a_config_that_is_saved_while_it_trains_is_trained_anew(here, capfd):
    text = "target: {function: x**2}\nmodel: {layer_sizes: [1, 2, 1]}\ntraining: {epochs: EPOCHS}\n"
    Path("a.yaml").write_text(text.replace("EPOCHS", "1000000"))
    seen, claims, orders = Seen(), {}, [Order(Path("a.yaml"))]
    seen.learn([Path("a.yaml")])
    thread = threading.Timer(1, lambda: replace("a.yaml", text.replace("EPOCHS", "2")))
    thread.start()

    def make(some, claims, wanted):
        how = {"force": False, "keep_going": True, "as_json": False, "deps": None, "jobs": 1, "cluster": None}
        run_all(some, quiet=False, claims=claims, wanted=wanted, **how)

    _make(orders, make, seen, claims, quiet=False)
    thread.join()
    said = capfd.readouterr()
    assert said.out == "outputs/a.gif\n"
    assert "a.yaml: saved meanwhile; begins anew" in said.err
    assert sorted(path.name for path in Path("outputs").iterdir()) == [".recordings", "a.gif", "a.json"]
    assert len(list(Path("outputs/.recordings").glob("*.npz"))) == 1


def test_a_config_that_is_gone_for_longer_is_told_once(made, monkeypatch):
    said, is_said = [], threading.Event()
    monkeypatch.setattr("relu_anim.cli.watch.LOOK_AFTER", 0.01)
    monkeypatch.setattr("relu_anim.cli.watch.typer.echo", lambda text, err: (said.append(text), is_said.set()))

    def save():
        Path("a.yaml").unlink()
        is_said.wait(20)

    made(["a.yaml"], save)
    assert said == ["a.yaml: is gone; waiting until it is there again"]


def test_a_file_that_was_missing_is_a_change_when_it_comes(here):
    seen, path = Seen(), Path("a.csv")
    seen.learn([path])
    assert seen.changed([path]) == set()
    path.write_text("0,1")
    assert seen.changed([path]) == {path}


def test_an_error_shows_and_keeps_the_last_film_and_ctrl_c_ends_it_cleanly(here):
    Path("a.yaml").write_text(f"{DATA_FIGURE}output: {{formats: [svg]}}\n")
    code = "from relu_anim.making import jobs; jobs.load = lambda: None; from relu_anim.__main__ import main; main()"
    call = [sys.executable, "-c", code, "run", "a.yaml", "--watch"]  # without torch, which this figure does not need
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "outputs/a.svg\n"
        assert any("watching 1 file" in line for line in process.stderr)
        film = Path("outputs/a.svg").read_bytes()
        replace("a.yaml", "kind: data\ntarget: {dataset: cosin}\n")
        assert any("did you mean cosine" in line for line in process.stderr)
        assert Path("outputs/a.svg").read_bytes() == film
        replace("a.yaml", f"{DATA_FIGURE}output: {{formats: [svg]}}\ntitle: Another\n")
        assert process.stdout.readline() == "outputs/a.svg\n"
        assert Path("outputs/a.svg").read_bytes() != film
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "Traceback" not in process.stderr.read()
    assert sorted(path.name for path in Path("outputs").iterdir()) == ["a.json", "a.svg"]


@pytest.mark.parametrize("other", ["--check", "-n", "--cluster=local:1", "--deps=a.d"])
def test_what_is_done_once_cannot_be_watched(here, other):
    assert CliRunner().invoke(app, ["run", "a.yaml", "--watch", other]).exit_code == 2
