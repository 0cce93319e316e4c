"""Pages in Debian's Chromium."""

import base64
import inspect
import json
import re
import shutil
import sys
import zlib
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

RUNNING = []  # what drives browsers
# Lazy images are loaded at once, and a broken one is an error.
LOADED = "Promise.all([...document.images].map(image => { image.loading = 'eager'; return image.decode() }))"


def needs(program):
    """The program's path; the test is skipped without it."""
    return shutil.which(program) or pytest.skip(f"Debian's package {program} is not installed")


def wait_until(page, condition):
    """The page allows no eval, by which Playwright waits itself."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def unpacked(html, name):
    """What a page holds compressed under a name, as Python's own decoders read it."""
    signs = re.search(f'id="{name}">([^<]*)</script>', html)[1]
    digits = [ord(sign.replace("}", "<")) - ord("(") for sign in signs]
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    return zlib.decompress(base64.b85decode("".join(alphabet[digit] for digit in digits))).decode()


def known(html):
    """What the scripts of a page know."""
    return json.loads(unpacked(html, "known"))


def code_of(html):
    """The script of a page."""
    return unpacked(html, "code")


def stack(context=0):
    """The calls under way as `inspect.stack` gives them, for which that looks through all modules."""
    frame, found = sys._getframe(1), []
    while frame:
        found.append(
            inspect.FrameInfo(frame, frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, None, None)
        )
        frame = frame.f_back
    return found


class Turn:
    """A browser's context while it is one test's turn, whose first page is that of the turns before."""

    def __init__(self, context, page):
        self.context, self.page, self.heard = context, page, []
        self.given, self.ended = False, False

    def __getattr__(self, name):
        return getattr(self.context, name)

    def new_page(self):
        if self.given:
            return self.context.new_page()
        self.given, self.page.on = True, self.hear
        return self.page

    def hear(self, event, handle):
        type(self.page).on(self.page, event, handle)
        self.heard.append((event, handle))

    def close(self):
        for event, handle in self.heard:
            self.page.remove_listener(event, handle)
        for other in [page for page in self.context.pages if page is not self.page]:
            other.close()
        self.page.unroute_all()
        self.context.unroute_all()
        self.page.mouse.move(-9, -9)
        self.page.goto("about:blank")
        self.ended = True


class OnePage:
    """A browser that uses a page again if it can: to open another costs more than most tests do in it."""

    EMULATED = ("color_scheme", "reduced_motion")

    def __init__(self, browser):
        self.browser = browser
        context = browser.new_context()
        self.turn = Turn(context, context.new_page())
        self.turn.ended = True

    def new_context(self, viewport=None, **wishes):
        if not self.turn.ended or set(wishes) - {*self.EMULATED}:
            return self.browser.new_context(viewport=viewport, **wishes)
        context, page = self.turn.context, self.turn.page
        page.set_viewport_size(viewport or {"width": 1280, "height": 720})
        page.emulate_media(media="null", **{"color_scheme": "light", "reduced_motion": "no-preference", **wishes})
        self.turn = Turn(context, page)
        return self.turn

    def new_page(self, **wishes):
        return self.browser.new_page(**wishes)


@contextmanager
def driver():
    """What drives browsers; a process has one at a time, which those share that are open together."""
    if RUNNING:
        yield RUNNING[0]
        return
    from playwright._impl import _sync_base
    from playwright.sync_api import sync_playwright

    _sync_base.inspect = SimpleNamespace(stack=stack)  # it asks at each call, for the case that it fails
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
        yield OnePage(found)
        found.close()
