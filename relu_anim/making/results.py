"""What became of an order: the line that `--json` prints, and the summary beside the files. Their JSON is made and read
here alone. Only the standard library is imported."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn

from relu_anim.errors import UserError
from relu_anim.facts import KINDS
from relu_anim.making.orders import Order

FORMAT = 3  # of summaries; one of another format is made anew
MOST_BYTES = 2**24  # of a summary; a larger file is none
DEEPEST = 40  # mappings and lists in each other


@dataclass(frozen=True)
class Result:
    """What became of an order. `status`: built (trained and drawn) | redrawn (from its recordings) | current (there was
    nothing to do) | failed, with the `error`. `sources` are the files that it was made from, the config first; `notes`
    are lines for the user."""

    order: Order
    status: str
    outputs: list[str] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    sources: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: UserError | None = None

    def line(self) -> str:
        """The line that `--json` prints."""
        shown = {
            "config": str(self.order.source),
            "status": self.status,
            "outputs": self.outputs,
            "metrics": self.metrics,
            "seconds": self.seconds,
            "error": None if self.error is None else str(self.error),
        }
        return json.dumps(shown, ensure_ascii=False)


@dataclass(frozen=True)
class Summary:
    """What lies beside the outputs of an order. `source` is the config's path from there. `fingerprints` hash what the
    training and the film depend on, and what each of the `files` does. `orders` are hashes of those that the files
    fulfil, each with their names. `inputs`, `files` and `recordings` are hashes of what was read and written."""

    config: dict[str, Any]
    source: str | None
    fingerprints: dict[str, Any]
    versions: dict[str, str]
    kernels: str
    orders: dict[str, list[str]]
    inputs: dict[str, str]
    files: dict[str, str]
    recordings: dict[str, str]
    status: str
    outputs: list[str]
    metrics: dict[str, Any]
    alt: str
    seconds: dict[str, float]

    def content(self) -> bytes:
        """The summary as a file."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"
        return text.encode(errors="backslashreplace")  # file names need not be UTF-8


def read_summary(path: Path) -> Summary | None:
    """The summary at this path; None if there is none, or one that is damaged or of another format."""
    try:
        content = content_of(path)
        data = json.loads(content, parse_constant=_refuse) if 0 < len(content) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    if not all(name in data and is_right(data[name]) for name, is_right in RIGHT.items()):
        return None
    return Summary(**{own.name: data[own.name] for own in fields(Summary)})


def content_of(path: Path) -> bytes:
    """A file, up to the first byte that a summary cannot have; nothing if there is none. OSError if it is not read."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


# ---------------------------------------------------------------- what each part of a summary must be


Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    """Whether it is text that can be printed: no half of a character."""
    if not isinstance(value, str):
        return False
    try:
        return value.isascii() or bool(value.encode(errors="surrogateescape"))
    except UnicodeEncodeError:
        return False


def _is_path(value: Any) -> bool:
    return _is_text(value) and "\0" not in value


def _is_name(value: Any) -> bool:
    return _is_path(value) and value not in ("", ".", "..") and os.path.basename(value) == value  # noqa: PTH119


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether it is JSON that can be printed, with numbers that are finite, and not too deep."""
    if isinstance(value, dict):
        return depth < DEEPEST and all(_is_text(key) and _is_plain(own, depth + 1) for key, own in value.items())
    if isinstance(value, list):
        return depth < DEEPEST and all(_is_plain(own, depth + 1) for own in value)
    return _is_text(value) if isinstance(value, str) else not isinstance(value, float) or math.isfinite(value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict) and _is_plain(value)


def is_config(value: Any) -> bool:
    """Whether it is a config of ours, which may be damaged."""
    kind = value.get("kind") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind in KINDS


def _each(key: Check, own: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(key(name) and own(inner) for name, inner in value.items())


def _list_of(own: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(own, value))


def _is_training(value: Any) -> bool:
    return _is_text(value) or _each(_is_text, _is_text)(value)


def _are_fingerprints(value: Any) -> bool:
    own: dict[str, Check] = {"training": _is_training, "animation": _is_text, "files": _each(_is_name, _is_text)}
    return isinstance(value, dict) and all(is_right(value.get(name)) for name, is_right in own.items())


RIGHT: dict[str, Check] = {
    "config": lambda value: is_config(value) and _is_plain(value),
    "source": lambda value: value is None or _is_path(value),
    "fingerprints": _are_fingerprints,
    "versions": _each(_is_text, _is_text),
    "kernels": _is_text,
    "orders": _each(_is_text, _list_of(_is_name)),
    "inputs": _each(_is_path, _is_text),
    "files": _each(_is_name, _is_text),
    "recordings": _each(_is_name, _is_text),
    "status": _is_text,
    "outputs": _list_of(_is_name),
    "metrics": _is_mapping,
    "alt": _is_text,
    "seconds": _is_mapping,
}
