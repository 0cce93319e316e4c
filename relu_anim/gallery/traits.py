"""What a gallery tells of an output: the words by which it is found, its numbers, and its config as text.

Configs come from summaries and from inside of films, and may have been changed there by anybody: what has not the shape
that it should have is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from relu_anim.facts import METRICS
from relu_anim.numbers import percent, written

UNPRINTABLE = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*")  # of a text that needs no quotes, unless it is
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # something else
NAMES = {"epoch": "epochs", "step": "steps", "seed": "seed"}  # of numbers that are no metrics
TITLES = {name: row.title for name, row in METRICS.items()} | NAMES
Numbers = list[tuple[str, list[tuple[str, str]]]]  # of each variant by its label, each with its name


def section(data: Any, name: str) -> dict[str, Any]:
    """A section of a config; an empty one where there is none."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def text_of(data: Any, name: str) -> str:
    """A text of a config; nothing where there is none."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def themes(config: Any) -> tuple[str, ...]:
    """The themes of the files of a config, the first with the plain name."""
    named = section(config, "output").get("themes")
    found = tuple(name for name in named if isinstance(name, str)) if isinstance(named, list) else ()
    return found or (text_of(section(config, "animation"), "theme"),)


def size(config: Any) -> tuple[int, int] | None:
    """CSS pixels of its picture."""
    sides = section(config, "animation").get("size")
    if not isinstance(sides, list) or len(sides) != 2 or not all(type(side) is int and side > 0 for side in sides):
        return None
    return sides[0], sides[1]


def panels(config: Any) -> list[str]:
    """The names of its panels, each once."""
    rows = section(config, "animation").get("panels")
    cells = [cell for row in rows if isinstance(row, list) for cell in row] if isinstance(rows, list) else []
    return _distinct(name for cell in cells for name in _names(cell) if name != "empty")


def activations(config: Any) -> list[str]:
    """The activation functions of its hidden layers and of those of its variants, or that it draws."""
    found = [section(config, "model").get("activation"), config.get("functions") if isinstance(config, dict) else None]
    variants = config.get("variants") if isinstance(config, dict) else None
    for variant in variants if isinstance(variants, list) else []:
        found.append(section(variant, "set").get("model.activation"))
        found.append(section(section(variant, "set"), "model").get("activation"))
    return _distinct(name for entry in found for name in _activations(entry))


def _activations(entry: Any) -> Iterator[str]:
    for inner in entry if isinstance(entry, list) else [entry]:
        name = inner.get("name") if isinstance(inner, dict) else inner
        if isinstance(name, str) and name:
            yield name


def _names(cell: Any) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, dict):
        yield from (name for name in cell if isinstance(name, str))


def _distinct(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))


# ---------------------------------------------------------------- numbers


def by_label(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The metrics of each variant; without variants under no label."""
    is_nested = bool(metrics) and all(isinstance(value, dict) for value in metrics.values())
    return {label: dict(values) for label, values in (metrics if is_nested else {"": metrics}).items()}


def numbers(metrics: Mapping[str, Any], config: Any) -> Numbers:
    """The numbers of a run as pictures have them, each with its name; of variants by label, else under no label."""
    seed = config.get("seed") if isinstance(config, dict) else None
    own = {"seed": seed} if type(seed) is int else {}
    found = [(label, list(_written({**own, **values}))) for label, values in by_label(metrics).items()]
    return [(label, values) for label, values in found if values]


def remarks(metrics: Mapping[str, Any]) -> list[str]:
    """What is said in words of a run: that it was stopped, and why."""
    texts = ((label, text) for label, run in by_label(metrics).items() for text in run.values())
    return [f"{label}: {text}".removeprefix(": ") for label, text in texts if isinstance(text, str)]


def shared(found: Numbers) -> tuple[list[tuple[str, str]], Numbers]:
    """How long and from which seed all variants were trained, where that is the same; and all other numbers."""
    if len(found) < 2:
        return [], found
    first, *others = (dict(values) for _, values in found)
    same = [(name, first[name]) for name in NAMES.values() if name in first]
    same = [(name, number) for name, number in same if all(other.get(name) == number for other in others)]
    return same, [(label, [pair for pair in values if pair not in same]) for label, values in found]


def _written(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    order = [*METRICS, *NAMES]
    for name in sorted(values, key=lambda name: order.index(name) if name in order else len(order)):
        if shown := _number(name, values[name]):
            yield TITLES.get(name, name.replace("_", " ")), shown


def _number(name: str, value: Any) -> str:
    """A number as text; nothing for what is none, and for lists with a number for each layer that have no sum."""
    scale = METRICS[name].scale if name in METRICS else ""
    if isinstance(value, list) and scale == "counts" and value and all(type(part) is int for part in value):
        value = sum(value)
    if type(value) not in (int, float):
        return ""
    if scale == "shares":
        return percent(value)
    return written(value, 3 if isinstance(value, float) else 15)


# ---------------------------------------------------------------- the config as text


def as_yaml(data: Any, indent: str = "") -> str:
    """A config as YAML that is read back equal: mappings below each other, all else in a line. It takes a twentieth of
    the time of a YAML library, which a thousand outputs notice."""
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{_scalar(key)}:\n", as_yaml(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{_scalar(key)}: {_flow(value)}\n")
    return "".join(lines)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        if BARE.fullmatch(value) and value.lower() not in WORDS:
            return value
        return UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))
    text = json.dumps(value)
    is_short = isinstance(value, float) and "e" in text and "." not in text
    return text.replace("e", ".0e") if is_short else text


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
