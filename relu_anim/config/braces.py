"""The numbers that a title asks for in braces: «{loss}», of a variant «{ReLU.corners}», of many seeds «{seeds < 2}»."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relu_anim.config.synonyms import name_meant
from relu_anim.facts import METRICS
from relu_anim.spelling import closest

IN_BRACES = re.compile(r"\{([^{}]+)\}")
OF_SEEDS = re.compile(r"(?:(\d+(?:\.\d+)?) *< *)?seeds(?: *< *(\d+(?:\.\d+)?))?")
NUMBERS = (*(name for name, row in METRICS.items() if row.is_one_number), "corners", "seeds")
ALIKE = re.compile(
    r"\s*(?:[\d.]+\s*[<>≤≥=]+\s*)?(?:(?P<label>[^|,]+)\.)?(?P<name>[^\W\d]\w*)\s*(?:of\b(?P<of>.*)|[:!<>≤≥=%(\[].*)?"
)


def asked(words: str, labels: Sequence[str]) -> tuple[int, str] | None:
    """Of which variant these words in braces ask for a number, and for which; without variants there is one label,
    which is empty."""
    for index, label in sorted(enumerate(labels), key=lambda pair: -len(pair[1])):  # of «a» and «a.b» the longer
        before = f"{label}." if label else ""
        if words.startswith(before):
            return index, words.removeprefix(before)
    return None


def is_number(name: str) -> bool:
    """Whether a title can hold a number that is asked for so."""
    return OF_SEEDS.fullmatch(name) is not None if "seeds" in name else name in NUMBERS


def meant(words: str, labels: Sequence[str]) -> tuple[str, str] | None:
    """Where these words look as if they asked for a number, and do not: the label as it is written, which may be none,
    and the name that was probably meant. All other words are a text like any other."""
    label = next((label for label in labels if label and re.match(rf"{re.escape(label)}[\s.:]", words)), "")
    found = ALIKE.fullmatch(words[len(label) :].lstrip(" .:") if label else words)
    if found is None:
        return None
    word, names = found["name"], (*METRICS, *NUMBERS)
    name = name_meant(word, names)
    is_a_slip = name is not None and name == closest(word, names)
    if name is None or (is_a_slip and word[0].lower() != name[0]):  # which is seldom in the first letter: needs, seeds
        return None
    return label or (found["label"] or found["of"] or "").strip(), name
