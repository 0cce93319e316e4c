"""Progress on stderr: bars on a terminal, a few plain lines elsewhere, nothing where it is not wanted."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import typer

from relu_anim.making.results import Result
from relu_anim.plurals import size_of

FIRST_LINE_AFTER = 5.0  # seconds; each further line waits twice as long, so that a day's work prints no page
MOST_LINES = 8
REDRAW_AFTER = 0.05  # seconds; a report for each epoch must cost next to nothing
MOST_IN_TABLE = 200
MOST_SIZES = 4  # that are told one by one


class Progress:
    """Says nothing; what the others are. `total` is how many configs there are to make."""

    def __init__(self, total: int = 1) -> None:
        self.total, self.done = total, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def report(self, name: str, what: str, done: int, total: int) -> None:
        """So much of something is done for the config of this name. Any thread may tell."""

    def finish(self, name: str, result: Result | None) -> None:
        """This config is made, or has failed, which is None."""

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Take away what is shown while something else is printed."""
        yield

    def tell(self, text: str) -> None:
        """Print a line that matters, whatever is shown."""
        with self.set_aside():
            typer.echo(text, err=True)

    def close(self) -> None:
        """Take away what is shown."""


class Lines(Progress):
    """Plain lines, for pipes and logs: at most ten for a config."""

    def __init__(self, total: int = 1) -> None:
        super().__init__(total)
        self.paces: dict[str, tuple[float, float, int]] = {}  # when the next line is due, how long it waited, how many

    def report(self, name: str, what: str, done: int, total: int) -> None:
        """Print a line now and then."""
        now = time.monotonic()
        due, wait, lines = self.paces.setdefault(name, (now + FIRST_LINE_AFTER, FIRST_LINE_AFTER, 0))
        if now < due or lines == MOST_LINES:
            return
        self.paces[name] = (now + 2 * wait, 2 * wait, lines + 1)
        typer.echo(f"{name}: {what}, {done:,} of {total:,}", err=True)

    def finish(self, name: str, result: Result | None) -> None:
        """Say what was made and how long it took."""
        self.paces.pop(name, None)
        if result is not None:
            typer.echo(closing_line(name, result), err=True)


class Bars(Progress):
    """On a terminal, a bar for each config that is being made and, where there are several, one for all of them."""

    def __init__(self, total: int = 1) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        super().__init__(total)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        look: Any = {"transient": True, "redirect_stdout": False, "redirect_stderr": False}
        self.bars = RichProgress(*columns, console=Console(stderr=True), **look)
        self.tasks: dict[str, tuple[Any, str]] = {}  # the bar of each config, and what it shows
        self.made: list[tuple[str, Result | None]] = []
        self.drawn: dict[str, float] = {}
        self.lock = threading.Lock()
        self.all = self.bars.add_task("all", total=total) if total > 1 else None
        self.bars.start()

    def report(self, name: str, what: str, done: int, total: int) -> None:
        """Move the bar of this config."""
        now = time.monotonic()
        with self.lock:
            task, shown = self.tasks.get(name, (None, ""))
            if task is None:
                task = self.bars.add_task(f"{name}: {what}", total=total)
                self.tasks[name] = task, what
            elif what == shown and now - self.drawn[name] < REDRAW_AFTER and done < total:
                return
            elif what != shown:
                self.tasks[name] = task, what
                self.bars.reset(task, total=total, description=f"{name}: {what}")
            self.drawn[name] = now
            self.bars.update(task, completed=done)

    def finish(self, name: str, result: Result | None) -> None:
        """Take the bar away; of a single config, say what was made."""
        with self.lock:
            task, _ = self.tasks.pop(name, (None, ""))
            if task is not None:
                self.bars.remove_task(task)
            self.done += 1
            if self.all is not None:
                self.bars.update(self.all, completed=self.done)
        self.made.append((name, result))
        if self.total == 1 and result is not None:
            with self.set_aside():
                typer.echo(closing_line(name, result), err=True)

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Take the bars away for as long, after the last config for good."""
        self.bars.stop()
        yield
        if self.done < self.total:
            self.bars.start()

    def close(self) -> None:
        """Take the bars away; of several configs, show a table of what was made."""
        self.bars.stop()
        if 1 < len(self.made) <= MOST_IN_TABLE:
            self.bars.console.print(table(sorted(self.made, key=lambda made: made[0])))
        self.made.clear()


def table(made: list[tuple[str, Result | None]]) -> Any:
    """What became of each config."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title, side in (("figure", "left"), ("", "left"), ("seconds", "right"), ("loss", "left")):
        shown.add_column(title, justify=side)  # type: ignore[arg-type]
    for name, result in made:
        if result is None:
            shown.add_row(Text(name), Text("failed", "red"), "", "")
        else:
            seconds = f"{sum(result.seconds.values()):.1f}" if result.seconds else ""
            early = [f"{label} stopped early".strip() for label, run in _runs(result).items() if "stopped" in run]
            shown.add_row(Text(name), result.status, seconds, Text(", ".join([*_losses(result), *early])))
    return shown


def closing_line(name: str, result: Result) -> str:
    """The line for what is done: «quadratic_2neuron: built in 3.2 s, loss 0.731, gif 388 kB»; with variants the loss of
    each."""
    parts = [f"{result.status} in {sum(result.seconds.values()):.1f} s", *_losses(result), *_sizes(result)]
    lines = [f"{name}: {', '.join(parts)}"]
    stopped = {label: run["stopped"] for label, run in _runs(result).items() if "stopped" in run}
    lines += [f"{name}: {f'{label} ' * bool(label)}kept up to here; {why}" for label, why in stopped.items()]
    return "\n".join(lines)


def _sizes(result: Result) -> list[str]:
    """How large the files are, each or, of many, all together."""
    if len(result.sizes) > MOST_SIZES:
        return [f"{len(result.sizes)} files {size_of(sum(result.sizes.values()))}"]
    return [f"{end.lstrip('.-')} {size_of(size)}" for end, size in result.sizes.items()]


def _losses(result: Result) -> list[str]:
    losses = {label: run["loss"] for label, run in _runs(result).items() if isinstance(run.get("loss"), float)}
    return [f"{label} loss {loss:.3g}".strip() for label, loss in losses.items()]


def _runs(result: Result) -> dict[str, Any]:
    """The metrics of each variant by its label; without variants under no label."""
    is_nested = all(isinstance(value, dict) for value in result.metrics.values())
    return result.metrics if is_nested else {"": result.metrics}


def make_progress(total: int = 1, quiet: bool = False) -> Progress:
    """Bars on a terminal, plain lines on a pipe or under CI, nothing if quiet."""
    if quiet:
        return Progress(total)
    return Bars(total) if sys.stderr.isatty() and not os.environ.get("CI") else Lines(total)
