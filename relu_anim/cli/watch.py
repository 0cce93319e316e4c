"""`run --watch`: a process that stays, and makes films again when what they are made from is saved."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import typer

from relu_anim.making.claims import Claim
from relu_anim.making.kept import hash_of_file
from relu_anim.making.orders import Order
from relu_anim.paths import followed
from relu_anim.plurals import plural

SETTLED = 0.03  # seconds without another save, after which what was saved is made
LOOK_AFTER = 1.0  # seconds: on network disks, and between two sets of folders, nobody tells of a save
LOOK_MEANWHILE = 0.1  # seconds, from one look to the next while something is made
STEP, MOST = 5, 50  # milliseconds: so long the system is asked for more changes before it tells of them
Claims = dict[Path, Claim]  # by config
Wanted = Callable[[], None]  # raises Superseded where what is being made is no longer wanted
Make = Callable[[Sequence[Order], Claims, Wanted], None]  # notes in the claims what is read and written for each order


class Superseded(Exception):
    """These files were saved while something was made from them."""

    def __init__(self, saved: set[Path]) -> None:
        super().__init__(saved)
        self.saved = saved


class Seen:
    """What was last seen of some files."""

    def __init__(self) -> None:
        self._stats: dict[Path, tuple[int, ...]] = {}
        self._hashes: dict[Path, str] = {}

    def learn(self, paths: Iterable[Path]) -> None:
        """Look at those that are new."""
        for path in paths:
            if path not in self._hashes:
                self._hashes[path] = ""
                self._look(path)

    def changed(self, paths: Iterable[Path]) -> set[Path]:
        """Those that have another content than when they were last looked at. A file that is gone has not changed:
        editors that replace one have none in between."""
        return {path for path in paths if self._look(path)}

    def gone(self, paths: Iterable[Path]) -> set[Path]:
        """Those that there were when they were last looked at, and are no more; each is told once."""
        lost = {path for path in paths if path in self._stats and not os.access(path, os.F_OK)}
        for path in lost:
            del self._stats[path]
        return lost

    def _look(self, path: Path) -> bool:
        with suppress(OSError):
            found = path.stat()
            stat = found.st_mtime_ns, found.st_size, found.st_ino
            if stat != self._stats.get(path):
                before, self._hashes[path] = self._hashes[path], hash_of_file(path)
                self._stats[path] = stat
                return before != self._hashes[path]
        return False


def watch(orders: Sequence[Order], make: Make, quiet: bool) -> NoReturn:
    """Make all, and then again what a saved file belongs to, until a signal ends it."""
    seen, claims = Seen(), Claims()
    seen.learn(order.source for order in orders)
    _make(orders, make, seen, claims, quiet)
    while True:
        files = _files(orders, claims)
        seen.learn(files)
        if not quiet:
            typer.echo(f"watching {plural(len(files), 'file')}; Ctrl-C ends it", err=True)
        with _told_of_changes(files) as happened:
            while _files(orders, claims) == files:
                is_calm = not happened.wait(LOOK_AFTER)
                happened.clear()
                if saved := _settled(seen, files, seen.changed(files)):
                    some = [order for order in orders if saved & _read(order, claims)]
                    _make(some, make, seen, claims, quiet)
                for path in sorted(seen.gone(files)) if is_calm else ():
                    typer.echo(f"{path}: is gone; waiting until it is there again", err=True)


def _make(orders: Sequence[Order], make: Make, seen: Seen, claims: Claims, quiet: bool) -> None:
    """Make these. Where one of their files is saved meanwhile, that ends, and they are made from what is there now."""
    while True:
        try:
            return make(orders, claims, _wanted(orders, seen, claims))
        except Superseded as error:
            saved = _settled(seen, _files(orders, claims), error.saved)
            if not quiet:
                typer.echo(f"{', '.join(map(str, sorted(saved)))}: saved meanwhile; begins anew", err=True)


def _wanted(orders: Sequence[Order], seen: Seen, claims: Claims) -> Wanted:
    """Looks from time to time, however often it is called."""
    last = -LOOK_MEANWHILE

    def look() -> None:
        nonlocal last
        if time.monotonic() - last < LOOK_MEANWHILE:
            return
        last = time.monotonic()
        files = _files(orders, claims)
        seen.learn(files)
        if saved := seen.changed(files):
            raise Superseded(saved)

    return look


def _files(orders: Iterable[Order], claims: Claims) -> set[Path]:
    return set().union(*(_read(order, claims) for order in orders))


def _read(order: Order, claims: Claims) -> set[Path]:
    """What is read for an order, as far as that is known."""
    return set(claims[order.source].all_read()) if order.source in claims else {order.source}


def _settled(seen: Seen, files: set[Path], saved: set[Path]) -> set[Path]:
    """The files that were saved, as soon as nothing more is: a burst of saves is one."""
    more = saved
    while more:
        time.sleep(SETTLED)
        more = seen.changed(files)
        saved = saved | more
    return saved


@contextmanager
def _told_of_changes(files: Iterable[Path]) -> Iterator[threading.Event]:
    """An event that happens when something does in the folders of these files. Folders are watched, since a file that
    an editor replaces is another one; in a thread, since the library takes every signal for Ctrl-C."""
    import watchfiles

    folders = {path.parent for name in files for path in (name, followed(name)) if path.parent.is_dir()}
    happened, is_over = threading.Event(), threading.Event()

    def wait() -> None:
        ways: Any = {"watch_filter": None, "debounce": MOST, "step": STEP, "stop_event": is_over, "recursive": False}
        with suppress(OSError):  # of a folder that is gone, or too many of them: LOOK_AFTER is enough
            for _ in watchfiles.watch(*folders, **ways):
                happened.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield happened
    finally:
        is_over.set()
        thread.join()
