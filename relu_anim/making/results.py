"""What became of an order: the line that `--json` prints, and the summary beside the files. Their JSON is made and read
here alone. Only the standard library is imported."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from relu_anim.errors import UserError
from relu_anim.facts import KINDS
from relu_anim.making.orders import Order

FORMAT = 3  # of summaries; one of another format is made anew
MOST_BYTES = 2**24  # of a summary; a larger file is none
DEEPEST = 100  # mappings and lists in each other


@dataclass(frozen=True)
class Result:
    """What became of an order. `status`: built (trained and drawn) | redrawn (from its recordings) | current (there was
    nothing to do) | failed, with the `error`. `sizes` are the bytes of the files that were made, by the ends of their
    names; `sources` are the files that it was made from, the config first; `notes` are lines for the user, and `advice`
    some that he may leave aside."""

    order: Order
    status: str
    outputs: list[str] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    sources: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
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
    title: str = ""  # with its numbers counted; summaries that were written before 0.5 have none

    def content(self) -> bytes:
        """The summary as a file."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"
        return text.encode(errors="backslashreplace")  # file names need not be UTF-8


def _finite(text: str) -> float:
    """A number; ValueError for one that JSON cannot hold."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is no number of JSON")
    return number


DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def read_summary(path: Path) -> Summary | None:
    """The summary at this path; None if there is none, or one that is damaged or of another format."""
    try:
        text = content_of(path).decode()
        data = DECODER.decode(text) if 0 < len(text) <= MOST_BYTES else None
        if "\\u" in text:  # of a half of a character it could not be printed
            json.dumps(data, ensure_ascii=False).encode(errors="surrogateescape")
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    if text.count("[") + text.count("{") > DEEPEST and _is_too_deep(data):
        return None
    if not all(name in data and is_right(data[name]) for name, is_right in RIGHT.items()):
        return None
    title = data.get("title", "")
    return Summary(**{name: data[name] for name in RIGHT}, title=title if isinstance(title, str) else "")


def content_of(path: Path) -> bytes:
    """A file, up to the first byte that a summary cannot have; nothing if there is none. OSError if it is not read."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(min(os.fstat(file.fileno()).st_size, MOST_BYTES) + 1)


def _is_too_deep(data: Any) -> bool:
    """Whether there are more mappings and lists in each other than any summary has."""
    level, depth = [data], 0
    while level and depth <= DEEPEST:
        inside = [own for container in level for own in (container.values() if type(container) is dict else container)]
        level, depth = [own for own in inside if isinstance(own, dict | list)], depth + 1
    return depth > DEEPEST


# ---------------------------------------------------------------- what each part of a summary must be


Check = Callable[[Any], bool]


def _is(*kinds: type) -> Check:
    return lambda value: isinstance(value, kinds)


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_name(value: Any) -> bool:
    return _is_path(value) and value not in ("", ".", "..") and os.sep not in value


def is_config(value: Any) -> bool:
    """Whether it is a config of ours, which may be damaged."""
    kind = value.get("kind") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind in KINDS


def _each(key: Check, own: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(key(name) and own(inner) for name, inner in value.items())


def _list_of(own: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(own, value))


def _are_fingerprints(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("training"), str | dict)
        and isinstance(value.get("animation"), str)
        and _each(_is_name, _is(str))(value.get("files"))
    )


RIGHT: dict[str, Check] = {
    "config": is_config,
    "source": lambda value: value is None or _is_path(value),
    "fingerprints": _are_fingerprints,
    "versions": _each(_is(str), _is(str)),
    "kernels": _is(str),
    "orders": _each(_is(str), _list_of(_is_name)),
    "inputs": _each(_is_path, _is(str)),
    "files": _each(_is_name, _is(str)),
    "recordings": _each(_is_name, _is(str)),
    "status": _is(str),
    "outputs": _list_of(_is_name),
    "metrics": _is(dict),
    "alt": _is(str),
    "seconds": _each(_is(str), _is(int, float)),
}
