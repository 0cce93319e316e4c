"""Configs as Python hands them over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np

from relu_anim import config
from relu_anim.config import Config
from relu_anim.errors import ConfigError
from relu_anim.paths import path_of
from relu_anim.plurals import kind_of

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


def is_whole(given: Any) -> bool:
    """Whether it is a whole number from 1 on, of Python's or NumPy's."""
    return isinstance(given, (int, np.integer)) and not isinstance(given, bool) and bool(given >= 1)
