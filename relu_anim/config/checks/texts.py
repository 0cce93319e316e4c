"""The user's own words that are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from relu_anim.config.checks.target import Finding
from relu_anim.config.glyphs import BOLD, REGULAR, no_sign
from relu_anim.config.models import Config, Experiment


def title(c: Config) -> Iterator[Finding]:
    """Each character of the title has a glyph."""
    if message := no_sign(c.title, BOLD):
        yield ("title",), message


def labels(e: Experiment) -> Iterator[Finding]:
    """So has each character of the variants' labels, which stand above panels and in legends."""
    for index, variant in enumerate(e.variants):
        if message := no_sign(variant.label, BOLD, REGULAR):
            yield ("variants", index, "label"), message
