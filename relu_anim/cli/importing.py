"""`relu-anim import`: files of weights as a recording."""

from __future__ import annotations

from pathlib import Path

import typer

from relu_anim.errors import ConfigError
from relu_anim.interface.checkpoints import import_folder
from relu_anim.interface.recorder import check_free


def import_weights(folder: Path, output: Path | None, activations: str | None, weights: str | None) -> None:
    """Write the recording, print its path, and say what is in it."""
    if activations is None:
        raise ConfigError("--activations: is required, one for each layer, the output's last: relu,relu,identity")
    path = output or Path(f"{folder.resolve().name}.npz")
    if path.suffix != ".npz":
        raise ConfigError(f"-o {path}: a recording is an .npz file")
    check_free(path)
    recorder, order = import_folder(folder, _parted(activations), weights)
    if path.exists() and path.resolve().parent == folder.resolve():
        raise ConfigError(f"-o {path}: is one of the files that are read; name another")
    recorder.save(path)
    typer.echo(path)
    typer.echo(f"{recorder.recording.summary}; weights are {order}", err=True)


def _parted(text: str) -> list[str]:
    """What stands between commas, but for those inside of brackets: a formula stays whole."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]
