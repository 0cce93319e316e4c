"""A gallery as a page: which file each entry shows, and what stands beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from relu_anim.facts import FORMATS
from relu_anim.gallery.entries import Entry
from relu_anim.gallery.gather import MARK, STILLS, Gallery
from relu_anim.gallery.names import MOVING, PAGES, RESTING, VIDEOS, Piece
from relu_anim.gallery.stills import UNREAD, still_name
from relu_anim.gallery.traits import TITLES, Numbers, shared
from relu_anim.numbers import THIN_SPACE, counted, written
from relu_anim.plurals import size_of


@dataclass(frozen=True)
class Picture:
    """What an entry shows in one scheme of colours: a still, and the film that plays in its place if there is one.
    `reads` is the film from which that still is made, if it is not one of the outputs."""

    still: Path
    film: Piece | None
    reads: Piece | None


def stills_folder(page: Path) -> Path:
    """Where the stills of a page lie."""
    return page.parent / f"{page.stem}{STILLS}"


def picture(pieces: Sequence[Piece], stills: Path, hashes: Mapping[str, str]) -> Picture | None:
    """What is shown of these files, all of one scheme; None if they have nothing that a page shows."""
    film = _first(pieces, [*MOVING, *VIDEOS])
    resting = _first(pieces, RESTING[::-1])
    if film and (resting is None or film.is_vector):  # whose own colours may be those of the page
        return Picture(stills / still_name(film, hashes.get(film.path.name)), film, film)
    if resting is None and (page := _first(pieces, PAGES)):
        return Picture(stills / still_name(page, hashes.get(page.path.name)), None, page)
    return Picture(resting.path, film, None) if resting else None


def _first(pieces: Sequence[Piece], formats: Iterable[str]) -> Piece | None:
    return next((piece for name in formats for piece in pieces if piece.format == name), None)


class Page:
    """The page at a path. `films` are those whose stills it needs, by where these lie, in the order in which they are
    seen."""

    def __init__(self, gallery: Gallery, path: Path) -> None:
        self.gallery, self.path, self.stills = gallery, path, stills_folder(path)
        self.films: dict[Path, Path] = {}
        self.damaged: dict[Path, str] = {}  # what is wrong with films, as far as it was found
        self.shown = [self._schemes(entry) for entry in gallery.entries]

    def _schemes(self, entry: Entry) -> list[Picture]:
        """What an entry shows on light pages, and on dark ones if that is something else."""
        by_scheme = [[piece for piece in entry.film if piece.is_dark is is_dark] for is_dark in (False, True)]
        found = [shown for shown in (picture(pieces, self.stills, entry.hashes) for pieces in by_scheme) if shown]
        for shown in found:
            if shown.reads and shown.still.stem == UNREAD:
                self.damaged[shown.reads.path] = f"{shown.reads.path.name} cannot be read"
            elif shown.reads:
                self.films.setdefault(shown.still, shown.reads.path)
        return found

    def html(self) -> str:
        """The page as text."""
        from relu_anim.pages import gallery

        shown = [self._entry(*pair) for pair in zip(self.gallery.entries, self.shown, strict=True)]
        choices = {
            "kind": _counted([entry.kind] for entry in self.gallery.entries),
            "panel": _counted(entry.panels for entry in self.gallery.entries),
            "activation": _counted(entry.activations for entry in self.gallery.entries),
        }
        return gallery(
            mark=MARK.decode(),
            folder=_called(self.gallery.folder),
            entries=shown,
            choices=choices,
            stale=sum(bool(entry.stale) for entry in self.gallery.entries),
            figures=counted(len(shown), "figure"),
            notes=self.gallery.notes,
            foreign=[str(path) for path in self.gallery.foreign],
        )

    def _entry(self, entry: Entry, shown: list[Picture]) -> dict[str, Any]:
        light, dark = (shown[0], shown[1] if len(shown) > 1 else None) if shown else (None, None)
        same, numbers = shared(entry.numbers)
        has_labels = any(label for label, _ in numbers)
        return {
            "entry": entry,
            "name": os.path.relpath(entry.folder / entry.stem, self.gallery.folder),
            "light": light and self._addresses(light),
            "dark": dark and self._addresses(dark),
            "numbers": same if has_labels else [pair for _, values in numbers for pair in values],
            "table": _table(numbers) if has_labels else None,
            "seconds": f"{written(entry.seconds, 2)}{THIN_SPACE}s" if entry.seconds else "",
            "files": [self._link(piece) for piece in entry.film],
            "stills": [self._link(piece) for piece in entry.stills],
            "notes": [*entry.notes, *(self.damaged[p.path] for p in entry.film if p.path in self.damaged)],
        }

    def _addresses(self, shown: Picture) -> dict[str, Any]:
        return {
            "still": self.address(shown.still),
            "film": self.address(shown.film.path) if shown.film else "",
            "is_video": shown.film is not None and shown.film.is_video,
        }

    def _link(self, piece: Piece) -> dict[str, str]:
        """A file by what it is: «dark GIF», «epoch 5 PNG», with its size."""
        theme = "" if piece.theme in ("auto", "light") else piece.theme
        words = filter(None, (theme, piece.part.replace("-", " "), FORMATS[piece.format].title))
        size = piece.path.stat().st_size if piece.path.is_file() else 0
        return {"text": " ".join(words), "address": self.address(piece.path), "size": size_of(size)}

    def address(self, path: Path) -> str:
        """What the page writes for a file."""
        return quote(os.fsencode(Path(os.path.relpath(path, self.path.parent)).as_posix()), safe="/")


def _table(numbers: Numbers) -> dict[str, Any]:
    """The numbers of variants as a table with a column for each."""
    columns = [dict(values) for _, values in numbers]
    order = [*TITLES.values()]
    names = {name: None for column in columns for name in column}
    rows = sorted(names, key=lambda name: order.index(name) if name in order else len(order))
    return {
        "labels": [label for label, _ in numbers],
        "rows": [(name, [column.get(name, "") for column in columns]) for name in rows],
    }


def _called(folder: Path) -> str:
    """A folder as it was asked for, or by its name where that says nothing, as `.` does."""
    return str(folder) if folder.name not in ("", "..") else folder.resolve().name or str(folder)


def _counted(found: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    """Each word, sorted, with the number of entries that have it."""
    counts: dict[str, int] = {}
    for words in found:
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda pair: pair[0].casefold())
