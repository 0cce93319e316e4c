"""Making films: `run`, `seeds`, `validate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from relu_anim.cli import completion
from relu_anim.cli.application import app, failure, told
from relu_anim.cli.options import Configs, Quiet, Settings, check_output, moments_of, named_formats, path_option
from relu_anim.errors import ConfigError, UserError
from relu_anim.facts import FORMATS

Pattern = Annotated[
    Path | None,
    path_option(
        "-o",
        "--output",
        metavar="PATH",
        text="File to write; its suffix is the format. May have {name}, {theme} and {format} in it.",
    ),
]
Stills = Annotated[
    str | None,
    typer.Option("--at", metavar="MOMENTS", help="Write stills of these moments alone: 0,5,50 or 'step 12'."),
]
Summaries = Annotated[
    Path | None, path_option("--summaries", metavar="DIR", text="Folder for summaries, that pictures lie alone.")
]
Formats = Annotated[
    str | None,
    typer.Option(
        "-f",
        "--formats",
        metavar="FORMATS",
        help=f"{', '.join(FORMATS)}; with commas.",
        autocompletion=completion.formats,
    ),
]
Draft = Annotated[
    bool, typer.Option("--draft", help="Half as large, at most 40 frames, to outputs/<name>-draft.*: a quick look.")
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Stay, and make films again when a file that they are made from is saved.")
]
Open = Annotated[bool, typer.Option("--open", help="Show the film in the system's viewer afterwards.")]
Force = Annotated[bool, typer.Option("--force", help="Train and draw again, whatever is kept.")]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Only say what would be done for each config, and why.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 5 if anything is out of date.")]
KeepGoing = Annotated[bool, typer.Option("-k", "--keep-going", help="Go on with the other configs after a failure.")]
Jobs = Annotated[
    int, typer.Option("-j", "--jobs", metavar="N", min=1, help="Make N figures at a time, each in a process.")
]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Make them on a Dask cluster: tcp://HOST:8786, or local:N."),
]
Deps = Annotated[
    Path | None, path_option("--deps", metavar="FILE", text="Write what was made from what, as rules for make.")
]
Lines = Annotated[bool, typer.Option("--json", help="Print one JSON object per config.")]


@app.command(
    help="Train each config's network and write its film to outputs/; do only what has changed since the last time.",
    epilog="Example:  relu-anim run configs/linear.yaml -s training.epochs=50 -f gif,mp4",
)
def run(
    configs: Configs,
    settings: Settings = None,
    output: Pattern = None,
    at: Stills = None,
    summaries: Summaries = None,
    formats: Formats = None,
    draft: Draft = False,
    watches: Watch = False,
    opens: Open = False,
    force: Force = False,
    dry_run: DryRun = False,
    check: Check = False,
    keep_going: KeepGoing = False,
    jobs: Jobs = 1,
    cluster: Cluster = None,
    deps: Deps = None,
    quiet: Quiet = False,
    as_json: Lines = False,
) -> None:
    from relu_anim.cli.run import run_all, say_all, watch_all
    from relu_anim.making.orders import Order
    from relu_anim.making.plans import wanted_formats

    with told():
        check_output(output, "film.gif")
        _check_pattern(configs, output, formats)
        chosen, moments = named_formats(formats), moments_of(at)
        if cluster is not None and jobs > 1:
            raise ConfigError("-j: how many figures are made at a time is up to the cluster; leave it out")
        if watches and (check or dry_run or cluster or deps):
            raise ConfigError("--watch: does not go with --check, -n, --cluster and --deps; leave them out")
        if draft and check:
            raise ConfigError("--draft: is made anew each time; leave --check out")
        orders = [Order(path, tuple(settings or ()), output, chosen, moments, summaries, draft) for path in configs]
        wanted_formats(orders[0])  # what is wrong with it is said once, and not for each config
    said: dict[str, Any] = {"force": force, "quiet": quiet, "as_json": as_json}
    if watches:
        watch_all(orders, jobs=jobs, opens=opens, **said)
    elif dry_run or check:
        code = say_all(orders, check=check, **said)
    else:
        code = run_all(orders, keep_going=keep_going, jobs=jobs, cluster=cluster, deps=deps, opens=opens, **said)
    raise typer.Exit(code)


def _check_pattern(configs: Sequence[Path], output: Path | None, formats: str | None) -> None:
    """ConfigError for an output that is one file where there are to be several."""
    from relu_anim.making.orders import EACH_FORMAT, NAME

    if output is not None and formats is not None and output.suffix != EACH_FORMAT:
        advice = f"it does not go with --formats; write {output.with_suffix(EACH_FORMAT)}"
        raise ConfigError(f"-o {output}: names one file and its format; {advice}")
    if output is not None and len(configs) > 1 and NAME not in str(output):
        advice = f"for more than one config write {NAME} in it: {output.with_name(f'{NAME}{output.suffix}')}"
        raise ConfigError(f"-o {output}: names one file; {advice}")


@app.command(
    help="Train a config with many seeds at once: how lucky its figure is, and which seeds work.",
    epilog="Example:  relu-anim seeds configs/quadratic_2neuron.yaml -n 64",
)
def seeds(
    source: Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file.", show_default=False, readable=False)],
    count: Annotated[
        int, typer.Option("-n", "--number", metavar="N", min=1, help="How many seeds, from 0.", show_default=True)
    ] = 64,
    settings: Settings = None,
    film: Annotated[bool, typer.Option("--film", help="Film all of them too, faint, with the best one bold.")] = False,
    vary: Annotated[
        str | None,
        typer.Option(
            "--vary", metavar="KEY=[A,B,...]", help="Compare values of a key by their luck.", show_default=False
        ),
    ] = None,
    rounding: Annotated[
        bool,
        typer.Option(
            "--rounding", help="Train N copies of one seed instead, which start a rounding apart: does it matter?"
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with the loss of each seed.")] = False,
) -> None:
    from relu_anim.cli.seeds import compare_seeds, survey_seeds, tell_rounding
    from relu_anim.making.orders import Order

    order = Order(source, tuple(settings or ()))
    with told():
        if rounding:
            if film or vary is not None:
                raise ConfigError("--rounding: tries one seed; leave --film and --vary out")
            tell_rounding(order, count, quiet=quiet, as_json=as_json)
        elif vary is None:
            survey_seeds(order, count, film=film, quiet=quiet, as_json=as_json)
        elif film:
            raise ConfigError("--film: films the seeds of one config; leave --vary out")
        else:
            compare_seeds(order, count, vary, quiet=quiet, as_json=as_json)


@app.command(
    help="Check configs without training: every error with its file, line, column and key.",
    epilog="Example:  relu-anim validate configs/*.yaml",
)
def validate(configs: Configs, settings: Settings = None, quiet: Quiet = False) -> None:
    from relu_anim import config
    from relu_anim.cli.run import tell_notices

    worst = 0
    for path in configs:
        try:
            loaded = config.load(path, settings or [])
        except UserError as error:
            worst = max(worst, failure(error).exit_code)
        else:
            if not quiet:
                tell_notices(path, loaded)
                typer.echo(f"{path}: ok")
    raise typer.Exit(worst)
