"""Many figures at a time, in processes and on a cluster: the same bytes, each exactly once, whoever dies."""

import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from dataclasses import replace
from multiprocessing import spawn
from pathlib import Path

import psutil
import pytest
from helpers.processes import TINY, hashes, invoke, made_here, run, start, wait_for, write, write_stills

from relu_anim.cli import progress
from relu_anim.errors import FileError
from relu_anim.making import build, executors, jobs, kept
from relu_anim.making.orders import Order
from relu_anim.making.plans import decide, decided

ENDLESS = 1_000_000


pytestmark = pytest.mark.usefixtures("here")


def workers_of(process):
    return [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]


# ---------------------------------------------------------------- processes


def test_two_processes_make_the_same_bytes_as_one(here):
    configs = [*write(0), *write_stills(2)]
    alone = made_here(*configs)
    (here / "elsewhere").mkdir()
    second = run(*[here / name for name in configs], "-j", "2", cwd="elsewhere", env={"TZ": "Asia/Tokyo", "LANG": "C"})
    assert second.returncode == 0, second.stderr
    pictures = [f"outputs/still{number}.{suffix}" for number in (0, 1) for suffix in ("png", "svg")]
    assert sorted(second.stdout.splitlines()) == [*pictures, "outputs/table.gif"]
    assert hashes("elsewhere/outputs") == alone
    with chdir("elsewhere"):
        assert "3 current" in invoke(*[here / name for name in configs], "-j", "2").stderr


def killing(folder, times):
    """An environment in which so many processes that import a module are killed by it, half way through a figure."""
    folder.mkdir()
    for module in times:
        (folder / module).mkdir()
    (folder / "sitecustomize.py").write_text(f"""
import os, sys
class Killer:
    def find_spec(self, name, path, target=None):
        if name in {times} and len(os.listdir(f"{folder}/{{name}}")) < {times}[name]:
            open(f"{folder}/{{name}}/{{os.getpid()}}", "w").close()
            os.kill(os.getpid(), 9)
sys.dont_write_bytecode = True
sys.meta_path.insert(0, Killer())
""")
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}


def test_a_killed_worker_costs_its_figure_one_retry_and_one_whose_workers_always_die_fails(here):
    configs = write_stills(2)
    alone = made_here(*configs, "-f", "png")
    Path("deadly.yaml").write_text(TINY.format(seed=9, epochs=3))
    deadly = {"matplotlib": 1, "relu_anim.training": 9}  # the second is for films, of which there is one
    env = killing(here / "killer", deadly)
    result = run("deadly.yaml", *configs, "-j", "2", "-f", "png", "-k", "--force", env=env)
    assert result.returncode == 4
    assert [len(list((here / "killer" / module).iterdir())) for module in deadly] == [1, 2]
    assert "deadly.yaml: its worker died 2 times, at last with signal 9 (out of memory?)" in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(result.stdout.splitlines()) == ["outputs/still0.png", "outputs/still1.png"]
    assert hashes() == alone


def test_the_first_failure_begins_nothing_new():
    configs = write_stills(5)
    Path("outputs/still0.png").mkdir(parents=True)  # in the way of the first figure
    result = run(*configs, "-j", "2", "-f", "png")
    assert result.returncode == 4
    assert "not tried (-k goes on after a failure)" in result.stderr
    assert len(result.stdout.splitlines()) < 4
    going_on = invoke(*configs, "-f", "png", "-k", "--json")
    assert going_on.exit_code == 4
    said = [json.loads(line) for line in going_on.stdout.splitlines()]
    assert [line["status"] for line in said].count("failed") == 1
    assert len(said) == 5


SELDOM = [pytest.param(number, marks=pytest.mark.soak) for number in (signal.SIGTERM, signal.SIGHUP)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, *SELDOM])
def test_workers_do_not_outlive_the_command(number, here):
    configs = write(3, epochs=ENDLESS)
    (here / "tmp").mkdir()
    process = start(*configs[:3], "-j", "2", env={**os.environ, "TMPDIR": str(here / "tmp")})
    workers = wait_for(lambda: found if len(found := workers_of(process)) == 2 else None)
    time.sleep(1)
    for one in (process, *workers) if number == signal.SIGHUP else (process,):  # a terminal hangs up on all
        one.send_signal(number)
    out, err = process.communicate(timeout=90)  # workers that load torch notice it afterwards
    assert process.returncode == {signal.SIGKILL: -9}.get(number, 128 + number)
    assert (out, "Traceback" in err) == ("", False)
    psutil.wait_procs(workers, timeout=20)
    assert not [worker for worker in workers if worker.is_running()]
    assert number == signal.SIGKILL or not list((here / "tmp").iterdir())
    assert not hashes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["c00.yaml", "-j", "0"], "-j"),
        (["c00.yaml", "c01.yaml", "-o", "x.gif"], "names one file"),
        (["c00.yaml", "-o", "x.avi"], "the suffix must be one of .gif"),
        (["c00.yaml", "other/c00.yaml"], "would write outputs/c00.* as c00.yaml does"),
        (["c00.yaml", "--cluster", "local:0"], "write an address"),
        (["c00.yaml", "--cluster", "somewhere"], "write an address"),
        (["c00.yaml", "--cluster", "local:1", "-j", "2"], "leave it out"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_runs(arguments, words):
    write(2)
    Path("other").mkdir()
    Path("other/c00.yaml").write_text(Path("c00.yaml").read_text())
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert not Path("outputs").exists()


# ---------------------------------------------------------------- jobs


def job_of(name, force=True):
    planned = decided(build.plan(Path(name)), force)
    return planned, build.job_of(planned)


def test_a_job_is_plain_data_and_needs_no_file(here, monkeypatch):
    write(0)
    planned, job = job_of("table.yaml")
    assert json.loads(json.dumps({**job, "tables": None})) == {**job, "tables": None, "files": [".gif"]}
    (here / "empty").mkdir()
    monkeypatch.chdir(here / "empty")
    made = jobs.run_job(job)
    assert (made["error"], made["status"], list(made["files"])) == ("", "built", [".gif"])
    assert list(made["recordings"]) == [path.name for path in planned.recordings]
    assert not list((here / "empty").iterdir())


def test_a_job_from_another_version_is_refused_and_both_are_named():
    write(1)
    _, job = job_of("c00.yaml")
    made = jobs.run_job({**job, "versions": {**job["versions"], "torch": "1.0"}})
    assert made["exit_code"] == FileError.exit_code
    assert made["error"] == f"a worker has torch {kept.versions()['torch']}, here is 1.0; install the same there"


def test_recordings_of_variants_that_were_whole_survive_a_later_failure():
    text = TINY.format(seed=0, epochs=50).replace("[200, 150]", "[300, 200]")
    text += "variants: [{label: a, set: {seed: 1}}, {label: b, set: {training.optimizer.lr: 1e9}}]\n"
    Path("v.yaml").write_text(text)
    _, job = job_of("v.yaml")
    made = jobs.run_job(job)
    assert (made["exit_code"], len(made["recordings"]), made["files"]) == (3, 1, {})


class Counting:
    """Does jobs in threads, and knows the most that were ever under way."""

    capacity = 3

    def __init__(self):
        self.threads = ThreadPoolExecutor(8)
        self.names, self.now, self.most = [], 0, 0
        self.lock = threading.Lock()

    def submit(self, job):
        with self.lock:
            self.names.append(job["name"])
            self.now += 1
            self.most = max(self.most, self.now)
        return self.threads.submit(self.work)

    def work(self):
        time.sleep(0.01)
        with self.lock:
            self.now -= 1
        return jobs.Made(status="built", files={}, recordings={}, metrics={}, seconds={}, error="no", exit_code=4)


def test_few_jobs_are_under_way_and_each_is_done_once():
    orders = [Order(Path(name)) for name in write(30)]
    executor = Counting()
    outcomes = list(build.carry_out(map(decide, orders), executor))
    assert executor.most <= executor.capacity
    assert sorted(executor.names) == sorted(set(executor.names)) == sorted(str(order.summary) for order in orders)
    assert {str(outcome.error) for outcome in outcomes} == {"no"}
    assert len(outcomes) == 31


def test_a_bug_in_a_worker_is_told_with_its_traceback(monkeypatch):
    write_stills(1)
    _, job = job_of("still0.yaml")
    pool = executors.Pool(1, lambda *_: None)
    try:
        with pytest.raises(executors.WorkerFailed, match="KeyError: 'versions'"):
            pool.submit({"name": "x"}).result(timeout=60)
        assert pool.submit(job).result(timeout=60)["error"] == ""
    finally:
        pool.close()


def test_a_worker_reports_seldom_but_always_the_beginning_and_the_end(monkeypatch):
    told = []
    report = executors.throttled(lambda *said: told.append(said))
    for done in range(100_001):
        report("training", done, 100_000)
    assert (told[0], told[-1]) == (("training", 0, 100_000), ("training", 100_000, 100_000))
    assert len(told) < 50


def test_a_terminal_shows_a_bar_for_each_active_figure_and_one_for_all(capsys):
    with progress.Bars(3) as bars:
        bars.report("a", "training", 1, 4)
        bars.report("b", "drawing gif", 2, 5)
        bars.bars.console.print(bars.bars.get_renderable())
        shown = capsys.readouterr().err
        bars.finish("a", build.Result(Order(Path("a.yaml")), "built", [], {"loss": 0.25}, {"train": 1.5}))
        bars.finish("b", None)
        bars.bars.console.print(bars.bars.get_renderable())
        later = capsys.readouterr().err
    for words in ("all", "0/3", "a: training", "1/4", "b: drawing gif", "2/5"):
        assert words in shown
    assert "2/3" in later
    assert "training" not in later
    table = capsys.readouterr().err
    assert [line.split() for line in table.splitlines() if line.strip()] == [
        ["figure", "seconds", "loss"],
        ["a", "built", "1.5", "loss", "0.25"],
        ["b", "failed"],
    ]


def test_figures_that_take_long_are_begun_first():
    Path("short.yaml").write_text(TINY.format(seed=0, epochs=3))
    Path("long.yaml").write_text(TINY.format(seed=0, epochs=2000).replace("[1, 4, 1]", "[1, 64, 64, 1]"))
    Path("still.yaml").write_text("kind: activation\nfunctions: [relu]\n")
    Path("unknown.yaml").write_text(TINY.format(seed=0, epochs=9000))
    plans = [build.plan(Path(f"{name}.yaml")) for name in ("still", "unknown", "short", "long")]
    plans[1] = replace(plans[1], loaded=None)
    names = [plan.order.stem.name for plan in build.longest_first(plans)]
    assert names == ["long", "short", "still", "unknown"]


def test_processes_are_prepared_for_the_jobs_that_there_are_and_no_more():
    pool = executors.Pool(3)
    try:
        for jobs, expected in ((1, 1), (2, 2), (2, 2), (50, 3)):
            pool.prepare(jobs)
            assert sum(process.is_alive() for process in pool._processes) == expected
    finally:
        pool.close()
    assert not any(process.is_alive() for process in pool._processes)


def test_a_process_does_not_run_the_main_script_once_more(monkeypatch):
    """It may be a notebook's, or a script of somebody else's without the usual guard."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "script.py", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    assert "init_main_from_path" in spawn.get_preparation_data("x")
    with executors._without_main():
        assert not [key for key in spawn.get_preparation_data("x") if key.startswith("init_main")]
    assert "init_main_from_path" in spawn.get_preparation_data("x")
