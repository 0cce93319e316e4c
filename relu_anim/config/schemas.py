"""What keys a config has, and what each may be: read from the JSON Schema, which the models give."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema

from relu_anim.facts import joined

Node = dict[str, Any]
LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
LARGE = 1e15  # a limit that nobody meets
TYPES = {"boolean": "true or false", "null": "null", "object": "a mapping of keys", "string": "text"}
FORMATS = {"formula": "a formula", "step": "a step such as 'step 12'"}


class Schema(GenerateJsonSchema):
    """The schema as pydantic makes it, with limits by the names that JSON Schema has for them, also of numbers that may
    be written in another way."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        """The schema of a model."""
        made: JsonSchemaValue = _with_limits(super().generate(schema, mode))
        return made


def _with_limits(node: Any) -> Any:
    if isinstance(node, list):
        return list(map(_with_limits, node))
    return (
        {LIMITS.get(key, key): _with_limits(inner) for key, inner in node.items()} if isinstance(node, dict) else node
    )


@functools.cache
def schema_of(model: type[BaseModel]) -> Node:
    """The JSON Schema of a model; not to be changed."""
    return model.model_json_schema(schema_generator=Schema)


def members(node: Node, schema: Node) -> Iterator[Node]:
    """A schema's node, and those that it gives the choice of, however deep."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    yield node
    for member in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from members(member, schema)


@dataclass(frozen=True)
class Key:
    """A key of a config: its dotted path, and its node of the schema. `owner`: the name of the one of several mappings
    to which it belongs, such as adam; or nothing. `parent`: the key in whose mapping it stands, and `listed`, whether
    that is an item of a list."""

    path: str
    node: Node
    schema: Node
    owner: str = ""
    parent: Key | None = None
    listed: bool = False

    @property
    def description(self) -> str:
        """What it is."""
        return str(self.node["description"])

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return "default" not in self.node

    @property
    def is_section(self) -> bool:
        """Whether it is a mapping of keys, and nothing else."""
        return all("properties" in member for member in members(self.node, self.schema) if "$ref" not in member)

    @property
    def is_in_list(self) -> bool:
        """Whether it stands in an item of a list, or in that of a list above it."""
        return self.listed or (self.parent is not None and self.parent.is_in_list)

    def children(self) -> Iterator[Key]:
        """The keys of the mappings that it may be, in lists too."""
        for member, listed in _parts(self.node, self.schema):
            properties = member.get("properties", {})
            owner = properties.get("name", {}).get("const", "")
            for name, node in properties.items():
                if "const" not in node or name == "kind":
                    path = f"{self.path}.{name}".lstrip(".")
                    yield Key(path, node, self.schema, owner, self, listed)

    def walk(self) -> Iterator[Key]:
        """Those keys, and theirs."""
        for key in self.children():
            yield key
            yield from key.walk()

    def names(self) -> dict[str, str]:
        """The names that it may be, or that a list of it may hold, each with its summary."""
        found: dict[str, str] = {}
        for member, _ in _parts(self.node, self.schema):
            names = member.get("enum", ())
            found |= dict(zip(names, member.get("enumDescriptions", [""] * len(names)), strict=True))
        return found

    @property
    def default(self) -> Any:
        """Its default as it is written, or None."""
        return plain(self.node.get("default"))

    def example(self) -> Any:
        """A value to write that is not the default, if that is told or there is one: another name, true for false."""
        if "examples" in self.node:
            return self.node["examples"][0]
        default = self.node.get("const", self.default)
        if isinstance(default, bool):
            return not default
        other = next((name for name in self.names() if name != default), default)
        return [other] if self.node.get("type") == "array" and other != default else other

    def type(self) -> str:
        """What it may be, in words."""
        return _type(self.node, self.schema)


def plain(value: Any) -> Any:
    """A value with whole numbers as a person writes them: 5, not 5.0."""
    if isinstance(value, list):
        return list(map(plain, value))
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


@functools.cache
def keys_of(model: type[BaseModel]) -> tuple[Key, ...]:
    """Every key of a kind of config, sections before what is in them."""
    return tuple(root_of(model).walk())


def root_of(model: type[BaseModel]) -> Key:
    """The config itself as a key, without a name."""
    schema = schema_of(model)
    return Key("", schema, schema)


def _parts(node: Node, schema: Node, listed: bool = False) -> Iterator[tuple[Node, bool]]:
    """The choices of a node, and those of the items of lists among them, which are listed."""
    for member in members(node, schema):
        yield member, listed
        if "items" in member:
            yield from _parts(member["items"], schema, True)


def _type(node: Node, schema: Node) -> str:
    choices = [_one_type(member, schema) for member in members(node, schema)]
    return joined(dict.fromkeys(filter(None, choices)))


def _one_type(node: Node, schema: Node) -> str:
    """One of the choices in words; nothing of a node that only gives choices."""
    if "enum" in node:
        return "a name" if len(node["enum"]) > 2 else joined(node["enum"])
    if "const" in node:
        return str(node["const"])
    kind = node.get("type", "")
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _limits(node)
    if kind == "array" and "prefixItems" in node:
        return f"a pair, each {_type(node['prefixItems'][0], schema)}"
    if kind == "array":
        return f"[{_type(node['items'], schema)}, …]"
    if only := node.get("propertyNames", {}).get("const"):
        return f"{{{only}: {_type(node['additionalProperties'], schema)}}}"
    return FORMATS.get(node.get("format", ""), TYPES.get(kind, ""))


def _limits(node: Node) -> str:
    """The limits of a number in words."""
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    parts = [f"{word} {node[key]:,}" for key, word in words.items() if abs(node.get(key, LARGE)) < LARGE]
    return f" {' '.join(parts)}" if parts else ""
