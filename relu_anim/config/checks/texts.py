"""The user's own words that are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relu_anim.config.checks.check import Finding, reads
from relu_anim.config.glyphs import BOLD, REGULAR, no_sign

if TYPE_CHECKING:
    from relu_anim.config.kinds import Config, Experiment


@reads("title", of_variants=False)
def title(c: Config) -> Iterator[Finding]:
    """Each character of the title has a glyph."""
    if message := no_sign(c.title, BOLD):
        yield ("title",), message


@reads("variants", of_variants=False)
def labels(e: Experiment) -> Iterator[Finding]:
    """So has each character of the variants' labels, which stand above panels and in legends."""
    for index, variant in enumerate(e.variants):
        if message := no_sign(variant.label, BOLD, REGULAR):
            yield ("variants", index, "label"), message
