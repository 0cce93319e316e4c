"""Configs as Python hands them over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from relu_anim import config
from relu_anim.config import Config
from relu_anim.errors import ConfigError

SETTINGS = "settings"  # what messages call them


def loaded(given: Any, settings: Mapping[str, Any] | Sequence[str] | None = None) -> Config:
    """A config from a path, a mapping or a config, with these settings."""
    changes = in_words(settings)
    if isinstance(given, get_args(Config)):
        found: Config = given
        return config.changed(found, changes, SETTINGS) if changes else found
    if isinstance(given, Mapping):
        return config.of(given, settings=changes, called=SETTINGS)
    if isinstance(given, str | os.PathLike):
        return config.load(path_of(given, "the path of a config"), changes, called=SETTINGS)
    raise ConfigError(f"a config is a path, a mapping or what relu_anim.load gave, not {kind_of(given)}")


def in_words(settings: Any) -> list[str]:
    """Settings as `-s` takes them, from a mapping of keys to values, or from such texts."""
    if settings is None:
        return []
    if isinstance(settings, Mapping):
        return config.settings_of(settings)
    found = [settings] if isinstance(settings, str) else settings
    if not isinstance(found, Sequence) or not all(isinstance(text, str) for text in found):
        raise ConfigError(f'settings are a mapping such as {{"training.epochs": 50}}, not {kind_of(settings)}')
    return list(found)


def keys_of(settings: Any) -> list[str]:
    """The keys that settings change."""
    return [text.partition("=")[0].strip() for text in in_words(settings)]


def path_of(given: Any, what: str) -> Path:
    """A path; ConfigError for what is none."""
    if not isinstance(given, str | os.PathLike) or isinstance(path := os.fspath(given), bytes):
        raise ConfigError(f"expected {what}, got {kind_of(given)}")
    if "\0" in path or not path:
        raise ConfigError(f"expected {what}, got {path!r}")
    return Path(path)


def kind_of(value: Any) -> str:
    """What a value is, for messages: «an int»."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
