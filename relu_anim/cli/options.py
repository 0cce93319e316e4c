"""The options that several commands have: how they are called, what is read of them, and what is wrong with them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from relu_anim.cli import completion
from relu_anim.errors import ConfigError
from relu_anim.facts import FORMATS, KINDS

MOMENT = re.compile(r"[\w.+-]+( +[\w.+-]+)?")  # or what is told more of where the config is read

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


def path_option(*names: str, metavar: str, text: str) -> Any:
    """An option that names a file or a folder. What cannot be read is told where it is read, and not by Typer."""
    return typer.Option(*names, metavar=metavar, help=text, readable=False)


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
