"""Weights that were trained elsewhere: `import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relu_anim.cli.application import app, told
from relu_anim.cli.options import path_option


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
        path_option("-o", "--output", metavar="FILE", text="The recording, in place of FOLDER.npz."),
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

    with told():
        import_weights(folder, output, activations, weights)
