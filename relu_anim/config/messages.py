"""pydantic's errors as problems with a place, the user's key and what to write instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel, ValidationError

from relu_anim.activations import ACTIVATIONS
from relu_anim.config.document import Document
from relu_anim.config.hints import NOTHING, as_list, beyond, hint, items, option, torn
from relu_anim.config.places import Path_, Problem, describe, dotted, number
from relu_anim.config.schemas import members, schema_of
from relu_anim.config.synonyms import NOT_HERE, keys_meant, name_meant
from relu_anim.facts import PANELS, joined
from relu_anim.plurals import plural
from relu_anim.spelling import closest, plain

SHORT_LIST = 30  # names that are listed in full where none is close
OPEN = tuple(f"animation.{name}" for name in ("colors", "colors.light", "colors.dark", "words"))  # named like others
FEW_KEYS = 2  # that have a name as their value, which says what was meant; auto is one of many

Item = Mapping[str, Any]  # one of pydantic's errors


def problems(error: ValidationError, document: Document, data: Any, model: type[BaseModel]) -> dict[Path_, Problem]:
    """The problem at each wrong path in `data`, which are the values of `document` as `model` takes them."""
    found: dict[Path_, list[Item]] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # pydantic counts only the items that are right
        path = key_path(item["loc"], data, is_missing=item["type"] == "missing")
        if item["type"] == "union_tag_invalid" and (*path, "name") in document.keys:
            path = (*path, "name")
        found.setdefault(path, []).append(dict(item))
    inner = {path[:length] for path in found for length in range(len(path))}
    return {path: _problem(path, group, document, model) for path, group in found.items() if path not in inner}


def key_path(loc: Sequence[str | int], data: Any, is_missing: bool = False) -> Path_:
    """`loc` without the names that pydantic adds for the members of a union, which are no keys of the user's."""
    path: Path_ = ()
    parts = loc[:-1] if is_missing else loc
    for part, following in zip_longest(parts, parts[1:]):
        if isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data):
            if isinstance(following, int) and not isinstance(data[part], (list, tuple)):
                continue  # a flat list that was wrapped in another
            path, data = (*path, part), data[part]
        elif isinstance(data, dict) and part in data:
            path, data = (*path, part), data[part]
    return (*path, loc[-1]) if is_missing else path


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """A suggestion, «; did you mean relu?», or the whole list of names if it is short, or nothing."""
    names = list(names)
    return likely(name_meant(given, names)) or listed(names)


def likely(*names: str | None) -> str:
    """The suggestion of these names, «; did you mean relu?»; nothing where there are none."""
    return f"; did you mean {' or '.join(filter(None, names))}?" if any(names) else ""


def listed(names: Sequence[str]) -> str:
    """A list of names, «; one of relu, tanh», or nothing for many."""
    if len(names) == 1:
        return f"; only {names[0]} is known here"
    return f"; one of {', '.join(names)}" if names and len(names) <= SHORT_LIST else ""


def _problem(path: Path_, group: Sequence[Item], document: Document, model: type[BaseModel]) -> Problem:
    """The one problem to show of those that the members of a union have with one value: all that they expected, unless
    the value is of a right type and breaks another rule."""
    for item in group:
        if (problem := _broken_rule(path, item, document, model)) is not None:
            return problem
    given = group[0]["input"]
    if group[0]["type"] == "union_tag_invalid":
        given = given["name"]
    names = [name for item in group for name in _names(item)]
    wanted = " or ".join(dict.fromkeys(map(_expected, group)))
    meant = name_meant(given, names) if isinstance(given, str) and names else None
    mark = document.value_mark(path)
    elsewhere = _elsewhere(given, model) if isinstance(given, str) and names and given not in NOTHING else ""
    advice = likely(meant) or elsewhere or hint([item["type"] for item in group], path, given, mark)
    if not advice and isinstance(given, str) and len(items(given)) > 1 and set(items(given)) <= set(names):
        advice = f"; write {as_list(given)}"
    message = f"expected {wanted}, got {_shown(given)}{advice}"
    return Problem(mark, dotted(path), message, meant or "")


def _broken_rule(path: Path_, item: Item, document: Document, model: type[BaseModel]) -> Problem | None:
    """The problem with a value whose type is right; None where another type or name was expected."""
    key, mark = dotted(path), document.value_mark(path)
    kind, context, given = item["type"], item.get("ctx", {}), item["input"]
    if kind == "extra_forbidden":
        rest = torn(str(path[-1]), given)
        advice = f"; {rest}" if rest else other_key(path, model, item["loc"])
        return Problem(document.key_mark(path), key, f"unknown key{advice}")
    if kind == "missing":
        is_in_list = isinstance((None, *path)[-2], int)  # an item has a place, but no key
        within = document.value_mark(path[:-1]) if is_in_list else document.key_mark(path[:-1])
        is_shared = key == "target" and not SUBJECT & {*document.data}
        return Problem(within, key, "is required" + SHARED * is_shared)
    if kind == "formula":
        shift = _column_in_source(mark.text[mark.column - 1 :], given, context["column"])
        if len(parts := items(given)) > 1 and all(part in ACTIVATIONS for part in parts):
            return Problem(mark, key, f"several names are a list; write {as_list(given)}")
        return Problem(mark.right(shift), key, context["text"])
    if kind == "unknown_name":
        names = list(context["names"])
        advice = likely(name_meant(given, names)) or _elsewhere(given, model) or listed(names)
        return Problem(mark, key, f"{given!r} is no name that is known here, and no formula in x{advice}")
    name = given.get("name") if kind == "union_tag_invalid" else given
    if _names(item) and isinstance(name, str) and plain(name) in NOT_HERE and not name_meant(name, _names(item)):
        return Problem(mark, key, NOT_HERE[plain(name)])
    if _names(item) or kind in EXPECTED:
        return None
    advice = beyond(path, given) if kind in BOUNDS else ""
    return Problem(mark, key, _sentence(kind, context, given, item["msg"]) + advice)


def other_key(path: Path_, model: type[BaseModel], loc: Sequence[str | int] = ()) -> str:
    """What to write in place of an unknown key: «; did you mean training.epochs?», which optimisers have it, or the few
    names of this section. `loc` is what pydantic has for the path."""
    section = dotted(path[:-1])
    own = _fields_at(model, (loc or path)[:-1])
    if path[:2] == ("animation", "panels") and path[-2] in PANELS:
        return likely(closest(str(path[-1]), own)) or _option_of(str(path[-2]), str(path[-1])) or listed(own)
    if path[:2] == ("animation", "colors") and (meant := name_meant(str(path[-1]), own)):
        return likely(meant)
    schema = schema_of(model)
    elsewhere = [key for key in _keys_of(schema, schema) if key.rpartition(".")[0] not in (section, *OPEN)]
    ours = {f"{section}.{name}".lstrip("."): name for name in own}
    keys = keys_meant(str(path[-1]), section, dict.fromkeys([*ours, *elsewhere]))
    if (others := _owners(model, loc or path)) and not set(keys) & set(ours):
        return f"; it is an option of {' and '.join(others)}"
    found = likely(*(ours.get(key, key) for key in keys))
    if keys == ["model.layer_sizes"]:
        return f"{found.removesuffix('?')}, all widths from input to output, as in [1, 20, 1]?"
    return found or _elsewhere(str(path[-1]), model) or listed(own)


def _option_of(panel: str, value: str) -> str:
    """The option of a panel that has this value, «; write {of: gradients}»; nothing where none has."""
    options = PANELS[panel].options
    return f"; write {option(options, value)}" if any(value in row.values for row in options.values()) else ""


def _elsewhere(name: str, model: type[BaseModel]) -> str:
    """Which keys have this value: «; early is a value of training.snapshots»; nothing where none has, or many have."""
    schema = schema_of(model)
    keys = dict.fromkeys(key for key, value in _values_of(schema, schema) if value == name)
    return f"; {name} is a value of {joined(keys)}" if 0 < len(keys) <= FEW_KEYS else ""


def _column_in_source(source: str, formula: str, column: int) -> int:
    """How far right of the value's start its error lies; 0 where the source does not show the formula as it is."""
    quoted = source[:1] in ("'", '"')
    return quoted + column - 1 if source[quoted:].startswith(formula) else 0


SUBJECT = {"target", "model", "kind"}  # what a file has nothing of that others extend
SHARED = "; a file that others extend is no figure itself: leave it out of the call"
EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "dict_type": "a mapping of keys",
}
BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
LENGTHS = {
    "too_short": ("min_length", "least"),
    "too_long": ("max_length", "most"),
    "string_too_short": ("min_length", "least"),
    "string_too_long": ("max_length", "most"),
}
TAGS = {"literal_error": "expected", "union_tag_invalid": "expected_tags"}


def _names(item: Item) -> list[str]:
    """The names of which one was expected; none where something else was."""
    if item["type"] not in TAGS:
        return []
    return str(item["ctx"][TAGS[item["type"]]]).replace(" or ", ", ").replace("'", "").split(", ")


def _expected(item: Item) -> str:
    """What was expected, in words: «a list», «one of sgd, adam»."""
    if item["type"] in EXPECTED:
        return EXPECTED[item["type"]]
    found = _names(item)
    formula = " or a formula in x" * ("formula" in found)  # the tag of the union member that holds formulas, no name
    names = [name for name in found if name != "formula"]
    return (names[0] if len(names) == 1 else f"one of {', '.join(names)}") + formula


def _shown(given: Any) -> str:
    return str(given) if isinstance(given, float) and not math.isfinite(given) else describe(given)


def _sentence(kind: str, context: Mapping[str, Any], given: Any, message: str) -> str:
    if kind in BOUNDS:
        limit, words = BOUNDS[kind]
        return f"must be {words} {_limit(context[limit])}, got {number(given)}"
    if kind in LENGTHS:
        limit, words = LENGTHS[kind]
        what = "character" if isinstance(given, str) else "value"
        return f"needs at {words} {plural(context[limit], what)}, got {len(given)}"
    if kind == "pair" and len(given) in (3, 4):
        return f"{message}; decimals are written with a point"
    if kind == "string_unicode":
        return "holds half of a character; write it whole"
    return message[:1].lower() + message[1:]


def _limit(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


NO_KEYS = ("name", "formula", "kind", "label", "set")  # that are meant by those who write them elsewhere


def _keys_of(node: Any, schema: Any, path: str = "") -> Iterator[str]:
    """Every key that may stand in the mapping at this node, and in those inside of it, dotted."""
    for member in members(node, schema):
        for name, child in member.get("properties", {}).items():
            if name not in NO_KEYS:
                yield (inner := f"{path}.{name}".lstrip("."))
                yield from _keys_of(child, schema, inner)


def _values_of(node: Any, schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each dotted key with each name that may be its value, or an item of it."""
    for member in members(node, schema):
        for name in (*member.get("enum", ()), *((member["const"],) if "const" in member else ())):
            yield path, name
        if "items" in member:
            yield from _values_of(member["items"], schema, path)
        for name, child in member.get("properties", {}).items():
            if name not in NO_KEYS:
                yield from _values_of(child, schema, f"{path}.{name}".lstrip("."))


def _fields_at(model: type[BaseModel], loc: Iterable[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `loc` of this model."""
    return [name for keys in _properties_at(model, loc) for name in keys]


def _owners(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The names of those that have the key at `loc`, which is none of that one's: `alpha` is of rmsprop, not of sgd."""
    owners = [keys for keys in _properties_at(model, loc[:-2]) if loc[-1] in keys]
    return [name for keys in owners if (name := keys.get("name", {}).get("const")) is not None]


def _properties_at(model: type[BaseModel], loc: Iterable[str | int]) -> list[dict[str, Any]]:
    """The keys that may stand at `loc` of this model, by each of the mappings that it gives the choice of."""
    schema = schema_of(model)
    here: Any = schema
    for part in loc:
        here = next((child for member in members(here, schema) for child in _child(member, part)), here)
    return [member["properties"] for member in members(here, schema) if "properties" in member]


def _child(node: Any, part: str | int) -> Iterator[Any]:
    """The schema of a key, of a list's items, or of the union member that pydantic's location names."""
    properties = node.get("properties", {})
    if isinstance(part, int):
        if "items" in node:
            yield node["items"]
    elif part == properties.get("name", {}).get("const") or (part == "formula" and "formula" in properties):
        yield node
    elif part in properties:
        yield properties[part]
