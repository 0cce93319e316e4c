"""The user's own words for pictures: the language, words in place of others, and files of words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from relu_anim.config.document import parse
from relu_anim.config.glyphs import BOLD, REGULAR, no_sign
from relu_anim.config.places import Problem, describe
from relu_anim.config.values import printable
from relu_anim.fonts import FontFile
from relu_anim.spelling import closest
from relu_anim.words import FORMS, LANGUAGES, WORDS, Text, Word, forms, wrong

LIKE_WORDS = "a file of words is a mapping like `epoch: époque`"
QUOTES = "; put it in quotes"
SUFFIXES = (".yaml", ".yml")
MEANT = {"german": "de", "deutsch": "de", "english": "en", "englisch": "en"}


@dataclass(frozen=True)
class WordFile:
    """What was read of a file of words, with the SHA-256 of its content; nothing of a language that is here."""

    texts: Mapping[str, Text] = field(default_factory=dict)
    digest: str | None = None


def _language(name: str) -> str:
    if name in LANGUAGES or name.endswith(SUFFIXES):
        return name
    found = MEANT.get(name.lower(), name.lower()[:2])
    advice = f"; did you mean {found}?" if found in LANGUAGES else ""
    message = "expected {known} or the name of a .yaml file of words, got {got}{advice}"
    known = ", ".join(LANGUAGES)
    raise PydanticCustomError("language", message, {"known": known, "got": describe(name), "advice": advice})


Language = Annotated[str, AfterValidator(printable), AfterValidator(_language), Field(max_length=400)]


class Texts(dict[str, Any]):
    """Texts by their keys, which nothing changes, so that a config that has some can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


def _schema_of_word(word: Word) -> dict[str, Any]:
    """What an editor is told of a word."""
    told = {"description": f"shown in: {word.places}", "default": word.text}
    if isinstance(word.text, str):
        return {"type": "string", **told}
    forms = {
        form: {"type": "string", "description": f"where n is {form}", "default": word.text[form]} for form in FORMS
    }
    return {"type": ["string", "object"], **told, "properties": forms, "additionalProperties": False}


WORDS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {key: _schema_of_word(word) for key, word in WORDS.items()},
}
# A check looks at the texts, all at once.
OwnWords = Annotated[dict[str, Any], AfterValidator(Texts), WithJsonSchema(WORDS_SCHEMA)]


def findings(texts: Mapping[str, Any], fonts: tuple[FontFile, ...]) -> Iterator[tuple[str, str]]:
    """Each key of a mapping of words that is none, or whose text cannot be drawn in these fonts, with what is wrong
    with it."""
    for key, text in texts.items():
        if key not in WORDS:
            meant = closest(key, WORDS)
            yield key, f"there is no such word; {f'did you mean {meant}?' if meant else 'relu-anim list words has all'}"
        elif not isinstance(text, str) and not _are_forms(text):
            yield key, f"expected a text, got {describe(text)}{QUOTES * isinstance(text, int | float)}"
        elif message := wrong(key, text) or no_sign("".join(forms(text)), BOLD, REGULAR, fonts=fonts):
            yield key, message


def _are_forms(text: Any) -> bool:
    return isinstance(text, dict) and all(isinstance(form, str) for form in text.values())


def words_in(content: bytes, name: str, fonts: tuple[FontFile, ...], problems: list[Problem]) -> WordFile:
    """The words of a file; what is wrong with it is added to the problems, and ConfigProblems raised where it is no
    YAML."""
    doc = parse(content, name, number=-1, example=LIKE_WORDS)
    problems += doc.problems
    for key, message in findings(doc.data, fonts):
        path = (key,)
        problems.append(Problem(doc.value_mark(path) if key in WORDS else doc.key_mark(path), key, message))
    return WordFile(doc.data, hashlib.sha256(content).hexdigest())
