"""Kinds of values that keys of a config have: numbers with limits, intervals, formulas, activations, short forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Tag,
    create_model,
    model_serializer,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from relu_anim.activations import ACTIVATIONS, Activation, from_formula, named
from relu_anim.config.places import describe
from relu_anim.expressions import FUNCTIONS, FormulaError, constant, parse
from relu_anim.facts import summary
from relu_anim.numbers import written
from relu_anim.spelling import number_advice
from relu_anim.targets import TARGETS, function

LARGEST = 1e15  # its square, as a loss takes it, is still far from the largest number that training can hold


class OneOf:
    """In `Annotated[str, OneOf(table)]`: a text that is one of these names, of which the schema has the summaries."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.names = list(table)
        self.summaries = list(map(summary, table.values()))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.names)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler(schema)
        return {**found, "enumDescriptions": self.summaries} if "enum" in found else found


class Section(BaseModel):
    """A part of a config: frozen, and strict about keys and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


# ---------------------------------------------------------------- text and numbers


def printable(text: str) -> str:
    """`text`, if it is one line without control characters."""
    if not text.isprintable():
        advice = "; > in place of | joins lines" if "\n" in text else ""
        raise PydanticCustomError("unprintable", "must be one line of printable characters{advice}", {"advice": advice})
    return text


Title = Annotated[str, Field(max_length=120), AfterValidator(printable)]
FilmTitle = Annotated[
    Title,
    Field(
        description="at the top left of each frame; numbers in braces are counted: {knots}, {loss}",
        examples=["Two units learn x²"],
    ),
]
Alt = Annotated[
    str,
    Field(
        max_length=2000,
        description="what the picture shows, for who does not see it; else it is written from the numbers",
    ),
    AfterValidator(printable),
]


def _whole(value: Any) -> Any:
    """`1e3` is a float for YAML, but a whole number for a person."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST else value


def _pair(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) != 2:
        raise PydanticCustomError("pair", "needs two values, got {given}", {"given": len(value)})
    return value


def _constant(value: Any) -> Any:
    """The number that a formula such as 2*pi stands for; the resolved config holds the number."""
    if not isinstance(value, str):
        return value
    try:
        return constant(value)
    except FormulaError as error:
        if advice := number_advice(value):
            message = "expected a number, got {got}; {advice}"
            raise PydanticCustomError("no_number", message, {"got": describe(value), "advice": advice}) from None
        raise _wrong_formula(error) from None


def _wrong_formula(error: FormulaError) -> PydanticCustomError:
    return PydanticCustomError("formula", "{text}", {"text": error.message, "column": error.column})


def _ascending(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        raise PydanticCustomError("order", "the first number must be below the second")
    return pair


Formula = Annotated[str, Field(json_schema_extra={"format": "formula"})]  # as the schema names it
Step = Annotated[str, Field(json_schema_extra={"format": "step"})]
Count = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int)]
Seed = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int), Field(ge=0, lt=2**63)]
Size = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int), Field(ge=100, le=4000)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Real = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Pair = BeforeValidator(_pair)
Coordinate = Annotated[Real, BeforeValidator(_constant, json_schema_input_type=Real | Formula)]
Interval = Annotated[tuple[Coordinate, Coordinate], AfterValidator(_ascending), Pair]


def _domain_tag(value: Any) -> str:
    """The member of the union that this is to be."""
    is_nested = isinstance(value, tuple) and any(isinstance(inner, tuple) for inner in value)
    return "one for each input" if is_nested else "interval"


Domain = Annotated[
    Annotated[Interval, Tag("interval")] | Annotated[tuple[Interval, Interval], Pair, Tag("one for each input")],
    Discriminator(_domain_tag),
]


BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def _bytes(value: Any) -> Any:
    """1MB is 10⁶ bytes."""
    if not isinstance(value, str):
        return _whole(value)
    found = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]*)\s*", value.lower(), re.ASCII)
    if found is None or found[2] not in BYTES:
        raise PydanticCustomError("bytes", "a size is a number of bytes: write 1MB, 500kB or 800000")
    return round(float(found[1]) * BYTES[found[2]])


Bytes = Annotated[int, BeforeValidator(_bytes, json_schema_input_type=int | str), Field(ge=1000, le=10**12)]


def _step(value: Any) -> Any:
    """`step  012` is step 12, and so is `{step: 12}`."""
    if isinstance(value, dict) and [*value] == ["step"]:
        value = f"step {value['step']}"
    if not isinstance(value, str):
        return value
    if (found := re.fullmatch(r"\s*step\s+(\d{1,12})\s*", value, re.ASCII)) is None:
        raise PydanticCustomError("moment", "a moment is a number of epochs, or a step: write 40, or step 120")
    return f"step {int(found[1])}"


Moment = Annotated[
    NonNegative | str,
    BeforeValidator(_step, json_schema_input_type=NonNegative | Step | dict[Literal["step"], int]),
]


def moment_step(moment: float | str, steps: int) -> float:
    """The step of a moment where an epoch has so many."""
    return float(moment.removeprefix("step ")) if isinstance(moment, str) else moment * steps


def moment_words(moment: float | str) -> str:
    """A moment in words: «epoch 5», «step 12»."""
    return moment_name(moment).replace("-", " ", 1)


def moment_parts(moment: float | str) -> tuple[str, str]:
    """What a moment counts, and its number as pictures have it: epoch and 5, step and 1 200."""
    return (
        ("step", written(int(moment.removeprefix("step ")))) if isinstance(moment, str) else ("epoch", written(moment))
    )


def moment_name(moment: float | str) -> str:
    """A moment as names of files have it: epoch-5, step-12."""
    return moment.replace(" ", "-") if isinstance(moment, str) else f"epoch-{moment:.12g}"


# ---------------------------------------------------------------- formulas


def _formula(text: str, names: tuple[str, ...], parse: Callable[[str], object] = parse) -> str:
    """`text` if it is a name or a formula in x, else an error that points into it."""
    if text in names:
        return text
    if re.fullmatch(r"[A-Za-z_]\w+", text, re.ASCII) and text not in FUNCTIONS and text not in ("pi",):
        raise PydanticCustomError("unknown_name", "", {"given": text, "names": names})
    try:
        parse(text)
    except FormulaError as error:
        raise _wrong_formula(error) from None
    return text


TargetFunction = Annotated[
    str,
    BeforeValidator(lambda text: text, json_schema_input_type=Annotated[str, OneOf(TARGETS)] | Formula),
    AfterValidator(lambda text: _formula(text, tuple(TARGETS), function)),
]


# ---------------------------------------------------------------- activations


class NamedActivation(Section):
    """An activation of the table; each has a model of its own with its parameters."""

    name: str = Field(description="a name of `relu-anim list activations`")

    def activation(self) -> Activation:
        """The function that this names."""
        return named(self.name, **self.model_dump(mode="python", exclude={"name"}))

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> Any:
        full = handler(self)
        return full["name"] if full == {"name": self.name, **ACTIVATIONS[self.name].parameters} else full


class FormulaActivation(Section):
    """A formula in x used as an activation function."""

    formula: Annotated[str, AfterValidator(lambda text: _formula(text, ()))] = Field(
        description="a formula in x", examples=["x*sigmoid(x)"]
    )

    def activation(self) -> Activation:
        """The function that this formula is."""
        return from_formula(parse(self.formula))

    @model_serializer
    def _short(self) -> str:
        return self.formula


AnyActivation = NamedActivation | FormulaActivation


def _activation_model(activation: Activation) -> type[NamedActivation]:
    of = activation.summary
    fields: dict[str, Any] = {
        key: (Real, Field(default=value, description=f"of {of}")) for key, value in activation.parameters.items()
    }
    fields["name"] = (Literal[activation.name], Field(description=of))
    return create_model(f"{activation.name}_activation", __base__=NamedActivation, __doc__=activation.summary, **fields)


def _activation(value: Any) -> Any:
    """Text becomes `{name: ...}` or `{formula: ...}`; anything else that is no mapping is refused here."""
    if isinstance(value, str):
        is_name = value in ACTIVATIONS or (re.fullmatch(r"[A-Za-z_]\w+", value, re.ASCII) and value not in FUNCTIONS)
        return {"name": value} if is_name else {"formula": value}
    if isinstance(value, dict) and ("name" in value) != ("formula" in value):
        return value
    message = "write a name (relu), a mapping ({{name: leaky_relu, negative_slope: 0.1}}) or a formula in x; got {got}"
    raise PydanticCustomError("activation", message.replace("{{", "{").replace("}}", "}"), {"got": describe(value)})


def _activation_tag(value: Any) -> str:
    """The member of the union that this is to be; "" for a name that is no activation's."""
    if isinstance(value, dict):
        return "formula" if "formula" in value else next((name for name in ACTIVATIONS if name == value["name"]), "")
    return "formula" if isinstance(value, FormulaActivation) else value.name


_tagged: Any = Annotated[FormulaActivation, Tag("formula")]
for _name, _known in ACTIVATIONS.items():
    _tagged = _tagged | Annotated[_activation_model(_known), Tag(_name)]
_as_written: Any = Annotated[str, OneOf(ACTIVATIONS)] | Formula | Annotated[_tagged, Discriminator(_activation_tag)]

ActivationSpec = Annotated[
    _tagged, Discriminator(_activation_tag), BeforeValidator(_activation, json_schema_input_type=_as_written)
]
ActivationSpecs = Annotated[
    tuple[ActivationSpec, ...],
    BeforeValidator(
        lambda value: value if isinstance(value, tuple) else (value,),
        json_schema_input_type=_as_written | tuple[_as_written, ...],
    ),
]
