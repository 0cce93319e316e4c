"""What a user asks for, and where its files lie. Only the standard library is imported here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from relu_anim.facts import FORMATS
from relu_anim.making.kept import OUTPUTS, hash_of, hash_of_file, made_with

LONGEST_NAME = 255  # bytes, on the usual file systems


@dataclass(frozen=True, slots=True)
class Order:
    """What a user asks for: a config, changes to it, and where its files shall lie or in which formats."""

    source: Path
    settings: tuple[str, ...] = ()
    output: Path | None = None
    formats: tuple[str, ...] | None = None

    @property
    def stem(self) -> Path:
        """The path of the outputs without a suffix."""
        return self.output.with_suffix("") if self.output else OUTPUTS / self.source.stem

    @property
    def summary(self) -> Path:
        """The path of the summary. Where its suffix, longer than that of a film, no longer fits, its name is cut."""
        stem = self.stem
        name = f"{stem.name}.json"
        if len(os.fsencode(name)) > LONGEST_NAME:
            end = f"-{hash_of(os.fsencode(stem.name).hex())[:8]}.json"
            name = os.fsencode(name)[: LONGEST_NAME - len(end)].decode(errors="ignore") + end
        return stem.parent / name

    def path(self, format_name: str) -> Path:
        """The path of the output in a format."""
        stem = self.stem
        return self.output or stem.parent / f"{stem.name}.{format_name}"

    @property
    def names(self) -> frozenset[str]:
        """The names that its outputs may have."""
        return frozenset([self.output.name] if self.output else [f"{self.source.stem}.{name}" for name in FORMATS])


def hash_of_order(order: Order) -> str:
    """A hash of the config's text, of what is changed in it and of what makes films; nothing if the text cannot be
    read, or but once."""
    try:
        text = hash_of_file(order.source)
    except OSError:
        return ""
    output = order.output and order.output.name
    return hash_of([text, order.settings, output, order.formats, made_with()])
