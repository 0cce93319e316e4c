"""The last frames of films, as small files beside the page. To read one takes a film whole, a tenth of a second or two:
they are kept under the hash of the film, and read once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from relu_anim.gallery.names import Piece
from relu_anim.making.kept import hash_of_file

FEW = 3  # are read in this process: others would have to start first
UNREAD = "unread"
OURS = re.compile(r"[0-9a-f]{32}\.(webp|svg)")


def still_name(film: Piece, known: str | None) -> str:
    """The name of the still of a film, whose hash may be known; UNREAD where it cannot be read."""
    try:
        content = known or hash_of_file(film.path)
    except OSError:
        content = UNREAD
    return f"{content}{'.svg' if film.is_vector else '.webp'}"


def make_stills(films: Sequence[tuple[Path, Path]], processes: int | None = None) -> Iterator[tuple[Path, str]]:
    """Write the last frame of each film to the path beside it, in whatever order. Yields each film with what is wrong
    with it, or nothing."""
    if len(films) <= FEW:
        yield from ((film, make_still(film, still)) for film, still in films)
        return
    workers = min(processes or os.cpu_count() or 1, len(films))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(make_still, film, still): film for film, still in films}
        try:
            for done in as_completed(waiting):
                try:
                    yield waiting[done], done.result()
                except BrokenProcessPool:
                    yield waiting[done], "the process that read it was ended"
        finally:
            pool.shutdown(cancel_futures=True)


def make_still(film: Path, still: Path) -> str:
    """Write the last frame of a film; what is wrong with the film, or nothing."""
    from relu_anim.encoders import atomic_write
    from relu_anim.errors import FileError

    try:
        content = _calm(film) if still.suffix == ".svg" else _last_frame(film)
        atomic_write(still, content)
    except FileError as error:
        return str(error)
    except Exception as error:  # of whatever library reads it: a film that is damaged shows in as many ways
        return f"its last frame cannot be read: {error or type(error).__name__}"
    return ""


def _calm(film: Path) -> bytes:
    """The still of an animated SVG, or of a page."""
    from relu_anim.encoders import animated_svg, html

    content = film.read_bytes()
    return (html if html.ENCODER.begins(content) else animated_svg).calm(content)


def _last_frame(film: Path) -> bytes:
    import imageio.v3 as imageio

    if film.suffix.lower() == ".mp4":
        *_, frame = imageio.imiter(film, plugin="pyav")
    else:
        whole: Any = ...  # of a WebP too, which is else taken for a picture
        count = imageio.improps(film, plugin="pillow", index=whole).n_images or 1
        frame = imageio.imread(film, plugin="pillow", index=count - 1)
    written: bytes = imageio.imwrite("<bytes>", frame, extension=".webp", plugin="pillow", lossless=True, method=2)
    return written


def clear(folder: Path, wanted: Iterable[str]) -> None:
    """Remove stills of films that are gone or others now."""
    kept = set(wanted)
    for path in folder.iterdir():
        if OURS.fullmatch(path.name) and path.name not in kept:
            with suppress(OSError):
                path.unlink()
