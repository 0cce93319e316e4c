"""From orders to files: what must be done is decided, done by an executor, and written here, by the caller alone."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relu_anim import config, kernels
from relu_anim.errors import ConfigError, FileError, UserError, of_exit_code
from relu_anim.making.executors import Executor, Here, Pool
from relu_anim.making.fingerprints import (
    difference,
    files,
    fingerprint,
    fingerprints,
    inputs,
    training_fingerprint,
)
from relu_anim.making.jobs import Job, Made
from relu_anim.making.keeping import Keeper
from relu_anim.making.kept import (
    FORMAT,
    Order,
    hash_of_file,
    hash_of_order,
    is_there,
    made_with,
    read_summary,
    touch,
    versions,
)
from relu_anim.making.plans import Plan, Todo, decide, longest_first, plan
from relu_anim.making.recordings import Keep, Report
from relu_anim.paths import check_writable, followed, is_stream

__all__ = [
    "Keeper",
    "Outcome",
    "Plan",
    "Pool",
    "Result",
    "Todo",
    "carry_out",
    "decide",
    "difference",
    "executor",
    "fingerprint",
    "inputs",
    "longest_first",
    "plan",
    "run",
    "training_fingerprint",
]


@dataclass
class Result:
    """What became of one config. `status`: built (trained and drawn) | redrawn (from its recordings) | current (there
    was nothing to do) | failed."""

    config: str
    status: str
    outputs: list[str]
    metrics: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    error: str | None = None


@dataclass
class Outcome:
    """An order with its result and the files that it was made from, or with what went wrong; and lines for the
    user."""

    order: Order
    result: Result | None = None
    sources: list[Path] = field(default_factory=list)
    error: UserError | None = None
    notes: list[str] = field(default_factory=list)


def run(plan: Plan, report: Report, force: bool = False, keep: Keeper | None = None) -> Result:
    """Make the files of a plan in this process, so far as they are not there; raises a UserError, after which the old
    files are still there."""
    keep = keep or Keeper()
    executor = Here(lambda name, *said: report(*said), keep)
    (outcome,) = carry_out([plan.order], executor, {plan.order: plan}, keep=keep, force=force)
    if outcome.error is not None:
        raise outcome.error
    for note in outcome.notes:
        keep.tell(note)
    assert outcome.result is not None
    return outcome.result


def carry_out(
    orders: Iterable[Order],
    executor: Executor,
    plans: dict[Order, Plan] | None = None,
    *,
    keep: Keep | None = None,
    force: bool = False,
    keep_going: bool = True,
) -> Iterator[Outcome]:
    """Make the files of each order, so far as they are not there, and tell what became of it, as soon as it is done.

    Few jobs are under way at a time, and nothing of those that are done is held. `plans` are those that are known
    already; recordings that come back are handed to `keep`. After a failure nothing new is begun, unless it is to
    `keep_going`.
    """
    rest, plans, keep = iter(orders), plans if plans is not None else {}, keep or Keeper()
    under_way: dict[Future[Made], Plan] = {}
    is_stopped = False
    while True:
        while not is_stopped and len(under_way) < executor.capacity and (order := next(rest, None)) is not None:
            try:
                planned = plans.pop(order, None) or plan(order.source, order.settings, order.output, order.formats)
                check_writable([*planned.outputs.values(), planned.summary])
                todo = decide(planned, force)
                if todo.status == "current":
                    yield _outcome(planned, _touched(planned))
                else:
                    under_way[executor.submit(_job(planned, todo))] = planned
            except UserError as error:
                yield Outcome(order, error=error)
                is_stopped = is_stopped or not keep_going
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            planned = under_way.pop(future)
            try:
                made = future.result()
                yield _outcome(planned, _stored(planned, made, keep), made["notes"])
            except UserError as error:
                yield Outcome(planned.order, error=error)
                is_stopped = is_stopped or not keep_going
        if is_stopped:  # what has begun is brought to its end
            under_way = {future: planned for future, planned in under_way.items() if not future.cancel()}


def _outcome(plan: Plan, result: Result, notes: Sequence[str] = ()) -> Outcome:
    return Outcome(plan.order, result, plan.sources, notes=list(notes))


def executor(
    pool: Pool | None, cluster: str | None, report: Callable[[str, str, int, int], None], keep: Keep
) -> Executor:
    """Where jobs are to run: on a cluster, in the processes of a pool, or in this one, which keeps a recording as soon
    as it is whole. ConfigError for an address that is none, FileError for a cluster that does not answer."""
    if cluster is not None:
        try:
            from relu_anim.making.cluster import Cluster
        except ModuleNotFoundError:
            raise ConfigError("--cluster comes with an extra: pip install 'relu-anim[cluster]'") from None
        return Cluster(cluster, report)
    if pool is None:
        return Here(report, keep)
    pool.report = report
    return pool


# ---------------------------------------------------------------- what goes out


def _job(plan: Plan, todo: Todo) -> Job:
    """What a worker needs to know; FileError if a file that it needs cannot be read."""
    return Job(
        name=str(plan.summary),
        config=config.dump(plan.config),
        tables=_tables(plan),
        recordings={} if todo.anew else _kept(plan),
        formats=todo.formats,
        versions=made_with(),
    )


def _kept(plan: Plan) -> dict[str, bytes]:
    """The recordings that there are, by their names."""
    paths = [path for path in (*plan.recordings, *plan.ensembles) if is_there(path)]
    return {path.relative_to(plan.folder).as_posix(): _content(path) for path in paths}


def _tables(plan: Plan) -> dict[str, bytes]:
    """The CSV files of a plan by the names that its config has for them, as they were when it was checked."""
    found = {name: _content(plan.source.parent / name) for name in inputs(plan.config)}
    for name, data in found.items():
        if hashlib.sha256(data).hexdigest() != files(plan.config)["csv"]:
            raise FileError(f"{plan.source.parent / name} was changed just now; run again")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None


# ---------------------------------------------------------------- what comes back


def _stored(plan: Plan, made: Made, keep: Keep) -> Result:
    """Write what a job made; raises the error that it met."""
    from relu_anim.encoders import atomic_write

    for name, data in made["recordings"].items():
        keep(name, data)
    if made["error"]:
        raise of_exit_code(made["exit_code"])(made["error"])
    for name, data in made["files"].items():
        atomic_write(plan.outputs[name], data)
    outputs = [str(path) for path in plan.outputs.values()]
    result = Result(str(plan.source), made["status"], outputs, made["metrics"], made["seconds"])
    _summarise(plan, result, made["alt"])
    return result


def _touched(plan: Plan) -> Result:
    """Touch what is current, and note that it fulfils this order too."""
    summary = read_summary(plan.summary) or {}
    _write_summary(plan, summary | {"orders": _orders(plan, summary)})
    touch(plan.outputs.values())
    return Result(str(plan.source), "current", [str(path) for path in plan.outputs.values()], summary["metrics"])


def _summarise(plan: Plan, result: Result, alt: str) -> None:
    """Write the summary beside the outputs. What it says of files of other formats stays, if they are of the same
    film."""
    files = [path for path in plan.outputs.values() if not is_stream(followed(path))]
    before = read_summary(plan.summary) or {}
    if difference(before, plan.config):
        before = {}
    summary = {
        "format": FORMAT,
        "config": plan.config.model_dump(mode="json"),
        "source": None if is_stream(followed(plan.source)) else os.path.relpath(plan.source, plan.summary.parent),
        "fingerprints": fingerprints(plan.config),
        "versions": dict(versions()),
        "kernels": kernels.chosen(),
        "orders": _orders(plan, before),
        "inputs": {name: hash_of_file(plan.source.parent / name) for name in inputs(plan.config)},
        "files": before.get("files", {}) | _hashes(files),
        "recordings": _hashes(filter(is_there, plan.recordings)),
        "status": result.status,
        "outputs": [path.name for path in plan.outputs.values()],
        "metrics": result.metrics,
        "alt": alt,
        "seconds": result.seconds,
    }
    _write_summary(plan, summary)


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    try:
        return {path.name: hash_of_file(path) for path in paths}
    except OSError as error:
        raise FileError(f"cannot read {error.filename}: {error.strerror or error}") from None


def _write_summary(plan: Plan, summary: dict[str, Any]) -> None:
    from relu_anim.encoders import atomic_write

    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    atomic_write(plan.summary, text.encode(errors="backslashreplace"))  # file names need not be UTF-8


def _orders(plan: Plan, summary: Mapping[str, Any]) -> dict[str, list[str]]:
    """The orders that these files fulfil, as hashes, with the names of their files. A config that comes through a pipe
    cannot be read again, and is looked at anew each time."""
    orders: dict[str, list[str]] = summary.get("orders", {})
    with suppress(OSError):
        orders = {**orders, hash_of_order(plan.order): [path.name for path in plan.outputs.values()]}
    return orders
