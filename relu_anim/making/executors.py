"""Where jobs run: in this process, in others, or on a cluster; the rest of the code knows `submit` and no more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Protocol

from relu_anim.errors import FileError
from relu_anim.making.jobs import Job, Made, run_job
from relu_anim.making.recordings import Keep
from relu_anim.surroundings import plain_matplotlib

JobReport = Callable[[str, str, int, int], None]  # a job's name, and what it reports; may come from another thread

REPORT_EVERY = 0.1  # seconds, from a worker
TRIES = 2  # of a job whose worker dies


class Executor(Protocol):
    """Something that does jobs. `capacity` is how many are worth having under way."""

    @property
    def capacity(self) -> int:
        """It may change while workers come and go."""

    def submit(self, job: Job) -> Future[Made]:
        """Begin a job. Its future raises a FileError where workers died over it."""

    def close(self) -> None:
        """End it all; what is under way is lost."""


class WorkerFailed(Exception):
    """A bug of ours in another process; the message is its traceback."""


class InProcess:
    """Does each job at once, in this process. `keep` takes name and content of a recording."""

    capacity = 1

    def __init__(self, report: JobReport, keep: Keep) -> None:
        self._report, self._keep = report, keep

    def submit(self, job: Job) -> Future[Made]:
        """Do it; what is no mistake of a user's is raised here."""
        future: Future[Made] = Future()
        future.set_result(run_job(job, partial(self._report, job["name"]), self._keep))
        return future

    def close(self) -> None:
        """There is nothing to end."""


class Pool:
    """Processes on this machine, each with a pipe and a thread of its own.

    The pools of the standard library are broken as a whole when one process is killed, and cannot tell whose job that
    was; here only that job is tried again. Processes are spawned, not forked: torch may hang in a fork.
    """

    def __init__(self, workers: int, report: JobReport = lambda *said: None) -> None:
        self.capacity, self.report = workers, report
        self._scratch = tempfile.TemporaryDirectory(prefix="relu-anim-")  # a killed worker does not clear up
        self._threads = ThreadPoolExecutor(workers)
        self._own = threading.local()
        self._processes: set[BaseProcess] = set()
        self._closed = False
        self._ready: list[tuple[BaseProcess, Connection]] = []

    def prepare(self, jobs: int) -> None:
        """Start processes for this many jobs, as far as there is room: they load what they need before there is one."""
        while len(self._processes) < min(jobs, self.capacity):
            self._ready.append(self._started())

    def submit(self, job: Job) -> Future[Made]:
        """Begin a job, or let it wait for a free process."""
        return self._threads.submit(self._done, job)

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        for process in list(self._processes):
            process.terminate()
        self._threads.shutdown(cancel_futures=True)
        for process in list(self._processes):
            process.join()
        self._scratch.cleanup()

    def _done(self, job: Job) -> Made:
        """What comes of a job, in the process of this thread."""
        process = None
        for _ in range(TRIES):
            process, pipe = self._worker()
            try:
                return self._exchange(pipe, job)
            except (EOFError, OSError):
                process.join()
                self._processes.discard(process)
                del self._own.worker
                if self._closed:
                    raise CancelledError from None
        assert process is not None
        raise FileError(f"its worker died {TRIES} times, at last with {_ended(process.exitcode)}")

    def _exchange(self, pipe: Connection, job: Job) -> Made:
        pipe.send(job)
        while True:
            kind, value = pipe.recv()
            if kind == "made":
                made: Made = value
                return made
            if kind == "failed":
                raise WorkerFailed(value)
            self.report(job["name"], *value)

    def _worker(self) -> tuple[BaseProcess, Connection]:
        """The process of this thread and the pipe to it; one that is ready, or a new one, if there is none."""
        if not hasattr(self._own, "worker"):
            try:
                self._own.worker = self._ready.pop()
            except IndexError:
                self._own.worker = self._started()
        worker: tuple[BaseProcess, Connection] = self._own.worker
        return worker

    def _started(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, self._scratch.name), daemon=True)
        with _without_main():
            process.start()
        theirs.close()  # so that its death is the end of the pipe
        self._processes.add(process)
        return process, ours


_one_at_a_time = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Have no main module, which a new process would run once more: in a script of somebody else's, perhaps all of
    it."""
    with _one_at_a_time:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def work(pipe: Connection, scratch: str) -> None:
    """Do jobs from a pipe until it ends, as it does when the other process is gone."""
    plain_matplotlib()
    for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
        signal.signal(number, signal.SIG_IGN)  # of a terminal it reaches all; the other process decides
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # taking torch down in order takes half a second
    tempfile.tempdir = scratch
    with suppress(EOFError, ConnectionError):
        while True:
            pipe.send(_answer(pipe.recv(), lambda *said: pipe.send(("report", said))))


def _answer(job: Job, report: Callable[[str, int, int], None]) -> tuple[str, Any]:
    """What comes of a job, or the traceback of a bug."""
    try:
        return "made", run_job(job, throttled(report))
    except ConnectionError:  # nobody listens any more
        raise
    except Exception:
        return "failed", traceback.format_exc()


def throttled(report: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    """The same report, made a few times a second and when something begins or is done."""
    last = 0.0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done in (0, total) or now - last >= REPORT_EVERY:
            last = now
            report(what, done, total)

    return tell


def _ended(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        return f"signal {-code}" + " (out of memory?)" * (code == -signal.SIGKILL)
    return f"exit code {code}"
