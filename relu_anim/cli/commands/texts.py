"""Configs and what they may say: `list`, `help`, `new`, `show`, `schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relu_anim.cli import completion
from relu_anim.cli.application import app, told
from relu_anim.cli.catalogue import LISTS, lines
from relu_anim.cli.options import Settings, check_kind
from relu_anim.errors import ConfigError
from relu_anim.facts import FORMATS, KINDS, joined


@app.command(
    "list",
    help="List the names that a config may use.",
    epilog="Example:  relu-anim list activations",
)
def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]",
            help=f"{', '.join(LISTS)}; else all.",
            autocompletion=completion.lists,
            show_default=False,
        ),
    ] = None,
) -> None:
    with told():
        if kind is not None and kind not in LISTS:
            from relu_anim.config.messages import did_you_mean

            raise ConfigError(f"there is no list of {kind!r}{did_you_mean(kind, LISTS)}")
        for line in lines(kind):
            typer.echo(line)


@app.command(
    "help",
    help="Tell what a key of a config is, what it may be, its default, and an example; without a key, which there are.",
    epilog="Example:  relu-anim help animation.pacing",
)
def help_(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY]", help="A key, or its end, or a name.", show_default=False, autocompletion=completion.keys
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="KIND", help=f"Of this kind alone: {joined(KINDS)}.", autocompletion=completion.kinds
        ),
    ] = None,
) -> None:
    from relu_anim.cli.reference import explained, overview

    with told():
        check_kind(kind)
        for line in explained(key, kind) if key else overview(kind):
            typer.echo(line)


@app.command(
    help="Write a commented starter config, and beside it the schema by which editors explain and complete its keys.",
    epilog="Example:  relu-anim new wave --like quadratic_20neuron",
)
def new(
    name: Annotated[str, typer.Argument(help="Name of the config; .yaml is added.", show_default=False)],
    like: Annotated[
        Path | None,
        typer.Option(
            "--like",
            metavar="CONFIG",
            help="Start from a copy of this file, or of a name of `relu-anim list configs`.",
            autocompletion=completion.configs,
            readable=False,
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="KIND", help=f"Start with this kind: {joined(KINDS)}.", autocompletion=completion.kinds
        ),
    ] = None,
) -> None:
    from relu_anim.cli.starter import write_starter

    with told():
        check_kind(kind)
        if kind is not None and like is not None:
            raise ConfigError("--kind: a copy is of the kind of its config; leave --kind or --like out")
        path, note = write_starter(name, like, kind)
        typer.echo(path)
        if note:
            typer.echo(note, err=True)


@app.command(
    help="Print a config with every key filled in; of "
    f"a {joined(row.title for row in FORMATS.values())}, the config that made it.",
    epilog="Example:  relu-anim show outputs/quadratic_2neuron.gif",
)
def show(
    file: Annotated[
        Path, typer.Argument(help="A config, or a picture or film made from one.", show_default=False, readable=False)
    ],
    settings: Settings = None,
) -> None:
    from relu_anim import config

    with told():
        if file.suffix.lstrip(".").lower() in FORMATS:
            from relu_anim.encoders import read_config_text

            text = config.dump(config.loads(read_config_text(file), str(file), settings or []))
        else:
            text = config.dump(config.load(file, settings or []))
    typer.echo(text, nl=False)


@app.command(
    help="Print the JSON Schema of configs, for editors.",
    epilog="Example:  relu-anim schema > relu-anim.schema.json",
)
def schema() -> None:
    from relu_anim.cli.starter import schema_text

    typer.echo(schema_text())
