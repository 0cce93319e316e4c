"""What a film depends on, as hashes, and what has changed since it was made, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from relu_anim.config import Config
from relu_anim.making.kept import hash_of, made_with

MADE_RECORDINGS = ("relu-anim", "numpy", "torch", "kernels")
NOT_TRAINED = {"title", "animation", "output", "variants"}  # sections that a recording does not depend on


def fingerprints(loaded: Config) -> dict[str, Any]:
    """Hashes of all that the training depends on, with variants one for each label, and of all that the film does."""
    training: Any = training_fingerprint(loaded)
    if loaded.variants:
        training = {label: training_fingerprint(member) for label, member in loaded.members}
    return {"training": training, "animation": fingerprint(loaded)}


def fingerprint(loaded: Config) -> str:
    """Hash of the whole resolved config but for the formats, of the files that it reads, and of what makes films."""
    data = loaded.model_dump(mode="json", exclude={"output"}) | files(loaded)
    return hash_of(data | {"versions": made_with()})


def training_fingerprint(loaded: Config) -> str:
    """Hash of what a recording depends on: all but the title, `animation`, `output` and other variants, and the
    versions and kernels that train."""
    data = loaded.model_dump(mode="json", exclude=NOT_TRAINED) | files(loaded)
    found = made_with()
    return hash_of(data | {"versions": {name: found[name] for name in MADE_RECORDINGS}})


def inputs(loaded: Config) -> list[str]:
    """The files that a config names, as it names them."""
    if loaded.target is None or loaded.target.table is None:
        return []
    return [str(loaded.target.csv)]


def files(loaded: Config) -> dict[str, str]:
    """The content of the files that a config reads, as hashes."""
    if loaded.target is None or loaded.target.table is None:
        return {}
    return {"csv": loaded.target.table.digest}


def difference(summary: Mapping[str, Any], loaded: Config) -> str:
    """What has changed since a summary was written, in words: «animation.fps 20 → 25»; nothing if nothing has."""
    if summary.get("fingerprints") == fingerprints(loaded):
        return ""
    old, new = flat(summary.get("config", {})), flat(loaded.model_dump(mode="json"))
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key) and not key.startswith("output.")]
    keys.sort(key=lambda key: key.split(".")[0] in NOT_TRAINED)  # what is trained anew says more
    if keys:
        others = f", and {len(keys) - 1} more" * (len(keys) > 1)
        return f"{keys[0]} {_shown(old.get(keys[0]))} → {_shown(new.get(keys[0]))}{others}"
    before = {**summary.get("versions", {}), "kernels": summary.get("kernels")}
    for package, installed in made_with().items():
        known = before.get(package)
        if known != installed:
            return f"{package} {known} → {installed}"
    return "the CSV file has changed"


def flat(data: Any, path: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dotted keys; lists are values, and so is the choice of a seed."""
    if not isinstance(data, dict) or not data or path == "seed":
        return {path: data}
    return {
        key: value for part, inner in data.items() for key, value in flat(inner, f"{path}.{part}".lstrip(".")).items()
    }


def _shown(value: Any) -> str:
    """A value as a short text."""
    if isinstance(value, float):
        return f"{value:g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"
