"""What a call reads and what it writes, so that no file of the user's is lost: known before anything is made."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relu_anim.errors import ConfigError, FileError, UserError
from relu_anim.facts import KINDS
from relu_anim.making.depfile import is_depfile
from relu_anim.making.kept import changed
from relu_anim.making.results import FORMAT, Summary, content_of, is_config, read_summary
from relu_anim.paths import check_name, check_writable, followed, is_stream, name_of, same_content, same_name

BEGINNING = f'{{\n  "format": {FORMAT},\n  "config": {{\n    "kind": "'.encode()
OUR_CONFIG = re.compile(rf'"config"\s*:\s*{{\s*"kind"\s*:\s*"(?:{"|".join(KINDS)})"'.encode())


Name = tuple[object, object]  # equal for all ways to write a path


@dataclass(frozen=True, slots=True)
class Claim:
    """What is read for a config, beside itself, and what is written: pictures and films, and a summary. Paths are
    texts, which take a quarter of the memory: a call may have 10,000 configs. `called` is what messages call that by
    which a user names an output."""

    source: Path
    reads: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    summary: str | None = None
    called: str = "-o"

    def all_read(self) -> list[Path]:
        """Everything that is read, the config first."""
        return [self.source, *map(Path, self.reads)]

    def replaced(self) -> list[tuple[Path, Name]]:
        """Everything that is replaced, each with what is equal for all ways to write its name. Devices and pipes are
        written into, and nothing of them is lost."""
        paths = map(Path, (*([self.summary] if self.summary else []), *self.outputs))
        return [(path, name_of(target)) for path in paths if not is_stream(target := followed(path))]


def conflicts(claims: Sequence[Claim]) -> Iterator[tuple[int, UserError]]:
    """The numbers of the claims that would write over what is read, over what one before them writes, or over a file
    that has the name of a summary and is none, each with words that name both files; and those with too long names."""
    read, written = _Read(claims), _Written()
    for number, claim in enumerate(claims):
        try:
            replaced = claim.replaced()
            for path, _ in replaced:
                check_name(path)
            if message := _conflict(claim, replaced, read, written):
                raise ConfigError(f"{claim.source}: {message}")
        except UserError as error:
            yield number, error
        else:
            written.add(claim, replaced)


def check(claim: Claim) -> None:
    """Raise the error if a claim alone has a conflict."""
    for _, error in conflicts([claim]):
        raise error


def check_again(claim: Claim) -> None:
    """ConfigError if a file of the user's, or what another config became, has come to lie where something is to be."""
    if message := _foreign(claim) or _of_another(claim):
        raise ConfigError(f"{claim.source}: {message}")


def check_deps(deps: Path, claims: Sequence[Claim]) -> None:
    """ConfigError if rules for make would be written over what is read or made, or over a file that holds no rules."""
    if is_stream(followed(deps)):
        return
    if found := _Read(claims).found(deps, name := same_name(deps)):
        raise ConfigError(f"--deps {deps}: would be written over {found}; name another file")
    for claim in claims:
        if name in dict(claim.replaced()).values():
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
    summary = read_summary(path.with_suffix(".json"))
    if summary and path.name in summary.files:
        raise ConfigError(f"{source}: would write {path}, which is the picture of {path.stem}.yaml; rename one")


def check_film(source: Path, path: Path) -> None:
    """ConfigError if the film of a survey, with its summary at this path, would be written over that of a config: one
    that is not of many seeds."""
    summary = read_summary(path)
    if summary and not _is_of_many_seeds(summary.config):
        film = path.with_suffix(".*")
        raise ConfigError(f"{source}: would write {film}, which is the film of {path.stem}.yaml; rename one")


def _is_of_many_seeds(config: dict[str, Any]) -> bool:
    animation = config.get("animation")
    ensemble = animation.get("ensemble") if isinstance(animation, dict) else None
    return isinstance(config.get("seed"), dict) and ensemble == "members"


def is_ours(content: bytes) -> bool:
    """Whether a `.json` beside an output is a summary of ours, and may be replaced.

    It is one if it carries our config: under `config` a mapping with a `kind` that we know. If it is damaged, and no
    JSON any more, it is one if that can be read anywhere in it, or if nothing is left but the beginning of a summary,
    or nothing at all. Everything else is the user's.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return bool(OUR_CONFIG.search(content)) or BEGINNING.startswith(content.strip(b"\0").rstrip())
    return isinstance(data, dict) and is_config(data.get("config"))


class _Read:
    """What is read for some configs, by what it is the same file as, and for which of them. Of names their hashes are
    held, which take a fifth of the memory; what is found is looked at once more."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._numbers: dict[int, int] = {}
        for number, claim in enumerate(claims):
            for path in claim.all_read():
                self._numbers |= {hash(key): number for key in _keys(path)}

    def found(self, path: Path, name: Name) -> str:
        """What is read and is the same file as this path, in words; nothing if nothing is."""
        keys = {name, same_content(path) or name}
        for number in {self._numbers[hash(key)] for key in keys if hash(key) in self._numbers}:
            claim = self._claims[number]
            for own in claim.all_read():
                if keys & _keys(own):
                    role = "which is a config of this call" if own == claim.source else f"which {claim.source} reads"
                    return f"{own}, {role}"
        return ""


def _keys(path: Path) -> set[Name]:
    """What is equal for all names of a file: of the name, and of the content if there is a file."""
    content = same_content(path)
    return {same_name(path), content} if content else {same_name(path)}


class _Written:
    """What is written for some configs, by its name, and for which of them; names are held as above."""

    def __init__(self) -> None:
        self._claims: dict[int, Claim] = {}

    def add(self, claim: Claim, replaced: Sequence[tuple[Path, Name]]) -> None:
        """What this config replaces too."""
        self._claims |= {hash(name): claim for _, name in replaced}

    def found(self, name: Name) -> Claim | None:
        """The claim that writes a file of this name, if one does."""
        claim = self._claims.get(hash(name))
        return claim if claim and any(name == own for _, own in claim.replaced()) else None


def _conflict(claim: Claim, replaced: Sequence[tuple[Path, Name]], read: _Read, written: _Written) -> str:
    """What is wrong with a claim, in words, or nothing."""
    own: dict[Name, Path] = {}
    for path, name in replaced:
        if other := written.found(name):
            return _twice(claim, path, other)
        if found := read.found(path, name):
            return f"would write {_shown(claim, path)} over {found}; rename one"
        if name in own:
            return f"would write both {own[name]} and {path}, which are links to one file"
        own[name] = path
    return _foreign(claim) or _of_another(claim)


def _shown(claim: Claim, path: Path) -> str:
    return "its summary" if str(path) == claim.summary else str(path)


def _twice(claim: Claim, path: Path, other: Claim) -> str:
    if same_name(claim.source) == same_name(other.source):
        return "is named twice"
    shown = path.with_suffix(".*") if str(path) == claim.summary else path
    return f"would write {shown} as {other.source} does; rename one"


def _foreign(claim: Claim) -> str:
    """What is wrong with writing a summary over what lies there: no summary of ours, or that of another config."""
    if claim.summary is None or is_stream(followed(path := Path(claim.summary))):
        return ""
    summary = read_summary(path)
    if summary is None:
        return _no_summary(path)
    if not (other := _other_config(claim, summary, path)):
        return ""
    return (
        f"would write {path.with_suffix('.*')}, which is what {other} became; rename one, name another file with"
        f" {claim.called}, or remove {path}"
    )


def _of_another(claim: Claim) -> str:
    """What is wrong with writing a film or picture over what another config became, though its summary has another
    name: x-dark.yaml over the dark film of x.yaml, or the other way round."""
    for path in map(Path, claim.outputs if claim.summary else ()):
        for stem in _beginnings(path.stem):
            place = Path(str(claim.summary)).with_name(f"{stem}.json")
            summary = None if str(place) == claim.summary else read_summary(place)
            if summary is None or path.name not in summary.files or not (other := _other_config(claim, summary, place)):
                continue
            if not changed(path.parent, {path.name: summary.files[path.name]}):
                what = f"would write {path}, which is what {other} became"
                return f"{what}; rename one, or name another file with {claim.called}"
    return ""


def _beginnings(stem: str) -> list[str]:
    """The name of a file, and what stands in it before a theme, a moment or any other end."""
    return [stem, *(stem[: found.start()] for found in re.finditer(r"(?<=.)[-_. ]", stem))]


def _other_config(claim: Claim, summary: Summary, place: Path) -> Path | None:
    """The config of a summary at this place, if it is another than that of a claim."""
    if summary.source is None:
        return None
    other = Path(os.path.normpath(place.parent / summary.source))
    return None if _is_same_config(other, claim.source) else other


def _no_summary(path: Path) -> str:
    """What is wrong with replacing a file that cannot be read as a summary; nothing if it is one that was damaged."""
    try:
        if not path.is_file() or is_ours(content_of(path)):
            return ""
    except OSError as error:
        return f"would write {path}, which cannot be read: {error.strerror or error}"
    return f"would write its summary over {path}, which is no summary; move that file"


def _is_same_config(other: Path, source: Path) -> bool:
    """Whether a config is the same file as another, or was copied and not changed since, or is gone."""
    if same_name(other) == same_name(source) or same_content(other) == same_content(source):
        return True
    try:
        return not other.is_file() or other.read_bytes() == source.read_bytes()
    except OSError:
        return True
