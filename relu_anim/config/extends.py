"""What configs share: `extends: house.yaml` takes the keys of a file beside a config as defaults."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NoReturn, get_args

from relu_anim.config.document import LIKE_A_CONFIG, MOST_BYTES, Document, parse
from relu_anim.config.kinds import KINDS, Config
from relu_anim.config.places import ConfigProblems, Path_, Problem, describe, dotted
from relu_anim.config.side_files import SideFile, opened, unread
from relu_anim.config.values import Section
from relu_anim.facts import STILL_FORMATS, usual

KEY = "extends"
BEFORE = -1  # the number of that source: what is wrong in it is told before what is wrong in the config
MERGED = (("animation", "words"),)  # mappings that are no sections, each of whose keys counts by itself
WHAT_IS_LEARNED = ("function", "dataset", "csv")  # one of them, so that one in the config replaces the others


def extend(doc: Document) -> SideFile | None:
    """Fill a document with what it takes from another file; what was read of that, or None. ConfigProblems if the file
    cannot be read, or is no config."""
    if KEY not in doc.data:
        return None
    base, file = beside(doc, (KEY,), doc.data.pop(KEY), "config that it extends", LIKE_A_CONFIG)
    if KEY in base.data:
        message = f"{doc.source.name or 'a config'} extends this file, which cannot extend another; write its keys here"
        raise ConfigProblems([*doc.problems, Problem(base.key_mark((KEY,)), KEY, message)], doc.taken)
    _leave_out_foreign_keys(base, doc.data.get("kind", base.data.get("kind", usual(KINDS))))
    fill(doc, base)
    doc.old_names = base.old_names | doc.old_names
    return file


def beside(doc: Document, place: Path_, name: Any, what: str, example: str) -> tuple[Document, SideFile]:
    """The file that a document names at a place, as a document, and what was read of it; ConfigProblems if it cannot
    be read. `example` says how such a file looks."""

    def fail(message: str) -> NoReturn:
        raise ConfigProblems([*doc.problems, Problem(doc.value_mark(place), dotted(place), message)], doc.taken)

    if doc.folder is None:
        fail("a text lies in no folder, so that no file lies beside it")
    if not isinstance(name, str) or not name:
        fail(f"expected the name of a file, got {describe(name)}")
    path = doc.folder / name
    doc.taken += (path,)
    try:
        with opened(path) as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        fail(unread(path, error))
    except ValueError:  # of half a character, or of one that no name may have
        fail("must be one line of printable characters")
    other = parse(content, str(path), number=BEFORE, example=example)
    return other, SideFile(dotted(place), name, what, hashlib.sha256(content).hexdigest())


def fill(doc: Document, base: Document) -> None:
    """Take what is not in the document, with what is wrong with it."""
    _fill(doc, base, ())
    doc.problems += base.problems


def _fill(doc: Document, base: Document, path: Path_) -> None:
    """Take each key of a section that is not in the document, and of sections in it those that are not."""
    own, shared = _section(doc, path), _section(base, path)
    is_known = path == ("target",) and any(name in own for name in WHAT_IS_LEARNED)
    for key, value in shared.items():
        place = (*path, key)
        if key not in own:
            if not (is_known and key in WHAT_IS_LEARNED):
                doc.take(place, base)
        elif isinstance(own[key], dict) and (place in MERGED or _is_section(place)):
            if isinstance(value, dict):
                _fill(doc, base, place)
            else:  # which is a mistake there, and is told
                doc.take(place, base)


def _section(doc: Document, path: Path_) -> dict[str, Any]:
    found: Any = doc.data
    for part in path:
        found = found[part]
    return dict(found)


# ---------------------------------------------------------------- which keys there are


def _is_section(path: Path_) -> bool:
    """Whether the keys of a mapping are keys of the config, and not one value together."""
    return any(_model_at(model, path) for model in KINDS.values())


def _model_at(model: type[Section], path: Path_) -> type[Section] | None:
    """The section at a path, if there is one."""
    for part in path:
        field = model.model_fields.get(str(part))
        own = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_model(kind)] if field else []
        if len(own) != 1:
            return None
        model = own[0]
    return model


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _has(model: type[Config], path: Path_) -> bool:
    section = _model_at(model, path[:-1])
    return section is not None and path[-1] in section.model_fields


def _leave_out_foreign_keys(base: Document, kind: Any) -> None:
    """Leave out what this kind of config does not have but another: figures of all kinds share one file."""
    if not isinstance(kind, str) or kind not in KINDS:
        return
    model = KINDS[kind]
    for path in list(_paths(base)):
        if not _has(model, path) and any(_has(other, path) for other in KINDS.values()):
            base.remove(path)
    output = base.data.get("output")
    if not model.moves and isinstance(output, dict) and isinstance(formats := output.get("formats"), list):
        output["formats"] = [name for name in formats if name in STILL_FORMATS]
        if not output["formats"]:
            base.remove(("output", "formats"))


def _paths(doc: Document) -> Iterator[Path_]:
    """The keys of the top, and of its sections."""
    for key, value in doc.data.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)
