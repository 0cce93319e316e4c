"""Which characters of the user's own words the font of the pictures has."""

from __future__ import annotations

from relu_anim.fonts import font

BOLD, REGULAR = "bold", "normal"


def no_sign(text: str, *weights: str) -> str:
    """What is wrong with a text that is drawn in these weights: «the font has no sign for 漢, 字; …»; or nothing."""
    if text.isascii():
        return ""
    known = [font(weight).glyphs for weight in weights]
    missing = dict.fromkeys(letter for letter in text if not all(ord(letter) in glyphs for glyphs in known))
    return f"the font has no sign for {', '.join(missing)}; write it without" if missing else ""
