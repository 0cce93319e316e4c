"""Progress on stderr: bars on a terminal, a few plain lines elsewhere, nothing where it is not wanted."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Any, Self

import typer

from relu_anim.build import Result

FIRST_LINE_AFTER = 5.0  # seconds; each further line waits twice as long, so that a day's work prints no page
MAX_LINES = 8


class Progress:
    """Says nothing; what the others are."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.clear()

    def report(self, what: str, done: int, total: int) -> None:
        """So much of something is done."""

    def finish(self, result: Result) -> None:
        """The config is made."""
        self.clear()

    def clear(self) -> None:
        """Take away what is shown, before something else is printed."""


class Lines(Progress):
    """Plain lines, for pipes and logs: at most ten for a config."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.next, self.wait, self.lines = time.monotonic() + FIRST_LINE_AFTER, FIRST_LINE_AFTER, 0

    def report(self, what: str, done: int, total: int) -> None:
        """Print a line now and then."""
        now = time.monotonic()
        if now < self.next or self.lines == MAX_LINES:
            return
        self.wait *= 2
        self.next, self.lines = now + self.wait, self.lines + 1
        typer.echo(f"{self.name}: {what}, {done:,} of {total:,}", err=True)

    def finish(self, result: Result) -> None:
        """Say what was made and how long it took."""
        typer.echo(closing_line(self.name, result), err=True)


class Bars(Progress):
    """A bar for each stage, on a terminal."""

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        super().__init__(name)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self.bars = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self.tasks: dict[str, Any] = {}
        self.drawn = 0.0
        self.bars.start()

    def report(self, what: str, done: int, total: int) -> None:
        """Move the bar of this stage."""
        now = time.monotonic()
        if what not in self.tasks:
            self.tasks[what] = self.bars.add_task(f"{self.name}: {what}", total=total)
        elif now - self.drawn < 0.05 and done < total:  # a call for each epoch must cost next to nothing
            return
        self.drawn = now
        self.bars.update(self.tasks[what], completed=done)

    def finish(self, result: Result) -> None:
        """Take the bars away and say what was made."""
        self.clear()
        typer.echo(closing_line(self.name, result), err=True)

    def clear(self) -> None:
        """Take the bars away."""
        self.bars.stop()


def closing_line(name: str, result: Result) -> str:
    """«quadratic_2neuron: built in 3.2 s, loss 0.731»; with variants the loss of each."""
    is_nested = all(isinstance(value, dict) for value in result.metrics.values())
    runs = result.metrics if is_nested else {"": result.metrics}
    losses = {label: run["loss"] for label, run in runs.items() if isinstance(run.get("loss"), float)}
    parts = [f"{result.status} in {sum(result.seconds.values()):.1f} s"]
    parts += [f"{label} loss {loss:.3g}".strip() for label, loss in losses.items()]
    lines = [f"{name}: {', '.join(parts)}"]
    stopped = {label: run["stopped"] for label, run in runs.items() if "stopped" in run}
    lines += [f"{name}: {f'{label} ' * bool(label)}kept up to here; {why}" for label, why in stopped.items()]
    return "\n".join(lines)


def make_progress(name: str, quiet: bool) -> Progress:
    """Bars on a terminal, plain lines on a pipe or under CI, nothing if quiet."""
    if quiet:
        return Progress(name)
    return Bars(name) if sys.stderr.isatty() and not os.environ.get("CI") else Lines(name)
