"""What a user asks for, and where its files lie. Only the standard library is imported here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from relu_anim.facts import FORMATS, ending, stem_of
from relu_anim.making.kept import OUTPUTS, hash_of, hash_of_file, made_with

LONGEST_NAME = 255  # bytes, on the usual file systems
NAME, THEME = "{name}", "{theme}"  # in the name of an output: that of the config, and of the theme
EACH_FORMAT = ".{format}"  # its suffix, where there is one file for each format of the config
DRAFT = "-draft"  # what the name of a draft has more


class File(Protocol):
    """What is needed of a file that a config becomes."""

    @property
    def format(self) -> str:
        """The name of its format."""

    @property
    def theme(self) -> str:
        """The name of its theme."""

    @property
    def part(self) -> str:
        """What tells stills and strips apart."""

    @property
    def end(self) -> str:
        """What follows the stem of its name, the theme with it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a user asks for: a config, changes to it, and where its files shall lie or in which formats. With `at` it is
    stills of these moments alone. `output` may have {name}, {theme} and {format} in it; `summaries` is the folder of
    summaries that shall not lie beside the outputs. A draft has names of its own, and no summary. `called` is what
    messages call settings and output."""

    source: Path
    settings: tuple[str, ...] = ()
    output: Path | None = None
    formats: tuple[str, ...] | None = None
    at: tuple[str, ...] | None = None
    summaries: Path | None = None
    is_draft: bool = False
    called: tuple[str, str] = ("--set", "-o")

    @property
    def output_name(self) -> str:
        """The path that was named for the output, as a text with the theme still to be put in; nothing without one."""
        named = str(self.output).replace(NAME, self.source.stem) if self.output else ""
        return str(_draft(Path(named))) if named and self.is_draft else named

    @property
    def stem(self) -> Path:
        """The path of the outputs without a suffix, and without a theme."""
        if not self.output:
            return OUTPUTS / f"{self.source.stem}{DRAFT * self.is_draft}"
        named = Path(self.output_name)
        path = named.with_name(stem_of(named.name))
        if THEME not in path.name:
            return path
        return path.with_name(path.name.replace(THEME, "").strip("-_. ") or self.source.stem)

    @property
    def summary(self) -> Path:
        """The path of the summary. Where its suffix, longer than that of a film, no longer fits, its name is cut."""
        stem = self.stem
        name = f"{stem.name}.json"
        if len(os.fsencode(name)) > LONGEST_NAME:
            end = f"-{hash_of(os.fsencode(stem.name).hex())[:8]}.json"
            name = os.fsencode(name)[: LONGEST_NAME - len(end)].decode(errors="ignore") + end
        return (self.summaries or stem.parent) / name

    def path(self, file: File) -> Path:
        """The path of an output: that which was named, or one beside it."""
        if not self.output:
            return self.stem.parent / f"{self.stem.name}{file.end}"
        named = Path(self.output_name)
        stem, suffix = _parted(named.name)
        if THEME in named.name:
            is_named = not file.part and suffix != EACH_FORMAT
            end = suffix if is_named else ending(file.format)
            return named.with_name(f"{stem.replace(THEME, file.theme)}{file.part}{end}")
        return named if file.end == suffix.lower() else named.with_name(f"{stem}{file.end}")

    def may_become(self, name: str) -> bool:
        """Whether an output may have this name."""
        beginning = stem_of(Path(self.output_name).name).partition(THEME)[0] if self.output else self.stem.name
        return name.startswith(beginning) and name.rpartition(".")[2].lower() in FORMATS


def _draft(path: Path) -> Path:
    """The path of a draft of this one, in front of the theme if there is one."""
    whole, suffix = _parted(path.name)
    stem, theme, rest = whole.partition(f"-{THEME}")
    return path.with_name(f"{stem}{DRAFT}{theme}{rest}{suffix}")


def _parted(name: str) -> tuple[str, str]:
    """The stem of a file's name, and its suffix, which may have two parts."""
    stem = stem_of(name)
    return stem, name[len(stem) :]


def hash_of_order(order: Order) -> str:
    """A hash of the config's text, of what is changed in it and of what makes films; nothing if the text cannot be
    read, or but once."""
    try:
        text = hash_of_file(order.source)
    except OSError:
        return ""
    output = Path(order.output_name).name if order.output else None
    return hash_of([text, order.settings, output, order.formats, order.at, made_with()])
