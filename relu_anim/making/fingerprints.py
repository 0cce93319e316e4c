"""What a film depends on, as hashes, and what has changed since it was made, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from relu_anim.config import Config, File, files
from relu_anim.config.side_files import side_files
from relu_anim.making.kept import DIGITS, hash_of, made_with
from relu_anim.making.results import Summary

MADE_RECORDINGS = ("relu-anim", "numpy", "torch", "kernels")
NOT_TRAINED = {"title", "alt", "animation", "output", "variants"}  # sections that a recording does not depend on
# Keys of `output`, each with what tells whether it shapes a file; one that is not here shapes every file.
SHAPED: dict[str, Callable[[File], bool]] = {
    "formats": lambda file: False,
    "themes": lambda file: False,  # its own is part of its fingerprint
    "stills": lambda file: False,
    "strip": lambda file: file.is_strip,
    "max_size": lambda file: file.has_budget,
}


def fingerprints(loaded: Config) -> dict[str, Any]:
    """Hashes of all that the training depends on, with variants one for each label, and of all that the film does."""
    training: Any = training_fingerprint(loaded)
    if loaded.variants:
        training = {label: training_fingerprint(member) for label, member in loaded.members}
    return {"training": training, "animation": fingerprint(loaded)}


def fingerprint(loaded: Config) -> str:
    """Hash of the resolved config without `output`, of the files that it names, and of what makes films."""
    data = loaded.model_dump(mode="json", exclude={"output"}) | _digests(loaded)
    return hash_of(data | {"versions": made_with()})


def file_fingerprints(loaded: Config, outputs: Mapping[str, Path]) -> dict[str, str]:
    """For each file, by its name, a hash of what it depends on: the film, its theme, and the keys of `output` that
    shape it."""
    film, output, every = fingerprint(loaded), loaded.output.model_dump(mode="json"), files(loaded)
    return {
        path.name: hash_of([film, every[end].theme, {key: output[key] for key in output if shapes(key, every[end])}])
        for end, path in outputs.items()
    }


def shapes(key: str, file: File) -> bool:
    """Whether a key of `output` shapes a file."""
    return key not in SHAPED or SHAPED[key](file)


def training_fingerprint(loaded: Config) -> str:
    """Hash of what a recording depends on: all but the title, `animation`, `output` and other variants, and the
    versions and kernels that train."""
    data = loaded.model_dump(mode="json", exclude=NOT_TRAINED) | _digests(loaded, NOT_TRAINED)
    found = made_with()
    return hash_of(data | {"versions": {name: found[name] for name in MADE_RECORDINGS}})


def inputs(loaded: Config) -> dict[str, str]:
    """The files that a config names, as it names them, with the hashes of what was read of them; those
    that keys were taken from too, though what counts of them is in the config."""
    return {file.name: file.digest[:DIGITS] for file in (*side_files(loaded), *loaded.taken)}


def _digests(loaded: Config, without: Collection[str] = ()) -> dict[str, str]:
    """The content of the files that a config names outside of some sections, as hashes."""
    found = [file for file in side_files(loaded) if file.key.partition(".")[0] not in without]
    by_key: dict[str, list[str]] = {}
    for file in found:
        by_key.setdefault(file.key, []).append(file.digest)
    return {key: " ".join(digests) for key, digests in by_key.items()}


def difference(summary: Summary, loaded: Config) -> str:
    """What has changed in a film since a summary was written, in words: «animation.fps 20 → 25»; nothing if nothing
    has."""
    if {name: summary.fingerprints[name] for name in ("training", "animation")} == fingerprints(loaded):
        return ""
    if keys := [key for key in _changed(summary, loaded) if not key.startswith("output.")]:
        keys.sort(key=lambda key: key.split(".")[0] in NOT_TRAINED)  # what is trained anew says more
        return _words(keys, summary, loaded)
    before = {**summary.versions, "kernels": summary.kernels}
    for package, installed in made_with().items():
        known = before.get(package)
        if known != installed:
            return f"{package} {known} → {installed}"
    for file in side_files(loaded):
        if summary.inputs.get(file.name) != file.digest[:DIGITS]:
            return f"the {file.what} has changed"
    return "the summary has changed"


def difference_of_file(summary: Summary, name: str, end: str, loaded: Config) -> str:
    """What of `output` has changed that shapes a file, in words, where the film is the same."""
    prefix = "output."
    changed = [key for key in _changed(summary, loaded) if key.startswith(prefix)]
    file = files(loaded)[end]
    keys = [key for key in changed if shapes(key.removeprefix(prefix).partition(".")[0], file)]
    return _words(keys, summary, loaded) if keys else f"{name} was made with other keys of output"


def _changed(summary: Summary, loaded: Config) -> list[str]:
    """The keys that have another value than in a summary."""
    old, new = flat(summary.config), flat(loaded.model_dump(mode="json"))
    return [key for key in {**old, **new} if old.get(key) != new.get(key)]


def _words(keys: list[str], summary: Summary, loaded: Config) -> str:
    """The change of the first key, and how many others there are."""
    old, new = flat(summary.config), flat(loaded.model_dump(mode="json"))
    others = f", and {len(keys) - 1} more" * (len(keys) > 1)
    return f"{keys[0]} {_shown(old.get(keys[0]))} → {_shown(new.get(keys[0]))}{others}"


def flat(data: Any, path: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dotted keys; lists are values, and so are mappings in place of a name or number."""
    if not isinstance(data, dict) or path in ("seed", "training.snapshots"):
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
