"""A picture in the cell of a notebook, which changes while a network is trained."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any

from relu_anim.interface.notebooks import REDRAW_AFTER, STILL, bundle, is_notebook

SHARE = 4  # so many times as long as drawing takes, the training goes on


class Live:
    """Draws where there is a notebook, and neither often nor so long that it holds up the training. What comes too soon
    is drawn when the cell has run, so that the picture that stays is that of the end; the next cell has its own."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._next = 0.0
        self._left_out: Callable[[], Any] | None = None

    def update(self, film: Callable[[], Any]) -> None:
        """Show the last frame of this film; nothing outside of a notebook, and later if shortly after the last one."""
        if not is_notebook():
            return
        if time.monotonic() >= self._next:
            self._draw(film)
            return
        self._left_out = film

    def _finish(self, *_: object) -> None:
        """Draw what was left out; the cell has run."""
        _events().unregister("post_run_cell", self._finish)
        if self._left_out:
            self._draw(self._left_out)
        self._handle, self._next = None, 0.0

    def _draw(self, film: Callable[[], Any]) -> None:
        now = time.monotonic()
        picture = _bundle(film())
        self._left_out = None
        if self._handle is None:
            display: Any = sys.modules["IPython.display"]
            self._handle = display.display(picture, raw=True, display_id=True)
            _events().register("post_run_cell", self._finish)
        else:
            self._handle.update(picture, raw=True)
        done = time.monotonic()
        self._next = done + max(REDRAW_AFTER, SHARE * (done - now))


def _events() -> Any:
    """What tells of the cells of this notebook."""
    return sys.modules["IPython"].get_ipython().events


def _bundle(film: Any) -> dict[str, str]:
    """The last frame as notebooks show it."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(film.frame(-1)).save(buffer, STILL)
    return bundle({STILL: buffer.getvalue()}, film.experiment.animation.size, film.alt, repr(film))
