"""What to write in place of a value that is nearly right: a list that is written as text, a decimal comma, None."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from relu_anim.config.places import Path_
from relu_anim.expressions import FormulaError, constant
from relu_anim.spelling import number_advice

EXAMPLES = {"size": "[700, 500]", "domain": "[-5, 5]", "layer_sizes": "[1, 20, 1]", "ylim": "[0, 1]"}
A_CHOSEN_SEED = "; write a number, or {best_of: 64}"
TRUTH = {**dict.fromkeys(("yes", "on", "y"), "true"), **dict.fromkeys(("no", "off", "n"), "false")}
NOTHING = ("None", "none", "nil", "undefined")
BETWEEN = re.compile(r"\s*(?:\.\.+|…|[,;:|+&]|(?<=\d)\s*[x×–-](?=\s*[-\d])|\bto\b|(?<=\w)\s(?=\s*[-\w]))\s*", re.ASCII)
LONGEST = 100  # characters of a text that may be meant as a list


def hint(kinds: Collection[str], path: Path_, given: Any) -> str:
    """«; write [-5, 5]», or nothing; `kinds` are pydantic's names of what was expected at this path."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if path == ("seed",):
        return "" if isinstance(given, bool | float) else A_CHOSEN_SEED
    if "string_type" in kinds and isinstance(given, (int, float)):
        return "; put it in quotes"
    if "tuple_type" in kinds and (instead := as_list(given) or EXAMPLES.get(key)):
        return f"; write {instead}" + ", say" * (not as_list(given))
    if not isinstance(given, str):
        return ""
    if "bool_type" in kinds and given.lower() in TRUTH:
        return f"; write {TRUTH[given.lower()]}"
    if given in NOTHING:
        return "; write null"
    if {"float_type", "int_type"} & set(kinds):
        return _number(given, is_whole="float_type" not in kinds)
    return ""


def torn(key: str, value: Any) -> str:
    """What to say of a key that is the rest of a value, torn off at a comma between curly brackets."""
    if value is not None or key.isidentifier():
        return ""
    return "decimals are written with a point, as in 0.01" if key.isdecimal() else "put a value with a comma in quotes"


def as_list(given: Any) -> str:
    """«[-5, 5]» for -5..5, «[relu, tanh]» for relu, tanh; nothing for what is no list."""
    if not isinstance(given, str) or len(given) > LONGEST:
        return ""
    parts = items(given)
    is_list = all(part.isidentifier() for part in parts) or (len(parts) > 1 and all(map(_is_number, parts)))
    return f"[{', '.join(parts)}]" if parts and is_list else ""


def items(text: str) -> Sequence[str]:
    """The parts of a text such as «-5..5», «700x500», «1-20-1» or «relu, tanh»."""
    text = text.strip().replace("−", "-").replace("‑", "-")
    inner = text[1:-1] if (text[:1], text[-1:]) in (("(", ")"), ("[", "]"), ("{", "}")) else text
    return [part.strip() for part in BETWEEN.split(inner) if part.strip()]


def _is_number(text: str) -> bool:
    try:
        constant(text)
    except FormulaError:
        return False
    return True


def _number(text: str, is_whole: bool) -> str:
    """«; write 0.01» for 0,01 and for 1/100."""
    if meant := number_advice(text, is_whole):
        return f"; {meant}"
    if len(text) <= LONGEST and _is_number(text):
        return f"; write {constant(text):.15g}"
    return ""
