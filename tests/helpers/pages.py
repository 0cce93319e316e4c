"""Pages in Debian's Chromium."""

import shutil
from contextlib import contextmanager

import pytest

# Lazy images are loaded at once, and a broken one is an error.
LOADED = "Promise.all([...document.images].map(image => { image.loading = 'eager'; return image.decode() }))"


def needs(program):
    """The program's path; the test is skipped without it."""
    return shutil.which(program) or pytest.skip(f"Debian's package {program} is not installed")


@contextmanager
def chromium():
    """The browser; tests that use it are of the group «site», so that there is one at a time."""
    path = needs("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
