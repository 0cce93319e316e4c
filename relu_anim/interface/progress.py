"""How far it is: told to whoever asks, or shown by a bar where somebody looks on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from relu_anim.aliases import Report
from relu_anim.errors import ConfigError
from relu_anim.interface.notebooks import Bar, is_notebook

REDRAW_AFTER = 0.05  # seconds


@contextmanager
def shown(progress: Any) -> Iterator[Report]:
    """What takes reports: a function of the caller's, a bar if it is «auto» and there is a terminal or a notebook, else
    nobody."""
    if progress is None:
        yield _silent
    elif callable(progress):
        yield progress
    elif progress != "auto":
        raise ConfigError(f"progress is 'auto', None or a function (what, done, total), not {progress!r}")
    elif is_notebook():
        with Bar() as bar:
            yield _throttled(bar)
    elif _is_terminal():
        with _rich_bar() as bar:
            yield _throttled(bar)
    else:
        yield _silent


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _is_terminal() -> bool:
    """Whether somebody looks on: nothing is shown where any of what is printed goes elsewhere."""
    streams = (sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams) and not os.environ.get("CI")


@contextmanager
def _rich_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr, which is gone when all is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bars.remove_task(task)
                tasks.clear()
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        yield tell


def _throttled(tell: Report) -> Report:
    """The same, a few times a second and when something begins: a report for each epoch must cost next to nothing."""
    last, shown = 0.0, ""

    def report(what: str, done: int, total: int) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if what != shown or now - last >= REDRAW_AFTER:
            last, shown = now, what
            tell(what, done, total)

    return report
