"""The `run` command: look first what is to be done for every config, then do it in turn and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relu_anim.errors import CheckFailed, ConfigError, FileError, UserError
from relu_anim.kept import Order, current_outputs, depfile, touch
from relu_anim.names import FORMATS

if TYPE_CHECKING:
    from relu_anim.build import Plan
    from relu_anim.cli.progress import Progress

Current = dict[str, Any]  # the summary of an order that needs nothing done


def run_all(
    orders: Sequence[Order], *, force: bool, keep_going: bool, quiet: bool, as_json: bool, deps: Path | None
) -> int:
    """Carry out every order; the exit code is the largest of theirs."""
    tally = Tally(as_json)
    work = look_at(orders, force, tally)
    if tally.code and not keep_going:
        return tally.code
    for order, found in work:
        if isinstance(found, dict):
            with counted(order, tally):
                _touched(order, found, tally)
                if len(orders) == 1 and not quiet:
                    typer.echo(f"{order.source.stem}: current, there was nothing to do", err=True)
        else:
            with _progress(order, quiet) as progress, counted(order, tally, progress):
                _made(found, force, tally, progress)
        if tally.code and not keep_going:
            break
    if deps is not None:
        with counted(orders[0], tally):
            write_deps(deps, tally)
    if len(orders) > 1 and not quiet:
        typer.echo(tally.summary(len(orders)), err=True)
    return tally.code


def say_all(orders: Sequence[Order], *, force: bool, check: bool, quiet: bool, as_json: bool) -> int:
    """Say what would be done for each order and why, and do nothing. With `check`, name only what is stale."""
    tally = Tally(as_json)
    stale = 0
    for order, found in look_at(orders, force, tally):
        status, reason = ("current", "") if isinstance(found, dict) else _todo(found, force)
        stale += status != "current"
        if as_json:
            typer.echo(
                json.dumps({"config": str(order.source), "status": status, "reason": reason}, ensure_ascii=False)
            )
        elif not (check and (status == "current" or quiet)):
            typer.echo(f"{order.source}: {status}" + f" ({reason})" * bool(reason))
    return max(tally.code, CheckFailed.exit_code if check and stale else 0)


def look_at(orders: Sequence[Order], force: bool, tally: Tally) -> list[tuple[Order, Plan | Current]]:
    """For each order the summary that still holds, or the plan of what to make; mistakes are told at once."""
    work: list[tuple[Order, Plan | Current]] = []
    summaries: dict[Path, Path] = {}
    for order in orders:
        try:
            refuse_shared_files(order, summaries)
            found = None if force else current_outputs(order)
            work.append((order, _planned(order) if found is None else found))
        except UserError as error:
            tally.failed(order.source, error)
    return work


def _planned(order: Order) -> Plan:
    from relu_anim import build

    return build.plan(order.source, order.settings, order.output, order.formats)


def _todo(plan: Plan, force: bool) -> tuple[str, str]:
    from relu_anim import build

    todo = build.decide(plan, force)
    return todo.status, todo.reason


def _progress(order: Order, quiet: bool) -> Progress:
    from relu_anim.cli.progress import make_progress

    return make_progress(order.source.stem, quiet)


@contextmanager
def counted(order: Order, tally: Tally, progress: Progress | None = None) -> Iterator[None]:
    """What happens inside counts as failed if it raises a UserError."""
    try:
        yield
    except UserError as error:
        if progress is not None:
            progress.clear()
        tally.failed(order.source, error)


def _made(plan: Plan, force: bool, tally: Tally, progress: Progress) -> None:
    from relu_anim import build

    result = build.run(plan, progress.report, force=force)
    progress.finish(result)
    inputs = [plan.source] + ([plan.source.parent / name for name in build.inputs(plan.config)])
    tally.made(asdict(result), inputs)


def _touched(order: Order, summary: Current, tally: Tally) -> None:
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


def refuse_shared_files(order: Order, summaries: dict[Path, Path]) -> None:
    """ConfigError if an order would write a file that another writes; `summaries` holds those so far."""
    other = summaries.setdefault(order.summary.absolute(), order.source)
    if other is not order.source:
        message = f"{order.source}: would write {order.stem}.* as {other} does; rename one"
        raise ConfigError(message)


class Tally:
    """Prints each result and counts them; owns the exit code."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.counts = {"built": 0, "redrawn": 0, "current": 0, "failed": 0}
        self.rules: dict[Path, list[Path]] = {}
        self.code = 0

    def made(self, result: dict[str, Any], inputs: list[Path]) -> None:
        """Print what was written, and remember what it was made from."""
        self.counts[result["status"]] += 1
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
