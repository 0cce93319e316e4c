"""An author's own colours."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, create_model, model_serializer
from pydantic_core import PydanticCustomError

from relu_anim.activations import ACTIVATIONS
from relu_anim.config.places import describe
from relu_anim.config.values import Section
from relu_anim.spelling import closest, plain
from relu_anim.themes import to_hex

DIGITS = "[0-9a-fA-F]"
IN_QUOTES = '; a colour that begins with # stands in quotes, as in "#1b9e77"'  # else it is a comment


def _color(value: Any) -> str:
    """Any way to write a colour as #rrggbb."""
    if isinstance(value, str):
        text = value.strip().lower()
        if re.fullmatch(f"#{DIGITS}{{3}}", text):
            return "#" + "".join(2 * digit for digit in text[1:])
        found = text if re.fullmatch(f"#{DIGITS}{{6}}", text) else _css_names().get(plain(text))
        if found:
            return found
    message, context = "expected a colour, got {got}{advice}", {"got": describe(value), "advice": _advice(value)}
    raise PydanticCustomError("color", message, context)


def _css_names() -> dict[str, str]:
    from PIL.ImageColor import colormap, getrgb  # which has those of CSS, and numbers for those that somebody used

    return {name: "#{:02x}{:02x}{:02x}".format(*getrgb(name)) for name in colormap}


def _advice(value: Any) -> str:
    """What to write for something that is no colour here."""
    from PIL.ImageColor import getrgb  # which reads rgb(27, 158, 119), hsl(…) and #rrggbbaa

    if value is None:
        return IN_QUOTES
    text = f"{value:06}" if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        return ""
    if re.fullmatch(f"{DIGITS}{{3}}|{DIGITS}{{6}}", text):
        return f'; write "#{text}"'
    try:
        return f'; write "{to_hex(part / 255 for part in getrgb(text)[:3])}"'
    except ValueError:
        meant = closest(text, _css_names())
        return f"; did you mean {meant}?" if meant else '; write "#rgb", "#rrggbb" or a name of CSS such as steelblue'


Color = Annotated[str, BeforeValidator(_color, json_schema_input_type=str)]


class Given(Section):
    """Of which only those keys are told that are there."""

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value}


PARTS_OF_PICTURES = {
    "network": "of the network's curve, and of ReLU where that has none",
    "target": "of what is learned",
    "background": "of the page",
    "ink": "of words and axes",
    **{name: f"of {activation.title} wherever it is shown" for name, activation in ACTIVATIONS.items()},
}
_single: dict[str, Any] = {
    name: (Color, Field(default=None, description=of, examples=["#1b9e77"])) for name, of in PARTS_OF_PICTURES.items()
}
_rows: dict[str, Any] = {
    "units": (
        Annotated[tuple[Color, ...], Field(min_length=1, max_length=64)],
        Field(default=None, description="of the units, in turn", examples=[["#1b9e77", "#d95f02"]]),
    ),
    "classes": (
        Annotated[tuple[Color, ...], Field(min_length=2, max_length=10)],
        Field(default=None, description="of the classes, in turn", examples=[["#1b9e77", "#d95f02"]]),
    ),
}
_Palette: Any = create_model("_Palette", __base__=Given, **_single, **_rows)


class Palette(_Palette):  # type: ignore[misc]  # which is made of a table
    """Colours by what they are for."""


class Colors(Palette):
    """Colours over those of the theme, and some for light themes and for the dark one alone."""

    light: Palette = Field(default=Palette(), description="colours in light themes alone")
    dark: Palette = Field(default=Palette(), description="colours in the dark theme alone")

    def over(self, part: str) -> tuple[tuple[str, Any], ...]:
        """The colours that are given for themes of this part, light or dark."""
        own = self.model_dump()
        return tuple({key: value for key, value in (own | own.get(part, {})).items() if key not in PARTS}.items())


PARTS = ("light", "dark")
