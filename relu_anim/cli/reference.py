"""What `relu-anim help` prints: what a key of a config is, what it may be, its default, and an example."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from relu_anim import config
from relu_anim.config.extends import KEY as EXTENDS
from relu_anim.config.kinds import KINDS as MODELS
from relu_anim.config.messages import likely
from relu_anim.config.schemas import Key, keys_of, root_of
from relu_anim.config.synonyms import keys_meant
from relu_anim.errors import ConfigError
from relu_anim.facts import KINDS, joined, usual
from relu_anim.spelling import closest

MORE = "More of one:  relu-anim help animation.pacing"

NAMED_LIKE_OTHERS = ("animation.words.", "animation.colors.")


def overview(kind: str | None) -> Iterator[str]:
    """The keys of a kind of config, and all kinds."""
    shown = kind or usual(KINDS)
    yield f"kind: {shown}"
    yield from _rows({key.path: key.description for key in root_of(MODELS[shown]).children()})
    yield ""
    yield "kinds:"
    yield from _rows({name: row.summary for name, row in KINDS.items()})
    yield ""
    yield MORE


def explained(name: str, kind: str | None) -> Iterator[str]:
    """All that is known by a name: the keys that are called so, or end so, and the values; ConfigError for none."""
    kinds = [kind] if kind else list(KINDS)
    keys = [(key, kind) for kind in kinds for key in keys_of(MODELS[kind])]
    blocks = [*_keys(name, keys), *_values(name, keys)]
    if not blocks:
        raise ConfigError(f"there is no key and no name {name!r}{likely(*_meant(name, keys))}")
    for number, block in enumerate(blocks):
        yield from ([""] if number else []) + block


def _meant(name: str, keys: Iterable[tuple[Key, str]]) -> list[str | None]:
    """The keys that somebody may mean who asks for this, or else the key, the end of one, or the value most alike."""
    section, _, last = name.rpartition(".")
    paths = dict.fromkeys(key.path for key, _ in keys)
    if meant := keys_meant(last, section, paths):
        return [*meant]
    ends = [path.split(".", depth)[-1] for path in paths for depth in range(path.count(".") + 1)]
    return [closest(name, [*ends, *(value for key, _ in keys for value in key.names())])]


def _keys(name: str, keys: Iterable[tuple[Key, str]]) -> Iterator[list[str]]:
    """What is said of each key of that name; once where that is the same for several kinds or owners."""
    found: dict[str, dict[tuple[str, ...], list[tuple[Key, str]]]] = {}
    for key, kind in keys:
        if key.path == name or (key.path.endswith(f".{name}") and _is_by_its_end(key, name)):
            found.setdefault(key.path, {}).setdefault(tuple(_body(key)), []).append((key, kind))
    for path, bodies in found.items():
        for body, having in bodies.items():
            yield [path + _whose(having, len(bodies) > 1), *body, *_example(having[0][0])]


def _is_by_its_end(key: Key, name: str) -> bool:
    """Whether a key is meant by so much of its end: of words and colours, which have names of others, by more."""
    return not key.path.startswith(NAMED_LIKE_OTHERS) or "." in name


def _whose(having: list[tuple[Key, str]], differs: bool) -> str:
    """Which of several this is, where they differ."""
    owners = dict.fromkeys(key.owner for key, _ in having if key.owner)
    kinds = dict.fromkeys(kind for _, kind in having)
    of = f" of {joined(owners, 'and')}" if owners else ""
    return of + (f", kind: {joined(kinds)}" if usual(KINDS) not in kinds or (differs and not owners) else "")


def _body(key: Key) -> Iterator[str]:
    yield f"  {key.description}"
    inner = {inner.path: inner for inner in key.children()}
    if "examples" in key.node or not key.is_section:
        yield f"  {key.type()}; " + ("required" if key.is_required else f"default: {_written(key.default)}")
    if names := key.names():
        yield from ("", *_rows(names))
    if inner:
        yield from ("", *_rows({path: one.description for path, one in inner.items()}))


def _example(key: Key) -> Iterator[str]:
    """How it stands in a config, and what sets it for once; of a section there is nothing to say."""
    if key.is_section:
        return
    yield ""
    value: Any = key.example()
    setting = config.setting(key.path, value)
    at: Key | None = key
    while at is not None and at.parent is not None:
        name = at.path.rpartition(".")[2]
        value = {"name": at.owner, name: value} if at.owner else {name: value}
        value = [value] if at.listed else value
        at = at.parent
    ((top, inside),) = value.items()
    yield f"  in a config:  {config.setting(top, inside).replace('=', ': ', 1)}"
    if not key.is_in_list and not key.owner and key.path != EXTENDS:
        yield f"  for one run:  -s {shlex.quote(setting)}"


def _values(name: str, keys: Iterable[tuple[Key, str]]) -> Iterator[list[str]]:
    """What is said of a name that some keys may have as a value."""
    found: dict[str, list[str]] = {}
    for key, _ in keys:
        if name in (names := key.names()) and name not in [inner.path.rpartition(".")[2] for inner in key.children()]:
            found.setdefault(names[name], []).append(key.path)
    for summary, paths in found.items():
        yield [name, f"  {summary}", f"  a value of {joined(dict.fromkeys(paths), 'and')}"]


def _rows(rows: dict[str, str]) -> Iterator[str]:
    width = max(map(len, rows))
    return (f"  {name.ljust(width)}  {summary}".rstrip() for name, summary in rows.items())


def _written(value: Any) -> str:
    return config.setting("", value).removeprefix("=")
