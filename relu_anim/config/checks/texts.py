"""The user's own words that are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relu_anim.config import wording
from relu_anim.config.braces import IN_BRACES, NUMBERS, asked, is_number, meant
from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.checks.panels import HAS
from relu_anim.config.glyphs import BOLD, REGULAR, no_sign
from relu_anim.facts import METRICS, joined
from relu_anim.spelling import closest

if TYPE_CHECKING:
    from relu_anim.config.kinds import Config, Experiment


@reads("title", "animation.font", of_variants=False)
def title(c: Config) -> Iterator[Finding]:
    """Each character of the title has a glyph."""
    if c.animation.fonts is not None and (message := no_sign(c.title, BOLD, fonts=c.animation.fonts)):
        yield ("title",), message


@reads("animation.words", of_variants=False)
def words(c: Config) -> Iterator[Finding]:
    """Each word in place of another is one, with the fields of that."""
    fonts = c.animation.fonts
    for key, message in wording.findings(c.animation.words, fonts) if fonts is not None else ():
        yield ("animation", "words", key), message


@reads("variants", "animation.font", of_variants=False)
def labels(e: Experiment) -> Iterator[Finding]:
    """So has each character of the variants' labels, which stand above panels and in legends."""
    fonts = e.animation.fonts
    for index, variant in enumerate(e.variants if fonts is not None else ()):
        if message := no_sign(variant.label, BOLD, REGULAR, fonts=fonts or ()):
            yield ("variants", index, "label"), message


@reads("animation.captions", of_variants=False)
def captions(e: Experiment) -> Iterator[Finding]:
    """So has each character of captions."""
    fonts = e.animation.fonts
    for index, caption in enumerate(e.animation.captions):
        if fonts is not None and (message := no_sign(caption.text, REGULAR, fonts=fonts)):
            yield ("animation", "captions", index, "text"), message


@reads("title", "target", "data", "model", "seed", "animation.ensemble", "variants")
def numbers_in_title(e: Experiment) -> Iterator[Finding]:
    """What a title has in braces is a number that the film will have, or no number at all."""
    members = [member for _, member in e.members]
    is_known = all(member.target.is_known for member in members)
    for words in dict.fromkeys(IN_BRACES.findall(e.title)):
        found = asked(words, [label for label, _ in e.members])
        if found is not None and is_number(found[1]):
            message = _unmet(found[1], members[found[0]]) if is_known else ""
        else:
            message = _likely_number(words, [label for label, _ in e.members])
        if message:
            yield ("title",), f"{{{words}}} {message}"


def _unmet(name: str, e: Experiment) -> str:
    """What an experiment would have to have for a title to hold this number of it; nothing where it has that."""
    if "seeds" in name:
        is_shown = e.choice is not None and e.choice.networks > 1 and e.animation.ensemble != "none"
        return "" if is_shown else "needs seed: {best_of: 64}, say, and animation.ensemble: members"
    if name == "corners":
        is_bent = all(activation.slopes is not None for activation in e.model.activations[:-1])
        has_line = e.task.inputs == 2 and len(e.task.class_names) == 2 and is_bent
        return "" if has_line else "needs two inputs, two classes and piecewise-linear activations"
    missing = [need for need in METRICS[name].needs if not HAS[need](e)]
    return f"needs {' and '.join(missing)}" if missing else e.lacks(name)


def _likely_number(words: str, labels: Sequence[str]) -> str:
    """What to write for words that look like a number and are none; nothing for all others."""
    if (likely := meant(words, labels)) is None:
        return ""
    label, name = likely
    if name == "seeds" and labels == [""]:
        return "counts no seeds; write {seeds}, {seeds < 2}, {2 < seeds < 50} or {50 < seeds}"
    if name not in NUMBERS:
        return f"is a number for each layer; a title can hold {joined(NUMBERS)}"
    one = closest(label, labels) if label else None
    right = [f"{{{own}.{name}}}" if own else f"{{{name}}}" for own in ([one] if one else labels)]
    return f"is no number of this film; did you mean {joined(right)}?"
