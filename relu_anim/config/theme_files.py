"""`theme: brand.yaml`: a theme and colours over it, from a file beside the config, as values of `animation`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relu_anim.config.document import Document
from relu_anim.config.extends import beside, fill
from relu_anim.config.places import ConfigProblems, Path_, Problem, dotted
from relu_anim.config.side_files import SideFile
from relu_anim.facts import THEMES
from relu_anim.spelling import closest

SUFFIXES = (".yaml", ".yml")
THEME, COLORS = ("animation", "theme"), ("animation", "colors")
PARTS = {row.part: (*COLORS, row.part) for row in THEMES.values()}
KEYS: dict[str, Path_] = {"base": THEME, "colors": COLORS, **PARTS}  # of such a file: where its values go
EXAMPLE = 'a file of a theme is a mapping such as {base: light, colors: {network: "#1b9e77"}}'


def take_theme(doc: Document) -> SideFile | None:
    """Put what a file of a theme says in place of its name; what was read of it, or None. The config's own colours go
    before those of the file. ConfigProblems if it cannot be read."""
    animation = doc.data.get("animation")
    name = animation.get("theme") if isinstance(animation, dict) else None
    if not isinstance(name, str) or not name.lower().endswith(SUFFIXES):
        return None
    brand, file = beside(doc, THEME, name, "theme", EXAMPLE)
    problems = [*brand.problems, *_foreign(brand)]
    doc.remove(THEME)
    own = doc.data["animation"].get("colors")
    for part in PARTS:
        for key in own if isinstance(own, dict) else ():
            brand.remove((part, key))
    fill(doc, _as_config(brand, problems))
    return file


def check_no_theme(doc: Document) -> None:
    """ConfigProblems if a config has no keys but those of a file of a theme."""
    if doc.source.name and doc.data and set(doc.data) <= set(KEYS):
        first = next(iter(doc.data))
        message = f"this file is a theme, which a config takes: animation: {{theme: {Path(doc.source.name).name}}}"
        raise ConfigProblems([Problem(doc.key_mark((first,)), dotted((first,)), message)])


def _foreign(brand: Document) -> Iterator[Problem]:
    """What is wrong with keys that have no place in such a file, which are taken out."""
    colors = brand.data.get("colors")
    misplaced = [("colors", part) for part in PARTS if isinstance(colors, dict) and part in colors]
    for path in [*((key,) for key in brand.data if key not in KEYS), *misplaced]:
        meant = closest(path[0], KEYS)
        advice = f"did you mean {meant}?" if meant else f"one of {', '.join(KEYS)}"
        message = f"unknown key; {advice}" if len(path) == 1 else "stands at the top of the file, beside colors"
        yield Problem(brand.key_mark(path), dotted(path), message)
        brand.remove(path)


def _as_config(brand: Document, problems: list[Problem]) -> Document:
    """A file of a theme as a config that has its values and places."""
    colors = brand.data.get("colors", {})
    if isinstance(colors, dict):
        colors = {**colors, **{part: brand.data[part] for part in PARTS if part in brand.data}}
    data: dict[str, Any] = {"animation": {"colors": colors}}
    if "base" in brand.data:
        data["animation"]["theme"] = brand.data["base"]
    keys, values = (
        {(*KEYS[str(path[0])], *path[1:]): mark for path, mark in marks.items() if path and path[0] in KEYS}
        for marks in (brand.keys, brand.values)
    )
    return Document(brand.source, data, keys, values, problems)
