"""Making films on other machines: `worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from relu_anim.cli.application import app, told


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

    with told():
        start_worker(arguments)
