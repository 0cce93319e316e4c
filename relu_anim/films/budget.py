"""A film that must not be larger than a number of bytes: what is lowered until it fits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any, Protocol

from relu_anim.aliases import Report
from relu_anim.encoders import atomic_write, encoder
from relu_anim.encoders.encoder import MOST_COARSE
from relu_anim.errors import FileError
from relu_anim.facts import FORMATS, format_of
from relu_anim.films.saving import Frames, save
from relu_anim.plurals import size_of

FEWER_FRAMES = (0.75, 0.5, 0.35)  # shares of the frames, in as much time
SMALLER = (0.75, 0.5)  # shares of the pixels of each side
LEAST_FRAMES, LEAST_SCALE = 10, 0.5


@dataclass(frozen=True)
class Look:
    """How a film is written: the frames' quality, and shares of its frames and of its scale."""

    coarse: int = 0
    frames: float = 1.0
    scale: float = 1.0


class Film(Frames, Protocol):
    """What is written of a film that can be lowered."""

    def with_animation(self, **changes: Any) -> Frames:
        """A film of the same recordings with other values of `animation`."""


def save_within(film: Film, path: Path, most: int, report: Report) -> list[str]:
    """Write a film in at most this many bytes, whole, or not at all; a line about what was lowered for that, or none.
    The config inside is that of the film as it was asked for."""
    name = format_of(path.name)
    text, row = film.config_text(name), FORMATS[name]

    def write(look: Look, to: Path) -> None:
        save(_lowered(film, look, row.even), to, report, text, look.coarse)

    ways = looks(len(film), film.experiment.animation.scale, row.vector)
    words = _in_words(write_within(path, most, ways, write), name, most)
    return [words] if words else []


def _lowered(film: Film, look: Look, even: bool) -> Frames:
    """The same film with fewer frames in as much time, or on fewer pixels, `even` on both sides."""
    if (look.frames, look.scale) == (1, 1):
        return film
    animation, count = film.experiment.animation, round(len(film) * look.frames)
    return film.with_animation(
        max_frames=count,
        fps=animation.fps * count / len(film),
        scale=smaller_scale(animation.size, animation.scale * look.scale, even),
    )


def looks(frames: int, scale: float, vector: bool = False) -> Iterator[Look]:
    """Ever smaller ones, from the film as it is: the quality is lowered first, then the number of frames, then their
    scale. Of a `vector` format it is their number alone that counts."""
    if vector:
        yield Look()
        yield from (Look(frames=share) for share in FEWER_FRAMES if share * frames >= LEAST_FRAMES)
        return
    yield from (Look(coarse) for coarse in range(MOST_COARSE + 1))
    fewer = [share for share in FEWER_FRAMES if share * frames >= LEAST_FRAMES]
    yield from (Look(MOST_COARSE, share) for share in fewer)
    least = fewer[-1] if fewer else 1.0
    yield from (Look(MOST_COARSE, least, share) for share in SMALLER if share * scale >= LEAST_SCALE)


def smaller_scale(size: tuple[int, int], scale: float, even: bool) -> float:
    """The largest scale up to this one at which both sides are even in pixels, if they have to be."""
    scales = [scale * (1 - step / 400) for step in range(80)] if even else [scale]
    return next((found for found in scales if not any(round(side * found) % 2 for side in size)), scale)


def write_within(path: Path, most: int, ways: Iterator[Look], write: Callable[[Look, Path], None]) -> Look:
    """Write a file in the first look in which it has at most this many bytes; FileError, with the old file still there,
    where it is too large in the last too. The first look is tried first; where it is too large, the others are halved
    again and again, since each makes the file smaller than the one before."""
    tried, sizes, fitting = list(ways), [], None
    with tempfile.TemporaryDirectory(prefix="relu-anim-") as folder:
        trial, (low, high) = Path(folder) / path.name, (0, len(tried))
        number = 0
        while low < high:
            write(tried[number], trial)
            sizes.append(trial.stat().st_size)
            if sizes[-1] <= most:
                fitting, high = (tried[number], trial.read_bytes()), number
            else:
                low = number + 1
            number = (low + high) // 2
    if fitting is not None:
        look, content = fitting
        atomic_write(path, content)
        return look
    wanted, least = size_of(most, floor), size_of(min(sizes), ceil)  # what is allowed then is enough
    name = FORMATS[format_of(path.name)].title
    raise FileError(f"output.max_size: the {name} has {least} at the least, for {wanted}; show less, or allow more")


def _in_words(look: Look, name: str, most: int) -> str:
    """What was lowered, in words; nothing if nothing was."""
    parts = [
        ("fewer colours" if encoder(name).has_palette else "less quality") * bool(look.coarse),
        f"{look.frames:.0%} of its frames" * (look.frames < 1),
        f"{look.scale:.0%} of its width and height" * (look.scale < 1),
    ]
    if look == Look():
        return ""
    return f"{FORMATS[name].title}: to stay within {size_of(most)} it has {', '.join(filter(None, parts))}"
