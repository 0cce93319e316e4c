"""The cells of `animation.panels`: a panel's name, or its name with options, which its row in `facts` declares."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from relu_anim.config.values import Count, Moment, OneOf, Section
from relu_anim.facts import PANELS, Option

EMPTY = "."  # a cell without a panel


@dataclass(frozen=True)
class Cell:
    """A panel as a cell names it, with all its options. Cells are equal where name and options are."""

    name: str
    settings: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, options: Mapping[str, Any] | None = None) -> Cell:
        """The cell with these options, and the defaults of all others."""
        declared = PANELS[name].options if name in PANELS else {}
        return cls(name, tuple((key, (options or {}).get(key, row.default)) for key, row in declared.items()))

    @property
    def options(self) -> dict[str, Any]:
        """The value of every option."""
        return dict(self.settings)

    def short(self) -> str | dict[str, dict[str, Any]]:
        """The cell as it is written: a name where all options are the default ones."""
        return self.name if self == Cell.of(self.name) else {self.name: self.options}

    def __str__(self) -> str:
        short = self.short()
        return short if isinstance(short, str) else f"{self.name} {json.dumps(self.options)}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        names: Any = Annotated[str, OneOf({**PANELS, EMPTY: "a gap"})]
        written = handler.generate_schema(names | WithOptions if WithOptions.model_fields else names)
        short = core_schema.plain_serializer_function_ser_schema(cls.short)
        return core_schema.no_info_wrap_validator_function(_cell, written, serialization=short)


def _cell(value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Cell:
    """A name or a mapping as a cell."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = value
        if name in PANELS and not PANELS[name].options:
            raise PydanticCustomError("no_options", "{name} has no options; write its name alone", {"name": name})
    if isinstance(value, Mapping) and (advice := _several(value)):
        raise PydanticCustomError("one_panel", "a cell holds one panel, {advice}", {"advice": advice})
    written = handler(value)
    if isinstance(written, str):
        return Cell.of(written)
    (name,) = written.model_fields_set
    return Cell.of(name, getattr(written, name).model_dump())


def _several(value: Mapping[str, Any]) -> str:
    """What to say of a mapping with the name of a panel as a value, or with those of several, or of none, as keys."""
    name, options = value.get("name"), [f"{key}: …" for key in value if key != "name"]
    if isinstance(name, str) and name in PANELS:
        instead = f"{{{name}: {{{', '.join(options)}}}}}" if options else name
        return f"whose name is the key; write {instead}"
    if len(value) == 1 or not value.keys() <= PANELS.keys():
        return ""
    return "with its options" + "; write a mapping for each" * bool(value)


def _field(option: Option) -> tuple[Any, Any]:
    """The type of an option, and its default."""
    value = Field(default=option.default, description=option.summary)
    if option.values:
        return Literal[option.values], value
    if isinstance(option.default, tuple):
        return tuple[Moment, ...], value
    kind: Any = type(option.default)
    if kind in (int, float):
        limits: dict[str, Any] = {"ge": option.least, "le": option.most}
        limits = {name: limit for name, limit in limits.items() if math.isfinite(limit)}
        kind = Annotated[Count if kind is int else float, Field(**limits)]
    return kind, value


def _options_of(name: str) -> type[Section]:
    """The options of a panel as a section."""
    fields: dict[str, Any] = {key: _field(option) for key, option in PANELS[name].options.items()}
    return create_model(f"{name}_options", __base__=Section, __doc__=f"Options of the panel {name}.", **fields)


class OnePanel(Section):
    """A panel with its options."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})


_panels: dict[str, Any] = {
    name: (_options_of(name), Field(default=None, description=row.summary))
    for name, row in PANELS.items()
    if row.options
}
WithOptions = create_model("PanelWithOptions", __base__=OnePanel, __doc__=OnePanel.__doc__, **_panels)
