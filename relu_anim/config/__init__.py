"""Configs: text in, a frozen and fully validated experiment out, or every problem at once with its place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from relu_anim.config import checks, document, extends, messages, side_files, theme_files, variants
from relu_anim.config.animation import Animation, Style
from relu_anim.config.cells import EMPTY, Cell
from relu_anim.config.checks.room import row_shares, stacked_panels
from relu_anim.config.contrasts import low_contrasts
from relu_anim.config.document import SETTING, Document
from relu_anim.config.files import File, drafted, files, themed, with_animation
from relu_anim.config.kinds import (
    KINDS,
    ActivationFigure,
    BornDeadFigure,
    Config,
    DataFigure,
    Experiment,
    RecordedExperiment,
    StillFigure,
    TrainedExperiment,
    Written,
)
from relu_anim.config.kinds.root import READ
from relu_anim.config.mappings import document_of, plain
from relu_anim.config.notices import notices
from relu_anim.config.places import ConfigProblems, Path_, Problem, describe, dotted, related
from relu_anim.config.reader import scalar
from relu_anim.config.schemas import Schema
from relu_anim.config.sections import Target
from relu_anim.config.synonyms import name_meant
from relu_anim.errors import ConfigError
from relu_anim.facts import FIGURE_FORMATS, usual
from relu_anim.words import LANGUAGES

__all__ = [
    "EMPTY",
    "ActivationFigure",
    "Animation",
    "BornDeadFigure",
    "Cell",
    "Config",
    "ConfigProblems",
    "DataFigure",
    "Experiment",
    "File",
    "RecordedExperiment",
    "StillFigure",
    "Style",
    "Target",
    "TrainedExperiment",
    "changed",
    "drafted",
    "dump",
    "files",
    "json_schema",
    "load",
    "loads",
    "notices",
    "of",
    "row_shares",
    "setting",
    "settings_of",
    "stacked_panels",
    "text_in_file",
    "themed",
    "with_animation",
]


def load(
    path: Path,
    settings: Sequence[str] = (),
    formats: Sequence[str] = (),
    at: Sequence[str] | None = None,
    called: str = SETTING,
) -> Config:
    """The config at `path` with `KEY=VALUE` settings applied; FileError, or ConfigProblems with all that is wrong. With
    `formats` it is to become those of them that its kind can have, or what it says itself if it can have none; with
    `at` its stills are those of these moments. Messages say of a setting that it stands in what is `called` so."""
    return _validated(document.read(path), settings, formats, at, called)


def loads(
    text: str, name: str = "config", settings: Sequence[str] = (), tables: Mapping[str, bytes] | None = None
) -> Config:
    """The same for a text, called `name` in messages. Files that it names are not read; `tables` are CSV files and
    fonts by the names that it has for them."""
    doc = document.parse(text.encode(), name)
    doc.tables = tables or {}
    return _validated(doc, settings)


def of(
    mapping: Mapping[str, Any],
    folder: Path | str = ".",
    settings: Sequence[str] = (),
    called: str = SETTING,
    tables: Mapping[str, bytes] | None = None,
) -> Config:
    """The same for a mapping with the keys of a config, as Python has it: lists may be tuples, numbers NumPy's. Files
    that it names lie in `folder`, or are `tables`, by their names. Problems have their key as place, and no line."""
    if not isinstance(mapping, Mapping):
        raise ConfigError(f"a config is a mapping of keys, got {type(mapping).__name__}")
    doc = document_of(mapping, Path(folder))
    doc.tables = tables or {}
    return _validated(doc, settings, called=called)


def changed(config: Config, settings: Sequence[str], called: str = SETTING) -> Config:
    """The same config with these settings, read anew from what it was read from: defaults that follow from other keys
    follow again, and files lie in the same folder."""
    doc = config.read_from or document.parse(dump(config).encode(), "config")
    return _validated(doc.copied(), settings, called=called)


def dump(config: Config) -> str:
    """The resolved config as YAML: every key with its value, in a form that `loads` reads back equal."""
    data = config.model_dump(mode="json")
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def text_in_file(config: Config, file: File) -> str:
    """The config as YAML, as one of its files carries it: without what shapes the others, on which it does not
    depend."""
    output = config.output.model_copy(update=file.output(config))
    return dump(config.model_copy(update={"output": output}))


def setting(key: str, value: Any) -> str:
    """What `--set` takes to give a key this value: `KEY=VALUE`, in one line."""
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return f"{key}={text.strip().removesuffix('...').strip()}"


def settings_of(changes: Mapping[str, Any]) -> list[str]:
    """The same for a mapping of keys to values as Python has them; ConfigError for what is no key, or no value of a
    config."""
    for key in changes:
        if not isinstance(key, str):
            raise ConfigError(f"settings: a key is a text such as 'training.epochs', got {key!r}")
    return [setting(key, plain(value, key)) for key, value in changes.items()]


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema of a config file as a person writes it, short forms included."""
    schema = TypeAdapter(Written).json_schema(schema_generator=Schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A config of relu-anim", **schema}


def _validated(
    doc: Document,
    settings: Sequence[str],
    formats: Sequence[str] = (),
    at: Sequence[str] | None = None,
    called: str = SETTING,
) -> Config:
    theme_files.check_no_theme(doc)
    base = extends.extend(doc)
    for number, setting in enumerate(settings, 1):
        doc.set(setting, number, called)
    if extends.KEY in doc.data:
        message = f"is read before {called}; write it in the file"
        doc.problems.append(Problem(doc.key_mark((extends.KEY,)), extends.KEY, message))
        del doc.data[extends.KEY]
    theme = theme_files.take_theme(doc)
    kind = doc.data.get("kind", usual(KINDS))
    if not isinstance(kind, str) or kind not in KINDS:
        meant = messages.likely(name_meant(kind, KINDS)) if isinstance(kind, str) else ""
        message = f"expected one of {', '.join(KINDS)}, got {describe(kind)}{meant}"
        raise ConfigProblems(
            [*doc.problems, Problem(doc.value_mark(("kind",)), "kind", message)], side_files.named(doc)
        )
    if possible := [name for name in dict.fromkeys(formats) if KINDS[kind].moves or name in FIGURE_FORMATS]:
        doc.set(f"output.formats=[{', '.join(possible)}]", len(settings) + 1)
    if at is not None:
        if not KINDS[kind].moves:
            raise ConfigError(f"{doc.source.name}: --at: a figure that does not move has no moments")
        doc.set(f"output.stills=[{', '.join(at)}]", len(settings) + 2, "--at")
    problems = list(doc.problems)
    config = _checked(KINDS[kind], doc, problems)
    if isinstance(config, TrainedExperiment):
        members = tuple(variants.members(config, doc, partial(_checked, is_variant=True), problems))
        if not problems:
            written = variants.written_out(config.variants, config, members)
            config = config.model_copy(update={"variants": written})
            config._members = members
    if isinstance(config, Experiment) and config.is_read and not problems:
        _add(checks.findings_of_members(config), doc, problems)
    if config is None or problems:
        raise ConfigProblems(problems, side_files.named(doc))
    config.__dict__["taken"] = tuple(filter(None, [base, theme]))
    config.__dict__["remarks"] = tuple(_remarks(doc, config))
    config.__dict__["read_from"] = doc
    return config


def _remarks(doc: Document, config: Config) -> Iterator[str]:
    """What to say of keys that have an old name, and of colours that are hard to see."""
    found = [
        (mark, f"{dotted(old)} is called {dotted(document.OLD_NAMES[old])} now; the old name is still read")
        for old, mark in doc.old_names.items()
    ]
    found += [(doc.value_mark(path), f"{dotted(path)}: {low}") for path, low in low_contrasts(config).items()]
    for mark, message in found:
        yield f"{mark.place}: {message}".removeprefix(": ")


def _checked(model: type[Config], doc: Document, problems: list[Problem], is_variant: bool = False) -> Config | None:
    """The config with every value filled in; what is wrong with it is added to the problems."""
    config, wrong = _collect(model, doc, problems)
    if config is None:
        return None
    if doc.folder or doc.tables:
        _read_side_files(config, doc, problems)
    if isinstance(config, RecordedExperiment) and config._held is None:
        return None if doc.folder or doc.tables else config  # of a file of ours, whose recording is not at hand
    config = config.with_own_values()
    _add(checks.findings(config, wrong, is_variant), doc, problems)
    return config


def _read_side_files(config: Config, doc: Document, problems: list[Problem]) -> None:
    target, style = config.target, config.animation
    if isinstance(config, RecordedExperiment):
        config._held = side_files.read_recording(doc, config.recording, problems)
    if style.font:
        style._fonts = side_files.read_fonts(doc, style.font, problems)
    if target is not None and target.csv is not None:
        target._table = side_files.read_csv(doc, target.csv, style.fonts or (), problems)
    if style.language not in LANGUAGES:
        style._file_of_words = side_files.read_words(doc, style.language, style.fonts or (), problems)


def _add(findings: Iterable[checks.Finding], doc: Document, problems: list[Problem]) -> None:
    problems += [Problem(doc.value_mark(path), dotted(path), message) for path, message in findings]


# In place of a required key that is missing or wrong, so that the others can still be checked against each other.
STAND_INS: dict[Path_, Any] = {
    ("target",): {"function": "x"},
    ("model",): {"layer_sizes": [1, 1]},
    ("model", "layer_sizes"): [1, 1],
    ("functions",): ["relu"],
}


def _collect(model: type[Config], doc: Document, problems: list[Problem]) -> tuple[Config | None, list[Path_]]:
    """The config without its wrong keys, which are added to the problems, and the paths of those."""
    data = copy.deepcopy(doc.data)
    wrong: list[Path_] = []
    while True:
        frozen = _frozen(data)
        try:
            return model.model_validate(frozen, context=READ), wrong
        except ValidationError as error:
            found = messages.problems(error, doc, frozen, model)
        problems += [problem for path, problem in found.items() if not any(related(path, gone) for gone in wrong)]
        named = {path for path, problem in found.items() if problem.meant and _rename(data, path, problem.meant)}
        mended = [path in named or _mend(data, path) for path in found]
        if not any(mended):
            return None, wrong
        wrong += found


def _frozen(value: Any) -> Any:
    """Lists as tuples, which is what frozen models hold."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _rename(data: Any, path: Path_, meant: str) -> bool:
    """Put the name that was meant into a mapping that is what its name says, so that its other keys can be checked."""
    if path[-1] != "name":
        return False
    for part in path[:-1]:
        data = data[part]
    data["name"] = meant
    return True


def _mend(data: Any, path: Path_) -> bool:
    """Take the key at `path` out (an item takes its whole list with it), or put in its stand-in; False if neither."""
    inside = data
    for depth, part in enumerate(path, 1):
        if part not in inside:
            if path in STAND_INS:
                inside[part] = STAND_INS[path]
            return path in STAND_INS
        if not isinstance(inside[part], dict) or depth == len(path):
            del inside[part]
            return True
        inside = inside[part]
    return False


class _Dumper(yaml.SafeDumper):
    """Short lists on one line; numbers that YAML 1.2 reads back as they were."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    quote = None if isinstance(scalar(value), str) else "'"  # PyYAML takes 1e3 for text
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=quote)


def _short_list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


_Dumper.add_representer(list, _short_list)
_Dumper.add_representer(str, _text)
