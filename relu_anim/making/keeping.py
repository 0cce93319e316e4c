"""Recordings, written into their folder. A folder that cannot be written costs the keeping, and no film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from relu_anim.errors import FileError
from relu_anim.making.kept import hash_of_bytes, recordings_folder
from relu_anim.paths import is_stream


def ignore(problem: str) -> None:
    """Say nothing of it."""


class Keeper:
    """Takes name and content of each new recording. Where it cannot be written, `tell` is given why, once."""

    def __init__(self, tell: Callable[[str], None] = ignore) -> None:
        self.tell, self._has_failed = tell, False
        self._hashes: dict[str, str] = {}

    def take_hashes(self) -> dict[str, str]:
        """The hashes of what was written since the last time, by name."""
        found, self._hashes = self._hashes, {}
        return found

    def __call__(self, name: str, data: bytes) -> None:
        """Write a recording; a name may begin with a folder."""
        from relu_anim.encoders import atomic_write

        folder = recordings_folder()
        try:
            _make(folder)
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            if is_stream(path):
                raise FileError(f"{path}: is no file")
            atomic_write(path, data)
            self._hashes[name] = hash_of_bytes(data)
        except OSError as error:
            self._failed(f"{folder}: {error.strerror or error}")
        except FileError as error:
            self._failed(str(error))

    def _failed(self, why: str) -> None:
        if not self._has_failed:
            self.tell(f"recordings are not kept: {why}")
        self._has_failed = True


def _make(folder: Path) -> None:
    """Make the folder, and have git leave it alone: but not another folder that the user had already."""
    from relu_anim.encoders import atomic_write

    is_ours = folder.name == ".recordings" or not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    if is_ours and not (folder / ".gitignore").exists():
        atomic_write(folder / ".gitignore", b"*\n")
