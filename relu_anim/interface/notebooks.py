"""What notebooks show: films, and how far a training is."""

from __future__ import annotations

import base64
import hashlib
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any, Self

from relu_anim.errors import FileError
from relu_anim.facts import FORMATS, STILL_FORMATS
from relu_anim.pages import in_frame

REDRAW_AFTER = 0.5  # seconds
STILL = STILL_FORMATS[0]  # of the last frame
CALM = ("print", "(prefers-reduced-motion: reduce)")
MOST_BYTES = 1_000_000  # of a film of lines; a larger one is shown in pixels


def pictures(content: Callable[[str], bytes], moves: bool) -> dict[str, bytes]:
    """The files that show a film, by their formats, of each of which `content` gives the content: the last frame, and
    before it what `moves`."""
    return {**(_moving(content) if moves else {}), STILL: content(STILL)}


def _moving(content: Callable[[str], bytes]) -> dict[str, bytes]:
    """A film of lines, in the colours of the page; one of pixels where that is large."""
    images = [name for name, row in FORMATS.items() if row.moves and row.on_page == "image"]
    lines, pixels, *_ = sorted(images, key=lambda name: not FORMATS[name].vector)
    with suppress(FileError):  # which says that a film of lines is more than a page should load
        if len(found := content(lines)) <= MOST_BYTES:
            return {lines: found}
    return {pixels: content(pixels)}


def bundle(pictures: Mapping[str, bytes], size: tuple[int, int], alt: str, words: str) -> dict[str, str]:
    """What a notebook is given of a film, from its files by format: HTML with the alternative text, which exports keep,
    the last frame, and words."""
    html = _in_html(pictures, size, alt)
    return {"text/html": html, f"image/{STILL}": _in_base64(pictures[STILL]), "text/plain": words}


def _in_html(pictures: Mapping[str, bytes], size: tuple[int, int], alt: str) -> str:
    """The film as an element of a page, from the content of its files by format. On paper, and for those who want no
    motion, it is its last frame: by a style, since Chromium takes no other source of a `picture` to print; where
    styles are taken out, the film is left. A film of lines knows by itself who wants no motion."""
    name = next((name for name in pictures if name != STILL), STILL)
    width, height = size
    box = f'width="{width}" height="{height}" style="max-width: 100%; height: auto"'
    own = f"relu-anim-{hashlib.sha256(pictures[name]).hexdigest()[:12]}"
    image = f'<img class="{own}" src="{_address(pictures, name)}" {box} alt="{escape(alt)}">'
    if name == STILL:
        return image
    last = f".{own} {{ content: url({_address(pictures, STILL)}) }}"
    return f"<style>@media {', '.join(CALM[:1] if FORMATS[name].vector else CALM)} {{ {last} }}</style>{image}"


@dataclass(frozen=True)
class Page:
    """A film as a page to play with: its HTML is `str(page)`, and a notebook shows it in a frame. `size` is that of the
    picture in pixels, below which there are so many `captions`, and of a figure that does not move nothing."""

    html: str = field(repr=False)
    alt: str
    size: tuple[int, int]
    captions: int | None = None

    def __str__(self) -> str:
        return self.html

    def _repr_html_(self) -> str:
        """The page within another, of which it sees nothing."""
        own = {"title": self.alt, "sandbox": "allow-scripts", "srcdoc": self.html, **in_frame(self.size, self.captions)}
        frame = " ".join(f'{name}="{escape(value)}"' for name, value in own.items())
        return f'<div style="container-type: inline-size; max-width: {self.size[0]}px"><iframe {frame}></iframe></div>'


def _in_base64(content: bytes) -> str:
    """Bytes as notebooks hold them."""
    return base64.b64encode(content).decode()


def _address(pictures: Mapping[str, bytes], name: str) -> str:
    kind = "svg+xml" if FORMATS[name].vector else name
    return f"data:image/{kind};base64,{_in_base64(pictures[name])}"


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
