"""The recording that a config names, as it was read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from relu_anim.recording import Recording


@dataclass(frozen=True, eq=False)
class HeldRecording:
    """A recording, and the SHA-256 of its file."""

    recording: Recording
    digest: str

    @classmethod
    def of(cls, content: bytes, name: str) -> HeldRecording:
        """The one in these bytes, called `name` in messages; FileError if they are none."""
        return cls(Recording.from_bytes(content, name), hashlib.sha256(content).hexdigest())
