"""The `run` command: plan every config first, then make them in turn and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from relu_anim import build
from relu_anim.build import Plan, Result
from relu_anim.cli.progress import Progress, make_progress
from relu_anim.config.messages import did_you_mean
from relu_anim.errors import ConfigError, UserError
from relu_anim.names import FORMATS


def run_all(
    sources: Sequence[Path],
    settings: Sequence[str],
    output: Path | None,
    formats: Sequence[str] | None,
    *,
    force: bool,
    keep_going: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Make every config; the exit code is the largest of theirs."""
    tally = Tally(as_json)
    plans = []
    for source in sources:
        try:
            plans.append(build.plan(source, settings, output, formats))
            refuse_shared_files(plans)
        except UserError as error:
            tally.failed(source, error)
    if tally.code and not keep_going:
        return tally.code
    for plan in plans:
        with make_progress(plan.source.stem, quiet) as progress:
            make_one(plan, force, tally, progress)
        if tally.code and not keep_going:
            break
    if len(sources) > 1 and not quiet:
        typer.echo(tally.summary(len(sources)), err=True)
    return tally.code


def named_formats(text: str | None) -> list[str] | None:
    """The formats that `-f` names, separated by commas; None without it."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise ConfigError(f"-f {text}: there is no format {name!r}{did_you_mean(name, FORMATS)}")
    if not names:
        raise ConfigError(f"-f: name at least one of {', '.join(FORMATS)}")
    return names


def make_one(plan: Plan, force: bool, tally: Tally, progress: Progress) -> None:
    """Make one config's files and count what became of it."""
    try:
        result = build.run(plan, progress.report, force=force)
    except UserError as error:
        progress.clear()
        tally.failed(plan.source, error)
    else:
        progress.finish(result)
        tally.made(result)


def refuse_shared_files(plans: Sequence[Plan]) -> None:
    """ConfigError if the last plan would write a file that another writes; it is then taken out."""
    *others, last = plans
    for other in others:
        if other.summary.absolute() == last.summary.absolute():
            plans.pop()  # type: ignore[attr-defined]
            message = f"{last.source}: would write {last.summary.with_suffix('')}.* as {other.source} does; rename one"
            raise ConfigError(message)


class Tally:
    """Prints each result and counts them; owns the exit code."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.counts = {"built": 0, "redrawn": 0, "failed": 0}
        self.code = 0

    def made(self, result: Result) -> None:
        """Print what was written."""
        self.counts[result.status] += 1
        if self.as_json:
            typer.echo(json.dumps(asdict(result), ensure_ascii=False))
            return
        for path in result.outputs:
            typer.echo(path)

    def failed(self, source: Path, error: UserError) -> None:
        """Print what went wrong."""
        self.counts["failed"] += 1
        self.code = max(self.code, error.exit_code)
        typer.echo(prefixed(str(error), source), err=True)
        if self.as_json:
            result = Result(str(source), "failed", [], error=str(error))
            typer.echo(json.dumps(asdict(result), ensure_ascii=False))

    def summary(self, of: int) -> str:
        """«3 built, 1 failed, 2 not tried (-k goes on after a failure)»."""
        untried = of - sum(self.counts.values())
        parts = [f"{count} {status}" for status, count in self.counts.items() if count]
        return ", ".join(parts + [f"{untried} not tried (-k goes on after a failure)"] * bool(untried))


def prefixed(message: str, source: Path) -> str:
    """The message with the config it is about, unless it starts with that or with an option."""
    return message if message.startswith((str(source), "-")) else f"{source}: {message}"
