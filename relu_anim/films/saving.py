"""Films as files, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from relu_anim.aliases import Report
from relu_anim.config import Experiment
from relu_anim.drawing.blending import matted
from relu_anim.drawing.shapes import Drawing, Reel
from relu_anim.drawing.theme import theme_of
from relu_anim.encoders import Timing, encoder, write_picture
from relu_anim.errors import ConfigError, FileError
from relu_anim.facts import FORMATS, ending, format_of
from relu_anim.plurals import size_of

MOST_OF_SHAPES = 5_000_000  # bytes
AT_ONCE = Timing(1, 1.0, 0.0, 1)  # of what has no time
PALETTE_FRAMES = 8  # sampled for a palette; more change nothing that is seen


class Picture(Protocol):
    """What is written of a figure, and of a film at its end."""

    def last_frame(self) -> NDArray[np.uint8]:
        """The frame that stands at the end."""

    def drawing(self) -> Drawing:
        """The same as shapes."""


class Figure(Picture, Protocol):
    """What is written of a figure that does not move."""

    def reel(self) -> Reel:
        """The same as shapes that a page names."""


class Frames(Picture, Protocol):
    """What is written of a film."""

    experiment: Experiment

    def config_text(self, format_name: str) -> str:
        """The config as YAML, as a file of this format carries it."""

    @property
    def pauses(self) -> Mapping[int, float]:
        """The frames at which the film stays, for how many seconds longer."""

    def __len__(self) -> int: ...

    def frames(self, every: int = 1) -> Iterator[NDArray[np.uint8]]:
        """The frames in order, or every n-th and the last."""

    def reel(self, tell: Callable[[int], None]) -> Reel:
        """All of them as shapes, each of which it tells when it is asked for."""


def save(film: Frames, path: Path, report: Report, text: str | None = None, coarse: int = 0) -> None:
    """Write a film, or its last frame, in the format that the suffix names, with its config inside or this text; the
    more `coarse`, the smaller. A ConfigError where the format is none of ours, or cannot hold this film."""
    name = format_of(path.name)
    if name not in FORMATS:
        raise ConfigError(f"{path}: the suffix must be one of {', '.join(map(ending, FORMATS))}")
    text = film.config_text(name) if text is None else text
    if FORMATS[name].moves:
        _write(film, path, name, text, report, coarse)
    else:
        save_still(film, path, name, text)


def save_still(picture: Picture, path: Path, name: str, text: str) -> None:
    """Write what does not move, or no longer, in this format; `text` is the config inside the file."""
    if encoder(name).draw is not None:
        encoder(name).write_drawing(path, picture.drawing(), text)
    else:
        write_picture(path, picture.last_frame(), text)


def save_figure(figure: Figure, path: Path, name: str, text: str) -> None:
    """Write a figure that does not move in this format; `text` is the config inside the file."""
    if FORMATS[name].moves:
        _write_shapes(figure.reel(), path, name, text, AT_ONCE, "show fewer points, or write a PNG")
    else:
        save_still(figure, path, name, text)


def _write(film: Frames, path: Path, name: str, text: str, report: Report, coarse: int) -> None:
    """Stream the frames into one file."""
    animation, row = film.experiment.animation, FORMATS[name]
    if animation.transparent and not row.clear:
        raise ConfigError(f"{path}: {row.called} cannot be transparent, as animation.transparent wants it")
    if row.even and any(side % 2 for side in animation.pixels):
        raise ConfigError(f"{path}: {row.called} needs even sizes, this film has {list(animation.pixels)}")
    if animation.fps > row.most_fps:
        message = f"{row.called} plays at most {row.most_fps:g} frames a second, this film has {animation.fps:g}"
        raise ConfigError(f"{path}: {message}")
    timing = timing_of(film)
    if row.vector:
        advice = "lower animation.max_frames, show fewer panels or units, or write a GIF"
        reel = film.reel(lambda number: report(f"drawing {name}", number, len(film)))
        _write_shapes(reel, path, name, text, timing, advice)
        return
    sampled = max(1, len(film) // PALETTE_FRAMES)
    frames = _matted(film) if animation.transparent and row.clear == "whole" else film.frames
    with encoder(name).encode(
        path,
        size=animation.pixels,
        timing=timing,
        config_text=text,
        palette_frames=lambda: frames(sampled),
        coarse=coarse,
        is_clear=animation.transparent,
    ) as write:
        report(f"drawing {name}", 0, len(film))
        for number, frame in enumerate(frames(), 1):
            write(frame)
            report(f"drawing {name}", number, len(film))


def timing_of(film: Frames) -> Timing:
    """How long each frame of a film stays."""
    animation = film.experiment.animation
    plays = {"forever": None, "once": 1}[animation.loop] if isinstance(animation.loop, str) else animation.loop
    return Timing(len(film), animation.fps, animation.hold, plays, animation.hold_first, film.pauses)


def _write_shapes(reel: Reel, path: Path, name: str, text: str, timing: Timing, advice: str) -> None:
    """Write a film or a figure as shapes. A FileError, with advice, where they are more than a page should load."""
    own = encoder(name)
    assert own.animate is not None
    content = own.animate(reel, timing, text)
    if len(content) > MOST_OF_SHAPES:
        sizes = f"has {size_of(len(content))}, for {size_of(MOST_OF_SHAPES)} at most"
        raise FileError(f"cannot write {path}: the {FORMATS[name].title} {sizes}; {advice}")
    own.write_content(path, content, text)


def _matted(film: Frames) -> Callable[..., Iterator[NDArray[np.uint8]]]:
    """The frames with edges over the theme's background."""
    ground = [round(255 * part) for part in to_rgb(theme_of(*film.experiment.animation.look).background)]
    return lambda every=1: (matted(frame, ground) for frame in film.frames(every))
