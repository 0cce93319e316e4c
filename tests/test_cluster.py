"""Figures made on a Dask cluster: a real scheduler and real workers, some of which are killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import chdir, suppress
from pathlib import Path

import psutil
import pytest
from helpers.processes import command, hashes, invoke, made_here, run, wait_for, write

from relu_anim import kernels
from relu_anim.errors import FileError
from relu_anim.making import build, kept
from relu_anim.making import cluster as clusters
from relu_anim.making.orders import Order
from relu_anim.making.plans import decide

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.usefixtures("here")]

# What Dask looks after many times a second keeps two processors from what is tested.
CALM = {"DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s", "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s"}
DASK, OURS = [sys.executable, "-m", "dask"], [sys.executable, "-m", "relu_anim"]


class Servers:
    """A scheduler on this machine, and workers that can be started and killed."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.processes = []
        scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.start(*DASK, *scheduler, "--scheduler-file", self.file)
        self.address = wait_for(self.read_address)
        self.start_worker()

    def read_address(self):
        try:
            return json.loads(self.file.read_text())["address"]
        except (OSError, ValueError):
            return None

    def start(self, *arguments):
        """Where a worker starts, there is no config and no output."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, **CALM}
        command = list(map(str, arguments))
        process = subprocess.Popen(command, cwd=self.folder, env=environment, **quiet)
        self.processes.append(process)
        return process

    def start_worker(self, *more):
        names = ["--host", "127.0.0.1", "--nthreads", "1", "--death-timeout", "30", "--local-directory", self.folder]
        return self.start(*OURS, "worker", "--scheduler-file", self.file, *names, *more)

    def stop(self):
        everyone = [child for p in self.processes for child in psutil.Process(p.pid).children(recursive=True)]
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in everyone:
            with suppress(psutil.Error):  # it may have ended meanwhile
                child.kill()


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    found = Servers(tmp_path_factory.mktemp("dask"))
    yield found
    found.stop()


def test_a_cluster_makes_the_same_bytes_and_a_csv_travels_along(servers, here):
    configs = write(2)
    alone = made_here(*configs)
    (here / "elsewhere").mkdir()
    sources = [here / name for name in configs]
    result = run(*sources, "--cluster", servers.address, cwd="elsewhere")
    assert result.returncode == 0, result.stderr
    assert sorted(result.stdout.splitlines()) == ["outputs/c00.gif", "outputs/c01.gif", "outputs/table.gif"]
    assert hashes("elsewhere/outputs") == alone
    with chdir("elsewhere"):
        redrawn = invoke(*sources, "--cluster", servers.address, "-s", "title=B", "--json")
    assert {json.loads(line)["status"] for line in redrawn.stdout.splitlines()} == {"redrawn"}


@pytest.mark.soak
def test_all_figures_come_out_though_a_worker_is_killed_in_the_middle(servers):
    servers.start_worker("--no-nanny")
    configs = write(8, epochs=60)
    expected = made_here(*configs)
    process = subprocess.Popen(
        command(*configs, "--force", "--cluster", servers.address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(2):
        process.stdout.readline()
    servers.processes[-1].kill()
    rest, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert len(rest.splitlines()) == 7
    assert hashes() == expected


@pytest.mark.soak
def test_a_local_cluster_makes_the_same_bytes_and_leaves_no_process():
    configs = write(1)
    expected = made_here(*configs)
    result = run(*configs, "--force", "--cluster", "local:1")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert hashes() == expected
    folder = str(Path.cwd())
    assert not [p.pid for p in psutil.process_iter(["cwd"]) if p.pid != os.getpid() and p.info["cwd"] == folder]


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.soak)])
def test_an_interrupted_local_cluster_leaves_no_file_and_no_process(here, number):
    write(1, epochs=100_000)
    (here / "tmp").mkdir()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    call = command("c00.yaml", "--cluster", "local:1")
    process = subprocess.Popen(call, env={**os.environ, "TMPDIR": str(here / "tmp")}, **pipes)
    wait_for(lambda: list((here / "tmp").rglob("worker-*")))
    if number == signal.SIGHUP:
        os.killpg(process.pid, number)  # as a terminal does that hangs up
    else:
        process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (128 + number, "")
    assert list((here / "tmp").iterdir()) == []
    assert not [p.pid for p in psutil.process_iter(["cwd"]) if p.pid != os.getpid() and p.info["cwd"] == str(here)]


def test_a_mistake_on_a_worker_is_told_as_one_here(servers):
    write(1)
    settings = ["-s", "training.optimizer.lr=1e9"]
    result = invoke("c00.yaml", *settings, "--cluster", servers.address)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("c00.yaml: training diverged")


@pytest.mark.soak
def test_a_job_that_kills_every_worker_fails_with_words(servers):
    pool = clusters.Cluster(servers.address, lambda *_: None)
    try:
        inner = pool._executor.submit(os._exit, 1)
        with pytest.raises(FileError, match="every worker that tried it died"):
            clusters._explained(inner).result(timeout=120)
        assert pool._executor.submit(os.getpid).result(timeout=60) > 0
    finally:
        pool.close()


def test_results_do_not_stay_on_the_cluster(servers):
    write(3)
    pool = clusters.Cluster(servers.address, lambda *_: None)
    try:
        plans = [decide(Order(Path(f"c{number:02}.yaml"))) for number in range(3)]
        outcomes = list(build.carry_out(plans, pool))
        assert [outcome.error for outcome in outcomes] == [None] * 3
        del outcomes
        wait_for(lambda: not pool._client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)), 20)
    finally:
        pool.close()


# ---------------------------------------------------------------- what cannot work


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", pytest.param("tcp://nowhere.invalid:8786", marks=pytest.mark.soak)]
)
def test_an_address_that_nobody_answers_is_named(address):
    write(1)
    result = run("c00.yaml", "--cluster", address)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.startswith(f"--cluster {address}: nobody answers there: ")
    assert len(result.stderr.splitlines()) == 1
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    "greeting", [pytest.param(b"", marks=pytest.mark.soak), b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9]
)
def test_a_server_that_is_no_scheduler_is_given_up_within_ten_seconds(greeting):
    write(1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        started = time.monotonic()
        process = subprocess.Popen(command("c00.yaml", "--cluster", address), stderr=subprocess.PIPE, text=True)
        server.settimeout(20)
        connections = []
        for _ in range(2):  # the first looks whether anybody is there
            connections.append(server.accept()[0])
        if greeting:
            connections[-1].sendall(greeting)
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - started < 20  # 10 are allowed; the rest is for a busy machine
        for connection in connections:
            connection.close()
    assert process.returncode == 4
    assert err.startswith(f"--cluster {address}: no Dask scheduler answers there")
    assert len(err.splitlines()) == 1


@pytest.mark.soak
def test_a_cluster_without_workers_says_how_to_start_one(tmp_path):
    write(1)
    process = subprocess.Popen(
        [*DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", "s.json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: Path("s.json").exists() and Path("s.json").read_text().endswith("}"))
        address = json.loads(Path("s.json").read_text())["address"]
        result = run("c00.yaml", "--cluster", address)
        assert result.returncode == 4
        assert f"there are no workers; start one: relu-anim worker {address}" in result.stderr
    finally:
        process.terminate()
        process.wait(20)


def test_a_worker_with_another_version_is_refused_and_both_are_named(servers, monkeypatch):
    found = {**kept.made_with(), "torch": "1.0"}
    monkeypatch.setattr(clusters, "made_with", lambda: found)
    with pytest.raises(FileError) as caught:
        clusters.Cluster(servers.address, lambda *_: None)
    words = str(caught.value)
    assert f"has torch {kept.made_with()['torch']}, here is 1.0; install the same there" in words
    assert "tcp://127.0.0.1:" in words


@pytest.mark.soak
def test_a_worker_that_was_started_with_other_kernels_is_refused(here):
    write(1)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    places = ["--scheduler-file", "s.json", "--host", "127.0.0.1"]
    unpinned = {name: value for name, value in os.environ.items() if name not in kernels.KERNELS}
    scheduler = subprocess.Popen([*DASK, "scheduler", "--port", "0", "--no-dashboard", *places], **quiet)
    worker = subprocess.Popen([*DASK, "worker", "--nthreads", "1", *places], env=unpinned, **quiet)
    try:
        wait_for(lambda: Path("s.json").exists() and Path("s.json").read_text().endswith("}"))
        address = json.loads(Path("s.json").read_text())["address"]
        result = wait_for(lambda: _unless_alone(run("c00.yaml", "--cluster", address)))
        assert result.returncode == 4
        assert f"has kernels not pinned: NumPy or torch was loaded before, here they are {kernels.chosen()}" in (
            result.stderr
        )
        assert "start it with: relu-anim worker ADDRESS" in result.stderr
        assert not Path("outputs/c00.gif").exists()
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait(20)


def _unless_alone(result):
    return None if "there are no workers" in result.stderr else result


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tcp://127.0.0.1:99999"], "tcp://127.0.0.1:99999: write the scheduler's address first"),
        (["nonsense"], "nonsense: write the scheduler's address first, such as tcp://127.0.0.1:8786"),
        (["--nworkers", "2", "tcp://127.0.0.1:8786"], "--nworkers: write the scheduler's address first"),
    ],
)
def test_a_worker_without_an_address_says_what_to_write(arguments, words):
    done = subprocess.run([*OURS, "worker", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(words)


def test_reports_of_a_worker_arrive_under_the_name_of_their_figure(servers):
    write(1)
    told = []
    pool = clusters.Cluster(servers.address, lambda *said: told.append(said))
    try:
        list(build.carry_out([decide(Order(Path("c00.yaml")))], pool))
        wait_for(lambda: ("outputs/c00.json", "drawing gif", 4, 4) in told, 20)
    finally:
        pool.close()
    assert ("outputs/c00.json", "training", 3, 3) in told


def test_dask_is_loaded_for_a_cluster_alone():
    Path("still.yaml").write_text("kind: activation\nfunctions: [relu]\n")
    code = "import sys; from relu_anim.cli import main; main(); print('distributed' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "-q", "still.yaml"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_without_dask_the_message_names_the_extra(here):
    write(1)
    (here / "none").mkdir()
    (here / "none" / "dask.py").write_text("raise ModuleNotFoundError('dask')\n")
    environment = {**os.environ, "PYTHONPATH": str(here / "none")}
    result = run("c00.yaml", "--cluster", "local:1", env=environment)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "--cluster comes with an extra: pip install 'relu-anim[cluster]'\n"
