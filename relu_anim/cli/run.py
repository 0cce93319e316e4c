"""The `run` command: look first what is to be done for every config, then have it done and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relu_anim.errors import CheckFailed, ConfigError, FileError, UserError
from relu_anim.making.claims import Claim, check_deps, conflicts
from relu_anim.making.depfile import kept, unsayable, written
from relu_anim.making.kept import Order, current_outputs, touch
from relu_anim.names import FORMATS

if TYPE_CHECKING:
    from relu_anim.config import Config
    from relu_anim.making.build import Plan, Pool

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
    looks: list[Look] = []
    with ExitStack() as stack:
        pool, waiting = None, 0
        for look, planned in look_at(orders, force, tally, quiet):
            looks.append(look)
            if planned is not None and len(plans) < MOST_PLANS:
                plans[look.order] = planned
            waiting += look.is_stale
            if waiting > 1 and jobs > 1:
                pool = pool or stack.enter_context(closing(_pool(min(jobs, len(orders)))))
                pool.prepare(waiting)  # they load what they need while the others are looked at
        good = harmless(looks, deps, tally)
        if len(good) < len(looks) and not keep_going:
            return tally.code
        for look in good:
            with counted(look.order.source, tally):
                _touched(look, tally)
        work = [look.order for look in good if look.is_stale]
        if work and (keep_going or not tally.code):
            try:
                _make(work, plans, tally, force, keep_going, quiet, pool, cluster)
            except UserError as error:  # of the cluster itself
                tally.code = max(tally.code, error.exit_code)
                typer.echo(str(error), err=True)
    if deps is not None and good:
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
    from relu_anim.cli.progress import make_progress
    from relu_anim.making import build

    with make_progress(len(work), quiet) as progress:

        def report(job: str, what: str, done: int, total: int) -> None:
            progress.report(Path(job).stem, what, done, total)

        if pool or cluster:
            work = build.longest_first(work, plans)
        keep = build.Keeper(progress.tell)
        with closing(build.executor(pool, cluster, report, keep)) as executor:
            for outcome in build.carry_out(work, executor, plans, keep=keep, force=force, keep_going=keep_going):
                progress.finish(outcome.order.stem.name, outcome.result)
                for note in outcome.notes:
                    progress.tell(f"{outcome.order.source}: {note}")
                with progress.set_aside():
                    if outcome.error is not None:
                        tally.failed(outcome.order.source, outcome.error)
                    if outcome.result is not None:
                        tally.made(asdict(outcome.result), outcome.sources)


def say_all(orders: Sequence[Order], *, force: bool, check: bool, quiet: bool, as_json: bool) -> int:
    """Say what would be done for each order and why, and do nothing. With `check`, name only what is stale."""
    tally = Tally(as_json)
    looks, todo = [], {}
    for look, planned in look_at(orders, force, tally, quiet):
        looks.append(look)
        if look.is_stale or look.summary:
            todo[id(look)] = _todo(planned, force) if planned else ("current", "")
    said = [(look, *todo[id(look)]) for look in harmless(looks, None, tally) if id(look) in todo]
    for look, status, reason in said:
        source = str(look.order.source)
        if as_json:
            typer.echo(json.dumps({"config": source, "status": status, "reason": reason}, ensure_ascii=False))
        elif not (check and (status == "current" or quiet)):
            typer.echo(f"{source}: {status}" + f" ({reason})" * bool(reason))
    is_stale = any(status != "current" for _, status, _ in said)
    return max(tally.code, CheckFailed.exit_code if check and is_stale else 0)


@dataclass(frozen=True)
class Look:
    """What was found of an order: the summary that still holds, or that there is something to make. After a mistake
    neither; its config is not to be written over all the same."""

    order: Order
    claim: Claim
    summary: dict[str, Any] | None = None
    is_stale: bool = False


def look_at(orders: Sequence[Order], force: bool, tally: Tally, quiet: bool) -> Iterator[tuple[Look, Plan | None]]:
    """Look at each order, and plan what is to be made; mistakes are told at once."""
    for order in orders:
        try:
            summary = None if force else current_outputs(order)
            if summary is not None:
                outputs = tuple(order.summary.parent / name for name in summary["outputs"])
                yield Look(order, Claim(_inputs(order, summary), outputs, order.summary), summary), None
            else:
                planned = _planned(order)
                if not quiet:
                    tell_notices(order.source, planned.config)
                yield Look(order, planned.claim, is_stale=True), planned
        except UserError as error:
            tally.failed(order.source, error)
            yield Look(order, Claim((order.source, *getattr(error, "reads", ())))), None


def harmless(looks: Sequence[Look], deps: Path | None, tally: Tally) -> list[Look]:
    """Those that write over no file of the user's or of another, with names that make can read; none if the rules for
    make are to lie where something else does. What is wrong with the others is told."""
    claims = [look.claim for look in looks]
    refused = dict(conflicts(claims))
    if deps is not None:
        try:
            check_deps(deps, claims)
        except UserError as error:
            tally.code = max(tally.code, error.exit_code)
            typer.echo(str(error), err=True)
            return []
        for number, claim in enumerate(claims):
            if unread := unsayable([*claim.outputs, *claim.reads]):
                refused.setdefault(number, unread)
    for number, mistake in refused.items():
        tally.failed(looks[number].order.source, mistake)
    return [look for number, look in enumerate(looks) if number not in refused]


def tell_notices(source: Path, loaded: Config) -> None:
    """Say what the author of a config should know, though nothing is wrong with it."""
    from relu_anim import config

    for notice in config.notices(loaded, source.parent):
        typer.echo(f"{source}: {notice}", err=True)


def _pool(workers: int) -> Pool:
    from relu_anim.making import build

    return build.Pool(workers)


def _planned(order: Order) -> Plan:
    from relu_anim.making import build

    return build.plan(order.source, order.settings, order.output, order.formats)


def _todo(plan: Plan, force: bool) -> tuple[str, str]:
    from relu_anim.making import build

    todo = build.decide(plan, force)
    return todo.status, todo.reason


@contextmanager
def counted(source: Path, tally: Tally) -> Iterator[None]:
    """What happens inside counts as failed if it raises a UserError."""
    try:
        yield
    except UserError as error:
        tally.failed(source, error)


def _touched(look: Look, tally: Tally) -> None:
    """Touch what is current, and count it."""
    if look.summary is None:
        return
    paths = look.claim.outputs
    try:
        touch(paths)
    except OSError as error:
        raise FileError(f"{error.filename}: cannot be touched: {error.strerror or error}") from None
    fields = {"config": str(look.order.source), "status": "current", "outputs": [str(path) for path in paths]}
    tally.made({**fields, "metrics": look.summary["metrics"], "seconds": {}, "error": None}, list(look.claim.reads))


def _inputs(order: Order, summary: dict[str, Any]) -> tuple[Path, ...]:
    """What an order that is current was made from."""
    return order.source, *(order.source.parent / name for name in summary["inputs"])


def write_deps(path: Path, tally: Tally) -> None:
    """Write what each file was made from, as rules for make. After a failure the rules that were there stay: what is
    not made this time is still made from the same."""
    from relu_anim.encoders import atomic_write

    if not tally.rules:
        return
    before = path.read_bytes() if tally.counts["failed"] and path.is_file() else b""
    text = written(tally.rules) + kept(before, tally.rules)
    atomic_write(path, text.encode(errors="surrogateescape"))


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
