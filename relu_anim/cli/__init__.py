"""The command line: all printing, exit codes. The application is in `application`, each command in `commands`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any

import typer

from relu_anim.cli import completion
from relu_anim.cli.application import app
from relu_anim.cli.commands import films, pages, texts, weights, workers
from relu_anim.errors import FileError
from relu_anim.surroundings import CACHE, open_streams, plain_matplotlib, without_traces

__all__ = ["app", "main"]

COMMANDS = (films, pages, texts, weights, workers)  # each of which adds its own to the application
ENDING = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


def _terminate(signum: int, frame: Any) -> None:
    for number in ENDING:  # once is enough: another must not end the clearing up
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + signum)


def main() -> int:
    """Run the `relu-anim` command; its exit code, with everything written out."""
    gc.set_threshold(100_000, 20, 100)  # loading torch and Matplotlib makes a great many objects that all stay
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _terminate)  # so that temporary files are removed on the way out
    open_streams()
    plain_matplotlib()
    cache = os.environ.get(CACHE)
    try:
        code = completion.answer(_exit_code) if os.environ.get(completion.ASKED) else _exit_code()
        sys.stdout.flush()
    except OSError as error:  # of stdout: every other file's are explained where they happen
        typer.echo(f"cannot write the output: {error.strerror or error}", err=True)
        return FileError.exit_code
    finally:
        without_traces(cache)
    return code


def _exit_code() -> int:
    try:
        app(prog_name="relu-anim")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else bool(stop.code)
    return 0
