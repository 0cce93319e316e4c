"""What to write in place of a value that is nearly right: a list that is written as text, a decimal comma, None."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Any

from relu_anim.config.places import Mark, Path_
from relu_anim.config.syntax import in_quotes, is_alone
from relu_anim.expressions import FormulaError, constant
from relu_anim.spelling import number_advice

EXAMPLES = {"size": "[700, 500]", "domain": "[-5, 5]", "layer_sizes": "[1, 20, 1]", "ylim": "[0, 1]"}
A_CHOSEN_SEED = "; write a number, or {best_of: 64}"
TRUTH = {**dict.fromkeys(("yes", "on", "y"), "true"), **dict.fromkeys(("no", "off", "n"), "false")}
NOTHING = ("None", "none", "nil", "undefined")
BETWEEN = re.compile(r"\s*(?:\.\.+|…|[,;:|+&]|(?<=\d)\s*[x×–-](?=\s*[-\d])|\bto\b|(?<=\w)\s(?=\s*[-\w]))\s*", re.ASCII)
LONGEST = 100  # characters of a text that may be meant as a list


def hint(kinds: Collection[str], path: Path_, given: Any, mark: Mark) -> str:
    """What to write instead, «; write [-5, 5]», or nothing. `kinds` are pydantic's names of what was expected at this
    path and place."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if path == ("seed",):
        return "" if isinstance(given, bool | float) else A_CHOSEN_SEED
    if "string_type" in kinds and isinstance(given, (int, float)):
        return "; put it in quotes"
    if "string_type" in kinds and isinstance(given, (dict, tuple)):
        return f"; write {in_quotes(mark)}" if is_alone(mark) else "; put a text with such signs in quotes"
    if "tuple_type" in kinds and (instead := as_list(given, of_numbers=key in EXAMPLES)):
        return f"; write {instead}"
    if "tuple_type" in kinds and key in EXAMPLES:
        return f"; write {EXAMPLES[key]}, say"
    if not isinstance(given, str):
        return ""
    if "bool_type" in kinds and given.lower() in TRUTH:
        return f"; write {TRUTH[given.lower()]}"
    if given in NOTHING:
        return "; leave this key out"
    if {"float_type", "int_type"} & set(kinds):
        return _of_number(given, is_whole="float_type" not in kinds)
    return ""


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


def _of_number(text: str, is_whole: bool) -> str:
    """The number that was meant: «; write 0.01» for 0,01 and for 1/100; or nothing."""
    if meant := number_advice(text, is_whole):
        return f"; {meant}"
    value = _number(text) if len(text) <= LONGEST else None
    return "" if value is None or (is_whole and not value.is_integer()) else f"; write {value:.15g}"
