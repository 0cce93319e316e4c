"""pydantic's errors as problems with a place, the user's key and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel, ValidationError

from relu_anim.config.document import Document
from relu_anim.config.places import Path_, Problem, describe, dotted, number

SHORT_LIST = 12  # names that are listed in full where none is close


def problems(error: ValidationError, document: Document, data: Any, model: type[BaseModel]) -> dict[Path_, Problem]:
    """The problem at each wrong path in `data`, which are the values of `document` as `model` takes them."""
    found: dict[Path_, list[Problem]] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # pydantic counts only the items that are right
        path = key_path(item["loc"], data, is_missing=item["type"] == "missing")
        found.setdefault(path, []).append(_problem(path, dict(item), document, model))
    inner = {path[:length] for path in found for length in range(len(path))}
    return {path: _one(group) for path, group in found.items() if path not in inner}


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
    """«; did you mean relu?», or the whole list if it is short, or nothing."""
    names = list(names)
    near = closest(given, names)
    return near or (f"; one of {', '.join(names)}" if names and len(names) <= SHORT_LIST else "")


def closest(given: str, names: Iterable[str]) -> str:
    """«; did you mean relu?», or nothing if no name is close."""
    close = difflib.get_close_matches(given.lower(), list(names), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _one(group: list[Problem]) -> Problem:
    """The problem to show of those that the members of a union have with one value: all that they expected, unless
    the value is of a right type and breaks another rule."""
    for problem in group:
        if not problem.message.startswith("expected "):
            return problem
    first = group[0]
    if len(group) == 1:
        return first
    wanted = [problem.message.removeprefix("expected ").rpartition(", got ")[0] for problem in group]
    given = first.message.rpartition(", got ")[2]
    return Problem(first.mark, first.key, f"expected {' or '.join(dict.fromkeys(wanted))}, got {given}")


def _problem(path: Path_, item: Mapping[str, Any], document: Document, model: type[BaseModel]) -> Problem:
    key = dotted(path)
    kind, context, given = item["type"], item.get("ctx", {}), item["input"]
    mark = document.value_mark(path)
    if kind == "extra_forbidden":
        known = _fields_at(model, item["loc"][:-1])
        return Problem(document.key_mark(path), key, "unknown key" + did_you_mean(str(path[-1]), known))
    if kind == "missing":
        is_in_list = isinstance((None, *path)[-2], int)  # an item has a place, but no key
        within = document.value_mark(path[:-1]) if is_in_list else document.key_mark(path[:-1])
        return Problem(within, key, "is required")
    if kind == "formula":
        shift = _column_in_source(mark.text[mark.column - 1 :], given, context["column"])
        return Problem(mark.right(shift), key, context["text"])
    if kind == "unknown_name":
        hint = did_you_mean(given, context["names"])
        return Problem(mark, key, f"{given!r} is no name that is known here, and no formula in x{hint}")
    if kind == "union_tag_invalid":
        if (*path, "name") in document.keys:
            mark, key = document.value_mark((*path, "name")), key + ".name"
        names = context["expected_tags"].replace("'", "").split(", ")
        return Problem(mark, key, _choice(names, given["name"]))
    if kind == "literal_error":
        names = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return Problem(mark, key, _choice(names, given))
    return Problem(mark, key, _sentence(kind, context, given, item["msg"]))


def _column_in_source(source: str, formula: str, column: int) -> int:
    """How far right of the value's start its error lies; 0 where the source does not show the formula as it is."""
    quoted = source[:1] in ("'", '"')
    return quoted + column - 1 if source[quoted:].startswith(formula) else 0


def _choice(names: list[str], given: Any) -> str:
    if given == "lbfgs":
        return "lbfgs does not fit: it calls the loss several times a step, and wants the same full batch each time"
    formula = " or a formula in x" * ("formula" in names)  # the tag of the union member that holds formulas, no name
    names = [name for name in names if name != "formula"]
    wanted = names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    hint = closest(given, names) if isinstance(given, str) else ""
    return f"expected {wanted}{formula}, got {describe(given)}{hint}"


EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
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


def _sentence(kind: str, context: Mapping[str, Any], given: Any, message: str) -> str:
    if kind in EXPECTED:
        return f"expected {EXPECTED[kind]}, got {describe(given)}{_instead(kind, given)}"
    if kind in BOUNDS:
        limit, words = BOUNDS[kind]
        return f"must be {words} {_limit(context[limit])}, got {number(given)}"
    if kind == "finite_number":
        return f"expected a finite number, got {given}"
    if kind in ("too_short", "too_long"):
        limit, words = ("min_length", "least") if kind == "too_short" else ("max_length", "most")
        plural = "s" if context[limit] != 1 else ""
        return f"needs at {words} {context[limit]} value{plural}, got {len(given)}"
    if kind == "string_unicode":
        return "holds half of a character; write it whole"
    return message[:1].lower() + message[1:]


def _limit(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _instead(kind: str, given: Any) -> str:
    """What to write for a value that is nearly right."""
    if kind == "tuple_type" and isinstance(given, str) and given.isidentifier():
        return f"; write [{given}]"
    if kind == "string_type" and isinstance(given, (int, float)):
        return "; put it in quotes"
    return ""


def _fields_at(model: type[BaseModel], loc: Iterable[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `loc` of this model."""
    schema = model.model_json_schema()
    here: Any = schema
    for part in loc:
        here = next((child for member in _members(here, schema) for child in _child(member, part)), here)
    return [name for member in _members(here, schema) for name in member.get("properties", {})]


def _members(node: Any, schema: Any) -> Iterator[Any]:
    """A schema's node, and those that it gives the choice of, however deep."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    yield node
    for member in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _members(member, schema)


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
