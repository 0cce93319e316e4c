"""The config that `relu-anim new` writes, and the schema beside it, by which an editor explains and checks its keys."""

from __future__ import annotations

import json
import os
from pathlib import Path
from string import Template

from relu_anim.config import json_schema, load, loads
from relu_anim.config.kinds import KINDS
from relu_anim.config.messages import did_you_mean
from relu_anim.errors import ConfigError, FileError
from relu_anim.facts import FIGURE_FORMATS, FORMATS, THEMES, usual

PACKAGE = Path(__file__).parent.parent
STARTERS = PACKAGE / "starters"
CATALOGUE = PACKAGE / "catalogue"  # a link to configs/, which an installed package has as a folder
SCHEMA = "relu-anim.schema.json"
EDITORS = "yaml-language-server"  # which reads the first line of a config


def write_starter(name: str, like: Path | None = None, kind: str | None = None) -> tuple[Path, str]:
    """Write a config called `name` (a name in this folder, or a path), never over another file, and the schema beside
    it. Its path, and what to say of a schema that is none of ours."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not name.isprintable() or not path.stem.strip(". ") or path.name in (".yaml", ".yml"):
        raise ConfigError(f"{name!r} is no name for a file")
    text = _starter(path, kind or usual(KINDS)) if like is None else _copy(like)
    if os.path.lexists(path):
        raise ConfigError(f"{path}: exists already; choose another name or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_ours = _write_schema(path.with_name(SCHEMA))
        if is_ours and EDITORS not in text:
            text = f"# {EDITORS}: $schema={SCHEMA}\n{text}"
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path, "" if is_ours else f"{path.with_name(SCHEMA)}: is none of ours and stays; {path} does not name it"


def catalogue() -> dict[str, Path]:
    """The configs that come with the package, by name."""
    return {path.stem: path for path in sorted(CATALOGUE.glob("*.yaml"))}


def _starter(path: Path, kind: str) -> str:
    title = path.stem.replace("_", " ").replace("-", " ").capitalize()[:120]  # as long as titles may be
    formats = FORMATS if KINDS[kind].moves else FIGURE_FORMATS
    template = Template((STARTERS / f"{kind}.yaml").read_text(encoding="utf-8"))
    text = template.substitute(path=path, title=_quoted(title), formats=", ".join(formats), themes=" | ".join(THEMES))
    loads(text, str(path))
    return text


def _quoted(title: str) -> str:
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _copy(like: Path) -> str:
    """The text of a file, or of a config of the catalogue."""
    if not like.suffix and like.name == str(like) and not os.path.lexists(like):
        known = catalogue()
        if like.name not in known:
            raise ConfigError(
                f"--like {like}: is no file, and no config of the catalogue{did_you_mean(like.name, known)}"
            )
        like = known[like.name]
    load(like)  # a copy of a broken config would help nobody
    return like.read_text(encoding="utf-8-sig")


def schema_text() -> str:
    """The JSON Schema as a file has it."""
    return json.dumps(json_schema(), indent=2)


def _write_schema(path: Path) -> bool:
    """Write the schema, or a newer one over an older; whether there is ours. A file that is another stays."""
    try:
        there = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        there = None
    except (UnicodeError, IsADirectoryError):
        return False
    if there == (text := schema_text() + "\n"):
        return True
    if there is not None and not _is_schema(there):
        return False
    other = path.with_name(f".{path.name}.{os.getpid()}")
    other.write_text(text, encoding="utf-8")
    other.replace(path)
    return True


def _is_schema(text: str) -> bool:
    """Whether this is a schema of configs, of another version."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("title") == json_schema()["title"]
