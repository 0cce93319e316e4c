"""The `run` command: decide first what must be done for every config, then have it done and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from relu_anim.errors import CheckFailed, FileError, UserError
from relu_anim.making.claims import Claim, check_deps, conflicts
from relu_anim.making.depfile import kept, unsayable, written
from relu_anim.making.orders import Order
from relu_anim.making.plans import Plan, decide, longest_first
from relu_anim.making.results import Result
from relu_anim.making.store import touched
from relu_anim.paths import descriptor, followed

if TYPE_CHECKING:
    from relu_anim.config import Config
    from relu_anim.making.build import Pool

STDOUT = 1  # its descriptor
MOST_OPENED = 10
MOST_CONFIGS = 100  # that are held; of more each is read again when its turn comes


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
    opens: bool = False,
    claims: dict[Path, Claim] | None = None,
    wanted: Callable[[], None] = lambda: None,
) -> int:
    """Carry out every order; the exit code is the largest of theirs. `claims` are those of all configs that are made
    in turn, to which those of these orders are added. In this process, `wanted` is called again and again, and ends it
    all by what it raises."""
    claims = {} if claims is None else claims
    tally = Tally(as_json, with_rules=deps is not None)
    with ExitStack() as stack:
        plans, pool = _decided(orders, force, jobs, tally, quiet, stack)
        claims |= {plan.source: plan.claim for plan in plans}
        own = {plan.source for plan in plans}
        others = [claim for source, claim in claims.items() if source not in own]
        good = harmless(plans, deps, tally, others)
        if len(good) < len(plans) and not keep_going:
            return tally.code
        for plan in good:
            if plan.status == "current":
                with failures_counted(plan.source, tally):
                    tally.made(touched(plan))
        work = [plan for plan in good if is_to_be_made(plan)]
        if work and (keep_going or not tally.code):
            try:
                _make(work, tally, force, keep_going, quiet, pool, cluster, wanted)
            except UserError as error:  # of the cluster itself
                tally.mistake(error)
    if deps is not None and good:
        with failures_counted(orders[0].source, tally):
            write_deps(deps, tally)
    if not quiet:
        tally.tell_total(orders)
    if opens:
        open_films(tally.films, tally)
    return tally.code


def _decided(
    orders: Sequence[Order], force: bool, jobs: int, tally: Tally, quiet: bool, stack: ExitStack
) -> tuple[list[Plan], Pool | None]:
    """What must be done for each order; where several are to be made at a time, a pool whose processes load what they
    need while the others are looked at, and which the stack closes."""
    plans, pool, waiting = [], None, 0
    for plan in decide_all(orders, force, tally, quiet):
        plans.append(plan)
        waiting += is_to_be_made(plan)
        if waiting > 1 and jobs > 1:
            pool = pool or stack.enter_context(closing(_pool(min(jobs, len(orders)))))
            pool.prepare(waiting)
    return plans, pool


def open_films(films: Sequence[str], tally: Tally) -> None:
    """Show films in the viewer that the system has for them, not too many at once."""
    if len(films) > MOST_OPENED:
        typer.echo(f"--open: shows {MOST_OPENED} of {len(films)} films", err=True)
    for film in films[:MOST_OPENED]:
        if typer.launch(str(Path(film).resolve())):
            tally.mistake(FileError(f"--open: this system has no viewer (xdg-open); open {film} yourself"))
            return


def decide_all(orders: Sequence[Order], force: bool, tally: Tally, quiet: bool) -> Iterator[Plan]:
    """What must be done for each order, with the configs of the first that are not current. Mistakes are printed at
    once; the files that such a config names are not written over all the same."""
    held = 0
    for order in orders:
        try:
            plan = decide(order, force)
        except UserError as error:
            tally.failed(order.source, error)
            reads = tuple(map(str, getattr(error, "reads", ())))
            yield Plan(order, Claim(order.source, reads), status="failed")
            continue
        if plan.loaded and not quiet:
            tell_notices(order.source, plan.loaded)
        is_held = is_to_be_made(plan) and held < MOST_CONFIGS
        held += is_held
        yield plan if is_held else replace(plan, loaded=None)


def is_to_be_made(plan: Plan) -> bool:
    """Whether files are to be made for it."""
    return plan.status in ("built", "redrawn")


def _make(
    work: Sequence[Plan],
    tally: Tally,
    force: bool,
    keep_going: bool,
    quiet: bool,
    pool: Pool | None,
    cluster: str | None,
    wanted: Callable[[], None],
) -> None:
    """Make what is not current, in a pool that has been started, and tell of each as it comes."""
    from relu_anim.cli.progress import make_progress
    from relu_anim.making import build

    with make_progress(len(work), quiet) as progress:

        def report(job: str, what: str, done: int, total: int) -> None:
            progress.report(Path(job).stem, what, done, total)
            if not (pool or cluster):
                wanted()

        if pool or cluster:
            work = longest_first(work)
        keep = build.Keeper(progress.tell)
        with closing(build.executor(pool, cluster, report, keep)) as executor:
            for result in build.carry_out(work, executor, keep=keep, force=force, keep_going=keep_going):
                for note in [*result.notes, *([] if quiet else result.advice)]:
                    progress.tell(f"{result.order.source}: {note}")
                progress.finish(result.order.stem.name, None if result.error else result)
                with progress.set_aside():
                    if result.error is not None:
                        tally.failed(result.order.source, result.error)
                    else:
                        tally.made(result)


def watch_all(orders: Sequence[Order], *, force: bool, jobs: int, opens: bool, quiet: bool, as_json: bool) -> NoReturn:
    """Carry out every order, and those again whose files are saved. The first time, `force` and `opens` count."""
    from relu_anim.cli.watch import Claims, Wanted, watch
    from relu_anim.making.jobs import load

    is_first = True

    def make(some: Sequence[Order], claims: Claims, wanted: Wanted) -> None:
        nonlocal is_first
        first: dict[str, Any] = {"force": force and is_first, "opens": opens and is_first}
        how: dict[str, Any] = {"jobs": jobs, "cluster": None, "deps": None, "quiet": quiet, "as_json": as_json}
        run_all(some, keep_going=True, claims=claims, wanted=wanted, **first, **how)
        if is_first:
            load()
        is_first = False

    watch(orders, make, quiet)


def say_all(orders: Sequence[Order], *, force: bool, check: bool, quiet: bool, as_json: bool) -> int:
    """Say what would be done for each order and why, and do nothing. With `check`, name only what is stale."""
    tally = Tally(as_json)
    plans = list(decide_all(orders, force, tally, quiet))
    good = [plan for plan in harmless(plans, None, tally) if plan.status != "failed"]
    for plan in good:
        if as_json:
            said = {"config": str(plan.source), "status": plan.status, "reason": plan.reason}
            typer.echo(json.dumps(said, ensure_ascii=False))
        elif not (check and (plan.status == "current" or quiet)):
            typer.echo(f"{plan.source}: {plan.status}" + f" ({plan.reason})" * bool(plan.reason))
    is_stale = any(map(is_to_be_made, good))
    return max(tally.code, CheckFailed.exit_code if check and is_stale else 0)


def harmless(plans: Sequence[Plan], deps: Path | None, tally: Tally, others: Sequence[Claim] = ()) -> list[Plan]:
    """Those that write over no file of the user's or of others, with names that make can read; none if the rules for
    make are to lie where something else does. What is wrong with the rest is printed."""
    claims = [plan.claim for plan in plans]
    first = len(others)
    refused = {number - first: error for number, error in conflicts([*others, *claims]) if number >= first}
    if deps is not None:
        try:
            check_deps(deps, claims)
        except UserError as error:
            tally.mistake(error)
            return []
        for number, claim in enumerate(claims):
            if unread := unsayable([*map(Path, claim.outputs), *claim.all_read()]):
                refused.setdefault(number, unread)
    for number, mistake in refused.items():
        tally.failed(plans[number].source, mistake)
    return [plan for number, plan in enumerate(plans) if number not in refused]


def tell_notices(source: Path, loaded: Config) -> None:
    """Say what the author of a config should know, though nothing is wrong with it."""
    from relu_anim import config

    for notice in config.notices(loaded, source.parent):
        typer.echo(prefixed(notice, source), err=True)


def _pool(workers: int) -> Pool:
    from relu_anim.making import build

    return build.Pool(workers)


@contextmanager
def failures_counted(source: Path, tally: Tally) -> Iterator[None]:
    """What happens inside counts as failed if it raises a UserError."""
    try:
        yield
    except UserError as error:
        tally.failed(source, error)


def write_deps(path: Path, tally: Tally) -> None:
    """Write what each file was made from, as rules for make. After a failure the rules that were there stay: what is
    not made this time is still made from the same."""
    from relu_anim.encoders import atomic_write

    if not tally.rules:
        return
    check_deps(path, [])  # again: making the figures took long enough for another file to come to lie there
    before = path.read_bytes() if tally.counts["failed"] and path.is_file() else b""
    text = written(tally.rules) + kept(before, tally.rules)
    atomic_write(path, text.encode(errors="surrogateescape"))


def is_apart_from_stdout(path: str) -> bool:
    """Whether a file is another than stdout, in which a film that was written there is to stand alone."""
    return descriptor(followed(Path(path))) != STDOUT


class Tally:
    """Prints each result and counts them; owns the exit code."""

    def __init__(self, as_json: bool, with_rules: bool = False) -> None:
        self.as_json, self.with_rules = as_json, with_rules
        self.counts = {"built": 0, "redrawn": 0, "current": 0, "failed": 0}
        self.rules: dict[Path, list[Path]] = {}
        self.code = 0
        self.films: list[str] = []

    def made(self, result: Result) -> None:
        """Print what was written, and remember what it was made from."""
        self.counts[result.status] += 1
        self.films += list(filter(is_apart_from_stdout, result.outputs))[:1]
        if self.with_rules:
            self.rules |= {Path(path): result.sources for path in result.outputs}
        for line in [result.line()] if self.as_json else filter(is_apart_from_stdout, result.outputs):
            typer.echo(line)

    def failed(self, source: Path, error: UserError) -> None:
        """Print what went wrong with a config."""
        self.counts["failed"] += 1
        self.mistake(error, source)
        if self.as_json:
            typer.echo(Result(Order(source), "failed", error=error).line())

    def mistake(self, error: UserError, source: Path | None = None) -> None:
        """Print what went wrong, perhaps with a config."""
        self.code = max(self.code, error.exit_code)
        typer.echo(prefixed(str(error), source) if source else str(error), err=True)

    def tell_total(self, orders: Sequence[Order]) -> None:
        """Say what became of several configs, or that there was nothing to do for one."""
        if len(orders) > 1:
            typer.echo(self.summary(len(orders)), err=True)
        elif self.counts["current"]:
            typer.echo(f"{orders[0].source.stem}: current, there was nothing to do", err=True)

    def summary(self, of: int) -> str:
        """The count of each result: «3 built, 1 failed, 2 not tried (-k goes on after a failure)»."""
        untried = of - sum(self.counts.values())
        parts = [f"{count} {status}" for status, count in self.counts.items() if count]
        return ", ".join(parts + [f"{untried} not tried (-k goes on after a failure)"] * bool(untried))


def prefixed(message: str, source: Path) -> str:
    """The message with the config it is about, unless it starts with that or with an option."""
    return message if message.startswith((str(source), "-")) else f"{source}: {message}"
