"""One process at a time in a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]


LONGEST, STEP = 30.0, 0.02  # seconds


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Wait until no other process of ours has this folder, and have it for as long as the block takes. Where a folder
    cannot be locked, as on some network file systems, nothing is waited for; nor longer than LONGEST seconds, since
    somebody else may hold it for as long as we run, as `flock FOLDER relu-anim` does."""
    descriptor = None
    try:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            _lock(descriptor)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock an open folder. OSError if that cannot be, or if another process has it all the time."""
    end = time.monotonic() + LONGEST
    while fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(STEP)
        else:
            return
