"""One output: the files that a config became, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from relu_anim.errors import UserError
from relu_anim.facts import KINDS, stem_of, usual
from relu_anim.gallery import traits
from relu_anim.gallery.freshness import Freshness, freshness
from relu_anim.gallery.names import Piece, piece
from relu_anim.making.orders import DRAFT
from relu_anim.making.results import Summary


@dataclass(frozen=True)
class Entry:
    """An output. `config` is what its film was made from, as text, and `origin` the file where that stands as it was
    written. `stale` is why `run` would make it anew, `seconds` how long that
    took, `hashes` are those of its files, as far as they are known, and `notes` are what else is wrong."""

    folder: Path
    stem: str
    title: str
    alt: str
    kind: str
    panels: list[str]
    activations: list[str]
    numbers: traits.Numbers
    size: tuple[int, int] | None
    pieces: list[Piece]
    config: str
    origin: str = ""
    stale: str = ""
    seconds: float = 0.0
    hashes: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def noted(self, notes: Iterable[str]) -> Entry:
        """The same with more that is wrong."""
        return replace(self, notes=[*self.notes, *notes])

    @property
    def film(self) -> list[Piece]:
        """The film or figure itself, in all formats and themes."""
        return [own for own in self.pieces if not own.part]

    @property
    def stills(self) -> list[Piece]:
        """Stills and strips."""
        return [own for own in self.pieces if own.part]


def of_summary(summary: Summary, place: Path, folder: Path, present: set[str]) -> Entry:
    """The output whose summary lies at this place, of whose files in this folder these are there."""
    own, stem = summary.config, place.stem
    themes, missing = traits.themes(own), sorted(name for name in summary.files if name not in present)
    fresh = freshness(summary, place, folder, themes)
    found = Entry(
        **_said(own, summary.title or traits.text_of(own, "title") or stem, summary.metrics),
        folder=folder,
        stem=stem,
        alt=summary.alt,
        pieces=[piece(folder / name, stem, themes) for name in summary.files if name in present],
        config=fresh.text or traits.as_yaml(own),
        origin=summary.source or "" if fresh.text else "",
        stale=fresh.stale,
        hashes=summary.files if fresh.is_current else {},
        seconds=sum(summary.seconds.values()),
    )
    return found.noted(filter(None, [*traits.remarks(summary.metrics), fresh.note, _missing(missing, fresh)]))


def _missing(names: list[str], fresh: Freshness) -> str:
    """Which files are not there, unless that is said."""
    untold = [name for name in names if name not in fresh.stale + fresh.note]
    return f"not there any more: {', '.join(untold)}" if untold else ""


def of_files(stem: str, paths: Iterable[Path], trouble: str) -> tuple[Entry | None, list[Path]]:
    """The output of this stem that lies there without a summary, by the config inside of its files; and those files
    that hold none. `trouble` is what is wrong with its summary."""
    ours: dict[Path, str] = {}
    foreign = []
    for path in sorted(paths, key=lambda path: (stem_of(path.name) != stem, path.name)):  # the first theme first
        try:
            ours[path] = _text_in(path)
        except UserError:
            foreign.append(path)
    if not ours:
        return None, foreign
    text = next(iter(ours.values()))
    own = _parsed(text)
    named = [theme for inner in ours.values() for theme in traits.themes(_parsed(inner))]
    pieces = [piece(path, stem, tuple(dict.fromkeys(named))) for path in ours]
    notes = ["a draft"] if stem.endswith(DRAFT) else [trouble or "no summary lies beside it"]
    parts: dict[str, Any] = {"folder": pieces[0].path.parent, "stem": stem, "pieces": pieces, "notes": notes}
    return Entry(**_said(own, traits.text_of(own, "title") or stem, {}), **parts, alt="", config=text), foreign


def _said(config: Mapping[str, Any], title: str, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """What a config tells of an output, and its numbers."""
    return {
        "title": title,
        "kind": traits.text_of(config, "kind") or usual(KINDS),
        "panels": traits.panels(config),
        "activations": traits.activations(config),
        "numbers": traits.numbers(metrics, config),
        "size": traits.size(config),
    }


def _text_in(path: Path) -> str:
    from relu_anim.encoders import read_config_text

    return read_config_text(path)


def _parsed(text: str) -> dict[str, Any]:
    """The config in a text; an empty one where it is none."""
    from relu_anim.config import document

    try:
        return document.parse(text.encode(), "config").data
    except UserError:
        return {}
