"""Frames → files, which are complete or not there at all. The format `gif` of a config is the `ENCODER` of the module
`encoders.gif`; what others need to know of it stands in `facts.FORMATS`."""

from importlib import import_module
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relu_anim.encoders.encoder import Encoder
from relu_anim.encoders.files import Bytes, DamagedError, atomic_write, explained, mapped
from relu_anim.encoders.timing import Timing
from relu_anim.facts import FORMATS, format_of, joined

__all__ = ["Encoder", "Timing", "atomic_write", "encoder", "read_config_text", "write_picture"]

LARGEST_READ = 1 << 30  # bytes; nothing this project makes comes near


def encoder(name: str) -> Encoder:
    """What reads and writes the format of this name."""
    found: Encoder = import_module(f"{__name__}.{name.replace('-', '_')}").ENCODER
    return found


def write_picture(path: str | PathLike[str], picture: NDArray[np.uint8], config_text: str) -> None:
    """Write one picture [height, width, 3 or 4], whole or not at all, in the format that the suffix names."""
    height, width, _ = picture.shape
    timing = Timing(frames=1, fps=1, hold=0, loop=1)
    with encoder(format_of(Path(path).name)).encode(
        path, size=(width, height), timing=timing, config_text=config_text, palette_frames=list
    ) as write:
        write(picture)


def read_config_text(path: str | PathLike[str]) -> str:
    """The config inside a picture or film; FileError if there is none to be had."""
    with explained("read", path), mapped(Path(path)) as data:
        if len(data) > LARGEST_READ:
            raise DamagedError("it is too large to be a figure")
        text = _encoder_of(data).read(data)
        if not text:
            raise DamagedError("there is no config in it")
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise DamagedError("what stands in the config's place is not text") from error


def _encoder_of(data: Bytes) -> Encoder:
    """What the first bytes say the file is; names lie."""
    head = data[:512]
    for name in FORMATS:
        if (found := encoder(name)).begins(head):
            return found
    raise DamagedError(f"it is not a {joined(row.title for row in FORMATS.values())}")
