"""From orders to files: what must be done is decided, done by an executor, and written here, by the caller alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config.side_files import side_files
from relu_anim.errors import ConfigError, FileError, UserError, of_exit_code
from relu_anim.making.executors import Executor, InProcess, Pool
from relu_anim.making.fingerprints import difference, fingerprint, training_fingerprint
from relu_anim.making.jobs import Job, Made
from relu_anim.making.keeping import Keeper
from relu_anim.making.kept import content_of_recording, hash_of_bytes, made_with
from relu_anim.making.plans import Plan, decide, decided, longest_first, plan
from relu_anim.making.results import Result
from relu_anim.making.store import store, touched
from relu_anim.paths import check_writable

__all__ = [
    "Keeper",
    "Plan",
    "Pool",
    "Result",
    "carry_out",
    "decide",
    "difference",
    "executor",
    "fingerprint",
    "longest_first",
    "plan",
    "run",
    "training_fingerprint",
]


def run(plan: Plan, report: Report, force: bool = False, keep: Keeper | None = None) -> Result:
    """Make the files of a plan in this process, so far as they are not there; raises a UserError, after which the old
    files are still there."""
    keep = keep or Keeper()
    executor = InProcess(lambda name, *what: report(*what), keep)
    (result,) = carry_out([decided(plan, force)], executor, keep=keep)
    if result.error is not None:
        raise result.error
    for note in result.notes:
        keep.tell(note)
    return result


def carry_out(
    plans: Iterable[Plan],
    executor: Executor,
    *,
    keep: Keeper | None = None,
    force: bool = False,
    keep_going: bool = True,
) -> Iterator[Result]:
    """Make the files of each plan, so far as they are not there, and tell what became of it, as soon as it is done.

    Few jobs are under way at a time, and nothing of those that are done is held. A plan whose config is not held is
    made anew when its turn comes. Recordings that come back are handed to `keep`. After a failure nothing new is begun,
    unless it is to `keep_going`.
    """
    rest, keep = iter(plans), keep or Keeper()
    under_way: dict[Future[Made], tuple[Plan, dict[str, str]]] = {}
    is_stopped = False
    while True:
        while not is_stopped and len(under_way) < executor.capacity and (plan := next(rest, None)) is not None:
            try:
                plan = plan if plan.loaded else decide(plan.order, force)
                if plan.status == "current":
                    yield touched(plan)
                else:
                    future, recordings = _begun(plan, executor)
                    under_way[future] = plan, recordings
            except UserError as error:
                yield Result(plan.order, "failed", error=error)
                is_stopped = is_stopped or not keep_going
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            plan, recordings = under_way.pop(future)
            try:
                yield _stored(plan, future.result(), keep, recordings)
            except UserError as error:
                yield Result(plan.order, "failed", error=error)
                is_stopped = is_stopped or not keep_going
        if is_stopped:  # what has begun is brought to its end
            under_way = {future: begun for future, begun in under_way.items() if not future.cancel()}


def _begun(plan: Plan, executor: Executor) -> tuple[Future[Made], dict[str, str]]:
    """What will come of a plan's job, and the hashes of the recordings that went out with it."""
    job = job_of(plan)
    return executor.submit(job), {name: hash_of_bytes(content) for name, content in job["recordings"].items()}


def executor(
    pool: Pool | None,
    cluster: str | None,
    report: Callable[[str, str, int, int], None],
    keep: Keeper,
    called: str = "--cluster",
) -> Executor:
    """Where jobs are to run: on a cluster, in the processes of a pool, or in this one, which keeps a recording as soon
    as it is whole. ConfigError for an address that is none, FileError for a cluster that does not answer; messages call
    it what it is `called`."""
    if cluster is not None:
        try:
            from relu_anim.making.cluster import Cluster
        except ModuleNotFoundError:
            raise ConfigError(f"{called} comes with an extra: pip install 'relu-anim[cluster]'") from None
        return Cluster(cluster, report, called)
    if pool is None:
        return InProcess(report, keep)
    pool.report = report
    return pool


# ---------------------------------------------------------------- what goes out, and what comes back


def job_of(plan: Plan) -> Job:
    """What a worker needs to know; FileError if a file that it needs cannot be read, or those that it is to become
    cannot be written."""
    check_writable([*plan.paths, *([] if plan.order.is_draft else [plan.summary])])
    return Job(
        name=str(plan.summary),
        config=config.dump(plan.config),
        tables=_tables(plan),
        recordings={} if plan.anew else _kept(plan),
        files=plan.files,
        is_draft=plan.order.is_draft,
        versions=made_with(),
    )


def _kept(plan: Plan) -> dict[str, bytes]:
    """The recordings that there are, by their names."""
    contents = {path: content_of_recording(path) for path in (*plan.recordings, *plan.ensembles)}
    return {
        path.relative_to(plan.folder).as_posix(): content for path, content in contents.items() if content is not None
    }


def _tables(plan: Plan) -> dict[str, bytes]:
    """The files that a config names, by the names that it has for them, as they were when it was checked."""
    found = {}
    for file in side_files(plan.config):
        path = plan.source.parent / file.name
        found[file.name] = _content(path)
        if hashlib.sha256(found[file.name]).hexdigest() != file.digest:
            raise FileError(f"{path} was changed just now; run again")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None


def _stored(plan: Plan, made: Made, keep: Keeper, recordings: dict[str, str]) -> Result:
    """Keep and write what a job made; raises the error that it met. `recordings` are hashes of those that went out."""
    for name, data in made["recordings"].items():
        keep(name, data)
    recordings = {**recordings, **keep.take_hashes()}
    if made["error"]:
        raise of_exit_code(made["exit_code"])(made["error"])
    return store(plan, made, recordings)
