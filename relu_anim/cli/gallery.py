"""The `gallery` command: one page of all outputs in a folder."""

from __future__ import annotations

from pathlib import Path

import typer

from relu_anim.cli.progress import make_progress
from relu_anim.errors import ConfigError, FileError
from relu_anim.gallery import Gallery, gather
from relu_anim.gallery.gather import is_gallery
from relu_anim.gallery.page import Page
from relu_anim.gallery.stills import clear, make_stills
from relu_anim.paths import check_writable, followed, is_stream
from relu_anim.plurals import plural

NAME = "gallery.html"
READING = "last frames"


def write_gallery(folder: Path, output: Path | None, summaries: Path | None, *, opens: bool, quiet: bool) -> None:
    """Write the page, print its path, and make the stills that are not there yet. A UserError where there is nothing
    to show, or where the page would be written over what is none of ours."""
    path = output or folder / NAME
    for wanted in (folder, *([summaries] if summaries else [])):
        _check_folder(wanted)
    _check_free(path)
    gallery = gather(folder, summaries, path)
    if not gallery.entries:
        message = f"{folder}: no outputs lie there; make some: relu-anim run CONFIG"
        raise ConfigError("\n".join([message, *gallery.notes]))
    page = Page(gallery, path)
    _write(page)
    typer.echo(path)
    if opens and typer.launch(str(path.resolve())):
        typer.echo(f"--open: this system has no viewer (xdg-open); open {path} yourself", err=True)
    _make_stills(page, quiet)
    if not quiet:
        typer.echo(f"{path}: {_total(gallery)}", err=True)


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise ConfigError(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder")


def _check_free(path: Path) -> None:
    """ConfigError if a file lies there that is no page of ours."""
    if path.suffix.lower() not in (".html", ".htm") or is_stream(followed(path)):
        raise ConfigError(f"-o {path}: a gallery is a file with others beside it, and ends in .html")
    check_writable([path])
    if not path.is_file():
        return
    try:
        is_ours = is_gallery(path)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not is_ours:
        raise ConfigError(f"{path}: was not made by relu-anim gallery, and stays; name another file with -o")


def _write(page: Page) -> None:
    from relu_anim.encoders import atomic_write

    atomic_write(page.path, page.html().encode(errors="backslashreplace"))


def _make_stills(page: Page, quiet: bool) -> None:
    """Make those stills that are not there, remove those of other films, and tell of films that cannot be read."""
    missing = [(film, still) for still, film in page.films.items() if not still.is_file()]
    if missing:
        _make_folder(page.stills)
        with make_progress(quiet=quiet) as progress:
            for number, (film, trouble) in enumerate(make_stills(missing), 1):
                progress.report(str(page.path), READING, number, len(missing))
                if trouble:
                    page.damaged[film] = f"{film.name}: {trouble}"
                    progress.tell(f"{film}: {trouble}")
    if page.damaged:
        _write(page)
    if page.stills.is_dir():
        clear(page.stills, (still.name for still in page.films))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder}: cannot be made, for the stills of films: {error.strerror or error}") from None


def _total(gallery: Gallery) -> str:
    """How many figures there are, and what is not right: «27 figures, 2 stale, 1 not right, 3 other files left out»."""
    counts = {
        "stale": sum(bool(entry.stale) for entry in gallery.entries),
        "with something to say": sum(bool(entry.notes) for entry in gallery.entries),
        "left out": len(gallery.foreign),
    }
    parts = [plural(len(gallery.entries), "figure"), *(f"{count} {what}" for what, count in counts.items() if count)]
    return "\n".join([", ".join(parts), *gallery.notes])
