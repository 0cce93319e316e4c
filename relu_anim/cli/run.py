"""The `run` command: look first what is to be done for every config, then have it done and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relu_anim.errors import CheckFailed, ConfigError, FileError, UserError
from relu_anim.kept import Order, current_outputs, depfile, touch
from relu_anim.names import FORMATS

if TYPE_CHECKING:
    from relu_anim.build import Plan, Pool
    from relu_anim.config import Config

MOST_PLANS = 200  # that are held; of more configs each is planned anew when its turn comes


def run_all(
    orders: Sequence[Order],
    *,
    force: bool,
    keep_going: bool,
    quiet: bool,
    as_json: bool,
    deps: Path | None,
    jobs: int,
    cluster: str | None,
) -> int:
    """Carry out every order; the exit code is the largest of theirs."""
    tally = Tally(as_json, with_rules=deps is not None)
    plans: dict[Order, Plan] = {}
    work: list[Order] = []
    alone = with_own_files(orders, tally)
    if tally.code and not keep_going:
        return tally.code
    with ExitStack() as stack:
        pool = None
        for order, found in look_at(alone, force, tally, quiet):
            if isinstance(found, dict):
                with counted(order.source, tally):
                    _touched(order, found, tally)
                continue
            work.append(order)
            if len(plans) < MOST_PLANS:
                plans[order] = found
            if len(work) > 1 and jobs > 1:
                pool = pool or stack.enter_context(closing(_pool(min(jobs, len(alone)))))
                pool.prepare(len(work))  # they load what they need while the others are looked at
        if work and (keep_going or not tally.code):
            try:
                _make(work, plans, tally, force, keep_going, quiet, pool, cluster)
            except UserError as error:  # of the cluster itself
                tally.code = max(tally.code, error.exit_code)
                typer.echo(str(error), err=True)
    if deps is not None:
        with counted(orders[0].source, tally):
            write_deps(deps, tally)
    if len(orders) > 1 and not quiet:
        typer.echo(tally.summary(len(orders)), err=True)
    elif tally.counts["current"] and not quiet:
        typer.echo(f"{orders[0].source.stem}: current, there was nothing to do", err=True)
    return tally.code


def _make(
    work: Sequence[Order],
    plans: dict[Order, Plan],
    tally: Tally,
    force: bool,
    keep_going: bool,
    quiet: bool,
    pool: Pool | None,
    cluster: str | None,
) -> None:
    """Make what is not current, in a pool that has been started, and tell of each as it comes."""
    from relu_anim import build
    from relu_anim.cli.progress import make_progress

    with make_progress(len(work), quiet) as progress:

        def report(job: str, what: str, done: int, total: int) -> None:
            progress.report(Path(job).stem, what, done, total)

        if pool or cluster:
            work = build.longest_first(work, plans)
        with closing(build.executor(pool, cluster, report)) as executor:
            for outcome in build.carry_out(work, executor, plans, force=force, keep_going=keep_going):
                progress.finish(outcome.order.stem.name, outcome.result)
                with progress.set_aside():
                    if outcome.error is not None:
                        tally.failed(outcome.order.source, outcome.error)
                    if outcome.result is not None:
                        tally.made(asdict(outcome.result), outcome.sources)


def say_all(orders: Sequence[Order], *, force: bool, check: bool, quiet: bool, as_json: bool) -> int:
    """Say what would be done for each order and why, and do nothing. With `check`, name only what is stale."""
    tally = Tally(as_json)
    stale = 0
    for order, found in look_at(with_own_files(orders, tally), force, tally, quiet):
        status, reason = ("current", "") if isinstance(found, dict) else _todo(found, force)
        stale += status != "current"
        if as_json:
            typer.echo(
                json.dumps({"config": str(order.source), "status": status, "reason": reason}, ensure_ascii=False)
            )
        elif not (check and (status == "current" or quiet)):
            typer.echo(f"{order.source}: {status}" + f" ({reason})" * bool(reason))
    return max(tally.code, CheckFailed.exit_code if check and stale else 0)


def look_at(
    orders: Sequence[Order], force: bool, tally: Tally, quiet: bool
) -> Iterator[tuple[Order, Plan | dict[str, Any]]]:
    """For each order the summary that still holds, or the plan of what to make; mistakes are told at once."""
    for order in orders:
        try:
            found = None if force else current_outputs(order)
            if found is None:
                planned = _planned(order)
                if not quiet:
                    tell_notices(order.source, planned.config)
            yield order, planned if found is None else found
        except UserError as error:
            tally.failed(order.source, error)


def tell_notices(source: Path, loaded: Config) -> None:
    """Say what the author of a config should know, though nothing is wrong with it."""
    from relu_anim import config

    for notice in config.notices(loaded, source.parent):
        typer.echo(f"{source}: {notice}", err=True)


def _pool(workers: int) -> Pool:
    from relu_anim import build

    return build.Pool(workers)


def _planned(order: Order) -> Plan:
    from relu_anim import build

    return build.plan(order.source, order.settings, order.output, order.formats)


def _todo(plan: Plan, force: bool) -> tuple[str, str]:
    from relu_anim import build

    todo = build.decide(plan, force)
    return todo.status, todo.reason


@contextmanager
def counted(source: Path, tally: Tally) -> Iterator[None]:
    """What happens inside counts as failed if it raises a UserError."""
    try:
        yield
    except UserError as error:
        tally.failed(source, error)


def _touched(order: Order, summary: dict[str, Any], tally: Tally) -> None:
    """Touch what is current, and count it."""
    paths = [order.summary.parent / name for name in summary["outputs"]]
    try:
        touch(paths)
    except OSError as error:
        raise FileError(f"{error.filename}: cannot be touched: {error.strerror or error}") from None
    fields = {"config": str(order.source), "status": "current", "outputs": [str(path) for path in paths]}
    inputs = [order.source, *(order.source.parent / name for name in summary["inputs"])]
    tally.made({**fields, "metrics": summary["metrics"], "seconds": {}, "error": None}, inputs)


def write_deps(path: Path, tally: Tally) -> None:
    """Write what each file was made from, as rules for make."""
    from relu_anim.encoders import atomic_write

    atomic_write(path, depfile(tally.rules).encode(errors="surrogateescape"))


def named_formats(text: str | None) -> tuple[str, ...] | None:
    """The formats that `-f` names, separated by commas; None without it."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            from relu_anim.config.messages import did_you_mean

            raise ConfigError(f"-f {text}: there is no format {name!r}{did_you_mean(name, FORMATS)}")
    if not names:
        raise ConfigError(f"-f: name at least one of {', '.join(FORMATS)}")
    return tuple(names)


def with_own_files(orders: Iterable[Order], tally: Tally) -> list[Order]:
    """The orders without those that would write a file which one before them writes."""
    writers: dict[str, Order] = {}
    for order in orders:
        other = writers.setdefault(str(order.summary.absolute()), order)
        if other is not order:
            message = f"{order.source}: would write {order.stem}.* as {other.source} does; rename one"
            if order.source == other.source:
                message = f"{order.source}: is named twice"
            tally.failed(order.source, ConfigError(message))
    return list(writers.values())


class Tally:
    """Prints each result and counts them; owns the exit code."""

    def __init__(self, as_json: bool, with_rules: bool = False) -> None:
        self.as_json, self.with_rules = as_json, with_rules
        self.counts = {"built": 0, "redrawn": 0, "current": 0, "failed": 0}
        self.rules: dict[Path, list[Path]] = {}
        self.code = 0

    def made(self, result: dict[str, Any], inputs: list[Path]) -> None:
        """Print what was written, and remember what it was made from."""
        self.counts[result["status"]] += 1
        if self.with_rules:
            self.rules |= {Path(path): inputs for path in result["outputs"]}
        if self.as_json:
            typer.echo(json.dumps(result, ensure_ascii=False))
            return
        for path in result["outputs"]:
            typer.echo(path)

    def failed(self, source: Path, error: UserError) -> None:
        """Print what went wrong."""
        self.counts["failed"] += 1
        self.code = max(self.code, error.exit_code)
        typer.echo(prefixed(str(error), source), err=True)
        if self.as_json:
            result = {"config": str(source), "status": "failed", "outputs": [], "metrics": {}, "seconds": {}}
            typer.echo(json.dumps({**result, "error": str(error)}, ensure_ascii=False))

    def summary(self, of: int) -> str:
        """«3 built, 1 failed, 2 not tried (-k goes on after a failure)»."""
        untried = of - sum(self.counts.values())
        parts = [f"{count} {status}" for status, count in self.counts.items() if count]
        return ", ".join(parts + [f"{untried} not tried (-k goes on after a failure)"] * bool(untried))


def prefixed(message: str, source: Path) -> str:
    """The message with the config it is about, unless it starts with that or with an option."""
    return message if message.startswith((str(source), "-")) else f"{source}: {message}"
