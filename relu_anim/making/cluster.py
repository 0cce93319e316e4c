"""Jobs on a Dask cluster: plain data goes out, bytes come back, no disk is shared."""

from __future__ import annotations

import logging
import multiprocessing
import re
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings
import weakref
from concurrent.futures import Future
from multiprocessing import resource_tracker
from typing import Any

import dask

from relu_anim.errors import ConfigError, FileError
from relu_anim.making.executors import JobReport, throttled
from relu_anim.making.jobs import Job, Made, other_versions, run_job
from relu_anim.making.kept import made_with
from relu_anim.surroundings import plain_matplotlib

dask.config.set({"logging": {"distributed": "critical", "tornado": "critical", "asyncio": "critical"}})
# Of workers started here, whose jobs are a few long ones: asking every 10 ms where they are, and giving freed memory
# back to the system at once, which has to be asked for again for the next frame, cost a quarter of their time.
dask.config.set({"distributed.worker.profile.enabled": False})
dask.config.set({"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None})

import distributed  # noqa: E402  it sets up its logging when it is loaded

ADDRESS = re.compile(r"(?:tcp|tls)://(\[[^\s/\]]+\]|[^\s/:]+):(\d{1,5})")
LOCAL = re.compile(r"local:(\d{1,4})")
CONNECT_WITHIN, WORKERS_WITHIN = 6, 3  # seconds, less than 10 together
JOBS_PER_THREAD = 4  # under way: while results travel, workers have something to do
COUNT_EVERY = 2.0  # seconds

_one_at_a_time = threading.Lock()  # of a worker with several threads: Matplotlib's settings are global


class Cluster:
    """A cluster at an address, or one of this many processes that is started here: `local:N`. `called` is what messages
    call the address."""

    def __init__(self, address: str, report: JobReport, called: str = "--cluster") -> None:
        local, remote = LOCAL.fullmatch(address), ADDRESS.fullmatch(address)
        self._named = named = f"{called} {address}"
        if not remote and not (local and int(local[1])):
            raise ConfigError(f"{named}: write an address, such as tcp://127.0.0.1:8786, or local:2")
        self._address, self._report = address, report
        self._topic = f"relu-anim-{secrets.token_hex(8)}"
        self._local: Any = None
        self._client: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._others = set(multiprocessing.active_children())
        self._counted, self._threads = 0.0, 0
        if remote:
            _check_answer(named, remote[1].strip("[]"), int(remote[2]))
        try:
            if local:
                self._scratch = tempfile.TemporaryDirectory(prefix="relu-anim-", ignore_cleanup_errors=True)
                self._local = _started(int(local[1]), self._scratch.name)
            self._client = _connected(self._local or address, named)
            self._executor = self._client.get_executor(pure=False)  # pure would do equal jobs once
            self._check_workers()
            self._client.subscribe_topic(self._topic, lambda event: self._report(*event[1]))
        except BaseException:
            self.close()
            raise

    @property
    def capacity(self) -> int:
        """A few jobs for each thread that there is now."""
        if time.monotonic() - self._counted > COUNT_EVERY:
            self._threads = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return JOBS_PER_THREAD * max(1, self._threads)

    def submit(self, job: Job) -> Future[Made]:
        """Hand a job to the scheduler, which gives it to another worker where one dies."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            inner = self._executor.submit(_work, job, self._topic)
        return _explained(inner)

    def close(self) -> None:
        """Leave the cluster; end it if it was started here, and leave nothing of it."""
        for part in (self._client, self._local):
            if part is not None:
                part.close(timeout=5)
        if self._scratch is not None:
            for process in set(multiprocessing.active_children()) - self._others:  # of a start that was interrupted
                process.kill()
                process.join()
            self._scratch.cleanup()

    def _check_workers(self) -> None:
        """FileError unless there are workers, and all have what is installed here."""
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_WITHIN)
        except TimeoutError:
            message = f"there are no workers; start one: relu-anim worker {self._address}"
            raise FileError(f"{self._named}: {message}") from None
        for worker, found in self._client.run(made_with_there, on_error="return").items():
            if isinstance(found, Exception):
                raise FileError(f"{self._named}: relu-anim does not run on {worker}: {_first_line(found)}")
            if wrong := other_versions(found, made_with()):
                raise FileError(f"{self._named}: {worker} {wrong}")


def _check_answer(named: str, host: str, port: int) -> None:
    """FileError if nobody listens there, which Dask would only know after trying for long."""
    try:
        socket.create_connection((host, port), timeout=CONNECT_WITHIN).close()
    except (OSError, OverflowError) as error:
        raise FileError(f"{named}: nobody answers there: {_first_line(error)}") from None


def _connected(target: Any, named: str) -> Any:
    """A client of the scheduler; FileError where whoever listens there is none.

    It is made in a thread, since Dask waits without end for the greeting of a server that listens and says nothing.
    """
    found: list[Any] = []

    def connect() -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)
                found.append(distributed.Client(target, timeout=CONNECT_WITHIN, set_as_default=False))
        except Exception as error:  # what a stranger says may be read as anything
            found.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(CONNECT_WITHIN + 1)
    if found and not isinstance(found[0], Exception):
        return found[0]
    _failed.extend(found)
    reason = f": {_first_line(found[0])}" if found else ""
    raise FileError(f"{named}: no Dask scheduler answers there{reason}")


_failed: list[Exception] = []  # kept, since a half-made client whose connection failed takes long to be deleted


def _started(workers: int, scratch: str) -> Any:
    """A cluster of this many processes on this machine, which nobody else can reach, with all its files in a folder."""
    _start_tracker()
    look = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    look |= {"local_directory": scratch, "env": {"TMPDIR": scratch}}
    with dask.config.set({"temporary-directory": scratch}):
        return distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0, **look)


def _start_tracker() -> None:
    """Start the process with which Python clears up semaphores, so that it outlives this one, also when a terminal
    hangs up on both, and does its work without a word. Dask's processes have some."""
    hang_up = {signal.SIGHUP} if hasattr(signal, "SIGHUP") else set()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, hang_up)  # which it inherits
    sys.warnoptions.append(silence := "ignore:resource_tracker:UserWarning")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(silence)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def made_with_there() -> dict[str, str]:
    """What the files that a worker makes depend on."""
    return made_with()


def _work(job: Job, topic: str) -> Made:
    """Do a job on a worker."""
    plain_matplotlib()
    worker = distributed.get_worker()
    report = throttled(lambda *said: worker.log_event(topic, (job["name"], *said)))
    with _one_at_a_time:
        return run_job(job, report)


def _explained(inner: Future[Made]) -> Future[Made]:
    """The same future, with words for what Dask means by its errors."""
    outer: Future[Made] = Future()
    within = weakref.ref(inner)  # a circle would keep results until garbage is collected, here and on their workers

    def done(inner: Future[Made]) -> None:
        if not outer.set_running_or_notify_cancel():
            return
        if inner.cancelled():
            outer.set_exception(FileError("the cluster is gone, or gave up this job"))
        elif isinstance(error := inner.exception(), distributed.KilledWorker):
            outer.set_exception(FileError("every worker that tried it died; out of memory?"))
        elif error is not None:
            outer.set_exception(error)
        else:
            outer.set_result(inner.result())

    inner.add_done_callback(done)
    outer.add_done_callback(lambda outer: _cancel(within()) if outer.cancelled() else None)
    return outer


def _cancel(future: Future[Made] | None) -> None:
    if future is not None:
        future.cancel()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
