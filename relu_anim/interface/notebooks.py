"""What notebooks show: films, and how far a training is."""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Mapping
from html import escape
from typing import Any, Self

REDRAW_AFTER = 0.5  # seconds
TYPES = {"gif": "image/gif", "png": "image/png", "svg": "image/svg+xml"}
CALM = ("print", "(prefers-reduced-motion: reduce)")


def moving_format() -> str:
    """The format in which a film moves in a notebook: here it is decided."""
    return "gif"


def in_html(pictures: Mapping[str, bytes], size: tuple[int, int], alt: str) -> str:
    """The film as an element of a page, from the content of its files by format, with its last frame on paper and for
    those who want no motion."""
    moving = next(name for name in (moving_format(), "png") if name in pictures)
    still = _address(pictures, "png")
    sources = [f'<source media="{media}" srcset="{still}">' for media in CALM] if moving != "png" else []
    width, height = size
    box = f'width="{width}" height="{height}" style="max-width: 100%; height: auto"'
    image = f'<img src="{_address(pictures, moving)}" {box} alt="{escape(alt)}">'
    return f"<picture>{''.join(sources)}{image}</picture>" if sources else image


def in_base64(content: bytes) -> str:
    """Bytes as notebooks hold them."""
    return base64.b64encode(content).decode()


def _address(pictures: Mapping[str, bytes], name: str) -> str:
    return f"data:{TYPES[name]};base64,{in_base64(pictures[name])}"


# ---------------------------------------------------------------- progress


def is_notebook() -> bool:
    """Whether this process is the kernel of a notebook, which shows what it is given."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules


class Bar:
    """A bar in the cell, which is gone when all is done."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show how far it is, twice a second at most."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + REDRAW_AFTER
        text = f"{what}: {done:,} of {total:,}"
        bar = f'<progress value="{done}" max="{max(total, 1)}"></progress> {escape(text)}'
        shown = {"text/plain": text, "text/html": bar}
        if self._handle is None:
            display: Any = sys.modules["IPython.display"]
            self._handle = display.display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)
