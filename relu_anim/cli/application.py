"""The application and what its commands share: common options, and how a mistake is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from relu_anim import __version__
from relu_anim.cli import completion
from relu_anim.errors import ConfigError, UserError
from relu_anim.facts import KINDS

HELP = """Films of small neural networks learning, from YAML configs.

Start with:  relu-anim new wave   and then   relu-anim run wave.yaml
"""

MOMENT = re.compile(r"[\w.+-]+( +[\w.+-]+)?")  # or what is told more of where the config is read

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)

Configs = Annotated[
    list[Path], typer.Argument(metavar="CONFIG", help="YAML files.", show_default=False, readable=False)
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "-s",
        "--set",
        metavar="KEY=VALUE",
        help="Change a key: training.epochs=50. May be repeated.",
        autocompletion=completion.settings,
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress; errors only.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"relu-anim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong on stderr, and exit as it wants."""
    try:
        yield
    except UserError as error:
        raise failure(error) from None


def failure(error: UserError) -> typer.Exit:
    """Say what is wrong; the exit to raise."""
    typer.echo(str(error), err=True)
    return typer.Exit(error.exit_code)


def check_kind(kind: str | None) -> None:
    """ConfigError for a kind that there is not."""
    if kind is not None and kind not in KINDS:
        from relu_anim.config.messages import did_you_mean

        raise ConfigError(f"there is no kind {kind!r}{did_you_mean(kind, KINDS)}")


def check_output(output: Path | None, example: str) -> None:
    """ConfigError for an output that names no file."""
    if output is not None and not output.name:
        raise ConfigError(f"-o: name a file, such as -o {example}")


def moments_of(at: str | None) -> tuple[str, ...] | None:
    """The moments that --at names; ConfigError if it names none."""
    if at is None:
        return None
    moments = tuple(part.strip() for part in at.split(","))
    if not all(MOMENT.fullmatch(moment) for moment in moments):
        raise ConfigError(f"--at {shlex.quote(at)}: name moments, with a comma between them: 0,5,'step 12'")
    return moments
