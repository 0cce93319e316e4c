"""The application, to which each command adds itself, and how a mistake is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from relu_anim import __version__
from relu_anim.errors import UserError

HELP = """Films of small neural networks learning, from YAML configs.

Start with:  relu-anim new wave   and then   relu-anim run wave.yaml
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


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
