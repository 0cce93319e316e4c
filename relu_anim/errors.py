"""What can go wrong for a user, one kind for each exit code."""

from __future__ import annotations

from typing import Any


class UserError(Exception):
    """Something the user can mend; `str()` of it is the whole message. `problems` are the mistakes of a config one by
    one, each a (place, key, message)."""

    exit_code = 2

    def __init__(self, *said: object) -> None:
        super().__init__(*said)
        self.problems: list[Any] = []


class ConfigError(UserError):
    """A config, an option or a key that cannot be used."""


class TrainingDiverged(UserError):
    """The loss is no longer a number."""

    exit_code = 3


class FileError(UserError):
    """A file that could not be read, encoded or written."""

    exit_code = 4


def of_exit_code(code: int) -> type[UserError]:
    """The kind of error that a worker on another machine met."""
    return next(kind for kind in (ConfigError, TrainingDiverged, FileError) if kind.exit_code == code)


class CheckFailed(UserError):
    """`--check` found something that would be made anew."""

    exit_code = 5


SIDES = "keep one of its sides, and remove this line"
CONFLICT = {
    "<" * 7: f"a merge conflict begins here; {SIDES}",
    "|" * 7: f"a merge conflict, and below it what was here before; {SIDES}",
    "=" * 7: f"a merge conflict, and below it the other side; {SIDES}",
    ">" * 7: f"a merge conflict ends here; {SIDES}",
}


def merge_conflict(line: str) -> str:
    """What to say of a line that a merge of two versions of a file left in it; nothing of any other line."""
    return CONFLICT.get(line[:7], "") if line[7:8] in ("", " ", "\r", "\n") else ""
