"""The files that a config names."""

from __future__ import annotations

import functools
import io
from pathlib import Path

from relu_anim.config.document import Document
from relu_anim.config.places import Problem
from relu_anim.targets import Table, TableProblem, read_table

PLACE = ("target", "csv")


def read_csv(doc: Document, name: str, problems: list[Problem]) -> Table | None:
    """The table of the CSV file that is called so beside the config; None, and a problem more, if there is none."""
    path = (doc.folder or Path()) / name
    try:
        if name in doc.tables:
            return _table_of(doc.tables[name])
        if path.is_fifo():
            raise OSError("it is a pipe, which can be read but once")
        return _table(path, path.stat().st_mtime_ns)
    except TableProblem as error:
        message = f"{path}:{error.line}:{error.column}: {error.message}"
    except FileNotFoundError:
        message = f"there is no file {path}; its place is counted from the config's folder"
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
    problems.append(Problem(doc.value_mark(PLACE), "target.csv", message))
    return None


@functools.lru_cache(maxsize=4)  # the variants of a config share their points
def _table(path: Path, changed: int) -> Table:
    with path.open("rb") as file:
        return read_table(file)


@functools.lru_cache(maxsize=4)
def _table_of(content: bytes) -> Table:
    return read_table(io.BytesIO(content))
