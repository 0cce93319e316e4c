"""Which characters of the user's own words the font of the pictures has."""

from __future__ import annotations

from relu_anim.fonts import FontFile, Typeface

BOLD, REGULAR = "bold", "normal"
ADVICE = "write it without, or add a font that has it to animation.font"


def no_sign(text: str, *weights: str, fonts: tuple[FontFile, ...] = ()) -> str:
    """What is wrong with a text that is drawn in these weights: «the font has no sign for 漢, 字; …»; or nothing."""
    if text.isascii():
        return ""
    face = Typeface(fonts)
    missing = dict.fromkeys(letter for letter in text if not all(face.has(letter, weight) for weight in weights))
    return f"the font has no sign for {', '.join(missing)}; {ADVICE}" if missing else ""
