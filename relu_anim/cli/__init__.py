"""The command line: commands, all printing, exit codes. Heavy rooms are imported inside the commands."""

from __future__ import annotations

import gc
import os
import re
import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from relu_anim import __version__
from relu_anim.cli import completion
from relu_anim.cli.catalogue import LISTS, lines
from relu_anim.errors import ConfigError, FileError, UserError
from relu_anim.facts import FORMATS, KINDS, joined
from relu_anim.surroundings import CACHE, open_streams, plain_matplotlib, without_traces

HELP = """Films of small neural networks learning, from YAML configs.

Start with:  relu-anim new wave   and then   relu-anim run wave.yaml
"""

MOMENT = re.compile(r"[\w.+-]+( +[\w.+-]+)?")  # or what is told more of where the config is read
ENDING = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

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


@app.command(
    help="Train each config's network and write its film to outputs/; do only what has changed since the last time.",
    epilog="Example:  relu-anim run configs/linear.yaml -s training.epochs=50 -f gif,mp4",
)
def run(
    configs: Configs,
    settings: Settings = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="File to write; its suffix is the format. May have {name}, {theme} and {format} in it.",
            readable=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENTS", help="Write stills of these moments alone: 0,5,50 or 'step 12'."),
    ] = None,
    summaries: Annotated[
        Path | None,
        typer.Option(
            "--summaries",
            metavar="DIR",
            help="Folder for summaries, that pictures lie alone.",
            readable=False,
        ),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "-f",
            "--formats",
            metavar="FORMATS",
            help=f"{', '.join(FORMATS)}; with commas.",
            autocompletion=completion.formats,
        ),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Half as large, at most 40 frames, to outputs/<name>-draft.*: a quick look.")
    ] = False,
    watches: Annotated[
        bool, typer.Option("--watch", help="Stay, and make films again when a file that they are made from is saved.")
    ] = False,
    opens: Annotated[bool, typer.Option("--open", help="Show the film in the system's viewer afterwards.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Train and draw again, whatever is kept.")] = False,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Only say what would be done for each config, and why.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 5 if anything is out of date.")] = False,
    keep_going: Annotated[
        bool, typer.Option("-k", "--keep-going", help="Go on with the other configs after a failure.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option("-j", "--jobs", metavar="N", min=1, help="Make N figures at a time, each in a process."),
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Make them on a Dask cluster: tcp://HOST:8786, or local:N."),
    ] = None,
    deps: Annotated[
        Path | None,
        typer.Option(
            "--deps", metavar="FILE", help="Write what was made from what, as rules for make.", readable=False
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per config.")] = False,
) -> None:
    from relu_anim.cli.run import named_formats, run_all, say_all, watch_all
    from relu_anim.making.orders import EACH_FORMAT, NAME, Order
    from relu_anim.making.plans import wanted_formats

    _check_output(output, "film.gif")
    if output is not None and formats is not None and output.suffix != EACH_FORMAT:
        advice = f"it does not go with --formats; write {output.with_suffix(EACH_FORMAT)}"
        raise _fail(ConfigError(f"-o {output}: names one file and its format; {advice}"))
    if output is not None and len(configs) > 1 and NAME not in str(output):
        advice = f"for more than one config write {NAME} in it: {output.with_name(f'{NAME}{output.suffix}')}"
        raise _fail(ConfigError(f"-o {output}: names one file; {advice}"))
    try:
        chosen = named_formats(formats)
    except ConfigError as error:
        raise _fail(error) from None
    if cluster is not None and jobs > 1:
        raise _fail(ConfigError("-j: how many figures are made at a time is up to the cluster; leave it out"))
    moments = _moments(at)
    if watches and (check or dry_run or cluster or deps):
        raise _fail(ConfigError("--watch: does not go with --check, -n, --cluster and --deps; leave them out"))
    if draft and check:
        raise _fail(ConfigError("--draft: is made anew each time; leave --check out"))
    orders = [Order(path, tuple(settings or ()), output, chosen, moments, summaries, draft) for path in configs]
    try:
        wanted_formats(orders[0])  # what is wrong with it is said once, and not for each config
    except ConfigError as error:
        raise _fail(error) from None
    if watches:
        watch_all(orders, force=force, jobs=jobs, opens=opens, quiet=quiet, as_json=as_json)
    if dry_run or check:
        code = say_all(orders, force=force, check=check, quiet=quiet, as_json=as_json)
    else:
        places: dict[str, Any] = {"jobs": jobs, "cluster": cluster, "deps": deps, "opens": opens}
        code = run_all(orders, force=force, keep_going=keep_going, quiet=quiet, as_json=as_json, **places)
    raise typer.Exit(code)


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
    try:
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
    except UserError as error:
        raise _fail(error) from None


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
            worst = max(worst, _fail(error).exit_code)
        else:
            if not quiet:
                tell_notices(path, loaded)
                typer.echo(f"{path}: ok")
    raise typer.Exit(worst)


@app.command(
    help="Print HTML for the films of configs, which a page takes as it is: dark, without motion, with an alt text.",
    epilog="Example:  relu-anim embed configs/quadratic_2neuron.yaml --base /films",
)
def embed(
    configs: Configs,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown instead.")] = False,
    base: Annotated[
        str | None,
        typer.Option(
            "--base", metavar="URL", help="What stands before the names of files: /films, https://example.org/films."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="File to write; with {name} in it, one for each config.",
            readable=False,
        ),
    ] = None,
    films: Annotated[
        list[Path] | None,
        typer.Option(
            "--films", metavar="PATH", help="Where films lie: what `run -o` was given. May be repeated.", readable=False
        ),
    ] = None,
    settings: Settings = None,
    formats: Annotated[
        str | None, typer.Option("-f", "--formats", metavar="FORMATS", help="What `run -f` was given.")
    ] = None,
    summaries: Annotated[
        Path | None,
        typer.Option(
            "--summaries", metavar="DIR", help="Where summaries lie: what `run --summaries` was given.", readable=False
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="MOMENTS", help="Stills in place of the film: of `run --at`, or of output.stills."
        ),
    ] = None,
    strip: Annotated[bool, typer.Option("--strip", help="The strip in place of the film.")] = False,
) -> None:
    from relu_anim.cli.embed import embedded
    from relu_anim.cli.run import named_formats
    from relu_anim.making.orders import Order

    _check_output(output, "film.html")
    if at is not None and strip:
        raise _fail(ConfigError("--at: names stills; leave --strip out, or call embed for each"))
    places: list[Path | None] = [*films] if films else [None]
    try:
        chosen, own, moments = named_formats(formats), tuple(settings or ()), _moments(at)
        groups = [[Order(path, own, place, chosen, moments, summaries) for place in places] for path in configs]
        typer.echo(embedded(groups, base, markdown, output, strip), nl=False)
    except UserError as error:
        raise _fail(error) from None


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
        typer.Option("-o", "--output", metavar="FILE", help="The page, in place of DIR/gallery.html.", readable=False),
    ] = None,
    summaries: Annotated[
        Path | None,
        typer.Option(
            "--summaries", metavar="DIR", help="Where summaries lie: what `run --summaries` was given.", readable=False
        ),
    ] = None,
    opens: Annotated[bool, typer.Option("--open", help="Show the page in the system's browser.")] = False,
    quiet: Quiet = False,
) -> None:
    from relu_anim.cli.gallery import write_gallery

    _check_output(output, "gallery.html")
    try:
        write_gallery(folder, output, summaries, opens=opens, quiet=quiet)
    except UserError as error:
        raise _fail(error) from None


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
    if kind is not None and kind not in LISTS:
        from relu_anim.config.messages import did_you_mean

        raise _fail(ConfigError(f"there is no list of {kind!r}{did_you_mean(kind, LISTS)}"))
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

    try:
        _check_kind(kind)
        for line in explained(key, kind) if key else overview(kind):
            typer.echo(line)
    except UserError as error:
        raise _fail(error) from None


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

    try:
        _check_kind(kind)
        if kind is not None and like is not None:
            raise ConfigError("--kind: a copy is of the kind of its config; leave --kind or --like out")
        path, note = write_starter(name, like, kind)
        typer.echo(path)
        if note:
            typer.echo(note, err=True)
    except UserError as error:
        raise _fail(error) from None


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

    try:
        if file.suffix.lstrip(".").lower() in FORMATS:
            from relu_anim.encoders import read_config_text

            text = config.dump(config.loads(read_config_text(file), str(file), settings or []))
        else:
            text = config.dump(config.load(file, settings or []))
    except UserError as error:
        raise _fail(error) from None
    typer.echo(text, nl=False)


@app.command(
    help="Print the JSON Schema of configs, for editors.",
    epilog="Example:  relu-anim schema > relu-anim.schema.json",
)
def schema() -> None:
    from relu_anim.cli.starter import schema_text

    typer.echo(schema_text())


@app.command(
    "import",
    help="Make a recording of a folder of weights, one .safetensors or .npz file for each snapshot, in the order of "
    "their names or of the epoch or step in these; `kind: recorded` films it.",
    epilog="Example:  relu-anim import weights --activations relu,relu,identity",
)
def import_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder.", show_default=False, readable=False)],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The recording, in place of FOLDER.npz.", readable=False),
    ] = None,
    activations: Annotated[
        str | None,
        typer.Option("--activations", metavar="NAMES", help="One for each layer, the output's last: relu,identity."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            metavar="ORDER",
            help="The sides of each matrix: out_in (torch) or in_out (Keras, JAX); else as their shapes tell.",
        ),
    ] = None,
) -> None:
    from relu_anim.cli.importing import import_weights

    try:
        import_weights(folder, output, activations, weights)
    except UserError as error:
        raise _fail(error) from None


@app.command(
    help="Start a worker of a Dask cluster, for `run --cluster`; it makes the same bytes as all others.",
    epilog="Example:  relu-anim worker tcp://10.0.0.7:8786 --nworkers 4",
    context_settings={"ignore_unknown_options": True},
)
def worker(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS [OPTION]...",
            help="The scheduler's address, and options of `dask worker`.",
            show_default=False,
        ),
    ],
) -> None:
    from relu_anim.cli.worker import start_worker

    try:
        start_worker(arguments)
    except UserError as error:
        raise _fail(error) from None


def _check_kind(kind: str | None) -> None:
    if kind is not None and kind not in KINDS:
        from relu_anim.config.messages import did_you_mean

        raise ConfigError(f"there is no kind {kind!r}{did_you_mean(kind, KINDS)}")


def _check_output(output: Path | None, example: str) -> None:
    if output is not None and not output.name:
        raise _fail(ConfigError(f"-o: name a file, such as -o {example}"))


def _moments(at: str | None) -> tuple[str, ...] | None:
    if at is None:
        return None
    moments = tuple(part.strip() for part in at.split(","))
    if not all(MOMENT.fullmatch(moment) for moment in moments):
        raise _fail(ConfigError(f"--at {shlex.quote(at)}: name moments, with a comma between them: 0,5,'step 12'"))
    return moments


def _fail(error: UserError) -> typer.Exit:
    """Say what is wrong; the exit to raise."""
    typer.echo(str(error), err=True)
    return typer.Exit(error.exit_code)


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
