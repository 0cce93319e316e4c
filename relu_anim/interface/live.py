"""A picture in the cell of a notebook, which changes while a network is trained."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any

LEAST_SECONDS = 0.5  # from one picture to the next
SHARE = 4  # so many times as long as drawing takes, the training goes on


class Live:
    """Draws where there is a notebook, and neither often nor so long that it holds up the training."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._next = 0.0

    def update(self, film: Callable[[], Any]) -> None:
        """Show the last frame of this film; nothing outside of a notebook, or shortly after the last one."""
        if (now := time.monotonic()) < self._next or not _is_notebook():
            return
        from IPython import display as cell

        show: Any = cell.display
        image: Any = cell.Image
        picture = image(data=_png(film()))
        if self._handle is None:
            self._handle = show(picture, display_id=True)
        else:
            self._handle.update(picture)
        done = time.monotonic()
        self._next = done + max(LEAST_SECONDS, SHARE * (done - now))


def _is_notebook() -> bool:
    """Whether this process runs the cells of a notebook; IPython at a terminal shows no pictures."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and getattr(shell, "kernel", None) is not None


def _png(film: Any) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(film.frame(-1)).save(buffer, "PNG")
    return buffer.getvalue()
