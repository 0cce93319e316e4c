"""What to write in place of a value that is nearly right: a list that is written as text, a decimal comma, None, an
option without its name, a number with its unit."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from relu_anim.config.places import Mark, Path_
from relu_anim.config.syntax import in_quotes, is_alone
from relu_anim.expressions import FormulaError, constant
from relu_anim.facts import PANELS, Option
from relu_anim.spelling import closest, number_advice, numbers_meant

A_VARIANT = "{label: tanh, set: {model.activation: tanh}}"
NUMBERS = {"size": "[700, 500]", "domain": "[-5, 5]", "layer_sizes": "[1, 20, 1]", "ylim": "[0, 1]"}
IN_PIXELS = "; it is in pixels, 96 an inch"
LEAST_PIXELS = 100
BOTH_SIDES = ", which is marked on both sides of 0"
A_MOMENT = "; write 40, or step 120"
A_CAPTION = "{at: 40, text: it bends}"
LISTS = {
    "formats": "[gif, png]",
    "metrics": "[loss]",
    "variants": f"[{A_VARIANT}]",
    "captions": f"[{A_CAPTION}]",
}
MAPPINGS = {
    "captions": A_CAPTION,
    "variants": A_VARIANT,
    "target": "{function: x**2}",
    "data": "{samples: 2560}",
    "model": "{layer_sizes: [1, 20, 1]}",
    "init": "{weights: he_normal, bias: 0.1}",
    "training": "{epochs: 500}",
    "optimizer": "{name: sgd, lr: 0.01}",
    "animation": "{theme: dark}",
    "output": "{formats: [gif]}",
    "arrange": "{loss: overlay}",
}
A_CHOSEN_SEED = "; write a number, or {best_of: 64}"
TRUTH = {**dict.fromkeys(("yes", "on", "y"), "true"), **dict.fromkeys(("no", "off", "n"), "false")}
REQUIRED = ("label", "functions", "every", "layer_sizes", "target", "model", "set")  # keys that cannot be left out
NOTHING = ("None", "none", "nil", "undefined")
BETWEEN = re.compile(r"\s*(?:\.\.+|…|[,;:|+&]|(?<=\d)\s*[x×–-](?=\s*[-\d])|\bto\b|(?<=\w)\s(?=\s*[-\w]))\s*", re.ASCII)
LONGEST = 100  # characters of a text that may be meant as a list
NUMBER = {"float_type", "finite_number"}  # and what expects a number
MAPPING = {"model_type", "model_attributes_type", "dict_type"}  # pydantic's names of what expects one
SECONDS = {**dict.fromkeys(("s", "sec", "second", "seconds"), 1), **dict.fromkeys(("ms", "millis"), 0.001)}
TIMES, SHARE = {"x": 1, "×": 1, "%": 0.01}, {"%": 0.01}
PIXELS = {"px": 1, "pixels": 1, "in": 96, "inch": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72}
UNITS: Mapping[str, Mapping[str, float]] = {  # in which somebody may write these keys, and how much one is
    "hold": SECONDS,
    "hold_first": SECONDS,
    "seconds": SECONDS,
    "scale": TIMES,
    "text_scale": TIMES,
    "above": SHARE,
    "test_fraction": SHARE,
    "size": PIXELS,
    "fps": {"fps": 1, "hz": 1},
}
WITH_UNIT = re.compile(r"\s*([-+\d.,]+)\s*([a-z]+|[%×])\s*", re.IGNORECASE)


def hint(kinds: Collection[str], path: Path_, given: Any, mark: Mark) -> str:
    """What to write instead, «; write [-5, 5]», or nothing. `kinds` are pydantic's names of what was expected at this
    path and place."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if path == ("animation", "theme") and isinstance(given, str):
        return "; a theme of your own is a file beside the config, brand.yaml, say"
    if path[:2] == ("animation", "highlight"):
        return "; write [[1, 3]] for unit 3 of layer 1"
    if path == ("seed",):
        return "" if isinstance(given, bool | float) else A_CHOSEN_SEED
    if "string_type" in kinds and given is not None:
        return A_MOMENT if NUMBER & set(kinds) else _text(given, mark)
    is_mapping = bool(MAPPING & set(kinds))
    if (given is None or given in NOTHING) and path[-1] == key and key not in REQUIRED and not is_mapping:
        return "; write 0, or leave this key out" if UNITS.get(key) is SECONDS else "; leave this key out"
    if "tuple_type" in kinds and (advice := _list(key, given)):
        return advice
    return _mapping(path, key, given) if is_mapping else _scalar(kinds, key, given)


def _text(given: Any, mark: Mark) -> str:
    """What to write for a text that YAML takes for something else."""
    if isinstance(given, (dict, tuple)):
        return f"; write {in_quotes(mark)}" if is_alone(mark) else "; put a text with such signs in quotes"
    return "; put it in quotes" if isinstance(given, (int, float)) else ""


def _list(key: str, given: Any) -> str:
    """What to write where a list is expected: what is given, in the form of one, or an example."""
    if instead := as_list(given, of_numbers=key in NUMBERS):
        return f"; write {instead}"
    if key in NUMBERS:
        return f"; write {NUMBERS[key]}, say"
    if not isinstance(given, dict):
        return ""
    if all(map(str.isdecimal, given)):
        return "; set the whole list"
    if set(given) <= ({"label", "set"} if key == "variants" else set(PANELS)) and key != "metrics":
        return "; put it in [ ], as a list of one"
    return f"; write {LISTS[key]}, say" if key in LISTS else ""


def _scalar(kinds: Collection[str], key: str, given: Any) -> str:
    """What to write where a number, or true or false, is expected."""
    if key == "size" and isinstance(given, float):
        return IN_PIXELS
    if key == "pair" and isinstance(given, tuple):
        return "; write one number" + BOTH_SIDES
    if not isinstance(given, str):
        return ""
    if "bool_type" in kinds and given.lower() in TRUTH:
        return f"; write {TRUTH[given.lower()]}"
    if {"float_type", "int_type"} & set(kinds):
        return _of_number(given, is_whole="float_type" not in kinds, key=key)
    return ""


def beyond(path: Path_, given: Any) -> str:
    """What to write instead of a number that is outside of the limits of its key: a share in percent, milliseconds,
    inches; or nothing."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if (right := _within(key, given)) != given:
        unit = "it is in seconds, " if UNITS.get(key) is SECONDS else ""
        return f"; {unit}write {right:g}" + BOTH_SIDES * (key == "pair")
    if key == "loop":
        return "; write forever" if given == 0 else ""
    return IN_PIXELS if key == "size" and given < LEAST_PIXELS else ""


def _within(key: str, given: float) -> float:
    """The number that is meant with one that is outside of the limits of its key, or itself."""
    if UNITS.get(key) is SHARE and 1 < given < 100:
        return given / 100
    if UNITS.get(key) is SECONDS and 600 < given <= 600_000:
        return given / 1000
    return abs(given) if key == "pair" else given  # which marks both sides of 0


def _mapping(path: Path_, key: str, given: Any) -> str:
    """What to write where a mapping is expected, which a key and a value were meant as."""
    if key == "snapshots":
        is_small = isinstance(given, int) and 0 < given <= 1_000_000
        text = given[:LONGEST] if isinstance(given, str) else str(given) if is_small else ""
        number = re.search(r"(?<![-.\d])[1-9]\d{0,6}(?![.\d])", text)
        return f"; write {{every: {number[0]}}}" if number else "; for each n-th epoch write {every: 50}, say"
    if path[:2] == ("animation", "panels") and key in PANELS:
        return f"; write {option(PANELS[key].options, given)}" + ", or the name alone" * (given in (None, False))
    if given is None:
        return "; write its keys below it, further in"
    return f"; write {MAPPINGS[key]}, say" if key in MAPPINGS else ""


def option(options: Mapping[str, Option], given: Any) -> str:
    """The options as a mapping that holds what is given, where it fits one of them: «{of: activations}»."""
    for name, row in options.items():
        if value := _fitting(name, row, given):
            return f"{{{name}: {value}}}"
    name = given if isinstance(given, str) and given in options else next(iter(options))
    usual = options[name].default
    examples = {bool: str(not usual).lower(), str: "a text"}
    return f"{{{name}: {options[name].values[-1] if options[name].values else examples.get(type(usual), 'a number')}}}"


def _fitting(name: str, row: Option, given: Any) -> str:
    """The value that an option may have of what is given, as it is written; nothing where that does not fit."""
    if row.values:
        return (closest(given, row.values) or "") if isinstance(given, str) else ""
    number = _amount(name, given) if type(row.default) in (int, float) else None
    meant = None if number is None else _within(name, number)
    return f"{meant:g}" if meant is not None and row.least <= meant <= row.most else ""


def _amount(key: str, given: Any) -> float | None:
    """The number that is given, also with a unit in which this key may be written."""
    if isinstance(given, str):
        return _with_unit(given, key)
    return given if isinstance(given, (int, float)) and not isinstance(given, bool) else None


def torn(key: str, value: Any) -> str:
    """What to say of what YAML takes for a key without value: the rest of a value behind a comma, or a key and a value
    that no space parts."""
    if value is not None or key.isidentifier():
        return ""
    if ":" in key:
        return "write a space behind the colon"
    return "decimals are written with a point, as in 0.01" if key.isdecimal() else "put a value with a comma in quotes"


def as_list(given: Any, of_numbers: bool = False) -> str:
    """A text that was meant as a list as YAML writes it: «[-5, 5]» for -5..5; nothing for what is no list."""
    parts = items(given) if isinstance(given, str) else []
    are_names = not of_numbers and all(part.isidentifier() for part in parts)
    are_numbers = len(parts) > 1 and all(_number(part) is not None for part in parts)
    return f"[{', '.join(parts)}]" if parts and (are_names or are_numbers) else ""


def items(text: str) -> Sequence[str]:
    """The parts of a text such as «-5..5», «700x500», «1-20-1» or «relu, tanh»; none of a long one."""
    if len(text) > LONGEST:
        return []
    text = text.strip().replace("−", "-").replace("‑", "-")
    inner = text[1:-1] if (text[:1], text[-1:]) in (("(", ")"), ("[", "]"), ("{", "}")) else text
    return [part.strip() for part in BETWEEN.split(inner) if part.strip()]


def _number(text: str) -> float | None:
    """The finite number that a formula stands for."""
    try:
        value = constant(text)
    except FormulaError:
        return None
    return value if math.isfinite(value) else None


def _of_number(text: str, is_whole: bool, key: str) -> str:
    """The number that was meant: «; write 0.01» for 0,01, for 1/100 and of a share for 1%; or nothing."""
    if meant := number_advice(text, is_whole):
        return f"; {meant}"
    value = _number(text) if len(text) <= LONGEST else None
    if value is None and (value := _with_unit(text, key)) is not None and is_whole:
        value = float(round(value))
    return "" if value is None or (is_whole and not value.is_integer()) else f"; write {value:.15g}"


def _with_unit(text: str, key: str) -> float | None:
    """What a number and a unit stand for, in which this key may be written: 0.8 for 80%."""
    found = WITH_UNIT.fullmatch(text) if len(text) <= LONGEST else None
    factor = UNITS.get(key, {}).get(found[2].lower()) if found else None
    numbers = numbers_meant(found[1]) if found else []
    return float(numbers[0]) * factor if factor and numbers else None
