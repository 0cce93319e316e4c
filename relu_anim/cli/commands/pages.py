"""Showing films: `embed`, `gallery`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relu_anim.cli.application import app, told
from relu_anim.cli.options import Configs, Quiet, Settings, check_output, moments_of, named_formats, path_option
from relu_anim.errors import ConfigError

Markdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown instead.")]
Base = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="URL", help="What stands before the names of files: /films, https://example.org/films."
    ),
]
Output = Annotated[
    Path | None,
    path_option("-o", "--output", metavar="FILE", text="File to write; with {name} in it, one for each config."),
]
Films = Annotated[
    list[Path] | None,
    path_option("--films", metavar="PATH", text="Where films lie: what `run -o` was given. May be repeated."),
]
Formats = Annotated[str | None, typer.Option("-f", "--formats", metavar="FORMATS", help="What `run -f` was given.")]
Summaries = Annotated[
    Path | None,
    path_option("--summaries", metavar="DIR", text="Where summaries lie: what `run --summaries` was given."),
]
Stills = Annotated[
    str | None,
    typer.Option("--at", metavar="MOMENTS", help="Stills in place of the film: of `run --at`, or of output.stills."),
]
Strip = Annotated[bool, typer.Option("--strip", help="The strip in place of the film.")]


@app.command(
    help="Print HTML for the films of configs, which a page takes as it is: dark, without motion, with an alt text.",
    epilog="Example:  relu-anim embed configs/quadratic_2neuron.yaml --base /films",
)
def embed(
    configs: Configs,
    markdown: Markdown = False,
    base: Base = None,
    output: Output = None,
    films: Films = None,
    settings: Settings = None,
    formats: Formats = None,
    summaries: Summaries = None,
    at: Stills = None,
    strip: Strip = False,
) -> None:
    from relu_anim.cli.embed import embedded
    from relu_anim.making.orders import Order

    places: list[Path | None] = [*films] if films else [None]
    with told():
        check_output(output, "film.html")
        if at is not None and strip:
            raise ConfigError("--at: names stills; leave --strip out, or call embed for each")
        chosen, own, moments = named_formats(formats), tuple(settings or ()), moments_of(at)
        groups = [[Order(path, own, place, chosen, moments, summaries) for place in places] for path in configs]
        typer.echo(embedded(groups, base, markdown, output, strip), nl=False)


@app.command(
    help="Write one page of all outputs in a folder: films that play when looked at, numbers, configs, search.",
    epilog="Example:  relu-anim gallery outputs --open",
)
def gallery(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where outputs lie.", show_default=True, readable=False)
    ] = Path("outputs"),
    output: Annotated[
        Path | None,
        path_option("-o", "--output", metavar="FILE", text="The page, in place of DIR/gallery.html."),
    ] = None,
    summaries: Summaries = None,
    opens: Annotated[bool, typer.Option("--open", help="Show the page in the system's browser.")] = False,
    quiet: Quiet = False,
) -> None:
    from relu_anim.cli.gallery import write_gallery

    with told():
        check_output(output, "gallery.html")
        write_gallery(folder, output, summaries, opens=opens, quiet=quiet)
