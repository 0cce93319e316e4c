"""What a process of ours does not take over from its surroundings: closed streams, settings of Matplotlib."""

from __future__ import annotations

import importlib.util
import io
import logging
import os
import shutil
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

# What changes how text is drawn, or which window is opened.
DRAWING = ("MPLBACKEND", "FREETYPE_PROPERTIES")
CACHE = "MPLCONFIGDIR"


class Stream(io.TextIOWrapper):
    """One of the standard streams. If its reader leaves, what is written goes nowhere from then on; of stderr also if
    its disk is full, since there is no other place to say so."""

    @property
    def _silent(self) -> type[OSError]:
        return OSError if self.fileno() == 2 else BrokenPipeError

    def write(self, text: str, /) -> int:
        """Write, or be silent."""
        try:
            return super().write(text)
        except self._silent:
            self._lead_nowhere()
            return len(text)

    def flush(self) -> None:
        """Have everything written, or be silent."""
        try:
            super().flush()
        except self._silent:
            self._lead_nowhere()

    def _lead_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def open_streams() -> None:
    """Have all three streams: those that are closed lead nowhere. Else the next file that is opened, perhaps a film,
    would be taken for the stream. And have one whose reader leaves be no reason to stop."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            assert nowhere == number  # the system gives the least that is free
            os.set_inheritable(number, True)
    # Paths and configs are UTF-8 in any locale, and a path that is not comes out as it was given.
    sys.stdout = _stream(1, "surrogateescape")
    sys.stderr = _stream(2, "backslashreplace")


def _stream(number: int, errors: str) -> Stream:
    raw = io.FileIO(number, "w", closefd=False)
    return Stream(io.BufferedWriter(raw), encoding="utf-8", errors=errors, line_buffering=True)


class PlainMatplotlib:
    """Finds Matplotlib when it is first imported, and keeps from it what the user has set for plots of his own: his
    `matplotlibrc`, of which one that cannot be read would even end the import."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """As everybody finds it, but for its loader."""
        if name != "matplotlib":
            return None
        sys.meta_path.remove(cls)
        found = importlib.util.find_spec(name)
        if found is not None and isinstance(found.loader, SourceFileLoader):
            found.loader = _Loader(name, found.loader.path)
        return found


class _Loader(SourceFileLoader):
    """Gives the module an `open` that opens nothing but Matplotlib's own files."""

    def exec_module(self, module: ModuleType) -> None:
        own: Any = module

        def open_own(file: Any, *rest: Any, **options: Any) -> Any:
            path = Path(file)
            return (path if path.is_relative_to(own.get_data_path()) else Path(os.devnull)).open(*rest, **options)

        own.open = open_own
        super().exec_module(module)


def plain_matplotlib() -> None:
    """In a process that is ours alone: load Matplotlib, when it is needed, as if the user had set nothing. Where he has
    no folder for its list of fonts, do without a word."""
    for name in DRAWING:
        os.environ.pop(name, None)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    if "matplotlib" not in sys.modules and PlainMatplotlib not in sys.meta_path:
        sys.meta_path.insert(0, PlainMatplotlib)


def without_traces(folder: str | None) -> None:
    """Remove the folder that Matplotlib made for this process because `folder`, or the usual one, could not be used."""
    made = os.environ.get(CACHE)
    if made and made != folder:
        shutil.rmtree(made, ignore_errors=True)
