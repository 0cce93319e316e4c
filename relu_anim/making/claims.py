"""What a call reads and what it writes, so that no file of the user's is lost: known before anything is made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from relu_anim.errors import ConfigError, FileError, UserError
from relu_anim.facts import KINDS
from relu_anim.making.depfile import is_depfile
from relu_anim.making.kept import FORMAT, read_summary, source_of
from relu_anim.paths import check_name, check_writable, followed, is_stream, name_of, same_content, same_name

BEGINNING = f'{{\n  "format": {FORMAT},\n  "config": {{\n    "kind": "'.encode()
OUR_CONFIG = re.compile(rf'"config"\s*:\s*{{\s*"kind"\s*:\s*"(?:{"|".join(KINDS)})"'.encode())


@dataclass(frozen=True)
class Claim:
    """What is read for a config, the config first, and what is written: pictures and films, and a summary."""

    reads: tuple[Path, ...]
    outputs: tuple[Path, ...] = ()
    summary: Path | None = None

    @property
    def source(self) -> Path:
        """The config's path."""
        return self.reads[0]

    @cached_property
    def writes(self) -> dict[Path, object]:
        """Everything that is replaced, each with what is equal for all ways to write its name. Devices and pipes are
        written into, and nothing of them is lost."""
        paths = (*([self.summary] if self.summary else []), *self.outputs)
        return {path: name_of(target) for path in paths if not is_stream(target := followed(path))}


def conflicts(claims: Sequence[Claim]) -> Iterator[tuple[int, UserError]]:
    """The numbers of the claims that would write over what is read, over what one before them writes, or over a file
    that has the name of a summary and is none, each with words that name both files; and those with too long names."""
    read = _read(claims)
    written: dict[object, tuple[Path, Claim]] = {}
    for number, claim in enumerate(claims):
        try:
            for path in claim.writes:
                check_name(path)
            if message := _conflict(claim, read, written):
                raise ConfigError(f"{claim.source}: {message}")
        except UserError as error:
            yield number, error
        else:
            written |= {name: (path, claim) for path, name in claim.writes.items()}


def check(claim: Claim) -> None:
    """Raise the error if a claim alone has a conflict."""
    for _, error in conflicts([claim]):
        raise error


def check_deps(deps: Path, claims: Sequence[Claim]) -> None:
    """ConfigError if rules for make would be written over what is read or made, or over a file that holds no rules."""
    if is_stream(followed(deps)):
        return
    if found := _found(deps, same_name(deps), _read(claims)):
        raise ConfigError(f"--deps {deps}: would be written over {found[0]}, {_role(*found)}; name another file")
    for claim in claims:
        if same_name(deps) in claim.writes.values():
            raise ConfigError(f"--deps {deps}: is what {claim.source} becomes; name another file")
    check_writable([deps])
    try:
        if deps.exists() and not is_depfile(deps.read_bytes()):
            beside = f"; was it meant as a config, as {claims[0].source} is?" if claims else ""
            raise ConfigError(f"--deps {deps}: this file holds no rules for make, and stays{beside} Name another")
    except OSError as error:
        raise FileError(f"--deps {deps}: cannot be read: {error.strerror or error}") from None


def check_picture(source: Path, path: Path) -> None:
    """ConfigError if a survey's picture would be written over that of a config, whose summary lies beside it."""
    summary = read_summary(path.with_suffix(".json")) or {}
    if path.name in summary.get("files", {}):
        raise ConfigError(f"{source}: would write {path}, which is the picture of {path.stem}.yaml; rename one")


def check_film(source: Path, summary: Path) -> None:
    """ConfigError if the film of a survey would be written over that of a config: one that is not of many seeds."""
    config = (read_summary(summary) or {}).get("config")
    if config and not (
        isinstance(config.get("seed"), dict) and config.get("animation", {}).get("ensemble") == "members"
    ):
        film = summary.with_suffix(".*")
        raise ConfigError(f"{source}: would write {film}, which is the film of {summary.stem}.yaml; rename one")


def is_ours(content: bytes) -> bool:
    """Whether a `.json` beside an output is a summary of ours, and may be replaced.

    It is one if it carries our config: under `config` a mapping with a `kind` that we know. If it is damaged, and no
    JSON any more, it is one if that can be read anywhere in it, or if nothing is left but the beginning of a summary,
    or nothing at all. Everything else is the user's.
    """
    try:
        data: Any = json.loads(content)
    except (ValueError, RecursionError):
        return bool(OUR_CONFIG.search(content)) or BEGINNING.startswith(content.strip(b"\0").rstrip())
    config = data.get("config") if isinstance(data, dict) else None
    return isinstance(config, dict) and config.get("kind") in KINDS


Read = dict[object, tuple[Path, Claim]]


def _read(claims: Sequence[Claim]) -> Read:
    """What is read, by what it is the same file as."""
    pairs = [(path, claim) for claim in claims for path in claim.reads]
    return {key: pair for pair in pairs for key in (same_name(pair[0]), same_content(pair[0])) if key}


def _found(path: Path, name: object, read: Read) -> tuple[Path, Claim] | None:
    return read.get(name) or read.get(same_content(path))


def _role(path: Path, claim: Claim) -> str:
    return "which is a config of this call" if path == claim.source else f"which {claim.source} reads"


def _conflict(claim: Claim, read: Read, written: dict[object, tuple[Path, Claim]]) -> str:
    """What is wrong with a claim, in words, or nothing."""
    own: dict[object, Path] = {}
    for path, name in claim.writes.items():
        if other := written.get(name):
            return _twice(claim, path, other[1])
        if found := _found(path, name, read):
            return f"would write {_shown(claim, path)} over {found[0]}, {_role(*found)}; rename one"
        if name in own:
            return f"would write both {own[name]} and {path}, which are links to one file"
        own[name] = path
    return _foreign(claim, claim.summary) if claim.summary else ""


def _shown(claim: Claim, path: Path) -> str:
    return "its summary" if path == claim.summary else str(path)


def _twice(claim: Claim, path: Path, other: Claim) -> str:
    if same_name(claim.source) == same_name(other.source):
        return "is named twice"
    shown = path.with_suffix(".*") if path == claim.summary else path
    return f"would write {shown} as {other.source} does; rename one"


def _foreign(claim: Claim, summary: Path) -> str:
    """What is wrong with writing this summary over what lies there: no summary of ours, or that of another config."""
    try:
        if is_stream(followed(summary)) or not summary.is_file():
            return ""
        content = summary.read_bytes()
    except OSError as error:
        return f"would write {summary}, which cannot be read: {error.strerror or error}"
    if not is_ours(content):
        return f"would write its summary over {summary}, which is no summary; move that file"
    other = source_of(summary)
    if other and not _is_same_config(other, claim.source):
        return (
            f"would write {summary.with_suffix('.*')}, which is what {other} became; rename one, name another file with"
            f" -o, or remove {summary}"
        )
    return ""


def _is_same_config(other: Path, source: Path) -> bool:
    """Whether a config is the same file as another, or was copied and not changed since, or is gone."""
    if same_name(other) == same_name(source) or same_content(other) == same_content(source):
        return True
    try:
        return not other.is_file() or other.read_bytes() == source.read_bytes()
    except OSError:
        return True
