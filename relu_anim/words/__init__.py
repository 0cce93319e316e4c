"""The words of pictures: which there are, in which languages, and those of one picture with their fields filled in."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from relu_anim.numbers import THIN_SPACE, in_words
from relu_anim.words.english import FORMS, ONE, OTHER, WORDS, Text, Word
from relu_anim.words.german import GERMAN

__all__ = ["ENGLISH", "FORMS", "LANGUAGES", "WORDS", "Text", "Word", "Wording", "fields", "forms", "wrong"]

ENGLISH: dict[str, Text] = {key: word.text for key, word in WORDS.items()}
LANGUAGES: dict[str, Mapping[str, Text]] = {"en": ENGLISH, "de": GERMAN}
FIELD = re.compile(r"\{([^{}]*)\}")
NO_DECIMAL_SIGNS = ("-", "−", "+", "·", " ", THIN_SPACE)
LONGEST = 200  # characters of a text
REASONS = {
    key: re.compile(FIELD.sub(lambda field: f"(?P<{field[1]}>.+)", text))
    for key, text in ENGLISH.items()
    if key.startswith("reason_") and isinstance(text, str)
}


class Wording:
    """The words of one picture: `words("seed", seed="7")` is «seed 7». Those that it is not given are English."""

    def __init__(self, own: Mapping[str, Text]) -> None:
        self._texts = {**ENGLISH, **own}

    def __call__(self, key: str, **values: str | int) -> str:
        """The text of a word, with its fields filled in."""
        text = self._texts[key]
        if not isinstance(text, str):
            text = text[ONE if values["n"] == 1 else OTHER]
        return FIELD.sub(lambda found: _shown(values[found[1]]), text)

    def starting_with(self, beginning: str) -> dict[str, str]:
        """The texts of the words whose names begin so, with their fields still in braces."""
        return {key: text for key, text in self._texts.items() if key.startswith(beginning) and isinstance(text, str)}

    def reason(self, text: str) -> str:
        """Why a training broke off, as it says so, without its advice; as it stands where it is none of its reasons."""
        said = text.rpartition(": ")[2].partition("; ")[0]
        for key, reason in REASONS.items():
            if found := reason.fullmatch(said):
                fields = found.groupdict().items()
                return self(key, **{name: text if name == "name" else in_words(text) for name, text in fields})
        return in_words(said)

    def list(self, *names: str) -> str:
        """Names in a row: «ReLU and tanh»."""
        return f" {self('and')} ".join(names)


def _shown(value: str | int) -> str:
    return value if isinstance(value, str) else f"{value:,}".replace(",", THIN_SPACE)


def forms(text: Text) -> list[str]:
    """The forms of a text, or the one that it has."""
    return [text] if isinstance(text, str) else list(text.values())


def fields(key: str) -> list[str]:
    """What a word's text has in braces, in the order of the English one."""
    return list(dict.fromkeys(name for form in forms(ENGLISH[key]) for name in FIELD.findall(form)))


def wrong(key: str, text: Text) -> str:
    """What is wrong with a text for a word; nothing if it can take its place."""
    if not isinstance(text, str):
        if isinstance(ENGLISH[key], str):
            return "has one form in any number; write a text"
        if sorted(text) != sorted(FORMS):
            return f"write a text, or its forms: {{{ONE}: …, {OTHER}: …}}"
    if key == "decimal_sign" and (len(sign := forms(text)[0]) != 1 or sign.isalnum() or sign in NO_DECIMAL_SIGNS):
        return "needs one sign that nothing else in a number has, such as a comma"
    for form in forms(text):
        is_of_one = not isinstance(text, str) and form == text[ONE]  # which may say «one seed»
        if message := _wrong_form(form, fields(key), {"n"} if is_of_one else set()):
            return message
    return ""


def _wrong_form(form: str, needed: Sequence[str], spared: Container[str]) -> str:
    if not form.strip() or len(form) > LONGEST:
        return f"needs 1 to {LONGEST} characters"
    if not form.isprintable():
        return "must be one line of printable characters"
    found = set(FIELD.findall(form))
    if missing := [name for name in needed if name not in found and name not in spared]:
        return f"lacks {_braced(missing)}, which the picture fills in"
    if more := sorted(found - set(needed)):
        return f"has no {_braced(more)}; its fields are {_braced(needed)}" if needed else f"has no {_braced(more)}"
    return ""


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
