"""Pages in Debian's Chromium."""

import shutil
from contextlib import contextmanager

import pytest

RUNNING = []  # what drives browsers
# Lazy images are loaded at once, and a broken one is an error.
LOADED = "Promise.all([...document.images].map(image => { image.loading = 'eager'; return image.decode() }))"


def needs(program):
    """The program's path; the test is skipped without it."""
    return shutil.which(program) or pytest.skip(f"Debian's package {program} is not installed")


@contextmanager
def driver():
    """What drives browsers; a process has one at a time, which those share that are open together."""
    if RUNNING:
        yield RUNNING[0]
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        RUNNING.append(found)
        try:
            yield found
        finally:
            RUNNING.clear()


@contextmanager
def chromium():
    """The browser; tests that use it are of the group «site», so that there is one at a time."""
    path = needs("chromium")
    with driver() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
