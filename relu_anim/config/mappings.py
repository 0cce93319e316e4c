"""A config that is a mapping of Python's, as a document: plain values, whose places are their keys alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from relu_anim.config.document import Document
from relu_anim.config.places import ConfigProblems, Mark, Path_, Problem, Source, dotted
from relu_anim.config.reader import MOST_DEPTH, MOST_NODES

NOWHERE = Mark(Source("", ()), 1, 1)


def document_of(mapping: Mapping[str, Any], folder: Path) -> Document:
    """The mapping as a document; ConfigProblems if it holds what no config can."""
    doc = Document(NOWHERE.source, _Copy().mapping(mapping, ()), {}, {}, folder=folder)
    doc.rename()
    return doc


def plain(value: Any, key: str) -> Any:
    """A value of Python's as a config has it; ConfigProblems if no config can hold it under this key."""
    return _Copy().value(value, (key,))


class _Copy:
    """Copies values, and counts them: what contains itself has no end."""

    def __init__(self) -> None:
        self.count = 0

    def mapping(self, value: Mapping[Any, Any], path: Path_) -> dict[str, Any]:
        for key in value:
            if not isinstance(key, str):
                self._fail(path, f"a key must be a word, got {key!r}")
        return {key: self.value(inner, (*path, key)) for key, inner in value.items()}

    def value(self, value: Any, path: Path_) -> Any:
        self.count += 1
        if len(path) > MOST_DEPTH:
            self._fail(path[:3], f"nested more than {MOST_DEPTH} levels deep")
        if self.count > MOST_NODES:
            self._fail(path, f"more than {MOST_NODES:,} values")
        if hasattr(value, "tolist"):
            value = value.tolist()  # NumPy's numbers and arrays
        if isinstance(value, Mapping):
            return self.mapping(value, path)
        if isinstance(value, str):
            return str(value)
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return [self.value(inner, (*path, index)) for index, inner in enumerate(value)]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._fail(path, f"a {type(value).__name__} has no place in a config; write a number, a text or a list")

    def _fail(self, path: Path_, message: str) -> None:
        raise ConfigProblems([Problem(NOWHERE, dotted(path), message)])
