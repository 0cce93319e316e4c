"""pydantic's errors as problems with a place, the user's key and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from relu_anim.config.document import Document, Path_, Problem, describe


def problems(error: ValidationError, document: Document, data: Any, model: type[BaseModel]) -> list[Problem]:
    """One problem for each of pydantic's errors about `data`, the values of `document`."""
    return [_problem(dict(item), document, data, model) for item in error.errors(include_url=False)]


def locations(error: ValidationError, data: Any) -> list[Path_]:
    """The paths in `data` that the errors are about."""
    return [key_path(item["loc"], data) for item in error.errors(include_url=False)]


def key_path(loc: Iterable[str | int], data: Any) -> Path_:
    """`loc` without the names that pydantic adds for the members of a union, which are no keys of the user's."""
    path: Path_ = ()
    parts = tuple(loc)
    for index, part in enumerate(parts):
        inside = isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data)
        if inside or (isinstance(data, dict) and part in data):
            path, data = (*path, part), data[part]
        elif isinstance(data, dict) and index == len(parts) - 1 and isinstance(part, str):
            path = (*path, part)  # a missing key
    return path


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """«; did you mean relu?», or the whole list if it is short, or nothing."""
    names = list(names)
    close = difflib.get_close_matches(given.lower(), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; one of {', '.join(names)}" if len(names) <= 12 else ""


def _problem(item: Mapping[str, Any], document: Document, data: Any, model: type[BaseModel]) -> Problem:
    path = key_path(item["loc"], data)
    key = ".".join(map(str, path))
    kind, context, given = item["type"], item.get("ctx", {}), item["input"]
    mark = document.value_mark(path)
    if kind == "extra_forbidden":
        known = _fields_at(model, item["loc"][:-1])
        return Problem(document.key_mark(path), key, "unknown key" + did_you_mean(str(path[-1]), known))
    if kind == "missing":
        return Problem(document.key_mark(path[:-1]), key, "is required")
    if kind == "formula":
        at = context["column"] - 1
        start = mark.text[mark.column - 1 :]
        quoted = start[:1] in ("'", '"')
        shift = quoted + at if start[quoted:].startswith(str(given)) else 0
        return Problem(mark.right(shift), key, context["text"])
    if kind == "unknown_name":
        hint = did_you_mean(given, context["names"])
        return Problem(mark, key, f"{given!r} is no name that is known here, and no formula in x{hint}")
    if kind in ("union_tag_invalid", "literal_error"):
        if (*path, "name") in document.keys:
            mark, key = document.value_mark((*path, "name")), key + ".name"
        return Problem(mark, key, _choice(kind, context, given))
    return Problem(mark, key, _sentence(kind, context, given, item["msg"]))


def _choice(kind: str, context: Mapping[str, Any], given: Any) -> str:
    if kind == "union_tag_invalid":
        given, names = context["tag"], context["expected_tags"]
    else:
        names = context["expected"].replace(" or ", ", ")
    options = [name.strip().strip("'") for name in names.split(",")]
    formula = "formula" in options  # the tag of the union member that holds formulas, no name that a user may write
    options = [name for name in options if name != "formula"]
    if given == "lbfgs":
        return "lbfgs does not fit: it calls the loss several times a step, and wants the same full batch each time"
    return f"expected {_one_of(options)}{' or a formula in x' * formula}, got {describe(given)}" + (
        did_you_mean(given, options) if isinstance(given, str) and len(options) > 3 else ""
    )


def _one_of(options: list[str]) -> str:
    return options[0] if len(options) == 1 else "one of " + ", ".join(options)


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
        return f"expected {EXPECTED[kind]}, got {describe(given)}"
    if kind in BOUNDS:
        limit, words = BOUNDS[kind]
        return f"must be {words} {context[limit]:,g}, got {given}" if limit in context else message
    if kind == "finite_number":
        return f"expected a finite number, got {given}"
    if kind in ("too_short", "too_long"):
        few = kind == "too_short"
        limit = context["min_length"] if few else context["max_length"]
        return f"needs at {'least' if few else 'most'} {limit} values, got {context['actual_length']}"
    if kind == "union_tag_not_found":
        return f"needs a `name`, for example {{name: sgd}}; got {describe(given)}"
    return message[:1].lower() + message[1:]


def _fields_at(model: type[BaseModel], loc: Iterable[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `loc` of this model."""
    schema = model.model_json_schema(by_alias=True)
    here: Any = schema
    for part in loc:
        here = _child(_resolve(here, schema), part, schema)
    return list(_resolve(here, schema).get("properties", {}))


def _resolve(node: Any, schema: Any) -> Any:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def _child(node: Any, part: str | int, schema: Any) -> Any:
    """The schema of a key, of a list's items, or of the union member that pydantic's location names."""
    if part in node.get("properties", {}):
        return node["properties"][part]
    if isinstance(part, int):
        return node.get("items", node)
    for member in node.get("oneOf", ()) or node.get("anyOf", ()):
        resolved = _resolve(member, schema)
        constant = resolved.get("properties", {}).get("name", {}).get("const")
        if part == constant or (part == "formula" and "formula" in resolved.get("properties", {})):
            return resolved
    return node
