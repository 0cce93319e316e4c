"""What PyYAML says of a text that is no YAML, in words that help."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from relu_anim.config.places import Mark

# A key and its value, which nothing stands beside.
LINE = re.compile(r"\s*(?:- +)*(?P<key>[\w.]+)(?P<sign>: +|=)(?P<text>.*?)(?:\s+#.*)?\s*")
UNQUOTED = re.compile(r"[:,\[]\s+#[\da-fA-F]{3}")  # a colour that YAML takes for a comment
OPENING = ("{", "[", '"', "'")  # after which a value ends where it is closed
CANNOT_START = ("cannot start any token", "sequence entries are not allowed", "expected the node content")


def in_quotes(mark: Mark) -> str:
    """The key and the value in this line, with quotes around the value: «title: "{loss}"», or of a setting
    «-s 'title="{loss}"'»; nothing where the place is in a value that holds more."""
    line = LINE.fullmatch(mark.text)
    if line is None or not line["text"]:
        return ""
    is_plain = not re.search(r"[\"\\]", line["text"])
    text = f'"{line["text"]}"' if is_plain else "'" + line["text"].replace("'", "''") + "'"
    if line["sign"] != "=":
        return f"{line['key']}: {text}"
    is_option = mark.source.name.startswith("-")  # and no argument of a caller in Python
    is_typed = is_option and is_plain and "'" not in text
    return f"-s '{line['key']}={text}'" if is_typed else f"{line['key']}={text}"


def is_alone(mark: Mark) -> bool:
    """Whether a value starts at this place that has its line for itself and its key."""
    line = LINE.fullmatch(mark.text)
    return line is not None and line.start("text") == mark.column - 1


def explained(error: yaml.MarkedYAMLError, place_of: Callable[[int, int], Mark]) -> tuple[Mark, str]:
    """Where PyYAML stumbled, and why. `place_of` a line and a column that it counts is their place in the source."""
    place: Any = error.problem_mark or error.context_mark
    mark = place_of(place.line, place.column)
    sign = mark.text[mark.column - 1 : mark.column]
    start = place_of(error.context_mark.line, error.context_mark.column) if error.context_mark else mark
    problem, context = error.problem or "", error.context or ""
    if "end of stream" in problem or "<stream end>" in problem or "<document end>" in problem:
        comment = "; # begins a comment, so a colour stands in quotes" if UNQUOTED.search(mark.before) else ""
        return start, f"the {'quote' if 'quoted' in context else 'bracket'} is never closed{comment}"
    if "\t" in mark.text[: mark.column]:
        return mark, "a tab; indent with spaces"
    if "mapping values are not allowed" in problem:
        message = f"a second `: ` in one line; quote the text{_example(mark)}"
        return mark, f"{message}, or indent the line as its neighbours are"
    if "expected ',' or" in problem:
        advice = "a text with brackets or quotes in it stands in quotes"
        if start.line != mark.line:
            advice = f"the one that opens in line {start.line} is not closed before"
        return mark, f"a comma or a closing bracket is missing here; {advice}"
    if "block scalar" in context:
        first = start.text[start.column - 1]
        return start, f"a text cannot start with {first}; put it in quotes, or begin it in the next line, further in"
    if "could not find expected ':'" in problem and error.context_mark is not None:
        return start, "a key without `: `; a text of several lines is indented further than its key"
    if sign and any(words in problem for words in CANNOT_START):
        return mark, f"a value cannot start with {sign}; put it in quotes{_example(mark)}"
    return mark, _behind_a_value(mark, problem) or " ".join(part for part in (error.context, error.problem) if part)


def _behind_a_value(mark: Mark, problem: str) -> str:
    """What to say of what stands behind the end of a value: often all of it is meant as a text, or as a list."""
    if not problem.startswith(("expected <block end>", "expected '<document start>'")):
        return ""
    line = LINE.fullmatch(mark.text)
    if line is None or not line["text"].startswith(OPENING) or line.start("text") >= mark.column - 1:
        return "indent this line as its neighbours are"
    if line["text"][0] == "[" and mark.text[mark.column - 1 :].startswith(","):
        return f"several lists are a list in brackets; write {line['key']}{line['sign']}[{line['text']}]"
    return f"a text that begins with {line['text'][0]} stands in quotes; write {in_quotes(mark)}"


def _example(mark: Mark) -> str:
    """What the line looks like with quotes, as the end of an advice."""
    right = in_quotes(mark)
    return f", {right}" if right else ""
